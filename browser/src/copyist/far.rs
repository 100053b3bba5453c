//! The copyist's own side: what its worker does.

use super::Said;
use crate::dead_end::DeadEnd;
use crate::js;
use crate::private_file::{PrivateFileError, PrivateFileWriter};
use futures::StreamExt as _;
use futures::channel::mpsc;
use js_sys::{ArrayBuffer, Uint8Array};
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast as _, JsValue};
use wasm_core::weights::Meter;
use web_sys::MessageEvent;

/// Hashes and writes what it is sent, until the file is whole or given up.
pub async fn serve() {
    let (heard, mut messages) = mpsc::unbounded();
    let on_message = Closure::<dyn FnMut(_)>::new(move |event: MessageEvent| {
        let _ = heard.unbounded_send(event.data());
    });
    js::scope().set_onmessage(Some(on_message.as_ref().unchecked_ref()));
    say(&Said::Ready);
    let said = copy(&mut messages).await.unwrap_or_else(Said::Failed);
    say(&said);
    // One file each: whoever started this ends it.
}

async fn copy(messages: &mut mpsc::UnboundedReceiver<JsValue>) -> Result<Said, PrivateFileError> {
    let name = messages.next().await.and_then(|message| message.as_string());
    let mut writer = match name {
        Some(name) => Some(PrivateFileWriter::create(&name).await?),
        None => None,
    };
    say(&Said::Created);
    let (mut meter, dead_end, mut bytes) = (Meter::new(), DeadEnd::new(), Vec::new());
    while let Some(message) = messages.next().await {
        let Some(buffer) = message.dyn_ref::<ArrayBuffer>() else {
            if message.is_truthy() {
                writer.map_or(Ok(()), PrivateFileWriter::finish)?;
                return Ok(Said::Finished(meter.finish()));
            }
            break;
        };
        let piece = Uint8Array::new(buffer);
        bytes.resize(piece.length() as usize, 0);
        piece.copy_to(&mut bytes);
        dead_end.swallow(buffer);
        meter.update(&bytes);
        if let Some(writer) = &mut writer {
            writer.write(&bytes)?;
        }
        say(&Said::Taken);
    }
    Ok(Said::Abandoned)
}

fn say(said: &Said) {
    let text = serde_json::to_string(said).expect("what is said is plain data");
    // Whoever does not hear any more is gone, and this worker with it.
    let _ = js::scope().post_message(&text.into());
}
