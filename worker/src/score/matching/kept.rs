//! The queue as it is kept in this browser: files, what was scored of them, and how far that is.
//!
//! The bytes of files are private files; all else lies in two drawers of the store. What is written
//! after an evaluation is its score alone.

use super::{PREFIX, damaged};
use crate::refusal::Refusal;
use bridge::matching::{
    FileLoss, FileScore, MOST_FILES, MatchOptions, QueueState, QueueView, QueuedFile,
};
use bridge::score::MAX_DATA;
use browser::file;
use browser::private_file::{self, PrivateFileWriter};
use browser::store::{Drawer, Store, StoreError};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use wasm_core::address::ModelId;
use wasm_core::digest::{Checksum, blake2b256};
use wasm_core::matching::{Book, Scored, embedding_from_text, embedding_to_text};
use web_sys::File;

/// Where it is kept how the queue stands.
const QUEUE: &str = "queue";
/// What the keys of files begin with.
const FILE: &str = "file/";

/// A file of the queue.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct KeptFile {
    pub(super) checksum: Checksum,
    pub(super) name: String,
    pub(super) size: u64,
    /// When it came, among the others.
    place: u64,
}

/// How the queue stands.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
struct Standing {
    options: Option<MatchOptions>,
    /// Checksums of the weights of the options' models, once they were looked up.
    weights: Vec<(ModelId, Checksum)>,
    state: QueueState,
}

/// All of it.
pub(super) struct Kept {
    store: Store,
    pub(super) files: Vec<KeptFile>,
    pub(super) book: Book,
    standing: Standing,
}

fn file_key(checksum: &Checksum) -> String {
    format!("{FILE}{}", hex::encode(checksum.0))
}

/// The name of the private file that holds some data.
fn private_name(checksum: &Checksum) -> String {
    format!("{PREFIX}{}", hex::encode(checksum.0))
}

impl Kept {
    /// Reads what is kept. Data that nobody knows of, as after a crash, is deleted.
    pub(super) async fn load() -> Result<Self, Refusal> {
        let store = Store::open(crate::serve::STORE).await?;
        let standing = store.load(Drawer::Matching, QUEUE).await?.unwrap_or_default();
        let mut files: Vec<KeptFile> = Vec::new();
        for (key, text) in store.all(Drawer::Matching).await? {
            if key.starts_with(FILE) {
                let read = serde_json::from_str(&text);
                let unreadable = |error: serde_json::Error| StoreError::Unreadable {
                    key,
                    reason: error.to_string(),
                };
                files.push(read.map_err(unreadable)?);
            }
        }
        files.sort_by_key(|file| file.place);
        let known: BTreeSet<_> = files.iter().map(|file| private_name(&file.checksum)).collect();
        for listed in private_file::list(PREFIX).await? {
            if !known.contains(&listed.name) {
                private_file::remove(&listed.name).await?;
            }
        }
        let mut this = Self { store, files, book: Book::default(), standing };
        this.read_scores().await?;
        Ok(this)
    }

    async fn read_scores(&mut self) -> Result<(), Refusal> {
        let known: BTreeSet<_> = self.checksums().into_iter().collect();
        // Of data that is gone, where its removal was interrupted.
        let mut strays = Vec::new();
        for key in self.store.keys(Drawer::Scores).await? {
            match key.parse::<Scored>() {
                Ok(scored) if known.contains(&scored.data) => {
                    self.book.put(scored);
                }
                _ => strays.push(key),
            }
        }
        Ok(self.store.remove_all(Drawer::Scores, &strays).await?)
    }

    pub(super) fn file(&self, checksum: Checksum) -> Option<&KeptFile> {
        self.files.iter().find(|file| file.checksum == checksum)
    }

    pub(super) fn checksums(&self) -> Vec<Checksum> {
        self.files.iter().map(|file| file.checksum).collect()
    }

    pub(super) const fn options(&self) -> Option<&MatchOptions> {
        self.standing.options.as_ref()
    }

    pub(super) const fn state(&self) -> &QueueState {
        &self.standing.state
    }

    /// Models and their weights, as they were looked up last.
    pub(super) fn models(&self) -> &[(ModelId, Checksum)] {
        &self.standing.weights
    }

    /// The queue as a page sees it.
    pub(super) fn view(&self) -> QueueView {
        QueueView {
            files: self.files.iter().map(|file| self.view_of(file)).collect(),
            models: self.options().map(|options| options.models.clone()).unwrap_or_default(),
            state: self.standing.state.clone(),
        }
    }

    pub(super) fn view_of(&self, file: &KeptFile) -> QueuedFile {
        let models = self.options().map_or(&[][..], |options| &options.models);
        let score = |&model: &ModelId| {
            let present = self.standing.weights.iter().find(|(of, _)| *of == model);
            let scored = match present {
                Some((_, weights)) => self.book.get(file.checksum, model, *weights),
                None => self.book.last(file.checksum, model),
            };
            let loss = |scored: Scored| {
                if scored.loss.is_finite() {
                    FileLoss::Finite(scored.loss)
                } else {
                    FileLoss::NotFinite
                }
            };
            FileScore { model, loss: scored.map(loss) }
        };
        QueuedFile {
            checksum: file.checksum,
            name: file.name.clone(),
            size: file.size,
            scores: models.iter().map(score).collect(),
        }
    }

