//! Submitting data for a target: brought to where the network fetches it, compared, signed for.
//!
//! A state machine that knows no I/O. Whoever drives it stores each state before acting on it.

use crate::address::Address;
use crate::digest::{Checksum, TransactionDigest};
use crate::intent::{SubmitData, TargetError};
use crate::manifest::Manifest;
use crate::ports::{Executed, ExecutionFailure};
use crate::preview::Explanation;
use crate::system_state::SystemStateV1;
use crate::target::TargetV1;
use crate::weights::{ManifestMismatch, Measured};
use serde::{Deserialize, Serialize};

/// How data comes to lie at its address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Bringing {
    /// It is uploaded.
    Upload,
    /// Its owner has put it there.
    Hosted,
}

/// How far a submission has come.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum SubmissionStage {
    /// The data is on its way to its address.
    Uploading,
    /// What its address serves is being compared with it.
    Verifying,
    /// It lies there. The transaction can be prepared.
    Ready,
    /// The transaction was sent, and what became of it is not known yet.
    Settling {
        /// Which.
        transaction: TransactionDigest,
    },
    /// It was executed: the target is filled.
    Submitted {
        /// By which transaction.
        transaction: TransactionDigest,
        /// When.
        epoch: u64,
    },
    /// It was executed and failed. Only the base fee was paid.
    Failed {
        /// Which transaction.
        transaction: TransactionDigest,
        /// Why.
        why: Explanation,
    },
}

/// Why a submission does not go on like this.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SubmissionError {
    /// The target would not take it.
    #[error(transparent)]
    Target(#[from] TargetError),
    /// The data is not the data that was scored.
    #[error("the data is not the data that was scored: their checksums differ")]
    OtherData,
    /// Nothing is submitted.
    #[error("data has at least one byte")]
    Empty,
    /// What lies at the address is not the data.
    #[error("what lies at the address is not the data: {0}")]
    Mismatch(ManifestMismatch),
    /// Another step is due.
    #[error("the submission is not at this step")]
    OutOfPlace,
}

/// Data on its way to a target. It holds no secret.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Submission {
    account: Address,
    intent: SubmitData,
    bringing: Bringing,
    stage: SubmissionStage,
}

impl Submission {
    /// Begins to submit data that a target would take now. Where it was scored, `scored` is the
    /// checksum of what was.
    ///
    /// # Errors
    /// Where it would not take it.
    pub fn new(
        account: Address,
        intent: SubmitData,
        bringing: Bringing,
        scored: Option<Checksum>,
        (target, state): (&TargetV1, &SystemStateV1),
    ) -> Result<Self, SubmissionError> {
        if scored.is_some_and(|scored| scored != intent.manifest.checksum()) {
            return Err(SubmissionError::OtherData);
        }
        if intent.manifest.size() == 0 {
            return Err(SubmissionError::Empty);
        }
        intent.check_against(target, state)?;
        let stage = match bringing {
            Bringing::Upload => SubmissionStage::Uploading,
            Bringing::Hosted => SubmissionStage::Verifying,
        };
        Ok(Self { account, intent, bringing, stage })
    }

    /// Whose it is.
    #[must_use]
    pub const fn account(&self) -> Address {
        self.account
    }

    /// What is submitted.
    #[must_use]
    pub const fn submitted(&self) -> &SubmitData {
        &self.intent
    }

    /// Where the data lies or will, and what it is.
    #[must_use]
    pub const fn manifest(&self) -> &Manifest {
        &self.intent.manifest
    }

    /// How the data comes to lie at its address.
    #[must_use]
    pub const fn bringing(&self) -> Bringing {
        self.bringing
    }

    /// How far it has come.
    #[must_use]
    pub const fn stage(&self) -> &SubmissionStage {
        &self.stage
    }

    /// Whether it may be forgotten: not while its transaction may still be executed.
    #[must_use]
    pub const fn may_be_removed(&self) -> bool {
        !matches!(self.stage, SubmissionStage::Settling { .. })
    }

    fn at(self, stage: SubmissionStage) -> Self {
        Self { stage, ..self }
    }

    /// The data was uploaded.
    ///
    /// # Errors
    /// Where that was not due.
    pub fn on_uploaded(self) -> Result<Self, SubmissionError> {
        match self.stage {
            SubmissionStage::Uploading => Ok(self.at(SubmissionStage::Verifying)),
            _ => Err(SubmissionError::OutOfPlace),
        }
    }

