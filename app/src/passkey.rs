//! Asking an authenticator, which only a page can: to make a passkey, and to compute its secret.
//!
//! What the passkey signs is not looked at: nobody but this browser is told anything. All that matters is
//! the secret that `WebAuthn`'s PRF extension computes, which goes to the worker and nowhere else.

use crate::languages::t;
use bridge::protocol::Failure;
use bridge::vault::{PasskeyOptions, PasskeySecret, PasskeyView};
use js_sys::{Array, Function, Object, Promise, Reflect, Uint8Array};
use leptos::prelude::window;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use zeroize::Zeroize;

/// Why an authenticator did not help.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum PasskeyError {
    /// The browser knows no passkeys.
    #[error("this browser has no passkeys")]
    Absent,
    /// The authenticator computes no secrets.
    #[error(
        "this authenticator cannot open a wallet: it lacks the extension PRF, which computes a secret"
    )]
    NoPrf,
    /// It is the wallet's already.
    #[error("a passkey of this authenticator opens the wallet already")]
    Known,
    /// Cancelled, too late, or not allowed.
    #[error("the passkey was not used: {0}")]
    Refused(String),
}

impl From<PasskeyError> for Failure {
    fn from(error: PasskeyError) -> Self {
        let (code, next) = match &error {
            PasskeyError::Absent => (
                "passkey/absent",
                t!("Use your password, or open the wallet over https or localhost."),
            ),
            PasskeyError::NoPrf => (
                "passkey/no-prf",
                t!(
                    "Nothing was set up. Use another authenticator, or keep unlocking with the password. The passkey \
                 that it made for this site can be deleted in the authenticator's own settings."
                ),
            ),
            PasskeyError::Known => ("passkey/known", t!("Use it, or remove it first.")),
            PasskeyError::Refused(_) => {
                ("passkey/refused", t!("Nothing was changed. Try again, or use your password."))
            }
        };
        Self { code: code.to_owned(), what: error.to_string(), next: next.to_owned(), retry: false }
    }
}

/// Whether the browser knows passkeys at all.
#[must_use]
pub(crate) fn are_known() -> bool {
    credentials().is_ok()
}

/// Makes a passkey; its id, in hex, and its secret.
///
/// # Errors
/// Where the authenticator refuses or computes no secrets.
pub(crate) async fn make(options: PasskeyOptions) -> Result<(String, PasskeySecret), PasskeyError> {
    let salt = bytes(&options.prf_salt)?;
    let name = JsValue::from_str(t!("Soma Wallet"));
    let kind = |algorithm: f64| {
        object(&[("type", "public-key".into()), ("alg", JsValue::from_f64(algorithm))])
    };
    let user = object(&[
        ("id", bytes(&options.user_id)?.into()),
        ("name", name.clone()),
        ("displayName", name.clone()),
    ]);
    let selection =
        object(&[("residentKey", "preferred".into()), ("userVerification", "required".into())]);
    let eval = object(&[("eval", object(&[("first", salt.into())]))]);
    let public_key = object(&[
        ("challenge", challenge()?.into()),
        ("rp", object(&[("name", name)])),
        ("user", user),
        // ES256 and RS256: every authenticator has one of them.
        ("pubKeyCredParams", Array::of2(&kind(-7.0), &kind(-257.0)).into()),
        ("excludeCredentials", named(&options.known)?.into()),
        ("authenticatorSelection", selection),
        ("attestation", "none".into()),
        ("extensions", object(&[("prf", eval)])),
    ]);
    let made = call("create", &public_key).await?;
    let id = id_of(&made)?;
    let prf = prf_of(&made)?;
    if !get(&prf, "enabled").is_truthy() {
        return Err(PasskeyError::NoPrf);
    }
    match secret_of(&prf) {
        Some(secret) => Ok((id, secret)),
        // Many authenticators compute it only when they are asked, not when they make the passkey.
        None => {
            let view = PasskeyView { credential_id: id, prf_salt: options.prf_salt, made_ms: 0 };
            ask(&[view]).await
        }
    }
}

/// Has one of these passkeys compute its secret; its id, in hex, and the secret.
///
/// # Errors
/// Where no authenticator has one of them, or it computes no secrets.
pub(crate) async fn ask(passkeys: &[PasskeyView]) -> Result<(String, PasskeySecret), PasskeyError> {
    let ids: Vec<String> = passkeys.iter().map(|passkey| passkey.credential_id.clone()).collect();
    let by_credential = Object::new();
    for passkey in passkeys {
        let salt = object(&[("first", bytes(&passkey.prf_salt)?.into())]);
        set(&by_credential, &base64url(&decode(&passkey.credential_id)?)?, &salt);
    }
    let eval = object(&[("evalByCredential", by_credential.into())]);
    let public_key = object(&[
        ("challenge", challenge()?.into()),
        ("allowCredentials", named(&ids)?.into()),
        ("userVerification", "required".into()),
        ("extensions", object(&[("prf", eval)])),
    ]);
    let used = call("get", &public_key).await?;
    let secret = secret_of(&prf_of(&used)?).ok_or(PasskeyError::NoPrf)?;
    Ok((id_of(&used)?, secret))
}

