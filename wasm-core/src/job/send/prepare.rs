//! From an intent to a transaction that has been tried out, and from there to a signature.

use super::deliver::{self, Outcome};
use super::draft::{Draft, Purse};
use super::facts::Facts;
use super::findings;
use super::recipients::Acquaintances;
use crate::address::{Address, ObjectId};
use crate::amount::Shannons;
use crate::coins::CoinShortage;
use crate::describe::Description;
use crate::digest::{CheckpointDigest, TransactionDigest};
use crate::intent::{
    Intent, ModelError, ObjectsError, PayError, StakingError, TargetError, ValidatorError,
};
use crate::keys::Keypair;
use crate::object::ObjectRef;
use crate::ports::{Chain, ChainError, Coin};
use crate::preview::{Consent, Level, Preview, PreviewError, Review, Simulation};
use crate::tx::sign::{SignatureError, SignedTransaction};
use crate::tx::{TransactionData, TransactionKind};
use serde::{Deserialize, Serialize};
use std::cmp::Reverse;
use std::collections::BTreeSet;

/// What a preparation has to respect.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Terms {
    /// The chain it is meant for; any, where none.
    pub expected_chain: Option<CheckpointDigest>,
    /// Coins that are promised to transactions on their way.
    pub excluded: BTreeSet<ObjectId>,
    /// Whom the sender knows. Where given, recipients are held against them.
    pub acquaintances: Option<Acquaintances>,
}

