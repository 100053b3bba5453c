//! A network in memory, used as wallets use it: payments, refusals, models, targets, epochs.

use localnet::admission::{AdmissionError, RefusalClass};
use localnet::genesis::{
    GenesisAccount, GenesisConfig, GenesisModel, GenesisValidator, LOCALNET_COIN,
};
use localnet::ledger::{BalanceChange, Executed, Ledger};
use std::sync::Arc;
use wasm_core::address::{Address, ModelId, ObjectId};
use wasm_core::digest::{
    Checksum, DecryptionKeyCommitment, EmbeddingCommitment, ObjectDigest, WeightsCommitment,
    blake2b256,
};
use wasm_core::effects::{ExecutionStatus, IdOperation, UnchangedSharedKind};
use wasm_core::failure::ExecutionFailureStatus as Failure;
use wasm_core::keys::Keypair;
use wasm_core::manifest::{Manifest, SubmissionManifest};
use wasm_core::object::{MAX_VERSION, ObjectRef, ObjectType};
use wasm_core::system_state::{ModelStateV1, SystemStateV1};
use wasm_core::target::TargetStatus;
use wasm_core::tensor::SomaTensor;
use wasm_core::tx::kind::{ChangeEpoch, CommitModelArgs, RevealModelArgs, SubmitDataArgs};
use wasm_core::tx::{TransactionData, TransactionKind};
use wasm_core::weights::DecryptionKey;

const DIMENSION: usize = 4;
const DAY: u64 = 86_400_000;
const START: u64 = 1_760_000_000_000;

fn key(n: u8) -> Keypair {
    Keypair::derive(&[n; 32])
}

fn address(n: u8) -> Address {
    key(n).address()
}

fn config() -> GenesisConfig {
    let mut config = GenesisConfig::localnet(&[9; 32], &[address(1), address(2)], START);
    config.embedding_dim = Some(DIMENSION as u64);
    config
}

fn network() -> Ledger {
    Ledger::new(config().build().expect("a valid configuration"))
}

fn manifest(size: u64) -> Manifest {
    Manifest::new("https://example.org/file".parse().expect("a URL"), Checksum([5; 32]), size)
}

/// A network with an active model of the first account, and so with targets.
fn network_with_targets() -> Ledger {
    let mut config = config();
    config.accounts.push(GenesisAccount { address: address(4), coins: vec![LOCALNET_COIN] });
    config.models.push(GenesisModel {
        owner: address(1),
        manifest: manifest(10),
        decryption_key: DecryptionKey([3; 32]),
        weights_commitment: WeightsCommitment([4; 32]),
        embedding: None,
        commission_rate: 0,
        stake: 1_000_000_000,
    });
    Ledger::new(config.build().expect("a valid configuration"))
}

fn coins(ledger: &Ledger, n: u8) -> Vec<ObjectRef> {
    ledger
        .owned(address(n), Some(ObjectType::Coin))
        .into_iter()
        .map(|coin| coin.reference().expect("an id"))
        .collect()
}

fn coin(ledger: &Ledger, n: u8) -> ObjectRef {
    *coins(ledger, n).last().expect("a coin")
}

fn send(
    ledger: &mut Ledger,
    n: u8,
    kind: TransactionKind,
    gas: Vec<ObjectRef>,
) -> Result<Arc<Executed>, AdmissionError> {
    let key = key(n);
    let transaction = TransactionData::new(kind, key.address(), gas);
    ledger.execute(&transaction.sign(&key))
}

fn status(executed: &Executed) -> &ExecutionStatus {
    &executed.effects.as_v1().status
}

fn failure(executed: &Executed) -> &Failure {
    match status(executed) {
        ExecutionStatus::Failure { error } => error,
        ExecutionStatus::Success => panic!("it succeeded"),
    }
}

fn succeed(ledger: &mut Ledger, n: u8, kind: TransactionKind) -> Arc<Executed> {
    let gas = vec![coin(ledger, n)];
    let executed = send(ledger, n, kind, gas).expect("admitted");
    assert_eq!(status(&executed), &ExecutionStatus::Success);
    executed
}

