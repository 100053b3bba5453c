//! Records that cannot be read: told, and forgotten where their owner wants that.

use crate::context::Context;
use crate::multisig;
use crate::publish;
use crate::refusal::Refusal;
use crate::targets;
use bridge::damaged::{DamagedRecord, DamagedRequest, RecordKind};
use browser::private_file::{self, PrivateFileError};
use browser::store::Drawer;
use std::rc::Rc;

/// Answers what a page asks about them.
pub(crate) async fn answer(
    context: &Rc<Context>,
    request: DamagedRequest,
) -> Result<Vec<DamagedRecord>, Refusal> {
    context.open_wallet()?;
    if let DamagedRequest::Remove { kind, key } = request {
        remove(context, kind, &key).await?;
    }
    all(context).await
}

async fn all(context: &Rc<Context>) -> Result<Vec<DamagedRecord>, Refusal> {
    let mut damaged = publish::Record::damaged(context).await?;
    damaged.extend(targets::damaged(context).await?);
    damaged.extend(multisig::damaged(context).await?);
    Ok(damaged)
}

/// Forgets one. The secrets of a publication stay in the vault: where its reveal is still due, it is made
/// up anew out of them.
async fn remove(context: &Rc<Context>, kind: RecordKind, key: &str) -> Result<(), Refusal> {
    let damaged = all(context).await?;
    let Some(record) = damaged.iter().find(|it| it.kind == kind && it.key == key) else {
        return Err(Refusal::new(
            "damaged/none",
            "There is no such damaged record any more.",
            "Look at the list again.",
        ));
    };
    remove_file(record).await?;
    let drawer = match kind {
        RecordKind::Publication => Drawer::Jobs,
        RecordKind::Submission => Drawer::Submissions,
        RecordKind::Proposal => Drawer::Proposals,
    };
    context.store.remove(drawer, key).await?;
    publish::network_moved(context).await;
    Ok(())
}

/// Removes the private file that belongs to a record, where that can be told.
pub(crate) async fn remove_file(record: &DamagedRecord) -> Result<(), PrivateFileError> {
    match record.text("private_name") {
        Some(name) => private_file::remove(&name).await,
        None => Ok(()),
    }
}
