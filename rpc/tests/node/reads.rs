//! Reads beyond what a wallet needs to send: pages, batches, epochs, and answers to other questions.

use crate::fake::{Asked, Fake, handler};
use crate::over_both;
use crate::values::{bytes, coin, effects_of, executed, on_wire, transfer, vectors};
use rpc::convert::target::target_to_proto;
use rpc::convert::timestamp;
use rpc::convert::transaction::transaction_to_proto;
use rpc::proto::google_rpc;
use rpc::proto::soma as proto;
use rpc::{StatusFilter, TargetFilter};
use tonic::Status;
use wasm_core::address::{Address, ObjectId, TargetId};
use wasm_core::digest::TransactionDigest;
use wasm_core::effects::ExecutionStatus;
use wasm_core::listing::{ListedStatus, ListedTarget};
use wasm_core::node::{RELEASE, check_release};
use wasm_core::object::{Object, ObjectType};
use wasm_core::ports::ChainError;
use wasm_core::system_state::SystemState;
use wasm_core::target::TargetV1;

const OWNER: Address = Address([5; 32]);

#[expect(clippy::needless_pass_by_value, reason = "answers are made where they are looked at")]
fn is_garbage<V: std::fmt::Debug>(answer: Result<V, ChainError>) {
    assert!(matches!(answer, Err(ChainError::Garbage(_))), "{answer:?}");
}

#[tokio::test]
async fn a_node_says_how_far_back_it_remembers_and_its_release() {
    let (get_service_info, _) = handler(|_| {
        Ok(proto::GetServiceInfoResponse {
            chain_id: Some("964EDrEzfvQT7HjVsjfXYcM1ubi3qhqB41zV7LLbCxxd".to_owned()),
            chain: Some("testnet".to_owned()),
            epoch: Some(4),
            checkpoint_height: Some(77),
            timestamp: Some(timestamp(1_760_000_000_123)),
            lowest_available_checkpoint: Some(12),
            lowest_available_checkpoint_objects: Some(13),
            server: Some("soma-node/0.1.21".to_owned()),
        })
    });
    over_both!(&Fake { get_service_info, ..Fake::default() }, |client| {
        let info = client.node_info().await.unwrap();
        assert_eq!(info.timestamp_ms, Some(1_760_000_000_123));
        assert_eq!(info.lowest_available_checkpoint, Some(12));
        assert_eq!(info.lowest_available_checkpoint_objects, Some(13));
        assert_eq!(check_release(&info.service, RELEASE), Ok(()));
        assert!(check_release(&info.service, "0.1.22").is_err());
    });
}

#[tokio::test]
async fn an_older_version_of_an_object_is_that_version() {
    let old = coin(1, 3, 10, OWNER);
    let wire = on_wire(&old);
    let (get_object, asked) =
        handler(move |_| Ok(proto::GetObjectResponse { object: Some(wire.clone()) }));
    over_both!(&Fake { get_object, ..Fake::default() }, |client| {
        assert_eq!(client.object_at(ObjectId([1; 32]), 3).await.unwrap(), Some(old.clone()));
        assert_eq!(asked.take()[0].version, Some(3));
        is_garbage(client.object_at(ObjectId([1; 32]), 2).await);
        asked.take();
    });
}

fn not_found() -> google_rpc::Status {
    google_rpc::Status { code: 5, message: "Object not found".to_owned(), details: Vec::new() }
}

/// A node that gives these coins by id, whatever version is asked for.
fn batches(coins: Vec<Object>) -> (Fake, Asked<proto::BatchGetObjectsRequest>) {
    use proto::get_object_result::Result as R;
    let (batch_get_objects, asked) = handler(move |request: proto::BatchGetObjectsRequest| {
        let answer = |request: &proto::GetObjectRequest| {
            let id = request.object_id.clone().unwrap_or_default();
            let coin = coins.iter().find(|coin| coin.id().is_ok_and(|it| it.to_string() == id));
            let result = match coin {
                Some(coin) => R::Object(on_wire(coin)),
                None => R::Error(not_found()),
            };
            proto::GetObjectResult { result: Some(result) }
        };
        Ok(proto::BatchGetObjectsResponse {
            objects: request.requests.iter().map(answer).collect(),
        })
    });
    (Fake { batch_get_objects, ..Fake::default() }, asked)
}

