//! Every read of the client against the local network: each sees what was just written, through every
//! page, across broken connections.

#![cfg(not(target_arch = "wasm32"))]

use futures::StreamExt;
use localnet::network::{Config, Network, RunningNetwork};
use rpc::native::{HttpFiles, NativeClient};
use rpc::{CheckpointKey, StatusFilter, TargetFilter};
use std::collections::BTreeSet;
use std::pin::pin;
use std::time::Duration;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinSet;
use wasm_core::address::{Address, ModelId, ObjectId, TargetId};
use wasm_core::download::{Download, DownloadError, Resource};
use wasm_core::keys::Keypair;
use wasm_core::listing::{ListedStatus, ListedTarget};
use wasm_core::manifest::{Manifest, SubmissionManifest, Url};
use wasm_core::model::ModelWeights;
use wasm_core::node::{RELEASE, check_release};
use wasm_core::object::{Object, ObjectRef, ObjectType};
use wasm_core::ports::{Chain, Coin, Executed};
use wasm_core::target::TargetStatus;
use wasm_core::tensor::SomaTensor;
use wasm_core::tx::kind::SubmitDataArgs;
use wasm_core::tx::{TransactionData, TransactionKind};
use wasm_core::weights::Measured;

const WAIT: Duration = Duration::from_secs(20);

async fn network() -> RunningNetwork {
    Network::start(Config { demo: true, ..Config::for_tests() }).await.expect("a network")
}

async fn richest(client: &NativeClient, owner: Address) -> Coin {
    let coins = client.coins(owner).await.expect("coins");
    coins.into_iter().max_by_key(|coin| coin.balance).expect("a coin")
}

async fn execute(
    client: &NativeClient,
    key: &Keypair,
    kind: TransactionKind,
    gas: ObjectRef,
) -> Executed {
    let signed = TransactionData::new(kind, key.address(), vec![gas]).sign(key);
    let executed = client.execute(&signed).await.expect("executed");
    assert_eq!(executed.failure, None);
    executed
}

/// Sends shannons from the richest coin.
async fn send(client: &NativeClient, key: &Keypair, recipient: Address, amount: u64) -> Executed {
    let coin = richest(client, key.address()).await.reference;
    let kind = TransactionKind::TransferCoin { coin, amount: Some(amount), recipient };
    execute(client, key, kind, coin).await
}

async fn advance(network: &RunningNetwork, epochs: u64) {
    let admin = NativeClient::connect(&network.admin_url);
    for _ in 0..epochs {
        admin.advance_epoch().await.expect("an epoch's end");
    }
}

#[tokio::test]
async fn a_node_is_of_the_release_that_the_wallet_speaks() {
    let network = network().await;
    let client = NativeClient::connect(&network.rpc_url);
    let info = client.node_info().await.unwrap();
    assert_eq!(info.service.chain_id, network.chain_id);
    assert_eq!(info.lowest_available_checkpoint, Some(0));
    assert_eq!(check_release(&info.service, RELEASE), Ok(()));
}

