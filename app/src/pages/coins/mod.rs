//! Everything the account owns, object by object: what is in use, joining coins, and giving away.

mod give;
mod merge;
mod table;

use crate::components::skeleton::Skeleton;
use crate::languages::t;
use crate::pages::send::AroundCoins;
use crate::parts::act::{Act, ActStage};
use crate::parts::answer::use_told;
use crate::parts::failure::FailureBanner;
use crate::parts::page::Page;
use crate::session::{Scope, use_session};
use bridge::coins::{CoinsAct, Holdings};
use leptos::prelude::*;
use std::collections::BTreeSet;
use wasm_core::address::ObjectId;

/// Everything the account owns.
#[component]
pub(crate) fn CoinsPage() -> impl IntoView {
    let act = Act::new(|bridge, act| async move { bridge.prepare_coins_act(act).await });
    let told = use_told(|bridge| async move { bridge.holdings().await });
    let scope = use_session().scope();
    // What was told last stays while it is told anew, and where that fails: a form must not go with it.
    let standing = Memo::new(move |before: Option<&Option<(Scope, Holdings)>>| {
        let now = scope.get()?;
        match told.value() {
            Some(holdings) => Some((now, holdings)),
            None => before.cloned().flatten().filter(|(of, _)| of.is_still(&now)),
        }
    });
    let holdings =
        Memo::new(move |_| standing.read().as_ref().map(|(_, holdings)| holdings.clone()));
    let known = Memo::new(move |_| holdings.read().is_some());
    let failure = Memo::new(move |_| told.get().and_then(Result::err));
    view! {
        <Page title=t!("Coins and objects").to_owned() lede=t!("The balance lies in coins. Each is an object of the chain, and so is a stake.").to_owned()>
            <AroundCoins />
            <ActStage act back=t!("Back to the coins")>
                {move || failure.get().map(|failure| view! { <FailureBanner failure on_retry=move || told.renew() /> })}
                {move || match known.get() {
                    true => view! { <All holdings act /> }.into_any(),
                    false if failure.read().is_some() => ().into_any(),
                    false => view! { <section class="card"><Skeleton lines=6 /></section> }.into_any(),
                }}
            </ActStage>
        </Page>
    }
}

/// All there is to show, kept up to date.
#[component]
fn All(holdings: Memo<Option<Holdings>>, act: Act<CoinsAct>) -> impl IntoView {
    let holdings = Memo::new(move |before: Option<&Holdings>| {
        // It is there from the first time on; this part of the page is gone before it goes.
        holdings.get().or_else(|| before.cloned()).expect("shown only once it is there")
    });
    let ticked = RwSignal::new(BTreeSet::<ObjectId>::new());
    // What is gone, or in use by now, is not chosen any more.
    let chosen = Memo::new(move |_| {
        let (holdings, ticked) = (holdings.read(), ticked.read());
        let objects = holdings.objects.iter();
        objects
            .filter(|object| ticked.contains(&object.reference.id) && object.can_be_given())
            .cloned()
            .collect::<Vec<_>>()
    });
    act.after(|act| matches!(act, CoinsAct::Transfer(_)), move || ticked.set(BTreeSet::new()));
    view! {
        <merge::MergeCard holdings act />
        <table::ObjectsCard holdings ticked />
        <give::GiveCard chosen holdings ticked act />
    }
}
