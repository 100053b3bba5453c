//! What of the board is in the page: a window of rows around those in sight, asked for as one scrolls
//! and when the board moves.

use crate::session::{Session, use_session};
use crate::targets::{Targets, use_targets};
use bridge::protocol::Failure;
use bridge::targets::{BoardRow, BoardView, Loading, Overview};
use gloo_timers::future::TimeoutFuture;
use leptos::prelude::*;
use leptos::task::spawn_local;
use wasm_core::targets::Query;

/// Rows that are kept above and below those in sight.
const MARGIN: usize = 24;
/// Rows asked for before it is known how many are in sight.
const FIRST: usize = 40;
/// Between two questions because the board moved; milliseconds.
const CALM_MS: u32 = 400;

/// What there is to show.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Seen {
    Nothing,
    Failed(Failure),
    Empty,
    Rows,
}

/// What of the board is in the page.
#[derive(Clone, Copy, Debug)]
pub(super) struct Board {
    session: Session,
    pub(super) targets: Targets,
    view: RwSignal<Option<Result<BoardView, Failure>>>,
    /// First row in sight, and how many are.
    sight: StoredValue<(usize, usize)>,
    asking: StoredValue<bool>,
    /// Something changed while an answer was on its way.
    again: StoredValue<bool>,
}

/// The board as it is now, and as it moves.
pub(super) fn use_board() -> Board {
    let board = Board {
        session: use_session(),
        targets: use_targets(),
        view: RwSignal::new(None),
        sight: StoredValue::new((0, FIRST)),
        asking: StoredValue::new(false),
        again: StoredValue::new(false),
    };
    let scope = board.session.scope();
    let network =
        Memo::new(move |_| scope.get().map(|scope| (scope.account, scope.network, scope.chain)));
    Effect::new(move |before: Option<_>| {
        let now = network.get();
        board.query();
        if before.is_some_and(|before| before != now) {
            // Rows of another network must not stay, not even for a moment.
            board.view.set(None);
        }
        board.ask();
        now
    });
    let epoch = super::super::words::epoch(board.session);
    Effect::new(move |before: Option<_>| {
        let moves = (board.targets.board_moves.get(), epoch.get());
        if before.is_some() {
            board.ask();
        }
        moves
    });
    board
}

impl Board {
    /// What is asked for. Tracked.
    fn query(self) -> Query {
        let of = self.targets.mine.get().then(|| self.session.account()).flatten();
        Query { of, ..self.targets.query.get() }
    }

    /// What there is to show. Tracked.
    pub(super) fn seen(self) -> Seen {
        match &*self.view.read() {
            None => Seen::Nothing,
            Some(Err(failure)) => Seen::Failed(failure.clone()),
            Some(Ok(view)) if view.total > 0 => Seen::Rows,
            Some(Ok(view)) if view.overview.known == 0 && view.loading == Loading::Coming => {
                Seen::Nothing
            }
            Some(Ok(_)) => Seen::Empty,
        }
    }

    /// How many rows there are in all. Tracked.
    pub(super) fn total(self) -> usize {
        self.of(|view| view.total).unwrap_or_default()
    }

    /// The rows of the window, and the place of the first. Tracked.
    pub(super) fn rows(self) -> (usize, Vec<BoardRow>) {
        self.of(|view| (view.from, view.rows.clone())).unwrap_or_default()
    }

    /// What there is on the board in all. Tracked.
    pub(super) fn overview(self) -> Overview {
        self.of(|view| view.overview.clone()).unwrap_or_default()
    }

    /// Whether all targets have come; nothing while nobody said. Tracked.
    pub(super) fn loading(self) -> Option<Loading> {
        self.of(|view| view.loading.clone())
    }

    fn of<T>(self, pick: impl FnOnce(&BoardView) -> T) -> Option<T> {
        match &*self.view.read() {
            Some(Ok(view)) => Some(pick(view)),
            _ => None,
        }
    }

    /// Rows from `first` on are in sight, `count` of them.
    pub(super) fn look_at(self, first: usize, count: usize) {
        self.sight.set_value((first, count));
        let here = untrack(|| self.of(|view| (view.from, view.from + view.rows.len(), view.total)));
        let Some((from, to, total)) = here else { return };
        // Half of the margin is left before more is asked for.
        let is_short_above = from > 0 && first < from + MARGIN / 2;
        let is_short_below = to < total && first + count + MARGIN / 2 > to;
        if is_short_above || is_short_below {
            self.ask();
        }
    }

    /// Asks again after a failure.
    pub(super) fn ask_again(self) {
        self.ask();
    }

    /// Asks for the window, unless an answer is on its way; then once that came.
    fn ask(self) {
        if self.asking.get_value() {
            self.again.set_value(true);
            return;
        }
        self.asking.set_value(true);
        self.again.set_value(false);
        let (first, count) = self.sight.get_value();
        let query = untrack(|| self.query());
        let from = first.saturating_sub(MARGIN);
        let bridge = self.session.bridge();
        spawn_local(async move {
            let answer = bridge.board(query, from, count + 2 * MARGIN).await;
            if self.asking.try_get_value().is_none() {
                // The page was left.
                return;
            }
            let is_asked_again = self.again.get_value();
            let is_of_now = untrack(|| self.query()) == query;
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
                self.ask();
            }
        });
    }
}
