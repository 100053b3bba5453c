//! From a transaction to a signed one.
//!
//! The signature is over Blake2b-256 of `00 00 01 || BCS(TransactionData)`.

use crate::address::Address;
use crate::digest::blake2b256;
use crate::keys::{Keypair, PublicKey};
use crate::tx::data::TransactionData;
use crate::tx::multisig::MultiSig;
use serde::{Deserialize, Serialize};
use std::fmt;

/// Scope, version and application of what a user signs: `TransactionData`, 0, Soma.
pub const SIGNING_INTENT: [u8; 3] = [0, 0, 1];

/// Why a signature does not stand.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SignatureError {
    /// Neither Ed25519 nor a multisig of it.
    #[error("a signature of scheme {0:#04x} is not one users can make")]
    Scheme(u8),
    /// Wrong length or structure.
    #[error("the signature's bytes are malformed: {0}")]
    Malformed(String),
    /// The mathematics disagree.
    #[error("the signature does not fit the transaction and key")]
    Invalid,
    /// It is somebody else's.
    #[error("signed by {actual}, not by the sender {expected}")]
    WrongSigner {
        /// The sender.
        expected: Address,
        /// Who signed.
        actual: Address,
    },
    /// A multisig breaks a rule.
    #[error("the multisig is not valid: {0}")]
    MultiSig(#[from] crate::tx::multisig::MultiSigError),
}

/// A signature as it travels: scheme flag, then the scheme's own bytes.
///
/// BCS: length-prefixed bytes.
#[derive(Clone, PartialEq, Eq)]
pub enum UserSignature {
    /// `00 || signature (64) || public key (32)`.
    Ed25519 {
        /// The signature.
        signature: [u8; 64],
        /// The signer.
        public_key: PublicKey,
    },
    /// `02 || BCS(MultiSig)`.
    MultiSig(MultiSig),
}

impl fmt::Debug for UserSignature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "UserSignature({})", hex::encode(self.to_bytes()))
    }
}

impl UserSignature {
    /// The serialized signature, flag first.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        match self {
            Self::Ed25519 { signature, public_key } => {
                [&[0][..], signature, public_key.as_bytes()].concat()
            }
            Self::MultiSig(multisig) => {
                let body = bcs::to_bytes(multisig).expect("a multisig has no unsupported part");
                [&[2][..], &body].concat()
            }
        }
    }

    /// Reads a serialized signature.
    ///
    /// # Errors
    /// Where scheme, length or structure are not one of the two that users can make.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, SignatureError> {
        match bytes {
            [0, body @ ..] => {
                let body: &[u8; 96] = body.try_into().map_err(|_| {
                    SignatureError::Malformed(format!("{} bytes, not 97", bytes.len()))
                })?;
                let mut signature = [0; 64];
                signature.copy_from_slice(&body[..64]);
                let mut key = [0; 32];
                key.copy_from_slice(&body[64..]);
                Ok(Self::Ed25519 { signature, public_key: PublicKey(key) })
            }
            [2, body @ ..] => bcs::from_bytes(body)
                .map(Self::MultiSig)
                .map_err(|error| SignatureError::Malformed(error.to_string())),
            [flag, ..] => Err(SignatureError::Scheme(*flag)),
            [] => Err(SignatureError::Malformed("no bytes".into())),
        }
    }

    /// Whose signature it is.
    #[must_use]
    pub fn signer(&self) -> Address {
        match self {
            Self::Ed25519 { public_key, .. } => public_key.address(),
            Self::MultiSig(multisig) => multisig.multisig_pk.address(),
        }
    }

    /// Checks the signature of a transaction, and that it is the sender's.
    ///
    /// # Errors
    /// Where it is not valid, or not the sender's.
    pub fn verify(&self, transaction: &TransactionData) -> Result<(), SignatureError> {
        let digest = transaction.signing_digest();
        match self {
            Self::Ed25519 { signature, public_key } => {
                public_key.verify(&digest, signature).map_err(|_| SignatureError::Invalid)?;
            }
            Self::MultiSig(multisig) => multisig.verify(&digest)?,
        }
        let (expected, actual) = (transaction.sender(), self.signer());
        if expected == actual {
            Ok(())
        } else {
            Err(SignatureError::WrongSigner { expected, actual })
        }
    }
}

impl Serialize for UserSignature {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.to_bytes().serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for UserSignature {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let bytes = Vec::<u8>::deserialize(deserializer)?;
        Self::from_bytes(&bytes).map_err(serde::de::Error::custom)
    }
}

/// A transaction and the signature of its sender.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignedTransaction {
    /// What was signed.
    pub transaction: TransactionData,
    /// By whom.
    pub signature: UserSignature,
}

#[derive(Serialize, Deserialize)]
struct SenderSignedTransaction {
    intent: [u8; 3],
    transaction: TransactionData,
    tx_signatures: Vec<UserSignature>,
}

impl SignedTransaction {
    /// The BCS of the chain's `Transaction`: one entry, intent, transaction, one signature.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let entry = SenderSignedTransaction {
            intent: SIGNING_INTENT,
            transaction: self.transaction.clone(),
            tx_signatures: vec![self.signature.clone()],
        };
        bcs::to_bytes(&vec![entry]).expect("chain types have no unsupported or over-long part")
    }

    /// Reads the BCS of the chain's `Transaction`.
    ///
    /// # Errors
    /// Where the bytes are not one transaction with the user's intent and one signature.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, SignatureError> {
        let malformed = |what: &str| SignatureError::Malformed(what.into());
        let entries: Vec<SenderSignedTransaction> =
            bcs::from_bytes(bytes).map_err(|error| malformed(&error.to_string()))?;
        let [entry] =
            <[_; 1]>::try_from(entries).map_err(|_| malformed("not exactly one entry"))?;
        if entry.intent != SIGNING_INTENT {
            return Err(malformed("not signed as a user's transaction"));
        }
        let [signature] = <[_; 1]>::try_from(entry.tx_signatures)
            .map_err(|_| malformed("not exactly one signature"))?;
        Ok(Self { transaction: entry.transaction, signature })
    }
}