fn created(executed: &Executed, object_type: ObjectType) -> ObjectId {
    let effects = executed.effects.as_v1();
    let is_new = |id: &ObjectId| {
        effects
            .changed_objects
            .iter()
            .any(|(changed, change)| changed == id && change.id_operation == IdOperation::Created)
    };
    executed
        .written
        .iter()
        .filter(|object| object.data.object_type == object_type)
        .filter_map(|object| object.id().ok())
        .find(is_new)
        .expect("an object of that type was made")
}

/// Counts every shannon.
fn audit(ledger: &Ledger) {
    ledger.audit().expect("no shannon appears or vanishes");
}

fn validators(state: &SystemStateV1) -> Vec<Address> {
    state.validators.validators.iter().map(|validator| validator.metadata.soma_address).collect()
}

fn pay(coin: ObjectRef, amount: u64, to: u8) -> TransactionKind {
    TransactionKind::TransferCoin { coin, amount: Some(amount), recipient: address(to) }
}

#[test]
fn a_payment_moves_money_and_nothing_else() {
    let mut ledger = network();
    let coin = coin(&ledger, 1);
    let executed = send(&mut ledger, 1, pay(coin, 5_000_000, 2), vec![coin]).expect("admitted");
    let fee = executed.effects.as_v1().transaction_fee;
    assert_eq!((fee.base_fee, fee.operation_fee, fee.value_fee), (1_000, 600, 5_000));
    let mut expected = vec![
        BalanceChange { address: address(1), amount: -5_006_600 },
        BalanceChange { address: address(2), amount: 5_000_000 },
    ];
    expected.sort_by_key(|change| change.address);
    assert_eq!(executed.balance_changes, expected);
    assert_eq!(ledger.balance(address(2)), 5 * LOCALNET_COIN + 5_000_000);
    audit(&ledger);
}

#[test]
fn the_same_transaction_again_has_the_same_effects() {
    let mut ledger = network();
    let coin = coin(&ledger, 1);
    let signed = TransactionData::new(pay(coin, 1, 2), address(1), vec![coin]).sign(&key(1));
    let first = ledger.execute(&signed).expect("admitted");
    let balance = ledger.balance(address(1));
    assert_eq!(ledger.execute(&signed), Ok(first));
    assert_eq!(ledger.balance(address(1)), balance);
}

#[test]
fn a_checkpoint_seals_what_was_executed_in_order() {
    let mut ledger = network();
    let genesis = Arc::clone(ledger.latest_checkpoint());
    assert_eq!(genesis.digest, ledger.chain_id());
    assert!(ledger.seal(START + 1).is_none());
    let kind = pay(coin(&ledger, 1), 1, 2);
    let one = succeed(&mut ledger, 1, kind);
    let kind = pay(coin(&ledger, 2), 1, 1);
    let two = succeed(&mut ledger, 2, kind);
    assert!(ledger.checkpoint_of(&one.digest).is_none());
    let checkpoint = ledger.seal(START + 1).expect("something to seal");
    assert_eq!(checkpoint.summary.previous_digest, Some(genesis.digest));
    assert_eq!(checkpoint.summary.content_digest, checkpoint.contents.digest());
    assert_eq!(checkpoint.summary.network_total_transactions, 4);
    let sealed: Vec<_> = checkpoint.transactions.iter().map(|executed| executed.digest).collect();
    assert_eq!(sealed[1..], [one.digest, two.digest]);
    let first = checkpoint.transactions[0].transaction.kind();
    assert!(matches!(first, TransactionKind::ConsensusCommitPrologueV1(_)));
    let found = ledger.checkpoint_of(&two.digest).expect("sealed");
    assert_eq!(found.digest, checkpoint.digest);
    let found = ledger.checkpoint_by_digest(&checkpoint.digest).expect("kept");
    assert_eq!(found.summary.sequence_number, 1);
    assert!(ledger.seal(START + 2).is_none());
}

#[test]
fn time_does_not_run_backwards() {
    let mut ledger = network();
    let kind = pay(coin(&ledger, 1), 1, 2);
    succeed(&mut ledger, 1, kind);
    let checkpoint = ledger.seal(5).expect("something to seal");
    assert_eq!(checkpoint.summary.timestamp_ms, START);
}

