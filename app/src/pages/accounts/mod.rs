//! Accounts of the wallet, its recovery phrases, and the address book.

mod book;
mod expose;
mod import;
mod list;
mod one;
mod phrases;
mod search;
mod watch;

pub(crate) use book::BookPage;
pub(crate) use import::ImportMorePage;
pub(crate) use one::AccountPage;

use crate::components::card::Card;
use crate::components::disclosure::Disclosure;
use crate::languages::t;
use crate::parts::page::Page;
use bridge::accounts::WhichSecret;
use leptos::prelude::*;
use leptos_router::components::A;

/// All accounts, and the ways to further ones.
#[component]
pub(crate) fn AccountsPage() -> impl IntoView {
    view! {
        <Page title=t!("Accounts").to_owned() lede=t!("Each account has an address and coins of its own. They are listed in your order.").to_owned()>
            <AroundAccounts />
            <list::AccountsCard />
            <phrases::PhrasesCard />
            <Card title=t!("Further accounts")>
                <div class="buttons">
                    <A href="/accounts/import" attr:class="button button-secondary" attr:data-testid="import-more">{t!("Import words, a key or a file")}</A>
                    <A href="/multisig/new" attr:class="button button-secondary" attr:data-testid="new-shared">{t!("Make an account of several signers")}</A>
                </div>
                <Disclosure summary=t!("Watch an account") testid="watch"><watch::WatchForm /></Disclosure>
            </Card>
            <Card title=t!("For the command-line wallet")>
                <p class="card-lede">
                    {t!("All keys of this wallet as the two files that the network's command-line wallet reads: soma.keystore \
                    and soma.aliases. They are not encrypted.")}
                </p>
                <expose::Expose
                    summary=t!("Save the files")
                    opens="keystore-files"
                    secret=WhichSecret::Keystore
                    label=t!("Make the files")
                    warning=t!("Whoever has the keystore file has the coins of every account in it.")
                    testid="expose-keystore"
                />
            </Card>
        </Page>
    }
}

/// Links to the pages about accounts.
#[component]
fn AroundAccounts() -> impl IntoView {
    view! {
        <nav class="around" aria-label=t!("Pages about accounts")>
            <A href="/accounts" exact=true attr:class="around-link" attr:data-testid="around-accounts">{t!("Accounts")}</A>
            <A href="/accounts/book" attr:class="around-link" attr:data-testid="around-book">{t!("Address book")}</A>
            <A href="/receive" attr:class="around-link" attr:data-testid="around-receive">{t!("Receive")}</A>
        </nav>
    }
}
