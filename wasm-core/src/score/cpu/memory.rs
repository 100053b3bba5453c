//! How much memory the CPU's engines take, and how they make do with less.

use super::matrix::DEPTH_BLOCK;
use super::team::Member;
use super::{TILE, TILE_STEP};
use crate::score::config::{SLICES, VOCABULARY};
use crate::score::plan::{PlanError, Task, largest_that, slice_counts};
use crate::score::weights_file::PIECE;
use serde::{Deserialize, Serialize};

/// Bytes of a file that each of several engines reads at once where memory is short.
const SMALL_PIECE: u64 = 1 << 20;
/// Units of a sequence that several engines exchange where memory is short.
const SMALL_UNITS: usize = 8;
/// Units on their way to another engine and back where memory is short: one that it computes, and one
/// that it finds when it is through.
pub(super) const AHEAD: usize = 2;
/// Columns of a panel on any machine.
const LARGEST_PANEL: usize = 32;

/// How to evaluate a model within a budget.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HostPlan {
    /// How many sequences pass the layers together. The weights are read once for each group.
    pub group: usize,
    /// Into how many slices the feed-forward matrices are cut. More than one, and attention has its
    /// matrices two at a time, and engines exchange less at a time.
    pub slices: usize,
    /// Bytes that this takes at most: of all engines that share the model.
    pub bytes: u64,
}

/// The machine, as far as memory depends on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Machine {
    /// Threads that compute at a time.
    pub threads: usize,
    /// Columns of a panel: [`panel_width`](super::matrix::panel_width).
    pub panel: usize,
    /// Engines that share the model and the memory.
    pub members: usize,
}

/// What engines in workers of their own may take together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Allowance {
    /// Bytes of all workers.
    pub bytes: u64,
    /// Bytes of these that go to each worker before it evaluates anything.
    pub each: u64,
}

impl Allowance {
    /// What a tab of 200 MiB leaves them: without the page and the workers beside it, and without what a
    /// browser needs for each of them.
    pub const TAB: Self = Self { bytes: 144 << 20, each: 6 << 20 };

    /// What is left for so many to evaluate a model.
    #[must_use]
    pub const fn of(&self, members: usize) -> u64 {
        self.bytes.saturating_sub(self.each * members as u64)
    }

    /// How many engines, of at most so many, share a model within it: as many as fit, as weights that
    /// have to be read more often cost less than a processor's core that stands idle.
    ///
    /// # Errors
    /// Where not even one fits.
    pub fn members(&self, task: &Task, most: usize) -> Result<usize, PlanError> {
        let plan = |members| {
            let machine = Machine { threads: 1, panel: LARGEST_PANEL, members };
            HostPlan::choose(task, machine, self.of(members))
        };
        match (2..=most).rev().find(|members| plan(*members).is_ok()) {
            Some(members) => Ok(members),
            None => plan(1).map(|_| 1),
        }
    }
}

impl HostPlan {
    /// The plan that reads the weights least often; slices only where whole halves of a layer do
    /// not fit.
    ///
    /// # Errors
    /// Where even a single sequence in the smallest slices takes more than is allowed.
    pub fn choose(task: &Task, machine: Machine, allowed: u64) -> Result<Self, PlanError> {
        let whole = |group| bytes(task, machine, group, 1);
        if let Some(group) = largest_that(task.rows, |group| whole(group) <= allowed) {
            return Ok(Self { group, slices: 1, bytes: whole(group) });
        }
        let mut needed = u64::MAX;
        for slices in slice_counts(&task.config).skip(1) {
            let bytes = bytes(task, machine, 1, slices);
            if bytes <= allowed {
                return Ok(Self { group: 1, slices, bytes });
            }
            needed = needed.min(bytes);
        }
        Err(PlanError { needed: needed.min(whole(1)), allowed })
    }

    /// Bytes of a file that are read at once.
    pub(super) const fn piece(&self, members: usize) -> u64 {
        piece(members, self.slices)
    }
}

const fn piece(members: usize, slices: usize) -> u64 {
    if members > 1 && slices > 1 { SMALL_PIECE } else { PIECE }
}

/// Positions that several engines compute and exchange at a time: so many that threads have enough to
/// do, and so few that there is always something to do while others are on their way.
pub(super) fn unit(length: usize, threads: usize, members: usize, slices: usize) -> usize {
    let units = match (members, slices) {
        (1, _) => return length,
        // A short sequence stays whole: every unit reads the weights anew.
        (_, 1) => length.div_ceil(TILE * threads),
        _ => SMALL_UNITS,
    };
    length.div_ceil(units).next_multiple_of(TILE_STEP)
}

/// Bytes of all engines for a group of sequences and feed-forward matrices in slices.
fn bytes(task: &Task, machine: Machine, group: usize, slices: usize) -> u64 {
    (0..machine.members).map(|index| bytes_of(index, task, machine, group, slices)).sum()
}

