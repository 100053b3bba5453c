//! BLS12-381 keys of validators: public keys of 96 bytes in G2, signatures of 48 bytes in G1.

use wasm_core::address::Address;
use wasm_core::bytes::FixedBytes;

/// A validator's signing key. It does not print, compare, clone or serialise.
pub struct BlsKeypair(blst::min_sig::SecretKey);

impl std::fmt::Debug for BlsKeypair {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("BlsKeypair").finish_non_exhaustive()
    }
}

impl BlsKeypair {
    /// Derives a key from 32 bytes of secret randomness.
    #[must_use]
    pub fn derive(seed: &[u8; 32]) -> Self {
        let _ = seed;
        unimplemented!()
    }

    /// The public half.
    #[must_use]
    pub fn public_key(&self) -> FixedBytes<96> {
        unimplemented!()
    }

    /// Proves to hold the key, for one address.
    #[must_use]
    pub fn prove_possession(&self, address: Address) -> FixedBytes<48> {
        let _ = address;
        unimplemented!()
    }
}