#[tokio::test]
async fn many_objects_are_asked_for_in_batches_and_answered_in_order() {
    let coins: Vec<Object> = (1..=120).map(|id| coin(id, 3, u64::from(id), OWNER)).collect();
    let (fake, asked) = batches(coins.clone());
    over_both!(&fake, |client| {
        let mut wanted: Vec<_> = (1..=120).rev().map(|id| (ObjectId([id; 32]), None)).collect();
        wanted.push((ObjectId([200; 32]), Some(7)));
        let found = client.objects(&wanted).await.unwrap();
        let balances: Vec<_> = found
            .iter()
            .map(|object| object.as_ref().map(|it| it.coin_balance().unwrap()))
            .collect();
        let expected: Vec<_> = (1..=120).rev().map(Some).chain([None]).collect();
        assert_eq!(balances, expected);
        let sizes: Vec<_> = asked.take().iter().map(|batch| batch.requests.len()).collect();
        assert_eq!(sizes, [50, 50, 21]);
        assert_eq!(client.objects(&[]).await.unwrap(), []);
        assert_eq!(asked.take().len(), 0);
        is_garbage(client.objects(&[(ObjectId([1; 32]), Some(2))]).await);
        asked.take();
    });
}

#[tokio::test]
async fn a_batch_that_does_not_answer_each_question_is_garbage() {
    use proto::get_object_result::Result as R;
    let whole =
        |id| proto::GetObjectResult { result: Some(R::Object(on_wire(&coin(id, 3, 1, OWNER)))) };
    for objects in [vec![], vec![whole(1), whole(2)], vec![whole(2)], vec![Default::default()]] {
        let (batch_get_objects, _) =
            handler(move |_| Ok(proto::BatchGetObjectsResponse { objects: objects.clone() }));
        over_both!(&Fake { batch_get_objects, ..Fake::default() }, |client| {
            is_garbage(client.objects(&[(ObjectId([1; 32]), None)]).await);
        });
    }
}

#[tokio::test]
async fn a_page_ends_with_a_token_that_leads_to_the_next() {
    let (list_owned_objects, asked) = handler(|request: proto::ListOwnedObjectsRequest| {
        let (id, next) = match request.page_token.as_deref() {
            None => (1, Some(vec![7, 7])),
            Some([7, 7]) => (2, Some(Vec::new())),
            Some(_) => return Err(Status::invalid_argument("invalid page_token")),
        };
        Ok(proto::ListOwnedObjectsResponse {
            objects: vec![on_wire(&coin(id, 3, 1, OWNER))],
            next_page_token: next,
        })
    });
    over_both!(&Fake { list_owned_objects, ..Fake::default() }, |client| {
        let first = client.owned_page(OWNER, None, 5000, None).await.unwrap();
        assert_eq!(first.items[0].id().unwrap(), ObjectId([1; 32]));
        let token = first.next.unwrap();
        // A token goes out of the program and comes back.
        let token = serde_json::from_str(&serde_json::to_string(&token).unwrap()).unwrap();
        let second = client.owned_page(OWNER, None, 1, Some(&token)).await.unwrap();
        assert_eq!(second.items[0].id().unwrap(), ObjectId([2; 32]));
        assert_eq!(second.next, None);
        let requests = asked.take();
        assert_eq!((requests[0].page_size, requests[1].page_size), (Some(1000), Some(1)));
        assert_eq!(requests[0].object_type, None);
        assert_eq!(client.owned(OWNER, None).await.unwrap().len(), 2);
        asked.take();
    });
}

#[tokio::test]
async fn objects_of_another_type_or_owner_are_not_taken() {
    let (list_owned_objects, _) = handler(|_| {
        let objects = vec![on_wire(&coin(1, 3, 1, OWNER))];
        Ok(proto::ListOwnedObjectsResponse { objects, next_page_token: None })
    });
    over_both!(&Fake { list_owned_objects, ..Fake::default() }, |client| {
        assert_eq!(client.owned(OWNER, Some(ObjectType::Coin)).await.unwrap().len(), 1);
        is_garbage(client.owned(OWNER, Some(ObjectType::StakedSoma)).await);
        is_garbage(client.owned(Address([6; 32]), None).await);
    });
}