#[tokio::test]
async fn every_read_sees_what_was_just_written() {
    let network = network().await;
    let client = NativeClient::connect(&network.rpc_url);
    let (alice, bob) = (&network.accounts[0], Address([0xb0; 32]));
    let before = richest(&client, alice.address()).await.reference;
    assert_eq!(client.balance(bob).await.unwrap(), 0);
    let sent = send(&client, alice, bob, 12_345).await;

    let found = client.wait_for_transaction(sent.digest, WAIT).await.unwrap();
    let number = found.checkpoint.unwrap();
    assert_eq!(client.balance(bob).await.unwrap(), 12_345);
    let owned = client.owned(bob, None).await.unwrap();
    assert_eq!(owned.len(), 1);
    assert_eq!(owned[0].coin_balance(), Ok(12_345));
    assert_eq!(owned[0].previous_transaction, sent.digest);
    assert_eq!(client.owned(bob, Some(ObjectType::StakedSoma)).await.unwrap(), []);

    let after = client.object(before.id).await.unwrap().unwrap();
    assert!(after.data.version > before.version);
    let old = client.object_at(before.id, before.version).await.unwrap().unwrap();
    assert_eq!(old.reference().unwrap(), before);
    assert_eq!(client.object_at(before.id, after.data.version + 1).await.unwrap(), None);
    let asked = [
        (before.id, Some(before.version)),
        (ObjectId([0xee; 32]), None),
        (before.id, None),
        (ObjectId::SYSTEM_STATE, None),
    ];
    let many = client.objects(&asked).await.unwrap();
    assert_eq!(many[..3], [Some(old), None, Some(after)]);
    let state = many[3].as_ref().unwrap().system_state().unwrap();
    assert_eq!(state, client.system_state().await.unwrap());

    let details = client.transaction_details(sent.digest).await.unwrap().unwrap();
    assert_eq!((details.sender, details.executed.checkpoint), (alice.address(), Some(number)));
    assert!(matches!(
        details.kind,
        Some(TransactionKind::TransferCoin { amount: Some(12_345), recipient, .. }) if recipient == bob
    ));
    let unknown = wasm_core::digest::TransactionDigest([0xee; 32]);
    let many = client.transactions(&[unknown, sent.digest]).await.unwrap();
    assert_eq!(many, [None, Some(details.clone())]);

    let sealed = client.sealed_checkpoint(CheckpointKey::Number(number)).await.unwrap().unwrap();
    let [prologue, told] = sealed.checkpoint().transactions.as_slice() else {
        panic!("{:?}", sealed.checkpoint())
    };
    assert!(matches!(prologue.kind, Some(TransactionKind::ConsensusCommitPrologueV1(_))));
    assert_eq!((told.executed.digest, &told.kind), (sent.digest, &details.kind));
    let by_digest = client.sealed_checkpoint(CheckpointKey::Digest(sealed.digest())).await;
    assert_eq!(by_digest.unwrap().as_ref(), Some(&sealed));
    let newest = client.sealed_checkpoint(CheckpointKey::Newest).await.unwrap().unwrap();
    assert!(newest.summary().sequence_number >= number);
    let first = client.sealed_checkpoint(CheckpointKey::Number(0)).await.unwrap().unwrap();
    assert_eq!(first.digest(), network.chain_id);
    let genesis = &first.checkpoint().transactions[0];
    assert!(matches!(genesis.kind, Some(TransactionKind::Genesis(_))));
    assert_eq!(client.sealed_checkpoint(CheckpointKey::Number(9_999_999)).await.unwrap(), None);
}

#[tokio::test]
async fn owned_objects_come_from_every_page() {
    let network = network().await;
    let client = NativeClient::connect(&network.rpc_url);
    let (alice, bob) = (&network.accounts[0], Address([0xb0; 32]));
    let mut expected: BTreeSet<u64> = BTreeSet::new();
    for round in 0..5 {
        let amounts: Vec<u64> = (1..=250).map(|n| round * 250 + n).collect();
        expected.extend(&amounts);
        let coin = richest(&client, alice.address()).await.reference;
        let kind = TransactionKind::PayCoins {
            coins: vec![coin],
            recipients: vec![bob; amounts.len()],
            amounts: Some(amounts),
        };
        execute(&client, alice, kind, coin).await;
    }
    let balance = |object: &Object| object.coin_balance().unwrap();
    let all = client.owned(bob, Some(ObjectType::Coin)).await.unwrap();
    assert_eq!(all.iter().map(balance).collect::<BTreeSet<_>>(), expected);
    assert_eq!(all.len(), 1250);

    let (mut pages, mut seen, mut token) = (0, Vec::new(), None);
    loop {
        let page = client.owned_page(bob, None, 300, token.as_ref()).await.unwrap();
        assert!(page.items.len() <= 300);
        seen.extend(page.items.iter().map(balance));
        pages += 1;
        token = page.next;
        if token.is_none() {
            break;
        }
    }
    assert_eq!(pages, 5);
    // Poorest first, each once.
    assert!(seen.is_sorted() && seen.len() == 1250);
    let first = client.owned_page(bob, None, 300, None).await.unwrap().next;
    let other = client.owned_page(alice.address(), None, 300, first.as_ref()).await;
    assert!(other.is_err(), "a token of another question");
}

