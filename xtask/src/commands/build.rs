//! `cargo xtask build`: the wallet as files, for any web server.

use std::path::PathBuf;

use anyhow::Result;

use crate::bundle::{self, Options};
use crate::setup::Tools;

#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Small and fast code, in exchange for a long build
    #[arg(long)]
    release: bool,
    /// Build with cargo and wasm-bindgen even where trunk is installed
    #[arg(long)]
    no_trunk: bool,
    /// Only what trunk cannot build, into trunk's build: called by its hook
    #[arg(long, hide = true)]
    for_trunk: bool,
    /// Only tell the service worker of the bundle in this folder what it consists of now: for tests
    #[arg(long, hide = true, value_name = "FOLDER")]
    seal: Option<PathBuf>,
}

pub(crate) fn run(arguments: &Arguments) -> Result<()> {
    if arguments.for_trunk {
        return bundle::finish_for_trunk(&Tools::default());
    }
    if let Some(folder) = &arguments.seal {
        return bundle::seal(folder);
    }
    let options = Options { release: arguments.release, with_trunk: !arguments.no_trunk };
    bundle::build(&Tools::default(), options).map(drop)
}
