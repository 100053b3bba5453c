//! The questions that an indexer is asked, one method each.

use super::answer::{Node, data};
use super::{Carrier, IndexerError, documents, read};
use futures::future::{Either, select};
use serde_json::{Map, Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::pin::pin;
use std::time::Duration;
use wasm_core::address::{Address, ModelId, TargetId};
use wasm_core::digest::{CheckpointDigest, TransactionDigest};
use wasm_core::indexer::{
    ChainTotals, EpochAccount, IndexedModel, IndexedRange, IndexedTarget, IndexedTransaction,
    ModelTally, Part, SubmitterTally, TransactionWords, WonTarget, chain_of_summary,
};

/// The largest part of a list that an indexer gives.
pub const MOST_AT_ONCE: u32 = 50;
/// Parts of the lists whose entries cost an indexer more.
const TOUCHED_AT_ONCE: u32 = 20;
/// The longest text of a chain's identity that is looked at: Base58 takes quadratic time.
const LONGEST_IDENTITY: usize = 8 * 1024;
const PATIENCE: Duration = Duration::from_secs(20);

/// An answer about something else than what was asked for.
fn another(path: &str) -> IndexerError {
    IndexerError::Shape { path: path.to_owned(), expected: "such thing as was asked for" }
}

/// One endpoint.
#[derive(Clone, Debug)]
pub struct Indexer<C> {
    carrier: C,
    patience: Duration,
}

impl<C: Carrier> Indexer<C> {
    /// An indexer that is reached by this carrier.
    #[must_use]
    pub const fn new(carrier: C) -> Self {
        Self { carrier, patience: PATIENCE }
    }

    /// The same, which waits so long for each answer.
    #[must_use]
    pub fn patient_for(self, patience: Duration) -> Self {
        Self { patience, ..self }
    }

    async fn ask(&self, query: &str, variables: Value) -> Result<Map<String, Value>, IndexerError> {
        let question = json!({ "query": query, "variables": variables }).to_string();
        let (asked, late) = (self.carrier.post(question), self.carrier.sleep(self.patience));
        match select(pin!(asked), pin!(late)).await {
            Either::Left((answer, _)) => data(&answer?),
            Either::Right(_) => Err(IndexerError::Timeout { seconds: self.patience.as_secs() }),
        }
    }

    /// Whether this is an indexer of that chain, and what it has of it.
    ///
    /// # Errors
    /// Where it is of another chain, does not say of which, or gives no usable answer.
    pub async fn check_chain(&self, chain: CheckpointDigest) -> Result<IndexedRange, IndexerError> {
        let data = self.ask(documents::CHAIN, json!({})).await?;
        let identity = Node::root(&data, "chainIdentifier")?.owned()?;
        // What the reference says where it lost or never had the first checkpoint.
        if identity == "unknown" {
            return Err(IndexerError::Unidentified);
        }
        let summary = (identity.len() <= LONGEST_IDENTITY)
            .then(|| bs58::decode(&identity).into_vec().ok())
            .flatten();
        let summary = summary.ok_or_else(|| IndexerError::Shape {
            path: "chainIdentifier".to_owned(),
            expected: "Base58 of a checkpoint's summary",
        })?;
        let actual = chain_of_summary(&summary);
        if actual != chain {
            return Err(IndexerError::OtherChain { expected: chain, actual });
        }
        read::range(&Node::root(&data, "availableRange")?)
    }

    /// Transactions that an address sent, newest first.
    ///
    /// # Errors
    /// Where the indexer gives no usable answer.
    pub async fn sent(
        &self,
        sender: Address,
        after: Option<&str>,
    ) -> Result<Part<IndexedTransaction>, IndexerError> {
        let variables =
            json!({ "first": MOST_AT_ONCE, "after": after, "sender": sender.to_bare_hex() });
        let data = self.ask(documents::TRANSACTIONS, variables).await?;
        read::part(&Node::root(&data, "transactions")?, read::transaction)
    }

    /// Transactions that touched an address, oldest first.
    ///
    /// # Errors
    /// Where the indexer gives no usable answer.
    pub async fn touched(
        &self,
        address: Address,
        after: Option<&str>,
    ) -> Result<Part<IndexedTransaction>, IndexerError> {
        let variables =
            json!({ "address": address.to_bare_hex(), "first": TOUCHED_AT_ONCE, "after": after });
        let data = self.ask(documents::TOUCHED, variables).await?;
        let connection = Node::root(&data, "address")?.at("transactions")?;
        let mut part = read::part(&connection, read::touched)?;
        let digests: Vec<_> = part.items.iter().map(|one| one.digest).collect();
        let mut told = self.described(&digests).await?;
        for one in &mut part.items {
            one.told = told.remove(&one.digest);
        }
        Ok(part)
    }

    /// What transactions were, of those that the indexer still has.
    async fn described(
        &self,
        digests: &[TransactionDigest],
    ) -> Result<BTreeMap<TransactionDigest, TransactionWords>, IndexerError> {
        let mut told = BTreeMap::new();
        for some in digests.chunks(documents::DESCRIBED_AT_ONCE) {
            let Some(first) = some.first() else { continue };
            let filled = some.iter().chain(std::iter::repeat(first));
            let filled = filled.take(documents::DESCRIBED_AT_ONCE).enumerate();
            let variables: Map<String, Value> =
                filled.map(|(at, digest)| (format!("d{at}"), json!(digest.to_string()))).collect();
            let data = self.ask(documents::DESCRIBED, Value::Object(variables)).await?;
            for at in 0..some.len() {
                if let Some(node) = Node::root(&data, &format!("t{at}"))?.some() {
                    told.insert(node.get("digest", Node::id)?, read::words(&node)?);
                }
            }
        }
        Ok(told)
    }

    /// A target, settled or not; none where the indexer never saw it.
    ///
    /// # Errors
    /// Where the indexer gives no usable answer.
    pub async fn target(&self, id: TargetId) -> Result<Option<IndexedTarget>, IndexerError> {
        let data = self.ask(documents::TARGET, json!({ "id": id.to_bare_hex() })).await?;
        let node = Node::root(&data, "target")?.some();
        let target = node.as_ref().map(read::target).transpose()?;
        match target {
            Some(other) if other.id != id => Err(another("target.targetId")),
            target => Ok(target),
        }
    }

    /// The newest targets that a model won, settled ones included, and whether there are more.
    ///
    /// # Errors
    /// Where the indexer gives no usable answer.
    pub async fn targets_won(&self, model: ModelId) -> Result<Part<WonTarget>, IndexerError> {
        let variables = json!({ "model": model.to_bare_hex(), "first": MOST_AT_ONCE });
        let data = self.ask(documents::TARGETS_WON, variables).await?;
        let mut part = read::part(&Node::root(&data, "targets")?, read::won)?;
        // An indexer lists every version of a target that it has.
        let mut seen = BTreeSet::new();
        part.items.retain(|won| seen.insert(won.target));
        Ok(part)
    }

    /// A model in epochs, first to last.
    ///
    /// # Errors
    /// Where the indexer gives no usable answer.
    pub async fn model_history(
        &self,
        id: ModelId,
        from: u64,
        to: u64,
    ) -> Result<Vec<IndexedModel>, IndexerError> {
        let variables = json!({ "id": id.to_bare_hex(), "from": from, "to": to });
        let data = self.ask(documents::MODEL_HISTORY, variables).await?;
        Node::root(&data, "modelHistory")?.list(read::model)
    }

    /// Models, most wins first; of an epoch's targets, or of all.
    ///
    /// # Errors
    /// Where the indexer gives no usable answer.
    pub async fn model_leaders(
        &self,
        epoch: Option<u64>,
        after: Option<&str>,
    ) -> Result<Part<ModelTally>, IndexerError> {
        let variables = json!({ "first": MOST_AT_ONCE, "after": after, "epoch": epoch });
        let data = self.ask(documents::MODEL_LEADERS, variables).await?;
        read::part(&Node::root(&data, "modelLeaderboard")?, read::model_tally)
    }

    /// Submitters, most targets first; of an epoch's targets, or of all.
    ///
    /// # Errors
    /// Where the indexer gives no usable answer.
    pub async fn submitter_leaders(
        &self,
        epoch: Option<u64>,
        after: Option<&str>,
    ) -> Result<Part<SubmitterTally>, IndexerError> {
        let variables = json!({ "first": MOST_AT_ONCE, "after": after, "epoch": epoch });
        let data = self.ask(documents::SUBMITTER_LEADERS, variables).await?;
        read::part(&Node::root(&data, "submitterLeaderboard")?, read::submitter)
    }

    /// One submitter; none where it filled no target.
    ///
    /// # Errors
    /// Where the indexer gives no usable answer.
    pub async fn submitter(
        &self,
        address: Address,
    ) -> Result<Option<SubmitterTally>, IndexerError> {
        // The only argument that the reference takes without 0x alone, so all are sent that way.
        let variables = json!({ "address": address.to_bare_hex() });
        let data = self.ask(documents::SUBMITTER, variables).await?;
        let node = Node::root(&data, "submitterStats")?.some();
        let tally = node.as_ref().map(read::submitter).transpose()?;
        match tally {
            Some(other) if other.submitter != address => Err(another("submitterStats.submitter")),
            tally => Ok(tally),
        }
    }

    /// What an epoch came to.
    ///
    /// # Errors
    /// Where the indexer gives no usable answer.
    pub async fn epoch(&self, epoch: u64) -> Result<EpochAccount, IndexerError> {
        let data = self.ask(documents::EPOCH, json!({ "epoch": epoch })).await?;
        let economy = Node::root(&data, "epochState")?.some();
        let scores = Node::root(&data, "targetScoreAggregates")?;
        let models = Node::root(&data, "modelAggregates")?;
        let claims = Node::root(&data, "rewardAggregates")?;
        Ok(EpochAccount {
            epoch,
            economy: economy.map(|node| read::economy(&node)).transpose()?,
            targets: read::target_counts(&Node::root(&data, "targetAggregates")?)?,
            loss: scores.maybe("avgLossScore", Node::float)?,
            distance: scores.maybe("avgDistanceScore", Node::float)?,
            data_size: scores.get("totalDataSize", Node::big)?,
            models: models.get("totalCount", Node::int)?,
            active_models: models.get("activeCount", Node::int)?,
            claims: claims.get("totalCount", Node::int)?,
            claimed: claims.get("totalAmount", Node::signed)?,
            rewards: Node::root(&data, "rewards")?.list(read::reward)?,
        })
    }

    /// The chain in numbers.
    ///
    /// # Errors
    /// Where the indexer gives no usable answer.
    pub async fn totals(&self) -> Result<ChainTotals, IndexerError> {
        let data = self.ask(documents::TOTALS, json!({})).await?;
        read::totals(&Node::root(&data, "networkMetrics")?, &Node::root(&data, "availableRange")?)
    }
}
