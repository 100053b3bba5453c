//! What settling a target brings, before anything is prepared.

use crate::address::Address;
use crate::amount::Shannons;
use crate::fees::FeeParameters;
use crate::listing::ListedTarget;
use crate::preview::{Payment, Settlement};
use crate::system_state::SystemStateV1;
use crate::target::TargetV1;
use crate::tensor::SomaTensor;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// Objects that settling writes beside a coin for each payment: the coin that pays the fee, and the
/// system state.
const OTHER_WRITES: u64 = 2;

/// What settling a target brings everybody and costs whoever does it, once it may be settled.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Prospect {
    /// Who is paid, and what.
    pub settlement: Settlement,
    /// What settling costs.
    pub fee: Shannons,
}

impl Prospect {
    /// What comes of a target if `claimer` settles it, with parameters, validators and reports as
    /// they are now.
    #[must_use]
    pub fn of(target: &TargetV1, state: &SystemStateV1, claimer: Address) -> Self {
        let settlement = Settlement::once_due(target, state, claimer);
        let coins = u64::try_from(settlement.payments.len()).unwrap_or(u64::MAX);
        let fees = FeeParameters::from(&state.parameters);
        let fee = fees.stake(coins.saturating_add(OTHER_WRITES), target.reward_pool);
        Self { settlement, fee: Shannons(fee.total_fee) }
    }

    /// The same of a target as a node lists it, which does not tell reports: as if there were none.
    #[must_use]
    pub fn of_listed(target: &ListedTarget, state: &SystemStateV1, claimer: Address) -> Self {
        let target = TargetV1 {
            embedding: SomaTensor::vector(Vec::new()),
            model_ids: Vec::new(),
            distance_threshold: SomaTensor::scalar(target.distance_threshold),
            reward_pool: target.reward_pool,
            generation_epoch: target.generation_epoch,
            status: target.target_status(),
            submitter: target.submitter,
            winning_model_id: target.winning_model_id,
            winning_model_owner: target.winning_model_owner,
            bond_amount: target.bond_amount,
            winning_data_manifest: None,
            winning_embedding: None,
            winning_distance_score: None,
            winning_loss_score: None,
            submission_reports: BTreeSet::new(),
        };
        Self::of(&target, state, claimer)
    }

    /// What an address is paid.
    #[must_use]
    pub fn paid_to(&self, address: Address) -> Shannons {
        self.settlement.paid_to(address)
    }

    /// The payments to an address.
    pub fn payments_to(&self, address: Address) -> impl Iterator<Item = &Payment> {
        self.settlement.payments.iter().filter(move |payment| payment.to == address)
    }

    /// What whoever settles it has afterwards more, or less, than before.
    #[must_use]
    pub fn profit(&self, claimer: Address) -> i128 {
        i128::from(self.paid_to(claimer).0) - i128::from(self.fee.0)
    }
}

#[cfg(test)]
mod tests {
    use super::Prospect;
    use crate::address::Address;
    use crate::amount::Shannons;
    use crate::effects::ExecutionStatus;
    use crate::listing::{ListedStatus, ListedTarget};
    use crate::preview::PaidAs;
    use crate::recorded;
    use crate::target::TargetV1;
    use crate::tx::TransactionKind;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    /// Every recorded claim that succeeded, with its target before it.
    fn claims() -> Vec<(recorded::Step, TargetV1)> {
        let steps = recorded::steps().into_iter();
        let claim = |step: recorded::Step| {
            let TransactionKind::ClaimRewards { target_id } = step.transaction.kind() else {
                return None;
            };
            let target = step.objects().get(target_id)?.target().ok()?;
            (step.status == ExecutionStatus::Success).then_some((step, target))
        };
        steps.filter_map(claim).collect()
    }

    #[test]
    fn every_recorded_claim_paid_and_cost_what_was_foreseen() {
        let claims = claims();
        assert!(claims.len() >= 6, "{}", claims.len());
        let mut paid_as = std::collections::BTreeSet::new();
        for (step, target) in claims {
            let claimer = step.transaction.sender();
            let prospect = Prospect::of(&target, &step.state, claimer);
            assert_eq!(prospect.fee, Shannons(step.did.fee.total_fee), "{}", step.name);
            assert_eq!(prospect.profit(claimer), step.did.balance_change(claimer), "{}", step.name);
            for payment in &prospect.settlement.payments {
                paid_as.insert(payment.paid_as);
                if payment.to != claimer {
                    let got = step.did.balance_change(payment.to);
                    assert_eq!(i128::from(prospect.paid_to(payment.to).0), got, "{}", step.name);
                }
            }
        }
        let all = [
            PaidAs::Submitter,
            PaidAs::ModelOwner,
            PaidAs::Claimer,
            PaidAs::Bond,
            PaidAs::Reporter,
        ];
        assert!(all.iter().all(|role| paid_as.contains(role)), "{paid_as:?}");
    }

    #[test]
    fn a_listing_foretells_what_the_object_does_where_nobody_reported() {
        let mut compared = 0;
        for (step, mut target) in claims() {
            target.submission_reports.clear();
            let TransactionKind::ClaimRewards { target_id } = step.transaction.kind() else {
                panic!("a claim")
            };
            let listed = ListedTarget {
                id: *target_id,
                status: ListedStatus::of(&target, step.state.epoch),
                generation_epoch: target.generation_epoch,
                reward_pool: target.reward_pool,
                distance_threshold: 1.0,
                embedding: Vec::new(),
                model_ids: Vec::new(),
                fill_epoch: match target.status {
                    crate::target::TargetStatus::Filled { fill_epoch } => Some(fill_epoch),
                    _ => None,
                },
                submitter: target.submitter,
                winning_model_id: None,
                winning_model_owner: target.winning_model_owner,
                bond_amount: target.bond_amount,
                data_url: None,
            };
            let claimer = step.transaction.sender();
            assert_eq!(
                Prospect::of_listed(&listed, &step.state, claimer),
                Prospect::of(&target, &step.state, claimer)
            );
            compared += 1;
        }
        assert!(compared >= 6, "{compared}");
    }

    #[test]
    fn a_small_reward_is_settled_at_a_loss_and_counts_all_roles_of_the_claimer() {
        let (step, mut target) =
            claims().into_iter().find(|(_, target)| target.bond_amount > 0).unwrap();
        target.submission_reports.clear();
        let me = Address([42; 32]);
        target.reward_pool = 1_000;
        assert!(Prospect::of(&target, &step.state, me).profit(me) < 0);
        target.submitter = Some(me);
        target.winning_model_owner = Some(me);
        let prospect = Prospect::of(&target, &step.state, me);
        assert_eq!(prospect.paid_to(me), Shannons(1_000 + target.bond_amount));
        let roles: Vec<_> = prospect.payments_to(me).map(|payment| payment.paid_as).collect();
        assert_eq!(roles, [PaidAs::Submitter, PaidAs::ModelOwner, PaidAs::Claimer, PaidAs::Bond]);
    }
}
