//! Where the sealed vault lies.

use crate::refusal::Refusal;
use browser::store::{Drawer, Store, StoreError};

/// Where the sealed vault lies in its drawer.
const VAULT_KEY: &str = "vault";

/// Whether there is a vault.
pub(super) async fn exists(store: &Store) -> Result<bool, StoreError> {
    Ok(store.get(Drawer::Vault, VAULT_KEY).await?.is_some())
}

/// Keeps a sealed vault.
pub(super) async fn keep(store: &Store, sealed: &[u8]) -> Result<(), StoreError> {
    store.put(Drawer::Vault, VAULT_KEY, &hex::encode(sealed)).await
}

/// The sealed vault.
pub(super) async fn kept(store: &Store) -> Result<Vec<u8>, Refusal> {
    let text = store.get(Drawer::Vault, VAULT_KEY).await?.ok_or_else(|| {
        Refusal::new(
            "wallet/absent",
            "There is no wallet in this browser.",
            "Create one, or import yours.",
        )
    })?;
    hex::decode(text).map_err(|error| {
        StoreError::Unreadable { key: VAULT_KEY.into(), reason: error.to_string() }.into()
    })
}
