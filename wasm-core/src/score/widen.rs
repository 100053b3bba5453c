//! The element types that a model's tensors may have, made f32 as the network's loader does.

use crate::safetensors::Dtype;

/// Whether tensors of this element type are loaded.
#[must_use]
pub const fn is_readable(dtype: Dtype) -> bool {
    matches!(
        dtype,
        Dtype::F16
            | Dtype::Bf16
            | Dtype::F32
            | Dtype::F64
            | Dtype::U8
            | Dtype::I8
            | Dtype::U16
            | Dtype::I16
            | Dtype::U32
            | Dtype::I32
            | Dtype::U64
            | Dtype::I64
    )
}

/// Appends elements, stored in little-endian order, as f32. F16 and BF16 are exact; F64 and wide
/// integers are rounded to the nearest. Bytes after the last whole element are left.
///
/// # Panics
/// Where the type is not [readable](is_readable).
#[expect(clippy::cast_precision_loss, reason = "the loader rounds integers to the nearest f32")]
#[expect(clippy::cast_possible_truncation, reason = "the loader rounds F64 to the nearest f32")]
pub fn widen(dtype: Dtype, bytes: &[u8], values: &mut Vec<f32>) {
    /// Reads elements of so many bytes.
    fn each<const N: usize>(bytes: &[u8], values: &mut Vec<f32>, read: impl Fn([u8; N]) -> f32) {
        values.extend(bytes.as_chunks::<N>().0.iter().map(|element| read(*element)));
    }
    match dtype {
        Dtype::F32 => each(bytes, values, f32::from_le_bytes),
        Dtype::F16 => each(bytes, values, |b| half_to_f32(u16::from_le_bytes(b))),
        Dtype::Bf16 => {
            each(bytes, values, |b| f32::from_bits(u32::from(u16::from_le_bytes(b)) << 16));
        }
        Dtype::F64 => each(bytes, values, |b| f64::from_le_bytes(b) as f32),
        Dtype::U8 => each(bytes, values, |b| f32::from(u8::from_le_bytes(b))),
        Dtype::I8 => each(bytes, values, |b| f32::from(i8::from_le_bytes(b))),
        Dtype::U16 => each(bytes, values, |b| f32::from(u16::from_le_bytes(b))),
        Dtype::I16 => each(bytes, values, |b| f32::from(i16::from_le_bytes(b))),
        Dtype::U32 => each(bytes, values, |b| u32::from_le_bytes(b) as f32),
        Dtype::I32 => each(bytes, values, |b| i32::from_le_bytes(b) as f32),
        Dtype::U64 => each(bytes, values, |b| u64::from_le_bytes(b) as f32),
        Dtype::I64 => each(bytes, values, |b| i64::from_le_bytes(b) as f32),
        _ => unreachable!("the type was checked when the file was opened"),
    }
}

/// An IEEE half as f32, exactly; without a branch, so that many are converted at once.
fn half_to_f32(half: u16) -> f32 {
    /// What the exponents of the two formats differ by, as a factor: 2^112.
    const REBIAS: f32 = f32::from_bits((127 + 112) << 23);
    let (sign, rest) = (u32::from(half & 0x8000) << 16, u32::from(half & 0x7fff) << 13);
    let finite = (f32::from_bits(rest) * REBIAS).to_bits();
    let special = rest | 0x7f80_0000;
    f32::from_bits(sign | if half & 0x7c00 == 0x7c00 { special } else { finite })
}

#[cfg(test)]
mod tests {
    use super::{half_to_f32, is_readable, widen};
    use crate::safetensors::Dtype;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    fn widened(dtype: Dtype, bytes: &[u8]) -> Vec<f32> {
        let mut values = Vec::new();
        widen(dtype, bytes, &mut values);
        values
    }

    #[test]
    fn every_half_is_the_number_that_its_fields_say() {
        for half in 0..=u16::MAX {
            let (exponent, fraction) = (i32::from(half >> 10 & 31), f64::from(half & 0x3ff));
            let size = match exponent {
                0 => fraction * 2_f64.powi(-24),
                31 if fraction == 0.0 => f64::INFINITY,
                31 => f64::NAN,
                _ => (1024.0 + fraction) * 2_f64.powi(exponent - 25),
            };
            let expected = if half < 0x8000 { size } else { -size };
            let actual = f64::from(half_to_f32(half));
            let same_sign = actual.is_sign_negative() == expected.is_sign_negative();
            assert!(
                actual == expected && same_sign || actual.is_nan() && size.is_nan(),
                "{half:x}"
            );
        }
    }

    #[test]
    fn every_readable_type_is_read() {
        assert_eq!(widened(Dtype::Bf16, &[0x80, 0x3f, 0x00, 0xc0]), [1.0, -2.0]);
        assert_eq!(widened(Dtype::F32, &1.5_f32.to_le_bytes()), [1.5]);
        assert_eq!(widened(Dtype::F64, &0.1_f64.to_le_bytes()), [0.1]);
        assert_eq!(widened(Dtype::F64, &1e300_f64.to_le_bytes()), [f32::INFINITY]);
        assert_eq!(widened(Dtype::U8, &[7, 255]), [7.0, 255.0]);
        assert_eq!(widened(Dtype::I8, &[255]), [-1.0]);
        assert_eq!(widened(Dtype::U16, &[255, 255]), [65535.0]);
        assert_eq!(widened(Dtype::I16, &[254, 255]), [-2.0]);
        assert_eq!(widened(Dtype::U32, &[255; 4]), [4_294_967_296.0]);
        assert_eq!(widened(Dtype::I32, &16_777_217_i32.to_le_bytes()), [16_777_216.0]);
        assert_eq!(widened(Dtype::U64, &[255; 8]), [18_446_744_073_709_551_616.0]);
        assert_eq!(widened(Dtype::I64, &[255; 8]), [-1.0]);
        assert_eq!(Dtype::ALL.iter().filter(|dtype| is_readable(**dtype)).count(), 12);
    }
}
