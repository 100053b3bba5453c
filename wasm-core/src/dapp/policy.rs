//! Policies: what a wallet approves by itself for one site, and how much of that is used up.
//!
//! Only the decoded transaction counts, and what the wallet's own preview says it takes out of the account.

use super::kind::model_of;
use super::{Origin, UserKind};
use crate::address::{Address, ModelId};
use crate::amount::Shannons;
use crate::digest::CheckpointDigest;
use crate::preview::{Level, Review, Simulation};
use crate::tx::{TransactionData, TransactionKind};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// The longest that a policy lasts: 30 days.
pub const MAX_TERM_MS: u64 = 30 * 86_400_000;
/// The most transactions of one policy.
pub const MAX_COUNT: u32 = 1_000;
const SUGGESTED_COUNT: u32 = 10;
const SUGGESTED_TERM_MS: u64 = 86_400_000;

/// What a policy is known by inside its wallet.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(transparent)]
pub struct PolicyId(pub u32);

/// What a policy covers. Everything must hold at once.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Scope {
    /// Which site asks.
    pub origin: Origin,
    /// Which account signs.
    pub account: Address,
    /// On which chain.
    pub chain: CheckpointDigest,
    /// What the transaction may be.
    pub kinds: BTreeSet<UserKind>,
    /// Which models it may name; any, where none.
    pub models: Option<BTreeSet<ModelId>>,
    /// Whom it may pay. Nobody but these: an empty set covers no payment.
    pub recipients: BTreeSet<Address>,
    /// The most that all of them together may take out of the account, fees included.
    pub budget: Shannons,
    /// How many there may be.
    pub count: u32,
    /// When it ends; milliseconds since 1970.
    pub expires_ms: u64,
}

/// What was used up of a policy.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Spent {
    /// Taken out of the account, or about to be.
    pub amount: Shannons,
    /// Transactions.
    pub count: u32,
}

/// A policy and what was used up of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Policy {
    /// What it is known by.
    pub id: PolicyId,
    /// What it covers.
    pub scope: Scope,
    /// What was used up.
    pub spent: Spent,
    /// When its owner agreed; milliseconds since 1970.
    pub since_ms: u64,
}

/// A transaction as policies look at it: decoded, and with what the wallet's own preview says of it.
#[derive(Clone, Copy, Debug)]
pub struct Looked<'a> {
    /// Which site asks.
    pub origin: &'a Origin,
    /// What would be signed.
    pub transaction: &'a TransactionData,
    /// On which chain.
    pub chain: CheckpointDigest,
    /// What the review says of it.
    pub review: &'a Review,
    /// Milliseconds since 1970.
    pub now_ms: u64,
}

/// Why a policy does not cover a transaction.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotCovered {
    /// Another site, account or chain.
    #[error("it is for another site, account or network")]
    Elsewhere,
    /// It has ended.
    #[error("it has ended")]
    Expired,
    /// It was used as often as it may be.
    #[error("it was used as often as it may be")]
    Count,
    /// Not one of its kinds, or one that is looked at every time.
    #[error("it does not cover this kind of transaction")]
    Kind,
    /// Another model.
    #[error("it does not cover this model")]
    Model,
    /// Somebody else is paid.
    #[error("it does not cover a payment to somebody else")]
    Recipient,
    /// More than what is left of the budget.
    #[error("it would take more than what is left of the budget")]
    Budget,
    /// The review warns of something, or the node did not confirm it.
    #[error("there is something that its owner must see first")]
    Warned,
}

impl Policy {
    /// What is used up of it once this is done, if it covers this. That is stored before anything is signed.
    ///
    /// # Errors
    /// Where it does not cover it.
    pub fn after(&self, looked: &Looked<'_>) -> Result<Spent, NotCovered> {
        let Scope { origin, account, chain, .. } = &self.scope;
        let sender = looked.transaction.sender();
        if origin != looked.origin
            || *account != sender
            || looked.review.sender != sender
            || *chain != looked.chain
        {
            return Err(NotCovered::Elsewhere);
        }
        if looked.now_ms >= self.scope.expires_ms || looked.now_ms < self.since_ms {
            // A clock that was set back does not make a policy last longer.
            return Err(NotCovered::Expired);
        }
        if self.spent.count >= self.scope.count {
            return Err(NotCovered::Count);
        }
        self.scope.covers(looked.transaction)?;
        // What is reckoned must be of these bytes, agreed with by the node, and free of warnings.
        let calm = looked.review.digest == looked.transaction.digest()
            && matches!(looked.review.simulation, Simulation::Agrees)
            && looked.review.findings.iter().all(|finding| finding.level < Level::Danger);
        if !calm {
            return Err(NotCovered::Warned);
        }
        let out = outflow(looked.review).ok_or(NotCovered::Budget)?;
        let amount = self.spent.amount.0.checked_add(out).ok_or(NotCovered::Budget)?;
        if amount > self.scope.budget.0 {
            return Err(NotCovered::Budget);
        }
        Ok(Spent { amount: Shannons(amount), count: self.spent.count.saturating_add(1) })
    }
}