/// Data for an open target: the sealed weights of one of its models will do.
async fn fill(client: &NativeClient, key: &Keypair) -> (TargetId, ModelId, Manifest) {
    let filter = TargetFilter { status: Some(StatusFilter::Open), ..TargetFilter::default() };
    let open = client.targets(&filter).await.expect("targets").into_iter().next().expect("one");
    let model_id = *open.model_ids.first().expect("a model");
    let weights = client.model_weights(model_id).await.expect("an answer").expect("weights");
    let coin = richest(client, key.address()).await.reference;
    let kind = TransactionKind::SubmitData(SubmitDataArgs {
        target_id: open.id,
        data_manifest: SubmissionManifest { manifest: weights.manifest.clone() },
        model_id,
        embedding: SomaTensor::vector(open.embedding),
        distance_score: SomaTensor::scalar(0.0),
        loss_score: SomaTensor::vector(vec![0.5]),
        bond_coin: coin,
    });
    execute(client, key, kind, coin).await;
    (open.id, model_id, weights.manifest)
}

#[tokio::test]
async fn targets_are_listed_by_every_filter_and_read_whole() {
    let network = network().await;
    let client = NativeClient::connect(&network.rpc_url);
    let alice = &network.accounts[0];
    let (id, model, manifest) = fill(&client, alice).await;
    let listed = client.listed_target(id).await.unwrap().unwrap();
    assert_eq!((listed.status, listed.fill_epoch), (ListedStatus::Filled, Some(0)));
    assert_eq!(listed.submitter, Some(alice.address()));
    assert_eq!(listed.winning_model_id, Some(model));
    assert_eq!(listed.data_url.as_ref(), Some(manifest.url()));
    assert_eq!(listed.target_status(), TargetStatus::Filled { fill_epoch: 0 });
    let summary = client.target_summary(id).await.unwrap().unwrap();
    assert_eq!(ListedTarget { embedding: Vec::new(), ..listed.clone() }, summary);
    let whole = client.target(id).await.unwrap().unwrap();
    assert_eq!(whole.status, TargetStatus::Filled { fill_epoch: 0 });
    assert_eq!(whole.winning_data_manifest.unwrap().manifest, manifest);
    assert_eq!(whole.winning_loss_score, Some(SomaTensor::vector(vec![0.5])));
    assert_eq!(whole.winning_embedding.unwrap().values(), listed.embedding);
    assert_eq!(client.listed_target(ObjectId([0xee; 32])).await.unwrap(), None);
    assert_eq!(client.target_summary(ObjectId([0xee; 32])).await.unwrap(), None);
    assert_eq!(client.target(ObjectId([0xee; 32])).await.unwrap(), None);
    assert!(client.listed_target(ObjectId::SYSTEM_STATE).await.is_err());

    let ids = async |filter: TargetFilter| -> BTreeSet<TargetId> {
        let all = client.targets(&filter).await.unwrap();
        let rows = client.target_rows(&filter).await.unwrap();
        assert!(all.iter().map(|it| it.id).eq(rows.iter().map(|row| row.id)));
        let mut light = client.targets_without_embeddings(&filter).await.unwrap();
        for (target, whole) in light.iter_mut().zip(&all) {
            assert!(target.embedding.is_empty() && !whole.embedding.is_empty());
            target.embedding.clone_from(&whole.embedding);
        }
        assert_eq!(light, all);
        rows.into_iter().map(|row| row.id).collect()
    };
    let by = |status| TargetFilter { status: Some(status), ..TargetFilter::default() };
    let mine = TargetFilter { submitter: Some(alice.address()), ..TargetFilter::default() };
    assert_eq!(ids(mine).await, [id].into());
    assert_eq!(ids(by(StatusFilter::Filled)).await, [id].into());
    let open = ids(by(StatusFilter::Open)).await;
    let all = ids(TargetFilter::default()).await;
    assert_eq!(open.len() + 1, all.len());
    assert!(ids(by(StatusFilter::Claimable)).await.is_empty());

    advance(&network, 2).await;
    let expired = ids(by(StatusFilter::Expired)).await;
    assert!(open.is_subset(&expired) && !expired.contains(&id));
    let mut claimable = expired.clone();
    claimable.insert(id);
    assert_eq!(ids(by(StatusFilter::Claimable)).await, claimable);
    assert_eq!(ids(TargetFilter { epoch: Some(0), ..TargetFilter::default() }).await, all);
    let of_now = TargetFilter { epoch: Some(2), ..TargetFilter::default() };
    assert_eq!(ids(of_now).await, ids(by(StatusFilter::Open)).await);

    let coin = richest(&client, alice.address()).await.reference;
    execute(&client, alice, TransactionKind::ClaimRewards { target_id: id }, coin).await;
    assert_eq!(client.target(id).await.unwrap(), None);
}