#[tokio::test]
async fn a_listing_in_circles_is_given_up() {
    let (list_targets, asked) = handler(|request: proto::ListTargetsRequest| {
        let next = match request.page_token.as_deref() {
            Some([number]) => vec![(number + 1) % 5],
            _ => vec![0],
        };
        Ok(proto::ListTargetsResponse { targets: Vec::new(), next_page_token: Some(next) })
    });
    over_both!(&Fake { list_targets, ..Fake::default() }, |client| {
        is_garbage(client.target_rows(&TargetFilter::default()).await);
        assert_eq!(asked.take().len(), 6);
    });
}

#[tokio::test]
async fn a_balance_is_told_or_the_answer_is_none() {
    let (get_balance, asked) = handler(|request: proto::GetBalanceRequest| {
        let known = request.owner == Some(OWNER.to_string());
        Ok(proto::GetBalanceResponse { balance: known.then_some(u64::MAX) })
    });
    over_both!(&Fake { get_balance, ..Fake::default() }, |client| {
        assert_eq!(client.balance(OWNER).await.unwrap(), u64::MAX);
        is_garbage(client.balance(Address([6; 32])).await);
        asked.take();
    });
}

/// A recorded target.
fn target() -> (TargetId, TargetV1, Object) {
    let objects = vectors("objects.json");
    let vector = objects
        .as_array()
        .expect("a test's own value")
        .iter()
        .find(|one| one["object_type"] == "Target")
        .expect("a test's own value");
    let object: Object =
        bcs::from_bytes(&bytes(&vector["object_bcs"])).expect("a test's own value");
    (object.id().expect("a test's own value"), object.target().expect("a test's own value"), object)
}

fn listed(epoch: u64) -> proto::Target {
    let (id, target, _) = target();
    target_to_proto(id, &target, epoch).expect("a test's own value")
}

#[tokio::test]
async fn targets_come_from_short_and_empty_pages() {
    let (id, target, _) = target();
    let epoch = target.generation_epoch;
    let (list_targets, asked) = handler(move |request: proto::ListTargetsRequest| {
        let page = |targets, next: Option<u8>| {
            let next_page_token = next.map(|next| vec![next]);
            Ok(proto::ListTargetsResponse { targets, next_page_token })
        };
        match request.page_token.as_deref() {
            None => page(Vec::new(), Some(1)),
            Some([1]) => page(vec![listed(epoch)], Some(2)),
            _ => page(Vec::new(), None),
        }
    });
    over_both!(&Fake { list_targets, ..Fake::default() }, |client| {
        let filter = TargetFilter { epoch: Some(epoch), ..TargetFilter::default() };
        let all = client.targets(&filter).await.unwrap();
        assert_eq!(all.len(), 1);
        assert_eq!(all[0].embedding, target.embedding.values());
        assert_eq!(asked.take().len(), 3);
        let rows = client.target_rows(&filter).await.unwrap();
        assert_eq!((rows[0].id, rows[0].reward_pool), (id, target.reward_pool));
        let mask = asked.take().remove(0).read_mask.unwrap().paths.join(",");
        assert_eq!(mask, "id,status,generation_epoch,reward_pool");
    });
}

#[tokio::test]
async fn targets_that_no_filter_asked_for_are_garbage() {
    let (_, target, _) = target();
    let epoch = target.generation_epoch;
    let (list_targets, _) = handler(move |_| {
        Ok(proto::ListTargetsResponse { targets: vec![listed(epoch)], next_page_token: None })
    });
    let status = ListedStatus::of(&target, epoch);
    over_both!(&Fake { list_targets, ..Fake::default() }, |client| {
        for filter in StatusFilter::ALL {
            let answer = client
                .target_rows(&TargetFilter { status: Some(filter), ..TargetFilter::default() })
                .await;
            assert_eq!(answer.is_ok(), filter.passes(status), "{filter:?}");
        }
        let other = TargetFilter { epoch: Some(epoch + 1), ..TargetFilter::default() };
        is_garbage(client.targets(&other).await);
        let other = TargetFilter { submitter: Some(Address([77; 32])), ..TargetFilter::default() };
        is_garbage(client.targets(&other).await);
    });
}

