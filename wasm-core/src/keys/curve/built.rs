//! Ed25519 (RFC 8032) on the library's curve, with a table that is computed once.

use curve25519_dalek::constants::ED25519_BASEPOINT_POINT;
use curve25519_dalek::edwards::{CompressedEdwardsY, EdwardsBasepointTable, EdwardsPoint};
use curve25519_dalek::scalar::{Scalar, clamp_integer};
use curve25519_dalek::traits::BasepointTable as _;
use sha2::{Digest as _, Sha512};
use std::sync::OnceLock;
use zeroize::{Zeroize as _, Zeroizing};

static TABLE: OnceLock<Box<EdwardsBasepointTable>> = OnceLock::new();

/// A multiple of the base point, in constant time. The first takes some milliseconds.
fn multiple(scalar: &Scalar) -> EdwardsPoint {
    let built = || Box::new(EdwardsBasepointTable::create(&ED25519_BASEPOINT_POINT));
    TABLE.get_or_init(built).mul_base(scalar)
}

/// SHA-512 of all parts.
fn hash(parts: &[&[u8]]) -> Zeroizing<[u8; 64]> {
    let mut hasher = Sha512::new();
    for part in parts {
        hasher.update(part);
    }
    Zeroizing::new(hasher.finalize().into())
}

fn hash_to_scalar(parts: &[&[u8]]) -> Scalar {
    Scalar::from_bytes_mod_order_wide(&hash(parts))
}

/// A private key, wiped when it is dropped.
pub(in crate::keys) struct SigningKey {
    seed: Zeroizing<[u8; 32]>,
    scalar: Scalar,
    prefix: Zeroizing<[u8; 32]>,
    public_key: [u8; 32],
}

impl Drop for SigningKey {
    fn drop(&mut self) {
        self.scalar.zeroize();
    }
}

impl SigningKey {
    /// Of a seed, as RFC 8032 derives it.
    pub(in crate::keys) fn derive(seed: &[u8; 32]) -> Self {
        let expanded = hash(&[seed]);
        let (mut low, mut prefix) = (Zeroizing::new([0; 32]), Zeroizing::new([0; 32]));
        low.copy_from_slice(&expanded[..32]);
        prefix.copy_from_slice(&expanded[32..]);
        let scalar = Scalar::from_bytes_mod_order(clamp_integer(*low));
        let public_key = multiple(&scalar).compress().to_bytes();
        Self { seed: Zeroizing::new(*seed), scalar, prefix, public_key }
    }

    pub(in crate::keys) fn seed(&self) -> Zeroizing<[u8; 32]> {
        self.seed.clone()
    }

    pub(in crate::keys) const fn public_key(&self) -> [u8; 32] {
        self.public_key
    }

    pub(in crate::keys) fn sign(&self, message: &[u8; 32]) -> [u8; 64] {
        // Whoever learns this number learns the key.
        let nonce = Zeroizing::new(hash_to_scalar(&[self.prefix.as_ref(), message]));
        let point = multiple(&nonce).compress().to_bytes();
        let challenge = hash_to_scalar(&[&point, &self.public_key, message]);
        let answer = challenge * self.scalar + *nonce;
        let mut signature = [0; 64];
        let (first, second) = signature.split_at_mut(32);
        first.copy_from_slice(&point);
        second.copy_from_slice(answer.as_bytes());
        signature
    }
}

/// Whether a signature stands. Keys and signatures of small order or with a second form never do.
pub(in crate::keys) fn verify(key: &[u8; 32], message: &[u8; 32], signature: &[u8; 64]) -> bool {
    let (mut point, mut answer) = ([0; 32], [0; 32]);
    point.copy_from_slice(&signature[..32]);
    answer.copy_from_slice(&signature[32..]);
    let (Some(of_key), Some(of_signature), Some(answer)) = (
        CompressedEdwardsY(*key).decompress(),
        CompressedEdwardsY(point).decompress(),
        Option::<Scalar>::from(Scalar::from_canonical_bytes(answer)),
    ) else {
        return false;
    };
    if of_key.is_small_order() || of_signature.is_small_order() {
        return false;
    }
    let challenge = hash_to_scalar(&[&point, key, message]);
    // Compared as bytes, so that a second form of the point is refused.
    (multiple(&answer) - of_key * challenge).compress().to_bytes() == point
}
