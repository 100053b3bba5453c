//! Networks to choose from, and one's own among them.

use super::add_network::AddNetworkForm;
use super::indexer::IndexerForm;
use crate::components::button::{Button, IconButton, Rank};
use crate::components::card::Card;
use crate::components::dialog::Dialog;
use crate::components::icon::Icon;
use crate::languages::{t, t_view};
use crate::parts::attempt::{Attempt, AttemptFailure};
use crate::parts::network_badge::network_name;
use crate::session::use_session;
use bridge::network::Network;
use leptos::prelude::*;

/// The list of networks.
#[component]
pub(super) fn NetworksCard() -> impl IntoView {
    let session = use_session();
    let attempt = Attempt::new();
    let adding = RwSignal::new(false);
    let remove = move |name: String| {
        attempt.run(async move { session.bridge().remove_network(name).await }, move |networks| {
            session.networks.set(networks);
        });
    };
    view! {
        <Card title=t!("Networks")>
            <ul class="lines" data-testid="networks">
                {move || {
                    session.networks.get().into_iter().map(|network| view! { <NetworkLine network on_remove=remove /> }).collect_view()
                }}
            </ul>
            <AttemptFailure attempt />
            <div class="buttons">
                <Button icon=Icon::Plus on_press=move || adding.set(true) testid="add-network">{t!("Add a network")}</Button>
            </div>
            <Dialog open=adding title=t!("Add a network").to_owned() testid="add-network-dialog">
                <AddNetworkForm on_added=move || adding.set(false) />
            </Dialog>
        </Card>
    }
}

#[component]
fn NetworkLine(
    /// Which.
    network: Network,
    /// Called with its name to remove it.
    #[prop(into)]
    on_remove: Callback<(String,)>,
) -> impl IntoView {
    let session = use_session();
    let name = network.name.clone();
    let chosen = {
        let name = name.clone();
        move || session.network.read().as_ref().is_some_and(|status| status.network.name == name)
    };
    let removable = !network.built_in;
    let indexing = RwSignal::new(false);
    let whole = network.clone();
    view! {
        <li class="network-line" data-testid="network" data-name=network.name.clone()>
            <div>
                <p class="line-name">{network_name(&network)}</p>
                <p class="quiet">{network.rpc_url.clone()}</p>
                {network
                    .expected_chain_id
                    .map(|chain| view! { <p class="quiet">{t_view!("Chain {digest}", digest = view! { <code>{chain.to_string()}</code> })}</p> })}
                {network.graphql_url.clone().map(|url| view! { <p class="quiet" data-testid="network-indexer">{t_view!("Indexer {url}", url = view! { <code>{url}</code> })}</p> })}
                <Button rank=Rank::Quiet on_press=move || indexing.set(true) testid="set-indexer">
                    {if network.graphql_url.is_some() { t!("Change the indexer") } else { t!("Add an indexer") }}
                </Button>
                <Dialog open=indexing title=t!("Indexer of {name}", name = network_name(&whole)) testid="indexer-dialog">
                    <IndexerForm network=whole.clone() on_kept=move || indexing.set(false) />
                </Dialog>
            </div>
            <span class="quiet">{move || chosen().then_some(t!("In use"))}</span>
            {removable
                .then(|| {
                    let name = name.clone();
                    view! {
                        <IconButton
                            label=t!("Remove {name}", name)
                            icon=Icon::Trash
                            on_press=move || on_remove.run((name.clone(),))
                            testid="remove-network"
                        />
                    }
                })}
        </li>
    }
}
