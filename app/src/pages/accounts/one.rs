//! One account: what it is called, its colour, its key, and its end.

use super::expose::Expose;
use crate::components::banner::{Banner, Tone};
use crate::components::button::{Button, Rank};
use crate::components::card::Card;
use crate::components::copy::CopyButton;
use crate::components::disclosure::Disclosure;
use crate::components::field::{Field, Typing};
use crate::components::icon::Icon;
use crate::components::select::Select;
use crate::components::toast::use_notices;
use crate::languages::t;
use crate::parts::account::{colour_words, kind_words};
use crate::parts::address::AddressDigits;
use crate::parts::attempt::{Attempt, AttemptFailure};
use crate::parts::identicon::Identicon;
use crate::parts::page::Page;
use crate::session::use_session;
use bridge::accounts::{AccountsRequest, WhichSecret};
use bridge::wallet::{AccountKind, AccountName};
use leptos::prelude::*;
use leptos_router::NavigateOptions;
use leptos_router::hooks::{use_navigate, use_params_map};
use wasm_core::address::Address;
use wasm_core::naming::parse_name;
use wasm_core::vault::Colour;

/// One account.
#[component]
pub(crate) fn AccountPage() -> impl IntoView {
    let session = use_session();
    let params = use_params_map();
    let account = Memo::new(move |_| {
        let address: Address = params.read().get("address")?.parse().ok()?;
        session.accounts().into_iter().find(|account| account.address == address)
    });
    let address = Memo::new(move |_| account.read().as_ref().map(|account| account.address));
    let navigate = use_navigate();
    // Its removal is told before it is answered, and takes the button away that was pressed.
    Effect::new(move |before: Option<Option<Address>>| {
        let now = address.get();
        let open = untrack(|| session.account().is_some());
        if open && now.is_none() && before.flatten().is_some() {
            navigate("/accounts", NavigateOptions::default());
        }
        now
    });
    let title = move || {
        let account = account.read();
        account.as_ref().map_or_else(|| t!("Account").to_owned(), |account| account.label.clone())
    };
    view! {
        <Page title=Signal::derive(title) narrow=true>
            <super::AroundAccounts />
            {move || match address.get() {
                // What is typed stays while something else of the account changes.
                Some(address) => view! { <Parts address account /> }.into_any(),
                None => view! { <p data-testid="account-unknown">{t!("The wallet does not have this account.")}</p> }.into_any(),
            }}
        </Page>
    }
}

#[component]
fn Parts(address: Address, account: Memo<Option<AccountName>>) -> impl IntoView {
    let kind = Memo::new(move |_| account.read().as_ref().map(|account| account.kind));
    let words = move || account.read().as_ref().map(kind_words);
    let place = move || {
        account
            .read()
            .as_ref()
            .and_then(|account| account.place)
            .map(|place| place.path.to_string())
    };
    view! {
        <Card title=t!("Address")>
            <div class="account-row">
                <Identicon address />
                <div class="account-row-words">
                    <AddressDigits address testid="account-address" />
                    <p class="field-hint">{words}" "{place}</p>
                    <div class="buttons"><CopyButton text=address.to_string() what=t!("address") /></div>
                </div>
            </div>
        </Card>
        <Looks address account />
        {move || {
            (kind.get() == Some(AccountKind::Key))
                .then(|| {
                    view! {
                        <Card title=t!("Private key")>
                            <Expose
                                summary=t!("Show the private key")
                                opens="show-key"
                                secret=WhichSecret::Key(address)
                                label=t!("Show the key")
                                warning=t!("Whoever has this key has everything that this account has.")
                                testid="expose-key"
                            />
                        </Card>
                    }
                })
        }}
        <Remove address account />
    }
}

