//! A node: what an address holds, and what is sent.

use crate::error::thrown;
use crate::execution::execute;
use crate::patience::promise;
use crate::text::parsed;
use crate::value::plain;
use js_sys::Promise;
use rpc::web::WebClient;
use std::time::Duration;
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;
use wasm_core::digest::CheckpointDigest;
use web_sys::AbortSignal;

/// A client of one node.
#[wasm_bindgen]
#[derive(Debug)]
pub struct RawClient {
    node: WebClient,
    expected_chain: Option<CheckpointDigest>,
}

#[wasm_bindgen]
impl RawClient {
    /// A client of the node at `https://host:port`, and the chain that it must speak for, if any.
    #[wasm_bindgen(constructor)]
    pub fn new(url: &str, expected_chain: Option<String>) -> Result<Self, JsValue> {
        let expected_chain = expected_chain.map(|digest| parsed(&digest)).transpose()?;
        Ok(Self { node: WebClient::connect(url), expected_chain })
    }

    /// All that the node says of itself.
    pub fn info(&self, signal: Option<AbortSignal>) -> Promise {
        let node = self.node.clone();
        promise(signal, async move { plain(&node.node_info().await.map_err(thrown)?) })
    }

    /// What an address holds, in shannons.
    pub fn balance(&self, owner: String, signal: Option<AbortSignal>) -> Promise {
        let node = self.node.clone();
        promise(
            signal,
            async move { Ok(node.balance(parsed(&owner)?).await.map_err(thrown)?.into()) },
        )
    }

    /// Waits until a transaction is in a checkpoint, for so many milliseconds.
    pub fn wait(&self, digest: String, milliseconds: u32, signal: Option<AbortSignal>) -> Promise {
        let node = self.node.clone();
        promise(signal, async move {
            let limit = Duration::from_millis(milliseconds.into());
            plain(&node.wait_for_transaction(parsed(&digest)?, limit).await.map_err(thrown)?)
        })
    }

    /// Sends a transaction that was signed elsewhere, as it is. Returns what it did.
    pub fn execute(
        &self,
        transaction: Vec<u8>,
        signature: String,
        signal: Option<AbortSignal>,
    ) -> Promise {
        let (node, expected) = (self.node.clone(), self.expected_chain);
        promise(None, execute(node, expected, transaction, signature, signal))
    }
}
