//! Every failure in plain words: what it means, and what to do next.
//!
//! The matches are exhaustive on purpose: a failure without words does not compile.

use crate::amount::Shannons;
use crate::failure::FailureKind;
use crate::ports::{ChainError, ExecutionFailure};
use serde::{Deserialize, Serialize};

/// What went wrong, what it means and what to do, in plain words.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Explanation {
    /// What happened, and what it means.
    pub what: String,
    /// What to do next.
    pub next: String,
}

/// Next steps that several failures share.
mod next {
    pub(super) const MORE_COINS: &str =
        "Get more SOMA into this account, or choose a smaller amount, and try again.";
    pub(super) const PREPARE_AGAIN: &str =
        "Prepare the transaction again; the wallet then uses the newest state.";
    pub(super) const TRY_LATER: &str = "Try again in a few minutes.";
    pub(super) const CHECK_NODE: &str =
        "Check the network's address in the settings, or choose another node, and try again.";
    pub(super) const VALIDATORS_ONLY: &str =
        "Only accounts of active validators can do this; choose such an account.";
    pub(super) const OTHER_TARGET: &str = "Choose another target that is open.";
    pub(super) const REPORT: &str =
        "This should not happen with transactions of this wallet. Note the digest and report it.";
}

impl Explanation {
    fn new(what: impl Into<String>, next: impl Into<String>) -> Self {
        Self { what: what.into(), next: next.into() }
    }

    /// Why a transaction was executed and failed. Its fee was taken all the same.
    #[must_use]
    pub fn of_failure(failure: &ExecutionFailure) -> Self {
        let detail = Detail(failure.detail.as_deref().unwrap_or_default());
        let (what, next) = of_kind(failure.kind, &detail);
        Self::new(what, next)
    }

    /// Why a node gave no answer, or not the one asked for.
    #[must_use]
    pub fn of_chain_error(error: &ChainError) -> Self {
        match error {
            ChainError::Unreachable(reason) => {
                let reason = reason.trim_end_matches('.');
                Self::new(format!("The node cannot be reached: {reason}."), next::CHECK_NODE)
            }
            ChainError::Timeout { seconds } => Self::new(
                format!("The node did not answer within {seconds} seconds."),
                next::TRY_LATER,
            ),
            ChainError::Cancelled => {
                Self::new("The request was given up before the node answered.", "Ask again.")
            }
            ChainError::Refused { message, violations, .. } => {
                let fields: Vec<String> = violations
                    .iter()
                    .map(|(field, description)| format!("{field}: {description}"))
                    .collect();
                let reason = if message.is_empty() { fields.join("; ") } else { message.clone() };
                let what = match reason.trim_end_matches('.') {
                    "" => "The node refused and gave no reason.".into(),
                    reason => format!("The node refused: {reason}."),
                };
                Self::new(what, next::PREPARE_AGAIN)
            }
            ChainError::Stale { object } => Self::new(
                format!("Object {object} has changed since the transaction was prepared."),
                next::PREPARE_AGAIN,
            ),
            ChainError::Locked { object } => Self::new(
                format!(
                    "Object {object} is promised to another transaction until this epoch ends."
                ),
                "Prepare the transaction again to use other coins, or wait for the next epoch.",
            ),
            ChainError::Unsettled(reason) => Self::new(
                format!("The node gave up: {}.", reason.trim_end_matches('.')),
                next::TRY_LATER,
            ),
            ChainError::Hidden => Self::new(
                "The node failed the request, and its browser interface does not say why.",
                "Try again; if it stays so, choose another node in the settings.",
            ),
            ChainError::Unimplemented(what) => Self::new(
                format!("This node does not offer what is needed: {what}."),
                "Choose another node in the settings.",
            ),
            ChainError::Garbage(reason) => Self::new(
                format!("The node's answer is not understood: {reason}."),
                next::CHECK_NODE,
            ),
        }
    }
}

/// The `name=value` pairs that the node gives with a failure.
struct Detail<'a>(&'a str);

