//! The page's end: starts the worker, posts requests, hands out replies and events.
//!
//! Requests made before the worker is ready wait for it. When the worker cannot start or stops,
//! every open and every later request fails with the same reason.

use crate::activity::{ActivityRequest, ActivityView};
use crate::beginning::EarlyWorker;
use crate::damaged::{DamagedRecord, DamagedRequest};
use crate::explore::{
    AddressView, CheckpointName, CheckpointView, EpochView, Looked, ObjectView, Place,
    TransactionView,
};
use crate::guest_page::{Guest, host_gone};
use crate::late::{Late, unreadable};
use crate::network::{Network, NetworkStatus};
use crate::programs::Programs;
use crate::protocol::{Event, Failure, Heard, Reply, Request, RequestId, ReviewId, VERSION};
use crate::publish::{JobId, PublishOptions, PublishView, WeightsSummary};
use crate::score::{
    KeptWeights, KeyText, ScoreChoices, ScoreEngines, ScoreFile, ScoreFileId, ScoreOptions,
    ScoreResult, WORKER_NAME,
};
use crate::validators::ValidatorAct;
use crate::wallet::{
    AccountView, DefaultNames, ImportPreview, ImportSecret, Password, PhraseDraft, Receipt,
    SendAmount, WalletStatus, WordAnswer,
};
use futures::channel::oneshot;
use js_sys::{Array, JsString, Reflect};
use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::fmt;
use std::rc::{Rc, Weak};
use wasm_bindgen::prelude::Closure;
use wasm_bindgen::{JsCast, JsValue};
use wasm_core::address::{Address, ModelId, ObjectId, TargetId};
use wasm_core::digest::TransactionDigest;
use wasm_core::network::{Economy, EpochPoint, Pulse, ValidatorsTable};
use wasm_core::object::Version;
use wasm_core::preview::{Consent, Review};
use web_sys::{File, MessageEvent, Worker, WorkerOptions, WorkerType};
use zeroize::Zeroizing;

pub use crate::guest_page::Host;

/// The workers' scripts, relative to the page's base.
const WALLET_SCRIPT: &str = "worker_loader.js";
const SCORING_SCRIPT: &str = "scoring_loader.js";

/// What comes back: the answer, and a file where one belongs to it.
pub type Answer = Result<(Reply, Option<File>), Failure>;

/// What a review is made of: its name, its contents, and the network it is for.
pub type Reviewed = (ReviewId, Box<Review>, NetworkStatus);

/// Which worker there is at the other end.
#[derive(Clone, Copy, Debug)]
enum Part {
    Wallet,
    Scoring,
}

impl Part {
    const fn script(self) -> &'static str {
        match self {
            Self::Wallet => WALLET_SCRIPT,
            Self::Scoring => SCORING_SCRIPT,
        }
    }

    fn start(self) -> Result<Worker, JsValue> {
        let options = WorkerOptions::new();
        options.set_type(WorkerType::Module);
        match self {
            Self::Wallet => {}
            Self::Scoring => options.set_name(WORKER_NAME),
        }
        Worker::new_with_options(self.script(), &options)
    }
}

/// A line to the worker. Clones share it.
#[derive(Clone)]
pub struct Bridge(Rc<Line>);

impl fmt::Debug for Bridge {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Bridge").finish_non_exhaustive()
    }
}

/// Called with every event that is not a reply.
type Listener = Rc<dyn Fn(&Event)>;

/// Called when the wallet moves from one page to another.
type HostListener = Rc<dyn Fn(&Host)>;

/// Called once, when the worker cannot be used any more.
type Mourner = Rc<dyn Fn(&Failure)>;

pub(crate) struct Line {
    own: Weak<Self>,
    part: Part,
    state: RefCell<State>,
    next: Cell<u64>,
    open: RefCell<HashMap<RequestId, oneshot::Sender<Answer>>>,
    listeners: RefCell<Vec<Listener>>,
    on_stop: RefCell<Vec<Mourner>>,
    on_host: RefCell<Vec<HostListener>>,
    /// Kept alive as long as the worker may call them.
    ears: RefCell<Option<Ears>>,
    /// What runs for the worker.
    programs: Programs,
}

