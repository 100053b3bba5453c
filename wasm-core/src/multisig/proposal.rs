//! A transaction that several must sign, and the signatures it has so far.
//!
//! A signature is in here only if it is a member's and fits the bytes, so weight is never counted that
//! the network would not count.

use crate::address::Address;
use crate::digest::{CheckpointDigest, TransactionDigest};
use crate::keys::PublicKey;
use crate::tx::multisig::{
    CompressedSignature, MemberKey, MultiSig, MultiSigError, MultiSigPublicKey,
};
use crate::tx::sign::UserSignature;
use crate::tx::{TransactionData, TransactionKind};
use std::collections::BTreeMap;

/// Bytes of a transaction that the network still takes, signature and wrapper left aside.
pub(super) const MAX_TRANSACTION: usize = 262_144 - 1_024;

/// Why there is no such proposal.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ProposalError {
    /// The account breaks a rule of the chain.
    #[error("the account is not valid: {0}")]
    Account(#[from] MultiSigError),
    /// The transaction is another account's.
    #[error("these members are the account {account}, and the transaction is sent by {sender}")]
    OtherSender {
        /// The members' account.
        account: Address,
        /// Who sends the transaction.
        sender: Address,
    },
    /// People do not sign such transactions.
    #[error("this kind of transaction is only for the system itself")]
    System,
    /// It would lie in plain text in files, links and chats, and anybody who reads it has the key.
    #[error(
        "this reveals the key of a model's weights, and a proposal is kept and passed on in plain text: \
         whoever reads it could use the key at once"
    )]
    Reveal,
    /// The network would not take it.
    #[error("the transaction has {0} bytes, more than the network takes")]
    TooLarge(usize),
}

/// Why a signature, or signatures, were not taken. Nothing has changed then.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SignaturesError {
    /// Signed by somebody who is no member.
    #[error("this is the signature of {0}, who is not a member of the account")]
    NotAMember(Address),
    /// The bytes signed are others, or the signature was changed on its way.
    #[error(
        "the signature of member {member} does not fit this transaction: it was made for another one, or \
         was changed on its way"
    )]
    Wrong {
        /// Place of the member, counted from 1.
        member: usize,
    },
    /// The member has signed before.
    #[error("member {member} has signed already")]
    Repeated {
        /// Place of the member, counted from 1.
        member: usize,
    },
    /// Signed for an account of other members.
    #[error("these signatures are for the account {actual}, not for {expected}")]
    OtherAccount {
        /// This proposal's.
        expected: Address,
        /// Theirs.
        actual: Address,
    },
    /// The signature names members that are not there.
    #[error("the signatures do not fit the members that they name")]
    Malformed,
}

/// Why two copies are not put together.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MergeError {
    /// They are about different transactions.
    #[error("this is a copy of another proposal, {actual}, not of {expected}")]
    OtherTransaction {
        /// The one it was to be added to.
        expected: TransactionDigest,
        /// The other one.
        actual: TransactionDigest,
    },
    /// They are meant for different chains.
    #[error("this copy is meant for the chain {actual}, not for {expected}")]
    OtherChain {
        /// The one it was to be added to.
        expected: CheckpointDigest,
        /// The other one.
        actual: CheckpointDigest,
    },
}

/// A member as far as a proposal knows one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Member {
    /// The key.
    pub key: PublicKey,
    /// How much the signature counts.
    pub weight: u8,
    /// Whether it is there.
    pub has_signed: bool,
}

/// A transaction of an account of several keys, and the signatures it has so far.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proposal {
    chain: CheckpointDigest,
    transaction: TransactionData,
    account: MultiSigPublicKey,
    /// By place of the member, counted from 0. All verify.
    signatures: BTreeMap<usize, [u8; 64]>,
}

impl Proposal {
    /// A transaction that nobody has signed yet, for a chain.
    ///
    /// # Errors
    /// Where the account is not valid or not the transaction's sender, or several cannot sign such a
    /// transaction.
    pub fn new(
        chain: CheckpointDigest,
        transaction: TransactionData,
        account: MultiSigPublicKey,
    ) -> Result<Self, ProposalError> {
        account.check()?;
        account.check_keys()?;
        let (address, sender) = (account.address(), transaction.sender());
        if address != sender {
            return Err(ProposalError::OtherSender { account: address, sender });
        }
        if transaction.kind().is_system() {
            return Err(ProposalError::System);
        }
        if matches!(transaction.kind(), TransactionKind::RevealModel(_)) {
            return Err(ProposalError::Reveal);
        }
        let bytes = transaction.to_bytes().len();
        if bytes > MAX_TRANSACTION {
            return Err(ProposalError::TooLarge(bytes));
        }
        Ok(Self { chain, transaction, account, signatures: BTreeMap::new() })
    }

