//! Data for targets: bonds, targets that take a filled one's place, reports, and who is paid what.

use super::error::{Defect, Run, Stop, fail};
use super::models::require_active_model;
use super::sketch::Sketch;
use super::validators::require_active;
use crate::address::{Address, TargetId};
use crate::amount::Shannons;
use crate::failure::ExecutionFailureStatus as Failure;
use crate::system_state::{Model, ModelStateV1, SystemParameters, SystemStateV1};
use crate::target::{TargetStage, TargetStatus, TargetV1};
use crate::tx::kind::SubmitDataArgs;
use serde::{Deserialize, Serialize};

/// Voting power, of 10,000, that decides.
pub const QUORUM: u64 = 6_667;

/// First protocol whose targets of an epoch must fit into a budget.
const BUDGET_SINCE: u64 = 3;

/// Shannons to be staked for the honesty of so many bytes of data; none where they are more than
/// can exist.
#[must_use]
pub const fn bond(state: &SystemStateV1, data_size: u64) -> Option<u64> {
    data_size.checked_mul(state.parameters.submission_bond_per_byte)
}

/// Whether another target takes the place of one that is filled now.
#[must_use]
pub fn is_replaced(state: &SystemStateV1) -> bool {
    // Only models that can be compared with a target can be drawn for it.
    let dimension = state.parameters.target_embedding_dim;
    let can_be_drawn = |model: &Model| match model.state() {
        ModelStateV1::Active(model) => {
            u64::try_from(model.embedding.values().len()) == Ok(dimension)
        }
        _ => false,
    };
    let reward = state.target_state.reward_per_target;
    if !state.model_registry.models.values().any(can_be_drawn)
        || state.emission_pool.balance < reward
    {
        return false;
    }
    if state.protocol_version < BUDGET_SINCE {
        return true;
    }
    let targets = state.target_state.targets_generated_this_epoch.saturating_add(1);
    let budget = Shannons(state.emission_pool.emission_per_epoch)
        .bps(state.parameters.target_reward_allocation_bps);
    targets.saturating_mul(reward) <= budget.0
}

fn check_submission(target: &TargetV1, state: &SystemStateV1, args: &SubmitDataArgs) -> Run {
    let current_epoch = state.epoch;
    if target.status != TargetStatus::Open {
        return fail(Failure::TargetNotOpen);
    }
    if current_epoch > target.generation_epoch {
        let generation_epoch = target.generation_epoch;
        return fail(Failure::TargetExpired { generation_epoch, current_epoch });
    }
    if !target.model_ids.contains(&args.model_id) {
        let (model_id, target_id) = (args.model_id, args.target_id);
        return fail(Failure::ModelNotInTarget { model_id, target_id });
    }
    let len = |values: &[f32]| u64::try_from(values.len()).unwrap_or(u64::MAX);
    let (expected, actual) = (len(target.embedding.values()), len(args.embedding.values()));
    if expected != actual {
        return fail(Failure::EmbeddingDimensionMismatch { expected, actual });
    }
    // The chain lets a distance that is no number pass.
    let (Some(score), Some(threshold)) = (
        args.distance_score.as_scalar().filter(|score| !score.is_nan()),
        target.distance_threshold.as_scalar(),
    ) else {
        return Err(Defect::DistanceIsNoNumber.into());
    };
    if score > threshold {
        return fail(Failure::DistanceExceedsThreshold {
            score: args.distance_score.clone(),
            threshold: target.distance_threshold.clone(),
        });
    }
    let (size, max_size) =
        (args.data_manifest.manifest.size(), state.parameters.max_submission_data_size);
    if size > max_size {
        return fail(Failure::DataExceedsMaxSize { size, max_size });
    }
    Ok(())
}

