//! A node, asked over gRPC: the core's [`Chain`] and what else a node offers.
//!
//! Read masks are chosen with care: some make a node compute a digest it cannot, and that takes the
//! whole node down. Answers are checked against what was asked.

use crate::convert::ConvertError;
use crate::convert::protocol_config::ProtocolConfig;
use crate::convert::target::ListedTarget;
use crate::convert::transaction::{is_expressible, transaction_to_proto};
use crate::proto::FieldMask;
use crate::proto::soma as proto;
use crate::status::{Call, chain_error};
use crate::transport::{Checked, Fault, Transport};
use futures::future::{Either, Shared, select};
use futures::{FutureExt, Stream, StreamExt};
use proto::get_checkpoint_request::CheckpointId;
use proto::ledger_service_client::LedgerServiceClient;
use proto::state_service_client::StateServiceClient;
use proto::subscription_service_client::SubscriptionServiceClient;
use proto::transaction_execution_service_client::TransactionExecutionServiceClient;
use std::collections::BTreeMap;
use std::fmt;
use std::future::Future;
use std::pin::{Pin, pin};
use std::time::Duration;
use wasm_core::address::{Address, ObjectId};
use wasm_core::digest::TransactionDigest;
use wasm_core::object::{Object, ObjectType, Owner};
use wasm_core::ports::{
    Chain, ChainError, Checkpoint, CheckpointTransaction, Coin, Executed, ServiceInfo,
};
use wasm_core::system_state::SystemState;
use wasm_core::tx::TransactionData;
use wasm_core::tx::sign::SignedTransaction;

/// The system state of many models is large, and so is a busy checkpoint.
const MAX_MESSAGE: usize = 128 << 20;
/// The most a node gives at once.
const PAGE: u32 = 1000;
/// A node that never comes to an end of its pages is broken.
const MAX_PAGES: usize = 10_000;

/// All of an object: what its digest is computed from, and the digest to compare.
const WHOLE_OBJECT: [&str; 7] =
    ["object_id", "version", "digest", "owner", "object_type", "contents", "previous_transaction"];
const CHECKPOINT: [&str; 8] = [
    "sequence_number",
    "summary.epoch",
    "summary.timestamp",
    "transactions.digest",
    "transactions.effects",
    "transactions.balance_changes",
    "transactions.transaction.sender",
    "transactions.transaction.kind",
];

/// How long a caller waits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Deadlines {
    /// For an answer to a question, or the beginning of a stream.
    pub request: Duration,
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
            execute: Duration::from_secs(100),
            score: Duration::from_secs(1800),
            advance_epoch: Duration::from_secs(130),
        }
    }
}

