//! What is being chosen, and what it means. It outlives the page, so that a look elsewhere loses nothing.

use crate::engine::{Engine, use_engine};
use crate::languages::t;
use crate::parts::data_file::size_problem;
use crate::say;
use crate::scoring::{Scoring, use_scoring};
use crate::session::{Phase, Session};
use bridge::score::{ActiveModel, OpenTarget, ScoreModel, ScoreOptions, ScoreTarget, in_order};
use leptos::prelude::*;
use std::collections::BTreeSet;
use wasm_core::address::ModelId;
use web_sys::File;

/// Data as a file or as text.
pub(super) const FILE: &str = "file";
pub(super) const TEXT: &str = "text";

/// What somebody who has nothing at hand may score.
fn example() -> &'static str {
    t!("The keeper of the lighthouse counts the ships that pass, and writes each of them down.")
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
    pub(super) engine: Engine,
    pub(super) seed: RwSignal<String>,
    /// The form was sent once: now every field may say what is wrong with it.
    pub(super) tried: RwSignal<bool>,
}

impl Draft {
    /// Provides it to everything below.
    pub(crate) fn provide(session: Session) {
        let draft = Self {
            session,
            scoring: use_scoring(),
            source: RwSignal::new(FILE),
            file: RwSignal::new_local(None),
            text: RwSignal::new(String::new()),
            target: RwSignal::new(None),
            by_id: RwSignal::new(false),
            models: RwSignal::new(BTreeSet::new()),
            engine: use_engine(),
            seed: RwSignal::new("0".to_owned()),
            tried: RwSignal::new(false),
        };
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
            check_size(text.len() as u64)?;
            let parts = js_sys::Array::of1(&text.as_str().into());
            return File::new_with_str_sequence(&parts, t!("pasted text"))
                .map_err(|_| t!("the browser cannot keep this text").to_owned());
        }
        let file = self.file.get().ok_or(t!("choose a file, or paste text"))?;
        check_size(say::whole(file.size()))?;
        Ok(file)
    }

    /// The models, or what is wrong with the choice: those of the target in its order, in which the
    /// network compares them, then all others. Tracked.
    pub(super) fn chosen_models(self) -> Result<Vec<ScoreModel>, String> {
        let chosen = self.models.read();
        if chosen.is_empty() {
            return Err(t!("choose at least one model, or add a file").to_owned());
        }
        let target = self.target.read();
        let of_target = target.as_ref().map_or(&[][..], |target| &target.models);
        Ok(in_order(&chosen, of_target))
    }

    /// The seed, or what is wrong with it. Tracked.
    pub(super) fn seed_read(self) -> Result<u64, String> {
        let wrong = |_| t!("a whole number from 0 to 18446744073709551615").to_owned();
        self.seed.read().trim().parse().map_err(wrong)
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
            engine: self.engine.choice().ok()?,
            gpu_memory: self.engine.memory.get(),
            workers: self.engine.workers_read(),
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
        self.text.set(example().to_owned());
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

fn check_size(size: u64) -> Result<(), String> {
    size_problem(size).map_or(Ok(()), |problem| Err(problem.to_owned()))
}
