//! The network in use: its epoch, its newest checkpoint, and the switches of a local one.

use crate::components::button::Button;
use crate::components::icon::Icon;
use crate::components::key_value::{KeyValue, KeyValueList};
use crate::components::toast::use_notices;
use crate::languages::t;
use crate::parts::amount::Amount;
use crate::parts::attempt::{Attempt, AttemptFailure};
use crate::parts::epoch_clock::EpochClock;
use crate::parts::network_badge::NetworkBadge;
use crate::say;
use crate::session::use_session;
use bridge::network::NetworkStatus;
use leptos::prelude::*;

/// The network in use.
#[component]
pub(super) fn ThisNetworkCard() -> impl IntoView {
    let session = use_session();
    let facts = Memo::new(move |_| session.facts());
    view! {
        <section class="card" aria-labelledby="network-title" data-testid="this-network">
            <div class="card-head">
                <h2 class="card-title" id="network-title">{t!("Network")}</h2>
                <NetworkBadge status=session.network />
            </div>
            <div class="narrow-only"><EpochClock /></div>
            {move || {
                facts
                    .get()
                    .map(|facts| {
                        view! {
                            <KeyValueList>
                                <KeyValue label=t!("Validators")>{say::count(facts.validators)}</KeyValue>
                                <KeyValue label=t!("A new target pays")><Amount amount=facts.reward_per_target /></KeyValue>
                                <KeyValue label=t!("Checkpoint")>{say::count(facts.checkpoint)}</KeyValue>
                                <KeyValue label=t!("Node")>{facts.server}</KeyValue>
                                <KeyValue label=t!("Chain")>{facts.chain}</KeyValue>
                            </KeyValueList>
                        }
                    })
            }}
            <LocalTools />
        </section>
    }
}

/// What only a network of one's own allows.
#[component]
fn LocalTools() -> impl IntoView {
    let session = use_session();
    let notices = use_notices();
    let attempt = Attempt::new();
    let local = Memo::new(move |_| {
        session.network.read().as_ref().is_some_and(|status| status.network.admin_url.is_some())
    });
    let advance = move || {
        attempt.run(
            async move { session.bridge().advance_epoch().await },
            move |status: NetworkStatus| {
                if let Some(facts) = status.facts() {
                    notices.toast(t!("Epoch {epoch} began.", epoch = say::count(facts.epoch)));
                }
                session.network.set(Some(status));
            },
        );
    };
    move || {
        local.get().then(|| {
            view! {
                <div class="local-tools">
                    <Button icon=Icon::Clock busy=attempt.busy() on_press=advance testid="advance-epoch">
                        {t!("End this epoch now")}
                    </Button>
                    <p class="field-hint">{t!("This network is your own: time may be turned.")}</p>
                    <AttemptFailure attempt on_retry=advance />
                </div>
            }
        })
    }
}
