//! A failure where it was asked for: what happened, what to do, and a retry where that could help.

use crate::components::banner::{Banner, Tone};
use crate::languages::told;
use bridge::protocol::Failure;
use leptos::prelude::*;

/// Shows a failure and reads it aloud.
#[component]
pub(crate) fn FailureBanner(
    /// What failed.
    failure: Failure,
    /// Called to try again; offered only where that could help.
    #[prop(optional, into)]
    on_retry: Option<Callback<()>>,
) -> impl IntoView {
    let (what, next) = (sentence(&failure.what), told(&failure.next));
    let code = failure.code;
    let banner = match on_retry.filter(|_| failure.retry) {
        Some(on_retry) => {
            view! { <Banner tone=Tone::Danger what next on_retry testid="failure" /> }.into_any()
        }
        None => view! { <Banner tone=Tone::Danger what next testid="failure" /> }.into_any(),
    };
    view! { <div role="alert" data-code=code>{banner}</div> }
}

/// A failure in one line, in the language in force: what happened, and what to do.
#[must_use]
pub(crate) fn in_a_line(failure: &Failure) -> String {
    format!("{} {}", told(&failure.what), told(&failure.next))
}

/// What the worker said, as a person writes a sentence, in the language in force.
#[must_use]
pub(crate) fn sentence(english: &str) -> String {
    told(&punctuated(english))
}

/// Words as a person writes a sentence: a capital first, a full stop last.
#[must_use]
pub(crate) fn punctuated(text: &str) -> String {
    let mut letters = text.chars();
    let first = letters.next().map(|first| first.to_uppercase().to_string()).unwrap_or_default();
    let stop = if text.is_empty() || text.ends_with(['.', '!', '?', ':']) { "" } else { "." };
    format!("{first}{}{stop}", letters.as_str())
}
