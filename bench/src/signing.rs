//! Signing a transaction as the wallet's worker does, for `cargo xtask bench signing`.

use wasm_bindgen::JsError;
use wasm_bindgen::prelude::wasm_bindgen;
use wasm_core::keys::Keypair;
use wasm_core::tx::TransactionData;

/// An account's key, which stays ready as long as a wallet is open.
#[wasm_bindgen]
#[derive(Debug)]
pub struct Signer(Keypair);

#[wasm_bindgen]
impl Signer {
    /// The key of a seed of 32 bytes.
    #[wasm_bindgen(constructor)]
    pub fn new(seed: &[u8]) -> Result<Self, JsError> {
        Ok(Self(Keypair::derive(seed.try_into()?)))
    }

    /// Signs the BCS of a transaction. Returns the signature as it is sent: flag, signature, public key.
    pub fn sign(&self, transaction: &[u8]) -> Result<Vec<u8>, JsError> {
        Ok(TransactionData::from_bytes(transaction)?.sign(&self.0).signature.to_bytes())
    }
}
