//! The life of a model (`authority/src/execution/model.rs` of soma-org/soma).

use super::coins::spend;
use super::store::Store;
use super::validators::require_active;
use super::{Run, fail};
use crate::pools;
use wasm_core::address::ModelId;
use wasm_core::digest::blake2b256;
use wasm_core::failure::ExecutionFailureStatus as Error;
use wasm_core::object::StakedSoma;
use wasm_core::system_state::{
    ActiveModel, CreatedModel, InactiveModel, Model, ModelStateV1, PendingModel,
    PendingModelUpdate, StakingPool, SystemStateV1,
};
use wasm_core::tensor::SomaTensor;
use wasm_core::tx::kind::{CommitModelArgs, RevealModelArgs};
use wasm_core::weights::DecryptionKey;

const ALL: u64 = 10_000;

pub(super) fn model_mut(state: &mut SystemStateV1, id: ModelId) -> Run<&mut ModelStateV1> {
    match state.model_registry.models.get_mut(&id) {
        Some(Model::V1(model)) => Ok(model),
        None => fail(Error::ModelNotFound),
    }
}

/// The pool of a model in any state.
pub(super) const fn pool_mut(model: &mut ModelStateV1) -> &mut StakingPool {
    match model {
        ModelStateV1::Created(model) => &mut model.staking_pool,
        ModelStateV1::Pending(model) => &mut model.staking_pool,
        ModelStateV1::Active(model) => &mut model.staking_pool,
        ModelStateV1::Inactive(model) => &mut model.staking_pool,
    }
}

fn take_model(state: &mut SystemStateV1, id: ModelId) -> Run<ModelStateV1> {
    match state.model_registry.models.remove(&id) {
        Some(Model::V1(model)) => Ok(model),
        None => fail(Error::ModelNotFound),
    }
}

fn put_model(state: &mut SystemStateV1, id: ModelId, model: ModelStateV1) {
    state.model_registry.models.insert(id, Model::V1(model));
}

pub(super) fn create(
    store: &mut Store<'_>,
    stake: u64,
    commission_rate: u64,
    architecture_version: u64,
) -> Run {
    let mut state = store.state()?;
    if architecture_version != state.parameters.model_architecture_version {
        return fail(Error::ModelArchitectureVersionMismatch);
    }
    if stake < state.parameters.model_min_stake {
        return fail(Error::ModelMinStakeNotMet);
    }
    if commission_rate > ALL {
        return fail(Error::ModelCommissionRateTooHigh);
    }
    let Some(gas) = store.gas else { return fail(Error::InsufficientGas) };
    let balance = store.coin(gas)?;
    spend(balance, stake.saturating_add(store.rest_of_fee(3)))?;
    let (model_id, pool_id) = (store.allot_id(), store.allot_id());
    let mut staking_pool = pools::empty_pool(pool_id);
    pools::add_stake(&mut staking_pool, stake);
    let (owner, create_epoch) = (store.sender(), store.epoch());
    let model = CreatedModel {
        owner,
        architecture_version,
        staking_pool,
        commission_rate,
        next_epoch_commission_rate: commission_rate,
        create_epoch,
    };
    put_model(&mut state, model_id, ModelStateV1::Created(model));
    state.model_registry.staking_pool_mappings.insert(pool_id, model_id);
    let stake_activation_epoch = create_epoch.saturating_add(1);
    store.create_stake(StakedSoma { pool_id, stake_activation_epoch, principal: stake }, owner);
    store.set_coin(gas, balance - stake)?;
    store.set_state(state)
}

/// Checks a model's state, then its owner.
fn require_owner(
    store: &Store<'_>,
    state: &SystemStateV1,
    id: ModelId,
    allowed: impl Fn(&ModelStateV1) -> bool,
    otherwise: Error,
) -> Run {
    let Some(model) = state.model_registry.models.get(&id) else {
        return fail(Error::ModelNotFound);
    };
    if !allowed(model.state()) {
        return fail(otherwise);
    }
    if model.owner() == store.sender() { Ok(()) } else { fail(Error::NotModelOwner) }
}

