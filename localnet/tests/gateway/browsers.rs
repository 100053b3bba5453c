//! What the wallet in a browser can do through a gateway that it cannot do without.

use crate::client::{
    Fake, INFO, OBJECT, OURS, Page, STRANGER, SUBSCRIBE, WebLike, frame, gateway_of, network,
    nobody, start, upstream,
};
use axum::Router;
use axum::extract::Request;
use axum::routing::any;
use futures::StreamExt as _;
use http::{Method, StatusCode};
use localnet::gateway::Config;
use prost::Message as _;
use rpc::bcs_codec::BcsCodec;
use rpc::proto::soma as proto;
use std::time::Duration;
use tonic::server::Grpc;
use wasm_core::address::Address;
use wasm_core::ports::{Chain as _, ChainError};
use wasm_core::services::{
    ADVANCE_EPOCH, GasRequest, GasResponse, HEALTH, HealthRequest, HealthResponse, REQUEST_GAS,
};
use wasm_core::tx::TransactionData;
use wasm_core::tx::kind::TransactionKind;

fn unknown_object() -> Vec<u8> {
    let id = "12".repeat(32);
    proto::GetObjectRequest { object_id: Some(id), ..Default::default() }.encode_to_vec()
}

#[tokio::test]
async fn a_page_may_read_why_a_call_failed() {
    let network = network().await;
    let gateway = gateway_of(&network).await;
    let page = Page::of(STRANGER);
    let hidden = page.call(&network.rpc_url, OBJECT, &unknown_object()).await;
    assert!(!hidden.exposes("grpc-status"), "this network hides it");

    let failed = page.call(&gateway.url, OBJECT, &unknown_object()).await;
    assert_eq!((failed.status, failed.body.len()), (StatusCode::OK, 0));
    let (code, message) = failed.refusal();
    assert_eq!(code, Some("5"));
    assert!(message.contains("not found"), "{message}");
    for name in ["grpc-status", "grpc-message", "grpc-status-details-bin", "x-soma-epoch"] {
        assert!(failed.exposes(name), "{name}: {failed:?}");
    }
    assert_eq!(failed.header("grpc-status-details-bin"), hidden.header("grpc-status-details-bin"));
    let origins = failed.headers.get_all("access-control-allow-origin");
    assert_eq!(origins.iter().collect::<Vec<_>>(), [STRANGER], "once, and the gateway's own");
}

#[tokio::test]
async fn the_wallets_client_knows_what_is_missing_from_what_is_hidden() {
    let network = network().await;
    let gateway = gateway_of(&network).await;
    let client = WebLike::client(&gateway.url);
    let info = client.service_info().await.expect("an answer");
    assert_eq!(info.chain_id, network.chain_id);
    // Somebody else's coin, which the node refuses to simulate.
    let (mine, foreign) = (&network.accounts[0], &network.accounts[1]);
    let coins = client.coins(foreign.address()).await.expect("coins");
    let coin = coins.first().expect("a coin").reference;
    let kind = TransactionKind::TransferCoin { coin, amount: Some(1), recipient: Address([5; 32]) };
    let transaction = TransactionData::new(kind, mine.address(), vec![coin]);
    let hidden = WebLike::client(&network.rpc_url).simulate(&transaction).await;
    assert!(matches!(hidden, Err(ChainError::Hidden)), "{hidden:?}");
    let told = client.simulate(&transaction).await;
    let Err(ChainError::Refused { message, .. }) = told else { panic!("{told:?}") };
    assert!(message.contains("owned by account address"), "{message}");
}

#[tokio::test]
async fn the_faucet_gives_to_browsers() {
    let network = network().await;
    let gateway = gateway_of(&network).await;
    let somebody = Address([6; 32]);
    let given = WebLike::client(&gateway.url).request_gas(somebody).await.expect("coins");
    assert_eq!(given.coins_sent[0].amount, 2_000_000_000);

    let page = Page::of(STRANGER);
    let request = GasRequest { recipient: somebody.to_string() };
    let answer = page.call(&gateway.url, REQUEST_GAS, &bcs::to_bytes(&request).expect("BCS")).await;
    assert_eq!(answer.header("content-type"), Some("application/grpc-web+proto"));
    let given: GasResponse = bcs::from_bytes(answer.message()).expect("BCS");
    assert_eq!(given.status, "Success");

    let request = GasRequest { recipient: "0xnobody".to_owned() };
    let refused =
        page.call(&gateway.url, REQUEST_GAS, &bcs::to_bytes(&request).expect("BCS")).await;
    let (code, message) = refused.refusal();
    assert_eq!(code, Some("3"));
    assert!(message.starts_with("Invalid address"), "{message}");
    assert!(refused.exposes("grpc-status") && refused.exposes("grpc-message"));
}

