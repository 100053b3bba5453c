//! A download: one source after the other, one connection after the other, one verdict.

use super::source::sources;
use super::{
    DownloadError, FailureReason, FetchError, FileAnswer, FileBody, Files, Resource, SourceFailure,
    patience,
};
use crate::manifest::{Manifest, Url};
use crate::weights::{DecryptionKey, ManifestMismatch, Measured, Opener, Verified, Verifier};
use std::collections::BTreeSet;
use std::fmt;
use std::time::Duration;

/// Between two pieces of a file that has begun to come.
const STALL: Duration = Duration::from_secs(30);
/// Attempts at one source in which not a byte came.
const ATTEMPTS: u32 = 3;
/// Before the second attempt; twice that before the third.
const PAUSE: Duration = Duration::from_secs(1);

/// Whose bytes were taken. A caller's own from an earlier run are of no source.
type Origin = Option<usize>;

/// A file on its way, checked against its manifest and, with a key, decrypted as it comes.
pub struct Download<F: Files> {
    files: F,
    manifest: Manifest,
    key: Option<DecryptionKey>,
    sources: Vec<Url>,
    /// The source in use.
    source: usize,
    /// Attempts at it since the last byte.
    attempts: u32,
    failures: Vec<SourceFailure>,
    check: Check,
    /// Whose bytes the check has seen.
    origins: BTreeSet<Origin>,
    live: Option<Live<F::Body>>,
    done: bool,
    verified: Option<Verified>,
}

/// An answer that is being read.
struct Live<B> {
    body: B,
    /// Bytes to pass over: they came before.
    skip: u64,
    begun: bool,
}

/// What happens to the bytes.
enum Check {
    Verify(Box<Verifier>),
    Open(Box<Opener>),
}

impl Check {
    fn new(manifest: &Manifest, key: Option<&DecryptionKey>) -> Self {
        match key {
            Some(key) => Self::Open(Box::new(Opener::new(key, manifest.clone()))),
            None => Self::Verify(Box::new(Verifier::new(Measured::from(manifest)))),
        }
    }

    fn update(&mut self, chunk: &mut [u8]) -> Result<(), ManifestMismatch> {
        match self {
            Self::Verify(verifier) => verifier.update(chunk),
            Self::Open(opener) => opener.update(chunk),
        }
    }

    const fn position(&self) -> u64 {
        match self {
            Self::Verify(verifier) => verifier.size(),
            Self::Open(opener) => opener.position(),
        }
    }

    /// The witness that what was decrypted is the file, where it was decrypted.
    fn finish(self) -> Result<Option<Verified>, ManifestMismatch> {
        match self {
            Self::Verify(verifier) => verifier.finish().map(|_| None),
            Self::Open(opener) => opener.finish().map(Some),
        }
    }
}

/// Why an attempt ended.
enum Setback {
    /// The same source may do better the next time.
    Again(FailureReason),
    /// The source will not do better.
    Never(FailureReason),
    /// The bytes were those of another file.
    OtherFile(ManifestMismatch),
    Stopped,
}

impl From<FetchError> for Setback {
    fn from(error: FetchError) -> Self {
        match error {
            FetchError::Stopped => Self::Stopped,
            error => Self::Again(FailureReason::Fetch(error)),
        }
    }
}

impl<F: Files> Download<F> {
    /// The file that a manifest names: from there, or else from a node that fetches it for others.
    #[must_use]
    pub fn new(files: F, manifest: Manifest, node: Option<&Url>, resource: Resource) -> Self {
        let sources = sources(&manifest, node, resource);
        Self::with(files, manifest, None, sources)
    }

    /// The same for encrypted weights, decrypted with the key that their owner revealed.
    ///
    /// The cipher does not authenticate: no byte may be used before the whole file is verified.
    #[must_use]
    pub fn opening(
        files: F,
        manifest: Manifest,
        key: DecryptionKey,
        node: Option<&Url>,
        resource: Resource,
    ) -> Self {
        let sources = sources(&manifest, node, resource);
        Self::with(files, manifest, Some(key), sources)
    }

