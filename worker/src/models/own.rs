//! Which models are this wallet's, and what it calls them.

use crate::context::Context;
use crate::publish::Record;
use crate::refusal::Refusal;
use bridge::publish::JobId;
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;
use wasm_core::address::{Address, ModelId};

/// What this wallet knows of models.
pub(super) struct Own {
    accounts: BTreeSet<Address>,
    publications: BTreeMap<ModelId, Published>,
}

/// The newest publication of a model.
pub(super) struct Published {
    pub(super) job: JobId,
    pub(super) name: String,
    started_ms: u64,
}

impl Own {
    /// Looks at the accounts and the publications on the chain in use.
    pub(super) async fn look(context: &Rc<Context>) -> Result<Self, Refusal> {
        let accounts = context.open_wallet()?.read(|secrets| {
            secrets.accounts().iter().map(wasm_core::vault::Account::address).collect()
        });
        let chain = context.following.facts()?.chain_id;
        let mut publications: BTreeMap<ModelId, Published> = BTreeMap::new();
        for record in Record::all(context).await? {
            let Some(model) = record.publication.model().filter(|_| record.chain == chain) else {
                continue;
            };
            let started_ms = record.started_ms;
            if publications.get(&model).is_none_or(|known| known.started_ms <= started_ms) {
                let published = Published { job: record.id, name: record.name, started_ms };
                publications.insert(model, published);
            }
        }
        Ok(Self { accounts, publications })
    }

    pub(super) fn has(&self, owner: &Address) -> bool {
        self.accounts.contains(owner)
    }

    pub(super) fn publication(&self, model: &ModelId) -> Option<&Published> {
        self.publications.get(model)
    }

    pub(super) fn name(&self, model: &ModelId) -> Option<String> {
        self.publications.get(model).map(|published| published.name.clone())
    }
}
