//! How data becomes what a model reads: tokens, their positions, and the tokens to be foretold.

use super::config::{Batching, EOS, PAD};
use std::ops::Range;

/// Data that cannot be scored.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DataError {
    /// There is none.
    #[error("there is no data to score")]
    Empty,
    /// Its positions have no numbers.
    #[error("data of {0} bytes is too long to be scored")]
    TooLong(u64),
    /// Token ids and positions that are no whole number of sequences.
    #[error(
        "{tokens} tokens at {positions} positions are not whole sequences of {sequence_length}"
    )]
    Ragged {
        /// How many tokens.
        tokens: usize,
        /// How many positions.
        positions: usize,
        /// Positions of a sequence.
        sequence_length: usize,
    },
    /// A token id outside the vocabulary.
    #[error("there is no token {0}")]
    UnknownToken(u32),
}

/// Data in sequences of equal length. Sequence `n` of `rows` begins at `n * sequence_length`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sequences {
    batching: Batching,
    tokens: Vec<u32>,
    positions: Vec<u32>,
    targets: Vec<u32>,
}

impl Sequences {
    /// Cuts data as the network does. A last sequence that is not full ends with [`EOS`], then
    /// [`PAD`], which all share the position after the last byte.
    ///
    /// # Errors
    /// Where there is no data, or so much that a position would need more than 32 bits.
    pub fn of(data: &[u8], batching: Batching) -> Result<Self, DataError> {
        let length = batching.sequence_length();
        if data.is_empty() {
            return Err(DataError::Empty);
        }
        let end = u32::try_from(data.len()).map_err(|_| DataError::TooLong(data.len() as u64))?;
        let positions_in_all = data.len().div_ceil(length) * length;
        let mut tokens: Vec<_> = data.iter().copied().map(u32::from).collect();
        if tokens.len() < positions_in_all {
            tokens.push(EOS);
        }
        tokens.resize(positions_in_all, PAD);
        let mut positions: Vec<_> = (0..end).collect();
        positions.resize(positions_in_all, end);
        Ok(Self { batching, targets: targets(&tokens, length), tokens, positions })
    }

    /// Sequences of any tokens at any positions.
    ///
    /// # Errors
    /// Where there are none, they are not whole sequences, or a token is unknown.
    pub fn from_ids(
        tokens: Vec<u32>,
        positions: Vec<u32>,
        batching: Batching,
    ) -> Result<Self, DataError> {
        let length = batching.sequence_length();
        if tokens.is_empty() {
            return Err(DataError::Empty);
        }
        if tokens.len() != positions.len() || !tokens.len().is_multiple_of(length) {
            return Err(DataError::Ragged {
                tokens: tokens.len(),
                positions: positions.len(),
                sequence_length: length,
            });
        }
        if let Some(unknown) = tokens.iter().find(|token| **token as usize >= super::VOCABULARY) {
            return Err(DataError::UnknownToken(*unknown));
        }
        Ok(Self { batching, targets: targets(&tokens, length), tokens, positions })
    }

    /// How they were cut.
    #[must_use]
    pub const fn batching(&self) -> Batching {
        self.batching
    }

    /// How many sequences there are.
    #[must_use]
    pub const fn rows(&self) -> usize {
        self.tokens.len() / self.batching.sequence_length()
    }

    /// The token ids of some sequences, row-major.
    #[must_use]
    pub fn tokens(&self, rows: Range<usize>) -> &[u32] {
        &self.tokens[self.span(rows)]
    }

    /// The positions of some sequences, row-major.
    #[must_use]
    pub fn positions(&self, rows: Range<usize>) -> &[u32] {
        &self.positions[self.span(rows)]
    }

    /// The tokens that some sequences foretell, row-major; [`PAD`] is not counted.
    #[must_use]
    pub fn targets(&self, rows: Range<usize>) -> &[u32] {
        &self.targets[self.span(rows)]
    }

    /// The batches, as ranges of sequences, in order.
    pub fn batches(&self) -> impl Iterator<Item = Range<usize>> {
        let (rows, size) = (self.rows(), self.batching.batch_rows());
        (0..rows).step_by(size).map(move |start| start..rows.min(start + size))
    }

