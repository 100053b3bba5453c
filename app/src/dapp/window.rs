//! The window channel: a site opened this page as a window, and both talk by messages that the browser attests.
//!
//! The page says `ready` with a nonce; the site answers with a request under it, once; the answer bears the same
//! nonce. Who asks is what the browser says: the window that opened this one, and the origin that this window
//! had with its first request. Nothing of it is taken out of a message.
//!
//! While a request waits, each end may ask whether the other is there, as a page that crashed says nothing: `ping`
//! is answered by `pong`. A site's page that is left says `gone`; this one, when the browser puts it to sleep, says
//! `asleep`.

use super::{Asked, Channel, Heard, Hearer};
use crate::app::base_path;
use gloo_timers::callback::{Interval, Timeout};
use js_sys::{JsString, Object, Reflect};
use std::cell::{Cell, RefCell};
use std::rc::{Rc, Weak};
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast as _, JsValue};
use wasm_core::dapp::answer::{refusal, rejected};
use wasm_core::dapp::{SiteError, SiteRequest};
use web_sys::MessageEvent;

/// The page's address for sites, below the wallet's own.
const PATH: &str = "/connect";
/// What all messages of the channel say of themselves.
const CHANNEL: &str = "soma-wallet";
const VERSION: f64 = 1.0;
/// The longest request that is read at all, in UTF-16 units: no text of 256 KiB has more.
const LONGEST: u32 = 256 * 1024;
/// The longest of its other parts.
const LONGEST_WORD: u32 = 64;
/// How long the window stays once everything is answered: a site may ask again.
const REST_MS: u32 = 1_500;
/// Between two looks at whether the site's window is there; milliseconds.
const LOOK_MS: u32 = 1_000;

/// The channel to the site that opened this window.
pub(super) struct Window(Rc<Inner>);

struct Inner {
    opener: Option<JsValue>,
    /// Whose window this is, from the first request on.
    origin: RefCell<Option<String>>,
    /// The nonce that no request has used yet.
    nonce: RefCell<Option<String>>,
    /// Requests that are not answered.
    open: RefCell<Vec<Pending>>,
    last: Cell<u64>,
    left: Cell<bool>,
    hear: RefCell<Option<Hearer>>,
    closing: RefCell<Option<Timeout>>,
    looking: RefCell<Option<Interval>>,
}

/// A request that is not answered.
struct Pending {
    ticket: u64,
    nonce: String,
    message: String,
    /// Its owner said yes.
    given: bool,
}

/// Whether this page was opened at the channel's address. Then nobody can call it by a name any more.
pub(super) fn claim() -> bool {
    let Some(window) = web_sys::window() else { return false };
    let path = window.location().pathname().unwrap_or_default();
    let is_here = path.strip_prefix(&base_path()) == Some(PATH);
    if is_here {
        // By a name, any page of the same group could take this window over.
        let _ = window.set_name("");
    }
    is_here
}

impl Window {
    /// The channel, where this page was opened at its address.
    pub(super) fn of_this_page() -> Option<Self> {
        if !claim() {
            return None;
        }
        let window = web_sys::window()?;
        let opener = window.opener().ok().filter(JsValue::is_object);
        let inner = Inner {
            opener,
            origin: RefCell::default(),
            nonce: RefCell::default(),
            open: RefCell::default(),
            last: Cell::new(0),
            left: Cell::new(false),
            hear: RefCell::default(),
            closing: RefCell::default(),
            looking: RefCell::default(),
        };
        Some(Self(Rc::new(inner)))
    }
}

impl Channel for Window {
    fn begin(&self, hear: Hearer) {
        let Some(window) = web_sys::window() else { return };
        self.0.hear.replace(Some(Rc::clone(&hear)));
        if self.0.opener.is_none() {
            return hear(Heard::Cut);
        }
        let on_message = self.0.listener(|inner, event: MessageEvent| inner.receive(&event));
        let on_leave = self.0.listener(|inner, _: web_sys::Event| inner.leave());
        // Once another page is in this window, what the former one said last has no sender any more.
        let listeners =
            [("message", &on_message), ("beforeunload", &on_leave), ("pagehide", &on_leave)];
        for (name, listener) in listeners {
            // To listen is refused by no browser.
            let _ = window.add_event_listener_with_callback(name, listener.unchecked_ref());
        }
        let on_freeze = self.0.listener(|inner, _: web_sys::Event| inner.send("asleep", &[]));
        if let Some(document) = window.document() {
            let _ = document.add_event_listener_with_callback("freeze", on_freeze.unchecked_ref());
        }
        let inner = Rc::downgrade(&self.0);
        let looking = Interval::new(LOOK_MS, move || {
            if let Some(inner) = inner.upgrade() {
                inner.look();
            }
        });
        self.0.looking.replace(Some(looking));
        self.0.say_ready();
    }

