//! The faucet, the scoring service and a local network's admin. They stand beside a node, at addresses
//! of their own or, in a local network, at the node's.

use crate::bcs_codec::BcsCodec;
use crate::client::Client;
use crate::status::{Call, chain_error};
use crate::transport::{Fault, Transport};
use http::uri::PathAndQuery;
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::time::Duration;
use wasm_core::address::Address;
use wasm_core::ports::ChainError;
use wasm_core::services::{
    ADVANCE_EPOCH, AdvanceEpochRequest, AdvanceEpochResponse, GasRequest, GasResponse, HEALTH,
    HealthRequest, HealthResponse, REQUEST_GAS, SCORE, ScoreRequest, ScoreResponse,
};

impl<T: Transport> Client<T> {
    async fn ask<Q, A>(
        &self,
        route: &'static str,
        call: Call,
        limit: Duration,
        question: Q,
    ) -> Result<A, ChainError>
    where
        Q: Serialize + Send + Sync + 'static,
        A: DeserializeOwned + Send + Sync + 'static,
    {
        let mut stub = self.stub();
        let answer = async {
            stub.ready().await.map_err(|fault| tonic::Status::from_error(Box::new(fault)))?;
            let path = PathAndQuery::from_static(route);
            stub.unary(tonic::Request::new(question), path, BcsCodec::<Q, A>::default()).await
        };
        self.wait(call, limit, answer).await
    }

    /// Asks the faucet at this address for coins, and waits until they are there.
    ///
    /// # Errors
    /// Where the faucet gives none, or no usable answer.
    pub async fn request_gas(&self, recipient: Address) -> Result<GasResponse, ChainError> {
        let question = GasRequest { recipient: recipient.to_string() };
        self.ask(REQUEST_GAS, Call::Execute, self.deadlines().request, question).await
    }

    /// Asks the scoring service at this address to score data against models.
    ///
    /// # Errors
    /// Where the service refuses, or gives no usable answer.
    pub async fn score(&self, question: ScoreRequest) -> Result<ScoreResponse, ChainError> {
        let models = question.model_manifests.len() as u64;
        let answer: ScoreResponse =
            self.ask(SCORE, Call::Read, self.deadlines().score, question).await?;
        if answer.winner >= models {
            let text = format!("model {} of {models} has won", answer.winner);
            return Err(chain_error(Fault::Garbage(text), Call::Read));
        }
        Ok(answer)
    }

    /// Whether the scoring service at this address says that it is up.
    ///
    /// # Errors
    /// Where the service gives no usable answer.
    pub async fn health(&self) -> Result<HealthResponse, ChainError> {
        self.ask(HEALTH, Call::Read, self.deadlines().request, HealthRequest {}).await
    }

    /// Asks the admin at this address to end the epoch, and waits until it has.
    ///
    /// # Errors
    /// Where the epoch does not end, or the admin gives no usable answer.
    pub async fn advance_epoch(&self) -> Result<AdvanceEpochResponse, ChainError> {
        let limit = self.deadlines().advance_epoch;
        self.ask(ADVANCE_EPOCH, Call::Execute, limit, AdvanceEpochRequest {}).await
    }
}
