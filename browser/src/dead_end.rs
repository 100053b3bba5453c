//! Giving a buffer's memory back at once, instead of whenever this process collects garbage.
//!
//! A buffer that is transferred belongs to the message that carries it, and goes with a message that
//! nobody will ever hear. Chromium otherwise lets hundreds of megabytes of buffers stand, and asks the
//! system for fresh pages for each new one.

use js_sys::{Array, ArrayBuffer};
use std::cell::RefCell;
use wasm_bindgen::JsValue;
use web_sys::{MessageChannel, MessagePort};

/// A port whose other end is closed.
#[derive(Debug)]
pub(crate) struct DeadEnd(RefCell<Option<MessagePort>>);

impl DeadEnd {
    pub(crate) fn new() -> Self {
        Self(RefCell::new(port()))
    }

    /// Frees a buffer that nobody needs any more.
    pub(crate) fn swallow(&self, buffer: &ArrayBuffer) {
        if buffer.byte_length() == 0 {
            return;
        }
        send(self.0.borrow().as_ref(), buffer);
        if buffer.byte_length() != 0 {
            // A browser may close this end, too, once it has noticed; then nothing is taken here any more.
            let fresh = port();
            send(fresh.as_ref(), buffer);
            *self.0.borrow_mut() = fresh;
        }
    }
}

fn port() -> Option<MessagePort> {
    let channel = MessageChannel::new().ok()?;
    channel.port2().close();
    Some(channel.port1())
}

/// What is not taken is left to the garbage collector.
fn send(port: Option<&MessagePort>, buffer: &ArrayBuffer) {
    if let Some(port) = port {
        let _ = port.post_message_with_transferable(&JsValue::NULL, &Array::of1(buffer));
    }
}
