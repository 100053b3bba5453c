//! One submission: where it stands on its way, and what it waits for.

use super::super::words;
use super::draft::address;
use crate::components::banner::{Banner, Tone};
use crate::components::button::{Button, Rank};
use crate::components::card::Card;
use crate::components::empty::Empty;
use crate::components::field::{Field, Typing};
use crate::components::icon::Icon;
use crate::components::key_value::{KeyValue, KeyValueList};
use crate::components::progress::Progress;
use crate::components::skeleton::Skeleton;
use crate::components::toast::use_notices;
use crate::languages::{t, t_n, told};
use crate::parts::attempt::{Attempt, AttemptFailure};
use crate::parts::failure::{FailureBanner, sentence};
use crate::parts::page::Page;
use crate::parts::review::ReviewPanel;
use crate::say;
use crate::session::{Session, use_session};
use crate::targets::use_targets;
use bridge::page::Reviewed;
use bridge::targets::{SubmissionId, SubmissionStage, SubmissionView};
use leptos::prelude::*;
use leptos_router::NavigateOptions;
use leptos_router::components::A;
use leptos_router::hooks::{use_navigate, use_params_map};

/// One submission.
#[component]
pub(crate) fn SubmissionPage() -> impl IntoView {
    let (targets, params) = (use_targets(), use_params_map());
    let id = Memo::new(move |_| SubmissionId(params.read().get("id").unwrap_or_default()));
    let view = Memo::new(move |_| id.with(|id| targets.submission(id)));
    let known = Memo::new(move |_| view.read().is_some());
    let asked = Memo::new(move |_| targets.submissions().is_some());
    leave_when_removed(known, asked);
    view! {
        <Page title=t!("Submission").to_owned() aside=|| view! { <A href="/targets/claims">{t!("All your data")}</A> } narrow=true>
            {move || {
                if known.get() {
                    view! { <Submission view /> }.into_any()
                } else if asked.get() {
                    view! {
                        <Empty
                            icon=Icon::Target
                            title=t!("There is no such submission in this browser")
                            hint=t!("It may have been removed, or begun elsewhere. What was submitted stands under your data and claims.")
                        />
                    }
                    .into_any()
                } else {
                    view! { <Card><Skeleton lines=4 /></Card> }.into_any()
                }
            }}
        </Page>
    }
}

/// Once it was there and is no more, there is nothing to stay for.
fn leave_when_removed(known: Memo<bool>, asked: Memo<bool>) {
    let (navigate, notices) = (use_navigate(), use_notices());
    Effect::new(move |before: Option<bool>| {
        let now = known.get();
        if before == Some(true) && !now && asked.get_untracked() {
            notices.toast(t!("The submission was removed from this browser."));
            navigate("/targets/claims", NavigateOptions::default());
        }
        now
    });
}

/// What a submission shows: changes of progress do not build it anew.
#[derive(Clone, Debug, PartialEq)]
struct Standing {
    stage: SubmissionStage,
    problem: Option<bridge::protocol::Failure>,
    works: bool,
}

#[component]
fn Submission(view: Memo<Option<SubmissionView>>) -> impl IntoView {
    let first = view.get_untracked();
    let last = Memo::new(move |before: Option<&Option<SubmissionView>>| {
        view.get().or_else(|| before.cloned().flatten()).or_else(|| first.clone())
    });
    let standing = Memo::new(move |_| {
        last.read().as_ref().map(|view| Standing {
            stage: view.stage.clone(),
            problem: view.problem.clone(),
            works: view.work.is_some(),
        })
    });
    let sign = Sign::new(last);
    view! {
        <OpenReview sign />
        <Card title=t!("Its way") testid="submission">
            {move || standing.get().map(|standing| view! { <Step standing last sign /> })}
        </Card>
        {move || last.get().map(|view| view! { <Particulars view /> })}
        <Removal last />
    }
}

/// The transaction, from the wish to what came of it.
#[derive(Clone, Copy)]
struct Sign {
    session: Session,
    last: Memo<Option<SubmissionView>>,
    reviewed: RwSignal<Option<Reviewed>>,
    attempt: Attempt,
}

impl Sign {
    fn new(last: Memo<Option<SubmissionView>>) -> Self {
        let (session, reviewed) = (use_session(), RwSignal::new(None));
        Self { session, last, reviewed, attempt: Attempt::new() }
    }

    fn prepare(self) {
        let Some(id) = self.last.read_untracked().as_ref().map(|view| view.id.clone()) else {
            return;
        };
        let session = self.session;
        self.attempt.run(
            async move { session.bridge().prepare_submission(id).await },
            move |prepared| {
                self.reviewed.set(Some(prepared));
            },
        );
    }
}

