//! The files with which a validator joins: its keys, and `validator.info`, which the network's own
//! command line reads to send `AddValidator`.
//!
//! The form is that of `soma validator make-validator-info` (`cli/src/commands/validator.rs` and
//! `types/src/validator_info.rs` of soma-org/soma): YAML, and keys as Base64.

use crate::bls::BlsKeypair;
use crate::genesis::GenesisValidator;
use base64ct::{Base64, Encoding as _};
use std::fmt::Write as _;
use std::fs::{self, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use wasm_core::keys::Keypair;
use wasm_core::tx::kind::AddValidatorArgs;
use zeroize::Zeroizing;

/// Commission of a validator that names none, in basis points. Joining ignores it: the network
/// begins at 10 and takes another rate by a transaction of its own.
pub const DEFAULT_COMMISSION_RATE: u64 = 200;

const PROTOCOL_KEY: &str = "protocol.key";
const ACCOUNT_KEY: &str = "account.key";
const NETWORK_KEY: &str = "network.key";
const WORKER_KEY: &str = "worker.key";
const INFO: &str = "validator.info";

/// Why the files of a validator were not written.
#[derive(Debug, thiserror::Error)]
pub enum MakeInfoError {
    /// A host that would break the addresses made from it.
    #[error("{0:?} is neither a host's name nor an IPv4 address")]
    Host(String),
    /// More than everything.
    #[error("a commission is at most 10000 basis points, not {0}")]
    Commission(u64),
    /// There is no randomness for keys.
    #[error("the system gives no randomness: {0}")]
    Randomness(getrandom::Error),
    /// A file cannot be read or written.
    #[error("{}: {source}", path.display())]
    File {
        /// Which file.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// A key file that is already there holds no key.
    #[error("{} is already there and holds no key: move it away", path.display())]
    NoKey {
        /// Which file.
        path: PathBuf,
    },
}

impl GenesisValidator {
    /// The text of its `validator.info`. It holds no secret.
    #[must_use]
    pub fn info(&self) -> String {
        let metadata = self.metadata();
        let mut text = String::from("---\ninfo:\n");
        let mut line = |name: &str, value: &dyn std::fmt::Display| {
            let _ = writeln!(text, "  {name}: {value}");
        };
        // Quoted, since an address of digits only would be read as a number.
        line("account-address", &format_args!("\"{}\"", metadata.soma_address.to_bare_hex()));
        line("protocol-key", &Base64::encode_string(&metadata.protocol_pubkey.0));
        line("worker-key", &Base64::encode_string(&metadata.worker_pubkey.0));
        line("network-key", &Base64::encode_string(&metadata.network_pubkey.0));
        line("proof-of-possession", &"");
        for byte in metadata.proof_of_possession.0 {
            let _ = writeln!(text, "    - {byte}");
        }
        let mut line = |name: &str, value: &dyn std::fmt::Display| {
            let _ = writeln!(text, "  {name}: {value}");
        };
        line("commission-rate", &self.commission_rate);
        line("network-address", &metadata.net_address);
        line("p2p-address", &metadata.p2p_address);
        line("primary-address", &metadata.primary_address);
        line("proxy-address", &metadata.proxy_address);
        // A name without a value ends at its colon.
        text.replace(": \n", ":\n")
    }

    /// What it sends to join.
    #[must_use]
    pub fn joining(&self) -> AddValidatorArgs {
        let metadata = self.metadata();
        let text = |text: &String| bcs::to_bytes(text).expect("text is of any length");
        AddValidatorArgs {
            pubkey_bytes: metadata.protocol_pubkey.0.to_vec(),
            network_pubkey_bytes: metadata.network_pubkey.0.to_vec(),
            worker_pubkey_bytes: metadata.worker_pubkey.0.to_vec(),
            proof_of_possession: metadata.proof_of_possession.0.to_vec(),
            net_address: text(&metadata.net_address),
            p2p_address: text(&metadata.p2p_address),
            primary_address: text(&metadata.primary_address),
            proxy_address: text(&metadata.proxy_address),
        }
    }
}

/// What was written, and for whom.
#[derive(Debug)]
pub struct Made {
    /// The validator with all its keys.
    pub validator: GenesisValidator,
    /// Keys that were in the folder already, and were taken.
    pub taken: Vec<PathBuf>,
    /// Files that are new.
    pub written: Vec<PathBuf>,
}

/// Writes `protocol.key`, `account.key`, `network.key`, `worker.key` and `validator.info` into a
/// folder. Keys that are there are taken, not replaced.
///
/// # Errors
/// Where host or commission are none, or a file cannot be read or written.
pub fn make(folder: &Path, host: &str, commission_rate: u64) -> Result<Made, MakeInfoError> {
    let host = host_part(host)?;
    if commission_rate > 10_000 {
        return Err(MakeInfoError::Commission(commission_rate));
    }
    let mut files = Files { folder, taken: Vec::new(), written: Vec::new() };
    let protocol = files.key(PROTOCOL_KEY, BlsKeypair::parse_base64, |seed| {
        let key = BlsKeypair::derive(seed);
        let text = key.expose_base64();
        (key, text)
    })?;
    let account = files.account_key(ACCOUNT_KEY)?;
    let network = files.account_key(NETWORK_KEY)?;
    let worker = files.account_key(WORKER_KEY)?;
    let address = |port: u16| format!("{host}/tcp/{port}/http");
    let validator = GenesisValidator {
        account,
        protocol,
        network,
        worker,
        coin: 0,
        stake: 0,
        commission_rate,
        net_address: address(8080),
        p2p_address: address(8084),
        primary_address: address(8081),
        proxy_address: address(8090),
    };
    let path = folder.join(INFO);
    fs::write(&path, validator.info())
        .map_err(|source| MakeInfoError::File { path: path.clone(), source })?;
    files.written.push(path);
    Ok(Made { validator, taken: files.taken, written: files.written })
}

/// The beginning of a multiaddr at a host.
fn host_part(host: &str) -> Result<String, MakeInfoError> {
    if host.parse::<std::net::Ipv4Addr>().is_ok() {
        return Ok(format!("/ip4/{host}"));
    }
    let label = |label: &str| {
        !label.is_empty() && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
    };
    if host.len() <= 200 && host.split('.').all(label) {
        Ok(format!("/dns/{host}"))
    } else {
        Err(MakeInfoError::Host(host.to_owned()))
    }
}

struct Files<'a> {
    folder: &'a Path,
    taken: Vec<PathBuf>,
    written: Vec<PathBuf>,
}

impl Files<'_> {
    /// The key of a file, made if there is no such file.
    fn key<K>(
        &mut self,
        name: &str,
        parse: impl Fn(&str) -> Option<K>,
        make: impl Fn(&[u8; 32]) -> (K, Zeroizing<String>),
    ) -> Result<K, MakeInfoError> {
        let path = self.folder.join(name);
        let failed = |source| MakeInfoError::File { path: path.clone(), source };
        match fs::read_to_string(&path) {
            Ok(text) => {
                let text = Zeroizing::new(text);
                let key =
                    parse(&text).ok_or_else(|| MakeInfoError::NoKey { path: path.clone() })?;
                self.taken.push(path);
                Ok(key)
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                let mut seed = Zeroizing::new([0; 32]);
                getrandom::fill(seed.as_mut()).map_err(MakeInfoError::Randomness)?;
                let (key, text) = make(&seed);
                write_secret(&path, &text).map_err(failed)?;
                self.written.push(path);
                Ok(key)
            }
            Err(error) => Err(failed(error)),
        }
    }

    fn account_key(&mut self, name: &str) -> Result<Keypair, MakeInfoError> {
        self.key(
            name,
            |text| Keypair::parse(text).ok(),
            |seed| {
                let key = Keypair::derive(seed);
                let text = key.expose_base64();
                (key, text)
            },
        )
    }
}

