//! `localnet`: a SOMA network for development, in one process.
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a command speaks to its user")]

mod gateway_command;
mod validator_info_command;

use clap::{Parser, Subcommand, ValueEnum};
use localnet::announce;
use localnet::network::{Config, EpochLength, Network};
use localnet::scoring::{CpuScoring, ScoringEngine};
use localnet::services::node::SERVER_VERSION;
use std::net::{IpAddr, Ipv4Addr};
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;
use wasm_core::address::Address;
use wasm_core::amount::Shannons;

const EMBEDDING_DIM_SMALL: u64 = 16;

/// Runs a SOMA network for development in this process: node, faucet, admin and a store for blobs.
/// Everything but the blobs of --blob-dir is in memory and gone when it ends.
#[derive(Debug, Parser)]
#[command(version, about, args_conflicts_with_subcommands = true)]
struct Arguments {
    #[command(subcommand)]
    command: Option<Command>,
    /// Address to listen on. Anything but loopback lets others use this network and its blobs.
    #[arg(long, default_value_t = IpAddr::V4(Ipv4Addr::LOCALHOST))]
    host: IpAddr,
    /// Port of the node: gRPC, gRPC-web, /model, /data and /blobs. 0 takes any free port.
    #[arg(long, default_value_t = 9000)]
    rpc_port: u16,
    /// Port of the faucet, for clients that speak HTTP/2. Browsers find it on the node's port.
    #[arg(long, default_value_t = 9123)]
    faucet_port: u16,
    /// Port of the admin, for clients that speak HTTP/2. Browsers find it on the node's port.
    #[arg(long, default_value_t = 9125)]
    admin_port: u16,
    /// Port of the scoring service, for clients that speak HTTP/2. If absent 9124, or any free port where
    /// another program has that.
    #[arg(long)]
    scoring_port: Option<u16>,
    /// Validators of the first epoch, 1 to 100; if absent 1, with --demo 4. Their keys are printed.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u8).range(1..=100))]
    validators: Option<u8>,
    /// A file with the protocol key of a validator that is to join, such as `validator-info` writes:
    /// this process signs checkpoints for it too. May be repeated.
    #[arg(long = "protocol-key", value_name = "FILE")]
    protocol_keys: Vec<PathBuf>,
    /// Begins with active models, whose weights can be fetched and opened, and with open targets. The
    /// models are small ones, so that this implies --small-model: a model of the full width has
    /// gigabytes.
    #[arg(long, conflicts_with = "embedding_dim")]
    demo: bool,
    /// Milliseconds of an epoch. With 0 or `none` epochs end only when the admin says so.
    #[arg(long, default_value = "86400000", value_parser = parse_epoch)]
    epoch_duration_ms: EpochLength,
    /// Embeddings of 16 values instead of 2048, for models small enough to try things out.
    #[arg(long, conflicts_with = "embedding_dim")]
    small_model: bool,
    /// Values of an embedding; the protocol's 2048 if absent.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..=65_536))]
    embedding_dim: Option<u64>,
    /// Gives an address one coin from the start. May be repeated.
    #[arg(long, value_name = "ADDRESS=SOMA", value_parser = parse_fund)]
    fund: Vec<(Address, Shannons)>,
    /// SOMA that the faucet gives to each request.
    #[arg(long, value_name = "SOMA", default_value = "2")]
    faucet_amount: Shannons,
    /// How many accounts to make and fund. Up to five have 1,500,000 SOMA each, more share as much.
    #[arg(long, value_name = "N", default_value_t = 5, value_parser = parse_accounts)]
    accounts: usize,
    /// Where blobs are kept, also beyond this run. A temporary folder if absent.
    #[arg(long, value_name = "FOLDER")]
    blob_dir: Option<PathBuf>,
    /// The most bytes of one blob.
    #[arg(long, value_name = "BYTES", default_value_t = 16 << 30)]
    blob_limit: u64,
    /// Derives all keys from this text, so that they are the same at every start. Fresh ones if absent.
    #[arg(long, value_name = "TEXT")]
    seed: Option<String>,
    /// Start of epoch 0, milliseconds since 1970; now if absent. With --seed it fixes the chain id.
    #[arg(long, value_name = "MS")]
    genesis_timestamp_ms: Option<u64>,
    /// What scores data: this machine's CPU, or nothing.
    #[arg(long, value_enum, value_name = "ENGINE", default_value = "cpu")]
    scoring: Scoring,
    /// Keeps pages of other origins from reading why a call failed, as a public node does.
    #[arg(long)]
    hide_errors: bool,
    /// The version that this network says it is. It changes nothing but the name: the Python client
    /// compares it with its own in `check_api_version`.
    #[arg(long, value_name = "VERSION", default_value = SERVER_VERSION, value_parser = parse_version)]
    server_version: String,
    /// Prints one line of JSON when ready, instead of the summary.
    #[arg(long)]
    json: bool,
}

