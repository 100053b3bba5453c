//! Multiaddrs as validators announce them: a host, then transport and port, then perhaps `http`.

use std::net::{Ipv4Addr, Ipv6Addr};

/// Why text is not a multiaddr.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum MultiaddrError {
    /// It does not begin with a slash, or breaks off.
    #[error("invalid multiaddr")]
    Malformed,
    /// A protocol that nodes do not speak.
    #[error("unknown protocol string")]
    UnknownProtocol,
    /// No address or number after a protocol's name.
    #[error("invalid value in a multiaddr")]
    Value,
}

/// Checks that text is a multiaddr.
pub(super) fn check(text: &str) -> Result<(), MultiaddrError> {
    let mut parts = text.split('/');
    if parts.next() != Some("") {
        return Err(MultiaddrError::Malformed);
    }
    while let Some(protocol) = parts.next() {
        let mut value = || parts.next().filter(|value| !value.is_empty());
        let valid = match protocol {
            "http" | "https" | "tls" | "ws" | "wss" | "quic" | "quic-v1" => true,
            "ip4" => value().is_some_and(|value| value.parse::<Ipv4Addr>().is_ok()),
            "ip6" => value().is_some_and(|value| value.parse::<Ipv6Addr>().is_ok()),
            "tcp" | "udp" => value().is_some_and(|value| value.parse::<u16>().is_ok()),
            "dns" | "dns4" | "dns6" => value().is_some(),
            _ => return Err(MultiaddrError::UnknownProtocol),
        };
        if !valid {
            return Err(MultiaddrError::Value);
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::check;

    #[test]
    fn addresses_of_nodes_are_multiaddrs() {
        for text in ["/ip4/127.0.0.1/tcp/8080/http", "/dns/node.soma.org/udp/443", "/ip6/::1/tcp/1"]
        {
            assert_eq!(check(text), Ok(()), "{text}");
        }
    }

    #[test]
    fn other_text_is_not() {
        for text in ["127.0.0.1:80", "/", "/ip4", "/ip4/300.0.0.1", "/tcp/70000", "/ftp/1"] {
            assert!(check(text).is_err(), "{text}");
        }
    }
}
