//! The rows of the board.

use super::super::words;
use super::window::Board;
use crate::components::long_list::LongList;
use crate::languages::t;
use crate::parts::amount::Amount;
use crate::say;
use crate::session::use_session;
use crate::time::use_now;
use bridge::targets::BoardRow;
use leptos::prelude::*;
use wasm_core::target::TargetStage;

/// Models that are named in a row.
const NAMED: usize = 2;

/// The rows.
#[component]
pub(super) fn List(board: Board) -> impl IntoView {
    let now = use_now(1_000);
    let choices = RwSignal::new(0_u64);
    let chosen = Memo::new(move |_| (board.targets.query.get(), board.targets.mine.get()));
    Effect::new(move |before: Option<_>| {
        let now = chosen.get();
        if before.is_some_and(|before| before != now) {
            choices.update(|choices| *choices += 1);
        }
        now
    });
    let total = Memo::new(move |_| board.total());
    let rows = Memo::new(move |_| board.rows());
    view! {
        <div class="board-head" aria-hidden="true">
            <span>{t!("Target")}</span><span>{t!("Reward")}</span><span>{t!("Distance")}</span><span>{t!("Models")}</span><span>{t!("Ends")}</span>
        </div>
        <LongList
            label=t!("Targets")
            total
            rows
            key=|row: &BoardRow| (row.id, row.stage, row.reward)
            row=move |row| view! { <Row row now=now.into() /> }
            row_class="board-row"
            on_look=move |first, count| board.look_at(first, count)
            scrolled=board.targets.scrolled
            choices
            testid="board-rows"
        />
    }
}

#[component]
fn Row(row: BoardRow, now: Signal<u64>) -> impl IntoView {
    let session = use_session();
    let stage = row.stage;
    let from = row.claimable_from;
    let ends = move || match (stage, from) {
        (TargetStage::Due | TargetStage::Expired, _) => t!("now").to_owned(),
        (TargetStage::Settled, _) | (_, None) => "–".to_owned(),
        (_, Some(from)) => words::until(session, now.get(), from).unwrap_or_else(|| {
            t!("with epoch {epoch}", epoch = say::count(from.saturating_sub(1)))
        }),
    };
    let models = models_in_words(&row);
    let threshold = row.threshold.map_or_else(|| "–".to_owned(), |it| say::fixed(it, 4));
    view! {
        <a
            class="board-row"
            href=format!("targets/{}", row.id)
            data-testid="board-row"
            data-target=row.id.to_string()
            data-stage=words::stage_key(stage)
            data-reward=row.reward.0.to_string()
        >
            <span class="board-name">
                <code>{row.id.to_short()}</code>
                <span class=words::stage_class(stage)>{words::stage(stage)}</span>
                <span class="board-epoch">{t!("epoch {epoch}", epoch = say::count(row.generation_epoch))}</span>
            </span>
            <span class="board-reward"><Amount amount=row.reward /></span>
            <span class="board-threshold"><span class="board-label">{t!("within ")}</span>{threshold}</span>
            <span class="board-models">{models}</span>
            <span class="board-ends">
                <span class="board-label">{if stage.is_claimable() { t!("claimable ") } else { t!("ends ") }}</span>
                {ends}
            </span>
        </a>
    }
}

fn models_in_words(row: &BoardRow) -> String {
    let mut names: Vec<String> = row.models.iter().take(NAMED).map(|id| id.to_short()).collect();
    if row.models.len() > NAMED {
        names.push(format!("+{}", row.models.len() - NAMED));
    }
    names.join(", ")
}
