//! A whole network in this process: ledger, clock and ports.

use crate::bls::BlsKeypair;
use crate::demo::{self, DemoError};
use crate::genesis::{
    GenesisAccount, GenesisConfig, GenesisError, GenesisValidator, LOCALNET_COIN, LOCALNET_COINS,
    LOCALNET_STAKE,
};
use crate::http::blobs::BlobStore;
use crate::http::{Services, node_router};
use crate::ledger::Ledger;
use crate::scoring::ScoringEngine;
use crate::services::faucet::Faucet;
use crate::services::node::{Node, SERVER_VERSION, now_ms};
use crate::services::{admin, faucet, scoring};
use crate::supply::{Discrepancy, Supply};
use axum::Router;
use axum::serve::ListenerExt as _;
use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::task::JoinSet;
use tokio::time::Instant;
use wasm_core::address::{Address, ModelId};
use wasm_core::amount::Shannons;
use wasm_core::digest::{CheckpointDigest, blake2b256};
use wasm_core::keys::Keypair;
use zeroize::Zeroizing;

/// The least time between two checkpoints.
const CHECKPOINT_INTERVAL: Duration = Duration::from_millis(200);
/// As many accounts get coins of that size; more share what these would have.
const ACCOUNTS_AT_FULL_SIZE: u64 = 5;
/// As many validators have a stake of the usual size; more share what these would have.
const VALIDATORS_AT_FULL_STAKE: u64 = 10;
/// Where the scoring service listens if that port is free.
const SCORING_PORT: u16 = 9124;
/// Validators of a network that shows life: so many that three of them are a quorum.
const DEMO_VALIDATORS: u8 = 4;
/// Accounts that own the models of a network that shows life.
const DEMO_OWNERS: usize = 3;

/// When epochs end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EpochLength {
    /// When the admin says so. The chain's parameter says 24 hours.
    ByAdmin,
    /// After this many milliseconds, and when the admin says so.
    Milliseconds(u64),
}

/// What a network starts with.
#[derive(Clone, Debug)]
pub struct Config {
    /// Address to listen on.
    pub host: IpAddr,
    /// Port of the node's API; 0 for any free one.
    pub rpc_port: u16,
    /// Port of the faucet; 0 for any free one.
    pub faucet_port: u16,
    /// Port of the admin; 0 for any free one.
    pub admin_port: u16,
    /// Port of the scoring service; 0 for any free one. If absent 9124, or any free one where another
    /// program has that.
    pub scoring_port: Option<u16>,
    /// When epochs end.
    pub epoch_length: EpochLength,
    /// Values of an embedding; the protocol's 2048 if absent.
    pub embedding_dim: Option<u64>,
    /// How many validators there are, 1 to 100; if absent 1, or 4 in a demo.
    pub validators: Option<u8>,
    /// Files with the protocol keys of validators that may join: this process signs for them.
    pub protocol_keys: Vec<PathBuf>,
    /// Whether models are active and targets open from the start. Embeddings have 16 values then.
    pub demo: bool,
    /// What scores data; nothing if absent.
    pub scoring: Option<Arc<dyn ScoringEngine>>,
    /// How many accounts get coins.
    pub accounts: usize,
    /// Coins for addresses whose keys are elsewhere.
    pub funds: Vec<(Address, Shannons)>,
    /// What the faucet gives to each request.
    pub faucet_amount: Shannons,
    /// Where blobs are kept; a temporary folder if absent.
    pub blob_dir: Option<PathBuf>,
    /// The most bytes of one blob.
    pub blob_limit: u64,
    /// What all keys are derived from; fresh randomness if absent.
    pub seed: Option<String>,
    /// Start of epoch 0, milliseconds since 1970; now if absent. With a seed and this the chain id is
    /// the same at every start.
    pub genesis_timestamp_ms: Option<u64>,
    /// Whether pages of other origins are kept from reading why a call failed, as a node keeps them.
    pub hide_errors: bool,
    /// The version that the network says it is. Clients compare it with their own.
    pub server_version: String,
}

impl Default for Config {
    /// The reference's local network, on loopback.
    fn default() -> Self {
        Self {
            host: IpAddr::V4(Ipv4Addr::LOCALHOST),
            rpc_port: 9000,
            faucet_port: 9123,
            admin_port: 9125,
            scoring_port: None,
            epoch_length: EpochLength::Milliseconds(24 * 60 * 60 * 1000),
            embedding_dim: None,
            validators: None,
            protocol_keys: Vec::new(),
            demo: false,
            scoring: None,
            accounts: 5,
            funds: Vec::new(),
            faucet_amount: Shannons(2 * Shannons::PER_SOMA),
            blob_dir: None,
            blob_limit: 16 << 30,
            seed: None,
            genesis_timestamp_ms: None,
            hide_errors: false,
            server_version: SERVER_VERSION.to_owned(),
        }
    }
}

