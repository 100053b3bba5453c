//! Elementary functions of f32 on vectors, without branches, and loops over slices. Numbers that are
//! none go in and come out.
//!
//! The vectors are explicit: a compiler that builds for size leaves loops as they are. For the same
//! reason functions of values are types and not closures, which are not inlined into code that is
//! compiled for other instructions than they are.

use fearless_simd::{Simd, prelude::*};

/// No vector has more lanes.
const MOST_LANES: usize = 16;
/// Sums and maxima have so many parts, so that additions do not wait for one another.
const PARTS: usize = 4;

/// Adding this to a float of moderate size rounds it to a whole number, found in its low bits.
const ROUNDER: f32 = 12_582_912.0;

/// A function of every value.
pub(super) trait Function<S: Simd>: Copy {
    /// Its value.
    fn of(self, simd: S, x: S::f32s) -> S::f32s;
}

/// Functions of `x` that are simple, or taken within this module.
macro_rules! functions {
    ($($name:pat, $type:ty: |$simd:ident, $x:ident| $value:expr;)*) => {$(
        impl<S: Simd> Function<S> for $type {
            #[inline(always)]
            fn of(self, $simd: S, $x: S::f32s) -> S::f32s {
                let $name = self;
                $value
            }
        }
    )*};
}

/// The value itself.
#[derive(Clone, Copy)]
pub(super) struct Itself;

/// The value times a factor.
#[derive(Clone, Copy)]
pub(super) struct Times(pub(super) f32);

/// What the value lies above a number, and that above a second.
#[derive(Clone, Copy)]
pub(super) struct Above(pub(super) f32, pub(super) f32);

/// The square of [`Above`].
#[derive(Clone, Copy)]
pub(super) struct SquareAbove(pub(super) Above);

/// `e^(value * scale - less)`
#[derive(Clone, Copy)]
pub(super) struct Exp {
    pub(super) scale: f32,
    pub(super) less: f32,
}

/// The GELU of the value.
#[derive(Clone, Copy)]
pub(super) struct Gelu;

functions! {
    Itself, Itself: |_simd, x| x;
    Times(factor), Times: |_simd, x| x * factor;
    Above(first, second), Above: |_simd, x| (x - first) - second;
    SquareAbove(above), SquareAbove: |simd, x| {
        let above = above.of(simd, x);
        above * above
    };
    Exp { scale, less }, Exp: |simd, x| exp(simd, x * scale - less);
    Gelu, Gelu: |simd, x| gelu(simd, x);
}

/// The nearest whole number, and bits whose low part is that number in two's complement.
#[inline(always)]
fn round<S: Simd>(x: S::f32s) -> (S::f32s, S::u32s) {
    let shifted = x + ROUNDER;
    (shifted - ROUNDER, shifted.bitcast())
}

/// The value of a polynomial, given by its coefficients from the highest on.
#[inline(always)]
fn polynomial<S: Simd, const N: usize>(simd: S, x: S::f32s, coefficients: [f32; N]) -> S::f32s {
    let mut value = S::f32s::splat(simd, coefficients[0]);
    for coefficient in &coefficients[1..] {
        value = value.mul_add(x, S::f32s::splat(simd, *coefficient));
    }
    value
}

/// `e^x` for `x` not above zero, within 2e-7 of its size; below -87 it is zero.
#[inline(always)]
#[must_use]
pub fn exp<S: Simd>(simd: S, x: S::f32s) -> S::f32s {
    // The logarithm of two in two parts, of which the first has few bits.
    const HIGH: f32 = 0.693_359_4;
    const LOW: f32 = -2.121_944_4e-4;
    const P: [f32; 7] = [0.001_394_110_8, 0.008_375_126, 0.041_666_35, 0.166_664_16, 0.5, 1.0, 1.0];
    let (n, bits) = round::<S>(x * std::f32::consts::LOG2_E);
    let r = (x - n * HIGH) - n * LOW;
    let power: S::f32s = ((bits + 127) << 23).bitcast();
    let y = polynomial(simd, r, P) * power;
    let zero = S::f32s::splat(simd, 0.0);
    x.simd_lt(S::f32s::splat(simd, -87.0)).select(zero, y)
}

