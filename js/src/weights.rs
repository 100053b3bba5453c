//! Weights on their way through: sealed or opened piece by piece, in constant memory.

use crate::error::{thrown, told};
use crate::text::parsed;
use browser::random::BrowserRandom;
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;
use wasm_core::digest::Checksum;
use wasm_core::weights::{self, DecryptionKey, Measured, Verifier, WeightCipher};
use zeroize::Zeroizing;

fn finished() -> JsValue {
    told("weights/finished", "this file has ended", &JsValue::UNDEFINED)
}

/// Encrypts one file with a key of its own.
#[wasm_bindgen]
#[derive(Debug)]
pub struct RawSealer {
    sealer: Option<weights::Sealer>,
    key: DecryptionKey,
}

#[wasm_bindgen]
impl RawSealer {
    /// Makes a fresh key.
    #[wasm_bindgen(constructor)]
    #[must_use]
    pub fn new() -> Self {
        let (sealer, key) = weights::Sealer::make(&mut BrowserRandom);
        Self { sealer: Some(sealer), key }
    }

    /// The key, in Base58.
    #[wasm_bindgen(js_name = exposeKey)]
    #[must_use]
    pub fn expose_key(&self) -> String {
        self.key.expose_base58().to_string()
    }

    /// Turns the next piece of the file into ciphertext, in place.
    pub fn update(&mut self, piece: &mut [u8]) -> Result<(), JsValue> {
        self.sealer.as_mut().ok_or_else(finished)?.update(piece);
        Ok(())
    }

    /// Ends the file: checksum in Base58. Its size is what came.
    pub fn finish(&mut self) -> Result<String, JsValue> {
        let sealed = self.sealer.take().ok_or_else(finished)?.finish();
        Ok(sealed.checksum.to_string())
    }
}

impl Default for RawSealer {
    fn default() -> Self {
        Self::new()
    }
}

/// Decrypts one file, and measures what comes in.
#[wasm_bindgen]
pub struct RawOpener {
    cipher: WeightCipher,
    verifier: Option<Verifier>,
}

impl std::fmt::Debug for RawOpener {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("RawOpener").finish_non_exhaustive()
    }
}

#[wasm_bindgen]
impl RawOpener {
    /// With the key in Base58, for the file of this checksum and size.
    #[wasm_bindgen(constructor)]
    pub fn new(key: String, checksum: &str, size: u64) -> Result<Self, JsValue> {
        let key = DecryptionKey::parse(&Zeroizing::new(key)).map_err(thrown)?;
        let checksum: Checksum = parsed(checksum)?;
        let verifier = Some(Verifier::new(Measured { checksum, size }));
        Ok(Self { cipher: WeightCipher::new(&key), verifier })
    }

    /// Turns the next piece into plaintext, in place. It is not to be trusted before the file has ended.
    pub fn update(&mut self, piece: &mut [u8]) -> Result<(), JsValue> {
        let verifier = self.verifier.as_mut().ok_or_else(finished)?;
        let position = verifier.size();
        verifier.update(piece).map_err(thrown)?;
        self.cipher.apply(position, piece);
        Ok(())
    }

    /// Ends the file. Throws where it was another one.
    pub fn finish(&mut self) -> Result<(), JsValue> {
        self.verifier.take().ok_or_else(finished)?.finish().map(drop).map_err(thrown)
    }
}