fn take_bond(sketch: &mut Sketch<'_>, args: &SubmitDataArgs) -> Run {
    let Some(required) = bond(sketch.state(), args.data_manifest.manifest.size()) else {
        return fail(Failure::ArithmeticOverflow);
    };
    let coin = args.bond_coin.id;
    let provided = sketch.coin(coin)?;
    let failure = Failure::InsufficientBond { required, provided };
    match sketch.spend(coin, provided, required, failure)? {
        0 if !sketch.is_gas(coin) => sketch.delete(coin),
        rest => sketch.set_coin(coin, rest),
    }
    Ok(())
}

pub(super) fn submit(sketch: &mut Sketch<'_>, args: &SubmitDataArgs) -> Run {
    let state = sketch.state();
    check_submission(sketch.target(args.target_id)?, state, args)?;
    take_bond(sketch, args)?;
    require_active_model(state, args.model_id)?;
    sketch.touch(args.target_id);
    if is_replaced(state) {
        // The first id is left out, and the second seeds the new target.
        sketch.allot_id();
        sketch.allot_id();
        sketch.create_target();
    }
    sketch.touch_state();
    Ok(())
}

/// How the reward of a target is divided, by the parameters in force.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shares {
    /// Whoever submitted the data. What does not divide is its.
    pub submitter: Shannons,
    /// Whoever owned the winning model when the data was submitted.
    pub model_owner: Shannons,
    /// Whoever settles the target.
    pub claimer: Shannons,
}

impl Shares {
    /// The shares of a reward.
    #[must_use]
    pub fn of(reward: Shannons, parameters: &SystemParameters) -> Self {
        let model_owner = reward.bps(parameters.target_model_reward_share_bps);
        let claimer = reward.bps(parameters.target_claimer_incentive_bps);
        let rest = reward.0.saturating_sub(model_owner.0).saturating_sub(claimer.0);
        Self { submitter: Shannons(rest), model_owner, claimer }
    }
}

/// What somebody is paid for when a target is settled.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum PaidAs {
    /// The data.
    Submitter,
    /// The winning model.
    ModelOwner,
    /// Settling.
    Claimer,
    /// Nothing: the bond comes back.
    Bond,
    /// A report that a quorum agreed with: a part of the bond.
    Reporter,
}

/// A payment of a settlement.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Payment {
    /// Whom.
    pub to: Address,
    /// How much.
    pub amount: Shannons,
    /// What for.
    pub paid_as: PaidAs,
}

/// Who is paid when a target is settled, and what, in the chain's order; nothing that is zero.
///
/// The rest of an expired target's reward, and all of a reported one's, go back to the network.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Settlement {
    /// The payments. The same address may be paid several times.
    pub payments: Vec<Payment>,
}

impl Settlement {
    /// What settling a target pays now, where `claimer` does it.
    ///
    /// # Errors
    /// The chain's failure, where the target cannot be settled now.
    pub fn of(
        target: &TargetV1,
        state: &SystemStateV1,
        claimer: Address,
    ) -> Result<Self, Box<Failure>> {
        let current_epoch = state.epoch;
        match (target.status, target.status.stage(target.generation_epoch, current_epoch)) {
            (_, TargetStage::Expired | TargetStage::Due) => {
                Ok(Self::once_due(target, state, claimer))
            }
            (TargetStatus::Claimed, _) => Err(Failure::TargetAlreadyClaimed.into()),
            (TargetStatus::Open, _) => Err(Failure::TargetNotFilled.into()),
            (TargetStatus::Filled { fill_epoch }, _) => {
                Err(Failure::AuditWindowOpen { fill_epoch, current_epoch }.into())
            }
        }
    }

