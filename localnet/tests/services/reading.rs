//! What can be read, and how it is asked for.

use crate::client::{Net, mask, violation};
use localnet::network::Config;
use rpc::proto::soma as proto;
use tokio_stream::StreamExt as _;
use tonic::{Code, Status};
use wasm_core::address::{Address, ObjectId};
use wasm_core::object::ObjectType;
use wasm_core::tx::TransactionKind;

async fn object(net: &Net, paths: Option<&[&str]>) -> Result<proto::Object, Status> {
    let request = proto::GetObjectRequest {
        object_id: Some("0x5".to_owned()),
        version: None,
        read_mask: paths.and_then(mask),
    };
    Ok(net.ledger().get_object(request).await?.into_inner().object.expect("an object"))
}

#[tokio::test]
async fn an_object_is_told_as_far_as_it_was_asked_for() {
    let net = Net::start().await;
    let default = object(&net, None).await.expect("found");
    assert_eq!(default.object_id, Some(ObjectId::SYSTEM_STATE.to_bare_hex()));
    assert!(default.version.is_some() && default.digest.is_some());
    assert!(default.object_type.is_none() && default.contents.is_none());

    let nothing = object(&net, Some(&[])).await.expect("found");
    assert_eq!(nothing, proto::Object::default());
    let kind = object(&net, Some(&["owner.kind", "object_type"])).await.expect("found");
    assert_eq!(kind.object_type.as_deref(), Some("SystemState"));
    let owner = kind.owner.expect("an owner");
    assert!(owner.kind.is_some() && owner.version.is_none());

    let all = object(&net, Some(&["*"])).await.expect("found");
    let whole = wasm_core::object::Object::try_from(&all).expect("a whole object");
    assert_eq!(whole.system_state().expect("the state").as_v1().epoch, 0);
    assert_eq!(whole.digest().to_string(), all.digest.expect("a digest"));

    for path in ["nothing", "owner.nothing", "version.x", ""] {
        let refused = object(&net, Some(&[path])).await.expect_err("no such path");
        assert_eq!(refused.code(), Code::InvalidArgument);
        let text = format!("invalid read_mask path: {path}");
        let expected = ("read_mask".to_owned(), text, "FIELD_INVALID".to_owned());
        assert_eq!(violation(&refused), expected);
    }
}

#[tokio::test]
async fn a_batch_answers_each_for_itself() {
    let net = Net::start().await;
    let ask = |id: &str| proto::GetObjectRequest {
        object_id: Some(id.to_owned()),
        // Only the mask of the batch counts.
        read_mask: mask(&["*"]),
        ..Default::default()
    };
    let batch = |ids: &[&str], paths: &[&str]| proto::BatchGetObjectsRequest {
        requests: ids.iter().map(|id| ask(id)).collect(),
        read_mask: mask(paths),
    };
    let request = batch(&["5", "0x99"], &["version"]);
    let answer = net.ledger().batch_get_objects(request).await.expect("answers").into_inner();
    let results: Vec<_> = answer.objects.into_iter().filter_map(|it| it.result).collect();
    use proto::get_object_result::Result as Found;
    let [Found::Object(found), Found::Error(absent)] = &results[..] else {
        panic!("{results:?}");
    };
    assert!(found.version.is_some() && found.object_id.is_none());
    let id = ObjectId::parse_lenient("99").expect("an id");
    assert_eq!((absent.code, absent.message.as_str()), (5, &*format!("Object {id} not found")));
    assert!(absent.details.is_empty());

    // What is no id at all fails the whole call.
    let request = batch(&["5", "none"], &["version"]);
    let refused = net.ledger().batch_get_objects(request).await.expect_err("no id");
    let (field, description, reason) = violation(&refused);
    assert_eq!((field.as_str(), reason.as_str()), ("requests[1].object_id", "FIELD_INVALID"));
    assert!(description.starts_with("invalid object_id: "), "{description}");
    let request = proto::BatchGetObjectsRequest {
        requests: vec![proto::GetObjectRequest::default()],
        read_mask: None,
    };
    let refused = net.ledger().batch_get_objects(request).await.expect_err("no id");
    let missing = ("requests[0].object_id".into(), String::new(), "FIELD_MISSING".into());
    assert_eq!(violation(&refused), missing);
}

