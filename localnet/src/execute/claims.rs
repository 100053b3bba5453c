//! Settling targets (`authority/src/execution/submission.rs` of soma-org/soma).

use super::store::Store;
use super::{Run, fail};
use crate::supply::SupplyChange;
use wasm_core::address::{Address, TargetId};
use wasm_core::amount::Shannons;
use wasm_core::failure::ExecutionFailureStatus as Error;
use wasm_core::system_state::SystemStateV1;
use wasm_core::target::{TargetStatus, TargetV1};

/// Voting power that decides.
pub(super) const QUORUM: u64 = 6_667;

fn pay(store: &mut Store<'_>, amount: u64, to: Address) {
    if amount > 0 {
        store.create_coin(amount, to);
    }
}

/// Those who reported a submission and are active validators now, if they have a quorum.
fn quorum_of_reporters(state: &SystemStateV1, target: &TargetV1) -> Option<Vec<Address>> {
    let validators = &state.validators.validators;
    let power = |address: &Address| {
        validators
            .iter()
            .find(|known| known.metadata.soma_address == *address)
            .map(|known| known.voting_power)
    };
    let counted: Vec<(Address, u64)> = target
        .submission_reports
        .iter()
        .filter_map(|reporter| Some((*reporter, power(reporter)?)))
        .collect();
    let votes: u64 = counted.iter().map(|(_, power)| power).sum();
    (votes >= QUORUM).then(|| counted.into_iter().map(|(reporter, _)| reporter).collect())
}

fn return_emission(state: &mut SystemStateV1, amount: u64) {
    state.emission_pool.balance = state.emission_pool.balance.saturating_add(amount);
}

fn settle_filled(store: &mut Store<'_>, state: &mut SystemStateV1, target: &TargetV1) {
    let (reward, bond) = (target.reward_pool, target.bond_amount);
    let share = |rate| Shannons(reward).bps(rate).0;
    let claimer = share(state.parameters.target_claimer_incentive_bps);
    let sender = store.sender();
    if let Some(reporters) = quorum_of_reporters(state, target) {
        let count = reporters.len() as u64;
        let remainder = bond % count;
        for (at, reporter) in reporters.into_iter().enumerate() {
            let extra = if at == 0 { remainder } else { 0 };
            pay(store, bond / count + extra, reporter);
        }
        return_emission(state, reward);
        // Beside the whole reward: the reference pays it from nowhere.
        pay(store, claimer, sender);
        store.supply_change += SupplyChange { minted: claimer, burned: 0 };
        return;
    }
    let model = share(state.parameters.target_model_reward_share_bps);
    let submitter = reward.saturating_sub(model).saturating_sub(claimer);
    let to_submitter = target.submitter.unwrap_or_default();
    pay(store, submitter, to_submitter);
    pay(store, model, target.winning_model_owner.unwrap_or_default());
    pay(store, claimer, sender);
    pay(store, bond, to_submitter);
}

pub(super) fn claim(store: &mut Store<'_>, id: TargetId) -> Run {
    let mut state = store.state()?;
    let target = store.target(id)?;
    let current_epoch = store.epoch();
    match target.status {
        TargetStatus::Claimed => return fail(Error::TargetAlreadyClaimed),
        TargetStatus::Filled { fill_epoch } => {
            if current_epoch <= fill_epoch.saturating_add(1) {
                return fail(Error::AuditWindowOpen { fill_epoch, current_epoch });
            }
            settle_filled(store, &mut state, &target);
        }
        TargetStatus::Open => {
            if current_epoch <= target.generation_epoch {
                return fail(Error::TargetNotFilled);
            }
            let reward = target.reward_pool;
            let claimer = Shannons(reward).bps(state.parameters.target_claimer_incentive_bps).0;
            let sender = store.sender();
            pay(store, claimer, sender);
            return_emission(&mut state, reward - claimer.min(reward));
        }
    }
    store.delete(id);
    store.set_state(state)
}
