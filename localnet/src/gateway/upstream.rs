//! Who stands behind the gateway, and at which address.

use http::Uri;
use http::uri::{Authority, InvalidUri, PathAndQuery, Scheme};
use std::fmt;
use std::net::{IpAddr, SocketAddr};
use std::str::FromStr;
use std::time::Duration;

/// What a gateway can stand in front of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Service {
    /// A node: `soma.rpc`, health, reflection, `/model` and `/data`.
    Node,
    /// Gives coins.
    Faucet,
    /// Scores data.
    Scoring,
    /// Ends epochs of a local network.
    Admin,
}

impl Service {
    /// All of them, the node first.
    pub const ALL: [Self; 4] = [Self::Node, Self::Faucet, Self::Scoring, Self::Admin];

    /// In words.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Node => "node",
            Self::Faucet => "faucet",
            Self::Scoring => "scoring service",
            Self::Admin => "admin",
        }
    }

    /// The flag that names its address.
    #[must_use]
    pub const fn flag(self) -> &'static str {
        match self {
            Self::Node => "--node",
            Self::Faucet => "--faucet",
            Self::Scoring => "--scoring",
            Self::Admin => "--admin",
        }
    }

    /// How long an answer may take to begin: somewhat longer than the service itself tries.
    pub(crate) const fn patience(self) -> Duration {
        Duration::from_secs(match self {
            // A node tries for 90 seconds to make a transaction final, an admin for 120 to end an epoch.
            Self::Node | Self::Faucet | Self::Admin => 150,
            // Runs models.
            Self::Scoring => 1830,
        })
    }
}

/// Why a text names no upstream.
#[derive(Debug, thiserror::Error)]
pub enum UpstreamError {
    /// Not a URL.
    #[error("not a URL: {0}")]
    Invalid(#[from] InvalidUri),
    /// Another scheme, or none.
    #[error("an upstream begins with http:// or https://")]
    Scheme,
    /// A name or password in it, which nothing here would send.
    #[error("an upstream has no user name or password in its URL")]
    Credentials,
    /// More than scheme, host and port: the paths are those of the protocol.
    #[error("an upstream is scheme, host and port only, such as https://node.example:443")]
    Path,
}

/// Scheme, host and port of a service.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Upstream {
    scheme: Scheme,
    authority: Authority,
}

impl Upstream {
    /// The address of a path there.
    pub(crate) fn at(&self, path: PathAndQuery) -> Uri {
        let mut parts = http::uri::Parts::default();
        parts.scheme = Some(self.scheme.clone());
        parts.authority = Some(self.authority.clone());
        parts.path_and_query = Some(path);
        Uri::from_parts(parts).expect("scheme, authority and path are all there is")
    }

    /// Whether it is this very address, as far as can be told without asking for names.
    pub(crate) fn is_at(&self, address: SocketAddr) -> bool {
        let default = if self.scheme == Scheme::HTTPS { 443 } else { 80 };
        if self.authority.port_u16().unwrap_or(default) != address.port() {
            return false;
        }
        let host = self.authority.host();
        let bare = host.trim_start_matches('[').trim_end_matches(']');
        match bare.parse::<IpAddr>() {
            Ok(ip) if address.ip().is_unspecified() => ip.is_loopback() || ip.is_unspecified(),
            Ok(ip) => ip == address.ip(),
            Err(_) => host.eq_ignore_ascii_case("localhost"),
        }
    }
}

impl FromStr for Upstream {
    type Err = UpstreamError;

    fn from_str(text: &str) -> Result<Self, UpstreamError> {
        let parts = text.parse::<Uri>()?.into_parts();
        let scheme = parts.scheme.filter(|it| *it == Scheme::HTTP || *it == Scheme::HTTPS);
        let scheme = scheme.ok_or(UpstreamError::Scheme)?;
        let authority = parts.authority.filter(|it| !it.host().is_empty());
        let authority = authority.ok_or(UpstreamError::Scheme)?;
        if authority.as_str().contains('@') {
            return Err(UpstreamError::Credentials);
        }
        let bare = parts.path_and_query.is_none_or(|path| path.as_str() == "/");
        if !bare || text.contains('#') {
            return Err(UpstreamError::Path);
        }
        Ok(Self { scheme, authority })
    }
}

impl fmt::Display for Upstream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}://{}", self.scheme, self.authority)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_upstream_is_scheme_host_and_port() {
        for (text, shown) in [
            ("http://127.0.0.1:9000", "http://127.0.0.1:9000"),
            ("https://node.example/", "https://node.example"),
            ("http://[::1]:9000", "http://[::1]:9000"),
        ] {
            assert_eq!(text.parse::<Upstream>().expect("an upstream").to_string(), shown);
        }
    }

    #[test]
    fn what_names_more_or_less_than_that_is_refused() {
        for text in ["", "node.example", "node.example:9000", "ftp://node.example", "http://"] {
            assert!(text.parse::<Upstream>().is_err(), "{text}");
        }
        for text in ["http://a/b", "http://a/?b", "http://a/#b"] {
            assert!(matches!(text.parse::<Upstream>(), Err(UpstreamError::Path)), "{text}");
        }
        let secret = "http://name:password@a".parse::<Upstream>();
        assert!(matches!(secret, Err(UpstreamError::Credentials)));
    }

    #[test]
    fn it_knows_its_own_address() {
        let at = |text: &str, address: &str| {
            let upstream = text.parse::<Upstream>().expect("an upstream");
            upstream.is_at(address.parse().expect("an address"))
        };
        assert!(at("http://127.0.0.1:9080", "127.0.0.1:9080"));
        assert!(at("http://localhost:9080", "127.0.0.1:9080"));
        assert!(at("http://[::1]:9080", "[::]:9080"));
        assert!(at("https://localhost", "127.0.0.1:443"));
        assert!(!at("http://127.0.0.1:9000", "127.0.0.1:9080"));
        assert!(!at("http://10.0.0.7:9080", "127.0.0.1:9080"));
    }
}
