//! The wallet's weights pass over bytes that lie in memory or in a file, for `cargo xtask bench weights`.

#[cfg(target_arch = "wasm32")]
pub mod web;

use rand_core::TryRng;
use std::convert::Infallible;
use wasm_core::weights::{DecryptionKey, Sealer};

/// The bytes that are sealed again and again: a power of two of them.
pub const PLAIN: usize = 64 * 1024 * 1024;

/// The key that everybody seals with, so that all must come to the same hash. It protects nothing.
const KEY_BYTE: u8 = 7;

/// A sealer with that key.
#[must_use]
pub fn sealer() -> (Sealer, DecryptionKey) {
    Sealer::make(&mut Sevens)
}

/// A source of nothing but that one byte.
struct Sevens;

impl TryRng for Sevens {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        Ok(u32::from_ne_bytes([KEY_BYTE; 4]))
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        Ok(u64::from_ne_bytes([KEY_BYTE; 8]))
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Infallible> {
        bytes.fill(KEY_BYTE);
        Ok(())
    }
}

impl rand_core::TryCryptoRng for Sevens {}
