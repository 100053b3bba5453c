//! BLS12-381 keys of validators: public keys of 96 bytes in G2, signatures of 48 bytes in G1.

use blst::BLST_ERROR;
use blst::min_sig::{AggregateSignature, PublicKey, SecretKey, Signature};
use serde::Serialize;
use wasm_core::address::Address;
use wasm_core::bytes::FixedBytes;

/// Domain separation of the network's BLS signatures.
const DOMAIN: &[u8] = b"BLS_SIG_BLS12381G1_XMD:SHA-256_SSWU_RO_NUL_";

/// Scope, version and application of a proof of possession.
const POSSESSION_INTENT: [u8; 3] = [8, 0, 1];

/// Scope, version and application of a checkpoint's signature.
const CHECKPOINT_INTENT: [u8; 3] = [7, 0, 1];

/// A validator's signing key. It does not print, compare, clone or serialise.
pub struct BlsKeypair(SecretKey);

impl std::fmt::Debug for BlsKeypair {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("BlsKeypair").field("public_key", &self.public_key()).finish_non_exhaustive()
    }
}

fn message(intent: [u8; 3], value: &impl Serialize, epoch: u64) -> Vec<u8> {
    let body = bcs::to_bytes(value).expect("chain types have no unsupported or over-long part");
    [&intent[..], &body, &epoch.to_le_bytes()].concat()
}

fn possession_message(key: &FixedBytes<96>, address: Address) -> Vec<u8> {
    message(POSSESSION_INTENT, &[&key.0[..], address.as_ref()].concat(), 0)
}

impl BlsKeypair {
    /// Derives a key from 32 bytes of secret randomness.
    #[must_use]
    pub fn derive(seed: &[u8; 32]) -> Self {
        Self(SecretKey::key_gen(seed, &[]).expect("32 bytes are enough for a key"))
    }

    /// The key whose 32 bytes are given, big-endian; none where they are no scalar of the curve.
    #[must_use]
    pub fn from_bytes(bytes: &[u8; 32]) -> Option<Self> {
        SecretKey::from_bytes(bytes).ok().map(Self)
    }

    /// The public half.
    #[must_use]
    pub fn public_key(&self) -> FixedBytes<96> {
        FixedBytes(self.0.sk_to_pk().to_bytes())
    }

    /// Proves to hold the key, for one address.
    #[must_use]
    pub fn prove_possession(&self, address: Address) -> FixedBytes<48> {
        self.sign(&possession_message(&self.public_key(), address))
    }

    /// Signs a checkpoint's head.
    #[must_use]
    pub fn sign_checkpoint(&self, summary: &impl Serialize, epoch: u64) -> FixedBytes<48> {
        self.sign(&message(CHECKPOINT_INTENT, summary, epoch))
    }

    fn sign(&self, message: &[u8]) -> FixedBytes<48> {
        FixedBytes(self.0.sign(message, DOMAIN, &[]).to_bytes())
    }
}

/// Whether bytes are a public key in the right group.
#[must_use]
pub fn is_public_key(bytes: &FixedBytes<96>) -> bool {
    PublicKey::key_validate(&bytes.0).is_ok()
}

/// Whether bytes are a signature in the right group.
#[must_use]
pub fn is_signature(bytes: &FixedBytes<48>) -> bool {
    Signature::sig_validate(&bytes.0, true).is_ok()
}

/// Whether an address has proven to hold a key.
#[must_use]
pub fn verify_possession(key: &FixedBytes<96>, address: Address, proof: &FixedBytes<48>) -> bool {
    verify(key, &possession_message(key, address), proof)
}

/// Whether all of some keys have signed a checkpoint's head.
#[must_use]
pub fn verify_checkpoint(
    keys: &[FixedBytes<96>],
    summary: &impl Serialize,
    epoch: u64,
    signature: &[u8; 48],
) -> bool {
    let message = message(CHECKPOINT_INTENT, summary, epoch);
    let keys: Result<Vec<PublicKey>, _> =
        keys.iter().map(|key| PublicKey::key_validate(&key.0)).collect();
    let (Ok(keys), Ok(signature)) = (keys, Signature::sig_validate(signature, true)) else {
        return false;
    };
    let keys: Vec<&PublicKey> = keys.iter().collect();
    !keys.is_empty()
        && signature.fast_aggregate_verify(true, &message, DOMAIN, &keys)
            == BLST_ERROR::BLST_SUCCESS
}

fn verify(key: &FixedBytes<96>, message: &[u8], signature: &FixedBytes<48>) -> bool {
    let (Ok(key), Ok(signature)) =
        (PublicKey::key_validate(&key.0), Signature::sig_validate(&signature.0, true))
    else {
        return false;
    };
    signature.verify(true, message, DOMAIN, &[], &key, true) == BLST_ERROR::BLST_SUCCESS
}

/// Adds signatures of one message up; none where there is none, or one is no signature.
#[must_use]
pub fn aggregate(signatures: &[FixedBytes<48>]) -> Option<[u8; 48]> {
    let signatures: Vec<Signature> = signatures
        .iter()
        .map(|bytes| Signature::sig_validate(&bytes.0, true).ok())
        .collect::<Option<_>>()?;
    let signatures: Vec<&Signature> = signatures.iter().collect();
    let sum = AggregateSignature::aggregate(&signatures, true).ok()?;
    Some(sum.to_signature().to_bytes())
}
