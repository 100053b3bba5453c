//! `cargo xtask sizes`: what each face of the wallet downloads, as a table in `docs/sizes.md`.

use anyhow::{Context, Result};

use crate::bundle::{self, Options};
use crate::commands::npm;
use crate::extension::{self, Browser};
use crate::setup::Tools;
use crate::{exec, place};

#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Weigh what earlier release builds left, and build nothing but the package
    #[arg(long)]
    no_build: bool,
}

pub(crate) fn run(arguments: &Arguments) -> Result<()> {
    let tools = Tools::default();
    tools.node_packages()?;
    tools.extension_packages()?;
    let root = place::root();
    let dist = if arguments.no_build {
        root.join(bundle::config()?.build.dist)
    } else {
        bundle::build(&tools, Options { release: true, with_trunk: false })?
    };
    let folder = place::native_target().join("sizes/extension");
    extension::assemble(&dist, Browser::Chromium, true, &folder)?;
    let package = npm::build(&tools, true)?;
    let mut node = exec::program("node");
    node.arg("xtask/scripts/sizes.mjs")
        .env("SOMA_DIST", dist)
        .env("SOMA_EXTENSION", folder)
        .env("SOMA_NPM_PACKAGE", package.folder)
        .env("SOMA_ESBUILD", root.join("extension/node_modules/esbuild"))
        .env("SOMA_BROWSER", root.join("tests/e2e/node_modules/playwright-core"))
        .env("CHROME", tools.chromium()?)
        .env("SOMA_SIZES", root.join("docs/sizes.md"));
    exec::run(&mut node).context("sizes could not be measured")
}
