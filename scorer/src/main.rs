//! A worker that evaluates models on the processor, with others of its kind.

fn main() {
    #[cfg(target_arch = "wasm32")]
    {
        console_error_panic_hook::set_once();
        wasm_bindgen_futures::spawn_local(browser::scorers::serve());
    }
}
