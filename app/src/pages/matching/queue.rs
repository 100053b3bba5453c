//! The queue: its start, pause and end, and how far it is.

use crate::components::banner::{Banner, Tone};
use crate::components::button::{Button, Rank};
use crate::components::icon::Icon;
use crate::components::progress::Progress;
use crate::engine::Engine;
use crate::languages::{t, t_n};
use crate::matching::{Matching, use_adding};
use crate::parts::attempt::{Attempt, AttemptFailure};
use crate::parts::failure::FailureBanner;
use crate::parts::score_step;
use crate::say;
use crate::session::use_session;
use bridge::matching::{MatchOptions, MatchProgress, QueueState};
use leptos::prelude::*;
use std::collections::BTreeSet;
use wasm_core::address::ModelId;

/// Says what is to be done, and does it.
#[component]
pub(super) fn QueueAct(matching: Matching, engine: Engine, tried: RwSignal<bool>) -> impl IntoView {
    let session = use_session();
    let attempt = Attempt::new();
    let missing = RwSignal::new(None::<String>);
    let take = move |queue| matching.take(Ok(queue));
    let start = move || {
        tried.set(true);
        match untrack(|| options(matching, engine, session.network.get().map(|it| it.network))) {
            Ok(options) => {
                missing.set(None);
                attempt.run(
                    async move { matching.scoring().bridge().start_matching(options).await },
                    take,
                );
            }
            Err(why) => missing.set(Some(why)),
        }
    };
    let pause = move || {
        attempt.run(async move { matching.scoring().bridge().pause_matching().await }, take);
    };
    let state = Memo::new(move |_| matching.state());
    let others = Memo::new(move |_| {
        let chosen = matching.chosen.read();
        let asked: BTreeSet<ModelId> = match &*matching.queue.read() {
            Some(Ok(queue)) => queue.models.iter().copied().collect(),
            _ => return false,
        };
        !chosen.is_empty() && *chosen != asked
    });
    // What was missing is told until it is there.
    Effect::new(move |_| {
        let _ = (matching.chosen.read(), matching.queue.read(), engine.choice());
        missing.set(None);
    });
    let start_button = move |words: &'static str| {
        view! {
            <Button rank=Rank::Primary icon=Icon::Score busy=attempt.busy() on_press=start testid="match-start">{words}</Button>
        }
    };
    view! {
        <div class="form">
            {move || match state.get() {
                QueueState::Failed(failure) => view! { <div data-testid="match-failed"><FailureBanner failure /></div> }.into_any(),
                _ => ().into_any(),
            }}
            <AttemptFailure attempt />
            {move || missing.get().map(|why| view! {
                <Banner tone=Tone::Caution alert=true what=why testid="match-missing" />
            })}
            <div class="score-start" data-testid="match-state" data-state=move || state_key(&state.get())>
                <p class="field-hint" data-testid="match-summary">{move || summary(matching, engine)}</p>
                <div class="buttons">
                    {move || match state.get() {
                        QueueState::Running => view! {
                            {others.get().then(|| view! {
                                <Button icon=Icon::Refresh busy=attempt.busy() on_press=start testid="match-restart">{t!("Use the chosen models")}</Button>
                            })}
                            <Button icon=Icon::Pause busy=attempt.busy() on_press=pause testid="match-pause">{t!("Pause")}</Button>
                        }
                        .into_any(),
                        QueueState::Paused => start_button(t!("Resume")).into_any(),
                        QueueState::Failed(_) => start_button(t!("Try again")).into_any(),
                        QueueState::Idle => start_button(t!("Start")).into_any(),
                    }}
                </div>
            </div>
        </div>
    }
}

/// What shall be done, or what is missing. Tracked.
fn options(
    matching: Matching,
    engine: Engine,
    network: Option<bridge::network::Network>,
) -> Result<MatchOptions, String> {
    let has_files = matches!(&*matching.queue.read(), Some(Ok(queue)) if !queue.files.is_empty());
    if !has_files {
        return Err(t!("Add at least one file first.").to_owned());
    }
    let chosen = matching.chosen.read();
    let ground = matching.ground.read();
    let offered = ground.as_ref().map_or(&[][..], |ground| &ground.models);
    let models: Vec<_> =
        offered.iter().map(|model| model.id).filter(|id| chosen.contains(id)).collect();
    if models.is_empty() {
        return Err(t!("Choose at least one model first.").to_owned());
    }
    Ok(MatchOptions {
        models,
        engine: engine.choice().map_err(|why| t!("Address of the service: {why}.", why))?,
        gpu_memory: engine.memory.get(),
        workers: engine.workers_read(),
        network: network.ok_or(t!("No network is chosen."))?,
    })
}

