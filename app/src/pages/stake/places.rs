//! Where stake can go: validators and models in one list, searched and ordered.

use super::words::{HolderLink, StandingMark, commission_words, growth_words, holder_words};
use crate::components::button::Button;
use crate::components::card::Card;
use crate::components::empty::Empty;
use crate::components::icon::{Icon, Pictogram};
use crate::components::search_field::SearchField;
use crate::components::select::Select;
use crate::languages::{t, told};
use crate::parts::amount::Amount;
use crate::parts::rows::{ShowMore, latest};
use bridge::stakes::{StakePlace, StakeWarning, Stakes};
use leptos::prelude::*;
use wasm_core::address::ObjectId;
use wasm_core::preview::Level;
use wasm_core::stakes::{PlaceFilter, PlaceOrder, listed};

/// Places that are shown before more are asked for.
const ROWS: usize = 40;

fn filters() -> [(PlaceFilter, &'static str, &'static str); 4] {
    [
        (PlaceFilter::Open, "open", t!("All that take stake")),
        (PlaceFilter::Validators, "validators", t!("Validators")),
        (PlaceFilter::Models, "models", t!("Models")),
        (PlaceFilter::All, "all", t!("All, out of service too")),
    ]
}

fn orders() -> [(PlaceOrder, &'static str, &'static str); 4] {
    [
        (PlaceOrder::Stake, "stake", t!("Stake, most first")),
        (PlaceOrder::Commission, "commission", t!("Commission, least first")),
        (PlaceOrder::Growth, "growth", t!("Growth of a share, most first")),
        (PlaceOrder::Warnings, "warnings", t!("Warnings, none first")),
    ]
}

/// The list of places.
#[component]
pub(super) fn PlacesCard(
    stakes: Memo<Stakes>,
    chosen: RwSignal<Option<ObjectId>>,
) -> impl IntoView {
    let text = RwSignal::new(String::new());
    let (filter, order) =
        (RwSignal::new(PlaceFilter::default()), RwSignal::new(PlaceOrder::default()));
    let places = Memo::new(move |_| stakes.read().places.clone());
    let shown = Memo::new(move |_| listed(&places.read(), &text.read(), filter.get(), order.get()));
    let none = Memo::new(move |_| shown.read().is_empty());
    view! {
        <Card title=t!("Where stake can go") testid="places">
            <Tools text filter order />
            {move || {
                if none.get() {
                    view! { <Empty icon=Icon::Search title=t!("Nothing fits") hint=t!("Search by a part of an id, or show all.") /> }
                        .into_any()
                } else {
                    view! { <Rows shown chosen /> }.into_any()
                }
            }}
        </Card>
    }
}

/// The words of a choice, and the choice of a key.
fn options<T: Copy>(all: &[(T, &'static str, &'static str)]) -> Vec<(String, String)> {
    all.iter().map(|(_, key, words)| ((*key).to_owned(), (*words).to_owned())).collect()
}

fn key_of<T: Copy + PartialEq>(all: &[(T, &'static str, &'static str)], chosen: T) -> String {
    let found = all.iter().find(|(it, ..)| *it == chosen);
    found.map(|(_, key, _)| (*key).to_owned()).unwrap_or_default()
}

fn of_key<T: Copy>(all: &[(T, &'static str, &'static str)], key: &str) -> Option<T> {
    all.iter().find(|(_, its, _)| *its == key).map(|(it, ..)| *it)
}

#[component]
fn Tools(
    text: RwSignal<String>,
    filter: RwSignal<PlaceFilter>,
    order: RwSignal<PlaceOrder>,
) -> impl IntoView {
    let choose_filter = move |key: String| {
        if let Some(chosen) = of_key(&filters(), &key) {
            filter.set(chosen);
        }
    };
    let choose_order = move |key: String| {
        if let Some(chosen) = of_key(&orders(), &key) {
            order.set(chosen);
        }
    };
    view! {
        <div class="filters places-tools">
            <SearchField value=text placeholder=t!("Part of an id") testid="places-search" />
            <Select
                label=t!("Show").to_owned()
                value=Signal::derive(move || key_of(&filters(), filter.get()))
                options=Signal::stored(options(&filters()))
                on_choose=choose_filter
                testid="places-filter"
            />
            <Select
                label=t!("Order").to_owned()
                value=Signal::derive(move || key_of(&orders(), order.get()))
                options=Signal::stored(options(&orders()))
                on_choose=choose_order
                testid="places-order"
            />
        </div>
    }
}

