//! GELU, on the CPU.

use super::elementary::{Gelu, replace};
use fearless_simd::{Level, dispatch};

/// Replaces every value by its GELU, in the form with the error function.
pub fn gelu(level: Level, values: &mut [f32]) {
    dispatch!(level, simd => {
        replace(simd, values, Gelu);
    });
}

#[cfg(test)]
mod tests {
    use super::gelu;
    use crate::score::cpu::testing::{levels, noise};
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    #[test]
    fn vectors_and_what_is_left_of_them_are_alike() {
        for level in levels() {
            let mut values = noise(1, 101);
            let mut one_by_one = values.clone();
            gelu(level, &mut values);
            one_by_one.chunks_mut(1).for_each(|value| gelu(level, value));
            assert_eq!(values, one_by_one);
        }
    }
}
