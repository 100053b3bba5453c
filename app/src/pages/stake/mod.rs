//! Staking: what the account has staked, where stake can go, and how much.

mod form;
mod mine;
mod places;
mod words;

use crate::components::skeleton::Skeleton;
use crate::languages::t;
use crate::parts::act::{Act, ActStage};
use crate::parts::answer::use_told;
use crate::parts::failure::FailureBanner;
use crate::parts::page::Page;
use crate::session::{Scope, use_session};
use bridge::stakes::{StakeAct, StakeHolder, Stakes};
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use wasm_core::address::ObjectId;

/// Staking.
#[component]
pub(crate) fn StakePage() -> impl IntoView {
    let act = Act::new(|bridge, act| async move { bridge.prepare_stake_act(act).await });
    let told = use_told(|bridge| async move { bridge.stakes().await });
    let scope = use_session().scope();
    // What was told last stays while it is told anew, and where that fails: a form must not go with it.
    let standing = Memo::new(move |before: Option<&Option<(Scope, Stakes)>>| {
        let now = scope.get()?;
        match told.value() {
            Some(stakes) => Some((now, stakes)),
            None => before.cloned().flatten().filter(|(of, _)| of.is_still(&now)),
        }
    });
    let stakes = Memo::new(move |_| standing.read().as_ref().map(|(_, stakes)| stakes.clone()));
    let known = Memo::new(move |_| stakes.read().is_some());
    let failure = Memo::new(move |_| told.get().and_then(Result::err));
    view! {
        <Page
            title=t!("Stake").to_owned()
            lede=t!("Stake lies in the pool of a validator or a model. It stays yours, and can be taken back whenever you like.").to_owned()
        >
            <ActStage act back=t!("Back to the stakes")>
                {move || failure.get().map(|failure| view! { <FailureBanner failure on_retry=move || told.renew() /> })}
                {move || match known.get() {
                    true => view! { <All stakes act /> }.into_any(),
                    false if failure.read().is_some() => ().into_any(),
                    false => view! { <section class="card"><Skeleton lines=6 /></section> }.into_any(),
                }}
            </ActStage>
        </Page>
    }
}

/// All there is to show, kept up to date.
#[component]
fn All(stakes: Memo<Option<Stakes>>, act: Act<StakeAct>) -> impl IntoView {
    let stakes = Memo::new(move |before: Option<&Stakes>| {
        // It is there from the first time on; this part of the page is gone before it goes.
        stakes.get().or_else(|| before.cloned()).expect("shown only once it is there")
    });
    let chosen = RwSignal::new(None::<ObjectId>);
    choose_by_address(stakes, chosen);
    view! {
        <mine::MineCard stakes act />
        <form::StakeForm stakes chosen act />
        <places::PlacesCard stakes chosen />
    }
}

/// The page's address may name with whom to stake: `?with=` and the id of a validator or a model.
fn choose_by_address(stakes: Memo<Stakes>, chosen: RwSignal<Option<ObjectId>>) {
    let with = use_query_map().read_untracked().get("with");
    let Some(with) = with.and_then(|with| with.parse::<ObjectId>().ok()) else { return };
    let stakes = stakes.read_untracked();
    let is_it = |holder: StakeHolder| match holder {
        StakeHolder::Validator(address) => address.0 == with.0,
        StakeHolder::Model(id) => id == with,
    };
    let place = stakes.places.iter().find(|place| is_it(place.holder) && place.refuses.is_none());
    chosen.set(place.map(|place| place.pool));
}
