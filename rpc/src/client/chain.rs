//! The core's [`Chain`], answered by a node.

use super::Client;
use crate::transport::Carrier;
use std::collections::BTreeSet;
use wasm_core::address::{Address, ObjectId};
use wasm_core::digest::TransactionDigest;
use wasm_core::object::Object;
use wasm_core::ports::{Chain, ChainError, Checkpoint, Coin, Executed, ServiceInfo};
use wasm_core::system_state::SystemState;
use wasm_core::tx::TransactionData;
use wasm_core::tx::sign::SignedTransaction;

impl<T: Carrier> Chain for Client<T> {
    async fn service_info(&self) -> Result<ServiceInfo, ChainError> {
        self.node_info().await.map(|info| info.service)
    }

    async fn system_state(&self) -> Result<SystemState, ChainError> {
        self.live_system_state().await
    }

    async fn coins(&self, owner: Address) -> Result<Vec<Coin>, ChainError> {
        self.all_coins(owner).await
    }

    async fn object(&self, id: ObjectId) -> Result<Option<Object>, ChainError> {
        self.get_object(id, None).await
    }

    async fn existing(&self, ids: &[ObjectId]) -> Result<BTreeSet<ObjectId>, ChainError> {
        let asked: Vec<_> = ids.iter().map(|id| (*id, None)).collect();
        let objects = self.objects(&asked).await?;
        Ok(ids.iter().zip(objects).filter_map(|(id, object)| object.map(|_| *id)).collect())
    }

    async fn simulate(&self, transaction: &TransactionData) -> Result<Executed, ChainError> {
        self.simulate_transaction(transaction).await
    }

    async fn execute(&self, signed: &SignedTransaction) -> Result<Executed, ChainError> {
        self.execute_transaction(signed).await
    }

    async fn transaction(&self, digest: TransactionDigest) -> Result<Option<Executed>, ChainError> {
        self.executed_transaction(digest).await
    }

    async fn checkpoint(
        &self,
        sequence_number: Option<u64>,
    ) -> Result<Option<Checkpoint>, ChainError> {
        self.get_checkpoint(sequence_number).await
    }
}
