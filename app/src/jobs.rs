//! Publications under way: asked for once a wallet opens, then kept up to date by the worker's events.

use crate::session::{Phase, Session};
use bridge::protocol::{Event, Failure};
use bridge::publish::{JobId, PublishView};
use leptos::prelude::*;
use leptos::task::spawn_local;

/// All publications of this wallet.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Jobs {
    session: Session,
    list: RwSignal<Option<Result<Vec<PublishView>, Failure>>>,
}

impl Jobs {
    /// Provides publications to everything below.
    pub(crate) fn provide(session: Session) {
        let jobs = Self { session, list: RwSignal::new(None) };
        session.bridge().listen(move |event| match event {
            Event::Publish(view) => {
                if let Ok(view) = view.read() {
                    jobs.put(view);
                }
            }
            Event::PublishRemoved(id) => jobs.remove(id),
            _ => {}
        });
        let phase = session.phase();
        Effect::new(move |_| match phase.get() {
            Phase::Open => jobs.reload(),
            _ => jobs.list.set(None),
        });
        provide_context(jobs);
    }

    /// Asks for all of them again.
    pub(crate) fn reload(self) {
        spawn_local(async move {
            let answer = self.session.bridge().publish_jobs().await;
            // The page may be gone by then.
            let _ = self.list.try_set(Some(answer));
        });
    }

    /// Takes over what an answer says of one publication.
    pub(crate) fn put(self, view: PublishView) {
        self.list.update(|list| match list {
            Some(Ok(jobs)) => match jobs.iter_mut().find(|job| job.id == view.id) {
                Some(job) => *job = view,
                None => jobs.insert(0, view),
            },
            Some(Err(_)) => *list = Some(Ok(vec![view])),
            // Nobody asked yet, or the answer is on its way and has it.
            None => {}
        });
    }

    fn remove(self, id: &JobId) {
        self.list.update(|list| {
            if let Some(Ok(jobs)) = list {
                jobs.retain(|job| job.id != *id);
            }
        });
    }

    /// All of them, newest first: nothing until asked, or why they cannot be told. Tracked.
    #[must_use]
    pub(crate) fn all(self) -> Option<Result<Vec<PublishView>, Failure>> {
        self.list.get()
    }

    /// One of them. Tracked.
    #[must_use]
    pub(crate) fn one(self, id: &JobId) -> Option<PublishView> {
        match &*self.list.read() {
            Some(Ok(jobs)) => jobs.iter().find(|job| job.id == *id).cloned(),
            _ => None,
        }
    }
}

/// All publications of this wallet.
#[must_use]
pub(crate) fn use_jobs() -> Jobs {
    use_context().expect("the app provides publications before any page")
}
