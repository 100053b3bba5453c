//! To submit data for a target, to claim its reward, and to report a submission.

use super::models::{EmbeddingError, check_embedding};
use super::validators::active_validator;
use crate::address::{Address, ModelId, ObjectId, TargetId};
use crate::amount::Shannons;
use crate::manifest::{Manifest, SubmissionManifest};
use crate::object::{Object, ObjectRef};
use crate::system_state::{ModelStateV1, SystemStateV1};
use crate::target::{TargetStatus, TargetV1};
use crate::tensor::SomaTensor;
use crate::tx::TransactionKind;
use crate::tx::kind::SubmitDataArgs;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// To submit data that hits a target.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SubmitData {
    /// Which target.
    pub target: TargetId,
    /// The model that scored best.
    pub model: ModelId,
    /// Where the data lies, and what it is.
    pub manifest: Manifest,
    /// The data's embedding.
    pub embedding: SomaTensor,
    /// Distance to the target; shape `[1]`.
    pub distance: SomaTensor,
    /// Loss of each model; shape `[n]`.
    pub losses: SomaTensor,
}

/// Why something cannot be done with a target now.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TargetError {
    /// There is no such target.
    #[error("there is no target {0}; it may have been claimed already")]
    NotFound(TargetId),
    /// Data was submitted already.
    #[error("target {0} has been filled already")]
    Filled(TargetId),
    /// It is settled.
    #[error("the reward of target {0} has been claimed already")]
    Claimed(TargetId),
    /// Its epoch is over.
    #[error("target {target} could be filled in epoch {generated} only, and this is epoch {now}")]
    Expired {
        /// Which target.
        target: TargetId,
        /// Its epoch.
        generated: u64,
        /// The present one.
        now: u64,
    },
    /// The model was not drawn for it.
    #[error("model {model} is not one of those that target {target} is scored with")]
    ModelNotInTarget {
        /// Which model.
        model: ModelId,
        /// Which target.
        target: TargetId,
    },
    /// The embedding is none, or of another length than the target's.
    #[error(transparent)]
    Embedding(#[from] EmbeddingError),
    /// The distance is not one finite number.
    #[error("a distance is one finite number")]
    Distance,
    /// The losses are not a list of finite numbers.
    #[error("losses are a list of finite numbers")]
    Losses,
    /// The data is too far from the target.
    #[error("the data is {distance} away from the target, and at most {threshold} counts")]
    TooFar {
        /// How far.
        distance: SomaTensor,
        /// How far at most.
        threshold: SomaTensor,
    },
    /// The data is too large.
    #[error("the data has {size} bytes, and at most {most} may be submitted")]
    TooLarge {
        /// Bytes of the data.
        size: u64,
        /// Bytes at most.
        most: u64,
    },
    /// The bond cannot exist.
    #[error("the bond for {0} bytes of data is more than can exist")]
    Bond(u64),
    /// The data's address cannot be fetched by the network.
    #[error("the data must lie at an http or https address")]
    NotFetchable,
    /// The model has gone out of service since the target was made.
    #[error("model {0} is not active any more")]
    ModelNotActive(ModelId),
    /// Validators may still report it.
    #[error(
        "target {target} was filled in epoch {filled}; validators may report it in the next epoch, and \
         it can be claimed from epoch {} on", .filled.saturating_add(2)
    )]
    AuditOpen {
        /// Which target.
        target: TargetId,
        /// When it was filled.
        filled: u64,
    },
    /// It waits for data in this epoch.
    #[error("target {0} is open, so there is nothing to claim before its epoch ends")]
    StillOpen(TargetId),
    /// Nothing was submitted that could be reported.
    #[error("nothing has been submitted for target {0}")]
    NotFilled(TargetId),
    /// Only in the epoch after it was filled.
    #[error(
        "a submission of epoch {filled} can be reported in epoch {} only, and this is epoch {now}",
        .filled.saturating_add(1)
    )]
    AuditClosed {
        /// When it was filled.
        filled: u64,
        /// The present epoch.
        now: u64,
    },
    /// Only active validators report.
    #[error("only an active validator reports submissions, and {0} is none")]
    NotAValidator(Address),
    /// There is no report to take back.
    #[error("{reporter} has not reported the submission for target {target}")]
    NoReport {
        /// Which target.
        target: TargetId,
        /// Who would take it back.
        reporter: Address,
    },
}

/// The target of this id.
///
/// # Errors
/// Where there is no object of that id, or it is no target.
pub fn target_of(
    id: TargetId,
    objects: &BTreeMap<ObjectId, Object>,
) -> Result<TargetV1, TargetError> {
    let object = objects.get(&id).ok_or(TargetError::NotFound(id))?;
    object.target().map_err(|_| TargetError::NotFound(id))
}

