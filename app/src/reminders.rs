//! What is due in this epoch: counted in the tab's title and on the app's icon, and told by the browser to
//! those who asked for it.

use crate::parts::answer::{Told, use_told};
use crate::preferences::{keep, kept};
use crate::session::{Session, use_session};
use bridge::models::{CalendarEntry, CalendarItem, Deadline, Duty};
use js_sys::{Function, Reflect};
use leptos::prelude::*;
use leptos::task::spawn_local;
use std::collections::BTreeSet;
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{Notification, NotificationOptions, NotificationPermission};

const KEY: &str = "soma-reminders";
const ON: &str = "on";
const OFF: &str = "off";

/// Whether the browser may remind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Permission {
    /// Nobody asked yet.
    Off,
    /// The browser is asking.
    Asked,
    /// It does.
    Granted,
    /// It must not.
    Denied,
    /// It cannot.
    Missing,
}

/// Something that is due now.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Due {
    /// Names it among others and over epochs.
    key: String,
    what: String,
}

/// What is due, and whether the browser tells.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Reminders {
    /// Whether the browser may remind.
    pub(crate) permission: RwSignal<Permission>,
    due: Memo<Vec<Due>>,
    title: RwSignal<String>,
    told: StoredValue<BTreeSet<String>>,
}

impl Reminders {
    /// Provides reminders to everything below, and begins to remind.
    pub(crate) fn provide() {
        let session = use_session();
        let calendar = use_told(|bridge| async move { bridge.calendar().await });
        let reminders = Self {
            permission: RwSignal::new(permission()),
            due: Memo::new(move |_| due(session, calendar)),
            title: RwSignal::new(String::new()),
            told: StoredValue::new(BTreeSet::new()),
        };
        Effect::new(move |_| {
            let count = reminders.due.read().len();
            let title = reminders.title.get();
            // The element's own title stands until a page names the tab.
            if !title.is_empty() {
                let count = if count == 0 { String::new() } else { format!("({count}) ") };
                document().set_title(&format!("{count}{title} · Soma Wallet"));
            }
            badge(count);
        });
        Effect::new(move |_| {
            if reminders.permission.get() == Permission::Granted {
                reminders.due.get().iter().for_each(|due| reminders.tell(due));
            }
        });
        provide_context(reminders);
    }

    /// Asks the browser for leave to remind. Browsers let a page ask only in answer to a click.
    pub(crate) fn ask(self) {
        self.permission.set(Permission::Asked);
        spawn_local(async move {
            if let Ok(asked) = Notification::request_permission() {
                // What was answered is read off the permission.
                let _answered = JsFuture::from(asked).await;
            }
            keep(KEY, ON);
            self.permission.set(permission());
        });
    }

    /// Reminds no more.
    pub(crate) fn stop(self) {
        keep(KEY, OFF);
        self.permission.set(Permission::Off);
    }

    /// Tells of something that is due, once.
    fn tell(self, due: &Due) {
        let fresh = self.told.try_update_value(|told| told.insert(due.key.clone()));
        if fresh != Some(true) {
            return;
        }
        let options = NotificationOptions::new();
        options.set_body(&due.what);
        // Two tabs that tell the same show it once.
        options.set_tag(&due.key);
        // A browser that refuses now has the title and the banner.
        if let Ok(shown) = Notification::new_with_options("Soma Wallet", &options) {
            let to_front = Closure::once_into_js(move || {
                // A window that cannot be brought to the front is found by its owner.
                let _ = window().focus();
            });
            shown.set_onclick(Some(to_front.unchecked_ref()));
        }
    }
}

/// Names the tab, with a count of what is due before the name.
pub(crate) fn name_tab(title: String) {
    match use_context::<Reminders>() {
        Some(reminders) => reminders.title.set(title),
        None => document().set_title(&format!("{title} · Soma Wallet")),
    }
}

fn permission() -> Permission {
    if !Reflect::has(&window(), &"Notification".into()).unwrap_or(false) {
        return Permission::Missing;
    }
    match Notification::permission() {
        NotificationPermission::Denied => Permission::Denied,
        NotificationPermission::Granted if kept(KEY).as_deref() == Some(ON) => Permission::Granted,
        _ => Permission::Off,
    }
}

fn due(session: Session, calendar: Told<Vec<CalendarEntry>>) -> Vec<Due> {
    let (Some(facts), Some(entries)) = (session.facts(), calendar.value()) else {
        return Vec::new();
    };
    let of = |entry: &CalendarEntry| match entry.what {
        CalendarItem::Deadline(deadline) if counts_now(&deadline, facts.epoch) => {
            let name = entry.name.clone().unwrap_or_else(|| entry.model.to_short());
            let what = match deadline.duty {
                Duty::Commit => {
                    format!("Commit the weights of “{name}” before epoch {} ends.", facts.epoch)
                }
                Duty::Reveal | Duty::RevealUpdate => {
                    format!("Reveal “{name}” now: only epoch {} counts.", facts.epoch)
                }
            };
            let key = format!("{}-{:?}-{}", entry.model, deadline.duty, deadline.last);
            Some(Due { key, what })
        }
        _ => None,
    };
    entries.iter().filter_map(of).collect()
}

/// Whether the end of this epoch is the end of it.
fn counts_now(deadline: &Deadline, epoch: u64) -> bool {
    deadline.is_due(epoch) && deadline.last == epoch
}

/// Puts a number on the icon of an installed app, where the browser can.
fn badge(count: usize) {
    let navigator = window().navigator();
    let name = if count == 0 { "clearAppBadge" } else { "setAppBadge" };
    let call = Reflect::get(&navigator, &name.into()).ok();
    let Some(call) = call.and_then(|call| call.dyn_into::<Function>().ok()) else { return };
    #[expect(clippy::cast_precision_loss, reason = "few things are due at once")]
    let number = JsValue::from_f64(count as f64);
    let promise = if count == 0 { call.call0(&navigator) } else { call.call1(&navigator, &number) };
    if let Some(promise) = promise.ok().and_then(|it| it.dyn_into::<js_sys::Promise>().ok()) {
        spawn_local(async move {
            // A browser that shows no number refuses.
            let _refused = JsFuture::from(promise).await;
        });
    }
}

/// What is due, and whether the browser tells.
#[must_use]
pub(crate) fn use_reminders() -> Reminders {
    use_context().expect("the app provides reminders before any page")
}
