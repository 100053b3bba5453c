//! What a publication does without a signature: sealing, uploading, verifying.

use super::claim::{Claim, stop};
use super::sealing::{Alongside, seal};
use super::{Record, tell, uploading, verifying, view};
use crate::context::Context;
use crate::refusal::Refusal;
use crate::vault::change_secrets;
use bridge::publish::{Destination, JobId, PublishView, Work};
use browser::abort::Abort;
use browser::clock::now_ms;
use browser::file;
use browser::private_file::{self, PrivateFileError};
use browser::random::BrowserRandom;
use std::rc::Rc;
use wasm_core::digest::DecryptionKeyCommitment;
use wasm_core::job::publish::{Publication, PublishError, SecretsStored, Stage};
use wasm_core::manifest::Url;
use wasm_core::tensor::SomaTensor;
use wasm_core::vault::ModelSecrets;
use wasm_core::weights::{Sealed, Sealer};
use web_sys::File;

/// Makes the key of a file about to be sealed, and puts it into the vault, before a byte is sealed.
///
/// The sealer is kept until [`run`] takes it.
pub(super) async fn make_key(
    context: &Rc<Context>,
    record: &Record,
    embedding: Option<SomaTensor>,
) -> Result<SecretsStored, Refusal> {
    check_room(record.file_size).await?;
    let (sealer, key) = Sealer::make(&mut BrowserRandom);
    let job = &record.id.0;
    let mut fresh = ModelSecrets::new(job.clone(), record.name.clone(), key.clone(), now_ms());
    change_secrets(context, |secrets| {
        let kept = secrets.model(job).and_then(ModelSecrets::embedding);
        let embedding = embedding.or(kept).ok_or(PublishError::EmbeddingNotStored)?;
        fresh.set_embedding(&embedding);
        // The key of an interrupted sealing has sealed nothing that anybody will ever open.
        secrets.remove_model(job);
        secrets.add_model(fresh).map_err(|_| PublishError::KeyReused)?;
        Ok(())
    })
    .await?;
    let stored = context
        .open_wallet()?
        .read(|secrets| secrets.model(job).map(SecretsStored::read_back))
        .ok_or(PublishError::NotInVault("key"))??;
    if let Some(old) = &record.private_name {
        private_file::remove(old).await?;
    }
    context.publications.sealers.borrow_mut().insert(record.id.clone(), (sealer, key));
    Ok(stored)
}

/// Sealing copies the whole file; that it does not fit is better said at once.
async fn check_room(size: u64) -> Result<(), Refusal> {
    match private_file::room().await {
        Some(room) if room < size => Err(PrivateFileError::Full.into()),
        _ => Ok(()),
    }
}

/// Does what can be done without a signature, until something is needed.
pub(super) fn run(claim: Claim, context: &Rc<Context>, file: Option<File>) {
    let context = Rc::clone(context);
    wasm_bindgen_futures::spawn_local(async move {
        let job = claim.job.clone();
        let result = go_on(&context, &job, file, &claim.abort).await;
        // Where this cannot be stored now, it is found interrupted at the next start.
        let record = Record::change(&context, &job, |record| {
            record.after(|publication| Ok(publication.on_interrupted()))
        })
        .await;
        if let Err(Refusal(failure)) = result
            && failure.code != "work/stopped"
            && record.is_ok()
        {
            context.publications.problems.borrow_mut().insert(job.clone(), failure);
        }
        drop(claim);
        if let Ok(record) = record {
            tell(&context, &record);
        }
    });
}

async fn go_on(
    context: &Rc<Context>,
    job: &JobId,
    file: Option<File>,
    abort: &Abort,
) -> Result<(), Refusal> {
    let mut file = file;
    loop {
        let record = Record::load(context, job).await?;
        tell(context, &record);
        abort.check()?;
        match record.publication.stage() {
            Stage::Sealing { key } => {
                let Some(file) = file.take() else { return Ok(()) };
                let sealed = seal_file(context, &record, *key, &file, abort).await?;
                step(context, job, |publication| publication.on_sealed(sealed)).await?;
            }
            Stage::Uploading { sealed } => {
                let private = sealed_copy(context, &record, sealed.file).await?;
                let Some(url) = upload(context, &record, &private, abort).await? else {
                    return Ok(());
                };
                step(context, job, |publication| publication.on_uploaded(url)).await?;
            }
            Stage::Verifying { sealed, url } => {
                let (sealed, url) = (sealed.file, url.to_string());
                let expected = ("the sealed file", sealed.into());
                verifying::verify(&url, expected, abort, report(context, &record)).await?;
                step(context, job, |publication| publication.on_verified(sealed.into())).await?;
            }
            _ => return Ok(()),
        }
    }
}

