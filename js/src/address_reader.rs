//! Web addresses, read by the `URL` of whatever runs this.

use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;
use wasm_core::web_address::{WebAddress, lend};

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_name = URL)]
    type Url;

    #[wasm_bindgen(constructor, js_class = "URL", catch)]
    fn new(text: &str) -> Result<Url, JsValue>;

    #[wasm_bindgen(method, getter)]
    fn href(this: &Url) -> String;

    #[wasm_bindgen(method, getter)]
    fn protocol(this: &Url) -> String;

    #[wasm_bindgen(method, getter)]
    fn hostname(this: &Url) -> String;

    #[wasm_bindgen(method, getter)]
    fn origin(this: &Url) -> String;
}

/// Lends it to the core as soon as the program is there.
#[wasm_bindgen(start)]
pub fn start() {
    lend(read);
}

fn read(text: &str) -> Result<WebAddress, String> {
    let url = Url::new(text).map_err(|_| "it cannot be read".to_owned())?;
    let scheme = url.protocol().trim_end_matches(':').to_owned();
    Ok(WebAddress { href: url.href(), scheme, host: url.hostname(), origin: url.origin() })
}
