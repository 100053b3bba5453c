//! What a wallet keeps: recovery phrases, accounts, and the secrets of models.

use super::ModelSecrets;
use super::contents::secret_bytes;
use crate::address::Address;
use crate::keys::Keypair;
use crate::mnemonic::{DerivationPath, Mnemonic};
use serde::{Deserialize, Serialize};
use std::fmt;
use zeroize::Zeroizing;

/// What a recovery phrase is known by inside its wallet.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(transparent)]
pub struct PhraseId(pub u32);

/// A recovery phrase, kept as its entropy.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Phrase {
    id: PhraseId,
    label: String,
    #[serde(with = "secret_bytes")]
    entropy: Zeroizing<Vec<u8>>,
}

impl Phrase {
    /// What it is known by.
    #[must_use]
    pub const fn id(&self) -> PhraseId {
        self.id
    }

    /// What its owner calls it.
    #[must_use]
    pub fn label(&self) -> &str {
        &self.label
    }

    /// The words.
    ///
    /// # Panics
    /// Never: no phrase is kept whose entropy has another length than BIP-39's.
    #[must_use]
    pub fn mnemonic(&self) -> Mnemonic {
        Mnemonic::from_entropy(&self.entropy).expect("checked when the phrase was taken in")
    }
}

/// Where an account's key comes from.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum KeySource {
    /// It lies at a path of a recovery phrase.
    Phrase {
        /// The phrase.
        phrase: PhraseId,
        /// The path.
        path: DerivationPath,
    },
    /// It was imported alone.
    Seed(#[serde(with = "secret_bytes")] Zeroizing<[u8; 32]>),
}

/// An account: an address, what its owner calls it, and where its key comes from.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Account {
    address: Address,
    label: String,
    source: KeySource,
}

impl Account {
    /// Whose it is. No two accounts of a wallet have the same.
    #[must_use]
    pub const fn address(&self) -> Address {
        self.address
    }

    /// What its owner calls it.
    #[must_use]
    pub fn label(&self) -> &str {
        &self.label
    }

    /// Where its key comes from.
    #[must_use]
    pub const fn source(&self) -> &KeySource {
        &self.source
    }
}

/// Why an account was not added.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AddAccountError {
    /// The wallet has it.
    #[error("the wallet has the account {0} already")]
    AlreadyThere(Address),
    /// No phrase has this id.
    #[error("the wallet does not have this recovery phrase")]
    UnknownPhrase,
}

/// Why a model's secrets were not added.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AddModelError {
    /// The wallet has secrets of this job, and a second record must not replace them.
    #[error("the wallet keeps secrets of the job {0} already")]
    AlreadyThere(String),
}

/// Everything that a wallet keeps. It prints how much there is, and nothing of it.
#[derive(Default, Serialize, Deserialize)]
#[serde(try_from = "Unchecked")]
pub struct Secrets {
    phrases: Vec<Phrase>,
    accounts: Vec<Account>,
    models: Vec<ModelSecrets>,
}

/// Secrets as they were written, before their parts are known to fit together.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Unchecked {
    phrases: Vec<Phrase>,
    accounts: Vec<Account>,
    models: Vec<ModelSecrets>,
}

impl TryFrom<Unchecked> for Secrets {
    type Error = &'static str;
    fn try_from(Unchecked { phrases, accounts, models }: Unchecked) -> Result<Self, Self::Error> {
        let mut secrets = Self::default();
        for phrase in phrases {
            Mnemonic::from_entropy(&phrase.entropy).map_err(|_| "a phrase of no known length")?;
            if secrets.phrase(phrase.id).is_some() {
                return Err("two phrases with one id");
            }
            secrets.phrases.push(phrase);
        }
        for account in accounts {
            if let KeySource::Phrase { phrase, .. } = account.source
                && secrets.phrase(phrase).is_none()
            {
                return Err("an account without its phrase");
            }
            secrets.insert(account).map_err(|_| "an account given twice")?;
        }
        for model in models {
            secrets.add_model(model).map_err(|_| "a job given twice")?;
        }
        Ok(secrets)
    }
}

