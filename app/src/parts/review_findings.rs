//! What to know before signing, gravest first, and the decision: open only once what is dangerous was
//! acknowledged.

use crate::components::banner::{Banner, Tone};
use crate::components::button::{Button, Rank};
use crate::components::icon::Icon;
use leptos::prelude::*;
use wasm_core::preview::{Finding, Level};

/// Whether a review may be signed as things stand.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Acknowledgement {
    gravest: Option<Level>,
    given: RwSignal<bool>,
}

impl Acknowledgement {
    /// What these findings ask for.
    #[must_use]
    pub(crate) fn of(findings: &[Finding]) -> Self {
        let gravest = findings.iter().map(|finding| finding.level).max();
        Self { gravest, given: RwSignal::new(false) }
    }

    /// Whether nothing stands in the way of signing. Tracked.
    #[must_use]
    pub(crate) fn allows(self) -> bool {
        match self.gravest {
            Some(Level::Forbidden) => false,
            Some(Level::Danger) => self.given.get(),
            Some(Level::Information | Level::Caution) | None => true,
        }
    }
}

/// The findings, gravest first.
#[component]
pub(crate) fn Findings(findings: Vec<Finding>) -> impl IntoView {
    let mut findings = findings;
    findings.sort_by_key(|finding| std::cmp::Reverse(finding.level));
    let shown = findings
        .into_iter()
        .map(|Finding { level, text }| match level {
            Level::Information => {
                view! { <Banner tone=Tone::Info what=text testid="finding-information" /> }
                    .into_any()
            }
            Level::Caution => {
                view! { <Banner tone=Tone::Caution what=text testid="finding-caution" /> }
                    .into_any()
            }
            Level::Danger => {
                view! { <Banner tone=Tone::Danger what=text testid="finding-danger" /> }.into_any()
            }
            Level::Forbidden => view! {
                <Banner
                    tone=Tone::Danger
                    what=text
                    next="The wallet does not sign this.".to_owned()
                    testid="finding-forbidden"
                />
            }
            .into_any(),
        })
        .collect_view();
    view! { <div class="review-findings">{shown}</div> }
}

/// Where something is dangerous: a box to tick before signing.
#[component]
fn AcknowledgeBox(acknowledgement: Acknowledgement) -> impl IntoView {
    (acknowledgement.gravest == Some(Level::Danger)).then(|| {
        view! {
            <label class="check">
                <input type="checkbox" bind:checked=acknowledgement.given data-testid="review-ack" />
                <span>"I have read the warning above and want to sign nevertheless."</span>
            </label>
        }
    })
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
            <AcknowledgeBox acknowledgement />
            <div class="buttons buttons-end">
                <Button disabled=busy on_press=move || on_cancel.run(()) testid="review-cancel">"Cancel"</Button>
                <Button
                    rank=Rank::Primary
                    icon=Icon::Key
                    busy
                    disabled=Signal::derive(move || !acknowledgement.allows())
                    on_press=move || on_confirm.run(())
                    testid="review-confirm"
                >
                    {move || if busy.get() { "Signing and sending…" } else { "Sign and send" }}
                </Button>
            </div>
        </div>
    }
}
