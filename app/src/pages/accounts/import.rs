//! Taking a further secret into the open wallet.

use crate::components::banner::{Banner, Tone};
use crate::components::button::{Button, Rank};
use crate::components::card::Card;
use crate::components::icon::Icon;
use crate::languages::{t, t_n};
use crate::pages::welcome::{Secret, SecretStep};
use crate::parts::address::AddressDigits;
use crate::parts::attempt::{Attempt, AttemptFailure};
use crate::parts::default_names::default_names;
use crate::parts::identicon::Identicon;
use crate::parts::page::Page;
use crate::session::use_session;
use bridge::accounts::Imported;
use bridge::wallet::{AccountName, ImportPreview};
use leptos::prelude::*;
use leptos_router::NavigateOptions;
use leptos_router::components::A;
use leptos_router::hooks::use_navigate;

/// Taking a further secret in.
#[component]
pub(crate) fn ImportMorePage() -> impl IntoView {
    let secret = Secret::new();
    on_cleanup(move || secret.wipe());
    let found = RwSignal::new(None::<ImportPreview>);
    let imported = RwSignal::new(None::<Imported>);
    let navigate = use_navigate();
    let leave = Callback::new(move |()| navigate("/accounts", NavigateOptions::default()));
    move || {
        match (imported.get(), found.get()) {
        (Some(imported), _) => view! { <Outcome imported /> }.into_any(),
        (None, Some(preview)) => {
            view! { <Confirm secret preview imported on_back=move || found.set(None) /> }.into_any()
        }
        (None, None) => view! {
            <SecretStep secret title=t!("Import into this wallet") on_back=leave on_found=move |preview| found.set(Some(preview)) />
        }
        .into_any(),
    }
    }
}

#[component]
fn Accounts(accounts: Vec<AccountName>) -> impl IntoView {
    let row = |account: AccountName| {
        view! {
            <li class="account-row" data-testid="imported-account" data-address=account.address.to_string()>
                <Identicon address=account.address />
                <div class="account-row-words">
                    <p class="account-row-head"><span class="account-row-name">{account.label}</span></p>
                    <AddressDigits address=account.address />
                </div>
            </li>
        }
    };
    view! { <ul class="account-rows">{accounts.into_iter().map(row).collect_view()}</ul> }
}

#[component]
fn Confirm(
    secret: Secret,
    preview: ImportPreview,
    imported: RwSignal<Option<Imported>>,
    #[prop(into)] on_back: Callback<()>,
) -> impl IntoView {
    let session = use_session();
    let attempt = Attempt::new();
    let take = move || {
        let given = secret.get();
        attempt.run(
            async move { session.bridge().import_more(given, default_names()).await },
            move |outcome| {
                secret.wipe();
                session.wallet.set(Some(outcome.status.clone()));
                imported.set(Some(outcome));
            },
        );
    };
    let sui = preview.also_on_sui.then(|| {
        view! {
            <Banner
                tone=Tone::Caution
                what=t!("The same secret opens the same address on Sui.").to_owned()
                next=t!("What you do here links both, and whoever gets it gets both.").to_owned()
                testid="also-on-sui"
            />
        }
    });
    view! {
        <Page title=t!("Is this it?").to_owned() lede=t!("The wallet takes in what it does not have yet.").to_owned()>
            <Card>
                <Accounts accounts=preview.accounts />
                {sui}
                <AttemptFailure attempt />
                <div class="buttons buttons-end">
                    <Button icon=Icon::ArrowLeft on_press=on_back testid="back">{t!("Back")}</Button>
                    <Button rank=Rank::Primary busy=attempt.busy() on_press=take testid="import-more-done">{t!("Take it in")}</Button>
                </div>
            </Card>
        </Page>
    }
}

#[component]
fn Outcome(imported: Imported) -> impl IntoView {
    let what = match imported.accounts.len() {
        0 => t!("The wallet had all of its accounts already.").to_owned(),
        many => t_n!(
            many as u64,
            "{n} account was added, or got its key.",
            "{n} accounts were added, or got their keys."
        ),
    };
    let further = t!(
        "Also new: recovery phrases {phrases}, secrets of models {models}, entries of the address book {contacts}.",
        phrases = imported.phrases,
        models = imported.models,
        contacts = imported.contacts
    );
    view! {
        <Page title=t!("Imported").to_owned()>
            <Card testid="imported">
                <Banner tone=Tone::Success what next=further alert=true testid="import-outcome" />
                <Accounts accounts=imported.accounts />
                <div class="buttons">
                    <A href="/accounts" attr:class="button button-primary" attr:data-testid="import-accounts-link">{t!("To the accounts")}</A>
                </div>
            </Card>
        </Page>
    }
}
