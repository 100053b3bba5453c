//! What is said of proposals in more than one place.

use crate::components::icon::Icon;
use crate::languages::t;
use crate::parts::network_badge::network_name;
use crate::session::use_session;
use bridge::multisig::{ProposalState, ProposalView};
use leptos::prelude::*;
use wasm_core::multisig::MAX_TEXT;

/// Bytes of the largest file with a proposal.
#[expect(clippy::cast_possible_truncation, reason = "half a million fits")]
pub(super) const LARGEST_FILE: u32 = MAX_TEXT as u32;

/// A state in a word, with the class and picture that go with it, and its name for tests.
pub(super) fn state_words(
    proposal: &ProposalView,
) -> (&'static str, &'static str, Icon, &'static str) {
    match &proposal.state {
        ProposalState::Open if proposal.is_complete() => {
            (t!("Ready to be executed"), "state state-done", Icon::Check, "ready")
        }
        ProposalState::Open => {
            (t!("Signatures missing"), "state state-pending", Icon::Clock, "open")
        }
        ProposalState::Sent => (t!("Sent"), "state state-pending", Icon::Clock, "sent"),
        ProposalState::Executed(None) => {
            (t!("Executed"), "state state-done", Icon::Check, "executed")
        }
        ProposalState::Executed(Some(_)) => {
            (t!("Executed, and failed"), "state state-failed", Icon::Danger, "failed")
        }
        ProposalState::Moved => {
            (t!("Can no longer be executed"), "state state-dropped", Icon::Cross, "moved")
        }
    }
}

/// Who signs together, by the account's name here or by its address.
pub(super) fn account_words(proposal: &ProposalView) -> String {
    proposal.label.clone().unwrap_or_else(|| proposal.account.to_short())
}

/// The link that opens a proposal in this wallet, wherever it is served. What stands behind the number
/// sign reaches no server.
pub(super) fn link_of(text: &str) -> String {
    let base = document().base_uri().ok().flatten().unwrap_or_default();
    let base = base.split(['#', '?']).next().unwrap_or_default();
    let folder = base.rsplit_once('/').map_or("", |(folder, _)| folder);
    format!("{folder}/multisig/open#{text}")
}

/// Says which network the proposals here are of.
#[component]
pub(super) fn OfThisNetwork() -> impl IntoView {
    let session = use_session();
    let name = move || {
        session
            .network
            .read()
            .as_ref()
            .map(|status| network_name(&status.network))
            .unwrap_or_default()
    };
    view! {
        <p class="card-lede">
            {move || t!("Proposals belong to one chain: those of {name} are shown.", name = name())}
        </p>
    }
}
