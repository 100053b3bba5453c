//! Questions and answers, without a network: what is asked, and what is made of good and of broken answers.

use super::{Carrier, HttpAnswer, Indexer, IndexerError, MOST_AT_ONCE};
use futures::executor::block_on;
use proptest::prelude::*;
use serde_json::{Value, json};
use std::cell::RefCell;
use std::collections::VecDeque;
use std::future::{Future, pending, ready};
use std::rc::Rc;
use std::time::Duration;
use wasm_core::address::{Address, ObjectId};
use wasm_core::amount::Shannons;
use wasm_core::digest::TransactionDigest;
use wasm_core::indexer::chain_of_summary;

/// Gives prepared answers in their order, and keeps what was asked. Silent when it has no more.
#[derive(Clone, Default)]
struct Prepared {
    answers: Rc<RefCell<VecDeque<Result<HttpAnswer, IndexerError>>>>,
    asked: Rc<RefCell<Vec<Value>>>,
    /// Whether time passes.
    impatient: bool,
}

impl Carrier for Prepared {
    async fn post(&self, json: String) -> Result<HttpAnswer, IndexerError> {
        let question = serde_json::from_str(&json).expect("questions are JSON");
        self.asked.borrow_mut().push(question);
        let answer = self.answers.borrow_mut().pop_front();
        match answer {
            Some(answer) => answer,
            None => pending().await,
        }
    }

    fn sleep(&self, _: Duration) -> impl Future<Output = ()> {
        let now = self.impatient;
        async move { if now { ready(()).await } else { pending().await } }
    }
}

fn text(status: u16, body: &str) -> Result<HttpAnswer, IndexerError> {
    Ok(HttpAnswer { status, body: body.as_bytes().to_vec() })
}

fn answering(answers: impl IntoIterator<Item = Value>) -> (Indexer<Prepared>, Prepared) {
    let prepared = Prepared::default();
    for answer in answers {
        prepared.answers.borrow_mut().push_back(text(200, &answer.to_string()));
    }
    (Indexer::new(prepared.clone()), prepared)
}

fn address(byte: u8) -> Address {
    Address([byte; 32])
}

fn digest(byte: u8) -> String {
    TransactionDigest([byte; 32]).to_string()
}

fn transaction(byte: u8) -> Value {
    json!({
        "digest": digest(byte), "sequenceNumber": "41", "kind": "Transfer", "sender": address(7).to_string(),
        "epoch": "3", "timestamp": "2026-03-23T21:24:05.123+00:00",
    })
}

fn page(nodes: &Value, next: Option<&str>) -> Value {
    json!({ "nodes": nodes, "pageInfo": { "hasNextPage": next.is_some(), "endCursor": next } })
}

fn target() -> Value {
    json!({
        "targetId": address(1).to_string(), "checkpointSequenceNumber": "9", "epoch": "2", "status": "filled",
        "submitter": address(2).to_string(), "winningModelId": address(3).to_string(),
        "winningModelOwner": address(4).to_string(), "rewardPool": "5000000000", "bondAmount": "17",
        "winningDistanceScore": 0.25, "winningLossScore": 1.5, "fillEpoch": "2", "distanceThreshold": 0.5,
        "modelIds": [address(3).to_string()], "winningDataUrl": "https://data.example/1",
        "winningDataSize": "4096", "reporters": [], "reward": {
            "targetId": address(1).to_string(), "checkpointSequenceNumber": "30", "epoch": "4",
            "txDigest": digest(8), "balances": [
                { "recipient": address(2).to_string(), "amount": "2500000000" },
                { "recipient": address(5).to_string(), "amount": "-1600" },
            ],
        },
    })
}

