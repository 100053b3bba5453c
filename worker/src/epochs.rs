//! What past epochs came to: what has ended is asked for once, and kept in this browser for each chain.

use crate::context::Context;
use crate::refusal::Refusal;
use browser::clock::now_ms;
use browser::store::{Drawer, Store, StoreError};
use futures::{StreamExt as _, TryStreamExt as _};
use serde::{Deserialize, Serialize};
use std::cell::RefCell;
use std::rc::Rc;
use wasm_core::digest::CheckpointDigest;
use wasm_core::network::{EndedEpochs, EpochPoint};

/// Epochs that are told at once.
const EPOCHS: u64 = 32;
/// Epochs asked for at once: each answer holds a whole system state.
const AT_ONCE: usize = 3;
/// Chains of which epochs are kept: a local network is another chain with every start.
const CHAINS: usize = 4;

/// Ended epochs of the chain that was asked about last.
#[derive(Default)]
pub(crate) struct Epochs {
    known: RefCell<Option<(CheckpointDigest, EndedEpochs)>>,
    /// Whose turn it is to read or write what is kept.
    turn: futures::lock::Mutex<()>,
}

/// What is kept of a chain.
#[derive(Serialize, Deserialize)]
struct Kept {
    /// When it was last written; milliseconds since 1970.
    written_ms: u64,
    epochs: EndedEpochs,
}

impl Epochs {
    fn get(&self, chain: CheckpointDigest, epoch: u64) -> Option<EpochPoint> {
        let known = self.known.borrow();
        let (_, epochs) = known.as_ref().filter(|(of, _)| *of == chain)?;
        epochs.get(epoch).cloned()
    }

    /// Reads what is kept of a chain, where that has not been done.
    async fn open(&self, store: &Store, chain: CheckpointDigest) {
        let _turn = self.turn.lock().await;
        if self.known.borrow().as_ref().is_some_and(|(of, _)| *of == chain) {
            return;
        }
        // What does not read back, as of another version of the wallet, is told by the node again.
        let kept = store.load::<Kept>(Drawer::Epochs, &chain.to_string()).await.ok().flatten();
        let epochs = kept.map(|kept| kept.epochs).unwrap_or_default();
        *self.known.borrow_mut() = Some((chain, epochs));
    }

    /// Keeps what has ended, here and in the store.
    async fn keep(
        &self,
        store: &Store,
        chain: CheckpointDigest,
        points: &[EpochPoint],
    ) -> Result<(), StoreError> {
        let _turn = self.turn.lock().await;
        let (is_first, kept) = {
            let mut known = self.known.borrow_mut();
            let Some((_, epochs)) = known.as_mut().filter(|(of, _)| *of == chain) else {
                return Ok(());
            };
            let is_first = epochs.is_empty();
            let fresh = points.iter().filter(|point| epochs.keep(point)).count();
            if fresh == 0 {
                return Ok(());
            }
            (is_first, Kept { written_ms: now_ms(), epochs: epochs.clone() })
        };
        store.save(Drawer::Epochs, &chain.to_string(), &kept).await?;
        if is_first { forget_old_chains(store).await } else { Ok(()) }
    }
}

/// Keeps the chains that were written last.
async fn forget_old_chains(store: &Store) -> Result<(), StoreError> {
    let mut kept: Vec<(u64, String)> = store
        .all(Drawer::Epochs)
        .await?
        .into_iter()
        .map(|(chain, text)| {
            // What does not read back is the first to go.
            let written = serde_json::from_str::<Kept>(&text).map_or(0, |kept| kept.written_ms);
            (written, chain)
        })
        .collect();
    kept.sort();
    let too_many = kept.len().saturating_sub(CHAINS);
    for (_, chain) in kept.iter().take(too_many) {
        store.remove(Drawer::Epochs, chain).await?;
    }
    Ok(())
}

/// What epochs came to, oldest first: `count` of them up to `newest`.
pub(crate) async fn history(
    context: &Rc<Context>,
    newest: u64,
    count: u64,
) -> Result<Vec<EpochPoint>, Refusal> {
    let facts = context.following.facts()?;
    let (chain, newest) = (facts.chain_id, newest.min(facts.epoch));
    let count = count.clamp(1, EPOCHS);
    context.epochs.open(&context.store, chain).await;
    let numbers = newest.saturating_sub(count - 1)..=newest;
    let points = numbers.map(|number| look_up(context, chain, number));
    let points: Vec<Option<EpochPoint>> =
        futures::stream::iter(points).buffered(AT_ONCE).try_collect().await?;
    let points: Vec<EpochPoint> = points.into_iter().flatten().collect();
    keep(context, chain, &points).await;
    Ok(points)
}

/// What an epoch came to; none where the node knows it no more.
pub(crate) async fn one(
    context: &Rc<Context>,
    chain: CheckpointDigest,
    number: u64,
) -> Result<Option<EpochPoint>, Refusal> {
    context.epochs.open(&context.store, chain).await;
    let point = look_up(context, chain, number).await?;
    keep(context, chain, point.as_slice()).await;
    Ok(point)
}

async fn keep(context: &Rc<Context>, chain: CheckpointDigest, points: &[EpochPoint]) {
    // Another network may have been chosen while the node was asked.
    let is_of_now = context.following.facts().is_ok_and(|facts| facts.chain_id == chain);
    if is_of_now {
        // What the browser does not keep is asked of the node again.
        let _not_kept = context.epochs.keep(&context.store, chain, points).await;
    }
}

async fn look_up(
    context: &Rc<Context>,
    chain: CheckpointDigest,
    number: u64,
) -> Result<Option<EpochPoint>, Refusal> {
    let kept = context.epochs.get(chain, number);
    if kept.is_some() {
        return Ok(kept);
    }
    let node = context.following.node();
    let Some((epoch, state)) = node.epoch_with_state(number).await? else { return Ok(None) };
    let last = match epoch.last_checkpoint {
        // A node may have thrown it away; the rest is told all the same.
        Some(number) => node.checkpoint_summary(number).await?,
        None => None,
    };
    Ok(Some(EpochPoint::of(&epoch, state.as_v1(), last.as_ref())))
}
