//! The `Content-Range` header: which part of a file an answer is.

use std::str::FromStr;

/// Bytes `first` to `last`, both included, of a file of `total` bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ContentRange {
    /// Position of the first byte.
    pub first: u64,
    /// Position of the last byte.
    pub last: u64,
    /// Bytes of the whole file, where the server says so.
    pub total: Option<u64>,
}

/// Text that is no `Content-Range` of a part.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a content range")]
pub struct ContentRangeParseError;

impl FromStr for ContentRange {
    type Err = ContentRangeParseError;

    /// Reads `bytes 5-9/10` or `bytes 5-9/*`.
    fn from_str(text: &str) -> Result<Self, ContentRangeParseError> {
        let number = |text: &str| {
            let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
            text.parse().ok().filter(|_| digits).ok_or(ContentRangeParseError)
        };
        let (unit, rest) = text.trim().split_once(' ').ok_or(ContentRangeParseError)?;
        let (part, total) = rest.trim().split_once('/').ok_or(ContentRangeParseError)?;
        let (first, last) = part.split_once('-').ok_or(ContentRangeParseError)?;
        let (first, last): (u64, u64) = (number(first)?, number(last)?);
        let total = if total == "*" { None } else { Some(number(total)?) };
        let possible = first <= last && total.is_none_or(|total| last < total);
        if unit.eq_ignore_ascii_case("bytes") && possible {
            Ok(Self { first, last, total })
        } else {
            Err(ContentRangeParseError)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::ContentRange;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    #[test]
    fn a_range_is_read_with_its_total_or_without() {
        let range = |total| Ok(ContentRange { first: 5, last: 9, total });
        assert_eq!("bytes 5-9/10".parse(), range(Some(10)));
        assert_eq!(" Bytes 5-9/* ".parse(), range(None));
    }

    #[test]
    fn what_cannot_be_a_part_is_refused() {
        for text in [
            "",
            "bytes",
            "bytes */10",
            "bytes 9-5/10",
            "bytes 5-10/10",
            "bytes 5-9",
            "lines 5-9/10",
            "bytes -9/10",
            "bytes +5-9/10",
            "bytes 5-9/ten",
            "bytes 5-99999999999999999999/*",
        ] {
            assert!(text.parse::<ContentRange>().is_err(), "{text:?}");
        }
    }
}
