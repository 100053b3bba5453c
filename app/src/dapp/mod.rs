//! What web sites ask of this page, whichever way they reach it: each request is handed to the worker, shown
//! where it needs its owner's word, and answered exactly once.
//!
//! A way is a [`Channel`]; the window that a site opens is one (`window.rs`). Another one, such as an
//! extension's port, implements the trait and is named in [`channel`]: all else, the pages included, is the same.

mod armed;
mod window;

pub(crate) use armed::use_armed;

use crate::extension::{Face, Requests};
use crate::languages::t;
use crate::session::{Phase, Session};
use bridge::dapp::{AskedId, DappAnswer, DappEvent, DappReply, Decision};
use bridge::page::Host;
use bridge::protocol::{Event, Failure};
use bridge::wallet::Receipt;
use leptos::prelude::*;
use leptos::task::spawn_local;
use std::rc::Rc;
use wasm_core::dapp::answer::rejected;

/// How many requests of one site are kept at once. The worker takes one; whoever sends more than this while the
/// wallet is closed is not heard.
const MOST_OF_A_SITE: usize = 8;
/// The worker's word for a wallet that has to be opened first.
const LOCKED: &str = "wallet/locked";
/// Its word, or the bridge's, for an owner who has not decided on time, or a worker that is gone.
const HOST_GONE: &str = "wallet/host-gone";

/// How requests of sites reach this page, and answers leave it.
pub(crate) trait Channel {
    /// Begins to hear. `hear` is called with each request, and with what else happens.
    fn begin(&self, hear: Hearer);
    /// Sends the answer of a request. Called once for each.
    fn answer(&self, ticket: u64, text: &str);
    /// Somebody wants to know whether the site still waits for this answer.
    fn contested(&self, _ticket: u64) {}
    /// A yes was given: whoever closes the window now refuses nothing any more.
    fn given(&self, _ticket: u64) {}
    /// A site is told what it may see by now, if a page of it listens.
    fn changed(&self, origin: &str, text: &str);
    /// Nothing waits any more: another request may come, and unless there is something to be read, the window
    /// may close.
    fn rest(&self, closes: bool);
    /// Closes the window, where that is possible.
    fn close(&self);
}

/// Called with what a channel hears.
pub(crate) type Hearer = Rc<dyn Fn(Heard)>;

/// What a channel hears.
pub(crate) enum Heard {
    /// A site asks.
    Asked(Asked),
    /// Nobody waits for the answer any more: the site's page is gone.
    Gone {
        /// Which request.
        ticket: u64,
    },
    /// The site's page is there, and waits for the answer.
    Alive {
        /// Of which request.
        ticket: u64,
    },
    /// Nothing can ever be heard.
    Cut,
}

/// A request of a site.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Asked {
    /// What the channel knows it by.
    pub(crate) ticket: u64,
    /// Whose, as the browser attests it.
    pub(crate) origin: String,
    /// Its text as it came.
    pub(crate) message: String,
}

/// How far it is with a request.
#[derive(Clone, Debug)]
pub(crate) enum Stage {
    /// The worker looks at it.
    Looking,
    /// The wallet has to be opened first.
    Closed,
    /// Its owner is asked.
    Deciding(Box<DappReply>),
    /// It cannot be looked at, as without a network.
    Failed(Failure),
}

/// A request that is not answered yet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Open {
    ticket: u64,
    asked: StoredValue<Asked>,
    id: StoredValue<Option<AskedId>>,
    /// A yes was given, and what comes of it is not known yet.
    given: StoredValue<bool>,
    /// Nobody waits for the answer any more.
    unheard: StoredValue<bool>,
    /// The site said that it waits for the answer.
    alive: StoredValue<bool>,
    /// How far it is.
    pub(crate) stage: RwSignal<Stage>,
}

impl Open {
    /// Whose request it is.
    #[must_use]
    pub(crate) fn origin(self) -> String {
        self.asked.with_value(|asked| asked.origin.clone())
    }
}

