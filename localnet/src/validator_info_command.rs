//! `localnet validator-info`: the files of a new validator.

use localnet::validator_info::{DEFAULT_COMMISSION_RATE, make};
use std::path::PathBuf;
use std::process::ExitCode;

#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// Name or IPv4 address of the validator's host.
    host: String,
    /// Commission in basis points: 100 is one percent.
    #[arg(default_value_t = DEFAULT_COMMISSION_RATE)]
    commission_rate: u64,
    /// The folder for protocol.key, account.key, network.key, worker.key and validator.info. Keys that
    /// are there already are taken, not replaced.
    #[arg(long, value_name = "FOLDER", default_value = ".")]
    dir: PathBuf,
}

pub(crate) fn run(arguments: &Arguments) -> ExitCode {
    let made = match make(&arguments.dir, &arguments.host, arguments.commission_rate) {
        Ok(made) => made,
        Err(error) => {
            eprintln!("localnet: {error}");
            return ExitCode::FAILURE;
        }
    };
    for path in &made.taken {
        println!("taken    {}", path.display());
    }
    for path in &made.written {
        println!("written  {}", path.display());
    }
    println!("The validator's account is {}.", made.validator.account.address());
    ExitCode::SUCCESS
}
