//! What a text stands for that somebody found elsewhere: a number, an id or address, or a digest.

use crate::address::AddressParseError;
use crate::digest::{DigestParseError, parse_base58};
use serde::{Deserialize, Serialize};

/// What a text can be. Only the network knows which thing it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Clue {
    /// The number of a checkpoint or an epoch.
    Number(u64),
    /// An address, or the id of an object, a model or a pool.
    Id([u8; 32]),
    /// The digest of a transaction or a checkpoint.
    Digest([u8; 32]),
}

/// Why a text is nothing that could be looked for.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ClueError {
    /// Nothing was given.
    #[error("enter an address, an id, a digest or a number")]
    Empty,
    /// A number beyond all.
    #[error("no checkpoint or epoch has a number that large")]
    TooLarge,
    /// Hex, and not an id.
    #[error("an address or id has 64 digits after its 0x, this one has {0}")]
    Short(usize),
    /// Begins as hex and is not.
    #[error(transparent)]
    Id(AddressParseError),
    /// Neither hex nor Base58 of 32 bytes.
    #[error("this is no address, id, digest or number")]
    Nothing,
    /// A secret was pasted. It goes nowhere.
    #[error("this looks like a private key: keep it to yourself; it was not sent anywhere")]
    Secret,
}

impl Clue {
    /// Reads a text as it was found, spaces, commas between digits and `#` before them included.
    ///
    /// # Errors
    /// Where it can be nothing that a network knows.
    pub fn parse(text: &str) -> Result<Self, ClueError> {
        let text = text.trim();
        if text.is_empty() {
            return Err(ClueError::Empty);
        }
        if text.starts_with("somaprivkey") || text.starts_with("suiprivkey") {
            return Err(ClueError::Secret);
        }
        let number = text.trim_start_matches('#').replace([',', '\u{202f}', '_'], "");
        if !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit()) {
            // 64 digits are an id that happens to have no letter.
            if number.len() < 64 {
                return number.parse().map(Self::Number).map_err(|_| ClueError::TooLarge);
            }
        }
        let hex_digits = text.strip_prefix("0x").or_else(|| text.strip_prefix("0X"));
        if let Some(digits) = hex_digits {
            return id(digits);
        }
        if text.len() == 64 && text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return id(text);
        }
        match parse_base58(text) {
            Ok(digest) => Ok(Self::Digest(digest)),
            Err(DigestParseError::Length(_) | DigestParseError::NotBase58) => {
                Err(ClueError::Nothing)
            }
        }
    }
}

fn id(digits: &str) -> Result<Clue, ClueError> {
    if !digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return Err(ClueError::Id(AddressParseError::NotHex));
    }
    match digits.len() {
        64 => {}
        more @ 65.. => return Err(ClueError::Id(AddressParseError::TooLong(more))),
        // The network's own objects are written short.
        1..=2 => {}
        fewer => return Err(ClueError::Short(fewer)),
    }
    let mut bytes = [0; 32];
    hex::decode_to_slice(format!("{digits:0>64}"), &mut bytes)
        .map_err(|_| ClueError::Id(AddressParseError::NotHex))?;
    Ok(Clue::Id(bytes))
}

#[cfg(test)]
mod tests {
    use super::{Clue, ClueError};
    use crate::address::{AddressParseError, ObjectId};
    use crate::digest::TransactionDigest;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    #[test]
    fn numbers_ids_and_digests_are_told_apart() {
        assert_eq!(Clue::parse(" 1,234 "), Ok(Clue::Number(1_234)));
        assert_eq!(Clue::parse("#7"), Ok(Clue::Number(7)));
        let id = ObjectId([0xab; 32]);
        assert_eq!(Clue::parse(&id.to_string()), Ok(Clue::Id(id.0)));
        assert_eq!(Clue::parse(&id.to_bare_hex()), Ok(Clue::Id(id.0)));
        assert_eq!(Clue::parse("0x5"), Ok(Clue::Id(ObjectId::SYSTEM_STATE.0)));
        let digest = TransactionDigest([0xcd; 32]);
        assert_eq!(Clue::parse(&digest.to_string()), Ok(Clue::Digest(digest.0)));
        assert_eq!(Clue::parse(&"1".repeat(64)), Ok(Clue::Id([0x11; 32])));
    }

    #[test]
    fn what_is_nothing_is_refused_with_its_reason() {
        for (text, reason) in [
            (" ", ClueError::Empty),
            ("99999999999999999999999", ClueError::TooLarge),
            ("0x1234", ClueError::Short(4)),
            ("0x", ClueError::Short(0)),
            ("0xzz", ClueError::Id(AddressParseError::NotHex)),
            ("hello world", ClueError::Nothing),
            ("abcdef", ClueError::Nothing),
            ("somaprivkey1qqqq", ClueError::Secret),
        ] {
            assert_eq!(Clue::parse(text), Err(reason), "{text:?}");
        }
        let long = format!("0x{}", "0".repeat(65));
        assert_eq!(Clue::parse(&long), Err(ClueError::Id(AddressParseError::TooLong(65))));
    }
}
