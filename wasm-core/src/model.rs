//! What is known of a model, however far it has come.

use crate::address::ModelId;
use crate::manifest::Manifest;
use crate::system_state::{Model, ModelRegistry, ModelStateV1, PendingModelUpdate};
use crate::tensor::SomaTensor;
use crate::weights::DecryptionKey;

/// Where a model's encrypted weights lie, and the key that opens them where it is public.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ModelWeights {
    /// URL, checksum and size of the encrypted file.
    pub manifest: Manifest,
    /// The key; none before the reveal.
    pub decryption_key: Option<DecryptionKey>,
}

impl Model {
    /// Whether it is drawn for targets.
    #[must_use]
    pub const fn is_active(&self) -> bool {
        matches!(self.state(), ModelStateV1::Active(_))
    }

    /// Version of the architecture that its weights are for.
    #[must_use]
    pub const fn architecture_version(&self) -> u64 {
        match self.state() {
            ModelStateV1::Created(model) => model.architecture_version,
            ModelStateV1::Pending(model) => model.architecture_version,
            ModelStateV1::Active(model) => model.architecture_version,
            ModelStateV1::Inactive(model) => model.architecture_version,
        }
    }

    /// Share of the stakes' rewards that the owner takes; basis points.
    #[must_use]
    pub const fn commission_rate(&self) -> u64 {
        match self.state() {
            ModelStateV1::Created(model) => model.commission_rate,
            ModelStateV1::Pending(model) => model.commission_rate,
            ModelStateV1::Active(model) => model.commission_rate,
            ModelStateV1::Inactive(model) => model.commission_rate,
        }
    }

    /// The same from the next epoch on.
    #[must_use]
    pub const fn next_epoch_commission_rate(&self) -> u64 {
        match self.state() {
            ModelStateV1::Created(model) => model.next_epoch_commission_rate,
            ModelStateV1::Pending(model) => model.next_epoch_commission_rate,
            ModelStateV1::Active(model) => model.next_epoch_commission_rate,
            ModelStateV1::Inactive(model) => model.next_epoch_commission_rate,
        }
    }

    /// Where its encrypted weights lie; none before the first commit.
    #[must_use]
    pub const fn manifest(&self) -> Option<&Manifest> {
        match self.state() {
            ModelStateV1::Created(_) => None,
            ModelStateV1::Pending(model) => Some(&model.manifest),
            ModelStateV1::Active(model) => Some(&model.manifest),
            ModelStateV1::Inactive(model) => Some(&model.manifest),
        }
    }

    /// The key that opens its weights; none before the reveal.
    #[must_use]
    pub const fn decryption_key(&self) -> Option<&DecryptionKey> {
        match self.state() {
            ModelStateV1::Created(_) | ModelStateV1::Pending(_) => None,
            ModelStateV1::Active(model) => Some(&model.decryption_key),
            ModelStateV1::Inactive(model) => Some(&model.decryption_key),
        }
    }

    /// Where it stands in embedding space; none before the reveal.
    #[must_use]
    pub const fn embedding(&self) -> Option<&SomaTensor> {
        match self.state() {
            ModelStateV1::Created(_) | ModelStateV1::Pending(_) => None,
            ModelStateV1::Active(model) => Some(&model.embedding),
            ModelStateV1::Inactive(model) => Some(&model.embedding),
        }
    }

    /// New weights, promised for an active model and not yet revealed.
    #[must_use]
    pub const fn pending_update(&self) -> Option<&PendingModelUpdate> {
        match self.state() {
            ModelStateV1::Active(model) => model.pending_update.as_ref(),
            _ => None,
        }
    }

    /// Its weights as far as they are public; none before the first commit.
    #[must_use]
    pub fn weights(&self) -> Option<ModelWeights> {
        let manifest = self.manifest()?.clone();
        Some(ModelWeights { manifest, decryption_key: self.decryption_key().cloned() })
    }
}

impl ModelRegistry {
    /// The models that are drawn for targets.
    pub fn active(&self) -> impl Iterator<Item = (&ModelId, &Model)> {
        self.models.iter().filter(|(_, model)| model.is_active())
    }
}

#[cfg(test)]
mod tests {
    use crate::recorded;
    use crate::system_state::ModelStateV1;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    #[test]
    fn a_key_is_known_of_models_that_were_revealed() {
        let registry = recorded::system_state().model_registry;
        assert!(!registry.models.is_empty());
        for model in registry.models.values() {
            let revealed =
                matches!(model.state(), ModelStateV1::Active(_) | ModelStateV1::Inactive(_));
            assert_eq!(model.decryption_key().is_some(), revealed);
            assert_eq!(model.embedding().is_some(), revealed);
            let created = matches!(model.state(), ModelStateV1::Created(_));
            assert_eq!(model.weights().is_none(), created);
            if let Some(weights) = model.weights() {
                assert_eq!(Some(&weights.manifest), model.manifest());
                assert_eq!(weights.decryption_key.as_ref(), model.decryption_key());
            }
        }
        let active = registry.models.values().filter(|model| model.is_active()).count();
        assert_eq!(registry.active().count(), active);
    }
}
