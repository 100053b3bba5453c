//! Having the browser collect its garbage in time.
//!
//! What Chromium's streams leave behind is little, some 13 KiB for each MiB that is read, but a worker that
//! allocates nothing else never makes it collect: a file of 5 GiB would cost 65 MiB by its end. Of buffers it
//! counts the sizes. So now and then one is asked for and dropped that nobody touches: the system gives no
//! memory for it, and the browser cleans up.

use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

/// Bytes that may pass before it is asked to.
const EVERY: u64 = 256 << 20;
/// Chromium begins to collect after 64 MiB of buffers.
const UNTOUCHED: u32 = 64 << 20;

#[wasm_bindgen]
extern "C" {
    /// A buffer that there may be no room for.
    #[wasm_bindgen(js_name = ArrayBuffer)]
    type LargeBuffer;

    #[wasm_bindgen(constructor, catch, js_class = "ArrayBuffer")]
    fn new(length: u32) -> Result<LargeBuffer, JsValue>;
}

/// Counts what passes.
#[derive(Debug, Default)]
pub(crate) struct Garbage {
    passed: u64,
}

impl Garbage {
    /// So many bytes more have passed.
    pub(crate) fn passed(&mut self, bytes: u32) {
        self.passed += u64::from(bytes);
        if self.passed >= EVERY {
            self.passed = 0;
            // Where there is no room, the browser has tried to make some.
            drop(LargeBuffer::new(UNTOUCHED));
        }
    }
}
