//! What a node answers, as the core takes it, and what it was asked.

use crate::fake::{Fake, handler};
use crate::over_both;
use crate::values::{bytes, coin, effects_of, executed, on_wire, transfer, vectors};
use futures::StreamExt;
use rpc::convert::effects::balance_change_to_proto;
use rpc::convert::target::{ListedStatus, target_to_proto};
use rpc::convert::timestamp;
use rpc::convert::transaction::transaction_to_proto;
use rpc::proto::FieldMask;
use rpc::proto::soma as proto;
use rpc::{StatusFilter, TargetFilter};
use std::pin::pin;
use tonic::Status;
use wasm_core::address::{Address, ObjectId};
use wasm_core::digest::TransactionDigest;
use wasm_core::effects::ExecutionStatus;
use wasm_core::failure::{ExecutionFailureStatus, FailureKind};
use wasm_core::ports::{Chain, ChainError};
use wasm_core::system_state::SystemState;
use wasm_core::tx::TransactionData;

const OWNER: Address = Address([5; 32]);

fn paths(mask: Option<FieldMask>) -> String {
    mask.expect("a mask").paths.join(",")
}

#[tokio::test]
async fn a_node_says_who_it_is() {
    let (get_service_info, _) = handler(|_| {
        Ok(proto::GetServiceInfoResponse {
            chain_id: Some("964EDrEzfvQT7HjVsjfXYcM1ubi3qhqB41zV7LLbCxxd".to_owned()),
            chain: Some("testnet".to_owned()),
            epoch: Some(4),
            checkpoint_height: Some(77),
            server: Some("soma-node/0.1.21".to_owned()),
            ..Default::default()
        })
    });
    over_both!(&Fake { get_service_info, ..Fake::default() }, |client| {
        let info = client.service_info().await.unwrap();
        assert_eq!(info.chain_id.to_string(), "964EDrEzfvQT7HjVsjfXYcM1ubi3qhqB41zV7LLbCxxd");
        assert_eq!((info.epoch, info.checkpoint_height), (4, 77));
    });
}

#[tokio::test]
async fn the_system_state_arrives_whole() {
    let vectors = vectors("system_state.json");
    let wire = bytes(&vectors[0]["proto"]);
    let expected: SystemState = bcs::from_bytes(&bytes(&vectors[0]["system_state_bcs"])).unwrap();
    let (get_epoch, asked) = handler(move |_| {
        let state = prost::Message::decode(wire.as_slice()).map_err(|_| Status::internal("no"))?;
        let epoch = proto::Epoch { system_state: Some(state), ..Default::default() };
        Ok(proto::GetEpochResponse { epoch: Some(epoch) })
    });
    over_both!(&Fake { get_epoch, ..Fake::default() }, |client| {
        assert_eq!(client.system_state().await.unwrap(), expected);
        let request = asked.take().remove(0);
        assert_eq!((request.epoch, paths(request.read_mask)), (None, "system_state".to_owned()));
    });
}

/// A node that gives its coins in pages of these sizes.
fn pages(
    pages: Vec<Vec<proto::Object>>,
) -> (Fake, crate::fake::Asked<proto::ListOwnedObjectsRequest>) {
    let (list_owned_objects, asked) = handler(move |request: proto::ListOwnedObjectsRequest| {
        let at = request.page_token.map_or(0, |token| usize::from(token[0]));
        let next = u8::try_from(at + 1).ok().filter(|&next| usize::from(next) < pages.len());
        Ok(proto::ListOwnedObjectsResponse {
            objects: pages[at].clone(),
            next_page_token: next.map(|next| vec![next]),
        })
    });
    (Fake { list_owned_objects, ..Fake::default() }, asked)
}

#[tokio::test]
async fn coins_are_read_from_every_page() {
    let wire = |id, version, balance| on_wire(&coin(id, version, balance, OWNER));
    let (fake, asked) = pages(vec![
        vec![wire(1, 3, 10), wire(2, 3, 20)],
        vec![],
        // The first coin has changed since its page was read.
        vec![wire(3, 4, u64::MAX), wire(1, 9, 7)],
    ]);
    over_both!(&fake, |client| {
        let coins = client.coins(OWNER).await.unwrap();
        let balances: Vec<_> =
            coins.iter().map(|coin| (coin.reference.version, coin.balance)).collect();
        assert_eq!(balances, [(9, 7), (3, 20), (4, u64::MAX)]);
        assert_eq!(coins[1].reference, coin(2, 3, 20, OWNER).reference().unwrap());

        let requests = asked.take();
        assert_eq!(requests.len(), 3);
        for request in requests {
            assert_eq!(request.page_size, Some(1000));
            assert_eq!(request.object_type.as_deref(), Some("Coin"));
            assert_eq!(request.owner.as_deref(), Some(OWNER.to_string().as_str()));
        }
    });
}