    /// The chain it is meant for.
    #[must_use]
    pub const fn chain(&self) -> CheckpointDigest {
        self.chain
    }

    /// What is to be signed.
    #[must_use]
    pub const fn transaction(&self) -> &TransactionData {
        &self.transaction
    }

    /// What the network will know the transaction by.
    #[must_use]
    pub fn digest(&self) -> TransactionDigest {
        self.transaction.digest()
    }

    /// Who must sign.
    #[must_use]
    pub const fn account(&self) -> &MultiSigPublicKey {
        &self.account
    }

    /// The members in their order.
    #[must_use]
    pub fn members(&self) -> Vec<Member> {
        let of = |(at, &(MemberKey::Ed25519(key), weight)): (usize, &(MemberKey, u8))| Member {
            key,
            weight,
            has_signed: self.signatures.contains_key(&at),
        };
        self.account.pk_map.iter().enumerate().map(of).collect()
    }

    /// Signatures by place of their member, counted from 0.
    pub(super) const fn signatures(&self) -> &BTreeMap<usize, [u8; 64]> {
        &self.signatures
    }

    /// Weight that has signed.
    #[must_use]
    pub fn weight(&self) -> u16 {
        let signed = self.members().into_iter().filter(|member| member.has_signed);
        signed.fold(0, |sum, member| sum.saturating_add(u16::from(member.weight)))
    }

    /// Whether enough weight has signed for the network to execute it.
    #[must_use]
    pub fn is_complete(&self) -> bool {
        self.weight() >= self.account.threshold
    }

    fn place_of(&self, key: &PublicKey) -> Option<usize> {
        self.account.pk_map.iter().position(|(MemberKey::Ed25519(member), _)| member == key)
    }

    fn check(&self, at: usize, signature: &[u8; 64]) -> Result<(), SignaturesError> {
        let (MemberKey::Ed25519(key), _) =
            self.account.pk_map.get(at).ok_or(SignaturesError::Malformed)?;
        key.verify(&self.transaction.signing_digest(), signature)
            .map_err(|_| SignaturesError::Wrong { member: at + 1 })
    }

    /// Takes a member's signature.
    ///
    /// # Errors
    /// Where it is nobody's who may sign, does not fit the transaction, or is there already.
    pub fn add(&mut self, key: &PublicKey, signature: [u8; 64]) -> Result<(), SignaturesError> {
        let at = self.place_of(key).ok_or_else(|| SignaturesError::NotAMember(key.address()))?;
        self.check(at, &signature)?;
        if self.signatures.contains_key(&at) {
            return Err(SignaturesError::Repeated { member: at + 1 });
        }
        self.signatures.insert(at, signature);
        Ok(())
    }

    /// Takes signatures by the place of their member. All of them, or none; those that are there stay.
    pub(super) fn add_at(
        &mut self,
        signatures: impl IntoIterator<Item = (usize, [u8; 64])>,
    ) -> Result<usize, SignaturesError> {
        let mut with = self.signatures.clone();
        for (at, signature) in signatures {
            self.check(at, &signature)?;
            keep_one(&mut with, at, signature);
        }
        let added = with.len() - self.signatures.len();
        self.signatures = with;
        Ok(added)
    }

    /// Takes a signature as command-line wallets hand it over: of one member, or of several put together.
    /// Returns how many are new.
    ///
    /// # Errors
    /// Where any of it is nobody's who may sign, does not fit the transaction, or nothing of it is new.
    pub fn add_signature(&mut self, signature: &UserSignature) -> Result<usize, SignaturesError> {
        match signature {
            UserSignature::Ed25519 { signature, public_key } => {
                self.add(public_key, *signature).map(|()| 1)
            }
            UserSignature::MultiSig(multisig) => self.add_multisig(multisig),
        }
    }