#[tokio::test]
async fn more_than_a_thousand_targets_come_from_every_page() {
    let network = network().await;
    let client = NativeClient::connect(&network.rpc_url);
    let everything = TargetFilter::default();
    let first = client.target_rows(&everything).await.unwrap().len();
    assert!(first > 0, "the demo has open targets");
    let mut epochs = 0;
    while client.target_rows(&everything).await.unwrap().len() <= 1100 {
        advance(&network, 3).await;
        epochs += 3;
        assert!(epochs < 100, "targets are made when an epoch begins");
    }
    let rows = client.target_rows(&everything).await.unwrap();
    let whole = client.targets(&everything).await.unwrap();
    assert_eq!(rows.len(), whole.len());
    let ids: BTreeSet<_> = rows.iter().map(|row| row.id).collect();
    assert_eq!(ids.len(), rows.len());
    for (row, target) in rows.iter().zip(&whole) {
        assert_eq!((row.id, row.status), (target.id, target.status));
        assert_eq!(target.embedding.len(), 16);
    }
    let page = client.target_row_page(&everything, 1000, None).await.unwrap();
    assert!(page.items.len() <= 1000 && page.next.is_some());
    let page = client.target_summary_page(&everything, 1000, None).await.unwrap();
    assert!(page.items.len() <= 1000 && page.next.is_some());
    for (summary, target) in page.items.into_iter().zip(&whole) {
        assert_eq!(summary, ListedTarget { embedding: Vec::new(), ..target.clone() });
    }
    // A filter drops rows, and its pages are short.
    let now = TargetFilter { status: Some(StatusFilter::Open), ..everything };
    let (mut open, mut token) = (0, None);
    loop {
        let page = client.target_row_page(&now, 10, token.as_ref()).await.unwrap();
        open += page.items.len();
        token = page.next;
        if token.is_none() {
            break;
        }
    }
    assert_eq!(open, client.target_rows(&now).await.unwrap().len());
}

