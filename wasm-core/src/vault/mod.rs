//! A wallet's secrets under a password: Argon2id makes the key, AES-256-GCM seals.
//!
//! Three things are kept apart: what the secrets are ([`Secrets`]), the bytes they are sealed into
//! (`envelope`), and how a password becomes a key ([`KdfParameters`]). A backup file is the same
//! envelope with another mark, so neither can be taken for the other.

mod backup;
mod contents;
mod envelope;
#[doc(hidden)]
pub mod fuzzing;
mod kdf;
mod model;
mod restore;
mod secrets;

pub use backup::{Backup, open_backup, seal_model_backup, seal_wallet_backup};
pub use kdf::{KdfParameters, KdfParametersError, MIN_PASSWORD_LENGTH};
pub use model::ModelSecrets;
pub use restore::{RestoreError, Restored};
pub use secrets::{Account, AddAccountError, AddModelError, KeySource, Phrase, PhraseId, Secrets};

use contents::Contents;
use envelope::{Purpose, VaultKey};
use std::fmt;

/// Why secrets cannot be sealed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SealError {
    /// The password is too easy to try out.
    #[error("a password has at least {MIN_PASSWORD_LENGTH} characters")]
    PasswordTooShort,
    /// The memory that the key costs is not to be had.
    #[error(
        "{mebibytes} MiB of memory are needed to protect the wallet, and the device has them not free"
    )]
    OutOfMemory {
        /// What was needed.
        mebibytes: u32,
    },
}

/// Why a vault or a backup does not open.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum UnlockError {
    /// The bytes do not begin as ours do: another file was taken by mistake.
    #[error("this is not a file of this wallet, or not one of this kind")]
    NotOurs,
    /// A program newer than this one wrote it.
    #[error("this was written by a newer version of the wallet (format {0})")]
    UnsupportedVersion(u32),
    /// The password is wrong, or the bytes were changed. Nobody is told which.
    #[error("the password is wrong, or what is stored was changed")]
    WrongPassword,
    /// The password is right, and what was sealed is nothing that this program knows.
    #[error("the password is right, but the contents cannot be read by this version of the wallet")]
    UnknownContents,
    /// The memory that the key costs is not to be had.
    #[error(
        "{mebibytes} MiB of memory are needed to unlock the wallet, and the device has them not free"
    )]
    OutOfMemory {
        /// What was needed.
        mebibytes: u32,
    },
}

/// Why a password was not changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ChangePasswordError {
    /// The old password did not open the vault.
    #[error(transparent)]
    Unlock(#[from] UnlockError),
    /// The new password does not do.
    #[error(transparent)]
    Seal(#[from] SealError),
}

/// An open vault: the secrets, and the key that seals them again after a change.
pub struct Unlocked {
    /// What the wallet keeps.
    pub secrets: Secrets,
    key: VaultKey,
}

impl Unlocked {
    /// Begins a vault under a new password.
    ///
    /// # Errors
    /// Where the password is too short or memory lacks.
    pub fn make(
        password: &str,
        secrets: Secrets,
        rng: &mut impl rand_core::CryptoRng,
    ) -> Result<Self, SealError> {
        let key = VaultKey::make(password, Purpose::Vault, KdfParameters::DEFAULT, rng)?;
        Ok(Self { secrets, key })
    }

    /// Seals the secrets as they are now, under a fresh nonce and without asking for the password.
    #[must_use]
    pub fn seal(&self, rng: &mut impl rand_core::CryptoRng) -> Vec<u8> {
        self.key.seal(Contents::wallet(&self.secrets).to_bytes(), rng)
    }

    /// Asks again for the password of an open vault, as before showing a recovery phrase.
    ///
    /// # Errors
    /// Where it is another password, or memory lacks.
    pub fn check_password(&self, password: &str) -> Result<(), UnlockError> {
        self.key.check_password(password)
    }
}

impl fmt::Debug for Unlocked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Unlocked").field("secrets", &self.secrets).finish_non_exhaustive()
    }
}

