//! `cargo xtask dev`: a local network and the wallet, at one URL.

use std::fs::{self, File};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{ExitStatus, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use tokio::process::{Child, Command};

use crate::bundle::{self, Options};
use crate::server::Server;
use crate::setup::Tools;
use crate::{exec, place, rooms, say};

/// What the local network listens on unless told otherwise, and what it does there.
const PORTS: &[(u16, &str, &str)] = &[
    (9000, "--rpc-port", "the network's node"),
    (9123, "--faucet-port", "its faucet"),
    (9125, "--admin-port", "its admin service"),
];

/// The flag with which the local network's embeddings have another size than those of its demo's models.
const EMBEDDING_SIZE: &str = "--embedding-dim";

/// How long the network may take to answer.
const NETWORK_LIMIT: Duration = Duration::from_secs(30);

/// How long the network may take to end.
const END_LIMIT: Duration = Duration::from_secs(5);

#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// The port of the wallet
    #[arg(long)]
    port: Option<u16>,
    /// How long an epoch of the local network lasts, such as 45s, 5m or 1h
    #[arg(long, default_value = "5m", value_parser = milliseconds)]
    epoch_duration: u64,
    /// Begin with active models, small ones, and with open targets; so it is unless told otherwise
    #[arg(long, overrides_with = "empty")]
    demo: bool,
    /// Begin with accounts and a validator only, and with embeddings of the real network's size
    #[arg(long, overrides_with = "demo")]
    empty: bool,
    /// Build the wallet small and fast, as for release
    #[arg(long)]
    release: bool,
    /// Build with cargo and wasm-bindgen even where trunk is installed
    #[arg(long)]
    no_trunk: bool,
    /// Flags for the local network; `cargo run -p localnet -- --help` lists them
    #[arg(last = true)]
    localnet: Vec<String>,
}

impl Arguments {
    /// Whether the network is to have life in it: someone who looks around for the first time finds
    /// something then. Whoever chose embeddings of another size gets what was asked for.
    fn begins_with_demo(&self) -> bool {
        let sized = value_of(&self.localnet, EMBEDDING_SIZE).is_some();
        let named = self.localnet.iter().any(|flag| flag == "--demo");
        !self.empty && !named && (self.demo || !sized)
    }
}

pub(crate) fn run(arguments: &Arguments) -> Result<()> {
    let config = bundle::config()?;
    let port = arguments.port.unwrap_or(config.serve.port);
    let start = Instant::now();
    // before minutes of compiling
    require_free_ports(port, &arguments.localnet)?;

    let tools = Tools::default();
    tools.wasm()?;
    tools.wasm_bindgen()?;
    let localnet = build_localnet(&["--package", rooms::LOCALNET])?;
    let options = Options { release: arguments.release, with_trunk: !arguments.no_trunk };
    let dist = bundle::build(&tools, options)?;

    tokio::runtime::Runtime::new()?.block_on(async {
        let mut network = Network::start(&localnet, arguments).await?;
        let server = Server::bind(&dist, port, &config.serve.headers).await?;
        say::line("ready", &format!("after {}", say::duration(start.elapsed())));
        say::heading(&format!("Open {}", server.url()));
        say::more("Ctrl-C ends the wallet and its network; the network forgets everything then.");
        tokio::select! {
            ended = server.run() => ended,
            status = network.child.wait() => Err(network.ended(status?)),
            asked = asked_to_end() => {
                asked?;
                println!();
                network.end().await?;
                say::line("end", "the network and the web server are ended");
                Ok(())
            }
        }
    })
}

/// Builds the local network, among the packages chosen by `selection`; returns its program.
pub(crate) fn build_localnet(selection: &[&str]) -> Result<PathBuf> {
    let start = Instant::now();
    say::line("build", "the local network");
    exec::run(exec::cargo("build").args(selection).args(["--bin", rooms::LOCALNET]))?;
    let program = place::native_target()
        .join("debug")
        .join(rooms::LOCALNET)
        .with_extension(std::env::consts::EXE_EXTENSION);
    say::line(
        "build",
        &format!(
            "the local network is in {}, {}",
            place::short(&program),
            say::duration(start.elapsed())
        ),
    );
    Ok(program)
}

