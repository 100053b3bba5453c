//! The network's full model for `cargo xtask bench full-v1`: 1.2 billion parameters that are drawn as they
//! are read, and scored in a browser's worker. Natively the same is a test of `gpu` and of `tests`.

#[cfg(target_arch = "wasm32")]
mod web;