#[test]
fn old_versions_of_objects_are_kept() {
    let mut ledger = network();
    let coin = coin(&ledger, 1);
    succeed(&mut ledger, 1, pay(coin, 1, 2));
    let old = ledger.object_at(&coin.id, coin.version).expect("kept");
    assert_eq!(old.coin_balance(), Ok(LOCALNET_COIN));
    let new = ledger.object(&coin.id).expect("not used up");
    assert_eq!(new.data.version, coin.version + 1);
}

/// What clients look for in a refusal.
fn refused(result: Result<Arc<Executed>, AdmissionError>, text: &str, class: RefusalClass) {
    let error = result.expect_err("refused");
    assert!(error.to_string().contains(text), "{error}");
    assert_eq!(error.class(), class, "{error}");
}

#[test]
fn refusals_say_what_clients_look_for() {
    let mut ledger = network();
    let stale = coin(&ledger, 1);
    succeed(&mut ledger, 1, pay(stale, 1, 2));
    let fresh = coin(&ledger, 1);
    let text = format!(
        "Object ({}, Version(1), o#{}) is not available for consumption, its current version: Version(2)",
        stale.id, stale.digest
    );
    let result = send(&mut ledger, 1, pay(stale, 2, 2), vec![stale]);
    refused(result, &text, RefusalClass::InvalidArgument);

    let future = ObjectRef { version: 9, ..fresh };
    let text =
        format!("Could not find the referenced object {} at version Some(Version(9))", fresh.id);
    let result = send(&mut ledger, 1, pay(future, 1, 2), vec![future]);
    refused(result, &text, RefusalClass::FailedPrecondition);

    let forged = ObjectRef { digest: ObjectDigest([1; 32]), ..fresh };
    let text = format!("Invalid Object digest for object {}. Expected digest : o#", fresh.id);
    let result = send(&mut ledger, 1, pay(forged, 1, 2), vec![forged]);
    refused(result, &text, RefusalClass::FailedPrecondition);

    let others = coin(&ledger, 2);
    let text = format!(
        "Transaction was not signed by the correct sender: Object {} is owned by account address {}, but given owner/signer address is {}",
        others.id,
        address(2).to_bare_hex(),
        address(1).to_bare_hex()
    );
    let result = send(&mut ledger, 1, pay(others, 1, 1), vec![others]);
    refused(result, &text, RefusalClass::FailedPrecondition);

    let result = send(&mut ledger, 1, pay(fresh, 1, 2), Vec::new());
    let text = "Gas payment error No gas payment provided";
    refused(result, text, RefusalClass::FailedPrecondition);

    let twice =
        TransactionKind::TransferObjects { objects: vec![fresh, fresh], recipient: address(2) };
    let result = send(&mut ledger, 1, twice, vec![fresh]);
    let text = "The transaction inputs contain duplicated ObjectRef's";
    refused(result, text, RefusalClass::InvalidArgument);
}

#[test]
fn a_signature_must_be_the_senders_and_fit() {
    let mut ledger = network();
    let coin = coin(&ledger, 1);
    let transaction = TransactionData::new(pay(coin, 1, 2), address(1), vec![coin]);
    let foreign = ledger.execute(&transaction.clone().sign(&key(2)));
    let text = format!(
        "Invalid user signature: Required Signature from {} is absent [\"{}\"]",
        address(1).to_bare_hex(),
        address(2).to_bare_hex()
    );
    refused(foreign, &text, RefusalClass::InvalidArgument);
    let mut signed = transaction.sign(&key(1));
    signed.transaction = TransactionData::new(pay(coin, 2, 2), address(1), vec![coin]);
    let text = "Invalid user signature: Signature is not valid: ";
    refused(ledger.execute(&signed), text, RefusalClass::InvalidArgument);
}

#[test]
fn nobody_may_send_what_only_the_system_sends() {
    let mut ledger = network();
    let change = TransactionKind::ChangeEpoch(ChangeEpoch {
        epoch: 1,
        epoch_start_timestamp_ms: START + 1,
        protocol_version: 5,
        fees: 0,
        epoch_randomness: Vec::new(),
    });
    let result = send(&mut ledger, 1, change.clone(), Vec::new());
    assert_eq!(result, Err(AdmissionError::SystemKind("ChangeEpoch")));
    let transaction = TransactionData::new(change, Address::ZERO, Vec::new());
    for checks in [true, false] {
        let result = ledger.simulate(&transaction, checks);
        assert_eq!(result, Err(AdmissionError::SystemKind("ChangeEpoch")));
    }
    assert_eq!(ledger.epoch(), 0);
}