    /// What settling a target will pay once it may be settled, if parameters, validators and reports
    /// stay what they are.
    #[must_use]
    pub fn once_due(target: &TargetV1, state: &SystemStateV1, claimer: Address) -> Self {
        let bond = Shannons(target.bond_amount);
        let shares = Shares::of(Shannons(target.reward_pool), &state.parameters);
        let pay = |to, amount, paid_as| Payment { to, amount, paid_as };
        let for_claimer = pay(claimer, shares.claimer, PaidAs::Claimer);
        let mut payments = match target.status {
            TargetStatus::Claimed => Vec::new(),
            TargetStatus::Open => vec![for_claimer],
            TargetStatus::Filled { .. } => match Reports::of(target, state).quorum() {
                Some(reporters) => {
                    let mut payments = split(bond, reporters);
                    payments.push(for_claimer);
                    payments
                }
                None => {
                    // A filled target has both; the chain falls back to the zero address.
                    let submitter = target.submitter.unwrap_or_default();
                    let model_owner = target.winning_model_owner.unwrap_or_default();
                    vec![
                        pay(submitter, shares.submitter, PaidAs::Submitter),
                        pay(model_owner, shares.model_owner, PaidAs::ModelOwner),
                        for_claimer,
                        pay(submitter, bond, PaidAs::Bond),
                    ]
                }
            },
        };
        payments.retain(|payment| payment.amount > Shannons::ZERO);
        Self { payments }
    }

    /// What an address is paid in all.
    #[must_use]
    pub fn paid_to(&self, address: Address) -> Shannons {
        let own = self.payments.iter().filter(|payment| payment.to == address);
        Shannons(own.fold(0, |sum: u64, payment| sum.saturating_add(payment.amount.0)))
    }
}

/// The reports of a submission as they count now.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reports {
    /// Those who reported and are active validators, by address, with their voting power.
    pub counted: Vec<(Address, u64)>,
    /// Those who reported and are no active validators any more.
    pub void: Vec<Address>,
}

impl Reports {
    /// The reports of a target's submission.
    #[must_use]
    pub fn of(target: &TargetV1, state: &SystemStateV1) -> Self {
        let mut reports = Self { counted: Vec::new(), void: Vec::new() };
        for reporter in &target.submission_reports {
            match require_active(state, *reporter) {
                Ok((_, validator)) => reports.counted.push((*reporter, validator.voting_power)),
                Err(_) => reports.void.push(*reporter),
            }
        }
        reports
    }

    /// Voting power behind the report, of 10,000.
    #[must_use]
    pub fn power(&self) -> u64 {
        self.counted.iter().fold(0, |sum, (_, power)| sum.saturating_add(*power))
    }

    /// Whether the bond is lost to the reporters when the target is settled.
    #[must_use]
    pub fn has_quorum(&self) -> bool {
        self.power() >= QUORUM
    }

    fn quorum(&self) -> Option<&[(Address, u64)]> {
        self.has_quorum().then_some(&self.counted)
    }
}

/// Equal parts, rounded down; what does not divide goes to the first.
fn split(bond: Shannons, among: &[(Address, u64)]) -> Vec<Payment> {
    let count = u64::try_from(among.len()).unwrap_or(u64::MAX).max(1);
    let (part, extra) = (bond.0 / count, bond.0 % count);
    let share = |at: usize| Shannons(if at == 0 { part + extra } else { part });
    let reporters = among.iter().enumerate();
    reporters
        .map(|(at, (to, _))| Payment { to: *to, amount: share(at), paid_as: PaidAs::Reporter })
        .collect()
}

pub(super) fn claim(sketch: &mut Sketch<'_>, id: TargetId) -> Run {
    let settlement = Settlement::of(sketch.target(id)?, sketch.state(), sketch.sender())
        .map_err(Stop::Failure)?;
    for payment in settlement.payments {
        sketch.create_coin(payment.to, payment.amount.0);
    }
    sketch.delete(id);
    sketch.touch_state();
    Ok(())
}

/// The target, where now is the one epoch in which validators may report it.
fn reportable<'s>(sketch: &'s Sketch<'_>, id: TargetId) -> Run<&'s TargetV1> {
    require_active(sketch.state(), sketch.sender())?;
    let target = sketch.target(id)?;
    let current_epoch = sketch.state().epoch;
    match target.status {
        TargetStatus::Open => fail(Failure::TargetNotFilled),
        TargetStatus::Claimed => fail(Failure::TargetAlreadyClaimed),
        TargetStatus::Filled { fill_epoch } if fill_epoch.checked_add(1) != Some(current_epoch) => {
            fail(Failure::AuditWindowClosed { fill_epoch, current_epoch })
        }
        TargetStatus::Filled { .. } => Ok(target),
    }
}

