//! What a network's indexer tells: marked as its word, and where there is none, what is missing and where to add one.

use super::asked::ask_network;
use super::attempt::{Attempt, AttemptFailure};
use super::failure::FailureBanner;
use super::places::{PlaceLink, Sender, path_of};
use crate::components::button::Button;
use crate::components::card::Card;
use crate::components::icon::{Icon, Pictogram};
use crate::components::skeleton::Skeleton;
use crate::languages::{t, t_view};
use crate::say;
use crate::session::use_session;
use crate::time::day_and_time;
use bridge::explore::Place;
use bridge::page::Bridge;
use bridge::protocol::Failure;
use leptos::prelude::*;
use leptos_router::components::A;
use wasm_core::indexer::{IndexedTransaction, Part};

/// Where the indexer of the network in use is, where one is known. Tracked.
#[must_use]
pub(crate) fn use_indexer() -> Memo<Option<String>> {
    let session = use_session();
    Memo::new(move |_| {
        session.network.read().as_ref().and_then(|status| status.network.graphql_url.clone())
    })
}

/// What is missing without an indexer, and where to add one.
#[component]
pub(crate) fn NoIndexer(
    /// What is missing, as a sentence.
    missing: &'static str,
) -> impl IntoView {
    view! {
        <p class="card-lede" data-testid="no-indexer">
            {missing}" "
            {t_view!(
                "An indexer of this network tells: add its GraphQL address under {settings}.",
                settings = view! { <A href="/settings">{t!("Settings")}</A> }
            )}
        </p>
    }
}

/// A card of an indexer's word on one thing. What fails fails within it.
#[component]
pub(crate) fn IndexedCard<K, T, F, V, A, C>(
    /// Its title.
    title: &'static str,
    /// What is missing without an indexer, as a sentence.
    missing: &'static str,
    /// For tests.
    testid: &'static str,
    /// What is asked about.
    key: K,
    /// Asks.
    ask: A,
    /// Shows what was told.
    children: C,
) -> impl IntoView
where
    K: Clone + PartialEq + Send + Sync + 'static,
    T: Clone + 'static,
    F: Future<Output = Result<T, Failure>> + 'static,
    V: IntoView + 'static,
    A: Fn(Bridge, K) -> F + Copy + Send + Sync + 'static,
    C: Fn(T) -> V + Clone + Send + Sync + 'static,
{
    let indexer = use_indexer();
    let mark =
        move || view! { {move || indexer.read().is_some().then(|| view! { <IndexersWord /> })} };
    view! {
        <Card title aside=mark testid>
            {move || match indexer.get() {
                None => view! { <NoIndexer missing /> }.into_any(),
                Some(_) => view! { <Indexed key=key.clone() ask show=children.clone() /> }.into_any(),
            }}
        </Card>
    }
}

/// Says whose word it is.
#[component]
pub(crate) fn IndexersWord() -> impl IntoView {
    view! {
        <span class="quiet indexers-word" data-testid="indexers-word" title=t!("Told by the network's indexer, and not verified by this wallet")>
            {t!("By the network's indexer")}
        </span>
    }
}

/// An indexer's word on one thing, without a card around it.
#[component]
pub(crate) fn Indexed<K, T, F, V, A, C>(
    /// What is asked about.
    key: K,
    /// Asks.
    ask: A,
    /// Shows what was told.
    show: C,
) -> impl IntoView
where
    K: Clone + PartialEq + Send + Sync + 'static,
    T: Clone + 'static,
    F: Future<Output = Result<T, Failure>> + 'static,
    V: IntoView + 'static,
    A: Fn(Bridge, K) -> F + Copy + Send + Sync + 'static,
    C: Fn(T) -> V + Clone + Send + Sync + 'static,
{
    let question = ask_network(Memo::new(move |_| key.clone()), ask);
    move || match question.get() {
        None => view! { <Skeleton lines=3 /> }.into_any(),
        Some(Err(failure)) => {
            view! { <FailureBanner failure on_retry=move || question.renew() /> }.into_any()
        }
        Some(Ok(told)) => show(told).into_any(),
    }
}

/// A list that is told part by part.
#[component]
pub(crate) fn Parts<T, F, V, A, C>(
    /// What was told first.
    first: Part<T>,
    /// Asks for the part that begins there.
    ask: A,
    /// Shows all that was told.
    show: C,
    /// For tests; stands on the button.
    testid: &'static str,
) -> impl IntoView
where
    T: Clone + Send + Sync + 'static,
    F: Future<Output = Result<Part<T>, Failure>> + 'static,
    V: IntoView + 'static,
    A: Fn(Bridge, String) -> F + Copy + Send + Sync + 'static,
    C: Fn(Vec<T>) -> V + Send + Sync + 'static,
{
    let session = use_session();
    let (all, next) = (RwSignal::new(first.items), RwSignal::new(first.next));
    let attempt = Attempt::new();
    let more = move || {
        let Some(cursor) = next.get_untracked() else { return };
        attempt.run(ask(session.bridge(), cursor), move |part| {
            all.update(|all| all.extend(part.items));
            next.set(part.next);
        });
    };
    view! {
        {move || show(all.get())}
        <AttemptFailure attempt on_retry=more />
        {move || {
            next.read()
                .is_some()
                .then(|| view! { <div class="buttons"><Button busy=attempt.busy() on_press=more testid>{t!("Show more")}</Button></div> })
        }}
    }
}

/// Transactions in lines, each linked.
#[component]
pub(crate) fn IndexedTransactions(
    /// In the order in which they are shown.
    transactions: Vec<IndexedTransaction>,
    /// Say who sent each.
    #[prop(optional)]
    senders: bool,
) -> impl IntoView {
    let line = move |one: IndexedTransaction| {
        let words = one.told.as_ref().map_or_else(
            || t!("Transaction {number}", number = say::count(one.number)),
            |told| say::name_in_words(&told.kind),
        );
        let sub = one.told.map(|told| {
            view! {
                {(told.succeeded == Some(false))
                    .then(|| view! { <span class="state state-failed"><Pictogram icon=Icon::Danger />"failed"</span> })}
                {senders.then(|| view! { <Sender sender=told.sender bare=true /> })}
                <A href=path_of(Place::Epoch(told.epoch))>{t!("Epoch {epoch}", epoch = say::count(told.epoch))}</A>
                <span>{day_and_time(told.at_ms)}</span>
            }
        });
        view! {
            <li class="seen" data-testid="indexed-transaction" data-digest=one.digest.to_string()>
                <A href=path_of(Place::Transaction(one.digest)) attr:class="seen-what">{words}</A>
                <span class="seen-sub"><PlaceLink place=Place::Transaction(one.digest) bare=true />{sub}</span>
            </li>
        }
    };
    view! { <ul class="lines">{transactions.into_iter().map(line).collect_view()}</ul> }
}
