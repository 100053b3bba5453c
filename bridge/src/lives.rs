//! A sign of life: a lock of the browser's that a page has as long as it lives. Whoever waits for the lock learns
//! when the page is gone, also where it crashed and could say nothing.

use js_sys::{Function, Promise, Reflect};
use std::cell::RefCell;
use std::rc::Rc;
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast as _, JsValue};
use web_sys::window;

/// The lock, until this is dropped.
pub(crate) struct Life(Rc<RefCell<Standing>>);

enum Standing {
    /// Asked for.
    Waits,
    /// Had; this gives it back.
    Held(Function),
    /// Not wanted any more.
    Over,
}

impl Life {
    /// Asks for the lock of this name, which nobody else has, and calls `held` once it is had. Nothing where the
    /// browser has no locks.
    pub(crate) fn begin(name: &str, held: impl Fn() + 'static) -> Option<Self> {
        // The typed interface is not stable yet.
        let navigator = Reflect::get(window()?.as_ref(), &"navigator".into()).ok()?;
        let locks = Reflect::get(&navigator, &"locks".into()).ok()?;
        let request: Function = Reflect::get(&locks, &"request".into()).ok()?.dyn_into().ok()?;
        let standing = Rc::new(RefCell::new(Standing::Waits));
        let own = Rc::clone(&standing);
        let granted = Closure::<dyn FnMut() -> Promise>::new(move || {
            if matches!(&*own.borrow(), Standing::Over) {
                return Promise::resolve(&JsValue::UNDEFINED);
            }
            let kept = Promise::new(&mut |give_back, _| {
                own.replace(Standing::Held(give_back));
            });
            held();
            kept
        });
        request.call2(&locks, &JsValue::from_str(name), granted.as_ref()).ok()?;
        // The browser calls it once, whenever it likes.
        granted.forget();
        Some(Self(standing))
    }

    /// Whether the lock is had.
    pub(crate) fn is_held(&self) -> bool {
        matches!(&*self.0.borrow(), Standing::Held(_))
    }
}

impl Drop for Life {
    fn drop(&mut self) {
        if let Standing::Held(give_back) = self.0.replace(Standing::Over) {
            // What gives a lock back throws nothing.
            let _ = give_back.call0(&JsValue::UNDEFINED);
        }
    }
}
