//! Codes of what a node, or the preparation of a transaction, has to say.

use crate::codes::{Coded, codes};
use wasm_core::dapp::{ResolveError, TransactionTextError};
use wasm_core::job::send::{PrepareError, SignRefused};
use wasm_core::object::ObjectError;
use wasm_core::ports::ChainError;
use wasm_core::preview::PreviewError;

codes! {
    ChainError {
        Self::Unreachable(_) => "node/unreachable",
        Self::Timeout { .. } => "node/timeout",
        Self::Cancelled => "aborted",
        Self::Refused { .. } => "node/refused",
        Self::Stale { .. } => "node/stale-object",
        Self::Locked { .. } => "node/locked-object",
        Self::Unsettled(_) => "node/unsettled",
        Self::Hidden => "node/hidden",
        Self::Unimplemented(_) => "node/unimplemented",
        Self::Garbage(_) => "node/garbage",
    }
    TransactionTextError {
        Self::TooLong => "transaction/too-long",
        Self::TooDeep => "transaction/too-deep",
        Self::Version(_) => "transaction/version",
        Self::Malformed(_) => "transaction/malformed",
        Self::KindOrBytes => "transaction/kind-or-bytes",
        Self::TooLarge => "transaction/too-large",
        Self::Bytes(_) => "transaction/unknown",
        Self::System(_) => "transaction/system",
        Self::NoText => "transaction/no-text",
    }
    SignRefused {
        Self::WrongKey { .. } => "sign/other-sender",
        Self::NotAMember { .. } => "sign/not-a-member",
        Self::Signature(_) => "signature/invalid",
        Self::Forbidden(_) => "sign/forbidden",
        Self::NotAccepted(_) => "sign/not-accepted",
        Self::EpochEnded { .. } => "sign/epoch-ended",
    }
    PreviewError {
        Self::System => "transaction/system",
        Self::NoGas => "prepare/no-gas",
        Self::NotACoin(_) => "prepare/not-a-coin",
        Self::NamedTwice(_) => "prepare/named-twice",
        Self::UnknownObject(_) => "prepare/unknown-object",
        Self::NotYours(_) => "prepare/not-yours",
        Self::WouldFail(_) => "prepare/would-fail",
        Self::Mishandled(_) => "prepare/mishandled",
    }
}

impl Coded for ObjectError {
    fn code(&self) -> &'static str {
        "node/garbage"
    }
}

impl Coded for PrepareError {
    fn code(&self) -> &'static str {
        match self {
            Self::Chain(error) => error.code(),
            Self::Preview(error) => error.code(),
            Self::WrongChain { .. } => "prepare/wrong-chain",
            Self::Coins(_) => "prepare/coins",
            Self::Nothing => "prepare/nothing",
            Self::FeeTakesAll { .. } => "prepare/fee-takes-all",
            Self::NothingToMerge => "prepare/nothing-to-merge",
            Self::TooLarge { .. } => "prepare/too-large",
            Self::Pay(_) => "prepare/payments",
            Self::Objects(_) => "prepare/objects",
            Self::Model(_) => "prepare/model",
            Self::Staking(_) => "prepare/staking",
            Self::Target(_) => "prepare/target",
            Self::Validator(_) => "prepare/validator",
        }
    }
}

impl Coded for ResolveError {
    fn code(&self) -> &'static str {
        match self {
            Self::Prepare(error) => error.code(),
            Self::OtherSender => "sign/other-sender",
            Self::NoAmount => "prepare/no-amount",
            Self::Uneven { .. } => "prepare/payments",
        }
    }
}
