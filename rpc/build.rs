//! Compiles `proto/` without a system compiler.

use prost::Message;
use std::error::Error;
use std::path::PathBuf;
use std::{env, fs};

const FILES: [&str; 6] = [
    "google/rpc/error_details.proto",
    "grpc/health/v1/health.proto",
    "soma/rpc/ledger_service.proto",
    "soma/rpc/state_service.proto",
    "soma/rpc/subscription_service.proto",
    "soma/rpc/transaction_execution_service.proto",
];

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo:rerun-if-changed=proto");
    let descriptors = protox::compile(FILES, ["proto"])?;
    let out = PathBuf::from(env::var("OUT_DIR")?);
    fs::write(out.join("descriptors.bin"), descriptors.encode_to_vec())?;
    let has_services = env::var_os("CARGO_FEATURE_SERVER").is_some();
    tonic_prost_build::configure()
        .build_client(has_services)
        .build_server(has_services)
        .build_transport(false)
        // Answers of equal content have equal bytes.
        .btree_map(".")
        .include_file("proto.rs")
        .compile_fds(descriptors)?;
    Ok(())
}
