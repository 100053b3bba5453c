//! An act of a validator: prepared, reviewed on the one screen before every signature, and signed.

use crate::components::button::{Button, Rank};
use crate::parts::attempt::{Attempt, AttemptFailure};
use crate::parts::review::ReviewPanel;
use crate::session::{Session, use_session};
use bridge::page::Reviewed;
use bridge::validators::ValidatorAct;
use bridge::wallet::Receipt;
use leptos::prelude::*;

/// An act on its way.
#[derive(Clone, Copy)]
pub(super) struct Acting {
    session: Session,
    reviewed: RwSignal<Option<Reviewed>>,
    last: StoredValue<Option<ValidatorAct>>,
    attempt: Attempt,
    /// Grows with each act that was executed: what is known of validators is old then.
    pub(super) done: RwSignal<u64>,
}

impl Acting {
    /// Nothing is being done.
    pub(super) fn new() -> Self {
        Self {
            session: use_session(),
            reviewed: RwSignal::new(None),
            last: StoredValue::new(None),
            attempt: Attempt::new(),
            done: RwSignal::new(0),
        }
    }

    /// Prepares an act; once it is ready, its review takes the place of the page.
    pub(super) fn prepare(self, act: ValidatorAct) {
        self.last.set_value(Some(act.clone()));
        self.attempt.run(
            async move { self.session.bridge().prepare_validator_act(act).await },
            move |reviewed| self.reviewed.set(Some(reviewed)),
        );
    }

    /// Whether an act is being prepared.
    pub(super) fn busy(self) -> Signal<bool> {
        self.attempt.busy()
    }

    /// Whether this account can act on the network now. Tracked.
    pub(super) fn possible(self) -> bool {
        self.session.is_online()
    }

    fn again(self) {
        self.reviewed.set(None);
        if let Some(act) = self.last.get_value() {
            self.prepare(act);
        }
    }
}

/// The page, or the review of an act in its place.
#[component]
pub(super) fn Stage(
    /// Which act.
    acting: Acting,
    /// The page.
    children: ChildrenFn,
) -> impl IntoView {
    let back = move || acting.reviewed.set(None);
    let executed = move |_: Receipt| acting.done.update(|done| *done += 1);
    let after = move || {
        view! { <Button rank=Rank::Primary on_press=back testid="act-done">"Back to the validators"</Button> }
    };
    move || match acting.reviewed.get() {
        Some(reviewed) => view! {
            <ReviewPanel
                reviewed
                on_cancel=back
                on_again=move || acting.again()
                on_executed=Callback::new(move |(receipt,)| executed(receipt))
                after
            />
        }
        .into_any(),
        None => view! {
            <AttemptFailure attempt=acting.attempt on_retry=move || acting.again() />
            {children()}
        }
        .into_any(),
    }
}
