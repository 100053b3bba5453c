//! A transaction that was tried out, on its way to a signature.

use crate::error::thrown;
use crate::reading::read_signature;
use crate::value::plain;
use crate::words::words;
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;
use wasm_core::job::send::Prepared;
use wasm_core::preview::Consent;

/// What a person sees before signing.
#[wasm_bindgen]
#[derive(Debug)]
pub struct RawPrepared(Prepared);

impl From<Prepared> for RawPrepared {
    fn from(prepared: Prepared) -> Self {
        Self(prepared)
    }
}

#[wasm_bindgen]
impl RawPrepared {
    /// The BCS that is to be signed.
    #[must_use]
    pub fn bytes(&self) -> Vec<u8> {
        self.0.transaction().to_bytes()
    }

    /// What the network will know it by.
    #[must_use]
    pub fn digest(&self) -> String {
        self.0.digest().to_string()
    }

    /// What it says, in plain words.
    #[must_use]
    pub fn describe(&self) -> JsValue {
        words(&self.0.review().description)
    }

    /// All that a person should see.
    pub fn review(&self) -> Result<JsValue, JsValue> {
        plain(self.0.review())
    }

    /// Throws where a finding forbids signing, or a danger is none of those accepted.
    #[wasm_bindgen(js_name = checkConsent)]
    pub fn check_consent(&self, accepted: Vec<usize>) -> Result<(), JsValue> {
        self.0.check_consent(&Consent::to(accepted)).map_err(thrown)
    }

    /// Throws where this is no signature that it may be sent with, dangers accepted as they are.
    #[wasm_bindgen(js_name = checkSigned)]
    pub fn check_signed(&self, signature: &str, accepted: Vec<usize>) -> Result<(), JsValue> {
        let signature = read_signature(signature)?;
        let signed = self.0.clone().signed(signature, &Consent::to(accepted));
        signed.map(drop).map_err(thrown)
    }
}
