//! The board: all targets of the node, fetched once somebody looks, then kept up to date by what the
//! stream of checkpoints tells.
//!
//! What changed is only noted, and asked for when somebody looks: a board that nobody sees costs no
//! question.

use super::{MOST_PAGES, tell};
use crate::context::Context;
use crate::refusal::Refusal;
use bridge::targets::{BoardRow, BoardView, Loading, Overview, TargetEvent, Terms};
use browser::clock::{now_ms, sleep_ms};
use futures::StreamExt as _;
use futures::stream;
use std::collections::BTreeSet;
use std::rc::Rc;
use wasm_core::address::TargetId;
use wasm_core::amount::Shannons;
use wasm_core::listing::{ListedTarget, TargetFilter};
use wasm_core::ports::{Chain as _, ChainError};
use wasm_core::system_state::{SystemParameters, SystemStateV1};
use wasm_core::targets::{Board, Query};

/// Between two words that the board moved.
const TELL_MS: u32 = 250;
/// Targets asked for at once.
const PAGE: u32 = 1_000;
/// Rows told at once.
const MOST_ROWS: usize = 500;
/// Beyond so many changed targets all are asked for.
const MOST_CHANGED: usize = 300;
/// Targets asked for side by side.
const SIDE_BY_SIDE: usize = 6;
/// Between two listings of all targets of a node that tells nothing by itself.
const RELIST_MS: u64 = 45_000;

/// The board, and how much of it is known.
#[derive(Default)]
pub(super) struct BoardState {
    /// The choice of network that it belongs to; nothing while nobody has looked.
    choice: Option<u64>,
    board: Board,
    state: Option<Rc<SystemStateV1>>,
    /// The epoch in which all were fetched.
    epoch: Option<u64>,
    /// Something is being fetched.
    busy: bool,
    /// All were fetched once.
    whole: bool,
    failure: Option<Refusal>,
    changed: BTreeSet<TargetId>,
    /// Something may have changed that nobody told; looked at once [`RELIST_MS`] are over.
    unheard: bool,
    listed_ms: u64,
    overview: Option<(u64, Overview)>,
    telling: bool,
}

impl BoardState {
    /// What is known of targets, as long as it is of the chosen network.
    fn of(&mut self, choice: u64) -> &mut Self {
        if self.choice != Some(choice) {
            let telling = self.telling;
            *self = Self { choice: Some(choice), telling, ..Self::default() };
        }
        self
    }

    fn put(&mut self, target: ListedTarget) {
        self.overview = None;
        self.board.put(target);
    }

    fn remove(&mut self, id: TargetId) {
        self.overview = None;
        self.board.remove(id);
    }

    fn overview(&mut self, now: u64) -> Overview {
        if let Some((when, overview)) = &self.overview
            && *when == now
        {
            return overview.clone();
        }
        let overview = Overview {
            known: self.board.len(),
            stages: self.board.stages(now).into_iter().collect(),
            models: self.board.models(),
            epochs: self.board.epochs(),
            terms: self.state.as_ref().map(|state| terms(&state.parameters)),
        };
        self.overview = Some((now, overview.clone()));
        overview
    }

    pub(super) fn loading(&self) -> Loading {
        match &self.failure {
            Some(Refusal(failure)) => Loading::Failed(failure.clone()),
            None if self.whole => Loading::Whole,
            None => Loading::Coming,
        }
    }
}

/// What a submission needs.
pub(crate) const fn terms(parameters: &SystemParameters) -> Terms {
    Terms {
        bond_per_byte: Shannons(parameters.submission_bond_per_byte),
        largest_data: parameters.max_submission_data_size,
    }
}

/// A number of the network, where it is one.
pub(super) fn finite(value: f32) -> Option<f32> {
    Some(value).filter(|value| value.is_finite())
}

