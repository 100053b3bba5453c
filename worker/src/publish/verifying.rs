//! Fetching a published file back, and comparing it with what was sealed.

use crate::publish::pace::Pace;
use crate::refusal::Refusal;
use bridge::publish::Work;
use browser::abort::Abort;
use browser::download::Download;
use wasm_core::weights::{ManifestMismatch, Sealed, Verifier};

/// Reads all of what a URL serves and checks that it is the sealed file, byte for byte.
pub(crate) async fn verify(
    url: &str,
    sealed: Sealed,
    abort: &Abort,
    on_progress: impl Fn(Work),
) -> Result<(), Refusal> {
    let mut download = Download::begin(url, abort).await?;
    let mut verifier = Verifier::new(sealed.into());
    let mut pace = Pace::new(sealed.size, 0);
    let mut bytes = Vec::new();
    while let Some(piece) = download.next().await? {
        abort.check()?;
        bytes.resize(piece.length() as usize, 0);
        piece.copy_to(&mut bytes);
        verifier.update(&bytes).map_err(|error| mismatch(url, &error))?;
        if let Some(work) = pace.due(verifier.size(), None) {
            on_progress(work);
        }
    }
    verifier.finish().map_err(|error| mismatch(url, &error))?;
    Ok(())
}

fn mismatch(url: &str, error: &ManifestMismatch) -> Refusal {
    let code = match error {
        ManifestMismatch::Checksum { .. } => "manifest/checksum",
        _ => "manifest/size",
    };
    Refusal::passing(
        code,
        format!("What {url} serves is not the sealed file: {error}. Nothing was signed."),
        "Upload the sealed file again, or name the address where exactly it lies.",
    )
}
