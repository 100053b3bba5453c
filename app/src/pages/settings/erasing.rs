//! The end of the wallet in this browser.

use crate::components::button::{Button, Rank};
use crate::components::card::Card;
use crate::components::icon::Icon;
use crate::languages::t;
use crate::parts::erase::EraseDialog;
use leptos::prelude::*;

/// Deletes the wallet from this browser.
#[component]
pub(super) fn EraseCard() -> impl IntoView {
    let open = RwSignal::new(false);
    view! {
        <Card title=t!("Erase")>
            <p class="card-lede">{t!("Deletes the wallet from this browser. Be sure to have its words or a backup file.")}</p>
            <div class="buttons">
                <Button rank=Rank::Secondary icon=Icon::Trash on_press=move || open.set(true) testid="erase-wallet">
                    {t!("Erase this wallet")}
                </Button>
            </div>
            <EraseDialog open />
        </Card>
    }
}
