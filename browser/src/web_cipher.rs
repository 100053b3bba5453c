//! AES-256 in counter mode by the browser, which has the processor's own instructions for it.

use crate::js;
use js_sys::{ArrayBuffer, Object, Promise, Reflect, Uint8Array};
use wasm_bindgen::{JsCast as _, JsValue};
use wasm_bindgen_futures::JsFuture;
use wasm_core::weights::{DecryptionKey, WeightCipher, counter_block};
use web_sys::{CryptoKey, SubtleCrypto};
use zeroize::Zeroizing;

/// Bytes of the trial.
const TRIAL: usize = 1024;

/// Why the browser does not encrypt for us.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum WebCipherError {
    /// It cannot, or refuses.
    #[error("the browser does not encrypt: {0}")]
    Refused(String),
    /// What it makes is not what the network decrypts.
    #[error("the browser's encryption is not the network's")]
    Disagrees,
}

impl From<JsValue> for WebCipherError {
    fn from(thrown: JsValue) -> Self {
        Self::Refused(js::message(&thrown))
    }
}

/// The browser's cipher with the key of one file. The browser holds a copy of the key that cannot be
/// read out of it.
#[derive(Debug)]
pub struct WebCipher {
    subtle: SubtleCrypto,
    key: CryptoKey,
}

impl WebCipher {
    /// Hands the key to the browser, after the browser has shown on another key that it can count as
    /// the network does.
    ///
    /// # Errors
    /// Where it cannot, or has no cipher.
    pub async fn new(key: &DecryptionKey) -> Result<Self, WebCipherError> {
        let mut bytes = Zeroizing::new([0; 32]);
        rand_core::Rng::fill_bytes(&mut crate::random::BrowserRandom, bytes.as_mut());
        let other = DecryptionKey(*bytes);
        let trial = Self::import(&other).await?;
        // The beginning; where 32 bits of the block's number carry over; and far behind.
        for offset in [0, (1 << 36) - 512, 1 << 52] {
            let sealed = trial.encrypt(offset, &Uint8Array::new_with_length(1024))?.await?;
            let mut expected = [0; TRIAL];
            WeightCipher::new(&other).apply(offset, &mut expected);
            if Uint8Array::new(&sealed).to_vec() != expected {
                return Err(WebCipherError::Disagrees);
            }
        }
        Self::import(key).await
    }

    async fn import(key: &DecryptionKey) -> Result<Self, WebCipherError> {
        let scope = js::scope();
        if !scope.is_secure_context() {
            return Err(WebCipherError::Refused("this page is not https or localhost".into()));
        }
        let subtle = scope.crypto()?.subtle();
        let raw = Uint8Array::from(key.0.as_slice());
        let usages = js_sys::Array::of1(&"encrypt".into());
        let importing =
            subtle.import_key_with_str("raw", raw.as_ref(), "AES-CTR", false, &usages.into());
        // The browser has taken its copy with the call.
        raw.fill(0, 0, raw.length());
        let importing: JsValue = importing?.into();
        let key = JsFuture::from(Promise::from(importing)).await?.unchecked_into();
        Ok(Self { subtle, key })
    }

    /// Begins to encrypt the part of the file that lies at a byte offset, a multiple of 16. The part is
    /// copied before this returns.
    ///
    /// # Errors
    /// Where the browser refuses.
    pub fn encrypt(
        &self,
        offset: u64,
        part: &Uint8Array,
    ) -> Result<impl Future<Output = Result<ArrayBuffer, WebCipherError>> + use<>, WebCipherError>
    {
        let how = Object::new();
        Reflect::set(&how, &"name".into(), &"AES-CTR".into())?;
        let counter = Uint8Array::from(counter_block(offset).as_slice());
        Reflect::set(&how, &"counter".into(), &counter)?;
        Reflect::set(&how, &"length".into(), &128.into())?;
        let sealing: JsValue =
            self.subtle.encrypt_with_object_and_js_u8_array(&how, &self.key, part)?.into();
        let sealing = JsFuture::from(Promise::from(sealing));
        Ok(async move { Ok(sealing.await?.unchecked_into()) })
    }
}
