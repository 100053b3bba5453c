//! Which rows are shown, and in which order.

use super::window::Table;
use crate::components::select::Select;
use crate::languages::t;
use crate::matching::Matching;
use crate::say;
use bridge::matching::{MatchOrder, MatchQuery};
use leptos::prelude::*;

const ANY: &str = "";

/// Orders that are offered: key, words, and what they mean.
fn orders() -> [(&'static str, &'static str, MatchOrder); 3] {
    [
        ("paid", t!("Best paid first"), MatchOrder::BestPaid),
        ("safest", t!("Furthest below the limit first"), MatchOrder::Safest),
        ("nearest", t!("Smallest distance first"), MatchOrder::Nearest),
    ]
}

/// The conditions above the table.
#[component]
pub(super) fn Filters(matching: Matching, table: Table) -> impl IntoView {
    let query = matching.query;
    let change = move |change: &dyn Fn(&mut MatchQuery)| query.update(|query| change(query));
    let order_key = move || {
        let order = query.get().order;
        orders().iter().find(|(.., own)| *own == order).map_or("paid", |(key, ..)| key).to_owned()
    };
    let files = Memo::new(move |_| {
        let any = (ANY.to_owned(), t!("All files").to_owned());
        let files = match &*matching.queue.read() {
            Some(Ok(queue)) => queue
                .files
                .iter()
                .map(|file| (file.checksum.to_string(), file.name.clone()))
                .collect(),
            _ => Vec::new(),
        };
        [any].into_iter().chain(files).collect::<Vec<_>>()
    });
    // A file that was removed is no condition any more.
    Effect::new(move |_| {
        let files = files.read();
        let gone = query
            .read_untracked()
            .data
            .is_some_and(|data| !files.iter().any(|(key, _)| *key == data.to_string()));
        if gone && files.len() > 1 {
            change(&|query| query.data = None);
        }
    });
    let shown = move |passing: bool| (query.get().passing == passing).to_string();
    view! {
        <div class="board-filters">
            <div class="chips" role="group" aria-label=t!("Which matches")>
                <button type="button" class="chip" aria-pressed=move || shown(true) on:click=move |_| change(&|query| query.passing = true) data-testid="match-passing">
                    {t!("Near enough")}<span class="chip-count" data-testid="match-passing-count">{move || say::count(table.passing() as u64)}</span>
                </button>
                <button type="button" class="chip" aria-pressed=move || shown(false) on:click=move |_| change(&|query| query.passing = false) data-testid="match-any">
                    {t!("All")}
                </button>
            </div>
            <div class="board-choices match-choices">
                <Select
                    label=t!("File").to_owned()
                    value=Signal::derive(move || query.get().data.map(|data| data.to_string()).unwrap_or_default())
                    options=Signal::derive(move || files.get())
                    on_choose=move |key: String| {
                        let data = match &*matching.queue.read_untracked() {
                            Some(Ok(queue)) => queue.files.iter().map(|file| file.checksum).find(|it| it.to_string() == key),
                            _ => None,
                        };
                        change(&|query| query.data = data);
                    }
                    testid="match-filter-file"
                />
                <Select
                    label=t!("Order").to_owned()
                    value=Signal::derive(order_key)
                    options=Signal::stored(orders().map(|(key, words, _)| (key.to_owned(), words.to_owned())).to_vec())
                    on_choose=move |key: String| {
                        if let Some((.., order)) = orders().iter().find(|(own, ..)| *own == key) {
                            change(&|query| query.order = *order);
                        }
                    }
                    testid="match-order"
                />
            </div>
        </div>
    }
}