    /// All that the address serves was read.
    ///
    /// # Errors
    /// Where it is not the data, or that was not due.
    pub fn on_read_back(self, read: Measured) -> Result<Self, SubmissionError> {
        if !matches!(self.stage, SubmissionStage::Verifying) {
            return Err(SubmissionError::OutOfPlace);
        }
        let expected = Measured::from(&self.intent.manifest);
        read.expect_to_be(expected).map_err(SubmissionError::Mismatch)?;
        Ok(self.at(SubmissionStage::Ready))
    }

    /// Something else lies at the address: the data is brought there again, where that is ours to do.
    ///
    /// # Errors
    /// Where nothing was being compared.
    pub fn on_unverified(self) -> Result<Self, SubmissionError> {
        match (&self.stage, self.bringing) {
            (SubmissionStage::Verifying, Bringing::Upload) => {
                Ok(self.at(SubmissionStage::Uploading))
            }
            (SubmissionStage::Verifying, Bringing::Hosted) => Ok(self),
            _ => Err(SubmissionError::OutOfPlace),
        }
    }

    /// What is to be signed for.
    ///
    /// # Errors
    /// Where the data does not lie at its address yet, or it was sent already.
    pub fn intent(&self) -> Result<SubmitData, SubmissionError> {
        match self.stage {
            SubmissionStage::Ready => Ok(self.intent.clone()),
            _ => Err(SubmissionError::OutOfPlace),
        }
    }

    /// The transaction was signed and is about to be sent.
    ///
    /// # Errors
    /// Where it was not due.
    pub fn on_sent(self, transaction: TransactionDigest) -> Result<Self, SubmissionError> {
        match self.stage {
            SubmissionStage::Ready => Ok(self.at(SubmissionStage::Settling { transaction })),
            _ => Err(SubmissionError::OutOfPlace),
        }
    }

    /// The transaction was executed, whether it succeeded or not.
    ///
    /// # Errors
    /// Where it is another transaction.
    pub fn on_executed(self, executed: &Executed) -> Result<Self, SubmissionError> {
        let (transaction, epoch) = (executed.digest, executed.epoch);
        match self.stage {
            SubmissionStage::Settling { transaction: sent } if sent == transaction => {
                Ok(match &executed.failure {
                    None => self.at(SubmissionStage::Submitted { transaction, epoch }),
                    Some(failure) => self.failed(transaction, failure),
                })
            }
            _ => Err(SubmissionError::OutOfPlace),
        }
    }

    fn failed(self, transaction: TransactionDigest, failure: &ExecutionFailure) -> Self {
        let why = Explanation::of_failure(failure);
        self.at(SubmissionStage::Failed { transaction, why })
    }