impl Detail<'_> {
    fn value(&self, name: &str) -> Option<&str> {
        self.0.split(',').find_map(|pair| {
            let (key, value) = pair.split_once('=')?;
            (key.trim() == name).then(|| value.trim())
        })
    }

    fn amount(&self, name: &str) -> Option<Shannons> {
        self.value(name)?.parse().ok().map(Shannons)
    }

    /// The sentence with the detail's own numbers where it has both, else the bare one.
    fn pair(&self, a: &str, b: &str, said: impl Fn(&str, &str) -> String, bare: &str) -> String {
        match (self.value(a), self.value(b)) {
            (Some(a), Some(b)) => said(a, b),
            _ => bare.into(),
        }
    }

    /// The sentence, with the node's words where it has any.
    fn appended(&self, sentence: &str) -> String {
        match self.0.trim_end_matches('.') {
            "" => format!("{sentence}."),
            detail => format!("{sentence}: {detail}."),
        }
    }
}

#[expect(clippy::too_many_lines, reason = "a table with one entry for each failure")]
fn of_kind(kind: FailureKind, detail: &Detail<'_>) -> (String, &'static str) {
    match kind {
        FailureKind::Unknown | FailureKind::OtherError => (
            detail.appended("The transaction failed for a reason that the node does not name"),
            "Check what it was about on this network, then prepare it again.",
        ),
        FailureKind::InsufficientGas => {
            ("The coin that pays the fee holds less than the fee.".into(), next::MORE_COINS)
        }
        FailureKind::InsufficientCoinBalance => {
            ("The coins hold less than the amount and the fee together.".into(), next::MORE_COINS)
        }
        FailureKind::CoinBalanceOverflow => {
            ("The amounts add up to more than a coin can hold.".into(), "Choose smaller amounts.")
        }
        FailureKind::InvalidOwnership => {
            (detail.appended("One of the objects belongs to somebody else"), next::PREPARE_AGAIN)
        }
        FailureKind::ObjectNotFound => {
            (detail.appended("One of the objects does not exist any more"), next::PREPARE_AGAIN)
        }
        FailureKind::InvalidObjectType => {
            (detail.appended("One of the objects is not what the transaction needs"), next::REPORT)
        }
        FailureKind::InputObjectDeleted => {
            ("The target was settled before this transaction came.".into(), next::OTHER_TARGET)
        }
        FailureKind::InvalidTransactionType => {
            ("This kind of transaction is only for the system itself.".into(), next::REPORT)
        }
        FailureKind::InvalidArguments => {
            (detail.appended("The transaction contradicts itself"), next::REPORT)
        }
        FailureKind::AdvancedToWrongEpoch => {
            ("The network is between two epochs.".into(), next::TRY_LATER)
        }
        FailureKind::CertificateDenied => (
            "The network's operators do not let this transaction through.".into(),
            "Ask the operators of the network why.",
        ),
        FailureKind::SharedObjectCongestion => {
            ("The network is too busy at this moment.".into(), next::TRY_LATER)
        }
        FailureKind::InsufficientEmissionBalance => (
            "The network's reward pool is too empty for this.".into(),
            "Wait for the next epoch, which may fill it.",
        ),
        FailureKind::DuplicateValidator => (
            "This account is a validator already, or will be one.".into(),
            "There is nothing more to do for it.",
        ),
        FailureKind::DuplicateValidatorMetadata => (
            detail.appended("Another validator uses the same key or address"),
            "Use keys and addresses that nobody else uses.",
        ),
        FailureKind::MissingProofOfPossession => (
            "A new protocol key needs a proof that its owner holds it.".into(),
            "Make the proof with the new key and add it.",
        ),
        FailureKind::InvalidProofOfPossession => (
            detail.appended("The proof for the protocol key does not hold"),
            "Make the proof again with that key for this account.",
        ),
        FailureKind::NotAValidator => {
            ("This account is not an active validator.".into(), next::VALIDATORS_ONLY)
        }
        FailureKind::ValidatorAlreadyRemoved => (
            "This validator leaves at the end of the epoch already.".into(),
            "There is nothing more to do; it leaves by itself.",
        ),
        FailureKind::ValidatorNotFound => (
            "There is no validator of this address.".into(),
            "Choose a validator from the list of active ones.",
        ),
        FailureKind::StakingPoolNotFound => (
            "The pool of this stake does not exist.".into(),
            "Look the stake up again; it may have been withdrawn.",
        ),
        FailureKind::CannotReportOneself => {
            ("Nobody can report themselves.".into(), "Choose another validator.")
        }
        FailureKind::ReportRecordNotFound => (
            "There is no report by this account to be taken back.".into(),
            "There is nothing to undo.",
        ),
        FailureKind::ModelNotFound => (
            "There is no model of this id in the state that is needed.".into(),
            "Check the model's id and the network.",
        ),
        FailureKind::NotModelOwner => (
            "The model belongs to another account.".into(),
            "Switch to the account that created it.",
        ),
        FailureKind::ModelNotActive => (
            "The model is not active: it is not revealed yet, or was deactivated or slashed."
                .into(),
            "Look at the model's state; only active models can do this.",
        ),
        FailureKind::ModelNotPending => (
            "The model has no commit that waits for its reveal.".into(),
            "Look at the model's state; it may be revealed already.",
        ),
        FailureKind::ModelAlreadyInactive => (
            "The model is out of service for good.".into(),
            "Create a new model, or choose another one.",
        ),
        FailureKind::ModelRevealEpochMismatch => (
            "A reveal counts only in the epoch right after the commit, and this is another one."
                .into(),
            "Before that epoch: wait for it. After it: the commit has lapsed and must be made again.",
        ),
        FailureKind::ModelEmbeddingCommitmentMismatch => (
            "The embedding is not the one that was committed.".into(),
            "Reveal with the embedding from the backup made before the commit.",
        ),
        FailureKind::ModelDecryptionKeyCommitmentMismatch => (
            "The key is not the one that was committed.".into(),
            "Reveal with the key from the backup made before the commit.",
        ),
        FailureKind::ModelNoPendingUpdate => (
            "The active model has no update that waits for its reveal.".into(),
            "Commit the new weights first.",
        ),
        FailureKind::ModelArchitectureVersionMismatch => (
            detail.appended("The network has moved to another model architecture"),
            "Prepare again; weights must fit the network's present architecture.",
        ),
        FailureKind::ModelCommissionRateTooHigh => {
            ("A commission cannot be more than 100 %.".into(), "Choose a lower commission.")
        }
        FailureKind::ModelMinStakeNotMet => (
            "The first stake is less than a new model needs on this network.".into(),
            "Choose a larger stake.",
        ),
        FailureKind::NoActiveModels => (
            "The network has no active model to make targets with.".into(),
            "Wait until a model is active.",
        ),
        FailureKind::TargetNotFound => ("There is no such target.".into(), next::OTHER_TARGET),
        FailureKind::TargetNotOpen => {
            ("Somebody else filled the target first.".into(), next::OTHER_TARGET)
        }
        FailureKind::TargetExpired => (
            detail.pair(
                "generation_epoch",
                "current_epoch",
                |made, now| {
                    format!("The target could be filled in epoch {made} only, and this is {now}.")
                },
                "The epoch in which the target could be filled is over.",
            ),
            next::OTHER_TARGET,
        ),
        FailureKind::TargetNotFilled => (
            "The target has not been filled, so there is nothing to settle or report yet.".into(),
            "Wait until it is filled or its epoch is over.",
        ),
        FailureKind::AuditWindowOpen => (
            epochs(detail, "Validators still audit the target"),
            "Wait until the epoch after the audit, two after the filling.",
        ),
        FailureKind::AuditWindowClosed => (
            epochs(detail, "Reports count only in the epoch right after the filling"),
            "It is too early or too late to report this submission.",
        ),
        FailureKind::TargetAlreadyClaimed => {
            ("The target's reward has been paid out.".into(), "There is nothing left to claim.")
        }
        FailureKind::ModelNotInTarget => (
            detail.appended("The target does not accept data of this model"),
            "Score the data with the models that the target names.",
        ),
        FailureKind::EmbeddingDimensionMismatch => (
            detail.pair(
                "expected",
                "actual",
                |expected, actual| {
                    format!(
                        "An embedding has {expected} values on this network, this one {actual}."
                    )
                },
                "The embedding does not have the number of values that this network uses.",
            ),
            "Use an embedding of the right length.",
        ),
        FailureKind::DistanceExceedsThreshold => (
            detail.pair(
                "score",
                "threshold",
                |score, threshold| {
                    format!("The data is {score} away from the target; at most {threshold} counts.")
                },
                "The data is too far from the target.",
            ),
            "Look for data nearer to the target.",
        ),
        FailureKind::InsufficientBond => (
            match (detail.amount("required"), detail.amount("provided")) {
                (Some(required), Some(provided)) => format!(
                    "The bond is {required} SOMA and the coin for it holds {provided} SOMA."
                ),
                _ => "The coin for the bond holds less than the bond.".into(),
            },
            next::MORE_COINS,
        ),
        FailureKind::DataExceedsMaxSize => (
            detail.pair(
                "size",
                "max_size",
                |size, most| format!("The data has {size} bytes; at most {most} are accepted."),
                "The data is larger than the network accepts.",
            ),
            "Submit smaller data.",
        ),
    }
}

