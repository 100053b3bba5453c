//! What a person sees before signing, in one value.

use super::{Preview, Simulation};
use crate::address::Address;
use crate::describe::Description;
use crate::digest::TransactionDigest;
use serde::{Deserialize, Serialize};

/// Something to know before signing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// How grave it is.
    pub level: Level,
    /// What it is, as a sentence.
    pub text: String,
}

/// How grave a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Level {
    /// Good to know.
    Information,
    /// Look twice.
    Caution,
    /// Needs an explicit act.
    Danger,
    /// Cannot be signed.
    Forbidden,
}

/// A transaction ready to be looked at: all that a person sees before signing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Review {
    /// In words.
    pub description: Description,
    /// Who signs and pays.
    pub sender: Address,
    /// What it would do, by our own reckoning.
    pub preview: Preview,
    /// What the node says.
    pub simulation: Simulation,
    /// What to know before signing.
    pub findings: Vec<Finding>,
    /// Digest of exactly the bytes that would be signed.
    pub digest: TransactionDigest,
    /// Those bytes (BCS of `TransactionData`), in hex.
    pub bytes: String,
}