    fn add_multisig(&mut self, multisig: &MultiSig) -> Result<usize, SignaturesError> {
        if multisig.multisig_pk != self.account {
            let (expected, actual) = (self.account.address(), multisig.multisig_pk.address());
            return Err(SignaturesError::OtherAccount { expected, actual });
        }
        let signed: Vec<usize> = (0..16).filter(|at| multisig.bitmap & (1 << at) != 0).collect();
        if signed.is_empty() || signed.len() != multisig.sigs.len() {
            return Err(SignaturesError::Malformed);
        }
        let signatures: Vec<_> = signed
            .iter()
            .zip(&multisig.sigs)
            .map(|(&at, CompressedSignature::Ed25519(signature))| (at, signature.0))
            .collect();
        match self.add_at(signatures)? {
            0 => Err(SignaturesError::Repeated { member: signed[0] + 1 }),
            added => Ok(added),
        }
    }

    /// Takes over what another copy of the same proposal has collected. In whatever order copies come,
    /// the same is left. Returns how many signatures are new.
    ///
    /// # Errors
    /// Where it is no copy of the same; then nothing has changed.
    pub fn merge(&mut self, other: &Self) -> Result<usize, MergeError> {
        let (expected, actual) = (self.digest(), other.digest());
        // The sender's address stands in the transaction, and is that of the members.
        if expected != actual || self.account != other.account {
            return Err(MergeError::OtherTransaction { expected, actual });
        }
        if self.chain != other.chain {
            let (expected, actual) = (self.chain, other.chain);
            return Err(MergeError::OtherChain { expected, actual });
        }
        let before = self.signatures.len();
        for (at, signature) in &other.signatures {
            keep_one(&mut self.signatures, *at, *signature);
        }
        Ok(self.signatures.len() - before)
    }

    /// The signature that the network takes, in its own encoding.
    ///
    /// # Errors
    /// Where too little weight has signed.
    pub fn combine(&self) -> Result<UserSignature, MultiSigError> {
        let (weight, threshold) = (self.weight(), self.account.threshold);
        if weight < threshold {
            return Err(MultiSigError::Weight { weight, threshold });
        }
        let signatures = self.signatures.iter().map(|(at, signature)| (*at, *signature)).collect();
        MultiSig::combine(self.account.clone(), signatures).map(UserSignature::MultiSig)
    }
}

/// Of two good signatures of one member, the one whose bytes come first: whoever was asked first.
fn keep_one(signatures: &mut BTreeMap<usize, [u8; 64]>, at: usize, signature: [u8; 64]) {
    let kept = signatures.entry(at).or_insert(signature);
    *kept = signature.min(*kept);
}

#[cfg(test)]
pub(super) mod tests {
    use super::{MergeError, Proposal, ProposalError, SignaturesError};
    use crate::address::{Address, ObjectId};
    use crate::digest::{CheckpointDigest, ObjectDigest};
    use crate::keys::{Keypair, PublicKey};
    use crate::object::ObjectRef;
    use crate::tensor::SomaTensor;
    use crate::tx::kind::RevealModelArgs;
    use crate::tx::multisig::{MultiSig, MultiSigError, MultiSigPublicKey};
    use crate::tx::sign::UserSignature;
    use crate::tx::{TransactionData, TransactionKind};
    use crate::weights::DecryptionKey;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    pub(in crate::multisig) const CHAIN: CheckpointDigest = CheckpointDigest([3; 32]);

    pub(in crate::multisig) fn key(seed: u8) -> Keypair {
        Keypair::derive(&[seed; 32])
    }

    /// Members 1, 2 and 3, of weights 1, 1 and 2; two must sign.
    pub(in crate::multisig) fn account() -> MultiSigPublicKey {
        let members = [(1, 1), (2, 1), (3, 2)];
        let members = members.map(|(seed, weight)| (key(seed).public_key(), weight)).to_vec();
        MultiSigPublicKey::new(members, 2).unwrap()
    }

    pub(in crate::multisig) fn transaction(amount: u64) -> TransactionData {
        let id = ObjectId([9; 32]);
        let coin = ObjectRef { id, version: 4, digest: ObjectDigest([5; 32]) };
        let recipient = Address([8; 32]);
        let kind = TransactionKind::TransferCoin { coin, amount: Some(amount), recipient };
        TransactionData::new(kind, account().address(), vec![coin])
    }

