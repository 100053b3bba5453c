//! A life on the local network in which every kind occurs, each foretold to the shannon.

use crate::network::Live;
use localnet::genesis::GenesisValidator;
use wasm_core::address::{Address, ModelId, ObjectId, TargetId};
use wasm_core::amount::Shannons;
use wasm_core::digest::{
    Checksum, DecryptionKeyCommitment, EmbeddingCommitment, WeightsCommitment,
};
use wasm_core::effects::IdOperation;
use wasm_core::failure::FailureKind;
use wasm_core::manifest::{Manifest, SubmissionManifest};
use wasm_core::object::{ObjectRef, ObjectType};
use wasm_core::ports::Executed;
use wasm_core::preview::{QUORUM, bond};
use wasm_core::tensor::SomaTensor;
use wasm_core::tx::TransactionKind;
use wasm_core::tx::kind::{
    CommitModelArgs, RemoveValidatorArgs, RevealModelArgs, SubmitDataArgs,
    UpdateValidatorMetadataArgs,
};
use wasm_core::weights::DecryptionKey;

const SOMA: u64 = Shannons::PER_SOMA;

/// The objects of a type that a transaction made.
fn created(executed: &Executed, object_type: ObjectType) -> Vec<ObjectId> {
    let is_new = |id_operation| id_operation == IdOperation::Created;
    let changed = executed.changed_objects.iter();
    changed
        .filter(|of| is_new(of.id_operation) && of.object_type == Some(object_type))
        .map(|of| of.id)
        .collect()
}

fn multiaddr(text: &str) -> Vec<u8> {
    bcs::to_bytes(text).expect("text")
}

async fn coins_move(live: &Live) {
    let (me, you) = (live.user(0), live.user(1).address());
    let coins = live.coins(me.address()).await;
    let [first, second, third, fourth, ..] = &coins[..] else { panic!("five coins: {coins:?}") };
    let (gas, coin) = (first.reference, second.reference);
    let send = |coin, amount| TransactionKind::TransferCoin { coin, amount, recipient: you };
    live.does_with_gas(me, send(gas, Some(7 * SOMA + 1)), vec![gas]).await;
    live.does(me, send(coin, Some(5))).await;
    live.does(me, send(live.reference(coin.id).await, None)).await;
    // Everything in two coins, which vanish.
    let third = live.reference(third.reference.id).await;
    let fourth = live.reference(fourth.reference.id).await;
    live.does_with_gas(me, send(third, None), vec![third, fourth]).await;
    let you = live.user(1);
    let coins: Vec<ObjectRef> =
        live.coins(you.address()).await.iter().map(|coin| coin.reference).collect();
    let pay = |coins: &[ObjectRef]| TransactionKind::PayCoins {
        coins: coins.to_vec(),
        amounts: Some(vec![SOMA, 0, 2 * SOMA]),
        recipients: vec![me.address(), me.address(), you.address()],
    };
    live.does(you, pay(&coins[3..5])).await;
    let gas = live.reference(coins[1].id).await;
    live.does_with_gas(you, pay(&[coins[2], gas]), vec![gas]).await;
    let objects = vec![live.reference(coins[5].id).await];
    let give = TransactionKind::TransferObjects { objects, recipient: me.address() };
    live.does(you, give).await;
    let poorest = live.coins(me.address()).await.pop().expect("a coin");
    let too_much = send(poorest.reference, Some(poorest.balance + 1));
    assert_eq!(live.fails(me, too_much).await.kind, FailureKind::InsufficientCoinBalance);
    let nobody = TransactionKind::TransferObjects { objects: Vec::new(), recipient: me.address() };
    assert_eq!(live.fails(me, nobody).await.kind, FailureKind::InvalidArguments);
}

