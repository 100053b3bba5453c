//! A network in this process, and every way to speak with it.

use axum::body::{Body, Bytes};
use http::{HeaderMap, Method, Request, StatusCode, Version};
use http_body_util::BodyExt as _;
use hyper_util::client::legacy::Client as HyperClient;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use localnet::network::{Config, Network, RunningNetwork};
use prost::Message as _;
use rpc::proto::FieldMask;
use rpc::proto::google_rpc;
use rpc::proto::soma as proto;
use rpc::proto::soma::execution_error::ExecutionErrorKind;
use rpc::proto::soma::ledger_service_client::LedgerServiceClient;
use rpc::proto::soma::state_service_client::StateServiceClient;
use rpc::proto::soma::subscription_service_client::SubscriptionServiceClient;
use rpc::proto::soma::transaction_execution_service_client::TransactionExecutionServiceClient;
use serde::Serialize;
use serde::de::DeserializeOwned;
use tonic::Status;
use tonic::transport::Channel;
use wasm_core::address::Address;
use wasm_core::keys::Keypair;
use wasm_core::object::ObjectRef;
use wasm_core::services::{
    ADVANCE_EPOCH, AdvanceEpochRequest, AdvanceEpochResponse, GasRequest, GasResponse, REQUEST_GAS,
};
use wasm_core::tx::sign::SignedTransaction;
use wasm_core::tx::{TransactionData, TransactionKind};

/// An answer over plain HTTP.
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
    pub(crate) trailers: HeaderMap,
}

impl Answer {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().expect("a header of text"))
    }
}

/// A network and its clients.
pub(crate) struct Net {
    pub(crate) network: RunningNetwork,
    channel: Channel,
    http1: HyperClient<HttpConnector, Body>,
    http2: HyperClient<HttpConnector, Body>,
}

/// Whatever a test did, no shannon may have appeared or vanished.
impl Drop for Net {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            self.network.audit().expect("every shannon is where the rules have put it");
        }
    }
}

pub(crate) fn mask(paths: &[&str]) -> Option<FieldMask> {
    Some(FieldMask { paths: paths.iter().map(|path| (*path).to_owned()).collect() })
}

/// What an error's details say: field, description and reason of the one violation.
pub(crate) fn violation(status: &Status) -> (String, String, String) {
    let details = google_rpc::Status::decode(status.details()).expect("details");
    assert_eq!((details.code, details.message.as_str()), (status.code() as i32, status.message()));
    let [detail] = &details.details[..] else { panic!("{} details", details.details.len()) };
    assert_eq!(detail.type_url, "/google.rpc.BadRequest");
    let request = google_rpc::BadRequest::decode(detail.value.as_slice()).expect("a bad request");
    let [violation] = &request.field_violations[..] else { panic!("one violation") };
    assert_eq!(violation.description, status.message());
    (violation.field.clone(), violation.description.clone(), violation.reason.clone())
}

/// One gRPC frame around a message.
pub(crate) fn frame(message: &[u8]) -> Vec<u8> {
    let length = u32::try_from(message.len()).expect("a short message");
    [&[0][..], &length.to_be_bytes(), message].concat()
}

impl Net {
    pub(crate) async fn start() -> Self {
        Self::start_with(Config::for_tests()).await
    }

    pub(crate) async fn start_with(config: Config) -> Self {
        let network = Network::start(config).await.expect("a network");
        let channel = Channel::from_shared(network.rpc_url.clone()).expect("a URL");
        Self {
            channel: channel.connect().await.expect("a connection"),
            http1: HyperClient::builder(TokioExecutor::new()).build_http(),
            http2: HyperClient::builder(TokioExecutor::new()).http2_only(true).build_http(),
            network,
        }
    }

    pub(crate) fn channel(&self) -> Channel {
        self.channel.clone()
    }

    pub(crate) fn ledger(&self) -> LedgerServiceClient<Channel> {
        LedgerServiceClient::new(self.channel.clone())
    }

    pub(crate) fn state(&self) -> StateServiceClient<Channel> {
        StateServiceClient::new(self.channel.clone())
    }

