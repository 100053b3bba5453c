use super::{Growth, PlaceStanding, StakeHolder, StakeWarning, StakedCoin, Stakes};
use crate::address::{Address, ObjectId};
use crate::amount::Shannons;
use crate::digest::{ObjectDigest, TransactionDigest};
use crate::effects::ExecutionStatus;
use crate::object::{Object, ObjectRef, ObjectType, Owner, StakedSoma};
use crate::ports::Coin;
use crate::preview::Level;
use crate::recorded;
use crate::system_state::{
    CreatedModel, Model, ModelStateV1, PoolTokenExchangeRate, StakingPool, SystemStateV1,
};
use crate::tx::TransactionKind;
use std::collections::{BTreeMap, BTreeSet};
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

const ME: Address = Address([1; 32]);
const MODEL: ObjectId = ObjectId([9; 32]);
const MODEL_POOL: ObjectId = ObjectId([8; 32]);

fn pool(id: ObjectId, rates: &[(u64, u64, u64)]) -> StakingPool {
    let rate = |&(epoch, soma_amount, pool_token_amount): &(u64, u64, u64)| {
        (epoch, PoolTokenExchangeRate { soma_amount, pool_token_amount })
    };
    let (_, soma_balance, pool_token_balance) = rates.last().copied().unwrap_or_default();
    StakingPool {
        id,
        activation_epoch: rates.first().map(|(epoch, ..)| *epoch),
        deactivation_epoch: None,
        soma_balance,
        rewards_pool: soma_balance.saturating_sub(pool_token_balance),
        pool_token_balance,
        exchange_rates: rates.iter().map(rate).collect::<BTreeMap<_, _>>(),
        pending_stake: 0,
        pending_total_soma_withdraw: 0,
        pending_pool_token_withdraw: 0,
    }
}

/// Epoch 5; two validators, the second of which leaves, and a model that waits for its commit.
fn state() -> SystemStateV1 {
    let mut state = recorded::system_state();
    state.epoch = 5;
    let one = state.validators.validators[0].clone();
    state.validators.validators = Vec::new();
    for n in [2_u8, 3] {
        let mut validator = one.clone();
        validator.metadata.soma_address = Address([n; 32]);
        validator.staking_pool = pool(ObjectId([n + 20; 32]), &[(1, 100, 100), (5, 150, 100)]);
        validator.commission_rate = 200;
        validator.next_epoch_commission_rate = 200;
        validator.voting_power = 5_000;
        state.validators.validators.push(validator);
    }
    state.validators.pending_removals = vec![1];
    state.validators.pending_validators.clear();
    state.validators.inactive_validators.clear();
    state.validators.at_risk_validators.clear();
    state.validator_report_records.clear();
    state.model_registry.models.clear();
    state.model_registry.staking_pool_mappings.clear();
    state.model_registry.model_report_records.clear();
    let mut staking_pool = pool(MODEL_POOL, &[]);
    (staking_pool.soma_balance, staking_pool.pool_token_balance) = (40, 40);
    let created = CreatedModel {
        owner: ME,
        architecture_version: 1,
        staking_pool,
        commission_rate: 0,
        next_epoch_commission_rate: 0,
        create_epoch: 5,
    };
    state.model_registry.models.insert(MODEL, Model::V1(ModelStateV1::Created(created)));
    state.model_registry.staking_pool_mappings.insert(MODEL_POOL, MODEL);
    state
}

fn stake(id: u8, pool_id: ObjectId, principal: u64, stake_activation_epoch: u64) -> Object {
    let stake = StakedSoma { pool_id, stake_activation_epoch, principal };
    let payload = bcs::to_bytes(&stake).unwrap();
    let owner = Owner::AddressOwner(ME);
    let writer = TransactionDigest([1; 32]);
    Object::new(ObjectId([id; 32]), 3, ObjectType::StakedSoma, &payload, owner, writer)
}

fn coin(n: u8, balance: u64) -> Coin {
    let (id, digest) = (ObjectId([n; 32]), ObjectDigest([n; 32]));
    Coin { reference: ObjectRef { id, version: 1, digest }, balance }
}

fn stakes(state: &SystemStateV1, objects: &[Object], promised: &[ObjectId]) -> Stakes {
    let promised: BTreeSet<_> = promised.iter().copied().collect();
    Stakes::of(state, ME, &[coin(1, 1_000_000), coin(2, 500)], objects, &promised).unwrap()
}