/// What a page asks for, of what is known by now; what is not is fetched meanwhile.
pub(super) fn window(
    context: &Rc<Context>,
    query: &Query,
    from: usize,
    count: usize,
) -> Result<BoardView, Refusal> {
    bring_up_to_date(context)?;
    let now = context.following.facts()?.epoch;
    let mut state = context.targets.board.borrow_mut();
    let window = state.board.window(query, now, from, count.min(MOST_ROWS));
    let total = window.total;
    let rows = window.rows.into_iter().map(|target| row(target, now)).collect();
    Ok(BoardView {
        epoch: now,
        total,
        from,
        rows,
        overview: state.overview(now),
        loading: state.loading(),
    })
}

fn row(target: &ListedTarget, now: u64) -> BoardRow {
    let status = target.target_status();
    BoardRow {
        id: target.id,
        stage: status.stage(target.generation_epoch, now),
        generation_epoch: target.generation_epoch,
        claimable_from: status.claimable_from(target.generation_epoch),
        reward: Shannons(target.reward_pool),
        threshold: finite(target.distance_threshold),
        models: target.model_ids.clone(),
        submitter: target.submitter,
    }
}

/// Has everything fetched that is not known, as somebody looks.
pub(super) fn look(context: &Rc<Context>) -> Result<(), Refusal> {
    bring_up_to_date(context)
}

/// What is known by now: the board, and the state that prices are in, once there is one.
pub(super) fn known<T>(
    context: &Rc<Context>,
    tell: impl FnOnce(&Board, Option<&SystemStateV1>, Loading) -> T,
) -> T {
    let mut state = context.targets.board.borrow_mut();
    let state = state.of(context.following.choice());
    tell(&state.board, state.state.as_deref(), state.loading())
}

/// Fetches everything again, also after a failure.
pub(super) fn reload(context: &Rc<Context>) {
    let choice = context.following.choice();
    {
        let mut state = context.targets.board.borrow_mut();
        let state = state.of(choice);
        state.failure = None;
        state.epoch = None;
    }
    // While the network does not answer, nothing is fetched; the page says so.
    let _ = bring_up_to_date(context);
    moved(context);
}

/// A target was made or changed, or is gone.
pub(super) fn changed(context: &Rc<Context>, id: TargetId, is_there: bool) {
    {
        let mut state = context.targets.board.borrow_mut();
        if state.choice != Some(context.following.choice()) {
            return;
        }
        if !is_there {
            state.changed.remove(&id);
            state.remove(id);
        }
        // Without an epoch all are asked for anyway. What is gone is asked for where an answer from
        // before may still bring it back.
        if state.epoch.is_some() && (is_there || state.busy) {
            state.changed.insert(id);
        }
        if state.changed.len() > MOST_CHANGED {
            state.epoch = None;
            state.changed.clear();
        }
    }
    moved(context);
}

/// Something may have happened that was not heard: everything is asked for when somebody looks.
pub(crate) fn gap(context: &Rc<Context>) {
    {
        let mut state = context.targets.board.borrow_mut();
        if state.choice != Some(context.following.choice()) {
            return;
        }
        state.epoch = None;
        state.failure = None;
    }
    moved(context);
}

/// The node tells nothing by itself: everything is asked for again, but not each time somebody looks. What
/// failed stays told until somebody asks again.
pub(crate) fn unheard(context: &Rc<Context>) {
    {
        let mut state = context.targets.board.borrow_mut();
        if state.choice != Some(context.following.choice()) {
            return;
        }
        state.unheard = true;
    }
    moved(context);
}

/// Says that the board moved, now and then.
fn moved(context: &Rc<Context>) {
    if std::mem::replace(&mut context.targets.board.borrow_mut().telling, true) {
        return;
    }
    let context = Rc::clone(context);
    wasm_bindgen_futures::spawn_local(async move {
        sleep_ms(TELL_MS).await;
        context.targets.board.borrow_mut().telling = false;
        tell(&TargetEvent::BoardMoved);
    });
}