#[test]
fn what_an_address_sent_is_asked_for_and_read_part_by_part() {
    let first = json!({ "data": { "transactions": page(&json!([transaction(1)]), Some("41")) } });
    let last = json!({ "data": { "transactions": page(&json!([]), None) } });
    let (indexer, prepared) = answering([first, last]);
    let part = block_on(indexer.sent(address(7), None)).unwrap();
    assert_eq!(part.next.as_deref(), Some("41"));
    let [one] = part.items.as_slice() else { panic!("{part:?}") };
    let told = one.told.as_ref().unwrap();
    assert_eq!((one.number, told.kind.as_str(), told.epoch), (41, "Transfer", 3));
    assert_eq!((told.sender, told.at_ms), (address(7), 1_774_301_045_123));
    assert!(block_on(indexer.sent(address(7), Some("41"))).unwrap().items.is_empty());
    let asked = prepared.asked.borrow();
    assert_eq!(asked[0]["variables"]["sender"], address(7).to_bare_hex());
    assert_eq!(asked[0]["variables"]["first"], MOST_AT_ONCE);
    assert_eq!(asked[0]["variables"]["after"], Value::Null);
    assert_eq!(asked[1]["variables"]["after"], "41");
}

#[test]
fn an_empty_part_that_says_there_is_more_is_the_last() {
    let empty = json!({ "data": { "transactions": page(&json!([]), Some("again")) } });
    let (indexer, _) = answering([empty]);
    assert_eq!(block_on(indexer.sent(address(7), None)).unwrap().next, None);
}

#[test]
fn transactions_that_touched_an_address_are_described_where_the_indexer_still_can() {
    let touched = json!([
        { "digest": digest(1), "sequenceNumber": "1" },
        { "digest": digest(2), "sequenceNumber": "2" },
    ]);
    let list = json!({ "data": { "address": { "transactions": page(&touched, None) } } });
    let mut described = serde_json::Map::new();
    for at in 0..20 {
        described.insert(format!("t{at}"), Value::Null);
    }
    described["t0"] = transaction(1);
    described["t0"]["status"] = json!("Failure");
    let (indexer, prepared) = answering([list, json!({ "data": described })]);
    let part = block_on(indexer.touched(address(7), None)).unwrap();
    assert_eq!(part.items[0].told.as_ref().unwrap().succeeded, Some(false));
    assert_eq!(part.items[1].told, None);
    let asked = &prepared.asked.borrow()[1]["variables"];
    assert_eq!(asked["d1"], digest(2));
    assert_eq!(asked["d19"], digest(1), "unused places are filled up");
}

#[test]
fn a_settled_target_is_read_with_every_shannon_of_its_reward() {
    let (indexer, _) = answering([
        json!({ "data": { "target": target() } }),
        json!({ "data": { "target": null } }),
    ]);
    let id = ObjectId([1; 32]);
    let found = block_on(indexer.target(id)).unwrap().unwrap();
    assert_eq!((found.id, found.reward, found.bond), (id, Shannons(5_000_000_000), Shannons(17)));
    let claim = found.claim.unwrap();
    assert_eq!(claim.balances, [(address(2), 2_500_000_000), (address(5), -1_600)]);
    assert_eq!(block_on(indexer.target(id)).unwrap(), None);
}

#[test]
fn every_version_of_a_target_counts_as_one_win() {
    let won = |checkpoint: &str| {
        json!({ "targetId": address(1).to_string(), "checkpointSequenceNumber": checkpoint, "status": "filled",
            "submitter": null, "rewardPool": "1", "fillEpoch": "2" })
    };
    let nodes = json!([won("9"), won("8")]);
    let (indexer, _) = answering([json!({ "data": { "targets": page(&nodes, None) } })]);
    let part = block_on(indexer.targets_won(ObjectId([3; 32]))).unwrap();
    assert_eq!(part.items.iter().map(|won| won.checkpoint).collect::<Vec<_>>(), [9]);
}

