//! The network's deterministic normal arrays, from which come the noise of SIGReg and targets.
//!
//! A seed gives the same bits everywhere: ChaCha with 12 rounds, keyed by a permuted congruential
//! generator, drawn by a ziggurat of 256 layers. The two crates do just that in the versions which
//! the workspace names; the checksums below hold them to it.

use rand::SeedableRng as _;
use rand::rngs::StdRng;
use rand_distr::{Distribution as _, Normal};

/// A deviation that is not a finite number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the deviation of a normal distribution is a finite number")]
pub struct NotADeviation;

/// So many samples of the standard normal distribution.
#[must_use]
pub fn standard_normal(seed: u64, count: usize) -> Vec<f32> {
    normal(seed, count, 0.0, 1.0).expect("one is a finite deviation")
}

/// So many samples of a normal distribution. An array of any shape is filled row by row.
///
/// # Errors
/// Where the deviation is not finite.
pub fn normal(
    seed: u64,
    count: usize,
    mean: f32,
    deviation: f32,
) -> Result<Vec<f32>, NotADeviation> {
    Ok(Normals::new(seed, mean, deviation)?.take(count).collect())
}

/// Samples of a normal distribution one after the other, without end: for arrays that no memory
/// should hold.
#[derive(Clone, Debug)]
pub struct Normals {
    normal: Normal<f32>,
    generator: StdRng,
}

impl Normals {
    /// Begins at the first.
    ///
    /// # Errors
    /// Where the deviation is not finite.
    pub fn new(seed: u64, mean: f32, deviation: f32) -> Result<Self, NotADeviation> {
        let normal = Normal::new(mean, deviation).map_err(|_| NotADeviation)?;
        Ok(Self { normal, generator: StdRng::seed_from_u64(seed) })
    }
}

impl Iterator for Normals {
    type Item = f32;

    fn next(&mut self) -> Option<f32> {
        Some(self.normal.sample(&mut self.generator))
    }
}

#[cfg(test)]
mod tests {
    use super::{NotADeviation, normal, standard_normal};
    use rand::rngs::StdRng;
    use rand::{RngCore as _, SeedableRng as _};
    use sha2::{Digest as _, Sha256};
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    fn checksum(values: &[f32]) -> String {
        let bytes: Vec<_> = values.iter().flat_map(|value| value.to_le_bytes()).collect();
        hex::encode(Sha256::digest(bytes))
    }

    #[test]
    fn the_generator_is_chacha12_of_an_expanded_seed() {
        let mut generator = StdRng::seed_from_u64(42);
        let words: [u64; 4] = std::array::from_fn(|_| generator.next_u64());
        let expected = [
            0x86cc_7763_2227_24a2,
            0x8af0_0a13_3fad_517d,
            0xa2ef_6071_de51_34d1,
            0x67e9_2d78_fd76_30b2,
        ];
        assert_eq!(words, expected);
    }

    #[test]
    fn every_bit_is_the_networks() {
        for (seed, count, sha256) in [
            (0, 2048 * 256, "8591373d19a79c9a0a5218567cea241ec5960493a6d07c1eccc15a37c6d48854"),
            (1, 16 * 256, "3ea41277615e8822098ea33346b02ee43ad82bc554143ab3ef894077554ab91b"),
            (
                u64::MAX,
                128 * 256,
                "dbfcc938edd20dd4ca7c0f336113c7c958712c94da2eda95de8cd506535a037b",
            ),
        ] {
            assert_eq!(checksum(&standard_normal(seed, count)), sha256, "seed {seed}");
        }
    }

    #[test]
    fn mean_and_deviation_are_two_roundings() {
        let sha256 = "d8bfa576aa21ada46b1388a0b942160b1d6f7db909ae49422b94cf10cf44cb26";
        assert_eq!(checksum(&normal(12_345, 1000, 1.0, 0.1).unwrap()), sha256);
        let sha256 = "76d2b34266a5791da82f2745f96cdb2f400cf91500cc3f8e2f00f135daefb834";
        assert_eq!(checksum(&normal(2024, 3 * 5 * 7, -0.5, 2.5).unwrap()), sha256);
    }

    #[test]
    fn a_deviation_that_is_no_number_is_refused() {
        assert_eq!(normal(1, 1, 0.0, f32::NAN), Err(NotADeviation));
        assert_eq!(normal(1, 1, 0.0, f32::INFINITY), Err(NotADeviation));
    }
}