#[test]
fn a_coin_that_is_used_cannot_be_merged_away_before() {
    let mut ledger = network();
    let coins = coins(&ledger, 1);
    let result = send(&mut ledger, 1, pay(coins[1], 1, 2), vec![coins[0], coins[1]]);
    assert_eq!(result, Err(AdmissionError::UsedCoinAsFurtherGas(coins[1].id)));
    let kind = TransactionKind::PayCoins {
        coins: vec![coins[0], coins[1]],
        amounts: Some(vec![7]),
        recipients: vec![address(2)],
    };
    let executed = send(&mut ledger, 1, kind, vec![coins[0], coins[1]]).expect("admitted");
    assert_eq!(status(&executed), &ExecutionStatus::Success);
    let fee = executed.effects.as_v1().transaction_fee.total_fee;
    assert_eq!(ledger.balance(address(1)), 5 * LOCALNET_COIN - 7 - fee);
}

/// Gives an account a coin of just so many shannons.
fn small_coin(ledger: &mut Ledger, n: u8, balance: u64) -> ObjectRef {
    let kind = pay(coin(ledger, 2), balance, n);
    let executed = succeed(ledger, 2, kind);
    let made = executed.written.iter().find(|object| object.coin_balance() == Ok(balance));
    made.expect("made").reference().expect("an id")
}

#[test]
fn a_failure_at_the_end_strands_no_object() {
    let mut ledger = network();
    let gas = small_coin(&mut ledger, 1, 1_200);
    let spent = coin(&ledger, 1);
    let executed = send(&mut ledger, 1, pay(spent, 5, 2), vec![gas]).expect("admitted");
    assert_eq!(failure(&executed), &Failure::InsufficientGas);
    let kept = ledger.object(&spent.id).expect("not stranded");
    assert_eq!(kept.coin_balance(), Ok(LOCALNET_COIN));
    assert_eq!(kept.data.version, executed.effects.as_v1().version);
    let rest = ledger.object(&gas.id).expect("200 shannons are left");
    assert_eq!(rest.coin_balance(), Ok(200));
    let change = BalanceChange { address: address(1), amount: -1_000 };
    assert_eq!(executed.balance_changes, [change]);
}

#[test]
fn gas_that_does_not_pay_for_anything_is_taken_whole() {
    for balance in [1, 999, 1_000] {
        let mut ledger = network();
        let gas = small_coin(&mut ledger, 1, balance);
        let before = ledger.balance(address(1));
        let executed = send(&mut ledger, 1, pay(gas, 0, 2), vec![gas]).expect("admitted");
        assert_eq!(failure(&executed), &Failure::InsufficientGas);
        assert_eq!(executed.effects.as_v1().transaction_fee.total_fee, balance);
        assert!(ledger.object(&gas.id).is_none());
        assert_eq!(ledger.balance(address(1)), before - balance);
    }
}

#[test]
fn gas_of_nothing_changes_nothing() {
    let mut ledger = network();
    let gas = small_coin(&mut ledger, 1, 0);
    let executed = send(&mut ledger, 1, pay(gas, 0, 2), vec![gas]).expect("admitted");
    assert_eq!(failure(&executed), &Failure::InsufficientGas);
    let effects = executed.effects.as_v1();
    assert_eq!((effects.version, effects.gas_object_index), (MAX_VERSION, None));
    assert!(effects.changed_objects.is_empty());
    assert_eq!(coins(&ledger, 1).first(), Some(&gas));
}

