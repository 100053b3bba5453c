//! Workers that evaluate models on the processor: one for each of its cores, all of them at one model.
//!
//! To them go orders: an array of JSON and, with a task, the weights' file, the data's bytes, and ports
//! to others. From them comes an array of JSON and, with a score, its numbers. What a leader and those who follow it
//! tell each other goes over ports between them, as buffers of f32.

mod contest;
mod far;
mod instructions;
mod near;
mod ports;

pub use contest::{Verdict, Worth};
pub use far::serve;
pub use instructions::Instructions;
pub use near::{Job, Scorers, ScorersError, cores};
pub use ports::{FollowerPorts, LeaderPort};

use serde::{Deserialize, Serialize};
use wasm_core::score::cpu::Member;
use wasm_core::score::{Batching, ConfigError, EvaluateError, Progress};
use wasm_core::weights::DecryptionKey;

/// What one of them shall do.
#[derive(Clone, Debug, Serialize, Deserialize)]
enum Order {
    /// Evaluate a model, or a part of it. Beside it: the weights, the data, and ports to those it works
    /// with.
    Evaluate(Task),
    /// Multiply for a moment, to tell how fast that is.
    Sample,
}

/// An evaluation.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Task {
    /// Which one it is, and of how many.
    index: usize,
    members: usize,
    /// How the data is cut.
    sequence_length: usize,
    batch_rows: usize,
    /// Opens the weights, where they are encrypted.
    key: Option<DecryptionKey>,
    seed: u64,
    /// Bytes that all of them may take.
    memory: u64,
}

impl Task {
    const fn member(&self) -> Member {
        Member { index: self.index, members: self.members }
    }

    const fn batching(&self) -> Result<Batching, ConfigError> {
        Batching::new(self.sequence_length, self.batch_rows)
    }
}

/// What one of them says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
enum Said {
    /// It hears from now on.
    Ready,
    /// How far it is, as the leader.
    Progress(Progress),
    /// It is through, as the leader; the score is beside it.
    Score,
    /// It is through, as another.
    Followed,
    /// It multiplied; operations and milliseconds are beside it.
    Sample,
    /// It broke off.
    Failed(EvaluateError),
}
