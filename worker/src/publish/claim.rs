//! Who works on a publication: one task at a time, which can be stopped and waited for.

use crate::context::Context;
use bridge::publish::{JobId, Work};
use browser::abort::Abort;
use futures::FutureExt as _;
use futures::channel::oneshot;
use futures::future::Shared;
use std::rc::Rc;

/// A task on a publication, as others see it.
pub(super) struct Running {
    abort: Abort,
    /// How far it is, once it has said so.
    pub(super) work: Option<Work>,
    /// Ends when the task has.
    ended: Shared<oneshot::Receiver<()>>,
}

/// The right to work on a publication. It ends when this is dropped.
pub(super) struct Claim {
    context: Rc<Context>,
    pub(super) job: JobId,
    pub(super) abort: Abort,
    _ended: oneshot::Sender<()>,
}

impl Claim {
    /// Takes the right; none where somebody has it.
    pub(super) fn take(context: &Rc<Context>, job: &JobId) -> Option<Self> {
        let mut running = context.publications.running.borrow_mut();
        if running.contains_key(job) {
            return None;
        }
        let (sender, receiver) = oneshot::channel();
        let abort = Abort::default();
        let entry = Running { abort: abort.clone(), work: None, ended: receiver.shared() };
        running.insert(job.clone(), entry);
        Some(Self { context: Rc::clone(context), job: job.clone(), abort, _ended: sender })
    }
}

impl Drop for Claim {
    fn drop(&mut self) {
        let publications = &self.context.publications;
        publications.running.borrow_mut().remove(&self.job);
        // A key that nothing was sealed with is of no use to the next task.
        publications.sealers.borrow_mut().remove(&self.job);
    }
}

/// Stops what is being done on a publication, and waits until it has ended.
pub(super) async fn stop(context: &Context, job: &JobId) {
    let task = {
        let running = context.publications.running.borrow();
        running.get(job).map(|task| (task.abort.clone(), task.ended.clone()))
    };
    if let Some((abort, ended)) = task {
        abort.stop();
        // Its sender is dropped, which is how it says that it has ended.
        let _ = ended.await;
    }
}

/// Stops everything that is being done, and waits until it has ended.
pub(crate) async fn stop_all(context: &Context) {
    let jobs: Vec<JobId> = context.publications.running.borrow().keys().cloned().collect();
    for job in jobs {
        stop(context, &job).await;
    }
}
