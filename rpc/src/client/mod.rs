//! A node, asked over gRPC: the core's [`Chain`](wasm_core::ports::Chain) and what else a node offers.
//!
//! Read masks are chosen with care: some make a node compute a digest it cannot, and that takes the
//! whole node down. Answers are checked against what was asked.

mod chain;
mod checkpoints;
mod epochs;
mod follow;
mod models;
mod objects;
mod pages;
mod targets;
mod transactions;

pub use checkpoints::CheckpointKey;
pub use pages::{Page, PageToken};

use crate::convert::ConvertError;
use crate::proto::FieldMask;
use crate::proto::soma as proto;
use crate::status::{Call, chain_error};
use crate::transport::{Checked, Fault, Transport};
use futures::FutureExt;
use futures::future::{Either, Shared, select};
use proto::ledger_service_client::LedgerServiceClient;
use proto::state_service_client::StateServiceClient;
use proto::subscription_service_client::SubscriptionServiceClient;
use proto::transaction_execution_service_client::TransactionExecutionServiceClient;
use std::fmt;
use std::future::Future;
use std::pin::{Pin, pin};
use std::time::Duration;
use wasm_core::ports::ChainError;

/// The system state of many models is large, and so is a busy checkpoint.
const MAX_MESSAGE: usize = 128 << 20;

/// How long a caller waits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Deadlines {
    /// For an answer to a question, or the beginning of a stream.
    pub request: Duration,
    /// For a transaction to be tried out. Somebody waits to see it, and can do without.
    pub simulate: Duration,
    /// For a transaction to be final. A node tries for 90 seconds.
    pub execute: Duration,
    /// For data to be scored, which runs models.
    pub score: Duration,
    /// For an epoch to end. An admin tries for 120 seconds.
    pub advance_epoch: Duration,
}

impl Default for Deadlines {
    fn default() -> Self {
        Self {
            request: Duration::from_secs(60),
            simulate: Duration::from_secs(15),
            execute: Duration::from_secs(100),
            score: Duration::from_secs(1800),
            advance_epoch: Duration::from_secs(130),
        }
    }
}

/// Ends all calls of a client that was made with it, now and later.
#[derive(Debug)]
pub struct Cancel(futures::channel::oneshot::Sender<()>);

impl Cancel {
    /// Ends them with [`ChainError::Cancelled`]. Dropping it instead ends nothing.
    pub fn cancel(self) {
        // Nobody listens where no call is under way and the client is gone.
        let _ = self.0.send(());
    }
}

type Cancelled = Shared<Pin<Box<dyn Future<Output = ()>>>>;

/// A client of one node, or of a service beside it. Clones share the connection.
#[derive(Clone)]
pub struct Client<T> {
    transport: Checked<T>,
    deadlines: Deadlines,
    cancelled: Option<Cancelled>,
}

impl<T: fmt::Debug> fmt::Debug for Client<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client")
            .field("transport", &self.transport)
            .field("deadlines", &self.deadlines)
            .finish_non_exhaustive()
    }
}

impl<T: Transport> Client<T> {
    /// A client over a transport, with the usual deadlines.
    pub fn new(transport: T) -> Self {
        let transport = Checked(transport);
        Self { transport, deadlines: Deadlines::default(), cancelled: None }
    }

    /// The same node with other deadlines.
    #[must_use]
    pub fn with_deadlines(self, deadlines: Deadlines) -> Self {
        Self { deadlines, ..self }
    }

    /// The same node, with a way to end the calls from outside. Calls also end when dropped.
    #[must_use]
    pub fn cancellable(&self) -> (Self, Cancel) {
        let (sender, receiver) = futures::channel::oneshot::channel();
        let cancelled: Pin<Box<dyn Future<Output = ()>>> = Box::pin(async move {
            if receiver.await.is_err() {
                std::future::pending::<()>().await;
            }
        });
        (Self { cancelled: Some(cancelled.shared()), ..self.clone() }, Cancel(sender))
    }

    /// How long calls may take.
    pub(crate) const fn deadlines(&self) -> &Deadlines {
        &self.deadlines
    }

