//! Something a person does on a page: prepared, reviewed on the one screen before every signature, and
//! signed, while the page waits behind it.

use super::attempt::{Attempt, AttemptFailure};
use super::review::ReviewPanel;
use crate::components::button::{Button, Rank};
use crate::session::{Session, use_session};
use bridge::page::{Bridge, Reviewed};
use bridge::protocol::Failure;
use leptos::prelude::*;
use std::pin::Pin;
use std::rc::Rc;

/// What asks the worker to prepare.
type Prepare<A> = Rc<dyn Fn(Bridge, A) -> Pin<Box<dyn Future<Output = Result<Reviewed, Failure>>>>>;

/// An act on its way. Only one at a time.
pub(crate) struct Act<A: Send + Sync + 'static> {
    session: Session,
    reviewed: RwSignal<Option<Reviewed>>,
    last: RwSignal<Option<A>>,
    attempt: Attempt,
    prepare: StoredValue<Prepare<A>, LocalStorage>,
    /// Grows with each act that was executed, whether or not it succeeded on chain.
    pub(crate) done: RwSignal<u64>,
}

impl<A: Send + Sync> Clone for Act<A> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<A: Send + Sync> Copy for Act<A> {}

impl<A: Clone + Send + Sync + 'static> Act<A> {
    /// Nothing is being done.
    pub(crate) fn new<F>(prepare: impl Fn(Bridge, A) -> F + 'static) -> Self
    where
        F: Future<Output = Result<Reviewed, Failure>> + 'static,
    {
        let prepare: Prepare<A> = Rc::new(move |bridge, act| Box::pin(prepare(bridge, act)));
        Self {
            session: use_session(),
            reviewed: RwSignal::new(None),
            last: RwSignal::new(None),
            attempt: Attempt::new(),
            prepare: StoredValue::new_local(prepare),
            done: RwSignal::new(0),
        }
    }

    /// Prepares an act; once it is ready, its review takes the place of the page.
    pub(crate) fn prepare(self, act: A) {
        self.last.set(Some(act.clone()));
        let prepared = self.prepare.with_value(|prepare| prepare(self.session.bridge(), act));
        self.attempt.run(prepared, move |reviewed| self.reviewed.set(Some(reviewed)));
    }

    /// Whether this one is being prepared. Tracked.
    pub(crate) fn prepares(self, is_it: impl Fn(&A) -> bool) -> bool {
        self.attempt.busy().get() && self.last.read().as_ref().is_some_and(is_it)
    }

    /// Whether nothing can be prepared now. Tracked.
    pub(crate) fn unready(self) -> bool {
        !self.session.is_online() || self.reviewed.read().is_some()
    }

    /// What failed was about what stood in the form then.
    pub(crate) fn forgive(self) {
        self.attempt.forgive();
    }

    /// Has something done after each act of a kind that was executed, such as to empty its form.
    pub(crate) fn after(self, is_it: impl Fn(&A) -> bool + 'static, then: impl Fn() + 'static) {
        Effect::new(move |before: Option<u64>| {
            let done = self.done.get();
            let was_it = self.last.read_untracked().as_ref().is_some_and(&is_it);
            if before.is_some_and(|before| before != done) && was_it {
                then();
            }
            done
        });
    }

    fn again(self) {
        self.reviewed.set(None);
        if let Some(act) = self.last.get_untracked() {
            self.prepare(act);
        }
    }
}

/// The page, or the review of an act in its place. The page is only hidden meanwhile, so that what was
/// typed there is still there afterwards.
#[component]
pub(crate) fn ActStage<A: Clone + Send + Sync + 'static>(
    /// Which act.
    act: Act<A>,
    /// What leads back to the page.
    back: &'static str,
    /// The page.
    children: Children,
) -> impl IntoView {
    let leave = move || act.reviewed.set(None);
    let review = move || {
        act.reviewed.get().map(|reviewed| {
            let after = move || {
                view! { <Button rank=Rank::Primary on_press=leave testid="act-done">{back}</Button> }
            };
            view! {
                <ReviewPanel
                    reviewed
                    on_cancel=leave
                    on_again=move || act.again()
                    on_executed=Callback::new(move |_| act.done.update(|done| *done += 1))
                    after
                />
            }
        })
    };
    view! {
        {review}
        <div class="page" hidden=move || act.reviewed.read().is_some()>
            <AttemptFailure attempt=act.attempt on_retry=move || act.again() />
            {children()}
        </div>
    }
}
