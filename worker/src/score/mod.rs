//! Scoring: what there is to choose, told by the wallet's worker; and a worker that does nothing else.
//!
//! A second instance of this program scores, because half a layer may keep the processor busy for
//! seconds, in which the wallet's worker would hear no request to lock. It holds no vault, and knows
//! of the wallet only what a scoring names.

mod cache;
mod choices;
mod engine;
mod instructions;
mod job;
mod kernels;
mod matching;
mod open_targets;
mod planning;
mod refusals;
mod remote;
mod source;
mod telling;
mod turn;
mod weights;

pub(crate) use cache::clear as forget_weights;
pub(crate) use choices::{all as all_choices, target as target_choices};
pub(crate) use matching::erase_files;
pub(crate) use source::FileSource;

use crate::post::post;
use crate::refusal::{Refusal, sentence};
use crate::serve::{self, Parcel, read_late};
use bridge::late::Late;
use bridge::matching::MatchRequest;
use bridge::models::{ModelsReply, WeightsRequest};
use bridge::protocol::{Event, Reply, Request, RequestId, VERSION};
use bridge::score::{KeyText, ScoreFile, ScoreFileId};
use browser::abort::Aborted;
use browser::file;
use engine::Device;
use futures::future::{AbortHandle, Abortable};
use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::rc::Rc;
use wasm_core::weights::DecryptionKey;
use web_sys::File;

/// All that the scoring worker has.
#[derive(Default)]
struct Desk {
    device: Device,
    planning: planning::Planning,
    matching: matching::Matching,
    files: RefCell<BTreeMap<ScoreFileId, LocalModel>>,
    next_file: Cell<u64>,
    /// Whose turn it is to score.
    turn: turn::Turn,
    running: RefCell<BTreeMap<RequestId, AbortHandle>>,
}

/// An answer, with a file beside it where one was asked for.
type Answered = (Reply, Option<File>);

/// A model file that was handed over.
#[derive(Clone)]
struct LocalModel {
    file: File,
    key: Option<DecryptionKey>,
}

/// Hears requests from now on, and says that it does.
pub(crate) fn begin() {
    let desk = Rc::new(Desk::default());
    serve::on_request(move |Parcel { id, request, file }| {
        let desk = Rc::clone(&desk);
        async move {
            let answered = match request {
                Request::Matching(request) => match read_late(&request) {
                    Ok(request) => about_matching(&desk, id, request, file).await,
                    Err(refusal) => Err(refusal),
                },
                request => {
                    until_given_up(&desk, id, answer_with_file(&desk, id, request, file)).await
                }
            };
            match answered {
                Ok((reply, file)) => (Ok(reply), file),
                Err(refusal) => (Err(refusal), None),
            }
        }
    });
    post(&Event::Ready { version: VERSION, waits: false });
}

/// What comes of a request, unless it is given up before.
async fn until_given_up(
    desk: &Desk,
    id: RequestId,
    answer: impl Future<Output = Result<Answered, Refusal>>,
) -> Result<Answered, Refusal> {
    let (abort, stopped) = AbortHandle::new_pair();
    desk.running.borrow_mut().insert(id, abort);
    // So large a future is not passed around on the stack.
    let answered = Abortable::new(Box::pin(answer), stopped).await;
    desk.running.borrow_mut().remove(&id);
    answered.unwrap_or_else(|_| Err(Aborted.into()))
}

async fn about_matching(
    desk: &Rc<Desk>,
    id: RequestId,
    request: MatchRequest,
    file: Option<File>,
) -> Result<Answered, Refusal> {
    let may_be_given_up = matching::may_be_given_up(&request);
    let answer = Box::pin(matching::answer(desk, request, file));
    if may_be_given_up { until_given_up(desk, id, answer).await } else { answer.await }
}

async fn answer_with_file(
    desk: &Desk,
    id: RequestId,
    request: Request,
    file: Option<File>,
) -> Result<Answered, Refusal> {
    if let Request::Weights(request) = request {
        return about_weights(desk, id, read_late(&request)?).await;
    }
    answer(desk, id, request, file).await.map(|reply| (reply, None))
}

async fn about_weights(
    desk: &Desk,
    id: RequestId,
    request: WeightsRequest,
) -> Result<Answered, Refusal> {
    let reply = match request {
        WeightsRequest::Fetch { model, network } => {
            let report = weights::fetch(desk, id, model, &network).await?;
            ModelsReply::Weights(Box::new(report))
        }
        WeightsRequest::Save { model, network, plain } => {
            let (file_name, file) = weights::save(desk, id, model, &network, plain).await?;
            return Ok((Reply::SealedFile { file_name }, Some(file)));
        }
        WeightsRequest::Plan(options) => {
            ModelsReply::Plan(Box::new(planning::plan(desk, &options).await?))
        }
        WeightsRequest::Propose { network, stake, replaces } => {
            ModelsReply::Proposals(planning::propose(desk, &network, stake, replaces).await?)
        }
    };
    Ok((Reply::Models(Late::new(&reply)), None))
}

async fn answer(
    desk: &Desk,
    id: RequestId,
    request: Request,
    file: Option<File>,
) -> Result<Reply, Refusal> {
    match request {
        Request::ScoreEngines => Ok(Reply::ScoreEngines(Late::new(&desk.device.engines().await))),
        Request::TakeScoreFile { key } => {
            take_file(desk, key, file).await.map(|it| Reply::ScoreFile(Late::new(&it)))
        }
        Request::DropScoreFile(file) => {
            desk.files.borrow_mut().remove(&file);
            Ok(Reply::Done)
        }
        Request::Score(options) => job::run(desk, id, read_late(&options)?, file)
            .await
            .map(|result| Reply::Score(Late::new(&result))),
        Request::KeptWeights => cache::kept().await.map(|it| Reply::KeptWeights(Late::new(&it))),
        Request::DropKeptWeights => {
            // A file in use stays, and says so.
            cache::clear().await?;
            weights::forget_plain().await?;
            cache::kept().await.map(|it| Reply::KeptWeights(Late::new(&it)))
        }
        Request::Cancel(other) => {
            if let Some(abort) = desk.running.borrow().get(&other) {
                abort.abort();
            }
            Ok(Reply::Done)
        }
        _ => Err(Refusal::new(
            "score/not-here",
            "The scoring worker has no wallet.",
            "Reload the page.",
        )),
    }
}

/// Keeps a model file once it has shown that it holds a model.
async fn take_file(
    desk: &Desk,
    key: Option<KeyText>,
    file: Option<File>,
) -> Result<ScoreFile, Refusal> {
    let Some(file) = file else {
        return Err(Refusal::new("score/no-model", "No file was chosen.", "Choose one."));
    };
    let key = key.map(|key| DecryptionKey::parse(&key.0)).transpose();
    let key = key.map_err(|error| {
        Refusal::new("score/key", sentence(&error), "Paste the whole key as it was published.")
    })?;
    let local = LocalModel { file, key };
    let weights = job::open_local(&local).await?.weights;
    let config = *weights.config();
    let id = ScoreFileId(desk.next_file.replace(desk.next_file.get() + 1));
    let (name, size) = (local.file.name(), file::size(&local.file));
    desk.files.borrow_mut().insert(id, local);
    let (width, layers) = (config.width() as u64, config.layers() as u64);
    Ok(ScoreFile { id, name, size, width, layers, parameters: config.parameters() })
}