fn credentials() -> Result<JsValue, PasskeyError> {
    // Without https there is neither.
    let known = !get(&window(), "PublicKeyCredential").is_undefined();
    let credentials = get(&window().navigator(), "credentials");
    (known && credentials.is_object()).then_some(credentials).ok_or(PasskeyError::Absent)
}

async fn call(name: &str, public_key: &JsValue) -> Result<JsValue, PasskeyError> {
    let credentials = credentials()?;
    let function: Function =
        get(&credentials, name).dyn_into().map_err(|_| PasskeyError::Absent)?;
    let options = object(&[("publicKey", public_key.clone())]);
    let promise = function.call1(&credentials, &options).map_err(|thrown| refused(&thrown))?;
    let answer = JsFuture::from(Promise::from(promise)).await.map_err(|thrown| refused(&thrown))?;
    if answer.is_object() { Ok(answer) } else { Err(unreadable()) }
}

fn refused(thrown: &JsValue) -> PasskeyError {
    match get(thrown, "name").as_string().as_deref() {
        Some("InvalidStateError") => PasskeyError::Known,
        Some("NotAllowedError") => {
            PasskeyError::Refused(t!("it was cancelled, or took too long").to_owned())
        }
        Some("NotSupportedError") => PasskeyError::NoPrf,
        _ => PasskeyError::Refused(
            get(thrown, "message").as_string().unwrap_or_else(|| t!("unknown reason").to_owned()),
        ),
    }
}

fn unreadable() -> PasskeyError {
    PasskeyError::Refused(t!("the browser's answer cannot be read").to_owned())
}

fn id_of(credential: &JsValue) -> Result<String, PasskeyError> {
    let id = get(credential, "rawId");
    if !id.is_object() {
        return Err(unreadable());
    }
    Ok(hex::encode(Uint8Array::new(&id).to_vec()))
}

fn prf_of(credential: &JsValue) -> Result<JsValue, PasskeyError> {
    let results: Function =
        get(credential, "getClientExtensionResults").dyn_into().map_err(|_| unreadable())?;
    let results = results.call0(credential).map_err(|thrown| refused(&thrown))?;
    Ok(get(&results, "prf"))
}

/// The secret, overwritten where the browser handed it out.
fn secret_of(prf: &JsValue) -> Option<PasskeySecret> {
    let first = get(&get(prf, "results"), "first");
    if !first.is_object() {
        return None;
    }
    let view = Uint8Array::new(&first);
    let mut bytes = view.to_vec();
    view.fill(0, 0, view.length());
    let secret = (bytes.len() == 32).then(|| PasskeySecret(hex::encode(&bytes)));
    bytes.zeroize();
    secret
}

fn challenge() -> Result<Uint8Array, PasskeyError> {
    let bytes = Uint8Array::new_with_length(32);
    let crypto = get(&window(), "crypto");
    let fill: Function =
        get(&crypto, "getRandomValues").dyn_into().map_err(|_| PasskeyError::Absent)?;
    fill.call1(&crypto, &bytes).map_err(|thrown| refused(&thrown))?;
    Ok(bytes)
}

fn named(ids: &[String]) -> Result<Array, PasskeyError> {
    let list = Array::new();
    for id in ids {
        list.push(&object(&[("type", "public-key".into()), ("id", bytes(id)?.into())]));
    }
    Ok(list)
}

fn decode(hex_digits: &str) -> Result<Vec<u8>, PasskeyError> {
    hex::decode(hex_digits).map_err(|_| unreadable())
}

fn bytes(hex_digits: &str) -> Result<Uint8Array, PasskeyError> {
    Ok(Uint8Array::from(decode(hex_digits)?.as_slice()))
}

fn base64url(bytes: &[u8]) -> Result<String, PasskeyError> {
    let binary: String = bytes.iter().map(|byte| char::from(*byte)).collect();
    let base64 = window().btoa(&binary).map_err(|thrown| refused(&thrown))?;
    Ok(base64.trim_end_matches('=').replace('+', "-").replace('/', "_"))
}

/// A property; undefined where there is none.
fn get(of: &JsValue, name: &str) -> JsValue {
    Reflect::get(of, &name.into()).unwrap_or(JsValue::UNDEFINED)
}

fn set(of: &Object, name: &str, value: &JsValue) {
    // An object of our own takes any property.
    let _ = Reflect::set(of, &name.into(), value);
}

fn object(properties: &[(&str, JsValue)]) -> JsValue {
    let object = Object::new();
    for (name, value) in properties {
        set(&object, name, value);
    }
    object.into()
}
