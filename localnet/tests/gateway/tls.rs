//! Upstreams behind TLS, whose certificate only a file vouches for.

use crate::client::{INFO, Page, STRANGER, network, start, upstream};
use localnet::gateway::{Config, Gateway, StartError};
use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};
use rustls::ServerConfig;
use rustls::pki_types::PrivateKeyDer;
use std::path::PathBuf;
use std::sync::Arc;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;
use tokio_rustls::TlsAcceptor;
use wasm_core::address::Address;
use wasm_core::services::{GasRequest, GasResponse, REQUEST_GAS};

/// Ends TLS before a plain upstream, as a private node's web server does.
struct Front {
    url: String,
    _tasks: JoinSet<()>,
}

fn certificates() -> (String, ServerConfig) {
    let mut params = CertificateParams::new(Vec::new()).expect("parameters");
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let key = KeyPair::generate().expect("a key");
    let root = params.self_signed(&key).expect("a certificate").pem();
    let issuer = Issuer::new(params, key);
    let key = KeyPair::generate().expect("a key");
    let params = CertificateParams::new(vec!["localhost".to_owned()]).expect("parameters");
    let shown = params.signed_by(&key, &issuer).expect("a certificate");
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let mut server = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .expect("versions")
        .with_no_client_auth()
        .with_single_cert(
            vec![shown.der().clone()],
            PrivateKeyDer::try_from(key.serialize_der()).expect("a key"),
        )
        .expect("a certificate and its key");
    server.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    (root, server)
}

async fn front(plain: &str, server: ServerConfig) -> Front {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let port = listener.local_addr().expect("an address").port();
    let acceptor = TlsAcceptor::from(Arc::new(server));
    let plain = plain.strip_prefix("http://").expect("a URL").to_owned();
    let mut tasks = JoinSet::new();
    tasks.spawn(async move {
        let mut connections = JoinSet::new();
        while let Ok((outside, _)) = listener.accept().await {
            let (acceptor, plain) = (acceptor.clone(), plain.clone());
            connections.spawn(async move {
                // Who does not believe the certificate hangs up.
                let Ok(mut outside) = acceptor.accept(outside).await else { return };
                let mut inside = TcpStream::connect(plain).await.expect("the upstream");
                let _ = tokio::io::copy_bidirectional(&mut outside, &mut inside).await;
            });
        }
    });
    Front { url: format!("https://localhost:{port}"), _tasks: tasks }
}

#[tokio::test]
async fn a_private_node_is_believed_by_its_file_alone() {
    let network = network().await;
    let (root, server) = certificates();
    let node = front(&network.rpc_url, server.clone()).await;
    let faucet = front(&network.faucet_url, server).await;
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("root.pem");
    std::fs::write(&file, root).expect("written");
    let config = |ca_files: Vec<PathBuf>| Config {
        faucet: Some(upstream(&faucet.url)),
        ca_files,
        ..Config::to(upstream(&node.url))
    };
    let page = Page::of(STRANGER);
    let request = GasRequest { recipient: Address([3; 32]).to_string() };
    let request = bcs::to_bytes(&request).expect("BCS");

    let wary = start(config(Vec::new())).await;
    assert!(wary.ask_node().await.is_err());
    for (path, url) in [(INFO, &node.url), (REQUEST_GAS, &faucet.url)] {
        let call = page.call(&wary.url, path, &request).await;
        let (code, message) = call.refusal();
        assert_eq!(code, Some("14"));
        assert!(message.contains(url.as_str()) && message.contains("UnknownIssuer"), "{message}");
    }

    let gateway = start(config(vec![file])).await;
    let info = gateway.ask_node().await.expect("an answer");
    assert_eq!(info.chain_id, network.chain_id);
    assert!(!page.call(&gateway.url, INFO, &[]).await.message().is_empty());
    let given = page.call(&gateway.url, REQUEST_GAS, &request).await;
    let given: GasResponse = bcs::from_bytes(given.message()).expect("BCS");
    assert_eq!(given.coins_sent.len(), 1);
    let native = rpc::native::NativeClient::connect(&gateway.url);
    assert_eq!(native.request_gas(Address([4; 32])).await.expect("coins").coins_sent.len(), 1);
}

#[tokio::test]
async fn a_file_of_no_certificates_is_refused_at_the_start() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("empty.pem");
    std::fs::write(&file, "").expect("written");
    let config = Config::to(upstream("https://node.example"));
    let refused = Gateway::start(Config { ca_files: vec![file], ..config }).await;
    assert!(matches!(refused, Err(StartError::Certificates(_))), "{refused:?}");
}