#[tokio::test]
async fn a_listing_without_an_end_is_given_up() {
    let (list_owned_objects, asked) = handler(|_| {
        let next_page_token = Some(vec![1]);
        Ok(proto::ListOwnedObjectsResponse { objects: Vec::new(), next_page_token })
    });
    over_both!(&Fake { list_owned_objects, ..Fake::default() }, |client| {
        let error = client.coins(OWNER).await.unwrap_err();
        assert!(matches!(error, ChainError::Garbage(_)), "{error:?}");
        assert_eq!(asked.take().len(), 2);
    });
}

#[tokio::test]
async fn a_coin_that_is_not_what_it_says_is_refused() {
    let whole = on_wire(&coin(1, 3, 10, OWNER));
    let richer = proto::Object { contents: Some(99_u64.to_le_bytes().to_vec()), ..whole.clone() };
    let nameless = proto::Object { digest: None, ..whole.clone() };
    let foreign = on_wire(&coin(1, 3, 10, Address([6; 32])));
    let mut stake = coin(1, 3, 10, OWNER);
    stake.data.object_type = wasm_core::object::ObjectType::StakedSoma;
    for wrong in [richer, nameless, foreign, on_wire(&stake)] {
        let (fake, _) = pages(vec![vec![whole.clone(), wrong]]);
        over_both!(&fake, |client| {
            let error = client.coins(OWNER).await.unwrap_err();
            assert!(matches!(error, ChainError::Garbage(_)), "{error:?}");
        });
    }
}

#[tokio::test]
async fn an_object_is_compared_with_its_digest_and_id() {
    let object = coin(1, 3, 10, OWNER);
    let wire = on_wire(&object);
    let mut forged = wire.clone();
    forged.version = Some(4);
    let (get_object, asked) = handler(move |request: proto::GetObjectRequest| {
        let object = match request.object_id.as_deref() {
            Some(id) if id == ObjectId([1; 32]).to_string() => wire.clone(),
            Some(id) if id == ObjectId([2; 32]).to_string() => forged.clone(),
            Some(id) if id == ObjectId([3; 32]).to_string() => wire.clone(),
            _ => return Err(Status::not_found("Object not found")),
        };
        Ok(proto::GetObjectResponse { object: Some(object) })
    });
    over_both!(&Fake { get_object, ..Fake::default() }, |client| {
        assert_eq!(client.object(ObjectId([1; 32])).await.unwrap(), Some(object.clone()));
        for id in [2, 3] {
            let error = client.object(ObjectId([id; 32])).await.unwrap_err();
            assert!(matches!(error, ChainError::Garbage(_)), "{error:?}");
        }
        assert_eq!(client.object(ObjectId([4; 32])).await.unwrap(), None);
        assert_eq!(
            paths(asked.take().remove(0).read_mask),
            "object_id,version,digest,owner,object_type,contents,previous_transaction"
        );
    });
}

#[tokio::test]
async fn a_message_of_many_megabytes_arrives() {
    let mut object = coin(1, 3, 10, OWNER);
    object.data.contents.resize(6 << 20, 1);
    let wire = on_wire(&object);
    let (get_object, _) =
        handler(move |_| Ok(proto::GetObjectResponse { object: Some(wire.clone()) }));
    over_both!(&Fake { get_object, ..Fake::default() }, |client| {
        assert_eq!(client.object(ObjectId([1; 32])).await.unwrap(), Some(object.clone()));
    });
}

