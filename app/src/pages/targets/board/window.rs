//! What of the board is in the page, and asking for it as it moves.

use crate::parts::window::Window;
use crate::session::{Session, use_session};
use crate::targets::{Targets, use_targets};
use bridge::protocol::Failure;
use bridge::targets::{BoardRow, BoardView, Loading, Overview};
use leptos::prelude::*;
use wasm_core::targets::Query;

/// What there is to show.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Seen {
    Nothing,
    Failed(Failure),
    Empty,
    Rows,
}

/// What of the board is in the page.
#[derive(Clone, Copy)]
pub(super) struct Board {
    session: Session,
    pub(super) targets: Targets,
    window: Window<BoardView>,
}

/// The board as it is now, and as it moves.
pub(super) fn use_board() -> Board {
    let board = Board { session: use_session(), targets: use_targets(), window: Window::new() };
    let scope = board.session.scope();
    let network =
        Memo::new(move |_| scope.get().map(|scope| (scope.account, scope.network, scope.chain)));
    Effect::new(move |before: Option<_>| {
        let now = network.get();
        board.query();
        if before.is_some_and(|before| before != now) {
            // Rows of another network must not stay, not even for a moment.
            board.window.view.set(None);
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
        match &*self.window.view.read() {
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
        self.window.of(|view| view.total).unwrap_or_default()
    }

    /// The rows of the window, and the place of the first. Tracked.
    pub(super) fn rows(self) -> (usize, Vec<BoardRow>) {
        self.window.of(|view| (view.from, view.rows.clone())).unwrap_or_default()
    }

    /// What there is on the board in all. Tracked.
    pub(super) fn overview(self) -> Overview {
        self.window.of(|view| view.overview.clone()).unwrap_or_default()
    }

    /// Whether all targets have come; nothing while nobody said. Tracked.
    pub(super) fn loading(self) -> Option<Loading> {
        self.window.of(|view| view.loading.clone())
    }

    /// Rows from `first` on are in sight, `count` of them.
    pub(super) fn look_at(self, first: usize, count: usize) {
        if self.window.look_at(first, count) {
            self.ask();
        }
    }

    /// Asks again after a failure.
    pub(super) fn ask_again(self) {
        self.ask();
    }

    fn ask(self) {
        self.window.ask(
            move || self.query(),
            move |query, from, count| {
                let bridge = self.session.bridge();
                async move { bridge.board(query, from, count).await }
            },
        );
    }
}