/// Seals secrets under a new password.
///
/// # Errors
/// Where the password is too short or memory lacks.
pub fn seal(
    password: &str,
    secrets: &Secrets,
    rng: &mut impl rand_core::CryptoRng,
) -> Result<Vec<u8>, SealError> {
    let key = VaultKey::make(password, Purpose::Vault, KdfParameters::DEFAULT, rng)?;
    Ok(key.seal(Contents::wallet(secrets).to_bytes(), rng))
}

/// Opens a vault.
///
/// # Errors
/// See [`UnlockError`].
pub fn open(password: &str, vault: &[u8]) -> Result<Unlocked, UnlockError> {
    let (key, contents) = envelope::open(password, Purpose::Vault, vault)?;
    match Contents::parse(&contents)? {
        Contents::Wallet(secrets) => Ok(Unlocked { secrets, key }),
        Contents::Model(_) => Err(UnlockError::UnknownContents),
    }
}

/// Opens a vault with its old password and seals it under a new one, with new salt and key.
///
/// # Errors
/// Where the old password does not open it, or the new one does not do.
pub fn change_password(
    vault: &[u8],
    old: &str,
    new: &str,
    rng: &mut impl rand_core::CryptoRng,
) -> Result<(Unlocked, Vec<u8>), ChangePasswordError> {
    let Unlocked { secrets, .. } = open(old, vault)?;
    let unlocked = Unlocked::make(new, secrets, rng)?;
    let sealed = unlocked.seal(rng);
    Ok((unlocked, sealed))
}

#[cfg(test)]
mod tests {
    use super::model::tests::complete;
    use super::{
        Backup, ChangePasswordError, Contents, SealError, Secrets, UnlockError, Unlocked,
        change_password, open, open_backup, seal, seal_model_backup, seal_wallet_backup,
    };
    use crate::keys::Keypair;
    use crate::keys::tests::Counter;
    use crate::mnemonic::{DerivationPath, Mnemonic};
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    const PASSWORD: &str = "correct horse battery staple";

    fn secrets() -> Secrets {
        let mut secrets = Secrets::default();
        let mnemonic = Mnemonic::from_entropy(&[0xa5; 16]).unwrap();
        let id = secrets.add_phrase(&mnemonic, "Main phrase");
        secrets.add_phrase_account(id, DerivationPath::default(), "Everyday").unwrap();
        secrets.add_key(&Keypair::derive(&[0x5a; 32]), "Imported \"key\"").unwrap();
        secrets.add_model(complete("job-1")).unwrap();
        secrets
    }

    fn assert_whole(opened: &Secrets) {
        let expected = secrets();
        assert_eq!(opened.phrases().len(), 1);
        assert_eq!(opened.accounts().len(), 2);
        for (opened, expected) in opened.accounts().iter().zip(expected.accounts()) {
            assert_eq!(opened.address(), expected.address());
            assert_eq!(opened.label(), expected.label());
        }
        for account in expected.accounts() {
            assert!(opened.keypair(&account.address()).is_some());
        }
        assert!(opened.models() == expected.models());
    }

    #[test]
    fn a_vault_opens_with_its_password_alone() {
        let mut rng = Counter(0);
        let sealed = seal(PASSWORD, &secrets(), &mut rng).unwrap();
        assert_whole(&open(PASSWORD, &sealed).unwrap().secrets);
        let wrong = open("correct horse battery stable", &sealed);
        assert_eq!(wrong.err(), Some(UnlockError::WrongPassword));
        assert_eq!(open_backup(PASSWORD, &sealed).err(), Some(UnlockError::NotOurs));
    }

    #[test]
    fn an_open_vault_seals_its_changes_under_fresh_nonces() {
        let mut rng = Counter(0);
        let mut unlocked = Unlocked::make(PASSWORD, secrets(), &mut rng).unwrap();
        let first = unlocked.seal(&mut rng);
        let second = unlocked.seal(&mut rng);
        assert_eq!(first[..40], second[..40]);
        assert_ne!(first[40..52], second[40..52]);
        assert_ne!(first[52..], second[52..]);

        let address = unlocked.secrets.accounts()[0].address();
        unlocked.secrets.rename_account(&address, "Renamed");
        let opened = open(PASSWORD, &unlocked.seal(&mut rng)).unwrap();
        assert_eq!(opened.secrets.accounts()[0].label(), "Renamed");
        assert_eq!(opened.check_password(PASSWORD), Ok(()));
        assert_eq!(opened.check_password("something else"), Err(UnlockError::WrongPassword));
    }

