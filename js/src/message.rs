//! Personal messages: signed for a site, and verified by it.

use crate::error::{argument, thrown};
use crate::keys::RawKeypair;
use crate::object::object;
use crate::text::parsed;
use base64ct::{Base64, Encoding as _};
use browser::random::BrowserRandom;
use js_sys::{BigInt, Uint8Array};
use rand_core::Rng as _;
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;
use wasm_core::dapp::PersonalMessage;
use wasm_core::dapp::message::{Body, MAX_MESSAGE};

/// Signs what a site wrote. Returns the signed text, and the signature in Base64.
#[wasm_bindgen(js_name = signPersonalMessage)]
pub fn sign_personal_message(
    key: &RawKeypair,
    message: &[u8],
    site: &str,
    network: &str,
    genesis: &str,
    at_ms: u64,
) -> Result<Vec<JsValue>, JsValue> {
    if message.len() > MAX_MESSAGE {
        return Err(argument(&format!("a message has {MAX_MESSAGE} bytes at most")));
    }
    let mut nonce = [0; 16];
    BrowserRandom.fill_bytes(&mut nonce);
    let message = PersonalMessage {
        origin: parsed(site)?,
        chain: parsed(network)?,
        genesis: parsed(genesis)?,
        account: key.owner(),
        at_ms,
        nonce,
        body: Body::of(message),
    };
    let signature = message.sign(key.key()).map_err(thrown)?;
    Ok(vec![message.text().into(), Base64::encode_string(&signature.to_bytes()).into()])
}

/// Reads a message that was signed, if its signature stands and is its account's.
#[wasm_bindgen(js_name = verifyPersonalMessage)]
pub fn verify_personal_message(text: &[u8], signature: &str) -> Result<JsValue, JsValue> {
    let signature =
        Base64::decode_vec(signature).map_err(|_| argument("a signature is written in Base64"))?;
    let message = PersonalMessage::verify(text, &signature).map_err(thrown)?;
    let body = match &message.body {
        Body::Text(text) => text.as_bytes(),
        Body::Bytes(bytes) => bytes,
    };
    Ok(object(&[
        ("site", message.origin.to_string().into()),
        ("network", message.chain.to_string().into()),
        ("genesis", message.genesis.to_string().into()),
        ("account", message.account.to_string().into()),
        ("timestampMs", BigInt::from(message.at_ms).into()),
        ("nonce", Uint8Array::from(&message.nonce[..]).into()),
        ("message", Uint8Array::from(body).into()),
    ]))
}
