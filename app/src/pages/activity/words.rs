//! Kinds of transactions in a word or two, for a choice.

use crate::languages::t;

/// A kind, by the chain's name of it.
#[must_use]
pub(super) fn kind_words(kind: &str) -> String {
    match kind {
        "TransferCoin" => t!("Payment"),
        "PayCoins" => t!("Payment to several"),
        "TransferObjects" => t!("Objects given"),
        "AddStake" => t!("Stake with a validator"),
        "AddStakeToModel" => t!("Stake with a model"),
        "WithdrawStake" => t!("Stake taken back"),
        "CreateModel" => t!("Model created"),
        "CommitModel" => t!("Weights committed"),
        "RevealModel" => t!("Weights revealed"),
        "SetModelCommissionRate" => t!("Commission of a model"),
        "DeactivateModel" => t!("Model retired"),
        "SubmitData" => t!("Data submitted"),
        "ClaimRewards" => t!("Target settled"),
        "ReportSubmission" | "UndoReportSubmission" => t!("Report of data"),
        "ReportModel" | "UndoReportModel" => t!("Report of a model"),
        "ReportValidator" | "UndoReportValidator" => t!("Report of a validator"),
        "AddValidator" => t!("Validator joins"),
        "RemoveValidator" => t!("Validator leaves"),
        "UpdateValidatorMetadata" => t!("Validator changed"),
        "SetCommissionRate" => t!("Commission of a validator"),
        "ChangeEpoch" => t!("End of an epoch"),
        "Genesis" => t!("Beginning of the network"),
        other => other,
    }
    .to_owned()
}
