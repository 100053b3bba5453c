//! A picture of an address, drawn from its digest: the same everywhere, without asking anybody.
//!
//! Seven rows of four cells, mirrored, in two inks on a paper of their own, so that it looks the same
//! on light and on dark pages. The cells alone tell 3^28 pictures apart, of which an eye tells far fewer.
//! It helps to notice the wrong account; it does not replace comparing digits.

use crate::address::Address;
use crate::digest::blake2b256;

/// Cells of a side.
pub const SIDE: usize = 7;
/// Cells of a row that are drawn anew; the others mirror them.
const HALF: usize = SIDE.div_ceil(2);

/// What fills a cell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cell {
    /// Nothing.
    Paper,
    /// The darker ink.
    Ink,
    /// The other ink.
    Accent,
}

/// Red, green, blue.
pub type Rgb = [u8; 3];

/// Two inks that differ in hue and in lightness: each is seen on every paper, by eyes that see fewer hues too.
const INKS: [(Rgb, Rgb); 12] = [
    ([0x0b, 0x3d, 0x91], [0xe0, 0x7a, 0x1f]),
    ([0x7a, 0x1f, 0x1f], [0x2a, 0x9d, 0x8f]),
    ([0x1b, 0x5e, 0x20], [0xc2, 0x5a, 0xa8]),
    ([0x4a, 0x14, 0x8c], [0xb0, 0x8d, 0x00]),
    ([0x00, 0x4d, 0x5c], [0xe0, 0x56, 0x6b]),
    ([0x5c, 0x2e, 0x00], [0x3d, 0x8f, 0xd9]),
    ([0x6a, 0x0f, 0x49], [0x5f, 0x9e, 0x36]),
    ([0x26, 0x32, 0x38], [0xd9, 0x6b, 0x2b]),
    ([0x1a, 0x23, 0x7e], [0x27, 0xa0, 0x6c]),
    ([0x3e, 0x27, 0x23], [0x9a, 0x6c, 0xd6]),
    ([0x33, 0x4d, 0x00], [0xd0, 0x4f, 0x4f]),
    ([0x10, 0x2a, 0x54], [0xa8, 0x97, 0x20]),
];

/// Papers, all light.
const PAPERS: [Rgb; 4] =
    [[0xf4, 0xf1, 0xe8], [0xe8, 0xf0, 0xf4], [0xf3, 0xea, 0xf1], [0xea, 0xf3, 0xea]];

/// A picture of an address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Identicon {
    /// What lies behind.
    pub paper: Rgb,
    /// The darker ink.
    pub ink: Rgb,
    /// The other ink.
    pub accent: Rgb,
    /// Rows from above, each from the left.
    pub cells: [[Cell; SIDE]; SIDE],
}

impl Identicon {
    /// The picture of an address.
    #[must_use]
    pub fn of(address: &Address) -> Self {
        // Every digit moves every cell: whoever makes an address that begins alike gets another picture.
        let bytes = blake2b256(&[b"soma-wallet identicon v1", &address.0]);
        let [inks, paper, cells @ ..] = bytes;
        let (ink, accent) = INKS[usize::from(inks) % INKS.len()];
        let drawn = |row: usize, column: usize| match cells[row * HALF + column] % 8 {
            0..4 => Cell::Paper,
            4..7 => Cell::Ink,
            _ => Cell::Accent,
        };
        let row =
            |row: usize| std::array::from_fn(|column| drawn(row, column.min(SIDE - 1 - column)));
        let paper = PAPERS[usize::from(paper) % PAPERS.len()];
        Self { paper, ink, accent, cells: std::array::from_fn(row) }
    }
}

#[cfg(test)]
mod tests {
    use super::{Cell, INKS, Identicon, PAPERS, Rgb, SIDE};
    use crate::address::Address;
    use std::collections::BTreeSet;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    fn drawn(identicon: &Identicon) -> String {
        let letter = |cell: &Cell| match cell {
            Cell::Paper => '.',
            Cell::Ink => '#',
            Cell::Accent => 'o',
        };
        identicon.cells.map(|row| row.iter().map(letter).collect::<String>()).join("/")
    }

    #[test]
    fn an_address_has_one_picture_for_ever() {
        let picture = Identicon::of(&Address([7; 32]));
        assert_eq!(picture, Identicon::of(&Address([7; 32])));
        assert_eq!(drawn(&picture), PICTURE_OF_SEVENS);
        for row in picture.cells {
            for column in 0..SIDE {
                assert_eq!(row[column], row[SIDE - 1 - column]);
            }
        }
    }

    const PICTURE_OF_SEVENS: &str = "#o...o#/.#ooo#./.##.##./##.o.##/.o.#.o./o.###.o/o..#..o";

    #[test]
    fn addresses_that_differ_in_one_bit_have_pictures_that_share_little() {
        let picture = Identicon::of(&Address([7; 32]));
        for at in 0..32 {
            let mut other = Address([7; 32]);
            other.0[at] ^= 1;
            let other = Identicon::of(&other);
            let cells = picture.cells.iter().flatten().zip(other.cells.iter().flatten());
            let different = cells.filter(|(a, b)| a != b).count();
            assert!(different >= 10, "byte {at}: {different} cells differ");
        }
    }

    #[test]
    fn ten_thousand_addresses_have_as_many_pictures() {
        let address = |seed: u16| {
            let mut address = Address::ZERO;
            address.0[..2].copy_from_slice(&seed.to_le_bytes());
            address
        };
        let all: BTreeSet<_> =
            (0..10_000).map(|seed| drawn(&Identicon::of(&address(seed)))).collect();
        assert_eq!(all.len(), 10_000);
    }

    /// Relative luminance as WCAG defines it, with a gamma of 2.2 for its curve.
    fn luminance([red, green, blue]: Rgb) -> f64 {
        let linear = |value: u8| (f64::from(value) / 255.0).powf(2.2);
        0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue)
    }

    #[test]
    fn inks_are_seen_on_every_paper_and_beside_each_other() {
        let contrast = |a: Rgb, b: Rgb| {
            let (a, b) = (luminance(a), luminance(b));
            (a.max(b) + 0.05) / (a.min(b) + 0.05)
        };
        for (ink, accent) in INKS {
            for paper in PAPERS {
                assert!(contrast(ink, paper) >= 6.0, "{ink:?} on {paper:?}");
                assert!(contrast(accent, paper) >= 2.3, "{accent:?} on {paper:?}");
            }
            assert!(contrast(ink, accent) >= 1.8, "{ink:?} beside {accent:?}");
        }
    }
}
