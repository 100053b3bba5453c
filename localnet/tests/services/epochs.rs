//! The end of an epoch in full: rewards, fees, models, targets, and safe mode.

use crate::client::Net;
use crate::models::{create, create_and_commit, publish, state_of};
use localnet::network::Config;
use localnet::services::node::now_ms;
use rpc::proto::soma as proto;
use rpc::proto::soma::execution_error::ExecutionErrorKind as Failure;
use wasm_core::address::{Address, ObjectId};
use wasm_core::tx::TransactionKind;

const SOMA: u64 = 1_000_000_000;
const EMISSION: u64 = 1_370 * SOMA;
const DAY: u64 = 86_400_000;

/// A network whose first epoch is over by the clock, so that its end pays an emission.
async fn after_a_day(config: Config) -> Net {
    Net::start_with(Config { genesis_timestamp_ms: Some(now_ms() - DAY - 1), ..config }).await
}

fn of_validators(count: u8) -> Config {
    Config { validators: Some(count), ..Config::for_tests() }
}

fn pools(state: &proto::SystemState) -> Vec<u64> {
    let validators = &state.validators.as_ref().expect("validators").validators;
    let pool = |validator: &proto::Validator| {
        let pool = validator.staking_pool.as_ref().expect("a pool");
        pool.soma_balance.expect("a balance")
    };
    validators.iter().map(pool).collect()
}

fn emission(state: &proto::SystemState) -> u64 {
    let pool = state.emission_pool.as_ref().expect("a pool");
    pool.balance.expect("a balance")
}

/// Fees of one payment, from its effects.
async fn pay(net: &Net, amount: u64) -> u64 {
    let key = &net.network.accounts[0];
    let (coin, _) = net.richest_coin(key.address()).await;
    let recipient = Address([1; 32]);
    let kind = TransactionKind::TransferCoin { coin, amount: Some(amount), recipient };
    let effects = net.run(key, kind).await.effects.expect("effects");
    effects.fee.and_then(|fee| fee.total_fee).expect("a fee")
}

#[tokio::test]
async fn a_whole_epoch_pays_emission_and_fees_to_all_validators_by_power() {
    let net = after_a_day(of_validators(4)).await;
    let fee = pay(&net, 1_000 * SOMA).await;
    let before = net.system_state().await;
    net.advance_epoch().await;
    let after = net.system_state().await;
    let for_validators = (fee + EMISSION) * 7 / 10;
    let share = for_validators / 4;
    let commission = share * 200 / 10_000;
    let expected: Vec<u64> = pools(&before).iter().map(|pool| pool + share).collect();
    assert_eq!(pools(&after), expected, "reward and commission");
    assert_eq!(emission(&after), emission(&before) + fee - share * 4, "the rest and the dust");
    for validator in &net.network.validators {
        let owner = validator.account.address();
        let ledger = net.network.node().ledger();
        let owned = ledger.owned(owner, None);
        let stakes: Vec<u64> =
            owned.iter().filter_map(|it| it.staked_soma().ok()).map(|it| it.principal).collect();
        assert_eq!(stakes.len(), 2);
        assert!(stakes.contains(&commission) && stakes.contains(&(20_000 * SOMA)), "{stakes:?}");
    }
    // The next epoch is cut short: it pays its fees only.
    let fee = pay(&net, 1_000 * SOMA).await;
    net.advance_epoch().await;
    let last = net.system_state().await;
    let gained: u64 = pools(&last).iter().sum::<u64>() - pools(&after).iter().sum::<u64>();
    let expected = fee * 7 / 10;
    assert!((expected - 4..=expected).contains(&gained), "{gained} of {expected}");
}

#[tokio::test]
async fn the_value_fee_falls_while_few_pay_and_stops_where_a_step_rounds_to_nothing() {
    let net = Net::start_with(of_validators(2)).await;
    let mut seen = Vec::new();
    for _ in 0..5 {
        let parameters = net.system_state().await.parameters.expect("parameters");
        seen.push(parameters.value_fee_bps.expect("a rate"));
        net.advance_epoch().await;
    }
    assert_eq!(seen, [10, 9, 8, 7, 7]);
    // A payment pays by the rate at the start of its epoch.
    assert_eq!(pay(&net, 1_000_000).await, 1_000 + 2 * 300 + 700);
}

#[tokio::test]
async fn an_epoch_that_cannot_be_ended_goes_on_in_safe_mode_and_is_made_up_for() {
    let net = Net::start_with(of_validators(3)).await;
    let fee = pay(&net, 1_000 * SOMA).await;
    let before = net.system_state().await;
    assert_eq!(net.network.node().advance_epoch_into(95), 1);
    let safe = net.system_state().await;
    assert_eq!((safe.epoch, safe.safe_mode), (Some(1), Some(true)));
    assert_eq!(safe.safe_mode_accumulated_fees, Some(fee));
    assert_eq!(safe.safe_mode_accumulated_emissions, Some(EMISSION));
    assert_eq!(safe.protocol_version, Some(5), "nothing else changes");
    assert_eq!(pools(&safe), pools(&before));
    assert_eq!(emission(&safe), emission(&before) - EMISSION);
    net.network.audit().expect("what is held back is counted");

    // Money moves in safe mode as ever, and another such epoch adds to what is due.
    let more = pay(&net, 500 * SOMA).await;
    assert_eq!(net.network.node().advance_epoch_into(95), 2);
    let safe = net.system_state().await;
    assert_eq!(safe.safe_mode_accumulated_fees, Some(fee + more));
    assert_eq!(safe.safe_mode_accumulated_emissions, Some(2 * EMISSION));

    assert_eq!(net.advance_epoch().await, 3);
    let after = net.system_state().await;
    assert_eq!((after.safe_mode, after.safe_mode_accumulated_fees), (Some(false), Some(0)));
    assert_eq!(after.safe_mode_accumulated_emissions, Some(0));
    let for_validators = (fee + more + 2 * EMISSION) * 7 / 10;
    let gained: u64 = pools(&after).iter().sum::<u64>() - pools(&before).iter().sum::<u64>();
    assert!((for_validators - 3..=for_validators).contains(&gained), "{gained}");
}

