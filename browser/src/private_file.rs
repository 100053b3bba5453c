//! Files in the origin's private file system: where sealed weights lie until they are published.

use crate::js;
use serde::{Deserialize, Serialize};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{
    File, FileSystemDirectoryHandle, FileSystemFileHandle, FileSystemGetFileOptions,
    FileSystemReadWriteOptions, FileSystemSyncAccessHandle,
};

/// Why the private file system did not do as asked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
pub enum PrivateFileError {
    /// No more room for this site.
    #[error("this browser has no more room for this file")]
    Full,
    /// No such file.
    #[error("this file is not in this browser any more")]
    Missing,
    /// Another tab has it open.
    #[error("another tab is working on this file")]
    Busy,
    /// Anything else.
    #[error("the browser's private storage failed: {0}")]
    Failed(String),
}

fn error(error: &JsValue) -> PrivateFileError {
    match js::name(error).as_str() {
        "QuotaExceededError" => PrivateFileError::Full,
        "NotFoundError" => PrivateFileError::Missing,
        "NoModificationAllowedError" | "InvalidStateError" => PrivateFileError::Busy,
        _ => PrivateFileError::Failed(js::message(error)),
    }
}

async fn settle<T: JsCast>(promise: impl Into<JsValue>) -> Result<T, PrivateFileError> {
    JsFuture::from(js_sys::Promise::from(promise.into()))
        .await
        .map(JsCast::unchecked_into)
        .map_err(|thrown| error(&thrown))
}

async fn root() -> Result<FileSystemDirectoryHandle, PrivateFileError> {
    settle(js::scope().navigator().storage().get_directory()).await
}

async fn handle(name: &str, create: bool) -> Result<FileSystemFileHandle, PrivateFileError> {
    let options = FileSystemGetFileOptions::new();
    options.set_create(create);
    settle(root().await?.get_file_handle_with_options(name, &options)).await
}

/// A private file as a `File`: its bytes stay on disk until somebody reads them.
///
/// # Errors
/// Where there is none.
pub async fn open(name: &str) -> Result<File, PrivateFileError> {
    settle(handle(name, false).await?.get_file()).await
}

/// Deletes a private file; one that is not there is no error.
///
/// # Errors
/// Where it is in use.
pub async fn remove(name: &str) -> Result<(), PrivateFileError> {
    match settle::<JsValue>(root().await?.remove_entry(name)).await {
        Ok(_) | Err(PrivateFileError::Missing) => Ok(()),
        Err(error) => Err(error),
    }
}

/// A private file among others.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed {
    /// Its name.
    pub name: String,
    /// Its bytes.
    pub size: u64,
    /// When it was last written; milliseconds since 1970.
    pub modified_ms: u64,
}

/// Private files whose name begins like this, those first that were written longest ago.
///
/// # Errors
/// Where the browser refuses.
pub async fn list(prefix: &str) -> Result<Vec<Listed>, PrivateFileError> {
    let names = root().await?.keys();
    let mut listed = Vec::new();
    loop {
        let next = names.next().map_err(|thrown| error(&thrown))?;
        let next: JsValue = settle(next).await?;
        let part =
            |name: &str| js_sys::Reflect::get(&next, &name.into()).map_err(|thrown| error(&thrown));
        if part("done")?.is_truthy() {
            break;
        }
        let name = part("value")?.as_string();
        let Some(name) = name.filter(|name| name.starts_with(prefix)) else { continue };
        // A folder, or a file that is gone by now, is none.
        if let Ok(file) = open(&name).await {
            let (size, modified_ms) = (js::bytes(file.size()), js::bytes(file.last_modified()));
            listed.push(Listed { name, size, modified_ms });
        }
    }
    listed.sort_by_key(|file| file.modified_ms);
    Ok(listed)
}

/// Bytes this site may still store, as far as the browser tells.
pub async fn room() -> Option<u64> {
    let estimate = js::scope().navigator().storage().estimate().ok()?;
    let estimate: JsValue = settle(estimate).await.ok()?;
    let field = |name: &str| js_sys::Reflect::get(&estimate, &name.into()).ok()?.as_f64();
    Some(js::bytes(field("quota")? - field("usage")?))
}

/// Writes a private file, from its first byte on or where it ends.
#[derive(Debug)]
pub struct PrivateFileWriter {
    access: FileSystemSyncAccessHandle,
    at: u64,
}

impl PrivateFileWriter {
    /// Begins a file anew.
    ///
    /// # Errors
    /// Where the file is in use.
    pub async fn create(name: &str) -> Result<Self, PrivateFileError> {
        let mut this = Self::append(name).await?;
        this.restart()?;
        Ok(this)
    }

    /// Goes on where a file ends, which is at its beginning where there is none.
    ///
    /// # Errors
    /// Where the file is in use.
    pub async fn append(name: &str) -> Result<Self, PrivateFileError> {
        let access: FileSystemSyncAccessHandle =
            settle(handle(name, true).await?.create_sync_access_handle()).await?;
        let mut this = Self { access, at: 0 };
        this.at = js::bytes(this.access.get_size().map_err(|thrown| error(&thrown))?);
        Ok(this)
    }

    /// Bytes of the file.
    #[must_use]
    pub const fn size(&self) -> u64 {
        self.at
    }

    /// Throws away what was written and begins anew.
    ///
    /// # Errors
    /// Where the disk refuses.
    pub fn restart(&mut self) -> Result<(), PrivateFileError> {
        self.access.truncate_with_u32(0).map_err(|thrown| error(&thrown))?;
        self.at = 0;
        Ok(())
    }

    /// Reads bytes that were written before: as many of the buffer's as there are from a position on.
    ///
    /// # Errors
    /// Where the disk refuses.
    pub fn read(&self, position: u64, buffer: &mut [u8]) -> Result<usize, PrivateFileError> {
        let options = FileSystemReadWriteOptions::new();
        options.set_at(js::number(position));
        let read = self
            .access
            .read_with_u8_array_and_options(buffer, &options)
            .map_err(|thrown| error(&thrown))?;
        Ok(usize::try_from(js::bytes(read)).unwrap_or_default().min(buffer.len()))
    }

    /// Appends.
    ///
    /// # Errors
    /// Where there is no more room.
    pub fn write(&mut self, bytes: &[u8]) -> Result<(), PrivateFileError> {
        let options = FileSystemReadWriteOptions::new();
        options.set_at(js::number(self.at));
        let written = self
            .access
            .write_with_u8_array_and_options(bytes, &options)
            .map_err(|thrown| error(&thrown))?;
        if js::bytes(written) != bytes.len() as u64 {
            return Err(PrivateFileError::Full);
        }
        self.at += bytes.len() as u64;
        Ok(())
    }

    /// Makes what was written last.
    ///
    /// # Errors
    /// Where the disk refuses.
    pub fn finish(self) -> Result<(), PrivateFileError> {
        self.flush()
    }

    /// Makes what was written last, and keeps the file open.
    ///
    /// # Errors
    /// Where the disk refuses.
    pub fn flush(&self) -> Result<(), PrivateFileError> {
        self.access.flush().map_err(|thrown| error(&thrown))
    }
}

impl Drop for PrivateFileWriter {
    fn drop(&mut self) {
        self.access.close();
    }
}
