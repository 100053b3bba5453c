//! The last hour: how much was sent, and the newest transactions.

use crate::chart::Shape;
use crate::components::card::Card;
use crate::components::chart::{Chart, Subject};
use crate::components::empty::Empty;
use crate::components::icon::{Icon, Pictogram};
use crate::languages::t;
use crate::measures::{Beat, of_pulse};
use crate::network_life::use_network_life;
use crate::parts::failure::sentence;
use crate::parts::places::{Sender, path_of};
use crate::say;
use crate::time::time_of_day;
use bridge::explore::Place;
use leptos::prelude::*;
use leptos_router::components::A;
use wasm_core::network::SeenTransaction;

/// Newest transactions that are shown.
const SHOWN: usize = 8;

fn sent() -> Subject {
    Subject {
        title: t!("Transactions sent"),
        unit: t!("per second"),
        across: t!("Time"),
        shape: Shape::Bars,
        file: "session-transactions",
    }
}

/// What was sent since the wallet was opened, at most the last hour.
#[component]
pub(super) fn PulseCard() -> impl IntoView {
    let life = use_network_life();
    let clock = life.chain_clock(1_000);
    let points = Memo::new(move |_| {
        let (pulse, now) = (life.pulse.read(), clock.get());
        match (pulse.as_ref(), now) {
            (Some(pulse), Some(now)) => of_pulse(pulse, now, Beat::Sent, time_of_day),
            _ => Vec::new(),
        }
    });
    let note = Memo::new(move |_| {
        let missed: u64 = life.pulse.read().as_ref()?.spans.iter().map(|span| span.missed).sum();
        (missed > 0).then(|| {
            t!(
                "{missed} checkpoints were not seen while the connection was down.",
                missed = say::count(missed)
            )
        })
    });
    let tick = Callback::new(|(value,)| Beat::Sent.tick(value));
    view! {
        <Card title=t!("Since you opened this")>
            <Chart subject=sent() points tick note />
        </Card>
    }
}

/// The newest transactions.
#[component]
pub(super) fn LatestCard() -> impl IntoView {
    let life = use_network_life();
    let clock = life.chain_clock(1_000);
    let recent = Memo::new(move |_| {
        let pulse = life.pulse.read();
        let recent = pulse.as_ref().map(|pulse| pulse.recent.iter().take(SHOWN).cloned());
        recent.map(Iterator::collect::<Vec<_>>).unwrap_or_default()
    });
    let none = Memo::new(move |_| recent.read().is_empty());
    view! {
        <Card title=t!("Newest transactions")>
            {move || {
                none.get()
                    .then(|| {
                        view! {
                            <Empty
                                icon=Icon::Activity
                                title=t!("Nothing happened since you opened this")
                                hint=t!("What anybody on this network sends appears here as it is executed.")
                            />
                        }
                    })
            }}
            <ul class="lines" data-testid="latest">
                <For each=move || recent.get() key=|one| one.digest let:one><Line one clock /></For>
            </ul>
        </Card>
    }
}

#[component]
fn Line(one: SeenTransaction, clock: Signal<Option<u64>>) -> impl IntoView {
    let SeenTransaction { digest, headline, sender, succeeded, checkpoint, timestamp_ms } = one;
    let age = move || clock.get().map(|now| say::ago(now.saturating_sub(timestamp_ms) / 1_000));
    view! {
        <li class="seen">
            <A href=path_of(Place::Transaction(digest)) attr:class="seen-what" attr:data-testid="latest-transaction">
                {sentence(&headline).trim_end_matches('.').to_owned()}
            </A>
            <span class="seen-sub">
                {(!succeeded)
                    .then(|| view! { <span class="state state-failed"><Pictogram icon=Icon::Danger />{t!("failed")}</span> })}
                <Sender sender bare=true />
                <A href=path_of(Place::Checkpoint(checkpoint))>{t!("Checkpoint {checkpoint}", checkpoint = say::count(checkpoint))}</A>
                <span>{age}</span>
            </span>
        </li>
    }
}
