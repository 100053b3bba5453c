//! From the parts of an answer to what they mean.

use super::IndexerError;
use super::answer::Node;
use wasm_core::address::TargetId;
use wasm_core::indexer::{
    ChainTotals, EpochEconomy, IndexedModel, IndexedRange, IndexedReward, IndexedTarget,
    IndexedTransaction, ModelTally, Part, SubmitterTally, TargetCounts, TransactionWords,
    WonTarget,
};

type Read<T> = Result<T, IndexerError>;

/// A connection: its nodes, and where it goes on.
pub(super) fn part<T>(node: &Node<'_>, read: impl Fn(&Node<'_>) -> Read<T>) -> Read<Part<T>> {
    let items = node.at("nodes")?.list(read)?;
    let info = node.at("pageInfo")?;
    let more = info.get("hasNextPage", Node::flag)?;
    let cursor = info.maybe("endCursor", Node::owned)?;
    // A part that is empty and says that more follows would be asked for without end.
    let next = cursor.filter(|_| more && !items.is_empty());
    Ok(Part { items, next })
}

/// A transaction of the list by sender or epoch.
pub(super) fn transaction(node: &Node<'_>) -> Read<IndexedTransaction> {
    Ok(IndexedTransaction {
        digest: node.get("digest", Node::id)?,
        number: node.get("sequenceNumber", Node::big)?,
        told: Some(TransactionWords {
            kind: node.get("kind", Node::owned)?,
            sender: node.get("sender", Node::id)?,
            epoch: node.get("epoch", Node::big)?,
            at_ms: node.get("timestamp", Node::moment)?,
            succeeded: None,
        }),
    })
}

/// A transaction of the list by address.
pub(super) fn touched(node: &Node<'_>) -> Read<IndexedTransaction> {
    Ok(IndexedTransaction {
        digest: node.get("digest", Node::id)?,
        number: node.get("sequenceNumber", Node::big)?,
        told: None,
    })
}

/// What a transaction was.
pub(super) fn words(node: &Node<'_>) -> Read<TransactionWords> {
    let status = node.get("status", Node::owned)?;
    Ok(TransactionWords {
        kind: node.get("kind", Node::owned)?,
        sender: node.get("sender", Node::id)?,
        epoch: node.get("epoch", Node::big)?,
        at_ms: node.get("timestamp", Node::moment)?,
        succeeded: match status.as_str() {
            "Success" => Some(true),
            "Failure" => Some(false),
            _ => None,
        },
    })
}

/// A target, with its claim.
pub(super) fn target(node: &Node<'_>) -> Read<IndexedTarget> {
    Ok(IndexedTarget {
        id: node.get("targetId", Node::id)?,
        checkpoint: node.get("checkpointSequenceNumber", Node::big)?,
        epoch: node.get("epoch", Node::big)?,
        status: node.get("status", Node::owned)?,
        submitter: node.maybe("submitter", Node::id)?,
        model: node.maybe("winningModelId", Node::id)?,
        model_owner: node.maybe("winningModelOwner", Node::id)?,
        reward: node.get("rewardPool", Node::money)?,
        bond: node.get("bondAmount", Node::money)?,
        distance: node.maybe("winningDistanceScore", Node::float)?,
        loss: node.maybe("winningLossScore", Node::float)?,
        fill_epoch: node.maybe("fillEpoch", Node::big)?,
        threshold: node.maybe("distanceThreshold", Node::float)?,
        models: node.at("modelIds")?.list(Node::id)?,
        data_url: node.maybe("winningDataUrl", Node::owned)?,
        data_size: node.maybe("winningDataSize", Node::big)?,
        reporters: node.at("reporters")?.list(Node::id)?,
        claim: node.maybe("reward", reward)?,
    })
}

/// A target that was won, in a line.
pub(super) fn won(node: &Node<'_>) -> Read<WonTarget> {
    Ok(WonTarget {
        target: node.get("targetId", Node::id::<TargetId>)?,
        checkpoint: node.get("checkpointSequenceNumber", Node::big)?,
        submitter: node.maybe("submitter", Node::id)?,
        reward: node.get("rewardPool", Node::money)?,
        fill_epoch: node.maybe("fillEpoch", Node::big)?,
    })
}

