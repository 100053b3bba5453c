//! Accounts of the open wallet, its recovery phrases and its address book.

mod alike;
mod book;
mod change;
mod expose;
mod import;
mod search;

use crate::context::Context;
use crate::post::post;
use crate::refusal::Refusal;
use bridge::accounts::{AccountsReply, AccountsRequest, KeyPlace, PhraseName};
use bridge::protocol::Event;
use bridge::wallet::{AccountKind, AccountName, OwnWeight, WalletStatus};
use std::rc::Rc;
use wasm_core::address::Address;
use wasm_core::multisig::weight_of;
use wasm_core::naming::NameError;
use wasm_core::ports::Chain as _;
use wasm_core::vault::{Account, AccountSource, Phrase};

/// Accounts of one wallet as a page knows them.
pub(crate) fn names(all: &[Account]) -> Vec<AccountName> {
    all.iter().map(|account| name(account, all)).collect()
}

/// An account as a page knows it, beside the others of its wallet.
fn name(account: &Account, all: &[Account]) -> AccountName {
    let (kind, place) = match account.source() {
        AccountSource::Phrase { phrase, path } => {
            (AccountKind::Key, Some(KeyPlace { phrase: *phrase, path: *path }))
        }
        AccountSource::Seed(_) => (AccountKind::Key, None),
        AccountSource::Watched => (AccountKind::Watched, None),
        AccountSource::MultiSig(_) => (AccountKind::Multisig, None),
    };
    AccountName {
        address: account.address(),
        label: account.label().to_owned(),
        kind,
        place,
        colour: account.colour(),
        weight: own_weight(account, all),
    }
}

/// What the keys among these accounts weigh, where several sign for one.
fn own_weight(account: &Account, all: &[Account]) -> Option<OwnWeight> {
    let has_key = |one: &Account| {
        matches!(one.source(), AccountSource::Phrase { .. } | AccountSource::Seed(_))
    };
    let members = account.multisig()?;
    let own = weight_of(members, |address| {
        all.iter().any(|one| one.address() == *address && has_key(one))
    });
    Some(OwnWeight { own, needed: members.threshold })
}

/// Whether the wallet that has these accounts can sign for one of them without anybody else.
pub(crate) fn is_own(account: &Account, all: &[Account]) -> bool {
    name(account, all).is_own()
}

/// A recovery phrase as a page knows it.
pub(crate) fn phrase_name(phrase: &Phrase) -> PhraseName {
    PhraseName {
        id: phrase.id(),
        label: phrase.label().to_owned(),
        words: phrase.mnemonic().word_count(),
    }
}

/// Answers anything about accounts.
pub(crate) async fn answer(
    context: &Rc<Context>,
    request: AccountsRequest,
) -> Result<AccountsReply, Refusal> {
    match request {
        AccountsRequest::Look { phrase, search } => {
            search::look(context, phrase, search).await.map(AccountsReply::Looked)
        }
        AccountsRequest::Import { secret, names } => {
            import::import(context, &secret, &names).await.map(AccountsReply::Imported)
        }
        AccountsRequest::Balances => balances(context).await,
        AccountsRequest::Expose { password, secret } => {
            expose::expose(context, &password, secret).await.map(AccountsReply::Exposed)
        }
        AccountsRequest::AddContact { contact, despite } => {
            alike::check(context, contact.address, despite).await?;
            book::add(context, contact).await.map(status)
        }
        AccountsRequest::Watch { address, label, despite } => {
            alike::check(context, address, despite).await?;
            change::watch(context, address, &label).await.map(status)
        }
        AccountsRequest::ChangeContact(contact) => book::change(context, contact).await.map(status),
        AccountsRequest::RemoveContact(address) => book::remove(context, address).await.map(status),
        change => change::change(context, change).await.map(status),
    }
}

const fn status(status: WalletStatus) -> AccountsReply {
    AccountsReply::Status(status)
}

/// Changes the accounts: the one in use stays in use, wherever it is put and whatever comes back. Only where
/// it is removed another one takes its place, and what was prepared for it dies with it.
async fn keeping_account<T>(
    context: &Context,
    change: impl Future<Output = Result<T, Refusal>>,
) -> Result<T, Refusal> {
    let before = context.account()?;
    choose(context, before).await?;
    let changed = change.await?;
    let after = context.account()?;
    if after != before {
        context.forget_reviews();
        context.account_changed();
        // The accounts are changed already. Where this is not kept, the first one is in use.
        let _ = choose(context, after).await;
    }
    Ok(changed)
}

/// Keeps by name which account is in use.
async fn choose(context: &Context, account: Address) -> Result<(), Refusal> {
    if context.settings.borrow().account == Some(account) {
        return Ok(());
    }
    context.change_settings(|settings| settings.account = Some(account)).await
}

/// Tells everybody what the wallet is by now.
fn changed(context: &Context) -> WalletStatus {
    let status = crate::wallet::status(context);
    post(&Event::Wallet(status.clone()));
    status
}

/// What every account has in coins.
async fn balances(context: &Rc<Context>) -> Result<AccountsReply, Refusal> {
    context.following.facts()?;
    let wallet = context.open_wallet()?;
    let addresses: Vec<_> =
        wallet.read(|secrets| secrets.accounts().iter().map(Account::address).collect());
    let node = context.following.node();
    let mut balances = Vec::with_capacity(addresses.len());
    for address in addresses {
        let coins = node.coins(address).await?;
        let sum = coins.iter().fold(0_u64, |sum, coin| sum.saturating_add(coin.balance));
        balances.push((address, wasm_core::amount::Shannons(sum)));
    }
    Ok(AccountsReply::Balances(balances))
}

/// The wallet has no such account.
pub(crate) fn no_account() -> Refusal {
    Refusal::new(
        "accounts/unknown",
        "The wallet does not have this account.",
        "Choose one that is there.",
    )
}

fn bad_name(error: NameError) -> Refusal {
    Refusal::new("accounts/name", crate::refusal::sentence(&error), "Change it and try again.")
}

/// Nothing is prepared for an account that nobody here can ever sign for.
pub(crate) fn check_not_watched(context: &Context) -> Result<(), Refusal> {
    let address = context.account()?;
    let wallet = context.open_wallet()?;
    let watched = wallet.read(|secrets| {
        let source = secrets.account(&address).map(Account::source);
        matches!(source, Some(AccountSource::Watched))
    });
    if !watched {
        return Ok(());
    }
    Err(Refusal::new(
        "wallet/watched",
        "This account is only watched: the wallet has no key that could sign for it.",
        "Import its key, or choose another account.",
    ))
}
