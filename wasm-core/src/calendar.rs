//! What must happen with a model in which epoch, and what changes by itself.
//!
//! Deadlines count in whole epochs: a duty can be done in every epoch from its first to its last, and
//! the end of the last one is what is feared.

use crate::address::ModelId;
use crate::amount::Shannons;
use crate::system_state::{Model, ModelStateV1, SystemParameters};
use serde::{Deserialize, Serialize};

/// What an owner must do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Duty {
    /// Promise the weights of a model that was created.
    Commit,
    /// Reveal what a new model promised.
    Reveal,
    /// Reveal the new weights of an active model.
    RevealUpdate,
}

/// A duty and its time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Deadline {
    /// Which model.
    pub model: ModelId,
    /// What must be done.
    pub duty: Duty,
    /// The first epoch in which it counts.
    pub first: u64,
    /// The last epoch in which it counts.
    pub last: u64,
    /// What is slashed when the last epoch ends without it. An update lapses and costs nothing.
    pub at_stake: Shannons,
    /// It was due in an earlier epoch: the first slash has happened, and each further epoch is another.
    pub overdue: bool,
}

impl Deadline {
    /// Whether it can be done in an epoch.
    #[must_use]
    pub const fn is_due(&self, epoch: u64) -> bool {
        self.first <= epoch && epoch <= self.last
    }
}

/// Something that the end of this epoch changes by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Coming {
    /// Another commission, in basis points.
    Commission {
        /// Now.
        from: u64,
        /// From the next epoch on.
        to: u64,
    },
    /// Stake begins to count.
    Stake(Shannons),
    /// Stake leaves the pool.
    Withdrawal(Shannons),
}

impl Model {
    /// What its owner must do next, if anything; `epoch` is the current one.
    #[must_use]
    pub fn deadline(
        &self,
        id: ModelId,
        epoch: u64,
        parameters: &SystemParameters,
    ) -> Option<Deadline> {
        let stake = Shannons(self.staking_pool().soma_balance);
        let slash = stake.bps(parameters.model_reveal_slash_rate_bps);
        let deadline = |duty, first: u64, last: u64, at_stake| {
            // A commit can be made up for, at the price of a slash an epoch; a reveal cannot.
            let overdue = last < epoch;
            let last = if duty == Duty::Commit { last.max(epoch) } else { last };
            Some(Deadline { model: id, duty, first, last, at_stake, overdue })
        };
        match self.state() {
            ModelStateV1::Created(model) => {
                let created = model.create_epoch;
                deadline(Duty::Commit, created, created.saturating_add(1), slash)
            }
            ModelStateV1::Pending(model) => {
                let due = model.commit_epoch.saturating_add(1);
                deadline(Duty::Reveal, due, due, slash)
            }
            ModelStateV1::Active(model) => {
                let due = model.pending_update.as_ref()?.commit_epoch.saturating_add(1);
                deadline(Duty::RevealUpdate, due, due, Shannons::ZERO)
            }
            ModelStateV1::Inactive(_) => None,
        }
    }

