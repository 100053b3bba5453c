//! A guest's end: finds the page that has the wallet, talks to its worker, and notices when nobody is there.
//!
//! The own worker waits for its turn meanwhile. Whoever goes away loses the browser's lock, so that always some
//! worker has the wallet, and says so in the lobby. Only one that was put to sleep keeps the lock and says
//! nothing: it is asked, and after a while told of.

use crate::guest::{LOBBY, Word, channel_of};
use crate::lives::Life;
use crate::page::Line;
use crate::protocol::{Failure, RequestId, VERSION};
use js_sys::Array;
use std::cell::{Cell, RefCell};
use std::rc::Weak;
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast as _, JsValue};
use web_sys::{BroadcastChannel, MessageEvent, window};

/// Between two looks at whether the host is there; milliseconds. All waiting is counted in looks: a page that
/// slept itself has not waited.
const LOOK_MS: i32 = 1_000;
/// Looks until a host that has not answered is asked whether it is there.
const ASK_AFTER: u32 = 2;
/// Looks until one that has not said so is told of.
const SILENT_AFTER: u32 = 12;
/// Looks between two hellos while nobody answers.
const HELLO_EVERY: u32 = 3;

/// Where the wallet is, as far as this page can tell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Host {
    /// Here: the own worker has it from now on.
    Own,
    /// In another page, which answers.
    Other,
    /// In another page, which does not answer, or cannot be understood.
    Silent(Failure),
}

/// How far it is with the host.
enum Standing {
    /// It has been looked for; what is to be asked then.
    Seeking(Vec<(RequestId, Array)>),
    /// It answers.
    Bound,
    /// It does not.
    Silent(Failure),
}

/// What this page has as a guest.
pub(crate) struct Guest {
    line: Weak<Line>,
    lobby: BroadcastChannel,
    standing: RefCell<Standing>,
    link: RefCell<Option<Link>>,
    /// Looks since the host said anything, or since it was first looked for.
    quiet: Cell<u32>,
    look: Cell<Option<i32>>,
    _ears: RefCell<Vec<Ear>>,
}

/// What the browser calls when something is said on a channel.
type Ear = Closure<dyn FnMut(JsValue)>;

/// The channel to one host.
struct Link {
    name: String,
    channel: BroadcastChannel,
    /// The host waits for its end: a page that crashes says no good-bye.
    life: Life,
    _ear: Closure<dyn FnMut(MessageEvent)>,
}

impl Drop for Link {
    fn drop(&mut self) {
        self.channel.set_onmessage(None);
        self.channel.close();
    }
}

impl Drop for Guest {
    fn drop(&mut self) {
        self.lobby.set_onmessage(None);
        self.lobby.close();
        if let (Some(look), Some(window)) = (self.look.get(), window()) {
            window.clear_interval_with_handle(look);
        }
    }
}

impl Guest {
    /// Begins to look for the host. `waiting` is asked once it is found. Nothing where the browser has no
    /// such channels.
    pub(crate) fn begin(line: &Weak<Line>, waiting: Vec<(RequestId, Array)>) -> Option<Self> {
        let guest = Self {
            line: Weak::clone(line),
            lobby: BroadcastChannel::new(LOBBY).ok()?,
            standing: RefCell::new(Standing::Seeking(waiting)),
            link: RefCell::default(),
            quiet: Cell::new(0),
            look: Cell::new(None),
            _ears: RefCell::default(),
        };
        let with_guest = |act: fn(&Self, JsValue)| {
            let line = Weak::clone(line);
            Closure::<dyn FnMut(JsValue)>::new(move |said: JsValue| {
                if let Some(guest) = line.upgrade().and_then(|line| line.guest()) {
                    act(&guest, said);
                }
            })
        };
        let lobby = with_guest(|guest, said| {
            if word(&said) == Some(Word::Here) {
                guest.move_on();
            }
        });
        guest.lobby.set_onmessage(Some(lobby.as_ref().unchecked_ref()));
        let look = with_guest(|guest, _| guest.look());
        let leave = with_guest(|guest, _| guest.say(&Word::Bye));
        if let Some(window) = window() {
            let looking = look.as_ref().unchecked_ref();
            let every = window
                .set_interval_with_callback_and_timeout_and_arguments_0(looking, LOOK_MS)
                .ok();
            guest.look.set(every);
            // Without it, the host keeps a place for nobody, until others need it.
            let hear = leave.as_ref().unchecked_ref();
            let _ = window.add_event_listener_with_callback("pagehide", hear);
        }
        guest._ears.borrow_mut().extend([lobby, look]);
        // It stays at the window, and does nothing once the guest is gone.
        leave.forget();
        guest.seek();
        Some(guest)
    }

