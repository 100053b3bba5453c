//! One target: everything on it, what happens next, and what can be done with it.

mod data;
mod decision;
mod indexed;
mod judge;
mod next;
mod reward;

use super::words;
use crate::components::card::Card;
use crate::components::empty::Empty;
use crate::components::icon::{Icon, Pictogram};
use crate::components::key_value::{KeyValue, KeyValueList};
use crate::components::skeleton::Skeleton;
use crate::languages::{t, t_n, told};
use crate::parts::address::AddressChip;
use crate::parts::amount::Amount;
use crate::parts::answer::{Told, use_told};
use crate::parts::embedding::Bars;
use crate::parts::failure::FailureBanner;
use crate::parts::page::Page;
use crate::parts::review_points::ObjectChip;
use crate::say;
use crate::targets::use_targets;
use bridge::targets::{DrawnModel, TargetView};
use data::DataCard;
use indexed::IndexedTargetCard;
use judge::JudgeCard;
use leptos::prelude::*;
use leptos_router::components::A;
use leptos_router::hooks::use_params_map;
use next::NextCard;
use reward::RewardCard;
use wasm_core::address::{ModelId, TargetId};
use wasm_core::target::TargetStage;

/// The code of a target that is not there.
const NONE: &str = "target/none";

/// One target.
#[component]
pub(crate) fn TargetPage() -> impl IntoView {
    let params = use_params_map();
    let id = Memo::new(move |_| params.read().get("id").unwrap_or_default());
    move || match id.get().parse::<TargetId>() {
        Ok(id) => view! { <Target id /> }.into_any(),
        Err(error) => view! {
            <Page title=t!("Target").to_owned() aside=|| view! { <BackLink /> }>
                <Empty icon=Icon::Target title=t!("That is no target's id")>
                    <p class="empty-hint">{told(&error.to_string())}</p>
                </Empty>
            </Page>
        }
        .into_any(),
    }
}

#[component]
fn BackLink() -> impl IntoView {
    view! { <A href="/targets">{t!("All targets")}</A> }
}

#[component]
fn Target(id: TargetId) -> impl IntoView {
    let told = use_told(move |bridge| async move { bridge.one_target(id).await });
    let targets = use_targets();
    Effect::new(move |before: Option<_>| {
        let moved = targets.moved.get();
        if before.is_some_and(|before| before != moved) && moved.is_some_and(|(it, _)| it == id) {
            told.renew();
        }
        moved
    });
    // What is under review, and what came of it, stays in sight however the target moves meanwhile;
    // and answers that say the same must not build the page anew.
    let deciding = RwSignal::new(false);
    let answer = Memo::new(move |before: Option<&Option<_>>| {
        let now = told.get();
        if deciding.get() { before.cloned().flatten() } else { now }
    });
    let title = t!("Target {id}", id = id.to_short());
    view! {
        <Page title aside=|| view! { <BackLink /> }>
            {move || match answer.get() {
                None => view! { <Card><Skeleton lines=6 /></Card> }.into_any(),
                Some(Err(failure)) if failure.code == NONE => view! { <Gone id /> }.into_any(),
                Some(Err(failure)) => {
                    view! { <FailureBanner failure on_retry=move || told.renew() /> }.into_any()
                }
                Some(Ok(target)) => view! { <Everything target told deciding /> }.into_any(),
            }}
        </Page>
    }
}

#[component]
fn Gone(id: TargetId) -> impl IntoView {
    view! {
        <div data-testid="target-gone">
            <Empty
                icon=Icon::Target
                title=t!("There is no such target on this network")
                hint=t!("A target that was settled is gone. What it paid stands under your data and claims, if you had a part in it.")
            >
                <p><code class="score-id">{id.to_string()}</code></p>
                <A href="/targets/claims" attr:class="button button-secondary">{t!("Your data and claims")}</A>
            </Empty>
            <IndexedTargetCard id />
        </div>
    }
}

