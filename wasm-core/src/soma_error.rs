//! Errors of the node that can appear inside effects.

use serde::{Deserialize, Serialize};

/// An error of the node (tag 51 of a failure).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum SomaError {}