#[tokio::test]
async fn a_transaction_is_sent_as_it_was_signed_and_asked_about_safely() {
    let signed = transfer();
    let effects = effects_of(&signed.transaction, ExecutionStatus::Success);
    let mut answer = executed(&effects);
    answer.balance_changes = vec![balance_change_to_proto(OWNER, -1305)];
    let (execute_transaction, asked) = handler(move |_| {
        Ok(proto::ExecuteTransactionResponse { transaction: Some(answer.clone()) })
    });
    over_both!(&Fake { execute_transaction, ..Fake::default() }, |client| {
        let done = client.execute(&signed).await.unwrap();
        assert_eq!(done.digest, signed.transaction.digest());
        assert_eq!((done.failure, done.epoch, done.fee.total_fee), (None, 8, 1305));
        assert_eq!(done.balance_changes, [(OWNER, -1305)]);
        let (after, _) = done.changed_objects[0].after.unwrap();
        assert_eq!((after.id, after.version), (ObjectId([1; 32]), 4));

        let request = asked.take().remove(0);
        let message = request.transaction.unwrap();
        assert_eq!(TransactionData::try_from(&message).unwrap(), signed.transaction);
        assert_eq!(request.signatures.len(), 1);
        assert_eq!(paths(request.read_mask), "effects,balance_changes,objects.objects");
    });
}

#[tokio::test]
async fn a_failure_in_execution_is_no_failure_of_the_call() {
    let signed = transfer();
    let error = ExecutionFailureStatus::InsufficientBond { required: 650_000, provided: 1 };
    let effects = effects_of(&signed.transaction, ExecutionStatus::Failure { error });
    let answer = executed(&effects);
    let (execute_transaction, _) = handler(move |_| {
        Ok(proto::ExecuteTransactionResponse { transaction: Some(answer.clone()) })
    });
    over_both!(&Fake { execute_transaction, ..Fake::default() }, |client| {
        let failure = client.execute(&signed).await.unwrap().failure.unwrap();
        assert_eq!(failure.kind, FailureKind::InsufficientBond);
        assert_eq!(failure.detail.as_deref(), Some("required=650000, provided=1"));
    });
}

#[tokio::test]
async fn effects_of_another_transaction_are_not_taken_for_ours() {
    let signed = transfer();
    let mut effects = effects_of(&signed.transaction, ExecutionStatus::Success);
    let wasm_core::effects::TransactionEffects::V1(v1) = &mut effects;
    v1.transaction_digest = TransactionDigest([1; 32]);
    let answer = executed(&effects);
    let stored = answer.clone();
    let (execute_transaction, _) = handler(move |_| {
        Ok(proto::ExecuteTransactionResponse { transaction: Some(answer.clone()) })
    });
    let (get_transaction, _) =
        handler(move |_| Ok(proto::GetTransactionResponse { transaction: Some(stored.clone()) }));
    over_both!(&Fake { execute_transaction, get_transaction, ..Fake::default() }, |client| {
        let error = client.execute(&signed).await.unwrap_err();
        assert!(matches!(error, ChainError::Garbage(_)), "{error:?}");
        assert!(error.leaves_outcome_unknown());
        let error = client.transaction(signed.transaction.digest()).await.unwrap_err();
        assert!(matches!(error, ChainError::Garbage(_)), "{error:?}");
    });
}

#[tokio::test]
async fn a_transaction_that_the_wire_cannot_say_is_not_sent() {
    let vectors = vectors("transactions.json");
    let (execute_transaction, asked) =
        handler(|_| Ok(proto::ExecuteTransactionResponse::default()));
    let (simulate_transaction, asked_too) =
        handler(|_| Ok(proto::SimulateTransactionResponse::default()));
    let fake = Fake { execute_transaction, simulate_transaction, ..Fake::default() };
    let mut count = 0;
    for vector in vectors.as_array().unwrap() {
        if vector["server_roundtrip_equal"] == true {
            continue;
        }
        count += 1;
        let signed = wasm_core::tx::sign::SignedTransaction::from_bytes(&bytes(
            &vector["signed_transaction_bcs"],
        ))
        .unwrap();
        over_both!(&fake, |client| {
            for error in [
                client.execute(&signed).await.unwrap_err(),
                client.simulate(&signed.transaction).await.unwrap_err(),
            ] {
                assert!(matches!(error, ChainError::Refused { code: 3, .. }), "{error:?}");
                assert!(!error.leaves_outcome_unknown());
            }
        });
    }
    assert_eq!(count, 3);
    assert_eq!((asked.take().len(), asked_too.take().len()), (0, 0));
}

