//! The pages of an open wallet, by their paths.

use crate::pages::accounts::{AccountPage, AccountsPage, BookPage, ImportMorePage};
use crate::pages::activity::ActivityPage;
use crate::pages::coins::CoinsPage;
use crate::pages::explorer::{AddressPage, CheckpointPage, EpochPage, ObjectPage, TransactionPage};
use crate::pages::home::HomePage;
use crate::pages::matching::MatchPage;
use crate::pages::models::{
    ModelPage, ModelsPage, OwnModelsPage, PlannerPage, PublicationPage, PublishPage,
};
use crate::pages::multisig::{NewMultisigPage, OpenProposalPage, ProposalPage, ProposalsPage};
use crate::pages::network::NetworkPage;
use crate::pages::not_found::NotFoundPage;
use crate::pages::receive::ReceivePage;
use crate::pages::score::ScorePage;
use crate::pages::send::{PayManyPage, SendPage};
use crate::pages::settings::SettingsPage;
use crate::pages::stake::StakePage;
use crate::pages::targets::{ClaimsPage, SubmissionPage, SubmitPage, TargetPage, TargetsPage};
use crate::pages::validators::{ValidatorPage, ValidatorsPage};
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
            <Route path=path!("/stake") view=StakePage />
            <Route path=path!("/models") view=ModelsPage />
            <Route path=path!("/models/own") view=OwnModelsPage />
            <Route path=path!("/models/planner") view=PlannerPage />
            <Route path=path!("/models/publish") view=PublishPage />
            <Route path=path!("/models/publish/:job") view=PublicationPage />
            <Route path=path!("/models/:id") view=ModelPage />
            <Route path=path!("/targets") view=TargetsPage />
            <Route path=path!("/targets/claims") view=ClaimsPage />
            <Route path=path!("/targets/submissions/:id") view=SubmissionPage />
            <Route path=path!("/targets/:id") view=TargetPage />
            <Route path=path!("/targets/:id/submit") view=SubmitPage />
            <Route path=path!("/score") view=ScorePage />
            <Route path=path!("/match") view=MatchPage />
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
            <Route path=path!("/network") view=NetworkPage />
            <Route path=path!("/tx/:digest") view=TransactionPage />
            <Route path=path!("/checkpoint/:name") view=CheckpointPage />
            <Route path=path!("/object/:id") view=ObjectPage />
            <Route path=path!("/address/:address") view=AddressPage />
            <Route path=path!("/epoch/:number") view=EpochPage />
            <Route path=path!("/validators") view=ValidatorsPage />
            <Route path=path!("/validators/:address") view=ValidatorPage />
            <Route path=path!("/settings") view=SettingsPage />
        </Routes>
    }
}
