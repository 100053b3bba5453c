//! Checkpoints, followed over streams that break, repeat, skip and lie.

use crate::fake::{Fake, handler};
use crate::over_both;
use crate::values::{effects_of, executed, transfer};
use futures::StreamExt;
use rpc::CheckpointKey;
use rpc::convert::timestamp;
use rpc::convert::transaction::transaction_to_proto;
use rpc::proto::soma as proto;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};
use tonic::Status;
use wasm_core::checkpoint::{CheckpointContents, CheckpointSummary};
use wasm_core::digest::{CheckpointDigest, EffectsDigest};
use wasm_core::effects::{ExecutionStatus, TransactionFee};
use wasm_core::ports::ChainError;

fn checkpoint(number: u64) -> proto::Checkpoint {
    let summary = proto::CheckpointSummary {
        epoch: Some(3),
        timestamp: Some(timestamp(number / 2)),
        ..Default::default()
    };
    proto::Checkpoint {
        sequence_number: Some(number),
        summary: Some(summary),
        ..Default::default()
    }
}

fn streamed(number: u64) -> Result<proto::SubscribeCheckpointsResponse, Status> {
    let checkpoint = Some(checkpoint(number));
    Ok(proto::SubscribeCheckpointsResponse { cursor: Some(number), checkpoint })
}

/// A node whose newest checkpoint is `height`, and what each of its streams tells.
fn node(
    height: &Arc<AtomicU64>,
    lowest: u64,
    checkpoints: Vec<Result<proto::SubscribeCheckpointsResponse, Status>>,
) -> Fake {
    let newest = Arc::clone(height);
    let (get_service_info, _) = handler(move |_| {
        Ok(proto::GetServiceInfoResponse {
            chain_id: Some("964EDrEzfvQT7HjVsjfXYcM1ubi3qhqB41zV7LLbCxxd".to_owned()),
            chain: Some("testnet".to_owned()),
            epoch: Some(3),
            checkpoint_height: Some(newest.load(Ordering::SeqCst)),
            server: Some("soma-node/0.1.21".to_owned()),
            ..Default::default()
        })
    });
    let newest = Arc::clone(height);
    let (get_checkpoint, _) = handler(move |request: proto::GetCheckpointRequest| {
        use proto::get_checkpoint_request::CheckpointId;
        match request.checkpoint_id {
            Some(CheckpointId::SequenceNumber(number))
                if (lowest..=newest.load(Ordering::SeqCst)).contains(&number) =>
            {
                Ok(proto::GetCheckpointResponse { checkpoint: Some(checkpoint(number)) })
            }
            _ => Err(Status::not_found("Checkpoint not found")),
        }
    });
    Fake { get_service_info, get_checkpoint, checkpoints, ..Fake::default() }
}

fn height(height: u64) -> Arc<AtomicU64> {
    Arc::new(AtomicU64::new(height))
}

macro_rules! numbers {
    ($client:expr, $from:expr, $count:expr) => {
        $client
            .follow_checkpoints($from)
            .filter_map(|item| async move { item.ok().map(|it| it.sequence_number) })
            .take($count)
            .collect::<Vec<u64>>()
            .await
    };
}

#[tokio::test]
async fn missed_checkpoints_come_before_those_of_the_stream() {
    let fake = node(&height(21), 0, vec![streamed(22), streamed(23)]);
    over_both!(&fake, |client| {
        assert_eq!(numbers!(client, 2, 22), (2..=23).collect::<Vec<_>>());
    });
}

#[tokio::test]
async fn a_gap_in_the_stream_is_filled_and_a_repetition_dropped() {
    let height = height(9);
    let told = [8, 10, 14, 12, 14, 15].map(streamed).to_vec();
    let fake = node(&height, 0, told);
    over_both!(&fake, |client| {
        height.store(9, Ordering::SeqCst);
        let mut stream = pin!(client.follow_checkpoints(9));
        assert_eq!(stream.next().await.unwrap().unwrap().sequence_number, 9);
        height.store(15, Ordering::SeqCst);
        for expected in 10..=15 {
            assert_eq!(stream.next().await.unwrap().unwrap().sequence_number, expected);
        }
    });
}

