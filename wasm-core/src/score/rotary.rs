//! Rotary positions: the angles by which queries and keys are turned, with the roundings to f32
//! that are part of their definition.

use super::config::ROTARY_WAVELENGTH;
use super::narrow::narrow;

/// How slowly each pair of a head turns: positions per radian. Computed in f64 and rounded, since
/// `powf` of f32 differs by its last bit between platforms.
#[must_use]
pub fn timescales(head_width: usize) -> Vec<f32> {
    (0..head_width / 2)
        .map(|pair| {
            let fraction = to_f32(2 * pair) / to_f32(head_width);
            narrow(ROTARY_WAVELENGTH.powf(f64::from(fraction)))
        })
        .collect()
}

/// Cosines and sines for some positions, `[positions, head_width / 2]` each, row-major. All layers
/// and heads share them.
#[derive(Clone, Debug, PartialEq)]
pub struct RotaryTable {
    pairs: usize,
    cosines: Vec<f32>,
    sines: Vec<f32>,
}

impl RotaryTable {
    /// The table for positions, which are counted in bytes from the start of all data.
    #[must_use]
    pub fn of(positions: &[u32], head_width: usize) -> Self {
        let timescales = timescales(head_width);
        let angles = positions.iter().flat_map(|position| {
            let position = position_to_f32(*position);
            timescales.iter().map(move |timescale| f64::from(position / timescale))
        });
        let (cosines, sines) =
            angles.map(|angle| (narrow(angle.cos()), narrow(angle.sin()))).unzip();
        Self { pairs: timescales.len(), cosines, sines }
    }

    /// Pairs of a head: half its width.
    #[must_use]
    pub const fn pairs(&self) -> usize {
        self.pairs
    }

    /// All cosines.
    #[must_use]
    pub fn cosines(&self) -> &[f32] {
        &self.cosines
    }

    /// All sines.
    #[must_use]
    pub fn sines(&self) -> &[f32] {
        &self.sines
    }
}

#[expect(clippy::cast_precision_loss, reason = "positions and widths are far below 2^24, or round")]
const fn to_f32(size: usize) -> f32 {
    size as f32
}

#[expect(clippy::cast_precision_loss, reason = "the definition rounds positions to f32")]
const fn position_to_f32(position: u32) -> f32 {
    position as f32
}

#[cfg(test)]
mod tests {
    use super::{RotaryTable, timescales};
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    #[test]
    fn timescales_are_rounded_from_f64() {
        let bits: Vec<_> = timescales(16).into_iter().map(f32::to_bits).collect();
        let expected = [
            0x3f80_0000,
            0x404a_62c2,
            0x4120_0000,
            0x41fc_fb72,
            0x42c8_0000,
            0x439e_1d27,
            0x447a_0000,
            0x4545_a471,
        ];
        assert_eq!(bits, expected);
    }

    #[test]
    fn position_zero_turns_nothing() {
        let table = RotaryTable::of(&[0], 8);
        assert_eq!(table.pairs(), 4);
        assert_eq!(table.cosines(), [1.0; 4]);
        assert_eq!(table.sines(), [0.0; 4]);
    }

    #[test]
    fn far_away_the_angle_is_that_of_f32() {
        // 1,000,003 / 3.1622777 is no f32; its neighbours differ by 0.03 radians.
        let table = RotaryTable::of(&[1_000_003], 16);
        let exact = (1_000_003.0 / f64::from(timescales(16)[1])).cos();
        let rounded = f64::from(1_000_003.0_f32 / timescales(16)[1]).cos();
        assert!((f64::from(table.cosines()[1]) - rounded).abs() < 1e-7);
        assert!((exact - rounded).abs() > 1e-5);
    }
}