/// Stores the state after an event.
async fn step(
    context: &Context,
    job: &JobId,
    event: impl FnOnce(Publication) -> Result<Publication, PublishError>,
) -> Result<(), Refusal> {
    Record::change(context, job, |record| record.after(event)).await.map(drop)
}

/// The copy of the sealed file in this browser. Where it is lost, whole or in part, the weights must be
/// chosen again.
pub(super) async fn sealed_copy(
    context: &Rc<Context>,
    record: &Record,
    sealed: Sealed,
) -> Result<File, Refusal> {
    let opened = match &record.private_name {
        Some(name) => private_file::open(name).await,
        None => Err(PrivateFileError::Missing),
    };
    match opened {
        Ok(file) if file::size(&file) == sealed.size => return Ok(file),
        Ok(_) | Err(PrivateFileError::Missing) => {}
        Err(error) => return Err(error.into()),
    }
    let lost = Record::change(context, &record.id, |record| {
        record.after(Publication::on_sealed_file_lost)
    });
    if let Ok(record) = lost.await {
        tell(context, &record);
    }
    Err(PrivateFileError::Missing.into())
}

/// Tells the page how work goes.
fn report(context: &Rc<Context>, record: &Record) -> impl Fn(Work) + use<> {
    let (context, record) = (Rc::clone(context), record.clone());
    move |work| {
        if let Some(task) = context.publications.running.borrow_mut().get_mut(&record.id) {
            task.work = Some(work);
        }
        tell(&context, &record);
    }
}

async fn seal_file(
    context: &Rc<Context>,
    record: &Record,
    expected: DecryptionKeyCommitment,
    file: &File,
    abort: &Abort,
) -> Result<Sealed, Refusal> {
    let keyed = context.publications.sealers.borrow_mut().remove(&record.id);
    let (Some(keyed), Some(private_name)) = (keyed, record.private_name.as_deref()) else {
        return Err(PublishError::OutOfPlace.into());
    };
    if DecryptionKeyCommitment::of(&keyed.1) != expected {
        return Err(PublishError::NotInVault("key").into());
    }
    let alongside = record.upload_url.clone().map(|url| Alongside { url });
    seal(file, keyed, private_name, alongside, abort, report(context, record)).await
}

/// Uploads, where it is known where to.
async fn upload(
    context: &Rc<Context>,
    record: &Record,
    sealed: &File,
    abort: &Abort,
) -> Result<Option<Url>, Refusal> {
    let progress = report(context, record);
    match &record.destination {
        Destination::BlobStore { .. } => {
            let url = record.upload_url.as_deref().ok_or(PublishError::OutOfPlace)?;
            uploading::to_blob_store(url, sealed, abort, progress).await?;
            super::parse_url(url).map(Some)
        }
        Destination::PresignedPut { public_url } => {
            let links = &context.publications.links;
            let link = links.borrow().get(&record.id).cloned();
            let Some(link) = link else { return Ok(None) };
            let sent = uploading::to_link(&link, sealed, abort, progress).await;
            // A link that was used or refused is of no use again: another one is asked for.
            let used_up = match &sent {
                Ok(()) => true,
                Err(Refusal(failure)) => failure.code == "upload/refused",
            };
            if used_up {
                links.borrow_mut().remove(&record.id);
            }
            sent?;
            super::parse_url(public_url).map(Some)
        }
        Destination::SaveToDisk => Ok(None),
    }
}

/// Stops what is being done; the publication waits until somebody goes on with it.
pub(crate) async fn pause(context: &Rc<Context>, job: &JobId) -> Result<PublishView, Refusal> {
    context.publications.paused.borrow_mut().insert(job.clone());
    stop(context, job).await;
    let record = Record::load(context, job).await?;
    Ok(view(context, &record))
}
