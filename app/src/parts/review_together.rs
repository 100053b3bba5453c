//! The decision under a review where several keys sign: keep it as a proposal, sign as one member, or
//! execute once enough have signed.

use super::attempt::{Attempt, AttemptFailure};
use super::decision_row::DecisionRow;
use super::review_findings::{Acknowledgement, Decision};
use crate::components::banner::Banner;
use crate::components::button::Button;
use crate::components::icon::Icon;
use crate::components::toast::use_notices;
use crate::languages::t;
use crate::session::use_session;
use bridge::multisig::{MemberView, ProposalView};
use bridge::protocol::ReviewId;
use leptos::prelude::*;
use leptos_router::NavigateOptions;
use leptos_router::hooks::use_navigate;
use wasm_core::address::Address;

/// What is being decided by several.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Together {
    /// The proposal as it is known now.
    pub(crate) proposal: RwSignal<ProposalView>,
}

/// How much has signed, as a sentence.
#[must_use]
pub(crate) fn weight_words(proposal: &ProposalView) -> String {
    let (weight, threshold) = (proposal.weight, proposal.threshold);
    if proposal.is_complete() {
        return t!(
            "Enough have signed: weight {weight} of the {threshold} that is needed.",
            weight,
            threshold
        );
    }
    t!(
        "Weight {weight} of {threshold} has signed; weight {missing} is missing.",
        weight,
        threshold,
        missing = threshold.saturating_sub(weight)
    )
}

/// The decision that fits who signs.
#[component]
pub(crate) fn Decide(
    /// Which review.
    id: ReviewId,
    /// Whose transaction it is.
    sender: Address,
    /// The proposal that it is of, where there is one.
    together: Option<Together>,
    /// What stands in the way.
    acknowledgement: Acknowledgement,
    /// What was decided, being done.
    attempt: Attempt,
    /// Set once the review is used up.
    confirmed: StoredValue<bool>,
    /// Called to sign, where need be, and send.
    #[prop(into)]
    on_confirm: Callback<()>,
    /// Called to leave it.
    #[prop(into)]
    on_cancel: Callback<()>,
) -> impl IntoView {
    let session = use_session();
    let navigate = StoredValue::new_local(use_navigate());
    let busy = attempt.busy();
    if let Some(together) = together {
        return view! { <MembersDecision id together acknowledgement busy on_confirm on_cancel /> }
            .into_any();
    }
    if !untrack(|| session.signs_together(sender)) {
        return view! { <Decision acknowledgement busy on_confirm on_cancel /> }.into_any();
    }
    let propose = move || {
        let consent = acknowledgement.consent();
        confirmed.set_value(true);
        attempt.run(
            async move { session.bridge().propose(id, consent).await },
            move |proposal: ProposalView| {
                let path = format!("/multisig/{}", proposal.digest);
                navigate.with_value(|navigate| navigate(&path, NavigateOptions::default()));
            },
        );
    };
    view! { <ProposeDecision acknowledgement busy on_propose=propose on_cancel /> }.into_any()
}

/// Keep it as a proposal, or leave it.
#[component]
pub(crate) fn ProposeDecision(
    /// What stands in the way.
    acknowledgement: Acknowledgement,
    /// Being kept right now.
    #[prop(into)]
    busy: Signal<bool>,
    /// Called to keep it.
    #[prop(into)]
    on_propose: Callback<()>,
    /// Called to leave it.
    #[prop(into)]
    on_cancel: Callback<()>,
) -> impl IntoView {
    view! {
        <div class="review-decision">
            <Banner
                what=t!("Several keys sign for this account together.").to_owned()
                next=t!("This keeps the transaction as a proposal, which you then sign and pass on. Nothing is signed or \
                      sent yet.")
                    .to_owned()
                testid="review-together"
            />
            <DecisionRow
                icon=Icon::ArrowRight
                words=t!("Make a proposal")
                busy
                blocked=Signal::derive(move || !acknowledgement.allows())
                on_confirm=on_propose
                on_cancel
                testid="review-propose"
            />
        </div>
    }
}

/// Sign as one's own members, each by itself, and execute once enough have signed.
#[component]
pub(crate) fn MembersDecision(
    /// Which review.
    id: ReviewId,
    /// What is being decided.
    together: Together,
    /// What stands in the way.
    acknowledgement: Acknowledgement,
    /// Being executed right now.
    #[prop(into)]
    busy: Signal<bool>,
    /// Called to execute.
    #[prop(into)]
    on_confirm: Callback<()>,
    /// Called to leave it.
    #[prop(into)]
    on_cancel: Callback<()>,
) -> impl IntoView {
    let session = use_session();
    let notices = use_notices();
    let signing = Attempt::new();
    let proposal = together.proposal;
    let own = Memo::new(move |_| proposal.read().own_missing().cloned().collect::<Vec<_>>());
    let has_own = Memo::new(move |_| proposal.read().members.iter().any(|it| it.own.is_some()));
    let complete = Memo::new(move |_| proposal.read().is_complete());
    let sign = move |member: MemberView| {
        let consent = acknowledgement.consent();
        let address = member.address;
        signing.run(
            async move { session.bridge().sign_proposal(id, address, consent).await },
            move |signed| {
                notices.announce(t!("Signed. {signed}", signed = weight_words(&signed)));
                proposal.set(signed);
            },
        );
    };
    let blocked = Signal::derive(move || !acknowledgement.allows() || busy.get());
    let buttons = move || {
        own.get()
            .into_iter()
            .map(|member| {
                let label = member.own.clone().unwrap_or_default();
                let address = member.address.to_string();
                view! {
                    <span data-testid="multisig-sign-as" data-address=address>
                        <Button
                            icon=Icon::Key
                            busy=signing.busy()
                            disabled=blocked
                            on_press=move || sign(member.clone())
                            testid="multisig-sign"
                        >
                            {t!("Sign as {label}", label)}
                        </Button>
                    </span>
                }
            })
            .collect_view()
    };
    view! {
        <div class="review-decision">
            <p data-testid="multisig-weight" data-weight=move || proposal.read().weight.to_string()>
                {move || weight_words(&proposal.read())}
            </p>
            <Show when=move || !has_own.get()>
                <p class="card-lede" data-testid="multisig-no-key">
                    {t!("This wallet has no key of any member: it cannot sign this. It can look, pass it on, and execute it \
                    once enough have signed.")}
                </p>
            </Show>
            <AttemptFailure attempt=signing />
            <DecisionRow
                leave=t!("Close the review")
                icon=Icon::Send
                words=Signal::derive(move || if busy.get() { t!("Sending…") } else { t!("Send and execute") })
                busy
                blocked=Signal::derive(move || !acknowledgement.allows() || !complete.get() || signing.busy().get())
                on_confirm
                on_cancel
            >
                {buttons}
            </DecisionRow>
        </div>
    }
}