/// Stakes in every way, and gives three stakes that last: with a validator, and with each model.
async fn stakes_begin(live: &Live, models: [ModelId; 2]) -> Vec<ObjectId> {
    let me = live.user(2);
    let coins = live.coins(me.address()).await;
    let with = live.validator(0).address();
    let stake = |coin_ref, amount| TransactionKind::AddStake { address: with, coin_ref, amount };
    let stake_of = |executed: &Executed| created(executed, ObjectType::StakedSoma)[0];
    let gas = coins[0].reference;
    let mut lasting =
        vec![stake_of(&live.does_with_gas(me, stake(gas, Some(1_000 * SOMA)), vec![gas]).await)];
    live.does(me, stake(coins[1].reference, Some(50 * SOMA))).await;
    let whole = live.reference(coins[1].reference.id).await;
    let short = stake_of(&live.does(me, stake(whole, None)).await);
    let staked_soma = live.reference(short).await;
    live.does(me, TransactionKind::WithdrawStake { staked_soma }).await;
    for model_id in models {
        let coin_ref = live.coins(me.address()).await[1].reference;
        let amount = Some(3 * SOMA);
        let kind = TransactionKind::AddStakeToModel { model_id, coin_ref, amount };
        lasting.push(stake_of(&live.does(me, kind).await));
    }
    let coin_ref = live.coins(me.address()).await[1].reference;
    let address = Address([9; 32]);
    let unknown = TransactionKind::AddStake { address, coin_ref, amount: None };
    assert_eq!(live.fails(me, unknown).await.kind, FailureKind::ValidatorNotFound);
    let model_id = ObjectId([9; 32]);
    let unknown = TransactionKind::AddStakeToModel { model_id, coin_ref, amount: None };
    assert_eq!(live.fails(me, unknown).await.kind, FailureKind::ModelNotFound);
    lasting
}

async fn stakes_end(live: &Live, stakes: Vec<ObjectId>) {
    let me = live.user(2);
    for stake in stakes {
        let staked_soma = live.reference(stake).await;
        live.does(me, TransactionKind::WithdrawStake { staked_soma }).await;
    }
    let staked_soma = live.coins(me.address()).await[1].reference;
    let no_stake = TransactionKind::WithdrawStake { staked_soma };
    assert_eq!(live.fails(me, no_stake).await.kind, FailureKind::InvalidObjectType);
}

/// Somebody asks to become a validator, with a stake that suffices.
async fn a_validator_comes(live: &Live, candidate: &GenesisValidator) {
    let (me, key) = (live.user(3), &candidate.account);
    let coins = live.coins(me.address()).await;
    let objects = vec![coins[1].reference, coins[2].reference];
    let recipient = key.address();
    live.does(me, TransactionKind::TransferObjects { objects, recipient }).await;
    live.does(key, TransactionKind::AddValidator(candidate.joining())).await;
    let again = TransactionKind::AddValidator(candidate.joining());
    assert_eq!(live.fails(key, again).await.kind, FailureKind::DuplicateValidator);
    let coin_ref = live.coins(recipient).await[1].reference;
    let amount = Some(500 * SOMA);
    live.does(key, TransactionKind::AddStake { address: recipient, coin_ref, amount }).await;
}

async fn validators_act(live: &Live) {
    let (me, other) = (live.validator(0), live.validator(1).address());
    live.does(me, TransactionKind::ReportValidator { reportee: other }).await;
    live.does(me, TransactionKind::UndoReportValidator { reportee: other }).await;
    let twice = TransactionKind::UndoReportValidator { reportee: other };
    assert_eq!(live.fails(me, twice).await.kind, FailureKind::ReportRecordNotFound);
    live.does(me, TransactionKind::SetCommissionRate { new_rate: 300 }).await;
    let too_much = TransactionKind::SetCommissionRate { new_rate: 10_001 };
    assert_eq!(live.fails(me, too_much).await.kind, FailureKind::OtherError);
    let update = UpdateValidatorMetadataArgs {
        next_epoch_p2p_address: Some(multiaddr("/ip4/127.0.0.1/udp/9999")),
        ..UpdateValidatorMetadataArgs::default()
    };
    live.does(me, TransactionKind::UpdateValidatorMetadata(update.clone())).await;
    let taken = TransactionKind::UpdateValidatorMetadata(update);
    let duplicate = live.fails(live.validator(1), taken).await;
    assert_eq!(duplicate.kind, FailureKind::DuplicateValidatorMetadata);
}

