//! A node whose silence is not taken for an answer: questions are asked again, with growing pauses.

use crate::address::{Address, ObjectId};
use crate::digest::TransactionDigest;
use crate::object::Object;
use crate::ports::{Chain, ChainError, Checkpoint, Coin, Executed, Pause, ServiceInfo};
use crate::system_state::SystemState;
use crate::tx::TransactionData;
use crate::tx::sign::SignedTransaction;
use std::collections::BTreeSet;

/// How often a question is asked.
const TIMES: u32 = 5;

/// Milliseconds of the first pause; each one is twice the last.
const FIRST_PAUSE: u64 = 125;

/// Asks a node's questions again where it gives no answer. Transactions are sent once: what becomes
/// of them is for others to find out.
///
/// What a question takes lies on the heap, so that an operation takes little of its caller's stack.
pub(super) struct Patient<'a, C, P> {
    pub(super) chain: &'a C,
    pub(super) pause: &'a P,
}

impl<C, P: Pause> Patient<'_, C, P> {
    async fn ask<T, F>(&self, question: impl Fn() -> F) -> Result<T, ChainError>
    where
        F: Future<Output = Result<T, ChainError>>,
    {
        for time in 1..TIMES {
            match Box::pin(question()).await {
                Err(error) if error.is_retryable() => {
                    self.pause.pause(FIRST_PAUSE << (time - 1)).await;
                }
                answer => return answer,
            }
        }
        Box::pin(question()).await
    }
}

impl<C: Chain, P: Pause> Chain for Patient<'_, C, P> {
    async fn service_info(&self) -> Result<ServiceInfo, ChainError> {
        self.ask(|| self.chain.service_info()).await
    }

    async fn system_state(&self) -> Result<SystemState, ChainError> {
        self.ask(|| self.chain.system_state()).await
    }

    async fn coins(&self, owner: Address) -> Result<Vec<Coin>, ChainError> {
        self.ask(|| self.chain.coins(owner)).await
    }

    async fn object(&self, id: ObjectId) -> Result<Option<Object>, ChainError> {
        self.ask(|| self.chain.object(id)).await
    }

    async fn existing(&self, ids: &[ObjectId]) -> Result<BTreeSet<ObjectId>, ChainError> {
        self.ask(|| self.chain.existing(ids)).await
    }

    async fn simulate(&self, transaction: &TransactionData) -> Result<Executed, ChainError> {
        self.ask(|| self.chain.simulate(transaction)).await
    }

    async fn execute(&self, signed: &SignedTransaction) -> Result<Executed, ChainError> {
        Box::pin(self.chain.execute(signed)).await
    }

    async fn transaction(&self, digest: TransactionDigest) -> Result<Option<Executed>, ChainError> {
        // Behind an interface that hides reasons, a transaction that is not known looks like this.
        self.ask(|| async {
            match self.chain.transaction(digest).await {
                Err(ChainError::Hidden) => Ok(Err(ChainError::Hidden)),
                answer => answer.map(Ok),
            }
        })
        .await?
    }

    async fn checkpoint(&self, number: Option<u64>) -> Result<Option<Checkpoint>, ChainError> {
        self.ask(|| self.chain.checkpoint(number)).await
    }
}