    /// Asks the host, or keeps the question until there is one.
    pub(crate) fn post(&self, id: RequestId, parcel: &Array) -> Result<(), Failure> {
        match &mut *self.standing.borrow_mut() {
            Standing::Seeking(waiting) => waiting.push((id, parcel.clone())),
            Standing::Bound => {
                let link = self.link.borrow();
                let sent = link.as_ref().map(|link| link.channel.post_message(parcel));
                if !matches!(sent, Some(Ok(()))) {
                    return Err(crate::page::unexpected());
                }
            }
            Standing::Silent(failure) => return Err(failure.clone()),
        }
        Ok(())
    }

    /// What nobody was asked yet; nothing where a host was found, and asked whatever there was.
    pub(crate) fn take_waiting(&self) -> Option<Vec<(RequestId, Array)>> {
        match self.standing.replace(Standing::Bound) {
            Standing::Seeking(waiting) => Some(waiting),
            Standing::Bound | Standing::Silent(_) => None,
        }
    }

    /// Opens a channel under a new name, and says hello. What former hosts say is not heard any more.
    fn seek(&self) {
        self.quiet.set(0);
        let link = Link::open(&self.line);
        self.link.replace(link);
        self.hello();
    }

    fn hello(&self) {
        let link = self.link.borrow();
        // Before it is known to live, a host would take this page for one that is gone.
        if let Some(link) = link.as_ref().filter(|link| link.life.is_held()) {
            let hello = Word::Hello { guest: link.name.clone() };
            let _ = self.lobby.post_message(&hello.write().into());
        }
    }

    fn say(&self, word: &Word) {
        if let Some(link) = &*self.link.borrow() {
            let _ = link.channel.post_message(&word.write().into());
        }
    }

    /// Another worker has the wallet: what was asked of the former one is not answered any more.
    fn move_on(&self) {
        let was_found = !matches!(&*self.standing.borrow(), Standing::Seeking(_));
        if was_found {
            self.standing.replace(Standing::Seeking(Vec::new()));
            if let Some(line) = self.line.upgrade() {
                line.settle_all(&host_gone());
            }
        }
        self.seek();
    }

    /// Hears what the host says on the channel of both.
    fn hear(&self, said: &JsValue) {
        self.quiet.set(0);
        let Some(line) = self.line.upgrade() else { return };
        match word(said) {
            Some(Word::Welcome { version }) if version == VERSION => self.bind(&line),
            Some(Word::Welcome { .. }) => self.fall_silent(&line, &host_differs()),
            Some(_) => self.wake(&line),
            None => {
                self.wake(&line);
                line.receive_parcel(said);
            }
        }
    }

    /// The host listens.
    fn bind(&self, line: &Line) {
        match self.standing.replace(Standing::Bound) {
            Standing::Seeking(waiting) => {
                for (id, parcel) in waiting {
                    if let Err(failure) = self.post(id, &parcel) {
                        line.settle(id, Err(failure));
                    }
                }
            }
            // It had forgotten this page, and what it asked.
            Standing::Bound => line.settle_all(&host_gone()),
            Standing::Silent(_) => {}
        }
        line.tell_host(&Host::Other);
    }

