//! A submission's way in words.

use bridge::targets::{SubmissionStage, SubmissionView};

/// Where a submission stands, and what comes next.
#[must_use]
pub(in crate::pages::targets) fn step_words(view: &SubmissionView) -> &'static str {
    if view.problem.is_some() {
        return "Stopped: look at what went wrong";
    }
    match &view.stage {
        SubmissionStage::NeedsUploadLink => "Give an upload link",
        SubmissionStage::Uploading if view.work.is_none() => "Upload paused",
        SubmissionStage::Uploading => "Uploading",
        SubmissionStage::Verifying if view.work.is_none() => "Comparison paused",
        SubmissionStage::Verifying => "Comparing what lies there",
        SubmissionStage::Ready => "Review and sign",
        SubmissionStage::Settling => "Sent; looking up what became of it",
        SubmissionStage::Submitted { .. } => "Submitted",
        SubmissionStage::Failed { .. } => "Failed on chain",
    }
}

/// Whether it is not at its end.
#[must_use]
pub(in crate::pages::targets) const fn waits(view: &SubmissionView) -> bool {
    !matches!(view.stage, SubmissionStage::Submitted { .. } | SubmissionStage::Failed { .. })
}
