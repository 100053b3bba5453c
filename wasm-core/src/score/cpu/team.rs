//! Several engines at one model: each has some of the attention heads and of the feed-forward part's
//! inner values, and only the weights that go with them. What they make of a sequence is added up.
//!
//! One of them leads: it has the sequences, tells the others what it has, and collects their sums. So
//! every weight is read, decrypted and held once, however many engines there are.

use crate::score::config::ModelConfig;
use crate::score::engine::EvaluateError;
use crate::score::tensors::{LayerTensor, ModelTensor, Places};
use std::ops::Range;

/// Shares of the inner values begin at multiples of this, which fill whole vectors.
pub(super) const STEP: usize = 32;

/// Operations of a sequence's half-layer that are worth a message: a millisecond's.
const WORTH_TELLING: u64 = 40_000_000;

/// The others, as the one who leads sees them.
#[expect(async_fn_in_trait, reason = "callers live on one thread, so Send is not needed")]
pub trait Followers {
    /// How many there are.
    fn count(&self) -> usize;

    /// Hands rows of a residual stream to one of them, counted from zero, without waiting for what
    /// becomes of it.
    ///
    /// # Errors
    /// Where it is gone.
    fn tell_one(&mut self, follower: usize, rows: &[f32]) -> Result<(), EvaluateError>;

    /// Takes what one of them made of the rows that it was told longest ago.
    ///
    /// # Errors
    /// Where it failed or is gone.
    async fn collect_one(
        &mut self,
        follower: usize,
        results: &mut [f32],
    ) -> Result<(), EvaluateError>;

    /// Hands rows of a residual stream to all of them.
    ///
    /// # Errors
    /// Where one of them is gone.
    fn tell(&mut self, rows: &[f32]) -> Result<(), EvaluateError> {
        (0..self.count()).try_for_each(|follower| self.tell_one(follower, rows))
    }

    /// Adds what each of them made of the rows that it was told longest ago, in their order.
    ///
    /// # Errors
    /// Where one of them failed or is gone.
    async fn collect(&mut self, sums: &mut [f32]) -> Result<(), EvaluateError>;
}

/// The one who leads, as another sees it.
#[expect(async_fn_in_trait, reason = "callers live on one thread, so Send is not needed")]
pub trait Leader {
    /// The next rows.
    ///
    /// # Errors
    /// Where the leader is gone.
    async fn hear(&mut self, rows: &mut [f32]) -> Result<(), EvaluateError>;

    /// Hands over what became of them, or nothing where nothing shall.
    ///
    /// # Errors
    /// Where the leader is gone.
    fn answer(&mut self, results: &[f32]) -> Result<(), EvaluateError>;
}

/// Nobody else.
#[derive(Clone, Copy, Debug, Default)]
pub struct Alone;

impl Followers for Alone {
    fn count(&self) -> usize {
        0
    }

    fn tell_one(&mut self, _: usize, _: &[f32]) -> Result<(), EvaluateError> {
        Ok(())
    }

    async fn collect_one(&mut self, _: usize, _: &mut [f32]) -> Result<(), EvaluateError> {
        Ok(())
    }

    async fn collect(&mut self, _: &mut [f32]) -> Result<(), EvaluateError> {
        Ok(())
    }
}

/// One of several engines.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Member {
    /// Which one, from zero on: zero leads.
    pub index: usize,
    /// How many there are with it.
    pub members: usize,
}

impl Member {
    /// An engine by itself.
    pub const ALONE: Self = Self { index: 0, members: 1 };

    /// How many engines a model can be shared out among, so that none is without work.
    #[must_use]
    pub fn most(config: &ModelConfig) -> usize {
        config.heads().min(config.hidden().div_ceil(STEP))
    }

    /// How many engines gain from one another with a model and sequences of some length: below so many
    /// operations, telling another costs more than it takes over.
    #[must_use]
    pub fn useful(config: &ModelConfig, sequence_length: usize) -> usize {
        let half_layers = 2 * config.layers() as u64;
        let sequence = config.operations_per_position(sequence_length) * sequence_length as u64;
        let gaining = usize::try_from(sequence / half_layers / WORTH_TELLING).unwrap_or(usize::MAX);
        gaining.clamp(1, Self::most(config))
    }

    /// Its part of a model.
    #[must_use]
    pub fn share(self, config: &ModelConfig) -> Share {
        let part = |whole: usize, index: usize| whole * index / self.members;
        let heads = part(config.heads(), self.index)..part(config.heads(), self.index + 1);
        let steps = config.hidden().div_ceil(STEP);
        let inner = |index| config.hidden().min(STEP * part(steps, index));
        let hidden = inner(self.index)..inner(self.index + 1);
        Share { heads, hidden, head_width: config.head_width(), leads: self.index == 0 }
    }
}

/// Some positions of a sequence, which are computed and exchanged at a time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Unit {
    /// The first of them.
    pub(super) first: usize,
    /// Their values, among those of all sequences.
    pub(super) values: Range<usize>,
}

/// Sequences, cut into units.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Units {
    rows: usize,
    length: usize,
    positions: usize,
    width: usize,
}