/// Which targets are listed. Nothing chosen lists all.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TargetFilter {
    /// `open`, `filled`, `claimed`, `expired` or `claimable`.
    pub status: Option<&'static str>,
    /// The epoch of generation.
    pub epoch: Option<u64>,
    /// Who filled them.
    pub submitter: Option<Address>,
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

    /// Waits for an answer until it is too late, or not wanted any more.
    pub(crate) async fn wait<R>(
        &self,
        call: Call,
        limit: Duration,
        answer: impl Future<Output = Result<tonic::Response<R>, tonic::Status>>,
    ) -> Result<R, ChainError> {
        let cancelled = match &self.cancelled {
            Some(cancelled) => Either::Left(cancelled.clone()),
            None => Either::Right(std::future::pending()),
        };
        let stopped = async {
            match select(pin!(self.transport.0.sleep(limit)), cancelled).await {
                Either::Left(_) => ChainError::Timeout { seconds: limit.as_secs().max(1) },
                Either::Right(_) => ChainError::Cancelled,
            }
        };
        match select(pin!(answer), pin!(stopped)).await {
            Either::Left((Ok(response), _)) => Ok(response.into_inner()),
            Either::Left((Err(status), _)) => Err(chain_error(Fault::of(&status), call)),
            Either::Right((error, _)) => Err(error),
        }
    }

    pub(crate) async fn read<R>(
        &self,
        answer: impl Future<Output = Result<tonic::Response<R>, tonic::Status>>,
    ) -> Result<R, ChainError> {
        self.wait(Call::Read, self.deadlines.request, answer).await
    }

    async fn get_transaction(
        &self,
        digest: TransactionDigest,
        paths: &[&str],
    ) -> Result<Option<proto::ExecutedTransaction>, ChainError> {
        let request = proto::GetTransactionRequest {
            digest: Some(digest.to_string()),
            read_mask: Some(mask(paths)),
        };
        let mut ledger = self.ledger();
        found(match self.read(ledger.get_transaction(request)).await {
            Ok(answer) => present(answer.transaction, "transaction"),
            Err(ChainError::Hidden) => self.transaction_in_batch(digest.to_string(), paths).await,
            Err(error) => Err(error),
        })
    }

    /// A transaction with what it says and who sent it; none where the node knows none.
    ///
    /// # Errors
    /// Where the node gives no usable answer.
    pub async fn transaction_details(
        &self,
        digest: TransactionDigest,
    ) -> Result<Option<CheckpointTransaction>, ChainError> {
        let paths = [
            "effects",
            "balance_changes",
            "checkpoint",
            "timestamp",
            "transaction.kind",
            "transaction.sender",
        ];
        let Some(message) = self.get_transaction(digest, &paths).await? else {
            return Ok(None);
        };
        let transaction = CheckpointTransaction::try_from(&message).map_err(garbage)?;
        same_digest(digest, &transaction.executed)?;
        Ok(Some(transaction))
    }

    /// Targets, every page of them.
    ///
    /// # Errors
    /// Where the node gives no usable answer.
    pub async fn targets(&self, filter: &TargetFilter) -> Result<Vec<ListedTarget>, ChainError> {
        let paths = [
            "id",
            "status",
            "generation_epoch",
            "reward_pool",
            "distance_threshold",
            "model_ids",
            "fill_epoch",
            "submitter",
            "winning_model_id",
            "bond_amount",
        ];
        let mut targets = BTreeMap::new();
        let mut pages = Pages::default();
        while let Some(page_token) = pages.next()? {
            let request = proto::ListTargetsRequest {
                status_filter: filter.status.map(str::to_owned),
                epoch_filter: filter.epoch,
                page_size: Some(PAGE),
                page_token,
                read_mask: Some(mask(&paths)),
                submitter_filter: filter.submitter.map(|address| address.to_string()),
            };
            let mut state = self.state();
            let page = self.read(state.list_targets(request)).await?;
            for target in &page.targets {
                let target = ListedTarget::try_from(target).map_err(garbage)?;
                targets.insert(target.id, target);
            }
            pages.turn(page.next_page_token);
        }
        Ok(targets.into_values().collect())
    }

    /// The constants of the protocol version in force.
    ///
    /// # Errors
    /// Where the node gives no usable answer.
    pub async fn protocol_config(&self) -> Result<ProtocolConfig, ChainError> {
        let request =
            proto::GetEpochRequest { epoch: None, read_mask: Some(mask(&["protocol_config"])) };
        let mut ledger = self.ledger();
        let answer = self.read(ledger.get_epoch(request)).await?;
        let epoch = present(answer.epoch, "epoch")?;
        present(epoch.protocol_config, "protocol_config")?.try_into().map_err(garbage)
    }

    /// Checkpoints from the next one on, in order. Whoever wants them all reconnects when the stream
    /// ends, and asks for those missed by their numbers.
    ///
    /// # Errors
    /// Where no stream begins.
    pub async fn subscribe_checkpoints(
        &self,
    ) -> Result<impl Stream<Item = Result<Checkpoint, ChainError>> + use<T>, ChainError> {
        let request = proto::SubscribeCheckpointsRequest { read_mask: Some(mask(&CHECKPOINT)) };
        let mut subscriptions = SubscriptionServiceClient::new(self.transport.clone())
            .max_decoding_message_size(MAX_MESSAGE);
        let stream = self.read(subscriptions.subscribe_checkpoints(request)).await?;
        // An error ends the stream.
        Ok(futures::stream::unfold(Some(stream), |stream| async {
            let mut stream = stream?;
            let checkpoint = match stream.next().await? {
                Ok(answer) => read_subscription(answer),
                Err(status) => Err(chain_error(Fault::of(&status), Call::Read)),
            };
            let rest = checkpoint.is_ok().then_some(stream);
            Some((checkpoint, rest))
        }))
    }
}

