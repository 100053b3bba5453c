//! The page's questions about models, each with the one answer that fits.

use crate::late::Late;
use crate::models::{
    CalendarEntry, Check, CommitSecrets, ModelAct, ModelDetail, ModelList, ModelsReply,
    ModelsRequest, PastModel, Plan, PlanOptions, ProposedPlace, Standings, VaultEntry,
    WeightsReport, WeightsRequest,
};
use crate::network::Network;
use crate::page::{Bridge, Call, Reviewed, reviewed, unexpected};
use crate::protocol::{Failure, Reply, Request};
use crate::publish::JobId;
use crate::questions::questions;
use crate::wallet::Password;
use wasm_core::address::ModelId;
use wasm_core::amount::Shannons;
use web_sys::File;

questions! { asked Models, answered Models;
    /// All models of the chosen network.
    models() => ModelsRequest::List, ModelsReply::List(it) => it, ModelList;
    /// What targets say of models.
    standings() => ModelsRequest::Standings, ModelsReply::Standings(it) => *it, Standings;
    /// All of one model.
    model(id: ModelId) => ModelsRequest::One(id), ModelsReply::One(it) => *it, ModelDetail;
    /// What a model was when past epochs began, newest first.
    past_model(model: ModelId, epochs: u64) => ModelsRequest::Past { model, epochs }, ModelsReply::Past(it) => it, Vec<PastModel>;
    /// What must happen with models of this wallet, and when.
    calendar() => ModelsRequest::Calendar, ModelsReply::Calendar(it) => it, Vec<CalendarEntry>;
    /// Commits whose secrets this wallet holds.
    model_vault() => ModelsRequest::Vault, ModelsReply::Vault(it) => it, Vec<VaultEntry>;
    /// The secrets of one commit.
    commit_secrets(job: JobId, password: Password) => ModelsRequest::Secrets { job, password },
        ModelsReply::Secrets(it) => it, CommitSecrets;
    /// Whether all that a reveal will show is in order.
    check_publication(job: JobId) => ModelsRequest::Check(job), ModelsReply::Checks(it) => it, Vec<Check>;
}

questions! { asked Weights, answered Models;
    /// How many targets would draw a model.
    plan(options: PlanOptions) => WeightsRequest::Plan(Box::new(options)), ModelsReply::Plan(it) => *it, Plan;
    /// Searches places for a model.
    propose_places(network: Network, stake: Shannons, replaces: Option<ModelId>)
        => WeightsRequest::Propose { network, stake, replaces }, ModelsReply::Proposals(it) => it, Vec<ProposedPlace>;
}

impl Bridge {
    /// Prepares a transaction about a model.
    ///
    /// # Errors
    /// Where it cannot be done, as the worker says.
    pub async fn prepare_model_act(&self, act: ModelAct) -> Result<Reviewed, Failure> {
        let request = Request::Models(Late::new(&ModelsRequest::Prepare(act)));
        self.ask(request, reviewed).await
    }

    /// Begins to fetch the weights of a model and to look into them. The call's id names the progress.
    #[must_use]
    pub fn begin_fetch_weights(&self, model: ModelId, network: Network) -> Call {
        let request = WeightsRequest::Fetch { model, network };
        self.begin(&Request::Weights(Late::new(&request)), None)
    }

    /// Begins to fetch the weights of a model to be saved. The call's id names the progress.
    #[must_use]
    pub fn begin_save_weights(&self, model: ModelId, network: Network, plain: bool) -> Call {
        let request = WeightsRequest::Save { model, network, plain };
        self.begin(&Request::Weights(Late::new(&request)), None)
    }
}

impl Call {
    /// Waits for what was found in weights.
    ///
    /// # Errors
    /// What the worker says, or that it stopped.
    pub async fn weights(self) -> Result<WeightsReport, Failure> {
        match self.answer().await? {
            (Reply::Models(reply), _) => match reply.read()? {
                ModelsReply::Weights(report) => Ok(*report),
                _ => Err(unexpected()),
            },
            _ => Err(unexpected()),
        }
    }

    /// Waits for a file, and the name it should have.
    ///
    /// # Errors
    /// What the worker says, or that it stopped.
    pub async fn file(self) -> Result<(String, File), Failure> {
        match self.answer().await? {
            (Reply::SealedFile { file_name }, Some(file)) => Ok((file_name, file)),
            _ => Err(unexpected()),
        }
    }
}