#[component]
fn Rows(shown: Memo<Vec<StakePlace>>, chosen: RwSignal<Option<ObjectId>>) -> impl IntoView {
    let most = RwSignal::new(ROWS);
    // Rows that are still there stay, with the button that has the focus.
    let row = move |first: StakePlace| {
        let pool = first.pool;
        let place = latest(shown, first, move |place| place.pool == pool);
        view! { <Row place chosen /> }
    };
    let rows = move || shown.get().into_iter().take(most.get()).collect::<Vec<_>>();
    view! {
        <table class="models-table places-table">
            <thead class="visually-hidden-narrow">
                <tr>
                    <th scope="col">{t!("Validator or model")}</th>
                    <th scope="col">{t!("State")}</th>
                    <th scope="col">{t!("Stake")}</th>
                    <th scope="col">{t!("Commission")}</th>
                    <th scope="col">{t!("A share grew")}</th>
                    <th scope="col"><span class="visually-hidden">{t!("Act")}</span></th>
                </tr>
            </thead>
            <tbody>
                <For
                    each=rows
                    key=|place| place.pool
                    children=row
                />
            </tbody>
        </table>
        <ShowMore total=Signal::derive(move || shown.read().len()) shown=most step=ROWS testid="places-more" />
    }
}

#[component]
fn Row(place: Memo<StakePlace>, chosen: RwSignal<Option<ObjectId>>) -> impl IntoView {
    let first = place.get_untracked();
    let (pool, name) = (first.pool, holder_words(first.holder));
    let open = Memo::new(move |_| place.read().refuses.is_none());
    view! {
        <tr data-testid="place" data-pool=pool.to_string() class:is-chosen=move || chosen.get() == Some(pool)>
            <th scope="row"><HolderLink holder=first.holder /></th>
            {move || view! { <Figures place=place.get() /> }}
            <td class="stake-act">
                {move || {
                    let name = name.clone();
                    open.get()
                        .then(|| {
                            view! {
                                <Button on_press=move || chosen.set(Some(pool)) testid="place-choose">
                                    <span aria-hidden="true">{t!("Stake")}</span>
                                    <span class="visually-hidden">{t!("Stake with {name}", name)}</span>
                                </Button>
                            }
                        })
                }}
            </td>
        </tr>
    }
}

#[component]
fn Figures(place: StakePlace) -> impl IntoView {
    let growth = growth_words(place.growth());
    view! {
        <td data-label=t!("State")>
            <span class="cell-lines">
                <StandingMark standing=place.standing />
                {place.warnings.iter().map(|warning| view! { <Mark warning=*warning /> }).collect_view()}
            </span>
        </td>
        <td data-label=t!("Stake")><Amount amount=place.stake testid="place-stake" /></td>
        <td data-label=t!("Commission") data-testid="place-commission">{commission_words(&place)}</td>
        <td data-label=t!("A share grew") data-testid="place-growth">{growth}</td>
    }
}

/// A warning in a word or two, all of it for those who point at it or listen.
#[component]
fn Mark(warning: StakeWarning) -> impl IntoView {
    let sentence = told(&warning.sentence());
    match warning.level() {
        // What holds for every model is said once, in the form.
        Level::Information => {
            view! { <span class="cell-more" title=sentence>{told(warning.name())}</span> }
                .into_any()
        }
        _ => view! {
            <span class="state state-failed" title=sentence.clone() data-testid="place-warning">
                <Pictogram icon=Icon::Caution />
                {told(warning.name())}
                <span class="visually-hidden">{format!(": {sentence}")}</span>
            </span>
        }
        .into_any(),
    }
}
