//! Protobuf and gRPC-web.

use base64ct::{Base64Unpadded, Encoding as _};
use bytes::Bytes;
use futures::executor::block_on;
use futures::future::pending;
use http::{HeaderMap, Request, Response};
use http_body_util::BodyExt as _;
use prost::Message;
use rpc::Client;
use rpc::convert::object::object_to_proto;
use rpc::convert::protocol_config::ProtocolConfig;
use rpc::convert::target::ListedTarget;
use rpc::proto::{google_rpc, soma as proto};
use rpc::transport::{Fault, Transport};
use std::cell::Cell;
use std::rc::Rc;
use std::time::Duration;
use tonic::body::Body;
use wasm_core::address::ObjectId;
use wasm_core::checkpoint::{CheckpointContents, CheckpointSummary};
use wasm_core::object::Object;
use wasm_core::ports::{Chain as _, ChainError, Checkpoint, CheckpointTransaction, Executed};
use wasm_core::system_state::SystemState;
use wasm_core::tx::TransactionData;
use wasm_core::tx::sign::UserSignature;

/// Decodes a message; what decodes is written the same way ever after.
fn message<M: Message + Default>(bytes: &[u8]) -> Option<M> {
    let message = M::decode(bytes).ok()?;
    let written = message.encode_to_vec();
    let again = M::decode(&written[..]).expect("what was decoded encodes");
    assert_eq!(again.encode_to_vec(), written);
    Some(message)
}

pub(crate) fn object(bytes: &[u8]) {
    let Some(message) = message::<proto::Object>(bytes) else {
        return;
    };
    let _ = rpc::convert::object::reference(&message);
    if let Ok(object) = Object::try_from(&message) {
        let whole = object_to_proto(&object).expect("an object of the wire has an id");
        assert_eq!(Object::try_from(&whole), Ok(object));
        assert_eq!(whole.contents, message.contents);
    }
}

pub(crate) fn transaction(bytes: &[u8]) {
    let Some(message) = message::<proto::ExecuteTransactionRequest>(bytes) else {
        return;
    };
    if let Some(Ok(transaction)) = message.transaction.as_ref().map(TransactionData::try_from) {
        let bytes = transaction.to_bytes();
        assert_eq!(TransactionData::from_bytes(&bytes).as_ref(), Ok(&transaction));
        super::chain::survives_the_wire(&transaction);
    }
    for signature in &message.signatures {
        if let Ok(signature) = UserSignature::try_from(signature) {
            assert_eq!(UserSignature::from_bytes(&signature.to_bytes()).as_ref(), Ok(&signature));
            let again = proto::UserSignature::from(&signature);
            assert_eq!(UserSignature::try_from(&again), Ok(signature));
        }
    }
}

pub(crate) fn executed(bytes: &[u8]) {
    if let Some(message) = message::<proto::ExecutedTransaction>(bytes) {
        check_executed(&message);
    }
}

/// What is read of an executed transaction is about that transaction, and the same in every reading.
pub(crate) fn check_executed(message: &proto::ExecutedTransaction) {
    let read = Executed::try_from(message);
    assert_eq!(read, Executed::try_from(message));
    if let Ok(executed) = &read {
        let text = serde_json::to_string(executed).expect("kept as JSON");
        let back: Executed = serde_json::from_str(&text).expect("and read again");
        assert_eq!(&back, executed);
    }
    if let Ok(transaction) = CheckpointTransaction::try_from(message) {
        assert_eq!(Ok(transaction.executed), read);
    }
}

pub(crate) fn checkpoint(bytes: &[u8]) {
    let Some(message) = message::<proto::Checkpoint>(bytes) else {
        return;
    };
    if let Ok(checkpoint) = Checkpoint::try_from(&message) {
        assert_eq!(checkpoint.transactions.len(), message.transactions.len());
        let number = Some(checkpoint.sequence_number);
        assert!(checkpoint.transactions.iter().all(|it| it.executed.checkpoint == number));
    }
    if let Some(Ok(summary)) = message.summary.as_ref().map(CheckpointSummary::try_from) {
        let again = proto::CheckpointSummary::from(&summary);
        assert_eq!(CheckpointSummary::try_from(&again), Ok(summary));
    }
    if let Some(Ok(contents)) = message.contents.as_ref().map(CheckpointContents::try_from) {
        let again = proto::CheckpointContents::from(&contents);
        assert_eq!(CheckpointContents::try_from(&again), Ok(contents));
    }
}

pub(crate) fn epoch(bytes: &[u8]) {
    let Some(message) = message::<proto::Epoch>(bytes) else {
        return;
    };
    if let Some(Ok(state)) = message.system_state.as_ref().map(SystemState::try_from) {
        same_state_on_the_wire(&state);
        let bytes = bcs::to_bytes(&state).expect("a state has only known parts");
        assert_eq!(bcs::from_bytes::<SystemState>(&bytes).as_ref(), Ok(&state));
    }
    if let Some(Ok(config)) = message.protocol_config.map(ProtocolConfig::try_from) {
        let again = proto::ProtocolConfig::from(config.clone());
        assert_eq!(ProtocolConfig::try_from(again), Ok(config));
    }
}

/// A state that came over the wire goes over it again without loss.
pub(crate) fn same_state_on_the_wire(state: &SystemState) {
    let message = proto::SystemState::try_from(state).expect("it came over the wire");
    assert_eq!(SystemState::try_from(&message).as_ref(), Ok(state));
}

pub(crate) fn target(bytes: &[u8]) {
    let Some(message) = message::<proto::Target>(bytes) else {
        return;
    };
    if let Ok(listed) = ListedTarget::try_from(&message) {
        assert_eq!(message.status.as_deref(), Some(listed.status.name()));
        assert_eq!(ObjectId::parse_lenient(&listed.id.to_trimmed_hex()), Ok(listed.id));
        assert_eq!(listed.model_ids.len(), message.model_ids.len());
    }
}

