//! From a request to its reply.

use crate::context::Context;
use crate::post::{post, post_to_own, post_with_file, scope};
use crate::refusal::Refusal;
use crate::settings::Settings;
use crate::vault::Presence;
use crate::{
    accounts, activity, coins, damaged, dapp, epochs, explore, guests, indexer, models, money,
    multisig, network, publish, review, score, stakes, targets, validators, vault, wallet, watch,
};
use bridge::guest::PageNumber;
use bridge::late::Late;
use bridge::network::{Network, NetworkState, NetworkStatus};
use bridge::protocol::{Event, Failure, Reply, Request, RequestId, VERSION};
use browser::clock::sleep_ms;
use browser::store::Store;
use browser::turn::{self, TurnError};
use futures::future::{AbortHandle, Abortable, Either, select};
use serde::de::{DeserializeOwned, IgnoredAny};
use std::cell::RefCell;
use std::pin::pin;
use std::rc::Rc;
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{File, MessageEvent};
use zeroize::Zeroizing;

/// The database of this origin, and the lock that guards it.
pub(crate) const STORE: &str = "soma-wallet";
/// How long a tab that opens alone may wait for its turn before it says that another one has it.
const GRANT_MS: u32 = 400;

/// What requests are answered with: the wallet, or why there is none to be had yet.
pub(crate) type Desk = Rc<RefCell<Result<Rc<Context>, Refusal>>>;

/// Hears requests from now on, and says that it does.
pub(crate) async fn begin() {
    let desk: Desk = Rc::new(RefCell::new(Err(other_tab())));
    listen(Rc::clone(&desk));
    // Two workers would seal over each other's vault, so only one works at a time. A tab that opens
    // alone has its turn at once.
    let mut taking = pin!(turn::take(STORE));
    match select(&mut taking, pin!(sleep_ms(GRANT_MS))).await {
        Either::Left((turn, _)) => enter(&desk, turn).await,
        Either::Right(_) => {
            post_to_own(&Event::Ready { version: VERSION, waits: true });
            let turn = taking.await;
            enter(&desk, turn).await;
            post_to_own(&Event::Turn);
            if let Ok(context) = &*desk.borrow() {
                post(&Event::Wallet(wallet::status(context)));
            }
            return;
        }
    }
    post_to_own(&Event::Ready { version: VERSION, waits: false });
}

async fn enter(desk: &Desk, turn: Result<(), TurnError>) {
    let context = match turn {
        Ok(()) => open().await.map(Rc::new),
        Err(error) => Err(Refusal::new(
            "browser/locks",
            wallet::capital(&error),
            "Use an up-to-date browser over https or localhost.",
        )),
    };
    if let Ok(context) = &context {
        let choice = context.following.choice();
        wasm_bindgen_futures::spawn_local(network::follow(Rc::clone(context), choice));
        wasm_bindgen_futures::spawn_local(vault::lock_when_left(Rc::clone(context)));
    }
    *desk.borrow_mut() = context;
    guests::open(desk);
}

fn other_tab() -> Refusal {
    Refusal::passing(
        "wallet/other-tab",
        "The wallet is open in another tab of this browser.",
        "Use that tab, or close it: this one goes on by itself then.",
    )
}

fn listen(desk: Desk) {
    on_request(move |parcel| {
        let answer = answer_parcel(&desk, Some(parcel));
        async move {
            let (result, file) = answer.await;
            (result.map_err(Refusal), file)
        }
    });
}

/// What comes of a request, whoever made it; nothing can come of one that cannot be read.
pub(crate) fn answer_parcel(
    desk: &Desk,
    parcel: Option<Parcel>,
) -> impl Future<Output = (Result<Reply, Failure>, Option<File>)> + use<> {
    let context = desk.borrow().clone();
    async move {
        let (result, file) = match (parcel, context) {
            (Some(Parcel { id, request, file }), Ok(context)) => {
                answer(&context, id, request, file).await
            }
            (Some(_), Err(refusal)) => (Err(refusal), None),
            (None, _) => (Err(unreadable()), None),
        };
        (result.map_err(|Refusal(failure)| failure), file)
    }
}

