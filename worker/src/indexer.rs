//! What an indexer tells of the network's past: only one that has the chain's own first checkpoint is asked.

use crate::context::Context;
use crate::network::{Node, connect};
use crate::post::post;
use crate::refusal::{Refusal, sentence};
use bridge::indexer::{IndexerReply, IndexerRequest, ModelPast};
use bridge::late::Late;
use bridge::protocol::{Event, Reply};
use rpc::graphql::{IndexerError, WebIndexer};
use std::cell::RefCell;
use std::rc::Rc;
use wasm_core::address::ModelId;
use wasm_core::digest::CheckpointDigest;
use wasm_core::manifest::Url;
use wasm_core::ports::Chain as _;

/// Parts of the leaderboard that are looked through for one model.
const PARTS: usize = 4;

/// The endpoint that was found to be of a chain, so that it is checked once and not with every question.
#[derive(Default)]
pub(crate) struct Checked(RefCell<Option<(String, CheckpointDigest)>>);

impl From<IndexerError> for Refusal {
    fn from(error: IndexerError) -> Self {
        let (code, next) = match &error {
            IndexerError::Unreachable(_) => (
                "indexer/unreachable",
                "Check that it runs, and that it answers web pages (CORS). All else goes on without it.",
            ),
            IndexerError::Timeout { .. } => {
                ("indexer/timeout", "Try again later. All else goes on without it.")
            }
            IndexerError::Status(_) => (
                "indexer/status",
                "Give the whole address of the GraphQL endpoint, such as https://indexer.example/graphql.",
            ),
            IndexerError::TooLong | IndexerError::Garbage(_) | IndexerError::Shape { .. } => (
                "indexer/garbage",
                "It may be of another version, or something else. All else goes on without it.",
            ),
            IndexerError::Refused(_) => {
                ("indexer/refused", "Try again later. All else goes on without it.")
            }
            IndexerError::OtherChain { .. } => (
                "indexer/other-chain",
                "Nothing of it is shown. Give the address of an indexer of this network, under Settings.",
            ),
            IndexerError::Unidentified => (
                "indexer/unidentified",
                "Nothing of it is shown. Choose an indexer that has the chain from its beginning.",
            ),
        };
        let what = sentence(&error);
        if error.is_passing() {
            Self::passing(code, what, next)
        } else {
            Self::new(code, what, next)
        }
    }
}

/// Answers a question about the past.
pub(crate) async fn answer(
    context: &Rc<Context>,
    request: IndexerRequest,
) -> Result<Reply, Refusal> {
    let indexer = of_network(context).await?;
    let reply = match request {
        IndexerRequest::Sent { address, after } => {
            IndexerReply::Transactions(indexer.sent(address, after.as_deref()).await?)
        }
        IndexerRequest::Touched { address, after } => {
            IndexerReply::Transactions(indexer.touched(address, after.as_deref()).await?)
        }
        IndexerRequest::Target(id) => IndexerReply::Target(indexer.target(id).await?.map(Box::new)),
        IndexerRequest::Model { id, epochs } => {
            let now = context.following.facts()?.epoch;
            IndexerReply::Model(Box::new(model(&indexer, id, now, epochs).await?))
        }
        IndexerRequest::ModelLeaders { after } => {
            IndexerReply::ModelLeaders(indexer.model_leaders(None, after.as_deref()).await?)
        }
        IndexerRequest::SubmitterLeaders { after } => {
            IndexerReply::SubmitterLeaders(indexer.submitter_leaders(None, after.as_deref()).await?)
        }
        IndexerRequest::Submitter(address) => {
            IndexerReply::Submitter(indexer.submitter(address).await?)
        }
        IndexerRequest::Epoch(epoch) => IndexerReply::Epoch(Box::new(indexer.epoch(epoch).await?)),
        IndexerRequest::Totals => IndexerReply::Totals(indexer.totals().await?),
    };
    Ok(Reply::Indexer(Late::new(&reply)))
}

/// The indexer of the chosen network, once it is known to be of its chain.
pub(crate) async fn of_network(context: &Rc<Context>) -> Result<WebIndexer, Refusal> {
    let chain = context.following.facts()?.chain_id;
    let Some(url) = context.following.status().network.graphql_url else {
        return Err(Refusal::new(
            "indexer/none",
            "No indexer is known for this network.",
            "Give the address of one under Settings.",
        ));
    };
    let indexer = reach(&url)?;
    let checked = (url, chain);
    if context.indexer.0.borrow().as_ref() != Some(&checked) {
        indexer.check_chain(chain).await?;
        *context.indexer.0.borrow_mut() = Some(checked);
    }
    Ok(indexer)
}

fn reach(url: &str) -> Result<WebIndexer, Refusal> {
    let parsed: Result<Url, _> = url.trim().parse();
    match parsed {
        Ok(url) if url.is_http() => Ok(WebIndexer::connect(url.as_str())),
        _ => Err(Refusal::new(
            "indexer/url",
            format!("{url} is not the address of an indexer."),
            "Give the whole address, such as https://indexer.example/graphql.",
        )),
    }
}

/// Refuses an endpoint that is no indexer of a node's chain.
pub(crate) async fn probe(node: &Node, url: &str) -> Result<(), Refusal> {
    let indexer = reach(url)?;
    let chain = node.service_info().await?.chain_id;
    indexer.check_chain(chain).await?;
    Ok(())
}

/// Uses an endpoint for a network from now on, or none.
pub(crate) async fn keep(
    context: &Rc<Context>,
    name: String,
    graphql_url: Option<String>,
) -> Result<(), Refusal> {
    let known = context.settings.borrow().networks().into_iter().find(|own| own.name == name);
    let Some(network) = known else {
        return Err(Refusal::new(
            "network/unknown",
            format!("There is no network named {name}."),
            "Choose one of the list, or add it.",
        ));
    };
    if let Some(url) = &graphql_url {
        probe(&connect(&network.rpc_url)?, url).await?;
    }
    let kept = graphql_url.clone();
    context.change_settings(|settings| settings.set_indexer(&name, kept)).await?;
    if context.following.set_indexer(&name, graphql_url) {
        post(&Event::Network(context.following.status()));
    }
    Ok(())
}

/// A model's epochs, wins and place.
async fn model(
    indexer: &WebIndexer,
    id: ModelId,
    now: u64,
    epochs: u64,
) -> Result<ModelPast, Refusal> {
    let from = now.saturating_sub(epochs);
    let (epochs, won) =
        futures::try_join!(indexer.model_history(id, from, now), indexer.targets_won(id))?;
    let (mut place, mut after, mut looked_through) = (None, None, 0);
    for _ in 0..PARTS {
        let part = indexer.model_leaders(None, after.as_deref()).await?;
        for tally in part.items {
            looked_through += 1;
            if tally.model == id {
                place = Some((looked_through, tally));
            }
        }
        after = part.next;
        if place.is_some() || after.is_none() {
            break;
        }
    }
    Ok(ModelPast { epochs, won, place, looked_through })
}