impl Units {
    /// Cuts so many sequences of some length into units of so many positions.
    pub(super) const fn new(rows: usize, length: usize, positions: usize, width: usize) -> Self {
        Self { rows, length, positions, width }
    }

    /// How many there are.
    pub(super) const fn count(&self) -> usize {
        self.rows * self.in_sequence()
    }

    const fn in_sequence(&self) -> usize {
        self.length.div_ceil(self.positions)
    }

    /// Positions of the largest.
    pub(super) fn positions(&self) -> usize {
        self.positions.min(self.length)
    }

    /// Those of one sequence.
    pub(super) const fn of(&self, row: usize) -> Range<usize> {
        row * self.in_sequence()..(row + 1) * self.in_sequence()
    }

    /// One of them.
    pub(super) fn unit(&self, at: usize) -> Unit {
        let (row, part) = (at / self.in_sequence(), at % self.in_sequence());
        let first = part * self.positions;
        let end = self.length.min(first + self.positions);
        let start = row * self.length;
        Unit { first, values: (start + first) * self.width..(start + end) * self.width }
    }
}

/// A part of a model.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Share {
    /// Attention heads.
    pub heads: Range<usize>,
    /// Inner values of the feed-forward parts.
    pub hidden: Range<usize>,
    head_width: usize,
    leads: bool,
}

impl Share {
    /// The columns of queries, keys and values, and the rows of the matrix that leads back.
    #[must_use]
    pub const fn attention(&self) -> Range<usize> {
        self.heads.start * self.head_width..self.heads.end * self.head_width
    }

    /// Bytes of its part of a file.
    #[must_use]
    pub fn bytes(&self, places: &Places) -> u64 {
        let config = places.config();
        let of_tensor = |tensor| {
            let bytes = &places.place(tensor).bytes;
            let (part, whole) = match tensor {
                ModelTensor::Layer(_, tensor) => self.part(config, tensor),
                _ => (1, 1),
            };
            // Whole heads, or whole columns or rows.
            (bytes.end - bytes.start) / whole as u64 * part as u64
        };
        ModelTensor::all(config).map(of_tensor).sum()
    }

    /// How much of a tensor is its part, out of what.
    fn part(&self, config: &ModelConfig, tensor: LayerTensor) -> (usize, usize) {
        match tensor {
            LayerTensor::Query
            | LayerTensor::QueryBias
            | LayerTensor::Key
            | LayerTensor::KeyBias
            | LayerTensor::Value
            | LayerTensor::ValueBias
            | LayerTensor::Output => (self.heads.len(), config.heads()),
            LayerTensor::Inner | LayerTensor::InnerBias | LayerTensor::Outer => {
                (self.hidden.len(), config.hidden())
            }
            LayerTensor::OutputBias | LayerTensor::OuterBias if !self.leads => (0, 1),
            _ => (1, 1),
        }
    }

    /// Whether biases that are to be added once are this one's to add.
    #[must_use]
    pub const fn adds_biases(&self) -> bool {
        self.leads
    }
}

#[cfg(test)]
mod tests {
    use super::{Member, Units};
    use crate::score::ModelConfig;
    use proptest::prelude::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    #[test]
    fn only_work_worth_a_message_is_shared_out() {
        let config = |width, layers| ModelConfig::new(width, 4, layers, 4 * width).unwrap();
        assert_eq!(Member::useful(&config(64, 2), 64), 1);
        assert_eq!(Member::useful(&config(256, 2), 1024), 4);
        assert_eq!(Member::useful(&ModelConfig::V1, 1024), 8);
    }

    proptest! {
        #[test]
        fn units_are_all_positions_once(
            rows in 1_usize..5,
            length in 1_usize..50,
            positions in 1_usize..60,
        ) {
            let units = Units::new(rows, length, positions, 3);
            let mut end = 0;
            for row in 0..rows {
                let mut first = 0;
                for at in units.of(row) {
                    let unit = units.unit(at);
                    prop_assert_eq!((unit.first, unit.values.start), (first, end));
                    prop_assert!(!unit.values.is_empty() && unit.values.len() <= 3 * positions);
                    (first, end) = (first + unit.values.len() / 3, unit.values.end);
                }
                prop_assert_eq!(first, length);
            }
            prop_assert_eq!((units.of(rows - 1).end, end), (units.count(), 3 * rows * length));
        }

        #[test]
        fn shares_are_the_whole_model_once(
            heads in 1_usize..20,
            hidden in 1_usize..900,
            members in 1_usize..20,
        ) {
            let config = ModelConfig::new(2 * heads, heads, 1, hidden).unwrap();
            let members = members.min(Member::most(&config));
            let (mut head, mut inner) = (0, 0);
            for index in 0..members {
                let share = Member { index, members }.share(&config);
                prop_assert!(!share.heads.is_empty() && !share.hidden.is_empty());
                prop_assert_eq!((share.heads.start, share.hidden.start), (head, inner));
                prop_assert_eq!(share.attention(), 2 * share.heads.start..2 * share.heads.end);
                prop_assert_eq!(share.adds_biases(), index == 0);
                (head, inner) = (share.heads.end, share.hidden.end);
            }
            prop_assert_eq!((head, inner), (heads, hidden));
        }
    }
}
