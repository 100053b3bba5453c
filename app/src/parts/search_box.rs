//! One line that takes any id, digest, address or number, and leads to what it is.

use super::attempt::Attempt;
use super::places::{path_of, words_of};
use crate::components::icon::{Icon, Pictogram};
use crate::components::unique_id;
use crate::languages::t;
use crate::parts::failure::in_a_line;
use crate::session::use_session;
use bridge::explore::Place;
use leptos::html;
use leptos::prelude::*;
use leptos_router::components::A;
use leptos_router::hooks::use_navigate;

/// The line, and below it what cannot be decided for the person.
#[component]
pub(crate) fn SearchBox(
    /// For tests.
    #[prop(default = "search")]
    testid: &'static str,
) -> impl IntoView {
    let session = use_session();
    let navigate = StoredValue::new_local(use_navigate());
    let (id, told_id) = (unique_id("search"), unique_id("search-told"));
    let text = RwSignal::new(String::new());
    let choices = RwSignal::new(Vec::<Place>::new());
    let nothing = RwSignal::new(None::<String>);
    let attempt = Attempt::new();
    let input = NodeRef::<html::Input>::new();
    let go = move |place: Place| {
        text.set(String::new());
        choices.set(Vec::new());
        navigate.with_value(|navigate| {
            navigate(&path_of(place), leptos_router::NavigateOptions::default());
        });
    };
    let found = move |asked: String, places: Vec<Place>| match places[..] {
        [] => nothing.set(Some(unknown(&asked))),
        // A number may be either; only the person knows.
        [Place::Checkpoint(_), _, ..] => choices.set(places),
        [place, ..] => go(place),
    };
    let search = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        nothing.set(None);
        choices.set(Vec::new());
        let asked = text.get_untracked().trim().to_owned();
        let told = asked.clone();
        attempt.run(async move { session.bridge().find(asked).await }, move |places| {
            found(told, places);
        });
    };
    // What is found, or failed, is about what stood in the line then: it neither leads away from nor wipes
    // what is being typed now.
    Effect::new(move |_| {
        text.track();
        attempt.give_up();
        nothing.set(None);
        choices.set(Vec::new());
    });
    let told = move || {
        let failed = attempt.failure().get();
        failed.as_ref().map(in_a_line).or_else(|| nothing.get())
    };
    let close = move |event: web_sys::KeyboardEvent| {
        if event.key() == "Escape" {
            choices.set(Vec::new());
            nothing.set(None);
            attempt.forgive();
        }
    };
    view! {
        <form class="search" role="search" on:submit=search on:keydown=close novalidate>
            <label class="visually-hidden" for=id.clone()>{t!("Search the network")}</label>
            <input
                node_ref=input
                id=id
                class="input search-input"
                type="search"
                placeholder=t!("Address, id, digest or number")
                autocomplete="off"
                autocapitalize="none"
                spellcheck="false"
                bind:value=text
                aria-describedby=told_id.clone()
                data-testid=testid
            />
            <button
                type="submit"
                class="icon-button search-go"
                aria-label=t!("Search")
                aria-busy=move || attempt.busy().get().then_some("true")
                data-testid=format!("{testid}-go")
            >
                <Pictogram icon=Icon::Search />
            </button>
            <div class="search-told" id=told_id aria-live="polite" class:is-open=move || told().is_some() || !choices.read().is_empty()>
                {move || told().map(|told| view! { <p class="search-nothing" data-testid=format!("{testid}-told")>{told}</p> })}
                <Choices choices text />
            </div>
        </form>
    }
}

/// Places that a number may stand for; only the person knows which.
#[component]
fn Choices(choices: RwSignal<Vec<Place>>, text: RwSignal<String>) -> impl IntoView {
    let choice = move |place: Place| {
        view! {
            <A href=path_of(place) attr:class="search-choice" on:click=move |_| text.set(String::new())>
                {words_of(place)}
            </A>
        }
    };
    move || choices.get().into_iter().map(choice).collect_view()
}

fn unknown(asked: &str) -> String {
    t!(
        "Nothing on this network is known by {asked}. It may be on another network, or the node keeps it no more.",
        asked
    )
}