/// What came of the request before.
#[derive(Clone, Debug)]
pub(crate) struct Answered {
    /// Whose it was.
    pub(crate) origin: String,
    /// What was executed.
    pub(crate) receipt: Option<Receipt>,
    /// What went wrong.
    pub(crate) failure: Option<Failure>,
    /// The site's page was gone before the answer.
    pub(crate) unheard: bool,
}

/// All that sites ask of this page.
#[derive(Clone, Copy)]
pub(crate) struct Asking {
    session: Session,
    /// Says no. Called this way, it does not bring what answers are made of along to wherever one may say it.
    refusing: StoredValue<Option<Callback<Open>>>,
    channel: StoredValue<Rc<dyn Channel>, LocalStorage>,
    open: RwSignal<Vec<Open>>,
    /// What came of the last request.
    pub(crate) answered: RwSignal<Option<Answered>>,
    /// The site whose page went away while its request waited.
    pub(crate) left: RwSignal<Option<String>>,
    /// Nobody can ask here.
    pub(crate) cut: RwSignal<bool>,
}

/// Whether this page was opened for what a site asks.
pub(crate) fn is_asked_here() -> bool {
    Face::here() == Face::Request || window::claim()
}

/// The way by which requests reach this page, where it was opened for them.
fn channel() -> Option<Rc<dyn Channel>> {
    if let Some(requests) = Requests::of_this_page() {
        return Some(Rc::new(requests));
    }
    window::Window::of_this_page().map(|window| Rc::new(window) as Rc<dyn Channel>)
}

impl Asking {
    /// Provides it to everything below, where this page was opened for a site.
    pub(crate) fn provide(session: Session) {
        let Some(channel) = channel() else { return };
        let asking = Self {
            session,
            refusing: StoredValue::new(None),
            channel: StoredValue::new_local(Rc::clone(&channel)),
            open: RwSignal::new(Vec::new()),
            answered: RwSignal::new(None),
            left: RwSignal::new(None),
            cut: RwSignal::new(false),
        };
        let refusing = Callback::new(move |open| asking.say_no(open));
        asking.refusing.set_value(Some(refusing));
        provide_context(asking);
        asking.follow_wallet();
        channel.begin(Rc::new(move |heard| asking.hear(heard)));
    }

    /// The request to be shown; nothing while none waits. Tracked.
    #[must_use]
    pub(crate) fn first(self) -> Option<Open> {
        self.open.read().first().copied()
    }

    /// How many more wait behind it. Tracked.
    #[must_use]
    pub(crate) fn more(self) -> usize {
        self.open.read().len().saturating_sub(1)
    }

    fn hear(self, heard: Heard) {
        match heard {
            Heard::Asked(asked) => self.take(asked),
            Heard::Gone { ticket } => {
                if let Some(open) = self.find(|open| open.ticket == ticket) {
                    open.unheard.set_value(true);
                    // What was agreed to is done all the same, and its owner is told.
                    if !open.given.get_value() {
                        self.give_up(open.id.get_value());
                        self.answered.set(None);
                        self.left.set(Some(open.origin()));
                        self.forget(open, false);
                    }
                }
            }
            Heard::Alive { ticket } => {
                if let Some(open) = self.find(|open| open.ticket == ticket) {
                    open.alive.set_value(true);
                    self.tell_alive(open);
                }
            }
            Heard::Cut => self.cut.set(true),
        }
    }

    fn take(self, asked: Asked) {
        let of_site = |open: &&Open| open.asked.with_value(|other| other.origin == asked.origin);
        if self.open.read_untracked().iter().filter(of_site).count() >= MOST_OF_A_SITE {
            return;
        }
        let open = Open {
            ticket: asked.ticket,
            asked: StoredValue::new(asked),
            id: StoredValue::new(None),
            given: StoredValue::new(false),
            unheard: StoredValue::new(false),
            alive: StoredValue::new(false),
            stage: RwSignal::new(Stage::Looking),
        };
        self.left.set(None);
        self.open.update(|all| all.push(open));
        self.look(open);
    }

    /// Tells the worker that the site waits for the answer, once both are known.
    fn tell_alive(self, open: Open) {
        if let (true, Some(id)) = (open.alive.get_value(), open.id.get_value()) {
            let told = self.session.bridge().begin_site_alive(id);
            spawn_local(async move {
                // Where the worker is gone, the request is gone with it.
                let _ = told.answer().await;
            });
        }
    }

