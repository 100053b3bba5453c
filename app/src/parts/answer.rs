//! What the worker tells of the account in use: loading, failed or there; never of another account or network.

use super::failure::FailureBanner;
use crate::components::skeleton::Skeleton;
use crate::session::{Scope, use_session};
use bridge::page::Bridge;
use bridge::protocol::Failure;
use leptos::prelude::*;

/// An answer that belongs to an account on a network, asked for again when those change.
pub(crate) struct Told<T: 'static> {
    resource: LocalResource<Option<(Scope, Result<T, Failure>)>>,
    scope: Memo<Option<Scope>>,
}

impl<T> Clone for Told<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Told<T> {}

impl<T: Clone + 'static> Told<T> {
    /// The answer: nothing while it is on its way. An older one stays while it is renewed, but not for another
    /// account, network or chain. Tracked.
    #[must_use]
    pub(crate) fn get(self) -> Option<Result<T, Failure>> {
        let (asked, answer) = self.resource.get().flatten()?;
        asked.is_still(&self.scope.get()?).then_some(answer)
    }

    /// The answer that is there and good at the moment. Not tracked.
    #[must_use]
    pub(crate) fn value_now(self) -> Option<T> {
        let (asked, answer) = self.resource.get_untracked().flatten()?;
        asked.is_still(&self.scope.get_untracked()?).then(|| answer.ok()).flatten()
    }

    /// The answer, where it is there and good. Tracked.
    #[must_use]
    pub(crate) fn value(self) -> Option<T> {
        self.get().and_then(Result::ok)
    }

    /// Asks again.
    pub(crate) fn renew(self) {
        self.resource.refetch();
    }
}

/// Asks the worker about the account in use, now and whenever something about it changes.
#[must_use]
pub(crate) fn use_told<T, F>(ask: impl Fn(Bridge) -> F + Copy + 'static) -> Told<T>
where
    T: 'static,
    F: Future<Output = Result<T, Failure>> + 'static,
{
    let session = use_session();
    let scope = session.scope();
    let resource = LocalResource::new(move || {
        let asked = scope.get();
        async move {
            match asked {
                Some(scope) => Some((scope, ask(session.bridge()).await)),
                None => None,
            }
        }
    });
    Told { resource, scope }
}

/// Shows an answer: its shape while it is on its way, why it failed, or what it is.
#[component]
pub(crate) fn Answer<T, V>(
    /// Which answer.
    told: Told<T>,
    /// Lines of grey while it is on its way.
    #[prop(default = 2)]
    lines: usize,
    /// Shows what it is.
    children: impl Fn(T) -> V + Send + Sync + 'static,
) -> impl IntoView
where
    T: Clone + 'static,
    V: IntoView + 'static,
{
    move || match told.get() {
        None => view! { <Skeleton lines /> }.into_any(),
        Some(Err(failure)) => {
            view! { <FailureBanner failure on_retry=move || told.renew() /> }.into_any()
        }
        Some(Ok(value)) => children(value).into_any(),
    }
}
