//! Why an operation of a wallet was not done.

use super::journal::JournalError;
use crate::digest::TransactionDigest;
use crate::job::send::{PrepareError, SignRefused};
use crate::ports::{ChainError, Executed};
use crate::preview::Explanation;

/// Why an operation was not done. Only [`Self::Failed`] and [`Self::Unknown`] may have cost anything.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum WalletError {
    /// It cannot be done, or nothing could be prepared. Nothing was signed.
    #[error(transparent)]
    Prepare(#[from] PrepareError),
    /// It is not signed.
    #[error(transparent)]
    Sign(#[from] SignRefused),
    /// The node would do something else than the wallet computes. Nothing was signed.
    #[error("the node would do something else than the wallet computes: {}", .0.join(" "))]
    Differs(Vec<String>),
    /// The node foresees failure. Nothing was signed.
    #[error("the node says that this would fail: {}", .0.what)]
    WouldFail(Explanation),
    /// The node did not try it out. Nothing was signed.
    #[error("the node did not try this out: {0}")]
    NotTriedOut(String),
    /// It could not be stored. Nothing was sent.
    #[error(transparent)]
    Journal(#[from] JournalError),
    /// The node refused it, again and again where another choice of coins could have helped. It was
    /// not executed.
    #[error("it was not executed: {0}")]
    NotExecuted(ChainError),
    /// It was executed and failed, which cost its base fee.
    #[error("it was executed and failed: {}", what_failed(.0))]
    Failed(Box<Executed>),
    /// It was sent, and nobody could say what became of it. What it uses stays reserved; it is looked
    /// up and sent again before anything else that may need it. Doing the same anew may do it twice:
    /// [`Wallet::settle`](super::Wallet::settle) finds out first.
    #[error("transaction {digest} was sent, and what became of it is not known: {cause}")]
    Unknown {
        /// Which transaction.
        digest: TransactionDigest,
        /// Why nothing is known.
        cause: ChainError,
    },
    /// It was executed, and what it made is not what it should be.
    #[error("transaction {digest} was executed, and its effects name no {what}")]
    Effects {
        /// Which transaction.
        digest: TransactionDigest,
        /// What is missing.
        what: &'static str,
    },
}

fn what_failed(executed: &Executed) -> String {
    executed
        .failure
        .as_ref()
        .map(|failure| Explanation::of_failure(failure).what)
        .unwrap_or_default()
}
