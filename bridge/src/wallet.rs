//! The wallet as a page sees it: accounts, balances, what was done. No keys.

use crate::accounts::{KeyPlace, PhraseName};
use serde::{Deserialize, Serialize};
use std::fmt;
use wasm_core::address::{Address, ObjectId};
use wasm_core::amount::Shannons;
use wasm_core::digest::TransactionDigest;
use wasm_core::effects::TransactionFee;
use wasm_core::ports::Coin;
use wasm_core::preview::Explanation;
use wasm_core::vault::{Colour, Contact};
use zeroize::{Zeroize, ZeroizeOnDrop};

/// A password on its way to the worker. It does not print.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, Zeroize, ZeroizeOnDrop)]
#[serde(transparent)]
pub struct Password(pub String);

impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Password(..)")
    }
}

/// Whether there is a wallet, and who is in it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum WalletStatus {
    /// None in this browser.
    Absent,
    /// One, closed.
    Locked {
        /// Idle minutes after which an open wallet locks.
        auto_lock_minutes: Option<u16>,
    },
    /// One, open.
    Open {
        /// Its accounts, in their owner's order; never empty.
        accounts: Vec<AccountName>,
        /// Its recovery phrases, in the order in which they came.
        phrases: Vec<PhraseName>,
        /// Its address book, in the order in which the entries came.
        contacts: Vec<Contact>,
        /// The one in use.
        selected: Address,
        /// Idle minutes after which it locks.
        auto_lock_minutes: Option<u16>,
    },
}

/// An account of the wallet.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccountName {
    /// Its address.
    pub address: Address,
    /// What its owner calls it.
    pub label: String,
    /// Who can sign for it.
    pub kind: AccountKind,
    /// Where its key lies, where that is a recovery phrase of this wallet.
    pub place: Option<KeyPlace>,
    /// The colour its owner gave it.
    pub colour: Option<Colour>,
    /// Where several keys sign together, what those of this wallet weigh.
    pub weight: Option<OwnWeight>,
}

impl AccountName {
    /// Whether keys of this wallet alone can sign for it.
    #[must_use]
    pub fn is_own(&self) -> bool {
        match self.kind {
            AccountKind::Key => true,
            AccountKind::Watched => false,
            AccountKind::Multisig => self.weight.is_some_and(|weight| weight.own >= weight.needed),
        }
    }
}

/// What the keys of this wallet weigh in an account of several keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OwnWeight {
    /// Together.
    pub own: u16,
    /// What must sign.
    pub needed: u16,
}

/// Who can sign for an account.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum AccountKind {
    /// This wallet, alone.
    Key,
    /// Somebody else: it is only watched.
    Watched,
    /// Several keys together, of which this wallet may have some.
    Multisig,
}

/// What phrases and accounts are called until their owner calls them otherwise: in the language of the page, as the
/// worker knows none.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DefaultNames {
    /// A recovery phrase; each after the first has its number behind it.
    pub phrase: String,
    /// An account, with a number behind it.
    pub account: String,
    /// The account of an imported key.
    pub imported_key: String,
    /// The account of a key out of a keystore, with a number behind it.
    pub key: String,
}

/// A new phrase, shown once.
#[derive(Clone, Serialize, Deserialize)]
pub struct PhraseDraft {
    /// The words in order.
    pub words: Vec<String>,
    /// Positions, from 0, of the words that will be asked for.
    pub ask: Vec<u8>,
    /// The first account of the phrase.
    pub address: Address,
}

impl fmt::Debug for PhraseDraft {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PhraseDraft").field("address", &self.address).finish_non_exhaustive()
    }
}

impl Drop for PhraseDraft {
    fn drop(&mut self) {
        self.words.zeroize();
    }
}

/// A word typed to show that the phrase was written down.
#[derive(Clone, Serialize, Deserialize, Zeroize, ZeroizeOnDrop)]
pub struct WordAnswer {
    /// Position from 0.
    pub position: u8,
    /// The word.
    pub word: String,
}

impl fmt::Debug for WordAnswer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WordAnswer").field("position", &self.position).finish_non_exhaustive()
    }
}

/// A secret somebody has. It does not print.
#[derive(Clone, Serialize, Deserialize, Zeroize, ZeroizeOnDrop)]
pub enum ImportSecret {
    /// A BIP-39 phrase of 12 to 24 words.
    Phrase(String),
    /// A private key: `somaprivkey…`, base64 or hex.
    PrivateKey(String),
    /// The contents of the CLI's `soma.keystore`.
    Keystore(String),
    /// A backup file of a whole wallet.
    Backup {
        /// Contents of the file.
        contents: String,
        /// Password of the file.
        password: Password,
    },
}

impl fmt::Debug for ImportSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Phrase(_) => "Phrase(..)",
            Self::PrivateKey(_) => "PrivateKey(..)",
            Self::Keystore(_) => "Keystore(..)",
            Self::Backup { .. } => "Backup { .. }",
        })
    }
}

/// Whose secret it is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImportPreview {
    /// Accounts it holds.
    pub accounts: Vec<AccountName>,
    /// Whether the same secret opens the same address on Sui.
    pub also_on_sui: bool,
}

/// What an account holds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccountView {
    /// Whose.
    pub address: Address,
    /// All coins together.
    pub balance: Shannons,
    /// The coins, richest first.
    pub coins: Vec<Coin>,
    /// The most that can be sent in one transaction, fees left aside.
    pub spendable: Shannons,
}

/// How much to send.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum SendAmount {
    /// This much.
    Exact(Shannons),
    /// All that can be sent, fees left aside.
    Max,
}

/// What came of a confirmed transaction.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Receipt {
    /// Its digest.
    pub digest: TransactionDigest,
    /// What it did, as a sentence.
    pub headline: String,
    /// Nothing, or why it failed on chain.
    pub failure: Option<Explanation>,
    /// What it cost.
    pub fee: TransactionFee,
    /// Shannons gained or lost by the account.
    pub change: i128,
    /// Epoch it was executed in.
    pub epoch: u64,
    /// A model that it created.
    pub created_model: Option<ObjectId>,
}
