//! Negative log-likelihoods from logits, on the CPU.

use super::elementary::{Exp, largest, sum};
use crate::score::config::{PAD, VOCABULARY};
use fearless_simd::{Level, Simd, dispatch};

/// For every row of logits, `[targets, VOCABULARY]`, the negative log-likelihood of its target, in
/// nats; zero where the target is [`PAD`].
pub fn cross_entropy(level: Level, logits: &[f32], targets: &[u32], out: &mut Vec<f32>) {
    dispatch!(level, simd => {
        for (logits, target) in logits.chunks_exact(VOCABULARY).zip(targets) {
            out.push(negative_log_likelihood(simd, logits, *target));
        }
    });
}

#[inline(always)]
fn negative_log_likelihood<S: Simd>(simd: S, logits: &[f32], target: u32) -> f32 {
    if target == PAD {
        return 0.0;
    }
    let most = largest(simd, logits);
    let total = sum(simd, logits, Exp { scale: 1.0, less: most });
    let target = logits.get(target as usize).copied().unwrap_or(f32::NAN);
    total.ln() + (most - target)
}

#[cfg(test)]
mod tests {
    use super::cross_entropy;
    use crate::score::cpu::testing::{levels, noise};
    use crate::score::{EOS, PAD, VOCABULARY};
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    #[test]
    fn all_classes_compete_and_only_padding_is_not_counted() {
        let logits: Vec<_> = noise(1, 4 * VOCABULARY).iter().map(|x| x * 20.0).collect();
        let targets = [0, PAD, EOS, 255];
        for level in levels() {
            let mut out = Vec::new();
            cross_entropy(level, &logits, &targets, &mut out);
            for (row, target) in targets.into_iter().enumerate() {
                let logits = &logits[row * VOCABULARY..][..VOCABULARY];
                let total: f64 = logits.iter().map(|x| f64::from(*x).exp()).sum();
                let expected = total.ln() - f64::from(logits[target as usize]);
                let expected = if target == PAD { 0.0 } else { expected };
                assert!((f64::from(out[row]) - expected).abs() < 1e-5 * expected.max(1.0));
            }
        }
    }

    #[test]
    fn a_logit_that_is_no_number_shows() {
        let mut logits = vec![0.0; VOCABULARY];
        logits[7] = f32::NAN;
        for level in levels() {
            let mut out = Vec::new();
            cross_entropy(level, &logits, &[1], &mut out);
            assert!(out[0].is_nan());
        }
    }
}
