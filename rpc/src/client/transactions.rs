//! Transactions: tried, executed, found again, waited for.

use super::checkpoints::holds;
use super::{Client, found, garbage, mask, present, read_message, refused};
use crate::convert::effects_whole::whole_effects;
use crate::convert::transaction::{is_expressible, transaction_to_proto};
use crate::hidden::opened;
use crate::methods;
use crate::parts::{Announcement, Outcome};
use crate::proto::soma as proto;
use crate::status::Call;
use crate::transport::Carrier;
use futures::future::{Either, select};
use futures::{FutureExt, StreamExt};
use std::pin::pin;
use std::time::Duration;
use wasm_core::digest::TransactionDigest;
use wasm_core::effects::TransactionEffects;
use wasm_core::ports::{ChainError, CheckpointTransaction, Executed};
use wasm_core::tx::TransactionData;
use wasm_core::tx::sign::SignedTransaction;

const EXECUTED: [&str; 4] = ["effects", "balance_changes", "checkpoint", "timestamp"];
/// What a transaction says is asked for part by part: the whole of it would make a node compute a
/// digest that it cannot.
const DETAILS: [&str; 7] = [
    "effects",
    "balance_changes",
    "checkpoint",
    "timestamp",
    "transaction.kind",
    "transaction.sender",
    "transaction.gas_payment",
];
/// Transactions asked for at once.
const BATCH: usize = 50;
/// Between two looks for a transaction: at first, and at most.
const LOOK: Duration = Duration::from_millis(200);
const LOOK_AT_MOST: Duration = Duration::from_secs(2);

impl<T: Carrier> Client<T> {
    pub(super) async fn simulate_transaction(
        &self,
        transaction: &TransactionData,
    ) -> Result<Executed, ChainError> {
        let paths = [
            "transaction.effects",
            "transaction.balance_changes",
            "transaction.transaction.gas_payment",
        ];
        let request = proto::SimulateTransactionRequest {
            transaction: Some(express(transaction)?),
            read_mask: Some(mask(&paths)),
            checks: None,
        };
        let answer = self
            .ask(Call::Simulate, self.deadlines.simulate, methods::SIMULATE_TRANSACTION, request)
            .await?;
        read_outcome(&present(answer.transaction, "transaction")?)
    }

    pub(super) async fn execute_transaction(
        &self,
        signed: &SignedTransaction,
    ) -> Result<Executed, ChainError> {
        let request = proto::ExecuteTransactionRequest {
            transaction: Some(express(&signed.transaction)?),
            signatures: vec![(&signed.signature).into()],
            read_mask: Some(mask(&["effects", "balance_changes", "objects.objects"])),
        };
        let answer = self
            .ask(Call::Execute, self.deadlines.execute, methods::EXECUTE_TRANSACTION, request)
            .await?;
        let executed = read_outcome(&present(answer.transaction, "transaction")?)?;
        same_digest(signed.transaction.digest(), &executed)?;
        Ok(executed)
    }

    pub(super) async fn executed_transaction(
        &self,
        digest: TransactionDigest,
    ) -> Result<Option<Executed>, ChainError> {
        let Some(message) = self.get_transaction(digest, &EXECUTED).await? else {
            return Ok(None);
        };
        let executed = read_outcome(&message)?;
        same_digest(digest, &executed)?;
        Ok(Some(executed))
    }

    /// All effects of a transaction that did what it says; none where the node knows none, or it failed.
    ///
    /// # Errors
    /// Where the node gives no usable answer.
    pub async fn effects(
        &self,
        digest: TransactionDigest,
    ) -> Result<Option<TransactionEffects>, ChainError> {
        let Some(message) = self.get_transaction(digest, &["effects"]).await? else {
            return Ok(None);
        };
        let effects = present(read_message::<Outcome>(&message)?.effects, "effects")?;
        let effects = whole_effects(&effects).map_err(garbage)?;
        match &effects {
            Some(other) if other.as_v1().transaction_digest != digest => {
                Err(ChainError::Garbage(format!("effects of another transaction than {digest}")))
            }
            _ => Ok(effects),
        }
    }

    /// A transaction with what it says and who sent it; none where the node knows none.
    ///
    /// # Errors
    /// Where the node gives no usable answer.
    pub async fn transaction_details(
        &self,
        digest: TransactionDigest,
    ) -> Result<Option<CheckpointTransaction>, ChainError> {
        let message = self.get_transaction(digest, &DETAILS).await?;
        message.map(|message| read_details(&message, digest)).transpose()
    }