    /// Those of some sequences, each with its number.
    pub fn batches_in(
        &self,
        rows: &Range<usize>,
    ) -> impl Iterator<Item = (usize, Range<usize>)> + use<'_> {
        let Range { start, end } = *rows;
        let part = move |of: Range<usize>| of.start.max(start)..of.end.min(end);
        let parts = self.batches().map(part).enumerate();
        parts.filter(|(_, part)| !part.is_empty())
    }

    const fn span(&self, rows: Range<usize>) -> Range<usize> {
        let length = self.batching.sequence_length();
        rows.start * length..rows.end * length
    }
}

/// What each position foretells: the next token of its sequence; the last of them nothing.
fn targets(tokens: &[u32], sequence_length: usize) -> Vec<u32> {
    let of_sequence =
        |sequence: &[u32]| sequence[1..].iter().copied().chain([PAD]).collect::<Vec<_>>();
    tokens.chunks_exact(sequence_length).flat_map(of_sequence).collect()
}

#[cfg(test)]
mod tests {
    use super::{DataError, Sequences};
    use crate::score::{Batching, EOS, PAD};
    use proptest::prelude::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    fn cut(data: &[u8]) -> Sequences {
        Sequences::of(data, Batching::new(4, 2).unwrap()).unwrap()
    }

    #[test]
    fn a_short_sequence_ends_and_is_filled_up_at_one_position() {
        let one = cut(b"A");
        assert_eq!(one.tokens(0..1), [65, EOS, PAD, PAD]);
        assert_eq!(one.positions(0..1), [0, 1, 1, 1]);
        assert_eq!(one.targets(0..1), [EOS, PAD, PAD, PAD]);
    }

    #[test]
    fn a_full_sequence_has_no_end_and_foretells_nothing_at_its_last_position() {
        let two = cut(b"abcdef");
        assert_eq!(two.rows(), 2);
        assert_eq!(two.tokens(0..2), [97, 98, 99, 100, 101, 102, EOS, PAD]);
        assert_eq!(two.positions(0..2), [0, 1, 2, 3, 4, 5, 6, 6]);
        assert_eq!(two.targets(0..2), [98, 99, 100, PAD, 102, EOS, PAD, PAD]);
        assert!(!cut(b"abcdefgh").tokens(0..2).contains(&EOS));
    }

    #[test]
    fn batches_are_dealt_in_order_and_the_last_may_be_small() {
        let batches: Vec<_> = cut(&[7; 17]).batches().collect();
        assert_eq!(batches, [0..2, 2..4, 4..5]);
    }

    #[test]
    fn sequences_of_one_position_foretell_nothing() {
        let batching = Batching::new(1, 3).unwrap();
        let sequences = Sequences::of(b"abc", batching).unwrap();
        assert_eq!(sequences.targets(0..3), [PAD; 3]);
    }

    #[test]
    fn what_is_no_data_is_refused() {
        let batching = Batching::new(4, 2).unwrap();
        assert_eq!(Sequences::of(b"", batching), Err(DataError::Empty));
        let from = |tokens: &[u32], positions: &[u32]| {
            Sequences::from_ids(tokens.to_vec(), positions.to_vec(), batching)
        };
        assert_eq!(from(&[], &[]), Err(DataError::Empty));
        let ragged =
            |tokens, positions| Err(DataError::Ragged { tokens, positions, sequence_length: 4 });
        assert_eq!(from(&[1; 4], &[1; 3]), ragged(4, 3));
        assert_eq!(from(&[1; 6], &[1; 6]), ragged(6, 6));
        assert_eq!(from(&[1, 2, 264, 3], &[0; 4]), Err(DataError::UnknownToken(264)));
    }

    proptest! {
        #[test]
        fn data_is_found_again_in_its_sequences(
            data in prop::collection::vec(any::<u8>(), 1..60),
            length in 1_usize..20,
        ) {
            let sequences = Sequences::of(&data, Batching::new(length, 3).unwrap()).unwrap();
            let tokens = sequences.tokens(0..sequences.rows());
            let bytes: Vec<_> = tokens.iter().filter_map(|token| u8::try_from(*token).ok()).collect();
            prop_assert_eq!(&bytes, &data);
            let counted = sequences.targets(0..sequences.rows()).iter().filter(|t| **t != PAD).count();
            let (full, rest) = (data.len() / length, data.len() % length);
            prop_assert_eq!(counted, full * (length - 1) + rest);
            let again = Sequences::from_ids(
                tokens.to_vec(),
                sequences.positions(0..sequences.rows()).to_vec(),
                sequences.batching(),
            );
            prop_assert_eq!(again, Ok(sequences));
        }
    }
}