fn epochs(detail: &Detail<'_>, sentence: &str) -> String {
    detail.pair(
        "fill_epoch",
        "current_epoch",
        |filled, now| format!("{sentence}: it was filled in epoch {filled}, and this is {now}."),
        &format!("{sentence}."),
    )
}

#[cfg(test)]
mod tests {
    use super::Explanation;
    use crate::address::ObjectId;
    use crate::failure::FailureKind;
    use crate::ports::{ChainError, ExecutionFailure};
    use std::collections::BTreeSet;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    fn of(kind: FailureKind, detail: &str) -> Explanation {
        let detail = (!detail.is_empty()).then(|| detail.to_owned());
        Explanation::of_failure(&ExecutionFailure { kind, detail })
    }

    fn is_sentences(text: &str) -> bool {
        text.ends_with('.') && text.starts_with(char::is_uppercase) && !text.contains("..")
    }

    #[test]
    fn every_failure_has_its_own_words_and_a_next_step() {
        let mut told = BTreeSet::new();
        for kind in FailureKind::ALL {
            for detail in ["", "a=1, b=2", "model not found in registry."] {
                let Explanation { what, next } = of(kind, detail);
                assert!(is_sentences(&what), "{kind:?}: {what}");
                assert!(is_sentences(&next), "{kind:?}: {next}");
            }
            told.insert(of(kind, "").what);
        }
        // Unknown and other failures are the same to a person.
        assert_eq!(told.len(), FailureKind::ALL.len() - 1);
    }

