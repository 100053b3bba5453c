//! What came of scoring: the winner, everybody's losses, the distance, the embedding; and a file of it.

use super::picture::EmbeddingPicture;
use super::running::show_when;
use super::submit_link::SubmitLink;
use crate::components::banner::{Banner, Tone};
use crate::components::button::Button;
use crate::components::card::Card;
use crate::components::disclosure::Disclosure;
use crate::components::gauge::Gauge;
use crate::components::icon::Icon;
use crate::components::key_value::{KeyValue, KeyValueList};
use crate::components::toast::use_notices;
use crate::files::save_text;
use crate::languages::{local_number, t, t_n, t_view, told};
use crate::parts::failure::FailureBanner;
use crate::say;
use crate::scoring::use_scoring;
use bridge::score::{ModelResult, ScoreModel, ScoreResult};
use leptos::prelude::*;

/// The code of what was cancelled.
const STOPPED: &str = "work/stopped";

/// What came of the last scoring, or why nothing did.
#[component]
pub(super) fn Outcome() -> impl IntoView {
    let scoring = use_scoring();
    let place = NodeRef::new();
    show_when(place, Signal::derive(move || scoring.outcome.read().is_some()));
    view! {
        <div class="score-place" node_ref=place>
            {move || match scoring.outcome.get() {
                None => ().into_any(),
                // Whoever cancels knows it: a word will do.
                Some(Err(failure)) if failure.code == STOPPED => view! {
                    <div data-testid="score-failure" data-code=failure.code>
                        <Banner alert=true what=t!("Cancelled. Weights that were fetched are kept.").to_owned() />
                    </div>
                }
                .into_any(),
                Some(Err(failure)) => view! { <div data-testid="score-failure"><FailureBanner failure /></div> }.into_any(),
                Some(Ok(result)) => view! { <ResultCard result /> }.into_any(),
            }}
        </div>
    }
}

#[component]
fn ResultCard(result: ScoreResult) -> impl IntoView {
    let notices = use_notices();
    let winner = result.models.get(result.winner).cloned();
    let name = winner.as_ref().map(model_name).unwrap_or_default();
    let loss = winner.as_ref().and_then(|winner| winner.loss);
    let embedding = winner.map(|winner| winner.embedding).unwrap_or_default();
    let target = result.target.as_ref().map(|target| target.embedding.clone());
    let close = result.is_close();
    let no_number = result.is_without_a_loss();
    let file = result.to_json();
    let submit = view! { <SubmitLink result=result.clone() /> };
    let save = move || {
        if save_text("score.json", &file).is_err() {
            notices.toast(t!("The browser did not save the file.").to_owned());
        }
    };
    view! {
        <Card title=t!("Result") testid="score-result">
            <div class="score-winner">
                <p class="score-winner-word">{if result.models.len() == 1 { t!("Scored with") } else { t!("Winner") }}</p>
                <p class="score-winner-name" data-testid="score-winner" data-place=result.winner.to_string()>{name}</p>
                <p class="score-winner-loss">{t_view!("Loss {loss}, lower is better", loss = view! { <span data-testid="score-loss">{number(loss)}</span> })}</p>
            </div>
            <Verdict result=result.clone() />
            {no_number.then(|| view! {
                <Banner
                    tone=Tone::Danger
                    what=t!("The loss of this model is no number: its weights, or what they make of this data, are beyond all bounds.").to_owned()
                    next=t!("On the network such a model wins where it stands first, and loses against every other where it does not.").to_owned()
                    testid="score-no-number"
                />
            })}
            {close.then(|| view! {
                <Banner
                    tone=Tone::Caution
                    what=t!("The best two models are so close that another honest machine may see the other one win.").to_owned()
                    testid="score-close"
                />
            })}
            <LossTable result=result.clone() />
            {(!embedding.is_empty()).then(|| view! { <EmbeddingPicture embedding target /> })}
            <Particulars result />
            <Meanings />
            <div class="buttons">
                <Button icon=Icon::Download on_press=save testid="score-export">{t!("Save as JSON")}</Button>
                {submit}
            </div>
        </Card>
    }
}

/// Whether the data is near enough to the target.
#[component]
fn Verdict(result: ScoreResult) -> impl IntoView {
    let distance = result.models.get(result.winner).and_then(|winner| winner.distance);
    let passes = result.passes();
    let state = match passes {
        Some(true) => "passes",
        Some(false) => "fails",
        None => "unknown",
    };
    let as_network = result.is_as_the_network_scores() == Some(true);
    result.target.map(|target| {
        let (tone, what) = match passes {
            Some(true) if !as_network => (Tone::Info, t!("Near enough, by these models.")),
            Some(false) if !as_network => (Tone::Info, t!("Too far away, by these models.")),
            Some(true) => (Tone::Success, t!("Near enough: this data would be taken for the target.")),
            Some(false) => (Tone::Caution, t!("Too far away: this data would not be taken for the target.")),
            None => (Tone::Danger, t!("The distance is not a number, so this data would not be taken.")),
        };
        let allowed = target.threshold;
        let (shown, most) = (number(distance), local_number(&allowed.to_string()));
        let next = if as_network {
            t!("Distance {distance}; up to {allowed} is allowed.", distance = shown, allowed = most)
        } else {
            t!(
                "Distance {distance}; up to {allowed} is allowed. The network scores this target with other models.",
                distance = shown,
                allowed = most
            )
        };
        view! {
            <div class="score-verdict" data-testid="score-verdict" data-state=state data-distance=distance.map(|it| it.to_string())>
                <Banner tone what=what.to_owned() next />
                {distance.map(|distance| view! { <Gauge distance allowed /> })}
            </div>
        }
    })
}