    #[test]
    fn a_changed_password_opens_and_the_old_one_does_not() {
        let mut rng = Counter(0);
        let old = seal(PASSWORD, &secrets(), &mut rng).unwrap();
        let (unlocked, new) = change_password(&old, PASSWORD, "another one", &mut rng).unwrap();
        assert_whole(&unlocked.secrets);
        assert_ne!(old[24..40], new[24..40]);
        assert_whole(&open("another one", &new).unwrap().secrets);
        assert_eq!(open(PASSWORD, &new).err(), Some(UnlockError::WrongPassword));

        let wrong = change_password(&old, "not the one", "another one", &mut rng);
        assert_eq!(wrong.err(), Some(ChangePasswordError::Unlock(UnlockError::WrongPassword)));
        let short = change_password(&old, PASSWORD, "short", &mut rng);
        assert_eq!(short.err(), Some(ChangePasswordError::Seal(SealError::PasswordTooShort)));
    }

    #[test]
    fn a_backup_opens_elsewhere_and_as_what_it_is() {
        let mut rng = Counter(0);
        let sealed = seal_wallet_backup(PASSWORD, &secrets(), &mut rng).unwrap();
        match open_backup(PASSWORD, &sealed) {
            Ok(Backup::Wallet(opened)) => assert_whole(&opened),
            other => panic!("{other:?}"),
        }
        assert_eq!(open(PASSWORD, &sealed).err(), Some(UnlockError::NotOurs));

        let sealed = seal_model_backup(PASSWORD, &complete("job-1"), &mut rng).unwrap();
        match open_backup(PASSWORD, &sealed) {
            Ok(Backup::Model(model)) => assert!(model == complete("job-1")),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn an_open_vault_prints_no_secret() {
        let unlocked = Unlocked::make(PASSWORD, secrets(), &mut Counter(0)).unwrap();
        assert_eq!(
            format!("{unlocked:?}"),
            "Unlocked { secrets: Secrets { phrases: 1, accounts: 2, models: 1, .. }, .. }"
        );
    }

    #[derive(serde::Deserialize)]
    struct Recorded {
        password: String,
        vault: RecordedEnvelope,
        wallet_backup: RecordedEnvelope,
        model_backup: RecordedEnvelope,
    }

    #[derive(serde::Deserialize)]
    struct RecordedEnvelope {
        envelope: String,
        contents: String,
    }

    fn record_of_version_1() -> Recorded {
        serde_json::from_str(include_str!("../../../tests/vectors/vault/version-1.json")).unwrap()
    }

    #[test]
    fn what_version_1_sealed_opens_for_ever() {
        let Recorded { password, vault, wallet_backup, model_backup } = record_of_version_1();
        assert_whole(&open(&password, &hex::decode(vault.envelope).unwrap()).unwrap().secrets);
        let opened = |backup: RecordedEnvelope| {
            open_backup(&password, &hex::decode(backup.envelope).unwrap())
        };
        match opened(wallet_backup) {
            Ok(Backup::Wallet(secrets)) => assert_whole(&secrets),
            other => panic!("{other:?}"),
        }
        match opened(model_backup) {
            Ok(Backup::Model(model)) => assert!(model == complete("job-1")),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn contents_are_still_written_as_version_1() {
        let Recorded { vault, model_backup, .. } = record_of_version_1();
        assert_eq!(*Contents::wallet(&secrets()).to_bytes(), vault.contents.as_bytes());
        let model = complete("job-1");
        assert_eq!(*Contents::model(&model).to_bytes(), model_backup.contents.as_bytes());
    }
}
