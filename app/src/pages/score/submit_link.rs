//! From a score that passes to its submission.

use crate::components::icon::{Icon, Pictogram};
use crate::languages::t;
use crate::matching::use_matching;
use bridge::score::ScoreResult;
use leptos::prelude::*;
use leptos_router::components::A;

/// To the form that submits the data, where the network would take it as it was scored.
#[component]
pub(super) fn SubmitLink(
    /// What came of scoring.
    result: ScoreResult,
) -> impl IntoView {
    let matching = use_matching();
    let would_be_taken =
        result.passes() == Some(true) && result.is_as_the_network_scores() == Some(true);
    let target = result.target.filter(|_| would_be_taken)?;
    Some(view! {
        <A
            href=format!("/targets/{}/submit", target.id)
            attr:class="button button-primary"
            on:click=move |_| matching.unpick()
            attr:data-testid="score-submit"
        >
            <Pictogram icon=Icon::Upload />
            {t!("Submit it")}
        </A>
    })
}
