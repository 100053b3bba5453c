//! The faucet: gives coins to whoever asks.

use crate::services::bcs_call;
use crate::services::node::Node;
use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::routing::any;
use http::Response;
use std::sync::Arc;
use tokio::sync::Mutex;
use tonic::Status;
use wasm_core::address::Address;
use wasm_core::amount::Shannons;
use wasm_core::effects::ExecutionStatus;
use wasm_core::keys::Keypair;
use wasm_core::object::ObjectType;
use wasm_core::services::{GasCoinInfo, GasRequest, GasResponse, REQUEST_GAS};
use wasm_core::tx::TransactionData;
use wasm_core::tx::kind::TransactionKind;

/// An account that gives its coins away.
#[derive(Debug)]
pub(crate) struct Faucet {
    node: Arc<Node>,
    key: Keypair,
    amount: Shannons,
    /// Held while a coin is spent, so that no two requests spend the same version.
    turn: Mutex<()>,
}

/// Why the faucet gave nothing.
#[derive(Debug, thiserror::Error)]
enum TransferError {
    #[error("the faucet has no coins left")]
    Empty,
    #[error(transparent)]
    Refused(#[from] crate::admission::AdmissionError),
    #[error(transparent)]
    Object(#[from] wasm_core::object::ObjectError),
    #[error("the transfer failed: {0}")]
    Failed(String),
}

impl Faucet {
    /// A faucet that gives one coin of an amount to each request.
    #[must_use]
    pub(crate) fn new(node: Arc<Node>, key: Keypair, amount: Shannons) -> Self {
        Self { node, key, amount, turn: Mutex::new(()) }
    }

    /// Sends a coin and waits until a checkpoint holds the transfer.
    async fn send(&self, recipient: Address) -> Result<Vec<GasCoinInfo>, TransferError> {
        let _turn = self.turn.lock().await;
        let sender = self.key.address();
        let coin = {
            let ledger = self.node.ledger();
            // Listings begin with the poorest.
            let coins = ledger.owned(sender, Some(ObjectType::Coin));
            coins.last().ok_or(TransferError::Empty)?.reference()?
        };
        let kind = TransactionKind::PayCoins {
            coins: vec![coin],
            amounts: Some(vec![self.amount.0]),
            recipients: vec![recipient],
        };
        let signed = TransactionData::new(kind, sender, vec![coin]).sign(&self.key);
        let executed = self.node.execute(&signed)?;
        self.node.sealed(&executed.digest).await;
        if let ExecutionStatus::Failure { error } = &executed.effects.as_v1().status {
            return Err(TransferError::Failed(format!("{error:?}")));
        }
        let mut sent = Vec::new();
        for object in &executed.written {
            let id = object.id()?;
            if executed.inputs.iter().any(|input| input.id() == Ok(id)) {
                continue;
            }
            sent.push(GasCoinInfo {
                amount: object.coin_balance()?,
                id: id.to_string(),
                transfer_tx_digest: executed.digest.to_string(),
            });
        }
        Ok(sent)
    }

    async fn request_gas(&self, request: GasRequest) -> Result<GasResponse, Status> {
        let recipient = request
            .recipient
            .parse()
            .map_err(|error| Status::invalid_argument(format!("Invalid address: {error}")))?;
        let coins_sent = self
            .send(recipient)
            .await
            .map_err(|error| Status::internal(format!("Transfer error: {error}")))?;
        Ok(GasResponse { status: "Success".to_owned(), coins_sent })
    }
}

/// The faucet's one method.
pub(crate) fn routes(faucet: Arc<Faucet>) -> Router {
    Router::new().route(REQUEST_GAS, any(request_gas)).with_state(faucet)
}

async fn request_gas(
    State(faucet): State<Arc<Faucet>>,
    request: Request,
) -> Response<tonic::body::Body> {
    let answer = |request: GasRequest| {
        let faucet = Arc::clone(&faucet);
        // A caller who hangs up must not leave a coin half spent: the transfer ends by itself.
        async move {
            tokio::spawn(async move { faucet.request_gas(request).await })
                .await
                .map_err(|error| Status::internal(error.to_string()))?
        }
    };
    bcs_call::unary::<GasRequest, GasResponse, _>(request.map(Body::new), answer).await
}
