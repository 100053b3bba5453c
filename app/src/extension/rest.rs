//! The open wallet across naps: a popup is gone with the next click beside it, and nobody types a password for
//! each. A sealed ticket is kept in the session's storage while the wallet is open, and handed back by the next
//! page; `worker/src/vault/rest.rs` says what it is worth.

use super::Face;
use super::chrome::{Area, object, time};
use crate::session::{Phase, Session};
use crate::time::now_ms;
use bridge::page::Bridge;
use bridge::protocol::Failure;
use bridge::vault::{RestTicket, SealedTicket};
use bridge::wallet::WalletStatus;
use js_sys::Reflect;
use leptos::prelude::*;
use leptos::task::spawn_local;
use wasm_bindgen::JsValue;

/// Where it lies. The background looks at its other parts: extension/src/background/rest.js.
const KEY: &str = "rest";

/// Keeps a ticket as long as the wallet is open, and none after.
pub(super) fn begin(session: Session) {
    let phase = session.phase();
    Effect::new(move |_| {
        // Whatever became different, such as the minutes until it locks, is in a new ticket.
        session.wallet.track();
        match phase.get() {
            Phase::Open => renew(session),
            Phase::Locked | Phase::Absent => spawn_local(async {
                // What cannot be taken away opens nothing any more.
                let _ = Area::Session.remove(KEY).await;
            }),
            Phase::Opening => {}
        }
    });
}

/// Somebody is here: the ticket counts from now.
pub(crate) fn renew(session: Session) {
    if !Face::here().is_of_extension() {
        return;
    }
    spawn_local(async move {
        // Without one the password is asked for, which is no harm.
        let Ok(ticket) = session.bridge().rest().await else { return };
        let is_open = matches!(&*session.wallet.read_untracked(), Some(WalletStatus::Open { .. }));
        if is_open {
            let _ = Area::Session.set(KEY, &kept(&ticket)).await;
        }
    });
}

/// Opens the wallet by the ticket that lies here, if one does and still counts.
pub(crate) async fn resume(bridge: &Bridge) {
    if !Face::here().is_of_extension() {
        return;
    }
    let Some(kept) = Area::Session.get(KEY).await else { return };
    let sealed = Reflect::get(&kept, &"ticket".into()).ok().and_then(|ticket| ticket.as_string());
    let opens_nothing = match sealed {
        Some(sealed) => {
            bridge.resume(SealedTicket(sealed)).await.is_err_and(|failure| was_looked_at(&failure))
        }
        None => true,
    };
    if opens_nothing {
        let _ = Area::Session.remove(KEY).await;
    }
}

/// Whether a worker looked at the ticket. Where the page that has the wallet goes away just then, the next one does.
fn was_looked_at(failure: &Failure) -> bool {
    !["wallet/host-", "wallet/other-tab", "bridge/"]
        .iter()
        .any(|elsewhere| failure.code.starts_with(elsewhere))
}

fn kept(ticket: &RestTicket) -> JsValue {
    let mut entries = vec![
        ("ticket", JsValue::from_str(&ticket.sealed.0)),
        ("locksOnSleep", ticket.locks_on_sleep.into()),
        ("seen", time(now_ms())),
    ];
    if let Some(until) = ticket.until_ms {
        entries.push(("until", time(until)));
    }
    object(&entries).into()
}
