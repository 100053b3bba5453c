//! Blobs on disk: whole ones to be read, unfinished ones to be continued.
//!
//! A blob is written beside its place and moved there when it is whole, so that a reader never sees
//! half of one. Memory stays constant: bytes go from the body to the file as they come.

use super::name::BlobName;
use super::piece::Piece;
use axum::body::{Body, Bytes};
use futures::{Stream, StreamExt};
use std::collections::HashSet;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use tokio::fs::{self, File, OpenOptions};
use tokio::io::AsyncWriteExt;

/// Why a blob was not written, or is not there.
#[derive(Debug, thiserror::Error)]
pub enum BlobError {
    /// More bytes than the store takes.
    #[error("a blob may have at most {limit} bytes")]
    TooLarge {
        /// The most bytes of one blob.
        limit: u64,
    },
    /// A piece that does not begin where the upload stands.
    #[error("the upload stands at byte {current}; continue there")]
    Offset {
        /// Bytes stored so far.
        current: u64,
    },
    /// A body of another length than its `Content-Range` says.
    #[error(
        "the body has not the length that content-range says; the upload stands at byte {current}"
    )]
    Length {
        /// Bytes stored so far.
        current: u64,
    },
    /// The connection broke.
    #[error("the upload broke off at byte {current}: {reason}")]
    BrokenOff {
        /// Bytes stored so far.
        current: u64,
        /// What the connection says.
        reason: String,
    },
    /// Another upload of the same name is running.
    #[error("another upload of this blob is running")]
    Busy,
    /// There is no such blob.
    #[error("there is no such blob")]
    Missing,
    /// The blob's upload is not finished.
    #[error("the upload of this blob is not finished; it stands at byte {current}")]
    Unfinished {
        /// Bytes stored so far.
        current: u64,
    },
    /// The disk refuses.
    #[error("the blob cannot be stored: {0}")]
    Disk(#[from] io::Error),
}

/// What an upload came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stored {
    /// The blob is whole and can be read.
    Whole {
        /// Its bytes.
        size: u64,
    },
    /// More is to come.
    Part {
        /// Bytes stored so far.
        current: u64,
    },
}

/// A folder of blobs.
#[derive(Debug)]
pub struct BlobStore {
    finished: PathBuf,
    unfinished: PathBuf,
    incoming: PathBuf,
    limit: u64,
    busy: Arc<Mutex<HashSet<BlobName>>>,
}

/// The right to write one blob; given back when dropped, also when a connection breaks.
struct Claim {
    name: BlobName,
    busy: Arc<Mutex<HashSet<BlobName>>>,
}

impl Drop for Claim {
    fn drop(&mut self) {
        self.busy.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.name);
    }
}

/// Why copying a body to a file ended early.
enum CopyError {
    TooLong,
    Body(String),
    Disk(io::Error),
}

/// Appends a body to a file, at most `room` bytes, and says how many there were.
async fn copy(
    mut body: impl Stream<Item = Result<Bytes, axum::Error>> + Unpin,
    file: &mut File,
    room: u64,
) -> (u64, Result<(), CopyError>) {
    let mut written = 0u64;
    let mut outcome = Ok(());
    while let Some(chunk) = body.next().await {
        let chunk = match chunk {
            Ok(chunk) => chunk,
            Err(error) => {
                outcome = Err(CopyError::Body(error.to_string()));
                break;
            }
        };
        let length = chunk.len() as u64;
        if length > room - written {
            outcome = Err(CopyError::TooLong);
            break;
        }
        if let Err(error) = file.write_all(&chunk).await {
            outcome = Err(CopyError::Disk(error));
            break;
        }
        written += length;
    }
    // The file writes behind our back until it is flushed.
    if let Err(error) = file.flush().await {
        outcome = Err(CopyError::Disk(error));
    }
    (written, outcome)
}

