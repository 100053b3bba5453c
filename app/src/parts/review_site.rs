//! A web site that asks: who it is, and what it could do without being asked again. Stands above what it asks for.

use crate::components::banner::{Banner, Tone};
use crate::components::disclosure::Disclosure;
use crate::components::field::{Field, Typing};
use crate::components::key_value::{KeyValue, KeyValueList};
use crate::components::select::Select;
use crate::dapp::{Asking, Open};
use crate::languages::{t, t_n};
use crate::say;
use crate::time::{day_and_time, now_ms};
use bridge::dapp::{AskingSite, Decision};
use bridge::protocol::ReviewId;
use leptos::prelude::*;
use wasm_core::amount::Shannons;
use wasm_core::dapp::Scope;
use wasm_core::preview::Consent;

const HOUR_MS: u64 = 3_600_000;

/// A site's request for the transaction that is reviewed.
#[derive(Clone, Copy)]
pub(crate) struct ForSite {
    /// All requests.
    pub(crate) asking: Asking,
    /// This one.
    pub(crate) open: Open,
    /// Whether it is executed, too.
    pub(crate) execute: bool,
    /// Who asks.
    pub(crate) site: StoredValue<AskingSite>,
    /// Whether a yes counts by now.
    pub(crate) armed: Signal<bool>,
    /// What is to be approved without asking from now on.
    pub(crate) remember: Remember,
}

impl ForSite {
    /// Yes to exactly what was reviewed.
    pub(crate) fn yes(self, review: ReviewId, consent: Consent) -> Decision {
        Decision::Transaction { review, consent, remember: self.remember.scope().map(Box::new) }
    }

    /// Whether nothing of the site's own stands in the way of a yes. Tracked.
    pub(crate) fn allows(self) -> bool {
        self.armed.get() && !self.remember.is_wrong()
    }
}

/// Who asks for what: the origin large, everything that the site says of itself small.
#[component]
pub(crate) fn SiteHead(
    /// Who.
    site: AskingSite,
    /// What it asks for, in a few words.
    what: &'static str,
) -> impl IntoView {
    let AskingSite { origin, calls_itself, since_ms, refused } = site;
    let (scheme, host) = origin.split_once("://").unwrap_or(("", &origin));
    let plain = (scheme == "http")
        .then(|| t!("This site is on your own device. Any program that runs here could be it."));
    let since = since_ms.map_or_else(
        || t!("It is not connected with this wallet.").to_owned(),
        |since_ms| t!("Connected since {when}.", when = day_and_time(since_ms)),
    );
    let refused = (refused > 0).then(|| {
        t_n!(
            refused.into(),
            "You refused it once just before.",
            "You refused it {n} times in a row."
        )
    });
    view! {
        <header class="site-head">
            <p class="review-kicker">{what}</p>
            <p class="site-origin" data-testid="asked-origin" data-origin=origin.clone()>
                <span class="site-scheme">{format!("{scheme}://")}</span>
                <strong>{host.to_owned()}</strong>
            </p>
            {calls_itself
                .map(|name| {
                    view! {
                        <p class="site-name" data-testid="asked-name">
                            {t!("It calls itself “{name}”. Anybody can take any name: the address above counts.", name)}
                        </p>
                    }
                })}
            <p class="quiet" data-testid="asked-since">{since}" "{refused}" "{plain}</p>
        </header>
    }
}

/// What may be approved without asking from now on: nothing, unless somebody says so.
#[derive(Clone, Copy)]
pub(crate) struct Remember {
    suggestion: StoredValue<Option<Scope>>,
    on: RwSignal<bool>,
    budget: RwSignal<String>,
    count: RwSignal<String>,
    hours: RwSignal<String>,
}

impl Remember {
    /// Nothing, with this to begin from.
    pub(crate) fn nothing(suggestion: Option<Scope>) -> Self {
        let budget = suggestion.as_ref().map(|scope| scope.budget.to_string()).unwrap_or_default();
        let count = suggestion.as_ref().map(|scope| scope.count.to_string()).unwrap_or_default();
        Self {
            suggestion: StoredValue::new(suggestion),
            on: RwSignal::new(false),
            budget: RwSignal::new(budget),
            count: RwSignal::new(count),
            hours: RwSignal::new("24".to_owned()),
        }
    }

