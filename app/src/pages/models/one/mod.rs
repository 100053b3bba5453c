//! One model: what the chain says of it, its weights, its pool, its wins, and what can be done with it.

mod acts;
mod facts;
mod indexed;
mod inside;
mod past;
mod pool;
mod weights;
mod wins;

use super::around::Around;
use super::deed::{Deed, OpenDeed};
use super::live::Live;
use crate::components::empty::Empty;
use crate::components::icon::Icon;
use crate::languages::t;
use crate::parts::answer::use_told;
use crate::parts::page::Page;
use acts::ActsCard;
use bridge::models::ModelDetail;
use facts::FactsCard;
pub(super) use facts::coming_words;
use indexed::IndexedPastCard;
use leptos::prelude::*;
use leptos_router::components::A;
use leptos_router::hooks::use_params_map;
use past::PastCard;
use pool::PoolCard;
use wasm_core::address::ModelId;
use weights::WeightsCard;
use wins::WinsCard;

/// The model of this address.
#[component]
pub(crate) fn ModelPage() -> impl IntoView {
    let params = use_params_map();
    let id =
        Memo::new(move |_| params.read().get("id").unwrap_or_default().parse::<ModelId>().ok());
    move || {
        match id.get() {
        Some(id) => view! { <Known id /> }.into_any(),
        None => view! {
            <Page title=t!("Model").to_owned()>
                <Around />
                <Empty icon=Icon::Models title=t!("This is not a model's id") hint=t!("An id has 64 digits, 0-9 and a-f, after its 0x.")>
                    <A href="/models" attr:class="button button-secondary">{t!("All models")}</A>
                </Empty>
            </Page>
        }
        .into_any(),
    }
    }
}

#[component]
fn Known(id: ModelId) -> impl IntoView {
    let told = use_told(move |bridge| async move { bridge.model(id).await });
    let title = Memo::new(move |_| {
        let name = told.value().and_then(|detail| detail.row.name);
        name.unwrap_or_else(|| t!("Model {id}", id = id.to_short()))
    });
    view! {
        <Page title=Signal::derive(move || title.get()) aside=|| view! { <A href="/models">{t!("All models")}</A> }>
            <Around />
            <Live told lines=8 let:detail><Whole id detail /></Live>
        </Page>
    }
}

#[component]
fn Whole(id: ModelId, detail: Memo<ModelDetail>) -> impl IntoView {
    let deed = Deed::new();
    view! {
        <OpenDeed deed />
        <FactsCard id detail />
        <ActsCard id detail deed />
        <WeightsCard id detail />
        <PoolCard detail deed />
        <WinsCard detail />
        <IndexedPastCard id />
        <PastCard id />
    }
}
