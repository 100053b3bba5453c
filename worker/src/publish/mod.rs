//! Publications: the core's state machine, driven. Each state is stored before it is acted on.

mod claim;
mod pace;
mod record;
mod sealing;
mod steps;
pub(crate) mod uploading;
pub(crate) mod verifying;
mod work;

pub(crate) use claim::stop_all;
pub(crate) use record::Record;
pub(crate) use steps::{executed, not_executed, prepare_step, sending, sent_elsewhere, settle};
pub(crate) use work::pause;

use crate::activity::Ledger;
use crate::context::Context;
use crate::post::post;
use crate::refusal::Refusal;
use crate::vault::{change_secrets, open_backup, seal_refusal};
use crate::wallet::capital;
use bridge::late::Late;
use bridge::network::NetworkStatus;
use bridge::protocol::{Event, Failure};
use bridge::publish::{Destination, JobId, PublishOptions, PublishView, WeightsSummary};
use bridge::wallet::Password;
use browser::clock::now_ms;
use browser::file;
use browser::private_file::{self, PrivateFileError};
use browser::random::BrowserRandom;
use browser::store::Drawer;
use claim::{Claim, Running, stop};
use rand_core::Rng as _;
use std::cell::RefCell;
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;
use wasm_core::address::ModelId;
use wasm_core::digest::{CheckpointDigest, DecryptionKeyCommitment};
use wasm_core::job::publish::{self as machine, Publication, PublishError, Stage};
use wasm_core::manifest::Url;
use wasm_core::ports::Chain as _;
use wasm_core::safetensors::{HeaderReader, SafetensorsError};
use wasm_core::system_state::{SystemState, SystemStateV1};
use wasm_core::tensor::SomaTensor;
use wasm_core::vault::{self, Backup, ModelSecrets};
use wasm_core::weights::{DecryptionKey, Sealer};
use web_sys::File;

/// What is only known while the worker lives.
#[derive(Default)]
pub(crate) struct Publications {
    running: RefCell<BTreeMap<JobId, Running>>,
    /// What its owner stopped does not go on by itself.
    paused: RefCell<BTreeSet<JobId>>,
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
    steps::check_alone(context, &context.account()?)?;
    let summary = inspect(Some(&file)).await?;
    context.open_wallet()?;
    let ledger = Ledger::current(context)?;
    // While the file was read, another account may have been chosen.
    steps::check_alone(context, &ledger.account)?;
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
        network: context.following.status().network.name,
    };
    let claim = Claim::take(context, &record.id).ok_or(PublishError::OutOfPlace)?;
    let stored = work::make_key(context, &record, Some(embedding)).await?;
    let record = record.on_file(&stored)?;
    record.add(context).await?;
    if let Some(link) = options.upload_link {
        context.publications.links.borrow_mut().insert(record.id.clone(), link);
    }
    let view = view(context, &record);
    work::run(claim, context, Some(file));
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
        work.map(|task| task.work),
        has_link,
        publications.problems.borrow().get(&record.id).cloned(),
    )
}

fn tell(context: &Context, record: &Record) {
    post(&Event::Publish(Late::new(&view(context, record))));
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
    let publications = &context.publications;
    publications.paused.borrow_mut().remove(job);
    if url.is_some() {
        // The file lies elsewhere: what is being uploaded or fetched is not wanted any more.
        stop(context, job).await;
    }
    let Some(claim) = Claim::take(context, job) else {
        return Ok(view(context, &Record::load(context, job).await?));
    };
    let problem = publications.problems.borrow_mut().remove(job);
    if let Some(link) = upload_link {
        publications.links.borrow_mut().insert(job.clone(), link);
    }
    let mut record = Record::load(context, job).await?;
    if problem.is_some() {
        tell(context, &record);
    }
    if let Some(url) = url {
        let url = parse_url(&url)?;
        record = Record::change(context, job, |record| {
            record.after(|publication| publication.on_url(url))
        })
        .await?;
    } else if matches!(record.publication.stage(), Stage::Verifying { .. })
        && problem.is_some_and(|problem| asks_for_another_upload(&record, &problem))
    {
        // It is uploaded again, to a fresh place where we choose it.
        record = Record::change(context, job, |record| {
            let record = record.after(Publication::on_unverified)?;
            Ok(Record { upload_url: record.fresh_upload_url(), ..record })
        })
        .await?;
    }
    if matches!(record.publication.stage(), Stage::NeedsFile)
        && let Some(file) = &file
    {
        let summary = inspect(Some(file)).await?;
        let (file_name, file_size) = (summary.file_name, summary.size);
        record.file_size = file_size;
        let stored = work::make_key(context, &record, None).await?;
        record = Record::change(context, job, |record| {
            Record { file_name, file_size, ..record }.on_file(&stored)
        })
        .await?;
    }
    let view = view(context, &record);
    work::run(claim, context, file);
    Ok(view)
}

