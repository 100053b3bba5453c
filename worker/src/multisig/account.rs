//! Accounts of several keys: made of keys that their owners handed over.

use super::record;
use crate::context::Context;
use crate::post::post;
use crate::refusal::{Refusal, sentence};
use crate::vault::change_secrets;
use crate::wallet;
use bridge::multisig::OwnKey;
use bridge::protocol::Event;
use std::rc::Rc;
use wasm_core::address::Address;
use wasm_core::digest::TransactionDigest;
use wasm_core::keys::PublicKey;
use wasm_core::multisig::check_new;
use wasm_core::tx::multisig::MultiSigPublicKey;

/// Public keys of the accounts that this wallet has keys of.
pub(super) fn keys(context: &Context) -> Result<Vec<OwnKey>, Refusal> {
    let wallet = context.open_wallet()?;
    Ok(wallet.read(|secrets| {
        let own = |account: &wasm_core::vault::Account| {
            let address = account.address();
            let key = secrets.keypair(&address)?.public_key();
            Some(OwnKey { address, label: account.label().to_owned(), key })
        };
        secrets.accounts().iter().filter_map(own).collect()
    }))
}

/// Members of an account of this wallet, where several keys sign for it.
pub(crate) fn members_of(
    context: &Context,
    address: &Address,
) -> Result<Option<MultiSigPublicKey>, Refusal> {
    let wallet = context.open_wallet()?;
    Ok(wallet.read(|secrets| secrets.account(address).and_then(|it| it.multisig()).cloned()))
}

/// Keeps an account of several keys, and works with it from now on.
pub(super) async fn create(
    context: &Rc<Context>,
    members: Vec<(PublicKey, u8)>,
    threshold: u16,
    label: &str,
) -> Result<Address, Refusal> {
    let key = check_new(members, threshold).map_err(|error| {
        Refusal::new(
            "multisig/account",
            sentence(&error),
            "Change the members, their weights or the threshold.",
        )
    })?;
    let address = keep(context, key, label).await?;
    wallet::select(context, address).await?;
    Ok(address)
}

/// Keeps the account of a proposal. Somebody else may have made it up: it is not worked with until its
/// keeper chooses it.
pub(super) async fn keep_of(
    context: &Rc<Context>,
    digest: TransactionDigest,
    label: &str,
) -> Result<Address, Refusal> {
    let (_, proposal) = record::load(context, digest).await?;
    let address = keep(context, proposal.account().clone(), label).await?;
    // It can be chosen from now on.
    post(&Event::Wallet(wallet::status(context)));
    Ok(address)
}

async fn keep(
    context: &Rc<Context>,
    key: MultiSigPublicKey,
    label: &str,
) -> Result<Address, Refusal> {
    let label = label.trim().to_owned();
    if label.is_empty() {
        return Err(Refusal::new(
            "multisig/label",
            "The account has no name.",
            "Give it one by which you know it.",
        ));
    }
    change_secrets(context, |secrets| {
        secrets.add_multisig(key, &label).map_err(|error| {
            Refusal::new("multisig/account", sentence(&error), "Choose it among your accounts.")
        })
    })
    .await
}
