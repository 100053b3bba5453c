//! What filling a target would bring, by the parameters in force.

use crate::address::Address;
use crate::amount::Shannons;
use crate::fees::FeeParameters;
use crate::preview::{PaidAs, is_replaced};
use crate::system_state::SystemStateV1;
use crate::target::{TargetStatus, TargetV1};
use crate::targets::Prospect;
use crate::tensor::SomaTensor;
use std::collections::BTreeSet;

/// Objects that a submission writes: the coin that pays the fee and the bond, the target, and the
/// system state.
const SUBMISSION_WRITES: u64 = 3;

/// What an account gains and spends where it fills a target and settles it itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pay {
    /// What it is paid, the bond left out, which comes back with it.
    pub paid: Shannons,
    /// Fees of submitting and of settling.
    pub fees: Shannons,
}

impl Pay {
    /// What is left after fees; below zero where they are higher.
    #[must_use]
    pub fn left(&self) -> i128 {
        i128::from(self.paid.0) - i128::from(self.fees.0)
    }

    /// The pay for a target of a reward, if parameters stay what they are and nobody reports.
    /// `owns_winner` says whether the winning model is the account's own.
    #[must_use]
    pub fn of(
        reward: Shannons,
        owns_winner: bool,
        account: Address,
        state: &SystemStateV1,
    ) -> Self {
        let mut other = account;
        other.0[0] ^= 1;
        // Whether there is a bond decides how many coins are paid out, how high it is nothing.
        let has_bond = state.parameters.submission_bond_per_byte > 0;
        let filled = TargetV1 {
            embedding: SomaTensor::vector(Vec::new()),
            model_ids: Vec::new(),
            distance_threshold: SomaTensor::scalar(0.0),
            reward_pool: reward.0,
            generation_epoch: state.epoch,
            status: TargetStatus::Filled { fill_epoch: state.epoch },
            submitter: Some(account),
            winning_model_id: None,
            winning_model_owner: Some(if owns_winner { account } else { other }),
            bond_amount: u64::from(has_bond),
            winning_data_manifest: None,
            winning_embedding: None,
            winning_distance_score: None,
            winning_loss_score: None,
            submission_reports: BTreeSet::new(),
        };
        let prospect = Prospect::of(&filled, state, account);
        let gains = prospect.payments_to(account).filter(|payment| payment.paid_as != PaidAs::Bond);
        let paid = gains.fold(0_u64, |sum, payment| sum.saturating_add(payment.amount.0));
        let fees = submission_fee(state).0.saturating_add(prospect.fee.0);
        Self { paid: Shannons(paid), fees: Shannons(fees) }
    }
}

/// What submitting data costs where one coin pays the fee and the bond and is not used up.
#[must_use]
pub fn submission_fee(state: &SystemStateV1) -> Shannons {
    let writes = SUBMISSION_WRITES + u64::from(is_replaced(state));
    Shannons(FeeParameters::from(&state.parameters).flat(writes).total_fee)
}

#[cfg(test)]
mod tests {
    use super::{Pay, submission_fee};
    use crate::address::Address;
    use crate::amount::Shannons;
    use crate::effects::ExecutionStatus;
    use crate::preview::{Change, ObjectChange, Preview};
    use crate::recorded;
    use crate::targets::Prospect;
    use crate::tx::TransactionKind;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    #[test]
    fn every_recorded_submission_cost_what_was_foreseen() {
        let mut compared = 0;
        for mut step in recorded::steps() {
            let TransactionKind::SubmitData(args) = step.transaction.kind() else { continue };
            if step.status != ExecutionStatus::Success {
                continue;
            }
            // A bond out of another coin than the fee writes that, too.
            let gas = step.transaction.gas_payment()[0].id;
            let is_rest = |change: &&ObjectChange| {
                change.id == args.bond_coin.id
                    && change.id != gas
                    && change.change == Change::Changed
            };
            let rests = step.did.object_changes.iter().filter(is_rest).count();
            let more = u64::try_from(rests).unwrap() * step.state.parameters.write_object_fee;
            let fee = step.did.fee.total_fee;
            assert_eq!(submission_fee(&step.state).0 + more, fee, "{}", step.name);
            // The same where the network has nothing left to make another target of.
            step.state.emission_pool.balance = 0;
            let told = Preview::of(&step.transaction, &step.current()).unwrap().fee.total_fee;
            assert_eq!(submission_fee(&step.state).0 + more, told, "{}", step.name);
            assert!(told < fee, "{}", step.name);
            compared += 1;
        }
        assert!(compared >= 10, "{compared}");
    }

    #[test]
    fn every_recorded_claim_of_ones_own_data_pays_what_was_foreseen() {
        let mut owned = [0, 0];
        for step in recorded::steps() {
            let TransactionKind::ClaimRewards { target_id } = step.transaction.kind() else {
                continue;
            };
            let target = step.objects().get(target_id).and_then(|it| it.target().ok());
            let Some(mut target) = target.filter(|it| it.submitter.is_some()) else { continue };
            if step.status != ExecutionStatus::Success {
                continue;
            }
            // Data of no bytes has no bond; none such is ever queued.
            if target.bond_amount == 0 {
                continue;
            }
            target.submission_reports.clear();
            let me = target.submitter.unwrap();
            let owns = target.winning_model_owner == Some(me);
            owned[usize::from(owns)] += 1;
            let prospect = Prospect::of(&target, &step.state, me);
            let pay = Pay::of(Shannons(target.reward_pool), owns, me, &step.state);
            assert_eq!(pay.paid.0 + target.bond_amount, prospect.paid_to(me).0, "{}", step.name);
            let submission = submission_fee(&step.state).0;
            assert_eq!(pay.fees.0, prospect.fee.0 + submission, "{}", step.name);
        }
        assert!(owned.iter().sum::<u32>() >= 3, "{owned:?}");
    }

    #[test]
    fn an_own_model_brings_its_share_too_and_fees_may_be_more_than_all() {
        let state = recorded::system_state();
        let me = Address([7; 32]);
        let pay = |owns| Pay::of(Shannons(10_001), owns, me, &state);
        // 4976, and 50 for settling; as the model's owner all of it.
        assert_eq!((pay(false).paid, pay(true).paid), (Shannons(5_026), Shannons(10_001)));
        assert_eq!(pay(false).fees, pay(true).fees);
        assert!(Pay::of(Shannons(1), false, me, &state).left() < 0);
        let mut free = state.clone();
        free.parameters.submission_bond_per_byte = 0;
        let without = Pay::of(Shannons(10_001), false, me, &free);
        assert_eq!(without.paid, pay(false).paid);
        let coin = state.parameters.write_object_fee;
        assert_eq!(without.fees.0, pay(false).fees.0 - coin, "no coin for a bond");
    }
}