    fn with(files: F, manifest: Manifest, key: Option<DecryptionKey>, sources: Vec<Url>) -> Self {
        let check = Check::new(&manifest, key.as_ref());
        Self {
            files,
            manifest,
            key,
            sources,
            source: 0,
            attempts: 0,
            failures: Vec::new(),
            check,
            origins: BTreeSet::new(),
            live: None,
            done: false,
            verified: None,
        }
    }

    /// Bytes of the whole file.
    #[must_use]
    pub const fn size(&self) -> u64 {
        self.manifest.size()
    }

    /// Bytes that have come.
    #[must_use]
    pub const fn position(&self) -> u64 {
        if self.done { self.manifest.size() } else { self.check.position() }
    }

    /// The witness that what was decrypted is the file that the manifest names; none before the end,
    /// or where nothing was decrypted.
    #[must_use]
    pub fn into_verified(self) -> Option<Verified> {
        self.verified
    }

    /// Takes bytes as they were served that an earlier download left behind, from the beginning of
    /// the file on; with a key, they are decrypted in place. What follows them is asked for.
    ///
    /// # Errors
    /// Where there are more of them than the file has.
    pub fn resume_after(&mut self, chunk: &mut [u8]) -> Result<(), ManifestMismatch> {
        self.check.update(chunk)?;
        if !chunk.is_empty() {
            self.origins.insert(None);
        }
        Ok(())
    }

    /// Puts the next bytes into the buffer, and says at which position of the file they stand; none
    /// once the whole file has come and is the right one.
    ///
    /// Positions go up, but for this: bytes that turned out to be of another file are asked for
    /// again elsewhere, from position 0 on. Then nothing that came before is worth anything.
    ///
    /// # Errors
    /// Where the caller stops it, or no source gives the file.
    pub async fn next(&mut self, buffer: &mut Vec<u8>) -> Result<Option<u64>, DownloadError> {
        while !self.done {
            match self.advance(buffer).await {
                Ok(Some(position)) => return Ok(Some(position)),
                Ok(None) => {}
                Err(setback) => self.take_setback(setback).await?,
            }
        }
        buffer.clear();
        Ok(None)
    }

    /// All of the file in memory, for small ones. Bytes that came before are not in it.
    ///
    /// # Errors
    /// As [`next`](Self::next).
    pub async fn collect(mut self) -> Result<Vec<u8>, DownloadError> {
        let (mut file, mut buffer) = (Vec::new(), Vec::new());
        while let Some(position) = self.next(&mut buffer).await? {
            if position == 0 {
                file.clear();
            }
            file.extend_from_slice(&buffer);
        }
        Ok(file)
    }

    /// One step: some bytes, or nothing yet, or the end.
    async fn advance(&mut self, buffer: &mut Vec<u8>) -> Result<Option<u64>, Setback> {
        let Some(live) = &mut self.live else {
            if self.check.position() == self.manifest.size() {
                self.finish()?;
            } else {
                self.connect().await?;
            }
            return Ok(None);
        };
        let limit = if live.begun { STALL } else { patience(self.manifest.size()) };
        if !live.body.next(buffer, limit).await? {
            let (expected, actual) = (self.manifest.size(), self.check.position());
            self.live = None;
            if actual == expected {
                self.finish()?;
                return Ok(None);
            }
            let short = ManifestMismatch::Size { expected, actual };
            return Err(Setback::Again(FailureReason::Mismatch(short)));
        }
        live.begun = true;
        let skipped = live.skip.min(buffer.len() as u64);
        live.skip -= skipped;
        // No longer than the buffer.
        buffer.drain(..usize::try_from(skipped).unwrap_or(buffer.len()));
        if buffer.is_empty() {
            return Ok(None);
        }
        let position = self.check.position();
        self.check.update(buffer).map_err(Setback::OtherFile)?;
        self.origins.insert(Some(self.source));
        self.attempts = 0;
        Ok(Some(position))
    }

