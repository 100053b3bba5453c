//! Where a file lies and what it must be: URL, checksum, size.

use crate::digest::Checksum;
use crate::web_address;
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

    /// Whether it is fetched over an encrypted connection.
    #[must_use]
    pub fn is_https(&self) -> bool {
        self.0.starts_with("https://")
    }

    /// Reads a URL as it is written in a document of this one: whole, or relative to it.
    ///
    /// # Errors
    /// Where it is neither.
    pub fn join(&self, reference: &str) -> Result<Self, UrlParseError> {
        let base = url::Url::parse(&self.0).and_then(|base| base.join(reference));
        base.map(|url| Self(url.into())).map_err(|error| UrlParseError(error.to_string()))
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
        web_address::read(text).map(|address| Self(address.href)).map_err(UrlParseError)
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

#[cfg(test)]
mod tests {
    use super::{Manifest, Url};
    use crate::digest::Checksum;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    #[test]
    fn a_url_is_brought_into_its_normal_form() {
        for (text, normal) in [
            ("https://example.com", "https://example.com/"),
            (" HTTPS://EXAMPLE.com:443/a/../b c ", "https://example.com/b%20c"),
            ("http://bücher.example/", "http://xn--bcher-kva.example/"),
            ("https://example.com/%7Euser?q=ä#é", "https://example.com/%7Euser?q=%C3%A4#%C3%A9"),
        ] {
            let url: Url = text.parse().unwrap();
            assert_eq!(url.as_str(), normal);
            assert_eq!(normal.parse(), Ok(url));
        }
    }

    #[test]
    fn what_is_no_url_is_refused() {
        for text in ["", "example.com/file", "https://", "https://exa mple.com/", "//host/path"] {
            assert!(text.parse::<Url>().is_err(), "{text:?}");
        }
    }

    #[test]
    fn only_what_the_network_downloads_counts_as_http() {
        for (text, http) in [("http://a/", true), ("https://a/", true), ("ipfs://a/", false)] {
            assert_eq!(text.parse::<Url>().unwrap().is_http(), http, "{text}");
        }
    }

    #[test]
    fn a_reference_is_read_relative_to_where_it_stands() {
        let base: Url = "https://a.example/b/c?d".parse().unwrap();
        for (reference, whole) in [
            ("https://e.example", "https://e.example/"),
            ("//e.example/f", "https://e.example/f"),
            ("/f", "https://a.example/f"),
            ("f", "https://a.example/b/f"),
        ] {
            assert_eq!(base.join(reference).unwrap().as_str(), whole);
        }
        assert!(base.join("https://").is_err());
        assert!(base.is_https() && !"http://a/".parse::<Url>().unwrap().is_https());
    }

    #[test]
    fn a_manifest_says_what_it_was_made_of() {
        let url: Url = "https://example.com/weights".parse().unwrap();
        let manifest = Manifest::new(url.clone(), Checksum([4; 32]), 9);
        assert_eq!(
            (manifest.url(), manifest.checksum(), manifest.size()),
            (&url, Checksum([4; 32]), 9)
        );
    }
}
