//! Many files, each scored once by each model, held against all open targets.
//!
//! A file and a target can be compared once all models of the target scored the file: then the one
//! that lost least wins, as the network has it, and its embedding must be near enough.

mod book;
mod ground;
mod pay;
mod scored;
mod table;

pub use book::Book;
pub use ground::{Ground, GroundModel, GroundTarget, MOST_TARGETS, Offered};
pub use pay::{Pay, submission_fee};
pub use scored::{Scored, ScoredNameError, embedding_from_text, embedding_to_text};
pub use table::{Contender, Direction, MatchOrder, Pair, PairQuery, Table};
