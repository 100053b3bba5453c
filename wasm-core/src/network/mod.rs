//! What a person wants to know of a network: its economy now and over epochs, its pulse, its
//! validators, and what a text that somebody found elsewhere stands for.

mod clue;
mod economy;
mod ended;
mod pulse;
mod validators;

pub use clue::{Clue, ClueError};
pub use economy::{Economy, EpochPoint};
pub use ended::EndedEpochs;
pub use pulse::{Newest, Pulse, SeenTransaction, Span, Stretch};
pub(crate) use validators::rates_of;
pub use validators::{Outlook, PoolRate, ValidatorKeys, ValidatorSeat, ValidatorsTable};
