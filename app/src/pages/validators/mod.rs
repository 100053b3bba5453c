//! Validators: all of them to compare, one in full, and what the account of one can do.

mod acts;
mod join;
mod list;
mod one;
mod update;

pub(crate) use list::ValidatorsPage;
pub(crate) use one::ValidatorPage;

use crate::components::icon::{Icon, Pictogram};
use crate::languages::t;
use crate::say;
use leptos::prelude::*;
use wasm_core::network::{Outlook, ValidatorSeat};

/// Where a validator stands, in words.
fn outlook_words(outlook: Outlook) -> &'static str {
    match outlook {
        Outlook::Active => t!("Active"),
        Outlook::Leaving => t!("Leaves with this epoch"),
        Outlook::Joining => t!("Waits to join"),
        Outlook::Left => t!("Left"),
    }
}

/// The commission, and the next one where it changes.
fn commission_words(seat: &ValidatorSeat) -> String {
    let now = say::rate(seat.commission_bps);
    if seat.next_commission_bps == seat.commission_bps {
        now
    } else {
        format!("{now} → {}", say::rate(seat.next_commission_bps))
    }
}

/// Where a validator stands, with a mark where that is nothing good.
#[component]
fn OutlookMark(outlook: Outlook) -> impl IntoView {
    let words = outlook_words(outlook);
    match outlook {
        Outlook::Active => {
            view! { <span class="state state-done"><Pictogram icon=Icon::Check />{words}</span> }
                .into_any()
        }
        Outlook::Leaving | Outlook::Joining => {
            view! { <span class="state state-pending"><Pictogram icon=Icon::Clock />{words}</span> }
                .into_any()
        }
        Outlook::Left => view! { <span class="quiet">{words}</span> }.into_any(),
    }
}