#[tokio::test]
async fn a_simulation_tells_which_coins_would_pay() {
    let signed = transfer();
    let effects = effects_of(&signed.transaction, ExecutionStatus::Success);
    let mut answer = executed(&effects);
    answer.transaction = Some(proto::Transaction {
        gas_payment: transaction_to_proto(&signed.transaction).unwrap().gas_payment,
        ..Default::default()
    });
    let (simulate_transaction, asked) = handler(move |_| {
        Ok(proto::SimulateTransactionResponse { transaction: Some(answer.clone()) })
    });
    over_both!(&Fake { simulate_transaction, ..Fake::default() }, |client| {
        let would = client.simulate(&signed.transaction).await.unwrap();
        assert_eq!(would.gas_payment, signed.transaction.gas_payment());
        assert_eq!(
            paths(asked.take().remove(0).read_mask),
            "transaction.effects,transaction.balance_changes,transaction.transaction.gas_payment"
        );
    });
}

#[tokio::test]
async fn a_transaction_is_found_with_its_checkpoint_or_not_at_all() {
    let signed = transfer();
    let digest = signed.transaction.digest();
    let mut answer = executed(&effects_of(&signed.transaction, ExecutionStatus::Success));
    answer.checkpoint = Some(12);
    answer.timestamp = Some(timestamp(1_760_000_000_123));
    let message = transaction_to_proto(&signed.transaction).unwrap();
    let (get_transaction, asked) = handler(move |request: proto::GetTransactionRequest| {
        if request.digest != Some(digest.to_string()) {
            return Err(Status::not_found("Transaction not found"));
        }
        let mut answer = answer.clone();
        if paths(request.read_mask).contains("transaction.kind") {
            answer.transaction = Some(proto::Transaction { digest: None, ..message.clone() });
        }
        Ok(proto::GetTransactionResponse { transaction: Some(answer) })
    });
    over_both!(&Fake { get_transaction, ..Fake::default() }, |client| {
        let found = client.transaction(digest).await.unwrap().unwrap();
        assert_eq!((found.checkpoint, found.timestamp_ms), (Some(12), Some(1_760_000_000_123)));
        assert_eq!(client.transaction(TransactionDigest([0; 32])).await.unwrap(), None);
        let details = client.transaction_details(digest).await.unwrap().unwrap();
        assert_eq!(details.sender, signed.transaction.sender());
        assert_eq!(details.kind.as_ref(), Some(signed.transaction.kind()));
        for request in asked.take() {
            for path in request.read_mask.unwrap().paths {
                assert!(!["*", "transaction", "transaction.digest"].contains(&path.as_str()));
            }
        }
    });
}

fn checkpoint(number: u64) -> proto::Checkpoint {
    let signed = transfer();
    let mut transaction = executed(&effects_of(&signed.transaction, ExecutionStatus::Success));
    transaction.transaction = Some(transaction_to_proto(&signed.transaction).unwrap_or_default());
    let mut unknown = transaction.clone();
    unknown.transaction.as_mut().unwrap_or(&mut proto::Transaction::default()).kind =
        Some(proto::TransactionKind { kind: None });
    proto::Checkpoint {
        sequence_number: Some(number),
        summary: Some(proto::CheckpointSummary {
            epoch: Some(3),
            timestamp: Some(timestamp(1_000_001)),
            ..Default::default()
        }),
        transactions: vec![transaction, unknown],
        ..Default::default()
    }
}

#[tokio::test]
async fn checkpoints_tell_who_sent_what() {
    let (get_checkpoint, asked) = handler(|request: proto::GetCheckpointRequest| {
        use proto::get_checkpoint_request::CheckpointId;
        match request.checkpoint_id {
            Some(CheckpointId::SequenceNumber(404)) => Err(Status::not_found("no checkpoint")),
            Some(CheckpointId::SequenceNumber(13)) | None => {
                Ok(proto::GetCheckpointResponse { checkpoint: Some(checkpoint(12)) })
            }
            Some(CheckpointId::SequenceNumber(number)) => {
                Ok(proto::GetCheckpointResponse { checkpoint: Some(checkpoint(number)) })
            }
            Some(CheckpointId::Digest(_)) => Err(Status::invalid_argument("a digest")),
        }
    });
    over_both!(&Fake { get_checkpoint, ..Fake::default() }, |client| {
        assert_eq!(client.checkpoint(None).await.unwrap().unwrap().sequence_number, 12);
        assert_eq!(client.checkpoint(Some(404)).await.unwrap(), None);
        let error = client.checkpoint(Some(13)).await.unwrap_err();
        assert!(matches!(error, ChainError::Garbage(_)), "{error:?}");

        let found = client.checkpoint(Some(7)).await.unwrap().unwrap();
        assert_eq!((found.epoch, found.timestamp_ms), (3, 1_000_001));
        let transaction = &found.transactions[0];
        assert_eq!(transaction.sender, transfer().transaction.sender());
        assert_eq!(transaction.kind.as_ref(), Some(transfer().transaction.kind()));
        assert_eq!(transaction.executed.digest, transfer().transaction.digest());
        assert_eq!(transaction.executed.checkpoint, Some(7));
        assert_eq!(transaction.executed.timestamp_ms, Some(1_000_001));
        // A kind of a newer network hides nothing else.
        assert_eq!(found.transactions[1].kind, None);
        assert!(paths(asked.take().remove(0).read_mask).contains("transactions.effects"));
    });
}

