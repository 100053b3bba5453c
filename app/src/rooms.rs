//! The rooms of the wallet: pages that are fetched as a program of their own when somebody first goes there.
//!
//! What a room alone needs lies in its file, what several need in files that they share; the start of the wallet
//! holds only the way to them. `cargo xtask build` cuts the compiled wallet along these functions.

use crate::components::skeleton::Skeleton;
use crate::dapp::use_asking;
use crate::furniture::Root;
use crate::languages::t;
use crate::pages::explorer::{AddressPage, CheckpointPage, EpochPage, ObjectPage, TransactionPage};
use crate::pages::matching::MatchPage;
use crate::pages::models::{
    ModelPage, ModelsPage, OwnModelsPage, PlannerPage, PublicationPage, PublishPage,
};
use crate::pages::network::NetworkPage;
use crate::pages::requests::RequestsPage;
use crate::pages::score::ScorePage;
use crate::pages::stake::StakePage;
use crate::pages::targets::{ClaimsPage, SubmissionPage, SubmitPage, TargetPage, TargetsPage};
use crate::pages::unlock::UnlockPage;
use crate::pages::validators::{ValidatorPage, ValidatorsPage};
use crate::pages::welcome::WelcomePage;
use crate::parts::failure::FailureBanner;
use crate::shell::Shell;
use bridge::protocol::Failure;
use futures::FutureExt as _;
use futures::future::LocalBoxFuture;
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos::wasm_split::{SplitLoaderError, wasm_split};
use std::time::Duration;

type Fetching = LocalBoxFuture<'static, Result<(), SplitLoaderError>>;
type Showing = LocalBoxFuture<'static, Result<AnyView, SplitLoaderError>>;

/// A room: its name, which is that of its file, how it is fetched, and which of its pages it shows for which word.
macro_rules! room {
    ($room:ident, $fetch:ident, $show:ident, $word:ident: $Word:ty => $view:expr) => {
        #[wasm_split($room, wasm_split_path = leptos::wasm_split, preload($fetch), fallible)]
        fn $show($word: $Word) -> Result<AnyView, SplitLoaderError> {
            Ok($view)
        }

        pub(crate) fn $room($word: $Word) -> AnyView {
            enter(|| $fetch().boxed_local(), Box::new(move || $show($word).boxed_local()))
        }
    };
}

room!(welcome, fetch_welcome, show_welcome, _page: () => view! { <WelcomePage /> }.into_any());
room!(unlock, fetch_unlock, show_unlock, _page: () => view! { <UnlockPage /> }.into_any());
room!(wallet, fetch_wallet, show_wallet, _page: () => {
    Root::here().furnish();
    match use_asking() {
        Some(asking) => view! { <RequestsPage asking /> }.into_any(),
        None => view! { <Shell /> }.into_any(),
    }
});
room!(workbench, fetch_workbench, show_workbench, page: Workbench => match page {
    Workbench::Models => view! { <ModelsPage /> }.into_any(),
    Workbench::OwnModels => view! { <OwnModelsPage /> }.into_any(),
    Workbench::Planner => view! { <PlannerPage /> }.into_any(),
    Workbench::Publish => view! { <PublishPage /> }.into_any(),
    Workbench::Publication => view! { <PublicationPage /> }.into_any(),
    Workbench::Model => view! { <ModelPage /> }.into_any(),
    Workbench::Targets => view! { <TargetsPage /> }.into_any(),
    Workbench::Claims => view! { <ClaimsPage /> }.into_any(),
    Workbench::Submission => view! { <SubmissionPage /> }.into_any(),
    Workbench::Target => view! { <TargetPage /> }.into_any(),
    Workbench::Submit => view! { <SubmitPage /> }.into_any(),
    Workbench::Score => view! { <ScorePage /> }.into_any(),
    Workbench::Match => view! { <MatchPage /> }.into_any(),
});
room!(chain, fetch_chain, show_chain, page: Chain => match page {
    Chain::Stake => view! { <StakePage /> }.into_any(),
    Chain::Validators => view! { <ValidatorsPage /> }.into_any(),
    Chain::Validator => view! { <ValidatorPage /> }.into_any(),
    Chain::Network => view! { <NetworkPage /> }.into_any(),
    Chain::Transaction => view! { <TransactionPage /> }.into_any(),
    Chain::Checkpoint => view! { <CheckpointPage /> }.into_any(),
    Chain::Object => view! { <ObjectPage /> }.into_any(),
    Chain::Address => view! { <AddressPage /> }.into_any(),
    Chain::Epoch => view! { <EpochPage /> }.into_any(),
});

/// Models, targets, and the data between them.
#[derive(Clone, Copy)]
pub(crate) enum Workbench {
    Models,
    OwnModels,
    Planner,
    Publish,
    Publication,
    Model,
    Targets,
    Claims,
    Submission,
    Target,
    Submit,
    Score,
    Match,
}

/// What a network holds, and who holds it up.
#[derive(Clone, Copy)]
pub(crate) enum Chain {
    Stake,
    Validators,
    Validator,
    Network,
    Transaction,
    Checkpoint,
    Object,
    Address,
    Epoch,
}

/// Calls once the first room is on the screen, or could not be fetched.
pub(crate) fn after_welcome(call: impl FnOnce() + 'static) {
    spawn_local(async {
        // Whoever enters it asks again, and is told.
        let _ = fetch_welcome().await;
        set_timeout(call, Duration::ZERO);
    });
}

/// Fetches what all pages of an open wallet share and begins it, before one of them is shown. Whether it came.
pub(crate) async fn furnish(root: Root) -> bool {
    bring_furniture(root).await.is_ok()
}

#[wasm_split(wallet, wasm_split_path = leptos::wasm_split, fallible)]
fn bring_furniture(root: Root) -> Result<(), SplitLoaderError> {
    root.furnish();
    Ok(())
}

/// Fetches the open wallet while somebody still types a password.
pub(crate) fn expect_wallet() {
    spawn_local(async {
        // Whoever enters it asks again, and is told.
        let _ = fetch_wallet().await;
    });
}

/// Shows a room once it is there: at once where it was fetched before.
fn enter(fetch: fn() -> Fetching, show: Box<dyn Fn() -> Showing + Send>) -> AnyView {
    let there = fetch().now_or_never().is_some_and(|fetched| fetched.is_ok());
    let arrived = RwSignal::new(there.then_some(true));
    let bring = move || {
        arrived.set(None);
        spawn_local(async move {
            let fetched = fetch().await.is_ok();
            // Nobody waits any more where somebody went elsewhere meanwhile.
            let _ = arrived.try_set(Some(fetched));
        });
    };
    if !there {
        bring();
    }
    let room = move || match arrived.get() {
        None => view! { <Skeleton lines=4 /> }.into_any(),
        Some(true) => match show().now_or_never() {
            Some(Ok(view)) => view,
            _ => view! { <Missing bring /> }.into_any(),
        },
        Some(false) => view! { <Missing bring /> }.into_any(),
    };
    room.into_any()
}

/// A room that could not be fetched.
#[component]
pub(crate) fn Missing(#[prop(into)] bring: Callback<()>) -> impl IntoView {
    let failure = Failure {
        code: "app/room".to_owned(),
        what: t!("This part of the wallet could not be fetched.").to_owned(),
        next: t!("Check the connection and try again. If the wallet was renewed meanwhile, reload the page. Nothing is lost.").to_owned(),
        retry: true,
    };
    view! { <FailureBanner failure on_retry=bring /> }
}
