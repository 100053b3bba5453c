//! One act of a person that the worker answers: busy meanwhile, then done or failed.

use super::failure::FailureBanner;
use bridge::protocol::Failure;
use leptos::prelude::*;
use leptos::task::spawn_local;

/// An act and what became of it. Only one runs at a time.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Attempt {
    busy: RwSignal<bool>,
    failure: RwSignal<Option<Failure>>,
    /// How many were given up: an answer to an earlier one is nobody's.
    given_up: StoredValue<u32>,
}

impl Attempt {
    /// None was made yet.
    #[must_use]
    pub(crate) fn new() -> Self {
        Self {
            busy: RwSignal::new(false),
            failure: RwSignal::new(None),
            given_up: StoredValue::new(0),
        }
    }

    /// Acts, unless an act is under way. `done` is called with what it brings, if the page still stands.
    pub(crate) fn run<T: 'static>(
        self,
        act: impl Future<Output = Result<T, Failure>> + 'static,
        done: impl FnOnce(T) + 'static,
    ) {
        if self.busy.get_untracked() {
            return;
        }
        self.busy.set(true);
        self.failure.set(None);
        let turn = self.given_up.get_value();
        spawn_local(async move {
            let answer = act.await;
            if self.given_up.try_get_value() != Some(turn) {
                return;
            }
            if self.busy.try_set(false).is_some() {
                // The page was left meanwhile.
                return;
            }
            match answer {
                Ok(value) => done(value),
                Err(failure) => self.failure.set(Some(failure)),
            }
        });
    }

    /// Whether an act is under way.
    #[must_use]
    pub(crate) fn busy(self) -> Signal<bool> {
        self.busy.into()
    }

    /// Why the last act failed.
    #[must_use]
    pub(crate) fn failure(self) -> Signal<Option<Failure>> {
        self.failure.into()
    }

    /// Gives up the act under way and forgets the failure of the last: what it brings is dropped, and
    /// another can be made at once. For acts that only read.
    pub(crate) fn give_up(self) {
        self.given_up.update_value(|count| *count = count.wrapping_add(1));
        self.busy.set(false);
        self.failure.set(None);
    }

    /// Forgets the failure, as when what failed is being mended.
    pub(crate) fn forgive(self) {
        self.failure.set(None);
    }
}

/// The failure of an act, where it failed.
#[component]
pub(crate) fn AttemptFailure(
    /// Which act.
    attempt: Attempt,
    /// Called to try again.
    #[prop(optional, into)]
    on_retry: Option<Callback<()>>,
) -> impl IntoView {
    move || {
        attempt.failure().get().map(|failure| match on_retry {
            Some(on_retry) => view! { <FailureBanner failure on_retry /> }.into_any(),
            None => view! { <FailureBanner failure /> }.into_any(),
        })
    }
}
