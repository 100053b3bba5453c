//! What is due in this epoch: counted in the tab's title and on the app's icon, and told by the browser to
//! those who asked for it.

use crate::extension::{self, Face};
use crate::languages::t;
use crate::parts::answer::{Told, use_told};
use crate::preferences::{keep, kept};
use crate::session::{Phase, Session, use_session};
use bridge::models::{CalendarEntry, CalendarItem, Deadline, Duty};
use js_sys::{Function, Reflect};
use leptos::prelude::*;
use leptos::task::spawn_local;
use std::collections::BTreeSet;
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use wasm_core::digest::CheckpointDigest;
use web_sys::{Notification, NotificationOptions, NotificationPermission};

const KEY: &str = "soma-reminders";
const TOLD_KEY: &str = "soma-reminders-told";
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
    /// The extension does, whether a page of it is open or not.
    Always,
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
        let last = last_known(session, calendar);
        extension::keep_deadlines(session, Signal::derive(move || calendar.value()));
        let reminders = Self {
            permission: RwSignal::new(permission()),
            due: Memo::new(move |_| due(session, calendar, last)),
            title: RwSignal::new(String::new()),
            told: StoredValue::new(told_before()),
        };
        Effect::new(move |_| {
            let count = reminders.due.read().len();
            let title = reminders.title.get();
            // The element's own title stands until a page names the tab.
            if !title.is_empty() {
                let count = if count == 0 { String::new() } else { format!("({count}) ") };
                document().set_title(&t!("{count}{title} · Soma Wallet", count, title));
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

    /// How much is due in this epoch and never after. Tracked.
    #[must_use]
    pub(crate) fn count(self) -> usize {
        self.due.read().len()
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
        self.told.with_value(remember);
        let options = NotificationOptions::new();
        options.set_body(&due.what);
        // Two tabs that tell the same show it once.
        options.set_tag(&due.key);
        // A browser that refuses now has the title and the banner.
        if let Ok(shown) = Notification::new_with_options(t!("Soma Wallet"), &options) {
            let to_front = Closure::once_into_js(move || {
                // A window that cannot be brought to the front is found by its owner.
                let _ = window().focus();
            });
            shown.set_onclick(Some(to_front.unchecked_ref()));
        }
    }
}

/// What was told in this tab: what is due is told once, also over a reload or a lock.
fn told_before() -> BTreeSet<String> {
    let store = window().session_storage().ok().flatten();
    let kept = store.and_then(|store| store.get_item(TOLD_KEY).ok().flatten());
    kept.unwrap_or_default().lines().map(ToOwned::to_owned).collect()
}

fn remember(told: &BTreeSet<String>) {
    if let Ok(Some(store)) = window().session_storage() {
        let lines: Vec<&str> = told.iter().map(String::as_str).collect();
        // Storage may be full or forbidden: then a reload tells again.
        let _ = store.set_item(TOLD_KEY, &lines.join("\n"));
    }
}

/// Names the tab, with a count of what is due before the name.
pub(crate) fn name_tab(title: String) {
    match use_context::<Reminders>() {
        Some(reminders) => reminders.title.set(title),
        None => document().set_title(&t!("{title} · Soma Wallet", title)),
    }
}

fn permission() -> Permission {
    if Face::here().is_of_extension() {
        return Permission::Always;
    }
    if !Reflect::has(&window(), &"Notification".into()).unwrap_or(false) {
        return Permission::Missing;
    }
    match Notification::permission() {
        NotificationPermission::Denied => Permission::Denied,
        NotificationPermission::Granted if kept(KEY).as_deref() == Some(ON) => Permission::Granted,
        _ => Permission::Off,
    }
}

/// What a calendar told last, kept while the wallet is locked: epochs go on then. Names are left out; the
/// rest is public.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Kept {
    chain: CheckpointDigest,
    entries: Vec<CalendarEntry>,
}

/// Keeps what was told last of the chain in use, until the wallet is erased.
fn last_known(session: Session, calendar: Told<Vec<CalendarEntry>>) -> RwSignal<Option<Kept>> {
    let last = RwSignal::new(None::<Kept>);
    let (phase, chain) =
        (session.phase(), Memo::new(move |_| session.facts().map(|facts| facts.chain_id)));
    Effect::new(move |_| {
        if phase.get() == Phase::Absent {
            last.set(None);
            return;
        }
        // A network that does not answer for a while is still the same one.
        let Some(chain) = chain.get() else { return };
        if let Some(entries) = calendar.value() {
            let nameless = |entry| CalendarEntry { name: None, ..entry };
            let entries = entries.into_iter().map(nameless).collect();
            last.set(Some(Kept { chain, entries }));
        } else if last.read_untracked().as_ref().is_some_and(|kept| kept.chain != chain) {
            last.set(None);
        }
    });
    last
}

fn due(
    session: Session,
    calendar: Told<Vec<CalendarEntry>>,
    last: RwSignal<Option<Kept>>,
) -> Vec<Due> {
    let Some(facts) = session.facts() else { return Vec::new() };
    let of_chain = |kept: Kept| (kept.chain == facts.chain_id).then_some(kept.entries);
    let Some(entries) = calendar.value().or_else(|| last.get().and_then(of_chain)) else {
        return Vec::new();
    };
    let of = |entry: &CalendarEntry| match entry.what {
        CalendarItem::Deadline(deadline) if counts_now(&deadline, facts.epoch) => {
            let name = entry.name.clone().unwrap_or_else(|| entry.model.to_short());
            let what = match deadline.duty {
                Duty::Commit => {
                    t!(
                        "Commit the weights of “{name}” before epoch {epoch} ends.",
                        name,
                        epoch = facts.epoch
                    )
                }
                Duty::Reveal | Duty::RevealUpdate => {
                    t!("Reveal “{name}” now: only epoch {epoch} counts.", name, epoch = facts.epoch)
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
