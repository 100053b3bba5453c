//! A model's way from deposit to service, and its bytes.

use crate::client::Net;
use http::{Method, StatusCode};
use wasm_core::address::ObjectId;
use wasm_core::digest::{
    Checksum, DecryptionKeyCommitment, EmbeddingCommitment, TransactionDigest, WeightsCommitment,
    blake2b256,
};
use wasm_core::keys::Keypair;
use wasm_core::manifest::Manifest;
use wasm_core::tensor::SomaTensor;
use wasm_core::tx::TransactionKind;
use wasm_core::tx::kind::{CommitModelArgs, RevealModelArgs};
use wasm_core::weights::DecryptionKey;

const WEIGHTS: &[u8] = b"sealed weights of a very small model";
const KEY: [u8; 32] = [7; 32];

pub(crate) async fn create(net: &Net, owner: &Keypair) -> ObjectId {
    let kind = TransactionKind::CreateModel {
        stake_amount: 1_000_000_000,
        commission_rate: 500,
        architecture_version: 1,
    };
    let executed = net.run(owner, kind).await;
    let digest: TransactionDigest = executed.digest.expect("a digest").parse().expect("Base58");
    ObjectId::derive(&digest, 0)
}

fn embedding(dimension: u16) -> SomaTensor {
    SomaTensor::vector((0..dimension).map(|n| 0.5 - f32::from(n) / 16.0).collect())
}

async fn commit(net: &Net, owner: &Keypair, model_id: ObjectId, manifest: Manifest) {
    let dimension = net.system_state().await.parameters.expect("parameters").target_embedding_dim;
    let dimension = u16::try_from(dimension.expect("a number")).expect("a small one");
    let embedding = bcs::to_bytes(&embedding(dimension)).expect("BCS");
    let kind = TransactionKind::CommitModel(CommitModelArgs {
        model_id,
        weights_commitment: WeightsCommitment(manifest.checksum().0),
        manifest,
        embedding_commitment: EmbeddingCommitment(blake2b256(&[&embedding])),
        decryption_key_commitment: DecryptionKeyCommitment(blake2b256(&[&KEY])),
    });
    net.run(owner, kind).await;
}

/// Creates a model and commits it.
pub(crate) async fn create_and_commit(net: &Net, owner: &Keypair) -> ObjectId {
    let model_id = create(net, owner).await;
    commit(net, owner, model_id, manifest(net, "weights", blake2b256(&[WEIGHTS]))).await;
    model_id
}

/// Creates and commits a model, and reveals it in the epoch after.
pub(crate) async fn publish(net: &Net, owner: &Keypair, dimension: u16) -> ObjectId {
    let model_id = create_and_commit(net, owner).await;
    net.advance_epoch().await;
    let kind = TransactionKind::RevealModel(RevealModelArgs {
        model_id,
        decryption_key: DecryptionKey(KEY),
        embedding: embedding(dimension),
    });
    net.run(owner, kind).await;
    model_id
}

fn manifest(net: &Net, name: &str, checksum: [u8; 32]) -> Manifest {
    let url = net.url(&format!("/blobs/{name}")).parse().expect("a URL");
    Manifest::new(url, Checksum(checksum), WEIGHTS.len() as u64)
}

pub(crate) async fn state_of(net: &Net, id: ObjectId) -> String {
    let registry = net.system_state().await.model_registry.expect("a registry");
    registry.models[&id.to_string()].state.clone().expect("a state")
}

