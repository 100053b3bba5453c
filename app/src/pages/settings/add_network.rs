//! Adding a network: where it is, who it says it is, and only then keeping it.

use crate::components::banner::{Banner, Tone};
use crate::components::button::{Button, Rank};
use crate::components::disclosure::Disclosure;
use crate::components::field::{Field, Typing};
use crate::components::key_value::{KeyValue, KeyValueList};
use crate::languages::t;
use crate::parts::attempt::{Attempt, AttemptFailure};
use crate::parts::failure::sentence;
use crate::say;
use crate::session::use_session;
use bridge::network::{Network, NetworkFacts, NetworkState, NetworkStatus};
use leptos::prelude::*;

/// What is typed.
#[derive(Clone, Copy, Debug)]
struct Draft {
    name: RwSignal<String>,
    rpc: RwSignal<String>,
    faucet: RwSignal<String>,
    admin: RwSignal<String>,
    blobs: RwSignal<String>,
    graphql: RwSignal<String>,
}

impl Draft {
    fn new() -> Self {
        Self {
            name: RwSignal::default(),
            rpc: RwSignal::default(),
            faucet: RwSignal::default(),
            admin: RwSignal::default(),
            blobs: RwSignal::default(),
            graphql: RwSignal::default(),
        }
    }

    /// The network as typed, without an identity yet. Tracked.
    fn network(self) -> Option<Network> {
        let name = self.name.read().trim().to_owned();
        let optional = [self.faucet, self.admin, self.blobs, self.graphql];
        let good = !name.is_empty()
            && is_base_url(&self.rpc.read())
            && optional.iter().all(|url| optional_problem(*url).is_none());
        good.then(|| Network {
            name,
            rpc_url: self.rpc.read().trim().to_owned(),
            faucet_url: given(self.faucet),
            admin_url: given(self.admin),
            blob_url: given(self.blobs),
            graphql_url: given(self.graphql),
            expected_chain_id: None,
            built_in: false,
        })
    }
}

fn given(text: RwSignal<String>) -> Option<String> {
    Some(text.read().trim().to_owned()).filter(|text| !text.is_empty())
}

fn is_base_url(text: &str) -> bool {
    web_sys::Url::new(text.trim())
        .is_ok_and(|url| matches!(url.protocol().as_str(), "http:" | "https:"))
}

fn url_problem(text: RwSignal<String>) -> Option<String> {
    (!is_base_url(&text.read()))
        .then(|| t!("an address begins with https:// or http://").to_owned())
}

fn optional_problem(text: RwSignal<String>) -> Option<String> {
    given(text).and_then(|_| url_problem(text))
}

/// The form of a network of one's own.
#[component]
pub(super) fn AddNetworkForm(
    /// Called once it is kept.
    #[prop(into)]
    on_added: Callback<()>,
) -> impl IntoView {
    let session = use_session();
    let draft = Draft::new();
    let tried = RwSignal::new(false);
    let probed = RwSignal::new(None::<NetworkStatus>);
    let (asking, adding) = (Attempt::new(), Attempt::new());
    // What was learnt belongs to what was typed then.
    Effect::new(move |_| {
        for text in [draft.rpc, draft.name, draft.faucet, draft.admin, draft.blobs, draft.graphql] {
            text.track();
        }
        probed.set(None);
        asking.forgive();
    });
    let probe = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        tried.set(true);
        if let Some(network) = untrack(|| draft.network()) {
            asking.run(
                async move { session.bridge().probe_network(network).await },
                move |status| {
                    probed.set(Some(status));
                },
            );
        }
    };
    let add = move |facts: NetworkFacts| {
        let Some(mut network) = untrack(|| draft.network()) else { return };
        network.expected_chain_id = keeps_identity(&facts).then_some(facts.chain_id);
        adding.run(async move { session.bridge().add_network(network).await }, move |networks| {
            session.networks.set(networks);
            on_added.run(());
        });
    };
    view! {
        <form class="form" on:submit=probe>
            <DraftFields draft tried />
            <AttemptFailure attempt=asking />
            <div class="buttons">
                <Button
                    rank=Rank::Secondary
                    submit=true
                    busy=asking.busy()
                    testid="probe-network"
                >
                    {t!("Ask who it is")}
                </Button>
            </div>
            {move || probed.get().map(|status| view! { <Probed status busy=adding.busy() on_add=add /> })}
            <AttemptFailure attempt=adding />
        </form>
    }
}

