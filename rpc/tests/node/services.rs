//! Exact bytes on the wire: gRPC-web requests, and the services that speak BCS inside gRPC.

use crate::http1::Http1;
use crate::raw::{GRPC_WEB, answer_once, http};
use crate::values::{bytes, effects_of, executed, transfer, vectors};
use bytes::Bytes;
use prost::Message;
use rpc::Client;
use rpc::bcs_codec::BcsCodec;
use rpc::native::Http2;
use rpc::proto::FieldMask;
use rpc::proto::soma as proto;
use serde_json::Value;
use tonic::codec::{Codec, Streaming};
use tonic::transport::Server;
use tonic::transport::server::TcpIncoming;
use wasm_core::effects::ExecutionStatus;
use wasm_core::ports::{Chain, ChainError};
use wasm_core::services::{AdvanceEpochResponse, ScoreRequest};

fn frame(message: &[u8]) -> Vec<u8> {
    let length = u32::try_from(message.len()).expect("a small message");
    [&[0][..], &length.to_be_bytes(), message].concat()
}

fn whole(message: &[u8]) -> Vec<u8> {
    [&frame(message)[..], b"\x80\0\0\0\x0fgrpc-status:0\r\n"].concat()
}

#[tokio::test]
async fn a_request_of_grpc_web_is_this_on_the_wire() {
    let signed = transfer();
    let effects = effects_of(&signed.transaction, ExecutionStatus::Success);
    let answer = proto::ExecuteTransactionResponse { transaction: Some(executed(&effects)) };
    let answer = http("200 OK", GRPC_WEB, &whole(&answer.encode_to_vec()));
    let (address, task) = answer_once(answer).await;

    let done = Client::new(Http1::new(address)).execute(&signed).await.unwrap();
    assert_eq!(done.digest, signed.transaction.digest());

    let received = task.await.unwrap();
    let mut lines = received.head.lines();
    assert_eq!(
        lines.next(),
        Some("post /soma.rpc.transactionexecutionservice/executetransaction http/1.1")
    );
    let headers: Vec<_> = lines.collect();
    for expected in [
        "content-type: application/grpc-web+proto",
        "accept: application/grpc-web+proto",
        "x-grpc-web: 1",
    ] {
        assert!(headers.contains(&expected), "{headers:?}");
    }
    for unwanted in ["te:", "grpc-accept-encoding:", "cookie:"] {
        assert!(!headers.iter().any(|line| line.starts_with(unwanted)), "{headers:?}");
    }
    let request = proto::ExecuteTransactionRequest {
        transaction: rpc::convert::transaction::transaction_to_proto(&signed.transaction).ok(),
        signatures: vec![(&signed.signature).into()],
        read_mask: Some(FieldMask {
            paths: ["effects", "balance_changes", "objects.objects"].map(str::to_owned).to_vec(),
        }),
    };
    assert_eq!(received.body, frame(&request.encode_to_vec()));
}

fn recorded(vectors: &Value, message: &str) -> Vec<(Vec<u8>, Value)> {
    let found: Vec<_> = vectors
        .as_array()
        .expect("a list")
        .iter()
        .filter(|vector| vector["message"] == message)
        .map(|vector| (bytes(&vector["encoded"]["grpc_frame"]), vector["fields"].clone()))
        .collect();
    assert!(!found.is_empty());
    found
}

async fn read<T: serde::de::DeserializeOwned + Send + 'static>(
    frame: Vec<u8>,
) -> Result<T, tonic::Status> {
    let decoder = BcsCodec::<(), T>::default().decoder();
    let body = http_body_util::Full::new(Bytes::from(frame));
    let mut stream: Streaming<T> = Streaming::new_request(decoder, body, None, None);
    Ok(stream.message().await?.expect("one message"))
}

#[tokio::test]
async fn messages_of_the_services_are_read_from_recorded_frames() {
    let vectors = vectors("grpc_bcs_codec.json");
    for (frame, fields) in recorded(&vectors, "ScoreRequest") {
        let message: ScoreRequest = read(frame).await.unwrap();
        assert_eq!(Value::from(message.data_url), fields["data_url"]);
        assert_eq!(message.seed.to_string(), fields["seed"]);
    }
    for (frame, fields) in recorded(&vectors, "AdvanceEpochResponse") {
        let message: AdvanceEpochResponse = read(frame.clone()).await.unwrap();
        assert_eq!(message.epoch.to_string(), fields["epoch"]);
        // One byte more inside the frame is not the message.
        let mut longer = [&frame[..], &[0]].concat();
        longer[4] += 1;
        read::<AdvanceEpochResponse>(longer).await.unwrap_err();
    }
}

