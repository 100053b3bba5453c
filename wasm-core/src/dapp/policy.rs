//! Policies: what a wallet approves by itself for one site, and how much of that is used up.
//!
//! Only the decoded transaction counts, and what the wallet's own preview says it takes out of the account.

use super::{Origin, UserKind};
use crate::address::{Address, ModelId};
use crate::amount::Shannons;
use crate::digest::CheckpointDigest;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// What a policy is known by inside its wallet.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
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