    pub(in crate::multisig) fn proposal() -> Proposal {
        Proposal::new(CHAIN, transaction(7), account()).unwrap()
    }

    pub(in crate::multisig) fn signature(seed: u8, of: &Proposal) -> [u8; 64] {
        key(seed).sign(&of.transaction().signing_digest())
    }

    pub(in crate::multisig) fn signed_by(seeds: &[u8]) -> Proposal {
        let mut proposal = proposal();
        for seed in seeds {
            let signature = signature(*seed, &proposal);
            proposal.add(&key(*seed).public_key(), signature).unwrap();
        }
        proposal
    }

    #[test]
    fn an_account_with_a_member_that_is_no_key_is_refused() {
        let none = (0..=u8::MAX).map(|n| PublicKey([n; 32])).find(|key| !key.is_valid()).unwrap();
        let members = vec![(key(1).public_key(), 1), (none, 1)];
        let account = MultiSigPublicKey::new(members, 1).unwrap();
        let kind = transaction(7).kind().clone();
        let transaction = TransactionData::new(kind, account.address(), Vec::new());
        let refused = Proposal::new(CHAIN, transaction, account);
        assert_eq!(refused, Err(ProposalError::Account(MultiSigError::NotAKey(1))));
    }

    #[test]
    fn weight_grows_until_the_network_would_take_it() {
        let mut proposal = signed_by(&[1]);
        assert_eq!((proposal.weight(), proposal.is_complete()), (1, false));
        let short = MultiSigError::Weight { weight: 1, threshold: 2 };
        assert_eq!(proposal.combine(), Err(short));
        let missing: Vec<_> = proposal.members().iter().map(|member| member.has_signed).collect();
        assert_eq!(missing, [true, false, false]);
        let second = signature(2, &proposal);
        proposal.add(&key(2).public_key(), second).unwrap();
        assert!(proposal.is_complete());
        proposal.combine().unwrap().verify(proposal.transaction()).unwrap();
        signed_by(&[3]).combine().unwrap().verify(proposal.transaction()).unwrap();
    }

    #[test]
    fn a_wrong_a_foreign_and_a_repeated_signature_are_refused_and_change_nothing() {
        let mut proposal = signed_by(&[2]);
        let before = proposal.clone();
        let foreign = signature(9, &proposal);
        let refused = proposal.add(&key(9).public_key(), foreign);
        assert_eq!(refused, Err(SignaturesError::NotAMember(key(9).address())));
        let mut wrong = signature(1, &proposal);
        wrong[9] ^= 1;
        let refused = proposal.add(&key(1).public_key(), wrong);
        assert_eq!(refused, Err(SignaturesError::Wrong { member: 1 }));
        let borrowed = signature(3, &proposal);
        let refused = proposal.add(&key(1).public_key(), borrowed);
        assert_eq!(refused, Err(SignaturesError::Wrong { member: 1 }));
        let stale = key(1).sign(&transaction(8).signing_digest());
        let refused = proposal.add(&key(1).public_key(), stale);
        assert_eq!(refused, Err(SignaturesError::Wrong { member: 1 }));
        let again = signature(2, &proposal);
        let refused = proposal.add(&key(2).public_key(), again);
        assert_eq!(refused, Err(SignaturesError::Repeated { member: 2 }));
        assert_eq!(proposal, before);
    }

    #[test]
    fn a_transaction_of_another_account_or_of_the_system_is_no_proposal() {
        let other = TransactionData::new(transaction(7).kind().clone(), key(1).address(), vec![]);
        assert_eq!(
            Proposal::new(CHAIN, other, account()),
            Err(ProposalError::OtherSender {
                account: account().address(),
                sender: key(1).address()
            })
        );
        let kind =
            TransactionKind::Genesis(crate::tx::kind::GenesisTransaction { objects: vec![] });
        let system = TransactionData::new(kind, account().address(), vec![]);
        assert_eq!(Proposal::new(CHAIN, system, account()), Err(ProposalError::System));
        let mut invalid = account();
        invalid.threshold = 0;
        let refused = Proposal::new(CHAIN, transaction(7), invalid);
        assert!(matches!(refused, Err(ProposalError::Account(_))), "{refused:?}");
    }