pub(super) fn commit(store: &mut Store<'_>, args: &CommitModelArgs) -> Run {
    let mut state = store.state()?;
    let allowed =
        |model: &ModelStateV1| matches!(model, ModelStateV1::Created(_) | ModelStateV1::Active(_));
    require_owner(store, &state, args.model_id, allowed, Error::ModelInvalidState)?;
    let update = PendingModelUpdate {
        manifest: args.manifest.clone(),
        weights_commitment: args.weights_commitment,
        embedding_commitment: args.embedding_commitment,
        decryption_key_commitment: args.decryption_key_commitment,
        commit_epoch: store.epoch(),
    };
    let model = match take_model(&mut state, args.model_id)? {
        ModelStateV1::Created(model) => ModelStateV1::Pending(PendingModel {
            owner: model.owner,
            architecture_version: model.architecture_version,
            staking_pool: model.staking_pool,
            commission_rate: model.commission_rate,
            next_epoch_commission_rate: model.next_epoch_commission_rate,
            manifest: update.manifest,
            weights_commitment: update.weights_commitment,
            embedding_commitment: update.embedding_commitment,
            decryption_key_commitment: update.decryption_key_commitment,
            commit_epoch: update.commit_epoch,
        }),
        ModelStateV1::Active(mut model) => {
            model.pending_update = Some(update);
            ModelStateV1::Active(model)
        }
        ModelStateV1::Pending(_) | ModelStateV1::Inactive(_) => {
            return fail(Error::ModelInvalidState);
        }
    };
    put_model(&mut state, args.model_id, model);
    store.set_state(state)
}

/// Checks a reveal against the promise.
///
/// The embedding's dimension is checked too, which the reference leaves out: with models of
/// different dimensions it can make no more targets.
fn check_reveal(
    store: &Store<'_>,
    dimension: u64,
    promise: &PendingModelUpdate,
    args: &RevealModelArgs,
) -> Run {
    if Some(store.epoch()) != promise.commit_epoch.checked_add(1) {
        return fail(Error::ModelRevealEpochMismatch);
    }
    if blake2b256(&[&args.decryption_key.0]) != promise.decryption_key_commitment.0 {
        return fail(Error::ModelDecryptionKeyCommitmentMismatch);
    }
    let embedding = bcs::to_bytes(&args.embedding).expect("a tensor has no unsupported part");
    if blake2b256(&[&embedding]) != promise.embedding_commitment.0 {
        return fail(Error::ModelEmbeddingCommitmentMismatch);
    }
    let actual = args.embedding.values().len() as u64;
    if actual != dimension {
        return fail(Error::EmbeddingDimensionMismatch { expected: dimension, actual });
    }
    Ok(())
}

pub(super) fn reveal(store: &mut Store<'_>, args: &RevealModelArgs) -> Run {
    let mut state = store.state()?;
    let allowed =
        |model: &ModelStateV1| matches!(model, ModelStateV1::Pending(_) | ModelStateV1::Active(_));
    require_owner(store, &state, args.model_id, allowed, Error::ModelInvalidState)?;
    let dimension = state.parameters.target_embedding_dim;
    let model = match take_model(&mut state, args.model_id)? {
        ModelStateV1::Pending(model) => {
            let active = reveal_first(store, dimension, model, args)?;
            let total = &mut state.model_registry.total_model_stake;
            *total = total.saturating_add(active.staking_pool.soma_balance);
            active
        }
        ModelStateV1::Active(mut model) => {
            let Some(update) = model.pending_update.take() else {
                return fail(Error::ModelNoPendingUpdate);
            };
            check_reveal(store, dimension, &update, args)?;
            ActiveModel {
                manifest: update.manifest,
                weights_commitment: update.weights_commitment,
                embedding_commitment: update.embedding_commitment,
                decryption_key_commitment: update.decryption_key_commitment,
                decryption_key: args.decryption_key.clone(),
                embedding: args.embedding.clone(),
                ..model
            }
        }
        ModelStateV1::Created(_) | ModelStateV1::Inactive(_) => {
            return fail(Error::ModelInvalidState);
        }
    };
    put_model(&mut state, args.model_id, ModelStateV1::Active(model));
    store.set_state(state)
}

