//! What passes the gateway, and what does not.

use crate::client::{Fake, INFO, Page, STRANGER, frame, gateway_to, network, nobody, upstream};
use axum::Router;
use axum::extract::Request;
use axum::response::IntoResponse as _;
use axum::routing::any;
use http::{HeaderMap, Method, StatusCode};
use http_body_util::BodyExt as _;
use localnet::gateway::{Config, Gateway, StartError};
use std::sync::{Arc, Mutex};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use wasm_core::services::{HEALTH, REQUEST_GAS};

#[tokio::test]
async fn ranges_pass_and_nothing_else_of_either_side() {
    let seen = Arc::new(Mutex::new(HeaderMap::new()));
    let noted = Arc::clone(&seen);
    let model = move |request: Request| {
        noted.lock().expect("a lock").clone_from(request.headers());
        async move {
            let headers = [
                ("content-range", "bytes 2-5/100"),
                ("accept-ranges", "bytes"),
                ("etag", "\"it\""),
                ("content-type", "text/html"),
                ("set-cookie", "a=b"),
                ("access-control-allow-origin", "https://somebody.else"),
                ("access-control-allow-credentials", "true"),
            ];
            (StatusCode::PARTIAL_CONTENT, headers, "four")
        }
    };
    let node = Fake::serve(Router::new().route("/model/{id}", any(model))).await;
    let gateway = gateway_to(&node.url).await;
    let asked = [("range", "bytes=2-5"), ("cookie", "secret"), ("referer", "https://a/b")];
    let url = format!("{}/model/0xab?where=else", gateway.url);
    let answer = Page::of(STRANGER).ask(Method::GET, url.clone(), &asked, "").await;
    assert_eq!((answer.status, &answer.body[..]), (StatusCode::PARTIAL_CONTENT, &b"four"[..]));
    assert_eq!(answer.header("content-range"), Some("bytes 2-5/100"));
    assert_eq!(answer.header("content-length"), Some("4"));
    for name in ["content-range", "content-length", "accept-ranges", "etag"] {
        assert!(answer.exposes(name), "{name}");
    }
    assert_eq!(answer.header("access-control-allow-origin"), Some(STRANGER));
    assert_eq!(answer.header("access-control-allow-credentials"), None);
    assert_eq!(answer.header("set-cookie"), None);
    assert_eq!(answer.header("x-content-type-options"), Some("nosniff"));
    assert_eq!(answer.header("content-security-policy"), Some("default-src 'none'; sandbox"));
    let seen = seen.lock().expect("a lock").clone();
    assert_eq!(seen["range"], "bytes=2-5");
    for name in ["cookie", "referer", "origin"] {
        assert!(!seen.contains_key(name), "{name}");
    }

    let head = Page::of(STRANGER).ask(Method::HEAD, url.clone(), &[], "").await;
    assert_eq!((head.status, head.body.len()), (StatusCode::PARTIAL_CONTENT, 0));
    assert_eq!(head.header("content-length"), Some("4"));
    let put = Page::of(STRANGER).ask(Method::PUT, url, &[], "").await;
    assert_eq!(put.status, StatusCode::METHOD_NOT_ALLOWED);
}

#[tokio::test]
async fn a_nodes_own_words_about_files_pass() {
    let network = network().await;
    let gateway = gateway_to(&network.rpc_url).await;
    let page = Page::of(STRANGER);
    let short = page.ask(Method::GET, format!("{}/model/12", gateway.url), &[], "").await;
    assert_eq!(short.status, StatusCode::BAD_REQUEST);
    assert!(short.body.starts_with(b"Invalid resource ID"), "{short:?}");
    assert!(short.exposes("x-soma-epoch"));
}

#[tokio::test]
async fn redirects_are_not_followed() {
    let elsewhere = Arc::new(Mutex::new(0));
    let visits = Arc::clone(&elsewhere);
    let trap = Fake::serve(Router::new().fallback(move || async move {
        *visits.lock().expect("a lock") += 1;
    }))
    .await;
    let to = format!("{}/anything", trap.url);
    let node = Fake::serve(Router::new().fallback(move || async move {
        (StatusCode::TEMPORARY_REDIRECT, [("location", to)]).into_response()
    }))
    .await;
    let gateway = gateway_to(&node.url).await;
    let page = Page::of(STRANGER);
    let file = page.ask(Method::GET, format!("{}/data/ab", gateway.url), &[], "").await;
    assert_eq!((file.status, file.header("location")), (StatusCode::BAD_GATEWAY, None));
    let (code, message) = {
        let call = page.call(&gateway.url, INFO, &[]).await;
        assert_eq!(call.status, StatusCode::OK);
        (call.refusal().0.map(str::to_owned), call.refusal().1)
    };
    assert_eq!(code.as_deref(), Some("2"));
    assert!(message.contains(&node.url) && message.contains("redirects are not followed"));
    assert_eq!(*elsewhere.lock().expect("a lock"), 0);
}