    /// Has the worker look at a request.
    pub(crate) fn look(self, open: Open) {
        open.id.set_value(None);
        open.stage.set(Stage::Looking);
        let Asked { origin, message, .. } = open.asked.get_value();
        spawn_local(async move {
            let said = self.session.bridge().site_asks(origin, message).await;
            self.hear_worker(open, said);
        });
    }

    /// Has the worker look once more, as after another account was chosen.
    pub(crate) fn look_again(self, open: Open) {
        let Some(id) = open.id.get_value() else { return self.look(open) };
        open.stage.set(Stage::Looking);
        spawn_local(async move {
            let said = self.session.bridge().look_again(id).await;
            self.hear_worker(open, said);
        });
    }

    fn hear_worker(self, open: Open, said: Result<DappReply, Failure>) {
        // It may have ended meanwhile.
        if !self.is_open(open) {
            return self.give_up(said.ok().as_ref().and_then(id_of));
        }
        match said {
            Ok(DappReply::Answer(answer)) => self.finish(open, *answer),
            Ok(reply) => {
                if let Some(id) = id_of(&reply)
                    && open.id.get_value() != Some(id)
                {
                    open.id.set_value(Some(id));
                    self.tell_alive(open);
                }
                open.stage.set(Stage::Deciding(Box::new(reply)));
            }
            Err(failure) if failure.code == LOCKED => open.stage.set(Stage::Closed),
            Err(failure) => open.stage.set(Stage::Failed(failure)),
        }
    }

    /// Tells the worker that nobody waits for an answer. Posted at once: this page may be gone in a moment.
    fn give_up(self, id: Option<AskedId>) {
        if let Some(id) = id {
            let gone = self.session.bridge().begin_site_gone(id);
            spawn_local(async move {
                // Where the worker is gone, the request is gone with it.
                let _ = gone.answer().await;
            });
        }
    }

    /// Says yes. The answer goes to the site; a failure comes back, and leaves the request open.
    pub(crate) async fn approve(self, open: Open, decision: Decision) -> Result<(), Failure> {
        let Some(id) = open.id.get_value() else { return Err(over()) };
        open.given.set_value(true);
        self.channel.with_value(|channel| channel.given(open.ticket));
        let said = self.session.bridge().approve(id, decision).await;
        // Where the worker is gone, nobody knows what it did: the request is not handed to another one.
        if !matches!(&said, Err(failure) if failure.code == HOST_GONE) {
            let _ = open.given.try_set_value(false);
        }
        match said {
            Ok(DappReply::Answer(answer)) => {
                self.finish(open, *answer);
                Ok(())
            }
            Ok(reply) => {
                self.hear_worker(open, Ok(reply));
                Ok(())
            }
            Err(failure) => Err(failure),
        }
    }

    /// Says no.
    pub(crate) fn refuse(self, open: Open) {
        if let Some(refusing) = self.refusing.get_value() {
            refusing.run(open);
        }
    }

    fn say_no(self, open: Open) {
        let id = open.id.get_value();
        spawn_local(async move {
            let said = match id {
                Some(id) => self.session.bridge().refuse(id).await.ok(),
                None => None,
            };
            if !self.is_open(open) {
                return;
            }
            let answer = match said {
                Some(DappReply::Answer(answer)) => *answer,
                // The worker never heard of it, or has forgotten it: the site is told all the same.
                _ => DappAnswer {
                    text: open.asked.with_value(|asked| rejected(&asked.message)),
                    receipt: None,
                    failure: None,
                    by_policy: None,
                },
            };
            self.finish(open, answer);
        });
    }

    /// Closes the window: what is open is refused.
    pub(crate) fn close(self) {
        self.channel.with_value(|channel| channel.close());
    }

