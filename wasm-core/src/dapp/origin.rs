//! Where a request comes from, as the browser attests it.

use crate::web_address::{self, WebAddress};
use serde::{Deserialize, Deserializer, Serialize};
use std::fmt;
use std::str::FromStr;

/// The longest origin: a host name has at most 253 characters.
const MAX_LEN: usize = 512;

/// Why a site is not talked to.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum OriginError {
    /// It is none: a page without an origin of its own, a file, or something else.
    #[error("this page has no origin that a browser could attest")]
    Opaque,
    /// The connection to it is not secure.
    #[error(
        "the connection to this site is not secure: anybody on the way could speak in its name"
    )]
    Insecure,
    /// Not in the one form that browsers use.
    #[error("this is not written as browsers write an origin")]
    NotCanonical,
}

/// Scheme, host and port of a site: `https`, or `http` on this machine only. In the form of browsers:
/// lower case, host in Punycode, no port where it is the scheme's own, nothing behind.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct Origin(String);

impl Origin {
    /// As the browser writes it.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether the site is on this machine.
    #[must_use]
    pub fn is_local(&self) -> bool {
        is_local_url(&self.0)
    }
}

/// Whether an address is of this machine.
#[must_use]
pub fn is_local_url(text: &str) -> bool {
    web_address::read(text).is_ok_and(|address| is_local(&address))
}

fn is_local(address: &WebAddress) -> bool {
    let host = address.host.as_str();
    matches!(host, "localhost" | "127.0.0.1" | "[::1]") || host.ends_with(".localhost")
}

impl FromStr for Origin {
    type Err = OriginError;
    fn from_str(text: &str) -> Result<Self, OriginError> {
        if text.len() > MAX_LEN {
            return Err(OriginError::NotCanonical);
        }
        let address = web_address::read(text).map_err(|_| OriginError::Opaque)?;
        match address.scheme.as_str() {
            "https" => {}
            "http" if is_local(&address) => {}
            "http" => return Err(OriginError::Insecure),
            _ => return Err(OriginError::Opaque),
        }
        if address.origin != text {
            return Err(OriginError::NotCanonical);
        }
        Ok(Self(text.to_owned()))
    }
}

impl<'de> Deserialize<'de> for Origin {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::{Origin, OriginError};
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    #[test]
    fn secure_sites_and_this_machine_have_origins() {
        for text in [
            "https://example.com",
            "https://xn--bcher-kva.example:8443",
            "https://192.168.0.1",
            "http://localhost:5173",
            "http://app.localhost",
            "http://127.0.0.1:8080",
            "http://[::1]:3000",
        ] {
            assert_eq!(text.parse::<Origin>().map(|it| it.to_string()), Ok(text.to_owned()));
        }
    }

    #[test]
    fn what_no_browser_attests_is_refused() {
        for text in [
            "",
            "null",
            "file://",
            "file:///home",
            "data:text/html,x",
            "blob:https://a.b/1",
            "chrome-extension://abcdef",
            "about:blank",
            "example.com",
        ] {
            assert_eq!(text.parse::<Origin>(), Err(OriginError::Opaque), "{text}");
        }
        for text in [
            "http://example.com",
            "http://127.0.0.2",
            "http://localhost.example.com",
            "http://notlocalhost",
        ] {
            assert_eq!(text.parse::<Origin>(), Err(OriginError::Insecure), "{text}");
        }
    }

    #[test]
    fn only_the_form_of_browsers_is_taken() {
        for text in [
            "https://example.com/",
            "https://example.com/path",
            "https://Example.com",
            "https://example.com:443",
            "https://user@example.com",
            "https://example.com#a",
            " https://example.com",
            "https://bücher.example",
            "https:example.com",
        ] {
            assert_eq!(text.parse::<Origin>(), Err(OriginError::NotCanonical), "{text}");
        }
        let long = format!("https://{}.example", "a.".repeat(300));
        assert!(long.parse::<Origin>().is_err());
    }
}
