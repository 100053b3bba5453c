//! Changes to accounts and recovery phrases: each is sealed and stored before it is told.

use super::{bad_name, changed, keeping_account, no_account};
use crate::context::Context;
use crate::refusal::{Refusal, sentence};
use crate::vault::change_secrets;
use bridge::accounts::AccountsRequest;
use bridge::wallet::WalletStatus;
use std::rc::Rc;
use wasm_core::address::Address;
use wasm_core::naming::parse_name;
use wasm_core::vault::{AddAccountError, PhraseId, Secrets};

/// Makes a change, and tells everybody.
pub(super) async fn change(
    context: &Rc<Context>,
    request: AccountsRequest,
) -> Result<WalletStatus, Refusal> {
    let made = change_secrets(context, |secrets| make(secrets, request));
    keeping_account(context, made).await?;
    Ok(changed(context))
}

/// Watches an account of somebody else from now on.
pub(super) async fn watch(
    context: &Context,
    address: Address,
    label: &str,
) -> Result<WalletStatus, Refusal> {
    let label = parse_name(label).map_err(bad_name)?;
    change_secrets(context, |secrets| {
        secrets.add_watched(address, &label).map(drop).map_err(|error| not_added(&error))
    })
    .await?;
    Ok(changed(context))
}

fn make(secrets: &mut Secrets, request: AccountsRequest) -> Result<(), Refusal> {
    match request {
        AccountsRequest::AddNext { phrase, names } => {
            let label = free_label(secrets, &names.account);
            let path = secrets.next_path(phrase);
            secrets
                .add_phrase_account(phrase, path, &label)
                .map(drop)
                .map_err(|error| not_added(&error))
        }
        AccountsRequest::AddFound { phrase, paths, names } => {
            for path in paths {
                let label = free_label(secrets, &names.account);
                match secrets.add_phrase_account(phrase, path, &label) {
                    // It was added meanwhile: it is there, as was asked.
                    Ok(_) | Err(AddAccountError::AlreadyThere(_)) => {}
                    Err(error) => return Err(not_added(&error)),
                }
            }
            Ok(())
        }
        AccountsRequest::Rename { address, label } => {
            let label = parse_name(&label).map_err(bad_name)?;
            found(secrets.rename_account(&address, &label))
        }
        AccountsRequest::Paint { address, colour } => {
            found(secrets.colour_account(&address, colour))
        }
        AccountsRequest::Move { address, to } => found(secrets.move_account(&address, to)),
        AccountsRequest::Remove(address) => remove(secrets, address),
        AccountsRequest::RenamePhrase { phrase, label } => {
            let label = parse_name(&label).map_err(bad_name)?;
            if secrets.rename_phrase(phrase, &label) { Ok(()) } else { Err(no_phrase()) }
        }
        AccountsRequest::RemovePhrase(phrase) => remove_phrase(secrets, phrase),
        AccountsRequest::Look { .. }
        | AccountsRequest::Import { .. }
        | AccountsRequest::Balances
        | AccountsRequest::Watch { .. }
        | AccountsRequest::AddContact { .. }
        | AccountsRequest::ChangeContact(_)
        | AccountsRequest::RemoveContact(_)
        | AccountsRequest::Expose { .. } => unreachable!("answered elsewhere"),
    }
}

fn found(there: bool) -> Result<(), Refusal> {
    if there { Ok(()) } else { Err(no_account()) }
}

fn no_phrase() -> Refusal {
    Refusal::new(
        "accounts/no-phrase",
        "The wallet does not have this recovery phrase.",
        "Choose one that is there.",
    )
}

fn remove(secrets: &mut Secrets, address: Address) -> Result<(), Refusal> {
    if secrets.account(&address).is_some() && secrets.accounts().len() == 1 {
        return Err(Refusal::new(
            "accounts/last",
            "This is the only account of the wallet.",
            "Add another one first, or erase the wallet in the settings.",
        ));
    }
    found(secrets.remove_account(&address))
}

fn remove_phrase(secrets: &mut Secrets, phrase: PhraseId) -> Result<(), Refusal> {
    if secrets.phrase(phrase).is_none() {
        return Err(no_phrase());
    }
    if secrets.remove_phrase(phrase) {
        return Ok(());
    }
    Err(Refusal::new(
        "accounts/phrase-used",
        "Accounts of this wallet lie on this recovery phrase.",
        "Remove these accounts first.",
    ))
}

pub(super) fn not_added(error: &AddAccountError) -> Refusal {
    match error {
        AddAccountError::AlreadyThere(_) => {
            Refusal::new("accounts/there", sentence(error), "Choose it at the top of the page.")
        }
        AddAccountError::UnknownPhrase => no_phrase(),
        AddAccountError::MultiSig(_) => {
            Refusal::new("accounts/multisig", sentence(error), "Check members and weights.")
        }
    }
}

/// `Account 3`, or the next number that no account is called by.
pub(super) fn free_label(secrets: &Secrets, word: &str) -> String {
    let taken = |label: &String| secrets.accounts().iter().any(|it| it.label() == label);
    let numbered = (secrets.accounts().len() + 1..).map(|number| format!("{word} {number}"));
    numbered.into_iter().find(|label| !taken(label)).unwrap_or_else(|| word.to_owned())
}
