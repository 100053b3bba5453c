//! The vault in this browser: where it lies, who has it open, and how it is opened and closed.

mod backup;
mod copies;
mod erase;
mod lock;
mod open;
mod password;
mod refusals;

pub(crate) use backup::{backup, open_backup};
pub(crate) use erase::erase;
pub(crate) use lock::{lock, lock_when_idle, unlock};
pub(crate) use open::{OpenWallet, Presence, change_secrets, found, refuse_second};
pub(crate) use password::change_password;
pub(crate) use refusals::seal_refusal;