#[tokio::test]
async fn a_stream_that_breaks_is_begun_again_and_nothing_is_lost() {
    let height = height(5);
    let told = vec![streamed(6), Err(Status::unavailable("enough"))];
    let fake = node(&height, 0, told);
    over_both!(&fake, |client| {
        height.store(5, Ordering::SeqCst);
        let mut stream = pin!(client.follow_checkpoints(6));
        assert_eq!(stream.next().await.unwrap().unwrap().sequence_number, 6);
        height.store(40, Ordering::SeqCst);
        // The interruption is told, and is not the end.
        let broken = stream.next().await.unwrap().unwrap_err();
        assert_eq!(broken, ChainError::Unsettled("enough".to_owned()));
        for expected in 7..=40 {
            assert_eq!(stream.next().await.unwrap().unwrap().sequence_number, expected);
        }
    });
}

#[tokio::test]
async fn a_node_far_ahead_is_caught_up_with_by_number() {
    let fake = node(&height(400), 0, vec![streamed(401)]);
    over_both!(&fake, |client| {
        assert_eq!(numbers!(client, 0, 402), (0..=401).collect::<Vec<_>>());
    });
}

#[tokio::test]
async fn a_node_without_streams_is_asked_now_and_then() {
    let height = height(3);
    let mut fake = node(&height, 0, Vec::new());
    fake.no_streams = true;
    over_both!(&fake, |client| {
        height.store(3, Ordering::SeqCst);
        let mut stream = pin!(client.follow_checkpoints(3));
        assert_eq!(stream.next().await.unwrap().unwrap().sequence_number, 3);
        height.store(5, Ordering::SeqCst);
        assert_eq!(stream.next().await.unwrap().unwrap().sequence_number, 4);
        assert_eq!(stream.next().await.unwrap().unwrap().sequence_number, 5);
    });
}

#[tokio::test]
async fn a_checkpoint_that_the_node_forgot_is_told_and_never_passed_over() {
    let fake = node(&height(9), 5, vec![streamed(10)]);
    over_both!(&fake, |client| {
        let began = Instant::now();
        let mut stream = pin!(client.follow_checkpoints(2));
        for _ in 0..3 {
            let error = stream.next().await.unwrap().unwrap_err();
            assert!(matches!(error, ChainError::Refused { code: 5, .. }), "{error:?}");
        }
        // The second and third were waited for.
        assert!(began.elapsed() >= Duration::from_millis(750));
    });
}

#[tokio::test]
async fn a_stream_that_runs_ahead_of_its_chain_is_not_believed() {
    let height = height(5);
    let fake = node(&height, 0, vec![streamed(u64::MAX)]);
    over_both!(&fake, |client| {
        height.store(5, Ordering::SeqCst);
        let mut stream = pin!(client.follow_checkpoints(5));
        assert_eq!(stream.next().await.unwrap().unwrap().sequence_number, 5);
        assert!(stream.next().await.unwrap().is_err());
        height.store(6, Ordering::SeqCst);
        assert_eq!(stream.next().await.unwrap().unwrap().sequence_number, 6);
    });
}

#[tokio::test]
async fn giving_up_ends_the_stream() {
    let mut fake = node(&height(5), 0, Vec::new());
    fake.streams_stay_open = true;
    over_both!(&fake, |client| {
        let (cancellable, cancel) = client.cancellable();
        let mut stream = pin!(cancellable.follow_checkpoints(5));
        assert_eq!(stream.next().await.unwrap().unwrap().sequence_number, 5);
        let later = async {
            tokio::time::sleep(Duration::from_millis(100)).await;
            cancel.cancel();
        };
        let (end, ()) = tokio::join!(stream.next(), later);
        assert_eq!(end, None);
        assert_eq!(stream.next().await, None);
        assert_eq!(pin!(cancellable.follow_checkpoints(5)).next().await, None);
    });
}

