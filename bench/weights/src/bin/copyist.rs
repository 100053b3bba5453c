//! The worker that hashes beside, the same as the wallet's.

fn main() {
    #[cfg(target_arch = "wasm32")]
    wasm_bindgen_futures::spawn_local(browser::copyist::serve());
}