impl<T: Transport> Chain for Client<T> {
    async fn service_info(&self) -> Result<ServiceInfo, ChainError> {
        let mut ledger = self.ledger();
        let answer = self.read(ledger.get_service_info(proto::GetServiceInfoRequest {})).await?;
        let chain_id = present(answer.chain_id, "chain_id")?;
        Ok(ServiceInfo {
            chain_id: chain_id
                .parse()
                .map_err(|error| garbage(ConvertError::invalid("chain_id", error)))?,
            chain: present(answer.chain, "chain")?,
            epoch: present(answer.epoch, "epoch")?,
            checkpoint_height: present(answer.checkpoint_height, "checkpoint_height")?,
            server: present(answer.server, "server")?,
        })
    }

    async fn system_state(&self) -> Result<SystemState, ChainError> {
        let request =
            proto::GetEpochRequest { epoch: None, read_mask: Some(mask(&["system_state"])) };
        let mut ledger = self.ledger();
        let answer = self.read(ledger.get_epoch(request)).await?;
        let epoch = present(answer.epoch, "epoch")?;
        let state = present(epoch.system_state, "system_state")?;
        SystemState::try_from(&state).map_err(garbage)
    }

    async fn coins(&self, owner: Address) -> Result<Vec<Coin>, ChainError> {
        // A coin that changes between two pages can be on both.
        let mut coins: BTreeMap<ObjectId, Coin> = BTreeMap::new();
        let mut pages = Pages::default();
        while let Some(page_token) = pages.next()? {
            let request = proto::ListOwnedObjectsRequest {
                owner: Some(owner.to_string()),
                page_size: Some(PAGE),
                page_token,
                read_mask: Some(mask(&WHOLE_OBJECT)),
                object_type: Some(ObjectType::Coin.name().to_owned()),
            };
            let mut state = self.state();
            let page = self.read(state.list_owned_objects(request)).await?;
            for message in &page.objects {
                let coin = read_coin(message, owner)?;
                let newest = coins.entry(coin.reference.id).or_insert(coin);
                if newest.reference.version < coin.reference.version {
                    *newest = coin;
                }
            }
            pages.turn(page.next_page_token);
        }
        Ok(coins.into_values().collect())
    }

    async fn object(&self, id: ObjectId) -> Result<Option<Object>, ChainError> {
        let request = proto::GetObjectRequest {
            object_id: Some(id.to_string()),
            version: None,
            read_mask: Some(mask(&WHOLE_OBJECT)),
        };
        let mut ledger = self.ledger();
        let answer = match self.read(ledger.get_object(request.clone())).await {
            Ok(answer) => present(answer.object, "object"),
            Err(ChainError::Hidden) => self.object_in_batch(request).await,
            Err(error) => Err(error),
        };
        let Some(object) = found(answer)? else { return Ok(None) };
        let object = read_object(&object)?;
        if object.id().ok() != Some(id) {
            return Err(ChainError::Garbage("another object than was asked for".to_owned()));
        }
        Ok(Some(object))
    }

    async fn simulate(&self, transaction: &TransactionData) -> Result<Executed, ChainError> {
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
        let mut execution = self.execution();
        let answer = self
            .wait(Call::Simulate, self.deadlines.request, execution.simulate_transaction(request))
            .await?;
        let executed = present(answer.transaction, "transaction")?;
        Executed::try_from(&executed).map_err(garbage)
    }

    async fn execute(&self, signed: &SignedTransaction) -> Result<Executed, ChainError> {
        let request = proto::ExecuteTransactionRequest {
            transaction: Some(express(&signed.transaction)?),
            signatures: vec![(&signed.signature).into()],
            read_mask: Some(mask(&["effects", "balance_changes", "objects.objects"])),
        };
        let mut execution = self.execution();
        let answer = self
            .wait(Call::Execute, self.deadlines.execute, execution.execute_transaction(request))
            .await?;
        let message = present(answer.transaction, "transaction")?;
        let executed = Executed::try_from(&message).map_err(garbage)?;
        same_digest(signed.transaction.digest(), &executed)?;
        Ok(executed)
    }

