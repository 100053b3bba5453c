//! Matching: a queue of files, scored model by model, and held against all open targets.
//!
//! The queue goes on without a page that asks, and after a reload once one asks for it. It shares the
//! turn to score with single scorings, which come in between two of its evaluations.

mod ground;
mod kept;
mod run;
mod table;

use super::Desk;
use crate::post::post;
use crate::refusal::Refusal;
use bridge::late::Late;
use bridge::matching::{
    MatchEvent, MatchOptions, MatchReply, MatchRequest, QueueState, QueueView, QueuedFile,
};
use bridge::protocol::{Event, Reply};
use browser::clock::sleep_ms;
use browser::private_file;
use browser::turn;
use futures::future::AbortHandle;
use futures::lock::{MappedMutexGuard, Mutex, MutexGuard};
use kept::Kept;
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use wasm_core::digest::Checksum;
use web_sys::File;

/// What private files of queued data are called.
const PREFIX: &str = "match-";
/// Milliseconds between two words that the queue moved.
const TELL_MS: u32 = 250;

/// The lock of whoever has the queue: it is one for all pages.
const QUEUE: &str = "soma-wallet matching";
/// How long a page waits for it, as after the one before was closed just now; milliseconds, and how often it
/// looks meanwhile.
const TURN_MS: u32 = 20;
const TURNS: u32 = 60;

/// The queue, and what is held against it.
#[derive(Default)]
pub(super) struct Matching {
    turn: Rc<Cell<Turn>>,
    /// All that is kept, read when first asked for. Whoever holds it changes it.
    kept: Mutex<Option<Kept>>,
    /// Held by whoever works the queue off.
    working: Mutex<()>,
    /// Ends the work.
    work: RefCell<Option<AbortHandle>>,
    /// What is being evaluated, and what ends that.
    evaluating: RefCell<Option<(Checksum, AbortHandle)>>,
    /// What the files are held against; nothing before a page compared.
    held: Mutex<Option<table::Held>>,
    told: Rc<Cell<u64>>,
    telling: Rc<Cell<bool>>,
}

/// Whether this page has the queue.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
enum Turn {
    #[default]
    Unasked,
    Waits,
    Has,
}

impl Matching {
    /// Makes sure that no other page works on the queue.
    async fn has_turn(&self) -> Result<(), Refusal> {
        if self.turn.get() == Turn::Unasked {
            self.turn.set(Turn::Waits);
            let turn = Rc::clone(&self.turn);
            wasm_bindgen_futures::spawn_local(async move {
                let taken = turn::take(QUEUE).await;
                turn.set(if taken.is_ok() { Turn::Has } else { Turn::Unasked });
            });
        }
        for _ in 0..TURNS {
            if self.turn.get() == Turn::Has {
                return Ok(());
            }
            sleep_ms(TURN_MS).await;
        }
        Err(Refusal::passing(
            "match/other-page",
            "Files are matched in another page of this wallet.",
            "Go on there, or close that page and try again.",
        ))
    }

    async fn kept(&self) -> Result<MappedMutexGuard<'_, Option<Kept>, Kept>, Refusal> {
        let mut kept = self.kept.lock().await;
        if kept.is_none() {
            *kept = Some(Kept::load().await?);
        }
        Ok(MutexGuard::map(kept, |kept| kept.as_mut().expect("loaded above")))
    }

    /// Says that the queue moved, now and then.
    fn moved(&self) {
        if self.telling.replace(true) {
            return;
        }
        let telling = Rc::clone(&self.telling);
        wasm_bindgen_futures::spawn_local(async move {
            sleep_ms(TELL_MS).await;
            telling.set(false);
            post(&Event::Matching(Late::new(&MatchEvent::Moved)));
        });
    }

    /// Stops whoever works the queue off.
    fn stop(&self) {
        if let Some(work) = self.work.borrow_mut().take() {
            work.abort();
        }
    }
}

/// Whether a request may end before it is done. What changes the queue is done whole or not at all.
pub(super) const fn may_be_given_up(request: &MatchRequest) -> bool {
    matches!(
        request,
        MatchRequest::Compare { .. } | MatchRequest::Table { .. } | MatchRequest::Choose { .. }
    )
}

