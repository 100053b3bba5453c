//! Text of ids, addresses and digests on its way in.

use crate::codes::Coded;
use crate::error::thrown;
use std::str::FromStr;
use wasm_bindgen::JsValue;

/// Text as its type.
pub(crate) fn parsed<T: FromStr>(text: &str) -> Result<T, JsValue>
where
    T::Err: Coded,
{
    text.trim().parse().map_err(thrown)
}