pub(super) fn report(sketch: &mut Sketch<'_>, id: TargetId) -> Run {
    reportable(sketch, id)?;
    sketch.touch(id);
    Ok(())
}

pub(super) fn undo_report(sketch: &mut Sketch<'_>, id: TargetId) -> Run {
    if !reportable(sketch, id)?.submission_reports.contains(&sketch.sender()) {
        return fail(Failure::ReportRecordNotFound);
    }
    sketch.touch(id);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::{QUORUM, Settlement, bond, is_replaced};
    use crate::address::Address;
    use crate::effects::ExecutionStatus;
    use crate::failure::ExecutionFailureStatus as Failure;
    use crate::preview::{Defect, Preview};
    use crate::recorded;
    use crate::system_state::SystemStateV1;
    use crate::target::{TargetStatus, TargetV1};
    use crate::tensor::SomaTensor;
    use crate::tx::{TransactionData, TransactionKind};
    use std::collections::BTreeSet;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    const CLAIMER: Address = Address([1; 32]);
    const SUBMITTER: Address = Address([2; 32]);
    const OWNER: Address = Address([3; 32]);

    /// Shares of 4975, 4975 and 50 basis points; validators of these powers.
    fn state(epoch: u64, powers: &[u64]) -> SystemStateV1 {
        let mut state = recorded::system_state();
        state.epoch = epoch;
        let template = state.validators.validators.swap_remove(0);
        state.validators.validators = (100..)
            .zip(powers)
            .map(|(n, power)| {
                let mut validator = template.clone();
                validator.metadata.soma_address = Address([n; 32]);
                validator.voting_power = *power;
                validator
            })
            .collect();
        state
    }

    fn target(status: TargetStatus, reward_pool: u64, bond_amount: u64) -> TargetV1 {
        TargetV1 {
            embedding: SomaTensor::vector(vec![1.0; 4]),
            model_ids: Vec::new(),
            distance_threshold: SomaTensor::scalar(1.0),
            reward_pool,
            generation_epoch: 3,
            status,
            submitter: Some(SUBMITTER),
            winning_model_id: None,
            winning_model_owner: Some(OWNER),
            bond_amount,
            winning_data_manifest: None,
            winning_embedding: None,
            winning_distance_score: None,
            winning_loss_score: None,
            submission_reports: BTreeSet::new(),
        }
    }

    const FILLED: TargetStatus = TargetStatus::Filled { fill_epoch: 3 };

    fn settled(target: &TargetV1, state: &SystemStateV1) -> Vec<(Address, u64)> {
        let payments = Settlement::of(target, state, CLAIMER).unwrap().payments;
        payments.into_iter().map(|payment| (payment.to, payment.amount.0)).collect()
    }

    #[test]
    fn what_does_not_divide_goes_to_the_submitter() {
        let target = target(FILLED, 10_001, 77);
        // 4975 basis points of 10,001 are 4975.4975, and 50 are 50.005.
        let expected = [(SUBMITTER, 4_976), (OWNER, 4_975), (CLAIMER, 50), (SUBMITTER, 77)];
        assert_eq!(settled(&target, &state(5, &[10_000])), expected);
    }

    #[test]
    fn nobody_is_paid_nothing() {
        let target = target(FILLED, 1, 0);
        assert_eq!(settled(&target, &state(5, &[10_000])), [(SUBMITTER, 1)]);
    }

    #[test]
    fn reporters_with_a_quorum_share_the_bond() {
        let [a, b, c] = [100, 101, 102].map(|n| Address([n; 32]));
        let mut target = target(FILLED, 10_000, 101);
        // The last is no validator and counts for nothing.
        target.submission_reports = BTreeSet::from([b, a, Address([200; 32])]);
        let short = state(5, &[3_333, QUORUM - 3_334, 3_334]);
        assert_eq!(settled(&target, &short)[0].0, SUBMITTER, "one vote is missing");
        let enough = state(5, &[3_333, QUORUM - 3_333, 3_333]);
        assert_eq!(settled(&target, &enough), [(a, 51), (b, 50), (CLAIMER, 50)]);
        target.submission_reports.insert(c);
        assert_eq!(settled(&target, &enough), [(a, 35), (b, 33), (c, 33), (CLAIMER, 50)]);
        target.bond_amount = 0;
        assert_eq!(settled(&target, &enough), [(CLAIMER, 50)]);
    }

    #[test]
    fn of_an_expired_target_only_its_claimer_gets_something() {
        let target = target(TargetStatus::Open, 10_000, 0);
        assert_eq!(settled(&target, &state(4, &[10_000])), [(CLAIMER, 50)]);
    }

    #[test]
    fn a_target_is_settled_when_its_time_has_come() {
        let why_not = |status, epoch| {
            let settlement = Settlement::of(&target(status, 1, 1), &state(epoch, &[1]), CLAIMER);
            settlement.err().map(|failure| *failure)
        };
        assert_eq!(why_not(TargetStatus::Open, 3), Some(Failure::TargetNotFilled));
        let audit = Failure::AuditWindowOpen { fill_epoch: 3, current_epoch: 4 };
        assert_eq!(why_not(FILLED, 4), Some(audit));
        assert_eq!(why_not(FILLED, 5), None);
        assert_eq!(why_not(TargetStatus::Claimed, 9), Some(Failure::TargetAlreadyClaimed));
    }

    /// A recorded submission whose target was replaced.
    fn recorded_submission() -> recorded::Step {
        let succeeds = |step: &recorded::Step| {
            step.status == ExecutionStatus::Success
                && step.state.protocol_version >= 3
                && matches!(step.transaction.kind(), TransactionKind::SubmitData(_))
        };
        recorded::steps().into_iter().find(succeeds).unwrap()
    }

    #[test]
    fn a_target_is_replaced_while_there_are_models_and_money() {
        let mut state = recorded_submission().state;
        assert!(is_replaced(&state));
        let reward = state.target_state.reward_per_target;
        let budget = u128::from(state.emission_pool.emission_per_epoch)
            * u128::from(state.parameters.target_reward_allocation_bps)
            / 10_000;
        let affordable = u64::try_from(budget).unwrap() / reward;
        state.target_state.targets_generated_this_epoch = affordable - 1;
        assert!(is_replaced(&state), "the last that fits into the epoch's budget");
        state.target_state.targets_generated_this_epoch = affordable;
        assert!(!is_replaced(&state));
        state.protocol_version = 2;
        assert!(is_replaced(&state), "there was no budget then");
        state.emission_pool.balance = reward;
        assert!(is_replaced(&state));
        state.emission_pool.balance = reward - 1;
        assert!(!is_replaced(&state));
        state.emission_pool.balance = reward;
        state.model_registry.models.clear();
        assert!(!is_replaced(&state));
    }

    #[test]
    fn a_bond_grows_with_the_data() {
        let state = state(1, &[1]);
        assert_eq!(bond(&state, 0), Some(0));
        assert_eq!(bond(&state, 1_000), Some(1_000 * state.parameters.submission_bond_per_byte));
        assert_eq!(bond(&state, u64::MAX), None);
    }

    #[test]
    fn a_distance_that_is_no_number_is_never_submitted() {
        let step = recorded_submission();
        let TransactionKind::SubmitData(args) = step.transaction.kind() else { panic!("data") };
        for distance_score in [SomaTensor::scalar(f32::NAN), SomaTensor::vector(vec![0.1, 0.1])] {
            let mut args = args.clone();
            args.distance_score = distance_score;
            let transaction = TransactionData::new(
                TransactionKind::SubmitData(args),
                step.transaction.sender(),
                step.transaction.gas_payment().to_vec(),
            );
            let told = Preview::of(&transaction, &step.current());
            assert_eq!(told, Err(Defect::DistanceIsNoNumber.into()));
        }
    }
}