impl Secrets {
    /// Takes in a recovery phrase; one that is there keeps its id and label.
    pub fn add_phrase(&mut self, mnemonic: &Mnemonic, label: &str) -> PhraseId {
        let entropy = mnemonic.expose_entropy();
        if let Some(known) = self.phrases.iter().find(|phrase| *phrase.entropy == *entropy) {
            return known.id;
        }
        let last = self.phrases.iter().map(|phrase| phrase.id.0).max();
        let id = PhraseId(last.map_or(0, |last| last.saturating_add(1)));
        self.phrases.push(Phrase { id, label: label.to_owned(), entropy });
        id
    }

    /// The recovery phrases, in the order in which they came.
    #[must_use]
    pub fn phrases(&self) -> &[Phrase] {
        &self.phrases
    }

    /// A recovery phrase.
    #[must_use]
    pub fn phrase(&self, id: PhraseId) -> Option<&Phrase> {
        self.phrases.iter().find(|phrase| phrase.id == id)
    }

    /// The path of the first account of a phrase that the wallet does not have yet.
    #[must_use]
    pub fn next_path(&self, id: PhraseId) -> DerivationPath {
        let used = |path: &DerivationPath| {
            self.accounts.iter().any(|account| match &account.source {
                KeySource::Phrase { phrase, path: other } => *phrase == id && path == other,
                KeySource::Seed(_) => false,
            })
        };
        (0..)
            .map_while(|account| DerivationPath::of_account(account).ok())
            .find(|path| !used(path))
            .unwrap_or_default()
    }

    /// Adds the account at a path of a recovery phrase.
    ///
    /// # Errors
    /// Where the wallet has not the phrase, or has the account.
    pub fn add_phrase_account(
        &mut self,
        phrase: PhraseId,
        path: DerivationPath,
        label: &str,
    ) -> Result<Address, AddAccountError> {
        let source = KeySource::Phrase { phrase, path };
        let key = self.keypair_of(&source).ok_or(AddAccountError::UnknownPhrase)?;
        self.insert(Account { address: key.address(), label: label.to_owned(), source })
    }

    /// Adds the account of an imported key.
    ///
    /// # Errors
    /// Where the wallet has it.
    pub fn add_key(&mut self, key: &Keypair, label: &str) -> Result<Address, AddAccountError> {
        let source = KeySource::Seed(key.expose_seed());
        self.insert(Account { address: key.address(), label: label.to_owned(), source })
    }

    fn insert(&mut self, account: Account) -> Result<Address, AddAccountError> {
        let address = account.address;
        if self.account(&address).is_some() {
            return Err(AddAccountError::AlreadyThere(address));
        }
        self.accounts.push(account);
        Ok(address)
    }

    /// The accounts, in the order in which they came.
    #[must_use]
    pub fn accounts(&self) -> &[Account] {
        &self.accounts
    }

    /// An account.
    #[must_use]
    pub fn account(&self, address: &Address) -> Option<&Account> {
        self.accounts.iter().find(|account| account.address == *address)
    }

    /// The key of an account, where the wallet has it.
    #[must_use]
    pub fn keypair(&self, address: &Address) -> Option<Keypair> {
        let key = self.keypair_of(&self.account(address)?.source)?;
        (key.address() == *address).then_some(key)
    }

    fn keypair_of(&self, source: &KeySource) -> Option<Keypair> {
        match source {
            KeySource::Phrase { phrase, path } => {
                self.phrase(*phrase).map(|phrase| phrase.mnemonic().derive(path))
            }
            KeySource::Seed(seed) => Some(Keypair::derive(seed)),
        }
    }

    /// Calls an account something else. Whether it is there.
    pub fn rename_account(&mut self, address: &Address, label: &str) -> bool {
        let account = self.accounts.iter_mut().find(|account| account.address == *address);
        account.map(|account| label.clone_into(&mut account.label)).is_some()
    }

    /// Forgets an account; the recovery phrase of its key stays. Whether it was there.
    pub fn remove_account(&mut self, address: &Address) -> bool {
        let before = self.accounts.len();
        self.accounts.retain(|account| account.address != *address);
        self.accounts.len() < before
    }