    fn answer(&self, ticket: u64, text: &str) {
        let nonce = {
            let mut open = self.0.open.borrow_mut();
            let at = open.iter().position(|pending| pending.ticket == ticket);
            at.map(|at| open.remove(at).nonce)
        };
        if let Some(nonce) = nonce {
            self.0.send("answer", &[("nonce", nonce.into()), ("message", text.into())]);
        }
    }

    fn contested(&self, ticket: u64) {
        let nonce = self.0.nonce_of(ticket);
        if let Some(nonce) = nonce {
            self.0.send("ping", &[("nonce", nonce.into())]);
        }
    }

    fn given(&self, ticket: u64) {
        for pending in self.0.open.borrow_mut().iter_mut().filter(|it| it.ticket == ticket) {
            pending.given = true;
        }
    }

    fn changed(&self, origin: &str, text: &str) {
        if self.0.origin.borrow().as_deref() == Some(origin) {
            self.0.send("event", &[("message", text.into())]);
        }
    }

    fn rest(&self, closes: bool) {
        if self.0.left.get() {
            return;
        }
        if self.0.is_nonce_used() {
            self.0.say_ready();
        }
        if !closes {
            return;
        }
        let window = web_sys::window();
        let closing = Timeout::new(REST_MS, move || {
            // A window that no site opened stays, and says so.
            let _ = window.map(|window| window.close());
        });
        self.0.closing.replace(Some(closing));
    }

    fn close(&self) {
        self.0.leave();
        let _ = web_sys::window().map(|window| window.close());
    }
}

impl Inner {
    /// A listener for as long as the page is open, as the channel is.
    fn listener<E>(self: &Rc<Self>, act: fn(&Self, E)) -> JsValue
    where
        E: wasm_bindgen::convert::FromWasmAbi + 'static,
    {
        let inner: Weak<Self> = Rc::downgrade(self);
        Closure::<dyn FnMut(E)>::new(move |event: E| {
            if let Some(inner) = inner.upgrade() {
                act(&inner, event);
            }
        })
        .into_js_value()
    }

    fn is_nonce_used(&self) -> bool {
        self.nonce.borrow().is_none()
    }

    /// Tells the site that one request is heard now. Nothing of it is secret, and whose window opened this one
    /// is not known before it asks.
    fn say_ready(&self) {
        let nonce = web_sys::window().and_then(|window| window.crypto().ok());
        let Some(nonce) = nonce.map(|crypto| crypto.random_uuid()) else { return };
        self.nonce.replace(Some(nonce.clone()));
        let to = self.origin.borrow().clone().unwrap_or_else(|| "*".to_owned());
        self.post("ready", &[("nonce", nonce.into())], &to);
    }

    /// Sends to the site that asked, and to no other that may be in its window by now.
    fn send(&self, kind: &str, more: &[(&str, JsValue)]) {
        if let Some(origin) = &*self.origin.borrow() {
            self.post(kind, more, origin);
        }
    }

    fn post(&self, kind: &str, more: &[(&str, JsValue)], to: &str) {
        let Some(opener) = &self.opener else { return };
        let message = object(&[
            ("channel", CHANNEL.into()),
            ("version", VERSION.into()),
            ("type", kind.into()),
        ]);
        for (name, value) in more {
            let _ = Reflect::set(&message, &JsValue::from_str(name), value);
        }
        // A window of another origin lets nothing else be done with it.
        let post = Reflect::get(opener, &"postMessage".into())
            .map(JsValue::unchecked_into::<js_sys::Function>);
        // One that is gone hears nothing.
        let _ = post.and_then(|post| post.call2(opener, &message, &JsValue::from_str(to)));
    }

    fn receive(&self, event: &MessageEvent) {
        let source = event.source();
        let is_opener = match (&source, &self.opener) {
            (Some(source), Some(opener)) => Object::is(source, opener),
            _ => false,
        };
        let origin = event.origin();
        // The first request says whose window this is; whoever comes to be in it later is not heard.
        let is_bound = self.origin.borrow().as_ref().is_none_or(|bound| *bound == origin);
        // A page that is being left is in no window any more. What it says has its origin all the same.
        let is_left = source.is_none();
        if !is_bound || !(is_opener || is_left) {
            return;
        }
        let Some((kind, nonce, message)) = read(&event.data()) else { return };
        if is_left && kind != Kind::Gone {
            return;
        }
        let message = match (kind, message) {
            (Kind::Request, Some(message)) => message,
            (Kind::Request, None) => return,
            (kind, _) => return self.hear_of(kind, &nonce),
        };
        // A nonce is good for one request.
        if self.nonce.borrow().as_deref() != Some(nonce.as_str()) {
            return;
        }
        self.nonce.replace(None);
        self.origin.replace(Some(origin.clone()));
        self.closing.replace(None);
        let ticket = self.last.get() + 1;
        self.last.set(ticket);
        let pending =
            Pending { ticket, nonce: nonce.clone(), message: message.clone(), given: false };
        self.open.borrow_mut().push(pending);
        // Whoever answers can be asked later, too.
        self.send("ping", &[("nonce", nonce.into())]);
        self.tell(Heard::Asked(Asked { ticket, origin, message }));
    }

