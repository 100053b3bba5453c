//! Which bytes a request wants: the headers `Range`, `If-Range` and `If-None-Match`.

use http::{HeaderMap, HeaderName, header};
use std::fmt;

/// Consecutive bytes of a file, at least one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Part {
    /// Offset of the first.
    pub(super) first: u64,
    /// Offset of the last.
    pub(super) last: u64,
}

impl Part {
    pub(super) const fn length(self) -> u64 {
        self.last - self.first + 1
    }

    /// The part as `Content-Range` tells it, of a file of a size.
    pub(super) fn of(self, size: u64) -> String {
        format!("bytes {}-{}/{size}", self.first, self.last)
    }
}

/// As `Range` asks for it.
impl fmt::Display for Part {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "bytes={}-{}", self.first, self.last)
    }
}

/// What a request wants of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Asked {
    /// All bytes.
    Whole,
    /// Some bytes.
    Part(Part),
    /// Nothing that is there.
    Beyond,
    /// Nothing unless the file is another one than the client has, which it is not.
    Unchanged,
}

/// What headers want of a file with a tag and a size. A range that is none, several ranges, or the
/// range of another version ask for the whole file.
pub(super) fn asked(headers: &HeaderMap, tag: &str, size: u64) -> Asked {
    let text = |name: HeaderName| headers.get(name).and_then(|value| value.to_str().ok());
    let known = text(header::IF_NONE_MATCH).unwrap_or_default();
    if known.split(',').any(|it| it.trim() == tag || it.trim() == "*") {
        return Asked::Unchanged;
    }
    let is_another = headers.contains_key(header::IF_RANGE) && text(header::IF_RANGE) != Some(tag);
    match text(header::RANGE) {
        Some(range) if !is_another => parse(range, size).unwrap_or(Asked::Whole),
        _ => Asked::Whole,
    }
}

/// One range of bytes; none where it is not one.
fn parse(text: &str, size: u64) -> Option<Asked> {
    let (first, last) = text.strip_prefix("bytes=")?.trim().split_once('-')?;
    let number = |digits: &str| -> Option<u64> {
        let plain = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
        // More digits than a number can have lie beyond every end.
        plain.then(|| digits.parse().unwrap_or(u64::MAX))
    };
    let end = size.checked_sub(1);
    let (first, last) = match (first, last) {
        ("", count) => {
            let count = number(count)?;
            if count == 0 {
                return Some(Asked::Beyond);
            }
            (size.saturating_sub(count), None)
        }
        (first, "") => (number(first)?, None),
        (first, last) => {
            let (first, last) = (number(first)?, number(last)?);
            if last < first {
                return None;
            }
            (first, Some(last))
        }
    };
    match end {
        Some(end) if first <= end => {
            let last = last.map_or(end, |last| last.min(end));
            Some(Asked::Part(Part { first, last }))
        }
        _ => Some(Asked::Beyond),
    }
}

#[cfg(test)]
mod tests {
    use super::{Asked, Part, asked};
    use http::{HeaderMap, HeaderName, HeaderValue, header};

    const TAG: &str = "\"tag\"";

    fn ask(pairs: &[(HeaderName, &'static str)], size: u64) -> Asked {
        let pair = |(name, value): &(HeaderName, &'static str)| {
            (name.clone(), HeaderValue::from_static(value))
        };
        asked(&pairs.iter().map(pair).collect::<HeaderMap>(), TAG, size)
    }

    const fn part(first: u64, last: u64) -> Asked {
        Asked::Part(Part { first, last })
    }

    #[test]
    fn one_range_is_a_part() {
        for (range, expected) in [
            ("bytes=0-0", part(0, 0)),
            ("bytes=2-4", part(2, 4)),
            ("bytes=7-", part(7, 9)),
            ("bytes=-3", part(7, 9)),
            ("bytes=-99", part(0, 9)),
            ("bytes=8-99", part(8, 9)),
            ("bytes=8-99999999999999999999999", part(8, 9)),
        ] {
            assert_eq!(ask(&[(header::RANGE, range)], 10), expected, "{range}");
        }
    }

    #[test]
    fn a_range_behind_the_end_is_beyond_it() {
        for range in ["bytes=10-", "bytes=10-12", "bytes=-0", "bytes=99999999999999999999-"] {
            assert_eq!(ask(&[(header::RANGE, range)], 10), Asked::Beyond, "{range}");
        }
        for range in ["bytes=0-", "bytes=-1", "bytes=0-0"] {
            assert_eq!(ask(&[(header::RANGE, range)], 0), Asked::Beyond, "{range}");
        }
    }

    #[test]
    fn what_is_no_single_range_asks_for_the_whole() {
        for range in [
            "",
            "bytes",
            "bytes=",
            "bytes=-",
            "bytes=4-2",
            "bytes=a-b",
            "bytes=1-2,4-5",
            "lines=1-2",
        ] {
            assert_eq!(ask(&[(header::RANGE, range)], 10), Asked::Whole, "{range}");
        }
        assert_eq!(ask(&[], 10), Asked::Whole);
    }

    #[test]
    fn a_range_of_another_version_asks_for_the_whole() {
        let of = |tag| ask(&[(header::RANGE, "bytes=1-2"), (header::IF_RANGE, tag)], 10);
        assert_eq!(of(TAG), part(1, 2));
        assert_eq!(of("\"other\""), Asked::Whole);
        assert_eq!(of("W/\"tag\""), Asked::Whole);
        assert_eq!(of("Sun, 22 Nov 2026 06:00:00 GMT"), Asked::Whole);
    }

    #[test]
    fn what_the_client_has_already_is_not_sent() {
        let known = |tags| ask(&[(header::IF_NONE_MATCH, tags)], 10);
        assert_eq!(known(TAG), Asked::Unchanged);
        assert_eq!(known("\"a\", \"tag\""), Asked::Unchanged);
        assert_eq!(known("\"a\""), Asked::Whole);
    }
}