struct Ears {
    message: Closure<dyn Fn(MessageEvent)>,
    error: Closure<dyn Fn(JsValue)>,
    unreadable: Closure<dyn Fn(JsValue)>,
}

enum State {
    /// Not started: what is to be posted once it is.
    Asleep(Vec<(RequestId, Array)>),
    /// Not ready: what is to be posted then.
    Starting(Worker, Vec<(RequestId, Array)>),
    Ready(Worker),
    /// Another page has the wallet and answers, while the own worker waits for its turn.
    Guest(Worker, Rc<Guest>),
    Stopped(Failure),
}

/// A request on its way. Dropping it leaves the work going; see [`Bridge::cancel`].
#[derive(Debug)]
pub struct Call {
    part: Part,
    id: RequestId,
    answer: oneshot::Receiver<Answer>,
}

impl Call {
    /// The name under which it can be cancelled.
    #[must_use]
    pub const fn id(&self) -> RequestId {
        self.id
    }

    /// Waits for the answer.
    ///
    /// # Errors
    /// What the worker says, or that it stopped.
    pub async fn answer(self) -> Answer {
        self.answer.await.unwrap_or_else(|_| Err(stopped(self.part, None)))
    }
}

impl Call {
    /// Waits for what scoring comes to.
    ///
    /// # Errors
    /// What the worker says, or that it stopped.
    pub async fn score(self) -> Result<ScoreResult, Failure> {
        match self.answer().await? {
            (Reply::Score(result), _) => result.read(),
            _ => Err(unexpected()),
        }
    }
}

impl Bridge {
    /// Starts the worker, or goes on with one that was started early. What goes wrong is told by the first request,
    /// and to [`Self::on_stop`].
    #[must_use]
    pub fn start(early: Option<EarlyWorker>) -> Self {
        let bridge = Self::asleep();
        bridge.begin_worker(early);
        bridge
    }

    /// A line whose worker starts when it is woken. What is asked earlier waits for that.
    #[must_use]
    pub fn asleep() -> Self {
        Self::of(Part::Wallet)
    }

    /// Starts the worker, unless that was done.
    pub fn wake(&self) {
        self.begin_worker(None);
    }

    fn begin_worker(&self, early: Option<EarlyWorker>) {
        let waiting = match &mut *self.0.state.borrow_mut() {
            State::Asleep(waiting) => std::mem::take(waiting),
            _ => return,
        };
        let ears = Ears::of(&self.0.own);
        let created = early.map_or_else(|| self.0.part.start(), |early| Ok(early.take_over()));
        let state = created.map_or_else(
            |_| State::Stopped(stopped(self.0.part, None)),
            |worker| {
                ears.listen_to(&worker);
                State::Starting(worker, waiting)
            },
        );
        self.0.ears.replace(Some(ears));
        let stopped = match &state {
            State::Stopped(failure) => Some(failure.clone()),
            _ => None,
        };
        self.0.state.replace(state);
        if let Some(failure) = stopped {
            self.0.mourn(&failure);
        }
    }

    /// Starts the worker that scores. It computes for minutes without listening for seconds, which
    /// the wallet's must not.
    #[must_use]
    pub fn start_scoring() -> Self {
        let bridge = Self::of(Part::Scoring);
        bridge.wake();
        bridge
    }

    fn of(part: Part) -> Self {
        Self(Rc::new_cyclic(|line: &Weak<Line>| Line {
            own: Weak::clone(line),
            part,
            state: RefCell::new(State::Asleep(Vec::new())),
            next: Cell::new(1),
            open: RefCell::default(),
            listeners: RefCell::default(),
            on_stop: RefCell::default(),
            on_host: RefCell::default(),
            ears: RefCell::default(),
            programs: Programs::default(),
        }))
    }

