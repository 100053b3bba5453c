//! Sending, simulating, and being refused.

use crate::client::{Net, execute_request, mask, violation};
use localnet::network::Config;
use prost::Message as _;
use rpc::proto::google_rpc;
use rpc::proto::soma as proto;
use tokio_stream::StreamExt as _;
use tonic::Code;
use wasm_core::address::Address;
use wasm_core::digest::Checksum;
use wasm_core::keys::Keypair;
use wasm_core::manifest::{Manifest, SubmissionManifest};
use wasm_core::object::ObjectRef;
use wasm_core::tensor::SomaTensor;
use wasm_core::tx::kind::SubmitDataArgs;
use wasm_core::tx::{TransactionData, TransactionKind};

const SOMA: u64 = 1_000_000_000;
/// Base fee, two objects written, and 10 basis points of half a SOMA.
const FEE_OF_HALF_A_SOMA: u64 = 1_000 + 2 * 300 + SOMA / 2 / 1_000;

fn transfer(coin: ObjectRef, amount: u64, recipient: Address) -> TransactionKind {
    TransactionKind::TransferCoin { coin, amount: Some(amount), recipient }
}

fn number(value: Option<u64>) -> u64 {
    value.expect("a number")
}

#[tokio::test]
async fn coins_travel_from_the_faucet_to_a_stranger_with_exact_fees() {
    let net = Net::start().await;
    let (alice, bob) = (Keypair::derive(&[1; 32]), Keypair::derive(&[2; 32]).address());
    assert_eq!(net.balance(alice.address()).await, 0);
    let given = net.request_gas(alice.address()).await;
    let (coin, balance) = net.richest_coin(alice.address()).await;
    assert_eq!(balance, 2 * SOMA);
    assert_eq!(given.coins_sent.len(), 1);
    assert_eq!(
        (given.coins_sent[0].amount, &given.coins_sent[0].id),
        (2 * SOMA, &coin.id.to_string())
    );

    let wanted = mask(&["sequence_number", "transactions.digest", "transactions.checkpoint"]);
    let request = proto::SubscribeCheckpointsRequest { read_mask: wanted };
    let stream = net.subscription().subscribe_checkpoints(request).await.expect("a stream");

    let kind = transfer(coin, SOMA / 2, bob);
    let signed = TransactionData::new(kind, alice.address(), vec![coin]).sign(&alice);
    let paths = ["digest", "effects", "balance_changes", "objects.objects"];
    let executed = net.execute_with(&signed, &paths).await.expect("executed");
    let digest = signed.transaction.digest().to_string();
    assert_eq!(executed.digest.as_ref(), Some(&digest), "the real digest");
    let effects = executed.effects.as_ref().expect("effects");
    assert_eq!(effects.transaction_digest.as_ref(), Some(&digest));
    assert_eq!(effects.status.as_ref().and_then(|status| status.success), Some(true));
    let fee = effects.fee.as_ref().expect("a fee");
    assert_eq!(
        (number(fee.base_fee), number(fee.operation_fee), number(fee.value_fee)),
        (1_000, 600, 500_000)
    );
    assert_eq!(number(fee.total_fee), FEE_OF_HALF_A_SOMA);
    assert_eq!(executed.checkpoint, None, "an answer to execution names no checkpoint");
    let mut changes: Vec<(String, String)> = executed
        .balance_changes
        .iter()
        .map(|it| (it.address.clone().expect("whose"), it.amount.clone().expect("how much")))
        .collect();
    changes.sort_by_key(|(_, amount)| amount.starts_with('-'));
    let lost = SOMA / 2 + FEE_OF_HALF_A_SOMA;
    assert_eq!(
        changes,
        [
            (bob.to_bare_hex(), (SOMA / 2).to_string()),
            (alice.address().to_bare_hex(), format!("-{lost}"))
        ]
    );
    let objects = executed.objects.expect("objects").objects;
    assert!(objects.iter().all(|object| {
        object.object_id.as_ref().is_some_and(|id| id.len() == 66 && id.starts_with("0x"))
    }));

    let sealed = stream
        .into_inner()
        .map(|message| message.expect("a checkpoint").checkpoint.expect("a checkpoint"))
        .filter(|it| it.transactions.iter().any(|it| it.digest.as_ref() == Some(&digest)))
        .next()
        .await
        .expect("the stream goes on");
    let request = proto::GetTransactionRequest {
        digest: Some(digest.clone()),
        read_mask: mask(&["digest", "checkpoint", "timestamp", "effects.status"]),
    };
    let found = net.ledger().get_transaction(request).await.expect("found").into_inner();
    let found = found.transaction.expect("a transaction");
    assert_eq!((found.digest, found.checkpoint), (Some(digest), sealed.sequence_number));
    assert!(found.timestamp.is_some());
    assert_eq!(net.balance(bob).await, SOMA / 2);
    assert_eq!(net.balance(alice.address()).await, 2 * SOMA - lost);
}