/// What this program does instead of running a network.
#[derive(Debug, Subcommand)]
enum Command {
    Gateway(Box<gateway_command::Arguments>),
    /// Makes the keys of a new validator and the `validator.info` that it joins with.
    ValidatorInfo(validator_info_command::Arguments),
}

/// What scores data.
#[derive(Clone, Copy, Debug, ValueEnum)]
enum Scoring {
    /// The CPU of this machine.
    Cpu,
    /// Nothing: the scoring service says so.
    None,
}

impl Scoring {
    fn engine(self) -> Option<Arc<dyn ScoringEngine>> {
        match self {
            Self::Cpu => Some(Arc::new(CpuScoring::default())),
            Self::None => None,
        }
    }
}

fn parse_epoch(text: &str) -> Result<EpochLength, String> {
    match text {
        "0" | "none" => Ok(EpochLength::ByAdmin),
        _ => text
            .parse()
            .map(EpochLength::Milliseconds)
            .map_err(|_| "milliseconds, or `none`".to_owned()),
    }
}

fn parse_fund(text: &str) -> Result<(Address, Shannons), String> {
    let (address, amount) = text.split_once('=').ok_or("ADDRESS=SOMA, such as 0x12…=100")?;
    let address = address.parse().map_err(|error| format!("{error}"))?;
    let amount = amount.parse().map_err(|error| format!("{error}"))?;
    Ok((address, amount))
}

fn parse_accounts(text: &str) -> Result<usize, String> {
    match text.parse() {
        Ok(count @ 0..=1000) => Ok(count),
        _ => Err("a number up to 1000".to_owned()),
    }
}

fn parse_version(text: &str) -> Result<String, String> {
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || b".-+_".contains(&byte);
    if text.is_empty() || text.len() > 64 || !text.bytes().all(fits) {
        return Err("up to 64 letters, digits, and any of . - + _".to_owned());
    }
    Ok(text.to_owned())
}

impl Arguments {
    fn into_config(self) -> Config {
        Config {
            host: self.host,
            rpc_port: self.rpc_port,
            faucet_port: self.faucet_port,
            admin_port: self.admin_port,
            scoring_port: self.scoring_port,
            validators: self.validators,
            protocol_keys: self.protocol_keys,
            demo: self.demo,
            scoring: self.scoring.engine(),
            epoch_length: self.epoch_duration_ms,
            embedding_dim: self.embedding_dim.or(self.small_model.then_some(EMBEDDING_DIM_SMALL)),
            accounts: self.accounts,
            funds: self.fund,
            faucet_amount: self.faucet_amount,
            blob_dir: self.blob_dir,
            blob_limit: self.blob_limit,
            seed: self.seed,
            genesis_timestamp_ms: self.genesis_timestamp_ms,
            hide_errors: self.hide_errors,
            server_version: self.server_version,
        }
    }
}

#[tokio::main]
async fn main() -> ExitCode {
    let mut arguments = Arguments::parse();
    match arguments.command.take() {
        Some(Command::Gateway(arguments)) => return gateway_command::run(*arguments).await,
        Some(Command::ValidatorInfo(arguments)) => return validator_info_command::run(&arguments),
        None => {}
    }
    let json = arguments.json;
    let config = arguments.into_config();
    let mut network = match Network::start(config.clone()).await {
        Ok(network) => network,
        Err(error) => {
            eprintln!("localnet: {error}");
            return ExitCode::FAILURE;
        }
    };
    // Heard from here on: whoever reads the lines below may ask it to end at once.
    let told_to_end = match EndSignals::listen() {
        Ok(signals) => signals.received(),
        Err(error) => {
            eprintln!("localnet: cannot listen for Ctrl-C: {error}");
            return ExitCode::FAILURE;
        }
    };
    if json {
        println!("{}", announce::as_json(&network));
    } else {
        print!("{}", announce::as_text(&network, &config));
    }
    tokio::select! {
        () = told_to_end => match network.audit() {
            Ok(_) => ExitCode::SUCCESS,
            Err(discrepancy) => {
                eprintln!("localnet: this network has counted wrong: {discrepancy}");
                ExitCode::FAILURE
            }
        },
        () = network.stopped() => {
            eprintln!("localnet: the network stopped by itself");
            ExitCode::FAILURE
        }
    }
}

/// Ctrl-C, and on Unix the polite request to end.
#[cfg(unix)]
struct EndSignals {
    interrupt: tokio::signal::unix::Signal,
    terminate: tokio::signal::unix::Signal,
}

#[cfg(unix)]
impl EndSignals {
    fn listen() -> std::io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        let interrupt = signal(SignalKind::interrupt())?;
        Ok(Self { interrupt, terminate: signal(SignalKind::terminate())? })
    }

    async fn received(mut self) {
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
        }
    }
}

/// Ctrl-C.
#[cfg(windows)]
struct EndSignals(tokio::signal::windows::CtrlC);

#[cfg(windows)]
impl EndSignals {
    fn listen() -> std::io::Result<Self> {
        tokio::signal::windows::ctrl_c().map(Self)
    }

    async fn received(mut self) {
        self.0.recv().await;
    }
}