#[component]
fn DraftFields(draft: Draft, #[prop(into)] tried: Signal<bool>) -> impl IntoView {
    let no_name =
        move || draft.name.read().trim().is_empty().then(|| t!("give it a name").to_owned());
    view! {
        <Field label=t!("Name").to_owned() value=draft.name tried error=Signal::derive(no_name) testid="network-name" />
        <Field
            label=t!("Node").to_owned()
            value=draft.rpc
            typing=Typing::Url
            tried
            error=Signal::derive(move || url_problem(draft.rpc))
            hint=t!("Address of a full node, such as https://node.example").to_owned()
            testid="network-rpc"
        />
        <Disclosure summary=t!("Faucet, blob store, indexer, local switches")>
            <div class="form">
                <Field
                    label=t!("Faucet").to_owned()
                    value=draft.faucet
                    typing=Typing::Url
                    error=Signal::derive(move || optional_problem(draft.faucet))
                    testid="network-faucet"
                />
                <Field
                    label=t!("Blob store").to_owned()
                    value=draft.blobs
                    typing=Typing::Url
                    error=Signal::derive(move || optional_problem(draft.blobs))
                    testid="network-blobs"
                />
                <Field
                    label=t!("Indexer (GraphQL)").to_owned()
                    value=draft.graphql
                    typing=Typing::Url
                    error=Signal::derive(move || optional_problem(draft.graphql))
                    hint=t!("It tells of the past: history of addresses, settled targets, leaderboards. It must be of the same chain, which is checked.").to_owned()
                    testid="network-graphql"
                />
                <Field
                    label=t!("Admin service of a local network").to_owned()
                    value=draft.admin
                    typing=Typing::Url
                    error=Signal::derive(move || optional_problem(draft.admin))
                    testid="network-admin"
                />
            </div>
        </Disclosure>
    }
}

/// Whether the identity is kept with the network. A local network is born anew at each start.
fn keeps_identity(facts: &NetworkFacts) -> bool {
    facts.chain != "localnet"
}

/// What the node said of itself.
#[component]
fn Probed(
    status: NetworkStatus,
    #[prop(into)] busy: Signal<bool>,
    #[prop(into)] on_add: Callback<(NetworkFacts,)>,
) -> impl IntoView {
    // The worker refuses an indexer of another chain before it tells anything.
    let indexed = status.network.graphql_url.is_some();
    match status.state {
        NetworkState::Online(facts) => {
            let facts = *facts;
            let kept = facts.clone();
            let next = if keeps_identity(&facts) {
                t!("The wallet keeps this identity, and signs nothing should another chain answer there.")
            } else {
                t!("It is a local network, which is another chain at each start: the wallet takes whichever answers there.")
            };
            view! {
                <Banner
                    tone=Tone::Success
                    what=t!("It answers. Compare its chain with what you expect.").to_owned()
                    next=next.to_owned()
                />
                <KeyValueList testid="probed">
                    <KeyValue label=t!("Chain identity") testid="probed-chain"><code>{facts.chain_id.to_string()}</code></KeyValue>
                    <KeyValue label=t!("Kind")>{facts.chain}</KeyValue>
                    <KeyValue label=t!("Node")>{facts.server}</KeyValue>
                    <KeyValue label=t!("Epoch")>{say::count(facts.epoch)}</KeyValue>
                    {indexed.then(|| view! { <KeyValue label=t!("Indexer") testid="probed-indexer">{t!("It has the same first checkpoint")}</KeyValue> })}
                </KeyValueList>
                <div class="buttons buttons-end">
                    <Button rank=Rank::Primary busy on_press=move || on_add.run((kept.clone(),)) testid="keep-network">
                        {t!("Keep this network")}
                    </Button>
                </div>
            }
            .into_any()
        }
        NetworkState::Offline { reason } => view! {
            <Banner
                tone=Tone::Danger
                alert=true
                what=t!("It does not answer as a node does.").to_owned()
                next=t!("{reason} Check the address, and that the node allows browsers (gRPC-web, CORS).", reason = sentence(&reason))
                testid="probe-failed"
            />
        }
        .into_any(),
        NetworkState::WrongChain { .. } | NetworkState::Connecting => view! {
            <Banner tone=Tone::Caution alert=true what=t!("It gave no clear answer.").to_owned() next=t!("Ask again.").to_owned() />
        }
        .into_any(),
    }
}