#[test]
fn a_simulation_chooses_gas_and_keeps_nothing() {
    let mut ledger = network();
    let poor = small_coin(&mut ledger, 1, 3);
    let spent = coin(&ledger, 1);
    let transaction = TransactionData::new(pay(spent, 5, 2), address(1), Vec::new());
    let checked = ledger.simulate(&transaction, true).expect("possible");
    assert_eq!(status(&checked), &ExecutionStatus::Success);
    let gas = checked.transaction.gas_payment();
    assert_eq!((gas.len(), gas[0]), (5, poor));
    assert!(gas.iter().all(|gas| gas.id != spent.id));
    let unchecked = ledger.simulate(&transaction, false).expect("possible");
    assert_eq!(unchecked.transaction.gas_payment()[0].id, ObjectId([0xff; 32]));
    assert_eq!(status(&unchecked), &ExecutionStatus::Success);
    assert_eq!(coin(&ledger, 1), spent);
    assert!(ledger.transaction(&checked.digest).is_none());
}

#[test]
fn a_simulation_without_any_coin_says_so() {
    let ledger = network();
    let kind = TransactionKind::DeactivateModel { model_id: ObjectId([1; 32]) };
    let transaction = TransactionData::new(kind, address(3), Vec::new());
    let refused = ledger.simulate(&transaction, true).expect_err("no coin");
    assert_eq!(refused.to_string(), "Gas payment error No gas payment provided");
    let shown = ledger.simulate(&transaction, false).expect("possible");
    assert_eq!(failure(&shown), &Failure::ModelNotFound);
}

fn create_model(ledger: &mut Ledger) -> ModelId {
    let kind = TransactionKind::CreateModel {
        stake_amount: 1_000_000_000,
        commission_rate: 100,
        architecture_version: 1,
    };
    let executed = succeed(ledger, 1, kind);
    ObjectId::derive(&executed.digest, 0)
}

fn commitment_of(embedding: &SomaTensor) -> EmbeddingCommitment {
    EmbeddingCommitment(blake2b256(&[&bcs::to_bytes(embedding).expect("bcs")]))
}

fn commit_model(ledger: &mut Ledger, model_id: ModelId, embedding: &SomaTensor) {
    succeed(
        ledger,
        1,
        TransactionKind::CommitModel(CommitModelArgs {
            model_id,
            manifest: manifest(100),
            weights_commitment: WeightsCommitment([5; 32]),
            embedding_commitment: commitment_of(embedding),
            decryption_key_commitment: DecryptionKeyCommitment(blake2b256(&[&[8; 32]])),
        }),
    );
}

fn reveal(model_id: ModelId, embedding: &SomaTensor) -> TransactionKind {
    TransactionKind::RevealModel(RevealModelArgs {
        model_id,
        decryption_key: DecryptionKey([8; 32]),
        embedding: embedding.clone(),
    })
}

#[test]
fn a_model_makes_its_way_to_targets() {
    let mut ledger = network();
    let embedding = SomaTensor::vector(vec![0.5; DIMENSION]);
    let model = create_model(&mut ledger);
    commit_model(&mut ledger, model, &embedding);
    ledger.advance_epoch(START + 1);
    succeed(&mut ledger, 1, reveal(model, &embedding));
    assert_eq!(ledger.targets().count(), 0);
    ledger.advance_epoch(START + 2);
    assert_eq!(ledger.targets().count(), 100);
    for (_, target) in ledger.targets() {
        assert_eq!((target.reward_pool, target.model_ids), (12_685_185, vec![model]));
    }
    audit(&ledger);
}

#[test]
fn an_embedding_of_another_dimension_is_not_revealed() {
    let mut ledger = network();
    let embedding = SomaTensor::vector(vec![0.5; DIMENSION + 1]);
    let model = create_model(&mut ledger);
    commit_model(&mut ledger, model, &embedding);
    ledger.advance_epoch(START + 1);
    let gas = vec![coin(&ledger, 1)];
    let executed = send(&mut ledger, 1, reveal(model, &embedding), gas).expect("admitted");
    let expected = Failure::EmbeddingDimensionMismatch { expected: 4, actual: 5 };
    assert_eq!(failure(&executed), &expected);
}

fn active_model(ledger: &Ledger) -> ModelId {
    let models = &ledger.system_state().model_registry.models;
    let active = models.iter().find(|(_, model)| matches!(model.state(), ModelStateV1::Active(_)));
    *active.expect("a model is active").0
}