/// What a body came to: its data, its trailers, and how it ended.
#[derive(Debug, PartialEq)]
struct Read {
    data: Vec<u8>,
    trailers: Option<HeaderMap>,
    fault: Option<String>,
}

fn read(pieces: Vec<Bytes>) -> Read {
    let pieces = futures::stream::iter(pieces.into_iter().map(Ok));
    let response = rpc::grpc_web::decode_response(Response::new(pieces)).expect("no text form");
    let mut body = response.into_body();
    let mut read = Read { data: Vec::new(), trailers: None, fault: None };
    block_on(async {
        while let Some(frame) = body.frame().await {
            match frame {
                Ok(frame) => match frame.into_data() {
                    Ok(data) => read.data.extend_from_slice(&data),
                    Err(frame) => read.trailers = frame.into_trailers().ok(),
                },
                Err(status) => {
                    read.fault = Some(format!("{:?} {}", status.code(), status.message()));
                    break;
                }
            }
        }
    });
    read
}

/// Cuts bytes into pieces as long as the bytes of `lengths` say, the last with all the rest.
fn cut(lengths: &[u8], bytes: &[u8]) -> Vec<Bytes> {
    let mut rest = Bytes::copy_from_slice(bytes);
    let mut pieces: Vec<_> =
        lengths.iter().map(|&length| rest.split_to(usize::from(length).min(rest.len()))).collect();
    pieces.push(rest);
    pieces
}

/// Takes a list off the front: one byte for its length, then its bytes.
fn take_list(bytes: &[u8]) -> (&[u8], &[u8]) {
    let Some((&length, rest)) = bytes.split_first() else {
        return (&[], &[]);
    };
    rest.split_at(usize::from(length).min(rest.len()))
}

pub(crate) fn grpc_web(bytes: &[u8]) {
    let (lengths, body) = take_list(bytes);
    let whole = read(cut(&[], body));
    assert_eq!(read(cut(lengths, body)), whole);
    assert_eq!(read(body.chunks(1).map(Bytes::copy_from_slice).collect()), whole);
    // Messages pass through as they are.
    assert_eq!(body.get(..whole.data.len()), Some(&whole.data[..]));
}

/// Gives the same answer to the first call, and none to those after it.
#[derive(Clone)]
struct Answers(Rc<Cell<Option<Vec<Bytes>>>>);

impl Answers {
    fn client(pieces: Vec<Bytes>) -> Client<Self> {
        Client::new(Self(Rc::new(Cell::new(Some(pieces)))))
    }
}

impl Transport for Answers {
    async fn send(&self, _: Request<Body>) -> Result<Response<Body>, Fault> {
        let pieces = self.0.take().ok_or_else(|| Fault::Unreachable("gone".to_owned()))?;
        let pieces = futures::stream::iter(pieces.into_iter().map(Ok));
        let response = Response::builder().header("content-type", "application/grpc-web+proto");
        let response = response.body(pieces).expect("a good head");
        rpc::grpc_web::decode_response(response)
    }

    async fn sleep(&self, _: Duration) {
        pending::<()>().await;
    }
}

pub(crate) fn answer(bytes: &[u8]) {
    // The first byte says what was asked.
    let Some((which, bytes)) = bytes.split_first() else {
        return;
    };
    let (lengths, body) = take_list(bytes);
    let client = Answers::client(cut(lengths, body));
    let id = ObjectId::SYSTEM_STATE;
    block_on(async {
        match which % 4 {
            0 => drop(client.service_info().await),
            1 => drop(client.system_state().await),
            2 => {
                if let Ok(Some(object)) = client.object(id).await {
                    assert_eq!(object.id(), Ok(id));
                }
            }
            _ => {
                if let Ok(Some(checkpoint)) = client.checkpoint(Some(7)).await {
                    assert_eq!(checkpoint.sequence_number, 7);
                }
            }
        }
    });
}

pub(crate) fn status_details(bytes: &[u8]) {
    // The first byte is the code, then the message, and the rest are the details.
    let Some((&code, bytes)) = bytes.split_first() else {
        return;
    };
    let (message, details) = take_list(bytes);
    let code = code % 17;
    let message = String::from_utf8_lossy(message);
    let written =
        percent_encoding::utf8_percent_encode(&message, percent_encoding::NON_ALPHANUMERIC);
    let trailers = format!(
        "grpc-status:{code}\r\ngrpc-message:{written}\r\ngrpc-status-details-bin:{}\r\n",
        Base64Unpadded::encode_string(details)
    );
    let length = u32::try_from(trailers.len()).expect("inputs are short").to_be_bytes();
    let frame = [&[0x80][..], &length, trailers.as_bytes()].concat();
    let answer = block_on(Answers::client(vec![Bytes::from(frame)]).service_info());
    match answer.expect_err("there is no message") {
        ChainError::Refused { code: told, message: text, violations } => {
            assert_eq!(told, i32::from(code));
            assert!(message.is_empty() || text == message);
            let known = google_rpc::Status::decode(details).is_ok();
            assert!(known || violations.is_empty(), "{violations:?}");
        }
        ChainError::Unsettled(text) | ChainError::Unimplemented(text) => {
            assert!(message.is_empty() || text == message);
        }
        // A status of zero without a message, or an object named in the text.
        ChainError::Garbage(_) => assert_eq!(code, 0),
        ChainError::Stale { object } | ChainError::Locked { object } => {
            assert!(message.contains("Object ("), "{object}");
        }
        other => panic!("{other:?}"),
    }
}