#[tokio::test]
async fn an_object_is_found_at_its_older_versions() {
    let net = Net::start().await;
    let key = &net.network.accounts[0];
    let (coin, balance) = net.richest_coin(key.address()).await;
    net.pay(key, Address([3; 32]), 5).await;
    let get = async |version| {
        let request = proto::GetObjectRequest {
            object_id: Some(coin.id.to_string()),
            version,
            read_mask: mask(&["version", "contents"]),
        };
        net.ledger().get_object(request).await.map(|it| it.into_inner().object.expect("an object"))
    };
    let before = get(Some(coin.version)).await.expect("kept");
    assert_eq!(before.contents.as_deref(), Some(&balance.to_le_bytes()[..]));
    assert_eq!(get(None).await.expect("current").version, Some(coin.version + 1));
    let absent = get(Some(77)).await.expect_err("no such version");
    let text = format!("Object {} with version 77 not found", coin.id);
    assert_eq!((absent.code(), absent.message()), (Code::NotFound, text.as_str()));
}

#[tokio::test]
async fn a_batch_of_transactions_answers_each_for_itself() {
    let net = Net::start().await;
    let given = net.request_gas(Address([3; 32])).await;
    let digest = given.coins_sent[0].transfer_tx_digest.clone();
    let request = proto::BatchGetTransactionsRequest {
        digests: vec![digest.clone(), "11111111111111111111111111111111".into(), "0OIl".into()],
        read_mask: None,
    };
    let answer = net.ledger().batch_get_transactions(request).await.expect("answers").into_inner();
    let results: Vec<_> = answer.transactions.into_iter().filter_map(|it| it.result).collect();
    use proto::get_transaction_result::Result as Found;
    let [Found::Transaction(found), Found::Error(absent), Found::Error(invalid)] = &results[..]
    else {
        panic!("{results:?}");
    };
    let expected = proto::ExecutedTransaction { digest: Some(digest), ..Default::default() };
    assert_eq!(*found, expected, "the digest alone by default");
    assert_eq!((absent.code, invalid.code), (5, 3));
    assert_eq!(absent.message, "Transaction 11111111111111111111111111111111 not found");
    assert!(invalid.message.starts_with("invalid digest: ") && !invalid.details.is_empty());
}

#[tokio::test]
async fn a_transaction_is_told_whole_with_its_real_digest() {
    let net = Net::start().await;
    let given = net.request_gas(Address([3; 32])).await;
    let digest = given.coins_sent[0].transfer_tx_digest.clone();
    let get = async |paths: &[&str]| {
        let request =
            proto::GetTransactionRequest { digest: Some(digest.clone()), read_mask: mask(paths) };
        let answer = net.ledger().get_transaction(request).await.expect("found").into_inner();
        answer.transaction.expect("a transaction")
    };
    let all = get(&["*"]).await;
    let transaction = all.transaction.as_ref().expect("the transaction");
    assert_eq!(transaction.digest.as_ref(), Some(&digest));
    assert_eq!(all.digest.as_ref(), Some(&digest));
    assert!(all.effects.is_some() && all.checkpoint.is_some() && all.timestamp.is_some());
    assert_eq!((all.signatures.len(), all.balance_changes.len()), (1, 2));
    assert!(all.objects.is_some_and(|objects| !objects.objects.is_empty()));
    let some = get(&["transaction.sender", "checkpoint"]).await;
    let sender = proto::Transaction { sender: transaction.sender.clone(), ..Default::default() };
    let expected = proto::ExecutedTransaction {
        transaction: Some(sender),
        checkpoint: all.checkpoint,
        ..Default::default()
    };
    assert_eq!(some, expected);
    let request = proto::GetTransactionRequest { digest: None, read_mask: None };
    let refused = net.ledger().get_transaction(request).await.expect_err("no digest");
    let missing = ("digest".into(), "missing digest".into(), "FIELD_MISSING".into());
    assert_eq!(violation(&refused), missing);
}

