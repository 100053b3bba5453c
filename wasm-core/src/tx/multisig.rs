//! Accounts of several Ed25519 keys with weights and a threshold.

use crate::address::Address;
use crate::bytes::FixedBytes;
use crate::digest::blake2b256;
use crate::keys::PublicKey;
use serde::{Deserialize, Serialize};

/// Members a multisig can have.
pub const MAX_MEMBERS: usize = 10;

/// Why a multisig is not valid.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MultiSigError {
    /// No members, or more than ten.
    #[error("a multisig has 1 to 10 members, this one has {0}")]
    Members(usize),
    /// The same key twice.
    #[error("a key is a member twice")]
    RepeatedKey,
    /// A member without a say.
    #[error("a member has weight 0")]
    ZeroWeight,
    /// Zero, or more than all weights together.
    #[error("the threshold {threshold} is not between 1 and the sum of weights {total}")]
    Threshold {
        /// Asked for.
        threshold: u16,
        /// All weights together.
        total: u16,
    },
    /// The bitmap names other members than have signed.
    #[error("the bitmap does not fit the members and signatures")]
    Bitmap,
    /// A contained signature is wrong.
    #[error("the signature of member {0} is wrong")]
    Signature(usize),
    /// Too few have signed.
    #[error("weight {weight} has signed, {threshold} is needed")]
    Weight {
        /// Signed.
        weight: u16,
        /// Needed.
        threshold: u16,
    },
}

/// Who may sign together.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MultiSigPublicKey {
    /// Members and their weights, in an order that the address depends on.
    pub pk_map: Vec<(MemberKey, u8)>,
    /// Weight that must sign.
    pub threshold: u16,
}

/// A member's key. The enum is the chain's scheme tag.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum MemberKey {
    /// The only scheme members can have.
    Ed25519(PublicKey),
}

/// A member's signature. The enum is the chain's scheme tag.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum CompressedSignature {
    /// The only scheme members can have.
    Ed25519(FixedBytes<64>),
}

/// Signatures of some members.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MultiSig {
    /// In ascending order of members.
    pub sigs: Vec<CompressedSignature>,
    /// Bit `i`: member `i` has signed.
    pub bitmap: u16,
    /// Who may sign.
    pub multisig_pk: MultiSigPublicKey,
}

impl MultiSigPublicKey {
    /// Members with weights, and the weight that must sign.
    ///
    /// # Errors
    /// Where a rule of [`MultiSigError`] is broken.
    pub fn new(members: Vec<(PublicKey, u8)>, threshold: u16) -> Result<Self, MultiSigError> {
        let pk_map =
            members.into_iter().map(|(key, weight)| (MemberKey::Ed25519(key), weight)).collect();
        let this = Self { pk_map, threshold };
        this.check()?;
        Ok(this)
    }

    /// Checks the rules that do not need a signature.
    ///
    /// # Errors
    /// Where one is broken.
    pub fn check(&self) -> Result<(), MultiSigError> {
        let count = self.pk_map.len();
        if count == 0 || count > MAX_MEMBERS {
            return Err(MultiSigError::Members(count));
        }
        if self.pk_map.iter().any(|&(_, weight)| weight == 0) {
            return Err(MultiSigError::ZeroWeight);
        }
        let repeated =
            |at: usize, key: &MemberKey| self.pk_map.iter().take(at).any(|(other, _)| other == key);
        if self.pk_map.iter().enumerate().any(|(at, (key, _))| repeated(at, key)) {
            return Err(MultiSigError::RepeatedKey);
        }
        let total = self.pk_map.iter().map(|&(_, weight)| u16::from(weight)).sum();
        if self.threshold == 0 || self.threshold > total {
            return Err(MultiSigError::Threshold { threshold: self.threshold, total });
        }
        Ok(())
    }

    /// Blake2b-256 of `02 || threshold u16le || (00 || key || weight) …`.
    #[must_use]
    pub fn address(&self) -> Address {
        let mut preimage = vec![2];
        preimage.extend(self.threshold.to_le_bytes());
        for (MemberKey::Ed25519(key), weight) in &self.pk_map {
            preimage.push(0);
            preimage.extend(key.as_bytes());
            preimage.push(*weight);
        }
        Address(blake2b256(&[&preimage]))
    }
}

impl MultiSig {
    /// Puts members' signatures together.
    ///
    /// # Errors
    /// Where a member is unknown, or signs twice.
    pub fn combine(
        multisig_pk: MultiSigPublicKey,
        mut signatures: Vec<(usize, [u8; 64])>,
    ) -> Result<Self, MultiSigError> {
        multisig_pk.check()?;
        signatures.sort_by_key(|&(member, _)| member);
        let mut bitmap = 0_u16;
        for &(member, _) in &signatures {
            let bit = 1_u16
                .checked_shl(u32::try_from(member).unwrap_or(u32::MAX))
                .filter(|_| member < multisig_pk.pk_map.len())
                .ok_or(MultiSigError::Bitmap)?;
            if bitmap & bit != 0 {
                return Err(MultiSigError::Bitmap);
            }
            bitmap |= bit;
        }
        let sigs = signatures
            .into_iter()
            .map(|(_, signature)| CompressedSignature::Ed25519(FixedBytes(signature)))
            .collect();
        Ok(Self { sigs, bitmap, multisig_pk })
    }

    /// Checks every rule and every contained signature: a bad one is an error, not merely no weight.
    ///
    /// # Errors
    /// Where a rule is broken, a signature wrong or the weight short.
    pub fn verify(&self, digest: &[u8; 32]) -> Result<(), MultiSigError> {
        self.multisig_pk.check()?;
        let signed: Vec<usize> = (0..16).filter(|at| self.bitmap & (1 << at) != 0).collect();
        let known = signed.iter().all(|&at| at < self.multisig_pk.pk_map.len());
        if !known || signed.is_empty() || signed.len() != self.sigs.len() {
            return Err(MultiSigError::Bitmap);
        }
        let mut weight = 0;
        for (&at, CompressedSignature::Ed25519(signature)) in signed.iter().zip(&self.sigs) {
            let (MemberKey::Ed25519(key), own) = self.multisig_pk.pk_map[at];
            key.verify(digest, &signature.0).map_err(|_| MultiSigError::Signature(at))?;
            weight += u16::from(own);
        }
        let threshold = self.multisig_pk.threshold;
        if weight < threshold {
            return Err(MultiSigError::Weight { weight, threshold });
        }
        Ok(())
    }
}
