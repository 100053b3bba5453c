//! What is published: a new model with stake and commission, or new weights of one that exists.

use super::draft::{Draft, SubjectKind};
use crate::components::banner::{Banner, Tone};
use crate::components::field::{Field, Typing};
use crate::components::radio::{Radio, Way};
use crate::languages::{t, t_view};
use crate::parts::amount::Amount;
use crate::parts::answer::use_told;
use crate::say;
use crate::session::use_session;
use leptos::prelude::*;
use wasm_core::rate::HIGH_COMMISSION_BPS;

/// Chooses what is published.
#[component]
pub(super) fn SubjectFields(draft: Draft) -> impl IntoView {
    let ways = vec![
        Way {
            key: SubjectKind::New,
            title: t!("A new model"),
            hint: t!("Created with a first stake from this account."),
            testid: "publish-subject-new",
        },
        Way {
            key: SubjectKind::Existing,
            title: t!("A model that exists"),
            hint: t!("Yours: created but not committed, or active and due for new weights."),
            testid: "publish-subject-existing",
        },
    ];
    view! {
        <div class="form">
            <Radio legend=t!("What is published") ways chosen=draft.subject />
            {move || match draft.subject.get() {
                SubjectKind::New => view! { <NewModel draft /> }.into_any(),
                SubjectKind::Existing => view! {
                    <Field
                        label=t!("Model id").to_owned()
                        value=draft.model
                        typing=Typing::Code
                        error=Signal::derive(move || draft.model_read().err())
                        tried=draft.tried
                        testid="publish-model"
                    />
                }
                .into_any(),
            }}
        </div>
    }
}

/// Stake and commission.
#[component]
fn NewModel(draft: Draft) -> impl IntoView {
    let session = use_session();
    let least = move || {
        session.facts().map(|facts| {
            t!("At least {amount} SOMA. It stays yours, and weighs in how often targets draw the model.", amount = say::amount(facts.model_min_stake))
        })
    };
    let high =
        Memo::new(move |_| draft.commission_read().ok().filter(|bps| *bps > HIGH_COMMISSION_BPS));
    view! {
        <div class="form form-pair">
            <Field
                label=t!("First stake").to_owned()
                value=draft.stake
                typing=Typing::Decimal
                suffix="SOMA"
                hint=Signal::derive(least)
                error=Signal::derive(move || draft.stake_read().err())
                tried=draft.tried
                testid="publish-stake"
            />
            <Field
                label=t!("Commission").to_owned()
                value=draft.commission
                typing=Typing::Decimal
                suffix="%"
                hint=t!("Your share of what stake in the model earns, once the network pays such rewards.").to_owned()
                error=Signal::derive(move || draft.commission_read().err())
                tried=draft.tried
                testid="publish-commission"
            />
        </div>
        <Affordable draft />
        {move || {
            high.get().map(|bps| {
                view! {
                    <Banner
                        tone=Tone::Caution
                        what=t!("You would keep {part} of the rewards.", part = say::rate(bps))
                        next=t!("Few will stake on a model that keeps more than half.").to_owned()
                        testid="publish-commission-caution"
                    />
                }
            })
        }}
    }
}

/// Says early when the account cannot pay the stake, before a large file is encrypted in vain.
#[component]
fn Affordable(draft: Draft) -> impl IntoView {
    let account = use_told(|bridge| async move { bridge.account().await });
    let lacking = Memo::new(move |_| {
        let spendable = account.value()?.spendable;
        draft.stake_read().ok().filter(|stake| *stake > spendable).map(|_| spendable)
    });
    move || {
        lacking.get().map(|spendable| {
            view! {
                <Banner
                    tone=Tone::Caution
                    what=t!("This account cannot pay that stake yet.").to_owned()
                    next=t!("You can begin, but the model cannot be created before more coins arrive.").to_owned()
                    testid="publish-stake-caution"
                >
                    <span>{t_view!("Spendable now: {amount}", amount = view! { <Amount amount=spendable /> })}</span>
                </Banner>
            }
        })
    }
}
