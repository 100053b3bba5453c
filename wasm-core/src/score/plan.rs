//! What stays in memory while a model passes by: schedules, what they cost, and which to take.
//!
//! Layers depend on nothing but the residual stream, and sequences on nothing of each other. So
//! weights are visited layer by layer, and in memory there is a layer, half of one (attention, or
//! feed-forward) or a slice of a half, beside the residual streams of a group of sequences.

use super::config::{ModelConfig, SLICES, VOCABULARY};
use serde::{Deserialize, Serialize};

/// Positions that are computed at once in the tiled schedules.
pub const DEVICE_TILE: usize = 128;

/// What a byte of weights costs beside one that is parked: it is read, deciphered and made f32 before
/// it is sent.
const READING: u64 = 8;

/// What is in memory at a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Schedule {
    /// Two whole layers, one computed while the next arrives.
    LayerAhead,
    /// A whole layer.
    Layer,
    /// Half a layer, queries and feed-forward in tiles of positions.
    HalfLayer,
    /// The same, with the residual streams of so many sequences on the device to stay, and room for one
    /// of the others, which wait in the host's memory.
    HalfLayerParked {
        /// Sequences that stay.
        resident: usize,
    },
    /// A matrix, or so many-th part of the feed-forward matrices; one sequence at a time.
    Slices(usize),
}

/// The memory that an evaluation needs is not allowed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[error("scoring this model takes at least {needed} bytes of memory, {allowed} are allowed")]
pub struct PlanError {
    /// Bytes that the smallest schedule takes.
    pub needed: u64,
    /// Bytes that are allowed.
    pub allowed: u64,
}

/// What is to be evaluated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Task {
    /// The model.
    pub config: ModelConfig,
    /// Positions of a sequence.
    pub sequence_length: usize,
    /// How many sequences.
    pub rows: usize,
}

/// Bytes that may be taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Budget {
    /// Of the device's memory.
    pub device: u64,
    /// Of the host's memory, for parking.
    pub host: u64,
}

/// How to evaluate a model on a device.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Plan {
    /// What is in memory at a time.
    pub schedule: Schedule,
    /// How many sequences pass the layers together. The weights are read once for each group.
    pub group: usize,
    /// Bytes of the device's memory that this takes, staging buffers not included.
    pub device_bytes: u64,
    /// Bytes that parked residual streams take of the host's memory.
    pub host_bytes: u64,
}

impl Plan {
    /// The plan that has the least to read and to move within a budget; of equals, the one that lets
    /// weights arrive earliest.
    ///
    /// # Errors
    /// Where even a single sequence in the smallest slices needs more.
    pub fn choose(task: &Task, budget: Budget) -> Result<Self, PlanError> {
        let parked = Schedule::HalfLayerParked { resident: task.resident(budget.device) };
        let whole = [Schedule::LayerAhead, Schedule::Layer, Schedule::HalfLayer, parked];
        let plans = whole.into_iter().filter_map(|schedule| Self::largest(task, schedule, budget));
        if let Some(plan) = plans.min_by_key(|plan| plan.traffic(task)) {
            return Ok(plan);
        }
        let mut needed = u64::MAX;
        for slices in slice_counts(&task.config) {
            let device_bytes = task.device_bytes(Schedule::Slices(slices), 1);
            if device_bytes <= budget.device {
                let schedule = Schedule::Slices(slices);
                return Ok(Self { schedule, group: 1, device_bytes, host_bytes: 0 });
            }
            needed = needed.min(device_bytes);
        }
        Err(PlanError { needed, allowed: budget.device })
    }

    /// The largest group that a schedule can take through the layers.
    fn largest(task: &Task, schedule: Schedule, budget: Budget) -> Option<Self> {
        let fits = |group: usize| {
            task.device_bytes(schedule, group) <= budget.device
                && task.host_bytes(schedule, group) <= budget.host
        };
        let group = largest_that(task.rows, fits)?;
        let device_bytes = task.device_bytes(schedule, group);
        Some(Self { schedule, group, device_bytes, host_bytes: task.host_bytes(schedule, group) })
    }

    /// How often the weights are read.
    #[must_use]
    pub const fn passes(&self, task: &Task) -> u64 {
        task.rows.div_ceil(self.group) as u64
    }

