//! Taking a backup into a wallet that has secrets of its own.

use super::account::{AccountSource, AddAccountError};
use super::secrets::{Secrets, Unchecked};
use super::{Backup, ModelSecrets};
use crate::keys::Keypair;
use std::collections::BTreeMap;

/// What a backup brought.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Restored {
    /// Recovery phrases that the wallet did not have.
    pub phrases: usize,
    /// Accounts that the wallet did not have, or only watched.
    pub accounts: usize,
    /// Models whose secrets the wallet did not have.
    pub models: usize,
    /// Entries of the address book that the wallet did not have.
    pub contacts: usize,
}

/// Why a backup was not taken in. The wallet is as it was.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RestoreError {
    /// Both know the job, and not with one key. Neither is given up for the other.
    #[error("the wallet keeps another key for the job {job} than the backup does")]
    KeyConflict {
        /// The job.
        job: String,
    },
}

impl Secrets {
    /// Takes in what a backup has and the wallet lacks. Nothing that the wallet has is changed,
    /// but for what it does not know of a model yet.
    ///
    /// # Errors
    /// Where the two contradict each other.
    pub fn restore(&mut self, backup: Backup) -> Result<Restored, RestoreError> {
        let Unchecked { phrases, accounts, models, contacts, .. } = match backup {
            Backup::Wallet(secrets) => secrets.into_parts(),
            Backup::Model(model) => Unchecked { models: vec![model], ..Unchecked::default() },
        };
        for model in &models {
            match self.model(model.job()) {
                Some(known) if known.key() != model.key() => {
                    return Err(RestoreError::KeyConflict { job: model.job().to_owned() });
                }
                _ => {}
            }
        }

        let known_phrases = self.phrases().len();
        let ids: BTreeMap<_, _> = phrases
            .iter()
            .map(|phrase| (phrase.id(), self.add_phrase(&phrase.mnemonic(), phrase.label())))
            .collect();
        let mut added = 0;
        for account in accounts {
            let (label, colour) = (account.label, account.colour);
            let outcome = match account.source {
                AccountSource::Seed(seed) => self.add_key(&Keypair::derive(&seed), &label),
                AccountSource::Phrase { phrase, path } => match ids.get(&phrase) {
                    Some(id) => self.add_phrase_account(*id, path, &label),
                    None => Err(AddAccountError::UnknownPhrase),
                },
                AccountSource::Watched => self.add_watched(account.address, &label),
                // As it is: what was kept once is not lost here, even if a member is no key.
                source @ AccountSource::MultiSig(_) => self.insert(account.address, &label, source),
            };
            debug_assert_ne!(outcome, Err(AddAccountError::UnknownPhrase), "checked when opened");
            if let Ok(address) = outcome {
                added += 1;
                // What its owner chose here is kept.
                if self.account(&address).is_some_and(|account| account.colour.is_none()) {
                    self.colour_account(&address, colour);
                }
            }
        }
        let models = models.into_iter().filter_map(|model| self.restore_model(model)).count();
        let new = |contact| self.add_contact(contact).ok();
        let contacts = contacts.into_iter().filter_map(new).count();
        Ok(Restored {
            phrases: self.phrases().len() - known_phrases,
            accounts: added,
            models,
            contacts,
        })
    }