async fn size_of(path: &Path) -> io::Result<Option<u64>> {
    match fs::metadata(path).await {
        Ok(metadata) => Ok(Some(metadata.len())),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

async fn remove(path: &Path) -> io::Result<bool> {
    match fs::remove_file(path).await {
        Ok(()) => Ok(true),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
        Err(error) => Err(error),
    }
}

impl BlobStore {
    /// Opens a folder, making it where it is missing. Blobs of an earlier run are still there.
    ///
    /// # Errors
    /// Where the folder cannot be made.
    pub fn open(root: &Path, limit: u64) -> io::Result<Self> {
        let folder = |name: &str| {
            let path = root.join(name);
            std::fs::create_dir_all(&path).map(|()| path)
        };
        Ok(Self {
            finished: folder("finished")?,
            unfinished: folder("unfinished")?,
            incoming: folder("incoming")?,
            limit,
            busy: Arc::default(),
        })
    }

    /// The most bytes of one blob.
    #[must_use]
    pub const fn limit(&self) -> u64 {
        self.limit
    }

    fn claim(&self, name: &BlobName) -> Result<Claim, BlobError> {
        let mut busy = self.busy.lock().unwrap_or_else(PoisonError::into_inner);
        if busy.insert(name.clone()) {
            Ok(Claim { name: name.clone(), busy: Arc::clone(&self.busy) })
        } else {
            Err(BlobError::Busy)
        }
    }

    /// The file of a finished blob.
    ///
    /// # Errors
    /// Where there is none, or its upload is not finished.
    pub async fn finished(&self, name: &BlobName) -> Result<PathBuf, BlobError> {
        let path = self.finished.join(name.as_str());
        if size_of(&path).await?.is_some() {
            return Ok(path);
        }
        match size_of(&self.unfinished.join(name.as_str())).await? {
            Some(current) => Err(BlobError::Unfinished { current }),
            None => Err(BlobError::Missing),
        }
    }

    /// Stores a whole blob, in the place of any earlier one of the name.
    ///
    /// # Errors
    /// Where it is too large, breaks off, or cannot be stored; then nothing has changed.
    pub async fn put(&self, name: &BlobName, body: Body) -> Result<Stored, BlobError> {
        let _claim = self.claim(name)?;
        let path = self.incoming.join(name.as_str());
        let mut file = File::create(&path).await?;
        let (size, outcome) = copy(body.into_data_stream(), &mut file, self.limit).await;
        if let Err(error) = outcome {
            remove(&path).await?;
            return Err(match error {
                CopyError::TooLong => BlobError::TooLarge { limit: self.limit },
                CopyError::Body(reason) => BlobError::BrokenOff { current: 0, reason },
                CopyError::Disk(error) => BlobError::Disk(error),
            });
        }
        fs::rename(&path, self.finished.join(name.as_str())).await?;
        remove(&self.unfinished.join(name.as_str())).await?;
        Ok(Stored::Whole { size })
    }

    /// Continues an upload with its next piece, or ends it.
    ///
    /// # Errors
    /// Where the piece does not begin where the upload stands, is too large, breaks off, or cannot be
    /// stored. What arrived of a piece that broke off is kept.
    pub async fn put_piece(
        &self,
        name: &BlobName,
        piece: Piece,
        body: Body,
    ) -> Result<Stored, BlobError> {
        let _claim = self.claim(name)?;
        match piece {
            Piece::Finish { total } => self.finish(name, total).await,
            Piece::Ask => self.standing(name).await,
            Piece::Bytes { first, last, total } => {
                if total.unwrap_or(last + 1) > self.limit {
                    return Err(BlobError::TooLarge { limit: self.limit });
                }
                let current = self.append(name, first, last, body).await?;
                if total == Some(current) {
                    return self.finish(name, current).await;
                }
                Ok(Stored::Part { current })
            }
        }
    }

    /// Appends a piece and returns the bytes stored so far.
    async fn append(
        &self,
        name: &BlobName,
        first: u64,
        last: u64,
        body: Body,
    ) -> Result<u64, BlobError> {
        let path = self.unfinished.join(name.as_str());
        let stored = size_of(&path).await?;
        if stored.unwrap_or(0) != first {
            // A piece that was repeated after the blob became whole learns that it did.
            let whole = size_of(&self.finished.join(name.as_str())).await?;
            return Err(BlobError::Offset { current: stored.or(whole).unwrap_or(0) });
        }
        let mut file = OpenOptions::new().create(true).append(true).open(&path).await?;
        let (written, outcome) = copy(body.into_data_stream(), &mut file, last - first + 1).await;
        let current = first + written;
        match outcome {
            Ok(()) if current == last + 1 => Ok(current),
            Ok(()) => Err(BlobError::Length { current }),
            Err(CopyError::TooLong) => {
                file.set_len(first).await?;
                Err(BlobError::Length { current: first })
            }
            Err(CopyError::Body(reason)) => Err(BlobError::BrokenOff { current, reason }),
            Err(CopyError::Disk(error)) => {
                // How much of the last write arrived is unknown; the piece is taken back.
                file.set_len(first).await?;
                Err(BlobError::Disk(error))
            }
        }
    }

    /// Makes an upload the blob. Asking again changes nothing.
    async fn finish(&self, name: &BlobName, total: u64) -> Result<Stored, BlobError> {
        let path = self.unfinished.join(name.as_str());
        let whole = self.finished.join(name.as_str());
        match size_of(&path).await? {
            Some(current) if current == total => fs::rename(&path, &whole).await?,
            None if size_of(&whole).await? == Some(total) => {}
            None if total == 0 => drop(File::create(&whole).await?),
            stored => return Err(BlobError::Offset { current: stored.unwrap_or(0) }),
        }
        Ok(Stored::Whole { size: total })
    }

    /// Where an upload stands; one that has not begun stands at 0.
    async fn standing(&self, name: &BlobName) -> Result<Stored, BlobError> {
        if let Some(current) = size_of(&self.unfinished.join(name.as_str())).await? {
            return Ok(Stored::Part { current });
        }
        let whole = size_of(&self.finished.join(name.as_str())).await?;
        Ok(whole.map_or(Stored::Part { current: 0 }, |size| Stored::Whole { size }))
    }

    /// Deletes a blob, or an upload that is not finished.
    ///
    /// # Errors
    /// Where there is neither.
    pub async fn delete(&self, name: &BlobName) -> Result<(), BlobError> {
        let _claim = self.claim(name)?;
        let finished = remove(&self.finished.join(name.as_str())).await?;
        let unfinished = remove(&self.unfinished.join(name.as_str())).await?;
        if finished || unfinished { Ok(()) } else { Err(BlobError::Missing) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn store(limit: u64) -> (tempfile::TempDir, BlobStore, BlobName) {
        let root = tempfile::tempdir().expect("a temporary folder");
        let store = BlobStore::open(root.path(), limit).expect("a store");
        (root, store, "blob".parse().expect("a name"))
    }

    fn piece(text: &str) -> Piece {
        text.parse().expect("a content-range")
    }

    async fn read(store: &BlobStore, name: &BlobName) -> Vec<u8> {
        fs::read(store.finished(name).await.expect("a finished blob")).await.expect("a file")
    }

    fn breaks_off_after(bytes: &'static [u8]) -> Body {
        let broken = Err::<Bytes, _>(io::Error::other("gone"));
        Body::from_stream(futures::stream::iter([Ok(Bytes::from_static(bytes)), broken]))
    }

    #[tokio::test]
    async fn pieces_in_order_make_a_blob() {
        let (_root, store, name) = store(100);
        let part = store.put_piece(&name, piece("bytes 0-2/*"), Body::from("abc")).await;
        assert_eq!(part.expect("stored"), Stored::Part { current: 3 });
        assert!(matches!(store.finished(&name).await, Err(BlobError::Unfinished { current: 3 })));
        let whole = store.put_piece(&name, piece("bytes 3-4/5"), Body::from("de")).await;
        assert_eq!(whole.expect("stored"), Stored::Whole { size: 5 });
        assert_eq!(read(&store, &name).await, b"abcde");
    }

    #[tokio::test]
    async fn a_piece_elsewhere_than_at_the_end_is_refused_and_told_where() {
        let (_root, store, name) = store(100);
        store.put_piece(&name, piece("bytes 0-2/*"), Body::from("abc")).await.expect("stored");
        for range in ["bytes 0-2/*", "bytes 2-4/5", "bytes 4-5/6", "bytes */5"] {
            let refused = store.put_piece(&name, piece(range), Body::from("xyz")).await;
            assert!(matches!(refused, Err(BlobError::Offset { current: 3 })), "{range}");
        }
    }

    #[tokio::test]
    async fn what_arrived_before_the_connection_broke_is_kept_for_a_piece() {
        let (_root, store, name) = store(100);
        let broken = store.put_piece(&name, piece("bytes 0-9/10"), breaks_off_after(b"abcd")).await;
        assert!(matches!(broken, Err(BlobError::BrokenOff { current: 4, .. })));
        store.put_piece(&name, piece("bytes 4-9/10"), Body::from("efghij")).await.expect("stored");
        assert_eq!(read(&store, &name).await, b"abcdefghij");
    }

    #[tokio::test]
    async fn a_whole_blob_that_broke_off_leaves_the_earlier_one() {
        let (_root, store, name) = store(100);
        store.put(&name, Body::from("first")).await.expect("stored");
        let broken = store.put(&name, breaks_off_after(b"sec")).await;
        assert!(matches!(broken, Err(BlobError::BrokenOff { .. })));
        assert_eq!(read(&store, &name).await, b"first");
    }

    #[tokio::test]
    async fn a_body_of_the_wrong_length_does_not_pass_for_its_piece() {
        let (_root, store, name) = store(100);
        let long = store.put_piece(&name, piece("bytes 0-2/3"), Body::from("abcd")).await;
        assert!(matches!(long, Err(BlobError::Length { current: 0 })));
        let short = store.put_piece(&name, piece("bytes 0-2/3"), Body::from("ab")).await;
        assert!(matches!(short, Err(BlobError::Length { current: 2 })));
    }

    #[tokio::test]
    async fn the_limit_holds_for_whole_blobs_and_for_pieces() {
        let (_root, store, name) = store(4);
        store.put(&name, Body::from("abcd")).await.expect("stored");
        let whole = store.put(&name, Body::from("abcde")).await;
        assert!(matches!(whole, Err(BlobError::TooLarge { limit: 4 })));
        for range in ["bytes 0-0/5", "bytes 0-4/*"] {
            let refused = store.put_piece(&name, piece(range), Body::from("abcde")).await;
            assert!(matches!(refused, Err(BlobError::TooLarge { .. })), "{range}");
        }
        assert_eq!(read(&store, &name).await, b"abcd");
    }

    #[tokio::test]
    async fn the_last_piece_sent_again_learns_that_the_blob_is_whole() {
        let (_root, store, name) = store(100);
        store.put_piece(&name, piece("bytes 0-2/*"), Body::from("abc")).await.expect("stored");
        for _ in 0..2 {
            let finished = store.put_piece(&name, piece("bytes */3"), Body::empty()).await;
            assert_eq!(finished.expect("finished"), Stored::Whole { size: 3 });
        }
        let again = store.put_piece(&name, piece("bytes 2-2/3"), Body::from("c")).await;
        assert!(matches!(again, Err(BlobError::Offset { current: 3 })));
    }

    #[tokio::test]
    async fn only_one_upload_of_a_name_runs_and_a_dropped_one_lets_go() {
        let (_root, store, name) = store(100);
        let forever = Body::from_stream(futures::stream::pending::<Result<Bytes, io::Error>>());
        {
            let first = store.put(&name, forever);
            tokio::pin!(first);
            assert!(futures::poll!(&mut first).is_pending());
            assert!(matches!(store.put(&name, Body::from("x")).await, Err(BlobError::Busy)));
        }
        store.put(&name, Body::from("x")).await.expect("stored");
        store.delete(&name).await.expect("deleted");
        assert!(matches!(store.delete(&name).await, Err(BlobError::Missing)));
    }
}
