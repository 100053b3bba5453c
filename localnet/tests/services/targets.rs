//! Targets on their way: open, filled, audited, claimed; and how they are listed.

use crate::client::{Net, mask, violation};
use crate::models::publish;
use localnet::network::Config;
use rpc::proto::soma as proto;
use rpc::proto::soma::execution_error::ExecutionErrorKind as Failure;
use std::collections::BTreeSet;
use tonic::Code;
use wasm_core::address::{Address, ObjectId};
use wasm_core::digest::Checksum;
use wasm_core::keys::Keypair;
use wasm_core::manifest::{Manifest, SubmissionManifest};
use wasm_core::object::Object;
use wasm_core::target::{TargetStatus, TargetV1};
use wasm_core::tensor::SomaTensor;
use wasm_core::tx::TransactionKind;
use wasm_core::tx::kind::SubmitDataArgs;

async fn demo() -> Net {
    Net::start_with(Config { demo: true, ..Config::for_tests() }).await
}

async fn list(net: &Net, request: proto::ListTargetsRequest) -> Vec<proto::Target> {
    let mut all = Vec::new();
    let mut page_token = None;
    loop {
        let request = proto::ListTargetsRequest { page_token, ..request.clone() };
        let page = net.state().list_targets(request).await.expect("targets").into_inner();
        all.extend(page.targets);
        page_token = page.next_page_token;
        if page_token.is_none() {
            return all;
        }
    }
}

async fn with_status(net: &Net, status: &str) -> Vec<proto::Target> {
    let request = proto::ListTargetsRequest {
        status_filter: Some(status.to_owned()),
        page_size: Some(40),
        ..Default::default()
    };
    list(net, request).await
}

fn id_of(target: &proto::Target) -> ObjectId {
    ObjectId::parse_lenient(target.id.as_deref().expect("an id")).expect("an id")
}

/// The whole target, decoded from its object.
async fn whole(net: &Net, id: ObjectId) -> TargetV1 {
    let request = proto::GetObjectRequest {
        object_id: Some(id.to_string()),
        version: None,
        read_mask: mask(&["*"]),
    };
    let object = net.ledger().get_object(request).await.expect("found").into_inner().object;
    Object::try_from(&object.expect("an object")).expect("whole").target().expect("a target")
}

/// A winning submission of ten bytes, its bond paid from the gas coin.
async fn submit(net: &Net, key: &Keypair, target_id: ObjectId) -> Result<(), Failure> {
    let target = whole(net, target_id).await;
    let (bond_coin, _) = net.richest_coin(key.address()).await;
    let url = net.url("/blobs/data").parse().expect("a URL");
    let kind = TransactionKind::SubmitData(SubmitDataArgs {
        target_id,
        data_manifest: SubmissionManifest { manifest: Manifest::new(url, Checksum([1; 32]), 10) },
        model_id: target.model_ids[0],
        embedding: target.embedding.clone(),
        distance_score: SomaTensor::scalar(0.5),
        loss_score: SomaTensor::vector(vec![1.0]),
        bond_coin,
    });
    net.try_run(key, kind).await.map(drop)
}

async fn status_of(net: &Net, id: ObjectId) -> Result<String, Code> {
    let request = proto::GetTargetRequest { target_id: Some(id.to_string()), read_mask: None };
    let answer = net.state().get_target(request).await.map_err(|status| status.code())?;
    Ok(answer.into_inner().target.and_then(|target| target.status).expect("a status"))
}