fn require_free_ports(wallet: u16, localnet_flags: &[String]) -> Result<()> {
    let mut taken = Vec::new();
    if is_taken(wallet) {
        taken.push(format!("port {wallet}, for the wallet: another one can be chosen with --port"));
    }
    for (port, flag, what) in PORTS {
        let moved = localnet_flags.iter().any(|given| given.starts_with(flag));
        if !moved && is_taken(*port) {
            taken.push(format!("port {port}, for {what}"));
        }
    }
    if taken.is_empty() {
        return Ok(());
    }
    bail!(
        "taken by another program, perhaps an earlier `cargo xtask dev`:\n{}\nTo see which: {}",
        taken.join("\n"),
        if cfg!(target_os = "macos") { "lsof -nP -iTCP -sTCP:LISTEN" } else { "ss -ltnp" }
    );
}

fn is_taken(port: u16) -> bool {
    TcpListener::bind((Ipv4Addr::LOCALHOST, port)).is_err()
}

/// A running local network. Dropping it ends it.
struct Network {
    child: Child,
    log: PathBuf,
}

impl Network {
    /// Starts the network and waits until its node takes connections.
    async fn start(program: &Path, arguments: &Arguments) -> Result<Self> {
        let folder = place::native_target().join("dev");
        fs::create_dir_all(&folder)?;
        let log = folder.join("localnet.log");
        let output =
            File::create(&log).with_context(|| format!("cannot write {}", log.display()))?;
        let mut command = Command::new(program);
        if value_of(&arguments.localnet, "--epoch-duration-ms").is_none() {
            command.args(["--epoch-duration-ms", &arguments.epoch_duration.to_string()]);
        }
        if arguments.begins_with_demo() {
            command.arg("--demo");
        }
        command
            .args(&arguments.localnet)
            .current_dir(place::root())
            .stdin(Stdio::null())
            .stdout(output.try_clone()?)
            .stderr(output)
            .kill_on_drop(true);
        let child =
            command.spawn().with_context(|| format!("cannot start {}", program.display()))?;
        let mut network = Self { child, log };
        network.wait_until_up(&arguments.localnet).await?;
        say::line(
            "network",
            &format!(
                "is up; its funded accounts and its log are in {}",
                place::short(&network.log)
            ),
        );
        Ok(network)
    }

    async fn wait_until_up(&mut self, flags: &[String]) -> Result<()> {
        let (usual, flag, _) = PORTS.first().context("the node has a port")?;
        let port = value_of(flags, flag).map_or(Ok(*usual), |port| port.parse())?;
        let node = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
        let start = Instant::now();
        loop {
            if let Some(status) = self.child.try_wait()? {
                return Err(self.ended(status));
            }
            if TcpStream::connect_timeout(&node, Duration::from_millis(200)).is_ok() {
                return Ok(());
            }
            if start.elapsed() > NETWORK_LIMIT {
                bail!(
                    "the local network does not answer on port {port}; see {}",
                    place::short(&self.log)
                );
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// Asks the network to end, so that it can remove what it kept on disk; ends it if it takes too long.
    async fn end(&mut self) -> Result<()> {
        if let Some(id) = self.child.id() {
            // after Ctrl-C in a terminal it is ending already, and this finds nothing to do
            exec::ask(exec::program("kill").args(["-TERM", &id.to_string()]));
        }
        if tokio::time::timeout(END_LIMIT, self.child.wait()).await.is_err() {
            self.child.kill().await.context("the local network does not end")?;
        }
        Ok(())
    }

    /// The error for a network that ended by itself, with the last lines it wrote.
    fn ended(&self, status: ExitStatus) -> anyhow::Error {
        let text = fs::read_to_string(&self.log).unwrap_or_default();
        let lines: Vec<_> = text.lines().collect();
        let last = lines.get(lines.len().saturating_sub(10)..).unwrap_or_default().join("\n");
        anyhow::anyhow!(
            "the local network ended ({status}). It wrote, in {}:\n{last}",
            place::short(&self.log)
        )
    }
}

/// The value of a flag given as `--flag value` or `--flag=value`.
fn value_of<'a>(flags: &'a [String], flag: &str) -> Option<&'a str> {
    let at = flags.iter().position(|given| given.split('=').next() == Some(flag))?;
    let given = flags.get(at)?;
    given.split_once('=').map(|(_, value)| value).or_else(|| flags.get(at + 1).map(String::as_str))
}

/// Waits for Ctrl-C or a request to terminate.
async fn asked_to_end() -> Result<()> {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        let mut terminate = signal(SignalKind::terminate())?;
        let mut hang_up = signal(SignalKind::hangup())?;
        tokio::select! {
            pressed = tokio::signal::ctrl_c() => pressed?,
            _ = terminate.recv() => {}
            _ = hang_up.recv() => {}
        }
    }
    #[cfg(not(unix))]
    tokio::signal::ctrl_c().await?;
    Ok(())
}