    /// What the end of the present epoch changes by itself.
    #[must_use]
    pub fn coming(&self) -> Vec<Coming> {
        let (from, to) = (self.commission_rate(), self.next_epoch_commission_rate());
        let pool = self.staking_pool();
        let commission = (from != to).then_some(Coming::Commission { from, to });
        let stake = (pool.pending_stake > 0).then_some(Coming::Stake(Shannons(pool.pending_stake)));
        let leaving = pool.pending_total_soma_withdraw;
        let withdrawal = (leaving > 0).then_some(Coming::Withdrawal(Shannons(leaving)));
        // Only the pools of active models move when an epoch ends.
        let moves = if self.is_active() { [commission, stake, withdrawal] } else { [None; 3] };
        moves.into_iter().flatten().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::{Coming, Deadline, Duty};
    use crate::address::ObjectId;
    use crate::amount::Shannons;
    use crate::effects::ExecutionStatus;
    use crate::failure::ExecutionFailureStatus;
    use crate::recorded;
    use crate::system_state::{CreatedModel, Model, ModelStateV1, SystemStateV1};
    use crate::tx::TransactionKind;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    const ID: ObjectId = ObjectId([9; 32]);

    fn created(state: &SystemStateV1, create_epoch: u64) -> Model {
        let mut staking_pool = state.validators.validators[0].staking_pool.clone();
        staking_pool.soma_balance = 1_001;
        staking_pool.pending_stake = 5;
        Model::V1(ModelStateV1::Created(CreatedModel {
            owner: crate::address::Address([1; 32]),
            architecture_version: 1,
            staking_pool,
            commission_rate: 0,
            next_epoch_commission_rate: 0,
            create_epoch,
        }))
    }

    #[test]
    fn a_new_model_is_committed_before_the_next_epoch_ends_or_slashed_each_epoch() {
        let state = recorded::system_state();
        let model = created(&state, 4);
        let rate = state.parameters.model_reveal_slash_rate_bps;
        let at_stake = Shannons(1_001).bps(rate);
        let expected =
            Deadline { model: ID, duty: Duty::Commit, first: 4, last: 5, at_stake, overdue: false };
        for epoch in [4, 5] {
            assert_eq!(model.deadline(ID, epoch, &state.parameters), Some(expected));
            assert!(expected.is_due(epoch));
        }
        let late = model.deadline(ID, 8, &state.parameters).unwrap();
        assert_eq!((late.last, late.overdue, late.is_due(8)), (8, true, true));
        assert_eq!(model.coming(), [], "nothing moves in a pool that is not active");
    }

    /// Every recorded reveal: it succeeded only in the epoch that the calendar names, and where it came
    /// too early or too late, the network said so.
    #[test]
    fn reveals_that_the_network_took_were_those_that_the_calendar_asked_for() {
        let mut taken = 0;
        for step in recorded::steps() {
            let TransactionKind::RevealModel(args) = step.transaction.kind() else { continue };
            let state = &step.state;
            let model = state.model_registry.models.get(&args.model_id);
            let deadline = model
                .and_then(|model| model.deadline(args.model_id, state.epoch, &state.parameters));
            let due = deadline.is_some_and(|deadline| {
                deadline.duty != Duty::Commit && deadline.is_due(state.epoch)
            });
            match &step.status {
                ExecutionStatus::Success => {
                    assert!(due, "{}", step.name);
                    taken += 1;
                }
                ExecutionStatus::Failure {
                    error: ExecutionFailureStatus::ModelRevealEpochMismatch,
                } => assert!(!due, "{}", step.name),
                ExecutionStatus::Failure { .. } => {}
            }
        }
        assert!(taken > 0);
    }

    #[test]
    fn what_changes_by_itself_is_told_before_it_does() {
        let steps = recorded::steps();
        let with_active = |step: &&recorded::Step| step.state.model_registry.active().count() > 0;
        let state = &steps.iter().find(with_active).unwrap().state;
        let (id, model) = state.model_registry.active().next().unwrap();
        let mut model = model.clone();
        if let Model::V1(ModelStateV1::Active(active)) = &mut model {
            active.pending_update = None;
        }
        assert_eq!(model.deadline(*id, state.epoch, &state.parameters), None);
        let Model::V1(ModelStateV1::Active(active)) = &mut model else { panic!("it is active") };
        active.commission_rate = 100;
        active.next_epoch_commission_rate = 250;
        active.staking_pool.pending_stake = 7;
        active.staking_pool.pending_total_soma_withdraw = 3;
        let expected = [
            Coming::Commission { from: 100, to: 250 },
            Coming::Stake(Shannons(7)),
            Coming::Withdrawal(Shannons(3)),
        ];
        assert_eq!(model.coming(), expected);
    }
}