    /// Bytes that cross between host and device, those of weights weighed by what they cost.
    fn traffic(&self, task: &Task) -> u64 {
        let weights = READING * self.passes(task) * 4 * task.config.parameters();
        let waiting = match self.schedule {
            Schedule::HalfLayerParked { resident } => {
                self.passes(task) * (self.group.saturating_sub(resident)) as u64
            }
            _ => 0,
        };
        weights + 4 * task.config.layers() as u64 * waiting * task.residual()
    }
}

impl Task {
    /// Bytes of one sequence's residual stream.
    #[must_use]
    pub const fn residual(&self) -> u64 {
        4 * self.sequence_length as u64 * self.config.width() as u64
    }

    /// Bytes of device memory for a group of sequences: weights, residual streams and scratch,
    /// without rotary tables and staging buffers.
    #[must_use]
    pub fn device_bytes(&self, schedule: Schedule, group: usize) -> u64 {
        let (length, group) = (self.sequence_length as u64, group as u64);
        let (width, hidden) = (self.config.width() as u64, self.config.hidden() as u64);
        let tile = (DEVICE_TILE as u64).min(length);
        let stream = length * width;
        let layer = self.config.layer_parameters();
        let scores = self.config.heads() as u64 * tile * length;
        // Normed input, queries, keys, values, a tile's scores; or normed input and hidden.
        let untiled = (4 * stream + scores).max(stream + length * hidden);
        let attention = 4 * width * width + 2 * stream + 2 * tile * width + scores;
        let feed_forward = 2 * width * hidden + tile * (width + hidden);
        let half = attention.max(feed_forward);
        let layers = match schedule {
            Schedule::LayerAhead => 2 * layer + group * stream + untiled,
            Schedule::Layer => layer + group * stream + untiled,
            Schedule::HalfLayer => half + group * stream,
            Schedule::HalfLayerParked { resident } => half + (1 + resident as u64) * stream,
            Schedule::Slices(slices) => {
                let slice = hidden.div_ceil(slices as u64);
                let attention = width * width + 5 * stream + scores;
                attention.max(2 * width * slice + 3 * stream + length * slice)
            }
        };
        let streams = match schedule {
            Schedule::HalfLayerParked { resident } => (1 + resident as u64) * stream,
            Schedule::Slices(_) => stream,
            _ => group * stream,
        };
        let outputs = (VOCABULARY + SLICES) as u64;
        let head = streams + stream + outputs * (width + length);
        4 * layers.max(head)
    }

    /// How many sequences can stay on a device while others take turns.
    fn resident(&self, device: u64) -> usize {
        let fits = |resident| {
            self.device_bytes(Schedule::HalfLayerParked { resident }, self.rows) <= device
        };
        largest_that(self.rows, fits).unwrap_or(0)
    }

    /// Bytes of host memory for residual streams that wait.
    const fn host_bytes(&self, schedule: Schedule, group: usize) -> u64 {
        match schedule {
            Schedule::HalfLayerParked { resident } => {
                group.saturating_sub(resident) as u64 * self.residual()
            }
            _ => 0,
        }
    }
}

/// Into how many slices the feed-forward matrices can be cut: halves, quarters, and so on.
pub(super) fn slice_counts(config: &ModelConfig) -> impl Iterator<Item = usize> + use<> {
    let hidden = config.hidden();
    std::iter::successors(Some(1), |slices| Some(slices * 2)).take_while(move |n| *n <= hidden)
}

/// The largest number up to `most` that fits, where everything below a number that fits does too.
pub(super) fn largest_that(most: usize, fits: impl Fn(usize) -> bool) -> Option<usize> {
    let (mut good, mut bad) = (0, most + 1);
    while good + 1 < bad {
        let middle = good.midpoint(bad);
        if fits(middle) { good = middle } else { bad = middle }
    }
    (good > 0).then_some(good)
}

#[cfg(test)]
mod tests {
    use super::{Budget, Plan, PlanError, Schedule, Task, largest_that};
    use crate::score::ModelConfig;
    use proptest::prelude::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    const MIB: u64 = 1 << 20;

    const fn v1(rows: usize) -> Task {
        Task { config: ModelConfig::V1, sequence_length: 1024, rows }
    }