    /// One that was silent speaks again.
    fn wake(&self, line: &Line) {
        let was_silent = matches!(&*self.standing.borrow(), Standing::Silent(_));
        if was_silent {
            self.standing.replace(Standing::Bound);
            line.tell_host(&Host::Other);
        }
    }

    fn fall_silent(&self, line: &Line, failure: &Failure) {
        let before = self.standing.replace(Standing::Silent(failure.clone()));
        line.settle_all(failure);
        if !matches!(&before, Standing::Silent(known) if known == failure) {
            line.tell_host(&Host::Silent(failure.clone()));
        }
    }

    /// Looks whether the host is there: asked for and not found, or owing an answer.
    fn look(&self) {
        let Some(line) = self.line.upgrade() else { return };
        let owes = match &*self.standing.borrow() {
            Standing::Seeking(_) | Standing::Silent(_) => true,
            Standing::Bound => line.is_owed(),
        };
        let quiet = if owes { self.quiet.get().saturating_add(1) } else { 0 };
        self.quiet.set(quiet);
        let is_bound = matches!(&*self.standing.borrow(), Standing::Bound);
        if is_bound && quiet >= ASK_AFTER {
            self.say(&Word::Ping);
        }
        // Said also to one that is bound: it may have forgotten this page.
        if quiet > 0 && quiet.is_multiple_of(HELLO_EVERY) {
            self.hello();
        }
        let is_silent = matches!(&*self.standing.borrow(), Standing::Silent(_));
        if quiet >= SILENT_AFTER && !is_silent {
            self.fall_silent(&line, &host_silent());
        }
    }
}

impl Link {
    fn open(line: &Weak<Line>) -> Option<Self> {
        let name = window()?.crypto().ok()?.random_uuid();
        let channel_name = channel_of(&name)?;
        let channel = BroadcastChannel::new(&channel_name).ok()?;
        let lives = {
            let line = line.clone();
            move || {
                if let Some(guest) = line.upgrade().and_then(|line| line.guest()) {
                    guest.hello();
                }
            }
        };
        let life = Life::begin(&channel_name, lives)?;
        let line = line.clone();
        let ear = Closure::<dyn FnMut(MessageEvent)>::new(move |event: MessageEvent| {
            if let Some(guest) = line.upgrade().and_then(|line| line.guest()) {
                guest.hear(&event.data());
            }
        });
        channel.set_onmessage(Some(ear.as_ref().unchecked_ref()));
        Some(Self { name, channel, life, _ear: ear })
    }
}

/// A word; nothing where something else was said. Takes a message event or its contents.
fn word(said: &JsValue) -> Option<Word> {
    let text = said
        .dyn_ref::<MessageEvent>()
        .map_or_else(|| said.as_string(), |event| event.data().as_string());
    Word::read(&text?)
}

/// The page that had the wallet is gone, and whether it did what was asked nobody can say.
pub(crate) fn host_gone() -> Failure {
    Failure {
        code: "wallet/host-gone".to_owned(),
        what: "The page of this browser that had the wallet open was closed before it answered"
            .to_owned(),
        next: "What you asked for may have been done. Look at it, and at Activity, before you ask again."
            .to_owned(),
        retry: false,
    }
}

/// The page that has the wallet is of another version.
fn host_differs() -> Failure {
    Failure {
        code: "wallet/host-differs".to_owned(),
        what: "The wallet is open in another page of this browser, which is of another version"
            .to_owned(),
        next: "Reload that page, or close it: this one goes on by itself then.".to_owned(),
        retry: true,
    }
}

/// The page that has the wallet does not answer.
fn host_silent() -> Failure {
    Failure {
        code: "wallet/host-silent".to_owned(),
        what: "The wallet is open in another page of this browser, and that page does not answer: the browser \
               may have put it to sleep"
            .to_owned(),
        next: "Go to that page, or close it: this one goes on by itself then.".to_owned(),
        retry: true,
    }
}