#[tokio::test]
async fn the_same_transaction_again_has_the_same_effects() {
    let net = Net::start().await;
    let alice = &net.network.accounts[0];
    let (coin, _) = net.richest_coin(alice.address()).await;
    let kind = transfer(coin, 7, Address([9; 32]));
    let signed = TransactionData::new(kind, alice.address(), vec![coin]).sign(alice);
    let first = net.execute_with(&signed, &["effects"]).await.expect("executed");
    let again = net.execute_with(&signed, &["effects"]).await.expect("executed before");
    assert_eq!(first, again);
    assert_eq!(net.coins(Address([9; 32])).await.len(), 1);
}

#[tokio::test]
async fn a_stale_coin_is_refused_at_once_with_its_current_version() {
    let net = Net::start().await;
    let alice = &net.network.accounts[0];
    let (coin, _) = net.richest_coin(alice.address()).await;
    let send = |amount| {
        let kind = transfer(coin, amount, Address([9; 32]));
        TransactionData::new(kind, alice.address(), vec![coin]).sign(alice)
    };
    net.execute_with(&send(1), &["effects"]).await.expect("executed");
    let refused = net.execute_with(&send(2), &["effects"]).await.expect_err("stale");
    assert_eq!(refused.code(), Code::InvalidArgument);
    let current = coin.version + 1;
    let expected = format!(
        "Object ({}, Version({}), o#{}) is not available for consumption, its current version: Version({current})",
        coin.id, coin.version, coin.digest
    );
    assert!(refused.message().contains(&expected), "{}", refused.message());
    let details = google_rpc::Status::decode(refused.details()).expect("details");
    assert_eq!((details.code, details.message.as_str()), (3, refused.message()));
}

#[tokio::test]
async fn a_transaction_is_refused_for_what_is_wrong_with_it() {
    let net = Net::start().await;
    let (alice, bob) = (&net.network.accounts[0], &net.network.accounts[1]);
    let (coin, _) = net.richest_coin(alice.address()).await;
    let (second, _) = net.coins(alice.address()).await[0];
    let (foreign, _) = net.richest_coin(bob.address()).await;
    let unknown = ObjectRef { id: wasm_core::address::ObjectId([3; 32]), ..coin };
    let other_digest = ObjectRef { digest: foreign.digest, ..coin };
    let refs = [
        (vec![], "Gas payment error"),
        (vec![unknown], "Could not find the referenced object 0x0303"),
        (vec![other_digest], "Invalid Object digest for object"),
        (vec![foreign], "Transaction was not signed by the correct sender"),
        (vec![second, second], "duplicated ObjectRef"),
    ];
    for (gas, text) in refs {
        let kind = transfer(if gas.len() == 1 { gas[0] } else { coin }, 1, bob.address());
        let signed = TransactionData::new(kind, alice.address(), gas).sign(alice);
        let refused = net.execute_with(&signed, &["effects"]).await.expect_err(text);
        assert!(
            matches!(refused.code(), Code::InvalidArgument | Code::FailedPrecondition),
            "{refused:?}"
        );
        assert!(refused.message().contains(text), "{}", refused.message());
    }

    let honest =
        TransactionData::new(transfer(coin, 1, bob.address()), alice.address(), vec![coin]);
    let by_bob = honest.clone().sign(bob);
    let refused = net.execute_with(&by_bob, &["effects"]).await.expect_err("signed by another");
    assert_eq!(refused.code(), Code::InvalidArgument);
    assert!(refused.message().contains("Invalid user signature: Required Signature from"));

    let mut tampered = execute_request(&honest.clone().sign(alice), None);
    let kind = honest.sign(alice).transaction;
    let more = TransactionData::new(transfer(coin, 2, bob.address()), kind.sender(), vec![coin]);
    tampered.transaction = rpc::convert::transaction::transaction_to_proto(&more).ok();
    let refused = net.execution().execute_transaction(tampered.clone()).await.expect_err("forged");
    assert!(refused.message().contains("Invalid user signature: Signature is not valid"));

    tampered.signatures.clear();
    let refused = net.execution().execute_transaction(tampered).await.expect_err("unsigned");
    assert!(refused.message().contains("Expect 1 signer signatures but got 0"));
}