#[tokio::test]
async fn a_target_is_filled_audited_and_claimed() {
    let net = demo().await;
    let (submitter, stranger) = (&net.network.accounts[4], &net.network.accounts[3]);
    let open = with_status(&net, "OPEN").await;
    assert_eq!(open.len(), 100);
    let id = id_of(&open[7]);
    assert_eq!(submit(&net, submitter, id).await, Ok(()));
    assert_eq!(submit(&net, submitter, id).await, Err(Failure::TargetNotOpen));
    assert_eq!(status_of(&net, id).await.as_deref(), Ok("filled"));
    assert_eq!(with_status(&net, "open").await.len(), 100, "another one took its place");
    let filled = with_status(&net, "filled").await;
    assert_eq!(filled.iter().map(id_of).collect::<Vec<_>>(), [id]);
    let of_submitter = proto::ListTargetsRequest {
        submitter_filter: Some(submitter.address().to_string()),
        read_mask: mask(&["submitter", "bond_amount", "data_url", "fill_epoch"]),
        ..Default::default()
    };
    let seen = list(&net, of_submitter).await;
    assert_eq!(seen.len(), 1);
    assert_eq!(seen[0].submitter, Some(submitter.address().to_bare_hex()));
    assert_eq!((seen[0].bond_amount, seen[0].fill_epoch), (Some(650), Some(0)));
    assert_eq!(seen[0].data_url, Some(net.url("/blobs/data")));

    let claim = TransactionKind::ClaimRewards { target_id: id };
    let early = net.try_run(stranger, claim.clone()).await.map(drop);
    assert_eq!(early, Err(Failure::ChallengeWindowOpen));
    net.advance_epoch().await;
    assert_eq!(with_status(&net, "filled").await.len(), 1, "under audit");
    assert_eq!(with_status(&net, "expired").await.len(), 100);
    net.advance_epoch().await;
    let claimable = with_status(&net, "claimable").await;
    assert_eq!(claimable.len(), 201);
    assert!(claimable.iter().all(|it| it.status.as_deref() == Some("claimable")));
    let expired = with_status(&net, "Expired").await;
    assert!(expired.iter().all(|it| it.status.as_deref() == Some("claimable")));
    assert_eq!(with_status(&net, "filled").await[0].status.as_deref(), Some("claimable"));
    assert_eq!(status_of(&net, id).await.as_deref(), Ok("filled"), "only listings count time");

    let before = net.balance(submitter.address()).await;
    let reward = whole(&net, id).await.reward_pool;
    let owner = whole(&net, id).await.winning_model_owner.expect("an owner");
    let owned_before = net.balance(owner).await;
    net.run(stranger, claim.clone()).await;
    let share = |bps: u64| reward * bps / 10_000;
    let won = reward - share(4_975) - share(50);
    assert_eq!(net.balance(submitter.address()).await, before + won + 650);
    assert_eq!(net.balance(owner).await, owned_before + share(4_975));
    assert_eq!(status_of(&net, id).await, Err(Code::NotFound), "it is gone");
    let again = net.try_run(stranger, claim).await.map(drop);
    assert_eq!(again, Err(Failure::InputObjectDeleted));
    assert!(with_status(&net, "claimed").await.is_empty());
}

#[tokio::test]
async fn a_quorum_of_reports_takes_the_bond() {
    let net = demo().await;
    let (submitter, stranger) = (&net.network.accounts[4], &net.network.accounts[3]);
    let id = id_of(&with_status(&net, "open").await[0]);
    assert_eq!(submit(&net, submitter, id).await, Ok(()));
    let report = TransactionKind::ReportSubmission { target_id: id };
    let validators: Vec<&Keypair> =
        net.network.validators.iter().map(|validator| &validator.account).collect();
    let early = net.try_run(validators[0], report.clone()).await.map(drop);
    assert_eq!(early, Err(Failure::ChallengeWindowClosed));
    net.advance_epoch().await;
    assert_eq!(net.try_run(stranger, report.clone()).await.map(drop), Err(Failure::NotAValidator));
    for validator in &validators {
        net.run(validator, report.clone()).await;
    }
    net.run(validators[0], TransactionKind::UndoReportSubmission { target_id: id }).await;
    assert_eq!(whole(&net, id).await.submission_reports.len(), 3);
    net.advance_epoch().await;
    let late = net.try_run(validators[0], report).await.map(drop);
    assert_eq!(late, Err(Failure::ChallengeWindowClosed));
    let sum = async || {
        let mut sum = 0;
        for validator in &validators[1..] {
            sum += net.balance(validator.address()).await;
        }
        sum
    };
    let before = (sum().await, net.balance(submitter.address()).await);
    net.run(stranger, TransactionKind::ClaimRewards { target_id: id }).await;
    assert_eq!((sum().await, net.balance(submitter.address()).await), (before.0 + 650, before.1));
}

#[tokio::test]
async fn ids_of_targets_lose_their_leading_zeros() {
    let net = demo().await;
    let listed = with_status(&net, "open").await;
    let mut short = 0;
    for target in &listed {
        let text = target.id.as_deref().expect("an id");
        assert!(text.starts_with("0x") && !text.starts_with("0x0"), "{text}");
        short += usize::from(text.len() < 66);
    }
    assert!(short > 0, "one of sixteen begins with a zero");
    let known: BTreeSet<ObjectId> = listed.iter().map(id_of).collect();
    assert_eq!(known, net.network.node().ledger().targets().map(|(id, _)| id).collect());
}

