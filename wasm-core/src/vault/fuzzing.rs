//! The parsers behind a vault, without the key between them: stretching a password takes a second, and a
//! fuzzer tries thousands of inputs in that time. No part of the wallet uses this.

use super::contents::Contents;
use super::envelope::{self, Purpose};
use super::{Backup, UnlockError};
use zeroize::Zeroizing;

/// Takes the envelope of a vault apart and puts it together again.
///
/// # Errors
/// Where it is no vault.
pub fn vault_again(bytes: &[u8]) -> Result<Vec<u8>, UnlockError> {
    envelope::parse_and_encode(Purpose::Vault, bytes)
}

/// Takes the envelope of a backup apart and puts it together again.
///
/// # Errors
/// Where it is no backup.
pub fn backup_again(bytes: &[u8]) -> Result<Vec<u8>, UnlockError> {
    envelope::parse_and_encode(Purpose::Backup, bytes)
}

/// Reads what an envelope held.
///
/// # Errors
/// Where this version does not know it.
pub fn read_contents(bytes: &[u8]) -> Result<Backup, UnlockError> {
    Contents::parse(bytes).map(Backup::from)
}

/// What would be sealed.
#[must_use]
pub fn write_contents(backup: &Backup) -> Zeroizing<Vec<u8>> {
    match backup {
        Backup::Wallet(secrets) => Contents::wallet(secrets).to_bytes(),
        Backup::Model(model) => Contents::model(model).to_bytes(),
    }
}
