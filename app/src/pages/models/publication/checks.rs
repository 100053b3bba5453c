//! Before the commit: whether everything that a reveal will show is in order.

use crate::components::file_drop::FileDrop;
use crate::components::icon::{Icon, Pictogram};
use crate::parts::attempt::{Attempt, AttemptFailure};
use crate::parts::failure::FailureBanner;
use crate::scoring::{Scoring, use_scoring};
use crate::session::use_session;
use bridge::models::{Check, CheckKind};
use bridge::protocol::Failure;
use bridge::publish::PublishView;
use bridge::score::{EngineChoice, GPU_MEMORY, ScoreModel, ScoreOptions};
use leptos::prelude::*;
use web_sys::File;

/// What the trial scores: a sentence is enough to see whether the numbers are numbers.
const SAMPLE: &str = "The network draws the models that stand near a target, and the one that foretells the data best wins.";

/// Looks at everything, and lets the weights be tried out.
#[component]
pub(super) fn ChecksStep(job: Memo<PublishView>) -> impl IntoView {
    let session = use_session();
    let attempt = Attempt::new();
    let checks = RwSignal::new(None::<Vec<Check>>);
    let look = move || {
        let id = job.read_untracked().id.clone();
        attempt.run(async move { session.bridge().check_publication(id).await }, move |found| {
            checks.set(Some(found));
        });
    };
    Effect::new(move |_| look());
    view! {
        <section class="checks" data-testid="job-checks">
            <h3 class="backup-title">"Will the reveal pass?"</h3>
            <AttemptFailure attempt on_retry=look />
            <ul class="checks-list">
                {move || checks.get().unwrap_or_default().into_iter().map(|check| view! { <Found check /> }).collect_view()}
                <Trial job />
            </ul>
        </section>
    }
}

const fn name(kind: CheckKind) -> &'static str {
    match kind {
        CheckKind::Embedding => "Embedding",
        CheckKind::Secrets => "Vault",
        CheckKind::Header => "Weights",
    }
}

#[component]
fn Found(check: Check) -> impl IntoView {
    let passed = check.found.is_ok();
    view! {
        <li class="precheck" data-testid="job-check" data-kind=format!("{:?}", check.kind) data-passed=passed.to_string()>
            {match check.found {
                Ok(found) => view! { <Pictogram icon=Icon::Check /><span><b>{name(check.kind)}</b>": "{found}</span> }.into_any(),
                Err(failure) => view! { <FailureBanner failure /> }.into_any(),
            }}
        </li>
    }
}

/// A trial score: the weights foretell a sentence.
#[component]
fn Trial(job: Memo<PublishView>) -> impl IntoView {
    let scoring = use_scoring();
    let attempt = Attempt::new();
    let result = RwSignal::new(None::<String>);
    let run = move |file: File| {
        result.set(None);
        attempt.run(async move { trial(scoring, file).await }, move |told| result.set(Some(told)));
    };
    let label = move || format!("Choose {} for a trial score", job.read().file_name);
    view! {
        <li class="precheck" data-testid="job-trial" data-passed=move || result.read().is_some().to_string()>
            {move || match result.get() {
                Some(told) => view! { <Pictogram icon=Icon::Check /><span><b>"Trial score"</b>": "{told}</span> }.into_any(),
                None => view! {
                    <div class="form">
                        <p><b>"Trial score"</b>": the weights foretell a sentence on this device. The plain file is needed once more; it stays here."</p>
                        <FileDrop label=Signal::derive(label) small=true on_file=run testid="job-trial-file" />
                        {move || attempt.busy().get().then(|| view! { <p class="settling" role="status"><span class="button-spinner settling-spinner" aria-hidden="true"></span>"Computing. A model of the network's size takes minutes."</p> })}
                        <AttemptFailure attempt />
                    </div>
                }
                .into_any(),
            }}
        </li>
    }
}

async fn trial(scoring: Scoring, file: File) -> Result<String, Failure> {
    let bridge = scoring.bridge();
    let taken = bridge.take_score_file(&file, None).await?;
    let parts = js_sys::Array::of1(&SAMPLE.into());
    let sample = File::new_with_str_sequence(&parts, "trial").map_err(|_| Failure {
        code: "check/sample".to_owned(),
        what: "The browser cannot make a file of the sample.".to_owned(),
        next: "Reload the page and try again.".to_owned(),
        retry: true,
    })?;
    let options = ScoreOptions {
        models: vec![ScoreModel::File(taken.id)],
        target: None,
        seed: 0,
        engine: EngineChoice::Automatic,
        gpu_memory: GPU_MEMORY,
        workers: 1,
        network: None,
    };
    let scored = bridge.begin_score(options, &sample).score().await;
    bridge.drop_score_file(taken.id).await?;
    let result = scored?;
    let model = result.models.into_iter().next();
    let whole = model.as_ref().is_some_and(|model| model.embedding.iter().all(Option::is_some));
    match model.and_then(|model| model.loss).filter(|_| whole) {
        Some(loss) => Ok(format!("a loss of {loss:.3} and an embedding of finite numbers.")),
        None => Err(Failure {
            code: "check/not-finite".to_owned(),
            what: "The weights make numbers of the sample that are not finite.".to_owned(),
            next: "Do not publish them: data could never be scored with such a model.".to_owned(),
            retry: false,
        }),
    }
}