/// Name and colour.
#[component]
fn Looks(address: Address, account: Memo<Option<AccountName>>) -> impl IntoView {
    let (session, notices) = (use_session(), use_notices());
    let before = account.get_untracked().map(|account| account.label).unwrap_or_default();
    let (label, tried, attempt) = (RwSignal::new(before), RwSignal::new(false), Attempt::new());
    let name = Memo::new(move |_| parse_name(&label.read()));
    let change = move |request: AccountsRequest, said: &'static str| {
        attempt.run(
            async move { session.bridge().change_accounts(request).await },
            move |status| {
                session.wallet.set(Some(status));
                notices.toast(said);
            },
        );
    };
    let rename = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        tried.set(true);
        if let Ok(label) = name.get_untracked() {
            change(AccountsRequest::Rename { address, label }, t!("The account has its new name."));
        }
    };
    let paint = move |key: String| {
        let colour = Colour::ALL.into_iter().find(|colour| colour_words(*colour) == key);
        change(AccountsRequest::Paint { address, colour }, t!("The account has its new colour."));
    };
    let colour = move || {
        let account = account.read();
        let colour = account.as_ref().and_then(|account| account.colour);
        colour.map_or_else(String::new, |colour| colour_words(colour).to_owned())
    };
    let options = Memo::new(move |_| {
        let named = Colour::ALL.map(colour_words).map(|word| (word.to_owned(), word.to_owned()));
        std::iter::once((String::new(), t!("None").to_owned())).chain(named).collect::<Vec<_>>()
    });
    view! {
        <Card title=t!("Name and colour")>
            <form class="form" on:submit=rename novalidate>
                <Field
                    label=t!("Name").to_owned()
                    value=label
                    error=Signal::derive(move || name.get().err().map(|error| error.to_string()))
                    tried
                    testid="account-name"
                >
                    <Button submit=true busy=attempt.busy() testid="account-rename">{t!("Rename")}</Button>
                </Field>
                <Select label=t!("Colour").to_owned() value=Signal::derive(colour) options on_choose=paint testid="account-colour" />
                <AttemptFailure attempt />
            </form>
        </Card>
    }
}

/// A name to be typed before something is lost for ever.
#[component]
#[expect(clippy::needless_pass_by_value, reason = "a component owns what it shows")]
pub(super) fn TypeToConfirm(
    /// The name.
    label: String,
    /// What was typed.
    typed: RwSignal<String>,
    /// For tests.
    testid: &'static str,
) -> impl IntoView {
    view! {
        <Banner
            tone=Tone::Danger
            what=t!("This wallet may have the only copy. Without another one, what it opens is lost for ever.").to_owned()
            next=t!("Make sure that you have a copy elsewhere, written down or in a backup file.").to_owned()
        />
        <Field label=t!("To go on, type its name: {label}", label) value=typed typing=Typing::Code testid />
    }
}

/// Takes an account out of the wallet.
#[component]
fn Remove(address: Address, account: Memo<Option<AccountName>>) -> impl IntoView {
    let session = use_session();
    let navigate = use_navigate();
    let (attempt, typed) = (Attempt::new(), RwSignal::new(String::new()));
    // What only this wallet may have: a key of its own, or the members of an account of several.
    let lost = Memo::new(move |_| {
        account.read().as_ref().is_some_and(|account| match account.kind {
            AccountKind::Key => account.place.is_none(),
            AccountKind::Watched => false,
            AccountKind::Multisig => true,
        })
    });
    let label = move || account.read().as_ref().map(|it| it.label.clone()).unwrap_or_default();
    let ready = Memo::new(move |_| !lost.get() || typed.read().trim() == label());
    let remove = move || {
        let navigate = navigate.clone();
        let request = AccountsRequest::Remove(address);
        attempt.run(
            async move { session.bridge().change_accounts(request).await },
            move |status| {
                session.wallet.set(Some(status));
                navigate("/accounts", NavigateOptions::default());
            },
        );
    };
    view! {
        <Card title=t!("Remove")>
            <Disclosure summary=t!("Remove this account") testid="remove-account">
                {move || match lost.get() {
                    true => view! { <TypeToConfirm label=label() typed testid="remove-typed" /> }.into_any(),
                    false => view! {
                        <p class="card-lede" data-testid="remove-harmless">{t!("Nothing is lost: the account can be added again, and what it has stays where it is.")}</p>
                    }
                    .into_any(),
                }}
                <AttemptFailure attempt />
                <Button
                    rank=Rank::Danger
                    icon=Icon::Trash
                    busy=attempt.busy()
                    disabled=Signal::derive(move || !ready.get())
                    on_press=remove
                    testid="remove-done"
                >
                    {t!("Remove the account")}
                </Button>
            </Disclosure>
        </Card>
    }
}
