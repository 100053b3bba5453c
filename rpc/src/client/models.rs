//! Models, out of the live system state.

use super::{Client, garbage, mask, present};
use crate::methods;
use crate::proto::soma as proto;
use crate::transport::Carrier;
use std::collections::BTreeMap;
use wasm_core::address::ModelId;
use wasm_core::model::ModelWeights;
use wasm_core::ports::ChainError;
use wasm_core::system_state::{Model, ModelRegistry};

impl<T: Carrier> Client<T> {
    /// All models, and what belongs to them: pools, stake and reports.
    ///
    /// # Errors
    /// Where the node gives no usable answer.
    pub async fn model_registry(&self) -> Result<ModelRegistry, ChainError> {
        let request = proto::GetEpochRequest {
            epoch: None,
            read_mask: Some(mask(&["system_state.model_registry"])),
        };
        let epoch = present(self.read(methods::GET_EPOCH, request).await?.epoch, "epoch")?;
        let state = present(epoch.system_state, "system_state")?;
        let registry = present(state.model_registry, "model_registry")?;
        ModelRegistry::try_from(&registry).map_err(garbage)
    }

    /// All models as they were when an epoch began, or, of the current epoch, as they are now; none
    /// where the node knows no such epoch.
    ///
    /// # Errors
    /// Where the node gives no usable answer.
    pub async fn model_registry_of(&self, epoch: u64) -> Result<Option<ModelRegistry>, ChainError> {
        let paths = ["epoch", "system_state.model_registry"];
        let Some(message) = self.get_epoch(Some(epoch), &paths).await? else { return Ok(None) };
        let state = present(message.system_state, "system_state")?;
        let registry = present(state.model_registry, "model_registry")?;
        ModelRegistry::try_from(&registry).map(Some).map_err(garbage)
    }

    /// All models, however far they have come.
    ///
    /// # Errors
    /// Where the node gives no usable answer.
    pub async fn models(&self) -> Result<BTreeMap<ModelId, Model>, ChainError> {
        Ok(self.model_registry().await?.models)
    }

    /// The models that are drawn for targets.
    ///
    /// # Errors
    /// Where the node gives no usable answer.
    pub async fn active_models(&self) -> Result<BTreeMap<ModelId, Model>, ChainError> {
        let mut models = self.models().await?;
        models.retain(|_, model| model.is_active());
        Ok(models)
    }

    /// A model; none where there is none of that id.
    ///
    /// # Errors
    /// Where the node gives no usable answer.
    pub async fn model(&self, id: ModelId) -> Result<Option<Model>, ChainError> {
        Ok(self.models().await?.remove(&id))
    }

    /// Where a model's encrypted weights lie, with the key once it is public; none where there is no
    /// such model, or nothing was committed.
    ///
    /// # Errors
    /// Where the node gives no usable answer.
    pub async fn model_weights(&self, id: ModelId) -> Result<Option<ModelWeights>, ChainError> {
        Ok(self.model(id).await?.and_then(|model| model.weights()))
    }
}
