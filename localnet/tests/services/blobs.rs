//! The store for blobs, as a browser or a script uses it.

use crate::client::{Answer, Net};
use axum::body::Body;
use axum::body::Bytes;
use http::{Method, StatusCode};
use localnet::network::Config;

async fn put(net: &Net, range: Option<&str>, body: &'static str) -> Answer {
    let header = range.map(|range| ("content-range", range));
    net.http(Method::PUT, "/blobs/b", header.as_slice(), body).await
}

async fn get(net: &Net, headers: &[(&str, &str)]) -> Answer {
    net.http(Method::GET, "/blobs/b", headers, "").await
}

#[tokio::test]
async fn what_was_put_is_got_back() {
    let net = Net::start().await;
    assert_eq!(get(&net, &[]).await.status, StatusCode::NOT_FOUND);
    assert_eq!(put(&net, None, "0123456789").await.status, StatusCode::CREATED);
    let whole = get(&net, &[]).await;
    assert_eq!((whole.status, &whole.body[..]), (StatusCode::OK, &b"0123456789"[..]));
    assert_eq!(whole.header("content-length"), Some("10"));
    assert_eq!(whole.header("accept-ranges"), Some("bytes"));
    assert_eq!(whole.header("content-type"), Some("application/octet-stream"));
    let head = net.http(Method::HEAD, "/blobs/b", &[], "").await;
    assert_eq!((head.status, head.header("content-length")), (StatusCode::OK, Some("10")));
    assert!(head.body.is_empty());

    let deleted = net.http(Method::DELETE, "/blobs/b", &[], "").await;
    assert_eq!(deleted.status, StatusCode::NO_CONTENT);
    assert_eq!(get(&net, &[]).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn ranges_are_served_and_checked() {
    let net = Net::start().await;
    put(&net, None, "0123456789").await;
    for (range, part, content_range) in [
        ("bytes=2-4", "234", "bytes 2-4/10"),
        ("bytes=7-", "789", "bytes 7-9/10"),
        ("bytes=-3", "789", "bytes 7-9/10"),
        ("bytes=8-99", "89", "bytes 8-9/10"),
    ] {
        let answer = get(&net, &[("range", range)]).await;
        assert_eq!(answer.status, StatusCode::PARTIAL_CONTENT, "{range}");
        assert_eq!(answer.body, part, "{range}");
        assert_eq!(answer.header("content-range"), Some(content_range));
    }
    let beyond = get(&net, &[("range", "bytes=10-")]).await;
    assert_eq!(beyond.status, StatusCode::RANGE_NOT_SATISFIABLE);
    assert_eq!(beyond.header("content-range"), Some("bytes */10"));
}

#[tokio::test]
async fn a_download_that_goes_on_notices_that_the_blob_is_another() {
    let net = Net::start().await;
    put(&net, None, "0123456789").await;
    let etag = get(&net, &[]).await.header("etag").expect("an etag").to_owned();
    let same = get(&net, &[("range", "bytes=5-"), ("if-range", &etag)]).await;
    assert_eq!((same.status, &same.body[..]), (StatusCode::PARTIAL_CONTENT, &b"56789"[..]));
    let unchanged = get(&net, &[("if-none-match", &etag)]).await;
    assert_eq!(unchanged.status, StatusCode::NOT_MODIFIED);

    put(&net, None, "abcdefghijk").await;
    let other = get(&net, &[("range", "bytes=5-"), ("if-range", &etag)]).await;
    assert_eq!((other.status, &other.body[..]), (StatusCode::OK, &b"abcdefghijk"[..]));
}

#[tokio::test]
async fn an_upload_goes_on_where_it_stopped() {
    let net = Net::start().await;
    let first = put(&net, Some("bytes 0-3/*"), "0123").await;
    assert_eq!(first.status, StatusCode::ACCEPTED);
    assert_eq!(first.header("x-upload-offset"), Some("4"));

    for method in [Method::GET, Method::HEAD] {
        let unfinished = net.http(method, "/blobs/b", &[], "").await;
        assert_eq!(unfinished.status, StatusCode::CONFLICT);
        assert_eq!(unfinished.header("x-upload-offset"), Some("4"));
    }
    let again = put(&net, Some("bytes 0-3/*"), "0123").await;
    assert_eq!(again.status, StatusCode::CONFLICT);
    assert_eq!(again.header("x-upload-offset"), Some("4"));

    let last = put(&net, Some("bytes 4-9/10"), "456789").await;
    assert_eq!(last.status, StatusCode::CREATED);
    assert_eq!(get(&net, &[]).await.body, "0123456789");
    let finished = put(&net, Some("bytes */10"), "").await;
    assert_eq!(finished.status, StatusCode::CREATED, "asking again changes nothing");
}

#[tokio::test]
async fn where_an_upload_stands_can_be_asked_without_an_error() {
    let net = Net::start().await;
    let ask = async || {
        let answer = put(&net, Some("bytes */*"), "").await;
        (answer.status, answer.header("x-upload-offset").map(str::to_owned))
    };
    assert_eq!(ask().await, (StatusCode::ACCEPTED, Some("0".into())));
    assert_eq!(get(&net, &[]).await.status, StatusCode::NOT_FOUND, "asking begins nothing");
    put(&net, Some("bytes 0-3/8"), "0123").await;
    assert_eq!(ask().await, (StatusCode::ACCEPTED, Some("4".into())));
    put(&net, Some("bytes 4-7/8"), "4567").await;
    assert_eq!(ask().await, (StatusCode::CREATED, Some("8".into())));
}

#[tokio::test]
async fn names_ranges_and_sizes_are_checked() {
    let net = Net::start_with(Config { blob_limit: 1 << 20, ..Config::for_tests() }).await;
    for name in ["a%2Fb", "..%2Fx", "a%20b", "%C3%A4", &"a".repeat(129)] {
        let answer = net.http(Method::PUT, &format!("/blobs/{name}"), &[], "x").await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{name}");
    }
    assert_eq!(put(&net, Some("bytes 3-1/5"), "x").await.status, StatusCode::BAD_REQUEST);
    assert_eq!(put(&net, Some("bytes 0-3/4"), "x").await.status, StatusCode::BAD_REQUEST);

    let chunk = Bytes::from(vec![0; 1 << 18]);
    let chunks = |count| {
        let chunk = chunk.clone();
        let chunks = (0..count).map(move |_| Ok::<_, std::io::Error>(chunk.clone()));
        Body::from_stream(futures::stream::iter(chunks))
    };
    let fits = net.http(Method::PUT, "/blobs/full", &[], chunks(4)).await;
    assert_eq!(fits.status, StatusCode::CREATED);
    let range = [("content-range", "bytes 0-1048576/*")];
    let declared = net.http(Method::PUT, "/blobs/over", &range, "").await;
    assert_eq!(declared.status, StatusCode::PAYLOAD_TOO_LARGE);
    let over = vec![0; (1 << 20) + 1];
    let refused = net.http(Method::PUT, "/blobs/over", &[], over).await;
    assert_eq!(refused.status, StatusCode::PAYLOAD_TOO_LARGE);
    let absent = net.http(Method::GET, "/blobs/over", &[], "").await;
    assert_eq!(absent.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn pages_of_any_origin_may_use_the_store() {
    let net = Net::start().await;
    let preflight = [
        ("origin", "http://page"),
        ("access-control-request-method", "PUT"),
        ("access-control-request-headers", "content-range"),
    ];
    let allowed = net.http(Method::OPTIONS, "/blobs/b", &preflight, "").await;
    assert_eq!(allowed.status, StatusCode::OK);
    assert_eq!(allowed.header("access-control-allow-origin"), Some("*"));
    let methods = allowed.header("access-control-allow-methods").expect("methods");
    assert!(["PUT", "GET", "HEAD", "DELETE"].iter().all(|method| methods.contains(method)));
    let got = net.http(Method::GET, "/blobs/b", &[("origin", "http://page")], "").await;
    let exposed = got.header("access-control-expose-headers").expect("exposed headers");
    for name in ["etag", "content-range", "x-upload-offset"] {
        assert!(exposed.contains(name), "{exposed}");
    }
}

#[tokio::test]
async fn blobs_of_a_chosen_folder_outlive_the_network() {
    let folder = tempfile::tempdir().expect("a folder");
    let config = || Config { blob_dir: Some(folder.path().to_owned()), ..Config::for_tests() };
    let net = Net::start_with(config()).await;
    put(&net, None, "lasting").await;
    put_part(&net).await;
    drop(net);
    let net = Net::start_with(config()).await;
    assert_eq!(get(&net, &[]).await.body, "lasting");
    let part = net.http(Method::HEAD, "/blobs/part", &[], "").await;
    assert_eq!(part.header("x-upload-offset"), Some("3"));
}

async fn put_part(net: &Net) {
    net.http(Method::PUT, "/blobs/part", &[("content-range", "bytes 0-2/9")], "abc").await;
}