    /// The transaction was not executed and never will be.
    ///
    /// # Errors
    /// Where it is another transaction.
    pub fn on_not_executed(self, transaction: TransactionDigest) -> Result<Self, SubmissionError> {
        match self.stage {
            SubmissionStage::Settling { transaction: sent } if sent == transaction => {
                Ok(self.at(SubmissionStage::Ready))
            }
            _ => Err(SubmissionError::OutOfPlace),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Bringing, Submission, SubmissionError, SubmissionStage};
    use crate::digest::{Checksum, TransactionDigest};
    use crate::effects::{ExecutionStatus, TransactionFee};
    use crate::failure::FailureKind;
    use crate::intent::{SubmitData, TargetError};
    use crate::manifest::Manifest;
    use crate::ports::{Executed, ExecutionFailure};
    use crate::recorded;
    use crate::system_state::SystemStateV1;
    use crate::target::{TargetStatus, TargetV1};
    use crate::tx::TransactionKind;
    use crate::weights::Measured;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    const DIGEST: TransactionDigest = TransactionDigest([9; 32]);

    /// A recorded submission that succeeded, with its target and state before it.
    fn hit() -> (SubmitData, TargetV1, SystemStateV1) {
        let steps = recorded::steps().into_iter();
        let hit = |step: recorded::Step| {
            let TransactionKind::SubmitData(args) = step.transaction.kind() else { return None };
            let target = step.objects().get(&args.target_id)?.target().ok()?;
            let intent = SubmitData {
                target: args.target_id,
                model: args.model_id,
                manifest: args.data_manifest.manifest.clone(),
                embedding: args.embedding.clone(),
                distance: args.distance_score.clone(),
                losses: args.loss_score.clone(),
            };
            (step.status == ExecutionStatus::Success).then(|| (intent, target, step.state.clone()))
        };
        steps.filter_map(hit).next().unwrap()
    }

    fn begun(bringing: Bringing) -> Submission {
        let (intent, target, state) = hit();
        let account = crate::address::Address([1; 32]);
        Submission::new(account, intent, bringing, None, (&target, &state)).unwrap()
    }

    fn executed(failure: Option<FailureKind>) -> Executed {
        Executed {
            digest: DIGEST,
            failure: failure.map(|kind| ExecutionFailure { kind, detail: None }),
            epoch: 4,
            fee: TransactionFee::default(),
            changed_objects: Vec::new(),
            balance_changes: Vec::new(),
            gas_payment: Vec::new(),
            checkpoint: None,
            timestamp_ms: None,
        }
    }

    fn ready() -> Submission {
        let submission = begun(Bringing::Upload).on_uploaded().unwrap();
        let read = Measured::from(submission.manifest());
        submission.on_read_back(read).unwrap()
    }

    #[test]
    fn data_is_uploaded_read_back_sent_and_then_the_target_is_filled() {
        let submission = begun(Bringing::Upload);
        assert_eq!(submission.stage(), &SubmissionStage::Uploading);
        assert_eq!(submission.intent(), Err(SubmissionError::OutOfPlace));
        let submission = ready();
        assert_eq!(submission.intent().unwrap(), hit().0);
        let submission = submission.on_sent(DIGEST).unwrap();
        assert!(!submission.may_be_removed());
        assert_eq!(submission.intent(), Err(SubmissionError::OutOfPlace), "never signed twice");
        let done = submission.on_executed(&executed(None)).unwrap();
        let expected = SubmissionStage::Submitted { transaction: DIGEST, epoch: 4 };
        assert_eq!(done.stage(), &expected);
        assert!(done.may_be_removed());
    }

    #[test]
    fn what_lies_there_already_is_compared_and_not_uploaded() {
        let submission = begun(Bringing::Hosted);
        assert_eq!(submission.stage(), &SubmissionStage::Verifying);
        let wrong = Measured { checksum: Checksum([0; 32]), ..submission.manifest().into() };
        let refused = submission.clone().on_read_back(wrong).unwrap_err();
        assert!(matches!(refused, SubmissionError::Mismatch(_)));
        assert_eq!(submission.clone().on_unverified().unwrap(), submission);
    }

    #[test]
    fn what_was_uploaded_and_reads_back_wrong_is_uploaded_again() {
        let submission = begun(Bringing::Upload).on_uploaded().unwrap();
        let right = Measured::from(submission.manifest());
        for size in [right.size - 1, right.size + 1] {
            let read = Measured { size, ..right };
            assert!(submission.clone().on_read_back(read).is_err());
        }
        let again = submission.on_unverified().unwrap();
        assert_eq!(again.stage(), &SubmissionStage::Uploading);
    }

    #[test]
    fn a_lost_race_is_told_and_one_that_never_ran_can_be_signed_again() {
        let sent = ready().on_sent(DIGEST).unwrap();
        let lost = sent.clone().on_executed(&executed(Some(FailureKind::TargetNotOpen))).unwrap();
        assert!(matches!(lost.stage(), SubmissionStage::Failed { .. }));
        assert_eq!(sent.clone().on_not_executed(DIGEST).unwrap(), ready());
        let other = TransactionDigest([8; 32]);
        assert_eq!(sent.clone().on_not_executed(other), Err(SubmissionError::OutOfPlace));
        let strange = Executed { digest: other, ..executed(None) };
        assert_eq!(sent.on_executed(&strange), Err(SubmissionError::OutOfPlace));
    }

    #[test]
    fn nothing_is_begun_that_the_target_would_not_take() {
        let (intent, target, state) = hit();
        let begin = |intent: SubmitData, target: &TargetV1, scored| {
            let account = crate::address::Address([1; 32]);
            let begun =
                Submission::new(account, intent, Bringing::Upload, scored, (target, &state));
            begun.map(|_| ()).unwrap_err()
        };
        let filled = TargetStatus::Filled { fill_epoch: state.epoch };
        let filled = TargetV1 { status: filled, ..target.clone() };
        let told = begin(intent.clone(), &filled, None);
        assert_eq!(told, SubmissionError::Target(TargetError::Filled(intent.target)));
        let other = Some(Checksum([0; 32]));
        assert_eq!(begin(intent.clone(), &target, other), SubmissionError::OtherData);
        let (url, checksum) = (intent.manifest.url().clone(), intent.manifest.checksum());
        let empty = SubmitData { manifest: Manifest::new(url, checksum, 0), ..intent };
        assert_eq!(begin(empty, &target, None), SubmissionError::Empty);
    }

    #[test]
    fn a_submission_survives_being_stored() {
        let sent = ready().on_sent(DIGEST).unwrap();
        let text = serde_json::to_string(&sent).unwrap();
        assert_eq!(serde_json::from_str::<Submission>(&text).unwrap(), sent);
    }
}
