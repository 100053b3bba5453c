//! gRPC-web as a browser speaks it, over HTTP/1.1, and what a page of another origin may read.

use crate::client::{Answer, Net, frame};
use http::{Method, StatusCode};
use localnet::network::Config;
use prost::Message as _;
use rpc::proto::soma as proto;

const INFO: &str = "/soma.rpc.LedgerService/GetServiceInfo";
const OBJECT: &str = "/soma.rpc.LedgerService/GetObject";
const BINARY: [(&str, &str); 3] = [
    ("content-type", "application/grpc-web+proto"),
    ("x-grpc-web", "1"),
    ("origin", "http://page"),
];

async fn get_object(net: &Net, id: &str) -> Answer {
    let request = proto::GetObjectRequest { object_id: Some(id.to_owned()), ..Default::default() };
    net.http(Method::POST, OBJECT, &BINARY, frame(&request.encode_to_vec())).await
}

#[tokio::test]
async fn an_answer_is_a_data_frame_and_a_trailers_frame() {
    let net = Net::start().await;
    let answer = net.http(Method::POST, INFO, &BINARY, frame(&[])).await;
    assert_eq!(answer.status, StatusCode::OK);
    assert_eq!(answer.header("content-type"), Some("application/grpc-web+proto"));
    assert_eq!(answer.body[0], 0);
    let length = u32::from_be_bytes(answer.body[1..5].try_into().expect("a length"));
    let end = 5 + usize::try_from(length).expect("short");
    let info = proto::GetServiceInfoResponse::decode(&answer.body[5..end]).expect("a message");
    assert_eq!(info.chain_id, Some(net.network.chain_id.to_string()));
    assert_eq!(info.chain.as_deref(), Some("localnet"));
    assert_eq!((info.epoch, info.server.as_deref()), (Some(0), Some("soma-node/0.1.21")));
    assert_eq!(answer.body[end], 0x80);
    let trailers = std::str::from_utf8(&answer.body[end + 5..]).expect("text");
    assert!(trailers.contains("grpc-status:0\r\n"), "{trailers}");
}

#[tokio::test]
async fn a_page_may_read_why_a_call_failed() {
    let net = Net::start().await;
    let failed = get_object(&net, &"12".repeat(32)).await;
    assert_eq!((failed.status, failed.body.len()), (StatusCode::OK, 0));
    assert_eq!(failed.header("grpc-status"), Some("5"));
    let exposed = failed.header("access-control-expose-headers").expect("exposed headers");
    for name in ["grpc-status", "grpc-message", "grpc-status-details-bin", "x-soma-epoch"] {
        assert!(exposed.contains(name), "{exposed}");
    }
}

#[tokio::test]
async fn with_hidden_errors_a_page_may_not() {
    let net = Net::start_with(Config { hide_errors: true, ..Config::for_tests() }).await;
    let failed = get_object(&net, &"12".repeat(32)).await;
    assert_eq!((failed.status, failed.body.len()), (StatusCode::OK, 0));
    assert_eq!(failed.header("access-control-allow-origin"), Some("*"));
    assert_eq!(failed.header("access-control-expose-headers"), None);
}

#[tokio::test]
async fn a_preflight_succeeds() {
    let net = Net::start().await;
    let headers = [
        ("origin", "http://page"),
        ("access-control-request-method", "POST"),
        ("access-control-request-headers", "content-type,x-grpc-web,x-user-agent,grpc-timeout"),
    ];
    let allowed = net.http(Method::OPTIONS, INFO, &headers, "").await;
    assert_eq!(allowed.status, StatusCode::OK);
    assert_eq!(allowed.header("access-control-allow-origin"), Some("*"));
    assert_eq!(allowed.header("access-control-allow-methods"), Some("GET,POST"));
    assert_eq!(allowed.header("access-control-allow-headers"), Some("*"));
    assert_eq!(allowed.header("access-control-allow-credentials"), None);
}

#[tokio::test]
async fn every_answer_names_the_chain_and_where_it_stands() {
    let net = Net::start().await;
    net.advance_epoch().await;
    let answer = net.http(Method::POST, INFO, &BINARY, frame(&[])).await;
    let id = hex::encode(&net.network.chain_id.0[..4]);
    assert_eq!(answer.header("x-soma-chain-id"), Some(id.as_str()));
    assert_eq!(answer.header("x-soma-chain"), Some("localnet"));
    assert_eq!(answer.header("x-soma-epoch"), Some("1"));
    assert_eq!(answer.header("server"), Some("soma-node/0.1.21"));
    assert_eq!(answer.header("x-soma-lowest-available-checkpoint"), Some("0"));
    let height = net.network.node().ledger().latest_checkpoint().summary.sequence_number;
    assert_eq!(answer.header("x-soma-checkpoint-height"), Some(height.to_string().as_str()));
    assert!(answer.header("x-soma-timestamp").is_some_and(|time| time.ends_with('Z')));
    assert!(answer.header("x-soma-timestamp-ms").is_some());
}

#[tokio::test]
async fn what_is_not_grpc_web_is_told_so() {
    let net = Net::start().await;
    let native = net.http(Method::POST, INFO, &[("content-type", "application/grpc")], frame(&[]));
    assert_eq!(native.await.status, StatusCode::BAD_REQUEST, "native gRPC needs HTTP/2");
    let get = net.http(Method::GET, INFO, &BINARY, "").await;
    assert_eq!(get.status, StatusCode::METHOD_NOT_ALLOWED);
    let service = net.http(Method::POST, "/soma.rpc.Nothing/At", &BINARY, frame(&[])).await;
    assert_eq!((service.status, service.body.len()), (StatusCode::NOT_FOUND, 0));
    let method =
        net.http(Method::POST, "/soma.rpc.StateService/GetChallenge", &BINARY, frame(&[])).await;
    assert_eq!(method.header("grpc-status"), Some("12"));
}

#[tokio::test]
async fn text_frames_are_base64() {
    let net = Net::start().await;
    let headers =
        [("content-type", "application/grpc-web-text"), ("accept", "application/grpc-web-text")];
    // An empty message: five zero bytes.
    let answer = net.http(Method::POST, INFO, &headers, "AAAAAAA=").await;
    assert_eq!(answer.header("content-type"), Some("application/grpc-web-text+proto"));
    assert!(answer.body.starts_with(b"AAAA"), "{:?}", answer.body);
}
