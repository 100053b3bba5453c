//! What surrounds every page of the explorer: the title, a link to share, and a word where there is nothing.

use crate::components::banner::{Banner, Tone};
use crate::components::card::Card;
use crate::components::copy::CopyButton;
use crate::components::empty::Empty;
use crate::components::icon::{Icon, Pictogram};
use crate::extension::has_links;
use crate::languages::t;
use crate::parts::asked::{Answered, Question};
use crate::parts::network_badge::network_name;
use crate::parts::page::Page;
use crate::parts::search_box::SearchBox;
use crate::say;
use crate::session::use_session;
use bridge::explore::{Looked, Missing};
use leptos::prelude::*;
use leptos_router::components::A;
use leptos_router::hooks::{use_location, use_query_map};

/// A page of the explorer.
#[component]
pub(crate) fn Frame(
    /// Its title.
    #[prop(into)]
    title: Signal<String>,
    /// What it is about.
    children: Children,
) -> impl IntoView {
    view! {
        <Page title=title aside=|| view! { <ShareLink /> }>
            <div class="narrow-only"><SearchBox testid="search-page" /></div>
            <OtherChain />
            {children()}
        </Page>
    }
}

/// A page about what its path names.
pub(super) fn page_about<N, V>(
    title: Signal<String>,
    name: Memo<Option<N>>,
    not_a_name: &'static str,
    about: impl Fn(N) -> V + Send + Sync + 'static,
) -> impl IntoView
where
    N: Clone + PartialEq + Send + Sync + 'static,
    V: IntoView + 'static,
{
    view! {
        <Frame title>
            {move || match name.get() {
                None => view! { <NotAName what=not_a_name /> }.into_any(),
                Some(name) => about(name).into_any(),
            }}
        </Frame>
    }
}

/// What the node has of something, or why it has nothing.
#[component]
pub(super) fn LookedUp<K, T, V>(
    /// Which question.
    question: Question<K, Looked<T>>,
    /// What was looked for, as a sentence begins with it.
    what: String,
    /// Shows what it is.
    children: impl Fn(T) -> V + Send + Sync + 'static,
) -> impl IntoView
where
    K: Clone + PartialEq + Send + Sync + 'static,
    T: Clone + 'static,
    V: IntoView + 'static,
{
    view! {
        <Answered question let:looked>
            {match looked {
                Looked::Missing(missing) => view! { <NotHere what=what.clone() missing /> }.into_any(),
                Looked::Found(found) => children(*found).into_any(),
            }}
        </Answered>
    }
}

/// Copies the page's address, with the chain that it is about.
#[component]
fn ShareLink() -> impl IntoView {
    let session = use_session();
    let location = use_location();
    let link = move || {
        // What the router calls the path begins where the wallet is served.
        let path = location.pathname.get();
        let origin = window().location().origin().unwrap_or_default();
        let chain =
            session.facts().map(|facts| format!("?chain={}", facts.chain_id)).unwrap_or_default();
        format!("{origin}{path}{chain}")
    };
    view! {
        <span class="share">
            <A href="/network" attr:class="share-up"><Pictogram icon=Icon::ArrowLeft />{t!("Network")}</A>
            {has_links()
                .then(|| view! { <CopyButton text=Signal::derive(link) what=t!("link to this page") testid="share" /> })}
        </span>
    }
}

/// Says where a link was made for another chain than the one in use.
#[component]
fn OtherChain() -> impl IntoView {
    let session = use_session();
    let query = use_query_map();
    let other = Memo::new(move |_| {
        let meant = query.read().get("chain")?;
        let here = session.facts()?.chain_id.to_string();
        (meant != here).then_some((meant, here))
    });
    let network = move || {
        session
            .network
            .read()
            .as_ref()
            .map(|status| network_name(&status.network))
            .unwrap_or_default()
    };
    move || {
        other.get().map(|(meant, _)| {
            view! {
                <Banner
                    tone=Tone::Caution
                    what=t!("This link was made for another chain than that of {network}.", network = network())
                    next=t!("Choose the network whose chain is {meant}. What is shown here is what the present one knows.", meant)
                    testid="other-chain"
                />
            }
        })
    }
}

/// Why something is not to be had.
#[component]
#[expect(clippy::needless_pass_by_value, reason = "a component owns what it shows")]
pub(super) fn NotHere(
    /// What was looked for, as a sentence begins with it.
    what: String,
    /// Why.
    missing: Missing,
) -> impl IntoView {
    let (title, hint) = match missing {
        Missing::ToCome { newest } => (
            t!("Still to come"),
            t!(
                "{what} is not there yet; the newest is {newest}.",
                what,
                newest = say::count(newest)
            ),
        ),
        Missing::Pruned { oldest } => (
            t!("Not kept any more"),
            t!(
                "{what} is older than what this node keeps: its oldest checkpoint is {oldest}. A node that keeps everything can tell.",
                what,
                oldest = say::count(oldest)
            ),
        ),
        Missing::Unknown { oldest: Some(oldest) } => (
            t!("Not known here"),
            t!(
                "{what} is not known to this node. It may be on another network, or older than what this node keeps, \
                which begins with checkpoint {oldest}.",
                what,
                oldest = say::count(oldest)
            ),
        ),
        Missing::Unknown { oldest: None } => (
            t!("Not known here"),
            t!(
                "{what} is not known to this node. It may be on another network, or never have been.",
                what
            ),
        ),
    };
    view! {
        <Card testid="not-here">
            <Empty icon=Icon::Search title=title>
                <p class="empty-hint">{hint}</p>
            </Empty>
        </Card>
    }
}

/// A path whose end is no such thing.
#[component]
fn NotAName(
    /// What it is not.
    what: &'static str,
) -> impl IntoView {
    view! {
        <Card testid="not-a-name">
            <Empty icon=Icon::Info title=t!("There is no such page") hint=what />
        </Card>
    }
}
