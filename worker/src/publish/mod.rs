//! Publications: the core's state machine, driven. Each state is stored before it is acted on.

mod pace;
mod record;
mod sealing;
mod steps;
mod uploading;
mod verifying;
mod work;

pub(crate) use record::Record;
pub(crate) use steps::{executed, not_executed, prepare_step, sending, settle};
pub(crate) use work::pause;

use crate::activity::Ledger;
use crate::context::Context;
use crate::post::post;
use crate::refusal::Refusal;
use crate::wallet::{capital, open_backup, seal_refusal};
use bridge::protocol::{Event, Failure};
use bridge::publish::{Destination, JobId, PublishOptions, PublishView, WeightsSummary, Work};
use bridge::wallet::Password;
use browser::abort::Abort;
use browser::clock::now_ms;
use browser::file;
use browser::private_file;
use browser::random::BrowserRandom;
use rand_core::Rng as _;
use std::cell::RefCell;
use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::rc::Rc;
use wasm_core::address::ModelId;
use wasm_core::job::publish::{self as machine, Publication, PublishError, Stage};
use wasm_core::manifest::Url;
use wasm_core::ports::Chain as _;
use wasm_core::safetensors::{HeaderReader, SafetensorsError};
use wasm_core::tensor::SomaTensor;
use wasm_core::vault::{self, Backup};
use wasm_core::weights::{DecryptionKey, Sealer};
use web_sys::File;

/// What is only known while the worker lives.
#[derive(Default)]
pub(crate) struct Publications {
    running: RefCell<BTreeMap<JobId, (Abort, Option<Work>)>>,
    problems: RefCell<BTreeMap<JobId, Failure>>,
    links: RefCell<BTreeMap<JobId, String>>,
    sealers: RefCell<BTreeMap<JobId, (Sealer, DecryptionKey)>>,
}

/// Checks the header of a weights file.
pub(crate) async fn inspect(file: Option<&File>) -> Result<WeightsSummary, Refusal> {
    let file = file.ok_or_else(no_file)?;
    let size = file::size(file);
    let mut reader = HeaderReader::new(size)?;
    while let Some(wanted) = reader.wanted() {
        reader.take(&file::read_range(file, wanted.start, wanted.end).await?)?;
    }
    let header = reader.finish()?;
    let mut dtypes: Vec<_> = header.dtypes().into_iter().collect();
    dtypes.sort_by_key(|&(dtype, count)| (Reverse(count), dtype));
    Ok(WeightsSummary {
        file_name: file.name(),
        size,
        tensors: header.tensors().len() as u64,
        parameters: header.parameter_count(),
        dtypes: dtypes.into_iter().map(|(dtype, _)| dtype.as_str().to_owned()).collect(),
    })
}

fn no_file() -> Refusal {
    Refusal::new("file/missing", "No file was chosen.", "Choose a .safetensors file.")
}

impl From<SafetensorsError> for Refusal {
    fn from(error: SafetensorsError) -> Self {
        Self::new(
            "file/not-safetensors",
            capital(&error),
            "Choose the .safetensors file that your training saved, whole.",
        )
    }
}

impl From<PublishError> for Refusal {
    fn from(error: PublishError) -> Self {
        let next = match &error {
            PublishError::Embedding(_) => "Give the embedding of exactly this model's weights.",
            PublishError::NotFetchable => "Name an address that begins with http:// or https://.",
            PublishError::RevealMissed { .. } => "Commit again; the sealed file can be used again.",
            PublishError::NotInVault(_) | PublishError::EmbeddingNotStored => {
                "Restore the backup of this publication, then go on."
            }
            _ => "Nothing was signed. Look at the publication's state and go on from there.",
        };
        Self::new("publish/refused", capital(&error), next)
    }
}

/// Begins to publish a weights file.
pub(crate) async fn start(
    context: &Rc<Context>,
    options: PublishOptions,
    file: Option<File>,
) -> Result<PublishView, Refusal> {
    let file = file.ok_or_else(no_file)?;
    let summary = inspect(Some(&file)).await?;
    context.open_wallet()?;
    let ledger = Ledger::current(context)?;
    let state = context.following.node().system_state().await?;
    let embedding = SomaTensor::vector(options.embedding);
    let publication = Publication::new(
        ledger.account,
        options.subject,
        destination(&options.destination)?,
        &embedding,
        state.as_v1(),
    )?;
    let record = Record {
        id: random_id(),
        name: options.name,
        chain: ledger.chain,
        publication,
        destination: options.destination,
        file_name: summary.file_name,
        file_size: summary.size,
        started_ms: now_ms(),
        upload_url: None,
        private_name: None,
        in_flight: None,
        sent_ms: 0,
        backed_up: false,
    };
    if let Some(link) = options.upload_link {
        context.publications.links.borrow_mut().insert(record.id.clone(), link);
    }
    let record = work::take_file(context, record, Some(embedding)).await?;
    let view = view(context, &record);
    work::run(context, record.id, Some(file));
    Ok(view)
}