#[tokio::test]
async fn a_page_of_targets_ends_at_half_a_mebibyte_and_its_token_is_bound_to_its_filters() {
    let net = Net::start_with(Config { embedding_dim: None, ..Config::for_tests() }).await;
    publish(&net, &net.network.accounts[0], 2_048).await;
    net.advance_epoch().await;
    let request = proto::ListTargetsRequest {
        status_filter: Some("open".to_owned()),
        page_size: Some(u32::MAX),
        read_mask: mask(&["id", "embedding"]),
        ..Default::default()
    };
    let first = net.state().list_targets(request.clone()).await.expect("a page").into_inner();
    // 64 of them have 8,192 bytes of embedding each and reach the limit, with ids a little earlier.
    assert!((60..=64).contains(&first.targets.len()), "{}", first.targets.len());
    let page_token = first.next_page_token;
    let rest = proto::ListTargetsRequest { page_token: page_token.clone(), ..request.clone() };
    let rest = net.state().list_targets(rest).await.expect("a page").into_inner();
    assert_eq!((first.targets.len() + rest.targets.len(), rest.next_page_token), (100, None));

    for other in [
        proto::ListTargetsRequest { status_filter: None, ..request.clone() },
        proto::ListTargetsRequest { epoch_filter: Some(2), ..request.clone() },
        proto::ListTargetsRequest { submitter_filter: Some("0x1".into()), ..request.clone() },
    ] {
        let other = proto::ListTargetsRequest { page_token: page_token.clone(), ..other };
        let refused = net.state().list_targets(other).await.expect_err("other filters");
        let text = "page_token parameters do not match request filters";
        let expected = ("page_token".into(), text.into(), "FIELD_INVALID".into());
        assert_eq!(violation(&refused), expected);
    }
    let default = proto::ListTargetsRequest { page_size: Some(0), ..Default::default() };
    let one = net.state().list_targets(default).await.expect("a page").into_inner();
    assert_eq!(one.targets.len(), 1, "at least one");
    let shown = &one.targets[0];
    assert!(shown.status.is_some() && shown.reward_pool.is_some());
    assert!(shown.distance_threshold.is_none() && shown.embedding.is_empty());
}

#[tokio::test]
async fn a_target_is_no_coin_and_a_coin_no_target() {
    let net = demo().await;
    let (coin, _) = net.richest_coin(net.network.accounts[0].address()).await;
    let ask = |id: String| proto::GetTargetRequest { target_id: Some(id), read_mask: None };
    let refused = net.state().get_target(ask(coin.id.to_string())).await.expect_err("a coin");
    let text = format!("Object {} is not a Target (type: Coin)", coin.id);
    assert_eq!((refused.code(), refused.message()), (Code::InvalidArgument, text.as_str()));
    let absent = net.state().get_target(ask("0x77".into())).await.expect_err("nothing");
    assert_eq!(absent.code(), Code::NotFound);
    let none = proto::GetTargetRequest::default();
    let refused = net.state().get_target(none).await.expect_err("no id");
    assert_eq!(violation(&refused).2, "FIELD_MISSING");
    let filter =
        proto::ListTargetsRequest { status_filter: Some("broken".into()), ..Default::default() };
    let refused = net.state().list_targets(filter).await.expect_err("no such status");
    let text = "invalid status_filter: 'broken'. Must be 'open', 'filled', 'claimed', 'expired', \
                or 'claimable'";
    let expected = ("status_filter".into(), text.into(), "FIELD_INVALID".into());
    assert_eq!(violation(&refused), expected);

    let id = id_of(&with_status(&net, "open").await[0]);
    let request = proto::GetTargetRequest { target_id: Some(id.to_bare_hex()), read_mask: None };
    let shown = net.state().get_target(request).await.expect("found").into_inner().target;
    let shown = shown.expect("a target");
    assert!(shown.distance_threshold.is_some() && shown.generation_epoch == Some(0));
    assert!(shown.embedding.is_empty() && shown.model_ids.is_empty());
    assert_eq!(whole(&net, id).await.status, TargetStatus::Open);
    assert!(net.balance(Address([1; 32])).await == 0);
}