    fn nonce_of(&self, ticket: u64) -> Option<String> {
        let open = self.open.borrow();
        open.iter().find(|pending| pending.ticket == ticket).map(|pending| pending.nonce.clone())
    }

    /// Hears what a site says of a request that waits, which its nonce names.
    fn hear_of(&self, kind: Kind, nonce: &str) {
        let ticket = {
            let open = self.open.borrow();
            open.iter().find(|pending| pending.nonce == nonce).map(|pending| pending.ticket)
        };
        let Some(ticket) = ticket else { return };
        match kind {
            Kind::Ping => self.send("pong", &[("nonce", nonce.into())]),
            Kind::Pong => self.tell(Heard::Alive { ticket }),
            Kind::Gone => {
                self.open.borrow_mut().retain(|pending| pending.ticket != ticket);
                self.tell(Heard::Gone { ticket });
            }
            Kind::Request => {}
        }
    }

    fn tell(&self, heard: Heard) {
        let hear = self.hear.borrow().clone();
        if let Some(hear) = hear {
            hear(heard);
        }
    }

    /// The page is left: what waits is refused. There is no time for a worker's word.
    fn leave(&self) {
        self.left.set(true);
        let open = self.open.take();
        for Pending { ticket, nonce, message, given } in open {
            let text = if given { left_early(&message) } else { rejected(&message) };
            self.send("answer", &[("nonce", nonce.into()), ("message", text.into())]);
            if !given {
                self.tell(Heard::Gone { ticket });
            }
        }
    }

    /// Looks whether the site's window is still there.
    fn look(&self) {
        let closed =
            self.opener.as_ref().and_then(|opener| Reflect::get(opener, &"closed".into()).ok());
        if closed.is_some_and(|closed| closed.is_truthy()) {
            self.looking.replace(None);
            for Pending { ticket, .. } in self.open.take() {
                self.tell(Heard::Gone { ticket });
            }
        }
    }
}

/// The answer where the window was closed after a yes: what came of it nobody heard.
fn left_early(request: &str) -> String {
    let words = "the wallet's window was closed after the owner agreed, so what came of it is not known here: look at \
                 the chain before asking again";
    refusal(SiteRequest::id_of(request).as_deref(), &SiteError::Failed(words.to_owned()))
}

/// An object of plain values.
fn object(entries: &[(&str, JsValue)]) -> Object {
    let object = Object::new();
    for (name, value) in entries {
        // A fresh object takes anything.
        let _ = Reflect::set(&object, &JsValue::from_str(name), value);
    }
    object
}

/// What a site says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    /// It asks.
    Request,
    /// It wants to know whether this page is there.
    Ping,
    /// It is there.
    Pong,
    /// Its page is left.
    Gone,
}

/// What a site says on this channel, the nonce that it names, and the text of a request; nothing where it is nothing
/// of the channel. A text that is too long is not read.
fn read(data: &JsValue) -> Option<(Kind, String, Option<String>)> {
    if !data.is_object() {
        return None;
    }
    let part = |name: &str| Reflect::get(data, &JsValue::from_str(name)).ok();
    let word = |name: &str| {
        let text = part(name)?.dyn_into::<JsString>().ok()?;
        (text.length() <= LONGEST_WORD).then(|| String::from(text))
    };
    if word("channel")? != CHANNEL || part("version")?.as_f64()? != VERSION {
        return None;
    }
    let kind = match word("type")?.as_str() {
        "request" => Kind::Request,
        "ping" => Kind::Ping,
        "pong" => Kind::Pong,
        "gone" => Kind::Gone,
        _ => return None,
    };
    let nonce = word("nonce")?;
    let message = part("message").and_then(|message| message.dyn_into::<JsString>().ok());
    // Its length alone is looked at: a text that is too long stays on the other side.
    let message =
        message.map(
            |message| {
                if message.length() > LONGEST { too_long(&message) } else { message.into() }
            },
        );
    Some((kind, nonce, message))
}

/// As much of a text as makes the worker refuse it for its length.
fn too_long(message: &JsString) -> String {
    message.slice(0, LONGEST + 1).into()
}
