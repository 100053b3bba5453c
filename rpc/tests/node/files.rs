//! Files fetched over real sockets, from servers that break, begin anew, redirect and lie.

use crate::raw::{Received, answer_in_turn, http};
use rpc::native::HttpFiles;
use std::net::SocketAddr;
use std::time::Duration;
use tokio::net::TcpListener;
use wasm_core::address::ObjectId;
use wasm_core::digest::{Checksum, blake2b256};
use wasm_core::download::{
    ContentRange, Download, DownloadError, FailureReason, FetchError, FileBody, Files, Resource,
};
use wasm_core::manifest::{Manifest, Url};
use wasm_core::weights::ManifestMismatch;

const FILE: &[u8] = b"0123456789abcdef";

fn url(address: SocketAddr, path: &str) -> Url {
    format!("http://{address}{path}").parse().expect("a test's own value")
}

fn manifest(url: Url) -> Manifest {
    Manifest::new(url, Checksum(blake2b256(&[FILE])), FILE.len() as u64)
}

fn download(url: Url, node: Option<&Url>) -> Download<HttpFiles> {
    Download::new(HttpFiles::default(), manifest(url), node, Resource::Data(ObjectId([7; 32])))
}

/// All of the file, and a broken connection behind `sent` bytes of it.
fn broken(sent: usize) -> Vec<u8> {
    http("200 OK", &format!("content-length: {}", FILE.len()), &FILE[..sent])
}

fn part(first: usize) -> Vec<u8> {
    let (last, total) = (FILE.len() - 1, FILE.len());
    let length = total - first;
    let range = format!("content-range: bytes {first}-{last}/{total}\r\ncontent-length: {length}");
    http("206 Partial Content", &range, &FILE[first..])
}

fn asks(received: &Received) -> (&str, Option<&str>) {
    let range = received.head.lines().find_map(|line| line.strip_prefix("range: "));
    (received.head.lines().next().unwrap_or_default(), range)
}

#[tokio::test]
async fn a_broken_download_goes_on_by_range() {
    let (address, server) = answer_in_turn(vec![broken(5), part(5)]).await;
    let file = download(url(address, "/file"), None).collect().await.unwrap();
    assert_eq!(file, FILE);
    let received = server.await.unwrap();
    assert_eq!(asks(&received[0]), ("get /file http/1.1", None));
    assert_eq!(asks(&received[1]), ("get /file http/1.1", Some("bytes=5-")));
    for request in received {
        assert!(request.head.contains("accept-encoding: identity"), "{}", request.head);
        assert!(!request.head.contains("cookie") && !request.head.contains("authorization"));
    }
}

#[tokio::test]
async fn a_server_without_ranges_is_read_again_past_what_came_before() {
    let (address, server) = answer_in_turn(vec![broken(5), broken(FILE.len())]).await;
    let mut download = download(url(address, "/file"), None);
    let (mut file, mut buffer) = (Vec::new(), Vec::new());
    while let Some(position) = download.next(&mut buffer).await.unwrap() {
        assert_eq!(position, file.len() as u64);
        file.extend_from_slice(&buffer);
    }
    assert_eq!(file, FILE);
    assert_eq!(asks(&server.await.unwrap()[1]).1, Some("bytes=5-"));
}

#[tokio::test]
async fn the_node_goes_on_where_the_host_has_gone() {
    let (host, _) = answer_in_turn(vec![broken(5)]).await;
    let (node, server) = answer_in_turn(vec![part(5)]).await;
    let node = url(node, "");
    let file = download(url(host, "/file"), Some(&node)).collect().await.unwrap();
    assert_eq!(file, FILE);
    let path = format!("get /data/{} http/1.1", "07".repeat(32));
    assert_eq!(asks(&server.await.unwrap()[0]), (path.as_str(), Some("bytes=5-")));
}

#[tokio::test]
async fn a_file_of_another_content_is_fetched_from_the_node_instead() {
    let mut forged = FILE.to_vec();
    forged[3] ^= 1;
    let (host, _) = answer_in_turn(vec![http("200 OK", "content-length: 16", &forged)]).await;
    let (node, _) = answer_in_turn(vec![broken(FILE.len())]).await;
    let node = url(node, "");
    assert_eq!(download(url(host, "/file"), Some(&node)).collect().await.unwrap(), FILE);
}

