//! The worker that scores, plans and matches data. It holds no vault.

fn main() {
    #[cfg(target_arch = "wasm32")]
    worker::serve_scoring();
}
