//! Targets of others that anybody may settle: what that brings after the fee, and how many to take.

use super::super::words;
use super::Planning;
use crate::components::banner::{Banner, Tone};
use crate::components::button::{Button, Rank};
use crate::components::card::Card;
use crate::components::empty::Empty;
use crate::components::icon::Icon;
use crate::components::key_value::{KeyValue, KeyValueList};
use crate::components::select::Select;
use crate::components::skeleton::Skeleton;
use crate::languages::{t, told};
use crate::parts::amount::{Amount, Change};
use crate::parts::answer::use_told;
use crate::parts::attempt::AttemptFailure;
use crate::parts::failure::FailureBanner;
use crate::say;
use crate::targets::use_targets;
use bridge::targets::{Loading, Sweep, SweepRow};
use leptos::prelude::*;
use leptos_router::components::A;

/// How many may be taken at once.
const COUNTS: [usize; 5] = [1, 10, 25, 50, 100];
/// Rows that are shown.
const SHOWN: usize = 25;

/// The sweep.
#[component]
pub(super) fn Others(planning: Planning) -> impl IntoView {
    let told = use_told(|bridge| async move { bridge.sweep().await });
    let targets = use_targets();
    Effect::new(move |before: Option<u64>| {
        let moves = targets.board_moves.get();
        if before.is_some_and(|before| before != moves) {
            told.renew();
        }
        moves
    });
    // Answers that say the same must not build the list anew.
    let answer = Memo::new(move |_| told.get());
    let count = RwSignal::new(COUNTS[1]);
    view! {
        <Card title=t!("Settle for others") testid="sweep">
            <p class="card-lede">
                {t!("Whoever settles a target that is due or expired gets a share of its reward. Everybody else is paid what is theirs.")}
            </p>
            {move || match answer.get() {
                None => view! { <Skeleton lines=4 /> }.into_any(),
                Some(Err(failure)) => view! { <FailureBanner failure on_retry=move || told.renew() /> }.into_any(),
                Some(Ok(sweep)) => view! { <Rows sweep planning count /> }.into_any(),
            }}
            <AttemptFailure attempt=planning.attempt />
        </Card>
    }
}

#[component]
fn Rows(sweep: Sweep, planning: Planning, count: RwSignal<usize>) -> impl IntoView {
    let Sweep { rows, total, profit, unprofitable, loading } = sweep;
    let loading = match loading {
        Loading::Whole => ().into_any(),
        Loading::Coming => {
            view! { <p class="field-hint" role="status">{t!("Targets are still being fetched.")}</p> }
                .into_any()
        }
        Loading::Failed(failure) => {
            view! { <Banner tone=Tone::Caution what=told(&failure.what) next=told(&failure.next) /> }.into_any()
        }
    };
    if rows.is_empty() {
        let hint = if unprofitable > 0 {
            t!("Some can be settled, but their share is less than the fee.")
        } else {
            t!("Nothing of others is due or expired now.")
        };
        return view! {
            {loading}
            <div data-testid="sweep-empty"><Empty icon=Icon::Target title=t!("Nothing to settle for others") hint /></div>
        }
        .into_any();
    }
    let best: Vec<_> = rows.iter().map(|row| row.target).collect();
    let most = best.len();
    let options = counts(most);
    let chosen = move || count.get().min(most);
    let plan = move || planning.of(best.iter().copied().take(untrack(chosen)).collect());
    let lines = rows.into_iter().take(SHOWN).map(|row| view! { <Row row /> });
    let lines = lines.collect_view();
    view! {
        {loading}
        <KeyValueList>
            <KeyValue label=t!("That pay more than they cost") testid="sweep-total">{say::count(total as u64)}</KeyValue>
            <KeyValue label=t!("All of them, after fees")><Amount amount=profit testid="sweep-profit" /></KeyValue>
        </KeyValueList>
        <div class="sweep-act">
            <Select
                label=t!("How many").to_owned()
                value=Signal::derive(move || chosen().to_string())
                options=Signal::stored(options)
                on_choose=move |key: String| count.set(key.parse().unwrap_or(1))
                hint=t!("The most profitable first.").to_owned()
                testid="sweep-count"
            />
            <Button
                rank=Rank::Primary
                icon=Icon::ArrowRight
                busy=planning.attempt.busy()
                on_press=plan
                testid="sweep-plan"
            >
                {t!("See what it brings")}
            </Button>
        </div>
        <ul class="lines">{lines}</ul>
    }
    .into_any()
}

/// Numbers to choose from, the last of them all that there are.
fn counts(most: usize) -> Vec<(String, String)> {
    let fewer = COUNTS.into_iter().filter(|count| *count < most);
    let all = most.min(COUNTS[COUNTS.len() - 1]);
    fewer.chain([all]).map(|count| (count.to_string(), say::count(count as u64))).collect()
}

#[component]
fn Row(row: SweepRow) -> impl IntoView {
    let SweepRow { target, stage, share, fee } = row;
    let profit = i128::from(share.0) - i128::from(fee.0);
    view! {
        <li class="entry" data-testid="sweep-row" data-target=target.to_string()>
            <span class="entry-words">
                <A href=format!("/targets/{target}")><code>{target.to_short()}</code></A>
                <span class=words::stage_class(stage)>{words::stage(stage)}</span>
            </span>
            <Change change=profit />
        </li>
    }
}
