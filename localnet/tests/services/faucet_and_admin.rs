//! Faucet and admin, which speak BCS.

use crate::client::{Net, frame};
use http::{Method, StatusCode};
use localnet::network::{Config, EpochLength};
use std::time::Duration;
use wasm_core::address::Address;
use wasm_core::services::{
    ADVANCE_EPOCH, AdvanceEpochResponse, GasRequest, GasResponse, REQUEST_GAS,
};

const GRPC_WEB: (&str, &str) = ("content-type", "application/grpc-web+proto");

#[tokio::test]
async fn the_faucet_gives_what_it_is_set_to_to_each_who_asks() {
    let amount = wasm_core::amount::Shannons(3_500_000_000);
    let net = Net::start_with(Config { faucet_amount: amount, ..Config::for_tests() }).await;
    let somebody = Address([5; 32]);
    let (first, second) = tokio::join!(net.request_gas(somebody), net.request_gas(somebody));
    assert_eq!((first.status.as_str(), second.status.as_str()), ("Success", "Success"));
    assert_ne!(first.coins_sent[0].id, second.coins_sent[0].id);
    assert_eq!(net.balance(somebody).await, 7_000_000_000);
}

#[tokio::test]
async fn the_faucet_refuses_what_is_no_address() {
    let net = Net::start().await;
    let request = GasRequest { recipient: "0xnobody".to_owned() };
    let faucet = &net.network.faucet_url;
    let refused = net.call::<_, GasResponse>(faucet, REQUEST_GAS, &request).await;
    let (code, message) = refused.expect_err("no address");
    assert_eq!(code, "3");
    assert!(message.starts_with("Invalid%20address") || message.starts_with("Invalid address"));
}

#[tokio::test]
async fn a_faucet_that_cannot_pay_says_why_and_keeps_what_it_has() {
    let amount = wasm_core::amount::Shannons(2_000_000_000_000_000);
    let net = Net::start_with(Config { faucet_amount: amount, ..Config::for_tests() }).await;
    let request = GasRequest { recipient: Address([5; 32]).to_string() };
    let faucet = &net.network.faucet_url;
    let refused = net.call::<_, GasResponse>(faucet, REQUEST_GAS, &request).await;
    let (code, message) = refused.expect_err("more than a coin holds");
    assert_eq!(code, "13");
    assert!(message.starts_with("Transfer%20error") || message.starts_with("Transfer error"));
    assert_eq!(net.balance(Address([5; 32])).await, 0);
    // What is no message at all is no reason to fall over.
    let nonsense = net.call::<_, GasResponse>(faucet, REQUEST_GAS, &9_u8).await;
    assert_eq!(nonsense.expect_err("no request").0, "13");
    net.advance_epoch().await;
}

#[tokio::test]
async fn a_browser_finds_faucet_and_admin_on_the_nodes_port() {
    let net = Net::start().await;
    let request = GasRequest { recipient: Address([6; 32]).to_string() };
    let body = frame(&bcs::to_bytes(&request).expect("BCS"));
    let answer = net.http(Method::POST, REQUEST_GAS, &[GRPC_WEB], body).await;
    assert_eq!(answer.status, StatusCode::OK);
    assert_eq!(answer.header("access-control-allow-origin"), Some("*"));
    let length = u32::from_be_bytes(answer.body[1..5].try_into().expect("a length"));
    let end = 5 + usize::try_from(length).expect("short");
    let given: GasResponse = bcs::from_bytes(&answer.body[5..end]).expect("BCS");
    assert_eq!(given.coins_sent[0].amount, 2_000_000_000);
    assert_eq!(answer.body[end], 0x80, "then the trailers");
    assert_eq!(net.balance(Address([6; 32])).await, 2_000_000_000);

    let answer = net.http(Method::POST, ADVANCE_EPOCH, &[GRPC_WEB], frame(&[])).await;
    let advanced: AdvanceEpochResponse = bcs::from_bytes(&answer.body[5..13]).expect("BCS");
    assert_eq!(advanced.epoch, 1);
    assert_eq!(net.system_state().await.epoch, Some(1));
}

#[tokio::test]
async fn epochs_end_by_the_clock_and_by_hand() {
    let epoch_length = EpochLength::Milliseconds(1500);
    let net = Net::start_with(Config { epoch_length, ..Config::for_tests() }).await;
    assert_eq!(
        net.system_state().await.parameters.expect("parameters").epoch_duration_ms,
        Some(1500)
    );
    let by_hand = net.advance_epoch().await;
    assert!(by_hand >= 1);
    let reached = async {
        while net.system_state().await.epoch < Some(by_hand + 1) {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(20), reached).await.expect("the clock ends the epoch");
}
