//! `validator.info`: what a node's operator hands to the wallet to become a validator.
//!
//! `soma validator make-validator-info HOST` writes it (`cli/src/commands/validator.rs` and
//! `types/src/validator_info.rs` of soma-org/soma), as YAML with one key, `info`, and under it, in any
//! order, each once:
//!
//! ```text
//! account-address:      64 hex digits, with or without 0x
//! protocol-key:         Base64 of 96 bytes, BLS12-381 in G2
//! worker-key:           Base64 of 32 bytes, Ed25519
//! network-key:          Base64 of 32 bytes, Ed25519
//! proof-of-possession:  a list of 48 numbers, a signature in G1 over key and account
//! commission-rate:      basis points; joining ignores it
//! network-address:      a multiaddr such as /dns/node.example/tcp/8080/http
//! p2p-address:          the same
//! primary-address:      the same
//! proxy-address:        the same
//! ```
//!
//! Only that much of YAML is read. The file holds no secret.

use crate::address::{Address, AddressParseError};
use crate::bytes::FixedBytes;
use crate::multiaddr::{Multiaddr, MultiaddrError};
use base64ct::{Base64, Encoding as _};
use ed25519_dalek::VerifyingKey;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A file of the tool has about 1,500 bytes.
const MAX_BYTES: usize = 64 << 10;

/// What a node's operator says of a validator to be.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ValidatorInfo {
    /// Who will be the validator, and signs.
    pub account_address: Address,
    /// BLS12-381 in G2.
    pub protocol_key: FixedBytes<96>,
    /// Ed25519, for workers.
    pub worker_key: FixedBytes<32>,
    /// Ed25519, for connections.
    pub network_key: FixedBytes<32>,
    /// BLS12-381 signature in G1 that the protocol key is the account's.
    pub proof_of_possession: FixedBytes<48>,
    /// Basis points. The network ignores it when a validator joins; it can be set once it has.
    pub commission_bps: u64,
    /// Where it takes transactions.
    pub network_address: Multiaddr,
    /// Where it shares state.
    pub p2p_address: Multiaddr,
    /// Where it takes part in consensus.
    pub primary_address: Multiaddr,
    /// Where its proxy listens.
    pub proxy_address: Multiaddr,
}

/// Why bytes are no key or proof of a validator.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// No compressed point of G2.
    #[error("the protocol key is not a BLS12-381 key")]
    Protocol,
    /// No point of the curve.
    #[error("a network or worker key is not an Ed25519 key")]
    Ed25519,
    /// No compressed point of G1.
    #[error("the proof of possession is not a BLS12-381 signature")]
    Proof,
}

