//! Fetching a file back from where it was put, and comparing it with what was put there.

use crate::publish::pace::Pace;
use crate::refusal::Refusal;
use bridge::publish::Work;
use browser::abort::Abort;
use browser::download::Download;
use wasm_core::weights::{ManifestMismatch, Measured, Verifier};

/// A file as it should be: what it is called, and what it measures.
pub(crate) type Expected = (&'static str, Measured);

/// Reads all of what a URL serves and checks that it is the file, byte for byte.
pub(crate) async fn verify(
    url: &str,
    (name, expected): Expected,
    abort: &Abort,
    on_progress: impl Fn(Work),
) -> Result<Measured, Refusal> {
    let mismatch = |error: ManifestMismatch| mismatch(url, name, &error);
    let mut download = Download::begin(url, abort).await?;
    let mut verifier = Verifier::new(expected);
    let mut pace = Pace::new(expected.size, 0);
    let mut bytes = Vec::new();
    while let Some(piece) = download.next().await? {
        abort.check()?;
        bytes.resize(piece.length() as usize, 0);
        piece.copy_to(&mut bytes);
        verifier.update(&bytes).map_err(mismatch)?;
        if let Some(work) = pace.due(verifier.size(), None) {
            on_progress(work);
        }
    }
    verifier.finish().map_err(mismatch)
}

fn mismatch(url: &str, name: &str, error: &ManifestMismatch) -> Refusal {
    let code = match error {
        ManifestMismatch::Checksum { .. } => "manifest/checksum",
        _ => "manifest/size",
    };
    Refusal::passing(
        code,
        format!("What {url} serves is not {name}: {error}. Nothing was signed."),
        format!("Upload {name} again, or name the address where exactly it lies."),
    )
}
