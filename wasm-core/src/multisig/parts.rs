//! A proposal's text in several parts, for as many QR codes: each says which it is, of how many, and of
//! which text.

use crate::digest::blake2b256;
use std::collections::BTreeMap;

/// How every part begins.
const KIND: &str = "soma-multisig-part-1.";
/// The most parts there can be: nobody holds a telephone for longer.
pub const MAX_PARTS: usize = 40;

/// A proposal that does not fit into as many QR codes as a person would scan.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("this would need {needed} QR codes, and nobody scans more than {MAX_PARTS}")]
pub struct TooManyParts {
    /// How many there would have to be.
    pub needed: usize,
}

/// Why parts do not make a whole.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PartsError {
    /// One of them is no part.
    #[error("one of the parts cannot be read: copy each of them whole")]
    NotAPart,
    /// They are of different texts.
    #[error("these are parts of different proposals, or of different copies of one")]
    Mixed,
    /// Some are not there yet.
    #[error("{there} of {all} parts are there; the first that is missing is part {missing}")]
    Missing {
        /// Parts that are there.
        there: usize,
        /// Parts in all.
        all: usize,
        /// The first that is not, counted from 1.
        missing: usize,
    },
    /// All are there, and what they make is not what was split.
    #[error("the parts do not make the text that was split; ask for them again")]
    Damaged,
}

fn id_of(text: &str) -> String {
    hex::encode(blake2b256(&[KIND.as_bytes(), text.as_bytes()]).split_at(4).0)
}

/// Splits a text into parts that hold so many characters of it each.
///
/// # Errors
/// Where there would be more than [`MAX_PARTS`].
pub fn split(text: &str, characters: usize) -> Result<Vec<String>, TooManyParts> {
    // The text of a proposal is ASCII, so that any place is one where it can be cut.
    let chunks: Vec<&[u8]> = text.as_bytes().chunks(characters.max(1)).collect();
    if chunks.len() > MAX_PARTS {
        return Err(TooManyParts { needed: chunks.len() });
    }
    let (id, all) = (id_of(text), chunks.len());
    let part = |(at, chunk): (usize, &&[u8])| {
        format!("{KIND}{id}.{}.{all}.{}", at + 1, String::from_utf8_lossy(chunk))
    };
    Ok(chunks.iter().enumerate().map(part).collect())
}

struct Part<'a> {
    id: &'a str,
    at: usize,
    all: usize,
    chunk: &'a str,
}

fn number(text: &str) -> Option<usize> {
    text.parse()
        .ok()
        .filter(|number: &usize| (1..=MAX_PARTS).contains(number) && number.to_string() == text)
}

fn read_part(text: &str) -> Option<Part<'_>> {
    let mut fields = text.strip_prefix(KIND)?.splitn(4, '.');
    let (id, at, all) = (fields.next()?, number(fields.next()?)?, number(fields.next()?)?);
    let chunk = fields.next().filter(|chunk| !chunk.is_empty())?;
    (id.len() == 8 && at <= all).then_some(Part { id, at, all, chunk })
}

/// Puts parts together, given in any order and any number of times, with gaps between them; none, where
/// the text does not begin with a part.
///
/// # Errors
/// Where a part is missing, damaged, or of something else.
pub(super) fn join(text: &str) -> Result<Option<String>, PartsError> {
    let mut pieces = text.split_ascii_whitespace().peekable();
    if !pieces.peek().is_some_and(|first| first.starts_with(KIND)) {
        return Ok(None);
    }
    let mut known: Option<(&str, usize)> = None;
    let mut chunks = BTreeMap::new();
    for piece in pieces {
        let Part { id, at, all, chunk } = read_part(piece).ok_or(PartsError::NotAPart)?;
        if *known.get_or_insert((id, all)) != (id, all) {
            return Err(PartsError::Mixed);
        }
        if chunks.insert(at, chunk).is_some_and(|before| before != chunk) {
            return Err(PartsError::Damaged);
        }
    }
    let Some((id, all)) = known else { return Ok(None) };
    if let Some(missing) = (1..=all).find(|at| !chunks.contains_key(at)) {
        return Err(PartsError::Missing { there: chunks.len(), all, missing });
    }
    let whole: String = chunks.into_values().collect();
    if id_of(&whole) == id { Ok(Some(whole)) } else { Err(PartsError::Damaged) }
}

#[cfg(test)]
mod tests {
    use super::super::proposal::tests::{proposal, signed_by};
    use super::{MAX_PARTS, PartsError, TooManyParts, join, split};
    use crate::multisig::{ReadError, read};
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    #[test]
    fn parts_make_the_proposal_again_in_any_order_and_twice() {
        let proposal = signed_by(&[1, 2]);
        let mut parts = split(&proposal.to_text(), 100).unwrap();
        assert!(parts.len() > 3);
        parts.reverse();
        parts.push(parts[1].clone());
        assert_eq!(read(&parts.join("\n\n")), Ok(proposal));
    }

    #[test]
    fn a_missing_a_foreign_and_a_changed_part_are_told_apart() {
        let parts = split(&signed_by(&[1]).to_text(), 100).unwrap();
        let all = parts.len();
        let some = [parts[0].as_str(), parts[2].as_str()].join(" ");
        let missing = PartsError::Missing { there: 2, all, missing: 2 };
        assert_eq!(read(&some), Err(ReadError::Parts(missing)));
        let others = split(&proposal().to_text(), 100).unwrap();
        let mixed = format!("{} {}", parts[0], others[1]);
        assert_eq!(join(&mixed), Err(PartsError::Mixed));
        let mut changed = parts.clone();
        changed[1] = changed[1].replacen(".2.", ".3.", 1);
        assert_eq!(join(&changed.join(" ")), Err(PartsError::Damaged));
        let mut changed = parts.clone();
        changed[1].push('A');
        assert_eq!(join(&changed.join(" ")), Err(PartsError::Damaged));
        for wrong in ["soma-multisig-part-1.", "soma-multisig-part-1.00000000.0.1.A"] {
            assert_eq!(join(wrong), Err(PartsError::NotAPart));
        }
        assert_eq!(join(&format!("{} hello", parts[0])), Err(PartsError::NotAPart));
        assert_eq!(join("hello"), Ok(None));
    }

    #[test]
    fn what_nobody_would_scan_is_not_split() {
        let text = "x".repeat(MAX_PARTS * 10);
        assert_eq!(split(&text, 10).map(|parts| parts.len()), Ok(MAX_PARTS));
        let needed = MAX_PARTS + 1;
        assert_eq!(split(&format!("{text}x"), 10), Err(TooManyParts { needed }));
    }
}