#[tokio::test]
async fn a_model_is_created_committed_revealed_and_active() {
    let net = Net::start().await;
    let owner = &net.network.accounts[0];
    let put = net.http(Method::PUT, "/blobs/weights", &[], WEIGHTS).await;
    assert_eq!(put.status, StatusCode::CREATED);

    let model = create(&net, owner).await;
    assert_eq!(state_of(&net, model).await, "created");
    let path = format!("/model/{}", model.to_bare_hex());
    let none = net.http(Method::GET, &path, &[], "").await;
    assert_eq!(none.status, StatusCode::BAD_GATEWAY, "nothing was committed");

    commit(&net, owner, model, manifest(&net, "weights", blake2b256(&[WEIGHTS]))).await;
    assert_eq!(state_of(&net, model).await, "pending");
    assert_eq!(net.advance_epoch().await, 1);

    let kind = TransactionKind::RevealModel(RevealModelArgs {
        model_id: model,
        decryption_key: DecryptionKey(KEY),
        embedding: embedding(16),
    });
    net.run(owner, kind).await;
    assert_eq!(state_of(&net, model).await, "active");

    let fetched = net.http(Method::GET, &path, &[("origin", "http://page")], "").await;
    assert_eq!((fetched.status, &fetched.body[..]), (StatusCode::OK, WEIGHTS));
    assert_eq!(fetched.header("access-control-allow-origin"), Some("*"));

    assert_eq!(net.advance_epoch().await, 2);
    let request = rpc::proto::soma::ListTargetsRequest {
        status_filter: Some("Open".to_owned()),
        page_size: Some(30),
        ..Default::default()
    };
    let mut ids = std::collections::BTreeSet::new();
    let mut page_token = None;
    loop {
        let request = rpc::proto::soma::ListTargetsRequest { page_token, ..request.clone() };
        let page = net.state().list_targets(request).await.expect("targets").into_inner();
        ids.extend(page.targets.into_iter().map(|target| target.id));
        page_token = page.next_page_token;
        if page_token.is_none() {
            break;
        }
    }
    assert_eq!(ids.len(), 100, "an active model is drawn for targets");
}

#[tokio::test]
async fn bytes_that_are_not_the_manifests_break_off() {
    let net = Net::start().await;
    let owner = &net.network.accounts[0];
    net.http(Method::PUT, "/blobs/other", &[], WEIGHTS).await;
    let model = create(&net, owner).await;
    commit(&net, owner, model, manifest(&net, "other", [1; 32])).await;
    let path = format!("/model/{model}");
    net.get_or_break(&path).await.expect_err("the checksum is another");

    let missing = create(&net, owner).await;
    commit(&net, owner, missing, manifest(&net, "missing", blake2b256(&[WEIGHTS]))).await;
    let answer = net.http(Method::GET, &format!("/model/{missing}"), &[], "").await;
    assert_eq!(answer.status, StatusCode::BAD_GATEWAY);
}

/// A network with a committed model whose weights `WEIGHTS` lie at a URL.
async fn committed_at(url: impl Fn(&Net) -> String) -> (Net, String) {
    let net = Net::start().await;
    let owner = &net.network.accounts[0];
    net.http(Method::PUT, "/blobs/weights", &[], WEIGHTS).await;
    let model = create(&net, owner).await;
    let url = url(&net).parse().expect("a URL");
    let manifest = Manifest::new(url, Checksum(blake2b256(&[WEIGHTS])), WEIGHTS.len() as u64);
    commit(&net, owner, model, manifest).await;
    (net, format!("/model/{model}"))
}

