//! Submitting data for a target: the form, then the submission on its way.

mod destination;
mod draft;
mod form;
mod scores;
mod submission;
mod way;

pub(crate) use form::SubmitPage;
pub(crate) use submission::SubmissionPage;
pub(super) use way::{step_words, waits};