/// Answers, with a file beside the answer where one was asked for.
pub(super) async fn answer(
    desk: &Rc<Desk>,
    request: MatchRequest,
    file: Option<File>,
) -> Result<(Reply, Option<File>), Refusal> {
    let matching = &desk.matching;
    matching.has_turn().await?;
    let reply = match request {
        MatchRequest::Queue => queue_reply(queue(desk).await?),
        MatchRequest::Add => MatchReply::Added(add(desk, file).await?),
        MatchRequest::Remove(files) => queue_reply(remove(desk, &files).await?),
        MatchRequest::Start(options) => queue_reply(start(desk, *options).await?),
        MatchRequest::Pause => queue_reply(pause(desk).await?),
        MatchRequest::Compare { network, account } => {
            let ground = table::compare(matching, &network, account).await?;
            MatchReply::Ground(Box::new(ground))
        }
        MatchRequest::Table { query, from, count } => {
            let window = table::window(matching, &query, from, count).await?;
            MatchReply::Table(Box::new(window))
        }
        MatchRequest::Choose { data, target } => {
            let (chosen, file) = table::choose(matching, data, target).await?;
            let reply = MatchReply::Chosen(Box::new(chosen));
            return Ok((Reply::Matching(Late::new(&reply)), Some(file)));
        }
    };
    Ok((Reply::Matching(Late::new(&reply)), None))
}

fn queue_reply(view: QueueView) -> MatchReply {
    MatchReply::Queue(Box::new(view))
}

/// What is queued. One that was running when the page was left goes on now.
async fn queue(desk: &Rc<Desk>) -> Result<QueueView, Refusal> {
    let view = desk.matching.kept().await?.view();
    if view.state == QueueState::Running && desk.matching.work.borrow().is_none() {
        run::begin(desk);
    }
    Ok(view)
}

async fn add(desk: &Desk, file: Option<File>) -> Result<QueuedFile, Refusal> {
    let Some(file) = file else {
        return Err(Refusal::new("match/no-file", "No file was chosen.", "Choose one."));
    };
    let added = desk.matching.kept().await?.add(&file).await?;
    desk.matching.moved();
    Ok(added)
}

async fn remove(desk: &Desk, files: &[Checksum]) -> Result<QueueView, Refusal> {
    let mut kept = desk.matching.kept().await?;
    // Its evaluation ends within a layer, and the next one begins.
    if let Some((evaluating, abort)) = &*desk.matching.evaluating.borrow()
        && files.contains(evaluating)
    {
        abort.abort();
    }
    kept.remove(files).await?;
    desk.matching.moved();
    Ok(kept.view())
}

async fn start(desk: &Rc<Desk>, options: MatchOptions) -> Result<QueueView, Refusal> {
    if options.models.is_empty() {
        return Err(no_models());
    }
    let view = {
        let mut kept = desk.matching.kept().await?;
        desk.matching.stop();
        kept.choose(options).await?;
        kept.view()
    };
    run::begin(desk);
    desk.matching.moved();
    Ok(view)
}

async fn pause(desk: &Desk) -> Result<QueueView, Refusal> {
    let mut kept = desk.matching.kept().await?;
    desk.matching.stop();
    if *kept.state() == QueueState::Running {
        kept.turn(QueueState::Paused).await?;
        desk.matching.moved();
    }
    Ok(kept.view())
}

fn no_models() -> Refusal {
    Refusal::new("score/no-models", "No model was chosen.", "Choose at least one.")
}

fn gone(checksum: Checksum) -> Refusal {
    Refusal::new(
        "match/gone",
        format!("No file {checksum} is queued any more."),
        "Look at the queue again, and add the file anew where you need it.",
    )
}

/// The bytes of a queued file are not those that came.
fn damaged(name: &str) -> Refusal {
    Refusal::new(
        "match/damaged",
        format!("This browser has lost or changed what it kept of {name}. It was not scored."),
        "Remove it from the queue, and add it anew.",
    )
}

/// Deletes all data that is queued, before everything else is erased. Nobody may score any more then.
pub(crate) async fn erase_files() -> Result<(), Refusal> {
    for file in private_file::list(PREFIX).await? {
        private_file::remove(&file.name).await?;
    }
    ground::erase().await
}
