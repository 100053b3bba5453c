//! Uploading a sealed file from its private copy.

use crate::publish::pace::Pace;
use crate::refusal::Refusal;
use bridge::publish::Work;
use browser::abort::Abort;
use browser::file;
use browser::upload::{self, Piece, Stored, UploadError};
use std::cell::RefCell;
use web_sys::File;

/// Bytes of one request.
const REQUEST: u64 = 8 * 1024 * 1024;

/// Brings a blob store to have all of a file, from wherever it stands.
pub(crate) async fn to_blob_store(
    url: &str,
    sealed: &File,
    abort: &Abort,
    on_progress: impl Fn(Work),
) -> Result<(), Refusal> {
    let total = file::size(sealed);
    let mut at = match upload::stored(url, abort).await? {
        Stored::Part(have) if have <= total => have,
        Stored::Whole(have) if have == total => return Ok(()),
        Stored::Part(have) | Stored::Whole(have) => return Err(UploadError::Offset { have }.into()),
    };
    let mut pace = Pace::new(total, at);
    while at < total {
        abort.check()?;
        let end = (at + REQUEST).min(total);
        let piece = Piece::from(file::slice(sealed, at, end)?);
        match upload::put_piece(url, &piece, at, end - at, total, abort).await {
            Ok(()) => at = end,
            // A request that was answered in vain may have arrived: go on from where it stands.
            Err(UploadError::Offset { have }) if have > at && have <= total => at = have,
            Err(error) => return Err(error.into()),
        }
        if let Some(work) = pace.due(at, None) {
            on_progress(work);
        }
    }
    Ok(())
}

/// Sends a file to a presigned link. Such links take a file whole or not at all.
pub(crate) async fn to_link(
    link: &str,
    sealed: &File,
    abort: &Abort,
    on_progress: impl Fn(Work) + 'static,
) -> Result<(), Refusal> {
    let pace = RefCell::new(Pace::new(file::size(sealed), 0));
    upload::put_whole(link, sealed, abort, move |sent| {
        if let Some(work) = pace.borrow_mut().due(sent, None) {
            on_progress(work);
        }
    })
    .await
    .map_err(Refusal::from)
}
