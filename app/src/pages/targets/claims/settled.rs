//! Targets that were settled, as far as this browser saw it.

use crate::components::card::Card;
use crate::parts::amount::Amount;
use crate::say;
use bridge::targets::SettledEntry;
use leptos::prelude::*;

/// What became of them.
#[component]
pub(super) fn Settled(entries: Vec<SettledEntry>) -> impl IntoView {
    let lines = entries.into_iter().map(|entry| view! { <Line entry /> });
    view! {
        <Card title="Settled" testid="settled">
            <ul class="lines">{lines.collect_view()}</ul>
        </Card>
    }
}

#[component]
fn Line(entry: SettledEntry) -> impl IntoView {
    let SettledEntry { target, fill_epoch, submitted, bond, how, .. } = entry;
    let (key, words) = match &how {
        None => (
            "unseen",
            "settled while this wallet was closed; what it paid is in your balance".to_owned(),
        ),
        Some(how) if how.forfeited => {
            ("forfeited", format!("reported; the bond of {} SOMA is lost", say::amount(bond)))
        }
        Some(how) => ("paid", format!("settled in epoch {}", say::count(how.epoch))),
    };
    let part = if submitted { "Your data" } else { "Your model won" };
    let paid = how.as_ref().map(|how| how.paid);
    view! {
        <li class="entry" data-testid="settled-entry" data-target=target.to_string() data-how=key>
            <span class="entry-words">
                <code>{target.to_short()}</code>
                <span class="entry-note">{format!("{part} · filled in epoch {} · {words}", say::count(fill_epoch))}</span>
            </span>
            {paid.map(|paid| view! { <Amount amount=paid testid="settled-paid" /> })}
        </li>
    }
}