    pub(crate) fn execution(&self) -> TransactionExecutionServiceClient<Channel> {
        TransactionExecutionServiceClient::new(self.channel.clone())
    }

    pub(crate) fn subscription(&self) -> SubscriptionServiceClient<Channel> {
        SubscriptionServiceClient::new(self.channel.clone())
    }

    /// The same over a connection of its own.
    pub(crate) async fn another_subscription(&self) -> SubscriptionServiceClient<Channel> {
        let channel = Channel::from_shared(self.network.rpc_url.clone()).expect("a URL");
        SubscriptionServiceClient::new(channel.connect().await.expect("a connection"))
    }

    /// A URL of the node's port.
    pub(crate) fn url(&self, path: &str) -> String {
        format!("{}{path}", self.network.rpc_url)
    }

    /// One request over HTTP/1.1, as a browser would make it.
    pub(crate) async fn http(
        &self,
        method: Method,
        path: &str,
        headers: &[(&str, &str)],
        body: impl Into<Body>,
    ) -> Answer {
        let mut request = Request::builder().method(method).uri(self.url(path));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let request = request.body(body.into()).expect("a request");
        send(&self.http1, request).await.expect("an answer")
    }

    /// One request over HTTP/1.1 whose body may break off.
    pub(crate) async fn get_or_break(&self, path: &str) -> Result<Bytes, String> {
        let request = Request::get(self.url(path)).body(Body::empty()).expect("a request");
        send(&self.http1, request).await.map(|answer| answer.body)
    }

    /// One call over native gRPC with BCS in the frame.
    pub(crate) async fn call<Q: Serialize, R: DeserializeOwned>(
        &self,
        base: &str,
        method: &str,
        request: &Q,
    ) -> Result<R, (String, String)> {
        let body = frame(&bcs::to_bytes(request).expect("BCS"));
        let request = Request::post(format!("{base}{method}"))
            .version(Version::HTTP_2)
            .header("content-type", "application/grpc")
            .header("te", "trailers")
            .body(Body::from(body))
            .expect("a request");
        let answer = send(&self.http2, request).await.expect("an answer");
        let of = |name: &str| {
            let value = answer.trailers.get(name).or(answer.headers.get(name));
            value.map(|value| value.to_str().expect("text").to_owned()).unwrap_or_default()
        };
        if of("grpc-status") == "0" {
            Ok(bcs::from_bytes(&answer.body[5..]).expect("the BCS of the answer"))
        } else {
            Err((of("grpc-status"), of("grpc-message")))
        }
    }

    pub(crate) async fn request_gas(&self, recipient: Address) -> GasResponse {
        let request = GasRequest { recipient: recipient.to_string() };
        self.call(&self.network.faucet_url, REQUEST_GAS, &request).await.expect("coins")
    }

    pub(crate) async fn advance_epoch(&self) -> u64 {
        let admin = &self.network.admin_url;
        let answer: AdvanceEpochResponse =
            self.call(admin, ADVANCE_EPOCH, &AdvanceEpochRequest {}).await.expect("a new epoch");
        answer.epoch
    }

    /// Coins of an address in the order of the listing: the poorest first.
    pub(crate) async fn coins(&self, owner: Address) -> Vec<(ObjectRef, u64)> {
        let request = proto::ListOwnedObjectsRequest {
            owner: Some(owner.to_string()),
            object_type: Some("Coin".to_owned()),
            read_mask: mask(&["object_id", "version", "digest", "contents"]),
            ..Default::default()
        };
        let objects = self.state().list_owned_objects(request).await.expect("coins").into_inner();
        let coin = |object: &proto::Object| {
            let reference = rpc::convert::object::reference(object).expect("a reference");
            let balance = object.contents.as_deref().expect("contents").try_into();
            (reference, u64::from_le_bytes(balance.expect("a balance")))
        };
        objects.objects.iter().map(coin).collect()
    }