    /// Keeps the secrets of a model.
    ///
    /// # Errors
    /// Where secrets of the same job are kept; those can be changed through
    /// [`model_mut`](Self::model_mut).
    pub fn add_model(&mut self, model: ModelSecrets) -> Result<(), AddModelError> {
        if self.model(model.job()).is_some() {
            return Err(AddModelError::AlreadyThere(model.job().to_owned()));
        }
        self.models.push(model);
        Ok(())
    }

    /// The secrets of models, in the order in which they came.
    #[must_use]
    pub fn models(&self) -> &[ModelSecrets] {
        &self.models
    }

    /// The secrets that a job keeps.
    #[must_use]
    pub fn model(&self, job: &str) -> Option<&ModelSecrets> {
        self.models.iter().find(|model| model.job() == job)
    }

    /// The secrets that a job keeps, to be completed.
    #[must_use]
    pub fn model_mut(&mut self, job: &str) -> Option<&mut ModelSecrets> {
        self.models.iter_mut().find(|model| model.job() == job)
    }

    /// Forgets the secrets of a job. Whether they were there.
    pub fn remove_model(&mut self, job: &str) -> bool {
        let before = self.models.len();
        self.models.retain(|model| model.job() != job);
        self.models.len() < before
    }

    /// The parts, for restoring them elsewhere.
    pub(super) fn into_parts(self) -> (Vec<Phrase>, Vec<Account>, Vec<ModelSecrets>) {
        (self.phrases, self.accounts, self.models)
    }
}

impl fmt::Debug for Secrets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Secrets")
            .field("phrases", &self.phrases.len())
            .field("accounts", &self.accounts.len())
            .field("models", &self.models.len())
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for Phrase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Phrase").field("id", &self.id).finish_non_exhaustive()
    }
}

impl fmt::Debug for KeySource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Phrase { phrase, path } => write!(f, "{phrase:?} at {path}"),
            Self::Seed(_) => f.write_str("Seed(..)"),
        }
    }
}

impl fmt::Debug for Account {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { address, source, .. } = self;
        f.debug_struct("Account")
            .field("address", address)
            .field("source", source)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::{AddAccountError, AddModelError, KeySource, PhraseId, Secrets};
    use crate::keys::Keypair;
    use crate::mnemonic::{DerivationPath, Mnemonic};
    use crate::vault::model::tests::complete;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    fn phrase(byte: u8) -> Mnemonic {
        Mnemonic::from_entropy(&[byte; 16]).unwrap()
    }

    #[test]
    fn a_phrase_is_kept_once() {
        let mut secrets = Secrets::default();
        let first = secrets.add_phrase(&phrase(1), "first");
        assert_eq!(secrets.add_phrase(&phrase(2), "second"), PhraseId(1));
        assert_eq!(secrets.add_phrase(&phrase(1), "again"), first);
        let labels: Vec<_> = secrets.phrases().iter().map(|phrase| phrase.label()).collect();
        assert_eq!(labels, ["first", "second"]);
        let kept = secrets.phrase(first).unwrap().mnemonic();
        assert_eq!(*kept.expose_phrase(), *phrase(1).expose_phrase());
    }

    #[test]
    fn accounts_are_counted_up_along_a_phrase_and_sign_with_their_own_key() {
        let mut secrets = Secrets::default();
        let id = secrets.add_phrase(&phrase(1), "");
        for account in 0..3 {
            let path = secrets.next_path(id);
            assert_eq!(path.account(), account);
            let address = secrets.add_phrase_account(id, path, "").unwrap();
            assert_eq!(address, phrase(1).derive(&path).address());
            assert_eq!(secrets.keypair(&address).unwrap().address(), address);
        }
        let second = secrets.accounts()[1].address();
        assert!(secrets.remove_account(&second) && !secrets.remove_account(&second));
        assert!(secrets.keypair(&second).is_none());
        assert_eq!(secrets.next_path(id).account(), 1);
    }

