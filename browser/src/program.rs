//! Starting a worker of ours. Where the browser has Trusted Types, no text becomes a script unless a named
//! policy says so; this one is reached from here only, and passes the names of our own programs.

use crate::clock::{now_ms, sleep_ms};
use js_sys::{Array, Function, Object, Reflect};
use std::cell::{Cell, OnceCell, RefCell};
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast as _, JsValue};
use web_sys::{Worker, WorkerOptions, WorkerType};

/// As the page's content policy names it.
const POLICY: &str = "soma-wallet";
/// Before workers are started.
const PAUSE_MS: u32 = 100;
/// Between the end of one worker and the start of the next.
const AFTER_END_MS: u32 = 300;

thread_local! {
    static MADE: OnceCell<JsValue> = const { OnceCell::new() };
    static STARTER: RefCell<Option<Function>> = const { RefCell::new(None) };
    static ENDED_MS: Cell<u64> = const { Cell::new(0) };
}

/// Has a function of the host start our programs in this thread: it takes the name of a script and returns a
/// worker. Without one, scripts lie beside the program that starts them.
pub fn start_with(starter: Function) {
    STARTER.set(Some(starter));
}

/// Ends a worker at once, whatever it does.
pub(crate) fn end(worker: &Worker) {
    worker.terminate();
    ENDED_MS.set(now_ms());
}

/// Waits for a moment in which workers can be started. Firefox (153) now and then freezes a worker for good that starts
/// others, most of all while one that it ended still goes; after a pause it does so more seldom.
pub(crate) async fn quiet() {
    let ended = now_ms().saturating_sub(ENDED_MS.get()) < AFTER_END_MS.into();
    sleep_ms(if ended { AFTER_END_MS } else { PAUSE_MS }).await;
}

/// Starts a module of this bundle as a worker; [`quiet`] comes before.
///
/// # Errors
/// What the browser throws where it does not start workers.
pub(crate) fn start(script: &'static str) -> Result<Worker, JsValue> {
    if let Some(starter) = STARTER.with_borrow(Clone::clone) {
        return Ok(starter.call1(&JsValue::UNDEFINED, &script.into())?.unchecked_into());
    }
    let options = WorkerOptions::new();
    options.set_type(WorkerType::Module);
    let constructor: Function = Reflect::get(&js_sys::global(), &"Worker".into())?.dyn_into()?;
    let arguments = Array::of2(&trusted(script)?, &options);
    Ok(Reflect::construct(&constructor, &arguments)?.unchecked_into())
}

/// The address of a script, as this browser wants it said.
fn trusted(script: &'static str) -> Result<JsValue, JsValue> {
    let factory = Reflect::get(&js_sys::global(), &"trustedTypes".into())?;
    if factory.is_undefined() {
        return Ok(script.into());
    }
    let policy = match MADE.with(|made| made.get().cloned()) {
        Some(policy) => policy,
        None => {
            let policy = policy(&factory)?;
            MADE.with(|made| made.get_or_init(|| policy).clone())
        }
    };
    method(&policy, "createScriptURL")?.call1(&policy, &script.into())
}

fn policy(factory: &JsValue) -> Result<JsValue, JsValue> {
    let rules = Object::new();
    let pass = Closure::<dyn Fn(JsValue) -> JsValue>::new(|script| script).into_js_value();
    Reflect::set(&rules, &"createScriptURL".into(), &pass)?;
    method(factory, "createPolicy")?.call2(factory, &POLICY.into(), &rules)
}

fn method(of: &JsValue, name: &str) -> Result<Function, JsValue> {
    Reflect::get(of, &name.into())?.dyn_into()
}
