//! Which accounts a site may use: shown, told to the site, and taken away.

use super::chains;
use super::desk;
use super::record::{self, Permitted, SiteRecord};
use crate::context::Context;
use crate::post::post;
use crate::refusal::Refusal;
use crate::vault::change_secrets;
use bridge::dapp::{DappEvent, SiteAccount, SiteView};
use bridge::late::Late;
use bridge::protocol::Event;
use browser::clock::now_ms;
use std::rc::Rc;
use wasm_core::address::Address;
use wasm_core::dapp::answer::{AccountText, changed};
use wasm_core::dapp::{Origin, Patience, Policy, PolicyId, SiteError};

/// The accounts of a site as it is told them; not those that the open wallet has no more.
pub(super) fn accounts_of(context: &Context, record: &SiteRecord) -> Vec<AccountText> {
    let chains = chains::names(context);
    let wallet = context.presence.open();
    let is_there = |permitted: &&Permitted| match &wallet {
        Some(wallet) => wallet.read(|secrets| secrets.account(&permitted.address).is_some()),
        None => true,
    };
    let accounts = record.accounts.iter().filter(is_there).map(|permitted| AccountText {
        address: permitted.address,
        public_key: permitted.public_key.clone(),
        chains: chains.clone(),
    });
    accounts.collect()
}

/// All sites with a permission, by their origin.
pub(super) async fn sites(context: &Context) -> Result<Vec<SiteView>, Refusal> {
    let now = now_ms();
    let wallet = context.presence.open();
    let view = |(origin, record): (Origin, SiteRecord)| {
        let label = |address: &Address| {
            let wallet = wallet.as_ref()?;
            wallet.read(|secrets| secrets.account(address).map(|it| it.label().to_owned()))
        };
        let accounts = record.accounts.iter().map(|permitted| SiteAccount {
            address: permitted.address,
            public_key: permitted.public_key.clone(),
            label: label(&permitted.address),
        });
        let policies = wallet.as_ref().map_or_else(Vec::new, |wallet| {
            wallet.read(|secrets| {
                secrets.policies().iter().filter(|it| it.scope.origin == origin).cloned().collect()
            })
        });
        SiteView {
            accounts: accounts.collect(),
            policies,
            since_ms: record.since_ms,
            used_ms: record.used_ms,
            paused_until_ms: record.patience.paused_until_ms(now),
            origin: origin.to_string(),
        }
    };
    let all = record::all(context).await?;
    Ok(all.into_iter().filter(|(_, record)| !record.accounts.is_empty()).map(view).collect())
}

/// Tells the site's open pages, and whoever mirrors permissions, what the site may see by now.
pub(super) async fn tell(context: &Context, origin: &Origin) -> Result<(), Refusal> {
    let record = record::of(context, origin).await?;
    let message = changed(&accounts_of(context, &record));
    let sites = sites(context).await?;
    let origin = origin.to_string();
    post(&Event::Dapp(Late::new(&DappEvent::Changed { origin, message, sites })));
    Ok(())
}

/// Takes accounts away from a site: at once, also from what waits or is just being signed. What was
/// approved for them without asking ends, too.
pub(super) async fn take_away(
    context: &Rc<Context>,
    origin: &Origin,
    goes: impl Fn(Address) -> bool,
) -> Result<(), Refusal> {
    let changed = record::change(context, origin, |record| {
        record.accounts.retain(|permitted| !goes(permitted.address));
    });
    let record = changed.await?;
    if context.sites.desk.borrow().is_deciding(origin) {
        // What was reviewed before is not signed any more.
        context.forget_reviews();
    }
    let gone = SiteError::Unauthorized;
    desk::end(context, &gone, |waiting| {
        waiting.origin == *origin
            && match waiting.request.account() {
                Some(account) => !record.permits(account),
                None => record.accounts.is_empty(),
            }
    });
    tell(context, origin).await?;
    if context.presence.open().is_some() {
        end_policies(context, |policy| {
            policy.scope.origin == *origin && !record.permits(policy.scope.account)
        })
        .await?;
    }
    Ok(())
}

/// Ends what is approved without asking. While the wallet is locked nothing is, and what is left over of a
/// site without a permission ends when it gets one again.
pub(super) async fn end_policies(
    context: &Context,
    ended: impl Fn(&Policy) -> bool,
) -> Result<(), Refusal> {
    let any = context.open_wallet()?.read(|secrets| secrets.policies().iter().any(&ended));
    if any {
        change_secrets(context, |secrets| Ok(secrets.remove_policies(ended))).await?;
    }
    Ok(())
}

/// Ends one policy, also for what it is just approving.
pub(super) async fn end_policy(context: &Rc<Context>, id: PolicyId) -> Result<(), Refusal> {
    if context.sites.desk.borrow().is_any_deciding() {
        // It may be what is just being approved by it.
        context.forget_reviews();
    }
    end_policies(context, |policy| policy.id == id).await
}

/// Hears a site again at once.
pub(super) async fn forgive(context: &Context, origin: &Origin) -> Result<(), Refusal> {
    record::change(context, origin, |record| record.patience = Patience::default()).await?;
    Ok(())
}