#[component]
fn Everything(
    target: TargetView,
    told: Told<TargetView>,
    deciding: RwSignal<bool>,
) -> impl IntoView {
    let id = target.id;
    let is_open = target.stage == TargetStage::Open;
    let own = target.embedding.clone();
    let data_embedding = target.data.as_ref().map(|data| data.embedding.clone());
    let models = target.models.clone();
    let won = target.data.as_ref().and_then(|data| data.model);
    let target = StoredValue::new(target);
    view! {
        <NextCard target=target.get_value() told deciding />
        <div class="columns">
            <div class="column">
                <Card title=t!("The target") testid="target">
                    <Facts target=target.get_value() />
                    <div class="bars-pair" data-testid="target-embedding">
                        <Bars caption=t!("The target's embedding") numbers=own own=false />
                        {data_embedding
                            .filter(|numbers| !numbers.is_empty())
                            .map(|numbers| view! { <Bars caption=t!("The data's embedding") numbers own=true /> })}
                    </div>
                </Card>
                <DataCard target=target.get_value() />
                <JudgeCard target=target.get_value() told deciding />
            </div>
            <div class="column">
                <ModelsCard models won />
                <RewardCard target=target.get_value() />
            </div>
        </div>
        {is_open
            .then(|| {
                view! {
                    <div class="buttons">
                        <A href="/score" attr:class="button button-secondary" attr:data-testid="target-score">
                            <Pictogram icon=Icon::Score />
                            {t!("Score data")}
                        </A>
                        <A href=format!("/targets/{id}/submit") attr:class="button button-primary" attr:data-testid="target-submit">
                            <Pictogram icon=Icon::Upload />
                            {t!("Submit data")}
                        </A>
                    </div>
                }
            })}
    }
}

#[component]
fn Facts(target: TargetView) -> impl IntoView {
    let threshold = target.threshold.map_or_else(
        || t!("not a number").to_owned(),
        |threshold| t!("up to {threshold}", threshold = words::number(Some(threshold))),
    );
    view! {
        <KeyValueList testid="target-facts">
            <KeyValue label=t!("Id")><ObjectChip id=target.id /></KeyValue>
            <KeyValue label=t!("Stage")>
                <span
                    class=words::stage_class(target.stage)
                    data-testid="target-stage"
                    data-stage=words::stage_key(target.stage)
                >
                    {words::stage(target.stage)}
                </span>
            </KeyValue>
            <KeyValue label=t!("Reward")><Amount amount=target.reward testid="target-reward" /></KeyValue>
            <KeyValue label=t!("Distance allowed")>{threshold}</KeyValue>
            <KeyValue label=t!("Made in epoch")>{say::count(target.generation_epoch)}</KeyValue>
            <KeyValue label=t!("Embedding")>{t_n!(target.embedding.len() as u64, "{n} number", "{n} numbers")}</KeyValue>
        </KeyValueList>
    }
}

/// Models that data is scored with.
#[component]
fn ModelsCard(models: Vec<DrawnModel>, won: Option<ModelId>) -> impl IntoView {
    let lines = models.into_iter().map(move |model| {
        let state = if won == Some(model.id) {
            Some(t!("won"))
        } else if model.active {
            None
        } else {
            Some(t!("out of service"))
        };
        view! {
            <li class="entry" data-testid="target-model" data-model=model.id.to_string()>
                <span class="entry-words">
                    <A href=format!("/models/{}", model.id)><code>{model.id.to_short()}</code></A>
                    {state.map(|state| view! { <span class="entry-note">{state}</span> })}
                </span>
                <span class="entry-aside">
                    {model.owner.map(|address| view! { <AddressChip address /> })}
                    <Amount amount=model.stake />
                </span>
            </li>
        }
    });
    let lines = lines.collect_view();
    view! {
        <Card title=t!("Models drawn for it")>
            <p class="card-lede">{t!("Data is scored with these and no others. The one with the least loss wins, and its embedding of the data counts.")}</p>
            <ul class="lines">{lines}</ul>
        </Card>
    }
}
