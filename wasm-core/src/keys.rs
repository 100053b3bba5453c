//! Ed25519 keys.

use crate::address::Address;
use crate::digest::blake2b256;
use ed25519_dalek::Signer as _;
use serde::{Deserialize, Serialize};
use std::fmt;
use zeroize::Zeroizing;

/// Scheme flag of Ed25519.
pub const ED25519_FLAG: u8 = 0;

/// An Ed25519 public key, 32 bytes.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct PublicKey(pub [u8; 32]);

/// A signature that does not verify. There is one answer, whatever was wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the signature is not valid")]
pub struct InvalidSignature;

impl PublicKey {
    /// The bytes.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// Blake2b-256 of the scheme flag and the key.
    #[must_use]
    pub fn address(&self) -> Address {
        Address(blake2b256(&[&[ED25519_FLAG], &self.0]))
    }

    /// Checks a signature of a 32-byte digest.
    ///
    /// # Errors
    /// Where key or signature are not valid.
    pub fn verify(&self, digest: &[u8; 32], signature: &[u8; 64]) -> Result<(), InvalidSignature> {
        let key = ed25519_dalek::VerifyingKey::from_bytes(&self.0).map_err(|_| InvalidSignature)?;
        let signature = ed25519_dalek::Signature::from_bytes(signature);
        key.verify_strict(digest, &signature).map_err(|_| InvalidSignature)
    }
}

impl fmt::Debug for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PublicKey({})", hex::encode(self.0))
    }
}

/// An Ed25519 signing key. It does not print, compare, clone or serialise.
pub struct Keypair(ed25519_dalek::SigningKey);

impl Keypair {
    /// Derives the key that a seed stands for (RFC 8032).
    #[must_use]
    pub fn derive(seed: &[u8; 32]) -> Self {
        Self(ed25519_dalek::SigningKey::from_bytes(seed))
    }

    /// Makes a fresh key from the caller's randomness.
    pub fn make(rng: &mut impl rand_core::CryptoRng) -> Self {
        let mut seed = Zeroizing::new([0; 32]);
        rng.fill_bytes(seed.as_mut());
        Self::derive(&seed)
    }

    /// The public half.
    #[must_use]
    pub fn public_key(&self) -> PublicKey {
        PublicKey(self.0.verifying_key().to_bytes())
    }

    /// Whose key it is.
    #[must_use]
    pub fn address(&self) -> Address {
        self.public_key().address()
    }

    /// Signs a 32-byte digest.
    #[must_use]
    pub fn sign(&self, digest: &[u8; 32]) -> [u8; 64] {
        self.0.sign(digest).to_bytes()
    }

    /// The seed leaves its type: to be sealed in a vault, or written down by its owner.
    #[must_use]
    pub fn expose_seed(&self) -> Zeroizing<[u8; 32]> {
        Zeroizing::new(self.0.to_bytes())
    }
}

impl fmt::Debug for Keypair {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Keypair").field("address", &self.address()).finish_non_exhaustive()
    }
}