/// `x/2 (1 + erf(x/√2))`, within 1e-7 of the larger of 1 and its size.
#[inline(always)]
#[must_use]
pub fn gelu<S: Simd>(simd: S, x: S::f32s) -> S::f32s {
    // erfc(z) = t e^(-z²) P(t): P was fitted on the positive numbers, within 1e-7 of its size.
    const P: [f32; 9] = [
        0.038_508_51,
        -0.127_446_44,
        0.058_450_89,
        0.115_858_61,
        0.061_465_69,
        0.200_742_55,
        0.200_125_26,
        0.226_673_27,
        0.225_621_71,
    ];
    let (zero, one) = (S::f32s::splat(simd, 0.0), S::f32s::splat(simd, 1.0));
    let z = x.abs() * std::f32::consts::FRAC_1_SQRT_2;
    let t = one / (z * 0.4 + 1.0);
    let tail = t * 0.5 * polynomial(simd, t, P) * exp(simd, -(z * z));
    x * x.simd_lt(zero).select(tail, one - tail)
}

/// Up to which size of its argument [`sin_cos`] is exact to f32.
pub const SIN_COS_LIMIT: f32 = 8_000.0;

/// Sine and cosine, within 1e-7 up to [`SIN_COS_LIMIT`].
#[inline(always)]
#[must_use]
pub fn sin_cos<S: Simd>(simd: S, x: S::f32s) -> (S::f32s, S::f32s) {
    let (quarters, bits) = round::<S>(x * std::f32::consts::FRAC_2_PI);
    // A quarter turn in three parts, of which the first two have few bits.
    let r = x - quarters * 1.570_312_5;
    let r = r - quarters * 4.837_513e-4;
    let r = r - quarters * 7.549_79e-8;
    let u = r * r;
    let p = polynomial(simd, u, [-1.951_529_6e-4, 8.332_161e-3, -0.166_666_55]);
    let sine = r + r * u * p;
    let p = polynomial(simd, u, [2.443_315_7e-5, -1.388_731_6e-3, 0.041_666_646]);
    let cosine = (S::f32s::splat(simd, 1.0) - u * 0.5) + u * u * p;
    let odd = (bits & 1).simd_eq(S::u32s::splat(simd, 1));
    let (a, b) = (odd.select(cosine, sine), odd.select(sine, cosine));
    (signed::<S>(a, (bits & 2) << 30), signed::<S>(b, ((bits + 1) & 2) << 30))
}

/// Turns signs over, where a number's highest bit is set.
#[inline(always)]
fn signed<S: Simd>(value: S::f32s, sign: S::u32s) -> S::f32s {
    let value: S::u32s = value.bitcast();
    (value ^ sign).bitcast()
}

/// Replaces every value by a function of it.
#[inline(always)]
pub(super) fn replace<S: Simd>(simd: S, values: &mut [f32], function: impl Function<S>) {
    let mut chunks = values.chunks_exact_mut(S::f32s::LEN);
    for chunk in &mut chunks {
        function.of(simd, S::f32s::from_slice(simd, chunk)).store_slice(chunk);
    }
    let rest = chunks.into_remainder();
    if !rest.is_empty() {
        let result = function.of(simd, padded(simd, rest, 0.0));
        let count = rest.len();
        rest.copy_from_slice(&result.as_slice()[..count]);
    }
}

/// The same, and the sum of what the values became.
#[inline(always)]
pub(super) fn replace_and_sum<S: Simd>(
    simd: S,
    values: &mut [f32],
    function: impl Function<S>,
) -> f32 {
    let mut parts = [S::f32s::splat(simd, 0.0); PARTS];
    let mut wide = values.chunks_exact_mut(PARTS * S::f32s::LEN);
    for chunk in &mut wide {
        for (part, chunk) in parts.iter_mut().zip(chunk.chunks_exact_mut(S::f32s::LEN)) {
            let result = function.of(simd, S::f32s::from_slice(simd, chunk));
            result.store_slice(chunk);
            *part += result;
        }
    }
    let rest = wide.into_remainder();
    replace(simd, rest, function);
    added(simd, parts) + sum(simd, rest, Itself)
}

