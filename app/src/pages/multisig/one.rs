//! One proposal: who has signed, who is missing, and every way on.

use super::add::AddCard;
use super::share::ShareCard;
use super::words::{account_words, state_words};
use crate::components::banner::{Banner, Tone};
use crate::components::button::{Button, Rank};
use crate::components::card::Card;
use crate::components::field::Field;
use crate::components::icon::{Icon, Pictogram};
use crate::components::key_value::{KeyValue, KeyValueList};
use crate::components::skeleton::Skeleton;
use crate::languages::t;
use crate::parts::address::{AddressChip, AddressDigits};
use crate::parts::attempt::{Attempt, AttemptFailure};
use crate::parts::failure::{FailureBanner, sentence};
use crate::parts::page::Page;
use crate::parts::review::ReviewPanel;
use crate::parts::review_together::{Together, weight_words};
use crate::session::{Scope, use_session};
use bridge::multisig::{MemberView, ProposalState, ProposalView};
use bridge::page::Reviewed;
use bridge::protocol::Failure;
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_router::components::A;
use leptos_router::hooks::{use_navigate, use_params_map};
use wasm_core::digest::TransactionDigest;

/// A proposal by its digest.
#[component]
pub(crate) fn ProposalPage() -> impl IntoView {
    let params = use_params_map();
    let digest = Memo::new(move |_| params.read().get("digest")?.parse::<TransactionDigest>().ok());
    view! {
        <Page title=t!("Proposal").to_owned()>
            {move || match digest.get() {
                Some(digest) => view! { <Proposal digest /> }.into_any(),
                None => view! {
                    <Banner tone=Tone::Caution what=t!("This is not the name of a proposal.").to_owned() testid="not-a-name" />
                }
                .into_any(),
            }}
        </Page>
    }
}

/// What is known of it, asked again whenever the account, the network or the epoch moves on.
#[component]
fn Proposal(digest: TransactionDigest) -> impl IntoView {
    let session = use_session();
    let known = RwSignal::new(None::<ProposalView>);
    let failure = RwSignal::new(None::<Failure>);
    let asked = StoredValue::new(0_u64);
    let ask = move || {
        asked.update_value(|asked| *asked += 1);
        let turn = asked.get_value();
        spawn_local(async move {
            let answer = session.bridge().proposal(digest).await;
            // The page may be gone, or have asked again.
            if asked.try_get_value() != Some(turn) {
                return;
            }
            match answer {
                Ok(told) => {
                    failure.set(None);
                    known.set(Some(told));
                }
                Err(why) => failure.set(Some(why)),
            }
        });
    };
    let scope = session.scope();
    Effect::new(move |before: Option<Option<Scope>>| {
        let now = scope.get();
        let same = match (&before, &now) {
            (Some(Some(before)), Some(now)) => before.is_still(now),
            _ => false,
        };
        if !same {
            known.set(None);
        }
        ask();
        now
    });
    let is_known = Memo::new(move |_| known.read().is_some());
    move || {
        if is_known.get() {
            let first = known.get_untracked();
            return first.map(|first| view! { <Told first known on_ask=ask /> }).into_any();
        }
        match failure.get() {
            Some(failure) => view! { <FailureBanner failure on_retry=ask /> }.into_any(),
            None => view! { <section class="card"><Skeleton lines=5 /></section> }.into_any(),
        }
    }
}