#[tokio::test]
async fn it_is_no_way_to_anybody_else() {
    let visits = Arc::new(Mutex::new(Vec::new()));
    let noted = Arc::clone(&visits);
    let record = move |request: Request| {
        noted.lock().expect("a lock").push(request.uri().path().to_owned());
        async {}
    };
    let node = Fake::serve(Router::new().fallback(record)).await;
    let other = Fake::serve(Router::new()).await;
    let gateway = gateway_to(&node.url).await;
    let page = Page::of(STRANGER);
    for path in ["/", "/metrics", "/blobs/a", "/model/a/b", "/model/..%2fb", "/soma.rpc.A/../b"] {
        let answer = page.ask(Method::GET, format!("{}{path}", gateway.url), &[], "").await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{path}");
    }
    let address = gateway.url.strip_prefix("http://").expect("a URL");
    for line in [
        format!("GET {}/secret HTTP/1.1", other.url),
        format!("CONNECT {} HTTP/1.1", other.url.replace("http://", "")),
        format!("GET //{}/model/ab HTTP/1.1", other.url.replace("http://", "")),
    ] {
        let mut raw = TcpStream::connect(address).await.expect("a connection");
        let request = format!("{line}\r\nhost: evil.example\r\nconnection: close\r\n\r\n");
        raw.write_all(request.as_bytes()).await.expect("sent");
        let mut answer = String::new();
        raw.read_to_string(&mut answer).await.expect("an answer");
        assert!(answer.starts_with("HTTP/1.1 404"), "{line}: {answer}");
    }
    assert_eq!(*visits.lock().expect("a lock"), Vec::<String>::new(), "nothing was forwarded");

    // A known path goes to the named node, whatever host a request speaks of.
    let mut raw = TcpStream::connect(address).await.expect("a connection");
    let line = format!("GET {}/model/ab HTTP/1.1", other.url);
    let request = format!("{line}\r\nhost: evil.example\r\nconnection: close\r\n\r\n");
    raw.write_all(request.as_bytes()).await.expect("sent");
    let mut answer = String::new();
    raw.read_to_string(&mut answer).await.expect("an answer");
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    assert_eq!(*visits.lock().expect("a lock"), ["/model/ab"]);
}

#[tokio::test]
async fn what_is_not_bridged_says_which_flag_is_missing() {
    let network = network().await;
    let gateway = gateway_to(&network.rpc_url).await;
    for (path, flag) in [(REQUEST_GAS, "--faucet URL"), (HEALTH, "--scoring URL")] {
        let call = Page::of("http://localhost").call(&gateway.url, path, &[]).await;
        let (code, message) = call.refusal();
        assert_eq!((call.status, code), (StatusCode::OK, Some("12")));
        assert!(message.contains(flag), "{message}");
        assert!(call.exposes("grpc-message"));
    }
}

#[tokio::test]
async fn a_request_beyond_any_transaction_is_refused() {
    // A node would refuse it as well, but not every upstream need have a limit.
    let patient = |request: Request| async move {
        let _ = request.into_body().collect().await;
    };
    let node = Fake::serve(Router::new().fallback(patient)).await;
    let gateway = gateway_to(&node.url).await;
    let page = Page::of(STRANGER);
    let declared = page.call(&gateway.url, INFO, &vec![0; 5 << 20]).await;
    assert_eq!(declared.refusal().0, Some("8"));
    let pieces = frame(&vec![0; 5 << 20]).chunks(1 << 16).map(<[u8]>::to_vec).collect::<Vec<_>>();
    let pieces = futures::stream::iter(pieces.into_iter().map(Ok::<_, std::io::Error>));
    let headers = [("content-type", "application/grpc-web+proto")];
    let url = format!("{}{INFO}", gateway.url);
    let body = axum::body::Body::from_stream(pieces);
    let undeclared = page.ask(Method::POST, url, &headers, body).await;
    assert_eq!(undeclared.refusal().0, Some("8"), "{undeclared:?}");
}

#[tokio::test]
async fn what_is_no_call_is_told_so() {
    let network = network().await;
    let gateway = gateway_to(&network.rpc_url).await;
    let page = Page::of(STRANGER);
    let url = || format!("{}{INFO}", gateway.url);
    let web = [("content-type", "application/grpc-web")];
    let get = page.ask(Method::GET, url(), &web, "").await;
    assert_eq!(get.status, StatusCode::METHOD_NOT_ALLOWED);
    let native = [("content-type", "application/grpc")];
    let native = page.ask(Method::POST, url(), &native, frame(&[])).await;
    assert_eq!(native.status, StatusCode::BAD_REQUEST, "native gRPC needs HTTP/2");
    let service = page.call(&gateway.url, "/soma.rpc.Nothing/At", &[]).await;
    assert_eq!(service.refusal().0, Some("12"), "the node's bare 404 becomes a status");
}

#[tokio::test]
async fn other_machines_reach_it_only_where_that_was_said() {
    let any = "0.0.0.0".parse().expect("an address");
    let config = || Config { host: any, ..Config::to(upstream("http://127.0.0.1:1")) };
    let refused = Gateway::start(config()).await;
    assert!(matches!(refused, Err(StartError::NotLoopback(_))), "{refused:?}");
    Gateway::start(Config { public: true, ..config() }).await.expect("a gateway");
}

#[tokio::test]
async fn it_does_not_ask_itself() {
    let here = nobody().await;
    let port = here.rsplit(':').next().and_then(|it| it.parse().ok()).expect("a port");
    let refused = Gateway::start(Config { port, ..Config::to(upstream(&here)) }).await;
    assert!(matches!(refused, Err(StartError::Itself { .. })), "{refused:?}");
}
