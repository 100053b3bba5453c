//! Web sites with a permission: which accounts they may use, what they may do without asking, and the end of it.

use crate::components::banner::{Banner, Tone};
use crate::components::button::{Button, Rank};
use crate::components::card::Card;
use crate::components::key_value::{KeyValue, KeyValueList};
use crate::languages::{t, told};
use crate::parts::address::AddressChip;
use crate::parts::amount::Amount;
use crate::parts::attempt::{Attempt, AttemptFailure};
use crate::parts::review_site::Covered;
use crate::say;
use crate::session::{Session, use_session};
use crate::time::day_and_time;
use bridge::dapp::{SiteAccount, SiteView};
use bridge::protocol::Failure;
use leptos::prelude::*;
use leptos::task::spawn_local;
use wasm_core::amount::Shannons;
use wasm_core::dapp::Policy;

/// The list of sites, and acts on it.
#[derive(Clone, Copy)]
struct Sites {
    list: RwSignal<Option<Result<Vec<SiteView>, Failure>>>,
    attempt: Attempt,
}

impl Sites {
    fn ask(self, session: Session) {
        spawn_local(async move {
            let answer = session.bridge().sites().await;
            // The page may be gone by then.
            let _ = self.list.try_set(Some(answer));
        });
    }

    /// Acts, and shows what is left.
    fn act(self, act: impl Future<Output = Result<Vec<SiteView>, Failure>> + 'static) {
        self.attempt.run(act, move |sites| self.list.set(Some(Ok(sites))));
    }
}

/// Sites that this wallet is connected with.
#[component]
pub(super) fn SitesCard() -> impl IntoView {
    let sites = Sites { list: RwSignal::new(None), attempt: Attempt::new() };
    let session = use_session();
    Effect::new(move |_| {
        session.sites.track();
        sites.ask(session);
    });
    view! {
        <Card title=t!("Sites") testid="sites">
            <p class="card-lede">
                {t!("Web sites that may see some of your accounts and ask for their signatures. Each signature needs your yes, \
                unless you said otherwise below.")}
            </p>
            {move || match sites.list.get() {
                None => view! { <p class="quiet" role="status">{t!("Looking…")}</p> }.into_any(),
                Some(Err(failure)) => view! { <Banner tone=Tone::Danger what=told(&failure.what) next=told(&failure.next) /> }.into_any(),
                Some(Ok(list)) if list.is_empty() => {
                    view! { <p class="quiet" data-testid="no-sites">{t!("No site is connected.")}</p> }.into_any()
                }
                Some(Ok(list)) => {
                    view! {
                        <ul class="lines site-lines">
                            {list.into_iter().map(|site| view! { <SiteLine site sites /> }).collect_view()}
                        </ul>
                    }
                        .into_any()
                }
            }}
            <AttemptFailure attempt=sites.attempt />
        </Card>
    }
}

#[component]
fn SiteLine(site: SiteView, sites: Sites) -> impl IntoView {
    let session = use_session();
    let SiteView { origin, since_ms, used_ms, accounts, policies, paused_until_ms } = site;
    let revoke = {
        let origin = origin.clone();
        move || {
            let origin = origin.clone();
            sites.act(async move { session.bridge().revoke_site(origin).await });
        }
    };
    let paused = paused_until_ms.map(|until| {
        let origin = origin.clone();
        let forgive = move || {
            let origin = origin.clone();
            sites.act(async move { session.bridge().forgive_site(origin).await });
        };
        view! {
            <Banner
                tone=Tone::Info
                what=t!("You refused it several times in a row: until {when} what it asks is turned down unheard.", when = day_and_time(until))
                testid="site-paused"
            >
                <Button rank=Rank::Quiet on_press=forgive testid="site-forgive">{t!("Hear it again")}</Button>
            </Banner>
        }
    });
    let whose = StoredValue::new(origin.clone());
    let shown = origin.clone();
    view! {
        <li class="site-line" data-testid="site" data-origin=origin>
            <div class="site-line-head">
                <div>
                    <p class="line-name">{shown}</p>
                    <p class="quiet">
                        {t!("Connected since {since}. Last used {used}.", since = day_and_time(since_ms), used = day_and_time(used_ms))}
                    </p>
                </div>
                <Button on_press=revoke testid="site-revoke">{t!("Disconnect")}</Button>
            </div>
            {paused}
            <ul class="site-accounts">
                {accounts
                    .into_iter()
                    .map(|account| view! { <AccountLine account origin=whose.get_value() sites /> })
                    .collect_view()}
            </ul>
            {policies.into_iter().map(|policy| view! { <PolicyLine policy sites /> }).collect_view()}
        </li>
    }
}

#[component]
fn AccountLine(account: SiteAccount, origin: String, sites: Sites) -> impl IntoView {
    let session = use_session();
    let address = account.address;
    let revoke = move || {
        let origin = origin.clone();
        sites.act(async move { session.bridge().revoke_account(origin, address).await });
    };
    let label =
        account.label.unwrap_or_else(|| t!("An account that is not here any more").to_owned());
    view! {
        <li class="site-account" data-testid="site-account" data-address=address.to_string()>
            <span>{label}</span>
            <AddressChip address />
            <Button rank=Rank::Quiet on_press=revoke testid="site-account-revoke">{t!("Take away")}</Button>
        </li>
    }
}

/// What a site may do without asking, and what is left of it.
#[component]
fn PolicyLine(policy: Policy, sites: Sites) -> impl IntoView {
    let session = use_session();
    let Policy { id, scope, spent, .. } = policy;
    let left = Shannons(scope.budget.0.saturating_sub(spent.amount.0));
    let times = scope.count.saturating_sub(spent.count);
    let end = move || sites.act(async move { session.bridge().revoke_policy(id).await });
    view! {
        <section class="site-policy" data-testid="site-policy" data-times=times.to_string()>
            <p class="line-name">{t!("Approved without asking")}</p>
            <Covered scope=scope.clone() />
            <KeyValueList>
                <KeyValue label=t!("Left to spend")><Amount amount=left testid="policy-left" /></KeyValue>
                <KeyValue label=t!("Times left")>{t!("{left} of {all}", left = say::count(times.into()), all = say::count(scope.count.into()))}</KeyValue>
                <KeyValue label=t!("Ends")>{day_and_time(scope.expires_ms)}</KeyValue>
            </KeyValueList>
            <div class="buttons"><Button on_press=end testid="policy-end">{t!("Ask me again from now on")}</Button></div>
        </section>
    }
}
