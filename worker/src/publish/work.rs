//! What a publication does without a signature: sealing, uploading, verifying.

use super::sealing::{Alongside, seal};
use super::{Record, tell, uploading, verifying, view};
use crate::context::Context;
use crate::refusal::Refusal;
use bridge::publish::Destination;
use bridge::publish::{JobId, PublishView, Work};
use browser::abort::Abort;
use browser::clock::now_ms;
use browser::private_file;
use browser::random::BrowserRandom;
use std::rc::Rc;
use wasm_core::job::publish::{PublishError, SecretsStored, Stage};
use wasm_core::manifest::Url;
use wasm_core::tensor::SomaTensor;
use wasm_core::vault::ModelSecrets;
use wasm_core::weights::Sealer;
use web_sys::File;

/// Makes the key of a file about to be sealed, and puts it into the vault, before a byte is sealed.
///
/// The sealer is kept until [`run`] takes it.
pub(crate) async fn take_file(
    context: &Rc<Context>,
    mut record: Record,
    embedding: Option<SomaTensor>,
) -> Result<Record, Refusal> {
    let wallet = context.open_wallet()?;
    let (sealer, key) = Sealer::make(&mut BrowserRandom);
    let job = record.id.0.clone();
    let mut fresh = ModelSecrets::new(job.clone(), record.name.clone(), key.clone(), now_ms());
    wallet
        .change(&context.store, |secrets| {
            let kept = secrets.model(&job).and_then(ModelSecrets::embedding);
            let embedding = embedding.or(kept).ok_or(PublishError::EmbeddingNotStored)?;
            fresh.set_embedding(&embedding);
            // The key of an interrupted sealing has sealed nothing that anybody will ever open.
            secrets.remove_model(&job);
            secrets.add_model(fresh).map_err(|_| PublishError::KeyReused)?;
            Ok(())
        })
        .await?;
    let stored = wallet
        .read(|secrets| secrets.model(&job).map(SecretsStored::read_back))
        .ok_or(PublishError::NotInVault("key"))??;
    if let Some(old) = record.private_name.take() {
        private_file::remove(&old).await?;
    }
    record.publication = record.publication.on_file(&stored)?;
    record.upload_url = record.fresh_upload_url();
    record.private_name = Some(format!("{}.sealed", super::random_id().0));
    record.save(context).await?;
    context.publications.sealers.borrow_mut().insert(record.id.clone(), (sealer, key));
    Ok(record)
}

/// Does what can be done without a signature, until something is needed.
pub(crate) fn run(context: &Rc<Context>, job: JobId, file: Option<File>) {
    let abort = Abort::default();
    {
        let mut running = context.publications.running.borrow_mut();
        if running.contains_key(&job) {
            return;
        }
        running.insert(job.clone(), (abort.clone(), None));
    }
    let context = Rc::clone(context);
    wasm_bindgen_futures::spawn_local(async move {
        let result = go_on(&context, &job, file, &abort).await;
        let publications = &context.publications;
        publications.running.borrow_mut().remove(&job);
        publications.sealers.borrow_mut().remove(&job);
        match result {
            Err(Refusal(failure)) if failure.code != "work/stopped" => {
                publications.problems.borrow_mut().insert(job.clone(), failure);
            }
            _ => {}
        }
        if let Ok(mut record) = Record::load(&context, &job).await {
            let interrupted = record.publication.clone().on_interrupted();
            if interrupted != record.publication {
                record.publication = interrupted;
                // Where this cannot be stored now, it is found interrupted at the next start.
                let _ = record.save(&context).await;
            }
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
        let next = match record.publication.stage() {
            Stage::Sealing { .. } => {
                let Some(file) = file.take() else { return Ok(()) };
                seal_file(context, record, &file, abort).await?
            }
            Stage::Uploading { .. } => match upload(context, record, abort).await? {
                Some(record) => record,
                None => return Ok(()),
            },
            Stage::Verifying { sealed, url } => {
                let (sealed, url) = (sealed.file, url.to_string());
                verifying::verify(&url, sealed, abort, report(context, &record)).await?;
                Record { publication: record.publication.on_verified(sealed.into())?, ..record }
            }
            _ => return Ok(()),
        };
        next.save(context).await?;
    }
}

/// Tells the page how work goes.
fn report(context: &Rc<Context>, record: &Record) -> impl Fn(Work) + use<> {
    let (context, record) = (Rc::clone(context), record.clone());
    move |work| {
        if let Some((_, shown)) = context.publications.running.borrow_mut().get_mut(&record.id) {
            *shown = Some(work);
        }
        tell(&context, &record);
    }
}

async fn seal_file(
    context: &Rc<Context>,
    record: Record,
    file: &File,
    abort: &Abort,
) -> Result<Record, Refusal> {
    let keyed = context.publications.sealers.borrow_mut().remove(&record.id);
    let (Some(keyed), Some(private_name)) = (keyed, record.private_name.clone()) else {
        return Err(PublishError::OutOfPlace.into());
    };
    let alongside = record.upload_url.clone().map(|url| Alongside { url });
    let progress = report(context, &record);
    let sealed = seal(file, keyed, &private_name, alongside, abort, progress).await?;
    Ok(Record { publication: record.publication.on_sealed(sealed)?, ..record })
}

/// Uploads, where it is known where to.
async fn upload(
    context: &Rc<Context>,
    mut record: Record,
    abort: &Abort,
) -> Result<Option<Record>, Refusal> {
    let private_name = record.private_name.as_deref();
    let private_name = private_name.ok_or(private_file::PrivateFileError::Missing)?;
    let sealed = private_file::open(private_name).await?;
    let progress = report(context, &record);
    let url: Url = match &record.destination {
        Destination::BlobStore { .. } => {
            let url = record.upload_url.clone().ok_or(PublishError::OutOfPlace)?;
            uploading::to_blob_store(&url, &sealed, abort, progress).await?;
            super::parse_url(&url)?
        }
        Destination::PresignedPut { public_url } => {
            let link = context.publications.links.borrow().get(&record.id).cloned();
            let Some(link) = link else { return Ok(None) };
            uploading::to_link(&link, &sealed, abort, progress).await?;
            context.publications.links.borrow_mut().remove(&record.id);
            super::parse_url(public_url)?
        }
        Destination::SaveToDisk => return Ok(None),
    };
    record.publication = record.publication.on_uploaded(url)?;
    Ok(Some(record))
}

/// Stops what is being done; the publication waits.
pub(crate) async fn pause(context: &Rc<Context>, job: &JobId) -> Result<PublishView, Refusal> {
    if let Some((abort, _)) = context.publications.running.borrow().get(job) {
        abort.stop();
    }
    let record = Record::load(context, job).await?;
    Ok(view(context, &record))
}
