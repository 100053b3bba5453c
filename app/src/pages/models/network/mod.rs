//! All models of the network: a list to search and sort, and a picture of where they stand.

mod leaders;
mod list;
mod map;
mod order;

use super::live::Live;
use crate::components::card::Card;
use crate::languages::t;
use crate::parts::answer::use_told;
use leaders::LeadersCard;
pub(super) use leaders::win_rate;
use leptos::prelude::*;
use list::ModelTable;
use map::Map;

/// The list and the picture.
#[component]
pub(super) fn NetworkModels() -> impl IntoView {
    let models = use_told(|bridge| async move { bridge.models().await });
    let standings = use_told(|bridge| async move { bridge.standings().await });
    view! {
        <Card title=t!("All models of the network") testid="models-card">
            <Live told=models lines=6 let:list><ModelTable list standings /></Live>
        </Card>
        <LeadersCard />
        <Card title=t!("Where they stand") testid="map-card">
            <Live told=standings lines=6 let:standings><Map standings models /></Live>
        </Card>
    }
}
