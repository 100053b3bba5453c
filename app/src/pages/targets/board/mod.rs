//! The board: all targets of the node, of which only those in sight are in the page.

mod bond;
mod filters;
mod list;
mod window;

use super::TargetsNav;
use crate::components::banner::{Banner, Tone};
use crate::components::card::Card;
use crate::components::empty::Empty;
use crate::components::icon::Icon;
use crate::components::skeleton::Skeleton;
use crate::languages::{t, told};
use crate::parts::failure::FailureBanner;
use crate::parts::page::Page;
use crate::say;
use crate::session::use_session;
use bond::BondCard;
use bridge::targets::Loading;
use filters::Filters;
use leptos::prelude::*;
use leptos::task::spawn_local;
use list::List;
use window::{Seen, use_board};

/// All targets.
#[component]
pub(crate) fn TargetsPage() -> impl IntoView {
    view! {
        <Page
            title=t!("Targets").to_owned()
            lede=t!("Each pays whoever first brings data near enough to it, judged by the models drawn for it.").to_owned()
        >
            <TargetsNav />
            <Board />
        </Page>
    }
}

#[component]
fn Board() -> impl IntoView {
    let board = use_board();
    let state = Memo::new(move |_| board.seen());
    view! {
        <Card testid="board">
            <Filters board />
            <LoadingNote board />
            {move || match state.get() {
                Seen::Nothing => view! { <Skeleton lines=6 /> }.into_any(),
                Seen::Failed(failure) => {
                    view! { <FailureBanner failure on_retry=move || board.ask_again() /> }.into_any()
                }
                Seen::Empty => view! { <NoTargets board /> }.into_any(),
                Seen::Rows => view! { <List board /> }.into_any(),
            }}
        </Card>
        <BondCard board />
    }
}

/// Nothing to show, and why.
#[component]
fn NoTargets(board: window::Board) -> impl IntoView {
    let known = Memo::new(move |_| board.overview().known);
    move || {
        if known.get() == 0 {
            view! {
                <div data-testid="board-empty">
                    <Empty
                        icon=Icon::Target
                        title=t!("There are no targets on this network")
                        hint=t!("Targets are made when an epoch begins, once the network has an active model.")
                    />
                </div>
            }
            .into_any()
        } else {
            view! {
                <div data-testid="board-empty">
                    <Empty icon=Icon::Target title=t!("No target is like that") hint=t!("Choose fewer conditions above.") />
                </div>
            }
            .into_any()
        }
    }
}

/// How much of the node's listing is here.
#[component]
fn LoadingNote(board: window::Board) -> impl IntoView {
    let session = use_session();
    let again = move || {
        let bridge = session.bridge();
        spawn_local(async move {
            // Whether it works is told with the next answer.
            let _ = bridge.reload_board().await;
        });
    };
    let loading = Memo::new(move |_| board.loading());
    let known = Memo::new(move |_| board.overview().known);
    move || {
        match loading.get() {
        None | Some(Loading::Whole) => ().into_any(),
        Some(Loading::Coming) => view! {
            <p class="field-hint" role="status" data-testid="board-coming">
                {move || t!("Fetching targets: {count} so far…", count = say::count(known.get() as u64))}
            </p>
        }
        .into_any(),
        Some(Loading::Failed(failure)) => view! {
            <Banner
                tone=Tone::Caution
                what=t!("Not all targets could be fetched. {what}", what = told(&failure.what))
                next=told(&failure.next)
                on_retry=again
                testid="board-failed"
            />
        }
        .into_any(),
    }
    }
}