/// All of it, kept up to date.
#[component]
fn Told(
    first: ProposalView,
    known: RwSignal<Option<ProposalView>>,
    #[prop(into)] on_ask: Callback<()>,
) -> impl IntoView {
    let session = use_session();
    let proposal = RwSignal::new(first);
    Effect::new(move |_| {
        if let Some(told) = known.get() {
            // A signature that was made meanwhile is not forgotten by an older answer.
            let newer = proposal.with_untracked(|here| told.weight >= here.weight && *here != told);
            if newer {
                proposal.set(told);
            }
        }
    });
    let reviewed = RwSignal::new(None::<Reviewed>);
    let attempt = Attempt::new();
    let digest = proposal.read_untracked().digest;
    let review = move || {
        attempt.run(async move { session.bridge().review_proposal(digest).await }, move |ready| {
            reviewed.set(Some(ready));
        });
    };
    let leave = move || {
        reviewed.set(None);
        on_ask.run(());
    };
    let again = move || {
        reviewed.set(None);
        review();
    };
    let after = move || {
        view! { <Button rank=Rank::Primary on_press=leave testid="act-done">{t!("Back to the proposal")}</Button> }
    };
    let panel = move || {
        reviewed.get().map(|reviewed| {
            view! {
                <ReviewPanel reviewed on_cancel=leave on_again=again after together=Together { proposal } />
            }
        })
    };
    let is_open = Memo::new(move |_| matches!(proposal.read().state, ProposalState::Open));
    view! {
        {panel}
        <div class="page" hidden=move || reviewed.read().is_some()>
            <Standing proposal review=Callback::new(move |()| review()) attempt />
            <Members proposal />
            <Show when=move || is_open.get()>
                <ShareCard proposal=proposal.into() />
                <AddCard proposal />
            </Show>
            <KeepAccount proposal />
            <Remove proposal />
        </div>
    }
}

/// What it is and how far it has come.
#[component]
fn Standing(
    proposal: RwSignal<ProposalView>,
    review: Callback<()>,
    attempt: Attempt,
) -> impl IntoView {
    let session = use_session();
    let state = Memo::new(move |_| state_words(&proposal.read()));
    let is_open = Memo::new(move |_| matches!(proposal.read().state, ProposalState::Open));
    let trouble = move || {
        match proposal.read().state.clone() {
        ProposalState::Moved => Some((
            t!("By what the chosen node says, a coin or object that this uses has moved on: it can no longer be executed.").to_owned(),
            t!("Before you make a new one, make sure under Activity of its account that it was not executed. The wallet asks again \
             whenever you look.").to_owned(),
        )),
        ProposalState::Sent => Some((
            t!("This was sent, and what became of it is not known yet.").to_owned(),
            t!("The wallet keeps asking. Do not pay the same again meanwhile.").to_owned(),
        )),
        ProposalState::Executed(Some(why)) => Some((sentence(&why.what), sentence(&why.next))),
        ProposalState::Open | ProposalState::Executed(None) => None,
    }
    };
    view! {
        <section class="card" data-testid="proposal-standing" data-state=move || state.get().3>
            <div class="card-head">
                <h2 class="card-title" data-testid="proposal-headline">{move || proposal.read().headline.clone()}</h2>
                <span class=move || state.get().1><Pictogram icon=Signal::derive(move || state.get().2) />{move || state.get().0}</span>
            </div>
            <Show when=move || proposal.read().is_hearsay && is_open.get()>
                <Banner
                    tone=Tone::Caution
                    what=t!("This came from elsewhere, and no member has signed it: anybody may have made it up.").to_owned()
                    next=t!("Ask the members whether it is theirs before you sign.").to_owned()
                    testid="proposal-hearsay"
                />
            </Show>
            {move || {
                trouble().map(|(what, next)| view! { <Banner tone=Tone::Caution what next testid="proposal-trouble" /> })
            }}
            <KeyValueList>
                <KeyValue label=t!("Account")>
                    <span class="review-account">
                        <span>{move || account_words(&proposal.read())}</span>
                        {move || view! { <AddressDigits address=proposal.read().account testid="proposal-account" /> }}
                    </span>
                </KeyValue>
                <KeyValue label=t!("Signatures") testid="proposal-weight">{move || weight_words(&proposal.read())}</KeyValue>
                <KeyValue label=t!("Digest") testid="proposal-digest"><code>{move || proposal.read().digest.to_string()}</code></KeyValue>
            </KeyValueList>
            <AttemptFailure attempt on_retry=move || review.run(()) />
            <div class="buttons buttons-end">
                <Show when=move || matches!(proposal.read().state, ProposalState::Executed(_))>
                    <A href=move || format!("/tx/{}", proposal.read().digest) attr:class="button button-secondary">{t!("Show the transaction")}</A>
                </Show>
                <Show when=move || is_open.get()>
                    <Button
                        rank=Rank::Primary
                        icon=Icon::ArrowRight
                        busy=attempt.busy()
                        disabled=Signal::derive(move || !session.is_online())
                        on_press=move || review.run(())
                        testid="proposal-review"
                    >
                        {move || if proposal.read().is_complete() { t!("Review and execute") } else { t!("Review and sign") }}
                    </Button>
                </Show>
            </div>
        </section>
    }
}

