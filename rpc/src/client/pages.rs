//! Listings that come in pages.

use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use wasm_core::ports::ChainError;

/// The most that a node gives at once.
pub(super) const LARGEST: u32 = 1000;
/// A node that never comes to an end of its pages is broken.
const MAX_PAGES: usize = 10_000;
/// Far beyond any token: they hold a query and an id.
const MAX_TOKEN: usize = 64 << 10;

/// Where a page of a listing ends and the next begins. Only the node that gave it reads it, and only
/// with the same question.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct PageToken(pub(super) Vec<u8>);

/// A page of a listing. It may be short, or empty, and yet not be the last.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Page<I> {
    /// What is on it.
    pub items: Vec<I>,
    /// Where the next begins; none on the last.
    pub next: Option<PageToken>,
}

/// A token out of an answer: an empty one is none.
pub(super) fn token(bytes: Option<Vec<u8>>) -> Result<Option<PageToken>, ChainError> {
    match bytes.filter(|bytes| !bytes.is_empty()) {
        Some(bytes) if bytes.len() > MAX_TOKEN => {
            Err(ChainError::Garbage(format!("a page token of {} bytes", bytes.len())))
        }
        bytes => Ok(bytes.map(PageToken)),
    }
}

/// A walk over all pages of a listing: where to go on, and when to stop.
#[derive(Default)]
pub(super) struct Walk {
    walked: BTreeSet<PageToken>,
    token: Option<PageToken>,
    done: bool,
}

impl Walk {
    /// The token to ask with; none after the last page.
    pub(super) fn next(&self) -> Option<Option<PageToken>> {
        (!self.done).then(|| self.token.clone())
    }

    /// Goes on to the next page.
    pub(super) fn turn(&mut self, next: Option<PageToken>) -> Result<(), ChainError> {
        if let Some(token) = &next
            && (!self.walked.insert(token.clone()) || self.walked.len() >= MAX_PAGES)
        {
            return Err(ChainError::Garbage("a listing without an end".to_owned()));
        }
        self.done = next.is_none();
        self.token = next;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(number: u8) -> Option<PageToken> {
        Some(PageToken(vec![number]))
    }

    #[test]
    fn a_walk_asks_with_each_token_once_and_ends_without_one() {
        let mut walk = Walk::default();
        assert_eq!(walk.next(), Some(None));
        walk.turn(page(1)).unwrap();
        assert_eq!(walk.next(), Some(page(1)));
        walk.turn(None).unwrap();
        assert_eq!(walk.next(), None);
    }

    #[test]
    fn a_walk_in_circles_is_given_up() {
        let mut walk = Walk::default();
        for number in [1, 2, 3] {
            walk.turn(page(number)).unwrap();
        }
        assert!(matches!(walk.turn(page(1)), Err(ChainError::Garbage(_))));
    }

    #[test]
    fn a_walk_of_too_many_pages_is_given_up() {
        let mut walk = Walk::default();
        let ends = (0..MAX_PAGES)
            .map(|number| walk.turn(Some(PageToken(number.to_le_bytes().to_vec()))))
            .position(|turned| turned.is_err());
        assert_eq!(ends, Some(MAX_PAGES - 1));
    }

    #[test]
    fn an_empty_token_is_the_end_and_a_huge_one_is_garbage() {
        assert_eq!(token(Some(Vec::new())), Ok(None));
        assert_eq!(token(Some(vec![1])), Ok(page(1)));
        assert!(matches!(token(Some(vec![0; MAX_TOKEN + 1])), Err(ChainError::Garbage(_))));
    }
}
