//! A network with life in it from the start: everything that is said of its models is true.

use crate::client::Net;
use http::{Method, StatusCode};
use localnet::network::{Config, Network, StartError};
use rpc::proto::soma as proto;
use wasm_core::address::ObjectId;
use wasm_core::digest::{EmbeddingCommitment, blake2b256};
use wasm_core::safetensors::HeaderReader;
use wasm_core::selection::{Candidate, select_models};
use wasm_core::system_state::{ActiveModel, ModelStateV1};
use wasm_core::weights::Opener;

fn demo() -> Config {
    Config { demo: true, embedding_dim: None, ..Config::for_tests() }
}

fn active_models(net: &Net) -> Vec<(ObjectId, ActiveModel)> {
    let ledger = net.network.node().ledger();
    let models = ledger.system_state().model_registry.models.iter();
    models
        .map(|(id, model)| match model.state() {
            ModelStateV1::Active(model) => (*id, model.clone()),
            _ => panic!("all models of the genesis are active"),
        })
        .collect()
}

#[tokio::test]
async fn the_models_weights_are_what_their_manifests_say_and_open_with_their_keys() {
    let net = Net::start_with(demo()).await;
    let models = active_models(&net);
    assert_eq!(models.len(), 6);
    for (id, model) in models {
        let fetched = net.http(Method::GET, &format!("/model/{id}"), &[], "").await;
        assert_eq!(fetched.status, StatusCode::OK);
        let mut file = fetched.body.to_vec();
        assert_eq!(model.weights_commitment.0, blake2b256(&[&file]));
        let mut opener = Opener::new(&model.decryption_key, model.manifest.clone());
        opener.update(&mut file).expect("no longer than its manifest says");
        let verified = opener.finish().expect("the file of the manifest");
        assert_eq!(verified.manifest(), &model.manifest);
        let mut reader = HeaderReader::new(file.len() as u64).expect("long enough");
        while let Some(range) = reader.wanted() {
            let at = |end: u64| usize::try_from(end).expect("small");
            reader.take(&file[at(range.start)..at(range.end)]).expect("a header");
        }
        let header = reader.finish().expect("weights");
        assert_eq!(header.tensors().len(), 37);
        assert_eq!(model.embedding_commitment, EmbeddingCommitment::of(&model.embedding));
        assert_eq!(model.embedding.values().len(), 16);
        assert_eq!(model.decryption_key_commitment.0, blake2b256(&[&model.decryption_key.0]));

        // Where the manifest says, as well.
        let url = model.manifest.url().to_string();
        let path = url.strip_prefix(&net.network.rpc_url).expect("in this network's store");
        assert_eq!(net.http(Method::GET, path, &[], "").await.body, fetched.body);
    }
}

#[tokio::test]
async fn targets_are_open_and_drawn_to_the_nearest_models() {
    let net = Net::start_with(demo()).await;
    let request = proto::ListTargetsRequest {
        status_filter: Some("open".to_owned()),
        page_size: Some(1_000),
        ..Default::default()
    };
    let listed = net.state().list_targets(request).await.expect("targets").into_inner().targets;
    assert_eq!(listed.len(), 100);
    let models = active_models(&net);
    let candidates: Vec<Candidate<'_>> = models
        .iter()
        .map(|(id, model)| Candidate {
            id: *id,
            embedding: model.embedding.values(),
            stake: model.staking_pool.soma_balance,
        })
        .collect();
    let ledger = net.network.node().ledger();
    let mut drawn = std::collections::BTreeSet::new();
    for (_, target) in ledger.targets() {
        assert_eq!(target.model_ids, select_models(target.embedding.values(), &candidates, 3));
        assert!(target.reward_pool > 0);
        drawn.extend(target.model_ids);
    }
    assert!(drawn.len() > 3, "not always the same three: {drawn:?}");
}

#[tokio::test]
async fn there_are_validators_owners_and_accounts_and_life_goes_on() {
    let net = Net::start_with(demo()).await;
    assert_eq!(net.network.validators.len(), 4);
    assert_eq!(net.network.models.len(), 6);
    let owners: std::collections::BTreeSet<_> =
        active_models(&net).into_iter().map(|(_, model)| model.owner).collect();
    assert_eq!(owners.len(), 3);
    for key in &net.network.accounts[..3] {
        assert!(owners.contains(&key.address()), "an owner whose key is printed");
        assert_eq!(net.owned(key.address(), "StakedSoma").await.len(), 2);
    }
    net.advance_epoch().await;
    let targets = net.network.node().ledger().targets().count();
    assert_eq!(targets, 200, "a hundred expired, and as many new ones");
}

#[tokio::test]
async fn a_demo_has_models_of_one_width_only() {
    let refused = Network::start(Config { embedding_dim: Some(32), ..demo() }).await;
    assert!(matches!(refused, Err(StartError::DemoWidth(32))));
    let none = Network::start(Config { validators: Some(0), ..Config::for_tests() }).await;
    assert!(matches!(none, Err(StartError::Validators(0))));
}

#[tokio::test]
async fn without_accounts_the_faucet_owns_the_models() {
    let net = Net::start_with(Config { accounts: 0, ..demo() }).await;
    assert_eq!(active_models(&net).len(), 6);
}
