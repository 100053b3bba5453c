//! Handing a file to its owner, and reading a small one of theirs.

use js_sys::{Array, Uint8Array};
use leptos::prelude::{document, window};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{Blob, BlobPropertyBag, File, HtmlAnchorElement, Url};

/// Saves a text under a name, as the browser saves downloads.
///
/// # Errors
/// Where the browser refuses.
pub(crate) fn save_text(name: &str, contents: &str) -> Result<(), JsValue> {
    let options = BlobPropertyBag::new();
    options.set_type("application/octet-stream");
    let blob = Blob::new_with_str_sequence_and_options(&Array::of1(&contents.into()), &options)?;
    save_blob(name, &blob)
}

/// Saves a blob or file under a name. Its bytes are not read here.
///
/// # Errors
/// Where the browser refuses.
pub(crate) fn save_blob(name: &str, blob: &Blob) -> Result<(), JsValue> {
    let url = Url::create_object_url_with_blob(blob)?;
    let link: HtmlAnchorElement = document().create_element("a")?.unchecked_into();
    link.set_href(&url);
    link.set_download(name);
    link.click();
    // The download has its own hold on the blob by the next turn; a minute is generous.
    let revoke = wasm_bindgen::closure::Closure::once_into_js(move || {
        let _already_gone = Url::revoke_object_url(&url);
    });
    window()
        .set_timeout_with_callback_and_timeout_and_arguments_0(revoke.unchecked_ref(), 60_000)?;
    Ok(())
}

/// Why a small text file was not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum ReadTextError {
    /// Larger than anything expected here.
    #[error("this file is too large to be the one that is asked for")]
    TooLarge,
    /// Gone, or not allowed.
    #[error("the browser could not read this file")]
    Unreadable,
}

/// Reads a file of at most `largest` bytes.
///
/// # Errors
/// Where it is larger or cannot be read.
pub(crate) async fn read_small(file: &File, largest: u32) -> Result<Vec<u8>, ReadTextError> {
    if file.size() > f64::from(largest) {
        return Err(ReadTextError::TooLarge);
    }
    let buffer =
        JsFuture::from(file.array_buffer()).await.map_err(|_| ReadTextError::Unreadable)?;
    Ok(Uint8Array::new(&buffer).to_vec())
}

/// Reads a text file of at most `largest` bytes.
///
/// # Errors
/// Where it is larger or cannot be read.
pub(crate) async fn read_small_text(file: &File, largest: u32) -> Result<String, ReadTextError> {
    if file.size() > f64::from(largest) {
        return Err(ReadTextError::TooLarge);
    }
    let text = JsFuture::from(file.text()).await.map_err(|_| ReadTextError::Unreadable)?;
    text.as_string().ok_or(ReadTextError::Unreadable)
}
