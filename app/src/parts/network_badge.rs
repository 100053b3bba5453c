//! Which network, and whether it answers: a mark and a word, never colour alone.

use crate::languages::{t, told};
use bridge::network::{Network, NetworkState, NetworkStatus};
use leptos::prelude::*;

/// What a network is called: those that come with the wallet in the language in force, any other as its owner named it.
#[must_use]
pub(crate) fn network_name(network: &Network) -> String {
    if network.built_in { told(&network.name) } else { network.name.clone() }
}

/// State of a network in one word and a class of its mark.
#[must_use]
pub(crate) fn state_words(state: &NetworkState) -> (&'static str, &'static str) {
    match state {
        NetworkState::Connecting => (t!("connecting"), "mark mark-waiting"),
        NetworkState::Online(_) => (t!("online"), "mark mark-online"),
        NetworkState::Offline { .. } => (t!("offline"), "mark mark-offline"),
        NetworkState::WrongChain { .. } => (t!("wrong chain"), "mark mark-offline"),
    }
}

/// State of a network, for tests and styles.
const fn state_key(state: &NetworkState) -> &'static str {
    match state {
        NetworkState::Connecting => "connecting",
        NetworkState::Online(_) => "online",
        NetworkState::Offline { .. } => "offline",
        NetworkState::WrongChain { .. } => "wrong chain",
    }
}

/// A network's name with its state.
#[component]
pub(crate) fn NetworkBadge(
    /// Which.
    #[prop(into)]
    status: Signal<Option<NetworkStatus>>,
) -> impl IntoView {
    let words = move || {
        status
            .read()
            .as_ref()
            .map_or((t!("connecting"), "mark mark-waiting"), |status| state_words(&status.state))
    };
    let key =
        move || status.read().as_ref().map_or("connecting", |status| state_key(&status.state));
    let name = move || {
        status
            .read()
            .as_ref()
            .map_or_else(|| t!("Network").to_owned(), |status| network_name(&status.network))
    };
    view! {
        <span class="network-badge" data-testid="network-badge" data-state=key>
            <span class=move || words().1 aria-hidden="true"></span>
            <span>{name}</span>
            <span class="network-badge-state">{move || words().0}</span>
        </span>
    }
}
