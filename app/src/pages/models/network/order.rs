//! Which models are listed, and in which order.

use bridge::models::{ModelRow, ModelTally, Standing};
use std::cmp::Ordering;
use std::collections::BTreeMap;
use wasm_core::address::ModelId;

/// What a list is ordered by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Column {
    Standing,
    Stake,
    Commission,
    Drawn,
    Wins,
    Size,
    Reports,
}

/// What targets say of each model.
pub(super) type Tallies = BTreeMap<ModelId, ModelTally>;

/// A list as it is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Order {
    pub(super) by: Column,
    pub(super) ascending: bool,
    /// Part of an id, an owner or a name.
    pub(super) search: String,
    /// Only models that are drawn.
    pub(super) active_only: bool,
}

impl Order {
    /// Orders by a column; by the same one the other way round.
    pub(super) fn choose(&mut self, column: Column) {
        // Most first, but for states, which begin with the active ones.
        let first = column == Column::Standing;
        self.ascending = if self.by == column { !self.ascending } else { first };
        self.by = column;
    }

    /// What is listed: the wallet's own first, whatever the order.
    pub(super) fn apply(&self, rows: &[ModelRow], tallies: &Tallies) -> Vec<ModelRow> {
        let mut rows: Vec<ModelRow> = rows.iter().filter(|row| self.lists(row)).cloned().collect();
        rows.sort_by(|a, b| {
            let order = self.compare(a, b, tallies);
            let order = if self.ascending { order } else { order.reverse() };
            b.own.cmp(&a.own).then(order).then(a.id.cmp(&b.id))
        });
        rows
    }

    fn lists(&self, row: &ModelRow) -> bool {
        let search = self.search.trim().to_lowercase();
        let found = |text: String| text.to_lowercase().contains(&search);
        let active = matches!(row.standing, Standing::Active { .. });
        (active || !self.active_only)
            && (search.is_empty()
                || found(row.id.to_string())
                || found(row.owner.to_string())
                || row.name.clone().is_some_and(found))
    }

    fn compare(&self, a: &ModelRow, b: &ModelRow, tallies: &Tallies) -> Ordering {
        let tally = |row: &ModelRow| tallies.get(&row.id).map(|tally| (tally.drawn, tally.wins));
        let (of_a, of_b) = (tally(a).unwrap_or_default(), tally(b).unwrap_or_default());
        match self.by {
            Column::Standing => a.standing.cmp(&b.standing),
            Column::Stake => a.stake.cmp(&b.stake),
            Column::Commission => a.commission_bps.cmp(&b.commission_bps),
            Column::Drawn => of_a.0.cmp(&of_b.0),
            Column::Wins => of_a.1.cmp(&of_b.1),
            Column::Size => a.size.cmp(&b.size),
            Column::Reports => a.reports.cmp(&b.reports),
        }
    }
}