#[test]
fn the_whole_gas_coin_cannot_be_staked_with_a_model() {
    let mut ledger = network_with_targets();
    let coin = coin(&ledger, 2);
    let stake = |amount| TransactionKind::AddStakeToModel {
        model_id: active_model(&ledger),
        coin_ref: coin,
        amount,
    };
    let (whole, part) = (stake(None), stake(Some(1_000)));
    let result = send(&mut ledger, 2, whole.clone(), vec![coin]);
    assert_eq!(result, Err(AdmissionError::WholeGasCoinStaked));
    let simulated = ledger.simulate(&TransactionData::new(whole, address(2), vec![coin]), false);
    assert_eq!(simulated, Err(AdmissionError::WholeGasCoinStaked));
    let executed = send(&mut ledger, 2, part, vec![coin]).expect("admitted");
    assert_eq!(status(&executed), &ExecutionStatus::Success);
    audit(&ledger);
}

fn submission(ledger: &Ledger, target_id: ObjectId, bond_coin: ObjectRef) -> TransactionKind {
    TransactionKind::SubmitData(SubmitDataArgs {
        target_id,
        data_manifest: SubmissionManifest { manifest: manifest(1_000) },
        model_id: active_model(ledger),
        embedding: SomaTensor::vector(vec![0.1; DIMENSION]),
        distance_score: SomaTensor::scalar(0.5),
        loss_score: SomaTensor::vector(vec![0.2]),
        bond_coin,
    })
}

#[test]
fn data_fills_a_target_and_is_paid_for() {
    let mut ledger = network_with_targets();
    let (target_id, open) = ledger.targets().next().expect("targets");
    let kind = submission(&ledger, target_id, coin(&ledger, 2));
    let submitted = succeed(&mut ledger, 2, kind);
    let replacement = created(&submitted, ObjectType::Target);
    assert_eq!(replacement, ObjectId::derive(&submitted.digest, 2));
    let filled = ledger.object(&target_id).expect("filled").target().expect("a target");
    assert_eq!(filled.status, TargetStatus::Filled { fill_epoch: 0 });
    assert_eq!((filled.submitter, filled.bond_amount), (Some(address(2)), 65_000));
    ledger.advance_epoch(START + DAY);
    let claim = TransactionKind::ClaimRewards { target_id };
    let gas = vec![coin(&ledger, 1)];
    let early = send(&mut ledger, 1, claim.clone(), gas).expect("admitted");
    let open_window = Failure::AuditWindowOpen { fill_epoch: 0, current_epoch: 1 };
    assert_eq!(failure(&early), &open_window);
    ledger.advance_epoch(START + 2 * DAY);
    let before = ledger.balance(address(2));
    succeed(&mut ledger, 1, claim.clone());
    let share = open.reward_pool * 4_975 / 10_000;
    let claimer = open.reward_pool * 50 / 10_000;
    let submitter = open.reward_pool - share - claimer;
    assert_eq!(ledger.balance(address(2)), before + submitter + 65_000);
    assert!(ledger.object(&target_id).is_none());

    let gas = vec![coin(&ledger, 1)];
    let again = send(&mut ledger, 1, claim.clone(), gas).expect("admitted");
    assert_eq!(failure(&again), &Failure::InputObjectDeleted);
    let [(id, UnchangedSharedKind::MutateDeleted(_))] =
        again.effects.as_v1().unchanged_shared_objects[..]
    else {
        panic!("the deleted target is not listed");
    };
    assert_eq!(id, target_id);
    ledger.advance_epoch(START + 3 * DAY);
    audit(&ledger);
    let gas = vec![coin(&ledger, 1)];
    let later = send(&mut ledger, 1, claim, gas);
    let forgotten = AdmissionError::ObjectNotFound { id: target_id, version: None };
    assert_eq!(later, Err(forgotten));
}

#[test]
fn data_for_a_model_that_has_gone_keeps_its_bond() {
    let mut ledger = network_with_targets();
    let (target_id, _) = ledger.targets().next().expect("targets");
    let bond_coin = coins(&ledger, 2)[0];
    let kind = submission(&ledger, target_id, bond_coin);
    let model_id = active_model(&ledger);
    succeed(&mut ledger, 1, TransactionKind::DeactivateModel { model_id });
    let gas = coins(&ledger, 2)[1];
    let executed = send(&mut ledger, 2, kind, vec![gas]).expect("admitted");
    assert_eq!(failure(&executed), &Failure::ModelNotActive);
    let kept = ledger.object(&bond_coin.id).expect("not stranded");
    assert_eq!(kept.coin_balance(), Ok(LOCALNET_COIN));
}