    /// Calls `listener` with every event that is not a reply, as long as the bridge lives.
    pub fn listen(&self, listener: impl Fn(&Event) + 'static) {
        self.0.listeners.borrow_mut().push(Rc::new(listener));
    }

    /// Calls `listener` when the worker cannot start or stops; at once where it already has.
    pub fn on_stop(&self, listener: impl Fn(&Failure) + 'static) {
        // A listener may ask something at once, which borrows the state again.
        let stopped = match &*self.0.state.borrow() {
            State::Stopped(failure) => Some(failure.clone()),
            _ => None,
        };
        if let Some(failure) = stopped {
            listener(&failure);
        }
        self.0.on_stop.borrow_mut().push(Rc::new(listener));
    }

    /// Calls `listener` when another page turns out to have the wallet, does not answer, or is gone.
    pub fn on_host(&self, listener: impl Fn(&Host) + 'static) {
        self.0.on_host.borrow_mut().push(Rc::new(listener));
    }

    /// Whether another page of this origin has the wallet, and this one uses it as a guest.
    #[must_use]
    pub fn is_guest(&self) -> bool {
        self.0.guest().is_some()
    }

    /// Posts a request, with a file beside it where it needs one.
    #[must_use]
    pub fn begin(&self, request: &Request, file: Option<&File>) -> Call {
        let id = RequestId(self.0.next.replace(self.0.next.get() + 1));
        let (sender, answer) = oneshot::channel();
        self.0.open.borrow_mut().insert(id, sender);
        if let Err(failure) = self.0.post(id, request, file) {
            self.0.settle(id, Err(failure));
        }
        Call { part: self.0.part, id, answer }
    }

    /// Posts a request and waits for its answer.
    ///
    /// # Errors
    /// What the worker says, or that it stopped.
    pub async fn call(&self, request: Request, file: Option<&File>) -> Answer {
        self.begin(&request, file).answer().await
    }

    /// Ends the worker and everything that it does.
    pub fn end(&self) {
        self.0.stop(&stopped(self.0.part, None));
    }

    /// Gives up on a request. It is answered by a failure, if it had not ended by itself.
    pub fn cancel(&self, id: RequestId) {
        let _ends_by_itself = self.begin(&Request::Cancel(id), None);
    }

    pub(crate) async fn ask<T>(
        &self,
        request: Request,
        pick: impl FnOnce(Reply) -> Result<T, Failure>,
    ) -> Result<T, Failure> {
        let (reply, _) = self.call(request, None).await?;
        pick(reply)
    }
}

impl Line {
    fn post(&self, id: RequestId, request: &Request, file: Option<&File>) -> Result<(), Failure> {
        let text = serde_json::to_string(&(id, request)).map_err(|_| unexpected())?;
        // Passwords and phrases cross this way.
        let text = Zeroizing::new(text);
        let file = file.map_or(JsValue::UNDEFINED, JsValue::from);
        let message = Array::of2(&JsString::from(text.as_str()), &file);
        match &mut *self.state.borrow_mut() {
            State::Asleep(waiting) | State::Starting(_, waiting) => waiting.push((id, message)),
            State::Ready(worker) => worker.post_message(&message).map_err(|_| unexpected())?,
            State::Guest(_, guest) => guest.post(id, &message)?,
            State::Stopped(failure) => return Err(failure.clone()),
        }
        Ok(())
    }

    pub(crate) fn settle(&self, id: RequestId, answer: Answer) {
        let asker = self.open.borrow_mut().remove(&id);
        if let Some(asker) = asker {
            // Whoever asked may have left meanwhile; then nobody waits.
            let _nobody_waits = asker.send(answer);
        }
    }

    /// Hears the own worker.
    fn receive(&self, message: &JsValue) {
        self.hear(message, true);
    }

    /// Hears the worker of the page that has the wallet.
    pub(crate) fn receive_parcel(&self, message: &JsValue) {
        self.hear(message, false);
    }