/// A request as it came.
pub(crate) struct Parcel {
    pub(crate) id: RequestId,
    pub(crate) request: Request,
    pub(crate) file: Option<File>,
}

/// Has every request answered from now on.
pub(crate) fn on_request<F>(answer: impl Fn(Parcel) -> F + 'static)
where
    F: Future<Output = (Result<Reply, Refusal>, Option<File>)> + 'static,
{
    let on_message = Closure::<dyn FnMut(MessageEvent)>::new(move |event: MessageEvent| {
        let parcel = match read(&event) {
            Ok(parcel) => parcel,
            Err(Some(id)) => return post(&Event::Reply { id, result: Err(unreadable().0) }),
            Err(None) => return,
        };
        let id = parcel.id;
        let answer = answer(parcel);
        wasm_bindgen_futures::spawn_local(async move {
            let (result, file) = answer.await;
            let result = result.map_err(|Refusal(failure)| failure);
            post_with_file(&Event::Reply { id, result }, file.as_ref());
        });
    });
    scope().set_onmessage(Some(on_message.as_ref().unchecked_ref()));
    // It listens for as long as the worker lives.
    on_message.forget();
}

async fn open() -> Result<Context, Refusal> {
    let store = Store::open(STORE).await?;
    let settings = Settings::load(&store).await?;
    let presence = Presence::look(&store).await;
    Ok(Context::new(store, settings, presence))
}

/// Reads a parcel `[text, file?]`. Of one that cannot be read, its id, where it has one.
pub(crate) fn read(event: &MessageEvent) -> Result<Parcel, Option<RequestId>> {
    let parcel: js_sys::Array = event.data().dyn_into().map_err(|_| None)?;
    // Passwords and phrases cross this way.
    let text = Zeroizing::new(parcel.get(0).as_string().ok_or(None)?);
    let (id, request) = serde_json::from_str(&text).map_err(|_| {
        let addressed: Option<(RequestId, IgnoredAny)> = serde_json::from_str(&text).ok();
        addressed.map(|(id, _)| id)
    })?;
    let file = Some(parcel.get(1)).filter(JsValue::is_object).and_then(|file| file.dyn_into().ok());
    Ok(Parcel { id, request, file })
}

/// Reads what a request brings along.
pub(crate) fn read_late<T: DeserializeOwned>(late: &Late<T>) -> Result<T, Refusal> {
    late.read().map_err(|_| unreadable())
}

fn unreadable() -> Refusal {
    Refusal::new(
        "bridge/unreadable",
        "This request holds something that the wallet cannot read. Nothing was done.",
        "Look at what you entered: each number must be one.",
    )
}

async fn answer(
    context: &Rc<Context>,
    id: RequestId,
    request: Request,
    file: Option<File>,
) -> (Result<Reply, Refusal>, Option<File>) {
    if let Request::SealedFile(job) = request {
        return match publish::sealed_file(context, &job).await {
            Ok((file_name, file)) => (Ok(Reply::SealedFile { file_name }), Some(file)),
            Err(refusal) => (Err(refusal), None),
        };
    }
    let page = PageNumber::of(id).unwrap_or(PageNumber::OWN);
    match request {
        Request::WatchNetwork => {
            let pulse = watch::begin(context, page);
            return (Ok(Reply::Pulse(Late::new(&pulse))), None);
        }
        Request::UnwatchNetwork => {
            watch::end(context, page);
            return (Ok(Reply::Done), None);
        }
        _ => {}
    }
    if let Request::Targets(request) = request {
        return match read_late(&request) {
            Ok(request) => Box::pin(targets::answer(context, request, file)).await,
            Err(refusal) => (Err(refusal), None),
        };
    }
    if !may_be_given_up(&request) {
        // So large a future is not passed around on the stack.
        return (Box::pin(perform(context, page, request, file)).await, None);
    }
    let (abort, stopped) = AbortHandle::new_pair();
    context.running.borrow_mut().insert(id, abort);
    let result = Abortable::new(Box::pin(perform(context, page, request, file)), stopped).await;
    context.running.borrow_mut().remove(&id);
    (result.unwrap_or_else(|_| Err(browser::abort::Aborted.into())), None)
}

/// Whether a request only asks. One that stores or sends something ends by itself: half of it done would
/// be worse than all or nothing.
const fn may_be_given_up(request: &Request) -> bool {
    matches!(
        request,
        Request::InspectImport { .. }
            | Request::ProbeNetwork(_)
            | Request::Account
            | Request::RequestFaucet
            | Request::PrepareSend { .. }
            | Request::Stakes
            | Request::PrepareStakeAct(_)
            | Request::Holdings
            | Request::PrepareCoinsAct(_)
            | Request::InspectWeights
            | Request::ScoreChoices
            | Request::ScoreTarget(_)
            | Request::Models(_)
            | Request::Economy
            | Request::EpochHistory { .. }
            | Request::Validators
            | Request::PrepareValidatorAct(_)
            | Request::Find(_)
            | Request::ShowTransaction(_)
            | Request::ShowCheckpoint(_)
            | Request::ShowObject { .. }
            | Request::ShowAddress(_)
            | Request::ShowEpoch(_)
            | Request::Indexer(_)
    )
}

#[expect(clippy::too_many_lines, reason = "one arm a request, and nothing else")]
async fn perform(
    context: &Rc<Context>,
    page: PageNumber,
    request: Request,
    file: Option<File>,
) -> Result<Reply, Refusal> {
    match request {
        Request::Status => Ok(Reply::Status(wallet::status(context))),
        Request::DraftPhrase { words } => {
            wallet::draft(context, words).map(|it| Reply::Draft(Late::new(&it)))
        }
        Request::CreateWallet { answers, password, names } => {
            wallet::create(context, &answers, &password, &names).await.map(Reply::Status)
        }
        Request::InspectImport { secret, names } => {
            wallet::inspect(&secret, &names).map(|it| Reply::ImportPreview(Late::new(&it)))
        }
        Request::ImportWallet { secret, password, names } => {
            wallet::import(context, &secret, &password, &names).await.map(Reply::Status)
        }
        Request::Unlock(password) => vault::unlock(context, &password).await.map(Reply::Status),
        Request::Lock => Ok(Reply::Status(vault::lock(context))),
        Request::ChangePassword { current, new } => {
            vault::change_password(context, &current, &new).await?;
            Ok(Reply::Done)
        }
        Request::SetAutoLock { minutes } => {
            context.change_settings(|settings| settings.auto_lock_minutes = minutes).await?;
            Ok(Reply::Status(wallet::status(context)))
        }
        // Only this: most requests are made by a page that nobody may be looking at.
        Request::Touch => {
            vault::touch(context);
            Ok(Reply::Done)
        }
        Request::EraseWallet => vault::erase(context).await.map(Reply::Status),
        Request::SelectAccount(address) => {
            wallet::select(context, address).await.map(Reply::Status)
        }
        Request::Vault(request) => vault::answer(context, read_late(&request)?)
            .await
            .map(|reply| Reply::Vault(Late::new(&reply))),
        Request::BackupWallet { current, password } => {
            let (file_name, contents) = vault::backup(context, &current, &password).await?;
            Ok(Reply::Backup { file_name, contents })
        }

        Request::Accounts(request) => Box::pin(accounts::answer(context, read_late(&request)?))
            .await
            .map(|reply| Reply::Accounts(Late::new(&reply))),

        Request::Networks => Ok(Reply::Networks(context.settings.borrow().networks())),
        Request::SelectNetwork { name } => select_network(context, name).await,
        Request::AddNetwork(network) => add_network(context, network).await,
        Request::RemoveNetwork { name } => remove_network(context, &name).await,
        Request::KeepIndexer { network, graphql_url } => {
            indexer::keep(context, network, graphql_url).await?;
            Ok(Reply::Networks(context.settings.borrow().networks()))
        }
        Request::ProbeNetwork(network) => {
            let node = network::connect(&network.rpc_url)?;
            let state = network::ask(&node, &network).await;
            if let (NetworkState::Online(_), Some(url)) = (&state, &network.graphql_url) {
                indexer::probe(&node, url).await?;
            }
            Ok(Reply::NetworkStatus(NetworkStatus { network, state }))
        }
        Request::NetworkStatus => Ok(Reply::NetworkStatus(context.following.status())),
        Request::AdvanceEpoch => {
            network::advance_epoch(context).await?;
            Ok(Reply::NetworkStatus(network::refresh(context).await))
        }

        Request::Account => money::account(context).await.map(|it| Reply::Account(Late::new(&it))),
        Request::Activity(request) => activity::answer(context, read_late(&request)?)
            .await
            .map(|view| Reply::Activity(Late::new(&view))),
        Request::RequestFaucet => {
            money::request_faucet(context).await.map(|it| Reply::Receipt(Late::new(&it)))
        }
        Request::PrepareSend { recipient, amount } => {
            money::prepare_send(context, recipient, amount).await
        }
        Request::Stakes => {
            stakes::stakes(context).await.map(|stakes| Reply::Stakes(Late::new(&stakes)))
        }
        Request::PrepareStakeAct(act) => stakes::prepare(context, read_late(&act)?).await,
        Request::Holdings => {
            coins::holdings(context).await.map(|holdings| Reply::Holdings(Late::new(&holdings)))
        }
        Request::PrepareCoinsAct(act) => coins::prepare(context, read_late(&act)?).await,
        Request::Confirm { review, consent } => review::confirm(context, review, &consent)
            .await
            .map(|it| Reply::Receipt(Late::new(&it))),
        Request::Discard(review) => {
            context.reviews.borrow_mut().forget(review);
            Ok(Reply::Done)
        }

        Request::Multisig(request) => {
            Box::pin(multisig::answer(context, read_late(&request)?)).await
        }

        Request::InspectWeights => {
            publish::inspect(file.as_ref()).await.map(|it| Reply::Weights(Late::new(&it)))
        }
        Request::StartPublish(options) => publish::start(context, read_late(&options)?, file)
            .await
            .map(|view| Reply::Publish(Late::new(&view))),
        Request::PublishJobs => {
            publish::list(context).await.map(|it| Reply::PublishJobs(Late::new(&it)))
        }
        Request::ContinuePublish { job, upload_link, url } => {
            publish::resume(context, &job, upload_link, url, file)
                .await
                .map(|view| Reply::Publish(Late::new(&view)))
        }
        Request::PausePublish(job) => {
            publish::pause(context, &job).await.map(|view| Reply::Publish(Late::new(&view)))
        }
        Request::PreparePublishStep { job, despite_checks } => {
            publish::prepare_step(context, &job, despite_checks).await
        }
        Request::BackupPublish { job, current, password } => {
            vault::check_password(context, &current).await?;
            let (file_name, contents) = publish::backup(context, &job, &password).await?;
            Ok(Reply::Backup { file_name, contents })
        }
        Request::RestorePublish { contents, password, model } => {
            publish::restore(context, &contents, &password, model)
                .await
                .map(|view| Reply::Publish(Late::new(&view)))
        }
        Request::RemovePublish(job) => {
            publish::remove(context, &job).await.map(|it| Reply::PublishJobs(Late::new(&it)))
        }
        Request::SealedFile(_)
        | Request::Targets(_)
        | Request::WatchNetwork
        | Request::UnwatchNetwork => unreachable!("answered above"),
        Request::ScoreChoices => {
            let choices = score::all_choices(context).await?;
            Ok(Reply::ScoreChoices(Late::new(&choices)))
        }
        Request::ScoreTarget(target) => {
            let choices = score::target_choices(context, target).await?;
            Ok(Reply::ScoreChoices(Late::new(&choices)))
        }
        Request::ScoreEngines
        | Request::TakeScoreFile { .. }
        | Request::DropScoreFile(_)
        | Request::Score(_)
        | Request::KeptWeights
        | Request::DropKeptWeights
        | Request::Weights(_)
        | Request::Matching(_) => Err(Refusal::new(
            "score/not-here",
            "The wallet's worker does not score.",
            "Reload the page.",
        )),
        Request::Economy => {
            watch::economy(context).await.map(|economy| Reply::Economy(Late::new(&economy)))
        }
        Request::EpochHistory { newest, count } => epochs::history(context, newest, count)
            .await
            .map(|it| Reply::EpochHistory(Late::new(&it))),
        Request::Validators => {
            validators::table(context).await.map(|table| Reply::Validators(Late::new(&table)))
        }
        Request::PrepareValidatorAct(act) => validators::prepare(context, read_late(&act)?).await,
        Request::Find(text) => {
            explore::find(context, &text).await.map(|it| Reply::Places(Late::new(&it)))
        }
        Request::ShowTransaction(digest) => explore::transaction(context, digest)
            .await
            .map(|looked| Reply::Transaction(Late::new(&looked))),
        Request::ShowCheckpoint(name) => explore::checkpoint(context, name)
            .await
            .map(|looked| Reply::Checkpoint(Late::new(&looked))),
        Request::ShowObject { id, version } => explore::object(context, id, version)
            .await
            .map(|looked| Reply::Object(Late::new(&looked))),
        Request::ShowAddress(address) => {
            explore::address(context, address).await.map(|view| Reply::Address(Late::new(&view)))
        }
        Request::ShowEpoch(epoch) => {
            explore::epoch(context, epoch).await.map(|looked| Reply::Epoch(Late::new(&looked)))
        }

        Request::Indexer(request) => indexer::answer(context, read_late(&request)?).await,
        Request::Models(request) => models::answer(context, read_late(&request)?).await,
        Request::Dapp(request) => Box::pin(dapp::answer(context, page, read_late(&request)?))
            .await
            .map(|reply| Reply::Dapp(Late::new(&reply))),
        Request::Damaged(request) => damaged::answer(context, read_late(&request)?)
            .await
            .map(|it| Reply::Damaged(Late::new(&it))),
        Request::Cancel(other) => {
            if let Some(abort) = context.running.borrow().get(&other) {
                abort.abort();
            }
            Ok(Reply::Done)
        }
    }
}

async fn select_network(context: &Rc<Context>, name: String) -> Result<Reply, Refusal> {
    let network = context.settings.borrow().networks().into_iter().find(|own| own.name == name);
    let Some(network) = network else {
        return Err(Refusal::new(
            "network/unknown",
            format!("There is no network named {name}."),
            "Choose one of the list, or add it.",
        ));
    };
    network::connect(&network.rpc_url)?;
    context.change_settings(|settings| settings.network = name).await?;
    network::choose(context, network);
    Ok(Reply::NetworkStatus(context.following.status()))
}

async fn add_network(context: &Rc<Context>, network: Network) -> Result<Reply, Refusal> {
    network::connect(&network.rpc_url)?;
    let name = network.name.trim().to_owned();
    let taken = context.settings.borrow().networks().iter().any(|own| own.name == name);
    if taken || name.is_empty() {
        return Err(Refusal::new(
            "network/name",
            "A network needs a name of its own.",
            "Choose a name that is not taken.",
        ));
    }
    let network = Network { name, built_in: false, ..network };
    context.change_settings(|settings| settings.own_networks.push(network)).await?;
    Ok(Reply::Networks(context.settings.borrow().networks()))
}

async fn remove_network(context: &Rc<Context>, name: &str) -> Result<Reply, Refusal> {
    let chosen = context.settings.borrow().network == name;
    context
        .change_settings(|settings| settings.own_networks.retain(|network| network.name != name))
        .await?;
    if chosen {
        let network = context.settings.borrow().network();
        let first = network.name.clone();
        context.change_settings(|settings| settings.network = first).await?;
        network::choose(context, network);
    }
    Ok(Reply::Networks(context.settings.borrow().networks()))
}
