//! How the wallet's pages are linked.

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    if std::env::var("CARGO_CFG_TARGET_ARCH").as_deref() == Ok("wasm32") {
        // `cargo xtask build` cuts the program into rooms along what refers to what: see src/rooms.rs.
        println!("cargo::rustc-link-arg-bins=--emit-relocs");
    }
}