/// Reads a duration such as `45s`, `5m`, `1h` or `1500ms`.
fn milliseconds(text: &str) -> Result<u64, String> {
    let digits = text.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let unit = match text.trim_start_matches(|c: char| c.is_ascii_digit()) {
        "ms" => 1,
        "s" => 1000,
        "m" => 60_000,
        "h" => 3_600_000,
        _ => return Err("a duration is a number and a unit: 1500ms, 45s, 5m, 1h".to_owned()),
    };
    let number: u64 = digits
        .parse()
        .map_err(|_| "a duration is a number and a unit: 1500ms, 45s, 5m, 1h".to_owned())?;
    match number.checked_mul(unit) {
        Some(duration) if duration > 0 => Ok(duration),
        Some(_) => Err("an epoch must last some time".to_owned()),
        None => Err("an epoch cannot last that long".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_epoch_duration_has_a_unit() {
        assert_eq!(milliseconds("45s"), Ok(45_000));
        assert_eq!(milliseconds("5m"), Ok(300_000));
        assert_eq!(milliseconds("1500ms"), Ok(1500));
        for wrong in [
            "",
            "45",
            "s",
            "-1s",
            "1.5h",
            "0s",
            "99999999999999999999s",
            "18446744073709551615h",
            "1 h",
            "5x",
        ] {
            assert!(milliseconds(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_network_has_life_in_it_unless_told_otherwise() {
        #[derive(clap::Parser)]
        struct Line {
            #[command(flatten)]
            arguments: Arguments,
        }
        let begins = |line: &[&str]| {
            let line = ["dev"].iter().chain(line);
            <Line as clap::Parser>::try_parse_from(line).unwrap().arguments.begins_with_demo()
        };
        assert!(begins(&[]));
        assert!(begins(&["--demo"]));
        assert!(begins(&["--empty", "--demo"]), "the last word counts");
        assert!(begins(&["--", "--small-model"]));
        assert!(!begins(&["--empty"]));
        assert!(!begins(&["--", "--embedding-dim", "32"]));
        assert!(!begins(&["--", "--demo"]), "the network is told once");
    }

    #[test]
    fn a_flag_for_the_network_is_read_in_both_forms() {
        let flags = ["--small-model", "--rpc-port", "9100", "--admin-port=9200"].map(str::to_owned);
        assert_eq!(value_of(&flags, "--rpc-port"), Some("9100"));
        assert_eq!(value_of(&flags, "--admin-port"), Some("9200"));
        assert_eq!(value_of(&flags, "--faucet-port"), None);
    }

    #[test]
    fn a_taken_port_is_named_with_what_it_is_for() {
        let holder = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let port = holder.local_addr().unwrap().port();
        let flags = ["--rpc-port=1", "--faucet-port=2", "--admin-port=3"].map(str::to_owned);
        let error = require_free_ports(port, &flags).unwrap_err().to_string();
        assert!(error.contains(&format!("port {port}, for the wallet")), "{error}");
    }
}
