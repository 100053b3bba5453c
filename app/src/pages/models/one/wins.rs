//! Targets that a model won, as far as the node still has them.

use crate::components::card::Card;
use crate::languages::{t, t_view};
use crate::parts::amount::Amount;
use crate::parts::places::PlaceLink;
use crate::say;
use bridge::explore::Place;
use bridge::models::{ModelDetail, Win};
use leptos::prelude::*;
use wasm_core::address::Address;

/// Wins that are shown at once.
const SHOWN: usize = 20;

/// The wins, newest first.
#[component]
pub(super) fn WinsCard(detail: Memo<ModelDetail>) -> impl IntoView {
    let wins = Memo::new(move |_| detail.read().wins.clone());
    view! {
        <Card title=t!("Targets won") testid="model-wins-card">
            {move || {
                let wins = wins.get();
                if wins.is_empty() {
                    return view! { <p class="field-hint">{t!("None that this node still has. A target that was claimed is gone.")}</p> }.into_any();
                }
                let count = wins.len() as u64;
                view! {
                    <p class="card-lede">{t!("{count} that this node still has; a target that was claimed is gone.", count = say::count(count))}</p>
                    <ul class="stakes">
                        {wins.into_iter().take(SHOWN).map(|win| view! { <WinLine win /> }).collect_view()}
                    </ul>
                    {(count > SHOWN as u64).then(|| view! { <p class="field-hint">{t!("The newest {shown} are shown.", shown = SHOWN)}</p> })}
                }
                .into_any()
            }}
        </Card>
    }
}

#[component]
fn WinLine(win: Win) -> impl IntoView {
    view! {
        <li class="stake" data-testid="model-win">
            <span class="cell-lines">
                <PlaceLink place=Place::Target(win.target) bare=true />
                <span class="cell-more">
                    {filled(Some(win.epoch), win.submitter)}
                </span>
            </span>
            <span class="cell-lines"><Amount amount=win.reward /></span>
        </li>
    }
}

/// When a target was filled and by whom, as far as that is known.
pub(super) fn filled(epoch: Option<u64>, submitter: Option<Address>) -> Vec<AnyView> {
    let by = submitter.map(|by| view! { <PlaceLink place=Place::Address(by) bare=true /> });
    match (epoch.map(say::count), by) {
        (Some(epoch), Some(by)) => {
            t_view!("filled in epoch {epoch} by {submitter}", epoch = epoch, submitter = by)
        }
        (Some(epoch), None) => vec![t!("filled in epoch {epoch}", epoch).into_any()],
        (None, Some(by)) => t_view!("filled by {submitter}", submitter = by),
        (None, None) => Vec::new(),
    }
}
