//! The system's secure random source, as the core's generator.

use rand_core::{Rng as _, TryCryptoRng, TryRng};
use std::convert::Infallible;

/// The system's random source. A machine without one could not run the tests.
#[derive(Clone, Copy, Debug)]
pub(crate) struct SystemRandom;

impl TryRng for SystemRandom {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        let mut bytes = [0; 4];
        self.fill_bytes(&mut bytes);
        Ok(u32::from_le_bytes(bytes))
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        let mut bytes = [0; 8];
        self.fill_bytes(&mut bytes);
        Ok(u64::from_le_bytes(bytes))
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Infallible> {
        getrandom::fill(bytes).expect("every system that runs tests has randomness");
        Ok(())
    }
}

impl TryCryptoRng for SystemRandom {}