    /// Many transactions with what they say and who sent them, in the order of the question; none
    /// where the node knows none.
    ///
    /// # Errors
    /// Where the node gives no usable answer to any of them.
    pub async fn transactions(
        &self,
        digests: &[TransactionDigest],
    ) -> Result<Vec<Option<CheckpointTransaction>>, ChainError> {
        let mut transactions = Vec::with_capacity(digests.len());
        for batch in digests.chunks(BATCH) {
            let request = proto::BatchGetTransactionsRequest {
                digests: batch.iter().map(ToString::to_string).collect(),
                read_mask: Some(mask(&DETAILS)),
            };
            let answer = self.read(methods::BATCH_GET_TRANSACTIONS, request).await?;
            if answer.transactions.len() != batch.len() {
                let (answers, questions) = (answer.transactions.len(), batch.len());
                let text = format!("{answers} answers to {questions} questions");
                return Err(ChainError::Garbage(text));
            }
            for (&digest, item) in batch.iter().zip(answer.transactions) {
                let details = found(opened(item))?.map(|message| read_details(&message, digest));
                transactions.push(details.transpose()?);
            }
        }
        Ok(transactions)
    }

    /// Waits until a transaction is in a checkpoint, and tells what it did. From then on the node's
    /// balances and listings know of it.
    ///
    /// Failures to reach the node are sat out until the limit.
    ///
    /// # Errors
    /// Where the limit passes, the caller gives up, or the node's answer is not usable.
    pub async fn wait_for_transaction(
        &self,
        digest: TransactionDigest,
        limit: Duration,
    ) -> Result<Executed, ChainError> {
        self.within(limit, self.look_for(digest)).await
    }

    async fn look_for(&self, digest: TransactionDigest) -> Result<Executed, ChainError> {
        // The stream only tells when to look; without one, the clock does. It is not waited for: some browsers (Firefox
        // 153) tell of an answer only once its first piece is there, and a quiet network has none to tell.
        let stream = async {
            let paths = ["sequence_number", "transactions.digest"];
            futures::stream::iter(self.subscribe::<Announcement>(&paths).await.ok()).flatten()
        };
        let mut stream = pin!(stream.flatten_stream().fuse());
        let mut pause = LOOK;
        loop {
            match self.executed_transaction(digest).await {
                Ok(Some(executed)) if executed.checkpoint.is_some() => return Ok(executed),
                Ok(_) => {}
                Err(error) if error.is_retryable() => {}
                Err(error) => return Err(error),
            }
            let told = async {
                while let Some(Ok(message)) = stream.next().await {
                    if holds(&message, digest) {
                        return;
                    }
                }
                std::future::pending::<()>().await;
            };
            pause = match select(pin!(told), pin!(self.sleep(pause))).await {
                // The node may tell of a checkpoint a moment before it can be asked about it.
                Either::Left(_) => LOOK,
                Either::Right(_) => LOOK_AT_MOST.min(pause * 2),
            };
        }
    }

    async fn get_transaction(
        &self,
        digest: TransactionDigest,
        paths: &[&str],
    ) -> Result<Option<Vec<u8>>, ChainError> {
        let request = proto::GetTransactionRequest {
            digest: Some(digest.to_string()),
            read_mask: Some(mask(paths)),
        };
        found(match self.read(methods::GET_TRANSACTION, request).await {
            Ok(answer) => present(answer.transaction, "transaction"),
            Err(ChainError::Hidden) => self.transaction_in_batch(digest.to_string(), paths).await,
            Err(error) => Err(error),
        })
    }
}

/// What a transaction did. What it says is not even read.
fn read_outcome(message: &[u8]) -> Result<Executed, ChainError> {
    let outcome: Outcome = read_message(message)?;
    Executed::try_from(&proto::ExecutedTransaction::from(outcome)).map_err(garbage)
}

fn read_details(
    message: &[u8],
    digest: TransactionDigest,
) -> Result<CheckpointTransaction, ChainError> {
    let message: proto::ExecutedTransaction = read_message(message)?;
    let transaction = CheckpointTransaction::try_from(&message).map_err(garbage)?;
    same_digest(digest, &transaction.executed)?;
    Ok(transaction)
}

fn same_digest(expected: TransactionDigest, executed: &Executed) -> Result<(), ChainError> {
    if executed.digest == expected {
        Ok(())
    } else {
        Err(ChainError::Garbage(format!(
            "effects of transaction {}, not of {expected}",
            executed.digest
        )))
    }
}

/// A transaction on its way out. What the wire cannot say would reach the node as something else.
fn express(transaction: &TransactionData) -> Result<proto::Transaction, ChainError> {
    if !is_expressible(transaction) {
        let name = transaction.kind().name();
        return Err(refused(format!("this form of {name} cannot be sent to a node")));
    }
    transaction_to_proto(transaction).map_err(|error| refused(error.to_string()))
}