fn is_finite(tensor: &SomaTensor) -> bool {
    tensor.values().iter().all(|value| value.is_finite())
}

fn is_vector(tensor: &SomaTensor) -> bool {
    tensor.shape() == [tensor.values().len() as u64]
}

impl SubmitData {
    /// Makes sure that the submission hits, in the chain's order, and says what bond it needs.
    ///
    /// # Errors
    /// Where the target would not take it.
    pub fn check(
        &self,
        state: &SystemStateV1,
        objects: &BTreeMap<ObjectId, Object>,
    ) -> Result<Shannons, TargetError> {
        self.check_against(&target_of(self.target, objects)?, state)
    }

    /// The same with the target at hand.
    ///
    /// # Errors
    /// Where the target would not take it.
    pub fn check_against(
        &self,
        target: &TargetV1,
        state: &SystemStateV1,
    ) -> Result<Shannons, TargetError> {
        match target.status {
            TargetStatus::Open => {}
            TargetStatus::Filled { .. } => return Err(TargetError::Filled(self.target)),
            TargetStatus::Claimed => return Err(TargetError::Claimed(self.target)),
        }
        if state.epoch > target.generation_epoch {
            let (generated, now) = (target.generation_epoch, state.epoch);
            return Err(TargetError::Expired { target: self.target, generated, now });
        }
        if !target.model_ids.contains(&self.model) {
            let (model, target) = (self.model, self.target);
            return Err(TargetError::ModelNotInTarget { model, target });
        }
        check_embedding(&self.embedding, target.embedding.values().len() as u64)?;
        self.check_scores(target)?;
        let bond = self.bond(state)?;
        // A bond would be stranded if the model were found out of service only later.
        let model = state.model_registry.models.get(&self.model);
        match model.map(crate::system_state::Model::state) {
            Some(ModelStateV1::Active(_)) => Ok(bond),
            _ => Err(TargetError::ModelNotActive(self.model)),
        }
    }

    fn check_scores(&self, target: &TargetV1) -> Result<(), TargetError> {
        let single = |tensor: &SomaTensor| {
            tensor.as_scalar().filter(|value| is_vector(tensor) && value.is_finite())
        };
        let distance = single(&self.distance).ok_or(TargetError::Distance)?;
        let threshold = target.distance_threshold.as_scalar().ok_or(TargetError::Distance)?;
        if distance > threshold {
            return Err(TargetError::TooFar {
                distance: self.distance.clone(),
                threshold: target.distance_threshold.clone(),
            });
        }
        if !is_vector(&self.losses) || !is_finite(&self.losses) {
            return Err(TargetError::Losses);
        }
        Ok(())
    }

    fn bond(&self, state: &SystemStateV1) -> Result<Shannons, TargetError> {
        let parameters = &state.parameters;
        let (size, most) = (self.manifest.size(), parameters.max_submission_data_size);
        if size > most {
            return Err(TargetError::TooLarge { size, most });
        }
        if !self.manifest.url().is_http() {
            return Err(TargetError::NotFetchable);
        }
        let bond = size.checked_mul(parameters.submission_bond_per_byte);
        bond.map(Shannons).ok_or(TargetError::Bond(size))
    }

    /// The transaction, with the bond out of the coin that also pays the fee.
    #[must_use]
    pub fn kind(&self, bond_coin: ObjectRef) -> TransactionKind {
        TransactionKind::SubmitData(SubmitDataArgs {
            target_id: self.target,
            data_manifest: SubmissionManifest { manifest: self.manifest.clone() },
            model_id: self.model,
            embedding: self.embedding.clone(),
            distance_score: self.distance.clone(),
            loss_score: self.losses.clone(),
            bond_coin,
        })
    }
}

/// Settles a target, one's own or anybody's, whose reward is due or whose epoch is over.
///
/// # Errors
/// Where it cannot be settled now.
pub fn claim_rewards(
    target_id: TargetId,
    state: &SystemStateV1,
    objects: &BTreeMap<ObjectId, Object>,
) -> Result<TransactionKind, TargetError> {
    let target = target_of(target_id, objects)?;
    match target.status {
        TargetStatus::Claimed => Err(TargetError::Claimed(target_id)),
        TargetStatus::Filled { fill_epoch } if state.epoch <= fill_epoch.saturating_add(1) => {
            Err(TargetError::AuditOpen { target: target_id, filled: fill_epoch })
        }
        TargetStatus::Open if state.epoch <= target.generation_epoch => {
            Err(TargetError::StillOpen(target_id))
        }
        TargetStatus::Filled { .. } | TargetStatus::Open => {
            Ok(TransactionKind::ClaimRewards { target_id })
        }
    }
}