    #[test]
    fn an_account_is_kept_once_and_only_with_its_phrase() {
        let mut secrets = Secrets::default();
        let path = DerivationPath::default();
        let unknown = secrets.add_phrase_account(PhraseId(7), path, "");
        assert_eq!(unknown, Err(AddAccountError::UnknownPhrase));
        let id = secrets.add_phrase(&phrase(1), "");
        let address = secrets.add_phrase_account(id, path, "mine").unwrap();
        let twice = Err(AddAccountError::AlreadyThere(address));
        assert_eq!(secrets.add_phrase_account(id, path, ""), twice);
        assert_eq!(secrets.add_key(&phrase(1).derive(&path), ""), twice);
        assert_eq!(secrets.account(&address).unwrap().label(), "mine");
        assert!(secrets.rename_account(&address, "ours"));
        assert_eq!(secrets.account(&address).unwrap().label(), "ours");
    }

    #[test]
    fn the_key_of_a_model_is_never_replaced() {
        let mut secrets = Secrets::default();
        secrets.add_model(complete("job")).unwrap();
        let again = secrets.add_model(complete("job"));
        assert_eq!(again, Err(AddModelError::AlreadyThere("job".to_owned())));
        secrets.model_mut("job").unwrap().commit_epoch = Some(13);
        assert_eq!(secrets.model("job").unwrap().commit_epoch, Some(13));
        assert!(secrets.remove_model("job") && !secrets.remove_model("job"));
    }

    #[test]
    fn parts_that_do_not_fit_together_are_refused() {
        let phrase = r#"{"id":0,"label":"","entropy":"AQEBAQEBAQEBAQEBAQEBAQ=="}"#;
        let short = r#"{"id":0,"label":"","entropy":"AQE="}"#;
        let address = Keypair::derive(&[0; 32]).address();
        let account = format!(
            r#"{{"address":"{address}","label":"","source":{{"phrase":{{"phrase":0,"path":"m/44'/784'/0'/0'/0'"}}}}}}"#
        );
        let parse = |phrases: &[&str], accounts: &[&str]| {
            let (phrases, accounts) = (phrases.join(","), accounts.join(","));
            let text = format!(r#"{{"phrases":[{phrases}],"accounts":[{accounts}],"models":[]}}"#);
            serde_json::from_str::<Secrets>(&text).map_err(|error| error.to_string())
        };
        assert_eq!(parse(&[phrase], &[&account]).unwrap().accounts().len(), 1);
        let account = account.as_str();
        for (phrases, accounts, fault) in [
            (&[short][..], &[][..], "a phrase of no known length"),
            (&[phrase, phrase], &[], "two phrases with one id"),
            (&[], &[account], "an account without its phrase"),
            (&[phrase], &[account, account], "an account given twice"),
        ] {
            let error = parse(phrases, accounts).err().unwrap();
            assert!(error.contains(fault), "{error}");
        }
    }

    #[test]
    fn a_key_that_is_not_its_accounts_does_not_sign() {
        let address = Keypair::derive(&[0; 32]).address();
        let seed = "AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE=";
        let text = format!(
            r#"{{"phrases":[],"accounts":[{{"address":"{address}","label":"","source":{{"seed":"{seed}"}}}}],"models":[]}}"#
        );
        let secrets: Secrets = serde_json::from_str(&text).unwrap();
        assert!(secrets.keypair(&address).is_none());
    }

    #[test]
    fn secrets_print_no_secret() {
        let mut secrets = Secrets::default();
        let id = secrets.add_phrase(&phrase(0xa5), "label");
        secrets.add_phrase_account(id, DerivationPath::default(), "label").unwrap();
        let address = secrets.add_key(&Keypair::derive(&[0xa5; 32]), "label").unwrap();
        secrets.add_model(complete("job")).unwrap();
        assert_eq!(format!("{secrets:?}"), "Secrets { phrases: 1, accounts: 2, models: 1, .. }");
        assert_eq!(format!("{:?}", secrets.phrases()[0]), "Phrase { id: PhraseId(0), .. }");
        let account = secrets.account(&address).unwrap();
        assert!(matches!(account.source(), KeySource::Seed(_)));
        let printed = format!("{account:?}");
        assert!(printed.ends_with("source: Seed(..), .. }"), "{printed}");
    }
}