#[tokio::test]
async fn epochs_are_told_with_their_bounds_and_states() {
    let network = network().await;
    let client = NativeClient::connect(&network.rpc_url);
    let at_genesis = client.epoch(None).await.unwrap().unwrap();
    assert_eq!((at_genesis.epoch, at_genesis.last_checkpoint), (0, None));
    advance(&network, 2).await;
    let ended = client.epoch(Some(1)).await.unwrap().unwrap();
    let now = client.epoch(None).await.unwrap().unwrap();
    assert_eq!((now.epoch, now.end_ms), (2, None));
    assert_eq!(ended.last_checkpoint.map(|last| last + 1), now.first_checkpoint);
    assert!(ended.end_ms >= ended.start_ms && ended.end_ms.is_some());
    let committee = now.committee.unwrap();
    assert_eq!(committee.epoch, 2);
    assert_eq!(committee.voting_rights.iter().map(|(_, power)| power).sum::<u64>(), 10_000);
    assert_eq!(committee.authorities.len(), network.validators.len());
    assert_eq!(now.protocol_config.as_ref(), Some(&client.protocol_config().await.unwrap()));
    assert_eq!(client.epoch(Some(3)).await.unwrap(), None);

    for epoch in 0..=2 {
        let state = client.system_state_of(epoch).await.unwrap().unwrap();
        assert_eq!(state.as_v1().epoch, epoch);
        let registry = client.model_registry_of(epoch).await.unwrap();
        assert_eq!(registry.as_ref(), Some(&state.as_v1().model_registry));
    }
    let live = client.system_state().await.unwrap();
    assert_eq!(client.system_state_of(2).await.unwrap().as_ref(), Some(&live));
    assert_eq!(client.system_state_of(3).await.unwrap(), None);

    // The head of an epoch's last checkpoint names the next committee, and its digest covers it.
    let last = CheckpointKey::Number(ended.last_checkpoint.unwrap());
    let last = client.sealed_checkpoint(last).await.unwrap().unwrap();
    let next = last.summary().end_of_epoch_data.as_ref().unwrap();
    assert_eq!(next.next_epoch_validator_committee, committee);
    let kinds = last.checkpoint().transactions.iter().map(|one| one.kind.as_ref());
    assert!(kinds.flatten().any(|kind| matches!(kind, TransactionKind::ChangeEpoch(_))));
}

fn files() -> HttpFiles {
    HttpFiles::default()
}

#[tokio::test]
async fn weights_come_from_their_manifest_or_through_the_node_and_open() {
    let network = network().await;
    let client = NativeClient::connect(&network.rpc_url);
    let node: Url = network.rpc_url.parse().unwrap();
    let active = client.active_models().await.unwrap();
    assert_eq!(active.keys().copied().collect::<Vec<_>>(), network.models);
    let id = network.models[0];
    let ModelWeights { manifest, decryption_key } =
        client.model_weights(id).await.unwrap().unwrap();
    let key = decryption_key.expect("active models are revealed");

    let sealed = Download::new(files(), manifest.clone(), None, Resource::Model(id));
    let sealed = sealed.collect().await.unwrap();
    assert_eq!(sealed.len() as u64, manifest.size());
    assert_eq!(Measured::from(&manifest).checksum.0, wasm_core::digest::blake2b256(&[&sealed]));

    // The host is gone: the node has to do, from the middle of the file on.
    let gone = Manifest::new(
        "http://127.0.0.1:1/gone".parse().unwrap(),
        manifest.checksum(),
        manifest.size(),
    );
    let resource = Resource::Model(id);
    let mut opening = Download::opening(files(), gone.clone(), key, Some(&node), resource);
    let half = sealed.len() / 2;
    let mut opened = sealed[..half].to_vec();
    opening.resume_after(&mut opened).unwrap();
    let mut buffer = Vec::new();
    while let Some(position) = opening.next(&mut buffer).await.unwrap() {
        assert_eq!(position, opened.len() as u64, "no byte is fetched twice");
        opened.extend_from_slice(&buffer);
    }
    assert_eq!(opening.into_verified().unwrap().manifest(), &gone);
    let header = u64::from_le_bytes(*opened.first_chunk().unwrap());
    assert!(header < opened.len() as u64 && opened[8] == b'{', "a safetensors file");

    let nowhere = Download::new(files(), gone, None, resource).collect().await;
    assert!(matches!(nowhere, Err(DownloadError::NotToBeHad(_))));
}