/// Writes a file that only its owner may read, and that was not there before.
fn write_secret(path: &Path, text: &str) -> io::Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt as _;
        options.mode(0o600);
    }
    options.open(path)?.write_all(text.as_bytes())
}

#[cfg(test)]
mod tests {
    use super::{DEFAULT_COMMISSION_RATE, MakeInfoError, make};
    use crate::bls::verify_possession;
    use crate::genesis::GenesisValidator;

    #[test]
    fn an_info_names_everything_that_joining_needs() {
        let validator = GenesisValidator::derive_at(&[4; 32], 3);
        let info = validator.info();
        let lines: Vec<&str> = info.lines().collect();
        assert_eq!(lines[..2], ["---", "info:"]);
        let address = validator.account.address().to_bare_hex();
        assert_eq!(lines[2], format!("  account-address: \"{address}\""));
        assert_eq!(lines[6], "  proof-of-possession:");
        let proof: Vec<u8> = lines[7..55]
            .iter()
            .map(|it| it.replace("    - ", "").parse().expect("a byte"))
            .collect();
        assert_eq!(proof, validator.joining().proof_of_possession);
        assert_eq!(
            lines[55..],
            [
                "  commission-rate: 200",
                "  network-address: /ip4/127.0.0.1/tcp/8110/http",
                "  p2p-address: /ip4/127.0.0.1/udp/8114",
                "  primary-address: /ip4/127.0.0.1/tcp/8111/http",
                "  proxy-address: /ip4/127.0.0.1/tcp/9000/http",
            ]
        );
    }

