//! A worker beside the wallet's: it hashes sealed bytes and keeps a copy of them.

fn main() {
    #[cfg(target_arch = "wasm32")]
    {
        console_error_panic_hook::set_once();
        wasm_bindgen_futures::spawn_local(browser::copyist::serve());
    }
}
