//! A submission's way in words.

use crate::languages::t;
use bridge::targets::{SubmissionStage, SubmissionView};

/// Where a submission stands, and what comes next.
#[must_use]
pub(in crate::pages::targets) fn step_words(view: &SubmissionView) -> &'static str {
    if view.problem.is_some() {
        return t!("Stopped: look at what went wrong");
    }
    match &view.stage {
        SubmissionStage::NeedsUploadLink => t!("Give an upload link"),
        SubmissionStage::Uploading if view.work.is_none() => t!("Upload paused"),
        SubmissionStage::Uploading => t!("Uploading"),
        SubmissionStage::Verifying if view.work.is_none() => t!("Comparison paused"),
        SubmissionStage::Verifying => t!("Comparing what lies there"),
        SubmissionStage::Ready => t!("Review and sign"),
        SubmissionStage::Settling => t!("Sent; looking up what became of it"),
        SubmissionStage::Submitted { .. } => t!("Submitted"),
        SubmissionStage::Failed { .. } => t!("Failed on chain"),
    }
}

/// Whether it is not at its end.
#[must_use]
pub(in crate::pages::targets) const fn waits(view: &SubmissionView) -> bool {
    !matches!(view.stage, SubmissionStage::Submitted { .. } | SubmissionStage::Failed { .. })
}
