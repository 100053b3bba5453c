//! The weights of a model: where they lie, fetched and compared, looked into, saved, and scored with.

use super::inside::Inside;
use crate::components::banner::{Banner, Tone};
use crate::components::button::{Button, Rank};
use crate::components::card::Card;
use crate::components::copy::CopyButton;
use crate::components::icon::{Icon, Pictogram};
use crate::components::key_value::{KeyValue, KeyValueList};
use crate::components::progress::Progress;
use crate::components::toast::use_notices;
use crate::files::save_blob;
use crate::languages::{t, told};
use crate::pages::score::Draft;
use crate::parts::attempt::{Attempt, AttemptFailure};
use crate::say;
use crate::scoring::{Scoring, use_scoring};
use crate::session::use_session;
use bridge::models::{ModelDetail, WeightsPlace, WeightsReport};
use bridge::protocol::Failure;
use bridge::score::{ScoreModel, ScoreStep};
use leptos::prelude::*;
use leptos_router::NavigateOptions;
use leptos_router::hooks::use_navigate;
use wasm_core::address::ModelId;
use web_sys::File;

/// Where the weights lie, and what can be done with them.
#[component]
pub(super) fn WeightsCard(id: ModelId, detail: Memo<ModelDetail>) -> impl IntoView {
    let place = Memo::new(move |_| detail.read().weights.clone());
    let update = Memo::new(move |_| detail.read().update.clone());
    let key = Memo::new(move |_| detail.read().key.clone());
    view! {
        <Card title=t!("Weights") testid="model-weights">
            {move || match place.get() {
                None => view! { <p class="field-hint">{t!("Nothing was published of this model yet.")}</p> }.into_any(),
                Some(place) => view! {
                    <Place place />
                    <Key key />
                    {move || update.get().map(|(place, due)| view! {
                        <h3 class="act-name">{t!("Promised for epoch {epoch}", epoch = say::count(due))}</h3>
                        <Place place />
                    })}
                    <Fetch id key />
                }
                .into_any(),
            }}
        </Card>
    }
}

#[component]
fn Place(place: WeightsPlace) -> impl IntoView {
    let checksum = place.checksum.to_string();
    view! {
        <KeyValueList>
            <KeyValue label=t!("Address")><span class="digest"><code>{place.url.clone()}</code><CopyButton text=place.url.clone() what=t!("address") /></span></KeyValue>
            <KeyValue label=t!("Size")>{t!("{size} ({bytes} bytes, encrypted)", size = say::bytes(place.size), bytes = say::count(place.size))}</KeyValue>
            <KeyValue label=t!("Checksum") testid="weights-checksum"><span class="digest"><code>{checksum.clone()}</code><CopyButton text=checksum what=t!("checksum") /></span></KeyValue>
        </KeyValueList>
    }
}

#[component]
fn Key(key: Memo<Option<String>>) -> impl IntoView {
    view! {
        <KeyValueList>
            <KeyValue label=t!("Key") testid="weights-key">
                {move || match key.get() {
                    None => t!("Not public before the reveal").into_any(),
                    Some(key) => view! { <span class="digest"><code>{key.clone()}</code><CopyButton text=key what=t!("key") /></span> }.into_any(),
                }}
            </KeyValue>
        </KeyValueList>
    }
}

/// What is under way, and what came of it.
#[derive(Clone, Copy)]
struct Work {
    scoring: Scoring,
    attempt: Attempt,
    report: RwSignal<Option<WeightsReport>>,
}

impl Work {
    fn run<T: 'static>(
        self,
        call: bridge::page::Call,
        wait: impl AsyncFnOnce(bridge::page::Call) -> Result<T, Failure> + 'static,
        done: impl FnOnce(T) + 'static,
    ) {
        self.scoring.aside.set(Some((call.id(), None)));
        let scoring = self.scoring;
        self.attempt.run(
            async move {
                let id = call.id();
                let answer = wait(call).await;
                if scoring.aside.read_untracked().as_ref().is_some_and(|(aside, _)| *aside == id) {
                    scoring.aside.set(None);
                }
                answer
            },
            done,
        );
    }
}

