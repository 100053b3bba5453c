//! The wallet without a network, and its next version: registers the service worker that keeps the files of
//! this build (`public/offline.js`), and knows when a newer build waits.

use leptos::ev;
use leptos::prelude::*;
use leptos::task::spawn_local;
use std::time::Duration;
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast as _, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{
    MessageEvent, RegistrationOptions, ServiceWorker, ServiceWorkerContainer,
    ServiceWorkerRegistration, ServiceWorkerState, ServiceWorkerUpdateViaCache,
};

/// The service worker, beside the page.
const SCRIPT: &str = "offline.js";
/// What it hears, and what it says where it must not: see there.
const TAKE_OVER: &str = "take over";
const OTHER_PAGES: &str = "other pages";
/// Machines that are somebody's own: what is served there is being worked on, and has to be seen as it is
/// now. Subdomains, as in `wallet.localhost`, are not meant.
const OWN_MACHINE: [&str; 3] = ["localhost", "127.0.0.1", "[::1]"];
/// How long a page has for itself before its build is kept.
const KEEP_AFTER: Duration = Duration::from_secs(2);
/// How often a page that stays open asks for a newer build.
const LOOK_EVERY: Duration = Duration::from_secs(60 * 60);

/// Whether there is a newer version of the wallet.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Versions {
    /// A newer build is kept whole, and waits.
    pub(crate) newer: RwSignal<bool>,
    /// It was asked to take over.
    pub(crate) changing: RwSignal<bool>,
    /// It cannot, while other pages have the wallet.
    pub(crate) others: RwSignal<bool>,
    registration: StoredValue<Option<ServiceWorkerRegistration>, LocalStorage>,
}

impl Versions {
    /// Provides this to everything below, and begins to keep the wallet where the browser can.
    pub(crate) fn provide() {
        let versions = Self {
            newer: RwSignal::new(false),
            changing: RwSignal::new(false),
            others: RwSignal::new(false),
            registration: StoredValue::new_local(None),
        };
        provide_context(versions);
        if let Some(container) = container().filter(|_| is_kept_here()) {
            versions.listen(&container);
            // All files are asked for at once then; those that the page still waits for come first.
            set_timeout(
                move || spawn_local(async move { versions.register(&container).await }),
                KEEP_AFTER,
            );
        }
    }

    /// Lets the newer build take over and opens the page again, unless other pages have the wallet.
    pub(crate) fn change(self) {
        let Some(waiting) = self.waiting() else {
            self.newer.set(false);
            return;
        };
        self.others.set(false);
        self.changing.set(true);
        let told = waiting.post_message(&TAKE_OVER.into());
        if told.is_err() {
            self.changing.set(false);
        }
    }

    /// The newer build that is kept whole, if there is one.
    fn waiting(self) -> Option<ServiceWorker> {
        self.registration.with_value(|registration| registration.as_ref()?.waiting())
    }

    async fn register(self, container: &ServiceWorkerContainer) {
        let options = RegistrationOptions::new();
        options.set_update_via_cache(ServiceWorkerUpdateViaCache::None);
        let registered = JsFuture::from(container.register_with_options(SCRIPT, &options)).await;
        // Where the browser forbids it, as in a private window, the wallet works as long as there is a network.
        let Ok(registration) = registered.map(JsValue::unchecked_into::<ServiceWorkerRegistration>)
        else {
            return;
        };
        self.registration.set_value(Some(registration.clone()));
        if let Some(waiting) = registration.waiting() {
            self.watch(&waiting);
        }
        let found = {
            let registration = registration.clone();
            move || {
                // The first build of all takes over by itself, and replaces nothing.
                if let Some(next) = registration.installing()
                    && registration.active().is_some()
                {
                    self.watch(&next);
                }
            }
        };
        found();
        let found = Closure::<dyn Fn()>::new(found).into_js_value();
        registration.set_onupdatefound(Some(found.unchecked_ref()));
        set_interval(move || self.look(), LOOK_EVERY);
        // For as long as the page is open, as this is.
        let _ = window_event_listener(ev::online, move |_| self.look());
        let _ = window_event_listener(ev::visibilitychange, move |_| {
            if !document().hidden() {
                self.look();
            }
        });
    }

    /// Follows a newer build until it waits, and until it is in use.
    fn watch(self, next: &ServiceWorker) {
        let step = {
            let next = next.clone();
            move || match next.state() {
                ServiceWorkerState::Installed => self.newer.set(true),
                ServiceWorkerState::Activated if self.changing.get_untracked() => {
                    // A browser that refuses to reload has its own button.
                    let _ = window().location().reload();
                }
                // One that could not be kept whole may have come after another that waits.
                ServiceWorkerState::Activated | ServiceWorkerState::Redundant => {
                    let waits = self.waiting().is_some();
                    self.newer.set(waits);
                    if !waits {
                        self.changing.set(false);
                    }
                }
                _ => {}
            }
        };
        step();
        let step = Closure::<dyn Fn()>::new(step).into_js_value();
        next.set_onstatechange(Some(step.unchecked_ref()));
    }

    fn listen(self, container: &ServiceWorkerContainer) {
        let heard = Closure::<dyn Fn(MessageEvent)>::new(move |event: MessageEvent| {
            if event.data().as_string().as_deref() == Some(OTHER_PAGES) {
                self.changing.set(false);
                self.others.set(true);
            }
        });
        container.set_onmessage(Some(heard.into_js_value().unchecked_ref()));
    }

    /// Asks the server for a newer build.
    fn look(self) {
        let asked =
            self.registration.with_value(|registration| registration.as_ref()?.update().ok());
        if let Some(asked) = asked {
            spawn_local(async move {
                // Without a network there is none to be had.
                let _ = JsFuture::from(asked).await;
            });
        }
    }
}

/// What there is to know of versions.
#[must_use]
pub(crate) fn use_versions() -> Versions {
    use_context().expect("the app provides versions before any page")
}

/// The browser's service workers; none in old browsers, and none without `https`.
fn container() -> Option<ServiceWorkerContainer> {
    let navigator = window().navigator();
    let there = js_sys::Reflect::has(&navigator, &"serviceWorker".into()).unwrap_or(false);
    there.then(|| navigator.service_worker())
}

/// Whether files are kept at all: see [`OWN_MACHINE`].
fn is_kept_here() -> bool {
    let location = window().location();
    // An extension has its files with it.
    let is_web = location.protocol().is_ok_and(|protocol| protocol.starts_with("http"));
    is_web && location.hostname().is_ok_and(|host| !OWN_MACHINE.contains(&host.as_str()))
}
