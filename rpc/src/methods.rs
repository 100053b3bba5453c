//! The methods of a node that are asked, each with its question and its answer.

use crate::proto::soma as proto;
use std::fmt;
use std::marker::PhantomData;

/// A method: where it is, what it takes and what it gives.
pub(crate) struct Method<Q, A> {
    pub(crate) path: &'static str,
    types: PhantomData<fn(Q) -> A>,
}

impl<Q, A> Method<Q, A> {
    const fn at(path: &'static str) -> Self {
        Self { path, types: PhantomData }
    }
}

impl<Q, A> fmt::Debug for Method<Q, A> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.path)
    }
}

macro_rules! methods {
    ($($service:literal { $($name:ident = $method:literal: $question:ident => $answer:ident,)* })*) => {$($(
        pub(crate) const $name: Method<proto::$question, proto::$answer> =
            Method::at(concat!("/soma.rpc.", $service, "/", $method));
    )*)*};
}

methods! {
    "LedgerService" {
        GET_SERVICE_INFO = "GetServiceInfo": GetServiceInfoRequest => GetServiceInfoResponse,
        GET_OBJECT = "GetObject": GetObjectRequest => GetObjectResponse,
        BATCH_GET_OBJECTS = "BatchGetObjects": BatchGetObjectsRequest => BatchGetObjectsResponse,
        GET_TRANSACTION = "GetTransaction": GetTransactionRequest => GetTransactionResponse,
        BATCH_GET_TRANSACTIONS = "BatchGetTransactions":
            BatchGetTransactionsRequest => BatchGetTransactionsResponse,
        GET_CHECKPOINT = "GetCheckpoint": GetCheckpointRequest => GetCheckpointResponse,
        GET_EPOCH = "GetEpoch": GetEpochRequest => GetEpochResponse,
    }
    "StateService" {
        LIST_OWNED_OBJECTS = "ListOwnedObjects": ListOwnedObjectsRequest => ListOwnedObjectsResponse,
        GET_BALANCE = "GetBalance": GetBalanceRequest => GetBalanceResponse,
        LIST_TARGETS = "ListTargets": ListTargetsRequest => ListTargetsResponse,
        GET_TARGET = "GetTarget": GetTargetRequest => GetTargetResponse,
    }
    "TransactionExecutionService" {
        EXECUTE_TRANSACTION = "ExecuteTransaction":
            ExecuteTransactionRequest => ExecuteTransactionResponse,
        SIMULATE_TRANSACTION = "SimulateTransaction":
            SimulateTransactionRequest => SimulateTransactionResponse,
    }
    "SubscriptionService" {
        SUBSCRIBE_CHECKPOINTS = "SubscribeCheckpoints":
            SubscribeCheckpointsRequest => SubscribeCheckpointsResponse,
    }
}