#[tokio::test]
async fn what_is_missing_in_a_transaction_is_named() {
    let net = Net::start().await;
    let alice = &net.network.accounts[0];
    let (coin, _) = net.richest_coin(alice.address()).await;
    let kind = transfer(coin, 1, Address([9; 32]));
    let signed = TransactionData::new(kind, alice.address(), vec![coin]).sign(alice);
    let mut request = execute_request(&signed, None);
    let kind = request.transaction.as_mut().and_then(|it| it.kind.as_mut()).expect("a kind");
    let Some(proto::transaction_kind::Kind::TransferCoin(transfer)) = &mut kind.kind else {
        panic!("a transfer");
    };
    transfer.coin = None;
    let refused = net.execution().execute_transaction(request).await.expect_err("no coin");
    assert_eq!(refused.code(), Code::InvalidArgument);
    let details = google_rpc::Status::decode(refused.details()).expect("details");
    assert_eq!(details.details[0].type_url, "/google.rpc.BadRequest");
    let violations = google_rpc::BadRequest::decode(details.details[0].value.as_slice());
    let violations = violations.expect("violations").field_violations;
    let description =
        "invalid transaction: error converting from protobuf: field: coin reason: FIELD_MISSING";
    assert_eq!(violations[0].field, "transaction");
    assert_eq!(violations[0].description, description);
    assert_eq!(violations[0].reason, "FIELD_INVALID");
    assert_eq!(refused.message(), description);
}

fn simulation(
    transaction: &TransactionData,
    paths: Option<&[&str]>,
) -> proto::SimulateTransactionRequest {
    let message = rpc::convert::transaction::transaction_to_proto(transaction);
    proto::SimulateTransactionRequest {
        transaction: message.ok(),
        read_mask: paths.and_then(mask),
        checks: None,
    }
}

#[tokio::test]
async fn a_simulation_tells_a_failure_and_leaves_no_trace() {
    let net = Net::start().await;
    let alice = &net.network.accounts[0];
    let (coin, balance) = net.richest_coin(alice.address()).await;
    let kind = transfer(coin, balance, Address([9; 32]));
    let transaction = TransactionData::new(kind, alice.address(), vec![coin]);
    let request = simulation(&transaction, None);
    let answer = net.execution().simulate_transaction(request).await.expect("simulated");
    let simulated = answer.into_inner().transaction.expect("a transaction");
    let status = simulated.effects.and_then(|effects| effects.status).expect("a status");
    assert_eq!(status.success, Some(false));
    let error = status.error.expect("an error");
    let insufficient = proto::execution_error::ExecutionErrorKind::InsufficientCoinBalance;
    assert_eq!(error.kind, Some(insufficient as i32));
    assert_eq!(simulated.digest, Some(transaction.digest().to_string()));
    assert_eq!(net.richest_coin(alice.address()).await, (coin, balance));
}

#[tokio::test]
async fn a_simulation_without_gas_chooses_some() {
    let net = Net::start().await;
    let alice = &net.network.accounts[0];
    let coins = net.coins(alice.address()).await;
    let (coin, _) = coins[0];
    let kind = transfer(coin, 5, Address([9; 32]));
    let transaction = TransactionData::new(kind, alice.address(), vec![]);
    let paths = ["transaction.transaction.gas_payment", "transaction.effects.status"];
    let request = simulation(&transaction, Some(&paths));
    let answer = net.execution().simulate_transaction(request).await.expect("simulated");
    let simulated = answer.into_inner().transaction.expect("a transaction");
    let gas = simulated.transaction.expect("the transaction").gas_payment;
    // The coin that is spent does not pay as well.
    assert_eq!(gas.len(), coins.len() - 1);
    assert!(simulated.effects.expect("effects").fee.is_none(), "not asked for");

    let nobody = TransactionData::new(transaction.kind().clone(), Address([8; 32]), vec![]);
    let request = simulation(&nobody, None);
    let refused = net.execution().simulate_transaction(request).await.expect_err("no coins");
    assert_eq!(refused.code(), Code::Internal);
}

