//! Why a transaction has no preview: it would fail, would be refused, or is not known well enough.

use crate::address::ObjectId;
use crate::amount::Shannons;
use crate::failure::ExecutionFailureStatus;
use crate::ports::ExecutionFailure;
use crate::preview::Explanation;
use std::fmt;

/// Why what a transaction would do cannot be told, or would not be done.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PreviewError {
    /// Only the system sends it.
    #[error("this kind of transaction is only for the system itself")]
    System,
    /// Nothing pays the fee.
    #[error("no coin pays the fee")]
    NoGas,
    /// What should pay the fee is no coin.
    #[error("object {0} cannot pay a fee: it is no coin")]
    NotACoin(ObjectId),
    /// An object stands in the transaction twice, or is merged away before it is used.
    #[error("object {0} is named twice")]
    NamedTwice(ObjectId),
    /// The transaction names an object that does not exist, or that was not looked up.
    #[error("object {0} is not known")]
    UnknownObject(ObjectId),
    /// The transaction uses an object of somebody else.
    #[error("object {0} belongs to somebody else")]
    NotYours(ObjectId),
    /// It would be executed, fail, and cost its base fee all the same.
    #[error(transparent)]
    WouldFail(Box<WouldFail>),
    /// The network would take it and handle it wrongly.
    #[error(transparent)]
    Mishandled(#[from] Defect),
}

/// How a transaction would fail.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WouldFail {
    /// The chain's own failure.
    pub failure: ExecutionFailureStatus,
    /// Shannons that the attempt would cost.
    pub cost: Shannons,
    /// What is missing, where it fails for want of money.
    pub shortage: Option<Shortage>,
}

/// Money that a coin should hold, and what it holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shortage {
    /// What the coin must hold, the fee included where it pays that too.
    pub needed: Shannons,
    /// What it holds.
    pub available: Shannons,
}

/// A transaction that the network's nodes take although they handle it wrongly: stakes that are not
/// paid for, coins read after they are gone, checks that stop a node. None is ever to be signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Defect {
    /// The coin that pays holds exactly the base fee.
    #[error("the coin that pays must hold more than the base fee")]
    ExactlyBaseFee,
    /// The whole coin that pays the fee is to be staked with a model.
    #[error(
        "staking the whole coin that also pays the fee does not work on this network; name an \
         amount"
    )]
    WholeGasCoinStakedWithModel,
    /// The model missed its deadline for a commit.
    #[error(
        "this model missed its deadline for a commit; nodes may stop when more is staked with it"
    )]
    StakeWithSlashedModel,
    /// The embedding to be revealed has another number of values than the network's targets.
    #[error(
        "an embedding has {expected} values on this network, this one {actual}; no target could be \
         made with it any more"
    )]
    RevealOfOtherDimension {
        /// What the network uses.
        expected: u64,
        /// What the transaction has.
        actual: u64,
    },
    /// The distance is no single number.
    #[error("the distance of data to its target is a single number")]
    DistanceIsNoNumber,
}

impl std::error::Error for WouldFail {}

impl fmt::Display for WouldFail {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.shortage {
            Some(Shortage { needed, available }) => {
                write!(f, "this needs {needed} SOMA in one coin, which holds {available} SOMA")
            }
            None => write!(f, "this would fail: {}", self.explanation().what.trim_end_matches('.')),
        }
    }
}

impl WouldFail {
    /// The failure in plain words, and what to do.
    #[must_use]
    pub fn explanation(&self) -> Explanation {
        Explanation::of_failure(&ExecutionFailure::from(&self.failure))
    }
}

impl PreviewError {
    /// The chain's failure, where the transaction would be executed and fail.
    #[must_use]
    pub fn failure(&self) -> Option<&ExecutionFailureStatus> {
        match self {
            Self::WouldFail(would_fail) => Some(&would_fail.failure),
            _ => None,
        }
    }
}

/// Why running a kind stops.
#[derive(Clone, Debug)]
pub(super) enum Stop {
    /// As on the chain.
    Failure(Box<ExecutionFailureStatus>),
    /// As on the chain, with what is missing.
    Short(Box<ExecutionFailureStatus>, Shortage),
    /// The chain would go on, wrongly.
    Defect(Defect),
}

/// What a part of a preview gives, or why it stops.
pub(super) type Run<T = ()> = Result<T, Stop>;

/// Stops with a failure of the chain.
pub(super) fn fail<T>(failure: ExecutionFailureStatus) -> Run<T> {
    Err(Stop::Failure(Box::new(failure)))
}

/// Stops with the chain's failure for arguments that contradict themselves.
pub(super) fn invalid<T>(reason: impl Into<String>) -> Run<T> {
    fail(ExecutionFailureStatus::InvalidArguments { reason: reason.into() })
}

impl From<Defect> for Stop {
    fn from(defect: Defect) -> Self {
        Self::Defect(defect)
    }
}

impl Stop {
    /// As an error of the whole preview, when so much has been paid.
    pub(super) fn after_paying(self, cost: u64) -> PreviewError {
        let (failure, shortage) = match self {
            Self::Failure(failure) => (*failure, None),
            Self::Short(failure, shortage) => (*failure, Some(shortage)),
            Self::Defect(defect) => return defect.into(),
        };
        PreviewError::WouldFail(Box::new(WouldFail { failure, cost: Shannons(cost), shortage }))
    }
}
