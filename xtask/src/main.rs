//! The commands of the house: `cargo xtask dev`, `build`, `extension`, `serve`, `check`, `test`, `fuzz`, `bench` and
//! `setup`.
//!
//! Whatever a command needs it finds or installs first, and says so. Nothing here is part of the wallet.
#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a command-line tool speaks on the terminal"
)]

mod bundle;
mod commands;
mod exec;
mod extension;
mod languages;
mod place;
mod rooms;
mod say;
mod server;
mod setup;
mod steps;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

#[derive(Parser)]
#[command(
    name = "cargo xtask",
    about = "Runs, builds, checks and tests Soma Wallet",
    disable_version_flag = true
)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Start a local network and serve the wallet: one URL to open
    Dev(commands::dev::Arguments),
    /// Build the wallet into dist/
    Build(commands::build::Arguments),
    /// Build the browser extension into dist/extension
    Extension(commands::extension::Arguments),
    /// Build the package for JavaScript, and pack it
    Npm(commands::npm::Arguments),
    /// Serve a built wallet, without a network
    Serve(commands::serve::Arguments),
    /// Check form: formatting, lints for both targets, docs, walls between the rooms
    Check(commands::check::Arguments),
    /// Run every test, those in a browser included
    Test(commands::test::Arguments),
    /// Throw bytes at every decoder, for as long as you like
    Fuzz(commands::fuzz::Arguments),
    /// Measure speed beside other people's engines
    Bench(commands::bench::Arguments),
    /// Tell which texts lack a translation, as JSON to be filled in
    Languages(commands::languages::Arguments),
    /// Weigh what each face downloads, into docs/sizes.md: builds for release first
    Sizes(commands::sizes::Arguments),
    /// Find or install every tool, and do nothing else
    Setup(commands::setup::Arguments),
}

fn main() -> ExitCode {
    let done = match Arguments::parse().command {
        Command::Dev(arguments) => commands::dev::run(&arguments),
        Command::Build(arguments) => commands::build::run(&arguments),
        Command::Extension(arguments) => commands::extension::run(&arguments),
        Command::Npm(arguments) => commands::npm::run(&arguments),
        Command::Serve(arguments) => commands::serve::run(&arguments),
        Command::Check(arguments) => commands::check::run(&arguments),
        Command::Test(arguments) => commands::test::run(&arguments),
        Command::Fuzz(arguments) => commands::fuzz::run(&arguments),
        Command::Bench(arguments) => commands::bench::run(&arguments),
        Command::Languages(arguments) => commands::languages::run(&arguments),
        Command::Sizes(arguments) => commands::sizes::run(&arguments),
        Command::Setup(arguments) => commands::setup::run(&arguments),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            say::problem(&error);
            ExitCode::FAILURE
        }
    }
}
