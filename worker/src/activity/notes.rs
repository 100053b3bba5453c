//! What the owner wrote to transactions. Notes are kept apart from what the chain says, so that they outlast it
//! being rebuilt; they never leave this browser.

use super::Ledger;
use crate::context::Context;
use crate::refusal::Refusal;
use bridge::activity::LONGEST_NOTE;
use browser::store::Drawer;
use std::collections::BTreeMap;
use wasm_core::digest::TransactionDigest;

fn key(ledger: Ledger) -> String {
    format!("notes/{}", ledger.key())
}

/// All notes of an account on a chain.
pub(super) async fn of(
    context: &Context,
    ledger: Ledger,
) -> Result<BTreeMap<TransactionDigest, String>, Refusal> {
    let kept: Vec<(TransactionDigest, String)> =
        context.store.load(Drawer::Activity, &key(ledger)).await?.unwrap_or_default();
    Ok(kept.into_iter().collect())
}

/// Keeps a note; an empty one is forgotten.
pub(super) async fn keep(
    context: &Context,
    ledger: Ledger,
    digest: TransactionDigest,
    text: String,
) -> Result<(), Refusal> {
    let text = text.trim().to_owned();
    if text.chars().count() > LONGEST_NOTE {
        return Err(Refusal::new(
            "activity/note",
            format!("A note has at most {LONGEST_NOTE} characters."),
            "Make it shorter.",
        ));
    }
    let _turn = context.ledger_turn.lock().await;
    let mut notes = of(context, ledger).await?;
    if text.is_empty() {
        notes.remove(&digest);
    } else {
        notes.insert(digest, text);
    }
    let notes: Vec<(TransactionDigest, String)> = notes.into_iter().collect();
    Ok(context.store.save(Drawer::Activity, &key(ledger), &notes).await?)
}
