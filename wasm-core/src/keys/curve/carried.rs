//! Ed25519 as the library has it, with the tables that it carries.

use ed25519_dalek::{Signature, Signer as _, VerifyingKey};
use zeroize::Zeroizing;

/// A private key, wiped when it is dropped.
pub(in crate::keys) struct SigningKey(ed25519_dalek::SigningKey);

impl SigningKey {
    /// Of a seed, as RFC 8032 derives it.
    pub(in crate::keys) fn derive(seed: &[u8; 32]) -> Self {
        Self(ed25519_dalek::SigningKey::from_bytes(seed))
    }

    pub(in crate::keys) fn seed(&self) -> Zeroizing<[u8; 32]> {
        Zeroizing::new(self.0.to_bytes())
    }

    pub(in crate::keys) fn public_key(&self) -> [u8; 32] {
        self.0.verifying_key().to_bytes()
    }

    pub(in crate::keys) fn sign(&self, message: &[u8; 32]) -> [u8; 64] {
        self.0.sign(message).to_bytes()
    }
}

/// Whether a signature stands. Keys and signatures of small order or with a second form never do.
pub(in crate::keys) fn verify(key: &[u8; 32], message: &[u8; 32], signature: &[u8; 64]) -> bool {
    VerifyingKey::from_bytes(key)
        .is_ok_and(|key| key.verify_strict(message, &Signature::from_bytes(signature)).is_ok())
}