#[tokio::test]
async fn one_target_is_read_as_listed_and_whole() {
    let (id, target, object) = target();
    let epoch = target.generation_epoch;
    let (get_target, _) = handler(move |request: proto::GetTargetRequest| {
        if request.target_id == Some(ObjectId([9; 32]).to_string()) {
            return Err(Status::not_found("Target not found"));
        }
        Ok(proto::GetTargetResponse { target: Some(listed(epoch)) })
    });
    let (wire, money) = (on_wire(&object), on_wire(&coin(1, 3, 1, OWNER)));
    let (get_object, _) = handler(move |request: proto::GetObjectRequest| {
        let object = match request.object_id.as_deref() {
            Some(text) if text == ObjectId([1; 32]).to_string() => money.clone(),
            Some(text) if text == ObjectId([9; 32]).to_string() => {
                return Err(Status::not_found("Object not found"));
            }
            _ => wire.clone(),
        };
        Ok(proto::GetObjectResponse { object: Some(object) })
    });
    over_both!(&Fake { get_target, get_object, ..Fake::default() }, |client| {
        let expected = ListedTarget::try_from(&listed(epoch)).unwrap();
        assert_eq!(client.listed_target(id).await.unwrap(), Some(expected));
        assert_eq!(client.target(id).await.unwrap(), Some(target.clone()));
        assert_eq!(client.listed_target(ObjectId([9; 32])).await.unwrap(), None);
        assert_eq!(client.target(ObjectId([9; 32])).await.unwrap(), None);
        is_garbage(client.listed_target(ObjectId([8; 32])).await);
        let error = client.target(ObjectId([1; 32])).await.unwrap_err();
        assert!(matches!(error, ChainError::Refused { code: 3, .. }), "{error:?}");
    });
}

fn recorded_state() -> (SystemState, proto::SystemState) {
    let vectors = vectors("system_state.json");
    let state: SystemState =
        bcs::from_bytes(&bytes(&vectors[0]["system_state_bcs"])).expect("a test's own value");
    let wire =
        prost::Message::decode(bytes(&vectors[0]["proto"]).as_slice()).expect("a test's own value");
    (state, wire)
}

#[tokio::test]
async fn the_state_of_an_epoch_is_of_that_epoch() {
    let (state, wire) = recorded_state();
    let epoch = state.as_v1().epoch;
    let (get_epoch, _) = handler(move |request: proto::GetEpochRequest| {
        if request.epoch == Some(epoch + 9) {
            return Err(Status::not_found("Epoch not found"));
        }
        let message = proto::Epoch {
            // To another question, with its number.
            epoch: request.epoch,
            system_state: Some(wire.clone()),
            ..Default::default()
        };
        Ok(proto::GetEpochResponse { epoch: Some(message) })
    });
    over_both!(&Fake { get_epoch, ..Fake::default() }, |client| {
        assert_eq!(client.system_state_of(epoch).await.unwrap(), Some(state.clone()));
        assert_eq!(client.system_state_of(epoch + 9).await.unwrap(), None);
        is_garbage(client.system_state_of(epoch + 1).await);
    });
}

#[tokio::test]
async fn an_epoch_has_its_number_and_its_bounds() {
    let (get_epoch, asked) = handler(|_| {
        let epoch = proto::Epoch {
            epoch: Some(3),
            first_checkpoint: Some(100),
            last_checkpoint: Some(199),
            start: Some(timestamp(5)),
            end: Some(timestamp(9)),
            ..Default::default()
        };
        Ok(proto::GetEpochResponse { epoch: Some(epoch) })
    });
    over_both!(&Fake { get_epoch, ..Fake::default() }, |client| {
        let epoch = client.epoch(Some(3)).await.unwrap().unwrap();
        assert_eq!((epoch.first_checkpoint, epoch.last_checkpoint), (Some(100), Some(199)));
        assert_eq!((epoch.start_ms, epoch.end_ms), (Some(5), Some(9)));
        is_garbage(client.epoch(Some(4)).await);
        assert_eq!(client.epoch(None).await.unwrap().unwrap().epoch, 3);
        asked.take();
    });
}