impl Config {
    /// For tests: any free ports, small embeddings, keys that are always the same, epochs by hand.
    #[must_use]
    pub fn for_tests() -> Self {
        Self {
            rpc_port: 0,
            faucet_port: 0,
            admin_port: 0,
            scoring_port: Some(0),
            epoch_length: EpochLength::ByAdmin,
            embedding_dim: Some(16),
            seed: Some("tests".to_owned()),
            ..Self::default()
        }
    }
}

/// Why a network did not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// A port is taken, or may not be used.
    #[error("the {what} cannot listen on {address}: {source}")]
    Listen {
        /// `rpc`, `faucet`, `scoring` or `admin`.
        what: &'static str,
        /// Where it should listen.
        address: SocketAddr,
        /// What the system says.
        source: io::Error,
    },
    /// The folder of blobs cannot be made.
    #[error("the folder for blobs cannot be used: {0}")]
    BlobDir(io::Error),
    /// The first objects cannot be made.
    #[error("the genesis cannot be made: {0}")]
    Genesis(#[from] GenesisError),
    /// There is no randomness for keys.
    #[error("the system gives no randomness: {0}")]
    Randomness(getrandom::Error),
    /// None, or more than have addresses of their own.
    #[error("a local network has 1 to 100 validators, not {0}")]
    Validators(u8),
    /// The models of a demo have one width.
    #[error("the demo's models have embeddings of {width} values, not {0}", width = demo::WIDTH)]
    DemoWidth(u64),
    /// The models of a demo cannot be stored.
    #[error("the demo's models cannot be stored: {0}")]
    Demo(#[from] DemoError),
    /// A file that should hold a validator's protocol key cannot be read.
    #[error("{}: {source}", path.display())]
    ProtocolKeyFile {
        /// Which file.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// A file that should hold a validator's protocol key holds something else.
    #[error("{} holds no protocol key, which is the Base64 of 32 bytes", path.display())]
    NoProtocolKey {
        /// Which file.
        path: PathBuf,
    },
}

/// Starts networks.
#[derive(Clone, Copy, Debug)]
pub struct Network;

/// A network that runs until this is dropped.
#[derive(Debug)]
pub struct RunningNetwork {
    /// The node's API: gRPC, gRPC-web, `/model`, `/data`, `/blobs`.
    pub rpc_url: String,
    /// The faucet, for clients that speak HTTP/2.
    pub faucet_url: String,
    /// The scoring service, for clients that speak HTTP/2.
    pub scoring_url: String,
    /// The admin, for clients that speak HTTP/2.
    pub admin_url: String,
    /// Digest of the genesis checkpoint.
    pub chain_id: CheckpointDigest,
    /// Keys of the funded accounts.
    pub accounts: Vec<Keypair>,
    /// The validators of the first epoch, with all their keys.
    pub validators: Vec<GenesisValidator>,
    /// Models that are active from the start.
    pub models: Vec<ModelId>,
    /// Shannons that each of `accounts` starts with.
    pub account_balance: Shannons,
    node: Arc<Node>,
    tasks: JoinSet<()>,
    // Removed when the network goes.
    _temporary_blobs: Option<tempfile::TempDir>,
}

/// All keys of a network, derived from one secret.
struct Seed(Zeroizing<[u8; 32]>);

impl Seed {
    fn new(text: Option<&str>) -> Result<Self, StartError> {
        let mut secret = Zeroizing::new([0; 32]);
        match text {
            Some(text) => *secret = blake2b256(&[b"soma local network", text.as_bytes()]),
            None => getrandom::fill(secret.as_mut()).map_err(StartError::Randomness)?,
        }
        Ok(Self(secret))
    }

    fn derive(&self, purpose: &str, index: u64) -> Zeroizing<[u8; 32]> {
        let index = index.to_le_bytes();
        Zeroizing::new(blake2b256(&[&self.0[..], purpose.as_bytes(), &[0], &index]))
    }

    fn key(&self, purpose: &str, index: u64) -> Keypair {
        Keypair::derive(&self.derive(purpose, index))
    }
}

impl Network {
    /// Starts a network and returns once its ports answer.
    ///
    /// # Errors
    /// Where a port or folder cannot be used, or the configuration gives away more than there is.
    pub async fn start(config: Config) -> Result<RunningNetwork, StartError> {
        let rpc = listen("rpc", config.host, config.rpc_port).await?;
        let faucet_listener = listen("faucet", config.host, config.faucet_port).await?;
        let scoring_listener = listen_for_scoring(&config).await?;
        let admin_listener = listen("admin", config.host, config.admin_port).await?;
        let (blobs, temporary_blobs) = open_blobs(&config)?;

        let seed = Seed::new(config.seed.as_deref())?;
        let accounts: Vec<Keypair> =
            (0..config.accounts as u64).map(|index| seed.key("account", index)).collect();
        let faucet_key = seed.key("faucet", 0);
        let validators = validators(&config, &seed)?;
        let (mut genesis, coin) = genesis(&config, validators, &accounts, faucet_key.address())?;
        if config.demo {
            // Where there is no account to own them, the faucet's does.
            let count = config.accounts.clamp(1, DEMO_OWNERS);
            let owners: Vec<Address> =
                genesis.accounts.iter().map(|it| it.address).take(count).collect();
            let blobs_url = format!("http://{}/blobs", reachable(rpc.1));
            genesis.models =
                demo::models(&seed.derive("demo", 0), &owners, &blobs, &blobs_url).await?;
        }
        let signers = read_protocol_keys(&config.protocol_keys)?;
        let mut ledger = Ledger::new(genesis.build()?);
        signers.into_iter().for_each(|key| ledger.sign_with(key));
        let models = ledger.system_state().model_registry.models.keys().copied().collect();
        let node = Arc::new(Node::new(ledger).with_version(&config.server_version));
        let chain_id = node.ledger().chain_id();
        let faucet = Arc::new(Faucet::new(Arc::clone(&node), faucet_key, config.faucet_amount));

        let mut tasks = JoinSet::new();
        tasks.spawn(cut_checkpoints(Arc::clone(&node)));
        if let EpochLength::Milliseconds(_) = config.epoch_length {
            tasks.spawn(end_epochs(Arc::clone(&node)));
        }
        let engine = config.scoring.clone();
        let services = Services { node: &node, faucet: &faucet, engine: engine.clone() };
        let router = node_router(services, Arc::new(blobs), config.hide_errors);
        let rpc_url = serve(&mut tasks, rpc, router);
        let faucet_url = serve(&mut tasks, faucet_listener, faucet::routes(faucet));
        let scoring_url = serve(&mut tasks, scoring_listener, scoring::routes(engine));
        let admin_url = serve(&mut tasks, admin_listener, admin::routes(Arc::clone(&node)));
        Ok(RunningNetwork {
            rpc_url,
            faucet_url,
            scoring_url,
            admin_url,
            chain_id,
            accounts,
            // Made again: the ledger keeps the protocol keys of those in the genesis to itself.
            validators: self::validators(&config, &seed)?,
            models,
            account_balance: Shannons(coin.saturating_mul(LOCALNET_COINS as u64)),
            node,
            tasks,
            _temporary_blobs: temporary_blobs,
        })
    }
}

impl RunningNetwork {
    /// The ledger behind the services.
    #[must_use]
    pub const fn node(&self) -> &Arc<Node> {
        &self.node
    }

    /// Signs checkpoints with another key too, once its validator is in the committee.
    pub fn sign_with(&self, key: BlsKeypair) {
        self.node.sign_with(key);
    }

    /// Checks that no shannon has appeared or vanished.
    ///
    /// # Errors
    /// Where one has.
    pub fn audit(&self) -> Result<Supply, Discrepancy> {
        self.node.ledger().audit()
    }

    /// Returns when a port or a clock has stopped, which none does by itself.
    pub async fn stopped(&mut self) {
        self.tasks.join_next().await;
    }
}

async fn listen(
    what: &'static str,
    host: IpAddr,
    port: u16,
) -> Result<(TcpListener, SocketAddr), StartError> {
    let address = SocketAddr::new(host, port);
    let failed = |source| StartError::Listen { what, address, source };
    let listener = TcpListener::bind(address).await.map_err(failed)?;
    let bound = listener.local_addr().map_err(failed)?;
    Ok((listener, bound))
}

fn open_blobs(config: &Config) -> Result<(BlobStore, Option<tempfile::TempDir>), StartError> {
    let temporary = match config.blob_dir {
        Some(_) => None,
        None => {
            let folder = tempfile::Builder::new().prefix("soma-localnet-").tempdir();
            Some(folder.map_err(StartError::BlobDir)?)
        }
    };
    let chosen = config.blob_dir.as_deref().or(temporary.as_ref().map(tempfile::TempDir::path));
    let root = chosen.expect("one of the two is there");
    let store = BlobStore::open(root, config.blob_limit).map_err(StartError::BlobDir)?;
    Ok((store, temporary))
}

/// The first objects, and the shannons of each account's coins.
fn genesis(
    config: &Config,
    validators: Vec<GenesisValidator>,
    accounts: &[Keypair],
    faucet: Address,
) -> Result<(GenesisConfig, u64), StartError> {
    let shared = LOCALNET_COIN * ACCOUNTS_AT_FULL_SIZE;
    let coin = (shared / (accounts.len() as u64).max(1)).min(LOCALNET_COIN);
    let account = |(address, coin)| GenesisAccount { address, coins: vec![coin; LOCALNET_COINS] };
    let own = accounts.iter().map(|key| (key.address(), coin)).chain([(faucet, LOCALNET_COIN)]);
    let funds = config.funds.iter();
    let funds =
        funds.map(|(address, amount)| GenesisAccount { address: *address, coins: vec![amount.0] });
    let timestamp_ms = config.genesis_timestamp_ms.unwrap_or_else(now_ms);
    let mut genesis = GenesisConfig::of_validators(validators, timestamp_ms);
    genesis.accounts = own.map(account).chain(funds).collect();
    genesis.embedding_dim = match (config.demo, config.embedding_dim) {
        (false, dimension) => dimension,
        (true, None) => Some(demo::WIDTH.into()),
        (true, Some(dimension)) if dimension == u64::from(demo::WIDTH) => Some(dimension),
        (true, Some(dimension)) => return Err(StartError::DemoWidth(dimension)),
    };
    genesis.epoch_duration_ms = match config.epoch_length {
        EpochLength::ByAdmin => None,
        EpochLength::Milliseconds(milliseconds) => Some(milliseconds),
    };
    Ok((genesis, coin))
}

/// The validators of the first epoch. One has what `soma start localnet` gives; several share the
/// coin, and beyond ten the stakes too.
fn validators(config: &Config, seed: &Seed) -> Result<Vec<GenesisValidator>, StartError> {
    let default = if config.demo { DEMO_VALIDATORS } else { 1 };
    let count = match config.validators.unwrap_or(default) {
        count @ 1..=100 => count,
        count => return Err(StartError::Validators(count)),
    };
    let coin = LOCALNET_COIN / u64::from(count);
    let stake = (LOCALNET_STAKE * VALIDATORS_AT_FULL_STAKE / u64::from(count)).min(LOCALNET_STAKE);
    let validator = |place: u8| {
        let seed = seed.derive("validator", place.into());
        GenesisValidator { coin, stake, ..GenesisValidator::derive_at(&seed, place) }
    };
    Ok((0..count).map(validator).collect())
}

fn read_protocol_keys(paths: &[PathBuf]) -> Result<Vec<BlsKeypair>, StartError> {
    let read = |path: &PathBuf| {
        let text = std::fs::read_to_string(path)
            .map_err(|source| StartError::ProtocolKeyFile { path: path.clone(), source })?;
        BlsKeypair::parse_base64(&Zeroizing::new(text))
            .ok_or_else(|| StartError::NoProtocolKey { path: path.clone() })
    };
    paths.iter().map(read).collect()
}

/// An address under which this machine reaches a listener of its own.
fn reachable(mut address: SocketAddr) -> SocketAddr {
    if address.ip().is_unspecified() {
        address.set_ip(match address {
            SocketAddr::V4(_) => Ipv4Addr::LOCALHOST.into(),
            SocketAddr::V6(_) => Ipv6Addr::LOCALHOST.into(),
        });
    }
    address
}

/// Listens where it is told to; and if it is not told, on the usual port or beside it. Several
/// networks on one machine need not be told of a service that few of their users call.
async fn listen_for_scoring(config: &Config) -> Result<(TcpListener, SocketAddr), StartError> {
    if let Some(port) = config.scoring_port {
        return listen("scoring", config.host, port).await;
    }
    match listen("scoring", config.host, SCORING_PORT).await {
        Ok(listener) => Ok(listener),
        Err(_) => listen("scoring", config.host, 0).await,
    }
}

/// Serves a router in the background, and says where.
fn serve(
    tasks: &mut JoinSet<()>,
    (listener, address): (TcpListener, SocketAddr),
    router: Router,
) -> String {
    // An answer of several frames would else wait 40 ms for the receipt of its first.
    let listener = listener.tap_io(|stream| {
        let _ = stream.set_nodelay(true);
    });
    tasks.spawn(async move {
        // Accepting never gives up: errors of single connections are theirs alone.
        let _ = axum::serve(listener, router).await;
    });
    format!("http://{address}")
}

async fn cut_checkpoints(node: Arc<Node>) {
    loop {
        node.something_executed().await;
        node.seal();
        // What is executed meanwhile wakes the next round.
        tokio::time::sleep_until(Instant::now() + CHECKPOINT_INTERVAL).await;
    }
}

async fn end_epochs(node: Arc<Node>) {
    loop {
        let rest = Duration::from_millis(node.epoch_rest_ms().max(1));
        tokio::select! {
            () = tokio::time::sleep(rest) => node.advance_epoch_if_over(),
            () = node.epoch_changed() => {}
        }
    }
}
