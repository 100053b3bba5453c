//! Models and open targets on a plane. What is pointed at, or walked to with arrow keys, is told in words.

use super::super::words::part;
use crate::languages::{t, t_view};
use crate::parts::amount::Amount;
use crate::parts::answer::Told;
use crate::plane;
use crate::say;
use bridge::models::{EmbeddingMap, MapTarget, ModelList, ModelRow, Standings};
use leptos::prelude::*;
use leptos_router::NavigateOptions;
use leptos_router::components::A;
use leptos_router::hooks::use_navigate;
use std::collections::BTreeSet;
use wasm_core::address::ModelId;

/// What stands at a point.
#[derive(Clone, Debug, PartialEq)]
enum Mark {
    Model(ModelId),
    Target(MapTarget),
}

/// A point as it is drawn.
#[derive(Clone, Debug, PartialEq)]
struct Dot {
    x: f64,
    y: f64,
    mark: Mark,
}

/// The picture, and the words of what is chosen in it.
#[component]
pub(super) fn Map(standings: Memo<Standings>, models: Told<ModelList>) -> impl IntoView {
    // Drawn anew only when something moved.
    let drawn = Memo::new(move |_| (standings.read().map.clone(), standings.read().open));
    move || {
        let (map, open) = drawn.get();
        view! { <Drawn map open models /> }
    }
}

#[component]
fn Drawn(map: EmbeddingMap, open: u64, models: Told<ModelList>) -> impl IntoView {
    if map.models.is_empty() {
        return view! { <p class="field-hint">{t!("No model is active, so there is nothing to show.")}</p> }
            .into_any();
    }
    let caption = caption(&map, open);
    let dots = StoredValue::new(dots(map));
    let chosen = RwSignal::new(None::<usize>);
    view! {
        <div class="map">
            <Picture dots chosen models />
            <div class="map-words">
                <div class="map-told" role="status" aria-live="polite" data-testid="map-told">
                    {move || {
                        let dot = chosen.get().and_then(|at| dots.with_value(|dots| dots.get(at).cloned()));
                        match dot.map(|dot| dot.mark) {
                            None => view! { <p class="field-hint">{t!("Point at a mark, or focus the picture and use the arrow keys.")}</p> }.into_any(),
                            Some(Mark::Model(id)) => view! { <ToldModel id models /> }.into_any(),
                            Some(Mark::Target(target)) => view! { <ToldTarget target /> }.into_any(),
                        }
                    }}
                </div>
                <ul class="map-key">
                    <li><KeyMark class="map-model" />{t!("A model; larger with more weight")}</li>
                    <li><KeyMark class="map-model map-own" />{t!("A model of yours")}</li>
                    <li><KeyMark class="map-target" />{t!("An open target")}</li>
                </ul>
                <p class="field-hint">{caption}</p>
            </div>
        </div>
    }
    .into_any()
}

#[component]
fn KeyMark(class: &'static str) -> impl IntoView {
    let shape = if class == "map-target" {
        view! { <circle class=class cx="6" cy="6" r="2.5" /> }.into_any()
    } else {
        view! { <rect class=class x="2" y="2" width="8" height="8" transform="rotate(45 6 6)" /> }
            .into_any()
    };
    view! { <svg class="map-key-mark" viewBox="0 0 12 12" aria-hidden="true">{shape}</svg> }
}

fn caption(map: &EmbeddingMap, open: u64) -> String {
    let drawn = map.targets.len() as u64;
    let shown = part(map.shown);
    if drawn < open {
        t!(
            "Directions only, of all active models and {drawn} of the {open} open targets, along the two axes on which they \
             differ most. The plane shows {shown} of the differences: what lies near each other here may still be far apart.",
            drawn = say::count(drawn),
            open = say::count(open),
            shown
        )
    } else {
        t!(
            "Directions only, of all active models and all {open} open targets, along the two axes on which they differ most. \
             The plane shows {shown} of the differences: what lies near each other here may still be far apart.",
            open = say::count(open),
            shown
        )
    }
}

fn dots(map: EmbeddingMap) -> Vec<Dot> {
    let of_models = map.models.iter().map(|model| (model.x, model.y));
    let of_targets = map.targets.iter().map(|target| (target.x, target.y));
    let points: Vec<(f64, f64)> = of_models.chain(of_targets).collect();
    let marks = map.models.iter().map(|model| Mark::Model(model.id));
    let marks: Vec<Mark> = marks.chain(map.targets.into_iter().map(Mark::Target)).collect();
    plane::scaled(&points).into_iter().zip(marks).map(|((x, y), mark)| Dot { x, y, mark }).collect()
}

fn row_of(list: Option<ModelList>, id: ModelId) -> Option<ModelRow> {
    list?.models.into_iter().find(|row| row.id == id)
}

/// Points that belong to the chosen one: the targets that drew a model, the models that a target drew.
fn related(dots: &[Dot], chosen: Option<usize>) -> BTreeSet<usize> {
    let Some(chosen) = chosen.and_then(|at| dots.get(at)) else { return BTreeSet::new() };
    let belongs = |dot: &Dot| match (&chosen.mark, &dot.mark) {
        (Mark::Model(id), Mark::Target(target)) | (Mark::Target(target), Mark::Model(id)) => {
            target.models.contains(id)
        }
        _ => false,
    };
    (0..dots.len()).filter(|&at| belongs(&dots[at])).collect()
}

