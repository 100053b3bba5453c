//! What a person is told where the vault is not sealed or not opened.

use crate::refusal::Refusal;
use crate::wallet::capital;
use wasm_core::vault::{Place, SealError, ShelfError, Standing, UnlockError};

/// Why it was not sealed.
pub(crate) fn seal_refusal(error: SealError) -> Refusal {
    let code = match error {
        SealError::PasswordTooShort => "vault/short-password",
        SealError::OutOfMemory { .. } => "vault/memory",
        SealError::Unreadable => "vault/unreadable",
    };
    let next = match error {
        SealError::PasswordTooShort => "Choose a longer one; a few words are easy to remember.",
        SealError::OutOfMemory { .. } => "Close other tabs and try again.",
        SealError::Unreadable => "Your wallet is as it was before. Leave out what you just added.",
    };
    Refusal::new(code, capital(&error), next)
}

/// Why it was not opened.
pub(super) fn unlock_refusal(error: UnlockError) -> Refusal {
    let (code, next) = match error {
        UnlockError::WrongPassword => (
            "vault/wrong-password",
            "Try again. If it is lost, erase this wallet and import your phrase.",
        ),
        UnlockError::WrongPasskey => (
            "vault/wrong-passkey",
            "Unlock with the password. Passkeys end when the password is changed: set this one up again in \
             the settings.",
        ),
        UnlockError::OutOfMemory { .. } => ("vault/memory", "Close other tabs and try again."),
        UnlockError::UnsupportedVersion(_) | UnlockError::UnknownContents => {
            ("vault/newer", "Open it with the newest wallet. Nothing was changed.")
        }
        UnlockError::NotOurs => (
            "vault/damaged",
            "Nothing was deleted. Restore from your phrase or backup in another profile.",
        ),
    };
    Refusal::new(code, capital(&error), next)
}

/// The password opens a copy that is not the newest.
pub(super) fn older_opens() -> Refusal {
    Refusal::new(
        "vault/older-opens",
        "This password opens the older of the two copies of your wallet, and not the newer one.",
        "If you changed your password, type the new one: the change is in force. Only if no other password \
         is right, open the older copy; the newer one is kept until you repair it.",
    )
}

/// A change of the password would leave a copy behind that the former one opens.
pub(super) fn not_both(place: Place) -> Refusal {
    let what = match place {
        Place::Database => {
            "The copy of your wallet in the browser's database is not in good order, and the present password \
             might go on opening it."
        }
        Place::File => {
            "The copy of your wallet in a private file is not in good order, and the present password might go \
             on opening it."
        }
    };
    let next = "The password was not changed. Repair the copy first: that is offered at the top of the page.";
    Refusal::new("vault/not-both", what, next)
}

/// The password was changed, and one copy could not be written.
pub(super) fn half_changed(place: Place) -> Refusal {
    let what = match place {
        Place::Database => {
            "The password was changed, but the copy of your wallet in the browser's database could not be \
             written: the former password still opens that copy."
        }
        Place::File => {
            "The password was changed, but the copy of your wallet in a private file could not be written: the \
             former password still opens that copy."
        }
    };
    let next = "The new password is in force. Free some room on the disk, then repair the copy.";
    Refusal::new("vault/half-changed", what, next)
}

/// No copy is whole.
pub(super) fn damaged(copies: &[Standing; 2]) -> Refusal {
    let said = |standing: &Standing| match standing {
        Standing::Damaged(reason) | Standing::Unreadable(reason) => reason.clone(),
        _ => "there is none".to_owned(),
    };
    let [database, file] = copies;
    Refusal::new(
        "vault/damaged",
        format!(
            "Neither copy of your wallet can be used. In the database: {}. In a private file: {}.",
            said(database),
            said(file)
        ),
        "Nothing was deleted. Restore your wallet from its words or backup file in another browser profile, \
         and erase it here only when you have it there.",
    )
}

/// A place where the vault lies refused.
pub(super) fn shelf_refusal(error: &ShelfError) -> Refusal {
    Refusal::passing(
        "storage/refused",
        capital(error),
        "Nothing was lost. Leave private browsing, free some room on the disk, then reload the page.",
    )
}
