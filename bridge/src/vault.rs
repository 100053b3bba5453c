//! The vault as a page sees it: its two copies, waiting after wrong passwords, and passkeys.

use crate::wallet::{Password, WalletStatus};
use serde::{Deserialize, Serialize};
use std::fmt;
use wasm_core::vault::Standing;
use zeroize::{Zeroize, ZeroizeOnDrop};

/// What a passkey computed, in hex, on its way to the worker. It does not print.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, Zeroize, ZeroizeOnDrop)]
#[serde(transparent)]
pub struct PasskeySecret(pub String);

impl fmt::Debug for PasskeySecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PasskeySecret(..)")
    }
}

/// What opens a wallet again that is open now: sealed, and only good in this browser. It does not print.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct SealedTicket(pub String);

impl fmt::Debug for SealedTicket {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SealedTicket(..)")
    }
}

/// A ticket, and until when it counts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RestTicket {
    /// What the page keeps.
    pub sealed: SealedTicket,
    /// When the wallet locks by itself unless somebody touches it; milliseconds since 1970.
    pub until_ms: Option<u64>,
    /// Whether it locks when the device slept.
    pub locks_on_sleep: bool,
}

/// What a page may ask about the vault.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum VaultRequest {
    /// How the vault stands. → `Standing`
    Look,
    /// Write the open wallet to both places, whatever lies there. → `Standing`
    Repair,
    /// Open the copy that the password opens, although another one is newer. → `Status`
    OpenOlder(Password),
    /// Lock when the device slept, or not. → `Standing`
    SetLockOnSleep(bool),
    /// Begin to set up a passkey; the password is asked for once more. → `NewPasskey`
    BeginPasskey(Password),
    /// Let the passkey that was begun open the vault. → `Standing`
    FinishPasskey {
        /// What the authenticator knows it by; hex.
        credential_id: String,
        /// What it computed.
        secret: PasskeySecret,
    },
    /// Forget a passkey. → `Standing`
    RemovePasskey {
        /// What the authenticator knows it by; hex.
        credential_id: String,
    },
    /// Open the vault by a passkey. → `Status`
    UnlockByPasskey {
        /// What the authenticator knows it by; hex.
        credential_id: String,
        /// What it computed.
        secret: PasskeySecret,
    },
    /// What opens the wallet again while it would not have locked by itself. → `Rest`
    Rest,
    /// Open the wallet by that. → `Status`
    Resume(SealedTicket),
}

/// The good answers.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[expect(missing_docs, reason = "each is named by the request it answers")]
pub enum VaultReply {
    Standing(Box<VaultStanding>),
    Status(WalletStatus),
    NewPasskey(PasskeyOptions),
    Rest(RestTicket),
}

/// How the vault stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct VaultStanding {
    /// The copy in the database and the one in a private file.
    pub copies: [Standing; 2],
    /// Whether any copy is whole.
    pub usable: bool,
    /// Milliseconds until another password may be tried.
    pub wait_ms: u64,
    /// A password change that was interrupted, and which password is in force since.
    pub interrupted: Option<InForce>,
    /// Why the wallet was locked last, since the page was opened.
    pub locked_by: Option<LockedBy>,
    /// Whether it locks when the device slept.
    pub lock_on_sleep: bool,
    /// Passkeys that open it.
    pub passkeys: Vec<PasskeyView>,
    /// What trying out one password costs, while the wallet is open.
    pub cost: Option<PasswordCost>,
}

/// Which password opens the vault after a change of it was interrupted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum InForce {
    /// The new one.
    New,
    /// The one before.
    Former,
}

/// Why the wallet was locked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum LockedBy {
    /// Somebody said so.
    Hand,
    /// Nobody was here for so long.
    Idle {
        /// Minutes.
        minutes: u16,
    },
    /// The device slept.
    Sleep,
}

/// What trying out one password costs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PasswordCost {
    /// Memory in MiB.
    pub mebibytes: u32,
    /// Passes over it.
    pub passes: u32,
}

/// A passkey of the vault.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PasskeyView {
    /// What the authenticator knows it by; hex.
    pub credential_id: String,
    /// What it computes its secret from; hex.
    pub prf_salt: String,
    /// When it was set up; milliseconds since 1970.
    pub made_ms: u64,
}

/// What an authenticator is asked for to make a passkey.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PasskeyOptions {
    /// Whose passkey it is; hex. Random, so that it tells nothing.
    pub user_id: String,
    /// What it computes its secret from; hex.
    pub prf_salt: String,
    /// Passkeys that open the vault already; hex. An authenticator that has one makes no other.
    pub known: Vec<String>,
}
