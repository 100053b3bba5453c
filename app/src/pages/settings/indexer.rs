//! The indexer of a network: given, checked against the network's chain, and kept; or forgotten.

use crate::components::button::{Button, Rank};
use crate::components::field::{Field, Typing};
use crate::languages::t;
use crate::parts::attempt::{Attempt, AttemptFailure};
use crate::session::use_session;
use bridge::network::Network;
use leptos::prelude::*;

/// A form with the indexer's address.
#[component]
pub(super) fn IndexerForm(
    /// Whose.
    network: Network,
    /// Called once it is kept or forgotten.
    #[prop(into)]
    on_kept: Callback<()>,
) -> impl IntoView {
    let session = use_session();
    let attempt = Attempt::new();
    let url = RwSignal::new(network.graphql_url.clone().unwrap_or_default());
    let tried = RwSignal::new(false);
    let problem = move || {
        let text = url.read();
        let good = web_sys::Url::new(text.trim())
            .is_ok_and(|url| matches!(url.protocol().as_str(), "http:" | "https:"));
        (!good).then(|| t!("an address begins with https:// or http://").to_owned())
    };
    Effect::new(move |_| {
        url.track();
        attempt.forgive();
    });
    let name = StoredValue::new(network.name);
    let keep = move |given: Option<String>| {
        attempt.run(
            async move { session.bridge().keep_indexer(name.get_value(), given).await },
            move |networks| {
                session.networks.set(networks);
                on_kept.run(());
            },
        );
    };
    let submit = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        tried.set(true);
        if untrack(problem).is_none() {
            keep(Some(url.get_untracked().trim().to_owned()));
        }
    };
    let known = network.graphql_url.is_some();
    view! {
        <form class="form" on:submit=submit>
            <p class="card-lede">
                {t!("An indexer remembers what a node forgets: all transactions of an address, settled targets, leaderboards. \
                What it says is shown as its word, and nothing is signed because of it. \
                It is asked for its first checkpoint, and kept only if that is the network's. \
                Whoever runs it learns which addresses, targets and models you look at.")}
            </p>
            <Field
                label=t!("GraphQL address").to_owned()
                value=url
                typing=Typing::Url
                tried
                error=Signal::derive(problem)
                hint=t!("The whole address, such as https://indexer.example/graphql").to_owned()
                testid="indexer-url"
            />
            <AttemptFailure attempt />
            <div class="buttons buttons-end">
                {known
                    .then(|| {
                        view! {
                            <Button busy=attempt.busy() on_press=move || keep(None) testid="indexer-forget">{t!("Use none")}</Button>
                        }
                    })}
                <Button rank=Rank::Primary submit=true busy=attempt.busy() testid="indexer-keep">{t!("Check and keep it")}</Button>
            </div>
        </form>
    }
}
