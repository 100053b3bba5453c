//! How far an account's activity reaches: from which checkpoint on nothing was missed, and up to which.

use crate::activity::Past;
use serde::{Deserialize, Serialize};

/// How far an account's activity reaches.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reach {
    /// The first checkpoint from which on nothing was missed.
    pub from: u64,
    /// The last one that was heard or asked for.
    pub to: u64,
    /// What is known of the time before.
    pub past: Past,
}

impl Reach {
    /// Of an account that is followed from now on.
    #[must_use]
    pub const fn after(newest: u64) -> Self {
        Self { from: newest.saturating_add(1), to: newest, past: Past::NotSearched }
    }

    /// Takes back what lies beyond the newest checkpoint. A node that once named an absurd one would otherwise
    /// keep everything that comes before it from ever being asked for.
    #[must_use]
    pub const fn bounded(self, newest: u64) -> Self {
        if self.to <= newest {
            return self;
        }
        if self.from > newest {
            // Nothing of it was followed, so what happened until now is past, and was not searched for.
            return Self::after(newest);
        }
        Self { to: newest, ..self }
    }
}

#[cfg(test)]
mod tests {
    use super::Reach;
    use crate::activity::Past;

    #[test]
    fn an_absurd_height_is_forgotten_once_the_node_is_honest() {
        let absurd = Reach { from: 1 << 60, to: 1 << 60, past: Past::Traced };
        assert_eq!(absurd.bounded(100), Reach { from: 101, to: 100, past: Past::NotSearched });
    }

    #[test]
    fn a_node_that_is_behind_takes_back_only_what_it_does_not_have() {
        let reach = Reach { from: 50, to: 103, past: Past::Traced };
        assert_eq!(reach.bounded(100), Reach { to: 100, ..reach });
        assert_eq!(reach.bounded(103), reach);
        assert_eq!(reach.bounded(200), reach);
    }
}