    fn hear(&self, message: &JsValue, is_own: bool) {
        let parts = Array::from(message);
        let text = parts.get(0).as_string().map(Zeroizing::new);
        let heard = text.map_or(Heard::Noise, |text| Heard::read(&text));
        let file = parts.get(1).dyn_into::<File>().ok();
        let event = match heard {
            Heard::Event(event) => *event,
            // Its version is ours: something that it tells of is not as it should be. One question is
            // not answered then; everything else goes on.
            Heard::Answer(id) if self.is_ready() => return self.settle(id, Err(unreadable())),
            Heard::Noise if self.is_ready() => return,
            Heard::Answer(_) | Heard::Noise => return self.stop(&other_version()),
        };
        match event {
            Event::Ready { .. } | Event::Turn if !is_own => {}
            Event::Ready { version, waits } if version == VERSION => self.ready(waits),
            Event::Ready { .. } => self.stop(&other_version()),
            Event::Turn => self.take_over(),
            Event::Program { script } if is_own => self.programs.start(&script, parts.get(1)),
            Event::Reply { id, result } => self.settle(id, result.map(|reply| (reply, file))),
            event => {
                let listeners = self.listeners.borrow().clone();
                for listener in listeners {
                    listener(&event);
                }
            }
        }
    }

    fn is_ready(&self) -> bool {
        matches!(*self.state.borrow(), State::Ready(_) | State::Guest(..))
    }

    fn ready(&self, waits: bool) {
        let mut state = self.state.borrow_mut();
        if let State::Starting(worker, waiting) = &mut *state {
            let waiting = std::mem::take(waiting);
            let guest = waits.then(|| Guest::begin(&self.own, waiting.clone())).flatten();
            let worker = worker.clone();
            *state = if let Some(guest) = guest {
                State::Guest(worker, Rc::new(guest))
            } else {
                post_all(&worker, waiting);
                State::Ready(worker)
            };
        }
    }

    /// The own worker has the wallet from now on.
    fn take_over(&self) {
        let worker = match &*self.state.borrow() {
            State::Guest(worker, _) => worker.clone(),
            _ => return,
        };
        let State::Guest(_, guest) = self.state.replace(State::Ready(worker.clone())) else {
            return;
        };
        match guest.take_waiting() {
            Some(waiting) => post_all(&worker, waiting),
            None => self.settle_all(&host_gone()),
        }
        self.tell_host(&Host::Own);
    }

    pub(crate) fn guest(&self) -> Option<Rc<Guest>> {
        match &*self.state.borrow() {
            State::Guest(_, guest) => Some(Rc::clone(guest)),
            _ => None,
        }
    }

    /// Whether anything was asked that is not answered.
    pub(crate) fn is_owed(&self) -> bool {
        !self.open.borrow().is_empty()
    }

    pub(crate) fn tell_host(&self, host: &Host) {
        let listeners = self.on_host.borrow().clone();
        for listener in listeners {
            listener(host);
        }
    }

    /// Nothing that was asked will be answered.
    pub(crate) fn settle_all(&self, failure: &Failure) {
        let open: Vec<RequestId> = self.open.borrow().keys().copied().collect();
        for id in open {
            self.settle(id, Err(failure.clone()));
        }
    }

    fn stop(&self, failure: &Failure) {
        match self.state.replace(State::Stopped(failure.clone())) {
            State::Starting(worker, _) | State::Ready(worker) | State::Guest(worker, _) => {
                worker.terminate();
                self.programs.end();
            }
            State::Asleep(_) => {}
            State::Stopped(first) => {
                self.state.replace(State::Stopped(first));
                return;
            }
        }
        self.mourn(failure);
    }

    /// Tells everybody who asked and everybody who wants to know that there is no worker.
    fn mourn(&self, failure: &Failure) {
        self.settle_all(failure);
        let listeners = self.on_stop.borrow().clone();
        for listener in listeners {
            listener(failure);
        }
    }
}

fn post_all(worker: &Worker, waiting: Vec<(RequestId, Array)>) {
    for (_, message) in waiting {
        // A message that cannot be cloned was refused when it was made: these are text and files.
        let _posted = worker.post_message(&message);
    }
}

