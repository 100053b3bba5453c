//! What to know before signing, gravest first, and the decision: open only once what is dangerous was
//! acknowledged.

use super::decision_row::DecisionRow;
use super::review_site::ForSite;
use crate::components::banner::{Banner, Tone};
use crate::components::icon::Icon;
use crate::languages::{t, told};
use leptos::prelude::*;
use wasm_core::preview::{Consent, Finding, Level};

/// What was accepted of a review's dangers, and whether it may be signed as things stand.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Acknowledgement {
    forbidden: bool,
    /// Places of the dangers among the findings, and whether each was accepted.
    dangers: StoredValue<Vec<(usize, RwSignal<bool>)>>,
}

impl Acknowledgement {
    /// What these findings ask for.
    #[must_use]
    pub(crate) fn of(findings: &[Finding]) -> Self {
        let forbidden = findings.iter().any(|finding| finding.level == Level::Forbidden);
        let dangers = findings.iter().enumerate();
        let dangers = dangers.filter(|(_, finding)| finding.level == Level::Danger);
        let dangers = dangers.map(|(at, _)| (at, RwSignal::new(false))).collect();
        Self { forbidden, dangers: StoredValue::new(dangers) }
    }

    /// Whether nothing stands in the way of signing. Tracked.
    #[must_use]
    pub(crate) fn allows(self) -> bool {
        !self.forbidden
            && self.dangers.with_value(|dangers| dangers.iter().all(|(_, given)| given.get()))
    }

    /// What was accepted by now.
    #[must_use]
    pub(crate) fn consent(self) -> Consent {
        self.dangers.with_value(|dangers| {
            let given = dangers.iter().filter(|(_, given)| given.get_untracked());
            Consent::to(given.map(|(at, _)| *at))
        })
    }

    fn of_danger(self, at: usize) -> Option<RwSignal<bool>> {
        self.dangers.with_value(|dangers| {
            dangers.iter().find(|(place, _)| *place == at).map(|(_, given)| *given)
        })
    }
}

/// The findings, gravest first; beneath each danger the box to accept it by itself.
#[component]
pub(crate) fn Findings(
    /// As they stand in the review.
    findings: Vec<Finding>,
    /// What is accepted of them.
    acknowledgement: Acknowledgement,
) -> impl IntoView {
    let mut findings: Vec<(usize, Finding)> = findings.into_iter().enumerate().collect();
    findings.sort_by_key(|(_, finding)| std::cmp::Reverse(finding.level));
    let shown = findings
        .into_iter()
        .map(|(at, Finding { level, text })| (at, level, told(&text)))
        .map(|(at, level, text)| match level {
            Level::Information => {
                view! { <Banner tone=Tone::Info what=text testid="finding-information" /> }
                    .into_any()
            }
            Level::Caution => {
                view! { <Banner tone=Tone::Caution what=text testid="finding-caution" /> }
                    .into_any()
            }
            Level::Danger => view! {
                <div role="group" aria-label=t!("Danger")>
                    <Banner tone=Tone::Danger what=text testid="finding-danger">
                        {acknowledgement
                            .of_danger(at)
                            .map(|given| {
                                view! {
                                    <label class="check">
                                        <input type="checkbox" bind:checked=given data-testid="review-ack" />
                                        <span>{t!("I have read this warning and want to sign nevertheless.")}</span>
                                    </label>
                                }
                            })}
                    </Banner>
                </div>
            }
            .into_any(),
            Level::Forbidden => view! {
                <Banner
                    tone=Tone::Danger
                    what=text
                    next=t!("The wallet does not sign this.").to_owned()
                    testid="finding-forbidden"
                />
            }
            .into_any(),
        })
        .collect_view();
    view! { <div class="review-findings">{shown}</div> }
}

/// Sign, or leave it.
#[component]
pub(crate) fn Decision(
    /// What stands in the way.
    acknowledgement: Acknowledgement,
    /// Being signed and sent right now.
    #[prop(into)]
    busy: Signal<bool>,
    /// Called to sign and send.
    #[prop(into)]
    on_confirm: Callback<()>,
    /// Called to leave it.
    #[prop(into)]
    on_cancel: Callback<()>,
) -> impl IntoView {
    view! {
        <div class="review-decision">
            <DecisionRow
                icon=Icon::Key
                words=Signal::derive(move || if busy.get() { t!("Signing and sending…") } else { t!("Sign and send") })
                busy
                blocked=Signal::derive(move || !acknowledgement.allows())
                on_confirm
                on_cancel
            />
        </div>
    }
}

/// Sign for a site, or refuse it.
#[component]
pub(crate) fn SiteDecision(
    /// Who asks for what.
    site: ForSite,
    /// What stands in the way.
    acknowledgement: Acknowledgement,
    /// Being signed right now.
    #[prop(into)]
    busy: Signal<bool>,
    /// Called to sign, and to send where that was asked.
    #[prop(into)]
    on_confirm: Callback<()>,
    /// Called to refuse.
    #[prop(into)]
    on_cancel: Callback<()>,
) -> impl IntoView {
    let words = move || match (site.execute, busy.get()) {
        (true, false) => t!("Sign and send"),
        (true, true) => t!("Signing and sending…"),
        (false, false) => t!("Sign without sending"),
        (false, true) => t!("Signing…"),
    };
    view! {
        <div class="review-decision">
            <DecisionRow
                leave=t!("Refuse")
                icon=Icon::Key
                words=Signal::derive(words)
                busy
                blocked=Signal::derive(move || !acknowledgement.allows() || !site.allows())
                on_confirm
                on_cancel
            />
        </div>
    }
}