#[component]
fn LossTable(result: ScoreResult) -> impl IntoView {
    let has_parts = result.models.iter().any(|model| model.cross_entropy.is_some());
    let has_distances = result.models.iter().any(|model| model.distance.is_some());
    let winner = result.winner;
    let all_told = result.tells_all();
    let rows = result.models.into_iter().enumerate().map(move |(place, model)| {
        view! {
            <tr class:score-best=place == winner data-testid="score-row" data-loss=model.loss.map(|loss| loss.to_string())>
                <th scope="row">{model_name(&model)}</th>
                <td>{if all_told || place == winner { number(model.loss) } else { t!("not told").to_owned() }}</td>
                {has_distances.then(|| view! { <td>{model.distance.map_or_else(none, |it| number(Some(it)))}</td> })}
                {has_parts.then(|| view! { <td>{part(model.cross_entropy)}</td><td>{part(model.sig_reg)}</td> })}
            </tr>
        }
    });
    view! {
        <div class="score-table" role="region" aria-label=t!("Losses of all models") tabindex="0">
            <table>
                <thead>
                    <tr>
                        <th scope="col">{t!("Model")}</th>
                        <th scope="col">{t!("Loss")}</th>
                        {has_distances.then(|| view! { <th scope="col">{t!("Distance")}</th> })}
                        {has_parts.then(|| view! { <th scope="col">{t!("Cross-entropy")}</th><th scope="col">"SIGReg"</th> })}
                    </tr>
                </thead>
                <tbody>{rows.collect_view()}</tbody>
            </table>
        </div>
    }
}

#[component]
fn Particulars(result: ScoreResult) -> impl IntoView {
    view! {
        <KeyValueList testid="score-facts">
            {result.margin.map(|margin| view! {
                <KeyValue label=t!("Margin between the best two") testid="score-margin">{number(Some(margin))}</KeyValue>
            })}
            <KeyValue label=t!("Data")>{t_n!(result.data_size, "{name} · {n} byte", "{name} · {n} bytes", name = result.data_name)}</KeyValue>
            <KeyValue label=t!("Checksum of the data")><code class="score-id">{result.data_checksum.to_string()}</code></KeyValue>
            <KeyValue label=t!("Computed by") testid="score-engine">{told(&result.engine)}</KeyValue>
            <KeyValue label=t!("Time")>{time(result.seconds)}</KeyValue>
            <KeyValue label=t!("Seed")>{result.seed.to_string()}</KeyValue>
        </KeyValueList>
    }
}

/// The words of a result, for whoever meets them for the first time.
#[component]
fn Meanings() -> impl IntoView {
    let meaning = |word: &'static str, meaning: &'static str| {
        view! { <div><dt>{word}</dt><dd>{meaning}</dd></div> }
    };
    view! {
        <Disclosure summary=t!("What these words mean") testid="score-meanings">
            <dl class="score-meanings">
                {meaning(
                    t!("Loss"),
                    t!("How badly a model did: its cross-entropy and a fiftieth of its SIGReg. The lowest wins. Short data has \
                     a low loss with every model, since what is missing of 1,024 bytes counts as nothing lost: compare \
                     models, not data of different lengths."),
                )}
                {meaning(
                    t!("Cross-entropy"),
                    t!("How surprised the model was by each byte that came next, on average; 0 is not at all."),
                )}
                {meaning(
                    "SIGReg",
                    t!("How far the model's inner pictures of the data are from a well-spread cloud; 0 is not at all."),
                )}
                {meaning(
                    t!("Embedding"),
                    t!("A model's picture of the data as a list of numbers. Its direction says what the data is like."),
                )}
                {meaning(
                    t!("Distance"),
                    t!("Between the directions of the data's embedding and the target's: 0 is the same, 1 is unrelated, 2 is \
                     opposite. The network takes data for a target up to the target's own limit."),
                )}
                {meaning(
                    t!("Margin"),
                    t!("How much worse the second best model was. Machines round differently: below a hundred-thousandth (with \
                     more than 16 KiB of data, a hundredth) another honest machine may see another winner."),
                )}
            </dl>
        </Disclosure>
    }
}

/// A model for the eye.
fn model_name(model: &ModelResult) -> String {
    match (&model.file_name, model.model) {
        (Some(name), _) => name.clone(),
        (None, ScoreModel::Network(id)) => id.to_short(),
        (None, ScoreModel::File(id)) => t!("file {id}", id = id.0),
    }
}

/// Six digits after the point: more than the network compares.
fn number(value: Option<f32>) -> String {
    value.map_or_else(|| t!("not a number").to_owned(), |value| say::fixed(value, 6))
}

fn part(value: Option<f64>) -> String {
    value.map_or_else(none, |value| say::fixed(value, 4))
}

fn none() -> String {
    "–".to_owned()
}

fn time(seconds: f64) -> String {
    if seconds < 10.0 {
        format!("{} s", say::fixed(seconds, 1))
    } else {
        say::span(say::whole(seconds))
    }
}
