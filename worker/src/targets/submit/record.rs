//! A submission as it is stored. It holds no secret.

use super::ID_BYTES;
use crate::context::Context;
use crate::refusal::Refusal;
use bridge::damaged::{DamagedRecord, RecordKind, sort_out};
use bridge::protocol::Failure;
use bridge::publish::Work;
use bridge::targets::{DataDestination, SubmissionId, SubmissionStage, SubmissionView};
use browser::random::BrowserRandom;
use browser::store::Drawer;
use rand_core::Rng as _;
use serde::{Deserialize, Serialize};
use wasm_core::digest::CheckpointDigest;
use wasm_core::job::send::InFlight;
use wasm_core::job::submit::{Submission, SubmissionError, SubmissionStage as Stage};

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Record {
    pub(super) id: SubmissionId,
    pub(super) chain: CheckpointDigest,
    pub(super) submission: Submission,
    pub(super) destination: DataDestination,
    pub(super) data_name: String,
    /// Name of the data in the origin's private files, until it is not needed any more.
    pub(super) private_name: Option<String>,
    pub(super) started_ms: u64,
    /// The transaction whose outcome is not known, and when it was sent.
    pub(super) in_flight: Option<InFlight>,
    pub(super) sent_ms: u64,
}

/// A name that nobody can guess.
pub(super) fn random_id() -> SubmissionId {
    let mut bytes = [0; ID_BYTES];
    BrowserRandom.fill_bytes(&mut bytes);
    SubmissionId(hex::encode(bytes))
}

impl Record {
    pub(super) async fn load(context: &Context, id: &SubmissionId) -> Result<Self, Refusal> {
        context.store.load(Drawer::Submissions, &id.0).await?.ok_or_else(|| {
            Refusal::new(
                "submit/unknown",
                "There is no such submission in this browser.",
                "Look at the list under Targets.",
            )
        })
    }

    /// Changes a record, in one step that no other change can come between.
    pub(super) async fn change(
        context: &Context,
        id: &SubmissionId,
        event: impl FnOnce(Submission) -> Result<Submission, SubmissionError>,
    ) -> Result<Self, Refusal> {
        Self::change_with(context, id, |record| {
            Ok(Self { submission: event(record.submission)?, ..record })
        })
        .await
    }

    pub(super) async fn change_with(
        context: &Context,
        id: &SubmissionId,
        change: impl FnOnce(Self) -> Result<Self, Refusal>,
    ) -> Result<Self, Refusal> {
        let _turn = context.targets.submissions.turn.lock().await;
        let before = Self::load(context, id).await?;
        let submission = before.submission.clone();
        let mut record = change(before)?;
        if !matches!(record.submission.stage(), Stage::Settling { .. }) {
            record.in_flight = None;
        }
        if record.submission != submission {
            // The problem was of another step.
            context.targets.submissions.problems.borrow_mut().remove(id);
        }
        record.save(context).await?;
        Ok(record)
    }

    /// All that can be read.
    pub(super) async fn all(context: &Context) -> Result<Vec<Self>, Refusal> {
        Ok(Self::sorted_out(context).await?.0)
    }

    /// Those that cannot.
    pub(super) async fn damaged(context: &Context) -> Result<Vec<DamagedRecord>, Refusal> {
        Ok(Self::sorted_out(context).await?.1)
    }

    async fn sorted_out(context: &Context) -> Result<(Vec<Self>, Vec<DamagedRecord>), Refusal> {
        let texts = context.store.all(Drawer::Submissions).await?;
        Ok(sort_out(RecordKind::Submission, texts))
    }

    pub(super) async fn save(&self, context: &Context) -> Result<(), Refusal> {
        Ok(context.store.save(Drawer::Submissions, &self.id.0, self).await?)
    }

    /// What the page sees. `work` is there while something is being done.
    pub(super) fn view(
        &self,
        work: Option<Option<Work>>,
        has_link: bool,
        problem: Option<Failure>,
    ) -> SubmissionView {
        let submitted = self.submission.submitted();
        let manifest = self.submission.manifest();
        SubmissionView {
            id: self.id.clone(),
            target: submitted.target,
            account: self.submission.account(),
            chain_id: self.chain,
            data_name: self.data_name.clone(),
            size: manifest.size(),
            checksum: manifest.checksum(),
            url: manifest.url().to_string(),
            model: submitted.model,
            distance: submitted.distance.as_scalar().filter(|value| value.is_finite()),
            stage: self.stage(work.is_some(), has_link),
            work: work.flatten(),
            problem,
            started_ms: self.started_ms,
        }
    }

    fn stage(&self, running: bool, has_link: bool) -> SubmissionStage {
        let takes_a_link = matches!(self.destination, DataDestination::PresignedPut { .. });
        match self.submission.stage() {
            Stage::Uploading if takes_a_link && !running && !has_link => {
                SubmissionStage::NeedsUploadLink
            }
            Stage::Uploading => SubmissionStage::Uploading,
            Stage::Verifying => SubmissionStage::Verifying,
            Stage::Ready => SubmissionStage::Ready,
            Stage::Settling { .. } => SubmissionStage::Settling,
            Stage::Submitted { transaction, epoch } => {
                SubmissionStage::Submitted { transaction: *transaction, epoch: *epoch }
            }
            Stage::Failed { transaction, why } => {
                SubmissionStage::Failed { transaction: *transaction, why: why.clone() }
            }
        }
    }
}
