//! What the worker tells of the network, asked for again only when the network or the question changes.

use super::failure::FailureBanner;
use crate::components::skeleton::Skeleton;
use crate::network_life::{Asked, asked_network};
use crate::session::use_session;
use bridge::page::Bridge;
use bridge::protocol::Failure;
use leptos::prelude::*;

/// The network that was asked, the question, and what came of it.
type Answered<K, T> = Option<(Asked, K, Result<T, Failure>)>;

/// An answer of the network in use.
pub(crate) struct Question<K: Send + Sync + 'static, T: 'static> {
    resource: LocalResource<Answered<K, T>>,
    network: Memo<Option<Asked>>,
    key: Memo<K>,
}

impl<K: Send + Sync, T> Clone for Question<K, T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<K: Send + Sync, T> Copy for Question<K, T> {}

impl<K, T> Question<K, T>
where
    K: Clone + PartialEq + Send + Sync + 'static,
    T: Clone + 'static,
{
    /// The answer: nothing while it is on its way. Never that to another question, or of another chain. Tracked.
    #[must_use]
    pub(crate) fn get(self) -> Option<Result<T, Failure>> {
        let (asked, key, answer) = self.resource.get().flatten()?;
        let now = self.network.get()?;
        let same_chain = asked.chain == now.chain || now.chain.is_none();
        (asked.network == now.network && same_chain && key == self.key.get()).then_some(answer)
    }

    /// What was told last of the network and chain in use. It stays while it is asked anew, and where that
    /// fails: what somebody types beside it must not go with it.
    #[must_use]
    pub(crate) fn standing(self) -> Memo<Option<T>>
    where
        T: PartialEq + Send + Sync,
    {
        let standing = Memo::new(move |before: Option<&Option<(Asked, T)>>| {
            let now = self.network.get()?;
            let is_of_now = |asked: &Asked| {
                asked.network == now.network && (asked.chain == now.chain || now.chain.is_none())
            };
            match self.resource.get().flatten() {
                Some((asked, _, Ok(told))) if is_of_now(&asked) => Some((asked, told)),
                _ => before.cloned().flatten().filter(|(asked, _)| is_of_now(asked)),
            }
        });
        Memo::new(move |_| standing.get().map(|(_, told)| told))
    }

    /// Asks again.
    pub(crate) fn renew(self) {
        self.resource.refetch();
    }
}

/// Asks the worker about the network in use, now and whenever network or question change.
#[must_use]
pub(crate) fn ask_network<K, T, F>(
    key: Memo<K>,
    ask: impl Fn(Bridge, K) -> F + Copy + 'static,
) -> Question<K, T>
where
    K: Clone + PartialEq + Send + Sync + 'static,
    T: 'static,
    F: Future<Output = Result<T, Failure>> + 'static,
{
    let session = use_session();
    let network = asked_network(session);
    let resource = LocalResource::new(move || {
        let (asked, key) = (network.get(), key.get());
        async move {
            let asked = asked?;
            let answer = ask(session.bridge(), key.clone()).await;
            Some((asked, key, answer))
        }
    });
    Question { resource, network, key }
}

/// Shows an answer: its shape while it is on its way, why it failed, or what it is.
#[component]
pub(crate) fn Answered<K, T, V>(
    /// Which question.
    question: Question<K, T>,
    /// Lines of grey while it is on its way.
    #[prop(default = 4)]
    lines: usize,
    /// Shows what it is.
    children: impl Fn(T) -> V + Send + Sync + 'static,
) -> impl IntoView
where
    K: Clone + PartialEq + Send + Sync + 'static,
    T: Clone + 'static,
    V: IntoView + 'static,
{
    move || match question.get() {
        None => view! { <section class="card"><Skeleton lines /></section> }.into_any(),
        Some(Err(failure)) => {
            view! { <FailureBanner failure on_retry=move || question.renew() /> }.into_any()
        }
        Some(Ok(value)) => children(value).into_any(),
    }
}
