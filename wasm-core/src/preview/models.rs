//! When the chain lets somebody make, commit, reveal, change, report and retire models.

use super::error::{Defect, Run, fail};
use super::validators::require_active;
use crate::address::{Address, ModelId};
use crate::digest::{DecryptionKeyCommitment, EmbeddingCommitment};
use crate::failure::ExecutionFailureStatus as Failure;
use crate::system_state::{Model, ModelStateV1, SystemStateV1};
use crate::tx::kind::{CommitModelArgs, RevealModelArgs};

/// All of it, in basis points.
const ALL_BPS: u64 = 10_000;

pub(super) fn check_new(
    state: &SystemStateV1,
    stake: u64,
    commission: u64,
    architecture: u64,
) -> Run {
    if architecture != state.parameters.model_architecture_version {
        return fail(Failure::ModelArchitectureVersionMismatch);
    }
    if stake < state.parameters.model_min_stake {
        return fail(Failure::ModelMinStakeNotMet);
    }
    if commission > ALL_BPS {
        return fail(Failure::ModelCommissionRateTooHigh);
    }
    Ok(())
}

/// A model whose state is checked first, and its owner then.
fn owned(
    state: &SystemStateV1,
    owner: Address,
    id: ModelId,
    allowed: impl Fn(&ModelStateV1) -> bool,
    otherwise: Failure,
) -> Run<&ModelStateV1> {
    let Some(model) = state.model_registry.models.get(&id) else {
        return fail(Failure::ModelNotFound);
    };
    if !allowed(model.state()) {
        return fail(otherwise);
    }
    if model.owner() != owner {
        return fail(Failure::NotModelOwner);
    }
    Ok(model.state())
}

const fn is_active(model: &ModelStateV1) -> bool {
    matches!(model, ModelStateV1::Active(_))
}

pub(super) fn check_commit(state: &SystemStateV1, sender: Address, args: &CommitModelArgs) -> Run {
    let allowed =
        |model: &ModelStateV1| matches!(model, ModelStateV1::Created(_) | ModelStateV1::Active(_));
    owned(state, sender, args.model_id, allowed, Failure::ModelInvalidState).map(|_| ())
}

/// What a reveal must keep.
struct Promise {
    commit_epoch: u64,
    key: DecryptionKeyCommitment,
    embedding: EmbeddingCommitment,
}

pub(super) fn check_reveal(state: &SystemStateV1, sender: Address, args: &RevealModelArgs) -> Run {
    let allowed =
        |model: &ModelStateV1| matches!(model, ModelStateV1::Pending(_) | ModelStateV1::Active(_));
    let promise = match owned(state, sender, args.model_id, allowed, Failure::ModelInvalidState)? {
        ModelStateV1::Pending(model) => Promise {
            commit_epoch: model.commit_epoch,
            key: model.decryption_key_commitment,
            embedding: model.embedding_commitment,
        },
        ModelStateV1::Active(model) => match &model.pending_update {
            Some(update) => Promise {
                commit_epoch: update.commit_epoch,
                key: update.decryption_key_commitment,
                embedding: update.embedding_commitment,
            },
            None => return fail(Failure::ModelNoPendingUpdate),
        },
        ModelStateV1::Created(_) | ModelStateV1::Inactive(_) => {
            return fail(Failure::ModelInvalidState);
        }
    };
    if promise.commit_epoch.checked_add(1) != Some(state.epoch) {
        return fail(Failure::ModelRevealEpochMismatch);
    }
    if DecryptionKeyCommitment::of(&args.decryption_key) != promise.key {
        return fail(Failure::ModelDecryptionKeyCommitmentMismatch);
    }
    if EmbeddingCommitment::of(&args.embedding) != promise.embedding {
        return fail(Failure::ModelEmbeddingCommitmentMismatch);
    }
    let expected = state.parameters.target_embedding_dim;
    let actual = u64::try_from(args.embedding.values().len()).unwrap_or(u64::MAX);
    if actual != expected {
        return Err(Defect::RevealOfOtherDimension { expected, actual }.into());
    }
    Ok(())
}

pub(super) fn check_commission(
    state: &SystemStateV1,
    sender: Address,
    id: ModelId,
    new_rate: u64,
) -> Run {
    if new_rate > ALL_BPS {
        return fail(Failure::ModelCommissionRateTooHigh);
    }
    check_deactivation(state, sender, id)
}

/// A commission and a deactivation are for the owner of an active model.
pub(super) fn check_deactivation(state: &SystemStateV1, sender: Address, id: ModelId) -> Run {
    owned(state, sender, id, is_active, Failure::ModelNotActive).map(|_| ())
}

pub(super) fn check_report(state: &SystemStateV1, sender: Address, id: ModelId) -> Run {
    require_active(state, sender)?;
    require_active_model(state, id).map(|_| ())
}

/// The owner of a model in service.
pub(super) fn require_active_model(state: &SystemStateV1, id: ModelId) -> Run<Address> {
    match state.model_registry.models.get(&id).map(Model::state) {
        Some(ModelStateV1::Active(model)) => Ok(model.owner),
        _ => fail(Failure::ModelNotActive),
    }
}

pub(super) fn check_undo(state: &SystemStateV1, sender: Address, id: ModelId) -> Run {
    require_active(state, sender)?;
    match state.model_registry.model_report_records.get(&id) {
        Some(reporters) if reporters.contains(&sender) => Ok(()),
        _ => fail(Failure::ReportRecordNotFound),
    }
}
