//! What is being chosen, and what it means.

use crate::scoring::Scoring;
use crate::session::Session;
use bridge::score::{EngineChoice, GPU_MEMORY, MAX_DATA, OpenTarget, ScoreModel, ScoreOptions, ScoreTarget};
use leptos::prelude::*;
use std::collections::BTreeSet;
use wasm_core::manifest::Url;
use web_sys::File;

/// Data as a file or as text.
pub(super) const FILE: &str = "file";
pub(super) const TEXT: &str = "text";

/// Who computes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum EngineKind {
    Automatic,
    Gpu,
    Cpu,
    Remote,
}

/// What is being chosen.
#[derive(Clone, Copy, Debug)]
pub(super) struct Draft {
    session: Session,
    scoring: Scoring,
    /// [`FILE`] or [`TEXT`].
    pub(super) source: RwSignal<&'static str>,
    pub(super) file: RwSignal<Option<File>, LocalStorage>,
    pub(super) text: RwSignal<String>,
    pub(super) target: RwSignal<Option<OpenTarget>>,
    pub(super) models: RwSignal<BTreeSet<ScoreModel>>,
    pub(super) engine: RwSignal<EngineKind>,
    pub(super) service: RwSignal<String>,
    pub(super) seed: RwSignal<String>,
    /// The form was sent once: now every field may say what is wrong with it.
    pub(super) tried: RwSignal<bool>,
}

impl Draft {
    pub(super) fn new(session: Session, scoring: Scoring) -> Self {
        Self {
            session,
            scoring,
            source: RwSignal::new(FILE),
            file: RwSignal::new_local(None),
            text: RwSignal::new(String::new()),
            target: RwSignal::new(None),
            models: RwSignal::new(BTreeSet::new()),
            engine: RwSignal::new(EngineKind::Automatic),
            service: RwSignal::new(String::new()),
            seed: RwSignal::new("0".to_owned()),
            tried: RwSignal::new(false),
        }
    }

    /// The data, or what is wrong with it. Tracked.
    pub(super) fn data(self) -> Result<File, String> {
        if self.source.get() == TEXT {
            let text = self.text.read();
            check_size(text.len() as f64)?;
            let parts = js_sys::Array::of1(&text.as_str().into());
            return File::new_with_str_sequence(&parts, "pasted text")
                .map_err(|_| "the browser cannot keep this text".to_owned());
        }
        let file = self.file.get().ok_or("choose a file, or paste text")?;
        check_size(file.size())?;
        Ok(file)
    }

    /// The models, or what is wrong with the choice. Tracked.
    pub(super) fn chosen_models(self) -> Result<Vec<ScoreModel>, String> {
        let models: Vec<_> = self.models.read().iter().copied().collect();
        if models.is_empty() {
            return Err("choose at least one model, or add a file".to_owned());
        }
        Ok(models)
    }

    /// The seed, or what is wrong with it. Tracked.
    pub(super) fn seed_read(self) -> Result<u64, String> {
        let wrong = |_| "a whole number from 0 to 18446744073709551615".to_owned();
        self.seed.read().trim().parse().map_err(wrong)
    }

    /// The service's address, or what is wrong with it. Tracked.
    pub(super) fn service_read(self) -> Result<String, String> {
        let url: Result<Url, _> = self.service.read().trim().parse();
        match url {
            Ok(url) if url.is_http() => Ok(url.to_string()),
            _ => Err("the whole address, such as https://scoring.example.com".to_owned()),
        }
    }

    fn engine_read(self) -> Result<EngineChoice, String> {
        Ok(match self.engine.get() {
            EngineKind::Automatic => EngineChoice::Automatic,
            EngineKind::Gpu => EngineChoice::Gpu,
            EngineKind::Cpu => EngineChoice::Cpu,
            EngineKind::Remote => EngineChoice::Remote { url: self.service_read()? },
        })
    }

    /// What shall be scored, once everything is in order. Tracked.
    pub(super) fn complete(self) -> Option<(ScoreOptions, File)> {
        let data = self.data().ok()?;
        let options = ScoreOptions {
            models: self.chosen_models().ok()?,
            target: self.target.get().map(|target| ScoreTarget {
                id: target.id,
                embedding: target.embedding,
                threshold: target.threshold,
                models: target.models,
            }),
            seed: self.seed_read().ok()?,
            engine: self.engine_read().ok()?,
            gpu_memory: GPU_MEMORY,
            network: self.session.network.get().map(|status| status.network),
        };
        Some((options, data))
    }

    /// Chooses a model, or leaves it out.
    pub(super) fn choose(self, model: ScoreModel, chosen: bool) {
        self.models.update(|models| {
            if chosen {
                models.insert(model);
            } else {
                models.remove(&model);
            }
        });
    }

    /// Forgets what was chosen of a network when another one is chosen.
    pub(super) fn follow_network(self) {
        let network = Memo::new(move |_| {
            self.session.network.read().as_ref().map(|status| status.network.name.clone())
        });
        Effect::new(move |before: Option<Option<String>>| {
            let now = network.get();
            if before.flatten().is_some_and(|before| now.as_ref() != Some(&before)) {
                self.target.set(None);
                let is_file = |model: &ScoreModel| matches!(model, ScoreModel::File(_));
                self.models.update(|models| models.retain(is_file));
            }
            now
        });
    }

    pub(super) const fn scoring(self) -> Scoring {
        self.scoring
    }
}

#[expect(clippy::cast_precision_loss, reason = "the limit is a small whole number")]
fn check_size(size: f64) -> Result<(), String> {
    if size < 1.0 {
        return Err("there is nothing in it".to_owned());
    }
    if size > MAX_DATA as f64 {
        return Err("more than the 1,048,576 bytes that the network takes for a target".to_owned());
    }
    Ok(())
}
