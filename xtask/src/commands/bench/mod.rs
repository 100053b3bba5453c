//! `cargo xtask bench`: how fast this project is, beside others. No part of the tests.

mod full_v1;
mod scoring;
mod signing;
mod weights;

use anyhow::Result;
use clap::Subcommand;

use crate::setup::Tools;

#[derive(clap::Args)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    subject: Subject,
}

#[derive(Subcommand)]
enum Subject {
    /// Scoring graphs on our engines and on their peers, in a browser and natively.
    ///
    /// The peers are installed first; those that run natively take 5.5 GB on Linux.
    Scoring(scoring::Arguments),
    /// The network's full model in one tab of a browser, and how much memory that takes
    FullV1(full_v1::Arguments),
    /// Signing a transaction in a browser, beside what others would sign with
    Signing(signing::Arguments),
    /// Encrypting and hashing weights, beside what others would use in a browser, and natively
    Weights(weights::Arguments),
}

pub(crate) fn run(arguments: &Arguments) -> Result<()> {
    match &arguments.subject {
        Subject::Scoring(arguments) => scoring::run(&Tools::default(), arguments),
        Subject::FullV1(arguments) => full_v1::run(&Tools::default(), arguments),
        Subject::Signing(arguments) => signing::run(&Tools::default(), arguments),
        Subject::Weights(arguments) => weights::run(&Tools::default(), arguments),
    }
}