    fn budget_now(self) -> Option<Shannons> {
        self.budget.read().parse().ok().filter(|budget| *budget != Shannons::ZERO)
    }

    fn count_now(self) -> Option<u32> {
        self.count.read().trim().parse().ok().filter(|count| (1..=1_000).contains(count))
    }

    /// Whether it is wanted, and something of it cannot be.
    fn is_wrong(self) -> bool {
        self.on.get() && (self.budget_now().is_none() || self.count_now().is_none())
    }

    /// What is covered from now on, where that is wanted.
    fn scope(self) -> Option<Scope> {
        untrack(|| {
            let hours: u64 = self.hours.read().parse().ok()?;
            let (budget, count) = (self.budget_now()?, self.count_now()?);
            let expires_ms = now_ms().saturating_add(hours * HOUR_MS);
            let scope = self.suggestion.get_value().filter(|_| self.on.get())?;
            Some(Scope { budget, count, expires_ms, ..scope })
        })
    }
}

/// Lets the owner approve requests like this one without being asked.
#[component]
pub(crate) fn RememberPart(
    /// What is chosen.
    remember: Remember,
) -> impl IntoView {
    let Some(scope) = remember.suggestion.get_value() else { return ().into_any() };
    let hours =
        [("1", t!("An hour")), ("24", t!("A day")), ("168", t!("A week")), ("720", t!("30 days"))];
    let hours: Vec<_> =
        hours.into_iter().map(|(key, words)| (key.to_owned(), words.to_owned())).collect();
    let budget_error = move || {
        remember.budget_now().is_none().then(|| t!("more than nothing, in SOMA").to_owned())
    };
    let count_error =
        move || remember.count_now().is_none().then(|| t!("a number from 1 to 1,000").to_owned());
    let on = remember.on;
    view! {
        <Disclosure summary=t!("Approve such requests without asking") testid="remember">
            <div class="form">
                <label class="check">
                    <input type="checkbox" bind:checked=on data-testid="remember-on" />
                    <span>
                        {t!("From now on, sign what this covers for this site without asking me, while the wallet is open.")}
                    </span>
                </label>
                <Covered scope />
                <div class="remember-limits" hidden=move || !on.get()>
                    <Field
                        label=t!("At most, all together, fees included").to_owned()
                        value=remember.budget
                        typing=Typing::Decimal
                        suffix="SOMA"
                        tried=on
                        error=Signal::derive(budget_error)
                        testid="remember-budget"
                    />
                    <Field
                        label=t!("At most so many times").to_owned()
                        value=remember.count
                        typing=Typing::Decimal
                        tried=on
                        error=Signal::derive(count_error)
                        testid="remember-count"
                    />
                    <Select
                        label=t!("For how long").to_owned()
                        value=remember.hours
                        options=Signal::stored(hours)
                        on_choose=move |hours| remember.hours.set(hours)
                        testid="remember-hours"
                    />
                    <Banner
                        tone=Tone::Caution
                        what=t!("Within these limits the site decides by itself.").to_owned()
                        next=t!("You see what is left under Settings, Sites, and can end it there at any time.").to_owned()
                    />
                </div>
            </div>
        </Disclosure>
    }
    .into_any()
}

/// What a policy covers, but for its limits.
#[component]
pub(crate) fn Covered(
    /// Which.
    scope: Scope,
) -> impl IntoView {
    let kinds: Vec<_> = scope.kinds.iter().map(|kind| say::name_in_words(kind.name())).collect();
    let recipients: Vec<_> = scope.recipients.iter().map(ToString::to_string).collect();
    let models =
        scope.models.map(|models| models.iter().map(ToString::to_string).collect::<Vec<_>>());
    let list = |all: Vec<String>| {
        let lines = all.into_iter().map(|one| view! { <code class="covered-id">{one}</code> });
        lines.collect_view()
    };
    view! {
        <KeyValueList>
            <KeyValue label=t!("What") testid="covered-kinds">{kinds.join(", ")}</KeyValue>
            {(!recipients.is_empty())
                .then(|| view! { <KeyValue label=t!("Only to")>{list(recipients)}</KeyValue> })}
            {models.map(|models| view! { <KeyValue label=t!("Only these models")>{list(models)}</KeyValue> })}
        </KeyValueList>
    }
}
