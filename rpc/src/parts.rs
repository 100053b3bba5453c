//! Messages of which only a part is read. Reading all kinds of transactions where none was asked for would be
//! a large part of a small program.

use crate::proto::soma as proto;
use crate::proto::{Timestamp, google_rpc};
use prost::Message;

/// An answer that holds an executed transaction, whatever is read of it.
#[derive(Clone, PartialEq, Message)]
pub(crate) struct Envelope {
    #[prost(bytes = "vec", optional, tag = "1")]
    pub(crate) transaction: Option<Vec<u8>>,
}

/// The same, for many.
#[derive(Clone, PartialEq, Message)]
pub(crate) struct Envelopes {
    #[prost(message, repeated, tag = "1")]
    pub(crate) transactions: Vec<EnvelopeOrError>,
}

/// One of many.
#[derive(Clone, PartialEq, Message)]
pub(crate) struct EnvelopeOrError {
    #[prost(bytes = "vec", optional, tag = "1")]
    pub(crate) transaction: Option<Vec<u8>>,
    #[prost(message, optional, tag = "2")]
    pub(crate) error: Option<google_rpc::Status>,
}

/// What an executed transaction did, without what it says.
#[derive(Clone, PartialEq, Message)]
pub(crate) struct Outcome {
    #[prost(message, optional, tag = "2")]
    transaction: Option<Payment>,
    #[prost(message, optional, tag = "4")]
    pub(crate) effects: Option<proto::TransactionEffects>,
    #[prost(uint64, optional, tag = "5")]
    checkpoint: Option<u64>,
    #[prost(message, optional, tag = "6")]
    timestamp: Option<Timestamp>,
    #[prost(message, repeated, tag = "7")]
    balance_changes: Vec<proto::BalanceChange>,
}

/// What a transaction pays with.
#[derive(Clone, PartialEq, Message)]
struct Payment {
    #[prost(message, repeated, tag = "4")]
    gas_payment: Vec<proto::ObjectReference>,
}

impl From<Outcome> for proto::ExecutedTransaction {
    fn from(outcome: Outcome) -> Self {
        let paid_with = |Payment { gas_payment }| proto::Transaction {
            gas_payment,
            ..proto::Transaction::default()
        };
        Self {
            transaction: outcome.transaction.map(paid_with),
            effects: outcome.effects,
            checkpoint: outcome.checkpoint,
            timestamp: outcome.timestamp,
            balance_changes: outcome.balance_changes,
            ..Self::default()
        }
    }
}

/// What is told of a checkpoint to those who wait for a transaction.
#[derive(Clone, PartialEq, Message)]
pub(crate) struct Announcement {
    #[prost(message, optional, tag = "2")]
    pub(crate) checkpoint: Option<Announced>,
}

/// The transactions of a checkpoint.
#[derive(Clone, PartialEq, Message)]
pub(crate) struct Announced {
    #[prost(message, repeated, tag = "6")]
    pub(crate) transactions: Vec<AnnouncedTransaction>,
}

/// The digest of a transaction.
#[derive(Clone, PartialEq, Message)]
pub(crate) struct AnnouncedTransaction {
    #[prost(string, optional, tag = "1")]
    pub(crate) digest: Option<String>,
}
