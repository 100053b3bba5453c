//! How values lie on a device. Its kernels take four values at a time, so the parts of a row are
//! filled up to a multiple of four with zeros, which change no product.

use std::ops::Range;

/// One side of a matrix: parts of equal length, each filled up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Side {
    parts: usize,
    part: usize,
}

impl Side {
    /// A side in one part.
    pub(crate) const fn of(length: usize) -> Self {
        Self { parts: 1, part: length }
    }

    /// A side in several parts of some length.
    pub(crate) const fn in_parts(parts: usize, part: usize) -> Self {
        Self { parts, part }
    }

    /// Values on the device.
    pub(crate) const fn length(self) -> usize {
        self.parts * self.padded()
    }

    /// The same in fours.
    pub(crate) const fn quads(self) -> usize {
        self.length() / 4
    }

    /// A part's values on the device, in fours.
    pub(crate) const fn part_quads(self) -> usize {
        self.padded() / 4
    }

    /// Whether nothing is filled up.
    pub(crate) const fn is_exact(self) -> bool {
        self.part.is_multiple_of(4)
    }

    const fn padded(self) -> usize {
        self.part.next_multiple_of(4)
    }

    /// Ranges of values that lie together, and where each begins on the device.
    pub(crate) fn runs(self, range: Range<usize>) -> impl Iterator<Item = (Range<usize>, usize)> {
        let part = if self.is_exact() { self.length() } else { self.part };
        let mut start = range.start;
        std::iter::from_fn(move || {
            if start >= range.end {
                return None;
            }
            let end = range.end.min((start / part + 1) * part);
            let run = start..end;
            start = end;
            let place = run.start / self.part * self.padded() + run.start % self.part;
            Some((run, place))
        })
    }
}

/// The sides of a model's matrices.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Shape {
    /// Values of a position between the layers.
    pub(crate) width: Side,
    /// Queries, keys and values of a position: a part a head.
    pub(crate) heads: Side,
    /// Values of a position inside a feed-forward part.
    pub(crate) hidden: Side,
}

#[cfg(test)]
mod tests {
    use super::Side;

    #[test]
    fn parts_are_filled_up_to_fours() {
        let side = Side::in_parts(3, 6);
        assert_eq!((side.length(), side.quads(), side.part_quads()), (24, 6, 2));
        let runs: Vec<_> = side.runs(4..14).collect();
        assert_eq!(runs, [(4..6, 4), (6..12, 8), (12..14, 16)]);
    }

    #[test]
    fn what_is_a_multiple_of_four_lies_together() {
        let side = Side::in_parts(2, 8);
        assert!(side.is_exact());
        assert_eq!(side.runs(3..16).collect::<Vec<_>>(), [(3..16, 3)]);
        assert_eq!(Side::of(5).runs(0..5).collect::<Vec<_>>(), [(0..5, 0)]);
        assert_eq!(Side::of(5).length(), 8);
    }
}
