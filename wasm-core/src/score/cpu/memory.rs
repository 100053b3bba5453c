//! How much memory the CPU's engine takes, and how it makes do with less.

use super::TILE;
use super::matrix::DEPTH_BLOCK;
use super::team::STEP;
use crate::score::config::{SLICES, VOCABULARY};
use crate::score::plan::{PlanError, Task, largest_that, slice_counts};
use crate::score::weights_file::PIECE;

/// How to evaluate a model within a budget.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HostPlan {
    /// How many sequences pass the layers together. The weights are read once for each group.
    pub group: usize,
    /// Into how many slices the feed-forward matrices are cut. More than one, and attention has its
    /// matrices two at a time.
    pub slices: usize,
    /// Bytes that this takes at most.
    pub bytes: u64,
}

/// The machine, as far as memory depends on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Machine {
    /// Threads that compute at a time.
    pub threads: usize,
    /// Columns of a panel: [`panel_width`](super::matrix::panel_width).
    pub panel: usize,
    /// Engines that share the model, on this machine and at most as large.
    pub members: usize,
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
}

/// Bytes for a group of sequences and feed-forward matrices in slices.
fn bytes(task: &Task, machine: Machine, group: usize, slices: usize) -> u64 {
    let padded = |columns: u64| columns.next_multiple_of(machine.panel as u64);
    let config = &task.config;
    let (length, group) = (task.sequence_length as u64, group as u64);
    let (width, hidden) = (config.width() as u64, config.hidden() as u64);
    let (heads, head_width) = (config.heads() as u64, config.head_width() as u64);
    let members = machine.members as u64;
    // The largest shares.
    let heads = heads.div_ceil(members);
    let own_width = heads * head_width;
    let step = STEP as u64;
    let slice = hidden.min(hidden.div_ceil(step).div_ceil(members) * step);
    let slice = slice.div_ceil(slices as u64);
    let tile = (TILE as u64).min(length);

    let asking = width * padded(own_width) + own_width * padded(width);
    let telling = 2 * width * padded(own_width);
    let attention = if slices == 1 { asking + telling } else { asking.max(telling) };
    let memory = heads * (head_width * padded(length) + length * padded(head_width));
    let feed_forward = width * padded(slice) + slice * padded(width);
    let sums = if slices == 1 { 0 } else { length * width };
    // A batch's directions as they are drawn and as they are used, and the predictor.
    let (outputs, slices) = (padded(VOCABULARY as u64), SLICES as u64);
    let head = width * (outputs + padded(slices) + slices);
    let matrices = (attention + memory).max(feed_forward + sums).max(head);

    let tables = group * length * head_width;
    // Whoever leads has all, and has sent two on to each of the others; these have what they hear,
    // what they make of it, and as much on its way.
    let streams = if members == 1 { group } else { (group + 2 * (members - 1)).max(4) };
    let streams = streams * length * width + tables;
    let working =
        (length.max(slice) + 4 * width + VOCABULARY as u64 + DEPTH_BLOCK as u64 + 6) * tile;
    let values = matrices + streams + machine.threads as u64 * working;
    // What is read of a file, and the same as f32, which may be twice as much.
    let piece = PIECE.min(4 * width * hidden.max(VOCABULARY as u64));
    // Columns are read together with those of others between them.
    let between = if members == 1 { 0 } else { 2 * PIECE };
    4 * values + 3 * piece + between
}

#[cfg(test)]
mod tests {
    use super::{HostPlan, Machine, bytes};
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
        assert_eq!(plan.slices, 1);
        assert!(plan.group >= 4, "{plan:?}");
        let least = HostPlan::choose(&v1(16), MACHINE, 110 * MIB).unwrap();
        assert_eq!(least.group, 1);
        assert!(least.slices > 1);
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