    pub(crate) fn stub(&self) -> tonic::client::Grpc<Checked<T>> {
        tonic::client::Grpc::new(self.transport.clone()).max_decoding_message_size(MAX_MESSAGE)
    }

    pub(crate) fn ledger(&self) -> LedgerServiceClient<Checked<T>> {
        LedgerServiceClient::new(self.transport.clone()).max_decoding_message_size(MAX_MESSAGE)
    }

    fn state(&self) -> StateServiceClient<Checked<T>> {
        StateServiceClient::new(self.transport.clone()).max_decoding_message_size(MAX_MESSAGE)
    }

    fn execution(&self) -> TransactionExecutionServiceClient<Checked<T>> {
        TransactionExecutionServiceClient::new(self.transport.clone())
            .max_decoding_message_size(MAX_MESSAGE)
    }

    fn subscriptions(&self) -> SubscriptionServiceClient<Checked<T>> {
        SubscriptionServiceClient::new(self.transport.clone())
            .max_decoding_message_size(MAX_MESSAGE)
    }

    /// Waits a time.
    fn sleep(&self, duration: Duration) -> impl Future<Output = ()> {
        self.transport.0.sleep(duration)
    }

    /// Comes about when the caller gives up.
    fn given_up(&self) -> impl Future<Output = ()> + use<T> {
        match &self.cancelled {
            Some(cancelled) => Either::Left(cancelled.clone()),
            None => Either::Right(std::future::pending()),
        }
    }

    /// Waits for an answer until it is too late, or not wanted any more.
    pub(crate) async fn wait<R>(
        &self,
        call: Call,
        limit: Duration,
        answer: impl Future<Output = Result<tonic::Response<R>, tonic::Status>>,
    ) -> Result<R, ChainError> {
        let answer = async {
            let answer = answer.await.map_err(|status| chain_error(Fault::of(&status), call))?;
            Ok(answer.into_inner())
        };
        self.within(limit, answer).await
    }

    /// Lets work go on until it is too late, or not wanted any more.
    async fn within<R>(
        &self,
        limit: Duration,
        work: impl Future<Output = Result<R, ChainError>>,
    ) -> Result<R, ChainError> {
        let stopped = async {
            match select(pin!(self.sleep(limit)), self.given_up()).await {
                Either::Left(_) => ChainError::Timeout { seconds: limit.as_secs().max(1) },
                Either::Right(_) => ChainError::Cancelled,
            }
        };
        match select(pin!(work), pin!(stopped)).await {
            Either::Left((answer, _)) => answer,
            Either::Right((error, _)) => Err(error),
        }
    }

    pub(crate) async fn read<R>(
        &self,
        answer: impl Future<Output = Result<tonic::Response<R>, tonic::Status>>,
    ) -> Result<R, ChainError> {
        self.wait(Call::Read, self.deadlines.request, answer).await
    }
}

pub(crate) fn mask(paths: &[&str]) -> FieldMask {
    FieldMask { paths: paths.iter().map(|&path| path.to_owned()).collect() }
}

#[expect(clippy::needless_pass_by_value, reason = "the form that map_err takes")]
pub(crate) fn garbage(error: ConvertError) -> ChainError {
    ChainError::Garbage(error.to_string())
}

fn present<V>(value: Option<V>, field: &'static str) -> Result<V, ChainError> {
    value.ok_or_else(|| garbage(ConvertError::Missing { field }))
}

/// Not to be found is an answer.
fn found<R>(answer: Result<R, ChainError>) -> Result<Option<R>, ChainError> {
    match answer {
        Ok(answer) => Ok(Some(answer)),
        Err(ChainError::Refused { code, .. }) if code == i32::from(tonic::Code::NotFound) => {
            Ok(None)
        }
        Err(error) => Err(error),
    }
}

/// The answer is to another question.
fn another(thing: &str) -> ChainError {
    ChainError::Garbage(format!("another {thing} than was asked for"))
}

/// What the node does not refuse, and cannot be.
fn refused(message: String) -> ChainError {
    ChainError::Refused {
        code: tonic::Code::InvalidArgument.into(),
        message,
        violations: Vec::new(),
    }
}
