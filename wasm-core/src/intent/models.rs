//! The life of a model: created, committed, revealed, retired; and reports about it.

use super::validators::active_validator;
use crate::address::{Address, ModelId};
use crate::amount::{AmountParseError, Shannons};
use crate::digest::{DecryptionKeyCommitment, EmbeddingCommitment};
use crate::manifest::Manifest;
use crate::system_state::{Model, ModelStateV1, SystemStateV1};
use crate::tensor::SomaTensor;
use crate::tx::TransactionKind;
use crate::tx::kind::{CommitModelArgs, RevealModelArgs};
use crate::weights::{Commitments, DecryptionKey};
use serde::{Deserialize, Serialize};

/// To register a model.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CreateModel {
    /// First stake, out of the account.
    pub stake: Shannons,
    /// Commission in basis points.
    pub commission_bps: u64,
}

/// Highest commission, in basis points.
pub const MAX_COMMISSION_BPS: u64 = 10_000;

/// To promise weights, embedding and key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CommitModel {
    /// Which model.
    pub model: ModelId,
    /// Where the sealed file lies, and what it is.
    pub manifest: Manifest,
    /// To the embedding.
    pub embedding: EmbeddingCommitment,
    /// To the key.
    pub decryption_key: DecryptionKeyCommitment,
}

/// To keep the promise, and make the key public.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RevealModel {
    /// Which model.
    pub model: ModelId,
    /// The key of the sealed file.
    pub key: DecryptionKey,
    /// Where the model stands in embedding space.
    pub embedding: SomaTensor,
}

