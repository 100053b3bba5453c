//! Where a file lies and what it must be: URL, checksum, size.

use crate::digest::Checksum;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// Text that is no URL.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a web address: {0}")]
pub struct UrlParseError(String);

/// A URL in the WHATWG normal form, the only one the chain signs.
///
/// The node normalises what it is sent and checks the signature over the result, so any other text
/// would make a signature that fails.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct Url(String);

impl Url {
    /// The normal form.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether a downloader can fetch it: only `http` and `https` are handled by the network.
    #[must_use]
    pub fn is_http(&self) -> bool {
        self.0.starts_with("http://") || self.0.starts_with("https://")
    }
}

impl FromStr for Url {
    type Err = UrlParseError;
    fn from_str(text: &str) -> Result<Self, UrlParseError> {
        url::Url::parse(text)
            .map(|url| Self(url.into()))
            .map_err(|error| UrlParseError(error.to_string()))
    }
}

impl<'de> Deserialize<'de> for Url {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

impl fmt::Display for Url {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for Url {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Url({})", self.0)
    }
}

/// A file's place and identity. The enum is the chain's version tag.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Manifest {
    /// The only version.
    V1(ManifestV1),
}

/// Version 1 of [`Manifest`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ManifestV1 {
    /// Where the file is served.
    pub url: Url,
    /// What it must be.
    pub metadata: Metadata,
}

/// A file's identity. The enum is the chain's version tag.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Metadata {
    /// The only version.
    V1(MetadataV1),
}

/// Version 1 of [`Metadata`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MetadataV1 {
    /// Blake2b-256 of the bytes as served.
    pub checksum: Checksum,
    /// Bytes as served.
    pub size: u64,
}

/// The manifest of submitted data; the same bytes as a [`Manifest`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SubmissionManifest {
    /// The data's manifest.
    pub manifest: Manifest,
}

impl Manifest {
    /// A manifest of the newest version.
    #[must_use]
    pub const fn new(url: Url, checksum: Checksum, size: u64) -> Self {
        Self::V1(ManifestV1 { url, metadata: Metadata::V1(MetadataV1 { checksum, size }) })
    }

    /// Where the file is served.
    #[must_use]
    pub const fn url(&self) -> &Url {
        let Self::V1(ManifestV1 { url, .. }) = self;
        url
    }

    /// Blake2b-256 of the file as served.
    #[must_use]
    pub const fn checksum(&self) -> Checksum {
        let Self::V1(ManifestV1 { metadata: Metadata::V1(metadata), .. }) = self;
        metadata.checksum
    }

    /// Bytes of the file as served.
    #[must_use]
    pub const fn size(&self) -> u64 {
        let Self::V1(ManifestV1 { metadata: Metadata::V1(metadata), .. }) = self;
        metadata.size
    }
}
