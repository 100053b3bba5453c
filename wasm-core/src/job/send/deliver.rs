//! What becomes of a signed transaction.

use super::prepare::InFlight;
use crate::digest::{CheckpointDigest, TransactionDigest};
use crate::ports::{Chain, ChainError, Executed};
use crate::tx::sign::{SignedTransaction, UserSignature};

/// What is known after sending.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It was executed; whether it did what it says stands in there.
    Executed(Box<Executed>),
    /// It may have been executed. Ask [`settle`] later.
    Unknown {
        /// Which transaction.
        digest: TransactionDigest,
        /// Why nothing is known.
        cause: ChainError,
    },
    /// It was not executed, and nothing was paid.
    NotExecuted(ChainError),
}

/// What became of a transaction whose outcome was unknown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Settlement {
    /// It was executed.
    Executed(Box<Executed>),
    /// Nothing is known yet.
    Unknown,
    /// It was not executed and never can be: its coins have moved on without it.
    Dropped,
}
/// Executes a signed transaction. Doing it again with the same one is safe and gives the same answer.
///
/// Where the answer leaves the outcome open, the digest is looked up before anything is said.
pub async fn execute(chain: &impl Chain, signed: &SignedTransaction) -> Outcome {
    let digest = signed.transaction.digest();
    let cause = match chain.execute(signed).await {
        Ok(executed) if executed.digest == digest => {
            return Outcome::Executed(Box::new(executed));
        }
        Ok(other) => {
            ChainError::Garbage(format!("it speaks of {} instead of {digest}", other.digest))
        }
        Err(cause) => cause,
    };
    match chain.transaction(digest).await {
        Ok(Some(executed)) if executed.digest == digest => Outcome::Executed(Box::new(executed)),
        Ok(None) if !leaves_outcome_unknown(&cause) => Outcome::NotExecuted(cause),
        _ => Outcome::Unknown { digest, cause },
    }
}

/// Whether a refusal of the node leaves it open that the transaction is executed after all.
const fn leaves_outcome_unknown(error: &ChainError) -> bool {
    const UNKNOWN: i32 = 2;
    const DEADLINE_EXCEEDED: i32 = 4;
    const ALREADY_EXISTS: i32 = 6;
    const ABORTED: i32 = 10;
    const INTERNAL: i32 = 13;
    const UNAVAILABLE: i32 = 14;
    match error {
        // The same transaction is under way, or the node stopped waiting for it.
        ChainError::Refused { code, .. } => matches!(
            *code,
            UNKNOWN | DEADLINE_EXCEEDED | ALREADY_EXISTS | ABORTED | INTERNAL | UNAVAILABLE
        ),
        error => error.leaves_outcome_unknown(),
    }
}

/// Looks up what became of a transaction whose outcome was unknown.
///
/// # Errors
/// Where the node gives no answer.
pub async fn settle(chain: &impl Chain, sent: &InFlight) -> Result<Settlement, ChainError> {
    if let Some(executed) = find_or_hidden(chain, sent.digest).await? {
        return Ok(Settlement::Executed(executed));
    }
    if !has_moved_on(chain, sent).await? {
        return Ok(Settlement::Unknown);
    }
    // It may have been this very transaction that moved them, between the two questions.
    let found = find_or_hidden(chain, sent.digest).await?;
    Ok(found.map_or(Settlement::Dropped, Settlement::Executed))
}

/// Looks a transaction up. A node whose browser interface hides why it fails says of one that it does
/// not know just that it failed; its coins tell the rest.
async fn find_or_hidden(
    chain: &impl Chain,
    digest: TransactionDigest,
) -> Result<Option<Box<Executed>>, ChainError> {
    match find(chain, digest).await {
        Err(ChainError::Hidden) => Ok(None),
        answer => answer,
    }
}

/// Looks up what became of a transaction, and sends it again where nothing is known of it: it may
/// never have arrived, and the same bytes cannot be executed twice.
///
/// Only a refusal of the transaction itself counts as an end. A node that is busy, behind or keeps the
/// reason to itself says nothing of what the first sending did. What several signed has no such end:
/// others hold the same bytes, and can send them once what stands in the way is gone.
///
/// # Errors
/// Where the node gives no answer.
pub async fn settle_or_resend(
    chain: &impl Chain,
    sent: &InFlight,
    signed: &SignedTransaction,
) -> Result<Settlement, ChainError> {
    const INVALID_ARGUMENT: i32 = 3;
    const FAILED_PRECONDITION: i32 = 9;
    match settle(chain, sent).await? {
        Settlement::Unknown => {}
        known => return Ok(known),
    }
    Ok(match execute(chain, signed).await {
        Outcome::Executed(executed) => Settlement::Executed(executed),
        Outcome::NotExecuted(ChainError::Refused {
            code: INVALID_ARGUMENT | FAILED_PRECONDITION,
            ..
        }) if !matches!(signed.signature, UserSignature::MultiSig(_)) => Settlement::Dropped,
        // Coins that moved on meanwhile are seen by the next look.
        Outcome::NotExecuted(_) | Outcome::Unknown { .. } => Settlement::Unknown,
    })
}

/// Looks up what became of a transaction of one chain, and sends it again where its signed bytes are
/// given; none, where the node speaks for another chain. That one knows neither the transaction nor its
/// coins, and would say that it never happened.
///
/// # Errors
/// Where the node gives no answer.
pub async fn settle_on(
    chain: &impl Chain,
    expected: CheckpointDigest,
    sent: &InFlight,
    signed: Option<&SignedTransaction>,
) -> Result<Option<Settlement>, ChainError> {
    if chain.service_info().await?.chain_id != expected {
        return Ok(None);
    }
    let settled = match signed {
        Some(signed) => settle_or_resend(chain, sent, signed).await?,
        None => settle(chain, sent).await?,
    };
    // Behind one address there may be another node by now.
    if matches!(settled, Settlement::Dropped) && chain.service_info().await?.chain_id != expected {
        return Ok(None);
    }
    Ok(Some(settled))
}

async fn find(
    chain: &impl Chain,
    digest: TransactionDigest,
) -> Result<Option<Box<Executed>>, ChainError> {
    match chain.transaction(digest).await? {
        Some(executed) if executed.digest == digest => Ok(Some(Box::new(executed))),
        Some(other) => Err(ChainError::Garbage(format!(
            "asked for transaction {digest}, it speaks of {}",
            other.digest
        ))),
        None => Ok(None),
    }
}

/// Whether an input exists in a later version, or is gone from a node that is not behind.
async fn has_moved_on(chain: &impl Chain, sent: &InFlight) -> Result<bool, ChainError> {
    let mut gone = false;
    for input in &sent.inputs {
        match chain.object(input.id).await? {
            // It was this very transaction: the next look finds it.
            Some(object) if object.previous_transaction == sent.digest => return Ok(false),
            Some(object) if object.data.version > input.version => return Ok(true),
            Some(_) => {}
            None => gone = true,
        }
    }
    // A node that is behind may not have seen the coin yet.
    Ok(gone && chain.service_info().await?.checkpoint_height > sent.checkpoint)
}
