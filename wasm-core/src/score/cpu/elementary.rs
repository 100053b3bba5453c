//! Elementary functions of f32 without branches or calls, so that loops over them become vector
//! instructions. Numbers that are none go in and come out.

/// Adding this to a float of moderate size rounds it to a whole number, found in its low bits.
const ROUNDER: f32 = 12_582_912.0;

/// The nearest whole number, and bits whose low part is that number in two's complement.
#[inline(always)]
fn round(x: f32) -> (f32, u32) {
    let shifted = x + ROUNDER;
    (shifted - ROUNDER, shifted.to_bits())
}

/// `e^x` for `x` not above zero, within 2e-7 of its size; below -87 it is zero.
#[inline(always)]
#[must_use]
pub fn exp(x: f32) -> f32 {
    // The logarithm of two in two parts, of which the first has few bits.
    const HIGH: f32 = 0.693_359_4;
    const LOW: f32 = -2.121_944_4e-4;
    let (n, bits) = round(x * std::f32::consts::LOG2_E);
    let r = (x - n * HIGH) - n * LOW;
    let p = 0.001_394_110_8_f32;
    let p = p * r + 0.008_375_126;
    let p = p * r + 0.041_666_35;
    let p = p * r + 0.166_664_16;
    let p = p * r + 0.5;
    let p = p * r + 1.0;
    let p = p * r + 1.0;
    let y = p * f32::from_bits(bits.wrapping_add(127) << 23);
    if x < -87.0 { 0.0 } else { y }
}

/// `x/2 (1 + erf(x/√2))`, within 1e-7 of the larger of 1 and its size.
#[inline(always)]
#[must_use]
pub fn gelu(x: f32) -> f32 {
    let z = x.abs() * std::f32::consts::FRAC_1_SQRT_2;
    // erfc(z) = t e^(-z²) P(t): P was fitted on the positive numbers, within 1e-7 of its size.
    let t = 1.0 / (1.0 + 0.4 * z);
    let p = 0.038_508_51_f32;
    let p = p * t - 0.127_446_44;
    let p = p * t + 0.058_450_89;
    let p = p * t + 0.115_858_61;
    let p = p * t + 0.061_465_69;
    let p = p * t + 0.200_742_55;
    let p = p * t + 0.200_125_26;
    let p = p * t + 0.226_673_27;
    let p = p * t + 0.225_621_71;
    let tail = 0.5 * t * p * exp(-z * z);
    x * if x < 0.0 { tail } else { 1.0 - tail }
}

/// Up to which size of its argument [`sin_cos`] is exact to f32.
pub const SIN_COS_LIMIT: f32 = 8_000.0;

/// Sine and cosine, within 1e-7 up to [`SIN_COS_LIMIT`].
#[inline(always)]
#[must_use]
pub fn sin_cos(x: f32) -> (f32, f32) {
    let (quarters, bits) = round(x * std::f32::consts::FRAC_2_PI);
    // A quarter turn in three parts, of which the first two have few bits.
    let r = x - quarters * 1.570_312_5;
    let r = r - quarters * 4.837_513e-4;
    let r = r - quarters * 7.549_79e-8;
    let u = r * r;
    let sine = r + r * u * (-0.166_666_55 + u * (8.332_161e-3 - u * 1.951_529_6e-4));
    let cosine =
        1.0 - 0.5 * u + u * u * (0.041_666_646 + u * (-1.388_731_6e-3 + u * 2.443_315_7e-5));
    let odd = bits & 1 == 1;
    let (a, b) = if odd { (cosine, sine) } else { (sine, cosine) };
    let sine = f32::from_bits(a.to_bits() ^ (bits & 2) << 30);
    let cosine = f32::from_bits(b.to_bits() ^ (bits.wrapping_add(1) & 2) << 30);
    (sine, cosine)
}

