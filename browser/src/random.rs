//! The browser's secure random source.

use rand_core::{Rng, TryRng};

/// `crypto.getRandomValues`, as the core's generator.
///
/// The source is always there in a secure context; a browser without one could not run the wallet,
/// and going on without randomness would make keys that others can guess.
#[derive(Clone, Copy, Debug, Default)]
pub struct BrowserRandom;

impl TryRng for BrowserRandom {
    type Error = std::convert::Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Self::Error> {
        let mut bytes = [0; 4];
        self.fill_bytes(&mut bytes);
        Ok(u32::from_le_bytes(bytes))
    }

    fn try_next_u64(&mut self) -> Result<u64, Self::Error> {
        let mut bytes = [0; 8];
        self.fill_bytes(&mut bytes);
        Ok(u64::from_le_bytes(bytes))
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Self::Error> {
        getrandom::fill(bytes).expect("a secure context always has crypto.getRandomValues");
        Ok(())
    }
}

impl rand_core::TryCryptoRng for BrowserRandom {}
