//! Multiaddrs: where a validator's node listens, as `/dns/node.example/tcp/8080/http`.

use serde::{Deserialize, Serialize};
use std::fmt;
use std::net::{Ipv4Addr, Ipv6Addr};
use std::str::FromStr;

/// The most bytes of a validator's address.
const MAX_LENGTH: usize = 256;

/// Why text is not the address of a validator's node.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MultiaddrError {
    /// It does not begin with a slash.
    #[error("such an address begins with a slash, as in /dns/node.example/tcp/8080/http")]
    NoSlash,
    /// A part that nodes do not know.
    #[error("nodes know no address with a part named {0:?}")]
    UnknownPart(String),
    /// A part without its value, or with one that is none.
    #[error("the part {part} of an address needs {needs} after it")]
    Value {
        /// Which part.
        part: &'static str,
        /// What it needs.
        needs: &'static str,
    },
    /// Longer than a network takes.
    #[error("an address has at most {MAX_LENGTH} bytes, this one has {0}")]
    TooLong(usize),
}

/// Where a node listens, in the text form that the chain keeps.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct Multiaddr(String);

impl Multiaddr {
    /// The text form.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A part that has a value, with the value in its usual form.
fn part_with_value(part: &str, value: &str) -> Result<Option<String>, MultiaddrError> {
    let parsed = |part: &'static str, needs: &'static str, value: Option<String>| {
        value
            .map(|value| Some(format!("/{part}/{value}")))
            .ok_or(MultiaddrError::Value { part, needs })
    };
    let port = || {
        let digits = value.bytes().all(|byte| byte.is_ascii_digit());
        value.parse::<u16>().ok().filter(|_| digits).map(|port| port.to_string())
    };
    let host = || {
        let fits = |byte: u8| byte.is_ascii_graphic();
        (!value.is_empty() && value.bytes().all(fits)).then(|| value.to_owned())
    };
    match part {
        "ip4" => {
            let address = value.parse::<Ipv4Addr>().ok();
            parsed("ip4", "an address such as 192.0.2.1", address.map(|it| it.to_string()))
        }
        "ip6" => {
            let address = value.parse::<Ipv6Addr>().ok();
            parsed("ip6", "an address such as 2001:db8::1", address.map(|it| it.to_string()))
        }
        "tcp" => parsed("tcp", "a port", port()),
        "udp" => parsed("udp", "a port", port()),
        "dns" => parsed("dns", "a host", host()),
        "dns4" => parsed("dns4", "a host", host()),
        "dns6" => parsed("dns6", "a host", host()),
        _ => Ok(None),
    }
}

impl FromStr for Multiaddr {
    type Err = MultiaddrError;

    fn from_str(text: &str) -> Result<Self, MultiaddrError> {
        if text.len() > MAX_LENGTH {
            return Err(MultiaddrError::TooLong(text.len()));
        }
        let mut parts = text.strip_prefix('/').ok_or(MultiaddrError::NoSlash)?.split('/');
        let mut canonical = String::new();
        while let Some(part) = parts.next() {
            if matches!(part, "http" | "https" | "tls" | "ws" | "wss" | "quic" | "quic-v1") {
                canonical.push('/');
                canonical.push_str(part);
                continue;
            }
            let mut rest = parts.clone();
            let with_value = part_with_value(part, rest.next().unwrap_or_default())?;
            canonical
                .push_str(&with_value.ok_or_else(|| MultiaddrError::UnknownPart(part.into()))?);
            parts = rest;
        }
        Ok(Self(canonical))
    }
}

impl<'de> Deserialize<'de> for Multiaddr {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

impl fmt::Display for Multiaddr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for Multiaddr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Multiaddr({})", self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::{Multiaddr, MultiaddrError};
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    #[test]
    fn addresses_of_nodes_are_read_and_written_in_one_form() {
        for (text, canonical) in [
            ("/dns/node.example/tcp/8080/http", "/dns/node.example/tcp/8080/http"),
            ("/ip4/127.0.0.1/udp/0443", "/ip4/127.0.0.1/udp/443"),
            ("/ip6/2001:DB8:0::1/tcp/1", "/ip6/2001:db8::1/tcp/1"),
        ] {
            assert_eq!(text.parse::<Multiaddr>().unwrap().as_str(), canonical);
        }
    }

    #[test]
    fn other_text_is_refused_with_the_part_that_is_wrong() {
        let of = |text: &str| text.parse::<Multiaddr>().unwrap_err();
        assert_eq!(of("node.example:8080"), MultiaddrError::NoSlash);
        assert_eq!(of(""), MultiaddrError::NoSlash);
        assert_eq!(of("/"), MultiaddrError::UnknownPart(String::new()));
        assert_eq!(of("/ftp/1"), MultiaddrError::UnknownPart("ftp".into()));
        for text in ["/ip4", "/ip4/300.0.0.1", "/ip6/::g", "/tcp/70000", "/udp/+1", "/dns/"] {
            assert!(matches!(of(text), MultiaddrError::Value { .. }), "{text}");
        }
        let long = format!("/dns/{}", "a".repeat(300));
        assert_eq!(of(&long), MultiaddrError::TooLong(305));
    }
}
