//! The models: those that open targets draw, and what the chosen ones cover.

use crate::components::button::{Button, Rank};
use crate::components::card::Card;
use crate::components::empty::Empty;
use crate::components::icon::Icon;
use crate::components::skeleton::Skeleton;
use crate::languages::{t, t_n, t_view};
use crate::matching::{Matching, USUAL_WEIGHTS};
use crate::parts::amount::Amount;
use crate::parts::failure::FailureBanner;
use crate::say;
use bridge::matching::{DrawnByTargets, GroundView};
use leptos::prelude::*;
use std::collections::BTreeSet;
use wasm_core::address::ModelId;

/// Chooses the models.
#[component]
pub(super) fn ModelsCard(matching: Matching) -> impl IntoView {
    let is_known = Memo::new(move |_| {
        matching.ground.read().as_ref().map(|ground| (ground.targets, !ground.models.is_empty()))
    });
    view! {
        <Card title=t!("2. Models") testid="match-models">
            {move || match (is_known.get(), matching.ground_failure.get()) {
                (None, Some(failure)) => {
                    view! { <FailureBanner failure on_retry=move || matching.compare() /> }.into_any()
                }
                (None, None) => view! { <Skeleton lines=4 /> }.into_any(),
                (Some((_, false)), _) => view! {
                    <div data-testid="match-no-targets">
                        <Empty
                            icon=Icon::Target
                            title=t!("No target is open on this network now")
                            hint=t!("Targets are made when an epoch begins, once the network has an active model. They are looked for again then.")
                        />
                    </div>
                }
                .into_any(),
                (Some(_), _) => view! { <Models matching /> }.into_any(),
            }}
        </Card>
    }
}

#[component]
fn Models(matching: Matching) -> impl IntoView {
    let all = Memo::new(move |_| {
        matching.ground.read().as_ref().map(|ground| ground.models.clone()).unwrap_or_default()
    });
    let openable = move || -> BTreeSet<ModelId> {
        all.read_untracked()
            .iter()
            .filter(|model| model.size.is_some())
            .map(|model| model.id)
            .collect()
    };
    let best = move || {
        let ground = matching.ground.get_untracked();
        ground.map(|ground| ground.best_within(USUAL_WEIGHTS)).unwrap_or_default()
    };
    view! {
        <div class="form">
            <p class="field-hint">
                {t!("A target is matched only with the scores of all models that it draws, since the one that loses least decides \
                where the data lies. Models that bring the most reward come first.")}
            </p>
            <div class="match-covered" role="status" data-testid="match-covered">
                <Covered matching />
            </div>
            <div class="buttons match-models-acts">
                <Button rank=Rank::Quiet on_press=move || matching.choose(best()) testid="match-models-best">{t!("Best paid")}</Button>
                <Button rank=Rank::Quiet on_press=move || matching.choose(openable()) testid="match-models-all">{t!("All")}</Button>
                <Button rank=Rank::Quiet on_press=move || matching.choose(BTreeSet::new()) testid="match-models-none">{t!("None")}</Button>
            </div>
            <fieldset class="score-models match-models">
                <legend class="visually-hidden">{t!("Models that open targets draw")}</legend>
                <div class="score-models-list">
                    <For each=move || all.get() key=|model| (model.id, model.size, model.targets, model.reward) let(model)>
                        <Model matching model />
                    </For>
                </div>
            </fieldset>
        </div>
    }
}

/// What the chosen models cover, in words.
#[component]
fn Covered(matching: Matching) -> impl IntoView {
    let told = Memo::new(move |_| {
        let chosen = matching.chosen.read();
        let ground = matching.ground.read();
        let ground: &GroundView = ground.as_ref()?;
        Some((chosen.len(), ground.covered(&chosen), ground.targets, ground.more_targets))
    });
    move || {
        told.get().map(|(count, covered, targets, more)| {
            let models = t_n!(count as u64, "{n} model", "{n} models");
            let (some, all) = (say::count(covered.targets as u64), say::count(targets as u64));
            let of_all = if more {
                t!("{some} of more than {all} open targets", some, all)
            } else {
                t!("{some} of {all} open targets", some, all)
            };
            view! {
                <p data-testid="match-covered-words" data-targets=covered.targets.to_string() data-models=count.to_string()>
                    {t_view!(
                        "{models}, {weights} of weights: {targets} can be matched, for rewards of {amount}.",
                        models = view! { <b>{models}</b> },
                        weights = say::bytes(covered.weights),
                        targets = view! { <b>{of_all}</b> },
                        amount = view! { <Amount amount=covered.reward /> },
                    )}
                </p>
            }
        })
    }
}

#[component]
fn Model(matching: Matching, model: DrawnByTargets) -> impl IntoView {
    let id = model.id;
    let can_open = model.size.is_some();
    let choose = move |chosen: bool| {
        let mut models = matching.chosen.get_untracked();
        if chosen {
            models.insert(id);
        } else {
            models.remove(&id);
        }
        matching.choose(models);
    };
    let targets = t_n!(model.targets as u64, "{n} target", "{n} targets");
    let size = model
        .size
        .map_or_else(|| t!("cannot be opened: its key is not revealed").to_owned(), say::bytes);
    view! {
        <label class="score-model" class:match-model-closed=!can_open>
            <input
                type="checkbox"
                disabled=!can_open
                prop:checked=move || matching.chosen.read().contains(&id)
                on:change:target=move |event| choose(event.target().checked())
                data-testid="match-model"
                data-model=id.to_string()
            />
            <span class="score-model-words">
                <code class="score-model-name" title=id.to_string()>{id.to_short()}</code>
                <span class="score-model-owner">{size}</span>
            </span>
            <span class="score-model-facts">
                <span>{targets}</span>
                <span><Amount amount=model.reward /></span>
            </span>
        </label>
    }
}