    #[test]
    fn amounts_are_told_as_soma() {
        let told = of(FailureKind::InsufficientBond, "required=650000, provided=1").what;
        assert_eq!(told, "The bond is 0.00065 SOMA and the coin for it holds 0.000000001 SOMA.");
    }

    #[test]
    fn the_numbers_of_a_failure_are_told() {
        for (kind, detail, part) in [
            (FailureKind::TargetExpired, "generation_epoch=1, current_epoch=2", "epoch 1 only"),
            (FailureKind::AuditWindowOpen, "fill_epoch=7, current_epoch=8", "epoch 7"),
            (FailureKind::EmbeddingDimensionMismatch, "expected=2048, actual=16", "2048 values"),
            (FailureKind::DistanceExceedsThreshold, "score=1.5, threshold=1.05", "at most 1.05"),
            (FailureKind::DataExceedsMaxSize, "size=9, max_size=8", "at most 8"),
            (FailureKind::OtherError, "ModelInvalidState", "ModelInvalidState"),
        ] {
            assert!(of(kind, detail).what.contains(part), "{:?}", of(kind, detail));
        }
    }

    #[test]
    fn every_silence_of_a_node_has_words_and_a_next_step() {
        let object = ObjectId([1; 32]);
        let refused = |message: &str, violations: &[(String, String)]| ChainError::Refused {
            code: 3,
            message: message.into(),
            violations: violations.to_vec(),
        };
        for error in [
            ChainError::Unreachable("connection refused".into()),
            ChainError::Timeout { seconds: 30 },
            ChainError::Cancelled,
            refused("Invalid user signature.", &[]),
            refused("", &[("owner".into(), "missing".into())]),
            refused("", &[]),
            ChainError::Stale { object },
            ChainError::Locked { object },
            ChainError::Hidden,
            ChainError::Unimplemented("simulation".into()),
            ChainError::Garbage("no effects".into()),
        ] {
            let Explanation { what, next } = Explanation::of_chain_error(&error);
            assert!(is_sentences(&what), "{what}");
            assert!(is_sentences(&next), "{next}");
        }
        let named = Explanation::of_chain_error(&refused("", &[("a".into(), "b".into())]));
        assert_eq!(named.what, "The node refused: a: b.");
    }
}
