//! What a page asks about accounts, recovery phrases, the address book and secrets to be exported.

use crate::wallet::{AccountName, DefaultNames, ImportSecret, Password, WalletStatus};
use serde::{Deserialize, Serialize};
use std::fmt;
use wasm_core::address::Address;
use wasm_core::amount::Shannons;
use wasm_core::discovery::Discovery;
use wasm_core::mnemonic::DerivationPath;
use wasm_core::vault::{Colour, Contact, PhraseId};
use zeroize::{Zeroize, ZeroizeOnDrop};

/// The code of a failure: an address that is to be kept looks like another one that is known.
pub const LOOKS_ALIKE: &str = "accounts/look-alike";

/// Where the key of an account lies.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeyPlace {
    /// In which recovery phrase.
    pub phrase: PhraseId,
    /// At which path of it.
    pub path: DerivationPath,
}

/// A recovery phrase, without its words.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PhraseName {
    /// What it is known by.
    pub id: PhraseId,
    /// What its owner calls it.
    pub label: String,
    /// How many words it has.
    pub words: usize,
}

/// Anything about accounts. Beside each stands the [`AccountsReply`] that answers it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum AccountsRequest {
    /// Add the next account of a phrase, without asking anybody. → `Status`
    AddNext {
        /// The phrase.
        phrase: PhraseId,
        /// What it is called.
        names: DefaultNames,
    },
    /// Look at the next account of a search along a phrase. → `Looked`
    Look {
        /// The phrase.
        phrase: PhraseId,
        /// How far the search has come.
        search: Discovery,
    },
    /// Add accounts of a phrase that were found. → `Status`
    AddFound {
        /// The phrase.
        phrase: PhraseId,
        /// Where they lie.
        paths: Vec<DerivationPath>,
        /// What they are called.
        names: DefaultNames,
    },
    /// Take a secret into the open wallet. → `Imported`
    Import {
        /// The secret.
        secret: ImportSecret,
        /// What has no name is called so.
        names: DefaultNames,
    },
    /// Watch an account of somebody else. Refused where its address looks like another one that is known,
    /// unless that was accepted. → `Status`
    Watch {
        /// Whose.
        address: Address,
        /// What to call it.
        label: String,
        /// Whether it is watched although its address looks like another one.
        despite: bool,
    },
    /// Call an account something else. → `Status`
    Rename {
        /// Which.
        address: Address,
        /// What to call it.
        label: String,
    },
    /// Give an account a colour, or none. → `Status`
    Paint {
        /// Which.
        address: Address,
        /// The colour.
        colour: Option<Colour>,
    },
    /// Put an account at another place among the accounts. → `Status`
    Move {
        /// Which.
        address: Address,
        /// The place, counted from 0.
        to: usize,
    },
    /// Forget an account. Refused where it is the last one. → `Status`
    Remove(Address),
    /// Call a phrase something else. → `Status`
    RenamePhrase {
        /// Which.
        phrase: PhraseId,
        /// What to call it.
        label: String,
    },
    /// Forget a phrase that no account lies on. → `Status`
    RemovePhrase(PhraseId),
    /// What every account has in coins. → `Balances`
    Balances,
    /// Add somebody to the address book. Refused where the address looks like another one that is known,
    /// unless that was accepted. → `Status`
    AddContact {
        /// Whom.
        contact: Contact,
        /// Whether it is added although its address looks like another one.
        despite: bool,
    },
    /// Change name and note of somebody in the address book. → `Status`
    ChangeContact(Contact),
    /// Take somebody out of the address book. → `Status`
    RemoveContact(Address),
    /// Hand out a secret, to be kept by its owner. → `Exposed`
    Expose {
        /// The wallet's password.
        password: Password,
        /// Which.
        secret: WhichSecret,
    },
}

/// Which secret is to be handed out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum WhichSecret {
    /// The words of a phrase.
    Phrase(PhraseId),
    /// The key of an account.
    Key(Address),
    /// All keys, as the files of the command-line wallet.
    Keystore,
}

/// A secret that was handed out. It does not print.
#[derive(Clone, Serialize, Deserialize, Zeroize, ZeroizeOnDrop)]
pub enum Exposed {
    /// Words in order.
    Phrase(Vec<String>),
    /// A private key.
    Key {
        /// As `somaprivkey1…`.
        bech32: String,
        /// As the Base64 of flag and key.
        base64: String,
    },
    /// The files of the command-line wallet.
    Keystore {
        /// `soma.keystore`.
        keystore: String,
        /// `soma.aliases`.
        aliases: String,
        /// How many keys there are.
        keys: usize,
    },
}

impl fmt::Debug for Exposed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Exposed(..)")
    }
}

/// An account that a search looked at.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LookedAt {
    /// How far the search has come by now.
    pub search: Discovery,
    /// The account; nothing where the search is over.
    pub account: Option<FoundAccount>,
}

/// An account of a phrase, and what the node tells of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FoundAccount {
    /// Where it lies.
    pub path: DerivationPath,
    /// Its address.
    pub address: Address,
    /// What it has in coins.
    pub balance: Shannons,
    /// How many objects it has, coins and stakes included; the first hundred are counted.
    pub objects: usize,
    /// The wallet has it already.
    pub known: bool,
}

/// What a secret brought into the wallet.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Imported {
    /// The wallet as it is by now.
    pub status: WalletStatus,
    /// Accounts that are new, or have their key by now.
    pub accounts: Vec<AccountName>,
    /// Recovery phrases that are new.
    pub phrases: usize,
    /// Secrets of models that are new.
    pub models: usize,
    /// Entries of the address book that are new.
    pub contacts: usize,
}

/// The good answers.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[expect(missing_docs, reason = "each is named by the request it answers")]
pub enum AccountsReply {
    Status(WalletStatus),
    Looked(LookedAt),
    Imported(Imported),
    Balances(Vec<(Address, Shannons)>),
    Exposed(Exposed),
}