/// A claim and the balances that it moved.
pub(super) fn reward(node: &Node<'_>) -> Read<IndexedReward> {
    let balance =
        |node: &Node<'_>| Ok((node.get("recipient", Node::id)?, node.get("amount", Node::signed)?));
    Ok(IndexedReward {
        target: node.get("targetId", Node::id)?,
        checkpoint: node.get("checkpointSequenceNumber", Node::big)?,
        epoch: node.get("epoch", Node::big)?,
        transaction: node.get("txDigest", Node::id)?,
        balances: node.at("balances")?.list(balance)?,
    })
}

/// A model in an epoch.
pub(super) fn model(node: &Node<'_>) -> Read<IndexedModel> {
    Ok(IndexedModel {
        epoch: node.get("epoch", Node::big)?,
        status: node.get("status", Node::owned)?,
        stake: node.get("stake", Node::money)?,
        commission_bps: node.get("commissionRate", Node::big)?,
        next_commission_bps: node.get("nextEpochCommissionRate", Node::big)?,
        pending_stake: node.get("pendingStake", Node::money)?,
    })
}

/// A model among the others.
pub(super) fn model_tally(node: &Node<'_>) -> Read<ModelTally> {
    Ok(ModelTally {
        model: node.get("modelId", Node::id)?,
        won: node.get("targetsWon", Node::int)?,
        drawn: node.get("targetsAssigned", Node::int)?,
        loss: node.maybe("avgLossScore", Node::float)?,
        distance: node.maybe("avgDistanceScore", Node::float)?,
        reward: node.get("totalReward", Node::money)?,
        data_size: node.get("totalDataSize", Node::big)?,
    })
}

/// A submitter among the others.
pub(super) fn submitter(node: &Node<'_>) -> Read<SubmitterTally> {
    Ok(SubmitterTally {
        submitter: node.get("submitter", Node::id)?,
        targets: node.get("targetCount", Node::int)?,
        loss: node.maybe("avgLossScore", Node::float)?,
        distance: node.maybe("avgDistanceScore", Node::float)?,
        reward: node.get("totalReward", Node::money)?,
        data_size: node.get("totalDataSize", Node::big)?,
    })
}

/// The economy of an epoch.
pub(super) fn economy(node: &Node<'_>) -> Read<EpochEconomy> {
    Ok(EpochEconomy {
        emission_pool: node.get("emissionBalance", Node::money)?,
        emission_per_epoch: node.get("emissionPerEpoch", Node::money)?,
        targets: node.get("targetsGeneratedThisEpoch", Node::big)?,
        hits: node.get("hitsThisEpoch", Node::big)?,
        reward_per_target: node.get("rewardPerTarget", Node::money)?,
        safe_mode: node.get("safeMode", Node::flag)?,
    })
}

/// How many targets stand where.
pub(super) fn target_counts(node: &Node<'_>) -> Read<TargetCounts> {
    Ok(TargetCounts {
        all: node.get("totalCount", Node::int)?,
        open: node.get("openCount", Node::int)?,
        filled: node.get("filledCount", Node::int)?,
        claimed: node.get("claimedCount", Node::int)?,
        reward: node.get("totalRewardPool", Node::money)?,
    })
}

/// Checkpoints that are there.
pub(super) fn range(node: &Node<'_>) -> Read<IndexedRange> {
    Ok(IndexedRange { first: node.get("first", Node::big)?, last: node.get("last", Node::big)? })
}

/// The chain in numbers.
pub(super) fn totals(metrics: &Node<'_>, available: &Node<'_>) -> Read<ChainTotals> {
    Ok(ChainTotals {
        transactions: metrics.get("totalTransactions", Node::big)?,
        checkpoints: metrics.get("totalCheckpoints", Node::big)?,
        validators: metrics.get("totalValidators", Node::int)?,
        per_second: metrics.maybe("tps", Node::float)?,
        range: range(available)?,
    })
}
