//! What a wallet keeps: recovery phrases, accounts, the secrets of models, and the address book.

use super::ModelSecrets;
use super::account::{Account, AccountSource, AddAccountError, Colour};
use super::contact::Contact;
use super::contents::secret_bytes;
use crate::address::Address;
use crate::dapp::{Policy, PolicyId, Scope, Spent};
use crate::keys::Keypair;
use crate::mnemonic::{DerivationPath, Mnemonic};
use crate::tx::multisig::MultiSigPublicKey;
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
    pub(super) contacts: Vec<Contact>,
    /// What is approved for web sites without asking. Not written where there are none.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    policies: Vec<Policy>,
}

/// Secrets as they were written, before their parts are known to fit together.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Unchecked {
    pub(super) phrases: Vec<Phrase>,
    pub(super) accounts: Vec<Account>,
    pub(super) models: Vec<ModelSecrets>,
    pub(super) contacts: Vec<Contact>,
    #[serde(default)]
    pub(super) policies: Vec<Policy>,
}

impl TryFrom<Unchecked> for Secrets {
    type Error = &'static str;
    fn try_from(unchecked: Unchecked) -> Result<Self, Self::Error> {
        let Unchecked { phrases, accounts, models, contacts, policies } = unchecked;
        let mut secrets = Self::default();
        for phrase in phrases {
            Mnemonic::from_entropy(&phrase.entropy).map_err(|_| "a phrase of no known length")?;
            if secrets.phrase(phrase.id).is_some() {
                return Err("two phrases with one id");
            }
            secrets.phrases.push(phrase);
        }
        for account in accounts {
            match &account.source {
                AccountSource::Phrase { phrase, .. } if secrets.phrase(*phrase).is_none() => {
                    return Err("an account without its phrase");
                }
                AccountSource::MultiSig(key) if key.address() != account.address => {
                    return Err("an account whose address is not its members'");
                }
                _ => {}
            }
            if secrets.account(&account.address).is_some() {
                return Err("an account given twice");
            }
            secrets.accounts.push(account);
        }
        for model in models {
            secrets.add_model(model).map_err(|_| "a job given twice")?;
        }
        for contact in contacts {
            secrets.add_contact(contact).map_err(|_| "a contact given twice")?;
        }
        for policy in policies {
            if secrets.policies.iter().any(|known| known.id == policy.id) {
                return Err("two policies with one id");
            }
            secrets.policies.push(policy);
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
        let next = last.map_or(Some(0), |last| last.checked_add(1)).map(PhraseId);
        // A backup may bring the last id there is; one of fewer phrases than ids is free.
        let free = || (0..=u32::MAX).map(PhraseId).find(|id| self.phrase(*id).is_none());
        let id = next.or_else(free).unwrap_or_default();
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
                AccountSource::Phrase { phrase, path: other } => *phrase == id && path == other,
                _ => false,
            })
        };
        (0..)
            .map_while(|account| DerivationPath::of_account(account).ok())
            .find(|path| !used(path))
            .unwrap_or_default()
    }

    /// Adds the account at a path of a recovery phrase. One that was only watched gets its key.
    ///
    /// # Errors
    /// Where the wallet has not the phrase, or has the account.
    pub fn add_phrase_account(
        &mut self,
        phrase: PhraseId,
        path: DerivationPath,
        label: &str,
    ) -> Result<Address, AddAccountError> {
        let source = AccountSource::Phrase { phrase, path };
        let key = self.keypair_of(&source).ok_or(AddAccountError::UnknownPhrase)?;
        self.insert(key.address(), label, source)
    }

    /// Adds the account of an imported key. One that was only watched gets its key.
    ///
    /// # Errors
    /// Where the wallet has it.
    pub fn add_key(&mut self, key: &Keypair, label: &str) -> Result<Address, AddAccountError> {
        self.insert(key.address(), label, AccountSource::Seed(key.expose_seed()))
    }

    /// Adds an account to be watched, for which this wallet cannot sign.
    ///
    /// # Errors
    /// Where the wallet has it, with or without a key.
    pub fn add_watched(
        &mut self,
        address: Address,
        label: &str,
    ) -> Result<Address, AddAccountError> {
        self.insert(address, label, AccountSource::Watched)
    }

    /// Adds the account of several keys. One that was only watched gets its members.
    ///
    /// # Errors
    /// Where the wallet has it, a member is no key, or weights or threshold break a rule of the network.
    pub fn add_multisig(
        &mut self,
        key: MultiSigPublicKey,
        label: &str,
    ) -> Result<Address, AddAccountError> {
        key.check()?;
        key.check_keys()?;
        self.insert(key.address(), label, AccountSource::MultiSig(key))
    }

    /// Adds an account, or gives one that was only watched what it lacked.
    pub(super) fn insert(
        &mut self,
        address: Address,
        label: &str,
        source: AccountSource,
    ) -> Result<Address, AddAccountError> {
        match self.account_mut(&address) {
            None => {
                let label = label.to_owned();
                self.accounts.push(Account { address, label, colour: None, source });
            }
            Some(known)
                if matches!(known.source, AccountSource::Watched)
                    && !matches!(source, AccountSource::Watched) =>
            {
                known.source = source;
            }
            Some(_) => return Err(AddAccountError::AlreadyThere(address)),
        }
        Ok(address)
    }

    /// The accounts, in their owner's order.
    #[must_use]
    pub fn accounts(&self) -> &[Account] {
        &self.accounts
    }

    /// An account.
    #[must_use]
    pub fn account(&self, address: &Address) -> Option<&Account> {
        self.accounts.iter().find(|account| account.address == *address)
    }

    fn account_mut(&mut self, address: &Address) -> Option<&mut Account> {
        self.accounts.iter_mut().find(|account| account.address == *address)
    }

    /// The key of an account, where the wallet has it.
    #[must_use]
    pub fn keypair(&self, address: &Address) -> Option<Keypair> {
        let key = self.keypair_of(&self.account(address)?.source)?;
        (key.address() == *address).then_some(key)
    }

    fn keypair_of(&self, source: &AccountSource) -> Option<Keypair> {
        match source {
            AccountSource::Phrase { phrase, path } => {
                self.phrase(*phrase).map(|phrase| phrase.mnemonic().derive(path))
            }
            AccountSource::Seed(seed) => Some(Keypair::derive(seed)),
            AccountSource::Watched | AccountSource::MultiSig(_) => None,
        }
    }

    /// Calls an account something else. Whether it is there.
    pub fn rename_account(&mut self, address: &Address, label: &str) -> bool {
        self.account_mut(address).map(|account| label.clone_into(&mut account.label)).is_some()
    }

    /// Gives an account a colour, or takes it away. Whether it is there.
    pub fn colour_account(&mut self, address: &Address, colour: Option<Colour>) -> bool {
        self.account_mut(address).map(|account| account.colour = colour).is_some()
    }

    /// Puts an account at another place among the accounts, counted from 0; past the end is last.
    /// Whether it is there.
    pub fn move_account(&mut self, address: &Address, to: usize) -> bool {
        let Some(from) = self.accounts.iter().position(|account| account.address == *address)
        else {
            return false;
        };
        let account = self.accounts.remove(from);
        self.accounts.insert(to.min(self.accounts.len()), account);
        true
    }

    /// Calls a recovery phrase something else. Whether it is there.
    pub fn rename_phrase(&mut self, id: PhraseId, label: &str) -> bool {
        let phrase = self.phrases.iter_mut().find(|phrase| phrase.id == id);
        phrase.map(|phrase| label.clone_into(&mut phrase.label)).is_some()
    }

    /// Forgets a recovery phrase that no account of the wallet lies on. Whether it was forgotten.
    pub fn remove_phrase(&mut self, id: PhraseId) -> bool {
        let used = |account: &Account| matches!(account.source, AccountSource::Phrase { phrase, .. } if phrase == id);
        if self.accounts.iter().any(used) {
            return false;
        }
        let before = self.phrases.len();
        self.phrases.retain(|phrase| phrase.id != id);
        self.phrases.len() < before
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

    /// What is approved for web sites without asking.
    #[must_use]
    pub fn policies(&self) -> &[Policy] {
        &self.policies
    }

    /// Approves what this covers from now on, in place of what was approved of the same kinds for the same
    /// site, account and chain.
    pub fn add_policy(&mut self, scope: Scope, since_ms: u64) -> PolicyId {
        let same = |policy: &Policy| {
            let known = &policy.scope;
            known.origin == scope.origin
                && known.account == scope.account
                && known.chain == scope.chain
                && known.kinds == scope.kinds
        };
        self.policies.retain(|policy| !same(policy));
        let free = |id: &PolicyId| self.policies.iter().all(|policy| policy.id != *id);
        let last = self.policies.iter().map(|policy| policy.id.0).max();
        let next = last.map_or(Some(0), |last| last.checked_add(1)).map(PolicyId);
        let id = next.or_else(|| (0..=u32::MAX).map(PolicyId).find(free)).unwrap_or_default();
        self.policies.push(Policy { id, scope, spent: Spent::default(), since_ms });
        id
    }

    /// Notes what was used up of a policy. Whether it is there.
    pub fn spend_policy(&mut self, id: PolicyId, spent: Spent) -> bool {
        let policy = self.policies.iter_mut().find(|policy| policy.id == id);
        policy.map(|policy| policy.spent = spent).is_some()
    }

    /// Ends policies. How many there were.
    pub fn remove_policies(&mut self, ended: impl Fn(&Policy) -> bool) -> usize {
        let before = self.policies.len();
        self.policies.retain(|policy| !ended(policy));
        before - self.policies.len()
    }

    /// The parts, for restoring them elsewhere. What is approved for web sites is not among them: it was
    /// agreed to in one browser, and is used up there.
    pub(super) fn into_parts(self) -> Unchecked {
        let Self { phrases, accounts, models, contacts, policies: _ } = self;
        Unchecked { phrases, accounts, models, contacts, policies: Vec::new() }
    }
}

