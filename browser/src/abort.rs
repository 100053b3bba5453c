//! Giving up: one token for a piece of work and everything it started.

use std::cell::Cell;
use std::rc::Rc;
use web_sys::{AbortController, AbortSignal};

/// Somebody gave up.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("it was stopped")]
pub struct Aborted;

/// Tells work to stop. Clones share one state.
#[derive(Clone, Debug)]
pub struct Abort {
    stopped: Rc<Cell<bool>>,
    controller: AbortController,
}

impl Default for Abort {
    fn default() -> Self {
        Self {
            stopped: Rc::default(),
            controller: AbortController::new().expect("every browser with workers has it"),
        }
    }
}

impl Abort {
    /// Stops the work, its requests included.
    pub fn stop(&self) {
        self.stopped.set(true);
        self.controller.abort();
    }

    /// Whether to stop.
    #[must_use]
    pub fn is_stopped(&self) -> bool {
        self.stopped.get()
    }

    /// Ends work between two pieces.
    ///
    /// # Errors
    /// Where it was stopped.
    pub fn check(&self) -> Result<(), Aborted> {
        if self.is_stopped() { Err(Aborted) } else { Ok(()) }
    }

    pub(crate) fn signal(&self) -> AbortSignal {
        self.controller.signal()
    }
}
