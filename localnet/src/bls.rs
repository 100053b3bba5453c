//! BLS12-381 keys of validators: public keys of 96 bytes in G2, signatures of 48 bytes in G1.

use base64ct::{Base64, Encoding as _};
use blst::BLST_ERROR;
use blst::min_sig::{AggregateSignature, PublicKey, SecretKey, Signature};
use serde::Serialize;
use wasm_core::address::Address;
use wasm_core::bytes::FixedBytes;
use wasm_core::tx::possession::possession_message;
use zeroize::Zeroizing;

/// Domain separation of the network's BLS signatures.
const DOMAIN: &[u8] = b"BLS_SIG_BLS12381G1_XMD:SHA-256_SSWU_RO_NUL_";

/// Scope, version and application of a checkpoint's signature.
const CHECKPOINT_INTENT: [u8; 3] = [7, 0, 1];

/// A validator's signing key. It does not print, compare, clone or serialise.
pub struct BlsKeypair(SecretKey);

impl std::fmt::Debug for BlsKeypair {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("BlsKeypair").field("public_key", &self.public_key()).finish_non_exhaustive()
    }
}

fn checkpoint_message(summary: &impl Serialize, epoch: u64) -> Vec<u8> {
    bcs::to_bytes(&(CHECKPOINT_INTENT, summary, epoch))
        .expect("chain types have no unsupported or over-long part")
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

    /// Reads the content of a validator's `protocol.key`: the Base64 of the key's 32 bytes.
    #[must_use]
    pub fn parse_base64(text: &str) -> Option<Self> {
        let mut bytes = Zeroizing::new([0; 32]);
        // One byte of room more than needed would let longer keys pass; there is none.
        let length = Base64::decode(text.trim(), bytes.as_mut()).ok()?.len();
        if length == bytes.len() { Self::from_bytes(&bytes) } else { None }
    }

    /// The content of a validator's `protocol.key`. Whoever has it can sign for the validator.
    #[must_use]
    pub fn expose_base64(&self) -> Zeroizing<String> {
        let bytes = Zeroizing::new(self.0.to_bytes());
        Zeroizing::new(Base64::encode_string(bytes.as_ref()))
    }

    /// The public half.
    #[must_use]
    pub fn public_key(&self) -> FixedBytes<96> {
        FixedBytes(self.0.sk_to_pk().to_bytes())
    }

    /// Proves to hold the key, for one address.
    #[must_use]
    pub fn prove_possession(&self, address: Address) -> FixedBytes<48> {
        self.sign(&possession_message(&self.public_key(), &address))
    }

    /// Signs a checkpoint's head.
    #[must_use]
    pub fn sign_checkpoint(&self, summary: &impl Serialize, epoch: u64) -> FixedBytes<48> {
        self.sign(&checkpoint_message(summary, epoch))
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
    verify(key, &possession_message(key, &address), proof)
}

/// Whether all of some keys have signed a checkpoint's head.
#[must_use]
pub fn verify_checkpoint(
    keys: &[FixedBytes<96>],
    summary: &impl Serialize,
    epoch: u64,
    signature: &[u8; 48],
) -> bool {
    let message = checkpoint_message(summary, epoch);
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

#[cfg(test)]
mod tests {
    use super::{BlsKeypair, is_public_key, is_signature, verify_possession};
    use serde::Deserialize;
    use wasm_core::address::Address;
    use wasm_core::bytes::FixedBytes;

    #[derive(Deserialize)]
    struct Recorded {
        address: Address,
        bls_private_key: String,
        bls_public_key: FixedBytes<96>,
        proof_of_possession: FixedBytes<48>,
    }

    fn recorded() -> Vec<Recorded> {
        let path = concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/../tests/vectors/protocol/proof_of_possession.json"
        );
        let text = std::fs::read_to_string(path).expect("a recording");
        serde_json::from_str(&text).expect("json")
    }

    #[test]
    fn proofs_of_possession_are_those_recorded() {
        for vector in recorded() {
            let mut seed = [0; 32];
            hex::decode_to_slice(&vector.bls_private_key, &mut seed).expect("hex");
            let key = BlsKeypair::from_bytes(&seed).expect("a key");
            assert_eq!(key.public_key(), vector.bls_public_key);
            assert_eq!(key.prove_possession(vector.address), vector.proof_of_possession);
        }
    }

    #[test]
    fn a_proof_holds_for_one_key_and_one_address() {
        for vector in recorded() {
            let (key, proof) = (&vector.bls_public_key, &vector.proof_of_possession);
            assert!(verify_possession(key, vector.address, proof));
            assert!(!verify_possession(key, Address([1; 32]), proof));
            let other = BlsKeypair::derive(&[3; 32]).public_key();
            assert!(!verify_possession(&other, vector.address, proof));
        }
    }

    #[test]
    fn the_content_of_a_key_file_is_read_back() {
        let key = BlsKeypair::derive(&[5; 32]);
        let text = key.expose_base64();
        let read = BlsKeypair::parse_base64(&format!("{}\n", text.as_str())).expect("a key");
        assert_eq!(read.public_key(), key.public_key());
        for text in ["", "AAAA", "no key", &"A".repeat(43), &format!("{}=", "A".repeat(43))] {
            assert!(BlsKeypair::parse_base64(text).is_none(), "{text}");
        }
    }

    #[test]
    fn bytes_that_are_no_point_are_no_key() {
        assert!(!is_public_key(&FixedBytes([7; 96])));
        assert!(!is_signature(&FixedBytes([7; 48])));
    }

    #[test]
    fn keys_do_not_print() {
        let seed = [9; 32];
        assert!(!format!("{:?}", BlsKeypair::derive(&seed)).contains(&hex::encode(seed)));
    }
}