impl fmt::Debug for Secrets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Secrets")
            .field("phrases", &self.phrases.len())
            .field("accounts", &self.accounts.len())
            .field("models", &self.models.len())
            .field("contacts", &self.contacts.len())
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for Phrase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Phrase").field("id", &self.id).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::{AccountSource, AddAccountError, AddModelError, Colour, PhraseId, Secrets};
    use crate::address::Address;
    use crate::keys::{Keypair, PublicKey};
    use crate::mnemonic::{DerivationPath, Mnemonic};
    use crate::tx::multisig::{MultiSigError, MultiSigPublicKey};
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
    fn an_account_without_a_key_signs_nothing_until_it_gets_one() {
        let mut secrets = Secrets::default();
        let key = Keypair::derive(&[3; 32]);
        let address = secrets.add_watched(key.address(), "watched").unwrap();
        let twice = Err(AddAccountError::AlreadyThere(address));
        assert_eq!(secrets.add_watched(address, "again"), twice);
        assert!(!secrets.account(&address).unwrap().source().has_key());
        assert!(secrets.keypair(&address).is_none());
        assert_eq!(secrets.add_key(&key, "imported"), Ok(address));
        assert_eq!(secrets.account(&address).unwrap().label(), "watched");
        assert!(secrets.keypair(&address).is_some());
        assert_eq!(secrets.add_watched(address, ""), twice);
    }

    #[test]
    fn an_account_of_several_keys_has_their_address_and_the_networks_rules() {
        let mut secrets = Secrets::default();
        let members = vec![(Keypair::derive(&[3; 32]).public_key(), 2)];
        let mut shared = MultiSigPublicKey::new(members, 2).unwrap();
        let address = secrets.add_multisig(shared.clone(), "shared").unwrap();
        assert_eq!(address, shared.address());
        assert_eq!(secrets.account(&address).unwrap().multisig(), Some(&shared));
        assert!(secrets.keypair(&address).is_none());
        let twice = Err(AddAccountError::AlreadyThere(address));
        assert_eq!(secrets.add_multisig(shared.clone(), ""), twice);
        shared.threshold = 3;
        let broken = MultiSigError::Threshold { threshold: 3, total: 2 };
        assert_eq!(secrets.add_multisig(shared, ""), Err(AddAccountError::MultiSig(broken)));
    }

    #[test]
    fn accounts_stand_where_their_owner_puts_them() {
        let mut secrets = Secrets::default();
        let [a, b, c] = [[1; 32], [2; 32], [3; 32]].map(Address);
        for address in [a, b, c] {
            secrets.add_watched(address, "").unwrap();
        }
        let order = |secrets: &Secrets| {
            secrets.accounts().iter().map(|it| it.address()).collect::<Vec<_>>()
        };
        assert!(secrets.move_account(&c, 0));
        assert_eq!(order(&secrets), [c, a, b]);
        assert!(secrets.move_account(&c, 1));
        assert_eq!(order(&secrets), [a, c, b]);
        assert!(secrets.move_account(&a, usize::MAX));
        assert_eq!(order(&secrets), [c, b, a]);
        assert!(!secrets.move_account(&Address([4; 32]), 0));
        assert!(secrets.colour_account(&b, Some(Colour::Green)));
        assert_eq!(secrets.account(&b).unwrap().colour(), Some(Colour::Green));
        assert!(secrets.colour_account(&b, None) && !secrets.colour_account(&Address::ZERO, None));
        assert_eq!(secrets.account(&b).unwrap().colour(), None);
    }

    #[test]
    fn a_phrase_gets_an_id_of_its_own_after_the_last_id_there_is() {
        let text = r#"{"phrases":[{"id":4294967295,"label":"","entropy":"AQEBAQEBAQEBAQEBAQEBAQ=="}],"accounts":[],"models":[],"contacts":[]}"#;
        let mut secrets: Secrets = serde_json::from_str(text).unwrap();
        assert_eq!(secrets.add_phrase(&phrase(1), "known"), PhraseId(u32::MAX));
        assert_eq!(secrets.add_phrase(&phrase(2), "new"), PhraseId(0));
        assert_eq!(secrets.add_phrase(&phrase(3), "newer"), PhraseId(1));
    }

    #[test]
    fn an_account_with_a_member_that_is_no_key_is_not_taken_in() {
        let mut secrets = Secrets::default();
        let none = (0..=u8::MAX).map(|n| PublicKey([n; 32])).find(|key| !key.is_valid()).unwrap();
        let members = vec![(Keypair::derive(&[1; 32]).public_key(), 1), (none, 1)];
        let account = MultiSigPublicKey::new(members, 1).unwrap();
        let refused = Err(AddAccountError::MultiSig(MultiSigError::NotAKey(1)));
        assert_eq!(secrets.add_multisig(account, "theirs"), refused);
        assert!(secrets.accounts().is_empty());
    }

    #[test]
    fn a_phrase_is_forgotten_only_after_its_accounts() {
        let mut secrets = Secrets::default();
        let id = secrets.add_phrase(&phrase(1), "old");
        let address = secrets.add_phrase_account(id, DerivationPath::default(), "").unwrap();
        assert!(!secrets.remove_phrase(id));
        assert!(secrets.rename_phrase(id, "new"));
        assert_eq!(secrets.phrase(id).unwrap().label(), "new");
        assert!(secrets.remove_account(&address) && secrets.remove_phrase(id));
        assert!(!secrets.remove_phrase(id) && !secrets.rename_phrase(id, ""));
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
            r#"{{"address":"{address}","label":"","colour":null,"source":{{"phrase":{{"phrase":0,"path":"m/44'/784'/0'/0'/0'"}}}}}}"#
        );
        let parse = |phrases: &[&str], accounts: &[&str]| {
            let (phrases, accounts) = (phrases.join(","), accounts.join(","));
            let text = format!(
                r#"{{"phrases":[{phrases}],"accounts":[{accounts}],"models":[],"contacts":[]}}"#
            );
            serde_json::from_str::<Secrets>(&text).map_err(|error| error.to_string())
        };
        assert_eq!(parse(&[phrase], &[&account]).unwrap().accounts().len(), 1);
        let account = account.as_str();
        let key = Keypair::derive(&[0; 32]).public_key().to_base64();
        let [shared, outvoted] = [1, 2].map(|threshold| {
            format!(
                r#"{{"address":"{address}","label":"","colour":null,"source":{{"multi_sig":{{"members":[{{"key":"{key}","weight":1}}],"threshold":{threshold}}}}}}}"#
            )
        });
        for (phrases, accounts, fault) in [
            (&[short][..], &[][..], "a phrase of no known length"),
            (&[phrase, phrase], &[], "two phrases with one id"),
            (&[], &[account], "an account without its phrase"),
            (&[phrase], &[account, account], "an account given twice"),
            (&[], &[&shared], "an account whose address is not its members'"),
            (&[], &[&outvoted], "the threshold 2 is not between 1 and the sum of weights 1"),
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
            r#"{{"phrases":[],"accounts":[{{"address":"{address}","label":"","colour":null,"source":{{"seed":"{seed}"}}}}],"models":[],"contacts":[]}}"#
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
        assert_eq!(
            format!("{secrets:?}"),
            "Secrets { phrases: 1, accounts: 2, models: 1, contacts: 0, .. }"
        );
        assert_eq!(format!("{:?}", secrets.phrases()[0]), "Phrase { id: PhraseId(0), .. }");
        let account = secrets.account(&address).unwrap();
        assert!(matches!(account.source(), AccountSource::Seed(_)));
        let printed = format!("{account:?}");
        assert!(printed.ends_with("source: Seed(..), .. }"), "{printed}");
    }
}