/// What is promised of a model's weights, by number.
fn promise(model_id: ModelId, n: u8) -> (CommitModelArgs, RevealModelArgs) {
    let decryption_key = DecryptionKey([n; 32]);
    let embedding = SomaTensor::vector((0..16_u8).map(|i| f32::from(i * n) - 20.0).collect());
    let checksum = Checksum([n; 32]);
    let url = format!("https://example.org/weights-{n}").parse().expect("a URL");
    let commit = CommitModelArgs {
        model_id,
        manifest: Manifest::new(url, checksum, 12_345),
        weights_commitment: WeightsCommitment::of(checksum),
        embedding_commitment: EmbeddingCommitment::of(&embedding),
        decryption_key_commitment: DecryptionKeyCommitment::of(&decryption_key),
    };
    (commit, RevealModelArgs { model_id, decryption_key, embedding })
}

async fn a_model_begins(live: &Live) -> ModelId {
    let me = live.user(4);
    let create = |stake_amount| TransactionKind::CreateModel {
        stake_amount,
        commission_rate: 500,
        architecture_version: 1,
    };
    assert_eq!(live.fails(me, create(1)).await.kind, FailureKind::ModelMinStakeNotMet);
    live.does(me, create(10 * SOMA)).await;
    let state = live.state().await;
    let mut models = state.model_registry.models.iter();
    let (&id, _) = models.find(|(_, model)| model.owner() == me.address()).expect("a model");
    let (commit, reveal) = promise(id, 1);
    live.does(me, TransactionKind::CommitModel(commit)).await;
    let early = live.fails(me, TransactionKind::RevealModel(reveal)).await;
    assert_eq!(early.kind, FailureKind::ModelRevealEpochMismatch);
    id
}

async fn a_model_is_active(live: &Live, model_id: ModelId) {
    let (me, validator) = (live.user(4), live.validator(2));
    let wrong =
        RevealModelArgs { decryption_key: DecryptionKey([9; 32]), ..promise(model_id, 1).1 };
    let wrong = live.fails(me, TransactionKind::RevealModel(wrong)).await;
    assert_eq!(wrong.kind, FailureKind::ModelDecryptionKeyCommitmentMismatch);
    live.does(me, TransactionKind::RevealModel(promise(model_id, 1).1)).await;
    live.does(me, TransactionKind::SetModelCommissionRate { model_id, new_rate: 700 }).await;
    live.does(me, TransactionKind::CommitModel(promise(model_id, 2).0)).await;
    live.does(validator, TransactionKind::ReportModel { model_id }).await;
    live.does(validator, TransactionKind::UndoReportModel { model_id }).await;
    let no_validator = live.fails(me, TransactionKind::ReportModel { model_id }).await;
    assert_eq!(no_validator.kind, FailureKind::NotAValidator);
}

async fn a_model_ends(live: &Live, model_id: ModelId) {
    let me = live.user(4);
    live.does(me, TransactionKind::RevealModel(promise(model_id, 2).1)).await;
    let foreign = live.fails(live.user(0), TransactionKind::DeactivateModel { model_id }).await;
    assert_eq!(foreign.kind, FailureKind::NotModelOwner);
    live.does(me, TransactionKind::DeactivateModel { model_id }).await;
}

/// Data for a target, with everything as it should be.
async fn data(live: &Live, target_id: TargetId, size: u64, bond_coin: ObjectRef) -> SubmitDataArgs {
    let target = live.target(target_id).await;
    let url = "https://example.org/data".parse().expect("a URL");
    SubmitDataArgs {
        target_id,
        data_manifest: SubmissionManifest { manifest: Manifest::new(url, Checksum([3; 32]), size) },
        model_id: target.model_ids[0],
        embedding: target.embedding.clone(),
        distance_score: SomaTensor::scalar(0.5),
        loss_score: SomaTensor::vector(vec![0.25; target.model_ids.len()]),
        bond_coin,
    }
}

