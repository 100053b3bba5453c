//! The command itself, as a script starts it.

use serde_json::Value;
use std::process::Stdio;
use std::time::Duration;
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::{Child, Command};
use wasm_core::keys::Keypair;

fn start(arguments: &[&str]) -> Child {
    let ports =
        ["--rpc-port", "0", "--faucet-port", "0", "--admin-port", "0", "--scoring-port", "0"];
    Command::new(env!("CARGO_BIN_EXE_localnet"))
        .args(ports)
        .args(arguments)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .expect("the command starts")
}

#[tokio::test]
async fn one_line_of_json_says_all_and_a_signal_ends_it() {
    let mut network = start(&["--json", "--small-model", "--seed", "s", "--accounts", "2"]);
    let mut lines = BufReader::new(network.stdout.take().expect("output")).lines();
    let line = lines.next_line().await.expect("a line").expect("a line");
    let ready: Value = serde_json::from_str(&line).expect("JSON");
    assert_eq!(ready["accounts"].as_array().map(Vec::len), Some(2));
    let account = &ready["accounts"][0];
    let key = Keypair::parse(account["private_key"].as_str().expect("a key")).expect("a key");
    assert_eq!(account["address"], key.address().to_string());
    for url in ["rpc_url", "faucet_url", "scoring_url", "admin_url"] {
        let address = ready[url].as_str().and_then(|url| url.strip_prefix("http://"));
        tokio::net::TcpStream::connect(address.expect("a URL")).await.expect("it listens");
    }
    let id = network.id().expect("it runs").to_string();
    let told = Command::new("kill").args(["-INT", &id]).status().await.expect("kill");
    assert!(told.success());
    let ended = tokio::time::timeout(Duration::from_secs(10), network.wait()).await;
    assert!(ended.expect("it ends").expect("a status").success());
}

#[tokio::test]
async fn more_coins_than_there_are_is_said_and_not_started() {
    let network = start(&["--fund", "0x1=9000000"]).wait_with_output().await.expect("ended");
    assert!(!network.status.success());
    let said = String::from_utf8_lossy(&network.stderr);
    assert!(said.contains("10,000,000 SOMA"), "{said}");
}
