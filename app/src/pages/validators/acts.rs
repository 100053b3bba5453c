//! An act of a validator: prepared, reviewed on the one screen before every signature, and signed.

use crate::components::button::{Button, Rank};
use crate::languages::t;
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

    /// Has something done after each act of a kind that was executed, such as to empty its form.
    pub(super) fn after(
        self,
        is_it: impl Fn(&ValidatorAct) -> bool + 'static,
        then: impl Fn() + 'static,
    ) {
        Effect::new(move |before: Option<u64>| {
            let done = self.done.get();
            let was_it = self.last.with_value(|last| last.as_ref().is_some_and(&is_it));
            if before.is_some_and(|before| before != done) && was_it {
                then();
            }
            done
        });
    }

    fn again(self) {
        self.reviewed.set(None);
        if let Some(act) = self.last.get_value() {
            self.prepare(act);
        }
    }
}

/// The page, or the review of an act in its place. The page is only hidden meanwhile, so that what was
/// typed there is still there afterwards.
#[component]
pub(super) fn Stage(
    /// Which act.
    acting: Acting,
    /// The page.
    children: Children,
) -> impl IntoView {
    let back = move || acting.reviewed.set(None);
    let executed = move |_: Receipt| acting.done.update(|done| *done += 1);
    let after = move || {
        view! { <Button rank=Rank::Primary on_press=back testid="act-done">{t!("Back to the validators")}</Button> }
    };
    let review = move || {
        acting.reviewed.get().map(|reviewed| {
            view! {
                <ReviewPanel
                    reviewed
                    on_cancel=back
                    on_again=move || acting.again()
                    on_executed=Callback::new(move |(receipt,)| executed(receipt))
                    after
                />
            }
        })
    };
    view! {
        {review}
        <div class="page" hidden=move || acting.reviewed.read().is_some()>
            <AttemptFailure attempt=acting.attempt on_retry=move || acting.again() />
            {children()}
        </div>
    }
}