#[test]
fn an_indexer_is_of_the_chain_whose_first_summary_it_has() {
    let summary = [7; 150];
    let identity = bs58::encode(summary).into_string();
    let answer = |identity: &str| json!({ "data": { "chainIdentifier": identity, "availableRange": { "first": "0", "last": "12" } } });
    let (indexer, _) =
        answering([answer(&identity), answer(&identity), answer("unknown"), answer("0OIl")]);
    let own = chain_of_summary(&summary);
    assert_eq!(block_on(indexer.check_chain(own)).unwrap().last, 12);
    let other = chain_of_summary(&[8; 150]);
    let refused = block_on(indexer.check_chain(other)).unwrap_err();
    assert_eq!(refused, IndexerError::OtherChain { expected: other, actual: own });
    assert_eq!(block_on(indexer.check_chain(own)).unwrap_err(), IndexerError::Unidentified);
    let refused = block_on(indexer.check_chain(own)).unwrap_err();
    assert!(matches!(refused, IndexerError::Shape { path, .. } if path == "chainIdentifier"));
}

#[test]
fn a_number_too_large_for_an_identity_is_not_even_looked_at() {
    let data = json!({ "chainIdentifier": "z".repeat(1_000_000), "availableRange": null });
    let (indexer, _) = answering([json!({ "data": data })]);
    let refused = block_on(indexer.check_chain(chain_of_summary(&[1]))).unwrap_err();
    assert!(matches!(refused, IndexerError::Shape { .. }));
}

#[test]
fn what_is_not_as_the_schema_says_is_named_with_its_place() {
    let broken = |path: &[&str], value: Value| {
        let mut answer = target();
        let mut at = &mut answer;
        for name in path {
            at = &mut at[*name];
        }
        *at = value;
        let (indexer, _) = answering([json!({ "data": { "target": answer } })]);
        block_on(indexer.target(ObjectId([1; 32]))).unwrap_err()
    };
    for (path, value, at) in [
        (&["rewardPool"][..], json!(5_000_000_000_u64), "target.rewardPool"),
        (&["rewardPool"], json!("5e9"), "target.rewardPool"),
        (&["rewardPool"], json!("-1"), "target.rewardPool"),
        (&["rewardPool"], json!("9223372036854775808"), "target.rewardPool"),
        (&["rewardPool"], Value::Null, "target.rewardPool"),
        (&["targetId"], json!("0xzz"), "target.targetId"),
        (&["targetId"], json!(address(9).to_string()), "target.targetId"),
        (&["modelIds"], json!({}), "target.modelIds"),
        (&["modelIds"], json!([1]), "target.modelIds[0]"),
        (&["winningDistanceScore"], json!("0.25"), "target.winningDistanceScore"),
        (&["reward"], json!([]), "target.reward"),
        (
            &["reward", "balances"],
            json!([{ "amount": "1" }]),
            "target.reward.balances[0].recipient",
        ),
        (&["reward", "txDigest"], json!("0"), "target.reward.txDigest"),
        (&["status"], json!(3), "target.status"),
    ] {
        match broken(path, value.clone()) {
            IndexerError::Shape { path, .. } => assert_eq!(path, at, "{value}"),
            other => panic!("{value} at {at}: {other}"),
        }
    }
}

#[test]
fn a_field_that_is_left_out_is_not_taken_for_null() {
    let mut answer = target();
    answer.as_object_mut().unwrap().remove("submitter");
    let (indexer, _) = answering([json!({ "data": { "target": answer } })]);
    let refused = block_on(indexer.target(ObjectId([1; 32]))).unwrap_err();
    assert!(matches!(refused, IndexerError::Shape { path, .. } if path == "target.submitter"));
}

