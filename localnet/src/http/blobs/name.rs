//! Names of blobs: safe as a file's name and as a piece of a URL.

use std::fmt;
use std::str::FromStr;

/// A name of 1 to 128 letters, digits, dots, underscores and hyphens; neither `.` nor `..`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct BlobName(String);

/// Text that is no name of a blob.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a blob's name has 1 to 128 of the characters A-Z a-z 0-9 . _ - and is not a dot or two")]
pub struct InvalidBlobName;

impl BlobName {
    const MAX_LENGTH: usize = 128;

    /// The name as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for BlobName {
    type Err = InvalidBlobName;

    fn from_str(text: &str) -> Result<Self, InvalidBlobName> {
        let safe = |byte: u8| byte.is_ascii_alphanumeric() || b"._-".contains(&byte);
        let length = 1..=Self::MAX_LENGTH;
        if length.contains(&text.len()) && text.bytes().all(safe) && text != "." && text != ".." {
            Ok(Self(text.to_owned()))
        } else {
            Err(InvalidBlobName)
        }
    }
}

impl fmt::Display for BlobName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_that_could_leave_its_folder_is_refused() {
        let long = "a".repeat(129);
        for name in ["", ".", "..", "a/b", "../a", "a\\b", "a b", "ä", "a\0", "%2e", long.as_str()]
        {
            assert_eq!(name.parse::<BlobName>(), Err(InvalidBlobName), "{name:?}");
        }
    }

    #[test]
    fn plain_names_are_taken() {
        let long = "a".repeat(128);
        for name in ["a", "weights-01.safetensors.enc", "..a", "_", long.as_str()] {
            assert_eq!(name.parse::<BlobName>().map(|name| name.to_string()), Ok(name.to_owned()));
        }
    }
}