    /// Objects of a type that an address owns.
    pub(crate) async fn owned(&self, owner: Address, object_type: &str) -> Vec<ObjectRef> {
        let request = proto::ListOwnedObjectsRequest {
            owner: Some(owner.to_string()),
            object_type: Some(object_type.to_owned()),
            read_mask: mask(&["object_id", "version", "digest"]),
            ..Default::default()
        };
        let objects = self.state().list_owned_objects(request).await.expect("objects").into_inner();
        let reference = |object| rpc::convert::object::reference(object).expect("a reference");
        objects.objects.iter().map(reference).collect()
    }

    pub(crate) async fn richest_coin(&self, owner: Address) -> (ObjectRef, u64) {
        *self.coins(owner).await.last().expect("a coin")
    }

    pub(crate) async fn balance(&self, owner: Address) -> u64 {
        let request = proto::GetBalanceRequest { owner: Some(owner.to_string()) };
        let answer = self.state().get_balance(request).await.expect("a balance");
        answer.into_inner().balance.expect("a balance")
    }

    /// Executes with a mask.
    pub(crate) async fn execute_with(
        &self,
        signed: &SignedTransaction,
        paths: &[&str],
    ) -> Result<proto::ExecutedTransaction, Status> {
        let request = execute_request(signed, mask(paths));
        let answer = self.execution().execute_transaction(request).await?;
        Ok(answer.into_inner().transaction.expect("a transaction"))
    }

    /// Signs with the richest coin of the key's owner as gas, executes, and returns the effects.
    pub(crate) async fn run(
        &self,
        key: &Keypair,
        kind: TransactionKind,
    ) -> proto::ExecutedTransaction {
        let (gas, _) = self.richest_coin(key.address()).await;
        let signed = TransactionData::new(kind, key.address(), vec![gas]).sign(key);
        let executed = self.execute_with(&signed, &["digest", "effects"]).await.expect("executed");
        let status = executed.effects.as_ref().and_then(|effects| effects.status.as_ref());
        assert_eq!(status.and_then(|status| status.success), Some(true), "{status:?}");
        executed
    }

    /// The same for what may fail: the kind of the failure, if it is one.
    pub(crate) async fn try_run(
        &self,
        key: &Keypair,
        kind: TransactionKind,
    ) -> Result<proto::ExecutedTransaction, ExecutionErrorKind> {
        let (gas, _) = self.richest_coin(key.address()).await;
        let signed = TransactionData::new(kind, key.address(), vec![gas]).sign(key);
        let executed = self.execute_with(&signed, &["digest", "effects"]).await.expect("executed");
        let effects = executed.effects.as_ref().expect("effects");
        match effects.status.as_ref().and_then(|status| status.error.as_ref()) {
            None => Ok(executed),
            Some(error) => Err(error.kind()),
        }
    }

    /// Sends coins of one account to another.
    pub(crate) async fn pay(&self, from: &Keypair, to: Address, amount: u64) {
        let (coin, _) = self.richest_coin(from.address()).await;
        let kind = TransactionKind::TransferCoin { coin, amount: Some(amount), recipient: to };
        self.run(from, kind).await;
    }

    pub(crate) async fn system_state(&self) -> proto::SystemState {
        let request = proto::GetEpochRequest { epoch: None, read_mask: mask(&["system_state"]) };
        let epoch = self.ledger().get_epoch(request).await.expect("an epoch").into_inner().epoch;
        epoch.and_then(|epoch| epoch.system_state).expect("a system state")
    }
}

pub(crate) fn execute_request(
    signed: &SignedTransaction,
    read_mask: Option<FieldMask>,
) -> proto::ExecuteTransactionRequest {
    let transaction = rpc::convert::transaction::transaction_to_proto(&signed.transaction);
    proto::ExecuteTransactionRequest {
        transaction: Some(transaction.expect("a transaction of the wire")),
        signatures: vec![(&signed.signature).into()],
        read_mask,
    }
}

async fn send(
    client: &HyperClient<HttpConnector, Body>,
    request: Request<Body>,
) -> Result<Answer, String> {
    let response = client.request(request).await.map_err(|error| error.to_string())?;
    let (head, body) = response.into_parts();
    let collected = body.collect().await.map_err(|error| error.to_string())?;
    let trailers = collected.trailers().cloned().unwrap_or_default();
    Ok(Answer { status: head.status, headers: head.headers, body: collected.to_bytes(), trailers })
}
