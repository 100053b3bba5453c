//! Nodes and files behind TLS, whose certificate only a private authority vouches for.

use crate::fake::{Fake, Running, handler, start};
use crate::raw::{answer_in_turn, http};
use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};
use rpc::Client;
use rpc::native::{Authorities, Http2, HttpFiles};
use rpc::proto::soma as proto;
use rustls::ServerConfig;
use rustls::pki_types::PrivateKeyDer;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;
use tokio_rustls::TlsAcceptor;
use wasm_core::download::{FetchError, FileBody, Files};
use wasm_core::manifest::Url;
use wasm_core::ports::{Chain, ChainError};

/// An authority, and a server that it vouches for.
struct Vouched {
    authority: String,
    server: ServerConfig,
}

fn vouched(protocols: &[&[u8]]) -> Vouched {
    let mut params = CertificateParams::new(Vec::new()).expect("a test's own value");
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let key = KeyPair::generate().expect("a test's own value");
    let authority = params.self_signed(&key).expect("a test's own value").pem();
    let issuer = Issuer::new(params, key);
    let key = KeyPair::generate().expect("a test's own value");
    let shown = CertificateParams::new(vec!["localhost".to_owned()]).expect("a test's own value");
    let shown = shown.signed_by(&key, &issuer).expect("a test's own value");
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let mut server = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .expect("a test's own value")
        .with_no_client_auth()
        .with_single_cert(
            vec![shown.der().clone()],
            PrivateKeyDer::try_from(key.serialize_der()).expect("a test's own value"),
        )
        .expect("a test's own value");
    server.alpn_protocols = protocols.iter().map(|name| name.to_vec()).collect();
    Vouched { authority, server }
}

/// Ends TLS before a plain server.
async fn front(plain: SocketAddr, server: ServerConfig) -> (String, JoinSet<()>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a test's own value");
    let port = listener.local_addr().expect("a test's own value").port();
    let acceptor = TlsAcceptor::from(Arc::new(server));
    let mut tasks = JoinSet::new();
    tasks.spawn(async move {
        let mut connections = JoinSet::new();
        while let Ok((outside, _)) = listener.accept().await {
            let acceptor = acceptor.clone();
            connections.spawn(async move {
                // Who does not believe the certificate hangs up.
                let Ok(mut outside) = acceptor.accept(outside).await else { return };
                let mut inside = TcpStream::connect(plain).await.expect("a test's own value");
                let _ = tokio::io::copy_bidirectional(&mut outside, &mut inside).await;
            });
        }
    });
    (format!("https://localhost:{port}"), tasks)
}

fn node() -> Running {
    let (get_service_info, _) = handler(|_| {
        Ok(proto::GetServiceInfoResponse {
            chain_id: Some("964EDrEzfvQT7HjVsjfXYcM1ubi3qhqB41zV7LLbCxxd".to_owned()),
            chain: Some("testnet".to_owned()),
            epoch: Some(4),
            checkpoint_height: Some(77),
            server: Some("soma-node/0.1.21".to_owned()),
            ..Default::default()
        })
    });
    start(&Fake { get_service_info, ..Fake::default() })
}

#[tokio::test]
async fn a_node_is_believed_only_with_an_authority() {
    let (node, vouched) = (node(), vouched(&[b"h2", b"http/1.1"]));
    let (url, _front) = front(node.address, vouched.server).await;
    let authorities = Authorities::public().and(vouched.authority.as_bytes()).unwrap();
    let known = Client::new(Http2::trusting(&url, &authorities));
    assert_eq!(known.service_info().await.unwrap().epoch, 4);
    let stranger = Client::<Http2>::connect(&url).service_info().await.unwrap_err();
    assert!(matches!(&stranger, ChainError::Unreachable(text) if text.contains("UnknownIssuer")));
}

#[tokio::test]
async fn a_certificate_of_another_name_is_not_believed() {
    let (node, vouched) = (node(), vouched(&[b"h2"]));
    let (url, _front) = front(node.address, vouched.server).await;
    let authorities = Authorities::public().and(vouched.authority.as_bytes()).unwrap();
    let elsewhere = url.replace("localhost", "127.0.0.1");
    let error = Client::new(Http2::trusting(&elsewhere, &authorities)).service_info().await;
    assert!(matches!(error, Err(ChainError::Unreachable(_))), "{error:?}");
}

#[tokio::test]
async fn a_file_is_fetched_only_from_whom_an_authority_vouches_for() {
    let patience = Duration::from_secs(5);
    let answer = http("200 OK", "content-length: 3", b"abc");
    let down = "location: http://127.0.0.1:1/plain\r\ncontent-length: 0";
    let (plain, _) = answer_in_turn(vec![answer, http("302 Found", down, b"")]).await;
    let vouched = vouched(&[b"http/1.1"]);
    let (url, _front) = front(plain, vouched.server).await;
    let url: Url = format!("{url}/file").parse().unwrap();
    let stranger = HttpFiles::default().open(&url, 0, patience).await;
    assert!(
        matches!(stranger.err(), Some(FetchError::Broke(text)) if text.contains("UnknownIssuer"))
    );

    let authorities = Authorities::public().and(vouched.authority.as_bytes()).unwrap();
    let files = HttpFiles::trusting(&authorities);
    let (mut body, mut buffer) = (files.open(&url, 0, patience).await.unwrap().body, Vec::new());
    assert!(body.next(&mut buffer, patience).await.unwrap());
    assert_eq!(buffer, b"abc");
    // Once encrypted, always encrypted.
    let error = files.open(&url, 0, patience).await.err().unwrap();
    assert!(error.to_string().ends_with("to an address without encryption"), "{error}");
}

#[tokio::test]
async fn a_file_comes_over_http2_where_the_server_speaks_it() {
    let (node, vouched) = (node(), vouched(&[b"h2"]));
    let (url, _front) = front(node.address, vouched.server).await;
    let authorities = Authorities::public().and(vouched.authority.as_bytes()).unwrap();
    let url: Url = format!("{url}/data/{}", "0".repeat(64)).parse().unwrap();
    let files = HttpFiles::trusting(&authorities);
    let answer = files.open(&url, 0, Duration::from_secs(5)).await.unwrap();
    assert_eq!(answer.status, 404);
}
