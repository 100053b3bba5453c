//! Whether the node is well, what it offers, and what every answer tells beside itself.

use crate::client::{Net, frame, mask};
use http::Method;
use rpc::proto::health::HealthCheckRequest;
use rpc::proto::health::health_client::HealthClient;
use rpc::proto::soma as proto;
use std::collections::BTreeSet;
use tokio_stream::StreamExt as _;
use tonic::Code;
use tonic::metadata::MetadataMap;
use tonic_reflection::pb::{v1, v1alpha};
use wasm_core::address::Address;

/// Services that the node says it has, beside the reflection that is asked.
const SERVICES: [&str; 5] = [
    "grpc.health.v1.Health",
    "soma.rpc.LedgerService",
    "soma.rpc.StateService",
    "soma.rpc.SubscriptionService",
    "soma.rpc.TransactionExecutionService",
];

#[tokio::test]
async fn the_node_says_that_it_is_well() {
    let net = Net::start().await;
    let ask = |service: &str| HealthCheckRequest { service: service.to_owned() };
    let mut health = HealthClient::new(net.channel());
    for service in ["", "soma.rpc.StateService"] {
        let well = health.check(ask(service)).await.expect("an answer");
        assert_eq!(well.into_inner().status, 1);
    }
    let unknown = health.check(ask("nothing")).await.expect_err("no such service");
    assert_eq!(unknown.code(), Code::NotFound);
    let mut watched = health.watch(ask("")).await.expect("a stream").into_inner();
    assert_eq!(watched.next().await.expect("one").expect("a status").status, 1);
}

#[tokio::test]
async fn reflection_lists_what_there_is_in_both_its_versions() {
    let net = Net::start().await;
    macro_rules! listed {
        ($version:ident) => {{
            use $version::server_reflection_request::MessageRequest;
            use $version::server_reflection_response::MessageResponse;
            let mut client =
                $version::server_reflection_client::ServerReflectionClient::new(net.channel());
            let ask = |request| $version::ServerReflectionRequest {
                host: String::new(),
                message_request: Some(request),
            };
            let requests = tokio_stream::iter([
                ask(MessageRequest::ListServices(String::new())),
                ask(MessageRequest::FileContainingSymbol("soma.rpc.LedgerService".to_owned())),
            ]);
            let answers = client.server_reflection_info(requests).await.expect("a stream");
            let mut answers = answers.into_inner();
            let mut next = async || answers.next().await.expect("one").expect("an answer");
            let Some(MessageResponse::ListServicesResponse(list)) = next().await.message_response
            else {
                panic!("a list");
            };
            let Some(MessageResponse::FileDescriptorResponse(files)) =
                next().await.message_response
            else {
                panic!("files");
            };
            assert!(!files.file_descriptor_proto.is_empty());
            list.service.into_iter().map(|service| service.name).collect::<BTreeSet<String>>()
        }};
    }
    for listed in [listed!(v1), listed!(v1alpha)] {
        for service in SERVICES {
            assert!(listed.contains(service), "{service} in {listed:?}");
        }
    }
}

fn is_complete(headers: &MetadataMap) -> bool {
    let names = [
        "x-soma-chain-id",
        "x-soma-chain",
        "x-soma-epoch",
        "x-soma-checkpoint-height",
        "x-soma-timestamp-ms",
        "x-soma-timestamp",
        "x-soma-lowest-available-checkpoint",
        "x-soma-lowest-available-checkpoint-objects",
        "server",
    ];
    names.iter().all(|name| headers.contains_key(*name))
}

#[tokio::test]
async fn answers_and_refusals_alike_tell_where_the_chain_stands() {
    let net = Net::start().await;
    let info = net.ledger().get_service_info(proto::GetServiceInfoRequest {}).await;
    assert!(is_complete(info.expect("an answer").metadata()));
    let request = proto::GetObjectRequest { object_id: Some("7".into()), ..Default::default() };
    let refused = net.ledger().get_object(request).await.expect_err("no such object");
    assert!(is_complete(refused.metadata()), "{:?}", refused.metadata());
    let stream = proto::SubscribeCheckpointsRequest { read_mask: None };
    let stream = net.subscription().subscribe_checkpoints(stream).await.expect("a stream");
    assert!(is_complete(stream.metadata()));
    for path in ["/nothing", "/model/5", "/soma.rpc.Nothing/At"] {
        let answer = net.http(Method::GET, path, &[], "").await;
        assert!(is_complete(&MetadataMap::from_headers(answer.headers)), "{path}");
    }
}

#[tokio::test]
async fn challenges_are_not_there() {
    let net = Net::start().await;
    for method in ["GetChallenge", "ListChallenges"] {
        let path = format!("/soma.rpc.StateService/{method}");
        let headers = [("content-type", "application/grpc-web+proto")];
        let answer = net.http(Method::POST, &path, &headers, frame(&[])).await;
        assert_eq!(answer.header("grpc-status"), Some("12"), "{method}");
        assert_eq!(answer.header("grpc-status-details-bin"), None);
    }
}

#[tokio::test]
async fn there_are_1024_places_for_subscribers() {
    const STREAMS_OF_A_CONNECTION: usize = 128;
    let net = Net::start().await;
    let mut streams = Vec::new();
    for _ in 0..1024 / STREAMS_OF_A_CONNECTION {
        let client = net.another_subscription().await;
        for _ in 0..STREAMS_OF_A_CONNECTION {
            let request = proto::SubscribeCheckpointsRequest { read_mask: None };
            let stream = client.clone().subscribe_checkpoints(request).await;
            streams.push(stream.expect("a place").into_inner());
        }
    }
    let request = || proto::SubscribeCheckpointsRequest { read_mask: mask(&["digest"]) };
    let refused = net.subscription().subscribe_checkpoints(request()).await.expect_err("full");
    assert_eq!(refused.code(), Code::Unavailable);
    assert_eq!(refused.message(), "too many existing subscriptions");

    net.request_gas(Address([1; 32])).await;
    for stream in &mut streams {
        let cursor = stream.next().await.expect("one").expect("a checkpoint").cursor;
        assert_eq!(cursor, Some(1));
    }
    drop(streams.pop());
    let freed = async {
        while net.subscription().subscribe_checkpoints(request()).await.is_err() {
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        }
    };
    let limit = std::time::Duration::from_secs(10);
    tokio::time::timeout(limit, freed).await.expect("a place that was left is free");
}

#[tokio::test]
async fn a_streams_balance_changes_are_told_when_asked_for() {
    let net = Net::start().await;
    let request = proto::SubscribeCheckpointsRequest {
        read_mask: mask(&["transactions.balance_changes", "transactions.digest", "no.such.path"]),
    };
    let stream = net.subscription().subscribe_checkpoints(request).await.expect("a stream");
    net.request_gas(Address([0xab; 32])).await;
    let message = stream.into_inner().next().await.expect("one").expect("a checkpoint");
    let transactions = message.checkpoint.expect("a checkpoint").transactions;
    let changes: Vec<_> = transactions.iter().flat_map(|it| &it.balance_changes).collect();
    let won = changes.iter().find(|it| it.amount.as_deref() == Some("2000000000"));
    assert_eq!(won.and_then(|it| it.address.clone()), Some("ab".repeat(32)));
    assert!(transactions.iter().all(|it| it.effects.is_none() && it.digest.is_some()));
}