impl TransactionData {
    /// The intent and the BCS: the message whose Blake2b-256 is signed.
    #[must_use]
    pub fn intent_message(&self) -> Vec<u8> {
        [&SIGNING_INTENT[..], &self.to_bytes()].concat()
    }

    /// Blake2b-256 of [`intent_message`](Self::intent_message).
    #[must_use]
    pub fn signing_digest(&self) -> [u8; 32] {
        blake2b256(&[&self.intent_message()])
    }

    /// Signs. Whether the key is the sender's is for the caller to know.
    #[must_use]
    pub fn sign(self, key: &Keypair) -> SignedTransaction {
        let signature = UserSignature::Ed25519 {
            signature: key.sign(&self.signing_digest()),
            public_key: key.public_key(),
        };
        SignedTransaction { transaction: self, signature }
    }
}

#[cfg(test)]
mod tests {
    use super::{SignatureError, SignedTransaction, UserSignature};
    use crate::address::Address;
    use crate::keys::Keypair;
    use crate::tx::{TransactionData, TransactionKind};
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    fn key() -> Keypair {
        Keypair::derive(&[1; 32])
    }

    fn transaction() -> TransactionData {
        let kind = TransactionKind::SetCommissionRate { new_rate: 250 };
        TransactionData::new(kind, key().address(), Vec::new())
    }

    #[test]
    fn a_signed_transaction_verifies_and_survives_its_bytes() {
        let signed = transaction().sign(&key());
        signed.signature.verify(&signed.transaction).unwrap();
        assert_eq!(SignedTransaction::from_bytes(&signed.to_bytes()), Ok(signed));
    }

    #[test]
    fn a_flipped_bit_is_refused() {
        let signed = transaction().sign(&key());
        // Of the signature, then of the key: a key that is none, or somebody else's.
        for at in [1, 33, 63, 64, 65, 96] {
            let mut bytes = signed.signature.to_bytes();
            bytes[at] ^= 1;
            let signature = UserSignature::from_bytes(&bytes).unwrap();
            let refused = signature.verify(&signed.transaction);
            assert_eq!(refused, Err(SignatureError::Invalid), "byte {at}");
        }
    }

    #[test]
    fn another_transaction_is_refused() {
        let signed = transaction().sign(&key());
        let kind = TransactionKind::SetCommissionRate { new_rate: 251 };
        let other = TransactionData::new(kind, key().address(), Vec::new());
        assert_eq!(signed.signature.verify(&other), Err(SignatureError::Invalid));
    }

    #[test]
    fn a_signature_of_another_than_the_sender_is_refused() {
        let other = Keypair::derive(&[2; 32]);
        let signed = transaction().sign(&other);
        let (expected, actual) = (key().address(), other.address());
        assert_eq!(
            signed.signature.verify(&signed.transaction),
            Err(SignatureError::WrongSigner { expected, actual })
        );
    }

    #[test]
    fn a_scheme_that_users_cannot_have_is_refused() {
        let mut bytes = transaction().sign(&key()).signature.to_bytes();
        for flag in [1, 3, 255] {
            bytes[0] = flag;
            assert_eq!(UserSignature::from_bytes(&bytes), Err(SignatureError::Scheme(flag)));
        }
    }

    #[test]
    fn a_signature_of_another_length_is_refused() {
        let bytes = transaction().sign(&key()).signature.to_bytes();
        let longer = [&bytes[..], &[0]].concat();
        for wrong in [&bytes[..96], &bytes[..1], &[], &[2], &longer[..]] {
            let refused = UserSignature::from_bytes(wrong);
            assert!(matches!(refused, Err(SignatureError::Malformed(_))), "{refused:?}");
        }
    }

    #[test]
    fn a_signed_transaction_of_another_structure_is_refused() {
        let signed = transaction().sign(&key());
        let bytes = signed.to_bytes();
        let end = bytes.len();
        let mut other_intent = bytes.clone();
        other_intent[3] = 0;
        let two_signatures = {
            let (head, signature) = bytes.split_at(end - 98);
            let head = [&head[..head.len() - 1], &[2]].concat();
            [&head[..], signature, signature].concat()
        };
        let no_entry = vec![0];
        let longer = [&bytes[..], &[0]].concat();
        for wrong in [other_intent, two_signatures, no_entry, longer, bytes[..end - 1].to_vec()] {
            let refused = SignedTransaction::from_bytes(&wrong);
            assert!(matches!(refused, Err(SignatureError::Malformed(_))), "{refused:?}");
        }
    }

    #[test]
    fn the_message_begins_with_the_networks_own_intent() {
        let message = transaction().intent_message();
        assert_eq!(message[..3], [0, 0, 1]);
        assert_eq!(message[3..], transaction().to_bytes());
    }

    #[test]
    fn equal_bytes_are_one_transaction() {
        assert_eq!(transaction().digest(), transaction().digest());
        let kind = transaction().kind().clone();
        let other = TransactionData::new(kind, Address::ZERO, Vec::new());
        assert_ne!(transaction().digest(), other.digest());
    }
}
