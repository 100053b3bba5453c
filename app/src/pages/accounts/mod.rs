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
use crate::parts::page::Page;
use bridge::accounts::WhichSecret;
use leptos::prelude::*;
use leptos_router::components::A;

/// All accounts, and the ways to further ones.
#[component]
pub(crate) fn AccountsPage() -> impl IntoView {
    view! {
        <Page title="Accounts".to_owned() lede="Each account has an address and coins of its own. They are listed in your order.".to_owned()>
            <AroundAccounts />
            <list::AccountsCard />
            <phrases::PhrasesCard />
            <Card title="Further accounts">
                <div class="buttons">
                    <A href="/accounts/import" attr:class="button button-secondary" attr:data-testid="import-more">"Import words, a key or a file"</A>
                    <A href="/multisig/new" attr:class="button button-secondary" attr:data-testid="new-shared">"Make an account of several signers"</A>
                </div>
                <Disclosure summary="Watch an account" testid="watch"><watch::WatchForm /></Disclosure>
            </Card>
            <Card title="For the command-line wallet">
                <p class="card-lede">
                    "All keys of this wallet as the two files that the network's command-line wallet reads: soma.keystore \
                    and soma.aliases. They are not encrypted."
                </p>
                <Disclosure summary="Save the files" testid="keystore-files">
                    <expose::Expose
                        secret=WhichSecret::Keystore
                        label="Make the files"
                        warning="Whoever has the keystore file has the coins of every account in it."
                        testid="expose-keystore"
                    />
                </Disclosure>
            </Card>
        </Page>
    }
}

/// Links to the pages about accounts.
#[component]
fn AroundAccounts() -> impl IntoView {
    view! {
        <nav class="around" aria-label="Pages about accounts">
            <A href="/accounts" exact=true attr:class="around-link" attr:data-testid="around-accounts">"Accounts"</A>
            <A href="/accounts/book" attr:class="around-link" attr:data-testid="around-book">"Address book"</A>
            <A href="/receive" attr:class="around-link" attr:data-testid="around-receive">"Receive"</A>
        </nav>
    }
}
