//! A key that the browser keeps for this origin and gives to nobody: WebCrypto seals and opens with it, and no
//! script, ours included, can read it.

use crate::js;
use crate::random::BrowserRandom;
use crate::store::{Drawer, Store, StoreError};
use js_sys::{ArrayBuffer, Object, Promise, Reflect, Uint8Array};
use rand_core::Rng as _;
use wasm_bindgen::{JsCast as _, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{CryptoKey, SubtleCrypto};
use zeroize::Zeroizing;

/// Where it lies.
const KEY: &str = "key";
const ALGORITHM: &str = "AES-GCM";
const NONCE: usize = 12;

/// Why nothing is sealed or opened.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RestKeyError {
    /// The browser cannot, or refuses.
    #[error("the browser does not seal: {0}")]
    Refused(String),
    /// The storage does not work.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// It was not sealed with this key, or was changed.
    #[error("this was not sealed here")]
    NotOurs,
}

impl From<JsValue> for RestKeyError {
    fn from(thrown: JsValue) -> Self {
        Self::Refused(js::message(&thrown))
    }
}

/// The key.
#[derive(Clone, Debug)]
pub struct RestKey(CryptoKey);

impl RestKey {
    /// Makes one and keeps it in the place of any other.
    ///
    /// # Errors
    /// Where the browser refuses.
    pub async fn make(store: &Store) -> Result<Self, RestKeyError> {
        let how = named(ALGORITHM)?;
        Reflect::set(&how, &"length".into(), &256.into())?;
        let usages = js_sys::Array::of2(&"encrypt".into(), &"decrypt".into());
        let making: JsValue = subtle()?.generate_key_with_object(&how, false, &usages)?.into();
        let key: CryptoKey = JsFuture::from(Promise::from(making)).await?.unchecked_into();
        store.put_object(Drawer::Rest, KEY, &key).await?;
        Ok(Self(key))
    }

    /// The one that is kept.
    ///
    /// # Errors
    /// Where the storage does not work.
    pub async fn kept(store: &Store) -> Result<Option<Self>, RestKeyError> {
        let found = store.get_object(Drawer::Rest, KEY).await?;
        Ok(found.and_then(|found| found.dyn_into().ok()).map(Self))
    }

    /// Forgets the one that is kept: what it sealed never opens again.
    ///
    /// # Errors
    /// Where the storage does not work.
    pub async fn forget(store: &Store) -> Result<(), RestKeyError> {
        Ok(store.remove(Drawer::Rest, KEY).await?)
    }

    /// Seals bytes under a fresh nonce, which comes first; `bound` has to be the same when it is opened.
    ///
    /// # Errors
    /// Where the browser refuses.
    pub async fn seal(&self, bytes: &[u8], bound: &[u8]) -> Result<Vec<u8>, RestKeyError> {
        let mut nonce = [0; NONCE];
        BrowserRandom.fill_bytes(&mut nonce);
        let how = parameters(&nonce, bound)?;
        let plain = Uint8Array::from(bytes);
        let sealing: JsValue =
            subtle()?.encrypt_with_object_and_js_u8_array(&how, &self.0, &plain)?.into();
        // The browser has taken its copy with the call.
        plain.fill(0, 0, plain.length());
        let sealed: ArrayBuffer = JsFuture::from(Promise::from(sealing)).await?.unchecked_into();
        Ok([nonce.as_slice(), &Uint8Array::new(&sealed).to_vec()].concat())
    }

    /// Opens what was sealed.
    ///
    /// # Errors
    /// [`RestKeyError::NotOurs`] where it was sealed otherwise, or was changed.
    pub async fn open(
        &self,
        sealed: &[u8],
        bound: &[u8],
    ) -> Result<Zeroizing<Vec<u8>>, RestKeyError> {
        let (nonce, sealed) = sealed.split_at_checked(NONCE).ok_or(RestKeyError::NotOurs)?;
        let how = parameters(nonce, bound)?;
        let sealed = Uint8Array::from(sealed);
        let opening: JsValue =
            subtle()?.decrypt_with_object_and_js_u8_array(&how, &self.0, &sealed)?.into();
        let opened = JsFuture::from(Promise::from(opening)).await;
        let opened: ArrayBuffer = opened.map_err(|_| RestKeyError::NotOurs)?.unchecked_into();
        let opened = Uint8Array::new(&opened);
        let bytes = Zeroizing::new(opened.to_vec());
        opened.fill(0, 0, opened.length());
        Ok(bytes)
    }
}

fn subtle() -> Result<SubtleCrypto, RestKeyError> {
    let scope = js::scope();
    if !scope.is_secure_context() {
        return Err(RestKeyError::Refused("this page is not https or localhost".into()));
    }
    Ok(scope.crypto()?.subtle())
}

fn named(name: &str) -> Result<Object, JsValue> {
    let how = Object::new();
    Reflect::set(&how, &"name".into(), &name.into())?;
    Ok(how)
}

fn parameters(nonce: &[u8], bound: &[u8]) -> Result<Object, JsValue> {
    let how = named(ALGORITHM)?;
    Reflect::set(&how, &"iv".into(), &Uint8Array::from(nonce))?;
    Reflect::set(&how, &"additionalData".into(), &Uint8Array::from(bound))?;
    Ok(how)
}