/// The review under way or just done.
#[component]
fn OpenReview(sign: Sign) -> impl IntoView {
    let close = move || sign.reviewed.set(None);
    let again = move || {
        sign.reviewed.set(None);
        sign.prepare();
    };
    move || {
        sign.reviewed.get().map(|reviewed| {
            let after = move || {
                view! {
                    <Button on_press=close testid="outcome-close">{t!("Close")}</Button>
                    <A href="/targets/claims" attr:class="button button-primary" attr:data-testid="submission-claims">
                        {t!("Your data and claims")}
                    </A>
                }
            };
            view! { <ReviewPanel reviewed on_cancel=close on_again=again after /> }
        })
    }
}

/// A stage's name for tests.
const fn stage_name(stage: &SubmissionStage) -> &'static str {
    match stage {
        SubmissionStage::NeedsUploadLink => "NeedsUploadLink",
        SubmissionStage::Uploading => "Uploading",
        SubmissionStage::Verifying => "Verifying",
        SubmissionStage::Ready => "Ready",
        SubmissionStage::Settling => "Settling",
        SubmissionStage::Submitted { .. } => "Submitted",
        SubmissionStage::Failed { .. } => "Failed",
    }
}

/// Where it stands.
#[component]
fn Step(standing: Standing, last: Memo<Option<SubmissionView>>, sign: Sign) -> impl IntoView {
    let key = stage_name(&standing.stage);
    let Standing { stage, problem, works } = standing;
    let problem = problem.map(
        |failure| view! { <div data-testid="submission-problem"><FailureBanner failure /></div> },
    );
    let body = match stage {
        SubmissionStage::NeedsUploadLink => view! { <AskLink last /> }.into_any(),
        SubmissionStage::Uploading => {
            view! { <Working last works label=t!("Uploading the data") /> }.into_any()
        }
        SubmissionStage::Verifying => {
            view! { <Working last works label=t!("Comparing what lies there with the data") /> }.into_any()
        }
        SubmissionStage::Ready => view! { <Ready last sign /> }.into_any(),
        SubmissionStage::Settling => view! {
            <Banner
                what=t!("The transaction was sent, and what became of it is not known yet.").to_owned()
                next=t!("The wallet keeps asking. Do not send it again.").to_owned()
            />
        }
        .into_any(),
        SubmissionStage::Submitted { epoch, .. } => view! {
            <Banner
                tone=Tone::Success
                what=t!("Submitted in epoch {epoch}: the target is filled with this data.", epoch = say::count(epoch))
                next=t!("Validators may report it in epoch {audit}. From epoch {due} on the reward can be claimed. Keep the data at its address until then.", audit = say::count(epoch.saturating_add(1)), due = say::count(epoch.saturating_add(2)))
            />
        }
        .into_any(),
        SubmissionStage::Failed { why, .. } => view! {
            <Banner
                tone=Tone::Danger
                what=t!("It failed on chain: {what} Only the base fee was paid; the bond was not taken.", what = sentence(&why.what))
                next=told(&why.next)
            />
        }
        .into_any(),
    };
    view! { <div class="form" data-testid="submission-stage" data-stage=key>{problem}{body}</div> }
}

/// A link that takes the data.
#[component]
fn AskLink(last: Memo<Option<SubmissionView>>) -> impl IntoView {
    let (session, targets) = (use_session(), use_targets());
    let attempt = Attempt::new();
    let (link, tried) = (RwSignal::new(String::new()), RwSignal::new(false));
    let give = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        tried.set(true);
        let Ok(link) = address(&link.read_untracked()) else { return };
        let Some(id) = last.read_untracked().as_ref().map(|view| view.id.clone()) else { return };
        attempt.run(
            async move { session.bridge().continue_submission(id, Some(link)).await },
            move |view| targets.put(view),
        );
    };
    view! {
        <p>{t!("Your storage's link for the upload is needed now; links are not stored, and they expire.")}</p>
        <form class="form" on:submit=give novalidate>
            <Field
                label=t!("Upload link").to_owned()
                value=link
                typing=Typing::Url
                error=Signal::derive(move || address(&link.read()).err())
                tried
                testid="submission-upload-link"
            />
            <AttemptFailure attempt />
            <div class="buttons">
                <Button rank=Rank::Primary icon=Icon::Upload submit=true busy=attempt.busy() testid="submission-continue">{t!("Upload")}</Button>
            </div>
        </form>
    }
}