#[test]
fn an_epoch_ends_with_its_checkpoint_and_pays_its_fees() {
    let mut ledger = network();
    let kind = pay(coin(&ledger, 1), 1_000_000, 2);
    let executed = succeed(&mut ledger, 1, kind);
    let fees = executed.effects.as_v1().transaction_fee.total_fee;
    assert!(!ledger.epoch_is_over(START + DAY - 1));
    assert!(ledger.epoch_is_over(START + DAY));
    let checkpoints = ledger.advance_epoch(START + DAY);
    let [last] = &checkpoints[..] else { panic!("one checkpoint") };
    let kinds: Vec<&str> =
        last.transactions.iter().map(|executed| executed.transaction.kind().name()).collect();
    assert_eq!(kinds, ["ConsensusCommitPrologueV1", "TransferCoin", "ChangeEpoch"]);
    let end = last.summary.end_of_epoch_data.as_ref().expect("the epoch's last");
    assert_eq!(end.next_epoch_validator_committee.epoch, 1);
    assert_eq!(last.summary.epoch_rolling_transaction_fees.total_fee, fees);
    let change = last.transactions[2].transaction.kind();
    assert!(matches!(change, TransactionKind::ChangeEpoch(change) if change.fees == fees));
    assert_eq!(ledger.epoch(), 1);
    let ended = ledger.epoch_info(0).expect("known");
    assert_eq!((ended.last_checkpoint, ended.end_ms), (Some(1), Some(START + DAY)));
    let begun = ledger.epoch_info(1).expect("known");
    assert_eq!((begun.first_checkpoint, begun.start_ms), (2, START + DAY));
    assert!(ledger.epoch_info(2).is_none());
    audit(&ledger);
}

#[test]
fn staking_earns_and_comes_back() {
    let mut ledger = network();
    let validator = validators(ledger.system_state())[0];
    let kind = TransactionKind::AddStake {
        address: validator,
        coin_ref: coin(&ledger, 1),
        amount: Some(10_000_000_000_000),
    };
    let staked = succeed(&mut ledger, 1, kind);
    let stake = created(&staked, ObjectType::StakedSoma);
    ledger.advance_epoch(START + DAY);
    ledger.advance_epoch(START + 2 * DAY);
    let staked_soma = ledger.object(&stake).expect("staked").reference().expect("an id");
    let before = ledger.balance(address(1));
    let withdrawn = succeed(&mut ledger, 1, TransactionKind::WithdrawStake { staked_soma });
    let fee = withdrawn.effects.as_v1().transaction_fee.total_fee;
    let paid = ledger.balance(address(1)) + fee - before;
    assert!(paid > 10_000_000_000_000, "{paid}");
    audit(&ledger);
}

fn submission_at(ledger: &Ledger, distance_score: SomaTensor) -> TransactionKind {
    let (target_id, _) = ledger.targets().next().expect("targets");
    let TransactionKind::SubmitData(args) = submission(ledger, target_id, coin(ledger, 2)) else {
        unreachable!("a submission is one");
    };
    TransactionKind::SubmitData(SubmitDataArgs { distance_score, ..args })
}

#[test]
fn a_distance_that_is_no_number_passes_as_in_the_reference() {
    let mut ledger = network_with_targets();
    let kind = submission_at(&ledger, SomaTensor::scalar(f32::NAN));
    succeed(&mut ledger, 2, kind);
}

#[test]
fn a_distance_of_several_values_is_a_failure() {
    let mut ledger = network_with_targets();
    let kind = submission_at(&ledger, SomaTensor::vector(vec![0.1, 0.2]));
    let gas = vec![coin(&ledger, 2)];
    let executed = send(&mut ledger, 2, kind, gas).expect("admitted");
    assert!(matches!(failure(&executed), Failure::InvalidArguments { .. }));
}