/// Why nothing can be prepared.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PrepareError {
    /// The node gave no answer. [`ChainError::Stale`] and [`ChainError::Locked`] mean that the coins
    /// moved while this was prepared: prepare again.
    #[error(transparent)]
    Chain(#[from] ChainError),
    /// The node belongs to another chain than the one meant.
    #[error("this node belongs to another chain, {actual}, than this wallet expects, {expected}")]
    WrongChain {
        /// The one meant.
        expected: CheckpointDigest,
        /// The node's.
        actual: CheckpointDigest,
    },
    /// The coins do not suffice.
    #[error(transparent)]
    Coins(#[from] CoinShortage),
    /// Nothing would be sent.
    #[error("an amount is more than zero")]
    Nothing,
    /// The fee would take everything.
    #[error("the fee of {fee} SOMA would take all that this account has")]
    FeeTakesAll {
        /// The fee.
        fee: Shannons,
    },
    /// There is one coin at most.
    #[error("there are no coins that could be merged")]
    NothingToMerge,
    /// The transaction is larger than the network takes.
    #[error("the transaction would have {bytes} bytes, and the network takes {most}")]
    TooLarge {
        /// Bytes of it.
        bytes: usize,
        /// Bytes at most.
        most: usize,
    },
    /// Several people cannot be paid like this.
    #[error(transparent)]
    Pay(#[from] PayError),
    /// Objects cannot be given away.
    #[error(transparent)]
    Objects(#[from] ObjectsError),
    /// The model does not allow it now.
    #[error(transparent)]
    Model(#[from] ModelError),
    /// The stake cannot be made or taken back now.
    #[error(transparent)]
    Staking(#[from] StakingError),
    /// The target does not allow it now.
    #[error(transparent)]
    Target(#[from] TargetError),
    /// The validator does not allow it now.
    #[error(transparent)]
    Validator(#[from] ValidatorError),
    /// It would fail, or what it would do cannot be told.
    #[error(transparent)]
    Preview(#[from] PreviewError),
}

/// Why a prepared transaction is not signed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SignRefused {
    /// The key is another account's.
    #[error("the key of {actual} cannot sign for {expected}")]
    WrongKey {
        /// The sender.
        expected: Address,
        /// Whose key it is.
        actual: Address,
    },
    /// The key is no member's of the account that sends.
    #[error("{member} is not a member of the account {account}")]
    NotAMember {
        /// Whose key it is.
        member: Address,
        /// The sender.
        account: Address,
    },
    /// A signature that was made elsewhere does not stand.
    #[error(transparent)]
    Signature(#[from] SignatureError),
    /// A finding forbids it.
    #[error("{0}")]
    Forbidden(String),
    /// A danger that nobody accepted.
    #[error("this danger was not accepted: {0}")]
    NotAccepted(String),
    /// The epoch in which it was prepared is over.
    #[error(
        "epoch {prepared} ended since this was prepared, and this is epoch {now}: amounts, fees or \
         deadlines may differ"
    )]
    EpochEnded {
        /// The epoch that it was prepared in.
        prepared: u64,
        /// The epoch by now.
        now: u64,
    },
}

/// A transaction that has been tried out and may now be shown, and then signed.
///
/// There is no other way to a signature, so what is signed is what was shown.
#[derive(Clone, Debug)]
pub struct Prepared {
    pub(super) transaction: TransactionData,
    pub(super) review: Review,
    checkpoint: u64,
    epoch: u64,
}

/// What must be kept of a signed transaction until its outcome is known. It holds no secret.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct InFlight {
    /// Which transaction.
    pub digest: TransactionDigest,
    /// The versions of owned objects that it uses up.
    pub inputs: Vec<ObjectRef>,
    /// Newest checkpoint of the node when it was prepared.
    pub checkpoint: u64,
}

impl InFlight {
    /// Coins that must not be used for anything else meanwhile.
    pub fn excluded(&self) -> impl Iterator<Item = ObjectId> {
        self.inputs.iter().map(|input| input.id)
    }
}
impl Prepared {
    /// Chooses coins, builds the transaction, tells what it would do and lets the node try it out.
    ///
    /// # Errors
    /// Where it cannot be done, or the node did not tell what is needed to know.
    pub async fn new(
        chain: &impl Chain,
        sender: Address,
        intent: &Intent,
        terms: &Terms,
    ) -> Result<Self, PrepareError> {
        let facts = Facts::of_intent(chain, intent, terms).await?;
        let coins = chain.coins(sender).await?;
        let purse = Purse { coins: &coins, excluded: &terms.excluded, keep: None };
        let mut draft = Draft::of_intent(&facts, sender, intent, &purse)?;
        if let Some(acquaintances) = &terms.acquaintances {
            draft.findings.extend(acquaintances.findings(sender, &intent.recipients()));
        }
        Self::try_out(chain, &facts, &coins, draft).await
    }

    /// Prepares a transaction of any kind that [`Preview`] knows. Coins for the fee are chosen; those
    /// that the kind names are left to it.
    ///
    /// # Errors
    /// Where it cannot be done, or the node did not tell what is needed to know.
    pub async fn kind(
        chain: &impl Chain,
        sender: Address,
        kind: TransactionKind,
        terms: &Terms,
    ) -> Result<Self, PrepareError> {
        let named: Vec<ObjectId> = kind.owned_inputs().iter().map(|input| input.id).collect();
        let named = named.into_iter().chain(kind.target()).collect::<Vec<_>>();
        let facts = Facts::of_objects(chain, &named, terms).await?;
        let coins = chain.coins(sender).await?;
        let purse = Purse { coins: &coins, excluded: &terms.excluded, keep: None };
        let draft = Draft::of_kind(&facts, sender, kind, &purse)?;
        Self::try_out(chain, &facts, &coins, draft).await
    }

    /// Tells what a draft would do and lets the node try it out.
    pub(crate) async fn try_out(
        chain: &impl Chain,
        facts: &Facts,
        coins: &[Coin],
        draft: Draft,
    ) -> Result<Self, PrepareError> {
        let Draft { transaction, findings: mut known } = draft;
        let current = facts.current(transaction.sender(), coins)?;
        let preview = Preview::of(&transaction, &current)?;
        let digest = transaction.digest();
        let simulation = if matches!(transaction.kind(), TransactionKind::RevealModel(_)) {
            // Trying a reveal out would hand the key to the node before its owner signs; and some
            // nodes stop when they are asked to. Everything it could fail for is checked above.
            known.push(findings::finding(
                Level::Information,
                "The node was not asked to try this out: it would learn the key before you sign.",
            ));
            let reason = "the key stays here until you sign".into();
            Simulation::Unavailable { reason }
        } else {
            let answer = chain.simulate(&transaction).await;
            if let Err(error @ (ChainError::Stale { .. } | ChainError::Locked { .. })) = answer {
                return Err(error.into());
            }
            let simulation = Simulation::compare(digest, &preview, &answer);
            known.extend(findings::of_simulation(&simulation, &answer));
            simulation
        };
        known.extend(findings::of_kind(transaction.kind(), &facts.state));
        known.sort_by_key(|finding| Reverse(finding.level));
        let review = Review {
            description: Description::of(&transaction),
            sender: transaction.sender(),
            preview,
            simulation,
            findings: known,
            digest,
            bytes: hex::encode(transaction.to_bytes()),
        };
        let (checkpoint, epoch) = (facts.checkpoint, facts.state.epoch);
        Ok(Self { transaction, review, checkpoint, epoch })
    }

    /// All that a person should see before signing.
    #[must_use]
    pub const fn review(&self) -> &Review {
        &self.review
    }

    /// What the network will know the transaction by.
    #[must_use]
    pub const fn digest(&self) -> TransactionDigest {
        self.review.digest
    }

    /// Makes sure that it is still the epoch in which this was prepared. What was shown holds only
    /// there; and a reveal that comes an epoch late shows the key and loses the stake.
    ///
    /// # Errors
    /// [`SignRefused::EpochEnded`] in any other epoch.
    pub const fn check_epoch(&self, now: u64) -> Result<(), SignRefused> {
        if self.epoch == now {
            Ok(())
        } else {
            Err(SignRefused::EpochEnded { prepared: self.epoch, now })
        }
    }

    /// What to keep, before sending, until the outcome is known.
    #[must_use]
    pub fn in_flight(&self) -> InFlight {
        let mut inputs = self.transaction.gas_payment().to_vec();
        for input in self.transaction.kind().owned_inputs() {
            if !inputs.iter().any(|gas| gas.id == input.id) {
                inputs.push(input);
            }
        }
        InFlight { digest: self.digest(), inputs, checkpoint: self.checkpoint }
    }

    /// Makes sure that a person may sign this: nothing forbids it, and each danger was accepted.
    ///
    /// # Errors
    /// Where a finding stands in the way.
    pub fn check_consent(&self, consent: &Consent) -> Result<(), SignRefused> {
        match self.review.obstacle(consent) {
            None => Ok(()),
            Some(finding) if finding.level == Level::Forbidden => {
                Err(SignRefused::Forbidden(finding.text.clone()))
            }
            Some(finding) => Err(SignRefused::NotAccepted(finding.text.clone())),
        }
    }

    /// Signs exactly the bytes that were reviewed.
    ///
    /// # Errors
    /// Where the key is another account's, a finding forbids it, or a danger was not accepted.
    pub fn sign(self, key: &Keypair, consent: &Consent) -> Result<SignedTransaction, SignRefused> {
        let (expected, actual) = (self.transaction.sender(), key.address());
        if expected != actual {
            return Err(SignRefused::WrongKey { expected, actual });
        }
        self.check_consent(consent)?;
        Ok(self.transaction.sign(key))
    }

    /// Signs and executes, for callers that need nothing in between.
    ///
    /// # Errors
    /// Where it is not signed.
    pub async fn sign_and_execute(
        self,
        chain: &impl Chain,
        key: &Keypair,
        consent: &Consent,
    ) -> Result<Outcome, SignRefused> {
        Ok(deliver::execute(chain, &self.sign(key, consent)?).await)
    }
}