/// Fills targets with a bond out of the paying coin, out of another, out of one that it uses up, and
/// of nothing.
async fn targets_are_filled(live: &Live, targets: &[TargetId]) {
    let me = live.user(0);
    let gas = live.coins(me.address()).await[0].reference;
    let args = data(live, targets[0], 1_000, gas).await;
    live.does_with_gas(me, TransactionKind::SubmitData(args.clone()), vec![gas]).await;
    let coin = live.coins(me.address()).await[1].reference;
    let args = SubmitDataArgs { bond_coin: coin, ..args };
    let filled = live.fails(me, TransactionKind::SubmitData(args)).await;
    assert_eq!(filled.kind, FailureKind::TargetNotOpen);
    let args = data(live, targets[1], 2_001, coin).await;
    live.does(me, TransactionKind::SubmitData(args)).await;
    let exact = bond(&live.state().await, 3_000).expect("a bond");
    let gas = live.coins(me.address()).await[0].reference;
    let recipient = me.address();
    let split = TransactionKind::TransferCoin { coin: gas, amount: Some(exact), recipient };
    let split = live.does_with_gas(me, split, vec![gas]).await;
    let coin = live.reference(created(&split, ObjectType::Coin)[0]).await;
    let too_large = data(live, targets[2], 3_001, coin).await;
    let too_large = live.fails(me, TransactionKind::SubmitData(too_large)).await;
    assert_eq!(too_large.kind, FailureKind::InsufficientBond);
    let args = data(live, targets[2], 3_000, coin).await;
    live.does(me, TransactionKind::SubmitData(args)).await;
    let coin = live.coins(me.address()).await[1].reference;
    let args = data(live, targets[3], 0, coin).await;
    live.does(me, TransactionKind::SubmitData(args)).await;
    let early = live.fails(me, TransactionKind::ClaimRewards { target_id: targets[0] }).await;
    assert_eq!(early.kind, FailureKind::AuditWindowOpen);
}

/// Most validators report one submission, one reports another.
async fn submissions_are_reported(live: &Live, targets: &[TargetId]) {
    let (most, one) = (targets[1], targets[2]);
    for number in 0..3 {
        let target_id = most;
        live.does(live.validator(number), TransactionKind::ReportSubmission { target_id }).await;
    }
    let me = live.validator(0);
    live.does(me, TransactionKind::UndoReportSubmission { target_id: most }).await;
    live.does(me, TransactionKind::ReportSubmission { target_id: most }).await;
    live.does(me, TransactionKind::ReportSubmission { target_id: one }).await;
    let state = live.state().await;
    let reporters = &live.target(most).await.submission_reports;
    let validators = state.validators.validators.iter();
    let power = validators
        .filter(|known| reporters.contains(&known.metadata.soma_address))
        .map(|known| known.voting_power);
    assert!(power.sum::<u64>() >= QUORUM, "three of five decide");
}

async fn targets_are_settled(live: &Live, targets: &[TargetId]) {
    let me = live.user(1);
    for &target_id in targets {
        live.does(me, TransactionKind::ClaimRewards { target_id }).await;
    }
}

#[tokio::test]
async fn every_kind_does_what_was_foretold_and_simulated() {
    let live = Live::start().await;
    coins_move(&live).await;
    let model = a_model_begins(&live).await;
    let stakes = stakes_begin(&live, [model, live.network.models[0]]).await;
    let candidate = GenesisValidator::derive_at(&[42; 32], 77);
    a_validator_comes(&live, &candidate).await;
    let open = live.open_targets().await;
    let (filled, expired) = (&open[..4], &open[4..5]);
    targets_are_filled(&live, filled).await;

    assert_eq!(live.next_epoch().await, 1);
    a_model_is_active(&live, model).await;
    validators_act(&live).await;
    submissions_are_reported(&live, filled).await;
    targets_are_settled(&live, expired).await;

    assert_eq!(live.next_epoch().await, 2);
    a_model_ends(&live, model).await;
    targets_are_settled(&live, filled).await;
    let leave = RemoveValidatorArgs { pubkey_bytes: vec![7; 96] };
    live.does(&candidate.account, TransactionKind::RemoveValidator(leave)).await;

    assert_eq!(live.next_epoch().await, 3);
    stakes_end(&live, stakes).await;
    assert_eq!(live.done.borrow().len(), 23, "{:?}", live.done.borrow());
    assert!(*live.failed.borrow() >= 15, "{}", live.failed.borrow());
}