#[test]
fn the_stake_of_a_model_never_committed_comes_back() {
    let mut ledger = network();
    let model = create_model(&mut ledger);
    let stake = ledger.owned(address(1), Some(ObjectType::StakedSoma))[0].reference();
    let staked_soma = stake.expect("an id");
    let executed = succeed(&mut ledger, 1, TransactionKind::WithdrawStake { staked_soma });
    let coin = executed.written.iter().find(|it| it.coin_balance() == Ok(1_000_000_000));
    assert!(coin.is_some());
    let pool = ledger.system_state().model_registry.models[&model].staking_pool();
    assert_eq!((pool.soma_balance, pool.pool_token_balance, pool.pending_stake), (0, 0, 0));
}

#[test]
fn a_model_left_uncommitted_is_slashed_and_still_pays_its_principal() {
    let mut ledger = network();
    let model = create_model(&mut ledger);
    ledger.advance_epoch(START + 1);
    ledger.advance_epoch(START + 2);
    let pool = ledger.system_state().model_registry.models[&model].staking_pool();
    assert_eq!(pool.soma_balance, 500_000_000);
    let stake = ledger.owned(address(1), Some(ObjectType::StakedSoma))[0].reference();
    let staked_soma = stake.expect("an id");
    audit(&ledger);
    succeed(&mut ledger, 1, TransactionKind::WithdrawStake { staked_soma });
    let pool = ledger.system_state().model_registry.models[&model].staking_pool();
    assert_eq!(pool.soma_balance, 0);
    // Half was slashed, and paid all the same.
    let change = ledger.supply_change();
    assert_eq!((change.burned, change.minted), (500_000_000, 500_000_000));
    audit(&ledger);
}

#[test]
fn gas_short_of_a_write_to_the_system_state_changes_only_versions() {
    let mut ledger = network_with_targets();
    let gas = small_coin(&mut ledger, 1, 1_200);
    let before = ledger.system_state().clone();
    let model_id = active_model(&ledger);
    let kind = TransactionKind::SetModelCommissionRate { model_id, new_rate: 5 };
    let executed = send(&mut ledger, 1, kind, vec![gas]).expect("admitted");
    assert_eq!(failure(&executed), &Failure::InsufficientGas);
    assert_eq!(ledger.system_state(), &before);
    let state = ledger.object(&ObjectId::SYSTEM_STATE).expect("always there");
    assert_eq!(state.data.version, executed.effects.as_v1().version);
}

#[test]
fn a_stake_and_the_gas_coin_can_be_given_away_together() {
    let mut ledger = network_with_targets();
    let stake = ledger.owned(address(1), Some(ObjectType::StakedSoma))[0].reference();
    let (stake, gas) = (stake.expect("an id"), coin(&ledger, 1));
    let kind =
        TransactionKind::TransferObjects { objects: vec![stake, gas], recipient: address(2) };
    let executed = send(&mut ledger, 1, kind, vec![gas]).expect("admitted");
    assert_eq!(executed.effects.as_v1().transaction_fee.total_fee, 1_600);
    for id in [stake.id, gas.id] {
        assert_eq!(ledger.object(&id).expect("kept").owner.address(), Some(address(2)));
    }
}

#[test]
fn commission_can_be_withdrawn_in_the_epoch_in_which_it_was_earned() {
    let validator = GenesisValidator::derive(&[9; 32]).account;
    let mut ledger = network();
    ledger.advance_epoch(START + DAY);
    let owned = ledger.owned(validator.address(), Some(ObjectType::StakedSoma));
    let commission = owned
        .iter()
        .find(|stake| stake.staked_soma().is_ok_and(|stake| stake.stake_activation_epoch == 1))
        .expect("a commission");
    let principal = commission.staked_soma().expect("a stake").principal;
    let staked_soma = commission.reference().expect("an id");
    let gas = ledger.owned(validator.address(), Some(ObjectType::Coin))[0].reference();
    let transaction = TransactionData::new(
        TransactionKind::WithdrawStake { staked_soma },
        validator.address(),
        vec![gas.expect("an id")],
    );
    let executed = ledger.execute(&transaction.sign(&validator)).expect("admitted");
    assert_eq!(status(&executed), &ExecutionStatus::Success);
    assert!(executed.written.iter().any(|it| it.coin_balance() == Ok(principal)));
    audit(&ledger);
}
