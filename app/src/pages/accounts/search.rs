//! Looking for accounts of a phrase that were used before, path by path.

use crate::components::button::{Button, Rank};
use crate::components::icon::Icon;
use crate::components::progress::Progress;
use crate::languages::{t, t_n};
use crate::parts::address::AddressDigits;
use crate::parts::amount::Amount;
use crate::parts::attempt::{Attempt, AttemptFailure};
use crate::parts::default_names::default_names;
use crate::session::use_session;
use bridge::accounts::{AccountsRequest, FoundAccount};
use leptos::prelude::*;
use wasm_core::discovery::Discovery;
use wasm_core::vault::PhraseId;

/// The search along a phrase.
#[component]
pub(super) fn Search(phrase: PhraseId) -> impl IntoView {
    let session = use_session();
    let attempt = Attempt::new();
    let search = RwSignal::new(Discovery::default());
    let found = RwSignal::new(Vec::<FoundAccount>::new());
    let stop = StoredValue::new(false);
    let look = move || {
        search.set(Discovery::default());
        found.set(Vec::new());
        stop.set_value(false);
        let all = async move {
            let mut so_far = Discovery::default();
            // Where the page is left, so is the search.
            while stop.try_get_value() == Some(false) {
                let looked = session.bridge().look_at_next(phrase, so_far).await?;
                let Some(account) = looked.account else { break };
                so_far = looked.search;
                if search.try_set(so_far).is_some() {
                    break;
                }
                if !account.known && (account.objects > 0 || account.balance.0 > 0) {
                    found.update(|found| found.push(account));
                }
            }
            Ok(())
        };
        attempt.run(all, |()| {});
    };
    let done = Memo::new(move |_| search.read().looked_at() > 0 && !attempt.busy().get());
    view! {
        <p class="field-hint">
            {t!("The node is asked about one address after the other, and so learns that they belong together. The search ends \
            after 20 accounts in a row that have nothing.")}
        </p>
        <div class="buttons">
            <Button icon=Icon::Search busy=attempt.busy() on_press=look testid="search-begin">{t!("Look for them")}</Button>
            {move || attempt.busy().get().then(|| view! { <Button on_press=move || stop.set_value(true) testid="search-stop">{t!("Stop")}</Button> })}
        </div>
        {move || {
            attempt
                .busy()
                .get()
                .then(|| {
                    view! {
                        <Progress
                            label=t!("Looking for accounts").to_owned()
                            done=Signal::derive(move || u64::from(search.read().looked_at()))
                            total=Signal::derive(move || u64::from(search.read().at_least()))
                            detail=Signal::derive(move || Some(t!("Accounts looked at: {looked_at}", looked_at = search.read().looked_at())))
                            testid="search-progress"
                        />
                    }
                })
        }}
        <AttemptFailure attempt on_retry=look />
        {move || done.get().then(|| view! { <Found phrase search found /> })}
    }
}

#[component]
fn Found(
    phrase: PhraseId,
    search: RwSignal<Discovery>,
    found: RwSignal<Vec<FoundAccount>>,
) -> impl IntoView {
    let session = use_session();
    let attempt = Attempt::new();
    let add = move || {
        let paths = found.read_untracked().iter().map(|account| account.path).collect();
        let request = AccountsRequest::AddFound { phrase, paths, names: default_names() };
        attempt.run(
            async move { session.bridge().change_accounts(request).await },
            move |status| {
                session.wallet.set(Some(status));
                found.set(Vec::new());
            },
        );
    };
    let some = Memo::new(move |_| !found.read().is_empty());
    view! {
        <p role="status" data-testid="search-outcome">
            {move || {
                let looked = search.read().looked_at();
                match found.read().len() {
                    0 => t!("No further account in use. Looked at {looked}.", looked),
                    many => t_n!(
                        many as u64,
                        "{n} account in use that the wallet does not have. Looked at {looked}.",
                        "{n} accounts in use that the wallet does not have. Looked at {looked}.",
                        looked
                    ),
                }
            }}
        </p>
        <ul class="account-rows">
            <For each=move || found.get() key=|account| account.address let(account)>
                <li class="account-row" data-testid="found-account">
                    <crate::parts::identicon::Identicon address=account.address />
                    <div class="account-row-words">
                        <p class="account-row-head"><code>{account.path.to_string()}</code><Amount amount=account.balance /></p>
                        <AddressDigits address=account.address />
                    </div>
                </li>
            </For>
        </ul>
        <AttemptFailure attempt />
        {move || {
            some.get()
                .then(|| view! { <Button rank=Rank::Primary busy=attempt.busy() on_press=add testid="search-add">{t!("Add these accounts")}</Button> })
        }}
    }
}