    /// Asks the source in use for what is missing.
    async fn connect(&mut self) -> Result<(), Setback> {
        let (size, position) = (self.manifest.size(), self.check.position());
        let url = self.sources.get(self.source).ok_or(Setback::Never(FailureReason::Scheme))?;
        if !url.is_http() {
            return Err(Setback::Never(FailureReason::Scheme));
        }
        let answer = self.files.open(url, position, patience(size)).await?;
        let skip = begins(&answer, position, size)?;
        self.live = Some(Live { body: answer.body, skip, begun: false });
        Ok(())
    }

    fn finish(&mut self) -> Result<(), Setback> {
        let fresh = self.fresh_check();
        let check = std::mem::replace(&mut self.check, fresh);
        self.verified = check.finish().map_err(Setback::OtherFile)?;
        self.done = true;
        Ok(())
    }

    fn fresh_check(&self) -> Check {
        Check::new(&self.manifest, self.key.as_ref())
    }

    /// Decides where to go on.
    async fn take_setback(&mut self, setback: Setback) -> Result<(), DownloadError> {
        self.live = None;
        match setback {
            Setback::Stopped => Err(DownloadError::Stopped),
            Setback::Again(_) if self.attempts + 1 < ATTEMPTS => {
                self.attempts += 1;
                self.files.pause(PAUSE * self.attempts).await;
                Ok(())
            }
            Setback::Again(reason) | Setback::Never(reason) => {
                if matches!(reason, FailureReason::Mismatch(_)) && self.came_from_here() {
                    // It ended in good order every time: what it has is another file.
                    self.start_over();
                }
                self.next_source(reason)
            }
            Setback::OtherFile(mismatch) => {
                // Bytes of several origins do not tell which one is wrong: this one alone, from the
                // beginning.
                let alone = self.origins.len() <= 1 && !self.origins.contains(&None);
                self.start_over();
                if alone { self.next_source(FailureReason::Mismatch(mismatch)) } else { Ok(()) }
            }
        }
    }

    fn came_from_here(&self) -> bool {
        self.origins.contains(&Some(self.source))
    }

    fn start_over(&mut self) {
        self.check = self.fresh_check();
        self.origins.clear();
        self.attempts = 0;
    }

    fn next_source(&mut self, reason: FailureReason) -> Result<(), DownloadError> {
        if let Some(url) = self.sources.get(self.source) {
            self.failures.push(SourceFailure { url: url.clone(), reason });
        }
        self.attempts = 0;
        self.source += 1;
        if self.source < self.sources.len() {
            return Ok(());
        }
        self.source = self.sources.len();
        Err(DownloadError::NotToBeHad(self.failures.clone()))
    }
}

/// Where an answer begins: how many of its bytes came before.
fn begins<B>(answer: &FileAnswer<B>, position: u64, size: u64) -> Result<u64, Setback> {
    let whole = |actual: u64| {
        if actual == size {
            return Ok(());
        }
        let mismatch = if actual > size {
            ManifestMismatch::TooLong { expected: size }
        } else {
            ManifestMismatch::Size { expected: size, actual }
        };
        Err(Setback::Never(FailureReason::Mismatch(mismatch)))
    };
    match (answer.status, answer.range) {
        // The server does not go on where we ask it to: it begins anew.
        (200, _) => {
            answer.length.map_or(Ok(()), whole)?;
            Ok(position)
        }
        (206, Some(range)) => {
            range.total.map_or(Ok(()), whole)?;
            position.checked_sub(range.first).ok_or(Setback::Never(FailureReason::Range))
        }
        // A browser does not show the range of another origin's answer; the checksum has the last word.
        (206, None) => {
            answer.length.map_or(Ok(()), |length| whole(position.saturating_add(length)))?;
            Ok(0)
        }
        (408 | 425 | 429 | 500..=599, _) => {
            Err(Setback::Again(FailureReason::Status(answer.status)))
        }
        _ => Err(Setback::Never(FailureReason::Status(answer.status))),
    }
}

impl<F: Files> fmt::Debug for Download<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Download")
            .field("manifest", &self.manifest)
            .field("sources", &self.sources)
            .field("position", &self.position())
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
