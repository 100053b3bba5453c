//! Targets: the board of all of them, one of them, submitting data for it, and what became of data.

mod board;
mod claims;
mod one;
mod submit;
mod words;

pub(crate) use board::TargetsPage;
pub(crate) use claims::ClaimsPage;
pub(crate) use one::TargetPage;
pub(crate) use submit::{SubmissionPage, SubmitPage};

use crate::languages::t;
use leptos::prelude::*;
use leptos_router::components::A;

/// From one page about targets to the others.
#[component]
pub(crate) fn TargetsNav() -> impl IntoView {
    view! {
        <nav class="page-tabs" aria-label=t!("Targets")>
            <A href="/targets" exact=true attr:data-testid="targets-board">{t!("Board")}</A>
            <A href="/match" attr:data-testid="targets-match">{t!("Match files")}</A>
            <A href="/targets/claims" attr:data-testid="targets-claims">{t!("Your data and claims")}</A>
        </nav>
    }
}