    #[test]
    fn a_key_that_is_not_public_yet_does_not_lie_in_a_proposal() {
        let reveal = RevealModelArgs {
            model_id: ObjectId([6; 32]),
            decryption_key: DecryptionKey([7; 32]),
            embedding: SomaTensor::vector(vec![0.5]),
        };
        let kind = TransactionKind::RevealModel(reveal);
        let revealing = TransactionData::new(kind, account().address(), vec![]);
        assert_eq!(Proposal::new(CHAIN, revealing, account()), Err(ProposalError::Reveal));
    }

    #[test]
    fn a_transaction_larger_than_the_network_takes_is_no_proposal() {
        let id = ObjectId([9; 32]);
        let coin = ObjectRef { id, version: 4, digest: ObjectDigest([5; 32]) };
        let kind = TransactionKind::PayCoins {
            coins: vec![coin],
            amounts: Some(vec![1; 8_000]),
            recipients: vec![Address([8; 32]); 8_000],
        };
        let large = TransactionData::new(kind, account().address(), vec![coin]);
        let bytes = large.to_bytes().len();
        assert_eq!(Proposal::new(CHAIN, large, account()), Err(ProposalError::TooLarge(bytes)));
    }

    #[test]
    fn copies_are_put_together_in_any_order() {
        let (a, b) = (signed_by(&[1]), signed_by(&[2, 3]));
        let (mut one, mut other) = (a.clone(), b.clone());
        assert_eq!((one.merge(&b), other.merge(&a)), (Ok(2), Ok(1)));
        assert_eq!(one, other);
        assert_eq!(one.merge(&b), Ok(0));
        assert_eq!(one, signed_by(&[3, 2, 1]));
    }

    #[test]
    fn a_copy_of_something_else_is_refused() {
        let mut proposal = signed_by(&[1]);
        let other = Proposal::new(CHAIN, transaction(8), account()).unwrap();
        let (expected, actual) = (proposal.digest(), other.digest());
        let refused = proposal.merge(&other);
        assert_eq!(refused, Err(MergeError::OtherTransaction { expected, actual }));
        let elsewhere = CheckpointDigest([4; 32]);
        let other = Proposal::new(elsewhere, transaction(7), account()).unwrap();
        let refused = proposal.merge(&other);
        let wrong = MergeError::OtherChain { expected: CHAIN, actual: elsewhere };
        assert_eq!(refused, Err(wrong));
        assert_eq!(proposal, signed_by(&[1]));
    }

    #[test]
    fn signatures_put_together_elsewhere_are_taken_apart_and_checked() {
        let put_together = |seeds: &[u8]| {
            let of = |seed: &u8| (usize::from(*seed) - 1, signature(*seed, &proposal()));
            let multisig = MultiSig::combine(account(), seeds.iter().map(of).collect()).unwrap();
            UserSignature::MultiSig(multisig)
        };
        let mut proposal = signed_by(&[1]);
        assert_eq!(proposal.add_signature(&put_together(&[1, 2])), Ok(1));
        assert_eq!(proposal, signed_by(&[1, 2]));
        let refused = proposal.add_signature(&put_together(&[2]));
        assert_eq!(refused, Err(SignaturesError::Repeated { member: 2 }));

        let UserSignature::MultiSig(mut multisig) = put_together(&[2, 3]) else { panic!() };
        multisig.sigs.swap(0, 1);
        let refused = proposal.add_signature(&UserSignature::MultiSig(multisig.clone()));
        assert_eq!(refused, Err(SignaturesError::Wrong { member: 2 }));
        multisig.bitmap = 0b1_0001;
        let refused = proposal.add_signature(&UserSignature::MultiSig(multisig.clone()));
        assert!(refused.is_err(), "{refused:?}");
        multisig.bitmap = 0b1;
        let refused = proposal.add_signature(&UserSignature::MultiSig(multisig.clone()));
        assert_eq!(refused, Err(SignaturesError::Malformed));
        multisig.multisig_pk.threshold = 1;
        let refused = proposal.add_signature(&UserSignature::MultiSig(multisig));
        assert!(matches!(refused, Err(SignaturesError::OtherAccount { .. })), "{refused:?}");
        assert_eq!(proposal, signed_by(&[1, 2]));
    }
}
