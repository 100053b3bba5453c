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

async fn create(net: &Net, owner: &Keypair) -> ObjectId {
    let kind = TransactionKind::CreateModel {
        stake_amount: 1_000_000_000,
        commission_rate: 500,
        architecture_version: 1,
    };
    let executed = net.run(owner, kind).await;
    let digest: TransactionDigest = executed.digest.expect("a digest").parse().expect("Base58");
    ObjectId::derive(&digest, 0)
}

fn embedding() -> SomaTensor {
    SomaTensor::vector((0..16).map(|n| 0.5 - n as f32 / 16.0).collect())
}

async fn commit(net: &Net, owner: &Keypair, model_id: ObjectId, manifest: Manifest) {
    let embedding = bcs::to_bytes(&embedding()).expect("BCS");
    let kind = TransactionKind::CommitModel(CommitModelArgs {
        model_id,
        weights_commitment: WeightsCommitment(manifest.checksum().0),
        manifest,
        embedding_commitment: EmbeddingCommitment(blake2b256(&[&embedding])),
        decryption_key_commitment: DecryptionKeyCommitment(blake2b256(&[&KEY])),
    });
    net.run(owner, kind).await;
}

fn manifest(net: &Net, name: &str, checksum: [u8; 32]) -> Manifest {
    let url = net.url(&format!("/blobs/{name}")).parse().expect("a URL");
    Manifest::new(url, Checksum(checksum), WEIGHTS.len() as u64)
}

async fn state_of(net: &Net, id: ObjectId) -> String {
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
        embedding: embedding(),
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
