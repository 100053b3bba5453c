//! Whole lives: of a model, of a target, of a stake, of a validator.

use crate::{Hurried, key_of, network};
use localnet::genesis::GenesisValidator;
use localnet::network::{Config, Network, RunningNetwork};
use rpc::native::NativeClient;
use wasm_core::address::{Address, TargetId};
use wasm_core::amount::Shannons;
use wasm_core::digest::{Checksum, DecryptionKeyCommitment, EmbeddingCommitment};
use wasm_core::intent::{
    Amount, CommitModel, ModelError, RevealModel, StakingError, SubmitData, TargetError,
    UpdateValidator, ValidatorError,
};
use wasm_core::job::send::PrepareError;
use wasm_core::keys::Keypair;
use wasm_core::manifest::Manifest;
use wasm_core::target::{TargetStatus, TargetV1};
use wasm_core::tensor::SomaTensor;
use wasm_core::validator_info::ValidatorInfo;
use wasm_core::wallet::{Wallet, WalletError};
use wasm_core::weights::DecryptionKey;

type Account = Wallet<NativeClient, Hurried>;

fn wallet(network: &RunningNetwork, key: Keypair) -> Account {
    Wallet::new(NativeClient::connect(&network.rpc_url), Hurried, key)
}

fn validator(network: &RunningNetwork, n: usize) -> Account {
    wallet(network, Keypair::derive(&network.validators[n].account.expose_seed()))
}

async fn demo() -> RunningNetwork {
    let config = Config { demo: true, ..Config::for_tests() };
    Network::start(config).await.expect("a network")
}

fn next_epoch(network: &RunningNetwork) -> u64 {
    network.node().advance_epoch()
}

fn manifest(size: u64) -> Manifest {
    let url = "https://data.example/file".parse().expect("a URL");
    Manifest::new(url, Checksum([5; 32]), size)
}

/// The first open target.
fn open_target(network: &RunningNetwork) -> (TargetId, TargetV1) {
    let ledger = network.node().ledger();
    let mut targets = ledger.targets();
    targets.find(|(_, target)| target.status == TargetStatus::Open).expect("an open target")
}

fn hit((id, target): &(TargetId, TargetV1), size: u64) -> SubmitData {
    SubmitData {
        target: *id,
        model: target.model_ids[0],
        manifest: manifest(size),
        embedding: target.embedding.clone(),
        distance: SomaTensor::scalar(0.25),
        losses: SomaTensor::vector(vec![0.5; target.model_ids.len()]),
    }
}

/// Why an operation could not even be prepared.
fn refusal<T: std::fmt::Debug>(result: Result<T, WalletError>) -> PrepareError {
    match result {
        Err(WalletError::Prepare(error)) => error,
        other => panic!("not refused: {other:?}"),
    }
}

#[tokio::test]
async fn a_model_is_created_committed_revealed_updated_and_retired() {
    let network = network().await;
    let owner = wallet(&network, key_of(&network, 0));
    let stake = Shannons(2 * Shannons::PER_SOMA);
    let created = owner.create_model(stake, 500).await.expect("a model").value;
    let model = created.model;
    for round in 0..2_u8 {
        let key = DecryptionKey([round + 1; 32]);
        let embedding = SomaTensor::vector(vec![1.0 + f32::from(round); 16]);
        let commit = CommitModel {
            model,
            manifest: manifest(1_000),
            embedding: EmbeddingCommitment::of(&embedding),
            decryption_key: DecryptionKeyCommitment::of(&key),
        };
        owner.commit_model(commit).await.expect("a commit");
        let reveal = RevealModel { model, key, embedding };
        let too_early = refusal(owner.reveal_model(reveal.clone()).await);
        assert!(matches!(too_early, PrepareError::Model(ModelError::WrongEpoch { .. })));
        next_epoch(&network);
        owner.reveal_model(reveal).await.expect("a reveal");
    }
    owner.set_model_commission(model, 900).await.expect("a commission");
    let other = wallet(&network, key_of(&network, 1));
    let foreign = refusal(other.deactivate_model(model).await);
    assert!(matches!(foreign, PrepareError::Model(ModelError::NotOwner { .. })));
    let more = Amount::Exact(Shannons(Shannons::PER_SOMA));
    let added = other.stake_with_model(model, more).await.expect("a stake").value;
    next_epoch(&network);

    let judge = validator(&network, 0);
    judge.report_model(model).await.expect("a report");
    judge.undo_report_model(model).await.expect("taken back");
    let nothing = refusal(judge.undo_report_model(model).await);
    assert!(matches!(nothing, PrepareError::Model(ModelError::NoReport { .. })));

    owner.deactivate_model(model).await.expect("retired");
    let gone = refusal(other.stake_with_model(model, more).await);
    assert_eq!(gone, PrepareError::Staking(StakingError::InactiveModel(model)));
    assert_eq!(other.withdraw_stake(added).await.expect("back").value.amount.0, 1_000_000_000);
    assert_eq!(owner.withdraw_stake(created.stake).await.expect("back").value.amount, stake);
}

