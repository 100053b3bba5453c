//! Kinds of transactions in a word or two, for a choice.

/// A kind, by the chain's name of it.
#[must_use]
pub(super) fn kind_words(kind: &str) -> String {
    match kind {
        "TransferCoin" => "Payment",
        "PayCoins" => "Payment to several",
        "TransferObjects" => "Objects given",
        "AddStake" => "Stake with a validator",
        "AddStakeToModel" => "Stake with a model",
        "WithdrawStake" => "Stake taken back",
        "CreateModel" => "Model created",
        "CommitModel" => "Weights committed",
        "RevealModel" => "Weights revealed",
        "SetModelCommissionRate" => "Commission of a model",
        "DeactivateModel" => "Model retired",
        "SubmitData" => "Data submitted",
        "ClaimRewards" => "Target settled",
        "ReportSubmission" | "UndoReportSubmission" => "Report of data",
        "ReportModel" | "UndoReportModel" => "Report of a model",
        "ReportValidator" | "UndoReportValidator" => "Report of a validator",
        "AddValidator" => "Validator joins",
        "RemoveValidator" => "Validator leaves",
        "UpdateValidatorMetadata" => "Validator changed",
        "SetCommissionRate" => "Commission of a validator",
        "ChangeEpoch" => "End of an epoch",
        "Genesis" => "Beginning of the network",
        other => other,
    }
    .to_owned()
}