/// The queue's state, for tests.
const fn state_key(state: &QueueState) -> &'static str {
    match state {
        QueueState::Idle => "idle",
        QueueState::Running => "running",
        QueueState::Paused => "paused",
        QueueState::Failed(_) => "failed",
    }
}

/// What there is to do, in a sentence.
fn summary(matching: Matching, engine: Engine) -> Option<String> {
    let files = match &*matching.queue.read() {
        Some(Ok(queue)) => queue.files.len(),
        _ => return None,
    };
    let models = matching.chosen.read().len();
    let state = matching.state();
    if state == QueueState::Running {
        return Some(
            t!(
                "Goes on while you use other pages, and after a reload once the wallet is unlocked."
            )
            .to_owned(),
        );
    }
    if files == 0 || models == 0 {
        return Some(t!("Add files and choose models, then start.").to_owned());
    }
    let by = engine.in_words()?;
    Some(t!(
        "{files} by {models}: {evaluations}, by {engine}. What is scored already is not scored again.",
        files = t_n!(files as u64, "{n} file", "{n} files"),
        models = t_n!(models as u64, "{n} model", "{n} models"),
        evaluations = t_n!((files * models) as u64, "{n} evaluation", "{n} evaluations"),
        engine = by
    ))
}

/// How far all of it is, and the evaluation under way.
#[component]
pub(super) fn QueueProgress(matching: Matching) -> impl IntoView {
    let adding = use_adding();
    let scoring = matching.scoring();
    let counts = Memo::new(move |_| matching.done());
    let runs = Memo::new(move |_| matching.state() == QueueState::Running);
    let of_step = move |pick: &dyn Fn(&MatchProgress) -> Option<String>| {
        scoring.match_progress.read().as_ref().and_then(pick)
    };
    let left = move || {
        let left = matching
            .seconds_left()
            .map(|left| t!("about {left} left in all", left = say::span(left)));
        let (done, total) = counts.get();
        let count =
            t!("{done} of {total} evaluations", done = say::count(done), total = say::count(total));
        Some(
            [Some(count), left.filter(|_| runs.get())]
                .into_iter()
                .flatten()
                .collect::<Vec<_>>()
                .join(" · "),
        )
    };
    view! {
        {move || (counts.get().1 > 0).then(|| view! {
            <div
                class="match-progress"
                data-testid="match-progress"
                data-done=move || counts.get().0.to_string()
                data-total=move || counts.get().1.to_string()
                data-round=move || scoring.match_progress.read().as_ref().map(|it| it.total.to_string())
            >
                <Progress
                    label=Signal::derive(move || match matching.state() {
                        QueueState::Running => t!("Scoring").to_owned(),
                        QueueState::Paused => t!("Paused").to_owned(),
                        QueueState::Failed(_) => t!("Stopped").to_owned(),
                        QueueState::Idle if counts.get().0 == counts.get().1 => t!("All is scored").to_owned(),
                        QueueState::Idle => t!("Not all is scored").to_owned(),
                    })
                    done=Signal::derive(move || counts.get().0)
                    total=Signal::derive(move || counts.get().1)
                    detail=Signal::derive(left)
                />
                {move || runs.get().then(|| view! {
                    <Progress
                        label=Signal::derive(move || of_step(&|it| Some(step_label(matching, it))).unwrap_or_else(|| t!("Starting").to_owned()))
                        done=Signal::derive(move || scoring.match_progress.read().as_ref().map_or(0, |it| score_step::done(&it.step)))
                        total=Signal::derive(score_step::whole)
                        detail=Signal::derive(move || of_step(&|it| score_step::detail(&it.step)))
                        testid="match-step"
                    />
                })}
            </div>
        })}
        {move || (runs.get() && adding.progress.read().is_some()).then(|| view! {
            <p class="field-hint">{t!("Files that are being added are scored, too.")}</p>
        })}
    }
}

/// What is being done, with which model, and with which file. Tracked.
fn step_label(matching: Matching, progress: &MatchProgress) -> String {
    let what = score_step::words(&progress.step);
    let name = match &*matching.queue.read() {
        Some(Ok(queue)) => {
            let file = queue.files.iter().find(|file| Some(file.checksum) == progress.data);
            file.map(|file| file.name.clone())
        }
        _ => None,
    };
    match (name, progress.model) {
        (Some(name), Some(model)) => {
            t!("{name}, model {model}: {what}", name, model = model.to_short(), what)
        }
        (None, Some(model)) => t!("Model {model}: {what}", model = model.to_short(), what),
        _ => what.to_owned(),
    }
}