/// Uploading or comparing, with pause and continue.
#[component]
fn Working(last: Memo<Option<SubmissionView>>, works: bool, label: &'static str) -> impl IntoView {
    let (session, targets) = (use_session(), use_targets());
    let attempt = Attempt::new();
    let id = move || last.read_untracked().as_ref().map(|view| view.id.clone());
    let pause = move || {
        if let Some(id) = id() {
            attempt.run(async move { session.bridge().pause_submission(id).await }, move |view| {
                targets.put(view);
            });
        }
    };
    let go_on = move || {
        if let Some(id) = id() {
            attempt.run(
                async move { session.bridge().continue_submission(id, None).await },
                move |view| targets.put(view),
            );
        }
    };
    let work = Memo::new(move |_| last.read().as_ref().and_then(|view| view.work));
    let stands =
        Memo::new(move |_| last.read().as_ref().is_some_and(|view| view.problem.is_some()));
    view! {
        <Progress
            label=label.to_owned()
            done=Signal::derive(move || work.get().map_or(0, |work| work.done))
            total=Signal::derive(move || work.get().map_or(0, |work| work.total))
            detail=Signal::derive(move || work.get().map(|work| t!("{done} of {total}", done = say::bytes(work.done), total = say::bytes(work.total))))
            testid="submission-progress"
        />
        <AttemptFailure attempt />
        <div class="buttons">
            {if works {
                view! { <Button icon=Icon::Pause busy=attempt.busy() on_press=pause testid="submission-pause">{t!("Pause")}</Button> }.into_any()
            } else {
                view! {
                    <div class="appears-late">
                        <Button icon=Icon::Refresh busy=attempt.busy() on_press=go_on testid="submission-continue">
                            {move || if stands.get() { t!("Try again") } else { t!("Continue") }}
                        </Button>
                    </div>
                }
                .into_any()
            }}
        </div>
    }
}

/// All is ready to be signed.
#[component]
fn Ready(last: Memo<Option<SubmissionView>>, sign: Sign) -> impl IntoView {
    let session = sign.session;
    let prepare = move || sign.prepare();
    let reviewing = Memo::new(move |_| sign.reviewed.read().is_some());
    let elsewhere = Memo::new(move |_| {
        let last = last.read();
        let view = last.as_ref()?;
        let facts = session.facts()?;
        if facts.chain_id != view.chain_id {
            Some(t!("This submission belongs to another network. Choose that network to go on."))
        } else if session.account() != Some(view.account) {
            Some(t!("This submission belongs to another account. Choose that account to go on."))
        } else {
            None
        }
    });
    view! {
        <p>{t!("The data lies at its address, and is what was scored.")}</p>
        {move || elsewhere.get().map(|why| view! { <Banner tone=Tone::Caution what=why.to_owned() testid="submission-elsewhere" /> })}
        <AttemptFailure attempt=sign.attempt on_retry=prepare />
        {move || {
            if reviewing.get() {
                view! { <p class="field-hint">{t!("Under review above.")}</p> }.into_any()
            } else {
                view! {
                    <div class="buttons">
                        <Button
                            rank=Rank::Primary
                            icon=Icon::ArrowRight
                            busy=sign.attempt.busy()
                            disabled=Signal::derive(move || elsewhere.get().is_some() || !session.is_online())
                            on_press=prepare
                            testid="submission-review"
                        >
                            {t!("Review")}
                        </Button>
                        <span class="field-hint">{t!("The target is looked at once more before anything is signed.")}</span>
                    </div>
                }
                .into_any()
            }
        }}
    }
}

#[component]
fn Particulars(view: SubmissionView) -> impl IntoView {
    let target = view.target;
    view! {
        <Card title=t!("Particulars")>
            <KeyValueList testid="submission-facts">
                <KeyValue label=t!("Target")><A href=format!("/targets/{target}")><code>{target.to_short()}</code></A></KeyValue>
                <KeyValue label=t!("Data")>{t_n!(view.size, "{name} · {n} byte", "{name} · {n} bytes", name = view.data_name)}</KeyValue>
                <KeyValue label=t!("Checksum")><code class="score-id">{view.checksum.to_string()}</code></KeyValue>
                <KeyValue label=t!("Address")><code class="score-id" data-testid="submission-url">{view.url}</code></KeyValue>
                <KeyValue label=t!("Model")><code class="score-id">{view.model.to_string()}</code></KeyValue>
                {view.distance.map(|distance| view! { <KeyValue label=t!("Distance")>{words::number(Some(distance))}</KeyValue> })}
            </KeyValueList>
        </Card>
    }
}

/// Takes it out of this browser. Nothing on chain changes.
#[component]
fn Removal(last: Memo<Option<SubmissionView>>) -> impl IntoView {
    let session = use_session();
    let attempt = Attempt::new();
    let settling = Memo::new(move |_| {
        last.read().as_ref().is_none_or(|view| view.stage == SubmissionStage::Settling)
    });
    let remove = move || {
        let Some(id) = last.read_untracked().as_ref().map(|view| view.id.clone()) else { return };
        // That it is gone is told by an event, and the page left then.
        attempt.run(async move { session.bridge().remove_submission(id).await }, |_| {});
    };
    view! {
        <AttemptFailure attempt />
        <div class="buttons">
            <Button
                rank=Rank::Quiet
                icon=Icon::Trash
                busy=attempt.busy()
                disabled=settling
                on_press=remove
                testid="submission-remove"
            >
                {t!("Remove from this browser")}
            </Button>
            <span class="field-hint">{t!("What was submitted stays on chain.")}</span>
        </div>
    }
}
