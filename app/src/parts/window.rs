//! A window of a long list that the worker keeps: rows around those in sight, asked for as one scrolls and
//! when the list moves.

use bridge::matching::MatchTable;
use bridge::protocol::Failure;
use bridge::targets::BoardView;
use gloo_timers::future::TimeoutFuture;
use leptos::prelude::*;
use leptos::task::spawn_local;

/// Rows that are kept above and below those in sight.
const MARGIN: usize = 24;
/// Rows asked for before it is known how many are in sight.
const FIRST: usize = 40;
/// Between two questions because the list moved; milliseconds.
const CALM_MS: u32 = 400;

/// An answer that is a window of rows.
pub(crate) trait Rows {
    /// Place of the first row, how many rows there are in the window, and in all.
    fn extent(&self) -> (usize, usize, usize);
}

impl Rows for BoardView {
    fn extent(&self) -> (usize, usize, usize) {
        (self.from, self.rows.len(), self.total)
    }
}

impl Rows for MatchTable {
    fn extent(&self) -> (usize, usize, usize) {
        (self.from, self.rows.len(), self.total)
    }
}

/// What of a list is in the page.
pub(crate) struct Window<A: 'static> {
    /// The window, or why it cannot be told; nothing before it is.
    pub(crate) view: RwSignal<Option<Result<A, Failure>>>,
    /// First row in sight, and how many are.
    sight: StoredValue<(usize, usize)>,
    asking: StoredValue<bool>,
    /// Something changed while an answer was on its way.
    again: StoredValue<bool>,
}

impl<A> Clone for Window<A> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<A> Copy for Window<A> {}

impl<A: Rows + Send + Sync + 'static> Window<A> {
    /// Nothing was asked yet.
    #[must_use]
    pub(crate) fn new() -> Self {
        Self {
            view: RwSignal::new(None),
            sight: StoredValue::new((0, FIRST)),
            asking: StoredValue::new(false),
            again: StoredValue::new(false),
        }
    }

    /// Something of the answer, where it is there and good. Tracked.
    pub(crate) fn of<T>(self, pick: impl FnOnce(&A) -> T) -> Option<T> {
        match &*self.view.read() {
            Some(Ok(view)) => Some(pick(view)),
            _ => None,
        }
    }

    /// Rows from `first` on are in sight, `count` of them. Whether more are to be asked for.
    #[must_use]
    pub(crate) fn look_at(self, first: usize, count: usize) -> bool {
        self.sight.set_value((first, count));
        let Some((from, rows, total)) = untrack(|| self.of(Rows::extent)) else { return false };
        let to = from + rows;
        // Half of the margin is left before more is asked for.
        let is_short_above = from > 0 && first < from + MARGIN / 2;
        let is_short_below = to < total && first + count + MARGIN / 2 > to;
        is_short_above || is_short_below
    }

    /// Asks for the window, unless an answer is on its way; then once that came. `query` says what is asked
    /// for at the moment, `fetch` asks for so many rows from a place on.
    pub(crate) fn ask<Q, F>(
        self,
        query: impl Fn() -> Q + Copy + 'static,
        fetch: impl Fn(Q, usize, usize) -> F + Copy + 'static,
    ) where
        Q: Clone + PartialEq + 'static,
        F: Future<Output = Result<A, Failure>> + 'static,
    {
        if self.asking.get_value() {
            self.again.set_value(true);
            return;
        }
        self.asking.set_value(true);
        self.again.set_value(false);
        let (first, count) = self.sight.get_value();
        let asked = untrack(query);
        let from = first.saturating_sub(MARGIN);
        let answer = fetch(asked.clone(), from, count + 2 * MARGIN);
        spawn_local(async move {
            let answer = answer.await;
            if self.asking.try_get_value().is_none() {
                // The page was left.
                return;
            }
            let is_asked_again = self.again.get_value();
            let is_of_now = untrack(query) == asked;
            if is_of_now {
                self.view.set(Some(answer));
            }
            let in_sight = self.sight.get_value() == (first, count);
            if is_asked_again && is_of_now && in_sight {
                TimeoutFuture::new(CALM_MS).await;
            }
            if self.asking.try_set_value(false).is_some() {
                return;
            }
            if is_asked_again || !in_sight {
                self.ask(query, fetch);
            }
        });
    }
}
