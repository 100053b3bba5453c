//! An answer that goes on changing under what is built from it, so that what is typed beside it stays.

use crate::components::skeleton::Skeleton;
use crate::parts::answer::Told;
use crate::parts::failure::FailureBanner;
use bridge::protocol::Failure;
use leptos::prelude::*;

#[derive(Clone, PartialEq)]
enum State {
    Waiting,
    Failed(Failure),
    There,
}

/// Shows an answer as long as there is one; what it is arrives as a memo.
#[component]
pub(super) fn Live<T, V>(
    /// Which answer.
    told: Told<T>,
    /// Lines of grey while it is on its way.
    #[prop(default = 4)]
    lines: usize,
    /// Shows what it is.
    children: impl Fn(Memo<T>) -> V + Send + Sync + 'static,
) -> impl IntoView
where
    T: Clone + PartialEq + Send + Sync + 'static,
    V: IntoView + 'static,
{
    let state = Memo::new(move |_| match told.get() {
        None => State::Waiting,
        Some(Err(failure)) => State::Failed(failure),
        Some(Ok(_)) => State::There,
    });
    move || {
        let first = match state.get() {
            State::Failed(failure) => {
                return view! { <FailureBanner failure on_retry=move || told.renew() /> }
                    .into_any();
            }
            State::Waiting => None,
            State::There => told.value_now(),
        };
        let Some(first) = first else { return view! { <Skeleton lines /> }.into_any() };
        let now = Memo::new(move |last: Option<&T>| {
            told.value().or_else(|| last.cloned()).unwrap_or_else(|| first.clone())
        });
        children(now).into_any()
    }
}