#[tokio::test]
async fn a_transaction_is_waited_for_until_a_checkpoint_holds_it() {
    let signed = transfer();
    let digest = signed.transaction.digest();
    let base = executed(&effects_of(&signed.transaction, ExecutionStatus::Success));
    let looks = Arc::new(AtomicU64::new(0));
    let counted = Arc::clone(&looks);
    let (get_transaction, _) = handler(move |_| {
        let mut answer = base.clone();
        match counted.fetch_add(1, Ordering::SeqCst) {
            0 => return Err(Status::not_found("Transaction not found")),
            1 => return Err(Status::unavailable("busy")),
            2 => {}
            _ => answer.checkpoint = Some(12),
        }
        Ok(proto::GetTransactionResponse { transaction: Some(answer) })
    });
    let mut fake = node(&height(5), 0, Vec::new());
    fake.get_transaction = get_transaction;
    over_both!(&fake, |client| {
        looks.store(0, Ordering::SeqCst);
        let found = client.wait_for_transaction(digest, Duration::from_secs(20)).await.unwrap();
        assert_eq!(found.checkpoint, Some(12));
        looks.store(0, Ordering::SeqCst);
        let error = client.wait_for_transaction(digest, Duration::from_millis(300)).await;
        assert_eq!(error, Err(ChainError::Timeout { seconds: 1 }));
    });
}

/// A checkpoint of one transaction, with everything that seals it.
fn sealed() -> (CheckpointDigest, proto::Checkpoint) {
    let signed = transfer();
    let effects = effects_of(&signed.transaction, ExecutionStatus::Success);
    let digest = signed.transaction.digest();
    let contents = CheckpointContents::V1 {
        transactions: vec![(digest, EffectsDigest([8; 32]))],
        user_signatures: vec![vec![signed.signature.clone()]],
    };
    let summary = CheckpointSummary {
        epoch: 3,
        sequence_number: 7,
        network_total_transactions: 40,
        content_digest: contents.digest(),
        previous_digest: Some(CheckpointDigest([1; 32])),
        epoch_rolling_transaction_fees: TransactionFee::new(1000, 300, 5),
        timestamp_ms: 1_000_001,
        checkpoint_commitments: Vec::new(),
        end_of_epoch_data: None,
        version_specific_data: Vec::new(),
    };
    let mut transaction = executed(&effects);
    transaction.digest = Some(digest.to_string());
    transaction.transaction =
        Some(transaction_to_proto(&signed.transaction).expect("a test's own value"));
    let message = proto::Checkpoint {
        sequence_number: Some(7),
        digest: Some(summary.digest().to_string()),
        summary: Some((&summary).into()),
        contents: Some((&contents).into()),
        transactions: vec![transaction],
        ..Default::default()
    };
    (summary.digest(), message)
}

#[tokio::test]
async fn a_checkpoint_is_found_by_its_digest_with_every_digest_computed_anew() {
    let (digest, message) = sealed();
    let (get_checkpoint, _) =
        handler(move |_| Ok(proto::GetCheckpointResponse { checkpoint: Some(message.clone()) }));
    over_both!(&Fake { get_checkpoint, ..Fake::default() }, |client| {
        for key in [CheckpointKey::Digest(digest), CheckpointKey::Number(7), CheckpointKey::Newest]
        {
            let found = client.sealed_checkpoint(key).await.unwrap().unwrap();
            assert_eq!(found.digest(), digest);
            assert_eq!(found.checkpoint().sequence_number, 7);
            let kinds = found.checkpoint().transactions.iter().filter(|it| it.kind.is_some());
            assert_eq!(kinds.count(), 1);
        }
        for key in [CheckpointKey::Digest(CheckpointDigest([2; 32])), CheckpointKey::Number(8)] {
            let error = client.sealed_checkpoint(key).await.unwrap_err();
            assert!(matches!(error, ChainError::Garbage(_)), "{error:?}");
        }
    });
}

#[tokio::test]
async fn a_checkpoint_whose_parts_do_not_belong_together_is_garbage() {
    let (digest, whole) = sealed();
    let mut forged = vec![whole.clone(); 4];
    forged[0].summary.as_mut().unwrap().total_network_transactions = Some(41);
    forged[1].contents.as_mut().unwrap().transactions.clear();
    forged[2].transactions.clear();
    forged[3].summary.as_mut().unwrap().timestamp = Some(timestamp(1));
    for message in forged {
        let (get_checkpoint, _) = handler(move |_| {
            Ok(proto::GetCheckpointResponse { checkpoint: Some(message.clone()) })
        });
        over_both!(&Fake { get_checkpoint, ..Fake::default() }, |client| {
            let error = client.sealed_checkpoint(CheckpointKey::Digest(digest)).await.unwrap_err();
            assert!(matches!(error, ChainError::Garbage(_)), "{error:?}");
        });
    }
}
