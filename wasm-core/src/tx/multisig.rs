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
    /// A member whose bytes no signature can be made for.
    #[error("what is given for member {} is not a key that can sign", .0 + 1)]
    NotAKey(usize),
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

    /// Checks that every member is a key that can sign. The chain takes accounts without asking this.
    ///
    /// # Errors
    /// [`MultiSigError::NotAKey`] of the first that is none.
    pub fn check_keys(&self) -> Result<(), MultiSigError> {
        let none = self.pk_map.iter().position(|(MemberKey::Ed25519(key), _)| !key.is_valid());
        none.map_or(Ok(()), |at| Err(MultiSigError::NotAKey(at)))
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

#[cfg(test)]
mod tests {
    use super::{CompressedSignature, MAX_MEMBERS, MultiSig, MultiSigError, MultiSigPublicKey};
    use crate::bytes::FixedBytes;
    use crate::keys::{Keypair, PublicKey};
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    const DIGEST: [u8; 32] = [7; 32];

    fn key(seed: u8) -> Keypair {
        Keypair::derive(&[seed; 32])
    }

    fn member(seed: u8) -> PublicKey {
        key(seed).public_key()
    }

    /// Three members of weights 1, 2 and 3, of which 4 must sign.
    fn account() -> MultiSigPublicKey {
        MultiSigPublicKey::new(vec![(member(0), 1), (member(1), 2), (member(2), 3)], 4).unwrap()
    }

    fn signed_by(members: &[u8]) -> MultiSig {
        let sign = |&at: &u8| (usize::from(at), key(at).sign(&DIGEST));
        MultiSig::combine(account(), members.iter().map(sign).collect()).unwrap()
    }

    #[test]
    fn enough_weight_in_any_order_verifies() {
        signed_by(&[2, 0]).verify(&DIGEST).unwrap();
        assert_eq!(signed_by(&[2, 0]), signed_by(&[0, 2]));
        signed_by(&[0, 1, 2]).verify(&DIGEST).unwrap();
    }

    #[test]
    fn too_little_weight_is_refused() {
        let short = MultiSigError::Weight { weight: 3, threshold: 4 };
        assert_eq!(signed_by(&[0, 1]).verify(&DIGEST), Err(short));
    }

    #[test]
    fn a_wrong_signature_is_refused_even_where_the_others_suffice() {
        let mut multisig = signed_by(&[0, 1, 2]);
        multisig.sigs[0] = CompressedSignature::Ed25519(FixedBytes(key(9).sign(&DIGEST)));
        assert_eq!(multisig.verify(&DIGEST), Err(MultiSigError::Signature(0)));
    }

    #[test]
    fn another_digest_is_refused() {
        assert_eq!(signed_by(&[1, 2]).verify(&[8; 32]), Err(MultiSigError::Signature(1)));
    }

    #[test]
    fn signatures_out_of_the_bitmaps_order_are_refused() {
        let mut multisig = signed_by(&[1, 2]);
        multisig.sigs.reverse();
        assert_eq!(multisig.verify(&DIGEST), Err(MultiSigError::Signature(1)));
    }

    #[test]
    fn a_bitmap_that_names_others_is_refused() {
        for bitmap in [0, 0b001, 0b111, 0b1010, 0x8000, u16::MAX] {
            let multisig = MultiSig { bitmap, ..signed_by(&[1, 2]) };
            assert_eq!(multisig.verify(&DIGEST), Err(MultiSigError::Bitmap), "{bitmap:#b}");
        }
    }

    #[test]
    fn no_signature_at_all_is_refused() {
        assert_eq!(signed_by(&[]).verify(&DIGEST), Err(MultiSigError::Bitmap));
    }

    #[test]
    fn nobody_signs_twice_or_from_outside() {
        let signature = key(0).sign(&DIGEST);
        for signatures in [vec![(0, signature), (0, signature)], vec![(3, signature)]] {
            assert_eq!(MultiSig::combine(account(), signatures), Err(MultiSigError::Bitmap));
        }
        let far = MultiSig::combine(account(), vec![(usize::MAX, signature)]);
        assert_eq!(far, Err(MultiSigError::Bitmap));
    }

    #[test]
    fn an_account_that_breaks_a_rule_is_refused() {
        let of = |members: Vec<(PublicKey, u8)>, threshold| {
            MultiSigPublicKey::new(members, threshold).unwrap_err()
        };
        assert_eq!(of(vec![], 1), MultiSigError::Members(0));
        let eleven = (0..11).map(|seed| (member(seed), 1)).collect();
        assert_eq!(of(eleven, 1), MultiSigError::Members(MAX_MEMBERS + 1));
        assert_eq!(of(vec![(member(1), 1), (member(1), 2)], 1), MultiSigError::RepeatedKey);
        assert_eq!(of(vec![(member(1), 0), (member(2), 2)], 1), MultiSigError::ZeroWeight);
        for threshold in [0, 4] {
            let refused = MultiSigError::Threshold { threshold, total: 3 };
            assert_eq!(of(vec![(member(1), 1), (member(2), 2)], threshold), refused);
        }
    }

    #[test]
    fn ten_members_of_the_greatest_weight_are_allowed() {
        let members = (0..10).map(|seed| (member(seed), u8::MAX)).collect();
        let account = MultiSigPublicKey::new(members, 2550).unwrap();
        let all = (0..10).map(|seed| (usize::from(seed), key(seed).sign(&DIGEST))).collect();
        MultiSig::combine(account, all).unwrap().verify(&DIGEST).unwrap();
    }

    #[test]
    fn a_decoded_account_that_breaks_a_rule_does_not_verify() {
        let mut multisig = signed_by(&[0, 1, 2]);
        multisig.multisig_pk.threshold = 0;
        let refused = MultiSigError::Threshold { threshold: 0, total: 6 };
        assert_eq!(multisig.verify(&DIGEST), Err(refused));
    }
}
