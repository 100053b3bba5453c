//! A whole network in this process: ledger, clock and ports.

use crate::genesis::{GenesisAccount, GenesisConfig, GenesisError};
use crate::http::blobs::BlobStore;
use crate::http::node_router;
use crate::ledger::Ledger;
use crate::services::faucet::Faucet;
use crate::services::node::{Node, SERVER_VERSION, now_ms};
use crate::services::{admin, faucet};
use axum::Router;
use std::io;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::task::JoinSet;
use tokio::time::Instant;
use wasm_core::address::Address;
use wasm_core::amount::Shannons;
use wasm_core::digest::{CheckpointDigest, blake2b256};
use wasm_core::keys::Keypair;
use zeroize::Zeroizing;

/// The least time between two checkpoints.
const CHECKPOINT_INTERVAL: Duration = Duration::from_millis(200);
/// Coins of each account at genesis.
const COINS_PER_ACCOUNT: usize = 5;
/// Shannons of each of those coins, where the supply allows.
const SHANNONS_PER_COIN: u64 = 300_000 * Shannons::PER_SOMA;
/// As many accounts get coins of that size; more share what these would have.
const ACCOUNTS_AT_FULL_SIZE: u64 = 5;

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
    /// When epochs end.
    pub epoch_length: EpochLength,
    /// Values of an embedding; the protocol's 2048 if absent.
    pub embedding_dim: Option<u64>,
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
            epoch_length: EpochLength::Milliseconds(24 * 60 * 60 * 1000),
            embedding_dim: None,
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
        /// `rpc`, `faucet` or `admin`.
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
    /// The admin, for clients that speak HTTP/2.
    pub admin_url: String,
    /// Digest of the genesis checkpoint.
    pub chain_id: CheckpointDigest,
    /// Keys of the funded accounts.
    pub accounts: Vec<Keypair>,
    /// Keys of the validators' accounts.
    pub validators: Vec<Keypair>,
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
        let admin_listener = listen("admin", config.host, config.admin_port).await?;
        let (blobs, temporary_blobs) = open_blobs(&config)?;

        let seed = Seed::new(config.seed.as_deref())?;
        let accounts: Vec<Keypair> =
            (0..config.accounts as u64).map(|index| seed.key("account", index)).collect();
        let faucet_key = seed.key("faucet", 0);
        let validator_seed = seed.derive("validator", 0);
        let (genesis, coin) = genesis(&config, &validator_seed, &accounts, faucet_key.address());
        let validators = genesis.validators.iter();
        let validators = validators.map(|it| Keypair::derive(&it.account.expose_seed())).collect();
        let node = Node::new(Ledger::new(genesis.build()?));
        let node = Arc::new(node.with_version(&config.server_version));
        let chain_id = node.ledger().chain_id();
        let faucet = Arc::new(Faucet::new(Arc::clone(&node), faucet_key, config.faucet_amount));

        let mut tasks = JoinSet::new();
        tasks.spawn(cut_checkpoints(Arc::clone(&node)));
        if let EpochLength::Milliseconds(_) = config.epoch_length {
            tasks.spawn(end_epochs(Arc::clone(&node)));
        }
        let router = node_router(&node, &faucet, Arc::new(blobs), config.hide_errors);
        let rpc_url = serve(&mut tasks, rpc, router);
        let faucet_url = serve(&mut tasks, faucet_listener, faucet::routes(faucet));
        let admin_url = serve(&mut tasks, admin_listener, admin::routes(Arc::clone(&node)));
        Ok(RunningNetwork {
            rpc_url,
            faucet_url,
            admin_url,
            chain_id,
            accounts,
            validators,
            account_balance: Shannons(coin.saturating_mul(COINS_PER_ACCOUNT as u64)),
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
    validator_seed: &[u8; 32],
    accounts: &[Keypair],
    faucet: Address,
) -> (GenesisConfig, u64) {
    let addresses: Vec<Address> = accounts.iter().map(Keypair::address).chain([faucet]).collect();
    let timestamp_ms = config.genesis_timestamp_ms.unwrap_or_else(now_ms);
    let mut genesis = GenesisConfig::localnet(validator_seed, &addresses, timestamp_ms);
    let shared = SHANNONS_PER_COIN * ACCOUNTS_AT_FULL_SIZE;
    let coin = (shared / (accounts.len() as u64).max(1)).min(SHANNONS_PER_COIN);
    for account in &mut genesis.accounts {
        if account.address != faucet {
            account.coins = vec![coin; COINS_PER_ACCOUNT];
        }
    }
    let funded = config.funds.iter();
    genesis.accounts.extend(
        funded.map(|(address, amount)| GenesisAccount { address: *address, coins: vec![amount.0] }),
    );
    genesis.embedding_dim = config.embedding_dim;
    genesis.epoch_duration_ms = match config.epoch_length {
        EpochLength::ByAdmin => None,
        EpochLength::Milliseconds(milliseconds) => Some(milliseconds),
    };
    (genesis, coin)
}

/// Serves a router in the background, and says where.
fn serve(
    tasks: &mut JoinSet<()>,
    (listener, address): (TcpListener, SocketAddr),
    router: Router,
) -> String {
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
