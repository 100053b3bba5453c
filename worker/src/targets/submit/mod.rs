//! Submissions: the core's state machine, driven. Each state is stored before it is acted on, and the
//! data is kept in the origin's private files until the target is filled.

mod record;
mod steps;
mod work;

pub(crate) use steps::{executed, look_again, not_executed, prepare, sending, settle_all};

use super::tell;
use crate::activity::Ledger;
use crate::context::Context;
use crate::refusal::{Refusal, sentence};
use bridge::damaged::DamagedRecord;
use bridge::protocol::Failure;
use bridge::publish::Work;
use bridge::targets::{
    DataDestination, SubmissionId, SubmissionOptions, SubmissionView, TargetEvent,
};
use browser::abort::Abort;
use browser::clock::now_ms;
use browser::file;
use browser::private_file::{self, PrivateFileWriter};
use record::Record;
use std::cell::RefCell;
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;
use wasm_core::intent::{SubmitData, TargetError};
use wasm_core::job::submit::{Bringing, Submission, SubmissionError, SubmissionStage as Stage};
use wasm_core::manifest::{Manifest, Url};
use wasm_core::ports::Chain as _;
use wasm_core::tensor::SomaTensor;
use wasm_core::weights::Meter;
use web_sys::File;

/// Random bytes in the name of a submission, and in the data's at a blob store: nobody can guess where
/// it lies before it is submitted, and submit it first.
const ID_BYTES: usize = 16;
/// What private files of data are called.
const PREFIX: &str = "submission-";

/// What is only known while the worker lives.
#[derive(Default)]
pub(super) struct Submissions {
    /// Whose turn it is to change a record.
    turn: futures::lock::Mutex<()>,
    running: RefCell<BTreeMap<SubmissionId, (Abort, Option<Work>)>>,
    /// What its owner stopped does not go on by itself.
    paused: RefCell<BTreeSet<SubmissionId>>,
    problems: RefCell<BTreeMap<SubmissionId, Failure>>,
    links: RefCell<BTreeMap<SubmissionId, String>>,
}

impl From<SubmissionError> for Refusal {
    fn from(error: SubmissionError) -> Self {
        let what = sentence(&error);
        match error {
            SubmissionError::Target(error) => target_refusal(&error),
            SubmissionError::OtherData => {
                Self::new("submit/other-data", what, "Choose the file that was scored.")
            }
            SubmissionError::Empty => Self::new("submit/empty", what, "Choose another file."),
            SubmissionError::Mismatch(_) => {
                Self::passing("manifest/checksum", what, "Put the data there again.")
            }
            SubmissionError::OutOfPlace => {
                Self::new("submit/out-of-place", what, "Look at the submission's state.")
            }
        }
    }
}

/// Why a target takes no data. Nothing was spent.
fn target_refusal(error: &TargetError) -> Refusal {
    let what = sentence(error);
    match error {
        TargetError::Filled(_) => Refusal::new(
            "target/filled",
            "Somebody else filled this target first. Nothing was signed, and nothing was spent.",
            "Score the data for another target: it may come near enough there.",
        ),
        TargetError::NotFound(_) | TargetError::Claimed(_) => {
            Refusal::new("target/none", what, "Choose another target that is open.")
        }
        TargetError::Expired { .. } => Refusal::new(
            "target/expired",
            format!("{what} Nothing was signed, and nothing was spent."),
            "Score the data for a target of this epoch.",
        ),
        TargetError::ModelNotActive(_) => Refusal::new(
            "target/model-not-active",
            what,
            "Score the data with the other models of the target.",
        ),
        _ => Refusal::new("target/refused", what, "Nothing was signed. Change it and try again."),
    }
}

/// A submission as the page sees it.
fn view(context: &Context, record: &Record) -> SubmissionView {
    let submissions = &context.targets.submissions;
    let work = submissions.running.borrow().get(&record.id).map(|(_, work)| *work);
    let has_link = submissions.links.borrow().contains_key(&record.id);
    record.view(work, has_link, submissions.problems.borrow().get(&record.id).cloned())
}

