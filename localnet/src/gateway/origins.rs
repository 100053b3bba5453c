//! Whose pages may use the gateway.
//!
//! Node and faucet tell and give everybody the same, so any page may ask them: the gateway adds no
//! secret to a call. An admin ends epochs and a scoring service works and fetches for whoever asks, so
//! a page that one merely visits must not reach them: only pages of this machine may, or those named.

use crate::gateway::upstream::Service;
use http::Uri;
use std::fmt;
use std::net::IpAddr;
use std::str::FromStr;

/// Where a page comes from, as browsers write it into the header `origin`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Origin(String);

/// Why a text is no origin.
#[derive(Debug, thiserror::Error)]
#[error(
    "an origin is scheme, host and port as browsers write them, such as https://wallet.example"
)]
pub struct OriginError;

impl FromStr for Origin {
    type Err = OriginError;

    fn from_str(text: &str) -> Result<Self, OriginError> {
        let (scheme, rest) = text.split_once("://").ok_or(OriginError)?;
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._:[]".contains(&byte);
        let written = scheme.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-')
            && !scheme.is_empty()
            && !rest.is_empty()
            && rest.bytes().all(plain);
        // Browsers write hosts in small letters and leave out a scheme's own port.
        if written { Ok(Self(text.to_ascii_lowercase())) } else { Err(OriginError) }
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Which pages may use what.
#[derive(Clone, Debug)]
pub(crate) struct Origins {
    named: Vec<Origin>,
}

impl Origins {
    /// Only these, or, where none is named, what each service stands.
    pub(crate) const fn new(named: Vec<Origin>) -> Self {
        Self { named }
    }

    /// Whether a page may call a service.
    pub(crate) fn allow(&self, service: Service, origin: &str) -> bool {
        if !self.named.is_empty() {
            return self.named.iter().any(|named| named.0 == origin);
        }
        match service {
            Service::Node | Service::Faucet => true,
            Service::Scoring | Service::Admin => is_of_this_machine(origin),
        }
    }
}

/// Whether a page was served by this machine. Names that end in `.localhost` never leave it.
fn is_of_this_machine(origin: &str) -> bool {
    let Ok(uri) = origin.parse::<Uri>() else { return false };
    let Some(host) = uri.host().filter(|_| matches!(uri.scheme_str(), Some("http" | "https")))
    else {
        return false;
    };
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    bare.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback())
        || host == "localhost"
        || host.ends_with(".localhost")
}

#[cfg(test)]
mod tests {
    use super::*;

    const STRANGER: &str = "https://evil.example";
    const OURS: [&str; 4] = [
        "http://localhost:8080",
        "http://127.0.0.1",
        "https://wallet.localhost:3000",
        "http://[::1]:8080",
    ];

    #[test]
    fn unless_named_only_pages_of_this_machine_reach_what_acts_for_them() {
        let origins = Origins::new(Vec::new());
        for origin in OURS {
            for service in Service::ALL {
                assert!(origins.allow(service, origin), "{origin} {service:?}");
            }
        }
        let near_misses = [
            STRANGER,
            "null",
            "http://localhost.evil.example",
            "http://127.0.0.1.evil.example",
            "http://evillocalhost",
            "http://localhost@evil.example",
            "chrome-extension://localhost",
            "",
        ];
        for origin in near_misses {
            assert!(origins.allow(Service::Node, origin) && origins.allow(Service::Faucet, origin));
            assert!(!origins.allow(Service::Admin, origin), "{origin}");
            assert!(!origins.allow(Service::Scoring, origin), "{origin}");
        }
    }

    #[test]
    fn named_origins_are_the_only_ones() {
        let origins = Origins::new(vec!["https://Wallet.example".parse().expect("an origin")]);
        for service in Service::ALL {
            assert!(origins.allow(service, "https://wallet.example"));
            assert!(!origins.allow(service, "https://wallet.example:8443"));
            assert!(!origins.allow(service, "http://wallet.example"));
            assert!(!origins.allow(service, OURS[0]));
        }
    }

    #[test]
    fn an_origin_has_no_path() {
        for text in ["https://a.example/", "https://a.example/b", "a.example", "*", "", "null"] {
            assert!(text.parse::<Origin>().is_err(), "{text}");
        }
        assert!("chrome-extension://abcdefgh".parse::<Origin>().is_ok());
        assert!("http://[::1]:8080".parse::<Origin>().is_ok());
    }
}