impl Ears {
    fn of(line: &Weak<Line>) -> Self {
        let to_line = |hear: fn(&Line, &JsValue)| {
            let line = line.clone();
            move |said: JsValue| {
                if let Some(line) = line.upgrade() {
                    hear(&line, &said);
                }
            }
        };
        let receive = to_line(|line, data| line.receive(data));
        Self {
            message: Closure::new(move |event: MessageEvent| receive(event.data())),
            error: Closure::new(to_line(|line, event| {
                line.stop(&stopped(line.part, said_by(event)));
            })),
            unreadable: Closure::new(to_line(|line, _| line.stop(&other_version()))),
        }
    }

    fn listen_to(&self, worker: &Worker) {
        worker.set_onmessage(Some(self.message.as_ref().unchecked_ref()));
        worker.set_onerror(Some(self.error.as_ref().unchecked_ref()));
        // Not every browser has a property for this one; to listen is refused by none.
        let hear = self.unreadable.as_ref().unchecked_ref();
        let _ = worker.add_event_listener_with_callback("messageerror", hear);
    }
}

/// What the event of a worker's error says, if anything.
pub(crate) fn said_by(event: &JsValue) -> Option<String> {
    let said = Reflect::get(event, &JsValue::from_str("message")).ok()?.as_string()?;
    if said.is_empty() { None } else { Some(said) }
}

fn stopped(part: Part, reason: Option<String>) -> Failure {
    match part {
        Part::Wallet => Failure {
            code: "bridge/stopped".to_owned(),
            what: reason.map_or_else(
                || {
                    "The part of the wallet that works with keys and the network has stopped"
                        .to_owned()
                },
                |reason| {
                    format!(
                        "The part of the wallet that works with keys and the network has stopped \
                         ({reason})"
                    )
                },
            ),
            next: "Reload the page. Your wallet and unfinished work are kept in this browser."
                .to_owned(),
            retry: false,
        },
        Part::Scoring => Failure {
            code: "bridge/scoring-stopped".to_owned(),
            what: reason.map_or_else(
                || "The part of the wallet that scores has stopped".to_owned(),
                |reason| format!("The part of the wallet that scores has stopped ({reason})"),
            ),
            next: "Try again: it starts anew by itself. Weights that were fetched are kept; model files \
                have to be chosen again. If it stops again, the browser may be short of memory."
                .to_owned(),
            retry: true,
        },
    }
}

fn other_version() -> Failure {
    Failure {
        code: "bridge/version".to_owned(),
        what: "Two versions of the wallet met: an update arrived while this page was open"
            .to_owned(),
        next: "Reload the page to use the new version.".to_owned(),
        retry: false,
    }
}

pub(crate) fn unexpected() -> Failure {
    Failure {
        code: "bridge/unexpected".to_owned(),
        what: "The wallet answered something that was not asked".to_owned(),
        next: "Reload the page and look at what happened before trying again.".to_owned(),
        retry: false,
    }
}

/// What a review is made of, where that is the answer.
pub(crate) fn reviewed(reply: Reply) -> Result<Reviewed, Failure> {
    match reply {
        Reply::Review { id, review, network } => Ok((id, Box::new(review.read()?), network)),
        _ => Err(unexpected()),
    }
}

