//! A file and a target: who won, how near it is, what it brings, and from there to its submission.

use crate::components::button::Button;
use crate::components::gauge::Gauge;
use crate::components::icon::Icon;
use crate::languages::{t, t_view};
use crate::matching::Matching;
use crate::parts::amount::{Amount, Change};
use crate::parts::attempt::{Attempt, AttemptFailure};
use crate::say;
use bridge::matching::MatchRow;
use leptos::prelude::*;
use leptos_router::NavigateOptions;
use leptos_router::components::A;
use leptos_router::hooks::use_navigate;
use wasm_core::address::TargetId;
use wasm_core::digest::Checksum;

/// Choosing a match for a submission. One at a time, whatever row it is in.
#[derive(Clone, Copy)]
pub(super) struct Submitting {
    matching: Matching,
    attempt: Attempt,
    which: RwSignal<Option<(Checksum, TargetId)>>,
    go: Callback<(String,)>,
}

impl Submitting {
    pub(super) fn new(matching: Matching) -> Self {
        let navigate = use_navigate();
        let go =
            Callback::new(move |(path,): (String,)| navigate(&path, NavigateOptions::default()));
        Self { matching, attempt: Attempt::new(), which: RwSignal::new(None), go }
    }

    /// Takes the match to the form that submits it.
    fn submit(self, data: Checksum, target: TargetId) {
        self.which.set(Some((data, target)));
        let bridge = self.matching.scoring().bridge();
        self.attempt.run(
            async move { bridge.choose_match(data, target).await },
            move |(chosen, file)| {
                self.matching.pick(chosen, file);
                self.go.run((format!("/targets/{target}/submit"),));
            },
        );
    }

    fn is_busy_with(self, data: Checksum, target: TargetId) -> bool {
        self.attempt.busy().get() && self.which.get() == Some((data, target))
    }

    /// Why the last one could not be chosen.
    pub(super) fn failure(self) -> impl IntoView {
        view! { <AttemptFailure attempt=self.attempt /> }
    }
}

/// A row of the table.
#[component]
pub(super) fn Row(row: MatchRow, submitting: Submitting) -> impl IntoView {
    let (data, target) = (row.data, row.target);
    let (passes, close) = (row.passes(), row.is_close());
    let short = |it: f32| say::fixed(it, 4);
    let distance = row.distance.map_or_else(|| t!("not a number").to_owned(), short);
    let loss = row.loss.map_or_else(|| t!("not a number").to_owned(), short);
    let (raw_loss, raw_distance, expected) = (row.loss, row.distance, row.expected());
    let MatchRow { name, winner, threshold, reward, paid, fees, bond, .. } = row;
    let verdict = if passes { t!("Near enough") } else { t!("Too far") };
    view! {
        <div
            class="match-row"
            class:match-row-passes=passes
            data-testid="match-row"
            data-file=data.to_string()
            data-name=name.clone()
            data-target=target.to_string()
            data-model=winner.to_string()
            data-loss=raw_loss.map(|it| it.to_string())
            data-distance=raw_distance.map(|it| it.to_string())
            data-threshold=threshold.to_string()
            data-passes=passes.to_string()
            data-reward=reward.0.to_string()
            data-paid=paid.0.to_string()
            data-fees=fees.0.to_string()
            data-bond=bond.map(|bond| bond.0.to_string())
        >
            <div class="match-what">
                <span class="match-name" title=name.clone()>{name.clone()}</span>
                <span>{t_view!("for {target}", target = view! { <A href=format!("/targets/{target}") attr:title=target.to_string()><code>{target.to_short()}</code></A> })}</span>
                <span class="match-winner">
                    <span>{t_view!("by {model}, loss {loss}", model = view! { <code title=winner.to_string()>{winner.to_short()}</code> }, loss = loss)}</span>
                    {close.then(|| view! { <span class="stage stage-filled" title=t!("Another honest machine may see another model win") data-testid="match-close">{t!("close call")}</span> })}
                </span>
            </div>
            <div class="match-near">
                <span class="match-verdict">{verdict}</span>
                <span class="match-numbers">{t!("{distance} of {allowed}", distance, allowed = short(threshold))}</span>
                {raw_distance.map(|distance| view! { <Gauge distance allowed=threshold small=true /> })}
            </div>
            <div class="match-pay">
                <span class="match-expected" title=t!("What you are paid, claiming it yourself, less the fees of submitting and claiming")>
                    <span class="visually-hidden">{t!("Expected after fees: ")}</span><Change change=expected />
                </span>
                <span>{t_view!("reward {amount}", amount = view! { <Amount amount=reward /> })}</span>
                <span>{match bond {
                    Some(bond) => t_view!("bond {amount}", amount = view! { <Amount amount=bond /> }).into_any(),
                    None => t!("too large for a bond").into_any(),
                }}</span>
            </div>
            <div class="match-act">
                {passes.then(|| view! {
                    <Button
                        icon=Icon::Upload
                        busy=Signal::derive(move || submitting.is_busy_with(data, target))
                        on_press=move || submitting.submit(data, target)
                        testid="match-submit"
                    >
                        {t!("Submit")}
                    </Button>
                })}
            </div>
        </div>
    }
}
