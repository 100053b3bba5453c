//! Names of chains, as sites use them: `soma:testnet`.

use crate::digest::CheckpointDigest;
use serde::{Deserialize, Deserializer, Serialize};
use std::fmt;
use std::str::FromStr;

const NAMESPACE: &str = "soma:";
const MAX_REFERENCE: usize = 32;
/// Genesis checkpoint of the public test network.
const TESTNET: &str = "964EDrEzfvQT7HjVsjfXYcM1ubi3qhqB41zV7LLbCxxd";

/// Text that names no chain.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a chain is named soma: and up to 32 lower-case letters, digits and hyphens")]
pub struct ChainNameError;

/// The name of a chain.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct ChainName(String);

impl ChainName {
    /// The name that sites are told. A network of this machine is made anew again and again, so it has no
    /// identity of its own in its name.
    #[must_use]
    pub fn of(chain: CheckpointDigest, is_local: bool) -> Self {
        let name = if is_testnet(chain) {
            "testnet".to_owned()
        } else if is_local {
            "localnet".to_owned()
        } else {
            short_id(chain)
        };
        Self(format!("{NAMESPACE}{name}"))
    }

    /// The public test network's.
    #[must_use]
    pub fn testnet() -> Self {
        Self(format!("{NAMESPACE}testnet"))
    }

    /// That of networks of this machine.
    #[must_use]
    pub fn localnet() -> Self {
        Self(format!("{NAMESPACE}localnet"))
    }

    /// Whether this names the chain. The test network's name is that of its genesis and of nothing else,
    /// whatever a node calls itself.
    #[must_use]
    pub fn names(&self, chain: CheckpointDigest, is_local: bool) -> bool {
        match self.0.strip_prefix(NAMESPACE) {
            Some("testnet") => is_testnet(chain),
            Some("localnet") => is_local && !is_testnet(chain),
            Some(reference) => reference == short_id(chain),
            None => false,
        }
    }

    /// As it is written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

fn is_testnet(chain: CheckpointDigest) -> bool {
    TESTNET.parse() == Ok(chain)
}

/// The first four bytes of the genesis checkpoint's digest.
fn short_id(chain: CheckpointDigest) -> String {
    let [a, b, c, d, ..] = chain.0;
    hex::encode([a, b, c, d])
}

impl FromStr for ChainName {
    type Err = ChainNameError;
    fn from_str(text: &str) -> Result<Self, ChainNameError> {
        let reference = text.strip_prefix(NAMESPACE).ok_or(ChainNameError)?;
        let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
        if reference.is_empty() || reference.len() > MAX_REFERENCE || !reference.bytes().all(plain)
        {
            return Err(ChainNameError);
        }
        Ok(Self(text.to_owned()))
    }
}

impl<'de> Deserialize<'de> for ChainName {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

impl fmt::Display for ChainName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::{ChainName, TESTNET};
    use crate::digest::CheckpointDigest;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    fn name(text: &str) -> ChainName {
        text.parse().unwrap()
    }

    #[test]
    fn the_test_network_is_named_by_its_genesis_and_nothing_else() {
        let testnet: CheckpointDigest = TESTNET.parse().unwrap();
        let other = CheckpointDigest([7; 32]);
        assert_eq!(ChainName::of(testnet, true), ChainName::testnet());
        assert!(ChainName::testnet().names(testnet, false));
        assert!(!ChainName::testnet().names(other, true));
        assert!(!ChainName::localnet().names(testnet, true));
        let short = hex::encode(testnet.0.first_chunk::<4>().expect("a digest is longer"));
        assert!(name(&format!("soma:{short}")).names(testnet, false));
    }

    #[test]
    fn other_networks_are_named_by_four_bytes_of_their_genesis() {
        let chain = CheckpointDigest([0xab; 32]);
        assert_eq!(ChainName::of(chain, false).as_str(), "soma:abababab");
        assert_eq!(ChainName::of(chain, true), ChainName::localnet());
        assert!(name("soma:abababab").names(chain, true));
        assert!(!name("soma:localnet").names(chain, false));
        assert!(!name("soma:mainnet").names(chain, true));
    }

    #[test]
    fn what_is_no_name_is_refused() {
        let long = format!("soma:{}", "a".repeat(33));
        for text in
            ["", "soma:", "testnet", "sui:testnet", "soma:Test", "soma:a b", "soma:ä", &long]
        {
            assert!(text.parse::<ChainName>().is_err(), "{text}");
        }
    }
}