    /// Keeps a file. The same bytes are kept once.
    pub(super) async fn add(&mut self, given: &File) -> Result<QueuedFile, Refusal> {
        let size = file::size(given);
        let name = given.name();
        if size == 0 {
            return Err(Refusal::new(
                "match/empty",
                format!("{name} is empty, and nothing can be scored of it."),
                "Leave it out.",
            ));
        }
        if size > MAX_DATA {
            return Err(Refusal::new(
                "match/data-size",
                format!(
                    "{name} has {size} bytes, more than the network takes for a target, which is {MAX_DATA}."
                ),
                "Leave it out, or cut it into smaller files.",
            ));
        }
        let bytes = file::read_range(given, 0, size).await?;
        let checksum = Checksum(blake2b256(&[&bytes]));
        if let Some(known) = self.file(checksum) {
            return Ok(self.view_of(known));
        }
        if self.files.len() >= MOST_FILES {
            return Err(Refusal::new(
                "match/many",
                format!("{MOST_FILES} files are queued already, which is as many as can be."),
                "Remove some that are scored, then add more.",
            ));
        }
        let mut writer = PrivateFileWriter::create(&private_name(&checksum)).await?;
        writer.write(&bytes)?;
        writer.finish()?;
        let place = self.files.last().map_or(0, |last| last.place + 1);
        let kept = KeptFile { checksum, name, size, place };
        self.store.save(Drawer::Matching, &file_key(&checksum), &kept).await?;
        self.files.push(kept.clone());
        Ok(self.view_of(&kept))
    }

    /// Forgets files and what was scored of them; one that is not there is no error.
    pub(super) async fn remove(&mut self, files: &[Checksum]) -> Result<(), Refusal> {
        let keys: Vec<_> = files.iter().map(file_key).collect();
        self.store.remove_all(Drawer::Matching, &keys).await?;
        self.files.retain(|file| !files.contains(&file.checksum));
        let scores = files.iter().flat_map(|file| self.book.forget(*file));
        let names: Vec<_> = scores.map(|scored| scored.to_string()).collect();
        self.store.remove_all(Drawer::Scores, &names).await?;
        for file in files {
            private_file::remove(&private_name(file)).await?;
        }
        Ok(())
    }

    /// The bytes of a file, which are still those that came.
    pub(super) async fn bytes(&self, checksum: Checksum) -> Result<(File, Vec<u8>), Refusal> {
        let kept = self.file(checksum).ok_or_else(|| super::gone(checksum))?;
        let file = private_file::open(&private_name(&checksum)).await;
        let file = file.map_err(|_| damaged(&kept.name))?;
        let bytes = file::read_range(&file, 0, file::size(&file)).await?;
        if Checksum(blake2b256(&[&bytes])) != checksum {
            return Err(damaged(&kept.name));
        }
        Ok((file, bytes))
    }

    /// Notes how scoring shall be done.
    pub(super) async fn choose(&mut self, options: MatchOptions) -> Result<(), Refusal> {
        self.change(|standing| {
            standing.weights.retain(|(model, _)| options.models.contains(model));
            standing.options = Some(options);
            standing.state = QueueState::Running;
        })
        .await
    }

    /// Notes with which weights models score now.
    pub(super) async fn look_up(&mut self, found: Vec<(ModelId, Checksum)>) -> Result<(), Refusal> {
        self.change(|standing| standing.weights = found).await
    }

    /// Notes with which weights models would score now, those of them that are known.
    pub(super) async fn refresh(
        &mut self,
        now: &BTreeMap<ModelId, Checksum>,
    ) -> Result<(), Refusal> {
        let mut weights = self.standing.weights.clone();
        for (model, checksum) in &mut weights {
            *checksum = now.get(model).copied().unwrap_or(*checksum);
        }
        if weights == self.standing.weights {
            return Ok(());
        }
        self.look_up(weights).await
    }

    /// Notes whether it goes on.
    pub(super) async fn turn(&mut self, state: QueueState) -> Result<(), Refusal> {
        self.change(|standing| standing.state = state).await
    }

    async fn change(&mut self, change: impl FnOnce(&mut Standing)) -> Result<(), Refusal> {
        change(&mut self.standing);
        Ok(self.store.save(Drawer::Matching, QUEUE, &self.standing).await?)
    }

    /// Keeps a score, in place of one by former weights.
    pub(super) async fn score(&mut self, scored: Scored, embedding: &[f32]) -> Result<(), Refusal> {
        let text = embedding_to_text(embedding);
        self.store.put(Drawer::Scores, &scored.to_string(), &text).await?;
        if let Some(former) = self.book.put(scored)
            && former.to_string() != scored.to_string()
        {
            self.store.remove(Drawer::Scores, &former.to_string()).await?;
        }
        Ok(())
    }

    /// The embedding of a score.
    pub(super) async fn embedding(&self, scored: &Scored) -> Result<Vec<f32>, Refusal> {
        let key = scored.to_string();
        let text = self.store.get(Drawer::Scores, &key).await?.unwrap_or_default();
        match embedding_from_text(&text) {
            Some(embedding) if !embedding.is_empty() => Ok(embedding),
            _ => {
                let reason = "it is no embedding".to_owned();
                Err(StoreError::Unreadable { key, reason }.into())
            }
        }
    }
}