/// The sum of terms, in parts that a vector unit adds side by side.
#[inline(always)]
pub(super) fn sum<S: Simd>(simd: S, values: &[f32], term: impl Function<S>) -> f32 {
    let mut parts = [S::f32s::splat(simd, 0.0); PARTS];
    let mut wide = values.chunks_exact(PARTS * S::f32s::LEN);
    for chunk in &mut wide {
        for (part, chunk) in parts.iter_mut().zip(chunk.chunks_exact(S::f32s::LEN)) {
            *part += term.of(simd, S::f32s::from_slice(simd, chunk));
        }
    }
    let mut chunks = wide.remainder().chunks_exact(S::f32s::LEN);
    for chunk in &mut chunks {
        parts[0] += term.of(simd, S::f32s::from_slice(simd, chunk));
    }
    let rest = chunks.remainder();
    let last: f32 = if rest.is_empty() {
        0.0
    } else {
        term.of(simd, padded(simd, rest, 0.0)).as_slice()[..rest.len()].iter().sum()
    };
    added(simd, parts) + last
}

/// The largest value; those that are no numbers are passed over.
#[inline(always)]
pub(super) fn largest<S: Simd>(simd: S, values: &[f32]) -> f32 {
    let mut parts = [S::f32s::splat(simd, f32::NEG_INFINITY); PARTS];
    let mut wide = values.chunks_exact(PARTS * S::f32s::LEN);
    for chunk in &mut wide {
        for (part, chunk) in parts.iter_mut().zip(chunk.chunks_exact(S::f32s::LEN)) {
            *part = larger::<S>(S::f32s::from_slice(simd, chunk), *part);
        }
    }
    let mut chunks = wide.remainder().chunks_exact(S::f32s::LEN);
    for chunk in &mut chunks {
        parts[0] = larger::<S>(S::f32s::from_slice(simd, chunk), parts[0]);
    }
    parts[1] = larger::<S>(padded(simd, chunks.remainder(), f32::NEG_INFINITY), parts[1]);
    let most = larger::<S>(larger::<S>(parts[0], parts[1]), larger::<S>(parts[2], parts[3]));
    most.as_slice().iter().copied().fold(f32::NEG_INFINITY, f32::max)
}

#[inline(always)]
fn larger<S: Simd>(value: S::f32s, than: S::f32s) -> S::f32s {
    value.simd_gt(than).select(value, than)
}

/// Adds values to others.
#[inline(always)]
pub(super) fn add<S: Simd>(simd: S, to: &mut [f32], what: &[f32]) {
    let mut chunks = to.chunks_exact_mut(S::f32s::LEN);
    let mut others = what.chunks_exact(S::f32s::LEN);
    for (chunk, other) in chunks.by_ref().zip(others.by_ref()) {
        (S::f32s::from_slice(simd, chunk) + S::f32s::from_slice(simd, other)).store_slice(chunk);
    }
    for (value, other) in chunks.into_remainder().iter_mut().zip(others.remainder()) {
        *value += other;
    }
}

/// Fewer values than a vector has, filled up with some other.
#[inline(always)]
pub(super) fn padded<S: Simd>(simd: S, values: &[f32], other: f32) -> S::f32s {
    let mut places = [other; MOST_LANES];
    places[..values.len()].copy_from_slice(values);
    S::f32s::from_slice(simd, &places[..S::f32s::LEN])
}

#[inline(always)]
fn added<S: Simd>(_: S, parts: [S::f32s; PARTS]) -> f32 {
    let total = (parts[0] + parts[1]) + (parts[2] + parts[3]);
    total.as_slice().iter().sum()
}

#[cfg(test)]
mod tests {
    use super::{Exp, Gelu, SIN_COS_LIMIT, Times, add, replace, replace_and_sum};
    use crate::score::cpu::testing::levels;
    use fearless_simd::{Level, SimdBase as _, dispatch};
    use proptest::prelude::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    /// Some function on every instruction set: all have to give the same, up to rounding.
    fn each(one: impl Fn(Level) -> f32, check: impl Fn(f32) -> bool) -> bool {
        levels().into_iter().all(|level| check(one(level)))
    }

    fn exp(level: Level, x: f32) -> f32 {
        dispatch!(level, simd => {
            let mut values = [x];
            replace(simd, &mut values, Exp { scale: 1.0, less: 0.0 });
            values[0]
        })
    }

    fn gelu(level: Level, x: f32) -> f32 {
        dispatch!(level, simd => {
            let mut values = [x];
            replace(simd, &mut values, Gelu);
            values[0]
        })
    }