#[tokio::test]
async fn a_past_epoch_shows_the_state_at_its_start_and_the_current_one_as_it_is() {
    let net = Net::start().await;
    let key = &net.network.accounts[0];
    let validator = net.network.validators[0].account.address();
    let stake = async || {
        let (coin_ref, _) = net.richest_coin(key.address()).await;
        let amount = Some(1_000_000_000);
        net.run(key, TransactionKind::AddStake { address: validator, coin_ref, amount }).await;
    };
    let pending = async |epoch| {
        let request = proto::GetEpochRequest { epoch, read_mask: mask(&["system_state"]) };
        let answer = net.ledger().get_epoch(request).await.expect("an epoch").into_inner();
        let state = answer.epoch.and_then(|it| it.system_state).expect("a state");
        let validator = &state.validators.as_ref().expect("validators").validators[0];
        let pool = validator.staking_pool.as_ref().expect("a pool");
        (state.epoch.expect("an epoch"), pool.pending_stake.expect("a number"))
    };
    net.advance_epoch().await;
    stake().await;
    assert_eq!(pending(None).await, (1, 1_000_000_000), "live");
    net.advance_epoch().await;
    assert_eq!(pending(Some(1)).await, (1, 0), "as it began");
    assert_eq!(pending(Some(2)).await, (2, 0));
    stake().await;
    assert_eq!(pending(Some(2)).await, (2, 1_000_000_000), "live also by its number");
    let request = proto::GetEpochRequest { epoch: Some(9), read_mask: None };
    let absent = net.ledger().get_epoch(request).await.expect_err("not yet");
    assert_eq!(absent.message(), "Committee for epoch 9 not found");
}

#[tokio::test]
async fn an_epoch_has_its_defaults_and_its_state_when_asked() {
    let net = Net::start().await;
    net.advance_epoch().await;
    let epoch = async |epoch, paths: Option<&[&str]>| {
        let request = proto::GetEpochRequest { epoch, read_mask: paths.and_then(mask) };
        net.ledger().get_epoch(request).await.map(|it| it.into_inner().epoch.expect("an epoch"))
    };
    let past = epoch(Some(0), None).await.expect("an epoch");
    assert_eq!((past.epoch, past.first_checkpoint), (Some(0), Some(0)));
    assert!(past.last_checkpoint.is_some() && past.end.is_some() && past.system_state.is_none());
    let config = past.protocol_config.expect("a config");
    assert_eq!((config.protocol_version, config.attributes.len()), (Some(5), 0));
    assert_eq!(past.committee.expect("a committee").members.len(), 1);

    let now = epoch(None, Some(&["system_state", "protocol_config"])).await.expect("an epoch");
    let state = now.system_state.expect("the state");
    assert_eq!(state.epoch, Some(1));
    assert_eq!(state.parameters.expect("parameters").target_embedding_dim, Some(16));
    let attributes = now.protocol_config.expect("a config").attributes;
    assert_eq!(attributes["model_architecture_version"], "1");
    assert_eq!(now.last_checkpoint, None);
    assert_eq!(epoch(Some(7), None).await.expect_err("not yet").code(), Code::NotFound);
}

