//! A wallet's secrets under a password: Argon2id makes the key, AES-256-GCM seals.
//!
//! Three things are kept apart: what the secrets are ([`Secrets`]), the bytes they are sealed into
//! (`envelope`), and how a password becomes a key ([`KdfParameters`]). A backup file is the same
//! envelope with another mark, so neither can be taken for the other.

mod account;
mod attempts;
mod backup;
mod contact;
mod contents;
mod copies;
mod copy;
mod envelope;
#[doc(hidden)]
pub mod fuzzing;
mod kdf;
mod model;
mod passkey;
mod rest;
mod restore;
mod secrets;
mod version_1;

pub use account::{Account, AccountSource, AddAccountError, Colour};
pub use attempts::{Attempts, AttemptsCount, AttemptsNote};
pub use backup::{Backup, open_backup, seal_model_backup, seal_wallet_backup};
pub use contact::{AddContactError, Contact};
pub use copies::{Copies, Keeper, Place, Shelf, ShelfError, Slot, Standing, forget};
pub use copy::{CopyError, MOST_PASSKEYS, SealedCopy};
pub use kdf::{KdfParameters, KdfParametersError, MIN_PASSWORD_LENGTH};
pub use model::ModelSecrets;
pub use passkey::{NewPasskey, Passkey, PrfOutput, open_with_passkey};
pub use rest::{RestError, open_rested, rests_until};
pub use restore::{RestoreError, Restored};
pub use secrets::{AddModelError, Phrase, PhraseId, Secrets};

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
    /// It would be sealed for ever: something in it cannot be read again.
    #[error("what would be stored could not be read again, so it was not stored")]
    Unreadable,
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
    /// The passkey was set up for another vault, or before the password was changed; or the bytes were
    /// changed. Nobody is told which.
    #[error("the passkey does not open this wallet, or what is stored was changed")]
    WrongPasskey,
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
        Self::make_at(KdfParameters::DEFAULT, password, secrets, rng)
    }

    /// Begins a vault under a new password that costs so much to try out.
    ///
    /// # Errors
    /// Where the password is too short or memory lacks.
    pub fn make_at(
        cost: KdfParameters,
        password: &str,
        secrets: Secrets,
        rng: &mut impl rand_core::CryptoRng,
    ) -> Result<Self, SealError> {
        let key = VaultKey::make(password, Purpose::Vault, cost, rng)?;
        Ok(Self { secrets, key })
    }

    /// What it costs to try out one password.
    #[must_use]
    pub const fn cost(&self) -> KdfParameters {
        self.key.parameters()
    }

    /// Seals the secrets as they are now, under a fresh nonce and without asking for the password.
    ///
    /// # Errors
    /// Where they could not be read again.
    pub fn seal(&self, rng: &mut impl rand_core::CryptoRng) -> Result<Vec<u8>, SealError> {
        Ok(self.key.seal(Contents::wallet(&self.secrets).to_readable_bytes()?, rng))
    }

    /// The secrets once more, to be put back where a change of them cannot be stored.
    ///
    /// # Errors
    /// Where they could not be read again.
    pub fn copy_secrets(&self) -> Result<Secrets, SealError> {
        match Contents::parse(&Contents::wallet(&self.secrets).to_bytes()) {
            Ok(Contents::Wallet(secrets)) => Ok(secrets),
            Ok(Contents::Model(_)) | Err(_) => Err(SealError::Unreadable),
        }
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
/// Where the password is too short, memory lacks, or the secrets could not be read again.
pub fn seal(
    password: &str,
    secrets: &Secrets,
    rng: &mut impl rand_core::CryptoRng,
) -> Result<Vec<u8>, SealError> {
    let key = VaultKey::make(password, Purpose::Vault, KdfParameters::DEFAULT, rng)?;
    Ok(key.seal(Contents::wallet(secrets).to_readable_bytes()?, rng))
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

/// Opens a vault with its old password and seals it under a new one, with new salt and key, which costs
/// so much to try out.
///
/// # Errors
/// Where the old password does not open it, or the new one does not do.
pub fn change_password(
    vault: &[u8],
    old: &str,
    new: &str,
    cost: KdfParameters,
    rng: &mut impl rand_core::CryptoRng,
) -> Result<(Unlocked, Vec<u8>), ChangePasswordError> {
    let Unlocked { secrets, .. } = open(old, vault)?;
    let unlocked = Unlocked::make_at(cost, new, secrets, rng)?;
    let sealed = unlocked.seal(rng)?;
    Ok((unlocked, sealed))
}

#[cfg(test)]
mod tests {
    use super::model::tests::complete;
    use super::{
        Backup, ChangePasswordError, Colour, Contact, Contents, SealError, Secrets, UnlockError,
        Unlocked, change_password, open, open_backup, seal, seal_model_backup, seal_wallet_backup,
    };
    use crate::address::Address;
    use crate::keys::tests::Counter;
    use crate::keys::{Keypair, PublicKey};
    use crate::mnemonic::{DerivationPath, Mnemonic};
    use crate::tx::multisig::MultiSigPublicKey;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    const PASSWORD: &str = "correct horse battery staple";

    /// Of a device that is a little faster than the slowest.
    fn cost() -> super::KdfParameters {
        super::KdfParameters::for_device(374)
    }

    /// What a wallet of version 1 could keep.
    fn keyed() -> Secrets {
        let mut secrets = Secrets::default();
        let mnemonic = Mnemonic::from_entropy(&[0xa5; 16]).unwrap();
        let id = secrets.add_phrase(&mnemonic, "Main phrase");
        secrets.add_phrase_account(id, DerivationPath::default(), "Everyday").unwrap();
        secrets.add_key(&Keypair::derive(&[0x5a; 32]), "Imported \"key\"").unwrap();
        secrets.add_model(complete("job-1")).unwrap();
        secrets
    }

    fn secrets() -> Secrets {
        let mut secrets = keyed();
        let watched = Address([0xdd; 32]);
        secrets.add_watched(watched, "Savings").unwrap();
        let member = |seed: u8| Keypair::derive(&[seed; 32]).public_key();
        let members = vec![(member(0x5a), 2), (member(1), 1), (member(2), 255)];
        let shared = MultiSigPublicKey::new(members, 257).unwrap();
        let shared = secrets.add_multisig(shared, "Shared").unwrap();
        assert!(secrets.colour_account(&shared, Some(Colour::Teal)));
        assert!(secrets.move_account(&watched, 0));
        let (name, note) = ("Ann".to_owned(), "from the market\nof Ghent".to_owned());
        secrets.add_contact(Contact { address: Address([0xaa; 32]), name, note }).unwrap();
        secrets
    }

    fn assert_whole(opened: &Secrets, expected: &Secrets) {
        assert_eq!(opened.phrases().len(), 1);
        assert_eq!(opened.accounts().len(), expected.accounts().len());
        for (opened, expected) in opened.accounts().iter().zip(expected.accounts()) {
            assert_eq!(opened.address(), expected.address());
            assert_eq!(opened.label(), expected.label());
            assert_eq!(opened.colour(), expected.colour());
            assert_eq!(opened.multisig(), expected.multisig());
        }
        for account in expected.accounts() {
            let key = opened.keypair(&account.address());
            assert_eq!(key.is_some(), account.source().has_key());
        }
        assert!(opened.models() == expected.models());
        assert_eq!(opened.contacts(), expected.contacts());
    }

    #[test]
    fn a_vault_opens_with_its_password_alone() {
        let mut rng = Counter(0);
        let sealed = seal(PASSWORD, &secrets(), &mut rng).unwrap();
        assert_whole(&open(PASSWORD, &sealed).unwrap().secrets, &secrets());
        let wrong = open("correct horse battery stable", &sealed);
        assert_eq!(wrong.err(), Some(UnlockError::WrongPassword));
        assert_eq!(open_backup(PASSWORD, &sealed).err(), Some(UnlockError::NotOurs));
    }

    #[test]
    fn an_open_vault_seals_its_changes_under_fresh_nonces() {
        let mut rng = Counter(0);
        let mut unlocked = Unlocked::make(PASSWORD, secrets(), &mut rng).unwrap();
        let first = unlocked.seal(&mut rng).unwrap();
        let second = unlocked.seal(&mut rng).unwrap();
        assert_eq!(first[..40], second[..40]);
        assert_ne!(first[40..52], second[40..52]);
        assert_ne!(first[52..], second[52..]);

        let address = unlocked.secrets.accounts()[0].address();
        unlocked.secrets.rename_account(&address, "Renamed");
        let opened = open(PASSWORD, &unlocked.seal(&mut rng).unwrap()).unwrap();
        assert_eq!(opened.secrets.accounts()[0].label(), "Renamed");
        assert_eq!(opened.check_password(PASSWORD), Ok(()));
        assert_eq!(opened.check_password("something else"), Err(UnlockError::WrongPassword));
    }

    #[test]
    fn a_changed_password_opens_and_the_old_one_does_not() {
        let mut rng = Counter(0);
        let old = seal(PASSWORD, &secrets(), &mut rng).unwrap();
        let (unlocked, new) =
            change_password(&old, PASSWORD, "another one", cost(), &mut rng).unwrap();
        assert_whole(&unlocked.secrets, &secrets());
        assert_ne!(old[24..40], new[24..40]);
        assert_eq!(unlocked.cost().passes(), 4);
        assert_eq!(new[16..20], 4_u32.to_le_bytes());
        assert_whole(&open("another one", &new).unwrap().secrets, &secrets());
        assert_eq!(open(PASSWORD, &new).err(), Some(UnlockError::WrongPassword));

        let wrong = change_password(&old, "not the one", "another one", cost(), &mut rng);
        assert_eq!(wrong.err(), Some(ChangePasswordError::Unlock(UnlockError::WrongPassword)));
        let short = change_password(&old, PASSWORD, "short", cost(), &mut rng);
        assert_eq!(short.err(), Some(ChangePasswordError::Seal(SealError::PasswordTooShort)));
    }

    #[test]
    fn a_backup_opens_elsewhere_and_as_what_it_is() {
        let mut rng = Counter(0);
        let sealed = seal_wallet_backup(PASSWORD, &secrets(), &mut rng).unwrap();
        match open_backup(PASSWORD, &sealed) {
            Ok(Backup::Wallet(opened)) => assert_whole(&opened, &secrets()),
            other => panic!("{other:?}"),
        }
        assert_eq!(open(PASSWORD, &sealed).err(), Some(UnlockError::NotOurs));

        let sealed = seal_model_backup(PASSWORD, &complete("job-1"), &mut rng).unwrap();
        match open_backup(PASSWORD, &sealed) {
            Ok(Backup::Model(model)) => assert!(model == complete("job-1")),
            other => panic!("{other:?}"),
        }
    }

    /// The account that wallets kept of a stranger's proposal before its members were looked at.
    fn with_a_member_that_is_no_key() -> (Secrets, Address) {
        let none = (0..=u8::MAX).map(|n| PublicKey([n; 32])).find(|key| !key.is_valid()).unwrap();
        let members = vec![(Keypair::derive(&[0x5a; 32]).public_key(), 1), (none, 1)];
        let account = MultiSigPublicKey::new(members, 1).unwrap();
        let (mut secrets, address) = (secrets(), account.address());
        secrets.insert(address, "theirs", super::AccountSource::MultiSig(account)).unwrap();
        (secrets, address)
    }

    #[test]
    fn a_member_that_is_no_key_keeps_neither_vault_nor_backup_from_opening() {
        let (kept, address) = with_a_member_that_is_no_key();
        let mut rng = Counter(0);
        let sealed = seal(PASSWORD, &kept, &mut rng).unwrap();
        assert_whole(&open(PASSWORD, &sealed).unwrap().secrets, &kept);
        let backup = seal_wallet_backup(PASSWORD, &kept, &mut rng).unwrap();
        let mut elsewhere = Secrets::default();
        elsewhere.restore(open_backup(PASSWORD, &backup).unwrap()).unwrap();
        assert!(elsewhere.account(&address).is_some_and(|account| account.multisig().is_some()));
    }

    #[test]
    fn what_would_never_open_again_is_not_sealed() {
        let mut rng = Counter(0);
        let mut unlocked = Unlocked::make(PASSWORD, secrets(), &mut rng).unwrap();
        let before = unlocked.copy_secrets().unwrap();
        assert_whole(&before, &secrets());
        // Its address is not that of its members: no such account is read.
        let members = vec![(Keypair::derive(&[1; 32]).public_key(), 1)];
        let account = MultiSigPublicKey::new(members, 1).unwrap();
        let source = super::AccountSource::MultiSig(account);
        unlocked.secrets.insert(Address([7; 32]), "wrong", source).unwrap();
        let refused = Some(SealError::Unreadable);
        assert_eq!(unlocked.seal(&mut rng).err(), refused);
        assert_eq!(unlocked.copy_secrets().err(), refused);
        assert_eq!(seal(PASSWORD, &unlocked.secrets, &mut rng).err(), refused);
        assert_eq!(seal_wallet_backup(PASSWORD, &unlocked.secrets, &mut rng).err(), refused);
        unlocked.secrets = before;
        let sealed = unlocked.seal(&mut rng).unwrap();
        assert_whole(&open(PASSWORD, &sealed).unwrap().secrets, &secrets());
    }

    #[test]
    fn an_open_vault_prints_no_secret() {
        let unlocked = Unlocked::make(PASSWORD, secrets(), &mut Counter(0)).unwrap();
        assert_eq!(
            format!("{unlocked:?}"),
            "Unlocked { secrets: Secrets { phrases: 1, accounts: 4, models: 1, contacts: 1, .. }, .. }"
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

    fn record(text: &str) -> Recorded {
        serde_json::from_str(text).unwrap()
    }

    const VERSION_1: &str = include_str!("../../../tests/vectors/vault/version-1.json");
    const VERSION_2: &str = include_str!("../../../tests/vectors/vault/version-2.json");

    fn assert_opens(record: Recorded, expected: &Secrets) {
        let Recorded { password, vault, wallet_backup, model_backup } = record;
        let vault = open(&password, &hex::decode(vault.envelope).unwrap()).unwrap();
        assert_whole(&vault.secrets, expected);
        let opened = |backup: RecordedEnvelope| {
            open_backup(&password, &hex::decode(backup.envelope).unwrap())
        };
        match opened(wallet_backup) {
            Ok(Backup::Wallet(secrets)) => assert_whole(&secrets, expected),
            other => panic!("{other:?}"),
        }
        match opened(model_backup) {
            Ok(Backup::Model(model)) => assert!(model == complete("job-1")),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn what_version_1_sealed_opens_for_ever() {
        assert_opens(record(VERSION_1), &keyed());
    }

    #[test]
    fn what_version_2_sealed_opens_for_ever() {
        assert_opens(record(VERSION_2), &secrets());
    }

    #[test]
    fn contents_are_still_written_as_version_2() {
        let Recorded { vault, model_backup, .. } = record(VERSION_2);
        assert_eq!(*Contents::wallet(&secrets()).to_bytes(), vault.contents.as_bytes());
        let model = complete("job-1");
        assert_eq!(*Contents::model(&model).to_bytes(), model_backup.contents.as_bytes());
    }

    #[test]
    fn what_version_1_wrote_is_written_as_version_2_on_the_next_change() {
        let Recorded { password, vault, .. } = record(VERSION_1);
        let opened = open(&password, &hex::decode(vault.envelope).unwrap()).unwrap();
        let again = opened.seal(&mut Counter(0)).unwrap();
        assert_whole(&open(&password, &again).unwrap().secrets, &keyed());
        assert!(Contents::wallet(&opened.secrets).to_bytes().starts_with(br#"{"version":2,"#));
    }
}
