//! Taking a further secret into the open wallet.

use super::change::free_label;
use super::{changed, keeping_account, name};
use crate::context::Context;
use crate::refusal::{Refusal, sentence};
use crate::vault::change_secrets;
use crate::wallet::of_import;
use bridge::accounts::Imported;
use bridge::wallet::{DefaultNames, ImportSecret};
use std::collections::BTreeSet;
use std::rc::Rc;
use wasm_core::address::Address;
use wasm_core::vault::{Account, Backup, RestoreError, Secrets};

/// Takes a secret in, whatever the wallet has of it already.
pub(super) async fn import(
    context: &Rc<Context>,
    secret: &ImportSecret,
    names: &DefaultNames,
) -> Result<Imported, Refusal> {
    context.open_wallet()?;
    let secrets = of_import(secret, names)?;
    let taken_in = change_secrets(context, |kept| {
        let before: BTreeSet<Address> = with_key(kept);
        let phrases = kept.phrases().len();
        let known: BTreeSet<Address> = kept.accounts().iter().map(Account::address).collect();
        let restored = kept.restore(Backup::Wallet(secrets)).map_err(|error: RestoreError| {
            Refusal::new(
                "accounts/conflict",
                sentence(&error),
                "Nothing was changed. Restore this backup in another browser profile.",
            )
        })?;
        let new: Vec<Address> = with_key(kept).difference(&before).copied().collect();
        let all: Vec<Address> = kept.accounts().iter().map(Account::address).collect();
        for address in all.iter().filter(|address| !known.contains(address)) {
            distinguish(kept, *address, names);
        }
        let further: Vec<_> = kept.phrases().iter().skip(phrases).map(|it| it.id()).collect();
        for (at, id) in (phrases + 1..).zip(further) {
            if at > 1 && kept.phrase(id).is_some_and(|it| it.label() == names.phrase) {
                kept.rename_phrase(id, &format!("{} {at}", names.phrase));
            }
        }
        Ok((
            restored,
            all.into_iter()
                .filter(|it| new.contains(it) || !known.contains(it))
                .collect::<Vec<_>>(),
        ))
    });
    let (restored, new) = keeping_account(context, taken_in).await?;
    let status = changed(context);
    let wallet = context.open_wallet()?;
    let accounts = wallet.read(|secrets| {
        let new = new.iter().filter_map(|address| secrets.account(address));
        new.map(|account| name(account, secrets.accounts())).collect()
    });
    Ok(Imported {
        status,
        accounts,
        phrases: restored.phrases,
        models: restored.models,
        contacts: restored.contacts,
    })
}

fn with_key(secrets: &Secrets) -> BTreeSet<Address> {
    let keyed = secrets.accounts().iter().filter(|account| account.source().has_key());
    keyed.map(Account::address).collect()
}

/// Two accounts that are called the same cannot be told apart in a list.
fn distinguish(secrets: &mut Secrets, address: Address, names: &DefaultNames) {
    let Some(label) = secrets.account(&address).map(|it| it.label().to_owned()) else { return };
    let others = secrets.accounts().iter().filter(|it| it.address() != address);
    if others.into_iter().any(|other| other.label() == label) {
        let word = label.trim_end_matches(|last: char| last.is_ascii_digit()).trim_end();
        let free = free_label(secrets, if word.is_empty() { &names.account } else { word });
        secrets.rename_account(&address, &free);
    }
}
