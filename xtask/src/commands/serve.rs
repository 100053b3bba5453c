//! `cargo xtask serve`: a built wallet in a web server, without a network. The browser tests use it.

use std::path::PathBuf;

use anyhow::Result;

use crate::server::Server;
use crate::{bundle, place, say};

#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// The bundle to serve; dist/ unless told otherwise
    #[arg(long)]
    dist: Option<PathBuf>,
    /// The port on this machine; 0 for any that is free
    #[arg(long)]
    port: Option<u16>,
}

pub(crate) fn run(arguments: &Arguments) -> Result<()> {
    let config = bundle::config()?;
    let dist = match &arguments.dist {
        Some(dist) => dist.clone(),
        None => place::root().join(&config.build.dist),
    };
    let port = arguments.port.unwrap_or(config.serve.port);
    tokio::runtime::Runtime::new()?.block_on(async {
        let server = Server::bind(&dist, port, &config.serve.headers).await?;
        say::line("ready", &server.url());
        server.run().await
    })
}
