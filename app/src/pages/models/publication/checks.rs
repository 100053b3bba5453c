//! Before the commit: whether everything that a reveal will show is in order.

use crate::components::banner::{Banner, Tone};
use crate::components::file_drop::FileDrop;
use crate::components::icon::{Icon, Pictogram};
use crate::languages::{t, t_view, told};
use crate::parts::attempt::{Attempt, AttemptFailure};
use crate::parts::failure::FailureBanner;
use crate::say;
use crate::scoring::{Scoring, use_scoring};
use crate::session::{Session, use_session};
use bridge::models::{Check, CheckKind};
use bridge::protocol::Failure;
use bridge::publish::PublishView;
use bridge::score::{EngineChoice, GPU_MEMORY, ScoreModel, ScoreOptions};
use leptos::prelude::*;
use web_sys::File;

/// What the trial scores: a sentence is enough to see whether the numbers are numbers.
const SAMPLE: &str = "The network draws the models that stand near a target, and the one that foretells the data best wins.";

/// Whether a commit would be sound, as far as that can be seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// Being looked at.
    Looking,
    /// All that was looked at is in order.
    Passed,
    /// Something is not, or could not be looked at.
    Failed,
}

impl Verdict {
    /// For tests.
    const fn key(self) -> &'static str {
        match self {
            Self::Looking => "looking",
            Self::Passed => "passed",
            Self::Failed => "failed",
        }
    }
}

/// What is looked at before a commit, and what was found.
#[derive(Clone, Copy)]
pub(super) struct Checks {
    session: Session,
    job: Memo<PublishView>,
    attempt: Attempt,
    found: RwSignal<Option<Vec<Check>>>,
    trial: Attempt,
    /// What all of it comes to. A trial that nobody made is not held against the weights.
    pub(super) verdict: Memo<Verdict>,
}

impl Checks {
    /// Begins to look.
    pub(super) fn new(job: Memo<PublishView>) -> Self {
        let (attempt, trial) = (Attempt::new(), Attempt::new());
        let found = RwSignal::new(None::<Vec<Check>>);
        let verdict = Memo::new(move |_| {
            if trial.failure().get().is_some() || attempt.failure().get().is_some() {
                return Verdict::Failed;
            }
            match &*found.read() {
                None => Verdict::Looking,
                Some(found) if found.iter().all(|check| check.found.is_ok()) => Verdict::Passed,
                Some(_) => Verdict::Failed,
            }
        });
        let checks = Self { session: use_session(), job, attempt, found, trial, verdict };
        checks.look();
        checks
    }

    fn look(self) {
        let session = self.session;
        let id = self.job.read_untracked().id.clone();
        self.found.set(None);
        self.attempt.run(async move { session.bridge().check_publication(id).await }, move |all| {
            self.found.set(Some(all));
        });
    }
}

/// What was found, and a way to try the weights out.
#[component]
pub(super) fn ChecksStep(job: Memo<PublishView>, checks: Checks) -> impl IntoView {
    let found = move || {
        let found = checks.found.get().unwrap_or_default();
        found.into_iter().map(|check| view! { <Found check /> }).collect_view()
    };
    view! {
        <section class="checks" data-testid="job-checks" data-verdict=move || checks.verdict.get().key()>
            <h3 class="backup-title">{t!("Will the reveal pass?")}</h3>
            <AttemptFailure attempt=checks.attempt on_retry=move || checks.look() />
            <ul class="checks-list">
                {found}
                <Trial job attempt=checks.trial />
            </ul>
        </section>
    }
}

/// A commit that does not look sound needs a word of its own.
#[component]
pub(super) fn Overrule(
    checks: Checks,
    /// Set where its owner wants it all the same.
    despite: RwSignal<bool>,
) -> impl IntoView {
    // What was said of one finding does not hold for another.
    Effect::new(move |_| {
        if checks.verdict.get() != Verdict::Failed {
            despite.set(false);
        }
    });
    let failed = Memo::new(move |_| checks.verdict.get() == Verdict::Failed);
    move || {
        failed.get().then(|| {
            view! {
                <Banner
                    tone=Tone::Danger
                    what=t!("A check before the commit failed.").to_owned()
                    next=t!("What is committed has to be revealed as it is. A reveal that does not pass costs half of the stake, \
                        and a model that cannot be scored wins nothing.").to_owned()
                    testid="job-blocked"
                />
                <label class="check">
                    <input type="checkbox" bind:checked=despite data-testid="job-despite" />
                    <span>{t!("I have read what failed and want to commit all the same.")}</span>
                </label>
            }
        })
    }
}

fn name(kind: CheckKind) -> &'static str {
    match kind {
        CheckKind::Embedding => t!("Embedding"),
        CheckKind::Secrets => t!("Vault"),
        CheckKind::Header => t!("Weights"),
    }
}

#[component]
fn Found(check: Check) -> impl IntoView {
    let passed = check.found.is_ok();
    view! {
        <li class="precheck" data-testid="job-check" data-kind=format!("{:?}", check.kind) data-passed=passed.to_string()>
            {match check.found {
                Ok(found) => view! { <Pictogram icon=Icon::Check /><span><b>{name(check.kind)}</b>": "{told(&found)}</span> }.into_any(),
                Err(failure) => view! { <FailureBanner failure /> }.into_any(),
            }}
        </li>
    }
}

/// A trial score: the weights foretell a sentence.
#[component]
fn Trial(job: Memo<PublishView>, attempt: Attempt) -> impl IntoView {
    let scoring = use_scoring();
    let result = RwSignal::new(None::<String>);
    let run = move |file: File| {
        result.set(None);
        attempt.run(async move { trial(scoring, file).await }, move |told| result.set(Some(told)));
    };
    let label =
        move || t!("Choose {file_name} for a trial score", file_name = job.read().file_name);
    view! {
        <li class="precheck" data-testid="job-trial" data-passed=move || result.read().is_some().to_string()>
            {move || match result.get() {
                Some(told) => view! { <Pictogram icon=Icon::Check /><span><b>{t!("Trial score")}</b>": "{told}</span> }.into_any(),
                None => view! {
                    <div class="form">
                        <p>
                            {t_view!(
                                "{name}: the weights foretell a sentence on this device. The plain file is needed once more; it stays here.",
                                name = view! { <b>{t!("Trial score")}</b> }
                            )}
                        </p>
                        <FileDrop label=Signal::derive(label) small=true on_file=run testid="job-trial-file" />
                        {move || attempt.busy().get().then(|| view! { <p class="settling" role="status"><span class="button-spinner settling-spinner" aria-hidden="true"></span>{t!("Computing. A model of the network's size takes minutes.")}</p> })}
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
        what: t!("The browser cannot make a file of the sample.").to_owned(),
        next: t!("Reload the page and try again.").to_owned(),
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
    let scored = bridge.begin_score(&options, &sample).score().await;
    bridge.drop_score_file(taken.id).await?;
    let result = scored?;
    let model = result.models.into_iter().next();
    let whole = model.as_ref().is_some_and(|model| model.embedding.iter().all(Option::is_some));
    match model.and_then(|model| model.loss).filter(|_| whole) {
        Some(loss) => Ok(t!(
            "a loss of {loss} and an embedding of finite numbers.",
            loss = say::fixed(loss, 3)
        )),
        None => Err(Failure {
            code: "check/not-finite".to_owned(),
            what: t!("The weights make numbers of the sample that are not finite.").to_owned(),
            next: t!("Do not publish them: data could never be scored with such a model.")
                .to_owned(),
            retry: false,
        }),
    }
}
