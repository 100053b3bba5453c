//! The network at a glance: the epoch, its economy, its pulse, and what past epochs came to.

mod epoch_card;
mod epochs;
mod pulse_card;
mod tiles;
mod totals;

use crate::languages::t;
use crate::network_life::use_network_life;
use crate::parts::page::Page;
use crate::parts::search_box::SearchBox;
use epoch_card::EpochCard;
use epochs::EpochsCard;
use leptos::prelude::*;
use pulse_card::{LatestCard, PulseCard};
use tiles::Tiles;
use totals::{SubmittersCard, TotalsCard};

/// The network at a glance.
#[component]
pub(crate) fn NetworkPage() -> impl IntoView {
    use_network_life().watch();
    view! {
        <Page title=t!("Network").to_owned()>
            <div class="narrow-only"><SearchBox testid="search-page" /></div>
            <EpochCard />
            <Tiles />
            <div class="pair">
                <PulseCard />
                <LatestCard />
            </div>
            <EpochsCard />
            <TotalsCard />
            <SubmittersCard />
        </Page>
    }
}
