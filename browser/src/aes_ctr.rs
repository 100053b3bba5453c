//! AES-256-CTR by the browser's own cryptography, several times faster than AES in WebAssembly.

use crate::js;
use js_sys::{Object, Uint8Array};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use wasm_core::weights::DecryptionKey;
use web_sys::{AesCtrParams, CryptoKey, SubtleCrypto};

/// Pieces of this size are encrypted at once: larger ones are slower in Chromium.
pub const PIECE: u32 = 512 * 1024;

/// The browser refused to encrypt.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the browser's cryptography failed: {0}")]
pub struct CipherError(String);

/// A key inside the browser's cryptography, from where it cannot be read again.
#[derive(Clone, Debug)]
pub struct AesCtr {
    subtle: SubtleCrypto,
    key: CryptoKey,
}

impl AesCtr {
    /// Hands a key to the browser.
    ///
    /// # Errors
    /// Where the page is no secure context, or the browser refuses.
    pub async fn new(key: &DecryptionKey) -> Result<Self, CipherError> {
        let failed = |error: JsValue| CipherError(js::message(&error));
        let subtle = js::scope().crypto().map_err(failed)?.subtle();
        if subtle.is_undefined() {
            return Err(CipherError("the page is not served over https or localhost".into()));
        }
        let bytes = Uint8Array::from(&key.0[..]);
        let usages = js_sys::Array::of1(&"encrypt".into());
        let import: JsValue = subtle
            .import_key_with_str("raw", bytes.unchecked_ref::<Object>(), "AES-CTR", false, &usages)
            .map_err(failed)?
            .into();
        let imported = JsFuture::from(js_sys::Promise::from(import)).await;
        bytes.fill(0, 0, bytes.length());
        let key = imported.map_err(failed)?.unchecked_into();
        Ok(Self { subtle, key })
    }

    /// Encrypts (or, which is the same, decrypts) bytes that begin at a counter block.
    ///
    /// # Errors
    /// Where the browser refuses.
    pub async fn apply(
        &self,
        counter: [u8; 16],
        bytes: &Uint8Array,
    ) -> Result<Uint8Array, CipherError> {
        let failed = |error: JsValue| CipherError(js::message(&error));
        let counter = Uint8Array::from(&counter[..]);
        let parameters = AesCtrParams::new("AES-CTR", counter.unchecked_ref::<Object>(), 128);
        let promise: JsValue = self
            .subtle
            .encrypt_with_object_and_buffer_source(
                parameters.unchecked_ref::<Object>(),
                &self.key,
                bytes.unchecked_ref::<Object>(),
            )
            .map_err(failed)?
            .into();
        let buffer = JsFuture::from(js_sys::Promise::from(promise)).await.map_err(failed)?;
        Ok(Uint8Array::new(&buffer))
    }
}