fn warnings(state: &SystemStateV1, holder: StakeHolder) -> Vec<StakeWarning> {
    let all = stakes(state, &[], &[]);
    let place = all.places.into_iter().find(|place| place.holder == holder).unwrap();
    assert_eq!(super::of_holder(holder, state), place.warnings, "the review says the same");
    place.warnings
}

#[test]
fn what_is_offered_is_what_the_chain_paid_and_took() {
    let mut offered = 0;
    for step in recorded::steps() {
        let TransactionKind::WithdrawStake { staked_soma } = step.transaction.kind() else {
            continue;
        };
        let sender = step.transaction.sender();
        let object = &step.objects()[&staked_soma.id];
        if object.data.object_type != ObjectType::StakedSoma {
            continue;
        }
        let stake = StakedCoin::of(object, sender, &step.state, &BTreeSet::new()).unwrap();
        if step.status == ExecutionStatus::Success {
            let Ok(offer) = stake.offer else { continue };
            let change = i128::from(offer.pays.0) - i128::from(offer.fee.0);
            assert_eq!(step.did.balance_change(sender), change, "{}", step.name);
            assert_eq!(offer.pays.0, stake.principal.0 + offer.reward.0, "{}", step.name);
            offered += 1;
        } else {
            assert!(stake.offer.is_err(), "{}", step.name);
        }
    }
    assert!(offered >= 5, "{offered}");
}

#[test]
fn a_stake_tells_what_it_is_worth_and_what_it_pays_now() {
    let state = state();
    let (pool, next) = (ObjectId([22; 32]), 6);
    let mut state_with_wait = state.clone();
    state_with_wait.validators.validators[0].staking_pool.pending_stake = 7;
    let all = stakes(&state_with_wait, &[stake(60, pool, 7, next), stake(61, pool, 60, 1)], &[]);
    let [large, small] = &all.own[..] else { panic!("{:?}", all.own) };
    assert_eq!(large.holder, Some(StakeHolder::Validator(Address([2; 32]))));
    assert_eq!((large.principal, large.worth), (Shannons(60), Some(Shannons(90))));
    let offer = large.offer.as_ref().unwrap();
    assert_eq!((offer.pays, offer.reward), (Shannons(90), Shannons(30)));
    assert_eq!((small.counts_from, small.worth), (next, Some(Shannons(7))));
    assert_eq!(small.offer.as_ref().unwrap().pays, Shannons(7));
    assert_eq!(
        (all.principal(), all.pays(), all.reward()),
        (Shannons(67), Shannons(97), Shannons(30))
    );
}

#[test]
fn a_stake_that_cannot_be_withdrawn_says_why() {
    let state = state();
    let (early, strange, busy) = (
        stake(60, MODEL_POOL, 7, 6),
        stake(61, ObjectId([77; 32]), 7, 1),
        stake(62, ObjectId([22; 32]), 7, 1),
    );
    let all = stakes(&state, &[early, strange, busy], &[ObjectId([62; 32])]);
    let why = |id: u8| {
        let found = all.own.iter().find(|stake| stake.reference.id.0[0] == id).unwrap();
        found.offer.clone().unwrap_err()
    };
    assert!(why(60).contains("from that epoch on"), "{}", why(60));
    assert!(why(61).contains("nobody on this network"), "{}", why(61));
    assert!(why(62).contains("on its way"), "{}", why(62));
    let strange = all.own.iter().find(|stake| stake.holder.is_none()).unwrap();
    assert_eq!((strange.reference.id.0[0], strange.worth), (61, None));
}

#[test]
fn an_object_that_is_no_stake_is_an_error() {
    let owner = Owner::AddressOwner(ME);
    let writer = TransactionDigest([1; 32]);
    let id = ObjectId([5; 32]);
    let object = Object::new(id, 3, ObjectType::Coin, &5_u64.to_le_bytes(), owner, writer);
    assert!(Stakes::of(&state(), ME, &[], &[object], &BTreeSet::new()).is_err());
}

#[test]
fn all_that_can_be_staked_leaves_exactly_the_fee() {
    let all = stakes(&state(), &[], &[]);
    assert_eq!(all.unstaked, Shannons(1_000_500));
    let fee = |amount: u64| all.fees.stake(3, amount).total_fee;
    let most = all.stakeable.0;
    assert!(most + fee(most) <= 1_000_500 && most + 1 + fee(most + 1) > 1_000_500, "{most}");
    let promised = stakes(&state(), &[], &[ObjectId([1; 32])]);
    assert_eq!(promised.stakeable, Shannons::ZERO, "500 shannons pay no fee");
}