#[tokio::test]
async fn a_file_that_nobody_has_is_refused_with_both_reasons() {
    let page = b"<html>Sign in</html>";
    let (host, _) = answer_in_turn(vec![http("200 OK", "content-length: 20", page)]).await;
    let (node, _) = answer_in_turn(vec![http("400 Bad Request", "content-length: 0", b"")]).await;
    let node = url(node, "");
    let error = download(url(host, "/file"), Some(&node)).collect().await.unwrap_err();
    let DownloadError::NotToBeHad(failures) = error else { panic!("{error:?}") };
    let reasons: Vec<_> = failures.into_iter().map(|failure| failure.reason).collect();
    let too_long = FailureReason::Mismatch(ManifestMismatch::TooLong { expected: 16 });
    assert_eq!(reasons, [too_long, FailureReason::Status(400)]);
}

#[tokio::test]
async fn a_redirect_is_followed_with_the_same_range() {
    let (store, stored) = answer_in_turn(vec![part(5)]).await;
    let there = format!("location: http://{store}/stored\r\ncontent-length: 0");
    let here = "location: /elsewhere\r\ncontent-length: 0";
    let hops = vec![http("302 Found", here, b""), http("307 Temporary Redirect", &there, b"")];
    let (host, server) = answer_in_turn(hops).await;
    let patience = Duration::from_secs(5);
    let answer = HttpFiles::default().open(&url(host, "/file"), 5, patience).await.unwrap();
    let range = ContentRange { first: 5, last: 15, total: Some(16) };
    assert_eq!((answer.status, answer.length, answer.range), (206, Some(11), Some(range)));
    let (mut body, mut buffer) = (answer.body, Vec::new());
    assert!(body.next(&mut buffer, patience).await.unwrap());
    assert_eq!(buffer, &FILE[5..]);
    assert!(!body.next(&mut buffer, patience).await.unwrap());
    let hops = server.await.unwrap();
    assert_eq!(asks(&hops[1]), ("get /elsewhere http/1.1", Some("bytes=5-")));
    assert_eq!(asks(&stored.await.unwrap()[0]), ("get /stored http/1.1", Some("bytes=5-")));
}

#[tokio::test]
async fn redirects_in_circles_and_out_of_the_web_are_not_followed() {
    let patience = Duration::from_secs(5);
    let circle = http("301 Moved Permanently", "location: /again\r\ncontent-length: 0", b"");
    let (host, _) = answer_in_turn(vec![circle; 11]).await;
    let error = HttpFiles::default().open(&url(host, "/file"), 0, patience).await.unwrap_err();
    assert!(error.to_string().contains("more than 10 redirects"), "{error}");
    for (location, why) in
        [("location: file:///etc/passwd", "out of the web"), ("x-nothing: 1", "to nowhere")]
    {
        let away = http("302 Found", &format!("{location}\r\ncontent-length: 0"), b"");
        let (host, _) = answer_in_turn(vec![away]).await;
        let error = HttpFiles::default().open(&url(host, "/file"), 0, patience).await.unwrap_err();
        assert!(error.to_string().ends_with(why), "{error}");
    }
}

#[tokio::test]
async fn a_silent_server_is_given_up() {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let address = listener.local_addr().unwrap();
    let patience = Duration::from_millis(200);
    let answer = HttpFiles::default().open(&url(address, "/file"), 0, patience).await;
    assert_eq!(answer.err(), Some(FetchError::Late(patience)));

    // One that begins, and then says nothing more.
    let stalls = tokio::spawn(async move {
        let (_first, _) = listener.accept().await.unwrap();
        let (mut stream, _) = listener.accept().await.unwrap();
        tokio::io::AsyncReadExt::read(&mut stream, &mut [0; 64]).await.unwrap();
        let head = b"HTTP/1.1 200 OK\r\ncontent-length: 16\r\n\r\n0123";
        tokio::io::AsyncWriteExt::write_all(&mut stream, head).await.unwrap();
        std::future::pending::<()>().await;
    });
    let answer = HttpFiles::default().open(&url(address, "/"), 0, Duration::from_secs(5)).await;
    let (mut body, mut buffer) = (answer.unwrap().body, Vec::new());
    assert!(body.next(&mut buffer, patience).await.unwrap());
    assert_eq!(body.next(&mut buffer, patience).await, Err(FetchError::Late(patience)));
    stalls.abort();
}