fn tell_of(context: &Context, record: &Record) {
    tell(&TargetEvent::Submission(Box::new(view(context, record))));
}

/// Begins to submit data, once the target would take it.
pub(super) async fn start(
    context: &Rc<Context>,
    options: SubmissionOptions,
    file: Option<File>,
) -> Result<SubmissionView, Refusal> {
    let file = file
        .ok_or_else(|| Refusal::new("submit/no-data", "No data was chosen.", "Choose a file."))?;
    context.open_wallet()?;
    let ledger = Ledger::current(context)?;
    let node = context.following.node();
    let state = node.system_state().await?;
    let state = state.as_v1();
    let target = node.target(options.target).await?;
    let target = target.ok_or_else(|| target_refusal(&TargetError::NotFound(options.target)))?;
    let most = state.parameters.max_submission_data_size;
    if file::size(&file) > most {
        return Err(target_refusal(&TargetError::TooLarge { size: file::size(&file), most }));
    }
    let bytes = file::read_range(&file, 0, file::size(&file)).await?;
    let mut meter = Meter::new();
    meter.update(&bytes);
    let measured = meter.finish();
    let id = record::random_id();
    let (url, bringing) = address(&options.destination, &id)?;
    let intent = SubmitData {
        target: options.target,
        model: options.model,
        manifest: Manifest::new(url, measured.checksum, measured.size),
        embedding: SomaTensor::vector(options.embedding),
        distance: SomaTensor::scalar(options.distance),
        losses: SomaTensor::vector(options.losses),
    };
    let submission =
        Submission::new(ledger.account, intent, bringing, options.scored, (&target, state))?;
    let private_name = match bringing {
        Bringing::Upload => Some(keep(&id, &bytes).await?),
        Bringing::Hosted => None,
    };
    let record = Record {
        id,
        chain: ledger.chain,
        submission,
        destination: options.destination,
        data_name: file.name(),
        private_name,
        started_ms: now_ms(),
        in_flight: None,
        sent_ms: 0,
    };
    record.save(context).await?;
    if let Some(link) = options.upload_link {
        context.targets.submissions.links.borrow_mut().insert(record.id.clone(), link);
    }
    work::run(context, &record.id);
    Ok(view(context, &record))
}

/// Keeps the data until it is where the network fetches it.
async fn keep(id: &SubmissionId, bytes: &[u8]) -> Result<String, Refusal> {
    let name = format!("{PREFIX}{}", id.0);
    let mut kept = PrivateFileWriter::create(&name).await?;
    kept.write(bytes)?;
    kept.finish()?;
    Ok(name)
}

/// Where the data will lie, and how it comes there.
fn address(destination: &DataDestination, id: &SubmissionId) -> Result<(Url, Bringing), Refusal> {
    let (text, bringing) = match destination {
        DataDestination::BlobStore { base_url } => {
            (format!("{}/{}", base_url.trim_end_matches('/'), id.0), Bringing::Upload)
        }
        DataDestination::PresignedPut { public_url } => (public_url.clone(), Bringing::Upload),
        DataDestination::Hosted { url } => (url.clone(), Bringing::Hosted),
    };
    let url = text.trim().parse().map_err(|error: wasm_core::manifest::UrlParseError| {
        Refusal::new("url/invalid", sentence(&error), "Give the whole address, https:// included.")
    })?;
    Ok((url, bringing))
}

/// All submissions, newest first.
pub(super) async fn list(context: &Rc<Context>) -> Result<Vec<SubmissionView>, Refusal> {
    context.open_wallet()?;
    let mut records = Record::all(context).await?;
    records.sort_by_key(|record| Reverse(record.started_ms));
    Ok(records.iter().map(|record| view(context, record)).collect())
}

/// Submissions that cannot be read.
pub(crate) async fn damaged(context: &Context) -> Result<Vec<DamagedRecord>, Refusal> {
    Record::damaged(context).await
}