fn reveal_first(
    store: &Store<'_>,
    dimension: u64,
    model: PendingModel,
    args: &RevealModelArgs,
) -> Run<ActiveModel> {
    let promise = PendingModelUpdate {
        manifest: model.manifest,
        weights_commitment: model.weights_commitment,
        embedding_commitment: model.embedding_commitment,
        decryption_key_commitment: model.decryption_key_commitment,
        commit_epoch: model.commit_epoch,
    };
    check_reveal(store, dimension, &promise, args)?;
    let mut staking_pool = model.staking_pool;
    staking_pool.activation_epoch = Some(store.epoch());
    pools::record_rate(&mut staking_pool, store.epoch());
    Ok(ActiveModel {
        owner: model.owner,
        architecture_version: model.architecture_version,
        staking_pool,
        commission_rate: model.commission_rate,
        next_epoch_commission_rate: model.next_epoch_commission_rate,
        manifest: promise.manifest,
        weights_commitment: promise.weights_commitment,
        embedding_commitment: promise.embedding_commitment,
        decryption_key_commitment: promise.decryption_key_commitment,
        decryption_key: args.decryption_key.clone(),
        embedding: args.embedding.clone(),
        pending_update: None,
    })
}

const fn is_active(model: &ModelStateV1) -> bool {
    matches!(model, ModelStateV1::Active(_))
}

pub(super) fn set_commission(store: &mut Store<'_>, id: ModelId, new_rate: u64) -> Run {
    if new_rate > ALL {
        return fail(Error::ModelCommissionRateTooHigh);
    }
    let mut state = store.state()?;
    require_owner(store, &state, id, is_active, Error::ModelNotActive)?;
    if let ModelStateV1::Active(model) = model_mut(&mut state, id)? {
        model.next_epoch_commission_rate = new_rate;
    }
    store.set_state(state)
}

/// What a model becomes when it goes out of service. One that was never revealed gets an empty key
/// and embedding; one that was never committed cannot go.
pub(super) fn retire(model: ModelStateV1, epoch: u64) -> ModelStateV1 {
    let mut retired = match model {
        ModelStateV1::Pending(model) => InactiveModel {
            owner: model.owner,
            architecture_version: model.architecture_version,
            staking_pool: model.staking_pool,
            commission_rate: model.commission_rate,
            next_epoch_commission_rate: model.next_epoch_commission_rate,
            manifest: model.manifest,
            weights_commitment: model.weights_commitment,
            embedding_commitment: model.embedding_commitment,
            decryption_key_commitment: model.decryption_key_commitment,
            decryption_key: DecryptionKey([0; 32]),
            embedding: SomaTensor::vector(Vec::new()),
        },
        ModelStateV1::Active(model) => InactiveModel {
            owner: model.owner,
            architecture_version: model.architecture_version,
            staking_pool: model.staking_pool,
            commission_rate: model.commission_rate,
            next_epoch_commission_rate: model.next_epoch_commission_rate,
            manifest: model.manifest,
            weights_commitment: model.weights_commitment,
            embedding_commitment: model.embedding_commitment,
            decryption_key_commitment: model.decryption_key_commitment,
            decryption_key: model.decryption_key,
            embedding: model.embedding,
        },
        other => return other,
    };
    retired.staking_pool.deactivation_epoch = Some(epoch);
    ModelStateV1::Inactive(retired)
}

pub(super) fn deactivate(store: &mut Store<'_>, id: ModelId) -> Run {
    let mut state = store.state()?;
    require_owner(store, &state, id, is_active, Error::ModelNotActive)?;
    let mut model = take_model(&mut state, id)?;
    let registry = &mut state.model_registry;
    registry.total_model_stake =
        registry.total_model_stake.saturating_sub(pool_mut(&mut model).soma_balance);
    registry.model_report_records.remove(&id);
    put_model(&mut state, id, retire(model, store.epoch()));
    store.set_state(state)
}

pub(super) fn report(store: &mut Store<'_>, id: ModelId) -> Run {
    let mut state = store.state()?;
    require_active(&state, store.sender())?;
    if !state.model_registry.models.get(&id).is_some_and(|model| is_active(model.state())) {
        return fail(Error::ModelNotActive);
    }
    state.model_registry.model_report_records.entry(id).or_default().insert(store.sender());
    store.set_state(state)
}

pub(super) fn undo_report(store: &mut Store<'_>, id: ModelId) -> Run {
    let mut state = store.state()?;
    require_active(&state, store.sender())?;
    let records = &mut state.model_registry.model_report_records;
    let Some(reporters) = records.get_mut(&id) else { return fail(Error::ReportRecordNotFound) };
    if !reporters.remove(&store.sender()) {
        return fail(Error::ReportRecordNotFound);
    }
    if reporters.is_empty() {
        records.remove(&id);
    }
    store.set_state(state)
}