#[test]
fn errors_of_the_indexer_are_passed_on_even_beside_data() {
    let long = "x".repeat(5_000);
    let (indexer, prepared) = answering([json!({
        "data": { "networkMetrics": null },
        "errors": [{ "message": "Query is too complex." }, { "message": long }, {}, { "message": "4" }],
    })]);
    let Err(IndexerError::Refused(said)) = block_on(indexer.totals()) else { panic!() };
    assert_eq!(said.len(), 3);
    assert_eq!((said[0].as_str(), said[1].len()), ("Query is too complex.", 200));
    prepared.answers.borrow_mut().push_back(text(400, r#"{"errors":[]}"#));
    assert!(
        matches!(block_on(indexer.totals()), Err(IndexerError::Refused(said)) if said.len() == 1)
    );
}

#[test]
fn what_is_no_answer_of_graphql_is_told_from_one() {
    for (answer, wanted) in [
        (text(404, "not here"), IndexerError::Status(404)),
        (text(502, "<html>"), IndexerError::Status(502)),
        (text(500, r#"{"data":{}}"#), IndexerError::Status(500)),
        (text(200, r#"{"data":null}"#), IndexerError::Garbage("it has no data".to_owned())),
        (text(200, "[]"), IndexerError::Garbage("it has no data".to_owned())),
        (Err(IndexerError::TooLong), IndexerError::TooLong),
    ] {
        let (indexer, prepared) = answering([]);
        prepared.answers.borrow_mut().push_back(answer);
        assert_eq!(block_on(indexer.totals()).unwrap_err(), wanted);
    }
    for body in ["", "{", "<!doctype html>", "\u{feff}{}", r#"{"data":"#] {
        let (indexer, prepared) = answering([]);
        prepared.answers.borrow_mut().push_back(text(200, body));
        assert!(matches!(block_on(indexer.totals()), Err(IndexerError::Garbage(_))), "{body}");
    }
    // Nesting that would exhaust the stack is refused by the reader of JSON.
    let (indexer, prepared) = answering([]);
    prepared.answers.borrow_mut().push_back(text(200, &"[".repeat(100_000)));
    assert!(matches!(block_on(indexer.totals()), Err(IndexerError::Garbage(_))));
}

proptest! {
    #[test]
    fn whatever_an_endpoint_answers_is_an_answer_or_an_error(body in prop::collection::vec(any::<u8>(), 0..400)) {
        let (indexer, prepared) = answering([]);
        prepared.answers.borrow_mut().push_back(Ok(HttpAnswer { status: 200, body }));
        prop_assert!(block_on(indexer.totals()).is_err());
    }

    #[test]
    fn a_good_answer_with_another_value_somewhere_never_breaks_anything(
        at in 0usize..32,
        other in prop_oneof![
            Just(Value::Null), Just(json!([])), Just(json!({})), any::<i64>().prop_map(|it| json!(it)),
            any::<f64>().prop_map(|it| json!(it)), ".{0,80}".prop_map(|it| json!(it)),
        ],
    ) {
        let mut answer = target();
        let fields = answer.as_object_mut().unwrap();
        let name = fields.keys().nth(at % fields.len()).unwrap().clone();
        fields.insert(name, other);
        let (indexer, _) = answering([json!({ "data": { "target": answer } })]);
        let _answer_or_error = block_on(indexer.target(ObjectId([1; 32])));
    }
}

#[test]
fn an_indexer_that_keeps_silent_is_not_waited_for_without_end() {
    let prepared = Prepared { impatient: true, ..Prepared::default() };
    let indexer = Indexer::new(prepared).patient_for(Duration::from_secs(3));
    let refused = block_on(indexer.totals()).unwrap_err();
    assert_eq!(refused, IndexerError::Timeout { seconds: 3 });
    assert!(refused.is_passing());
}

#[test]
fn an_epoch_that_the_indexer_lacks_has_no_economy_and_what_it_has_is_exact() {
    let aggregates = json!({ "data": {
        "epochState": null,
        "targetAggregates": { "totalCount": 3, "openCount": 1, "filledCount": 2, "claimedCount": 0,
            "totalRewardPool": "9223372036854775807" },
        "targetScoreAggregates": { "avgLossScore": null, "avgDistanceScore": 0.5, "totalDataSize": "10" },
        "modelAggregates": { "totalCount": 6, "activeCount": 5 },
        "rewardAggregates": { "totalCount": 1, "totalAmount": "-3" },
        "rewards": [target()["reward"]],
    } });
    let (indexer, prepared) = answering([aggregates]);
    let account = block_on(indexer.epoch(2)).unwrap();
    assert_eq!(account.economy, None);
    assert_eq!(account.targets.reward, Shannons(9_223_372_036_854_775_807));
    assert_eq!((account.claimed, account.rewards.len()), (-3, 1));
    assert_eq!(prepared.asked.borrow()[0]["variables"]["epoch"], 2);
}