/// The target, if now is the epoch in which the sender may report its submission.
fn reportable(
    target_id: TargetId,
    sender: Address,
    state: &SystemStateV1,
    objects: &BTreeMap<ObjectId, Object>,
) -> Result<TargetV1, TargetError> {
    active_validator(sender, state).ok_or(TargetError::NotAValidator(sender))?;
    let target = target_of(target_id, objects)?;
    match target.status {
        TargetStatus::Open => Err(TargetError::NotFilled(target_id)),
        TargetStatus::Claimed => Err(TargetError::Claimed(target_id)),
        TargetStatus::Filled { fill_epoch } if fill_epoch.checked_add(1) != Some(state.epoch) => {
            Err(TargetError::AuditClosed { filled: fill_epoch, now: state.epoch })
        }
        TargetStatus::Filled { .. } => Ok(target),
    }
}

/// Reports the submission for a target.
///
/// # Errors
/// Where the sender is no active validator, or this is not the epoch for it.
pub fn report_submission(
    target_id: TargetId,
    sender: Address,
    state: &SystemStateV1,
    objects: &BTreeMap<ObjectId, Object>,
) -> Result<TransactionKind, TargetError> {
    reportable(target_id, sender, state, objects)?;
    Ok(TransactionKind::ReportSubmission { target_id })
}

/// Takes a report of a submission back.
///
/// # Errors
/// Where the sender is no active validator, this is not the epoch for it, or there is no report.
pub fn undo_report_submission(
    target_id: TargetId,
    sender: Address,
    state: &SystemStateV1,
    objects: &BTreeMap<ObjectId, Object>,
) -> Result<TransactionKind, TargetError> {
    let target = reportable(target_id, sender, state, objects)?;
    if !target.submission_reports.contains(&sender) {
        return Err(TargetError::NoReport { target: target_id, reporter: sender });
    }
    Ok(TransactionKind::UndoReportSubmission { target_id })
}

#[cfg(test)]
mod tests {
    use super::{SubmitData, TargetError};
    use crate::effects::ExecutionStatus;
    use crate::intent::EmbeddingError;
    use crate::manifest::Manifest;
    use crate::recorded::{self, Step};
    use crate::tensor::SomaTensor;
    use crate::tx::TransactionKind;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    /// A recorded submission that succeeded.
    fn recorded_hit() -> (Step, SubmitData) {
        for step in recorded::steps() {
            if let (ExecutionStatus::Success, TransactionKind::SubmitData(args)) =
                (&step.status, step.transaction.kind())
            {
                let submit = SubmitData {
                    target: args.target_id,
                    model: args.model_id,
                    manifest: args.data_manifest.manifest.clone(),
                    embedding: args.embedding.clone(),
                    distance: args.distance_score.clone(),
                    losses: args.loss_score.clone(),
                };
                return (step, submit);
            }
        }
        panic!("no recorded submission succeeded");
    }

    #[test]
    fn scores_that_the_chain_would_take_and_nobody_could_audit_are_refused() {
        let (step, hit) = recorded_hit();
        let of = |submit: &SubmitData| submit.check(&step.state, &step.objects());
        assert!(of(&hit).is_ok());
        for distance in [SomaTensor::scalar(f32::NAN), SomaTensor::vector(vec![0.1, 0.1])] {
            assert_eq!(of(&SubmitData { distance, ..hit.clone() }), Err(TargetError::Distance));
        }
        let losses = SomaTensor::vector(vec![f32::INFINITY]);
        assert_eq!(of(&SubmitData { losses, ..hit.clone() }), Err(TargetError::Losses));
        let zeros = SomaTensor::vector(vec![0.0; hit.embedding.values().len()]);
        let nowhere = of(&SubmitData { embedding: zeros, ..hit.clone() });
        assert_eq!(nowhere, Err(TargetError::Embedding(EmbeddingError::Zero)));
        let (checksum, size) = (hit.manifest.checksum(), hit.manifest.size());
        let manifest = Manifest::new("ftp://x/".parse().unwrap(), checksum, size);
        assert_eq!(of(&SubmitData { manifest, ..hit }), Err(TargetError::NotFetchable));
    }

    #[test]
    fn a_bond_is_so_much_for_each_byte() {
        let (step, hit) = recorded_hit();
        let bond = hit.check(&step.state, &step.objects()).unwrap();
        assert_eq!(bond.0, hit.manifest.size() * step.state.parameters.submission_bond_per_byte);
        assert!(bond.0 > 0);
    }

    #[test]
    fn the_bond_is_put_up_by_the_coin_that_pays() {
        let (step, hit) = recorded_hit();
        let coin = step.transaction.gas_payment()[0];
        let TransactionKind::SubmitData(args) = hit.kind(coin) else { panic!("another kind") };
        assert_eq!(args.bond_coin, coin);
    }
}