fn destination(destination: &Destination) -> Result<machine::Destination, Refusal> {
    Ok(match destination {
        Destination::BlobStore { base_url } => {
            parse_url(base_url)?;
            machine::Destination::BlobStore
        }
        Destination::PresignedPut { public_url } => {
            machine::Destination::PresignedPut { public_url: parse_url(public_url)? }
        }
        Destination::SaveToDisk => machine::Destination::Owner,
    })
}

fn parse_url(text: &str) -> Result<Url, Refusal> {
    text.trim().parse().map_err(|error: wasm_core::manifest::UrlParseError| {
        Refusal::new("url/invalid", capital(&error), "Give the whole address, https:// included.")
    })
}

/// Sixteen random bytes in hex: nobody can guess where a file lies before it is published.
fn random_id() -> JobId {
    let mut bytes = [0; 16];
    BrowserRandom.fill_bytes(&mut bytes);
    JobId(hex::encode(bytes))
}

/// A publication as the page sees it.
fn view(context: &Context, record: &Record) -> PublishView {
    let publications = &context.publications;
    let running = publications.running.borrow();
    let work = running.get(&record.id);
    let has_link = publications.links.borrow().contains_key(&record.id);
    record.view(
        context.following.facts().ok().filter(|facts| facts.chain_id == record.chain),
        work.map(|(_, work)| *work),
        has_link,
        publications.problems.borrow().get(&record.id).cloned(),
    )
}

fn tell(context: &Context, record: &Record) {
    post(&Event::Publish(Box::new(view(context, record))));
}

/// All publications, newest first.
pub(crate) async fn list(context: &Rc<Context>) -> Result<Vec<PublishView>, Refusal> {
    context.open_wallet()?;
    let mut records = Record::all(context).await?;
    records.sort_by_key(|record| Reverse(record.started_ms));
    Ok(records.iter().map(|record| view(context, record)).collect())
}

/// Gives a job what it waits for, and goes on.
pub(crate) async fn resume(
    context: &Rc<Context>,
    job: &JobId,
    upload_link: Option<String>,
    url: Option<String>,
    file: Option<File>,
) -> Result<PublishView, Refusal> {
    context.open_wallet()?;
    let mut record = Record::load(context, job).await?;
    let publications = &context.publications;
    if publications.running.borrow().contains_key(job) {
        return Ok(view(context, &record));
    }
    let problem = publications.problems.borrow_mut().remove(job);
    if let Some(link) = upload_link {
        publications.links.borrow_mut().insert(job.clone(), link);
    }
    if let Some(url) = url {
        record.publication = record.publication.on_url(parse_url(&url)?)?;
        record.save(context).await?;
    } else if matches!(record.publication.stage(), Stage::Verifying { .. })
        && problem.is_some_and(|problem| problem.code.starts_with("manifest/"))
    {
        // Another file lies there: it is uploaded again, to a fresh place where we choose it.
        record.publication = record.publication.on_unverified()?;
        record.upload_url = record.fresh_upload_url();
        record.save(context).await?;
    }
    if matches!(record.publication.stage(), Stage::NeedsFile) && file.is_some() {
        let summary = inspect(file.as_ref()).await?;
        (record.file_name, record.file_size) = (summary.file_name, summary.size);
        record = work::take_file(context, record, None).await?;
    }
    work::run(context, job.clone(), file);
    Ok(view(context, &record))
}

/// Another epoch or chain, or the wallet was opened: what waited may go on.
pub(crate) async fn network_moved(context: &Rc<Context>) {
    if context.open_wallet().is_err() {
        return;
    }
    let Ok(records) = Record::all(context).await else { return };
    let facts = context.following.facts().ok();
    for mut record in records {
        if context.publications.running.borrow().contains_key(&record.id) {
            continue;
        }
        let before = record.publication.clone();
        // Nobody seals it any more: the tab was closed, and the key goes with it.
        record.publication = record.publication.on_interrupted();
        if let Some(facts) = facts.as_ref().filter(|facts| facts.chain_id == record.chain) {
            record.publication = record.publication.on_epoch(facts.epoch);
        }
        if record.publication != before && record.save(context).await.is_err() {
            continue;
        }
        tell(context, &record);
        let had_problem = context.publications.problems.borrow().contains_key(&record.id);
        match record.publication.stage() {
            Stage::Settling { .. } => settle(context, record).await,
            Stage::Uploading { .. } | Stage::Verifying { .. } if !had_problem => {
                work::run(context, record.id, None);
            }
            _ => {}
        }
    }
}

/// Looks up transactions whose answers were lost.
pub(crate) async fn settle_all(context: &Rc<Context>) {
    if context.open_wallet().is_err() {
        return;
    }
    let Ok(records) = Record::all(context).await else { return };
    for record in records {
        if matches!(record.publication.stage(), Stage::Settling { .. }) {
            settle(context, record).await;
        }
    }
}

