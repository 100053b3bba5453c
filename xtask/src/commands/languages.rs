//! `cargo xtask languages`: what the catalogues lack.

use anyhow::Result;

use crate::languages;

#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Only texts of files whose path begins so
    #[arg(value_name = "PATH")]
    beneath: Vec<String>,
    /// Instead: texts of the pages that are not in the catalogue's macros
    #[arg(long)]
    outside: bool,
}

pub(crate) fn run(arguments: &Arguments) -> Result<()> {
    languages::print_missing(&arguments.beneath, arguments.outside)
}
