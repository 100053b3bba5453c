//! The form that begins a submission.

use super::destination::DestinationFields;
use super::draft::Draft;
use super::scores::ScoreFields;
use crate::components::banner::{Banner, Tone};
use crate::components::button::{Button, Rank};
use crate::components::card::Card;
use crate::components::first_wrong::focus_first_wrong;
use crate::components::icon::Icon;
use crate::components::key_value::{KeyValue, KeyValueList};
use crate::components::skeleton::Skeleton;
use crate::languages::t;
use crate::matching::use_matching;
use crate::parts::amount::Amount;
use crate::parts::answer::use_told;
use crate::parts::attempt::{Attempt, AttemptFailure};
use crate::parts::data_file::DataFile;
use crate::parts::failure::FailureBanner;
use crate::parts::page::Page;
use crate::say;
use crate::scoring::use_scoring;
use crate::session::use_session;
use crate::targets::use_targets;
use bridge::targets::{SubmissionView, TargetView};
use leptos::prelude::*;
use leptos_router::NavigateOptions;
use leptos_router::components::A;
use leptos_router::hooks::{use_navigate, use_params_map};
use wasm_core::address::TargetId;
use wasm_core::target::TargetStage;

/// Submitting data for a target.
#[component]
pub(crate) fn SubmitPage() -> impl IntoView {
    let params = use_params_map();
    let id = Memo::new(move |_| params.read().get("id").and_then(|id| id.parse().ok()));
    move || match id.get() {
        Some(id) => view! { <OfTarget id /> }.into_any(),
        None => view! {
            <Page title=t!("Submit data").to_owned()>
                <Banner tone=Tone::Caution what=t!("That is no target's id.").to_owned() />
            </Page>
        }
        .into_any(),
    }
}

#[component]
fn OfTarget(id: TargetId) -> impl IntoView {
    let told = use_told(move |bridge| async move { bridge.one_target(id).await });
    let targets = use_targets();
    // Somebody else may fill it while this form is being filled.
    Effect::new(move |before: Option<_>| {
        let moved = targets.moved.get();
        if before.is_some_and(|before| before != moved) && moved.is_some_and(|(it, _)| it == id) {
            told.renew();
        }
        moved
    });
    let first = Memo::new(move |before: Option<&Option<TargetView>>| {
        before.cloned().flatten().or_else(|| told.value())
    });
    let failure = Memo::new(move |_| told.get().and_then(Result::err));
    let stage = Memo::new(move |_| told.value().map(|target| target.stage));
    let aside = move || view! { <A href=format!("/targets/{id}")>{t!("The target")}</A> };
    view! {
        <Page title=t!("Submit data for {target}", target = id.to_short()) aside narrow=true>
            {move || {
                failure.get().map(|failure| view! { <FailureBanner failure on_retry=move || told.renew() /> })
            }}
            {move || {
                stage
                    .get()
                    .filter(|stage| *stage != TargetStage::Open)
                    .map(|_| {
                        view! {
                            <Banner
                                tone=Tone::Caution
                                alert=true
                                what=t!("This target takes no more data: it was filled, or its epoch is over.").to_owned()
                                next=t!("Nothing was spent. Choose another target that is open.").to_owned()
                                testid="submit-not-open"
                            />
                        }
                    })
            }}
            {move || match first.get() {
                Some(target) => view! { <Form target /> }.into_any(),
                None => view! { <Card><Skeleton lines=6 /></Card> }.into_any(),
            }}
        </Page>
    }
}

#[component]
fn Form(target: TargetView) -> impl IntoView {
    let (session, targets) = (use_session(), use_targets());
    let draft = Draft::new(session, use_scoring(), use_matching(), target);
    let attempt = Attempt::new();
    let navigate = use_navigate();
    let start = move || {
        draft.tried.set(true);
        let Some((options, file)) = untrack(|| draft.complete()) else {
            focus_first_wrong();
            return;
        };
        let navigate = navigate.clone();
        attempt.run(
            async move { session.bridge().start_submission(options, &file).await },
            move |view: SubmissionView| {
                let path = format!("/targets/submissions/{}", view.id.0);
                targets.put(view);
                navigate(&path, NavigateOptions::default());
            },
        );
    };
    let start = Callback::new(move |()| start());
    let send = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        start.run(());
    };
    view! {
        <form class="form" on:submit=send novalidate>
            <Card title=t!("1. Data")><DataField draft /></Card>
            <Card title=t!("2. Scores")><ScoreFields draft /></Card>
            <Card title=t!("3. Address")><DestinationFields draft /></Card>
            <AttemptFailure attempt on_retry=move || start.run(()) />
            <div class="buttons buttons-end">
                <Button
                    rank=Rank::Primary
                    icon=Icon::ArrowRight
                    submit=true
                    busy=attempt.busy()
                    disabled=Signal::derive(move || !session.is_online())
                    testid="submit-start"
                >
                    {t!("Bring the data there")}
                </Button>
                <span class="field-hint">{t!("Nothing is signed yet.")}</span>
            </div>
        </form>
    }
}

/// The data, and what it puts at stake.
#[component]
fn DataField(draft: Draft) -> impl IntoView {
    let hint = move || draft.size().map(say::bytes);
    view! {
        <DataFile
            file=draft.file
            hint=Signal::derive(hint)
            tried=draft.tried
            error=move || draft.data().err()
            testid="submit-data"
        />
        {move || {
            draft
                .bond()
                .map(|bond| {
                    let reward = draft.target.with_value(|target| target.reward);
                    view! {
                        <KeyValueList>
                            <KeyValue label=t!("Bond, comes back with the reward")><Amount amount=bond testid="submit-bond" /></KeyValue>
                            <KeyValue label=t!("Reward of the target, in all")><Amount amount=reward /></KeyValue>
                        </KeyValueList>
                    }
                })
        }}
    }
}
