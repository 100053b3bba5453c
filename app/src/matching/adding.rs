//! Files on their way into the queue, one after the other, and those that were left out.

use super::Matching;
use crate::dropped::{Finder, Given};
use crate::languages::{t, told};
use crate::parts::data_file::size_problem;
use crate::say;
use crate::session::{Phase, Session};
use bridge::matching::MOST_FILES;
use leptos::prelude::*;
use leptos::task::spawn_local;
use web_sys::File;

/// Files that were left out and are named; of more only their number is told.
const NAMED: usize = 200;

/// A file that was left out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct LeftOut {
    /// Tells it from all others.
    pub(crate) number: usize,
    /// Its name.
    pub(crate) name: String,
    /// Why.
    pub(crate) why: String,
}

/// How far adding is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct AddingProgress {
    /// Files that were looked at.
    pub(crate) done: usize,
    /// Files and folders that are known to be left.
    pub(crate) left: usize,
    /// The file.
    pub(crate) name: String,
}

/// Files on their way into the queue.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Adding {
    session: Session,
    matching: Matching,
    /// How far it is; nothing while nothing is added.
    pub(crate) progress: RwSignal<Option<AddingProgress>>,
    /// Files that were left out, the first ones.
    pub(crate) left_out: RwSignal<Vec<LeftOut>>,
    /// How many were left out.
    pub(crate) left_out_count: RwSignal<usize>,
    /// How many came into the queue lately.
    pub(crate) added: RwSignal<usize>,
    finder: StoredValue<Finder, LocalStorage>,
    stopped: StoredValue<bool>,
}

impl Adding {
    /// Provides it to everything below.
    pub(super) fn provide(session: Session, matching: Matching) {
        let adding = Self {
            session,
            matching,
            progress: RwSignal::new(None),
            left_out: RwSignal::new(Vec::new()),
            left_out_count: RwSignal::new(0),
            added: RwSignal::new(0),
            finder: StoredValue::new_local(Finder::default()),
            stopped: StoredValue::new(false),
        };
        let phase = session.phase();
        Effect::new(move |_| {
            if matches!(phase.get(), Phase::Locked | Phase::Absent) {
                adding.stop();
                adding.forget_left_out();
            }
        });
        provide_context(adding);
    }

    /// Adds files, and those of folders, after those that are on their way.
    pub(crate) fn add(self, given: Vec<Given>) {
        if given.is_empty() {
            return;
        }
        self.finder.update_value(|finder| finder.add(given));
        if self.progress.get_untracked().is_some() {
            return;
        }
        self.stopped.set_value(false);
        self.forget_left_out();
        self.added.set(0);
        self.progress.set(Some(AddingProgress { done: 0, left: 1, name: String::new() }));
        spawn_local(async move {
            self.work().await;
            self.progress.set(None);
            self.matching.ask();
            self.matching.table_moves.update(|moves| *moves += 1);
        });
    }

    async fn work(self) {
        let mut done = 0;
        loop {
            // Taken out meanwhile: what is added while it looks comes after it.
            let mut finder = self.finder.try_update_value(std::mem::take).unwrap_or_default();
            let found = finder.next().await;
            let later = self.finder.try_update_value(std::mem::take).unwrap_or_default();
            finder.append(later);
            let left = finder.left();
            if self.stopped.get_value() || self.session.phase().get_untracked() != Phase::Open {
                return;
            }
            self.finder.set_value(finder);
            match found {
                None if left == 0 => return,
                None => {}
                Some(Err(path)) => {
                    self.leave_out(path, t!("the browser could not read it").to_owned());
                }
                Some(Ok(file)) => {
                    let name = file.name();
                    self.progress.set(Some(AddingProgress { done, left, name }));
                    if self.is_full() {
                        let why = t!(
                            "{count} files are queued, and no more can be",
                            count = say::count(MOST_FILES as u64)
                        );
                        self.leave_out(file.name(), why);
                        self.leave_out_more(left);
                        self.finder.set_value(Finder::default());
                        return;
                    }
                    self.take(&file).await;
                }
            }
            done += 1;
        }
    }

    /// Has a file kept, or notes why not.
    async fn take(self, file: &File) {
        if let Some(problem) = size_problem(say::whole(file.size())) {
            self.leave_out(file.name(), problem.to_owned());
            return;
        }
        match self.matching.scoring().bridge().add_match_file(file).await {
            Ok(kept) => {
                let known_as = kept.name.clone();
                if self.matching.take_file(kept) {
                    self.leave_out(
                        file.name(),
                        t!("the same bytes are queued already, as {name}", name = known_as),
                    );
                } else {
                    self.added.update(|added| *added += 1);
                }
            }
            Err(failure) => self.leave_out(file.name(), told(&failure.what)),
        }
    }

    fn is_full(self) -> bool {
        matches!(&*self.matching.queue.read_untracked(), Some(Ok(queue)) if queue.files.len() >= MOST_FILES)
    }

    fn leave_out(self, name: String, why: String) {
        let number = self.left_out_count.get_untracked();
        if number < NAMED {
            self.left_out.update(|list| list.push(LeftOut { number, name, why }));
        }
        self.leave_out_more(1);
    }

    fn leave_out_more(self, count: usize) {
        self.left_out_count.update(|all| *all += count);
    }

    /// Stops adding. What is queued stays.
    pub(crate) fn stop(self) {
        self.stopped.set_value(true);
        self.finder.set_value(Finder::default());
    }

    /// Forgets what was left out.
    pub(crate) fn forget_left_out(self) {
        self.left_out.set(Vec::new());
        self.left_out_count.set(0);
    }
}

/// Files on their way into the queue.
#[must_use]
pub(crate) fn use_adding() -> Adding {
    use_context().expect("the app provides what is being added before any page")
}
