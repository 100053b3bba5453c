//! This wallet's models: what must happen when, and the secrets that reveals will need.

mod calendar;
mod reminders;
mod vault;

pub(super) use calendar::deadline_words;

use super::around::Around;
use super::restore::RestoreCard;
use crate::languages::t;
use crate::parts::damaged::DamagedRecords;
use crate::parts::page::Page;
use calendar::CalendarCard;
use leptos::prelude::*;
use vault::VaultCard;

/// Calendar and vault.
#[component]
pub(crate) fn OwnModelsPage() -> impl IntoView {
    view! {
        <Page
            title=t!("Calendar and vault").to_owned()
            lede=t!("What must happen with your models in which epoch, and the secrets that nobody else has.").to_owned()
        >
            <Around />
            <DamagedRecords />
            <CalendarCard />
            <VaultCard />
            <RestoreCard />
        </Page>
    }
}
