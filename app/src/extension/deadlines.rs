//! When what is due: left with the background, which rings while no page is open. Public data only, and no names.

use super::Face;
use super::chrome::{Area, object, time};
use crate::languages::t;
use crate::session::{Phase, Session};
use bridge::models::{CalendarEntry, CalendarItem, Deadline, Duty};
use bridge::network::NetworkFacts;
use js_sys::{Array, Reflect};
use leptos::prelude::*;
use leptos::task::spawn_local;
use wasm_bindgen::JsValue;

/// Where they lie: extension/src/background/deadlines.js.
pub(super) const KEY: &str = "deadlines";

/// Keeps what the calendar says, for each chain what it said last.
pub(crate) fn keep(session: Session, calendar: Signal<Option<Vec<CalendarEntry>>>) {
    if !Face::here().is_of_extension() {
        return;
    }
    let phase = session.phase();
    Effect::new(move |_| {
        if phase.get() == Phase::Absent {
            return;
        }
        let (Some(entries), Some(facts)) = (calendar.get(), session.facts()) else { return };
        let entries = entries.iter().filter_map(|entry| entry_of(entry, &facts)).collect();
        spawn_local(async move { put(&facts.chain_id.to_string(), entries).await });
    });
}

/// Puts the deadlines of a chain in the place of those that were known of it.
async fn put(chain: &str, entries: Vec<JsValue>) {
    let before = Area::Local.get(KEY).await.filter(Array::is_array);
    let of_others = before.iter().flat_map(|kept| Array::from(kept).to_vec()).filter(|kept| {
        let of = Reflect::get(kept, &"chain".into()).ok().and_then(|of| of.as_string());
        of.as_deref() != Some(chain)
    });
    let all: Array = of_others.chain(entries).collect();
    // What cannot be kept is told by the open wallet alone.
    let _ = Area::Local.set(KEY, &all).await;
}

fn entry_of(entry: &CalendarEntry, facts: &NetworkFacts) -> Option<JsValue> {
    let CalendarItem::Deadline(deadline) = entry.what else { return None };
    // A commit can be made up for, and says so on the page; what rings is what ends.
    let (from, until) = times(&deadline, facts)?;
    let model = entry.model.to_short();
    let (title, words) = match deadline.duty {
        Duty::Commit => (
            t!("A commit is due").to_owned(),
            t!(
                "Commit the weights of model {model} before epoch {epoch} ends.",
                model,
                epoch = deadline.last
            ),
        ),
        Duty::Reveal | Duty::RevealUpdate => (
            t!("A reveal is due").to_owned(),
            t!(
                "Reveal model {model} now: only epoch {epoch} counts.",
                model,
                epoch = deadline.last
            ),
        ),
    };
    let chain = facts.chain_id.to_string();
    let key = format!("{chain} {} {:?} {}", entry.model, deadline.duty, deadline.last);
    Some(
        object(&[
            ("key", key.into()),
            ("chain", chain.into()),
            ("from", time(from)),
            ("until", time(until)),
            ("title", title.into()),
            ("words", words.into()),
        ])
        .into(),
    )
}

/// When the last epoch of a duty begins and ends, as far as that can be told now: an epoch ends no sooner.
fn times(deadline: &Deadline, facts: &NetworkFacts) -> Option<(u64, u64)> {
    let begins = |epoch: u64| {
        let epochs = epoch.saturating_sub(facts.epoch);
        facts.epoch_start_ms.saturating_add(epochs.saturating_mul(facts.epoch_duration_ms))
    };
    (deadline.last >= facts.epoch)
        .then(|| (begins(deadline.last), begins(deadline.last.saturating_add(1))))
}
