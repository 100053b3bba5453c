//! Messages between a page and its worker.

use bridge::protocol::{Event, Request, RequestId};
use serde::Serialize;
use serde::de::DeserializeOwned;

/// What is read is written the same way ever after.
fn settled<M: Serialize + DeserializeOwned>(text: &str) {
    let Ok(message) = serde_json::from_str::<M>(text) else {
        return;
    };
    let written = serde_json::to_string(&message).expect("messages always have a JSON");
    let again: M = serde_json::from_str(&written).expect("our own message");
    assert_eq!(serde_json::to_string(&again).expect("and again"), written);
}

pub(crate) fn message(bytes: &[u8]) {
    if let Ok(text) = std::str::from_utf8(bytes) {
        settled::<(RequestId, Request)>(text);
        settled::<Event>(text);
    }
}
