//! `cargo xtask setup`: every tool, and nothing else.

use anyhow::Result;

use crate::setup::Tools;

#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Also the tools of `check` and `test`, and of release builds
    #[arg(long)]
    all: bool,
}

pub(crate) fn run(arguments: &Arguments) -> Result<()> {
    let tools = Tools::default();
    tools.wasm()?;
    tools.wasm_bindgen()?;
    if arguments.all {
        tools.wasm_clippy()?;
        tools.node_packages()?;
        tools.extension_packages()?;
        tools.chromium()?;
        tools.firefox()?;
        tools.cxx()?;
        tools.vulkan()?;
        tools.official_client()?;
        tools.wasm_opt()?;
    }
    Ok(())
}
