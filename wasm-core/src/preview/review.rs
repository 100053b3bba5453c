//! What a person sees before signing, in one value.

use super::{Preview, Simulation};
use crate::address::Address;
use crate::describe::Description;
use crate::digest::TransactionDigest;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

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

/// The dangers of one review that a person accepted, each by itself: its places among the findings.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Consent(BTreeSet<usize>);

impl Consent {
    /// To these findings.
    #[must_use]
    pub fn to(findings: impl IntoIterator<Item = usize>) -> Self {
        Self(findings.into_iter().collect())
    }
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

impl Review {
    /// The first finding that keeps this from being signed: one that forbids it, or a danger that
    /// nobody accepted.
    #[must_use]
    pub fn obstacle(&self, consent: &Consent) -> Option<&Finding> {
        let forbidden = self.findings.iter().find(|finding| finding.level == Level::Forbidden);
        let unaccepted = || {
            let mut findings = self.findings.iter().enumerate();
            let of_danger = |(at, finding): &(usize, &Finding)| {
                finding.level == Level::Danger && !consent.0.contains(at)
            };
            findings.find(of_danger).map(|(_, finding)| finding)
        };
        forbidden.or_else(unaccepted)
    }

    /// Consent to every danger: for a program that decided on the intent itself and shows nobody a
    /// review.
    #[must_use]
    pub fn every_danger(&self) -> Consent {
        Consent::to((0..self.findings.len()).filter(|at| {
            self.findings.get(*at).is_some_and(|finding| finding.level == Level::Danger)
        }))
    }
}
