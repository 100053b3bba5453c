//! The 23 kinds of transactions that people send, by name.

use crate::address::ModelId;
use crate::tx::TransactionKind;
use serde::{Deserialize, Serialize};
use std::fmt;

macro_rules! user_kinds {
    ($($name:ident),* $(,)?) => {
        /// A kind of transaction that people send. Its text is the chain's name of it.
        #[derive(
            Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
        )]
        #[expect(missing_docs, reason = "the names are the chain's, and told at TransactionKind")]
        pub enum UserKind { $($name,)* }

        impl UserKind {
            /// All of them, in the order of the chain.
            pub const ALL: [Self; 23] = [$(Self::$name,)*];

            /// The chain's name.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self { $(Self::$name => stringify!($name),)* }
            }
        }
    };
}

user_kinds! {
    AddValidator, RemoveValidator, ReportValidator, UndoReportValidator, UpdateValidatorMetadata,
    SetCommissionRate, TransferCoin, PayCoins, TransferObjects, AddStake, WithdrawStake, CreateModel,
    CommitModel, RevealModel, AddStakeToModel, SetModelCommissionRate, DeactivateModel, ReportModel,
    UndoReportModel, SubmitData, ClaimRewards, ReportSubmission, UndoReportSubmission,
}

impl UserKind {
    /// The kind of a transaction; none, where only the system sends it.
    #[must_use]
    pub fn of(kind: &TransactionKind) -> Option<Self> {
        Self::ALL.into_iter().find(|user| user.name() == kind.name())
    }

    /// Whether a policy may cover it. What hands out whole objects, reveals, retires or changes who is a
    /// validator is looked at every time.
    #[must_use]
    pub const fn may_be_automatic(self) -> bool {
        !matches!(
            self,
            Self::AddValidator
                | Self::RemoveValidator
                | Self::UpdateValidatorMetadata
                | Self::TransferObjects
                | Self::CommitModel
                | Self::RevealModel
                | Self::DeactivateModel
        )
    }

    /// Whether it pays somebody who is named in it.
    #[must_use]
    pub const fn pays_somebody(self) -> bool {
        matches!(self, Self::TransferCoin | Self::PayCoins | Self::TransferObjects)
    }

    /// Whether it names a model.
    #[must_use]
    pub const fn names_model(self) -> bool {
        matches!(
            self,
            Self::CommitModel
                | Self::RevealModel
                | Self::AddStakeToModel
                | Self::SetModelCommissionRate
                | Self::DeactivateModel
                | Self::ReportModel
                | Self::UndoReportModel
                | Self::SubmitData
        )
    }
}

impl fmt::Display for UserKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// The model that a transaction names.
#[must_use]
pub const fn model_of(kind: &TransactionKind) -> Option<ModelId> {
    match kind {
        TransactionKind::CommitModel(args) => Some(args.model_id),
        TransactionKind::RevealModel(args) => Some(args.model_id),
        TransactionKind::SubmitData(args) => Some(args.model_id),
        TransactionKind::AddStakeToModel { model_id, .. }
        | TransactionKind::SetModelCommissionRate { model_id, .. }
        | TransactionKind::DeactivateModel { model_id }
        | TransactionKind::ReportModel { model_id }
        | TransactionKind::UndoReportModel { model_id } => Some(*model_id),
        _ => None,
    }
}
