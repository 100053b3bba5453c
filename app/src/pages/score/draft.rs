//! What is being chosen, and what it means. It outlives the page, so that a look elsewhere loses nothing.

use crate::preferences;
use crate::scoring::{Scoring, use_scoring};
use crate::session::{Phase, Session};
use bridge::score::{
    ActiveModel, EngineChoice, GPU_MEMORY, MAX_DATA, MOST_WORKERS, OpenTarget, ScoreModel,
    ScoreOptions, ScoreTarget, in_order,
};
use leptos::prelude::*;
use std::collections::BTreeSet;
use wasm_core::address::ModelId;
use wasm_core::manifest::Url;
use web_sys::File;

/// Data as a file or as text.
pub(super) const FILE: &str = "file";
pub(super) const TEXT: &str = "text";

/// Bytes of graphics memory that can be chosen, and what they are called.
pub(super) const MEMORIES: [(u64, &str); 6] = [
    (150 << 20, "150 MiB"),
    (GPU_MEMORY, "300 MiB"),
    (600 << 20, "600 MiB"),
    (1 << 30, "1 GiB"),
    (2 << 30, "2 GiB"),
    (4 << 30, "4 GiB"),
];

/// Where what a person prefers is kept.
const ENGINE_KEY: &str = "score-engine";
const MEMORY_KEY: &str = "score-memory";
const WORKERS_KEY: &str = "score-workers";

/// What somebody who has nothing at hand may score.
const EXAMPLE: &str =
    "The keeper of the lighthouse counts the ships that pass, and writes each of them down.";

/// Who computes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum EngineKind {
    Automatic,
    Gpu,
    Cpu,
    Remote,
}

impl EngineKind {
    const ALL: [Self; 4] = [Self::Automatic, Self::Gpu, Self::Cpu, Self::Remote];

    /// Its name in storage.
    const fn key(self) -> &'static str {
        match self {
            Self::Automatic => "automatic",
            Self::Gpu => "gpu",
            Self::Cpu => "cpu",
            Self::Remote => "remote",
        }
    }
}

/// What is being chosen.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Draft {
    session: Session,
    scoring: Scoring,
    /// [`FILE`] or [`TEXT`].
    pub(super) source: RwSignal<&'static str>,
    pub(super) file: RwSignal<Option<File>, LocalStorage>,
    pub(super) text: RwSignal<String>,
    pub(super) target: RwSignal<Option<OpenTarget>>,
    /// The target is asked for by its id.
    pub(super) by_id: RwSignal<bool>,
    pub(super) models: RwSignal<BTreeSet<ScoreModel>>,
    pub(super) engine: RwSignal<EngineKind>,
    pub(super) service: RwSignal<String>,
    /// Bytes of the graphics device's memory.
    pub(super) memory: RwSignal<u64>,
    /// Workers that compute where the processor does; none where nothing was chosen.
    pub(super) workers: RwSignal<Option<u32>>,
    pub(super) seed: RwSignal<String>,
    /// The form was sent once: now every field may say what is wrong with it.
    pub(super) tried: RwSignal<bool>,
}

impl Draft {
    /// Provides it to everything below.
    pub(crate) fn provide(session: Session) {
        let kept = preferences::kept(ENGINE_KEY);
        let engine = EngineKind::ALL.into_iter().find(|kind| Some(kind.key()) == kept.as_deref());
        let kept = preferences::kept(MEMORY_KEY).and_then(|kept| kept.parse().ok());
        let memory = kept.filter(|kept| MEMORIES.iter().any(|(memory, _)| memory == kept));
        let kept = preferences::kept(WORKERS_KEY).and_then(|kept| kept.parse().ok());
        let workers = kept.filter(|kept| (1..=MOST_WORKERS).contains(kept));
        let draft = Self {
            session,
            scoring: use_scoring(),
            source: RwSignal::new(FILE),
            file: RwSignal::new_local(None),
            text: RwSignal::new(String::new()),
            target: RwSignal::new(None),
            by_id: RwSignal::new(false),
            models: RwSignal::new(BTreeSet::new()),
            engine: RwSignal::new(engine.unwrap_or(EngineKind::Automatic)),
            service: RwSignal::new(String::new()),
            memory: RwSignal::new(memory.unwrap_or(GPU_MEMORY)),
            workers: RwSignal::new(workers),
            seed: RwSignal::new("0".to_owned()),
            tried: RwSignal::new(false),
        };
        Effect::new(move |_| preferences::keep(ENGINE_KEY, draft.engine.get().key()));
        Effect::new(move |_| preferences::keep(MEMORY_KEY, &draft.memory.get().to_string()));
        Effect::new(move |_| {
            let workers = draft.workers.get().map_or(String::new(), |workers| workers.to_string());
            preferences::keep(WORKERS_KEY, &workers);
        });
        draft.follow_network();
        draft.follow_files();
        let phase = session.phase();
        Effect::new(move |_| {
            if matches!(phase.get(), Phase::Locked | Phase::Absent) {
                draft.forget();
            }
        });
        provide_context(draft);
    }

