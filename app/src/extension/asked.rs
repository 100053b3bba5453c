//! What sites ask by the extension: the background hands it to the window that it opened for it, one request
//! after the other, and carries the answers back. It sleeps whenever it likes; what it handed over counts
//! beyond that, under the same key.

use super::Face;
use super::chrome::{Port, object};
use crate::dapp::{Asked, Channel, Heard, Hearer};
use gloo_timers::callback::Timeout;
use js_sys::Reflect;
use std::cell::{Cell, RefCell};
use std::rc::{Rc, Weak};
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast as _, JsValue};

/// The line's name.
const LINE: &str = "wallet";
/// Before the background is called again.
const PAUSE_MS: u32 = 100;
/// How long the window stays once everything is answered: another site may ask.
const REST_MS: u32 = 800;

/// The line to the background.
pub(crate) struct Requests(Rc<Inner>);

struct Inner {
    own: Weak<Self>,
    port: RefCell<Option<Port>>,
    hear: RefCell<Option<Hearer>>,
    /// What it handed over and nobody answered yet: its ticket here, and its key there.
    open: RefCell<Vec<(u64, String)>>,
    /// Answers that were given while there was no line.
    unsaid: RefCell<Vec<JsValue>>,
    last: Cell<u64>,
    closing: RefCell<Option<Timeout>>,
    /// What came of the last request is being read: the window stays.
    is_read: Cell<bool>,
}

impl Requests {
    /// The line, where this page was opened for requests.
    pub(crate) fn of_this_page() -> Option<Self> {
        (Face::here() == Face::Request).then(|| {
            Self(Rc::new_cyclic(|own| Inner {
                own: Weak::clone(own),
                port: RefCell::default(),
                hear: RefCell::default(),
                open: RefCell::default(),
                unsaid: RefCell::default(),
                last: Cell::new(0),
                closing: RefCell::default(),
                is_read: Cell::new(false),
            }))
        })
    }
}

impl Channel for Requests {
    fn begin(&self, hear: Hearer) {
        self.0.hear.replace(Some(hear));
        if let Some(window) = web_sys::window() {
            let inner = Weak::clone(&self.0.own);
            let leave = Closure::<dyn Fn()>::new(move || {
                if let Some(inner) = inner.upgrade() {
                    inner.give_up();
                }
            })
            .into_js_value();
            for event in ["beforeunload", "pagehide"] {
                // To listen is refused by no browser.
                let _ = window.add_event_listener_with_callback(event, leave.unchecked_ref());
            }
        }
        self.0.connect();
    }

    fn answer(&self, ticket: u64, text: &str) {
        let key = {
            let mut open = self.0.open.borrow_mut();
            let at = open.iter().position(|(known, _)| *known == ticket);
            at.map(|at| open.remove(at).1)
        };
        if let Some(key) = key {
            let said = object(&[("key", key.into()), ("answer", text.into())]);
            self.0.say(said.into());
        }
    }

    fn changed(&self, _origin: &str, _text: &str) {
        // All pages of the extension write what changed where the background sees it: mirror.rs.
    }

    fn given(&self, ticket: u64) {
        let key = {
            let open = self.0.open.borrow();
            open.iter().find(|(known, _)| *known == ticket).map(|(_, key)| key.clone())
        };
        if let Some(key) = key {
            self.0.say(object(&[("key", key.into()), ("given", true.into())]).into());
        }
    }

    fn rest(&self, closes: bool) {
        self.0.is_read.set(!closes);
        if closes {
            self.0.close_soon();
        }
    }

    fn close(&self) {
        // The background hears of it, and refuses what is open.
        let _ = web_sys::window().map(|window| window.close());
    }
}

impl Inner {
    fn connect(&self) {
        let Ok(port) = Port::connect(LINE) else {
            // The extension was updated or removed under this page.
            return self.tell(Heard::Cut);
        };
        let own = Weak::clone(&self.own);
        port.on_message(move |said| {
            if let Some(inner) = own.upgrade() {
                inner.receive(&said);
            }
        });
        let own = Weak::clone(&self.own);
        port.on_end(Rc::new(move || {
            let Some(inner) = own.upgrade() else { return };
            inner.port.take();
            let own = Weak::clone(&own);
            Timeout::new(PAUSE_MS, move || {
                if let Some(inner) = own.upgrade() {
                    inner.connect();
                }
            })
            .forget();
        }));
        for unsaid in self.unsaid.take() {
            port.post(&unsaid);
        }
        self.port.replace(Some(port));
    }

    fn say(&self, said: JsValue) {
        match &*self.port.borrow() {
            Some(port) => port.post(&said),
            None => self.unsaid.borrow_mut().push(said),
        }
    }

    fn receive(&self, said: &JsValue) {
        let part = |name: &str| Reflect::get(said, &name.into()).ok().and_then(|it| it.as_string());
        let Some(key) = part("key") else {
            // Nothing waits there; what waits here, nobody waits for any more.
            if !self.open.borrow().is_empty() {
                self.give_up();
                self.is_read.set(false);
            }
            if !self.is_read.get() {
                self.close_soon();
            }
            return;
        };
        let others: Vec<u64> = {
            let mut open = self.open.borrow_mut();
            let others = open.iter().filter(|(_, known)| *known != key);
            let others = others.map(|(ticket, _)| *ticket).collect();
            open.retain(|(_, known)| *known == key);
            others
        };
        for ticket in others {
            self.tell(Heard::Gone { ticket });
        }
        if !self.open.borrow().is_empty() {
            // The background slept, and says again what is open here.
            return;
        }
        let (Some(origin), Some(message)) = (part("origin"), part("message")) else { return };
        self.closing.take();
        self.is_read.set(false);
        let ticket = self.last.get() + 1;
        self.last.set(ticket);
        self.open.borrow_mut().push((ticket, key));
        self.tell(Heard::Asked(Asked { ticket, origin, message }));
    }

    /// The worker need not wait for a word about what is open: nobody is asked here any more. To the site the
    /// background says it.
    fn give_up(&self) {
        let open = self.open.take();
        for (ticket, _) in open {
            self.tell(Heard::Gone { ticket });
        }
    }

    fn tell(&self, heard: Heard) {
        let hear = self.hear.borrow().clone();
        if let Some(hear) = hear {
            hear(heard);
        }
    }

    fn close_soon(&self) {
        let own = Weak::clone(&self.own);
        let closing = Timeout::new(REST_MS, move || {
            let is_idle = own.upgrade().is_some_and(|inner| {
                inner.open.borrow().is_empty() && inner.unsaid.borrow().is_empty()
            });
            if is_idle {
                let _ = web_sys::window().map(|window| window.close());
            }
        });
        self.closing.replace(Some(closing));
    }
}
