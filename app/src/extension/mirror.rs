//! Public data for the background, which answers sites without opening the wallet: which site may see which
//! accounts, and what the wallet can do. What sites gave up meanwhile is taken from there.

use super::Face;
use super::chrome::Area;
use crate::session::{Phase, Session};
use bridge::dapp::{DappEvent, DappReply};
use bridge::protocol::Event;
use js_sys::{Array, JSON, Object, Reflect};
use leptos::prelude::*;
use leptos::task::spawn_local;
use wasm_bindgen::{JsCast as _, JsValue};

pub(super) const SITES: &str = "sites";
pub(super) const DROPPED: &str = "dropped";
const CAPABILITIES: &str = "capabilities";
/// Asked as any site would: the answer is the same for all.
const ASK_CAPABILITIES: &str = r#"{"version":1,"id":"00000000-0000-4000-8000-000000000000","method":"getCapabilities","params":{}}"#;
const ANY_SITE: &str = "https://site.invalid";

/// Keeps it from now on.
pub(crate) fn begin(session: Session) {
    if !Face::here().is_of_extension() {
        return;
    }
    session.bridge().listen(move |event| {
        let Event::Dapp(event) = event else { return };
        if let Ok(DappEvent::Changed { origin, message, sites }) = event.read() {
            let origins = sites.into_iter().map(|site| site.origin).collect();
            spawn_local(async move { change(origins, Some((origin, message))).await });
        }
    });
    let phase = session.phase();
    Effect::new(move |_| {
        if matches!(phase.get(), Phase::Locked | Phase::Open) {
            spawn_local(async move { agree(session).await });
        }
    });
}

/// Lets wallet and mirror say the same: what a site gave up is revoked, and what was revoked is forgotten.
async fn agree(session: Session) {
    let bridge = session.bridge();
    let dropped = Area::Local.get(DROPPED).await.map(|dropped| Array::from(&dropped));
    for origin in dropped.iter().flat_map(Array::iter).filter_map(|origin| origin.as_string()) {
        if bridge.revoke_site(origin).await.is_err() {
            // Another time.
            return;
        }
    }
    let _ = Area::Local.remove(DROPPED).await;
    if let Ok(sites) = bridge.sites().await {
        change(sites.into_iter().map(|site| site.origin).collect(), None).await;
    }
    if let Ok(DappReply::Answer(answer)) =
        bridge.site_asks(ANY_SITE.to_owned(), ASK_CAPABILITIES.to_owned()).await
        && let Some(capabilities) = part(&answer.text, "ok")
    {
        let _ = Area::Local.set(CAPABILITIES, &capabilities).await;
    }
}

/// Writes what sites may see: those that are left, and what one of them may see now.
async fn change(origins: Vec<String>, changed: Option<(String, String)>) {
    let before = Area::Local.get(SITES).await.filter(JsValue::is_object);
    let before = before.unwrap_or_else(|| Object::new().into());
    let now = Object::new();
    for origin in origins {
        let accounts = match &changed {
            Some((changed, message)) if *changed == origin => part(message, "accounts"),
            _ => Reflect::get(&before, &JsValue::from_str(&origin)).ok(),
        };
        if let Some(accounts) = accounts.filter(Array::is_array)
            && accounts.unchecked_ref::<Array>().length() > 0
        {
            // A fresh object takes anything.
            let _ = Reflect::set(&now, &JsValue::from_str(&origin), &accounts);
        }
    }
    // Where it cannot be kept, sites ask again.
    let _ = Area::Local.set(SITES, &now).await;
}

fn part(text: &str, name: &str) -> Option<JsValue> {
    let message = JSON::parse(text).ok().filter(JsValue::is_object)?;
    Reflect::get(&message, &name.into()).ok().filter(JsValue::is_object)
}
