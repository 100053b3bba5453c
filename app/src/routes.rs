//! The pages of an open wallet, by their paths.

use crate::pages::accounts::{AccountPage, AccountsPage, BookPage, ImportMorePage};
use crate::pages::activity::ActivityPage;
use crate::pages::coins::CoinsPage;
use crate::pages::home::HomePage;
use crate::pages::multisig::{NewMultisigPage, OpenProposalPage, ProposalPage, ProposalsPage};
use crate::pages::not_found::NotFoundPage;
use crate::pages::receive::ReceivePage;
use crate::pages::send::{PayManyPage, SendPage};
use crate::pages::settings::SettingsPage;
use crate::rooms::{Chain, Workbench, chain, workbench};
use leptos::prelude::*;
use leptos_router::components::{Route, Routes};
use leptos_router::path;

/// The page of the present path.
#[component]
pub(crate) fn Pages() -> impl IntoView {
    view! {
        <Routes fallback=NotFoundPage>
            <Route path=path!("/") view=HomePage />
            <Route path=path!("/send") view=SendPage />
            <Route path=path!("/send/many") view=PayManyPage />
            <Route path=path!("/coins") view=CoinsPage />
            <Route path=path!("/stake") view=|| chain(Chain::Stake) />
            <Route path=path!("/models") view=|| workbench(Workbench::Models) />
            <Route path=path!("/models/own") view=|| workbench(Workbench::OwnModels) />
            <Route path=path!("/models/planner") view=|| workbench(Workbench::Planner) />
            <Route path=path!("/models/publish") view=|| workbench(Workbench::Publish) />
            <Route path=path!("/models/publish/:job") view=|| workbench(Workbench::Publication) />
            <Route path=path!("/models/:id") view=|| workbench(Workbench::Model) />
            <Route path=path!("/targets") view=|| workbench(Workbench::Targets) />
            <Route path=path!("/targets/claims") view=|| workbench(Workbench::Claims) />
            <Route path=path!("/targets/submissions/:id") view=|| workbench(Workbench::Submission) />
            <Route path=path!("/targets/:id") view=|| workbench(Workbench::Target) />
            <Route path=path!("/targets/:id/submit") view=|| workbench(Workbench::Submit) />
            <Route path=path!("/score") view=|| workbench(Workbench::Score) />
            <Route path=path!("/match") view=|| workbench(Workbench::Match) />
            <Route path=path!("/activity") view=ActivityPage />
            <Route path=path!("/receive") view=ReceivePage />
            <Route path=path!("/accounts") view=AccountsPage />
            <Route path=path!("/accounts/import") view=ImportMorePage />
            <Route path=path!("/accounts/book") view=BookPage />
            <Route path=path!("/accounts/:address") view=AccountPage />
            <Route path=path!("/multisig") view=ProposalsPage />
            <Route path=path!("/multisig/new") view=NewMultisigPage />
            <Route path=path!("/multisig/open") view=OpenProposalPage />
            <Route path=path!("/multisig/:digest") view=ProposalPage />
            <Route path=path!("/network") view=|| chain(Chain::Network) />
            <Route path=path!("/tx/:digest") view=|| chain(Chain::Transaction) />
            <Route path=path!("/checkpoint/:name") view=|| chain(Chain::Checkpoint) />
            <Route path=path!("/object/:id") view=|| chain(Chain::Object) />
            <Route path=path!("/address/:address") view=|| chain(Chain::Address) />
            <Route path=path!("/epoch/:number") view=|| chain(Chain::Epoch) />
            <Route path=path!("/validators") view=|| chain(Chain::Validators) />
            <Route path=path!("/validators/:address") view=|| chain(Chain::Validator) />
            <Route path=path!("/settings") view=SettingsPage />
        </Routes>
    }
}