    fn choose(rows: usize, device: u64, host: u64) -> Result<Plan, PlanError> {
        Plan::choose(&v1(rows), Budget { device: device * MIB, host: host * MIB })
    }

    #[test]
    fn schedules_take_the_published_memory() {
        for (schedule, one, sixteen) in [
            (Schedule::Layer, 240, 360),
            (Schedule::LayerAhead, 432, 552),
            (Schedule::HalfLayer, 141, 261),
            (Schedule::HalfLayerParked { resident: 0 }, 141, 141),
            (Schedule::HalfLayerParked { resident: 3 }, 165, 165),
            (Schedule::Slices(8), 60, 60),
        ] {
            let mib = |group| v1(16).device_bytes(schedule, group).div_ceil(MIB);
            // The page rounds to whole numbers.
            assert!(mib(1).abs_diff(one) <= 1, "{schedule:?}: {}", mib(1));
            assert!(mib(16).abs_diff(sixteen) <= 1, "{schedule:?}: {}", mib(16));
        }
    }

    #[test]
    fn more_memory_reads_weights_less_often_and_earlier() {
        let plan = |rows, device, host| {
            let plan = choose(rows, device, host).unwrap();
            (plan.schedule, plan.group)
        };
        assert_eq!(plan(16, 1024, 0), (Schedule::LayerAhead, 16));
        assert_eq!(plan(16, 400, 0), (Schedule::Layer, 16));
        assert_eq!(plan(16, 300, 0), (Schedule::HalfLayer, 16));
        assert_eq!(plan(16, 150, 0), (Schedule::HalfLayer, 2));
        assert_eq!(plan(16, 150, 200), (Schedule::HalfLayerParked { resident: 1 }, 16));
        assert_eq!(plan(16, 200, 0), (Schedule::HalfLayer, 8));
        assert_eq!(plan(16, 200, 200), (Schedule::HalfLayerParked { resident: 7 }, 16));
        assert_eq!(plan(16, 200, 60), (Schedule::HalfLayer, 8));
        assert_eq!(plan(16, 100, 200).1, 1);
        assert!(matches!(plan(16, 100, 200).0, Schedule::Slices(_)));
        assert_eq!(plan(1, 500, 0), (Schedule::LayerAhead, 1));
    }

    #[test]
    fn a_megabyte_of_data_is_evaluated_in_300_mib() {
        let plan = choose(1024, 300, 0).unwrap();
        assert_eq!((plan.schedule, plan.group), (Schedule::HalfLayer, 20));
        assert_eq!(plan.passes(&v1(1024)), 52);
    }

    #[test]
    fn what_waits_on_the_host_comes_on_top_of_what_the_device_holds() {
        let plan = choose(1024, 300, 64).unwrap();
        assert_eq!((plan.schedule, plan.group), (Schedule::HalfLayerParked { resident: 19 }, 27));
        assert_eq!((plan.passes(&v1(1024)), plan.host_bytes), (38, 64 * MIB));
        // What the device holds by itself waits nowhere.
        assert_eq!(choose(16, 300, 64).unwrap().host_bytes, 0);
    }

    #[test]
    fn too_little_memory_is_told_with_what_would_do() {
        let error = choose(1, 10, 0).unwrap_err();
        assert_eq!(error.allowed, 10 * MIB);
        assert!(error.needed < 61 * MIB);
        let budget = Budget { device: error.needed, host: 0 };
        assert_eq!(Plan::choose(&v1(1), budget).unwrap().device_bytes, error.needed);
    }

    proptest! {
        #[test]
        fn no_plan_exceeds_its_budget(rows in 1_usize..2000, device in 1_u64..2000, host in 0_u64..9000) {
            if let Ok(plan) = choose(rows, device, host) {
                prop_assert!(plan.device_bytes <= device * MIB);
                prop_assert!(plan.host_bytes <= host * MIB);
                prop_assert!(plan.group >= 1 && plan.group <= rows);
                let again = v1(rows).device_bytes(plan.schedule, plan.group);
                prop_assert_eq!(plan.device_bytes, again);
            }
        }

        #[test]
        fn the_largest_that_fits_is_found(most in 0_usize..50, limit in 0_usize..60) {
            let expected = most.min(limit);
            prop_assert_eq!(largest_that(most, |n| n <= limit), (expected > 0).then_some(expected));
        }
    }
}
