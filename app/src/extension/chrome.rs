//! The part of `chrome.*` that the page uses. Each call is looked up when it is made: on the web there is
//! nothing of it.

use js_sys::{Array, Function, Object, Promise, Reflect};
use std::rc::Rc;
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast as _, JsValue};
use wasm_bindgen_futures::JsFuture;

/// Where the extension keeps something.
#[derive(Clone, Copy, Debug)]
pub(super) enum Area {
    /// In memory, until the browser ends.
    Session,
    /// On disk.
    Local,
}

impl Area {
    const fn name(self) -> &'static str {
        match self {
            Self::Session => "session",
            Self::Local => "local",
        }
    }

    /// What is kept under a name.
    pub(super) async fn get(self, name: &str) -> Option<JsValue> {
        let kept = call(&["storage", self.name()], "get", &[name.into()]).await.ok()?;
        Reflect::get(&kept, &name.into()).ok().filter(|value| !value.is_undefined())
    }

    /// Keeps something under a name. Values are those of JSON.
    ///
    /// # Errors
    /// What the browser throws.
    pub(super) async fn set(self, name: &str, value: &JsValue) -> Result<(), JsValue> {
        let entry = object(&[(name, value.clone())]);
        call(&["storage", self.name()], "set", &[entry.into()]).await.map(drop)
    }

    /// Forgets what is kept under a name.
    ///
    /// # Errors
    /// What the browser throws.
    pub(super) async fn remove(self, name: &str) -> Result<(), JsValue> {
        call(&["storage", self.name()], "remove", &[name.into()]).await.map(drop)
    }
}

/// An object of plain values.
pub(super) fn object(entries: &[(&str, JsValue)]) -> Object {
    let object = Object::new();
    for (name, value) in entries {
        // A fresh object takes anything.
        let _ = Reflect::set(&object, &JsValue::from_str(name), value);
    }
    object
}

/// A time as JavaScript has it: whole milliseconds, and never beyond what it calls a date.
#[expect(clippy::cast_precision_loss, reason = "dates end far below 2^53")]
pub(super) fn time(milliseconds: u64) -> JsValue {
    const LAST: u64 = 8_640_000_000_000_000;
    JsValue::from_f64(milliseconds.min(LAST) as f64)
}

/// The address of a file of the extension.
pub(super) fn address(path: &str) -> Option<String> {
    call_now(&["runtime"], "getURL", &[path.into()]).ok()?.as_string()
}

/// Opens a page of the extension in a tab.
pub(super) async fn open_tab(address: &str) -> Result<(), JsValue> {
    call(&["tabs"], "create", &[object(&[("url", address.into())]).into()]).await.map(drop)
}

/// The window that this page is in, by its number.
pub(super) async fn window_here() -> Option<f64> {
    let window = call(&["windows"], "getCurrent", &[]).await.ok()?;
    Reflect::get(&window, &"id".into()).ok()?.as_f64()
}

/// Whether the browser has a place beside other pages.
pub(super) fn has_panel() -> bool {
    at(&["sidePanel"]).is_ok_and(|panel| Reflect::has(&panel, &"open".into()).unwrap_or(false))
        || at(&["sidebarAction"]).is_ok()
}

/// Shows the wallet there. Browsers do it in answer to a click only.
pub(super) fn open_panel(window: f64) -> Result<(), JsValue> {
    if at(&["sidePanel"]).is_ok() {
        let options = object(&[("windowId", window.into())]);
        call_now(&["sidePanel"], "open", &[options.into()]).map(drop)
    } else {
        call_now(&["sidebarAction"], "open", &[]).map(drop)
    }
}

/// A line to the extension's background.
#[derive(Clone)]
pub(super) struct Port(JsValue);

impl Port {
    /// Calls it, and wakes it where it sleeps.
    pub(super) fn connect(name: &str) -> Result<Self, JsValue> {
        let options = object(&[("name", name.into())]);
        call_now(&["runtime"], "connect", &[options.into()]).map(Self)
    }

    /// Says something. A line that ended takes nothing; its end is heard by itself.
    pub(super) fn post(&self, message: &JsValue) {
        if let Ok(post) = function(&self.0, "postMessage") {
            let _ = post.call1(&self.0, message);
        }
    }

    /// Hears what is said, until the line ends.
    pub(super) fn on_message(&self, hear: impl Fn(JsValue) + 'static) {
        self.listen("onMessage", hear);
    }

    /// Hears that it ended.
    pub(super) fn on_end(&self, hear: Rc<dyn Fn()>) {
        self.listen("onDisconnect", move |_| hear());
    }

    fn listen(&self, event: &str, hear: impl Fn(JsValue) + 'static) {
        let listener = Closure::<dyn Fn(JsValue)>::new(hear).into_js_value();
        let event = Reflect::get(&self.0, &event.into());
        if let Ok(event) = event
            && let Ok(add) = function(&event, "addListener")
        {
            let _ = add.call1(&event, &listener);
        }
    }
}

fn at(path: &[&str]) -> Result<JsValue, JsValue> {
    let mut value = Reflect::get(&js_sys::global(), &"chrome".into())?;
    for name in path {
        value = Reflect::get(&value, &JsValue::from_str(name))?;
    }
    if value.is_undefined() { Err(value) } else { Ok(value) }
}

fn function(on: &JsValue, name: &str) -> Result<Function, JsValue> {
    Reflect::get(on, &name.into())?.dyn_into()
}

/// Calls something that answers at once, or that is not waited for.
fn call_now(path: &[&str], name: &str, arguments: &[JsValue]) -> Result<JsValue, JsValue> {
    let on = at(path)?;
    let arguments: Array = arguments.iter().collect();
    Reflect::apply(&function(&on, name)?, &on, &arguments)
}

async fn call(path: &[&str], name: &str, arguments: &[JsValue]) -> Result<JsValue, JsValue> {
    let promise = call_now(path, name, arguments)?;
    JsFuture::from(Promise::resolve(&promise)).await
}
