//! The faucet, the scoring service and a local network's admin. They stand beside a node, at addresses
//! of their own or, in a local network, at the node's.

use crate::client::Client;
use crate::status::{Call, chain_error};
use crate::transport::{Carrier, Fault};
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::time::Duration;
use wasm_core::address::Address;
use wasm_core::ports::ChainError;
use wasm_core::services::{
    ADVANCE_EPOCH, AdvanceEpochRequest, AdvanceEpochResponse, GasRequest, GasResponse, HEALTH,
    HealthRequest, HealthResponse, REQUEST_GAS, SCORE, ScoreRequest, ScoreResponse,
};

impl<T: Carrier> Client<T> {
    async fn ask_bcs<Q, A>(
        &self,
        route: &'static str,
        call: Call,
        limit: Duration,
        question: Q,
    ) -> Result<A, ChainError>
    where
        Q: Serialize,
        A: DeserializeOwned,
    {
        let question =
            bcs::to_bytes(&question).map_err(|error| ChainError::Garbage(error.to_string()))?;
        let answer = self.exchange(call, limit, route, question).await?;
        bcs::from_bytes(&answer)
            .map_err(|error| ChainError::Garbage(format!("not the message: {error}")))
    }

    /// Asks the faucet at this address for coins, and waits until they are there.
    ///
    /// # Errors
    /// Where the faucet gives none, or no usable answer.
    pub async fn request_gas(&self, recipient: Address) -> Result<GasResponse, ChainError> {
        let question = GasRequest { recipient: recipient.to_string() };
        self.ask_bcs(REQUEST_GAS, Call::Execute, self.deadlines().request, question).await
    }

    /// Asks the scoring service at this address to score data against models.
    ///
    /// # Errors
    /// Where the service refuses, or gives no usable answer.
    pub async fn score(&self, question: ScoreRequest) -> Result<ScoreResponse, ChainError> {
        let models = question.model_manifests.len() as u64;
        let answer: ScoreResponse =
            self.ask_bcs(SCORE, Call::Read, self.deadlines().score, question).await?;
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
        self.ask_bcs(HEALTH, Call::Read, self.deadlines().request, HealthRequest {}).await
    }

    /// Asks the admin at this address to end the epoch, and waits until it has.
    ///
    /// # Errors
    /// Where the epoch does not end, or the admin gives no usable answer.
    pub async fn advance_epoch(&self) -> Result<AdvanceEpochResponse, ChainError> {
        let limit = self.deadlines().advance_epoch;
        self.ask_bcs(ADVANCE_EPOCH, Call::Execute, limit, AdvanceEpochRequest {}).await
    }
}