    /// Nothing is left of what the open wallet chose.
    fn forget(self) {
        self.file.set(None);
        self.text.set(String::new());
        self.forget_network();
        self.seed.set("0".to_owned());
        self.service.set(String::new());
        self.tried.set(false);
    }

    fn forget_network(self) {
        self.target.set(None);
        self.by_id.set(false);
        self.models.update(|models| models.retain(|model| matches!(model, ScoreModel::File(_))));
    }

    /// Forgets what was chosen of a network when another one is chosen.
    fn follow_network(self) {
        let network = Memo::new(move |_| {
            self.session.network.read().as_ref().map(|status| status.network.name.clone())
        });
        Effect::new(move |before: Option<Option<String>>| {
            let now = network.get();
            if before.flatten().is_some_and(|before| now.as_ref() != Some(&before)) {
                self.forget_network();
            }
            now
        });
    }

    /// Leaves out files that are not at hand any more.
    fn follow_files(self) {
        Effect::new(move |_| {
            let there: Vec<_> = self.scoring.files.read().iter().map(|file| file.id).collect();
            self.models.update(|models| {
                models.retain(|model| match model {
                    ScoreModel::File(id) => there.contains(id),
                    ScoreModel::Network(_) => true,
                });
            });
        });
    }

    /// Leaves out models that are not active any more: nobody could see that they are chosen.
    pub(super) fn follow_models(self, active: &[ActiveModel]) {
        let is_there = |model: &ScoreModel| match model {
            ScoreModel::Network(id) => active.iter().any(|active| active.id == *id),
            ScoreModel::File(_) => true,
        };
        if !self.models.read_untracked().iter().all(is_there) {
            self.models.update(|models| models.retain(is_there));
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

    /// The models, or what is wrong with the choice: those of the target in its order, in which the
    /// network compares them, then all others. Tracked.
    pub(super) fn chosen_models(self) -> Result<Vec<ScoreModel>, String> {
        let chosen = self.models.read();
        if chosen.is_empty() {
            return Err("choose at least one model, or add a file".to_owned());
        }
        let target = self.target.read();
        let of_target = target.as_ref().map_or(&[][..], |target| &target.models);
        Ok(in_order(&chosen, of_target))
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

    /// How many workers compute where the processor does. Tracked.
    pub(super) fn workers_read(self) -> u32 {
        let engines = self.scoring.engines.read();
        let usual = engines.as_ref().and_then(|engines| engines.as_ref().ok());
        let usual = usual.map_or(1, |engines| engines.processor.workers());
        self.workers.get().unwrap_or(usual)
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
            gpu_memory: self.memory.get(),
            workers: self.workers_read(),
            network: self.session.network.get().map(|status| status.network),
        };
        Some((options, data))
    }

    /// Whether nothing was chosen yet. Tracked.
    pub(super) fn is_blank(self) -> bool {
        self.file.read().is_none() && self.text.read().is_empty() && self.models.read().is_empty()
    }

    /// Chooses something to begin with: a sentence, and the best paid target with its models, or
    /// the models that most is staked with.
    pub(super) fn take_example(self, targets: &[OpenTarget], active: &[ActiveModel]) {
        self.source.set(TEXT);
        self.text.set(EXAMPLE.to_owned());
        if let Some(target) = targets.first() {
            self.take_target(Some(target.clone()), active);
        } else {
            let most = active.iter().take(3).map(|model| ScoreModel::Network(model.id));
            self.models.set(most.collect());
        }
    }

    /// Chooses a target, and with it those of its models that are active.
    pub(super) fn take_target(self, target: Option<OpenTarget>, active: &[ActiveModel]) {
        if let Some(target) = &target {
            let is_active = |id: &&ModelId| active.iter().any(|model| model.id == **id);
            let models = target.models.iter().filter(is_active).copied();
            self.models.set(models.map(ScoreModel::Network).collect());
        }
        self.target.set(target);
    }

    /// Chooses a model, or leaves it out.
    pub(crate) fn choose(self, model: ScoreModel, chosen: bool) {
        self.models.update(|models| {
            if chosen {
                models.insert(model);
            } else {
                models.remove(&model);
            }
        });
    }

    pub(super) const fn scoring(self) -> Scoring {
        self.scoring
    }
}

/// What is being chosen.
#[must_use]
pub(super) fn use_draft() -> Draft {
    use_context().expect("the app provides the draft before any page")
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