/// Who has signed, and who is missing.
#[component]
fn Members(proposal: RwSignal<ProposalView>) -> impl IntoView {
    let members = Memo::new(move |_| proposal.read().members.clone());
    let line = |member: MemberView| {
        let MemberView { address, weight, has_signed, own, .. } = member;
        let (word, class, icon, state) = if has_signed {
            (t!("Has signed"), "state state-done", Icon::Check, "signed")
        } else {
            (t!("Missing"), "state state-pending", Icon::Clock, "missing")
        };
        view! {
            <li class="member" data-testid="member" data-state=state data-address=address.to_string()>
                <span class="member-who">
                    {own.map(|label| view! { <b>{label}</b> })}
                    <AddressChip address />
                </span>
                <span class="member-weight">{t!("Weight {weight}", weight)}</span>
                <span class=class><Pictogram icon />{word}</span>
            </li>
        }
    };
    view! {
        <Card title=t!("Members") testid="members">
            <ol class="members">{move || members.get().into_iter().map(line).collect_view()}</ol>
        </Card>
    }
}

/// Offers to keep the account that this wallet does not know.
#[component]
fn KeepAccount(proposal: RwSignal<ProposalView>) -> impl IntoView {
    let session = use_session();
    let attempt = Attempt::new();
    let label = RwSignal::new(String::new());
    let unknown = Memo::new(move |_| proposal.read().label.is_none());
    let own = move || {
        let proposal = proposal.read();
        let own = proposal.members.iter().filter(|member| member.own.is_some());
        let weight = own.fold(0_u16, |sum, member| sum.saturating_add(u16::from(member.weight)));
        (weight < proposal.threshold).then(|| {
            t!("This wallet has weight {weight} of the {threshold} that must sign: whoever has the other keys decides over what \
                 is paid to this account.", weight, threshold = proposal.threshold)
        })
    };
    let keep = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        let (digest, name) = (proposal.read_untracked().digest, label.get_untracked());
        attempt.run(
            async move { session.bridge().keep_proposal_account(digest, name).await },
            move |_| proposal.update(|proposal| proposal.label = Some(label.get_untracked())),
        );
    };
    view! {
        <Show when=move || unknown.get()>
            <Card title=t!("Keep the account") testid="multisig-keep">
                <p class="card-lede">
                    {t!("This account is not among yours. Kept here, you see what it holds and does, and can make proposals of it. The account in use stays the same.")}
                </p>
                {move || own().map(|what| view! { <p class="card-lede" data-testid="multisig-keep-weight">{what}</p> })}
                <form class="form" on:submit=keep novalidate>
                    <Field label=t!("Name").to_owned() value=label testid="multisig-keep-label" />
                    <AttemptFailure attempt />
                    <div class="buttons">
                        <Button submit=true busy=attempt.busy() testid="multisig-keep-go">{t!("Keep it")}</Button>
                    </div>
                </form>
            </Card>
        </Show>
    }
}

/// Deletes it, when asked twice.
#[component]
fn Remove(proposal: RwSignal<ProposalView>) -> impl IntoView {
    let session = use_session();
    let navigate = StoredValue::new_local(use_navigate());
    let attempt = Attempt::new();
    let asking = RwSignal::new(false);
    let remove = move || {
        if !asking.get_untracked() {
            asking.set(true);
            return;
        }
        let digest = proposal.read_untracked().digest;
        attempt.run(async move { session.bridge().remove_proposal(digest).await }, move |_| {
            navigate.with_value(|navigate| {
                navigate("/multisig", leptos_router::NavigateOptions::default());
            });
        });
    };
    view! {
        <Card title=t!("Delete the proposal")>
            <p class="card-lede">
                {t!("Only this wallet's copy goes. Whoever has another one, with enough signatures, can still execute it.")}
            </p>
            <AttemptFailure attempt />
            <div class="buttons">
                <Button rank=Rank::Danger icon=Icon::Trash busy=attempt.busy() on_press=remove testid="proposal-remove">
                    {move || if asking.get() { t!("Really delete it") } else { t!("Delete it") }}
                </Button>
            </div>
        </Card>
    }
}
