//! Targets: the board of all of them, one of them, submissions of data, and claims.

mod board;
mod claims;
mod one;
mod submit;
mod tray;

pub(crate) use board::{gap, terms, unheard};
pub(crate) use one::numbers;
pub(crate) use submit::{
    damaged, erase_files, executed, look_again, network_moved, not_executed, sending, settle_all,
};
pub(crate) use tray::settled;

use crate::activity::Ledger;
use crate::context::Context;
use crate::post::post;
use crate::refusal::Refusal;
use crate::review::{self, Purpose};
use board::BoardState;
use bridge::late::Late;
use bridge::protocol::{Event, Reply};
use bridge::targets::{TargetEvent, TargetReply, TargetRequest};
use claims::Plans;
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use submit::Submissions;
use wasm_core::address::{ObjectId, TargetId};
use wasm_core::intent::Intent;
use wasm_core::object::{ObjectType, Owner};
use wasm_core::ports::{Checkpoint, CheckpointTransaction};
use wasm_core::tx::TransactionKind;
use web_sys::File;

/// Pages of a listing after which it counts as one without an end: a million targets.
const MOST_PAGES: usize = 1_000;

/// What is only known while the worker lives.
#[derive(Default)]
pub(crate) struct Targets {
    board: RefCell<BoardState>,
    /// The one that somebody looks at.
    looked_at: Cell<Option<TargetId>>,
    submissions: Submissions,
    /// Whose turn it is to change what is kept of targets.
    tray_turn: futures::lock::Mutex<()>,
    tray_telling: Cell<bool>,
    plans: Plans,
}

impl Targets {
    /// What was planned dies: the wallet was locked, or account or network changed.
    pub(crate) fn forget_plans(&self) {
        self.plans.forget();
    }
}

fn tell(event: &TargetEvent) {
    post(&Event::Targets(Late::new(event)));
}

/// Answers a request, with a file beside the answer where one belongs to it.
pub(crate) async fn answer(
    context: &Rc<Context>,
    request: TargetRequest,
    file: Option<File>,
) -> (Result<Reply, Refusal>, Option<File>) {
    match request {
        TargetRequest::Data(id) => match one::data(context, id).await {
            Ok((file_name, file)) => {
                (Ok(Reply::Targets(Late::new(&TargetReply::Data { file_name }))), Some(file))
            }
            Err(refusal) => (Err(refusal), None),
        },
        TargetRequest::PrepareSubmission(id) => {
            (Box::pin(submit::prepare(context, &id)).await, None)
        }
        TargetRequest::PrepareClaim(id) => {
            (review::prepare(context, &Intent::ClaimRewards(id), Purpose::Send).await, None)
        }
        request => {
            let reply = Box::pin(perform(context, request, file)).await;
            (reply.map(|reply| Reply::Targets(Late::new(&reply))), None)
        }
    }
}

async fn perform(
    context: &Rc<Context>,
    request: TargetRequest,
    file: Option<File>,
) -> Result<TargetReply, Refusal> {
    let submission = |view| TargetReply::Submission(Box::new(view));
    Ok(match request {
        TargetRequest::Board { query, from, count } => {
            TargetReply::Board(board::window(context, &query, from, count)?)
        }
        TargetRequest::ReloadBoard => {
            board::reload(context);
            TargetReply::Done
        }
        TargetRequest::One(id) => TargetReply::One(Box::new(one::view(context, id).await?)),
        TargetRequest::StartSubmission(options) => {
            submission(submit::start(context, *options, file).await?)
        }
        TargetRequest::Submissions => TargetReply::Submissions(submit::list(context).await?),
        TargetRequest::ContinueSubmission { id, upload_link } => {
            submission(submit::resume(context, &id, upload_link).await?)
        }
        TargetRequest::PauseSubmission(id) => submission(submit::pause(context, &id).await?),
        TargetRequest::RemoveSubmission(id) => {
            TargetReply::Submissions(submit::remove(context, &id).await?)
        }
        TargetRequest::Tray => TargetReply::Tray(tray::list(context).await?),
        TargetRequest::Sweep => TargetReply::Sweep(claims::sweep(context).await?),
        TargetRequest::PlanClaims(targets) => {
            TargetReply::Plan(claims::plan(context, targets).await?)
        }
        TargetRequest::ConfirmClaims(plan) => {
            TargetReply::Claims(claims::confirm(context, plan).await?)
        }
        TargetRequest::StopClaims(plan) => {
            context.targets.plans.stop(plan);
            TargetReply::Done
        }
        TargetRequest::Data(_)
        | TargetRequest::PrepareSubmission(_)
        | TargetRequest::PrepareClaim(_) => unreachable!("answered above"),
    })
}

/// Looks through a checkpoint for targets that came, moved or went.
pub(crate) async fn notice(context: &Rc<Context>, checkpoint: &Checkpoint) {
    for transaction in &checkpoint.transactions {
        let executed = &transaction.executed;
        if matches!(transaction.kind, Some(TransactionKind::ChangeEpoch(_))) {
            // Targets by the hundred: asked for together.
            gap(context);
            continue;
        }
        if executed.failure.is_some() {
            continue;
        }
        for (id, is_there) in moved_by(transaction) {
            board::changed(context, id, is_there);
            if context.targets.looked_at.get() == Some(id) {
                tell(&TargetEvent::Moved(id));
            }
        }
        if let Some(TransactionKind::ClaimRewards { target_id }) = transaction.kind
            && let Ok(ledger) = Ledger::current(context)
        {
            // What cannot be stored now is found missing at the next look.
            let _ = settled(context, ledger, target_id, transaction.sender, executed).await;
        }
    }
}

/// Targets that a transaction made, changed or deleted, each with whether it is still there. Nodes do
/// not always say of what type an object is; what is shared and not the system state is a target.
fn moved_by(transaction: &CheckpointTransaction) -> Vec<(TargetId, bool)> {
    let named = transaction.kind.as_ref().and_then(TransactionKind::target);
    let changed = transaction.executed.changed_objects.iter();
    let targets = changed.filter(|changed| {
        let is_shared = matches!(changed.after, Some((_, Owner::Shared { .. })));
        let is_target = match changed.object_type {
            Some(object_type) => object_type == ObjectType::Target,
            None => is_shared && changed.id != ObjectId::SYSTEM_STATE,
        };
        is_target || Some(changed.id) == named
    });
    targets.map(|changed| (changed.id, changed.after.is_some())).collect()
}