    fn finish(self, open: Open, answer: DappAnswer) {
        let origin = open.origin();
        self.send(open, &answer.text);
        let DappAnswer { receipt, failure, .. } = answer;
        let unheard = open.unheard.get_value();
        let is_told =
            unheard || failure.is_some() || receipt.as_ref().is_some_and(|it| it.failure.is_some());
        self.answered.set(Some(Answered { origin, receipt, failure, unheard }));
        self.forget(open, !is_told);
    }

    fn send(self, open: Open, text: &str) {
        self.channel.with_value(|channel| channel.answer(open.ticket, text));
    }

    fn forget(self, open: Open, closes: bool) {
        self.open.update(|all| all.retain(|other| other.ticket != open.ticket));
        if self.open.read_untracked().is_empty() {
            self.channel.with_value(|channel| channel.rest(closes));
        }
    }

    fn find(self, is_it: impl Fn(&Open) -> bool) -> Option<Open> {
        self.open.read_untracked().iter().copied().find(|open| is_it(open))
    }

    fn is_open(self, open: Open) -> bool {
        self.find(|other| other.ticket == open.ticket).is_some()
    }

    /// Goes on when the wallet opens, ends what the worker ended, and starts over with another worker.
    fn follow_wallet(self) {
        let phase = self.session.phase();
        Effect::new(move |_| {
            if phase.get() == Phase::Open {
                let all = self.open.get_untracked();
                let is_closed =
                    |open: &Open| matches!(&*open.stage.read_untracked(), Stage::Closed);
                all.into_iter().filter(is_closed).for_each(|open| self.look(open));
            }
        });
        self.session.bridge().listen(move |event| {
            let Event::Dapp(event) = event else { return };
            let Ok(event) = event.read() else { return };
            match event {
                DappEvent::Ended { id, answer, .. } => {
                    let open = self.find(|open| open.id.get_value() == Some(id));
                    if let Some(open) = open {
                        let failure = Some(over());
                        let text = answer;
                        self.finish(
                            open,
                            DappAnswer { text, receipt: None, failure, by_policy: None },
                        );
                    }
                }
                DappEvent::Changed { origin, message, .. } => {
                    self.channel.with_value(|channel| channel.changed(&origin, &message));
                }
                DappEvent::Contested { id } => {
                    if let Some(open) = self.find(|open| open.id.get_value() == Some(id)) {
                        self.channel.with_value(|channel| channel.contested(open.ticket));
                    }
                }
                DappEvent::Trusted { .. } | DappEvent::Approved { .. } => {}
            }
        });
        self.session.bridge().on_host(move |host| {
            if matches!(host, Host::Silent(_)) {
                return;
            }
            let all = self.open.get_untracked();
            for open in all.into_iter().filter(|open| !open.given.get_value()) {
                if matches!(&*open.stage.read_untracked(), Stage::Deciding(_)) {
                    self.start_over(open);
                }
            }
        });
    }

    /// The worker may be another one, which knows nothing of what waits.
    fn start_over(self, open: Open) {
        let Some(id) = open.id.get_value() else { return };
        open.stage.set(Stage::Looking);
        spawn_local(async move {
            match self.session.bridge().look_again(id).await {
                Err(failure) if failure.code != LOCKED => self.look(open),
                said => self.hear_worker(open, said),
            }
        });
    }
}

/// A request that ended by itself.
fn over() -> Failure {
    Failure {
        code: "dapp/over".to_owned(),
        what: t!("This request is over: the wallet was locked, or account or network changed. Nothing was signed.")
            .to_owned(),
        next: t!("The site was told. Ask again from there.").to_owned(),
        retry: false,
    }
}

const fn id_of(reply: &DappReply) -> Option<AskedId> {
    match reply {
        DappReply::Connect { id, .. }
        | DappReply::Transaction { id, .. }
        | DappReply::Message { id, .. }
        | DappReply::OtherAccount { id, .. }
        | DappReply::OtherNetwork { id, .. }
        | DappReply::Failed { id, .. } => Some(*id),
        DappReply::Done | DappReply::Answer(_) | DappReply::Sites(_) => None,
    }
}

/// What sites ask of this page; nothing where it was opened for its owner alone.
#[must_use]
pub(crate) fn use_asking() -> Option<Asking> {
    use_context()
}
