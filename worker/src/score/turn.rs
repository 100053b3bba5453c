//! Whose turn it is to score: one at a time, since files are open to one, and memory is short.

use super::telling::Teller;
use bridge::score::ScoreStep;
use futures::lock::{Mutex, MutexGuard};
use std::cell::Cell;

/// The turn to score.
#[derive(Debug, Default)]
pub(super) struct Turn {
    held: Mutex<()>,
    waiting: Cell<usize>,
}

/// Whoever has this has the turn.
pub(super) type MyTurn<'t> = MutexGuard<'t, ()>;

/// Counts one who waits, for as long as it does.
struct Waiting<'t>(&'t Cell<usize>);

impl<'t> Waiting<'t> {
    fn new(waiting: &'t Cell<usize>) -> Self {
        waiting.set(waiting.get() + 1);
        Self(waiting)
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.0.set(self.0.get() - 1);
    }
}

impl Turn {
    /// The turn, where nobody else has it.
    pub(super) fn at_once(&self) -> Option<MyTurn<'_>> {
        self.held.try_lock()
    }

    /// The turn, once nobody else has it; whoever has to wait for it is told so.
    pub(super) async fn take(&self, teller: &Teller) -> MyTurn<'_> {
        if let Some(turn) = self.at_once() {
            return turn;
        }
        let _waiting = Waiting::new(&self.waiting);
        teller.tell(None, ScoreStep::Waiting);
        self.held.lock().await
    }

    /// Whether somebody waits for it.
    pub(super) const fn is_awaited(&self) -> bool {
        self.waiting.get() > 0
    }
}
