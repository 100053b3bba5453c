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

use crate::codes;
use crate::convert::ConvertError;
use crate::methods::Method;
use crate::proto::FieldMask;
use crate::status::{Call, chain_error};
use crate::transport::{Carrier, Fault, Messages, framed};
use bytes::Bytes;
use futures::FutureExt;
use futures::future::{Either, Shared, select};
use prost::Message;
use std::fmt;
use std::future::Future;
use std::pin::{Pin, pin};
use std::time::Duration;
use wasm_core::ports::ChainError;

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
    carrier: T,
    deadlines: Deadlines,
    cancelled: Option<Cancelled>,
}

impl<T: fmt::Debug> fmt::Debug for Client<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client")
            .field("carrier", &self.carrier)
            .field("deadlines", &self.deadlines)
            .finish_non_exhaustive()
    }
}

impl<T: Carrier> Client<T> {
    /// A client over whatever carries calls, with the usual deadlines.
    pub fn new(carrier: T) -> Self {
        Self { carrier, deadlines: Deadlines::default(), cancelled: None }
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

    /// Waits a time.
    fn sleep(&self, duration: Duration) -> impl Future<Output = ()> {
        self.carrier.wait(duration)
    }

    /// Comes about when the caller gives up.
    fn given_up(&self) -> impl Future<Output = ()> + use<T> {
        match &self.cancelled {
            Some(cancelled) => Either::Left(cancelled.clone()),
            None => Either::Right(std::future::pending()),
        }
    }

    /// The answer to a question, with which it must end, unless it is too late or not wanted any more.
    ///
    /// One function for all methods, so that what waits is compiled once.
    pub(crate) fn exchange(
        &self,
        call: Call,
        limit: Duration,
        path: &'static str,
        question: Vec<u8>,
    ) -> Pin<Box<dyn Future<Output = Result<Bytes, ChainError>> + '_>> {
        let answer = async move {
            let mut messages = self.messages(path, &question).await?;
            let nothing = || Fault::Garbage("an answer without a message".to_owned());
            let first = messages.next().await?.ok_or_else(nothing)?;
            // Only the end tells whether the node stands by it.
            while messages.next().await?.is_some() {}
            Ok(first)
        };
        Box::pin(
            self.within(
                limit,
                async move { answer.await.map_err(|fault| chain_error(fault, call)) },
            ),
        )
    }

    async fn messages(&self, path: &'static str, question: &[u8]) -> Result<Messages, Fault> {
        let too_long = || Fault::Garbage("a question of more than 4 GB".to_owned());
        let question = framed(question).ok_or_else(too_long)?;
        Messages::of(self.carrier.call(path, question).await?)
    }

    /// Asks, and waits so long.
    pub(crate) async fn ask<Q: Message, A: Message + Default>(
        &self,
        call: Call,
        limit: Duration,
        method: Method<Q, A>,
        question: Q,
    ) -> Result<A, ChainError> {
        let question = question.encode_to_vec();
        read_message(&self.exchange(call, limit, method.path, question).await?)
    }

    /// Asks for something that the node knows.
    pub(crate) async fn read<Q: Message, A: Message + Default>(
        &self,
        method: Method<Q, A>,
        question: Q,
    ) -> Result<A, ChainError> {
        self.ask(Call::Read, self.deadlines.request, method, question).await
    }

    /// Asks for something that goes on being told.
    async fn begin<Q: Message, A>(
        &self,
        method: Method<Q, A>,
        question: Q,
    ) -> Result<Messages, ChainError> {
        let question = question.encode_to_vec();
        let messages = async {
            let messages = self.messages(method.path, &question).await;
            messages.map_err(|fault| chain_error(fault, Call::Read))
        };
        self.within(self.deadlines.request, messages).await
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
}

/// A message of protobuf.
fn read_message<A: Message + Default>(bytes: &[u8]) -> Result<A, ChainError> {
    A::decode(bytes).map_err(|error| ChainError::Garbage(error.to_string()))
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
        Err(ChainError::Refused { code, .. }) if code == codes::NOT_FOUND => Ok(None),
        Err(error) => Err(error),
    }
}

/// The answer is to another question.
fn another(thing: &str) -> ChainError {
    ChainError::Garbage(format!("another {thing} than was asked for"))
}

/// What the node does not refuse, and cannot be.
fn refused(message: String) -> ChainError {
    ChainError::Refused { code: codes::INVALID_ARGUMENT, message, violations: Vec::new() }
}
