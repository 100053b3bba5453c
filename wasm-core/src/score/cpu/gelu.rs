//! GELU, on the CPU.

use super::elementary;
use fearless_simd::{Level, dispatch};

/// Replaces every value by its GELU, in the form with the error function.
pub fn gelu(level: Level, values: &mut [f32]) {
    dispatch!(level, _simd => {
        for value in values.iter_mut() {
            *value = elementary::gelu(*value);
        }
    });
}

#[cfg(test)]
mod tests {
    use super::gelu;
    use crate::score::cpu::elementary;
    use crate::score::cpu::testing::{levels, noise};
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    #[test]
    fn vectors_and_what_is_left_of_them_are_alike() {
        for level in levels() {
            let mut values = noise(1, 101);
            let expected: Vec<_> = values.iter().map(|x| elementary::gelu(*x)).collect();
            gelu(level, &mut values);
            assert!(values.iter().zip(&expected).all(|(a, b)| (a - b).abs() < 1e-6));
        }
    }
}
