//! The methods of a node that are asked, each with its question and its answer.

use crate::parts::{Envelope, Envelopes};
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
    ($($service:literal { $($name:ident = $method:literal: $question:ident => $answer:path,)* })*) => {$($(
        pub(crate) const $name: Method<proto::$question, $answer> =
            Method::at(concat!("/soma.rpc.", $service, "/", $method));
    )*)*};
}

methods! {
    "LedgerService" {
        GET_SERVICE_INFO = "GetServiceInfo": GetServiceInfoRequest => proto::GetServiceInfoResponse,
        GET_OBJECT = "GetObject": GetObjectRequest => proto::GetObjectResponse,
        BATCH_GET_OBJECTS = "BatchGetObjects": BatchGetObjectsRequest => proto::BatchGetObjectsResponse,
        GET_TRANSACTION = "GetTransaction": GetTransactionRequest => Envelope,
        BATCH_GET_TRANSACTIONS = "BatchGetTransactions":
            BatchGetTransactionsRequest => Envelopes,
        GET_CHECKPOINT = "GetCheckpoint": GetCheckpointRequest => proto::GetCheckpointResponse,
        GET_EPOCH = "GetEpoch": GetEpochRequest => proto::GetEpochResponse,
    }
    "StateService" {
        LIST_OWNED_OBJECTS = "ListOwnedObjects": ListOwnedObjectsRequest => proto::ListOwnedObjectsResponse,
        GET_BALANCE = "GetBalance": GetBalanceRequest => proto::GetBalanceResponse,
        LIST_TARGETS = "ListTargets": ListTargetsRequest => proto::ListTargetsResponse,
        GET_TARGET = "GetTarget": GetTargetRequest => proto::GetTargetResponse,
    }
    "TransactionExecutionService" {
        EXECUTE_TRANSACTION = "ExecuteTransaction":
            ExecuteTransactionRequest => Envelope,
        SIMULATE_TRANSACTION = "SimulateTransaction":
            SimulateTransactionRequest => Envelope,
    }
    "SubscriptionService" {
        SUBSCRIBE_CHECKPOINTS = "SubscribeCheckpoints":
            SubscribeCheckpointsRequest => proto::SubscribeCheckpointsResponse,
    }
}