#[tokio::test]
async fn checkpoints_are_found_by_number_by_digest_and_as_the_newest() {
    let net = Net::start().await;
    net.request_gas(Address([4; 32])).await;
    let get = async |checkpoint_id, paths: Option<&[&str]>| {
        let request =
            proto::GetCheckpointRequest { checkpoint_id, read_mask: paths.and_then(mask) };
        let answer = net.ledger().get_checkpoint(request).await;
        answer.map(|it| it.into_inner().checkpoint.expect("a checkpoint"))
    };
    use proto::get_checkpoint_request::CheckpointId;
    let newest = get(None, Some(&["*"])).await.expect("the newest");
    let number = newest.sequence_number.expect("a number");
    assert!(number >= 1);
    let summary = newest.summary.as_ref().expect("a summary");
    assert_eq!(summary.digest, newest.digest);
    assert!(newest.transactions.iter().all(|it| it.checkpoint == Some(number)));
    let by_number = get(Some(CheckpointId::SequenceNumber(number)), None).await.expect("found");
    assert_eq!(by_number.digest, newest.digest);
    assert!(by_number.summary.is_none(), "not by default");
    let digest = newest.digest.expect("a digest");
    let by_digest = get(Some(CheckpointId::Digest(digest)), None).await.expect("found");
    assert_eq!(by_digest.sequence_number, Some(number));

    let genesis = get(Some(CheckpointId::SequenceNumber(0)), None).await.expect("the first");
    assert_eq!(genesis.digest, Some(net.network.chain_id.to_string()));
    let absent = get(Some(CheckpointId::SequenceNumber(number + 9)), None).await;
    assert_eq!(absent.expect_err("not yet").code(), Code::NotFound);
    let nonsense = get(Some(CheckpointId::Digest("0OIl".into())), None).await;
    assert_eq!(nonsense.expect_err("no digest").code(), Code::InvalidArgument);
}

#[tokio::test]
async fn the_stream_of_checkpoints_has_no_gaps() {
    let net = Net::start().await;
    let request = proto::SubscribeCheckpointsRequest { read_mask: mask(&["sequence_number"]) };
    let bare = proto::SubscribeCheckpointsRequest { read_mask: None };
    let stream = net.subscription().subscribe_checkpoints(request).await.expect("a stream");
    let bare = net.subscription().subscribe_checkpoints(bare).await.expect("a stream");
    for n in 0..3 {
        net.request_gas(Address([n; 32])).await;
        net.advance_epoch().await;
    }
    let messages: Vec<_> =
        stream.into_inner().take(6).map(|it| it.expect("a checkpoint")).collect().await;
    let numbers: Vec<_> = messages.iter().map(|it| it.cursor.expect("a cursor")).collect();
    let first = numbers[0];
    assert_eq!(numbers, (first..first + 6).collect::<Vec<_>>());
    assert!(messages.iter().all(|it| {
        it.checkpoint.as_ref().is_some_and(|checkpoint| checkpoint.sequence_number == it.cursor)
    }));
    let nothing = bare.into_inner().next().await.expect("one").expect("a checkpoint");
    assert_eq!(nothing.checkpoint, Some(proto::Checkpoint::default()));
}

