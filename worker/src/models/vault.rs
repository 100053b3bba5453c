//! Commits whose secrets this wallet holds; the secrets themselves for whoever knows the password.

use crate::context::Context;
use crate::publish::Record;
use crate::refusal::Refusal;
use crate::vault::check_password;
use bridge::models::{CommitSecrets, VaultEntry};
use bridge::publish::JobId;
use bridge::wallet::Password;
use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::rc::Rc;

/// All of them, newest first.
pub(super) async fn entries(context: &Rc<Context>) -> Result<Vec<VaultEntry>, Refusal> {
    let records = Record::all(context).await?;
    let backed_up: BTreeMap<String, bool> =
        records.into_iter().map(|record| (record.id.0, record.backed_up)).collect();
    let mut entries: Vec<VaultEntry> = context.open_wallet()?.read(|secrets| {
        let entry = |kept: &wasm_core::vault::ModelSecrets| VaultEntry {
            job: JobId(kept.job().to_owned()),
            label: kept.label.clone(),
            created_ms: kept.created_ms(),
            sealed: kept.sealed.map(|sealed| (sealed.checksum, sealed.size)),
            embedding: kept.embedding().map(|embedding| embedding.values().len() as u64),
            model: kept.model,
            committed_in: kept.commit_epoch,
            backed_up: backed_up.get(kept.job()).copied(),
        };
        secrets.models().iter().map(entry).collect()
    });
    entries.sort_by_key(|entry| Reverse(entry.created_ms));
    Ok(entries)
}

/// Key and embedding of one commit.
pub(super) async fn secrets(
    context: &Rc<Context>,
    job: &JobId,
    password: &Password,
) -> Result<CommitSecrets, Refusal> {
    let wallet = context.open_wallet()?;
    check_password(context, password).await?;
    let found = wallet.read(|secrets| {
        let kept = secrets.model(&job.0)?;
        let embedding = kept.embedding().map(|embedding| embedding.values().to_vec());
        Some(CommitSecrets {
            key: kept.key().expose_base58().to_string(),
            embedding: embedding.unwrap_or_default(),
        })
    });
    found.ok_or_else(|| {
        Refusal::new(
            "models/no-secrets",
            "The vault holds no secrets of this commit any more.",
            "Restore them from their backup file, under Models.",
        )
    })
}