    fn sin_cos(level: Level, x: f32) -> (f32, f32) {
        dispatch!(level, simd => {
            let (sine, cosine) = super::sin_cos(simd, super::padded(simd, &[x], 0.0));
            (sine.as_slice()[0], cosine.as_slice()[0])
        })
    }

    fn sum(level: Level, values: &[f32], factor: f32) -> f32 {
        dispatch!(level, simd => super::sum(simd, values, Times(factor)))
    }

    fn largest(level: Level, values: &[f32]) -> f32 {
        dispatch!(level, simd => super::largest(simd, values))
    }

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
            let near = |y: f32| (f64::from(y) / expected - 1.0).abs() < 2e-7;
            prop_assert!(each(|level| exp(level, x), near));
        }

        #[test]
        fn gelu_is_the_form_with_erf(x in -5.0_f32..5.0) {
            let x64 = f64::from(x);
            let expected = x64 / 2.0 * (1.0 + erf(x64 / 2_f64.sqrt()));
            let near = |y: f32| (f64::from(y) - expected).abs() < 1e-7 * expected.abs().max(1.0);
            prop_assert!(each(|level| gelu(level, x), near));
        }

        #[test]
        fn sine_and_cosine_are_those_of_f64(x in -SIN_COS_LIMIT..SIN_COS_LIMIT) {
            let wide = f64::from(x);
            let near = |expected: f64| move |y: f32| (f64::from(y) - expected).abs() < 1.2e-7;
            prop_assert!(each(|level| sin_cos(level, x).0, near(wide.sin())));
            prop_assert!(each(|level| sin_cos(level, x).1, near(wide.cos())));
        }

        #[test]
        fn sums_and_maxima_are_of_all_values(values in prop::collection::vec(-9_i8..9, 0..150)) {
            let floats: Vec<_> = values.iter().map(|value| f32::from(*value)).collect();
            let total: i32 = values.iter().map(|value| i32::from(*value) * 2).sum();
            let most = values.iter().max().map_or(f32::NEG_INFINITY, |value| f32::from(*value));
            for level in levels() {
                prop_assert_eq!(sum(level, &floats, 2.0), total as f32);
                prop_assert_eq!(largest(level, &floats), most);
            }
        }

        #[test]
        fn all_values_are_replaced_and_added(values in prop::collection::vec(-9_i8..9, 0..150)) {
            let floats: Vec<_> = values.iter().map(|value| f32::from(*value)).collect();
            let doubled: Vec<_> = floats.iter().map(|value| value * 2.0).collect();
            let tripled: Vec<_> = floats.iter().map(|value| value * 3.0).collect();
            for level in levels() {
                let mut some = floats.clone();
                let total = dispatch!(level, simd => replace_and_sum(simd, &mut some, Times(2.0)));
                prop_assert_eq!(total, doubled.iter().sum::<f32>());
                prop_assert_eq!(&some, &doubled);
                dispatch!(level, simd => add(simd, &mut some, &floats));
                prop_assert_eq!(&some, &tripled);
            }
        }
    }

    #[test]
    fn what_is_no_number_stays_none() {
        for level in levels() {
            assert!(exp(level, f32::NAN).is_nan());
            assert!(gelu(level, f32::NAN).is_nan());
            let (sine, cosine) = sin_cos(level, f32::NAN);
            assert!(sine.is_nan() && cosine.is_nan());
            assert!(sin_cos(level, f32::INFINITY).0.is_nan());
            assert!(sum(level, &[1.0, f32::NAN], 1.0).is_nan());
        }
    }

    #[test]
    fn ends_of_the_line_are_right() {
        for level in levels() {
            assert_eq!(exp(level, 0.0), 1.0);
            assert_eq!(exp(level, -88.0), 0.0);
            assert_eq!(exp(level, f32::NEG_INFINITY), 0.0);
            assert_eq!(gelu(level, 0.0), 0.0);
            assert_eq!(gelu(level, f32::INFINITY), f32::INFINITY);
            assert_eq!(gelu(level, 1e30), 1e30);
            assert_eq!(gelu(level, -1e18), 0.0);
            assert!(gelu(level, -30.0).abs() < 1e-30);
        }
    }
}
