//! Rows in a box that scrolls. Only those in sight are in the page, and some above and below; the rest is
//! empty height.

use super::super::words;
use super::window::Board;
use crate::parts::amount::Amount;
use crate::say;
use crate::session::use_session;
use crate::time::use_now;
use bridge::targets::BoardRow;
use leptos::ev;
use leptos::html;
use leptos::prelude::*;
use wasm_core::target::TargetStage;

/// Models that are named in a row.
const NAMED: usize = 2;

/// The rows.
#[component]
pub(super) fn List(board: Board) -> impl IntoView {
    let (scroller, ruler) = (NodeRef::<html::Div>::new(), NodeRef::<html::Div>::new());
    let row_height = RwSignal::new(0);
    let now = use_now(1_000);
    let look = move || {
        let (Some(scroller), height) = (scroller.get_untracked(), row_height.get_untracked())
        else {
            return;
        };
        if height > 0 {
            let top = scroller.scroll_top().max(0);
            board.targets.scrolled.set_value(top);
            let (first, count) = (top / height, scroller.client_height() / height + 2);
            board.look_at(usize::try_from(first).unwrap_or(0), usize::try_from(count).unwrap_or(0));
        }
    };
    let measure = move || {
        if let Some(ruler) = ruler.get_untracked() {
            row_height.set(ruler.offset_height());
        }
        look();
    };
    Effect::new(move |_| {
        ruler.track();
        let Some(scroller) = scroller.get() else { return };
        // Back from a target: where it was, once the box is as high as its rows.
        let before = board.targets.scrolled.get_value();
        measure();
        request_animation_frame(move || {
            scroller.set_scroll_top(before);
            look();
        });
    });
    let resized = window_event_listener(ev::resize, move |_| measure());
    on_cleanup(move || resized.remove());
    // Another choice begins at the top.
    let chosen = Memo::new(move |_| (board.targets.query.get(), board.targets.mine.get()));
    Effect::new(move |before: Option<_>| {
        let now = chosen.get();
        if before.is_some_and(|before| before != now)
            && let Some(scroller) = scroller.get_untracked()
        {
            scroller.set_scroll_top(0);
        }
        now
    });
    let total = Memo::new(move |_| board.total());
    let rows = Memo::new(move |_| board.rows());
    let place = move || rows.read().0;
    let height =
        move || format!("{}px", row_height.get() * i32::try_from(total.get()).unwrap_or(i32::MAX));
    let shift = move || {
        let above = row_height.get() * i32::try_from(place()).unwrap_or(0);
        format!("translateY({above}px)")
    };
    view! {
        <div class="board-head" aria-hidden="true">
            <span>"Target"</span><span>"Reward"</span><span>"Distance"</span><span>"Models"</span><span>"Ends"</span>
        </div>
        <div
            class="board-rows"
            role="list"
            aria-label="Targets"
            tabindex="0"
            node_ref=scroller
            data-testid="board-rows"
            data-total=move || total.get().to_string()
            on:scroll=move |_| look()
        >
            <div class="board-row board-ruler" node_ref=ruler aria-hidden="true"></div>
            <div class="board-all" style:height=height>
                <div class="board-window" style:transform=shift>
                    <For
                        each=move || rows.get().1.into_iter().enumerate()
                        key=|(_, row)| (row.id, row.stage, row.reward)
                        let((_, row))
                    >
                        <Row row now=now.into() total />
                    </For>
                </div>
            </div>
        </div>
    }
}

#[component]
fn Row(row: BoardRow, now: Signal<u64>, total: Memo<usize>) -> impl IntoView {
    let session = use_session();
    let stage = row.stage;
    let from = row.claimable_from;
    let ends = move || match (stage, from) {
        (TargetStage::Due | TargetStage::Expired, _) => "now".to_owned(),
        (TargetStage::Settled, _) | (_, None) => "–".to_owned(),
        (_, Some(from)) => words::until(session, now.get(), from)
            .unwrap_or_else(|| format!("with epoch {}", say::count(from.saturating_sub(1)))),
    };
    let models = models_in_words(&row);
    let threshold =
        row.threshold.map_or_else(|| "–".to_owned(), |threshold| format!("{threshold:.4}"));
    view! {
        <div class="board-item" role="listitem" aria-setsize=move || total.get().to_string()>
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
                    <span class=format!("stage stage-{}", words::stage_key(stage))>{words::stage(stage)}</span>
                    <span class="board-epoch">{format!("epoch {}", say::count(row.generation_epoch))}</span>
                </span>
                <span class="board-reward"><Amount amount=row.reward /></span>
                <span class="board-threshold"><span class="board-label">"within "</span>{threshold}</span>
                <span class="board-models">{models}</span>
                <span class="board-ends">
                    <span class="board-label">{if stage.is_claimable() { "claimable " } else { "ends " }}</span>
                    {ends}
                </span>
            </a>
        </div>
    }
}

fn models_in_words(row: &BoardRow) -> String {
    let mut names: Vec<String> = row.models.iter().take(NAMED).map(|id| id.to_short()).collect();
    if row.models.len() > NAMED {
        names.push(format!("+{}", row.models.len() - NAMED));
    }
    names.join(", ")
}
