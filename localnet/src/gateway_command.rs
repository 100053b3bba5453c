//! `localnet gateway`: a gateway to the upstreams of the command line, until it is told to end.

use crate::EndSignals;
use clap::Args;
use localnet::gateway::{Config, Gateway, Origin, RunningGateway, Service, Upstream};
use serde_json::json;
use std::fmt::Write as _;
use std::net::{IpAddr, Ipv4Addr};
use std::path::PathBuf;
use std::process::ExitCode;
use wasm_core::ports::{ChainError, ServiceInfo};

/// Puts browsers in front of a real node.
///
/// It forwards gRPC-web, lets pages read why a call failed, and bridges the faucet, scoring and admin
/// services, which browsers cannot reach. It asks only the addresses that are named here, and follows
/// no redirects.
#[derive(Args, Debug)]
pub(crate) struct Arguments {
    /// The node. There is no default: who is asked is said here.
    #[arg(long, value_name = "URL")]
    node: Upstream,
    /// The faucet. Without it its calls are answered `Unimplemented`, and so below.
    #[arg(long, value_name = "URL")]
    faucet: Option<Upstream>,
    /// The scoring service.
    #[arg(long, value_name = "URL")]
    scoring: Option<Upstream>,
    /// The admin of a local network.
    #[arg(long, value_name = "URL")]
    admin: Option<Upstream>,
    /// Address to listen on. Anything but loopback needs --public.
    #[arg(long, default_value_t = IpAddr::V4(Ipv4Addr::LOCALHOST))]
    host: IpAddr,
    /// Port to listen on. 0 takes any free port.
    #[arg(long, default_value_t = 9080)]
    port: u16,
    /// Allows --host to be an address that other machines reach.
    #[arg(long)]
    public: bool,
    /// Lets only pages of this origin in. May be repeated. If absent, all pages may use node and
    /// faucet, and pages of this machine may use scoring and admin.
    #[arg(long, value_name = "ORIGIN")]
    origin: Vec<Origin>,
    /// Certificates (PEM) to trust besides the public ones, for private nodes. May be repeated.
    #[arg(long, value_name = "FILE")]
    ca_file: Vec<PathBuf>,
    /// Prints one line of JSON when ready, instead of the summary.
    #[arg(long)]
    json: bool,
}

impl Arguments {
    fn into_config(self) -> Config {
        Config {
            faucet: self.faucet,
            scoring: self.scoring,
            admin: self.admin,
            host: self.host,
            port: self.port,
            public: self.public,
            origins: self.origin,
            ca_files: self.ca_file,
            ..Config::to(self.node)
        }
    }
}

type Probe = Result<ServiceInfo, ChainError>;

/// Runs a gateway until a signal ends it.
pub(crate) async fn run(arguments: Arguments) -> ExitCode {
    let json = arguments.json;
    let config = arguments.into_config();
    let mut gateway = match Gateway::start(config.clone()).await {
        Ok(gateway) => gateway,
        Err(error) => {
            eprintln!("localnet gateway: {error}");
            return ExitCode::FAILURE;
        }
    };
    let told_to_end = match EndSignals::listen() {
        Ok(signals) => signals.received(),
        Err(error) => {
            eprintln!("localnet gateway: cannot listen for Ctrl-C: {error}");
            return ExitCode::FAILURE;
        }
    };
    if !config.host.is_loopback() {
        eprintln!("{}", warning(&config));
    }
    let serve = async {
        let probe = gateway.ask_node().await;
        if json {
            println!("{}", describe_as_json(&gateway, &config, &probe));
        } else {
            print!("{}", describe(&gateway, &config, &probe));
        }
        gateway.stopped().await;
    };
    tokio::select! {
        () = told_to_end => ExitCode::SUCCESS,
        () = serve => {
            eprintln!("localnet gateway: the gateway stopped by itself");
            ExitCode::FAILURE
        }
    }
}

/// What it means that other machines reach the gateway.
fn warning(config: &Config) -> String {
    let mut text = format!(
        "warning: whoever reaches {} can use this gateway to ask {}",
        config.host, config.node
    );
    if config.scoring.is_some() {
        text.push_str(", to run work on the scoring service");
    }
    if config.admin.is_some() {
        text.push_str(", to end epochs");
    }
    text
}

/// One line that a script or a test reads.
fn describe_as_json(gateway: &RunningGateway, config: &Config, probe: &Probe) -> String {
    let url = |service| config.upstream(service).map(Upstream::to_string);
    let info = probe.as_ref().ok();
    json!({
        "url": gateway.url,
        "node": url(Service::Node),
        "faucet": url(Service::Faucet),
        "scoring": url(Service::Scoring),
        "admin": url(Service::Admin),
        "chain_id": info.map(|info| info.chain_id.to_string()),
        "chain": info.map(|info| &info.chain),
        "server": info.map(|info| &info.server),
        "trouble": probe.as_ref().err().map(ToString::to_string),
    })
    .to_string()
}

/// What a person wants to know at the start.
fn describe(gateway: &RunningGateway, config: &Config, probe: &Probe) -> String {
    let mut text = String::new();
    let mut line = |line: String| {
        let _ = writeln!(text, "{line}");
    };
    line(format!("A gateway for browsers listens on {}.", gateway.url));
    line(String::new());
    line(format!("  Node      {}   (gRPC, gRPC-web, /model, /data)", config.node));
    match probe {
        Ok(info) => {
            line(format!("  Chain     {}   ({})", info.chain_id, info.chain));
            line(format!("  Server    {}", info.server));
        }
        Err(error) => {
            line(format!("            gives no usable answer: {error}"));
            line("            calls are forwarded all the same, as soon as it answers".to_owned());
        }
    }
    for (title, service) in [
        ("Faucet    ", Service::Faucet),
        ("Scoring   ", Service::Scoring),
        ("Admin     ", Service::Admin),
    ] {
        let bridged = config.upstream(service).map(Upstream::to_string);
        let bridged = bridged.unwrap_or_else(|| format!("not bridged: {} URL", service.flag()));
        line(format!("  {title}{bridged}"));
    }
    let pages = if config.origins.is_empty() {
        "all may use node and faucet, those of this machine scoring and admin".to_owned()
    } else {
        let named: Vec<String> = config.origins.iter().map(ToString::to_string).collect();
        format!("only those of {}", named.join(", "))
    };
    line(format!("  Pages     {pages}"));
    line(String::new());
    line(format!("In the wallet add a network at {}.", gateway.url));
    line("Ctrl-C ends the gateway.".to_owned());
    text
}
