//! All proposals of the chosen network that this wallet keeps.

use super::open::{OpenCard, Opening};
use super::words::{OfThisNetwork, account_words, state_words};
use crate::components::card::Card;
use crate::components::empty::Empty;
use crate::components::icon::{Icon, Pictogram};
use crate::languages::{t, told};
use crate::parts::answer::{Answer, use_told};
use crate::parts::page::Page;
use crate::parts::review_together::weight_words;
use crate::say;
use crate::time::use_now;
use bridge::multisig::{ProposalState, ProposalView};
use leptos::prelude::*;
use leptos_router::components::A;

/// Proposals, and ways to more of them.
#[component]
pub(crate) fn ProposalsPage() -> impl IntoView {
    let told = use_told(|bridge| async move { bridge.proposals().await });
    let opening = Opening::new();
    view! {
        <Page
            title=t!("Multisig").to_owned()
            lede=t!("Accounts that several keys sign for together: who has signed what, and who is missing.").to_owned()
        >
            <Card title=t!("Proposals") testid="proposals">
                <OfThisNetwork />
                <Answer told lines=3 let:proposals>
                    <Proposals proposals />
                </Answer>
            </Card>
            <OpenCard opening />
            <Card title=t!("Multisig accounts")>
                <p class="card-lede">
                    {t!("Up to ten keys sign for one account together. Each has a weight, and what signs must reach a threshold: \
                    two of three, for example.")}
                </p>
                <div class="buttons">
                    <A href="/multisig/new" attr:class="button button-secondary" attr:data-testid="multisig-new">
                        <Pictogram icon=Icon::Plus />
                        {t!("Make such an account")}
                    </A>
                </div>
            </Card>
        </Page>
    }
}

#[component]
fn Proposals(proposals: Vec<ProposalView>) -> impl IntoView {
    let now = use_now(20_000);
    if proposals.is_empty() {
        return view! {
            <Empty
                icon=Icon::Key
                title=t!("No proposals")
                hint=t!("Choose an account of several keys, and send or stake as ever: the review makes a proposal.")
            />
        }
        .into_any();
    }
    let line = move |proposal: ProposalView| {
        let (word, class, icon, state) = state_words(&proposal);
        let (href, at) = (format!("/multisig/{}", proposal.digest), proposal.at_ms);
        let of = t!("Of {account}.", account = account_words(&proposal));
        let weight =
            matches!(proposal.state, ProposalState::Open).then(|| match proposal.is_hearsay {
                true => t!("Came from elsewhere, and no member has signed it.").to_owned(),
                false => weight_words(&proposal),
            });
        view! {
            <li class="line" data-testid="proposal" data-state=state data-digest=proposal.digest.to_string()>
                <A href=href>
                    <span class="line-name">{told(&proposal.headline)}</span>
                    <span class="line-step">
                        {of}" "{weight}" "{move || say::ago(now.get().saturating_sub(at) / 1_000)}
                    </span>
                    <span class="line-value"><span class=class><Pictogram icon />{word}</span></span>
                </A>
            </li>
        }
    };
    view! { <ol class="lines">{proposals.into_iter().map(line).collect_view()}</ol> }.into_any()
}