#[tokio::test]
async fn listings_come_in_pages_with_the_poorest_coin_first() {
    let net = Net::start().await;
    let key = &net.network.accounts[0];
    let (coin, _) = net.richest_coin(key.address()).await;
    let recipient = Address([0xab; 32]);
    let amounts: Vec<u64> = vec![500, 20, 70_000, 3, 3];
    let kind = TransactionKind::PayCoins {
        coins: vec![coin],
        recipients: vec![recipient; amounts.len()],
        amounts: Some(amounts),
    };
    net.run(key, kind).await;
    let request = |page_token| proto::ListOwnedObjectsRequest {
        owner: Some(recipient.to_bare_hex()),
        page_size: Some(2),
        page_token,
        read_mask: mask(&["object_id", "contents"]),
        object_type: Some("Coin".to_owned()),
    };
    let (mut balances, mut tokens, mut token) = (Vec::new(), Vec::new(), None);
    loop {
        let answer = net.state().list_owned_objects(request(token)).await.expect("a page");
        let page = answer.into_inner();
        assert!(page.objects.len() <= 2);
        balances.extend(page.objects.into_iter().map(|object| {
            let contents = object.contents.expect("contents");
            u64::from_le_bytes(contents.try_into().expect("a balance"))
        }));
        token = page.next_page_token;
        match &token {
            Some(next) => tokens.push(next.clone()),
            None => break,
        }
    }
    assert_eq!(balances, [3, 3, 20, 500, 70_000]);
    assert_eq!(tokens.len(), 2);

    let default = proto::ListOwnedObjectsRequest {
        owner: Some(recipient.to_string()),
        page_size: Some(0),
        ..Default::default()
    };
    let page = net.state().list_owned_objects(default).await.expect("a page").into_inner();
    let [shown] = &page.objects[..] else { panic!("at least and at most one") };
    assert!(shown.object_id.is_some() && shown.version.is_some() && shown.digest.is_none());
    assert_eq!(shown.object_type.as_deref(), Some("Coin"));

    let mut other = request(Some(tokens[0].clone()));
    other.object_type = None;
    let refused = net.state().list_owned_objects(other).await.expect_err("another filter");
    assert_eq!((refused.code(), refused.message()), (Code::InvalidArgument, "invalid page_token"));
    let nonsense = request(Some(vec![1, 2, 3]));
    assert!(net.state().list_owned_objects(nonsense).await.is_err());
    let mut lower_case = request(None);
    lower_case.object_type = Some("coin".to_owned());
    assert!(net.state().list_owned_objects(lower_case).await.is_err());
}

#[tokio::test]
async fn an_owner_is_read_strictly_for_balances_and_leniently_for_listings() {
    let net = Net::start().await;
    let listing = |owner: &str| proto::ListOwnedObjectsRequest {
        owner: Some(owner.to_owned()),
        ..Default::default()
    };
    let balance = |owner: &str| proto::GetBalanceRequest { owner: Some(owner.to_owned()) };
    for owner in ["0x12", "12", "0x"] {
        assert!(net.state().list_owned_objects(listing(owner)).await.is_ok(), "{owner}");
        assert_eq!(net.state().get_balance(balance(owner)).await.is_ok(), owner != "12", "{owner}");
    }
    for owner in ["", "0X12", "xyz", &"1".repeat(65)] {
        assert!(net.state().list_owned_objects(listing(owner)).await.is_err(), "{owner}");
        assert!(net.state().get_balance(balance(owner)).await.is_err(), "{owner}");
    }
    let missing = net.state().get_balance(proto::GetBalanceRequest { owner: None }).await;
    let expected = ("owner".into(), "missing owner".into(), "FIELD_MISSING".into());
    assert_eq!(violation(&missing.expect_err("no owner")), expected);
    let missing = net.state().list_owned_objects(proto::ListOwnedObjectsRequest::default()).await;
    let expected = ("owner".into(), String::new(), "FIELD_MISSING".into());
    assert_eq!(violation(&missing.expect_err("no owner")), expected);
}

#[tokio::test]
async fn a_seed_and_a_time_fix_the_whole_genesis() {
    let somebody = Address([0x77; 32]);
    let funds = vec![(somebody, wasm_core::amount::Shannons(1_234_500_000_000))];
    let config = || Config {
        genesis_timestamp_ms: Some(1_700_000_000_000),
        funds: funds.clone(),
        accounts: 7,
        ..Config::for_tests()
    };
    let (one, two) = (Net::start_with(config()).await, Net::start_with(config()).await);
    assert_eq!(one.network.chain_id, two.network.chain_id);
    let other = Config { seed: Some("another".into()), ..config() };
    assert_ne!(one.network.chain_id, Net::start_with(other).await.network.chain_id);
    assert_eq!(one.balance(somebody).await, 1_234_500_000_000);
    assert_eq!(one.network.accounts.len(), 7);
    for key in &one.network.accounts {
        assert_eq!(one.balance(key.address()).await, one.network.account_balance.0);
    }
    let node = one.network.node().ledger();
    let first = one.network.accounts[0].address();
    assert_eq!(node.owned(first, Some(ObjectType::Coin)).len(), 5);
}