#[tokio::test]
async fn a_target_is_hit_reported_and_claimed_and_an_expired_one_too() {
    let network = demo().await;
    let submitter = wallet(&network, key_of(&network, 1));
    let target = open_target(&network);
    let (id, left_open) = (target.0, hit(&target, 100));
    let too_far = SubmitData { distance: SomaTensor::scalar(9.0), ..left_open.clone() };
    let too_far = refusal(submitter.submit_data(too_far).await);
    assert!(matches!(too_far, PrepareError::Target(TargetError::TooFar { .. })));
    let bond = network.node().ledger().system_state().parameters.submission_bond_per_byte * 100;
    let submitted = submitter.submit_data(left_open.clone()).await.expect("a hit").value;
    assert_eq!(submitted.bond.0, bond);
    assert!(submitted.replacement.is_some(), "another target takes its place");
    let again = refusal(submitter.submit_data(left_open).await);
    assert_eq!(again, PrepareError::Target(TargetError::Filled(id)));
    let early = refusal(submitter.claim_rewards(id).await);
    assert!(matches!(early, PrepareError::Target(TargetError::AuditOpen { .. })));
    let expiring = open_target(&network).0;

    let judge = validator(&network, 0);
    let not_yet = refusal(judge.report_submission(id).await);
    assert!(matches!(not_yet, PrepareError::Target(TargetError::AuditClosed { .. })));
    next_epoch(&network);
    judge.report_submission(id).await.expect("a report");
    judge.undo_report_submission(id).await.expect("taken back");
    let no_validator = refusal(submitter.report_submission(id).await);
    assert!(matches!(no_validator, PrepareError::Target(TargetError::NotAValidator(_))));
    next_epoch(&network);

    // Anybody may settle it, for a share.
    let reward = target.1.reward_pool;
    let stranger = wallet(&network, key_of(&network, 2));
    let claimed = stranger.claim_rewards(id).await.expect("settled").value;
    assert_eq!(claimed.own, Shannons(reward).bps(50));
    let paid: u64 = claimed.paid.iter().map(|(_, amount)| amount.0).sum();
    assert_eq!(paid, reward + bond, "reward and bond, to the shannon");
    let gone = refusal(stranger.claim_rewards(id).await);
    assert_eq!(gone, PrepareError::Target(TargetError::NotFound(id)));
    let expired = stranger.claim_rewards(expiring).await.expect("expired").value;
    assert_eq!(expired.paid, [(stranger.address(), expired.own)]);
}

fn newcomer(account: Keypair) -> GenesisValidator {
    let mut validator = GenesisValidator::derive_at(&[77; 32], 9);
    validator.account = account;
    validator
}

#[tokio::test]
async fn a_validator_joins_by_its_info_changes_reports_and_leaves() {
    let network = network().await;
    let first = validator(&network, 0);
    let candidate = wallet(&network, key_of(&network, 0));
    let info = newcomer(key_of(&network, 0)).info();
    let info = ValidatorInfo::parse(&info).expect("a validator.info");
    let other = refusal(first.add_validator(info.clone()).await);
    assert!(matches!(other, PrepareError::Validator(ValidatorError::OtherAccount { .. })));
    candidate.add_validator(info.clone()).await.expect("a candidate");
    let again = refusal(candidate.add_validator(info).await);
    assert!(matches!(again, PrepareError::Validator(ValidatorError::AlreadyValidator(_))));
    let own = Amount::Exact(Shannons(20_000 * Shannons::PER_SOMA));
    candidate.stake_with_validator(candidate.address(), own).await.expect("a stake");
    let pending = refusal(candidate.set_validator_commission(300).await);
    assert!(matches!(pending, PrepareError::Validator(ValidatorError::NotAValidator(_))));
    next_epoch(&network);

    candidate.set_validator_commission(300).await.expect("a commission");
    let p2p_address = Some("/dns/elsewhere.example/tcp/9084/http".parse().expect("an address"));
    let update = UpdateValidator { p2p_address, ..UpdateValidator::default() };
    candidate.update_validator(update.clone()).await.expect("an update");
    let taken = refusal(first.update_validator(update).await);
    assert_eq!(taken, PrepareError::Validator(ValidatorError::Taken("p2p address")));
    let oneself = refusal(first.report_validator(first.address()).await);
    assert_eq!(oneself, PrepareError::Validator(ValidatorError::Oneself));
    first.report_validator(candidate.address()).await.expect("a report");
    first.undo_report_validator(candidate.address()).await.expect("taken back");
    candidate.remove_validator().await.expect("leaving");
    let twice = refusal(candidate.remove_validator().await);
    assert!(matches!(twice, PrepareError::Validator(ValidatorError::AlreadyLeaving(_))));
    next_epoch(&network);
    let left = refusal(candidate.remove_validator().await);
    assert!(matches!(left, PrepareError::Validator(ValidatorError::NotAValidator(_))));
    let nobody = refusal(candidate.stake_with_validator(Address([3; 32]), own).await);
    assert!(matches!(nobody, PrepareError::Staking(StakingError::NoSuchValidator(_))));
}