#[component]
fn Fetch(id: ModelId, key: Memo<Option<String>>) -> impl IntoView {
    let (session, scoring, notices) = (use_session(), use_scoring(), use_notices());
    let navigate = use_navigate();
    let draft = expect_context::<Draft>();
    let work = Work { scoring, attempt: Attempt::new(), report: RwSignal::new(None) };
    let network = move || session.network.read_untracked().as_ref().map(|it| it.network.clone());
    let fetch = move || {
        let Some(network) = network() else { return };
        let call = scoring.bridge().begin_fetch_weights(id, network);
        work.run(
            call,
            async |call| call.weights().await,
            move |report| {
                work.report.set(Some(report));
            },
        );
    };
    let save = move |plain: bool| {
        let Some(network) = network() else { return };
        let call = scoring.bridge().begin_save_weights(id, network, plain);
        work.run(
            call,
            async |call| call.file().await,
            move |(name, file): (String, File)| match save_blob(&name, &file) {
                Ok(()) => notices.toast(t!("{name} was handed to the browser's downloads.", name)),
                Err(_) => notices.toast(t!("The browser did not allow the download.")),
            },
        );
    };
    // What is left behind by the page must not go on fetching gigabytes.
    on_cleanup(move || {
        if let Some((call, _)) = scoring.aside.try_get_untracked().flatten() {
            scoring.bridge().cancel(call);
        }
    });
    let score = move || {
        draft.choose(ScoreModel::Network(id), true);
        navigate("/score", NavigateOptions::default());
    };
    let score = StoredValue::new(score);
    let busy = work.attempt.busy();
    view! {
        <Running work />
        <div class="buttons" hidden=move || busy.get()>
            <Button rank=Rank::Primary icon=Icon::Check on_press=fetch testid="weights-fetch">{t!("Fetch and check")}</Button>
            <Button icon=Icon::Download on_press=move || save(false) testid="weights-save">{t!("Save the encrypted file")}</Button>
            {move || key.read().is_some().then(|| view! {
                <Button icon=Icon::Key on_press=move || save(true) testid="weights-save-plain">{t!("Save it decrypted")}</Button>
                <Button icon=Icon::Score on_press=move || score.with_value(|score| score()) testid="weights-score">{t!("Score data with it")}</Button>
            })}
        </div>
        <AttemptFailure attempt=work.attempt />
        {move || work.report.get().map(|report| view! { <Report report /> })}
        <p class="field-hint">
            {t!("Fetched from its address, or through the node where that fails; compared byte for byte with the checksum, and \
            kept encrypted in this browser. Up to several gigabytes.")}
        </p>
    }
}

/// How far it is, with a way to end it.
#[component]
fn Running(work: Work) -> impl IntoView {
    let step = Memo::new(move |_| {
        let aside = work.scoring.aside.read();
        aside.as_ref().and_then(|(_, progress)| progress.as_ref().map(|it| it.step.clone()))
    });
    let label = move || match step.get() {
        None => t!("Looking up the model"),
        Some(ScoreStep::Waiting) => t!("Waiting for a scoring to end"),
        Some(_) => t!("Fetching and checking"),
    };
    let numbers = move || match step.get() {
        Some(ScoreStep::Fetching { done, total, speed }) => Some((done, total, speed)),
        _ => None,
    };
    let detail = move || {
        let (done, total, speed) = numbers()?;
        let done = t!("{done} of {total}", done = say::bytes(done), total = say::bytes(total));
        Some(if speed > 0.0 {
            format!("{done} · {}/s", say::bytes(say::whole(speed)))
        } else {
            done
        })
    };
    let cancel = move || {
        if let Some((id, _)) = *work.scoring.aside.read_untracked() {
            work.scoring.bridge().cancel(id);
        }
    };
    move || {
        work.attempt.busy().get().then(|| {
            view! {
                <Progress
                    label=Signal::derive(move || label().to_owned())
                    done=Signal::derive(move || numbers().map_or(0, |it| it.0))
                    total=Signal::derive(move || numbers().map_or(1, |it| it.1))
                    detail=Signal::derive(detail)
                    testid="weights-progress"
                />
                <div class="buttons"><Button icon=Icon::Cross on_press=cancel testid="weights-cancel">{t!("Cancel")}</Button></div>
            }
        })
    }
}

#[component]
fn Report(report: WeightsReport) -> impl IntoView {
    let size = say::count(report.size);
    view! {
        <div class="weights-report" data-testid="weights-report" data-checksum=report.checksum.to_string()>
            <p class="live"><Pictogram icon=Icon::Check />{t!("All {bytes} bytes are here, and their checksum is the one that was published.", bytes = size)}</p>
            {match report.inside {
                None => view! { <p class="field-hint">{t!("What is in them can be seen after the reveal, when the key is public.")}</p> }.into_any(),
                Some(Err(failure)) => view! { <Banner tone=Tone::Danger what=told(&failure.what) next=told(&failure.next) testid="weights-unreadable" /> }.into_any(),
                Some(Ok(inside)) => view! { <Inside inside /> }.into_any(),
            }}
        </div>
    }
}
