//! What of the table is in the page, and asking for it as scores come in.

use crate::matching::Matching;
use crate::parts::window::Window;
use bridge::matching::{MatchRow, MatchTable};
use bridge::protocol::Failure;
use leptos::prelude::*;

/// What there is to show.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Seen {
    Nothing,
    Failed(Failure),
    Empty,
    Rows,
}

/// What of the table is in the page.
#[derive(Clone, Copy)]
pub(super) struct Table {
    matching: Matching,
    window: Window<MatchTable>,
}

/// The table as it is now, and as it moves.
pub(super) fn use_table(matching: Matching) -> Table {
    let table = Table { matching, window: Window::new() };
    let has_ground = Memo::new(move |_| matching.ground.read().is_some());
    Effect::new(move |_| {
        matching.query.track();
        matching.table_moves.track();
        if has_ground.get() {
            table.ask();
        } else {
            // Rows of another network or account must not stay, not even for a moment.
            table.window.view.set(None);
        }
    });
    table
}

impl Table {
    /// What there is to show. Tracked.
    pub(super) fn seen(self) -> Seen {
        match &*self.window.view.read() {
            None if self.matching.ground_failure.read().is_some() => Seen::Empty,
            None => Seen::Nothing,
            Some(Err(failure)) => Seen::Failed(failure.clone()),
            Some(Ok(table)) if table.total > 0 => Seen::Rows,
            Some(Ok(_)) => Seen::Empty,
        }
    }

    /// How many rows there are in all. Tracked.
    pub(super) fn total(self) -> usize {
        self.window.of(|table| table.total).unwrap_or_default()
    }

    /// How many pairs are near enough. Tracked.
    pub(super) fn passing(self) -> usize {
        self.window.of(|table| table.passing).unwrap_or_default()
    }

    /// Targets whose models all scored a file. Tracked.
    pub(super) fn covered(self) -> usize {
        self.window.of(|table| table.targets).unwrap_or_default()
    }

    /// The rows of the window, and the place of the first. Tracked.
    pub(super) fn rows(self) -> (usize, Vec<MatchRow>) {
        self.window.of(|table| (table.from, table.rows.clone())).unwrap_or_default()
    }

    /// Rows from `first` on are in sight, `count` of them.
    pub(super) fn look_at(self, first: usize, count: usize) {
        if self.window.look_at(first, count) {
            self.ask();
        }
    }

    /// Asks for the rows in sight.
    pub(super) fn ask(self) {
        self.window.ask(
            move || {
                let ground = self.matching.ground.read();
                (self.matching.query.get(), ground.as_ref().map(|ground| ground.at_ms))
            },
            move |(query, _), from, count| {
                let bridge = self.matching.scoring().bridge();
                async move { bridge.match_table(query, from, count).await }
            },
        );
    }
}