/// Defines typed requests: each posts one request and takes the one reply that answers it.
macro_rules! requests {
    ($($(#[$doc:meta])* $name:ident($($arg:ident: $kind:ty),*) => $request:expr, $reply:pat => $value:expr, $answer:ty;)*) => {
        /// One method a request. Each fails as the worker says, or because it stopped.
        #[expect(clippy::missing_errors_doc, reason = "said once above")]
        impl Bridge {
            $($(#[$doc])*
            pub async fn $name(&self $(, $arg: $kind)*) -> Result<$answer, Failure> {
                self.ask($request, |reply| match reply {
                    $reply => Ok($value),
                    _ => Err(unexpected()),
                }).await
            })*
        }
    };
}

requests! {
    /// Is there a wallet, is it open, who is in it?
    status() => Request::Status, Reply::Status(it) => it, WalletStatus;
    /// A new phrase of so many words; kept in the worker until created or dropped.
    draft_phrase(words: u8) => Request::DraftPhrase { words }, Reply::Draft(it) => it.read()?, PhraseDraft;
    /// Creates the wallet of the drafted phrase.
    create_wallet(answers: Vec<WordAnswer>, password: Password, names: DefaultNames)
        => Request::CreateWallet { answers, password, names }, Reply::Status(it) => it, WalletStatus;
    /// Which accounts does a secret hold?
    inspect_import(secret: ImportSecret, names: DefaultNames)
        => Request::InspectImport { secret, names }, Reply::ImportPreview(it) => it.read()?, ImportPreview;
    /// Creates the wallet of an existing secret.
    import_wallet(secret: ImportSecret, password: Password, names: DefaultNames)
        => Request::ImportWallet { secret, password, names }, Reply::Status(it) => it, WalletStatus;
    /// Opens the vault.
    unlock(password: Password) => Request::Unlock(password), Reply::Status(it) => it, WalletStatus;
    /// Closes the vault.
    lock() => Request::Lock, Reply::Status(it) => it, WalletStatus;
    /// Seals the vault under another password.
    change_password(current: Password, new: Password)
        => Request::ChangePassword { current, new }, Reply::Done => (), ();
    /// Minutes without use after which the wallet locks.
    set_auto_lock(minutes: Option<u16>) => Request::SetAutoLock { minutes }, Reply::Status(it) => it, WalletStatus;
    /// Somebody is here.
    touch() => Request::Touch, Reply::Done => (), ();
    /// Deletes everything this browser keeps of the wallet.
    erase_wallet() => Request::EraseWallet, Reply::Status(it) => it, WalletStatus;
    /// Works with another account.
    select_account(address: Address) => Request::SelectAccount(address), Reply::Status(it) => it, WalletStatus;
    /// The wallet as an encrypted file: its name and contents.
    backup_wallet(current: Password, password: Password) => Request::BackupWallet { current, password },
        Reply::Backup { file_name, contents } => (file_name, contents), (String, String);

    /// Networks to choose from.
    networks() => Request::Networks, Reply::Networks(it) => it, Vec<Network>;
    /// Works with another network.
    select_network(name: String) => Request::SelectNetwork { name }, Reply::NetworkStatus(it) => it, NetworkStatus;
    /// Keeps a network of one's own.
    add_network(network: Network) => Request::AddNetwork(network), Reply::Networks(it) => it, Vec<Network>;
    /// Uses an endpoint as a network's indexer from now on, or none.
    keep_indexer(network: String, graphql_url: Option<String>)
        => Request::KeepIndexer { network, graphql_url }, Reply::Networks(it) => it, Vec<Network>;
    /// Forgets a network of one's own.
    remove_network(name: String) => Request::RemoveNetwork { name }, Reply::Networks(it) => it, Vec<Network>;
    /// Asks a node who it is.
    probe_network(network: Network) => Request::ProbeNetwork(network), Reply::NetworkStatus(it) => it, NetworkStatus;
    /// The chosen network as it is now.
    network_status() => Request::NetworkStatus, Reply::NetworkStatus(it) => it, NetworkStatus;
    /// Ends the epoch now; local networks only.
    advance_epoch() => Request::AdvanceEpoch, Reply::NetworkStatus(it) => it, NetworkStatus;

    /// Balance and coins of the selected account.
    account() => Request::Account, Reply::Account(it) => it.read()?, AccountView;
    /// What the selected account did and received; with a wish, after that was done.
    activity(request: ActivityRequest) => Request::Activity(Late::new(&request)), Reply::Activity(it) => it.read()?, ActivityView;
    /// Coins for nothing, where the network has a faucet.
    request_faucet() => Request::RequestFaucet, Reply::Receipt(it) => it.read()?, Receipt;
    /// Signs and executes exactly what was reviewed, its dangers accepted.
    confirm(review: ReviewId, consent: Consent) => Request::Confirm { review, consent },
        Reply::Receipt(it) => it.read()?, Receipt;
    /// Forgets a review.
    discard(review: ReviewId) => Request::Discard(review), Reply::Done => (), ();

    /// All publications of this wallet.
    publish_jobs() => Request::PublishJobs, Reply::PublishJobs(it) => it.read()?, Vec<PublishView>;
    /// Stops sealing, uploading or verifying.
    pause_publish(job: JobId) => Request::PausePublish(job), Reply::Publish(it) => it.read()?, PublishView;
    /// Key, embedding and checksum of a publication as an encrypted file: its name and contents.
    backup_publish(job: JobId, current: Password, password: Password)
        => Request::BackupPublish { job, current, password },
        Reply::Backup { file_name, contents } => (file_name, contents), (String, String);
    /// Goes on here with a publication whose secrets are in an encrypted file.
    restore_publish(contents: String, password: Password, model: Option<ModelId>)
        => Request::RestorePublish { contents, password, model }, Reply::Publish(it) => it.read()?, PublishView;
    /// Models and targets of the chosen network.
    score_choices() => Request::ScoreChoices, Reply::ScoreChoices(it) => it.read()?, ScoreChoices;
    /// One target by its id, with the models.
    score_target(id: TargetId) => Request::ScoreTarget(id), Reply::ScoreChoices(it) => it.read()?, ScoreChoices;
    /// What computes on this machine.
    score_engines() => Request::ScoreEngines, Reply::ScoreEngines(it) => it.read()?, ScoreEngines;
    /// Forgets a weights file.
    drop_score_file(id: ScoreFileId) => Request::DropScoreFile(id), Reply::Done => (), ();
    /// Weights of the network's models that are kept here.
    kept_weights() => Request::KeptWeights, Reply::KeptWeights(it) => it.read()?, KeptWeights;
    /// Forgets them.
    drop_kept_weights() => Request::DropKeptWeights, Reply::KeptWeights(it) => it.read()?, KeptWeights;

    /// The network's pulse since the worker listens; what is new comes as events from now on.
    watch_network() => Request::WatchNetwork, Reply::Pulse(it) => it.read()?, Pulse;
    /// Nobody looks at the network's pulse any more.
    unwatch_network() => Request::UnwatchNetwork, Reply::Done => (), ();
    /// The network's economy as it is now.
    economy() => Request::Economy, Reply::Economy(it) => it.read()?, Economy;
    /// What epochs came to: so many, up to the newest asked for; oldest first.
    epoch_history(newest: u64, count: u64) => Request::EpochHistory { newest, count }, Reply::EpochHistory(it) => it.read()?, Vec<EpochPoint>;
    /// All validators.
    validators() => Request::Validators, Reply::Validators(it) => it.read()?, ValidatorsTable;
    /// What a text may stand for, the likeliest first.
    find(text: String) => Request::Find(text), Reply::Places(it) => it.read()?, Vec<Place>;
    /// A transaction.
    show_transaction(digest: TransactionDigest) => Request::ShowTransaction(digest), Reply::Transaction(it) => it.read()?, Looked<TransactionView>;
    /// A checkpoint.
    show_checkpoint(name: CheckpointName) => Request::ShowCheckpoint(name), Reply::Checkpoint(it) => it.read()?, Looked<CheckpointView>;
    /// An object, as it is or was.
    show_object(id: ObjectId, version: Option<Version>) => Request::ShowObject { id, version }, Reply::Object(it) => it.read()?, Looked<ObjectView>;
    /// What an address has.
    show_address(address: Address) => Request::ShowAddress(address), Reply::Address(it) => it.read()?, AddressView;
    /// An epoch.
    show_epoch(epoch: u64) => Request::ShowEpoch(epoch), Reply::Epoch(it) => it.read()?, Looked<EpochView>;

    /// Records that cannot be read; with a wish, after one of them was forgotten.
    damaged(request: DamagedRequest) => Request::Damaged(Late::new(&request)), Reply::Damaged(it) => it.read()?, Vec<DamagedRecord>;
    /// Forgets a publication and its local file.
    remove_publish(job: JobId) => Request::RemovePublish(job), Reply::PublishJobs(it) => it.read()?, Vec<PublishView>;
}

/// Requests that are answered by a review.
#[expect(
    clippy::missing_errors_doc,
    reason = "each fails as the worker says, or because it stopped"
)]
impl Bridge {
    /// Prepares to send.
    pub async fn prepare_send(
        &self,
        recipient: Address,
        amount: SendAmount,
    ) -> Result<Reviewed, Failure> {
        self.ask(Request::PrepareSend { recipient, amount }, reviewed).await
    }

    /// Prepares the next transaction of a publication.
    pub async fn prepare_publish_step(
        &self,
        job: JobId,
        despite_checks: bool,
    ) -> Result<Reviewed, Failure> {
        self.ask(Request::PreparePublishStep { job, despite_checks }, reviewed).await
    }

    /// Prepares an act of a validator.
    pub async fn prepare_validator_act(&self, act: ValidatorAct) -> Result<Reviewed, Failure> {
        self.ask(Request::PrepareValidatorAct(Late::new(&act)), reviewed).await
    }
}

/// Requests with a file beside them.
impl Bridge {
    /// Checks the header of a weights file.
    ///
    /// # Errors
    /// Where it is not a weights file, or cannot be read.
    pub async fn inspect_weights(&self, file: &File) -> Result<WeightsSummary, Failure> {
        match self.call(Request::InspectWeights, Some(file)).await? {
            (Reply::Weights(summary), _) => summary.read(),
            _ => Err(unexpected()),
        }
    }

    /// Begins to publish a weights file.
    ///
    /// # Errors
    /// Where the options or the file are refused.
    pub async fn start_publish(
        &self,
        options: PublishOptions,
        file: &File,
    ) -> Result<PublishView, Failure> {
        match self.call(Request::StartPublish(Late::new(&options)), Some(file)).await? {
            (Reply::Publish(view), _) => view.read(),
            _ => Err(unexpected()),
        }
    }

    /// Gives a publication what it waits for, or lets it go on after a failure.
    ///
    /// # Errors
    /// Where what it is given is refused.
    pub async fn continue_publish(
        &self,
        job: JobId,
        file: Option<&File>,
        upload_link: Option<String>,
        url: Option<String>,
    ) -> Result<PublishView, Failure> {
        match self.call(Request::ContinuePublish { job, upload_link, url }, file).await? {
            (Reply::Publish(view), _) => view.read(),
            _ => Err(unexpected()),
        }
    }

    /// Checks and keeps a weights file to score with.
    ///
    /// # Errors
    /// Where it holds no model, as where the key is wrong, or cannot be read.
    pub async fn take_score_file(
        &self,
        file: &File,
        key: Option<KeyText>,
    ) -> Result<ScoreFile, Failure> {
        match self.call(Request::TakeScoreFile { key }, Some(file)).await? {
            (Reply::ScoreFile(it), _) => it.read(),
            _ => Err(unexpected()),
        }
    }

    /// Begins to score a file. The call's id names the progress that is told.
    #[must_use]
    pub fn begin_score(&self, options: &ScoreOptions, data: &File) -> Call {
        self.begin(&Request::Score(Late::new(options)), Some(data))
    }

    /// The sealed file of a publication and the name it should have.
    ///
    /// # Errors
    /// Where it is not whole yet, or gone.
    pub async fn sealed_file(&self, job: JobId) -> Result<(String, File), Failure> {
        match self.call(Request::SealedFile(job), None).await? {
            (Reply::SealedFile { file_name }, Some(file)) => Ok((file_name, file)),
            _ => Err(unexpected()),
        }
    }
}