/// Has fetched what is not known, unless that is under way or failed.
fn bring_up_to_date(context: &Rc<Context>) -> Result<(), Refusal> {
    let (choice, now) = (context.following.choice(), context.following.facts()?.epoch);
    let whole_is_known = {
        let mut state = context.targets.board.borrow_mut();
        let state = state.of(choice);
        if state.busy || state.failure.is_some() {
            return Ok(());
        }
        if state.unheard && now_ms() >= state.listed_ms.saturating_add(RELIST_MS) {
            state.epoch = None;
        }
        let whole_is_known = state.epoch == Some(now);
        if whole_is_known && state.changed.is_empty() {
            return Ok(());
        }
        state.busy = true;
        whole_is_known
    };
    let context = Rc::clone(context);
    wasm_bindgen_futures::spawn_local(async move {
        let fetched = if whole_is_known {
            fetch_changed(&context, choice).await
        } else {
            fetch_all(&context, choice, now).await
        };
        {
            let mut state = context.targets.board.borrow_mut();
            if state.choice != Some(choice) {
                return;
            }
            state.busy = false;
            if let Err(error) = fetched {
                state.epoch = None;
                state.failure = Some(error.into());
            }
        }
        moved(&context);
    });
    Ok(())
}

/// Fetches all targets, and forgets those that are gone.
async fn fetch_all(context: &Rc<Context>, choice: u64, now: u64) -> Result<(), ChainError> {
    let node = context.following.node();
    let system_state = Rc::new(node.system_state().await?.as_v1().clone());
    {
        let mut state = context.targets.board.borrow_mut();
        if state.choice != Some(choice) {
            // Another network was chosen, and may have a board already.
            return Ok(());
        }
        (state.unheard, state.listed_ms) = (false, now_ms());
        state.state = Some(system_state);
        state.overview = None;
        state.changed.clear();
        // What happens from here on is noted beside what is fetched; another epoch shows as one.
        state.epoch = Some(now);
    }
    let (mut seen, mut tokens, mut token) = (BTreeSet::new(), Vec::new(), None);
    loop {
        let page = node.target_summary_page(&TargetFilter::default(), PAGE, token.as_ref()).await?;
        let mut state = context.targets.board.borrow_mut();
        if state.choice != Some(choice) {
            return Ok(());
        }
        for target in page.items {
            seen.insert(target.id);
            state.put(target);
        }
        let Some(next) = page.next else { break };
        if tokens.len() >= MOST_PAGES || tokens.contains(&next) {
            return Err(ChainError::Garbage("a listing without an end".to_owned()));
        }
        tokens.push(next.clone());
        token = Some(next);
        drop(state);
        moved(context);
    }
    {
        let mut state = context.targets.board.borrow_mut();
        let changed = state.changed.clone();
        state.board.retain(|id| seen.contains(&id) || changed.contains(&id));
        state.overview = None;
        state.whole = true;
    }
    fetch_changed(context, choice).await
}

/// Fetches those that changed.
async fn fetch_changed(context: &Rc<Context>, choice: u64) -> Result<(), ChainError> {
    let changed = {
        let mut state = context.targets.board.borrow_mut();
        if state.choice != Some(choice) {
            return Ok(());
        }
        std::mem::take(&mut state.changed)
    };
    let node = &context.following.node();
    let mut answers = stream::iter(changed)
        .map(|id| async move { (id, node.target_summary(id).await) })
        .buffer_unordered(SIDE_BY_SIDE);
    while let Some((id, answer)) = answers.next().await {
        let mut state = context.targets.board.borrow_mut();
        if state.choice != Some(choice) {
            return Ok(());
        }
        match answer {
            Ok(Some(target)) => state.put(target),
            Ok(None) => state.remove(id),
            Err(error) => {
                state.changed.insert(id);
                return Err(error);
            }
        }
    }
    Ok(())
}
