//! The command itself, as a script starts it.

use localnet::bls::BlsKeypair;
use serde_json::Value;
use std::process::Stdio;
use std::time::Duration;
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::{Child, Command};
use wasm_core::keys::Keypair;
use wasm_core::validator_info::ValidatorInfo;

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

#[tokio::test]
async fn a_demo_says_which_models_and_validators_there_are() {
    let mut network = start(&["--json", "--demo", "--seed", "s", "--validators", "5"]);
    let mut lines = BufReader::new(network.stdout.take().expect("output")).lines();
    let line = lines.next_line().await.expect("a line").expect("a line");
    let ready: Value = serde_json::from_str(&line).expect("JSON");
    assert_eq!(ready["models"].as_array().map(Vec::len), Some(6));
    let validators = ready["validators"].as_array().expect("validators");
    assert_eq!(validators.len(), 5);
    for validator in validators {
        let text = |name: &str| validator[name].as_str().expect(name).to_owned();
        let account = Keypair::parse(&text("private_key")).expect("a key").address();
        assert_eq!(text("address"), account.to_string());
        let key = BlsKeypair::parse_base64(&text("protocol_private_key")).expect("a key");
        assert_eq!(text("protocol_public_key"), hex::encode(key.public_key()));
        assert_eq!(text("proof_of_possession"), hex::encode(key.prove_possession(account)));
        assert!(text("validator_info").contains(&account.to_bare_hex()));
    }
}

async fn run(arguments: &[&str]) -> std::process::Output {
    let command = Command::new(env!("CARGO_BIN_EXE_localnet")).args(arguments).output();
    command.await.expect("the command runs")
}

#[tokio::test]
async fn a_new_validators_files_are_made_and_its_key_is_taken() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = |name: &str| folder.path().join(name).to_string_lossy().into_owned();
    let made = run(&["validator-info", "node.example.org", "300", "--dir", &path("")]).await;
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    let info = std::fs::read_to_string(path("validator.info")).expect("an info");
    let info = ValidatorInfo::parse(&info).expect("an info");
    let said = String::from_utf8_lossy(&made.stdout).into_owned();
    assert!(said.contains(&info.account_address.to_string()), "{said}");
    assert!(!said.contains(&*std::fs::read_to_string(path("account.key")).expect("a key")));
    let refused = run(&["validator-info", "no host", "--dir", &path("")]).await;
    assert!(!refused.status.success());

    let mut network = start(&["--json", "--protocol-key", &path("protocol.key")]);
    let mut lines = BufReader::new(network.stdout.take().expect("output")).lines();
    assert!(lines.next_line().await.expect("a line").is_some(), "it starts");
    let network = start(&["--protocol-key", &path("validator.info")]);
    let network = network.wait_with_output().await.expect("ended");
    let said = String::from_utf8_lossy(&network.stderr);
    assert!(!network.status.success() && said.contains("holds no protocol key"), "{said}");
}
