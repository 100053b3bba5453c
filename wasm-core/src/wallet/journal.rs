//! What a caller stores who must survive a crash.

use crate::digest::TransactionDigest;
use crate::job::send::InFlight;
use crate::ports::Executed;
use crate::tx::sign::SignedTransaction;

/// A signed transaction that may be on its way.
///
/// The signed bytes of a reveal hold the key of its model; whoever stores them keeps them as well as
/// the key.
#[derive(Clone, Debug)]
pub struct Sent {
    /// What it uses up, and its digest.
    pub in_flight: InFlight,
    /// The bytes, to send them again.
    pub signed: SignedTransaction,
}

/// A transaction could not be stored, so it was not sent.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the transaction could not be stored, so it was not sent: {0}")]
pub struct JournalError(pub String);

/// Where transactions are noted before they are sent. After a crash, those that are noted and not
/// settled go to [`Wallet::resume`](super::Wallet::resume).
#[expect(async_fn_in_trait, reason = "callers live on one thread, so Send is not needed")]
pub trait Journal {
    /// A transaction is about to be sent for the first time. Where this fails, it is not.
    async fn sending(&self, sent: &Sent) -> Result<(), JournalError>;

    /// A transaction is settled: it was executed, or (with none) it never will be.
    async fn settled(&self, digest: TransactionDigest, executed: Option<&Executed>);
}

/// Keeps nothing: for callers to whom a crash is the end.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoJournal;

impl Journal for NoJournal {
    async fn sending(&self, _: &Sent) -> Result<(), JournalError> {
        Ok(())
    }

    async fn settled(&self, _: TransactionDigest, _: Option<&Executed>) {}
}
