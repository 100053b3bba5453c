//! `cargo xtask extension`: the wallet as a browser extension.

use anyhow::Result;

use crate::bundle::{self, Options};
use crate::extension::{self, Browser};
use crate::setup::Tools;
use crate::{place, say};

#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Small and fast code, in exchange for a long build
    #[arg(long)]
    release: bool,
}

pub(crate) fn run(arguments: &Arguments) -> Result<()> {
    let tools = Tools::default();
    tools.extension_packages()?;
    // Trunk gives files of the same contents another order; what is packed should not depend on it.
    let dist = bundle::build(&tools, Options { release: arguments.release, with_trunk: false })?;
    for browser in [Browser::Chromium, Browser::Firefox] {
        let folder = dist.join(browser.folder());
        extension::assemble(&dist, browser, arguments.release, &folder)?;
        let archive = extension::pack(&folder)?;
        say::line(
            "build",
            &format!(
                "the extension for {} is in {}, and packed in {}",
                browser.name(),
                place::short(&folder),
                place::short(&archive)
            ),
        );
    }
    Ok(())
}
