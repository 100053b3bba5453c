//! The wallet's worker: it holds the unlocked vault.

fn main() {
    #[cfg(target_arch = "wasm32")]
    worker::serve_wallet();
}