impl Scope {
    /// Whether kind, model and recipients are covered.
    fn covers(&self, transaction: &TransactionData) -> Result<(), NotCovered> {
        let kind = UserKind::of(transaction.kind()).ok_or(NotCovered::Kind)?;
        if !kind.may_be_automatic() || !self.kinds.contains(&kind) {
            return Err(NotCovered::Kind);
        }
        if let (Some(models), Some(model)) = (&self.models, model_of(transaction.kind()))
            && !models.contains(&model)
        {
            return Err(NotCovered::Model);
        }
        let paid = match transaction.kind() {
            TransactionKind::TransferCoin { recipient, .. } => std::slice::from_ref(recipient),
            TransactionKind::PayCoins { recipients, .. } => recipients,
            _ => &[],
        };
        if paid.iter().all(|recipient| self.recipients.contains(recipient)) {
            Ok(())
        } else {
            Err(NotCovered::Recipient)
        }
    }

    /// Makes sure that an owner can have agreed to this: it covers something, and nothing that is looked at
    /// every time.
    ///
    /// # Errors
    /// With a sentence on what is not as it should be.
    pub fn check(&self, now_ms: u64) -> Result<(), ScopeError> {
        if self.kinds.is_empty() || self.count == 0 || self.budget == Shannons::ZERO {
            return Err(ScopeError::Nothing);
        }
        if let Some(kind) = self.kinds.iter().find(|kind| !kind.may_be_automatic()) {
            return Err(ScopeError::Kind(*kind));
        }
        if self.kinds.iter().any(|kind| kind.pays_somebody()) && self.recipients.is_empty() {
            return Err(ScopeError::NoRecipients);
        }
        if self.expires_ms <= now_ms || self.expires_ms > now_ms.saturating_add(MAX_TERM_MS) {
            return Err(ScopeError::Term);
        }
        if self.count > MAX_COUNT {
            return Err(ScopeError::Count);
        }
        Ok(())
    }

    /// What an owner could agree to after looking at this transaction: its kind, model and recipients, ten
    /// times as much as it takes, for a day. None, where it is looked at every time.
    #[must_use]
    pub fn suggestion(looked: &Looked<'_>) -> Option<Self> {
        let kind =
            UserKind::of(looked.transaction.kind()).filter(|kind| kind.may_be_automatic())?;
        let out = outflow(looked.review)?;
        let recipients = match looked.transaction.kind() {
            TransactionKind::TransferCoin { recipient, .. } => BTreeSet::from([*recipient]),
            TransactionKind::PayCoins { recipients, .. } => recipients.iter().copied().collect(),
            _ => BTreeSet::new(),
        };
        let fee = looked.review.preview.fee.total_fee;
        Some(Self {
            origin: looked.origin.clone(),
            account: looked.transaction.sender(),
            chain: looked.chain,
            kinds: BTreeSet::from([kind]),
            models: model_of(looked.transaction.kind()).map(|model| BTreeSet::from([model])),
            recipients,
            budget: Shannons(out.max(fee).checked_mul(SUGGESTED_COUNT.into())?),
            count: SUGGESTED_COUNT,
            expires_ms: looked.now_ms.checked_add(SUGGESTED_TERM_MS)?,
        })
    }
}

/// Why nobody can agree to a policy.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ScopeError {
    /// It would cover nothing.
    #[error("a policy covers at least one kind of transaction, one time, and has a budget")]
    Nothing,
    /// A kind that is looked at every time.
    #[error("{0} is looked at every time")]
    Kind(UserKind),
    /// Payments to anybody.
    #[error("a policy that covers payments names who may be paid")]
    NoRecipients,
    /// It has ended already, or would last too long.
    #[error("a policy ends within {} days", MAX_TERM_MS / 86_400_000)]
    Term,
    /// Too often.
    #[error("a policy is used {MAX_COUNT} times at most")]
    Count,
}

/// Shannons that would leave the account, fee included. None, where that is no amount.
fn outflow(review: &Review) -> Option<u64> {
    let change = review.preview.balance_change(review.sender);
    u64::try_from(change.min(0).unsigned_abs()).ok()
}
