//! The list of all models: searched, sorted, own ones first.

use super::super::words::{ModelName, commission, part, standing};
use super::order::{Column, Order, Tallies};
use crate::languages::{t, t_n, t_view};
use crate::parts::amount::Amount;
use crate::parts::answer::Told;
use crate::parts::rows::ShowMore;
use crate::say;
use bridge::models::{ModelList, ModelRow, Standings};
use leptos::prelude::*;
use leptos_router::components::A;

/// Rows that are shown before more are asked for.
const ROWS: usize = 50;

/// Searches, sorts and lists.
#[component]
pub(super) fn ModelTable(list: Memo<ModelList>, standings: Told<Standings>) -> impl IntoView {
    let order = RwSignal::new(Order {
        by: Column::Stake,
        ascending: false,
        search: String::new(),
        active_only: false,
    });
    let shown = RwSignal::new(ROWS);
    let tallies = Memo::new(move |_| {
        let standings = standings.value();
        let of = |standings: Standings| -> Tallies {
            standings.models.into_iter().map(|tally| (tally.id, tally)).collect()
        };
        standings.map(of)
    });
    let filled = Memo::new(move |_| standings.value().map(|standings| standings.filled));
    let listed = Memo::new(move |_| {
        let tallies = tallies.read();
        let none = Tallies::new();
        order.read().apply(&list.read().models, tallies.as_ref().unwrap_or(&none))
    });
    view! {
        <p class="card-lede">{move || summary(&list.read())}</p>
        <Tools order />
        <table class="models-table" data-testid="models-table">
            <Head order />
            <tbody>
                {move || {
                    let tallies = tallies.get();
                    listed
                        .get()
                        .into_iter()
                        .take(shown.get())
                        .map(|row| {
                            let counts = tallies.as_ref().map(|tallies| {
                                tallies.get(&row.id).map_or((0, 0), |tally| (tally.drawn, tally.wins))
                            });
                            view! { <Row row counts /> }
                        })
                        .collect_view()
                }}
            </tbody>
        </table>
        {move || {
            listed
                .read()
                .is_empty()
                .then(|| view! { <p class="field-hint" role="status" data-testid="models-none">{t!("No model fits.")}</p> })
        }}
        <ShowMore total=Signal::derive(move || listed.read().len()) shown=shown step=ROWS testid="models-more" />
        <p class="field-hint" data-testid="models-counted">
            {move || filled.get().map(|filled| t!("Wins are counted on the {filled} filled targets that this node still has; a target that was claimed is gone.", filled = say::count(filled)))}
        </p>
    }
}

/// Says which models to list.
#[component]
fn Tools(order: RwSignal<Order>) -> impl IntoView {
    view! {
        <div class="models-tools">
            <label class="models-search">
                <span class="visually-hidden">{t!("Search models")}</span>
                <input
                    class="input"
                    type="search"
                    placeholder=t!("Id, owner or name")
                    prop:value=move || order.read().search.clone()
                    on:input:target=move |event| order.update(|order| order.search = event.target().value())
                    data-testid="models-search"
                />
            </label>
            <label class="models-filter">
                <input
                    type="checkbox"
                    prop:checked=move || order.read().active_only
                    on:change:target=move |event| order.update(|order| order.active_only = event.target().checked())
                    data-testid="models-active-only"
                />
                <span>{t!("Active only")}</span>
            </label>
        </div>
    }
}

fn summary(list: &ModelList) -> String {
    if list.models.is_empty() {
        return t!(
            "There is no model on this network yet. The first one will be drawn for every target."
        )
        .to_owned();
    }
    let active = list.models.iter().filter(|row| row.weight.is_some()).count() as u64;
    let all = list.models.len() as u64;
    t_n!(
        all,
        "{active} of {n} model is active, with {staked} SOMA staked. Each target draws {per_target} of them: the nearest, \
         weighed by the root of their stake.",
        "{active} of {n} models are active, with {staked} SOMA staked. Each target draws {per_target} of them: the nearest, \
         weighed by the root of their stake.",
        active = say::count(active),
        staked = say::amount(list.total_stake),
        per_target = say::count(list.per_target)
    )
}

/// The columns; each orders the list.
#[component]
fn Head(order: RwSignal<Order>) -> impl IntoView {
    let column = move |column: Column, words: &'static str, key: &'static str| {
        let sorted = move || {
            let order = order.read();
            (order.by == column).then_some(if order.ascending { "ascending" } else { "descending" })
        };
        view! {
            <th scope="col" aria-sort=sorted>
                <button
                    type="button"
                    class="sort"
                    class:sort-up=move || sorted() == Some("ascending")
                    class:sort-down=move || sorted() == Some("descending")
                    on:click=move |_| order.update(|order| order.choose(column))
                    data-testid=format!("sort-{key}")
                >
                    {words}
                </button>
            </th>
        }
    };
    view! {
        <thead>
            <tr>
                <th scope="col">{t!("Model")}</th>
                {column(Column::Standing, t!("State"), "standing")}
                {column(Column::Stake, t!("Stake"), "stake")}
                {column(Column::Commission, t!("Commission"), "commission")}
                {column(Column::Drawn, t!("Drawn by"), "drawn")}
                {column(Column::Wins, t!("Wins"), "wins")}
                {column(Column::Size, t!("Weights"), "size")}
                {column(Column::Reports, t!("Reports"), "reports")}
            </tr>
        </thead>
    }
}

/// One model.
#[component]
fn Row(row: ModelRow, counts: Option<(u64, u64)>) -> impl IntoView {
    let (class, words) = standing(&row.standing);
    let commission = commission(&row);
    let count =
        |of: fn((u64, u64)) -> u64| counts.map_or_else(|| "…".to_owned(), |it| say::count(of(it)));
    let (drawn, wins) = (count(|it| it.0), count(|it| it.1));
    let owner = row.owner.to_short();
    view! {
        <tr class:models-own=row.own data-testid="model-row" data-model=row.id.to_string() data-own=row.own.to_string()>
            <th scope="row">
                <A href=format!("/models/{}", row.id) attr:class="model-link" attr:data-testid="model-link">
                    <ModelName id=row.id name=row.name.clone() />
                </A>
                <span class="model-owner">
                    {if row.own {
                        view! { <span class="mine">{t!("yours")}</span> }.into_any()
                    } else {
                        t_view!("of {owner}", owner = view! { <code title=row.owner.to_string()>{owner}</code> }).into_any()
                    }}
                </span>
            </th>
            <td data-label=t!("State")><span class=class>{words}</span></td>
            <td data-label=t!("Stake")>
                <span class="cell-lines">
                    <Amount amount=row.stake />
                    {row.weight.map(|weight| view! { <span class="cell-more">{t!("weighs {weight}", weight = part(f64::from(weight)))}</span> })}
                </span>
            </td>
            <td data-label=t!("Commission")>{commission}</td>
            <td data-label=t!("Drawn by") data-testid="model-drawn">{drawn}</td>
            <td data-label=t!("Wins") data-testid="model-wins">{wins}</td>
            <td data-label=t!("Weights")>{row.size.map_or_else(|| t!("none yet").to_owned(), say::bytes)}</td>
            <td data-label=t!("Reports") class:reported=move || { row.reports > 0 }>{say::count(row.reports)}</td>
        </tr>
    }
}
