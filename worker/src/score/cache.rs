//! Weights of the network's models, kept in this browser as they are published: encrypted.
//!
//! A file is named by its checksum. It is hashed from its first byte to its last before each use, so
//! that what a crash, a full disk or another program made of it never reaches an engine; what is
//! missing at its end is fetched.

use crate::refusal::Refusal;
use bridge::score::KeptWeights;
use browser::abort::Abort;
use browser::download::WebFiles;
use browser::private_file::{self, PrivateFileError, PrivateFileWriter};
use wasm_core::address::ModelId;
use wasm_core::digest::Checksum;
use wasm_core::download::{Download, Resource};
use wasm_core::manifest::{Manifest, Url};
use web_sys::File;

const PREFIX: &str = "weights-";
/// Bytes of a kept file that are hashed at once.
const PIECE: usize = 1 << 20;
/// The most bytes that are kept beside the file in use: three of the network's models.
const LIMIT: u64 = 15 << 30;

fn name(checksum: &Checksum) -> String {
    format!("{PREFIX}{checksum}")
}

/// The whole encrypted file of a model: kept from before, fetched, or both. Nobody else opens it
/// while it is held.
pub(super) async fn fetch(
    model: ModelId,
    manifest: &Manifest,
    node: Option<&Url>,
    mut on_progress: impl AsyncFnMut(u64),
) -> Result<PrivateFileWriter, Refusal> {
    let name = name(&manifest.checksum());
    make_room(&name, manifest.size()).await?;
    // Ends with the download, and so with whoever waits for it.
    let files = WebFiles::new(Abort::default());
    let resource = Resource::Model(model);
    let mut download = Download::new(files, manifest.clone(), node, resource);
    let mut file = PrivateFileWriter::append(&name).await?;
    if file.size() > manifest.size() {
        file.restart()?;
    }
    let mut buffer = vec![0; PIECE];
    let mut hashed = 0;
    while hashed < file.size() {
        let read = file.read(hashed, &mut buffer)?;
        if read == 0 {
            return Err(PrivateFileError::Failed("the file ends early".to_owned()).into());
        }
        download.resume_after(&mut buffer[..read])?;
        hashed += read as u64;
        on_progress(hashed).await;
    }
    while let Some(position) = download.next(&mut buffer).await? {
        // Another source, or what was kept is not what was published: begun anew.
        if position == 0 {
            file.restart()?;
        }
        write(&mut file, &name, &buffer).await?;
        on_progress(file.size()).await;
    }
    file.flush()?;
    Ok(file)
}

/// The whole file as [`fetch`] left it, to be handed out.
pub(super) async fn open(manifest: &Manifest) -> Result<File, Refusal> {
    Ok(private_file::open(&name(&manifest.checksum())).await?)
}

/// Makes room for a file by removing others, those first that were fetched longest ago.
async fn make_room(name: &str, size: u64) -> Result<(), Refusal> {
    let mut others = private_file::list(PREFIX).await?;
    let there = others.iter().find(|file| file.name == name).map_or(0, |file| file.size);
    others.retain(|file| file.name != name);
    let mut kept: u64 = others.iter().map(|file| file.size).sum();
    let missing = size.saturating_sub(there);
    let mut room = private_file::room().await;
    // Nothing is removed for a file that does not fit in any case.
    if room.is_some_and(|room| room.saturating_add(kept) < missing) {
        return Err(PrivateFileError::Full.into());
    }
    for other in others {
        if kept <= LIMIT && room.is_none_or(|room| room >= missing) {
            break;
        }
        if !removed(&other.name).await? {
            continue;
        }
        kept -= other.size;
        room = room.map(|room| room.saturating_add(other.size));
    }
    // What could have gone is in use.
    if room.is_some_and(|room| room < missing) {
        return Err(PrivateFileError::Full.into());
    }
    Ok(())
}

/// Appends to a file. What a browser tells of its room need not be true: where there is none, others
/// make some now.
async fn write(file: &mut PrivateFileWriter, name: &str, bytes: &[u8]) -> Result<(), Refusal> {
    loop {
        let written = file.write(bytes);
        if written != Err(PrivateFileError::Full) || !remove_eldest_beside(name).await? {
            return Ok(written?);
        }
    }
}

/// Removes the file that was fetched longest ago, but for one. Whether there was one to remove.
async fn remove_eldest_beside(name: &str) -> Result<bool, Refusal> {
    for other in private_file::list(PREFIX).await? {
        if other.name != name && removed(&other.name).await? {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Removes a file, unless somebody uses it, as another tab does. Whether it is gone.
async fn removed(name: &str) -> Result<bool, Refusal> {
    match private_file::remove(name).await {
        Ok(()) => Ok(true),
        Err(PrivateFileError::Busy) => Ok(false),
        Err(error) => Err(error.into()),
    }
}

/// What is kept.
pub(crate) async fn kept() -> Result<KeptWeights, Refusal> {
    let files = private_file::list(PREFIX).await?;
    let bytes = files.iter().map(|file| file.size).sum();
    Ok(KeptWeights { files: files.len() as u64, bytes })
}

/// Forgets all of it.
pub(crate) async fn clear() -> Result<(), Refusal> {
    for file in private_file::list(PREFIX).await? {
        private_file::remove(&file.name).await?;
    }
    Ok(())
}
