//! A transaction about a model: prepared, reviewed on the one screen for it, signed.

use crate::components::button::Button;
use crate::languages::t;
use crate::parts::attempt::{Attempt, AttemptFailure};
use crate::parts::review::ReviewPanel;
use crate::session::{Session, use_session};
use bridge::models::ModelAct;
use bridge::page::Reviewed;
use leptos::prelude::*;

/// A transaction from the wish to what came of it. One at a time.
#[derive(Clone, Copy, Debug)]
pub(super) struct Deed {
    session: Session,
    attempt: Attempt,
    act: RwSignal<Option<ModelAct>>,
    reviewed: RwSignal<Option<Reviewed>>,
}

impl Deed {
    /// Nothing is wished for.
    pub(super) fn new() -> Self {
        Self {
            session: use_session(),
            attempt: Attempt::new(),
            act: RwSignal::new(None),
            reviewed: RwSignal::new(None),
        }
    }

    /// Prepares a transaction.
    pub(super) fn prepare(self, act: ModelAct) {
        self.act.set(Some(act));
        let session = self.session;
        self.attempt.run(
            async move { session.bridge().prepare_model_act(act).await },
            move |prepared| {
                self.reviewed.set(Some(prepared));
            },
        );
    }

    /// Whether this one is being prepared. Tracked.
    pub(super) fn prepares(self, is_it: impl Fn(&ModelAct) -> bool) -> bool {
        self.attempt.busy().get() && self.act.read().as_ref().is_some_and(is_it)
    }

    /// Whether nothing can be prepared now. Tracked.
    pub(super) fn unready(self) -> bool {
        !self.session.is_online() || self.reviewed.read().is_some() || self.attempt.busy().get()
    }
}

/// The review under way, or why there is none.
#[component]
pub(super) fn OpenDeed(deed: Deed) -> impl IntoView {
    let close = move || deed.reviewed.set(None);
    let again = move || {
        deed.reviewed.set(None);
        if let Some(act) = deed.act.get_untracked() {
            deed.prepare(act);
        }
    };
    view! {
        <AttemptFailure attempt=deed.attempt on_retry=again />
        {move || {
            deed.reviewed.get().map(|reviewed| {
                let after = move || view! { <Button on_press=close testid="outcome-close">{t!("Close")}</Button> };
                view! { <ReviewPanel reviewed on_cancel=close on_again=again after /> }
            })
        }}
    }
}