    #[test]
    fn a_proof_in_an_info_is_of_its_own_key_and_address() {
        let validator = GenesisValidator::derive_at(&[4; 32], 3);
        let metadata = validator.metadata();
        let (key, proof) = (&metadata.protocol_pubkey, &metadata.proof_of_possession);
        assert!(verify_possession(key, validator.account.address(), proof));
    }

    #[test]
    fn keys_that_are_there_are_taken_and_not_replaced() {
        let folder = tempfile::tempdir().expect("a folder");
        let first = make(folder.path(), "node.example.org", DEFAULT_COMMISSION_RATE);
        let first = first.expect("written");
        assert_eq!((first.taken.len(), first.written.len()), (0, 5));
        let again = make(folder.path(), "10.0.0.7", 5).expect("written");
        assert_eq!((again.taken.len(), again.written.len()), (4, 1));
        assert_eq!(first.validator.account.address(), again.validator.account.address());
        let (one, two) = (first.validator.metadata(), again.validator.metadata());
        assert_eq!(one.protocol_pubkey, two.protocol_pubkey);
        assert_eq!(one.net_address, "/dns/node.example.org/tcp/8080/http");
        assert_eq!(two.net_address, "/ip4/10.0.0.7/tcp/8080/http");
    }

    #[cfg(unix)]
    #[test]
    fn only_the_owner_may_read_keys() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = tempfile::tempdir().expect("a folder");
        make(folder.path(), "localhost", 0).expect("written");
        for name in ["protocol.key", "account.key", "network.key", "worker.key"] {
            let mode = std::fs::metadata(folder.path().join(name)).expect("a file").permissions();
            assert_eq!(mode.mode() & 0o777, 0o600, "{name}");
        }
    }

    #[test]
    fn what_is_no_key_host_or_commission_is_refused_and_nothing_replaced() {
        let folder = tempfile::tempdir().expect("a folder");
        for host in ["", "a/b", "a b", "ä", "a..b", "/ip4/1.2.3.4", &"a".repeat(300)] {
            let refused = make(folder.path(), host, 0).expect_err(host);
            assert!(matches!(refused, MakeInfoError::Host(_)), "{host}");
        }
        let refused = make(folder.path(), "a", 10_001).expect_err("too much");
        assert!(matches!(refused, MakeInfoError::Commission(10_001)));
        let path = folder.path().join("worker.key");
        std::fs::write(&path, "not a key").expect("written");
        let refused = make(folder.path(), "a", 0).expect_err("no key");
        assert!(matches!(refused, MakeInfoError::NoKey { .. }));
        assert_eq!(std::fs::read_to_string(&path).expect("there"), "not a key");
    }
}