/// Why a text is not the first stake of a model.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StakeError {
    /// It is no amount.
    #[error(transparent)]
    Amount(#[from] AmountParseError),
    /// It is too small.
    #[error(transparent)]
    Model(#[from] ModelError),
}

/// Why something cannot be done with a model now.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ModelError {
    /// The first stake is too small.
    #[error("a new model needs a stake of at least {least} SOMA")]
    StakeTooSmall {
        /// What the network asks for.
        least: Shannons,
    },
    /// The commission is more than everything.
    #[error("a commission cannot be more than 100 %")]
    CommissionTooHigh,
    /// There is no such model.
    #[error("there is no model {0} on this network")]
    NotFound(ModelId),
    /// It is somebody else's.
    #[error("model {model} belongs to {owner}")]
    NotOwner {
        /// Which model.
        model: ModelId,
        /// Whose it is.
        owner: Address,
    },
    /// It has been committed and waits for its reveal.
    #[error("model {0} is committed already and waits for its reveal")]
    AlreadyCommitted(ModelId),
    /// It is out of service.
    #[error("model {0} is out of service for good")]
    Inactive(ModelId),
    /// It is not in service yet.
    #[error("model {0} is not active")]
    NotActive(ModelId),
    /// Nothing waits for a reveal.
    #[error("model {0} has no commit that waits for its reveal")]
    NothingCommitted(ModelId),
    /// The epoch is not the one that counts.
    #[error("the reveal counts in epoch {due} only, and this is epoch {now}")]
    WrongEpoch {
        /// The one that counts.
        due: u64,
        /// The present one.
        now: u64,
    },
    /// Key or embedding are not what was committed.
    #[error("the {0} is not the one that was committed, so the reveal would fail")]
    OtherThanCommitted(&'static str),
    /// The embedding cannot be used.
    #[error(transparent)]
    Embedding(#[from] EmbeddingError),
    /// The file's address cannot be fetched by the network.
    #[error("the weights must lie at an http or https address")]
    NotFetchable,
    /// Only active validators report.
    #[error("only an active validator reports models, and {0} is none")]
    NotAValidator(Address),
    /// There is no report to take back.
    #[error("{reporter} has not reported model {model}")]
    NoReport {
        /// Which model.
        model: ModelId,
        /// Who would take it back.
        reporter: Address,
    },
}

/// Why values are no embedding of this network.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EmbeddingError {
    /// Too few or too many values.
    #[error("an embedding has {expected} values on this network, this one has {actual}")]
    Length {
        /// What the network uses.
        expected: u64,
        /// What there is.
        actual: u64,
    },
    /// A value is infinite or not a number.
    #[error("value {position} of the embedding is not a finite number")]
    NotFinite {
        /// Which value, counted from 1.
        position: usize,
    },
    /// All values are zero, or so small that the length is.
    #[error("an embedding needs a direction, so not all of its values can be zero")]
    Zero,
    /// The length of the vector does not fit into f32, so no distance to it could be told.
    #[error("the values of the embedding are too large to tell distances with")]
    TooLarge,
    /// It is not a plain list of values.
    #[error("an embedding is a plain list of values")]
    Shape,
}

/// Makes sure that a tensor can stand in embedding space: length, finiteness, a direction.
///
/// The chain checks none of this, and a wrong one breaks the making of targets for everybody.
///
/// # Errors
/// Where it cannot.
pub fn check_embedding(embedding: &SomaTensor, dimension: u64) -> Result<(), EmbeddingError> {
    let actual = u64::try_from(embedding.values().len()).unwrap_or(u64::MAX);
    if embedding.shape() != [actual] {
        return Err(EmbeddingError::Shape);
    }
    if actual != dimension {
        return Err(EmbeddingError::Length { expected: dimension, actual });
    }
    if let Some(at) = embedding.values().iter().position(|value| !value.is_finite()) {
        return Err(EmbeddingError::NotFinite { position: at + 1 });
    }
    let squares: f32 = embedding.values().iter().map(|value| value * value).sum();
    if squares == 0.0 {
        return Err(EmbeddingError::Zero);
    }
    if squares.is_infinite() {
        return Err(EmbeddingError::TooLarge);
    }
    Ok(())
}

/// The model, if it is there and the sender's.
pub(crate) fn own_model(
    model: ModelId,
    sender: Address,
    state: &SystemStateV1,
) -> Result<&Model, ModelError> {
    let found = state.model_registry.models.get(&model).ok_or(ModelError::NotFound(model))?;
    let owner = found.owner();
    if owner == sender { Ok(found) } else { Err(ModelError::NotOwner { model, owner }) }
}

impl CreateModel {
    /// Reads the first stake: decimal SOMA, at least what the network asks for.
    ///
    /// # Errors
    /// Where it is no such amount.
    pub fn parse_stake(text: &str, least: Shannons) -> Result<Shannons, StakeError> {
        match text.parse::<Shannons>()? {
            stake if stake < least => Err(ModelError::StakeTooSmall { least }.into()),
            stake => Ok(stake),
        }
    }

    /// The transaction, for the network as it is now.
    ///
    /// # Errors
    /// Where the network would not accept stake or commission.
    pub const fn kind(&self, state: &SystemStateV1) -> Result<TransactionKind, ModelError> {
        let parameters = &state.parameters;
        if self.stake.0 < parameters.model_min_stake {
            let least = Shannons(parameters.model_min_stake);
            return Err(ModelError::StakeTooSmall { least });
        }
        if self.commission_bps > MAX_COMMISSION_BPS {
            return Err(ModelError::CommissionTooHigh);
        }
        Ok(TransactionKind::CreateModel {
            stake_amount: self.stake.0,
            commission_rate: self.commission_bps,
            architecture_version: parameters.model_architecture_version,
        })
    }
}

impl CommitModel {
    /// The three promises.
    #[must_use]
    pub const fn commitments(&self) -> Commitments {
        Commitments {
            weights: crate::digest::WeightsCommitment::of(self.manifest.checksum()),
            embedding: self.embedding,
            decryption_key: self.decryption_key,
        }
    }

    /// The transaction, for the network as it is now.
    ///
    /// # Errors
    /// Where the model cannot be committed to now, or its file could not be fetched.
    pub fn kind(
        &self,
        sender: Address,
        state: &SystemStateV1,
    ) -> Result<TransactionKind, ModelError> {
        match own_model(self.model, sender, state)?.state() {
            ModelStateV1::Created(_) | ModelStateV1::Active(_) => {}
            ModelStateV1::Pending(_) => return Err(ModelError::AlreadyCommitted(self.model)),
            ModelStateV1::Inactive(_) => return Err(ModelError::Inactive(self.model)),
        }
        if !self.manifest.url().is_http() {
            return Err(ModelError::NotFetchable);
        }
        let Commitments { weights, embedding, decryption_key } = self.commitments();
        Ok(TransactionKind::CommitModel(CommitModelArgs {
            model_id: self.model,
            manifest: self.manifest.clone(),
            weights_commitment: weights,
            embedding_commitment: embedding,
            decryption_key_commitment: decryption_key,
        }))
    }
}

impl RevealModel {
    /// The transaction, for the network as it is now.
    ///
    /// # Errors
    /// Where nothing waits for the reveal, this is not its epoch, or key or embedding are not what was
    /// committed.
    pub fn kind(
        &self,
        sender: Address,
        state: &SystemStateV1,
    ) -> Result<TransactionKind, ModelError> {
        let (embedding, key, committed_in) = match own_model(self.model, sender, state)?.state() {
            ModelStateV1::Pending(model) => {
                (model.embedding_commitment, model.decryption_key_commitment, model.commit_epoch)
            }
            ModelStateV1::Active(model) => {
                let update = model.pending_update.as_ref();
                let update = update.ok_or(ModelError::NothingCommitted(self.model))?;
                let key = update.decryption_key_commitment;
                (update.embedding_commitment, key, update.commit_epoch)
            }
            ModelStateV1::Created(_) => {
                return Err(ModelError::NothingCommitted(self.model));
            }
            ModelStateV1::Inactive(_) => return Err(ModelError::Inactive(self.model)),
        };
        let due = committed_in.saturating_add(1);
        if state.epoch != due {
            return Err(ModelError::WrongEpoch { due, now: state.epoch });
        }
        if DecryptionKeyCommitment::of(&self.key) != key {
            return Err(ModelError::OtherThanCommitted("key"));
        }
        if EmbeddingCommitment::of(&self.embedding) != embedding {
            return Err(ModelError::OtherThanCommitted("embedding"));
        }
        check_embedding(&self.embedding, state.parameters.target_embedding_dim)?;
        Ok(TransactionKind::RevealModel(RevealModelArgs {
            model_id: self.model,
            decryption_key: self.key.clone(),
            embedding: self.embedding.clone(),
        }))
    }
}
/// The active model of this id, if it is the sender's.
fn own_active_model(
    model: ModelId,
    sender: Address,
    state: &SystemStateV1,
) -> Result<(), ModelError> {
    require_active(model, own_model(model, sender, state)?)
}

const fn require_active(id: ModelId, model: &Model) -> Result<(), ModelError> {
    match model.state() {
        ModelStateV1::Active(_) => Ok(()),
        ModelStateV1::Inactive(_) => Err(ModelError::Inactive(id)),
        ModelStateV1::Created(_) | ModelStateV1::Pending(_) => Err(ModelError::NotActive(id)),
    }
}

/// Sets a model's commission from the next epoch on.
///
/// # Errors
/// Where the model is not the sender's or not active, or the commission too high.
pub fn set_model_commission(
    model_id: ModelId,
    commission_bps: u64,
    sender: Address,
    state: &SystemStateV1,
) -> Result<TransactionKind, ModelError> {
    if commission_bps > MAX_COMMISSION_BPS {
        return Err(ModelError::CommissionTooHigh);
    }
    own_active_model(model_id, sender, state)?;
    Ok(TransactionKind::SetModelCommissionRate { model_id, new_rate: commission_bps })
}

/// Takes a model out of service for good.
///
/// # Errors
/// Where the model is not the sender's or not active.
pub fn deactivate_model(
    model_id: ModelId,
    sender: Address,
    state: &SystemStateV1,
) -> Result<TransactionKind, ModelError> {
    own_active_model(model_id, sender, state)?;
    Ok(TransactionKind::DeactivateModel { model_id })
}

/// Reports a model.
///
/// # Errors
/// Where the sender is no active validator, or the model not active.
pub fn report_model(
    model_id: ModelId,
    sender: Address,
    state: &SystemStateV1,
) -> Result<TransactionKind, ModelError> {
    require_validator(sender, state)?;
    let model = state.model_registry.models.get(&model_id);
    require_active(model_id, model.ok_or(ModelError::NotFound(model_id))?)?;
    Ok(TransactionKind::ReportModel { model_id })
}

/// Takes a report of a model back.
///
/// # Errors
/// Where the sender is no active validator, or has not reported it.
pub fn undo_report_model(
    model_id: ModelId,
    sender: Address,
    state: &SystemStateV1,
) -> Result<TransactionKind, ModelError> {
    require_validator(sender, state)?;
    let reporters = state.model_registry.model_report_records.get(&model_id);
    if !reporters.is_some_and(|reporters| reporters.contains(&sender)) {
        return Err(ModelError::NoReport { model: model_id, reporter: sender });
    }
    Ok(TransactionKind::UndoReportModel { model_id })
}

fn require_validator(sender: Address, state: &SystemStateV1) -> Result<(), ModelError> {
    active_validator(sender, state).map(|_| ()).ok_or(ModelError::NotAValidator(sender))
}
