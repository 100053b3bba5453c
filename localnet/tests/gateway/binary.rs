//! The command itself, as a script starts it.

use crate::client::{INFO, Page, STRANGER, network, nobody};
use serde_json::Value;
use std::process::Stdio;
use std::time::Duration;
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::{Child, Command};

fn command(arguments: &[&str]) -> Child {
    Command::new(env!("CARGO_BIN_EXE_localnet"))
        .arg("gateway")
        .args(arguments)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .expect("the command starts")
}

async fn ready(gateway: &mut Child) -> Value {
    let mut lines = BufReader::new(gateway.stdout.take().expect("output")).lines();
    let line = lines.next_line().await.expect("a line").expect("a line");
    serde_json::from_str(&line).expect("JSON")
}

#[tokio::test]
async fn one_line_of_json_says_who_is_behind_it_and_a_signal_ends_it() {
    let network = network().await;
    let urls = ["--node", &network.rpc_url, "--faucet", &network.faucet_url];
    let mut gateway = command(&[&urls[..], &["--port", "0", "--json"]].concat());
    let told = ready(&mut gateway).await;
    assert_eq!(told["chain_id"], network.chain_id.to_string());
    assert_eq!(
        (&told["node"], &told["faucet"]),
        (&network.rpc_url.clone().into(), &network.faucet_url.clone().into())
    );
    assert!(told["server"].as_str().is_some_and(|server| server.starts_with("soma-node/")));
    assert!(told["scoring"].is_null() && told["admin"].is_null() && told["trouble"].is_null());
    let url = told["url"].as_str().expect("a URL");
    assert!(!Page::of(STRANGER).call(url, INFO, &[]).await.message().is_empty());

    let id = gateway.id().expect("it runs").to_string();
    let sent = Command::new("kill").args(["-INT", &id]).status().await.expect("kill");
    assert!(sent.success());
    let ended = tokio::time::timeout(Duration::from_secs(10), gateway.wait()).await;
    assert!(ended.expect("it ends").expect("a status").success());
}

#[tokio::test]
async fn it_starts_before_its_node_and_says_so() {
    let mut gateway = command(&["--node", &nobody().await, "--port", "0", "--json"]);
    let told = ready(&mut gateway).await;
    assert!(told["chain_id"].is_null());
    assert!(
        told["trouble"].as_str().is_some_and(|why| why.contains("cannot be reached")),
        "{told}"
    );
    let url = told["url"].as_str().expect("a URL");
    assert_eq!(Page::of(STRANGER).call(url, INFO, &[]).await.refusal().0, Some("14"));
}

#[tokio::test]
async fn without_a_node_or_for_all_the_world_it_does_not_start() {
    for (arguments, why) in [
        (&["--faucet", "http://127.0.0.1:1"][..], "--node"),
        (&["--node", "fullnode.example"][..], "http:// or https://"),
        (&["--node", "http://127.0.0.1:1", "--host", "0.0.0.0", "--port", "0"][..], "--public"),
    ] {
        let gateway = command(arguments).wait_with_output().await.expect("ended");
        let said = String::from_utf8_lossy(&gateway.stderr);
        assert!(!gateway.status.success(), "{said}");
        assert!(said.contains(why), "{said}");
    }
}
