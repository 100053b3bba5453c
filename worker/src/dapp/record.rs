//! What is kept of a site: the accounts that it may use, and how often its owner refused it.
//!
//! Only public things: it must be there while the wallet is locked. What is approved without asking lies in
//! the vault.

use crate::context::Context;
use crate::refusal::Refusal;
use browser::clock::now_ms;
use browser::store::Drawer;
use serde::{Deserialize, Serialize};
use std::cell::RefCell;
use std::collections::BTreeMap;
use wasm_core::address::Address;
use wasm_core::dapp::{Origin, Patience};

/// What is kept of one site.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct SiteRecord {
    /// Accounts that it may use, in the order in which it is told them; none, where it may nothing.
    pub(super) accounts: Vec<Permitted>,
    /// Since when; milliseconds since 1970.
    pub(super) since_ms: u64,
    /// When something was last approved for it; milliseconds since 1970; never, where 0.
    pub(super) used_ms: u64,
    /// How often it was refused.
    pub(super) patience: Patience,
}

/// An account that a site may use.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Permitted {
    /// Which.
    pub(super) address: Address,
    /// Base64 of flag and key, told while the wallet is locked, too.
    pub(super) public_key: String,
}

impl SiteRecord {
    /// Whether the site may use an account.
    pub(super) fn permits(&self, account: Address) -> bool {
        self.accounts.iter().any(|permitted| permitted.address == account)
    }

    fn is_worth_keeping(&self, now_ms: u64) -> bool {
        !self.accounts.is_empty() || !self.patience.is_forgotten(now_ms)
    }
}

/// All records, read once, and whose turn it is to change one.
#[derive(Default)]
pub(super) struct Records {
    read: RefCell<Option<BTreeMap<Origin, SiteRecord>>>,
    turn: futures::lock::Mutex<()>,
}

impl Records {
    pub(super) fn forget(&self) {
        self.read.replace(None);
    }
}

/// What is kept of all sites. A record that cannot be read permits nothing.
pub(super) async fn all(context: &Context) -> Result<BTreeMap<Origin, SiteRecord>, Refusal> {
    let records = &context.sites.records;
    if let Some(known) = &*records.read.borrow() {
        return Ok(known.clone());
    }
    let kept = context.store.all(Drawer::Sites).await?;
    let read: BTreeMap<Origin, SiteRecord> = kept
        .into_iter()
        .filter_map(|(origin, text)| {
            Some((origin.parse().ok()?, serde_json::from_str(&text).ok()?))
        })
        .collect();
    // Somebody may have read, and changed, them meanwhile.
    Ok(records.read.borrow_mut().get_or_insert(read).clone())
}

/// What is kept of a site.
pub(super) async fn of(context: &Context, origin: &Origin) -> Result<SiteRecord, Refusal> {
    Ok(all(context).await?.remove(origin).unwrap_or_default())
}

/// Changes what is kept of a site, and returns when it is stored.
pub(super) async fn change(
    context: &Context,
    origin: &Origin,
    change: impl FnOnce(&mut SiteRecord),
) -> Result<SiteRecord, Refusal> {
    let records = &context.sites.records;
    let _turn = records.turn.lock().await;
    let mut record = of(context, origin).await?;
    change(&mut record);
    if record.is_worth_keeping(now_ms()) {
        context.store.save(Drawer::Sites, origin.as_str(), &record).await?;
    } else {
        context.store.remove(Drawer::Sites, origin.as_str()).await?;
    }
    if let Some(known) = &mut *records.read.borrow_mut() {
        known.insert(origin.clone(), record.clone());
    }
    Ok(record)
}