    async fn transaction(&self, digest: TransactionDigest) -> Result<Option<Executed>, ChainError> {
        let paths = ["effects", "balance_changes", "checkpoint", "timestamp"];
        let Some(message) = self.get_transaction(digest, &paths).await? else {
            return Ok(None);
        };
        let executed = Executed::try_from(&message).map_err(garbage)?;
        same_digest(digest, &executed)?;
        Ok(Some(executed))
    }

    async fn checkpoint(
        &self,
        sequence_number: Option<u64>,
    ) -> Result<Option<Checkpoint>, ChainError> {
        let request = proto::GetCheckpointRequest {
            checkpoint_id: sequence_number.map(CheckpointId::SequenceNumber),
            read_mask: Some(mask(&CHECKPOINT)),
        };
        let mut ledger = self.ledger();
        let Some(answer) = found(self.read(ledger.get_checkpoint(request)).await)? else {
            return Ok(None);
        };
        let checkpoint = read_checkpoint(answer.checkpoint)?;
        if sequence_number.is_some_and(|number| number != checkpoint.sequence_number) {
            return Err(ChainError::Garbage("another checkpoint than was asked for".to_owned()));
        }
        Ok(Some(checkpoint))
    }
}

/// The pages of a listing: where to go on, and when to stop.
#[derive(Default)]
struct Pages {
    turned: usize,
    token: Option<Vec<u8>>,
    repeats: bool,
    done: bool,
}

impl Pages {
    /// The token to ask with; none after the last page.
    fn next(&self) -> Result<Option<Option<Vec<u8>>>, ChainError> {
        if self.repeats || self.turned >= MAX_PAGES {
            return Err(ChainError::Garbage("a listing without an end".to_owned()));
        }
        Ok((!self.done).then(|| self.token.clone()))
    }

    fn turn(&mut self, next: Option<Vec<u8>>) {
        let next = next.filter(|token| !token.is_empty());
        self.turned += 1;
        self.done = next.is_none();
        self.repeats = !self.done && next == self.token;
        self.token = next;
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
    let refused = |message: String| ChainError::Refused {
        code: tonic::Code::InvalidArgument.into(),
        message,
        violations: Vec::new(),
    };
    if !is_expressible(transaction) {
        let name = transaction.kind().name();
        return Err(refused(format!("this form of {name} cannot be sent to a node")));
    }
    transaction_to_proto(transaction).map_err(|error| refused(error.to_string()))
}

/// An object that is what it says: its contents have the digest that comes with them.
fn read_object(message: &proto::Object) -> Result<Object, ChainError> {
    let object = Object::try_from(message).map_err(garbage)?;
    let told = crate::convert::object::reference(message).map_err(garbage)?;
    if object.digest() == told.digest {
        Ok(object)
    } else {
        Err(ChainError::Garbage(format!("object {} does not have its own digest", told.id)))
    }
}

fn read_coin(message: &proto::Object, owner: Address) -> Result<Coin, ChainError> {
    let object = read_object(message)?;
    if object.owner != Owner::AddressOwner(owner) {
        return Err(ChainError::Garbage("a coin of somebody else".to_owned()));
    }
    let wrong = |error: wasm_core::object::ObjectError| ChainError::Garbage(error.to_string());
    let reference = object.reference().map_err(wrong)?;
    Ok(Coin { reference, balance: object.coin_balance().map_err(wrong)? })
}

fn read_checkpoint(message: Option<proto::Checkpoint>) -> Result<Checkpoint, ChainError> {
    Checkpoint::try_from(&present(message, "checkpoint")?).map_err(garbage)
}

fn read_subscription(
    message: proto::SubscribeCheckpointsResponse,
) -> Result<Checkpoint, ChainError> {
    let checkpoint = read_checkpoint(message.checkpoint)?;
    match message.cursor {
        Some(cursor) if cursor != checkpoint.sequence_number => {
            Err(ChainError::Garbage("a checkpoint under another one's number".to_owned()))
        }
        _ => Ok(checkpoint),
    }
}