#[tokio::test]
async fn a_scoring_service_answers_browsers() {
    let health = |request: Request| async move {
        let answer = |_: tonic::Request<HealthRequest>| async {
            Ok(tonic::Response::new(HealthResponse { ok: true }))
        };
        let mut grpc = Grpc::new(BcsCodec::<HealthResponse, HealthRequest>::default());
        grpc.unary(tower::service_fn(answer), request.map(tonic::body::Body::new)).await
    };
    let scorer = Fake::serve(Router::new().route(HEALTH, any(health))).await;
    let scoring = Some(upstream(&scorer.url));
    let gateway = start(Config { scoring, ..Config::to(upstream(&nobody().await)) }).await;
    let page = Page::of(OURS);
    assert_eq!(page.call(&gateway.url, HEALTH, &[]).await.message(), [1]);
    let other = page.call(&gateway.url, "/scoring.Scoring/Other", &[]).await;
    let (code, message) = other.refusal();
    assert_eq!(code, Some("12"));
    assert!(message.contains("the scoring service at"), "{message}");
}

#[tokio::test]
async fn frames_of_text_pass_both_ways() {
    let network = network().await;
    let gateway = gateway_of(&network).await;
    let page = Page::of(OURS);
    let text = "application/grpc-web-text";
    let headers = [("content-type", text), ("accept", text)];
    // An empty message: five zero bytes. The node reads text itself, the admin's is translated here.
    for path in [INFO, ADVANCE_EPOCH] {
        let url = format!("{}{path}", gateway.url);
        let answer = page.ask(Method::POST, url, &headers, "AAAAAAA=").await;
        assert_eq!(answer.header("content-type"), Some("application/grpc-web-text+proto"));
        assert!(answer.body.starts_with(b"AAAA"), "{answer:?}");
    }
    assert_eq!(WebLike::client(&gateway.url).service_info().await.expect("an answer").epoch, 1);
}

#[tokio::test]
async fn checkpoints_come_as_they_are_made() {
    let network = network().await;
    let gateway = gateway_of(&network).await;
    let page = Page::of(STRANGER);
    let headers = [("content-type", "application/grpc-web+proto")];
    let url = format!("{}{SUBSCRIBE}", gateway.url);
    let limit = Duration::from_secs(10);
    let stream = tokio::time::timeout(limit, page.begin(Method::POST, url, &headers, frame(&[])));
    let stream = stream.await.expect("an answer before there is anything to say");
    let mut pieces = stream.into_body().into_data_stream();
    for expected in 1..=3 {
        WebLike::client(&gateway.url).request_gas(Address([8; 32])).await.expect("coins");
        let mut message = Vec::new();
        while message.len() < 5 || message.len() < 5 + usize::from(message[4]) {
            let piece = tokio::time::timeout(limit, pieces.next()).await.expect("in time");
            message.extend_from_slice(&piece.expect("more").expect("a piece"));
        }
        let response = proto::SubscribeCheckpointsResponse::decode(&message[5..]);
        assert_eq!(response.expect("a message").cursor, Some(expected));
    }
}

#[tokio::test]
async fn native_clients_may_use_it_too() {
    let network = network().await;
    let gateway = gateway_of(&network).await;
    let client = rpc::native::NativeClient::connect(&gateway.url);
    let info = client.service_info().await.expect("an answer");
    assert_eq!(info.chain_id, network.chain_id);
    let given = client.request_gas(Address([9; 32])).await.expect("coins");
    assert_eq!(given.coins_sent.len(), 1);
    assert_eq!(client.advance_epoch().await.expect("a new epoch").epoch, 1);
    assert_eq!(client.service_info().await.expect("an answer").epoch, 1);
}
