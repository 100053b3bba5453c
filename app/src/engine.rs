//! Who computes a score, as a person prefers it on this device: the same wherever something is scored.

use crate::languages::t;
use crate::preferences;
use crate::scoring::{Scoring, use_scoring};
use crate::session::{Phase, Session};
use bridge::score::{EngineChoice, GPU_MEMORY, MOST_WORKERS};
use leptos::prelude::*;
use wasm_core::manifest::Url;

/// Bytes of graphics memory that can be chosen, and what they are called.
pub(crate) const MEMORIES: [(u64, &str); 6] = [
    (150 << 20, "150 MiB"),
    (GPU_MEMORY, "300 MiB"),
    (600 << 20, "600 MiB"),
    (1 << 30, "1 GiB"),
    (2 << 30, "2 GiB"),
    (4 << 30, "4 GiB"),
];

/// Where what a person prefers is kept.
const KIND_KEY: &str = "score-engine";
const MEMORY_KEY: &str = "score-memory";
const WORKERS_KEY: &str = "score-workers";

/// Who computes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum EngineKind {
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

/// Who computes, and with how much.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Engine {
    pub(crate) scoring: Scoring,
    pub(crate) kind: RwSignal<EngineKind>,
    /// Address of the service, as it was typed.
    pub(crate) service: RwSignal<String>,
    /// Bytes of the graphics device's memory.
    pub(crate) memory: RwSignal<u64>,
    /// Workers that compute where the processor does; none where nothing was chosen.
    pub(crate) workers: RwSignal<Option<u32>>,
}

impl Engine {
    /// Provides it to everything below.
    pub(crate) fn provide(session: Session) {
        let kept = preferences::kept(KIND_KEY);
        let kind = EngineKind::ALL.into_iter().find(|kind| Some(kind.key()) == kept.as_deref());
        let kept = preferences::kept(MEMORY_KEY).and_then(|kept| kept.parse().ok());
        let memory = kept.filter(|kept| MEMORIES.iter().any(|(memory, _)| memory == kept));
        let kept = preferences::kept(WORKERS_KEY).and_then(|kept| kept.parse().ok());
        let workers = kept.filter(|kept| (1..=MOST_WORKERS).contains(kept));
        let engine = Self {
            scoring: use_scoring(),
            kind: RwSignal::new(kind.unwrap_or(EngineKind::Automatic)),
            service: RwSignal::new(String::new()),
            memory: RwSignal::new(memory.unwrap_or(GPU_MEMORY)),
            workers: RwSignal::new(workers),
        };
        Effect::new(move |_| preferences::keep(KIND_KEY, engine.kind.get().key()));
        Effect::new(move |_| preferences::keep(MEMORY_KEY, &engine.memory.get().to_string()));
        Effect::new(move |_| {
            let workers = engine.workers.get().map_or(String::new(), |workers| workers.to_string());
            preferences::keep(WORKERS_KEY, &workers);
        });
        let phase = session.phase();
        Effect::new(move |_| {
            // Nothing is left of what the open wallet typed.
            if matches!(phase.get(), Phase::Locked | Phase::Absent) {
                engine.service.set(String::new());
            }
        });
        provide_context(engine);
    }

    /// The service's address, or what is wrong with it. Tracked.
    pub(crate) fn service_read(self) -> Result<String, String> {
        let url: Result<Url, _> = self.service.read().trim().parse();
        match url {
            Ok(url) if url.is_http() => Ok(url.to_string()),
            _ => Err(t!("the whole address, such as https://scoring.example.com").to_owned()),
        }
    }

    /// Who computes, or what is wrong with the choice. Tracked.
    pub(crate) fn choice(self) -> Result<EngineChoice, String> {
        Ok(match self.kind.get() {
            EngineKind::Automatic => EngineChoice::Automatic,
            EngineKind::Gpu => EngineChoice::Gpu,
            EngineKind::Cpu => EngineChoice::Cpu,
            EngineKind::Remote => EngineChoice::Remote { url: self.service_read()? },
        })
    }

    /// How many workers compute where the processor does. Tracked.
    pub(crate) fn workers_read(self) -> u32 {
        let engines = self.scoring.engines.read();
        let usual = engines.as_ref().and_then(|engines| engines.as_ref().ok());
        let usual = usual.map_or(1, |engines| engines.processor.workers());
        self.workers.get().unwrap_or(usual)
    }

    /// Who computes, in two words; nothing while that is not known. Tracked.
    pub(crate) fn in_words(self) -> Option<&'static str> {
        Some(match self.kind.get() {
            EngineKind::Remote => t!("a scoring service"),
            EngineKind::Cpu => t!("the processor"),
            EngineKind::Gpu => t!("the graphics device"),
            EngineKind::Automatic => match self.scoring.engines.get()?.ok()?.automatic() {
                EngineChoice::Gpu => t!("the graphics device"),
                _ => t!("the processor"),
            },
        })
    }
}

/// Who computes.
#[must_use]
pub(crate) fn use_engine() -> Engine {
    use_context().expect("the app provides the engine before any page")
}
