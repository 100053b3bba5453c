//! Contents of version 1, which only knew accounts with keys. They are read for ever and never written.

use super::account::{Account, AccountSource};
use super::contents::secret_bytes;
use super::secrets::{Phrase, PhraseId, Secrets, Unchecked};
use super::{ModelSecrets, contents::Contents};
use crate::address::Address;
use crate::mnemonic::DerivationPath;
use serde::Deserialize;
use zeroize::Zeroizing;

/// A wallet as version 1 wrote it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Wallet {
    phrases: Vec<Phrase>,
    accounts: Vec<KeyedAccount>,
    models: Vec<ModelSecrets>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct KeyedAccount {
    address: Address,
    label: String,
    source: KeySource,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
enum KeySource {
    Phrase { phrase: PhraseId, path: DerivationPath },
    Seed(#[serde(with = "secret_bytes")] Zeroizing<[u8; 32]>),
}

impl From<KeyedAccount> for Account {
    fn from(KeyedAccount { address, label, source }: KeyedAccount) -> Self {
        let source = match source {
            KeySource::Phrase { phrase, path } => AccountSource::Phrase { phrase, path },
            KeySource::Seed(seed) => AccountSource::Seed(seed),
        };
        Self { address, label, colour: None, source }
    }
}

/// The contents as they are known today.
pub(super) fn today(
    contents: Contents<Wallet, ModelSecrets>,
) -> Result<Contents<Secrets, ModelSecrets>, &'static str> {
    Ok(match contents {
        Contents::Model(model) => Contents::Model(model),
        Contents::Wallet(Wallet { phrases, accounts, models }) => {
            let accounts = accounts.into_iter().map(Account::from).collect();
            let unchecked = Unchecked { phrases, accounts, models, ..Unchecked::default() };
            Contents::Wallet(unchecked.try_into()?)
        }
    })
}