#[component]
fn Picture(
    dots: StoredValue<Vec<Dot>>,
    chosen: RwSignal<Option<usize>>,
    models: Told<ModelList>,
) -> impl IntoView {
    let navigate = use_navigate();
    let places: Vec<(f64, f64)> =
        dots.with_value(|dots| dots.iter().map(|dot| (dot.x, dot.y)).collect());
    let order = StoredValue::new(plane::from_left(&places));
    let belonging = Memo::new(move |_| dots.with_value(|dots| related(dots, chosen.get())));
    let walk = move |event: web_sys::KeyboardEvent| {
        let at = chosen.get_untracked();
        let next = order.with_value(|order| {
            let here = at.and_then(|at| order.iter().position(|&it| it == at));
            let last = order.len().saturating_sub(1);
            let there = match (event.key().as_str(), here) {
                ("ArrowRight" | "ArrowDown", Some(here)) => (here + 1).min(last),
                ("ArrowLeft" | "ArrowUp", Some(here)) => here.saturating_sub(1),
                ("ArrowRight" | "ArrowDown" | "ArrowLeft" | "ArrowUp", None) | ("Home", _) => 0,
                ("End", _) => last,
                _ => return None,
            };
            order.get(there).copied()
        });
        let model = at.and_then(|at| {
            dots.with_value(|dots| match dots.get(at).map(|dot| dot.mark.clone()) {
                Some(Mark::Model(id)) => Some(id),
                _ => None,
            })
        });
        if next.is_some() {
            event.prevent_default();
            chosen.set(next);
        } else if let (Some(model), "Enter") = (model, event.key().as_str()) {
            navigate(&format!("/models/{model}"), NavigateOptions::default());
        }
    };
    // Targets first, so that models lie above them.
    let marks = move || {
        let count = dots.with_value(Vec::len);
        let is_model =
            |at: &usize| dots.with_value(|dots| matches!(dots[*at].mark, Mark::Model(_)));
        let (models_, targets): (Vec<usize>, Vec<usize>) = (0..count).partition(is_model);
        targets
            .into_iter()
            .chain(models_)
            .map(|at| {
                let dot = dots.with_value(|dots| dots[at].clone());
                let is_chosen = Signal::derive(move || chosen.get() == Some(at));
                let is_related = Signal::derive(move || belonging.read().contains(&at));
                view! { <MapMark dot at is_chosen is_related chosen models /> }
            })
            .collect_view()
    };
    view! {
        <svg
            class="map-picture"
            class:map-some=move || chosen.get().is_some()
            viewBox=format!("0 0 {0} {0}", plane::SIDE)
            tabindex="0"
            role="application"
            aria-label=t!("Models and open targets on a plane. Arrow keys walk from left to right; Enter opens a model.")
            on:keydown=walk
            on:pointerleave=move |_| chosen.set(None)
            data-testid="map"
        >
            {marks()}
        </svg>
    }
}

#[component]
fn MapMark(
    dot: Dot,
    at: usize,
    is_chosen: Signal<bool>,
    is_related: Signal<bool>,
    chosen: RwSignal<Option<usize>>,
    models: Told<ModelList>,
) -> impl IntoView {
    let navigate = use_navigate();
    let Dot { x, y, mark } = dot;
    let choose = move |_| chosen.set(Some(at));
    match mark {
        Mark::Target(target) => view! {
            <circle
                class="map-target"
                class:map-chosen=is_chosen
                class:map-related=is_related
                cx=x
                cy=y
                r="0.9"
                on:pointerenter=choose
                data-testid="map-target"
                data-target=target.id.to_string()
            />
        }
        .into_any(),
        Mark::Model(id) => {
            let row = Memo::new(move |_| row_of(models.value(), id));
            let own = move || row.read().as_ref().is_some_and(|row| row.own);
            // The area tells the weight.
            let side = move || {
                let weight = row.read().as_ref().and_then(|row| row.weight).unwrap_or_default();
                2.0 + 5.0 * f64::from(weight).max(0.0).sqrt()
            };
            view! {
                <rect
                    class="map-model"
                    class:map-own=own
                    class:map-chosen=is_chosen
                    class:map-related=is_related
                    x=move || x - side() / 2.0
                    y=move || y - side() / 2.0
                    width=side
                    height=side
                    transform=format!("rotate(45 {x} {y})")
                    on:pointerenter=choose
                    on:click=move |_| navigate(&format!("/models/{id}"), NavigateOptions::default())
                    data-testid="map-model"
                    data-model=id.to_string()
                />
            }
            .into_any()
        }
    }
}

#[component]
fn ToldModel(id: ModelId, models: Told<ModelList>) -> impl IntoView {
    let row = row_of(models.value_now(), id);
    let name = row.as_ref().and_then(|row| row.name.clone());
    view! {
        <p class="map-what">{name.map_or_else(|| t!("Model").to_owned(), |name| t!("Model “{name}”", name))}</p>
        <A href=format!("/models/{id}")><code class="map-id">{id.to_string()}</code></A>
        {row.map(|row| {
            view! {
                <p>{stake_words(&row)}</p>
            }
        })}
    }
}

#[component]
fn ToldTarget(target: MapTarget) -> impl IntoView {
    let models: Vec<String> = target.models.iter().map(|id| id.to_short()).collect();
    view! {
        <p class="map-what">{t!("Open target")}</p>
        <code class="map-id">{target.id.to_string()}</code>
        <p>{t_view!(
            "Pays {reward}, draws {models}",
            reward = view! { <Amount amount=target.reward /> },
            models = models.join(", ")
        )}</p>
    }
}

/// A model's stake, and what it weighs where it is drawn at all.
fn stake_words(row: &ModelRow) -> Vec<AnyView> {
    let stake = view! { <Amount amount=row.stake /> };
    match row.weight {
        Some(weight) => {
            t_view!("{stake}, weighs {weight}", stake = stake, weight = part(f64::from(weight)))
        }
        None => vec![stake.into_any()],
    }
}
