//! A QR code as the path of an SVG.

use fast_qr::{ECL, QRBuilder};
use std::fmt::Write;

/// Empty modules around the code, which scanners need.
const QUIET: usize = 3;

/// Side length and the dark modules as a path; nothing where the text is too long for a code.
#[must_use]
pub fn of(text: &str) -> Option<(usize, String)> {
    let code = QRBuilder::new(text).ecl(ECL::M).build().ok()?;
    let mut path = String::new();
    for y in 0..code.size {
        for x in (0..code.size).filter(|x| code[y][*x].value()) {
            write!(path, "M{} {}h1v1h-1z", x + QUIET, y + QUIET).ok()?;
        }
    }
    Some((code.size + 2 * QUIET, path))
}

#[cfg(test)]
mod tests {
    use super::of;

    #[test]
    fn an_address_fits_and_a_book_does_not() {
        let (size, path) = of(&format!("0x{}", "ab".repeat(32))).unwrap();
        assert_eq!(size, 37 + 6);
        assert!(
            path.starts_with("M3 3h1v1h-1z"),
            "the corner mark begins at the quiet zone's edge"
        );
        assert!(of(&"x".repeat(4_000)).is_none());
    }
}