/// The sum of terms, in sixteen parts that a vector unit adds side by side.
#[inline(always)]
pub(super) fn sum(values: &[f32], term: impl Fn(f32) -> f32) -> f32 {
    let mut parts = [0.0_f32; 16];
    let (chunks, rest) = values.as_chunks::<16>();
    for chunk in chunks {
        for (part, value) in parts.iter_mut().zip(chunk) {
            *part += term(*value);
        }
    }
    for (part, value) in parts.iter_mut().zip(rest) {
        *part += term(*value);
    }
    parts.iter().sum()
}

/// The largest value; those that are no numbers are passed over.
#[inline(always)]
pub(super) fn largest(values: &[f32]) -> f32 {
    let mut parts = [f32::NEG_INFINITY; 16];
    let (chunks, rest) = values.as_chunks::<16>();
    for chunk in chunks {
        for (part, value) in parts.iter_mut().zip(chunk) {
            *part = if *value > *part { *value } else { *part };
        }
    }
    for (part, value) in parts.iter_mut().zip(rest) {
        *part = if *value > *part { *value } else { *part };
    }
    parts.into_iter().fold(f32::NEG_INFINITY, f32::max)
}

#[cfg(test)]
mod tests {
    use super::{SIN_COS_LIMIT, exp, gelu, largest, sin_cos, sum};
    use proptest::prelude::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    /// erf by its series, in f64; exact enough below 4.
    fn erf(x: f64) -> f64 {
        let mut term = x;
        let mut total = x;
        for n in 1..120 {
            term *= -x * x / f64::from(n);
            total += term / f64::from(2 * n + 1);
        }
        total * 2.0 / std::f64::consts::PI.sqrt()
    }

    proptest! {
        #[test]
        fn exp_is_that_of_f64(x in -87.0_f32..=0.0) {
            let expected = f64::from(x).exp();
            prop_assert!((f64::from(exp(x)) / expected - 1.0).abs() < 2e-7);
        }

        #[test]
        fn gelu_is_the_form_with_erf(x in -5.0_f32..5.0) {
            let x64 = f64::from(x);
            let expected = x64 / 2.0 * (1.0 + erf(x64 / 2_f64.sqrt()));
            prop_assert!((f64::from(gelu(x)) - expected).abs() < 1e-7 * expected.abs().max(1.0));
        }

        #[test]
        fn sine_and_cosine_are_those_of_f64(x in -SIN_COS_LIMIT..SIN_COS_LIMIT) {
            let (sine, cosine) = sin_cos(x);
            let x = f64::from(x);
            prop_assert!((f64::from(sine) - x.sin()).abs() < 1.2e-7);
            prop_assert!((f64::from(cosine) - x.cos()).abs() < 1.2e-7);
        }

        #[test]
        fn sums_and_maxima_are_of_all_values(values in prop::collection::vec(-9_i8..9, 0..50)) {
            let floats: Vec<_> = values.iter().map(|value| f32::from(*value)).collect();
            let total: i32 = values.iter().map(|value| i32::from(*value) * 2).sum();
            prop_assert_eq!(sum(&floats, |value| value * 2.0), total as f32);
            let most = values.iter().max().map_or(f32::NEG_INFINITY, |value| f32::from(*value));
            prop_assert_eq!(largest(&floats), most);
        }
    }

    #[test]
    fn what_is_no_number_stays_none() {
        assert!(exp(f32::NAN).is_nan());
        assert!(gelu(f32::NAN).is_nan());
        let (sine, cosine) = sin_cos(f32::NAN);
        assert!(sine.is_nan() && cosine.is_nan());
        assert!(sin_cos(f32::INFINITY).0.is_nan());
        assert!(sum(&[1.0, f32::NAN], |value| value).is_nan());
    }

    #[test]
    fn ends_of_the_line_are_right() {
        assert_eq!(exp(0.0), 1.0);
        assert_eq!(exp(-88.0), 0.0);
        assert_eq!(exp(f32::NEG_INFINITY), 0.0);
        assert_eq!(gelu(0.0), 0.0);
        assert_eq!(gelu(f32::INFINITY), f32::INFINITY);
        assert_eq!(gelu(1e30), 1e30);
        assert_eq!(gelu(-1e18), 0.0);
        assert!(gelu(-30.0).abs() < 1e-30);
    }
}
