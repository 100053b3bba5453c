//! Which part of a blob the body of an upload is: the header `Content-Range`.

use std::str::FromStr;

/// What an upload with `Content-Range` brings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Piece {
    /// `bytes first-last/total`, or `/*` where the total is not known yet.
    Bytes {
        /// Offset of the body's first byte.
        first: u64,
        /// Offset of the body's last byte.
        last: u64,
        /// Size of the whole blob. A piece that reaches it is the last.
        total: Option<u64>,
    },
    /// `bytes */total`: nothing more; the blob is whole if it has this many bytes.
    Finish {
        /// Size of the whole blob.
        total: u64,
    },
    /// `bytes */*`: nothing; asks where the upload stands.
    Ask,
}

/// A `Content-Range` that is not one of an upload.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "content-range is `bytes FIRST-LAST/TOTAL`, `bytes FIRST-LAST/*`, `bytes */TOTAL` or `bytes */*`"
)]
pub struct InvalidPiece;

fn number(digits: &str) -> Result<u64, InvalidPiece> {
    if digits.bytes().all(|byte| byte.is_ascii_digit()) {
        digits.parse().map_err(|_| InvalidPiece)
    } else {
        Err(InvalidPiece)
    }
}

impl FromStr for Piece {
    type Err = InvalidPiece;

    fn from_str(text: &str) -> Result<Self, InvalidPiece> {
        let (range, total) = text
            .strip_prefix("bytes ")
            .and_then(|rest| rest.trim().split_once('/'))
            .ok_or(InvalidPiece)?;
        if range == "*" {
            if total == "*" {
                return Ok(Self::Ask);
            }
            return Ok(Self::Finish { total: number(total)? });
        }
        let (first, last) = range.split_once('-').ok_or(InvalidPiece)?;
        let (first, last) = (number(first)?, number(last)?);
        let total = if total == "*" { None } else { Some(number(total)?) };
        let fits = total.is_none_or(|total| last < total);
        // A last offset of u64::MAX would have a length that does not fit.
        if first <= last && last < u64::MAX && fits {
            Ok(Self::Bytes { first, last, total })
        } else {
            Err(InvalidPiece)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_four_forms_are_read() {
        assert_eq!("bytes 0-9/20".parse(), Ok(Piece::Bytes { first: 0, last: 9, total: Some(20) }));
        assert_eq!("bytes 10-19/*".parse(), Ok(Piece::Bytes { first: 10, last: 19, total: None }));
        assert_eq!("bytes */20".parse(), Ok(Piece::Finish { total: 20 }));
        assert_eq!("bytes */*".parse(), Ok(Piece::Ask));
    }

    #[test]
    fn nonsense_is_refused() {
        for text in [
            "",
            "bytes",
            "0-9/10",
            "bytes 9-0/10",
            "bytes 0-10/10",
            "bytes 0-/10",
            "bytes -5/10",
            "bytes +1-2/10",
            "bytes */",
            "bytes **",
            "bytes 0-18446744073709551615/*",
            "bytes 0-18446744073709551616/*",
        ] {
            assert_eq!(text.parse::<Piece>(), Err(InvalidPiece), "{text:?}");
        }
    }
}
