//! What came of a decision: done, failed on chain, or never sent.

use super::amount::Change;
use super::failure::{FailureBanner, sentence};
use super::review_changes::FeeTable;
use super::review_points::{Copied, ObjectChip};
use crate::components::banner::{Banner, Tone};
use crate::components::button::{Button, Rank};
use crate::components::disclosure::Disclosure;
use crate::components::icon::{Icon, Pictogram};
use crate::components::key_value::{KeyValue, KeyValueList};
use crate::components::toast::use_notices;
use crate::languages::{t, told};
use crate::say;
use bridge::protocol::Failure;
use bridge::wallet::Receipt;
use leptos::html;
use leptos::prelude::*;
use leptos_router::components::A;

/// The answer to a transaction whose outcome the node did not tell.
const UNKNOWN: &str = "send/unknown";

/// A transaction that was executed.
#[component]
pub(crate) fn Outcome(
    /// What came of it.
    receipt: Receipt,
    /// Called to prepare the same again, after a failure.
    #[prop(into)]
    on_again: Callback<()>,
    /// Called to leave it, after a failure.
    #[prop(into)]
    on_cancel: Callback<()>,
    /// What can be done after success.
    #[prop(into)]
    after: ViewFn,
) -> impl IntoView {
    let failure = receipt.failure.clone();
    let failed = failure.is_some();
    let title = if failed { t!("Executed, and failed") } else { t!("Done") };
    use_notices().announce(format!("{title}: {}", told(&receipt.headline)));
    let heading = NodeRef::<html::H2>::new();
    Effect::new(move |_| {
        if let Some(heading) = heading.get() {
            // An element that refuses focus is not worth a word.
            let _ = heading.focus();
        }
    });
    let what_was_meant = sentence(&receipt.headline).trim_end_matches('.').to_owned();
    let state = if failed { "failed" } else { "succeeded" };
    view! {
        <section class="card review outcome" aria-labelledby="outcome-title" data-testid="outcome" data-state=state>
            <header class="outcome-head" class:outcome-failed=failed>
                <span class="outcome-mark"><Pictogram icon=if failed { Icon::Danger } else { Icon::Check } /></span>
                <div>
                    <h2 class="review-headline" id="outcome-title" tabindex="-1" node_ref=heading>{title}</h2>
                    <p class="outcome-what">{what_was_meant}</p>
                </div>
            </header>
            {failure
                .map(|why| {
                    view! {
                        <div role="alert" data-testid="outcome-failure">
                            <Banner
                                tone=Tone::Danger
                                what=sentence(&why.what)
                                next=sentence(&why.next)
                            />
                        </div>
                    }
                })}
            <Particulars receipt />
            <div class="buttons buttons-end">
                {if failed {
                    view! {
                        <Button on_press=move || on_cancel.run(()) testid="outcome-back">{t!("Back")}</Button>
                        <Button icon=Icon::Refresh on_press=move || on_again.run(()) testid="review-again">{t!("Prepare it again")}</Button>
                    }
                        .into_any()
                } else {
                    (move || after.run()).into_any()
                }}
            </div>
        </section>
    }
}

#[component]
fn Particulars(receipt: Receipt) -> impl IntoView {
    view! {
        <KeyValueList>
            <KeyValue label=t!("Change of your balance")><Change change=receipt.change testid="outcome-change" /></KeyValue>
            <KeyValue label=t!("Epoch")>{say::count(receipt.epoch)}</KeyValue>
            {receipt
                .created_model
                .map(|id| view! { <KeyValue label=t!("Model created") testid="outcome-model"><ObjectChip id /></KeyValue> })}
            <KeyValue label=t!("Digest")>
                <Copied text=receipt.digest.to_string() what=t!("digest") testid="outcome-digest" />
            </KeyValue>
        </KeyValueList>
        <Disclosure summary=t!("Fee: {total_fee} SOMA", total_fee = say::amount(wasm_core::amount::Shannons(receipt.fee.total_fee)))>
            <FeeTable fee=receipt.fee testid="outcome-fee" />
        </Disclosure>
    }
}

/// A transaction that was not sent, or of which nobody knows whether it was executed.
#[component]
pub(crate) fn NotSent(
    /// Why.
    failure: Failure,
    /// Called to prepare the same again.
    #[prop(into)]
    on_again: Callback<()>,
    /// Called to leave it.
    #[prop(into)]
    on_cancel: Callback<()>,
) -> impl IntoView {
    if failure.code == UNKNOWN {
        return view! { <NotKnown failure on_cancel /> }.into_any();
    }
    let code = failure.code.clone();
    view! {
        <section class="card review" aria-label=t!("Not sent") data-testid="outcome" data-state="not-sent">
            <h2 class="review-headline">{t!("Not sent")}</h2>
            <div data-testid="outcome-failure" data-code=code><FailureBanner failure /></div>
            <div class="buttons buttons-end">
                <Button on_press=move || on_cancel.run(()) testid="outcome-back">{t!("Back")}</Button>
                <Button rank=Rank::Primary icon=Icon::Refresh on_press=move || on_again.run(()) testid="review-again">
                    {t!("Prepare it again")}
                </Button>
            </div>
        </section>
    }
    .into_any()
}

/// What may have been executed must not be sent a second time, so nothing here offers it.
#[component]
fn NotKnown(failure: Failure, #[prop(into)] on_cancel: Callback<()>) -> impl IntoView {
    let Failure { code, what, next, .. } = failure;
    view! {
        <section class="card review" aria-label=t!("Outcome not known yet") data-testid="outcome" data-state="unknown">
            <h2 class="review-headline">{t!("Outcome not known yet")}</h2>
            <div role="alert" data-testid="outcome-failure" data-code=code>
                <Banner tone=Tone::Caution what=sentence(&what) next=told(&next) />
            </div>
            <div class="buttons buttons-end">
                <Button on_press=move || on_cancel.run(()) testid="outcome-back">{t!("Back")}</Button>
                <A href="/activity" attr:class="button button-primary">{t!("Look under Activity")}</A>
            </div>
        </section>
    }
}
