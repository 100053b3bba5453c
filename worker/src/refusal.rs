//! From each error to what a person is told: what happened, what it means, what to do next.

use bridge::protocol::Failure;
use browser::abort::Aborted;
use browser::download::DownloadError;
use browser::file::FileReadError;
use browser::private_file::PrivateFileError;
use browser::store::StoreError;
use browser::upload::UploadError;
use wasm_core::ports::ChainError;

/// Why a request was not fulfilled. Wraps the message that crosses to the page.
#[derive(Clone, Debug)]
pub(crate) struct Refusal(pub(crate) Failure);

impl Refusal {
    /// A refusal that asking again will not change.
    pub(crate) fn new(code: &str, what: impl Into<String>, next: impl Into<String>) -> Self {
        Self(Failure { code: code.into(), what: what.into(), next: next.into(), retry: false })
    }

    /// A refusal that may pass by itself.
    pub(crate) fn passing(code: &str, what: impl Into<String>, next: impl Into<String>) -> Self {
        Self(Failure { code: code.into(), what: what.into(), next: next.into(), retry: true })
    }

    /// The wallet is locked, or there is none.
    pub(crate) fn locked() -> Self {
        Self::new("wallet/locked", "The wallet is locked.", "Unlock it and do this again.")
    }
}

/// A message of ours as the beginning of a sentence.
pub(crate) fn sentence(error: &impl std::fmt::Display) -> String {
    let text = error.to_string();
    let mut characters = text.chars();
    match characters.next() {
        Some(first) => first.to_uppercase().chain(characters).chain(['.']).collect(),
        None => text,
    }
}

impl From<StoreError> for Refusal {
    fn from(error: StoreError) -> Self {
        match &error {
            StoreError::Browser(_) => Self::passing(
                "storage/refused",
                sentence(&error),
                "Leave private browsing, free some room on the disk, then reload the page.",
            ),
            StoreError::Unreadable { .. } => Self::new(
                "storage/unreadable",
                sentence(&error),
                "Nothing was deleted. Restore from your backup or phrase in another browser \
                 profile before you erase anything here.",
            ),
        }
    }
}

impl From<ChainError> for Refusal {
    fn from(error: ChainError) -> Self {
        let retry = error.is_retryable();
        let code = match &error {
            ChainError::Unreachable(_) => "chain/unreachable",
            ChainError::Timeout { .. } => "chain/timeout",
            ChainError::Cancelled => "chain/cancelled",
            ChainError::Refused { .. } => "chain/refused",
            ChainError::Stale { .. } => "chain/stale",
            ChainError::Locked { .. } => "chain/locked",
            ChainError::Unsettled(_) => "chain/unsettled",
            ChainError::Hidden => "chain/hidden",
            ChainError::Unimplemented(_) => "chain/unimplemented",
            ChainError::Garbage(_) => "chain/garbage",
        };
        let explanation = wasm_core::preview::Explanation::of_chain_error(&error);
        Self(Failure { code: code.into(), what: explanation.what, next: explanation.next, retry })
    }
}

impl From<Aborted> for Refusal {
    fn from(_: Aborted) -> Self {
        Self::passing("work/stopped", "This was stopped.", "Continue whenever you like.")
    }
}

impl From<FileReadError> for Refusal {
    fn from(error: FileReadError) -> Self {
        Self::passing(
            "file/unreadable",
            sentence(&error),
            "It may have been moved or changed since you chose it. Choose the file again.",
        )
    }
}

impl From<PrivateFileError> for Refusal {
    fn from(error: PrivateFileError) -> Self {
        match &error {
            PrivateFileError::Full => Self::passing(
                "storage/full",
                sentence(&error),
                "Free some disk space, then continue.",
            ),
            PrivateFileError::Missing => Self::new(
                "storage/missing",
                sentence(&error),
                "Choose the weights file again: it is sealed anew, under a new key.",
            ),
            PrivateFileError::Busy => Self::passing(
                "storage/busy",
                sentence(&error),
                "Close the wallet's other tabs, then continue.",
            ),
            PrivateFileError::Failed(_) => Self::passing(
                "storage/failed",
                sentence(&error),
                "Leave private browsing or reload the page, then continue.",
            ),
        }
    }
}

impl From<DownloadError> for Refusal {
    fn from(error: DownloadError) -> Self {
        match &error {
            DownloadError::Unreachable { .. } => Self::passing(
                "download/unreachable",
                sentence(&error),
                "Check the address, and that its server allows any web page to read the file \
                 (Access-Control-Allow-Origin: *).",
            ),
            DownloadError::Status { .. } => Self::passing(
                "download/status",
                sentence(&error),
                "Put the file there, or name the address where it lies.",
            ),
            DownloadError::BrokeOff(_) => {
                Self::passing("download/broke-off", sentence(&error), "Try again.")
            }
            DownloadError::Stopped => Self::from(Aborted),
        }
    }
}

impl From<UploadError> for Refusal {
    fn from(error: UploadError) -> Self {
        match &error {
            UploadError::Unreachable(_) => Self::passing(
                "upload/unreachable",
                sentence(&error),
                "Check the connection and that the storage allows uploads from web pages (CORS). \
                 The sealed file is kept here; continue when it is reachable.",
            ),
            UploadError::Offset { .. } => Self::passing(
                "upload/offset",
                sentence(&error),
                "Continue: the upload goes on from where the storage stands.",
            ),
            UploadError::TooLarge => Self::new(
                "upload/too-large",
                sentence(&error),
                "Choose another storage, or save the sealed file and host it yourself.",
            ),
            UploadError::Refused { .. } => Self::passing(
                "upload/refused",
                sentence(&error),
                "An upload link may have expired: ask your storage for a new one.",
            ),
            UploadError::Stopped => Self::from(Aborted),
        }
    }
}