#[tokio::test]
async fn models_are_read_with_their_weights() {
    let (state, wire) = recorded_state();
    let (get_epoch, asked) = handler(move |_| {
        let state = proto::SystemState {
            model_registry: wire.model_registry.clone(),
            ..Default::default()
        };
        let epoch = proto::Epoch { system_state: Some(state), ..Default::default() };
        Ok(proto::GetEpochResponse { epoch: Some(epoch) })
    });
    let models = &state.as_v1().model_registry.models;
    over_both!(&Fake { get_epoch, ..Fake::default() }, |client| {
        assert_eq!(&client.models().await.unwrap(), models);
        let mask = asked.take().remove(0).read_mask.unwrap().paths;
        assert_eq!(mask, ["system_state.model_registry"]);
        let active = client.active_models().await.unwrap();
        assert_eq!(active.len(), models.values().filter(|model| model.is_active()).count());
        for (id, model) in models {
            assert_eq!(client.model(*id).await.unwrap().as_ref(), Some(model));
            assert_eq!(client.model_weights(*id).await.unwrap(), model.weights());
        }
        assert_eq!(client.model(ObjectId([0xee; 32])).await.unwrap(), None);
        asked.take();
    });
}

#[tokio::test]
async fn many_transactions_are_answered_in_order_and_by_digest() {
    use proto::get_transaction_result::Result as R;
    let signed = transfer();
    let digest = signed.transaction.digest();
    let mut answer = executed(&effects_of(&signed.transaction, ExecutionStatus::Success));
    answer.transaction = Some(transaction_to_proto(&signed.transaction).unwrap());
    let (batch_get_transactions, asked) =
        handler(move |request: proto::BatchGetTransactionsRequest| {
            let answers = request.digests.iter().map(|text| {
                let result = match text {
                    text if *text == TransactionDigest([1; 32]).to_string() => {
                        R::Error(not_found())
                    }
                    _ => R::Transaction(answer.clone()),
                };
                proto::GetTransactionResult { result: Some(result) }
            });
            Ok(proto::BatchGetTransactionsResponse { transactions: answers.collect() })
        });
    over_both!(&Fake { batch_get_transactions, ..Fake::default() }, |client| {
        let found = client.transactions(&[TransactionDigest([1; 32]), digest]).await.unwrap();
        assert_eq!(found[0], None);
        let details = found[1].as_ref().unwrap();
        assert_eq!(details.kind.as_ref(), Some(signed.transaction.kind()));
        for path in asked.take().remove(0).read_mask.unwrap().paths {
            assert!(!["*", "transaction", "transaction.digest"].contains(&path.as_str()));
        }
        is_garbage(client.transactions(&[TransactionDigest([2; 32])]).await);
        asked.take();
    });
}

#[tokio::test]
async fn a_transaction_that_says_something_else_than_was_executed_is_not_believed() {
    let signed = transfer();
    let mut answer = executed(&effects_of(&signed.transaction, ExecutionStatus::Success));
    let mut message = transaction_to_proto(&signed.transaction).unwrap();
    use proto::transaction_kind::Kind;
    let Some(Kind::TransferCoin(transfer)) = message.kind.as_mut().and_then(|it| it.kind.as_mut())
    else {
        panic!("not a transfer");
    };
    transfer.amount = Some(5_000_000);
    answer.transaction = Some(message);
    let (get_transaction, _) =
        handler(move |_| Ok(proto::GetTransactionResponse { transaction: Some(answer.clone()) }));
    over_both!(&Fake { get_transaction, ..Fake::default() }, |client| {
        let digest = signed.transaction.digest();
        let details = client.transaction_details(digest).await.unwrap().unwrap();
        assert_eq!(details.kind, None);
        assert_eq!(details.executed.digest, digest);
    });
}