#[tokio::test]
async fn weights_come_with_their_length_whole_or_in_parts() {
    let (net, path) = committed_at(|net| net.url("/blobs/weights")).await;
    let size = WEIGHTS.len();
    let get = async |headers: &[(&str, &str)]| net.http(Method::GET, &path, headers, "").await;
    let whole = get(&[]).await;
    assert_eq!((whole.status, &whole.body[..]), (StatusCode::OK, WEIGHTS));
    assert_eq!(whole.header("content-length"), Some(size.to_string().as_str()));
    assert_eq!(whole.header("accept-ranges"), Some("bytes"));
    let tag = whole.header("etag").expect("a tag").to_owned();
    assert_eq!(tag, format!("\"{}\"", hex::encode(blake2b256(&[WEIGHTS]))));
    let head = net.http(Method::HEAD, &path, &[], "").await;
    assert_eq!(head.header("content-length"), Some(size.to_string().as_str()));
    assert!(head.body.is_empty());

    for (range, part) in [("bytes=0-5", 0..6), ("bytes=7-", 7..size), ("bytes=-4", size - 4..size)]
    {
        let answer = get(&[("range", range), ("if-range", &tag), ("origin", "http://page")]).await;
        assert_eq!(answer.status, StatusCode::PARTIAL_CONTENT, "{range}");
        assert_eq!(answer.body, WEIGHTS[part.clone()], "{range}");
        let expected = format!("bytes {}-{}/{size}", part.start, part.end - 1);
        assert_eq!(answer.header("content-range"), Some(expected.as_str()));
        let length = part.len().to_string();
        assert_eq!(answer.header("content-length"), Some(length.as_str()));
        let exposed = answer.header("access-control-expose-headers").expect("exposed headers");
        for name in ["content-range", "accept-ranges", "etag", "content-length"] {
            assert!(exposed.contains(name), "{exposed}");
        }
    }
    let beyond = get(&[("range", &format!("bytes={size}-"))]).await;
    assert_eq!(beyond.status, StatusCode::RANGE_NOT_SATISFIABLE);
    assert_eq!(beyond.header("content-range"), Some(format!("bytes */{size}").as_str()));
    let other = get(&[("range", "bytes=7-"), ("if-range", "\"other\"")]).await;
    assert_eq!((other.status, &other.body[..]), (StatusCode::OK, WEIGHTS), "of another version");
    let known = get(&[("if-none-match", &tag)]).await;
    assert_eq!((known.status, known.body.len()), (StatusCode::NOT_MODIFIED, 0));
}

/// A server that knows nothing of ranges, and one that answers any range with the first bytes.
async fn two_bad_servers() -> String {
    use axum::routing::get;
    let deaf = get(async || WEIGHTS);
    let wrong = get(async || {
        let range = format!("bytes 0-2/{}", WEIGHTS.len());
        (StatusCode::PARTIAL_CONTENT, [("content-range", range)], &WEIGHTS[..3])
    });
    let router = axum::Router::new().route("/deaf", deaf).route("/wrong", wrong);
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let url = format!("http://{}", listener.local_addr().expect("bound"));
    tokio::spawn(async move { axum::serve(listener, router).await });
    url
}

#[tokio::test]
async fn a_part_is_cut_out_where_the_server_knows_no_ranges() {
    let url = two_bad_servers().await;
    let (net, path) = committed_at(|_| format!("{url}/deaf")).await;
    let part = net.http(Method::GET, &path, &[("range", "bytes=7-13")], "").await;
    assert_eq!((part.status, &part.body[..]), (StatusCode::PARTIAL_CONTENT, &WEIGHTS[7..14]));
    let whole = net.http(Method::GET, &path, &[], "").await;
    assert_eq!(whole.body, WEIGHTS);
}

#[tokio::test]
async fn another_part_than_was_asked_for_is_not_passed_on() {
    let url = two_bad_servers().await;
    let (net, path) = committed_at(|_| format!("{url}/wrong")).await;
    let part = net.http(Method::GET, &path, &[("range", "bytes=7-9")], "").await;
    assert_eq!(part.status, StatusCode::BAD_GATEWAY);
    assert!(String::from_utf8_lossy(&part.body).contains("another part"));
}

#[tokio::test]
async fn an_id_that_is_none_is_a_bad_request() {
    let net = Net::start().await;
    for route in ["model", "data"] {
        for id in ["5", "0x5", "xyz", &"0".repeat(63)] {
            let answer = net.http(Method::GET, &format!("/{route}/{id}"), &[], "").await;
            assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{route}/{id}");
            assert!(answer.body.starts_with(b"Invalid resource ID: "));
        }
        let unknown = net.http(Method::GET, &format!("/{route}/{}", "A".repeat(64)), &[], "").await;
        assert_eq!(unknown.status, StatusCode::BAD_GATEWAY);
    }
}