type Streamed = Result<proto::SubscribeCheckpointsResponse, Status>;

fn streamed(cursor: u64, number: u64) -> Streamed {
    let checkpoint = Some(checkpoint(number));
    Ok(proto::SubscribeCheckpointsResponse { cursor: Some(cursor), checkpoint })
}

#[tokio::test]
async fn checkpoints_stream_until_the_node_ends_the_stream() {
    let checkpoints = vec![streamed(5, 5), streamed(6, 6)];
    over_both!(&Fake { checkpoints: checkpoints.clone(), ..Fake::default() }, |client| {
        let stream = client.subscribe_checkpoints().await.unwrap();
        let numbers: Vec<_> = stream.map(|next| next.unwrap().sequence_number).collect().await;
        assert_eq!(numbers, [5, 6]);
    });
}

#[tokio::test]
async fn an_error_in_the_stream_is_its_last_word() {
    let failing = vec![streamed(5, 5), Err(Status::unavailable("enough"))];
    over_both!(&Fake { checkpoints: failing.clone(), ..Fake::default() }, |client| {
        let mut stream = pin!(client.subscribe_checkpoints().await.unwrap());
        assert_eq!(stream.next().await.unwrap().unwrap().sequence_number, 5);
        let error = stream.next().await.unwrap().unwrap_err();
        assert_eq!(error, ChainError::Unsettled("enough".to_owned()));
        assert_eq!(stream.next().await, None);
    });
    let wrong = vec![streamed(7, 8), streamed(8, 8)];
    over_both!(&Fake { checkpoints: wrong.clone(), ..Fake::default() }, |client| {
        let mut stream = pin!(client.subscribe_checkpoints().await.unwrap());
        let error = stream.next().await.unwrap().unwrap_err();
        assert!(matches!(error, ChainError::Garbage(_)), "{error:?}");
        assert_eq!(stream.next().await, None);
    });
}

#[tokio::test]
async fn targets_are_listed_by_filter() {
    let objects = vectors("objects.json");
    let vector =
        objects.as_array().unwrap().iter().find(|one| one["object_type"] == "Target").unwrap();
    let object: wasm_core::object::Object = bcs::from_bytes(&bytes(&vector["object_bcs"])).unwrap();
    let (id, target) = (object.id().unwrap(), object.target().unwrap());
    let wire = target_to_proto(id, &target, target.generation_epoch).unwrap();
    let (list_targets, asked) = handler(move |_| {
        Ok(proto::ListTargetsResponse { targets: vec![wire.clone()], next_page_token: None })
    });
    over_both!(&Fake { list_targets, ..Fake::default() }, |client| {
        let filter = TargetFilter { status: Some(StatusFilter::Open), ..TargetFilter::default() };
        let listed = client.targets(&filter).await.unwrap();
        assert_eq!((listed[0].id, listed[0].status), (id, ListedStatus::Open));
        assert_eq!(asked.take()[0].status_filter.as_deref(), Some("open"));
    });
}

#[tokio::test]
async fn the_constants_of_the_protocol_are_told() {
    let (get_epoch, asked) = handler(|_| {
        let config = proto::ProtocolConfig {
            protocol_version: Some(5),
            attributes: [("model_architecture_version".to_owned(), "1".to_owned())].into(),
            ..Default::default()
        };
        let epoch = proto::Epoch { protocol_config: Some(config), ..Default::default() };
        Ok(proto::GetEpochResponse { epoch: Some(epoch) })
    });
    over_both!(&Fake { get_epoch, ..Fake::default() }, |client| {
        let config = client.protocol_config().await.unwrap();
        assert_eq!(config.protocol_version, 5);
        assert_eq!(config.attributes["model_architecture_version"], "1");
        assert_eq!(paths(asked.take().remove(0).read_mask), "protocol_config");
    });
}