/// Bytes of one of them.
fn bytes_of(index: usize, task: &Task, machine: Machine, group: usize, slices: usize) -> u64 {
    let Machine { threads, panel, members } = machine;
    let padded = |columns: u64| columns.next_multiple_of(panel as u64);
    let config = &task.config;
    let share = Member { index, members }.share(config);
    let (length, group) = (task.sequence_length as u64, group as u64);
    let (width, head_width) = (config.width() as u64, config.head_width() as u64);
    let (heads, hidden) = (share.heads.len() as u64, share.hidden.len() as u64);
    let (own_width, slice) = (heads * head_width, hidden.div_ceil(slices as u64));
    let unit = (unit(task.sequence_length, threads, members, slices) as u64).min(length);
    let tile = (TILE as u64).min(unit);

    let asking = width * padded(own_width) + own_width * padded(width);
    let telling = 2 * width * padded(own_width);
    let attention = if slices == 1 { asking + telling } else { asking.max(telling) };
    let memory = heads * (head_width * padded(length) + length * padded(head_width));
    let feed_forward = width * padded(slice) + slice * padded(width);
    let sums = if slices > 1 && index == 0 { length * width } else { 0 };
    // A batch's directions as they are drawn and as they are used, and the predictor.
    let outputs = padded(VOCABULARY as u64) + padded(SLICES as u64) + SLICES as u64;
    let matrices = (attention + memory).max(feed_forward + sums).max(width * outputs);

    let streams = match (index, slices) {
        (0, _) => group * length,
        // What it hears, and what it makes of that; and what is on its way here and back.
        (_, 1) => length + unit + group.min(2) * length,
        _ => (2 + AHEAD as u64) * unit,
    };
    let tables = group * length * head_width;
    let wide = length.max(slice).max(VOCABULARY as u64);
    let working = (width + 4 * own_width + wide + DEPTH_BLOCK as u64 + 6) * tile;
    // Memory that goes and comes back in parts of several sizes has holes, as large as the largest of them.
    let holes = width * padded(slice.max(own_width));
    let values = matrices + holes + streams * width + tables + threads as u64 * working;
    // What is read of a file, and the same as f32, which may be twice as much.
    let piece = piece(members, slices).min(4 * width * hidden.max(VOCABULARY as u64));
    // Columns are read together with those of others between them.
    let between = if members == 1 { 0 } else { 2 * piece };
    4 * values + 3 * piece + between
}

#[cfg(test)]
mod tests {
    use super::{Allowance, HostPlan, LARGEST_PANEL, Machine, bytes};
    use crate::score::ModelConfig;
    use crate::score::plan::Task;
    use proptest::prelude::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    const MIB: u64 = 1 << 20;
    const MACHINE: Machine = Machine { threads: 1, panel: 8, members: 1 };

    const fn v1(rows: usize) -> Task {
        Task { config: ModelConfig::V1, sequence_length: 1024, rows }
    }

    #[test]
    fn one_sequence_of_the_networks_model_fits_200_mib() {
        let plan = HostPlan::choose(&v1(16), MACHINE, 200 * MIB).unwrap();
        assert_eq!((plan.group, plan.slices), (1, 2));
        let plan = HostPlan::choose(&v1(16), MACHINE, 300 * MIB).unwrap();
        assert_eq!(plan.slices, 1);
        assert!(plan.group >= 4, "{plan:?}");
        let least = HostPlan::choose(&v1(16), MACHINE, 110 * MIB).unwrap();
        assert_eq!(least.group, 1);
        assert!(least.slices > 1);
    }

    #[test]
    fn workers_share_the_networks_model_in_one_tab_or_fewer_of_them_do() {
        // More than four exchange more than fits; these have the model to themselves.
        for (workers, sharing) in [1, 2, 3, 4, 4, 4, 4, 4].into_iter().enumerate() {
            for rows in [1, 16, 1024] {
                let members = Allowance::TAB.members(&v1(rows), workers + 1).unwrap();
                assert_eq!(members, sharing, "of {}", workers + 1);
                for panel in [8, 16, LARGEST_PANEL] {
                    let machine = Machine { threads: 1, panel, members };
                    let left = Allowance::TAB.of(members);
                    let plan = HostPlan::choose(&v1(rows), machine, left).unwrap();
                    let each = Allowance::TAB.each * members as u64;
                    assert!(plan.bytes + each <= 144 * MIB, "{members}: {plan:?}");
                    assert_eq!(plan.group, 1);
                }
            }
        }
    }

    #[test]
    fn a_small_model_is_shared_by_all_workers() {
        let config = ModelConfig::new(256, 8, 4, 1024).unwrap();
        let task = Task { config, sequence_length: 1024, rows: 16 };
        assert_eq!(Allowance::TAB.members(&task, 8), Ok(8));
    }

    #[test]
    fn workers_take_the_published_memory() {
        for (slices, expected) in [
            (1, [233, 282, 324, 366, 532]),
            (2, [140, 137, 149, 160, 208]),
            (4, [98, 96, 116, 124, 174]),
            (8, [97, 96, 110, 120, 172]),
        ] {
            let mib =
                |members| bytes(&v1(1), Machine { members, ..MACHINE }, 1, slices).div_ceil(MIB);
            assert_eq!([1, 2, 3, 4, 8].map(mib), expected, "{slices} slices");
        }
    }

    #[test]
    fn too_little_memory_is_told_with_what_would_do() {
        let error = HostPlan::choose(&v1(1), MACHINE, MIB).unwrap_err();
        let plan = HostPlan::choose(&v1(1), MACHINE, error.needed).unwrap();
        assert_eq!(plan.bytes, error.needed);
    }

    proptest! {
        #[test]
        fn no_plan_exceeds_its_budget(
            rows in 1_usize..99,
            threads in 1_usize..9,
            members in 1_usize..9,
            mib in 1_u64..999,
        ) {
            let machine = Machine { threads, panel: 32, members };
            if let Ok(plan) = HostPlan::choose(&v1(rows), machine, mib * MIB) {
                prop_assert!(plan.bytes <= mib * MIB && plan.group <= rows);
                prop_assert_eq!(plan.bytes, bytes(&v1(rows), machine, plan.group, plan.slices));
            }
        }
    }
}
