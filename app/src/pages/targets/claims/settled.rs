//! Targets that were settled, as far as this browser saw it.

use crate::components::card::Card;
use crate::languages::t;
use crate::parts::amount::Amount;
use crate::say;
use bridge::targets::SettledEntry;
use leptos::prelude::*;

/// What became of them.
#[component]
pub(super) fn Settled(entries: Vec<SettledEntry>) -> impl IntoView {
    let lines = entries.into_iter().map(|entry| view! { <Line entry /> });
    view! {
        <Card title=t!("Settled") testid="settled">
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
            t!("settled while this wallet was closed; what it paid is in your balance").to_owned(),
        ),
        Some(how) if how.forfeited => {
            ("forfeited", t!("reported; the bond of {bond} SOMA is lost", bond = say::amount(bond)))
        }
        Some(how) => ("paid", t!("settled in epoch {epoch}", epoch = say::count(how.epoch))),
    };
    let part = if submitted { t!("Your data") } else { t!("Your model won") };
    let paid = how.as_ref().map(|how| how.paid);
    view! {
        <li class="entry" data-testid="settled-entry" data-target=target.to_string() data-how=key>
            <span class="entry-words">
                <code>{target.to_short()}</code>
                <span class="entry-note">{t!("{part} · filled in epoch {epoch} · {words}", part, epoch = say::count(fill_epoch), words)}</span>
            </span>
            {paid.map(|paid| view! { <Amount amount=paid testid="settled-paid" /> })}
        </li>
    }
}