fn pool_of(state: &proto::SystemState, model: ObjectId) -> proto::StakingPool {
    let registry = state.model_registry.as_ref().expect("a registry");
    registry.models[&model.to_string()].staking_pool.clone().expect("a pool")
}

#[tokio::test]
async fn models_that_keep_their_word_stay_and_others_lose_half() {
    let net = Net::start_with(of_validators(2)).await;
    let owner = &net.network.accounts[0];
    let idle = create(&net, owner).await;
    let late = create_and_commit(&net, owner).await;
    let kept = publish(&net, owner, 16).await;
    assert_eq!(state_of(&net, late).await, "pending", "this is the epoch to reveal in");
    net.advance_epoch().await;
    assert_eq!(state_of(&net, late).await, "inactive");
    assert_eq!(state_of(&net, idle).await, "created");
    assert_eq!(state_of(&net, kept).await, "active");
    let state = net.system_state().await;
    assert_eq!(pool_of(&state, late).soma_balance, Some(SOMA / 2));
    assert_eq!(pool_of(&state, idle).soma_balance, Some(SOMA / 2));
    let pool = pool_of(&state, kept);
    assert_eq!((pool.soma_balance, pool.activation_epoch), (Some(SOMA), Some(1)));
    assert!(pool.exchange_rates.contains_key(&2), "a rate for the new epoch");
    let registry = state.model_registry.expect("a registry");
    assert_eq!(registry.total_model_stake, Some(SOMA));
    let change = net.network.node().ledger().supply_change();
    assert_eq!((change.burned, change.minted), (SOMA, 0));
}

#[tokio::test]
async fn a_model_that_a_quorum_reports_loses_nearly_all() {
    let net = Net::start_with(Config { demo: true, ..Config::for_tests() }).await;
    let model_id = net.network.models[0];
    let validators = &net.network.validators;
    let report = TransactionKind::ReportModel { model_id };
    let stranger = net.try_run(&net.network.accounts[4], report.clone()).await.map(drop);
    assert_eq!(stranger, Err(Failure::NotAValidator));
    let undo = TransactionKind::UndoReportModel { model_id };
    for validator in &validators[..2] {
        net.run(&validator.account, report.clone()).await;
    }
    net.advance_epoch().await;
    assert_eq!(state_of(&net, model_id).await, "active", "two of four are no quorum");
    let cleared = net.try_run(&validators[0].account, undo.clone()).await.map(drop);
    assert_eq!(cleared, Err(Failure::ReportRecordNotFound), "an epoch clears reports");

    for validator in &validators[..4] {
        net.run(&validator.account, report.clone()).await;
    }
    net.run(&validators[3].account, undo).await;
    let before = pool_of(&net.system_state().await, model_id).soma_balance.expect("a balance");
    net.advance_epoch().await;
    assert_eq!(state_of(&net, model_id).await, "inactive");
    let after = pool_of(&net.system_state().await, model_id).soma_balance.expect("a balance");
    assert_eq!(after, before - before * 95 / 100);
    let ledger = net.network.node().ledger();
    let fresh = ledger.targets().filter(|(_, target)| target.generation_epoch == 2);
    assert!(fresh.into_iter().all(|(_, target)| !target.model_ids.contains(&model_id)));
}

#[tokio::test]
async fn an_epochs_targets_are_paid_from_its_budget() {
    let net = after_a_day(Config { demo: true, ..Config::for_tests() }).await;
    net.advance_epoch().await;
    let state = net.system_state().await;
    let targets = state.target_state.expect("targets");
    let budget = EMISSION * 8 / 10;
    assert_eq!(targets.reward_per_target, Some(budget / 86_400));
    assert_eq!(targets.targets_generated_this_epoch, Some(100));
    let ledger = net.network.node().ledger();
    let fresh: Vec<_> =
        ledger.targets().filter(|(_, target)| target.generation_epoch == 1).collect();
    assert_eq!(fresh.len(), 100);
    assert!(fresh.iter().all(|(_, target)| target.reward_pool == budget / 86_400));
    let last = ledger.latest_checkpoint();
    let next = last.summary.end_of_epoch_data.as_ref().expect("the last of its epoch");
    assert_eq!(next.next_epoch_validator_committee.epoch, 1);
    assert_eq!(next.next_epoch_validator_committee.voting_rights.len(), 4);
    assert_eq!(last.signature.signers.len(), 4);
    let change = last.transactions.last().expect("transactions").transaction.kind();
    assert_eq!(change.name(), "ChangeEpoch");
}