/// Key, embedding and checksum of a publication as an encrypted file.
pub(crate) async fn backup(
    context: &Rc<Context>,
    job: &JobId,
    password: &Password,
) -> Result<(String, String), Refusal> {
    let wallet = context.open_wallet()?;
    let mut record = Record::load(context, job).await?;
    steps::complete_secrets(context, &record).await?;
    let sealed = wallet
        .read(|secrets| {
            let model = secrets.model(&job.0)?;
            Some(vault::seal_model_backup(&password.0, model, &mut BrowserRandom))
        })
        .ok_or_else(|| Refusal::from(PublishError::NotInVault("key")))?
        .map_err(seal_refusal)?;
    record.backed_up = true;
    record.save(context).await?;
    tell(context, &record);
    let name: String = record
        .name
        .chars()
        .map(|letter| if letter.is_ascii_alphanumeric() { letter } else { '-' })
        .collect();
    Ok((format!("{name}.soma-model-backup"), hex::encode(sealed)))
}

/// Takes the secrets of a publication out of their file, and goes on with it here.
pub(crate) async fn restore(
    context: &Rc<Context>,
    contents: &str,
    password: &Password,
    model: Option<ModelId>,
) -> Result<PublishView, Refusal> {
    let wallet = context.open_wallet()?;
    let ledger = Ledger::current(context)?;
    let Backup::Model(secrets) = open_backup(contents, password)? else {
        return Err(Refusal::new(
            "backup/kind",
            "This is the backup of a whole wallet, not of one model.",
            "Import it on the welcome page of a browser without a wallet.",
        ));
    };
    let id = JobId(secrets.job().to_owned());
    if Record::load(context, &id).await.is_ok() {
        return Err(Refusal::new(
            "publish/known",
            "This publication is in this browser already.",
            "Go on with it under Models.",
        ));
    }
    let model = secrets.model.or(model).ok_or_else(|| {
        Refusal::new(
            "publish/which-model",
            "The backup was made before the model had an id.",
            "Give the id of the model that was created with it.",
        )
    })?;
    let state = context.following.node().system_state().await?;
    let publication = Publication::recover(ledger.account, model, &secrets, state.as_v1())?;
    let record = Record {
        id,
        name: secrets.label.clone(),
        chain: ledger.chain,
        publication,
        destination: Destination::SaveToDisk,
        file_name: "restored from a backup".into(),
        file_size: secrets.sealed.map_or(0, |sealed| sealed.size),
        started_ms: secrets.created_ms(),
        upload_url: None,
        private_name: None,
        in_flight: None,
        sent_ms: 0,
        backed_up: true,
    };
    wallet
        .change(&context.store, |kept| {
            kept.restore(Backup::Model(secrets)).map(drop).map_err(|error| {
                Refusal::new("backup/conflict", capital(&error), "Nothing was changed.")
            })
        })
        .await?;
    record.save(context).await?;
    tell(context, &record);
    Ok(view(context, &record))
}

/// The sealed file, to be saved by its owner.
pub(crate) async fn sealed_file(
    context: &Rc<Context>,
    job: &JobId,
) -> Result<(String, File), Refusal> {
    context.open_wallet()?;
    let record = Record::load(context, job).await?;
    let private_name =
        record.private_name.as_deref().filter(|_| record.publication.sealed().is_some());
    let private_name = private_name.ok_or(private_file::PrivateFileError::Missing)?;
    Ok((format!("{}.sealed", record.file_name), private_file::open(private_name).await?))
}

/// Forgets a publication, its secrets and its local file.
pub(crate) async fn remove(
    context: &Rc<Context>,
    job: &JobId,
) -> Result<Vec<PublishView>, Refusal> {
    let wallet = context.open_wallet()?;
    let record = Record::load(context, job).await?;
    if !record.publication.may_be_removed() {
        return Err(Refusal::new(
            "publish/due",
            "This publication waits for its reveal, and its key exists nowhere else. Without the \
             reveal half of the model's stake is lost.",
            "Reveal first; it can be removed afterwards.",
        ));
    }
    if let Some((abort, _)) = context.publications.running.borrow().get(job) {
        abort.stop();
    }
    if let Some(private_name) = &record.private_name {
        private_file::remove(private_name).await?;
    }
    wallet
        .change(&context.store, |secrets| {
            secrets.remove_model(&job.0);
            Ok(())
        })
        .await?;
    Record::remove(context, job).await?;
    context.publications.problems.borrow_mut().remove(job);
    context.publications.links.borrow_mut().remove(job);
    post(&Event::PublishRemoved(job.clone()));
    list(context).await
}

/// Deletes all sealed files, before everything else is erased.
pub(crate) async fn erase_files(context: &Rc<Context>) -> Result<(), Refusal> {
    for (abort, _) in context.publications.running.borrow().values() {
        abort.stop();
    }
    for record in Record::all(context).await? {
        if let Some(private_name) = &record.private_name {
            private_file::remove(private_name).await?;
        }
    }
    Ok(())
}
