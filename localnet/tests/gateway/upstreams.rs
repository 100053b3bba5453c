//! Upstreams that are down, die, or are something else; and pages that leave.

use crate::client::{
    Fake, INFO, Page, STRANGER, SUBSCRIBE, frame, gateway_to, nobody, start, upstream,
};
use axum::Router;
use axum::body::{Body, Bytes};
use axum::response::IntoResponse as _;
use futures::StreamExt as _;
use http::{Method, StatusCode};
use localnet::gateway::Config;
use serde_json::Value;
use std::process::Stdio;
use std::time::Duration;
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::{Child, Command};
use tokio::sync::mpsc;
use wasm_core::ports::{Chain as _, ChainError};
use wasm_core::services::REQUEST_GAS;

const LIMIT: Duration = Duration::from_secs(20);
const WEB: [(&str, &str); 1] = [("content-type", "application/grpc-web+proto")];

#[tokio::test]
async fn an_upstream_that_is_down_is_named() {
    let (node, faucet) = (nobody().await, nobody().await);
    let config = Config { faucet: Some(upstream(&faucet)), ..Config::to(upstream(&node)) };
    let gateway = start(config).await;
    let probe = gateway.ask_node().await;
    assert!(matches!(probe, Err(ChainError::Unreachable(_))), "{probe:?}");
    let page = Page::of(STRANGER);
    for (path, url) in [(INFO, &node), (REQUEST_GAS, &faucet)] {
        let call = page.call(&gateway.url, path, &[]).await;
        let (code, message) = call.refusal();
        assert_eq!((call.status, code), (StatusCode::OK, Some("14")));
        assert!(message.contains(url.as_str()) && message.contains("refused"), "{message}");
        assert!(call.exposes("grpc-status") && call.exposes("grpc-message"));
    }
    let file = page.ask(Method::GET, format!("{}/model/ab", gateway.url), &[], "").await;
    assert_eq!(file.status, StatusCode::BAD_GATEWAY);
    assert!(String::from_utf8_lossy(&file.body).contains(&node), "{file:?}");
    let native = rpc::native::NativeClient::connect(&gateway.url).service_info().await;
    let Err(ChainError::Unsettled(message)) = native else { panic!("{native:?}") };
    assert!(message.contains(&node), "{message}");
}

/// A network in a process of its own, which can be killed.
async fn network_process() -> (Child, String) {
    let ports = ["--rpc-port", "0", "--faucet-port", "0", "--admin-port", "0"];
    let mut process = Command::new(env!("CARGO_BIN_EXE_localnet"))
        .args(ports)
        .args(["--json", "--small-model", "--hide-errors"])
        .stdout(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .expect("the command starts");
    let mut lines = BufReader::new(process.stdout.take().expect("output")).lines();
    let line = lines.next_line().await.expect("a line").expect("a line");
    let ready: Value = serde_json::from_str(&line).expect("JSON");
    (process, ready["rpc_url"].as_str().expect("a URL").to_owned())
}

#[tokio::test]
async fn a_stream_whose_node_dies_ends_with_a_status() {
    let (mut process, node) = network_process().await;
    let gateway = gateway_to(&node).await;
    let page = Page::of(STRANGER);
    let url = format!("{}{SUBSCRIBE}", gateway.url);
    let stream = page.begin(Method::POST, url, &WEB, frame(&[])).await;
    let mut pieces = stream.into_body().into_data_stream();
    process.kill().await.expect("killed");
    let mut body = Vec::new();
    let rest = async {
        while let Some(piece) = pieces.next().await {
            body.extend_from_slice(&piece.expect("a clean end"));
        }
    };
    tokio::time::timeout(LIMIT, rest).await.expect("an end");
    assert_eq!(body[0], 0x80);
    let trailers = String::from_utf8_lossy(&body[5..]);
    assert!(trailers.contains("grpc-status:14\r\n"), "{trailers}");

    let call = page.call(&gateway.url, INFO, &[]).await;
    assert_eq!(call.refusal().0, Some("14"));
}

#[tokio::test]
async fn a_node_that_comes_back_is_found_again() {
    let node = nobody().await;
    let gateway = gateway_to(&node).await;
    let page = Page::of(STRANGER);
    assert_eq!(page.call(&gateway.url, INFO, &[]).await.refusal().0, Some("14"));
    let port = node.rsplit(':').next().and_then(|it| it.parse().ok()).expect("a port");
    let config =
        localnet::network::Config { rpc_port: port, ..localnet::network::Config::for_tests() };
    let network = localnet::network::Network::start(config).await.expect("a network");
    assert!(!page.call(&gateway.url, INFO, &[]).await.message().is_empty());
    drop(network);
}

#[tokio::test]
async fn what_answers_otherwise_than_grpc_is_told_apart() {
    for (status, code) in [
        (StatusCode::OK, "2"),
        (StatusCode::SERVICE_UNAVAILABLE, "14"),
        (StatusCode::UNAUTHORIZED, "16"),
        (StatusCode::FORBIDDEN, "7"),
        (StatusCode::IM_A_TEAPOT, "2"),
    ] {
        let page = move || async move {
            (status, [("content-type", "text/html")], "<h1>").into_response()
        };
        let other = Fake::serve(Router::new().fallback(page)).await;
        let at = upstream(&other.url);
        let gateway = start(Config { faucet: Some(at.clone()), ..Config::to(at) }).await;
        for path in [INFO, REQUEST_GAS] {
            let call = Page::of(STRANGER).call(&gateway.url, path, &[]).await;
            let (told, message) = call.refusal();
            assert_eq!((call.status, told), (StatusCode::OK, Some(code)), "{status} {path}");
            assert!(message.contains(&other.url), "{message}");
            assert!(call.body.is_empty());
        }
    }
}

/// Says when it goes.
struct Held(mpsc::UnboundedSender<()>);

impl Drop for Held {
    fn drop(&mut self) {
        let _ = self.0.send(());
    }
}

#[tokio::test]
async fn a_stream_ends_when_its_page_leaves() {
    let (ended, mut ends) = mpsc::unbounded_channel();
    let silent = move || {
        let held = Held(ended.clone());
        async move {
            let first = futures::stream::iter([Ok::<_, std::io::Error>(Bytes::from(frame(&[])))]);
            let rest = futures::stream::pending().map(move |piece| {
                let _ = &held;
                piece
            });
            let headers = [("content-type", "application/grpc-web+proto")];
            (headers, Body::from_stream(first.chain(rest))).into_response()
        }
    };
    let node = Fake::serve(Router::new().fallback(silent)).await;
    let gateway = gateway_to(&node.url).await;
    let page = Page::of(STRANGER);
    let url = format!("{}{SUBSCRIBE}", gateway.url);
    let stream = page.begin(Method::POST, url, &WEB, frame(&[])).await;
    let mut pieces = stream.into_body().into_data_stream();
    let first = tokio::time::timeout(LIMIT, pieces.next()).await.expect("in time");
    assert_eq!(first.expect("more").expect("a piece").len(), 5);
    assert!(ends.try_recv().is_err(), "it runs as long as the page listens");
    drop((pieces, page));
    tokio::time::timeout(LIMIT, ends.recv()).await.expect("the node hears of it");
}
