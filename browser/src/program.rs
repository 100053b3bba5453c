//! Programs of ours that run as workers beside this one.

use crate::clock::{now_ms, sleep_ms};
use js_sys::{Array, Function, Reflect};
use std::cell::{Cell, RefCell};
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast as _, JsValue};
use web_sys::{MessageChannel, MessageEvent, MessagePort, Worker, WorkerOptions, WorkerType};

/// Before a worker of this one is started.
const PAUSE_MS: u32 = 100;
/// Between the end of one such worker and the start of the next.
const AFTER_END_MS: u32 = 300;

/// Starts a script as a program, and connects it to a port.
pub type Starter = Box<dyn Fn(&'static str, &MessagePort)>;

thread_local! {
    static HOST: RefCell<Option<Host>> = const { RefCell::new(None) };
    static ENDED_MS: Cell<u64> = const { Cell::new(0) };
}

/// Who starts programs, where we do not.
enum Host {
    /// It returns a worker.
    Makes(Function),
    /// It keeps the worker, and carries messages.
    Carries(Starter),
}

/// Has a function of the host start programs of this thread: it takes the name of a script and returns a
/// worker. Without one, scripts lie beside the program that starts them.
pub fn start_with(starter: Function) {
    HOST.set(Some(Host::Makes(starter)));
}

/// Has the page start programs of this thread. On the port go arrays. To the page: one message for the program, or none,
/// which ends it. From the page: one message of the program, or two things, of which the second says why no more will come.
pub fn start_through(starter: Starter) {
    HOST.set(Some(Host::Carries(starter)));
}

/// What a program says, or why it will say no more.
pub(crate) type Heard = Result<JsValue, String>;

/// A program that runs as a worker. Dropping it ends it at once, whatever it does.
#[derive(Debug)]
pub(crate) struct Program {
    line: Line,
    on_message: Closure<dyn FnMut(MessageEvent)>,
    on_error: Closure<dyn FnMut(JsValue)>,
    on_unreadable: Closure<dyn FnMut(JsValue)>,
}

#[derive(Debug)]
enum Line {
    /// To a worker of this one.
    Worker(Worker),
    /// To one of the page.
    Port(MessagePort),
}

impl Program {
    /// Starts a script; [`quiet`] comes before.
    ///
    /// # Errors
    /// What the browser throws where it does not start workers.
    pub(crate) fn start(
        script: &'static str,
        hear: impl Fn(Heard) + Clone + 'static,
    ) -> Result<Self, JsValue> {
        let line = open(script)?;
        let (failed, unreadable, is_carried) =
            (hear.clone(), hear.clone(), matches!(line, Line::Port(_)));
        let this = Self {
            line,
            on_message: Closure::new(move |event: MessageEvent| {
                let data = event.data();
                hear(if is_carried { carried(&data.unchecked_into()) } else { Ok(data) });
            }),
            on_error: Closure::new(move |event: JsValue| {
                // It is told here. Left alone, it would count as an error of this worker, too, and end what it does.
                if let Some(event) = event.dyn_ref::<web_sys::Event>() {
                    event.prevent_default();
                }
                let told = Reflect::get(&event, &"message".into()).ok();
                failed(Err(reason(told)));
            }),
            on_unreadable: Closure::new(move |_: JsValue| {
                unreadable(Err("what it says cannot be read".into()));
            }),
        };
        this.listen()?;
        Ok(this)
    }

    fn listen(&self) -> Result<(), JsValue> {
        let on_message = Some(self.on_message.as_ref().unchecked_ref());
        let on_unreadable = self.on_unreadable.as_ref().unchecked_ref();
        // Not every browser has a property for what cannot be read.
        match &self.line {
            Line::Worker(worker) => {
                worker.set_onmessage(on_message);
                worker.set_onerror(Some(self.on_error.as_ref().unchecked_ref()));
                worker.add_event_listener_with_callback("messageerror", on_unreadable)
            }
            Line::Port(port) => {
                port.set_onmessage(on_message);
                port.add_event_listener_with_callback("messageerror", on_unreadable)
            }
        }
    }

    /// Says something to it. What is transferred is its own from then on.
    ///
    /// # Errors
    /// What the browser throws where a message cannot be sent.
    pub(crate) fn post(&self, message: &JsValue, transferred: &Array) -> Result<(), JsValue> {
        match &self.line {
            Line::Worker(worker) => worker.post_message_with_transfer(message, transferred),
            Line::Port(port) => {
                port.post_message_with_transferable(&Array::of1(message), transferred)
            }
        }
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        let on_unreadable = self.on_unreadable.as_ref().unchecked_ref();
        match &self.line {
            Line::Worker(worker) => {
                worker.set_onmessage(None);
                worker.set_onerror(None);
                let _ = worker.remove_event_listener_with_callback("messageerror", on_unreadable);
                worker.terminate();
                ENDED_MS.set(now_ms());
            }
            Line::Port(port) => {
                port.set_onmessage(None);
                let _ = port.remove_event_listener_with_callback("messageerror", on_unreadable);
                // A page that does not hear it is gone, and its programs with it. It closes the port.
                let _ = port.post_message(&Array::new());
            }
        }
    }
}

/// What the page carried here.
fn carried(parts: &Array) -> Heard {
    match parts.length() {
        1 => Ok(parts.get(0)),
        _ => Err(reason(Some(parts.get(1)))),
    }
}

fn reason(told: Option<JsValue>) -> String {
    let told = told.and_then(|text| text.as_string()).filter(|text| !text.is_empty());
    told.unwrap_or_else(|| "unknown reason".into())
}

/// Waits for a moment in which this worker can start others. Firefox (153) now and then freezes one for good that does, most
/// of all while one that it ended still goes; after a pause it does so more seldom.
pub(crate) async fn quiet() {
    if HOST.with_borrow(|host| matches!(host, Some(Host::Carries(_)))) {
        return;
    }
    let ended = now_ms().saturating_sub(ENDED_MS.get()) < AFTER_END_MS.into();
    sleep_ms(if ended { AFTER_END_MS } else { PAUSE_MS }).await;
}

/// Starts a module of this bundle.
fn open(script: &'static str) -> Result<Line, JsValue> {
    let hosted = HOST.with_borrow(|host| match host {
        None => None,
        Some(Host::Makes(starter)) => {
            let made = starter.call1(&JsValue::UNDEFINED, &script.into());
            Some(made.map(|worker| Line::Worker(worker.unchecked_into())))
        }
        Some(Host::Carries(starter)) => Some(MessageChannel::new().map(|channel| {
            starter(script, &channel.port2());
            Line::Port(channel.port1())
        })),
    });
    if let Some(line) = hosted {
        return line;
    }
    let options = WorkerOptions::new();
    options.set_type(WorkerType::Module);
    Worker::new_with_options(script, &options).map(Line::Worker)
}