#[tokio::test]
async fn the_services_are_asked_in_recorded_frames_over_grpc_web() {
    let vectors = vectors("grpc_bcs_codec.json");
    let answer_with = |message: &str, at: usize| {
        let (frame, fields) = recorded(&vectors, message).remove(at);
        (http("200 OK", GRPC_WEB, &whole(&frame[5..])), fields)
    };

    let (question, fields) = recorded(&vectors, "GasRequest").remove(0);
    let (answer, _) = answer_with("GasResponse", 2);
    let (address, task) = answer_once(answer).await;
    let recipient = fields["recipient"].as_str().unwrap().parse().unwrap();
    let given = Client::new(Http1::new(address)).request_gas(recipient).await.unwrap();
    assert_eq!((given.status.as_str(), given.coins_sent[0].amount), ("Success", 2_000_000_000));
    let received = task.await.unwrap();
    assert!(received.head.starts_with("post /faucet.faucet/requestgas "));
    assert_eq!(received.body, question);

    let (answer, _) = answer_with("AdvanceEpochResponse", 1);
    let (address, task) = answer_once(answer).await;
    assert_eq!(Client::new(Http1::new(address)).advance_epoch().await.unwrap().epoch, 7);
    let received = task.await.unwrap();
    assert!(received.head.starts_with("post /admin.admin/advanceepoch "));
    assert_eq!(received.body, [0; 5]);

    let (answer, _) = answer_with("HealthResponse", 0);
    let (address, task) = answer_once(answer).await;
    assert!(Client::new(Http1::new(address)).health().await.unwrap().ok);
    assert_eq!(task.await.unwrap().body, [0; 5]);

    for (at, (question, fields)) in recorded(&vectors, "ScoreRequest").into_iter().enumerate() {
        let request: ScoreRequest = read(question.clone()).await.unwrap();
        let models = request.model_manifests.len() as u64;
        let (answer, told) = answer_with("ScoreResponse", at);
        let (address, task) = answer_once(answer).await;
        let scored = Client::new(Http1::new(address)).score(request).await;
        assert_eq!(task.await.unwrap().body, question, "{fields}");
        match scored {
            Ok(scored) => assert_eq!(scored.winner.to_string(), told["winner"]),
            // A winner that did not take part.
            Err(error) => {
                let winner: u64 = told["winner"].as_str().unwrap().parse().unwrap();
                assert!(winner >= models, "{error:?}");
                assert!(matches!(error, ChainError::Garbage(_)), "{error:?}");
            }
        }
    }
}

#[tokio::test]
async fn the_services_are_asked_over_http2() {
    let vectors = vectors("grpc_bcs_codec.json");
    let (answer, _) = recorded(&vectors, "AdvanceEpochResponse").remove(1);
    let (question, _) = recorded(&vectors, "AdvanceEpochRequest").remove(0);
    let answer: AdvanceEpochResponse = read(answer).await.unwrap();

    let router = axum::Router::new().route(
        "/admin.Admin/AdvanceEpoch",
        axum::routing::post(move |body: Bytes| async move {
            assert_eq!(body, question);
            let mut frames = http::HeaderMap::new();
            frames.insert("grpc-status", http::HeaderValue::from_static("0"));
            let message = Bytes::from(frame(&bcs::to_bytes(&answer).expect("a small message")));
            let body = http_body_util::Full::new(message);
            let body = http_body_util::BodyExt::with_trailers(body, async { Some(Ok(frames)) });
            http::Response::builder()
                .header("content-type", "application/grpc")
                .body(axum::body::Body::new(body))
                .expect("a response")
        }),
    );
    let incoming = TcpIncoming::bind(([127, 0, 0, 1], 0).into()).unwrap();
    let address = incoming.local_addr().unwrap();
    let server = Server::builder().add_routes(tonic::service::Routes::from(router));
    let task = tokio::spawn(server.serve_with_incoming(incoming));

    let client = Client::<Http2>::connect(&format!("http://{address}"));
    assert_eq!(client.advance_epoch().await.unwrap().epoch, 7);
    task.abort();
}
