//! Before there is a wallet: create one, or bring one along.

mod create;
mod import;

pub(crate) use import::{Secret, SecretStep};

use crate::components::button::Button;
use crate::components::icon::{Icon, Pictogram};
use crate::dapp::use_asking;
use crate::languages::t;
use crate::pages::requests::AskedNotice;
use crate::parts::page::Page;
use crate::parts::vault_copies::NoPrivateFiles;
use crate::shell::Mark;
use leptos::prelude::*;
use leptos_router::NavigateOptions;
use leptos_router::hooks::use_navigate;

/// What the visitor decided to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Choice {
    Create,
    Import,
}

/// Before there is a wallet.
#[component]
pub(crate) fn WelcomePage() -> impl IntoView {
    let choice = RwSignal::new(None);
    // An address within a wallet that is not there means nothing; a new one begins at its first page.
    // The address that a site opened stays: the site waits at it.
    if use_asking().is_none() {
        use_navigate()("/", NavigateOptions { replace: true, ..NavigateOptions::default() });
    }
    view! {
        <main class="gate">
            <div class="gate-brand"><Mark />{t!("Soma Wallet")}</div>
            <NoPrivateFiles />
            <AskedNotice first=t!("There is no wallet in this browser yet. Make one here, or bring one along; then you see what it asks.") />
            {move || match choice.get() {
                None => view! { <Choose choice /> }.into_any(),
                Some(Choice::Create) => view! { <create::CreateFlow on_back=move || choice.set(None) /> }.into_any(),
                Some(Choice::Import) => view! { <import::ImportFlow on_back=move || choice.set(None) /> }.into_any(),
            }}
        </main>
    }
}

#[component]
fn Choose(choice: RwSignal<Option<Choice>>) -> impl IntoView {
    view! {
        <Page
            title=t!("Coins, models, and the keys to both").to_owned()
            lede=t!("Your keys are made on this device, encrypted with your password, and never leave it. There is no account \
                and nobody to ask for them back.")
                .to_owned()
        >
            <div class="doors">
                <button type="button" class="door" data-testid="create-wallet" on:click=move |_| choice.set(Some(Choice::Create))>
                    <Pictogram icon=Icon::Plus />
                    <span class="door-name">{t!("Create a wallet")}</span>
                    <span class="door-hint">{t!("New recovery words, to be written down on paper")}</span>
                </button>
                <button type="button" class="door" data-testid="import-wallet" on:click=move |_| choice.set(Some(Choice::Import))>
                    <Pictogram icon=Icon::Key />
                    <span class="door-name">{t!("Bring a wallet along")}</span>
                    <span class="door-hint">{t!("Recovery words, a private key, a keystore file or a backup file")}</span>
                </button>
            </div>
        </Page>
    }
}

/// Goes one step back.
#[component]
fn Back(#[prop(into)] on_back: Callback<()>) -> impl IntoView {
    view! { <Button icon=Icon::ArrowLeft on_press=on_back testid="back">{t!("Back")}</Button> }
}
