//! Encrypted files that a person keeps elsewhere: the whole wallet, or the secrets of one model.
//!
//! A backup has a password of its own (which may be the wallet's) and opens on any machine.

use super::contents::Contents;
use super::envelope::{self, Purpose, VaultKey};
use super::kdf::KdfParameters;
use super::{ModelSecrets, SealError, Secrets, UnlockError};

/// What a backup file held.
#[derive(Debug)]
pub enum Backup {
    /// All of a wallet.
    Wallet(Secrets),
    /// The secrets of one model.
    Model(ModelSecrets),
}

/// Seals a backup of everything that a wallet keeps.
///
/// # Errors
/// Where the password is too short, memory lacks, or what is sealed could not be read again.
pub fn seal_wallet_backup(
    password: &str,
    secrets: &Secrets,
    rng: &mut impl rand_core::CryptoRng,
) -> Result<Vec<u8>, SealError> {
    seal(password, &Contents::wallet(secrets), rng)
}

/// Seals a backup of what one model's reveal needs.
///
/// # Errors
/// Where the password is too short, memory lacks, or what is sealed could not be read again.
pub fn seal_model_backup(
    password: &str,
    model: &ModelSecrets,
    rng: &mut impl rand_core::CryptoRng,
) -> Result<Vec<u8>, SealError> {
    seal(password, &Contents::model(model), rng)
}

fn seal(
    password: &str,
    contents: &Contents<&Secrets, &ModelSecrets>,
    rng: &mut impl rand_core::CryptoRng,
) -> Result<Vec<u8>, SealError> {
    let key = VaultKey::make(password, Purpose::Backup, KdfParameters::DEFAULT, rng)?;
    Ok(key.seal(contents.to_readable_bytes()?, rng))
}

/// Opens a backup file.
///
/// # Errors
/// See [`UnlockError`].
pub fn open_backup(password: &str, backup: &[u8]) -> Result<Backup, UnlockError> {
    let (_, contents) = envelope::open(password, Purpose::Backup, backup)?;
    Contents::parse(&contents).map(Backup::from)
}

impl From<Contents<Secrets, ModelSecrets>> for Backup {
    fn from(contents: Contents<Secrets, ModelSecrets>) -> Self {
        match contents {
            Contents::Wallet(mut secrets) => {
                // What is approved for web sites was agreed to in the browser where it is used up.
                secrets.remove_policies(|_| true);
                Self::Wallet(secrets)
            }
            Contents::Model(model) => Self::Model(model),
        }
    }
}