/// Goes on with a submission.
pub(super) async fn resume(
    context: &Rc<Context>,
    id: &SubmissionId,
    upload_link: Option<String>,
) -> Result<SubmissionView, Refusal> {
    context.open_wallet()?;
    let submissions = &context.targets.submissions;
    submissions.paused.borrow_mut().remove(id);
    let problem = submissions.problems.borrow_mut().remove(id);
    if let Some(link) = upload_link {
        submissions.links.borrow_mut().insert(id.clone(), link);
    }
    let mut record = Record::load(context, id).await?;
    let lies_wrong = problem.is_some_and(|problem| {
        problem.code.starts_with("manifest/") || problem.code == "download/status"
    });
    let is_running = submissions.running.borrow().contains_key(id);
    if lies_wrong && !is_running && matches!(record.submission.stage(), Stage::Verifying) {
        record = Record::change(context, id, Submission::on_unverified).await?;
    }
    work::run(context, id);
    Ok(view(context, &record))
}

/// Stops what is being done; the submission waits until somebody goes on with it.
pub(super) async fn pause(
    context: &Rc<Context>,
    id: &SubmissionId,
) -> Result<SubmissionView, Refusal> {
    let submissions = &context.targets.submissions;
    submissions.paused.borrow_mut().insert(id.clone());
    if let Some((abort, _)) = submissions.running.borrow().get(id) {
        abort.stop();
    }
    let record = Record::load(context, id).await?;
    Ok(view(context, &record))
}

/// Forgets a submission and its local data.
pub(super) async fn remove(
    context: &Rc<Context>,
    id: &SubmissionId,
) -> Result<Vec<SubmissionView>, Refusal> {
    context.open_wallet()?;
    let submissions = &context.targets.submissions;
    if let Some((abort, _)) = submissions.running.borrow().get(id) {
        abort.stop();
    }
    {
        // Nothing can be sent for it from the check to the end.
        let _turn = submissions.turn.lock().await;
        let record = Record::load(context, id).await?;
        if !record.submission.may_be_removed() {
            return Err(Refusal::passing(
                "submit/settling",
                "Its transaction was sent, and what became of it is not known yet.",
                "Wait until the wallet has found out.",
            ));
        }
        if let Some(name) = &record.private_name {
            private_file::remove(name).await?;
        }
        context.store.remove(browser::store::Drawer::Submissions, &id.0).await?;
    }
    submissions.problems.borrow_mut().remove(id);
    submissions.links.borrow_mut().remove(id);
    submissions.paused.borrow_mut().remove(id);
    tell(&TargetEvent::SubmissionRemoved(id.clone()));
    list(context).await
}

/// Another epoch or chain, or the wallet was opened: what was interrupted goes on.
pub(crate) async fn network_moved(context: &Rc<Context>) {
    let Ok(ledger) = Ledger::current(context) else { return };
    super::tray::renew(context);
    let Ok(records) = Record::all(context).await else { return };
    let submissions = &context.targets.submissions;
    for record in records.into_iter().filter(|record| record.chain == ledger.chain) {
        let stands = submissions.problems.borrow().contains_key(&record.id)
            || submissions.paused.borrow().contains(&record.id);
        if matches!(record.submission.stage(), Stage::Uploading | Stage::Verifying) && !stands {
            work::run(context, &record.id);
        }
        tell_of(context, &record);
    }
    settle_all(context).await;
}

/// Deletes all data that is kept, before everything else is erased.
pub(crate) async fn erase_files(context: &Context) -> Result<(), Refusal> {
    let submissions = &context.targets.submissions;
    for (abort, _) in submissions.running.borrow().values() {
        abort.stop();
    }
    let _turn = submissions.turn.lock().await;
    submissions.problems.borrow_mut().clear();
    submissions.links.borrow_mut().clear();
    submissions.paused.borrow_mut().clear();
    for file in private_file::list(PREFIX).await? {
        private_file::remove(&file.name).await?;
    }
    Ok(())
}