/// Whether fetching the file once more would be in vain: another one lies there, or none at the blob store.
fn asks_for_another_upload(record: &Record, problem: &Failure) -> bool {
    let at_blob_store = matches!(record.destination, Destination::BlobStore { .. });
    problem.code.starts_with("manifest/") || (at_blob_store && problem.code == "download/status")
}

/// Another epoch or chain, or the wallet was opened: what waited may go on.
pub(crate) async fn network_moved(context: &Rc<Context>) {
    if context.open_wallet().is_err() {
        return;
    }
    let chain = context.following.facts().ok().map(|facts| facts.chain_id);
    let state = match chain {
        Some(_) => context.following.node().system_state().await.ok(),
        None => None,
    };
    if let (Some(chain), Some(state)) = (chain, &state) {
        // What cannot be stored now is found again at the next start.
        let _ = recover_kept(context, chain, state.as_v1()).await;
    }
    let Ok(records) = Record::all(context).await else { return };
    for record in records {
        let state = state.as_ref().filter(|_| chain == Some(record.chain)).map(SystemState::as_v1);
        let changed = Record::change(context, &record.id, |record| {
            if is_claimed(context, &record.id) {
                return Ok(record);
            }
            // Nobody seals it any more: the tab was closed, and the key goes with it.
            let record = record.after(|publication| Ok(publication.on_interrupted()))?;
            Ok(match state {
                Some(state) => agree(record, state).on_epoch(context),
                None => record,
            })
        });
        let Ok(record) = changed.await else { continue };
        tell(context, &record);
        let stands = context.publications.problems.borrow().contains_key(&record.id)
            || context.publications.paused.borrow().contains(&record.id);
        match record.publication.stage() {
            Stage::Uploading { .. } | Stage::Verifying { .. } if !stands => {
                if let Some(claim) = Claim::take(context, &record.id) {
                    work::run(claim, context, None);
                }
            }
            Stage::Settling { .. } => settle(context, record).await,
            _ => {}
        }
    }
}

/// Whether somebody works on a publication.
fn is_claimed(context: &Context, job: &JobId) -> bool {
    context.publications.running.borrow().contains_key(job)
}

/// What the chain knows of a publication's model, where it fits; what does not fit is said when the next
/// step is prepared.
fn agree(record: Record, state: &SystemStateV1) -> Record {
    let publication = &record.publication;
    if !steps::asks_chain(publication.stage()) {
        return record;
    }
    let model = publication.model().and_then(|id| state.model_registry.models.get(&id));
    match publication.clone().on_chain_model(model, state.epoch) {
        Ok(publication) => Record { publication, ..record },
        Err(_) => record,
    }
}

/// Publications whose reveal is due and whose secrets came with the backup of a whole wallet: the vault
/// has their keys, and this browser no record of them.
async fn recover_kept(
    context: &Rc<Context>,
    chain: CheckpointDigest,
    state: &SystemStateV1,
) -> Result<(), Refusal> {
    // One that cannot be read is known, too.
    let keys = context.store.keys(Drawer::Jobs).await?;
    let known: BTreeSet<JobId> = keys.into_iter().map(JobId).collect();
    let found = context.open_wallet()?.read(|secrets| {
        let accounts = secrets.accounts();
        let lost = secrets.models().iter().filter(|kept| {
            // One that is just being begun is in the vault before it has a record.
            kept.model.is_some() && !known.contains(&JobId(kept.job().to_owned()))
        });
        lost.filter_map(|kept| {
            let model = kept.model?;
            let publication = accounts.iter().find_map(|account| {
                Publication::recover(account.address(), model, kept, state).ok()
            })?;
            matches!(publication.stage(), Stage::Waiting { .. })
                .then(|| restored(context, chain, kept, publication))
        })
        .collect::<Vec<_>>()
    });
    for record in found {
        record.add(context).await?;
    }
    Ok(())
}

