//! Which accounts of a recovery phrase were used before: paths are looked at in order, until so many
//! in a row have nothing that nobody will have skipped them all.

use crate::mnemonic::DerivationPath;
use serde::{Deserialize, Serialize};

/// Unused accounts in a row after which nobody looks any further, as BIP-44 has it for addresses.
pub const GAP: u32 = 20;

/// A search along a phrase.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Discovery {
    looked_at: u32,
    unused: u32,
    found: u32,
}

impl Discovery {
    /// The path to be looked at next; nothing once the search is over.
    #[must_use]
    pub fn next(&self) -> Option<DerivationPath> {
        if self.unused >= GAP {
            return None;
        }
        DerivationPath::of_account(self.looked_at).ok()
    }

    /// Notes whether the account at the next path was used. One that the wallet has counts as used,
    /// even if it is empty.
    pub const fn note(&mut self, used: bool) {
        self.looked_at += 1;
        if used {
            self.unused = 0;
            self.found += 1;
        } else {
            self.unused += 1;
        }
    }

    /// How many accounts were looked at.
    #[must_use]
    pub const fn looked_at(&self) -> u32 {
        self.looked_at
    }

    /// How many of them were used.
    #[must_use]
    pub const fn found(&self) -> u32 {
        self.found
    }

    /// How many will have been looked at when all others prove unused.
    #[must_use]
    pub const fn at_least(&self) -> u32 {
        self.looked_at + GAP.saturating_sub(self.unused)
    }
}

#[cfg(test)]
mod tests {
    use super::{Discovery, GAP};
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    fn search(used: &[u32]) -> Discovery {
        let mut search = Discovery::default();
        while let Some(path) = search.next() {
            search.note(used.contains(&path.account()));
        }
        search
    }

    #[test]
    fn a_phrase_that_was_never_used_is_left_after_the_gap() {
        assert_eq!((search(&[]).looked_at(), search(&[]).found()), (GAP, 0));
    }

    #[test]
    fn accounts_behind_a_short_gap_are_found_and_behind_a_long_one_are_not() {
        let near = search(&[0, 1, 5, GAP + 5]);
        assert_eq!((near.found(), near.looked_at()), (4, 2 * GAP + 6));
        let far = search(&[0, GAP + 1]);
        assert_eq!((far.found(), far.looked_at()), (1, GAP + 1));
    }

    #[test]
    fn the_end_is_foreseen_while_nothing_is_found() {
        let mut search = Discovery::default();
        assert_eq!(search.at_least(), GAP);
        search.note(false);
        assert_eq!(search.at_least(), GAP);
        search.note(true);
        assert_eq!(search.at_least(), GAP + 2);
    }
}