/// Why text is no `validator.info`.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ValidatorInfoError {
    /// Much longer than the tool writes.
    #[error("this is too long for a validator.info")]
    TooLong,
    /// A line that the tool would not write.
    #[error("line {0} is none that a validator.info has")]
    Line(usize),
    /// A field that is not there.
    #[error("{0} is missing")]
    Missing(&'static str),
    /// A field that stands there twice.
    #[error("{0} is given twice")]
    Twice(&'static str),
    /// The account's address is none.
    #[error("account-address: {0}")]
    Account(AddressParseError),
    /// The account's address is too short to be one that somebody gave.
    #[error("account-address: a whole address has 64 digits, this one has {0}")]
    ShortAccount(usize),
    /// A key is not Base64 of so many bytes.
    #[error("{field} is not {bytes} bytes in Base64")]
    Base64 {
        /// Which one.
        field: &'static str,
        /// How many bytes it has.
        bytes: usize,
    },
    /// The proof is not 48 numbers.
    #[error("proof-of-possession is not a list of 48 numbers up to 255")]
    ProofBytes,
    /// The commission is no number of basis points.
    #[error("commission-rate is not a number of basis points up to 10000")]
    Commission,
    /// An address is none.
    #[error("{field}: {error}")]
    Address {
        /// Which one.
        field: &'static str,
        /// What is wrong with it.
        error: MultiaddrError,
    },
    /// A key or the proof is none.
    #[error(transparent)]
    Key(#[from] KeyError),
}

/// Whether the first byte is that of a compressed point that is not the point at infinity.
const fn is_compressed(first: u8) -> bool {
    first & 0b1100_0000 == 0b1000_0000
}

/// Checks the shape of a protocol key. The network checks the rest.
///
/// # Errors
/// Where it is no compressed point.
pub const fn check_protocol_key(key: &FixedBytes<96>) -> Result<(), KeyError> {
    if is_compressed(key.0[0]) { Ok(()) } else { Err(KeyError::Protocol) }
}

/// Checks the shape of a proof of possession. The network verifies it.
///
/// # Errors
/// Where it is no compressed point.
pub const fn check_proof(proof: &FixedBytes<48>) -> Result<(), KeyError> {
    if is_compressed(proof.0[0]) { Ok(()) } else { Err(KeyError::Proof) }
}

/// Checks a network or worker key.
///
/// # Errors
/// Where it is no point of the curve.
pub fn check_ed25519(key: &FixedBytes<32>) -> Result<(), KeyError> {
    VerifyingKey::from_bytes(&key.0).map(|_| ()).map_err(|_| KeyError::Ed25519)
}

impl ValidatorInfo {
    /// Checks keys and proof, the latter for its shape only.
    ///
    /// # Errors
    /// Where one is none.
    pub fn check_keys(&self) -> Result<(), KeyError> {
        check_protocol_key(&self.protocol_key)?;
        check_ed25519(&self.network_key)?;
        check_ed25519(&self.worker_key)?;
        check_proof(&self.proof_of_possession)
    }

    /// Reads a `validator.info`.
    ///
    /// # Errors
    /// Where it is none, or a value is not valid.
    pub fn parse(text: &str) -> Result<Self, ValidatorInfoError> {
        let fields = Fields::read(text)?;
        let account = fields.text(ACCOUNT)?;
        let digits = account.strip_prefix("0x").unwrap_or(account).len();
        let account_address = account.parse().map_err(ValidatorInfoError::Account)?;
        if digits != 64 {
            return Err(ValidatorInfoError::ShortAccount(digits));
        }
        let commission = fields.text(COMMISSION)?.parse().ok();
        let commission = commission.filter(|&rate| rate <= crate::intent::MAX_COMMISSION_BPS);
        let info = Self {
            account_address,
            protocol_key: fields.key(PROTOCOL)?,
            worker_key: fields.key(WORKER)?,
            network_key: fields.key(NETWORK)?,
            proof_of_possession: fields.proof()?,
            commission_bps: commission.ok_or(ValidatorInfoError::Commission)?,
            network_address: fields.address(NETWORK_ADDRESS)?,
            p2p_address: fields.address(P2P_ADDRESS)?,
            primary_address: fields.address(PRIMARY_ADDRESS)?,
            proxy_address: fields.address(PROXY_ADDRESS)?,
        };
        info.check_keys()?;
        Ok(info)
    }
}

const ACCOUNT: &str = "account-address";
const PROTOCOL: &str = "protocol-key";
const WORKER: &str = "worker-key";
const NETWORK: &str = "network-key";
const PROOF: &str = "proof-of-possession";
const COMMISSION: &str = "commission-rate";
const NETWORK_ADDRESS: &str = "network-address";
const P2P_ADDRESS: &str = "p2p-address";
const PRIMARY_ADDRESS: &str = "primary-address";
const PROXY_ADDRESS: &str = "proxy-address";

const FIELDS: [&str; 10] = [
    ACCOUNT,
    PROTOCOL,
    WORKER,
    NETWORK,
    PROOF,
    COMMISSION,
    NETWORK_ADDRESS,
    P2P_ADDRESS,
    PRIMARY_ADDRESS,
    PROXY_ADDRESS,
];

/// What stands under `info`.
#[derive(Default)]
struct Fields<'a> {
    texts: BTreeMap<&'static str, &'a str>,
    proof: Option<Vec<&'a str>>,
}

/// A scalar without the quotes around it.
fn unquoted(text: &str) -> &str {
    let text = text.trim();
    let within = |quote: char| text.strip_prefix(quote)?.strip_suffix(quote);
    within('"').or_else(|| within('\'')).unwrap_or(text)
}

impl<'a> Fields<'a> {
    fn read(text: &'a str) -> Result<Self, ValidatorInfoError> {
        if text.len() > MAX_BYTES {
            return Err(ValidatorInfoError::TooLong);
        }
        let mut fields = Self::default();
        let mut begun = false;
        // Whether items of a list may follow.
        let mut in_proof = false;
        for (at, line) in text.lines().enumerate() {
            let wrong = ValidatorInfoError::Line(at + 1);
            let (bare, indented) = (line.trim(), line.starts_with(' '));
            if bare.is_empty() || bare.starts_with('#') || (bare == "---" && !begun) {
                continue;
            }
            if !begun {
                begun = bare == "info:" && !indented;
                if begun { continue } else { return Err(wrong) }
            }
            if let Some(item) = bare.strip_prefix("- ").filter(|_| in_proof) {
                fields.proof.get_or_insert_default().push(item.trim());
                continue;
            }
            let (name, value) = bare.split_once(':').filter(|_| indented).ok_or(wrong.clone())?;
            let name = FIELDS.into_iter().find(|field| *field == name).ok_or(wrong.clone())?;
            if name == PROOF && fields.proof.is_some() || fields.texts.contains_key(name) {
                return Err(ValidatorInfoError::Twice(name));
            }
            in_proof = name == PROOF;
            if in_proof {
                fields.proof = Some(list(value).ok_or(wrong)?);
            } else {
                fields.texts.insert(name, unquoted(value));
            }
        }
        if begun { Ok(fields) } else { Err(ValidatorInfoError::Missing("info")) }
    }

    fn text(&self, field: &'static str) -> Result<&'a str, ValidatorInfoError> {
        self.texts.get(field).copied().ok_or(ValidatorInfoError::Missing(field))
    }

    fn key<const N: usize>(
        &self,
        field: &'static str,
    ) -> Result<FixedBytes<N>, ValidatorInfoError> {
        let bytes = Base64::decode_vec(self.text(field)?).ok();
        let key = bytes.and_then(|bytes| FixedBytes::from_slice(&bytes));
        key.ok_or(ValidatorInfoError::Base64 { field, bytes: N })
    }

    fn proof(&self) -> Result<FixedBytes<48>, ValidatorInfoError> {
        let items = self.proof.as_ref().ok_or(ValidatorInfoError::Missing(PROOF))?;
        let bytes: Option<Vec<u8>> = items.iter().map(|item| item.parse().ok()).collect();
        let proof = bytes.and_then(|bytes| FixedBytes::from_slice(&bytes));
        proof.ok_or(ValidatorInfoError::ProofBytes)
    }

    fn address(&self, field: &'static str) -> Result<Multiaddr, ValidatorInfoError> {
        let parsed = self.text(field)?.parse();
        parsed.map_err(|error| ValidatorInfoError::Address { field, error })
    }
}

/// A list on the line of its name, as in `[1, 2]`; empty where it follows on lines of its own.
fn list(value: &str) -> Option<Vec<&str>> {
    match value.trim() {
        "" => Some(Vec::new()),
        value => {
            let items = value.strip_prefix('[')?.strip_suffix(']')?;
            Some(items.split(',').map(str::trim).collect())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{KeyError, ValidatorInfo, ValidatorInfoError};
    use crate::address::Address;
    use crate::multiaddr::MultiaddrError;
    use base64ct::{Base64, Encoding as _};
    use std::fmt::Write as _;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    fn key(first: u8, length: usize) -> String {
        let mut bytes = vec![7; length];
        bytes[0] = first;
        Base64::encode_string(&bytes)
    }

    fn ed25519(seed: u8) -> String {
        let key = ed25519_dalek::SigningKey::from_bytes(&[seed; 32]);
        Base64::encode_string(&key.verifying_key().to_bytes())
    }

    fn file() -> String {
        let mut proof = String::new();
        for byte in [0x8a; 48] {
            let _ = writeln!(proof, "    - {byte}");
        }
        format!(
            "---\ninfo:\n  account-address: \"{}\"\n  protocol-key: {}\n  worker-key: {}\n  \
             network-key: {}\n  proof-of-possession:\n{proof}  commission-rate: 200\n  \
             network-address: /dns/node.example/tcp/8080/http\n  \
             p2p-address: /dns/node.example/tcp/8084/http\n  \
             primary-address: /dns/node.example/tcp/8081/http\n  \
             proxy-address: /dns/node.example/tcp/8090/http\n",
            "12".repeat(32),
            key(0x91, 96),
            ed25519(1),
            ed25519(2),
        )
    }

    #[test]
    fn what_the_tool_writes_is_read() {
        let info = ValidatorInfo::parse(&file()).unwrap();
        assert_eq!(info.account_address, Address([0x12; 32]));
        assert_eq!(info.protocol_key.0[..2], [0x91, 7]);
        assert_eq!(info.proof_of_possession.0, [0x8a; 48]);
        assert_eq!(info.commission_bps, 200);
        assert_eq!(info.primary_address.as_str(), "/dns/node.example/tcp/8081/http");
        assert_ne!(info.worker_key, info.network_key);
    }

    #[test]
    fn lists_may_stand_on_one_line_and_indent_less_and_lines_may_be_comments() {
        let text = file();
        let flow = ["138"; 48].join(", ");
        let block = "    - 138\n".repeat(48);
        let same = ValidatorInfo::parse(&text);
        let on_one_line = text.replace(&format!("\n{block}"), &format!(" [{flow}]\n"));
        assert_ne!(on_one_line, text);
        assert_eq!(ValidatorInfo::parse(&on_one_line), same);
        assert_eq!(ValidatorInfo::parse(&text.replace("    - ", "  - ")), same);
        let commented = text.replace("info:\n", "info:\n\n# made by hand\n").replace("---\n", "");
        assert_eq!(ValidatorInfo::parse(&commented), same);
    }

    #[test]
    fn what_is_missing_twice_or_unknown_is_named() {
        use ValidatorInfoError as E;
        let of = |text: &str| ValidatorInfo::parse(text).unwrap_err();
        assert_eq!(of(""), E::Missing("info"));
        assert_eq!(of("{}"), E::Line(1));
        assert_eq!(of("info:\n"), E::Missing("account-address"));
        assert_eq!(of("info:\n  gas-price: 1\n"), E::Line(2));
        assert_eq!(of("info:\n  - 1\n"), E::Line(2));
        let twice = format!("{}  commission-rate: 1\n", file());
        assert_eq!(of(&twice), E::Twice("commission-rate"));
        let twice = format!("{}  proof-of-possession: [1]\n", file());
        assert_eq!(of(&twice), E::Twice("proof-of-possession"));
        assert_eq!(of(&"#".repeat(70_000)), E::TooLong);
        let without = file().replace("  proxy-address: /dns/node.example/tcp/8090/http\n", "");
        assert_eq!(of(&without), E::Missing("proxy-address"));
    }

    #[test]
    fn values_that_are_not_what_they_should_be_are_named() {
        use ValidatorInfoError as E;
        let of = |from: &str, to: &str| {
            let text = file();
            assert!(text.contains(from), "{from}");
            ValidatorInfo::parse(&text.replacen(from, to, 1)).unwrap_err()
        };
        assert_eq!(of(&"12".repeat(32), "0x12"), E::ShortAccount(2));
        assert!(matches!(of(&"12".repeat(32), "me"), E::Account(_)));
        assert_eq!(of("rate: 200", "rate: 10001"), E::Commission);
        assert_eq!(of("- 138", "- 256"), E::ProofBytes);
        assert_eq!(of("    - 138\n", ""), E::ProofBytes);
        assert_eq!(of("- 138", "- 10"), E::Key(KeyError::Proof));
        let protocol = E::Base64 { field: "protocol-key", bytes: 96 };
        assert_eq!(of(&key(0x91, 96), &key(0x91, 95)), protocol);
        assert_eq!(of(&key(0x91, 96), &key(0x11, 96)), E::Key(KeyError::Protocol));
        let not_on_the_curve = Base64::encode_string(&[2; 32]);
        assert_eq!(of(&ed25519(1), &not_on_the_curve), E::Key(KeyError::Ed25519));
        let error = MultiaddrError::NoSlash;
        let field = "p2p-address";
        assert_eq!(of("/dns/node.example/tcp/8084", "x"), E::Address { field, error });
    }
}