    /// Something where the wallet did not have the model.
    fn restore_model(&mut self, mut model: ModelSecrets) -> Option<()> {
        match self.model_mut(model.job()) {
            Some(known) => {
                known.complete_from(&mut model);
                None
            }
            None => self.add_model(model).ok(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{RestoreError, Restored};
    use crate::address::Address;
    use crate::keys::Keypair;
    use crate::mnemonic::{DerivationPath, Mnemonic};
    use crate::tx::multisig::MultiSigPublicKey;
    use crate::vault::model::tests::complete;
    use crate::vault::{Backup, Colour, Contact, ModelSecrets, Secrets};
    use crate::weights::DecryptionKey;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    const WATCHED: Address = Address([0xdd; 32]);

    fn wallet() -> Secrets {
        let mut secrets = Secrets::default();
        let id = secrets.add_phrase(&Mnemonic::from_entropy(&[3; 32]).unwrap(), "backed up");
        secrets.add_phrase_account(id, DerivationPath::default(), "a").unwrap();
        secrets.add_key(&Keypair::derive(&[1; 32]), "b").unwrap();
        let members = vec![(Keypair::derive(&[1; 32]).public_key(), 1)];
        secrets.add_multisig(MultiSigPublicKey::new(members, 1).unwrap(), "c").unwrap();
        secrets.add_watched(WATCHED, "d").unwrap();
        secrets.colour_account(&WATCHED, Some(Colour::Teal));
        secrets.add_model(complete("job")).unwrap();
        let contact = Contact { address: WATCHED, name: "Dora".to_owned(), note: String::new() };
        secrets.add_contact(contact).unwrap();
        secrets
    }

    fn assert_keys_are_there(secrets: &Secrets) {
        for account in secrets.accounts() {
            let key = secrets.keypair(&account.address());
            assert_eq!(key.is_some(), account.source().has_key(), "{account:?}");
        }
    }

    #[test]
    fn an_empty_wallet_gets_everything() {
        let mut secrets = Secrets::default();
        let restored = secrets.restore(Backup::Wallet(wallet())).unwrap();
        assert_eq!(restored, Restored { phrases: 1, accounts: 4, models: 1, contacts: 1 });
        assert_keys_are_there(&secrets);
        assert_eq!(secrets.account(&WATCHED).unwrap().colour(), Some(Colour::Teal));
        assert_eq!(secrets.contact(&WATCHED).unwrap().name, "Dora");
        assert!(secrets.model("job").unwrap() == &complete("job"));
    }

    #[test]
    fn a_second_time_brings_nothing() {
        let mut secrets = wallet();
        let restored = secrets.restore(Backup::Wallet(wallet())).unwrap();
        assert_eq!(restored, Restored::default());
        assert_eq!(format!("{secrets:?}"), format!("{:?}", wallet()));
    }

    #[test]
    fn phrases_with_the_same_id_are_told_apart() {
        let mut secrets = Secrets::default();
        let id = secrets.add_phrase(&Mnemonic::from_entropy(&[8; 16]).unwrap(), "own");
        let own = secrets.add_phrase_account(id, DerivationPath::default(), "own").unwrap();
        secrets.restore(Backup::Wallet(wallet())).unwrap();
        assert_eq!(secrets.accounts().len(), 5);
        assert_eq!(secrets.account(&own).unwrap().label(), "own");
        assert_keys_are_there(&secrets);
    }

    #[test]
    fn an_account_that_was_only_watched_gets_its_key_and_keeps_its_name() {
        let mut secrets = Secrets::default();
        let address = Keypair::derive(&[1; 32]).address();
        secrets.add_watched(address, "mine").unwrap();
        secrets.colour_account(&address, Some(Colour::Red));
        let restored = secrets.restore(Backup::Wallet(wallet())).unwrap();
        assert_eq!(restored.accounts, 4);
        let account = secrets.account(&address).unwrap();
        assert!(account.source().has_key() && secrets.keypair(&address).is_some());
        assert_eq!((account.label(), account.colour()), ("mine", Some(Colour::Red)));
    }

    #[test]
    fn a_model_is_completed_and_its_own_knowledge_kept() {
        let mut secrets = Secrets::default();
        let key = complete("job").key().clone();
        let mut known = ModelSecrets::new("job".to_owned(), "mine".to_owned(), key, 1);
        known.commit_epoch = Some(77);
        secrets.add_model(known).unwrap();
        let restored = secrets.restore(Backup::Model(complete("job"))).unwrap();
        assert_eq!(restored, Restored::default());
        let model = secrets.model("job").unwrap();
        assert_eq!(model.embedding(), complete("job").embedding());
        assert_eq!((model.label.as_str(), model.commit_epoch), ("mine", Some(77)));
    }

    #[test]
    fn another_key_for_a_job_changes_nothing_at_all() {
        let mut secrets = Secrets::default();
        let key = DecryptionKey([1; 32]);
        let other = ModelSecrets::new("job".to_owned(), String::new(), key.clone(), 1);
        secrets.add_model(other).unwrap();
        let conflict = RestoreError::KeyConflict { job: "job".to_owned() };
        assert_eq!(secrets.restore(Backup::Wallet(wallet())), Err(conflict));
        assert!(secrets.accounts().is_empty() && secrets.phrases().is_empty());
        assert_eq!(secrets.model("job").unwrap().key(), &key);
    }
}