#[tokio::test]
async fn submitted_data_comes_through_the_node() {
    let network = network().await;
    let client = NativeClient::connect(&network.rpc_url);
    let node: Url = network.rpc_url.parse().unwrap();
    let (id, _, manifest) = fill(&client, &network.accounts[0]).await;
    let gone = Manifest::new(
        "http://127.0.0.1:1/gone".parse().unwrap(),
        manifest.checksum(),
        manifest.size(),
    );
    let data = Download::new(files(), gone, Some(&node), Resource::Data(id)).collect().await;
    assert_eq!(data.unwrap().len() as u64, manifest.size());
}

/// A way to the node that can be cut.
struct Wire {
    url: String,
    cut: watch::Sender<u64>,
    _task: JoinSet<()>,
}

async fn wire(node: &str) -> Wire {
    let node = node.strip_prefix("http://").expect("a plain address").to_owned();
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let url = format!("http://{}", listener.local_addr().expect("an address"));
    let (cut, seen) = watch::channel(0);
    let mut task = JoinSet::new();
    task.spawn(async move {
        while let Ok((mut outside, _)) = listener.accept().await {
            let (node, mut seen) = (node.clone(), seen.clone());
            seen.mark_unchanged();
            tokio::spawn(async move {
                let mut inside = TcpStream::connect(node).await.expect("the node");
                tokio::select! {
                    _ = tokio::io::copy_bidirectional(&mut outside, &mut inside) => {}
                    _ = seen.changed() => {}
                }
            });
        }
    });
    Wire { url, cut, _task: task }
}

#[tokio::test]
async fn checkpoints_are_followed_across_cut_wires_without_gap_or_repetition() {
    let network = network().await;
    let client = NativeClient::connect(&network.rpc_url);
    let wire = wire(&network.rpc_url).await;
    let through = NativeClient::connect(&wire.url);
    let (through, cancel) = through.cancellable();
    let (alice, bob) = (&network.accounts[0], Address([0xb0; 32]));

    let mut stream = pin!(through.follow_checkpoints(0).fuse());
    let (mut expected, mut found, mut interruptions) = (Vec::new(), Vec::new(), 0);
    let mut next = 0;
    for round in 0..4_u64 {
        for amount in 1..=3 {
            let sent = send(&client, alice, bob, round * 10 + amount).await;
            expected.push(sent.digest);
            if amount == 2 {
                wire.cut.send(round + 1).expect("a wire");
            }
        }
        while found.len() < expected.len() {
            let item = tokio::time::timeout(WAIT, stream.next()).await.expect("in time");
            let checkpoint = match item.expect("it goes on") {
                Ok(checkpoint) => checkpoint,
                Err(error) => {
                    assert!(error.is_retryable(), "{error:?}");
                    interruptions += 1;
                    continue;
                }
            };
            assert_eq!(checkpoint.sequence_number, next);
            next += 1;
            let mine = checkpoint.transactions.iter().filter(|one| one.sender == alice.address());
            found.extend(mine.map(|one| one.executed.digest));
        }
    }
    assert_eq!(found, expected);
    assert!(interruptions > 0, "the wire was cut under an open stream");
    cancel.cancel();
    while let Some(item) = stream.next().await {
        assert!(item.is_ok());
    }
}

#[tokio::test]
async fn an_unknown_transaction_is_waited_for_no_longer_than_asked() {
    let network = network().await;
    let client = NativeClient::connect(&network.rpc_url);
    let unknown = wasm_core::digest::TransactionDigest([0xee; 32]);
    let error = client.wait_for_transaction(unknown, Duration::from_millis(500)).await;
    assert_eq!(error, Err(wasm_core::ports::ChainError::Timeout { seconds: 1 }));
}
