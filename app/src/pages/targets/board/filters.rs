//! Which targets are shown, and in which order.

use super::window::Board;
use crate::components::select::Select;
use crate::languages::t;
use crate::say;
use leptos::prelude::*;
use wasm_core::address::ModelId;
use wasm_core::target::TargetStage;
use wasm_core::targets::{Query, Shown, SortBy};

const ANY: &str = "";

const fn shown_key(shown: Shown) -> &'static str {
    match shown {
        Shown::All => "all",
        Shown::Open => "open",
        Shown::Filled => "filled",
        Shown::Claimable => "claimable",
        Shown::Expired => "expired",
    }
}

fn shown_words(shown: Shown) -> &'static str {
    match shown {
        Shown::All => t!("All"),
        Shown::Open => t!("Open"),
        Shown::Filled => t!("With data"),
        Shown::Claimable => t!("Claimable"),
        Shown::Expired => t!("Expired"),
    }
}

/// Orders that are offered: key, words, and what they mean.
fn sorts() -> [(&'static str, &'static str, SortBy, bool); 6] {
    [
        ("reward", t!("Best paid first"), SortBy::Reward, false),
        ("reward-up", t!("Least paid first"), SortBy::Reward, true),
        ("easy", t!("Easiest distance first"), SortBy::Threshold, false),
        ("hard", t!("Hardest distance first"), SortBy::Threshold, true),
        ("soon", t!("Ending soonest first"), SortBy::TimeLeft, false),
        ("late", t!("Ending last first"), SortBy::TimeLeft, true),
    ]
}

/// The conditions above the board.
#[component]
pub(super) fn Filters(board: Board) -> impl IntoView {
    let query = board.targets.query;
    let mine = board.targets.mine;
    let overview = Memo::new(move |_| board.overview());
    let change = move |change: &dyn Fn(&mut Query)| query.update(|query| change(query));
    let sort_key = move || {
        let query = query.get();
        let is_it = |&(_, _, by, reversed): &(&str, &str, SortBy, bool)| {
            by == query.sort && reversed == query.reversed
        };
        sorts().iter().find(|sort| is_it(sort)).map_or("reward", |(key, ..)| key).to_owned()
    };
    let named = sorts().map(|(key, words, ..)| (key.to_owned(), words.to_owned())).to_vec();
    view! {
        <div class="board-filters">
            <Stages board />
            <div class="board-choices">
                <Select
                    label=t!("Order").to_owned()
                    value=Signal::derive(sort_key)
                    options=Signal::stored(named)
                    on_choose=move |key: String| {
                        if let Some((_, _, by, reversed)) = sorts().iter().find(|(own, ..)| *own == key) {
                            change(&|query| {
                                query.sort = *by;
                                query.reversed = *reversed;
                            });
                        }
                    }
                    testid="board-sort"
                />
                <Select
                    label=t!("Model").to_owned()
                    value=Signal::derive(move || query.get().model.map(|id| id.to_string()).unwrap_or_default())
                    options=Signal::derive(move || {
                        let models = overview.get().models.into_iter().map(|(id, count)| {
                            (id.to_string(), format!("{} ({})", id.to_short(), say::count(count as u64)))
                        });
                        [(ANY.to_owned(), t!("Any").to_owned())].into_iter().chain(models).collect()
                    })
                    on_choose=move |key: String| {
                        let model = key.parse::<ModelId>().ok();
                        change(&|query| query.model = model);
                    }
                    testid="board-model"
                />
                <Select
                    label=t!("Made in epoch").to_owned()
                    value=Signal::derive(move || query.get().epoch.map(|epoch| epoch.to_string()).unwrap_or_default())
                    options=Signal::derive(move || {
                        let epochs = overview.get().epochs.into_iter().map(|epoch| (epoch.to_string(), say::count(epoch)));
                        [(ANY.to_owned(), t!("Any").to_owned())].into_iter().chain(epochs).collect()
                    })
                    on_choose=move |key: String| {
                        let epoch = key.parse().ok();
                        change(&|query| query.epoch = epoch);
                    }
                    testid="board-epoch"
                />
                <label class="tick">
                    <input
                        type="checkbox"
                        prop:checked=move || mine.get()
                        on:change:target=move |event| mine.set(event.target().checked())
                        data-testid="board-mine"
                    />
                    {t!("Only mine")}
                </label>
            </div>
        </div>
    }
}

/// Stages, each with how many targets stand in it.
#[component]
fn Stages(board: Board) -> impl IntoView {
    let query = board.targets.query;
    let overview = Memo::new(move |_| board.overview());
    let count = move |shown: Shown| {
        let stages = overview.get().stages;
        let count =
            |(stage, count): &(TargetStage, usize)| if shown.shows(*stage) { *count } else { 0 };
        stages.iter().map(count).sum::<usize>()
    };
    view! {
        <div class="chips" role="group" aria-label=t!("Stage")>
            {Shown::ALL
                .into_iter()
                .map(|shown| {
                    view! {
                        <button
                            type="button"
                            class="chip"
                            aria-pressed=move || (query.get().shown == shown).to_string()
                            on:click=move |_| query.update(|query| query.shown = shown)
                            data-testid=format!("board-shown-{}", shown_key(shown))
                        >
                            {shown_words(shown)}
                            <span class="chip-count">{move || say::count(count(shown) as u64)}</span>
                        </button>
                    }
                })
                .collect_view()}
        </div>
    }
}
