//! What a submission does without a signature: uploading, and comparing what then lies there.

use super::{Record, tell_of};
use crate::context::Context;
use crate::publish::{uploading, verifying};
use crate::refusal::Refusal;
use bridge::publish::Work;
use bridge::targets::{DataDestination, SubmissionId};
use browser::abort::Abort;
use browser::private_file::{self, PrivateFileError};
use std::rc::Rc;
use wasm_core::job::submit::{Submission, SubmissionStage as Stage};
use wasm_core::weights::Measured;

/// Does what can be done without a signature, unless somebody does.
pub(super) fn run(context: &Rc<Context>, id: &SubmissionId) {
    let abort = Abort::default();
    {
        let mut running = context.targets.submissions.running.borrow_mut();
        if running.contains_key(id) {
            return;
        }
        running.insert(id.clone(), (abort.clone(), None));
    }
    let (context, id) = (Rc::clone(context), id.clone());
    wasm_bindgen_futures::spawn_local(async move {
        let result = go_on(&context, &id, &abort).await;
        let submissions = &context.targets.submissions;
        submissions.running.borrow_mut().remove(&id);
        // One that was removed meanwhile is nobody's concern any more.
        let Ok(record) = Record::load(&context, &id).await else { return };
        if let Err(Refusal(failure)) = result
            && failure.code != "work/stopped"
        {
            submissions.problems.borrow_mut().insert(id, failure);
        }
        tell_of(&context, &record);
    });
}

async fn go_on(context: &Rc<Context>, id: &SubmissionId, abort: &Abort) -> Result<(), Refusal> {
    loop {
        let record = Record::load(context, id).await?;
        tell_of(context, &record);
        abort.check()?;
        match record.submission.stage() {
            Stage::Uploading => {
                if !upload(context, &record, abort).await? {
                    return Ok(());
                }
                Record::change(context, id, Submission::on_uploaded).await?;
            }
            Stage::Verifying => {
                let manifest = record.submission.manifest();
                let expected = ("the data", Measured::from(manifest));
                let progress = report(context, &record);
                let url = manifest.url().as_str();
                let read = verifying::verify(url, expected, abort, progress).await?;
                Record::change(context, id, |submission| submission.on_read_back(read)).await?;
            }
            _ => return Ok(()),
        }
    }
}

/// Tells the page how work goes.
fn report(context: &Rc<Context>, record: &Record) -> impl Fn(Work) + use<> {
    let (context, record) = (Rc::clone(context), record.clone());
    move |work| {
        if let Some(running) = context.targets.submissions.running.borrow_mut().get_mut(&record.id)
        {
            running.1 = Some(work);
        }
        tell_of(&context, &record);
    }
}

/// Uploads, where it is known where to. Says whether it did.
async fn upload(context: &Rc<Context>, record: &Record, abort: &Abort) -> Result<bool, Refusal> {
    let progress = report(context, record);
    let name = record.private_name.as_ref().ok_or_else(|| lost(&PrivateFileError::Missing))?;
    let data = private_file::open(name).await.map_err(|error| lost(&error))?;
    match &record.destination {
        DataDestination::BlobStore { .. } => {
            let url = record.submission.manifest().url().as_str();
            uploading::to_blob_store(url, &data, abort, progress).await?;
        }
        DataDestination::PresignedPut { .. } => {
            let links = &context.targets.submissions.links;
            let link = links.borrow().get(&record.id).cloned();
            let Some(link) = link else { return Ok(false) };
            let sent = uploading::to_link(&link, &data, abort, progress).await;
            // A link that was used or refused is of no use again: another one is asked for.
            let used_up = match &sent {
                Ok(()) => true,
                Err(Refusal(failure)) => failure.code == "upload/refused",
            };
            if used_up {
                links.borrow_mut().remove(&record.id);
            }
            sent?;
        }
        DataDestination::Hosted { .. } => {}
    }
    Ok(true)
}

fn lost(error: &PrivateFileError) -> Refusal {
    match error {
        PrivateFileError::Missing => Refusal::new(
            "submit/data-lost",
            "The data is not in this browser any more.",
            "Remove this submission, and begin again with the file.",
        ),
        error => error.clone().into(),
    }
}
