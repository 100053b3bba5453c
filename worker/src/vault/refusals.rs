//! What a person is told where the vault is not sealed or not opened.

use crate::refusal::Refusal;
use crate::wallet::capital;
use wasm_core::vault::{SealError, UnlockError};

/// Why it was not sealed.
pub(crate) fn seal_refusal(error: SealError) -> Refusal {
    let code = match error {
        SealError::PasswordTooShort => "vault/short-password",
        SealError::OutOfMemory { .. } => "vault/memory",
    };
    let next = match error {
        SealError::PasswordTooShort => "Choose a longer one; a few words are easy to remember.",
        SealError::OutOfMemory { .. } => "Close other tabs and try again.",
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
