//! Asks the linker for a stack that holds the worker's futures: they nest deeply, from a message to the
//! last byte of an answer, and where nothing is optimised one MiB, what WebAssembly gets unasked, is too
//! little.

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    if std::env::var("CARGO_CFG_TARGET_ARCH").is_ok_and(|architecture| architecture == "wasm32") {
        println!("cargo:rustc-link-arg-bin=worker=-zstack-size=4194304");
    }
}
