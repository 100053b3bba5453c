//! The chosen network watched: its pulse, heard from the wallet's own stream of checkpoints, and its
//! economy, asked for again when something moved it. Told to the page only while somebody looks.

use crate::context::Context;
use crate::guests;
use crate::post::post;
use crate::refusal::Refusal;
use bridge::guest::PageNumber;
use bridge::late::Late;
use bridge::protocol::Event;
use browser::clock::{now_ms, sleep_ms};
use std::cell::{Cell, RefCell};
use std::collections::BTreeSet;
use std::rc::Rc;
use wasm_core::network::{Economy, Pulse};
use wasm_core::ports::{Chain as _, Checkpoint};
use wasm_core::tx::TransactionKind;

/// Between two words about the pulse.
const TELL_MS: u32 = 500;
/// Between two questions about the economy, however busy the network is.
const ASK_MS: u32 = 3_000;

/// What is known of the network by listening.
#[derive(Default)]
pub(crate) struct Watch {
    /// Pages that look.
    viewers: RefCell<BTreeSet<PageNumber>>,
    pulse: RefCell<Pulse>,
    /// The first span that the page has not seen whole.
    told_to_ms: Cell<u64>,
    telling: Cell<bool>,
    asking: Cell<Asking>,
    economy: RefCell<Option<Economy>>,
}

/// What of the economy is to be asked for.
#[derive(Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
enum Asking {
    #[default]
    Nothing,
    /// A question is under way, and nothing happened since it was due.
    UnderWay,
    /// What moves within an epoch.
    Targets,
    /// All of it.
    Everything,
}

impl Watch {
    /// Whether any page looks that is still there.
    fn is_looked_at(&self) -> bool {
        let mut viewers = self.viewers.borrow_mut();
        viewers.retain(|page| guests::is_known(*page));
        !viewers.is_empty()
    }

    /// Another network was chosen: nothing is known of it.
    pub(crate) fn forget(&self) {
        *self.pulse.borrow_mut() = Pulse::default();
        *self.economy.borrow_mut() = None;
        self.told_to_ms.set(0);
    }
}

/// Hears of a checkpoint.
pub(crate) fn notice(context: &Rc<Context>, checkpoint: &Checkpoint) {
    let watch = &context.watch;
    watch.pulse.borrow_mut().note(checkpoint, now_ms());
    if !watch.is_looked_at() {
        return;
    }
    if !watch.telling.replace(true) {
        let context = Rc::clone(context);
        wasm_bindgen_futures::spawn_local(async move {
            sleep_ms(TELL_MS).await;
            context.watch.telling.set(false);
            tell(&context.watch);
        });
    }
    let moved = checkpoint.transactions.iter().map(|one| moves(one.kind.as_ref())).max();
    match moved {
        None | Some(Asking::Nothing | Asking::UnderWay) => {}
        Some(moved) => ask_soon(context, moved),
    }
}

/// What of the economy a transaction moves.
const fn moves(kind: Option<&TransactionKind>) -> Asking {
    match kind {
        Some(TransactionKind::ConsensusCommitPrologueV1(_)) => Asking::Nothing,
        Some(TransactionKind::SubmitData(_) | TransactionKind::ClaimRewards { .. }) => {
            Asking::Targets
        }
        Some(
            TransactionKind::TransferCoin { .. }
            | TransactionKind::PayCoins { .. }
            | TransactionKind::TransferObjects { .. }
            | TransactionKind::ReportSubmission { .. }
            | TransactionKind::UndoReportSubmission { .. },
        ) => Asking::Nothing,
        // Stakes, models, validators, epochs; and what this wallet does not know.
        _ => Asking::Everything,
    }
}

fn tell(watch: &Watch) {
    if !watch.is_looked_at() {
        return;
    }
    let pulse = watch.pulse.borrow();
    post(&Event::Pulse(Late::new(&pulse.since(watch.told_to_ms.get()))));
    // The last span may still grow.
    watch.told_to_ms.set(pulse.spans.back().map_or(0, |span| span.start_ms));
}

/// A page looks from now on.
pub(crate) fn begin(context: &Rc<Context>, page: PageNumber) -> Pulse {
    let watch = &context.watch;
    // Those that look already must not miss what this one is told now.
    tell(watch);
    watch.viewers.borrow_mut().insert(page);
    let pulse = watch.pulse.borrow().clone();
    watch.told_to_ms.set(pulse.spans.back().map_or(0, |span| span.start_ms));
    pulse
}

/// A page looks away.
pub(crate) fn end(context: &Rc<Context>, page: PageNumber) {
    context.watch.viewers.borrow_mut().remove(&page);
}

/// The economy as it is now.
pub(crate) async fn economy(context: &Rc<Context>) -> Result<Economy, Refusal> {
    context.following.facts()?;
    let choice = context.following.choice();
    let state = context.following.node().system_state().await?;
    if context.following.choice() != choice {
        return Err(Refusal::passing(
            "network/switched",
            "Another network was chosen meanwhile.",
            "Ask again.",
        ));
    }
    let economy = Economy::of(state.as_v1());
    *context.watch.economy.borrow_mut() = Some(economy.clone());
    Ok(economy)
}

/// Asks for what moved, now, and again a while later where it moved meanwhile.
fn ask_soon(context: &Rc<Context>, moved: Asking) {
    let watch = &context.watch;
    let before = watch.asking.get();
    watch.asking.set(before.max(moved));
    if before != Asking::Nothing {
        return;
    }
    let context = Rc::clone(context);
    wasm_bindgen_futures::spawn_local(async move {
        let watch = &context.watch;
        // What a checkpoint holds may reach the answers a moment later.
        sleep_ms(TELL_MS).await;
        loop {
            let moved = watch.asking.replace(Asking::UnderWay);
            if moved <= Asking::UnderWay || !watch.is_looked_at() {
                watch.asking.set(Asking::Nothing);
                return;
            }
            // What cannot be asked now is asked when something moves again.
            if let Ok(economy) = ask(&context, moved).await {
                post(&Event::Economy(Late::new(&economy)));
            }
            sleep_ms(ASK_MS).await;
        }
    });
}

async fn ask(context: &Rc<Context>, moved: Asking) -> Result<Economy, Refusal> {
    let known = context.watch.economy.borrow().clone();
    if let (Some(mut economy), Asking::Targets) = (known, moved) {
        let choice = context.following.choice();
        let (epoch, targets, pool) = context.following.node().live_targets().await?;
        if epoch == economy.epoch && context.following.choice() == choice {
            economy.update(&targets, &pool);
            *context.watch.economy.borrow_mut() = Some(economy.clone());
            return Ok(economy);
        }
    }
    economy(context).await
}
