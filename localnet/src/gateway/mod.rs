//! Puts browsers in front of a real node: passes gRPC-web on, lets pages read why a call failed, and
//! carries calls to the services that speak only gRPC over HTTP/2.
//!
//! It holds no secret and knows no message: frames pass through as they are, to the named upstreams
//! and to nobody else.

mod body;
mod certificates;
mod clients;
mod forward;
mod headers;
mod origins;
mod probe;
mod route;
mod upstream;

pub use certificates::CertificateError;
pub use origins::{Origin, OriginError};
pub use upstream::{Service, Upstream, UpstreamError};

use axum::serve::ListenerExt as _;
use clients::Clients;
use forward::Forward;
use origins::Origins;
use std::io;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use tokio::net::TcpListener;
use tokio::task::JoinSet;
use wasm_core::ports::{ChainError, ServiceInfo};

/// What a gateway starts with.
#[derive(Clone, Debug)]
pub struct Config {
    /// The node. There is no default: who asks it must have said which one.
    pub node: Upstream,
    /// The faucet, if its calls are bridged.
    pub faucet: Option<Upstream>,
    /// The scoring service, if its calls are bridged.
    pub scoring: Option<Upstream>,
    /// A local network's admin, if its calls are bridged.
    pub admin: Option<Upstream>,
    /// Address to listen on.
    pub host: IpAddr,
    /// Port to listen on; 0 for any free one.
    pub port: u16,
    /// Whether `host` may be an address that other machines reach.
    pub public: bool,
    /// The only pages that may use the gateway. None named: all pages may use node and faucet, and
    /// those of this machine scoring and admin.
    pub origins: Vec<Origin>,
    /// Files of PEM certificates that upstreams may use besides those that the public trusts.
    pub ca_files: Vec<PathBuf>,
}

impl Config {
    /// A gateway to a node alone, on loopback, at any free port.
    #[must_use]
    pub const fn to(node: Upstream) -> Self {
        Self {
            node,
            faucet: None,
            scoring: None,
            admin: None,
            host: IpAddr::V4(Ipv4Addr::LOCALHOST),
            port: 0,
            public: false,
            origins: Vec::new(),
            ca_files: Vec::new(),
        }
    }

    /// The upstream of a service, where one was named.
    #[must_use]
    pub const fn upstream(&self, service: Service) -> Option<&Upstream> {
        match service {
            Service::Node => Some(&self.node),
            Service::Faucet => self.faucet.as_ref(),
            Service::Scoring => self.scoring.as_ref(),
            Service::Admin => self.admin.as_ref(),
        }
    }
}

/// Why a gateway did not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// Other machines would reach it, and nobody said that they may.
    #[error("{0} is no loopback address: add --public if other machines may use this gateway")]
    NotLoopback(IpAddr),
    /// It would ask itself.
    #[error("the {} at {upstream} would be this gateway itself", service.name())]
    Itself {
        /// What was to be asked there.
        service: Service,
        /// Where.
        upstream: Upstream,
    },
    /// The port is taken, or may not be used.
    #[error("cannot listen on {address}: {source}")]
    Listen {
        /// Where it should listen.
        address: SocketAddr,
        /// What the system says.
        source: io::Error,
    },
    /// Certificates cannot be used.
    #[error(transparent)]
    Certificates(#[from] CertificateError),
}

/// Starts gateways.
#[derive(Clone, Copy, Debug)]
pub struct Gateway;

/// A gateway that runs until this is dropped.
#[derive(Debug)]
pub struct RunningGateway {
    /// Where it listens.
    pub url: String,
    node: Upstream,
    clients: Clients,
    tasks: JoinSet<()>,
}

impl Gateway {
    /// Starts a gateway and returns once its port answers. Asks no upstream.
    ///
    /// # Errors
    /// Where it may not or cannot listen, or its certificates cannot be used.
    pub async fn start(config: Config) -> Result<RunningGateway, StartError> {
        if !config.host.is_loopback() && !config.public {
            return Err(StartError::NotLoopback(config.host));
        }
        let clients = Clients::new(&certificates::trusted(&config.ca_files)?);
        let address = SocketAddr::new(config.host, config.port);
        let failed = |source| StartError::Listen { address, source };
        let listener = TcpListener::bind(address).await.map_err(failed)?;
        let address = listener.local_addr().map_err(failed)?;
        for service in Service::ALL {
            if let Some(upstream) = config.upstream(service).filter(|it| it.is_at(address)) {
                return Err(StartError::Itself { service, upstream: upstream.clone() });
            }
        }
        let node = config.node.clone();
        let origins = Origins::new(config.origins.clone());
        let router = forward::router(Forward::new(config, origins, clients.clone()));
        // An answer of several frames would else wait 40 ms for the receipt of its first.
        let listener = listener.tap_io(|stream| {
            let _ = stream.set_nodelay(true);
        });
        let mut tasks = JoinSet::new();
        tasks.spawn(async move {
            // Accepting never gives up: errors of single connections are theirs alone.
            let _ = axum::serve(listener, router).await;
        });
        Ok(RunningGateway { url: format!("http://{address}"), node, clients, tasks })
    }
}

impl RunningGateway {
    /// Asks the node who it is.
    ///
    /// # Errors
    /// Where it gives no usable answer within a few seconds.
    pub async fn ask_node(&self) -> Result<ServiceInfo, ChainError> {
        probe::service_info(&self.node, &self.clients).await
    }

    /// Returns when the port has stopped, which it does not by itself.
    pub async fn stopped(&mut self) {
        self.tasks.join_next().await;
    }
}
