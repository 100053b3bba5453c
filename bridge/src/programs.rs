//! Programs that the page starts for its worker, and carries messages to and from: Firefox (153) now and then freezes a
//! worker for good that starts others itself.
//!
//! The worker's end is `browser::program`. On the port between them go arrays. To the page: one message for the program, or
//! none, which ends it. From the page: one message of the program, or two things, of which the second says why no
//! more will come.

use crate::page::said_by;
use js_sys::Array;
use std::cell::RefCell;
use std::rc::{Rc, Weak};
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast as _, JsValue};
use web_sys::{MessageEvent, MessagePort, Worker, WorkerOptions, WorkerType};

/// Those that run.
#[derive(Default)]
pub(crate) struct Programs(Rc<RefCell<Vec<Rc<Program>>>>);

struct Program {
    worker: Worker,
    port: MessagePort,
    ears: RefCell<Option<Ears>>,
}

/// Kept alive as long as the program or its user may call them.
struct Ears {
    _from_user: Closure<dyn Fn(MessageEvent)>,
    _said: Closure<dyn Fn(MessageEvent)>,
    _failed: Closure<dyn Fn(JsValue)>,
    _unreadable: Closure<dyn Fn()>,
}

impl Programs {
    /// Starts a program, from the page's base, for whoever has the other end of a port. What goes wrong is told
    /// there. Which scripts may be started is the business of the page's policy, `public/trusted.js`.
    pub(crate) fn start(&self, script: &str, port: JsValue) {
        let Ok(port) = port.dyn_into::<MessagePort>() else { return };
        let options = WorkerOptions::new();
        options.set_type(WorkerType::Module);
        let Ok(worker) = Worker::new_with_options(script, &options) else {
            return fail(&port, "it was not started");
        };
        let program = Rc::new(Program { worker, port, ears: RefCell::default() });
        self.0.borrow_mut().push(Rc::clone(&program));
        self.connect(&program);
    }

    /// Ends all of them.
    pub(crate) fn end(&self) {
        for program in self.0.take() {
            program.end();
        }
    }

    fn connect(&self, program: &Rc<Program>) {
        let (own, all) = (Rc::downgrade(program), Rc::downgrade(&self.0));
        let from_user = Closure::<dyn Fn(_)>::new(move |event: MessageEvent| {
            let Some(program) = own.upgrade() else { return };
            let message: Array = event.data().unchecked_into();
            if message.length() == 0 {
                program.end();
                forget(&all, &program);
            } else if program.pass_on(&message.get(0), &event.ports()).is_err() {
                fail(&program.port, "what it was told cannot be passed on");
            }
        });
        let port = program.port.clone();
        let said = Closure::<dyn Fn(_)>::new(move |event: MessageEvent| {
            if port.post_message(&Array::of1(&event.data())).is_err() {
                fail(&port, "what it says cannot be passed on");
            }
        });
        let port = program.port.clone();
        let failed = Closure::<dyn Fn(_)>::new(move |event: JsValue| {
            // It is told here. Left alone, it would count as an error of this page, too.
            if let Some(event) = event.dyn_ref::<web_sys::Event>() {
                event.prevent_default();
            }
            fail(&port, said_by(&event).as_deref().unwrap_or("unknown reason"));
        });
        let port = program.port.clone();
        let unreadable =
            Closure::<dyn Fn()>::new(move || fail(&port, "what it says cannot be read"));
        program.worker.set_onmessage(Some(said.as_ref().unchecked_ref()));
        program.worker.set_onerror(Some(failed.as_ref().unchecked_ref()));
        // Not every browser has a property for this one; to listen is refused by none.
        let hear = unreadable.as_ref().unchecked_ref();
        let _ = program.worker.add_event_listener_with_callback("messageerror", hear);
        program.port.set_onmessage(Some(from_user.as_ref().unchecked_ref()));
        let ears =
            Ears { _from_user: from_user, _said: said, _failed: failed, _unreadable: unreadable };
        program.ears.replace(Some(ears));
    }
}

impl Program {
    /// Buffers that go along are handed over, not copied.
    fn pass_on(&self, message: &JsValue, ports: &Array) -> Result<(), JsValue> {
        // The browser's own list takes nothing more.
        let transferred = Array::from(ports);
        if message.is_instance_of::<js_sys::ArrayBuffer>() {
            transferred.push(message);
        }
        self.worker.post_message_with_transfer(message, &transferred)
    }

    fn end(&self) {
        self.worker.terminate();
        self.port.close();
    }
}

fn forget(all: &Weak<RefCell<Vec<Rc<Program>>>>, ended: &Rc<Program>) {
    if let Some(all) = all.upgrade() {
        all.borrow_mut().retain(|program| !Rc::ptr_eq(program, ended));
    }
}

fn fail(port: &MessagePort, reason: &str) {
    // Whoever does not hear it any more is gone.
    let _ = port.post_message(&Array::of2(&JsValue::NULL, &reason.into()));
}
