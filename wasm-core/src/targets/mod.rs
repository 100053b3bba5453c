//! Targets as a person works with them: many on a board, and what settling one brings.

mod board;
mod prospect;
mod sighting;

pub use board::{Board, Query, Shown, SortBy, Window};
pub use prospect::Prospect;
pub use sighting::{Keepsake, Sighting};