#[tokio::test]
async fn bare_objects_are_not_told_but_their_parts_are() {
    let net = Net::start().await;
    let alice = &net.network.accounts[0];
    let (coin, _) = net.richest_coin(alice.address()).await;
    let kind = transfer(coin, 5, Address([9; 32]));
    let signed = TransactionData::new(kind, alice.address(), vec![coin]).sign(alice);
    let bare = net.execute_with(&signed, &["objects"]).await.expect("executed");
    assert_eq!(bare, proto::ExecutedTransaction::default());
    let ids = net.execute_with(&signed, &["objects.objects.object_id"]).await.expect("executed");
    let objects = ids.objects.expect("objects").objects;
    assert!(objects.iter().all(|it| it.object_id.is_some() && it.contents.is_none()));
    assert!(!objects.is_empty());

    let request = execute_request(&signed, None);
    let answer = net.execution().execute_transaction(request).await.expect("executed before");
    let only_effects = answer.into_inner().transaction.expect("a transaction");
    assert!(only_effects.effects.is_some() && only_effects.digest.is_none());
    let refused = net.execute_with(&signed, &["effects.nothing"]).await.expect_err("no such path");
    assert_eq!(refused.message(), "invalid read_mask path: effects.nothing");
}

#[tokio::test]
async fn without_checks_anybody_may_see_what_anything_would_do() {
    let net = Net::start().await;
    let (coin, _) = net.richest_coin(net.network.accounts[0].address()).await;
    let nobody = Address([8; 32]);
    let kind = transfer(coin, 5, Address([9; 32]));
    let transaction = TransactionData::new(kind, nobody, vec![]);
    let mut request = simulation(&transaction, None);
    request.checks = Some(proto::simulate_transaction_request::TransactionChecks::Disabled.into());
    let answer = net.execution().simulate_transaction(request.clone()).await.expect("simulated");
    let simulated = answer.into_inner().transaction.expect("a transaction");
    let gas = simulated.transaction.expect("the transaction").gas_payment;
    assert_eq!(gas.len(), 1);
    assert_eq!(gas[0].object_id.as_deref().map(|id| id.ends_with(&"f".repeat(64))), Some(true));
    let status = simulated.effects.and_then(|effects| effects.status).expect("a status");
    assert_eq!(status.success, Some(true));
    request.checks = Some(7);
    let refused = net.execution().simulate_transaction(request).await.expect_err("no such checks");
    assert_eq!(violation(&refused).0, "checks");
}

#[tokio::test]
async fn a_signature_that_is_none_is_named_by_its_place() {
    let net = Net::start().await;
    let alice = &net.network.accounts[0];
    let (coin, _) = net.richest_coin(alice.address()).await;
    let kind = transfer(coin, 1, Address([9; 32]));
    let signed = TransactionData::new(kind, alice.address(), vec![coin]).sign(alice);
    let mut request = execute_request(&signed, None);
    request.signatures[0].scheme = None;
    let refused = net.execution().execute_transaction(request.clone()).await.expect_err("none");
    let (field, _, reason) = violation(&refused);
    assert_eq!((field.as_str(), reason.as_str()), ("signatures[0]", "FIELD_INVALID"));
    request.transaction = None;
    let refused = net.execution().execute_transaction(request).await.expect_err("nothing at all");
    let missing = ("transaction".into(), "missing transaction".into(), "FIELD_MISSING".into());
    assert_eq!(violation(&refused), missing);
}

#[tokio::test]
async fn masks_that_stop_the_reference_are_answered_with_the_real_digest() {
    let net = Net::start_with(Config { demo: true, ..Config::for_tests() }).await;
    let alice = &net.network.accounts[4];
    let (coin, _) = net.richest_coin(alice.address()).await;
    let (target_id, target) = net.network.node().ledger().targets().next().expect("targets");
    let url = "http://example.org/data".parse().expect("a URL");
    let manifest = Manifest::new(url, Checksum([1; 32]), 10);
    let kind = TransactionKind::SubmitData(SubmitDataArgs {
        target_id,
        data_manifest: SubmissionManifest { manifest },
        model_id: target.model_ids[0],
        embedding: target.embedding.clone(),
        distance_score: SomaTensor::scalar(0.5),
        loss_score: SomaTensor::vector(vec![1.0]),
        bond_coin: coin,
    });
    let signed = TransactionData::new(kind, alice.address(), vec![coin]).sign(alice);
    let digest = signed.transaction.digest().to_string();
    let request = simulation(&signed.transaction, None);
    let answer = net.execution().simulate_transaction(request).await.expect("simulated");
    let simulated = answer.into_inner().transaction.expect("a transaction");
    assert_eq!(simulated.digest.as_ref(), Some(&digest));
    let executed = net.execute_with(&signed, &["*"]).await.expect("executed");
    assert_eq!(executed.digest.as_ref(), Some(&digest));
    let told = executed.transaction.as_ref().and_then(|it| it.digest.as_ref());
    assert_eq!(told, Some(&digest));
    let mut effects = simulated.effects.expect("effects");
    assert_eq!(Some(&mut effects), executed.effects.clone().as_mut(), "as simulated");
}
