//! What a node tells of the network: coins, objects, models, targets, stakes, transactions, and the system state; and
//! what it foresees.

use crate::error::{argument, thrown};
use crate::patience::promise;
use crate::reading::read;
use crate::text::parsed;
use crate::value::plain;
use js_sys::Promise;
use rpc::web::WebClient;
use rpc::{StatusFilter, TargetFilter};
use serde::Serialize;
use std::collections::BTreeSet;
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;
use wasm_core::address::ObjectId;
use wasm_core::digest::TransactionDigest;
use wasm_core::object::{Object, ObjectRef, ObjectType, Owner};
use wasm_core::ports::Chain as _;
use wasm_core::stakes::StakedCoin;
use wasm_core::system_state::{Model, SystemState};
use web_sys::AbortSignal;

/// An object as programs look at it.
#[derive(Serialize)]
struct ObjectView {
    reference: ObjectRef,
    object_type: ObjectType,
    owner: Owner,
    previous_transaction: TransactionDigest,
}

impl ObjectView {
    fn of(object: &Object) -> Result<Self, JsValue> {
        Ok(Self {
            reference: object.reference().map_err(thrown)?,
            object_type: object.data.object_type,
            owner: object.owner,
            previous_transaction: object.previous_transaction,
        })
    }
}

/// A model beside its id.
#[derive(Serialize)]
struct ModelView<'m> {
    id: ObjectId,
    architecture_version: u64,
    commission_rate: u64,
    model: &'m Model,
}

impl<'m> ModelView<'m> {
    const fn of(id: ObjectId, model: &'m Model) -> Self {
        let (architecture_version, commission_rate) =
            (model.architecture_version(), model.commission_rate());
        Self { id, architecture_version, commission_rate, model }
    }
}

/// Targets in a state, of an epoch, by a submitter; all where nothing is named.
fn filter(
    status: Option<String>,
    epoch: Option<u64>,
    submitter: Option<String>,
) -> Result<TargetFilter, JsValue> {
    let named = |name: String| {
        let mut all = StatusFilter::ALL.into_iter();
        all.find(|status| status.name() == name)
            .ok_or_else(|| argument("targets are open, filled, claimable, claimed or expired"))
    };
    Ok(TargetFilter {
        status: status.map(named).transpose()?,
        epoch,
        submitter: submitter.map(|submitter| parsed(&submitter)).transpose()?,
    })
}

/// The network, as one node tells it.
#[wasm_bindgen]
#[derive(Debug)]
pub struct RawNetwork {
    node: WebClient,
}

#[wasm_bindgen]
impl RawNetwork {
    /// As the node at `https://host:port` tells it.
    #[wasm_bindgen(constructor)]
    #[must_use]
    pub fn new(url: &str) -> Self {
        Self { node: WebClient::connect(url) }
    }

    /// An object; nothing where there is none.
    pub fn object(&self, id: String, signal: Option<AbortSignal>) -> Promise {
        let node = self.node.clone();
        promise(signal, async move {
            let object = node.object(parsed(&id)?).await.map_err(thrown)?;
            plain(&object.as_ref().map(ObjectView::of).transpose()?)
        })
    }

    /// All objects of an address, of one type where it is named.
    pub fn owned(
        &self,
        owner: String,
        object_type: Option<String>,
        signal: Option<AbortSignal>,
    ) -> Promise {
        let node = self.node.clone();
        promise(signal, async move {
            let named = |name: String| {
                ObjectType::from_name(&name).ok_or_else(|| {
                    argument("objects are of type Coin, StakedSoma, Target or SystemState")
                })
            };
            let object_type = object_type.map(named).transpose()?;
            let objects = node.owned(parsed(&owner)?, object_type).await.map_err(thrown)?;
            plain(&objects.iter().map(ObjectView::of).collect::<Result<Vec<_>, _>>()?)
        })
    }

    /// The coins of an address.
    pub fn coins(&self, owner: String, signal: Option<AbortSignal>) -> Promise {
        let node = self.node.clone();
        promise(signal, async move { plain(&node.coins(parsed(&owner)?).await.map_err(thrown)?) })
    }

    /// All models that the chain knows, inactive ones too.
    pub fn models(&self, signal: Option<AbortSignal>) -> Promise {
        let node = self.node.clone();
        promise(signal, async move {
            let models = node.models().await.map_err(thrown)?;
            plain(&models.iter().map(|(id, model)| ModelView::of(*id, model)).collect::<Vec<_>>())
        })
    }

    /// A model; nothing where there is none.
    pub fn model(&self, id: String, signal: Option<AbortSignal>) -> Promise {
        let node = self.node.clone();
        promise(signal, async move {
            let id = parsed(&id)?;
            let model = node.model(id).await.map_err(thrown)?;
            plain(&model.as_ref().map(|model| ModelView::of(id, model)))
        })
    }

    /// Targets in a state, of an epoch, by a submitter; all where nothing is named.
    pub fn targets(
        &self,
        status: Option<String>,
        epoch: Option<u64>,
        submitter: Option<String>,
        embeddings: bool,
        signal: Option<AbortSignal>,
    ) -> Promise {
        let node = self.node.clone();
        promise(signal, async move {
            let filter = filter(status, epoch, submitter)?;
            let targets = if embeddings {
                node.targets(&filter).await
            } else {
                node.targets_without_embeddings(&filter).await
            };
            plain(&targets.map_err(thrown)?)
        })
    }

    /// A target with its embedding; nothing where there is none.
    pub fn target(&self, id: String, signal: Option<AbortSignal>) -> Promise {
        let node = self.node.clone();
        promise(
            signal,
            async move { plain(&node.listed_target(parsed(&id)?).await.map_err(thrown)?) },
        )
    }

    /// The stakes of an address, and what withdrawing each pays now.
    pub fn stakes(&self, owner: String, signal: Option<AbortSignal>) -> Promise {
        let node = self.node.clone();
        promise(signal, async move {
            let owner = parsed(&owner)?;
            let SystemState::V1(state) = node.system_state().await.map_err(thrown)?;
            let objects = node.owned(owner, Some(ObjectType::StakedSoma)).await.map_err(thrown)?;
            let stake = |object| StakedCoin::of(object, owner, &state, &BTreeSet::new());
            let stakes: Result<Vec<_>, _> = objects.iter().map(stake).collect();
            plain(&stakes.map_err(thrown)?)
        })
    }

    /// The system state: epoch, parameters, validators, models.
    #[wasm_bindgen(js_name = systemState)]
    pub fn system_state(&self, signal: Option<AbortSignal>) -> Promise {
        let node = self.node.clone();
        promise(signal, async move {
            let SystemState::V1(state) = node.system_state().await.map_err(thrown)?;
            plain(&state)
        })
    }

    /// A transaction that was executed; nothing where the node knows none.
    pub fn transaction(&self, digest: String, signal: Option<AbortSignal>) -> Promise {
        let node = self.node.clone();
        promise(signal, async move {
            plain(&node.transaction_details(parsed(&digest)?).await.map_err(thrown)?)
        })
    }

    /// What the node says that a transaction would do.
    pub fn simulate(&self, transaction: Vec<u8>, signal: Option<AbortSignal>) -> Promise {
        let node = self.node.clone();
        promise(signal, async move {
            plain(&node.simulate(&read(&transaction)?).await.map_err(thrown)?)
        })
    }
}