#[test]
fn places_that_take_stake_come_first_and_the_others_say_why_not() {
    let mut state = state();
    let mut left = state.validators.validators[0].clone();
    left.metadata.soma_address = Address([4; 32]);
    left.staking_pool = pool(ObjectId([30; 32]), &[(1, 900, 900)]);
    state.validators.inactive_validators.insert(ObjectId([30; 32]), left);
    let all = stakes(&state, &[], &[]);
    let order: Vec<_> = all.places.iter().map(|place| (place.holder, place.standing)).collect();
    assert_eq!(
        order,
        [
            (StakeHolder::Validator(Address([2; 32])), PlaceStanding::Active),
            (StakeHolder::Validator(Address([3; 32])), PlaceStanding::Leaving),
            (StakeHolder::Model(MODEL), PlaceStanding::Created { commit_by: 6 }),
            (StakeHolder::Validator(Address([4; 32])), PlaceStanding::Ended),
        ]
    );
    let refuses = |at: usize| all.places[at].refuses.is_some();
    assert_eq!([refuses(0), refuses(1), refuses(2), refuses(3)], [false, false, false, true]);
    assert_eq!(all.place_of(MODEL_POOL).unwrap().owner, ME);
}

#[test]
fn growth_is_told_over_the_epochs_that_are_known() {
    let all = stakes(&state(), &[], &[]);
    let growth = |pool| all.place_of(pool).unwrap().growth();
    assert_eq!(growth(ObjectId([22; 32])), Some(Growth { millionths: 500_000, epochs: 4 }));
    assert_eq!(growth(MODEL_POOL), None);
}

#[test]
fn a_validator_at_risk_reported_greedy_or_leaving_is_warned_of() {
    let mut state = state();
    let address = Address([2; 32]);
    let holder = StakeHolder::Validator(address);
    assert_eq!(warnings(&state, holder), []);
    state.validators.at_risk_validators.insert(address, 3);
    state.validators.validators[0].next_epoch_commission_rate = 5_001;
    state.validator_report_records.insert(address, BTreeSet::from([Address([3; 32])]));
    assert_eq!(
        warnings(&state, holder),
        [
            StakeWarning::Reported { power: 5_000, quorum: 6_667 },
            StakeWarning::AtRisk { epochs: 3 },
            StakeWarning::HighCommission { bps: 5_001, next: true },
        ]
    );
    let both = BTreeSet::from([Address([3; 32]), address]);
    state.validator_report_records.insert(address, both);
    let condemned = StakeWarning::Condemned { model: false, loss_bps: 5_000 };
    assert_eq!(warnings(&state, holder)[0], condemned);
    assert_eq!(condemned.level(), Level::Danger);
    let other = StakeHolder::Validator(Address([3; 32]));
    assert_eq!(warnings(&state, other), [StakeWarning::Leaving]);
    state.validators.validators[0].next_epoch_commission_rate = 300;
    let rises = StakeWarning::CommissionRises { from: 200, to: 300 };
    assert!(warnings(&state, holder).contains(&rises));
}

#[test]
fn a_model_that_is_not_active_says_what_it_may_lose() {
    let mut state = state();
    let holder = StakeHolder::Model(MODEL);
    let slash_bps = state.parameters.model_reveal_slash_rate_bps;
    let due = StakeWarning::CommitDue { by: 6, slash_bps };
    assert_eq!(warnings(&state, holder), [due, StakeWarning::EarnsNothing]);
    assert!(due.sentence().contains("50 % of its pool is slashed"), "{}", due.sentence());
    state.epoch = 7;
    let Some(Model::V1(ModelStateV1::Created(model))) = state.model_registry.models.get_mut(&MODEL)
    else {
        panic!("the model is created");
    };
    model.staking_pool.soma_balance = 20;
    let slashed = StakeWarning::Slashed { holds: Shannons(20), shares: Shannons(40) };
    let missed = StakeWarning::CommitMissed { slash_bps };
    assert_eq!(warnings(&state, holder), [missed, slashed, StakeWarning::EarnsNothing]);
}

#[test]
fn nobody_has_no_warnings() {
    let nobody = [StakeHolder::Validator(ME), StakeHolder::Model(MODEL_POOL)];
    assert!(nobody.into_iter().all(|holder| super::of_holder(holder, &state()).is_empty()));
}