/// The record of a publication whose secrets came out of a backup.
fn restored(
    context: &Context,
    chain: CheckpointDigest,
    secrets: &ModelSecrets,
    publication: Publication,
) -> Record {
    Record {
        id: JobId(secrets.job().to_owned()),
        name: secrets.label.clone(),
        chain,
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
        network: context.following.status().network.name,
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
    let record = Record::load(context, job).await?;
    steps::complete_secrets(context, &record).await?;
    let sealed = context
        .open_wallet()?
        .read(|secrets| {
            let model = secrets.model(&job.0)?;
            Some((
                DecryptionKeyCommitment::of(model.key()),
                vault::seal_model_backup(&password.0, model, &mut BrowserRandom),
            ))
        })
        .ok_or_else(|| Refusal::from(PublishError::NotInVault("key")))?;
    let (key, sealed) = (sealed.0, sealed.1.map_err(seal_refusal)?);
    let record = Record::change(context, job, |record| {
        // A file that is sealed anew meanwhile has another key, and one that is not sealed yet may get
        // another one.
        let backed_up = record.publication.sealed_key() == Some(key) || record.backed_up;
        Ok(Record { backed_up, ..record })
    })
    .await?;
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
    context.open_wallet()?;
    let ledger = Ledger::current(context)?;
    let Backup::Model(secrets) = open_backup(contents, password)? else {
        return Err(Refusal::new(
            "backup/kind",
            "This is the backup of a whole wallet, not of one model.",
            "Import it on the welcome page of a browser without a wallet.",
        ));
    };
    let model = secrets.model.or(model).ok_or_else(|| {
        Refusal::new(
            "publish/which-model",
            "The backup was made before the model had an id.",
            "Give the id of the model that was created with it.",
        )
    })?;
    let state = context.following.node().system_state().await?;
    let publication = Publication::recover(ledger.account, model, &secrets, state.as_v1())?;
    let record = restored(context, ledger.chain, &secrets, publication);
    change_secrets(context, |kept| {
        kept.restore(Backup::Model(secrets)).map(drop).map_err(|error| {
            Refusal::new("backup/conflict", capital(&error), "Nothing was changed.")
        })
    })
    .await?;
    record.add(context).await?;
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
    let (sealed, _) = record.publication.sealed().ok_or(PrivateFileError::Missing)?;
    let file = work::sealed_copy(context, &record, sealed).await?;
    Ok((format!("{}.sealed", record.file_name), file))
}

/// Forgets a publication, its secrets and its local file.
pub(crate) async fn remove(
    context: &Rc<Context>,
    job: &JobId,
) -> Result<Vec<PublishView>, Refusal> {
    context.open_wallet()?;
    stop(context, job).await;
    let claim = Claim::take(context, job).ok_or(PublishError::OutOfPlace)?;
    {
        // Nothing can be sent for it from the check to the end.
        let _turn = context.jobs_turn.lock().await;
        let record = Record::load(context, job).await?;
        if !record.publication.may_be_removed() && !chain_is_gone(context, &record) {
            return Err(Refusal::new(
                "publish/due",
                "This publication waits for its reveal, and its key exists nowhere else. Without the \
                 reveal half of the model's stake is lost.",
                "Reveal first; it can be removed afterwards.",
            ));
        }
        if let Some(private_name) = &record.private_name {
            private_file::remove(private_name).await?;
        }
        change_secrets(context, |secrets| {
            secrets.remove_model(&job.0);
            Ok(())
        })
        .await?;
        Record::remove(context, job).await?;
    }
    drop(claim);
    let publications = &context.publications;
    publications.problems.borrow_mut().remove(job);
    publications.links.borrow_mut().remove(job);
    publications.paused.borrow_mut().remove(job);
    post(&Event::PublishRemoved(job.clone()));
    list(context).await
}

/// Whether the chain of a publication ended: its local network was born anew, as another chain.
fn chain_is_gone(context: &Context, record: &Record) -> bool {
    let NetworkStatus { network, .. } = context.following.status();
    let is_local = network.expected_chain_id.is_none() && network.admin_url.is_some();
    is_local
        && network.name == record.network
        && context.following.facts().is_ok_and(|facts| facts.chain_id != record.chain)
}

/// Deletes all sealed files, before everything else is erased.
pub(crate) async fn erase_files(context: &Rc<Context>) -> Result<(), Refusal> {
    let publications = &context.publications;
    publications.problems.borrow_mut().clear();
    publications.links.borrow_mut().clear();
    publications.paused.borrow_mut().clear();
    for record in Record::all(context).await? {
        if let Some(private_name) = &record.private_name {
            private_file::remove(private_name).await?;
        }
    }
    for damaged in Record::damaged(context).await? {
        crate::damaged::remove_file(&damaged).await?;
    }
    Ok(())
}
