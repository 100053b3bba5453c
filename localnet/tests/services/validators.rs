//! Several validators: they sign, earn, report each other, and come and go, all through the ports.

use crate::client::{Net, mask};
use localnet::bls::{BlsKeypair, verify_checkpoint};
use localnet::genesis::GenesisValidator;
use localnet::network::Config;
use localnet::validator_info;
use rpc::proto::soma as proto;
use rpc::proto::soma::execution_error::ExecutionErrorKind as Failure;
use std::collections::BTreeMap;
use wasm_core::address::Address;
use wasm_core::bytes::FixedBytes;
use wasm_core::keys::Keypair;
use wasm_core::tx::TransactionKind;
use wasm_core::tx::kind::{AddValidatorArgs, RemoveValidatorArgs, UpdateValidatorMetadataArgs};
use wasm_core::validator_info::ValidatorInfo;

const SOMA: u64 = 1_000_000_000;
const QUORUM: u64 = 6_667;

async fn of_validators(count: u8) -> Net {
    Net::start_with(Config { validators: Some(count), ..Config::for_tests() }).await
}

async fn set(net: &Net) -> proto::ValidatorSet {
    net.system_state().await.validators.expect("validators")
}

/// Active validators by address.
async fn active(net: &Net) -> BTreeMap<Address, proto::Validator> {
    let of = |known: proto::Validator| {
        (known.soma_address.as_deref().expect("an address").parse().expect("an address"), known)
    };
    set(net).await.validators.into_iter().map(of).collect()
}

/// Checks the newest checkpoint's signature as a client would that trusts the committee; gives the
/// voting power behind it, and the keys.
async fn verify_newest(net: &Net) -> (u64, Vec<FixedBytes<96>>) {
    let read_mask = mask(&["sequence_number", "signature"]);
    let request = proto::GetCheckpointRequest { checkpoint_id: None, read_mask };
    let answer = net.ledger().get_checkpoint(request).await.expect("a checkpoint").into_inner();
    let checkpoint = answer.checkpoint.expect("a checkpoint");
    let signature = checkpoint.signature.expect("a signature");
    let epoch = signature.epoch.expect("an epoch");
    let request = proto::GetEpochRequest { epoch: Some(epoch), read_mask: mask(&["committee"]) };
    let answer = net.ledger().get_epoch(request).await.expect("an epoch").into_inner();
    let committee = answer.epoch.and_then(|epoch| epoch.committee).expect("a committee");
    assert_eq!(committee.epoch, Some(epoch));
    let signers: Vec<&proto::ValidatorCommitteeMember> = signature
        .bitmap
        .iter()
        .map(|&place| &committee.members[usize::try_from(place).expect("a place")])
        .collect();
    let key = |member: &&proto::ValidatorCommitteeMember| {
        FixedBytes::from_slice(member.authority_key.as_deref().expect("a key")).expect("96 bytes")
    };
    let keys: Vec<FixedBytes<96>> = signers.iter().map(key).collect();
    let ledger = net.network.node().ledger();
    let number = checkpoint.sequence_number.expect("a number");
    let summary = &ledger.checkpoint(number).expect("it is there").summary;
    let bytes = signature.signature.as_deref().expect("bytes").try_into().expect("48 bytes");
    assert!(verify_checkpoint(&keys, summary, epoch, &bytes));
    assert!(!verify_checkpoint(&keys, summary, epoch + 1, &bytes));
    (signers.iter().filter_map(|member| member.weight).sum(), keys)
}

#[tokio::test]
async fn several_validators_share_the_power_and_sign_every_checkpoint() {
    let net = of_validators(7).await;
    assert_eq!(net.network.validators.len(), 7);
    let powers: Vec<u64> = active(&net).await.values().filter_map(|it| it.voting_power).collect();
    assert_eq!(powers.iter().sum::<u64>(), 10_000);
    assert!(powers.iter().all(|power| power.abs_diff(10_000 / 7) <= 1), "{powers:?}");
    net.request_gas(Address([3; 32])).await;
    let (power, keys) = verify_newest(&net).await;
    assert_eq!((power, keys.len()), (10_000, 7));
    net.advance_epoch().await;
    assert_eq!(verify_newest(&net).await.0, 10_000);
}

#[tokio::test]
async fn printed_keys_are_those_of_the_network() {
    let net = of_validators(3).await;
    let active = active(&net).await;
    for validator in &net.network.validators {
        let known = &active[&validator.account.address()];
        let metadata = validator.metadata();
        assert_eq!(known.protocol_pubkey.as_deref(), Some(&metadata.protocol_pubkey.0[..]));
        assert_eq!(known.network_pubkey.as_deref(), Some(&metadata.network_pubkey.0[..]));
        assert_eq!(known.proof_of_possession.as_deref(), Some(&metadata.proof_of_possession.0[..]));
        assert_eq!(net.balance(validator.account.address()).await, 100_000 * SOMA);
    }
}

#[tokio::test]
async fn more_stake_is_more_power_up_to_the_cap() {
    let net = of_validators(12).await;
    let favourite = net.network.validators[0].account.address();
    let account = &net.network.accounts[0];
    let before = active(&net).await[&favourite].voting_power;
    let (coin_ref, _) = net.richest_coin(account.address()).await;
    let amount = Some(100_000 * SOMA);
    net.run(account, TransactionKind::AddStake { address: favourite, coin_ref, amount }).await;
    assert_eq!(active(&net).await[&favourite].voting_power, before, "not before the epoch ends");
    net.advance_epoch().await;
    let after = active(&net).await;
    // With more than a third of all stake it has a tenth of the power, and its twelfth, rounded up, of
    // the 2,895 that the stakes of the others do not come to.
    assert_eq!(after[&favourite].voting_power, Some(1_000 + 242));
    assert_eq!(after.values().filter_map(|it| it.voting_power).sum::<u64>(), 10_000);
}

/// Keys of a validator to be, with an account that can pay.
async fn newcomer(net: &Net, coins: u64) -> GenesisValidator {
    let folder = tempfile::tempdir().expect("a folder");
    let made = validator_info::make(folder.path(), "new.example.org", 500).expect("written");
    let text = std::fs::read_to_string(folder.path().join("validator.info")).expect("an info");
    assert_eq!(text, made.validator.info());
    net.pay(&net.network.accounts[0], made.validator.account.address(), coins).await;
    made.validator
}

/// Joins, stakes with itself, and is active in the epoch that begins.
async fn join(net: &Net, new: &GenesisValidator, stake: u64) {
    net.run(&new.account, TransactionKind::AddValidator(new.joining())).await;
    let address = new.account.address();
    let (coin_ref, _) = net.richest_coin(address).await;
    let amount = Some(stake);
    net.run(&new.account, TransactionKind::AddStake { address, coin_ref, amount }).await;
    net.advance_epoch().await;
}

#[tokio::test]
async fn a_validator_joins_signs_and_leaves() {
    let net = of_validators(2).await;
    let new = newcomer(&net, 30_000 * SOMA).await;
    let address = new.account.address();
    net.run(&new.account, TransactionKind::AddValidator(new.joining())).await;
    let pending = set(&net).await.pending_validators;
    assert_eq!(pending.len(), 1);
    assert_eq!(pending[0].soma_address, Some(address.to_bare_hex()));
    net.advance_epoch().await;
    assert!(!active(&net).await.contains_key(&address), "not without a stake");

    let (coin_ref, _) = net.richest_coin(address).await;
    let kind = TransactionKind::AddStake { address, coin_ref, amount: Some(20_000 * SOMA) };
    net.run(&new.account, kind).await;
    net.advance_epoch().await;
    let joined = active(&net).await[&address].clone();
    let power = joined.voting_power.expect("a power");
    assert!((3_300..=3_334).contains(&power), "as much as the others, less their rewards: {power}");
    assert_eq!(joined.commission_rate, Some(10), "whatever its info says");

    net.pay(&net.network.accounts[0], Address([1; 32]), 1).await;
    net.advance_epoch().await;
    assert_eq!(verify_newest(&net).await.1.len(), 2, "nobody here has the newcomer's key");
    let key = new.protocol.expose_base64();
    net.network.sign_with(BlsKeypair::parse_base64(&key).expect("a key"));
    net.advance_epoch().await;
    let (power, keys) = verify_newest(&net).await;
    assert_eq!(power, 10_000);
    assert!(keys.contains(&new.protocol.public_key()));

    let kind = TransactionKind::RemoveValidator(RemoveValidatorArgs { pubkey_bytes: Vec::new() });
    net.run(&new.account, kind.clone()).await;
    assert_eq!(net.try_run(&new.account, kind).await, Err(Failure::ValidatorAlreadyRemoved));
    net.advance_epoch().await;
    let set = set(&net).await;
    assert_eq!((set.validators.len(), set.inactive_validators.len()), (2, 1));
    assert_eq!(verify_newest(&net).await.0, 10_000);
    // Its stake comes back from the pool that was left behind.
    let stakes = net.owned(address, "StakedSoma").await;
    let before = net.balance(address).await;
    for staked_soma in stakes {
        net.run(&new.account, TransactionKind::WithdrawStake { staked_soma }).await;
    }
    // All of it but the fee of a thousandth.
    assert!(net.balance(address).await > before + 20_000 * SOMA - 30 * SOMA);
}

#[tokio::test]
async fn the_wallets_reader_makes_of_an_info_what_joins() {
    let net = of_validators(1).await;
    let new = newcomer(&net, 100 * SOMA).await;
    let info = ValidatorInfo::parse(&new.info()).expect("an info");
    info.check_keys().expect("keys");
    assert_eq!(info.account_address, new.account.address());
    assert_eq!(info.commission_bps, 500);
    let text = |address: &dyn std::fmt::Display| bcs::to_bytes(&address.to_string()).expect("text");
    let args = AddValidatorArgs {
        pubkey_bytes: info.protocol_key.0.to_vec(),
        network_pubkey_bytes: info.network_key.0.to_vec(),
        worker_pubkey_bytes: info.worker_key.0.to_vec(),
        proof_of_possession: info.proof_of_possession.0.to_vec(),
        net_address: text(&info.network_address),
        p2p_address: text(&info.p2p_address),
        primary_address: text(&info.primary_address),
        proxy_address: text(&info.proxy_address),
    };
    assert_eq!(args, new.joining());
    net.run(&new.account, TransactionKind::AddValidator(args)).await;
    assert_eq!(set(&net).await.pending_validators.len(), 1);
}

#[tokio::test]
async fn nobody_joins_with_a_proof_or_a_place_that_is_not_theirs() {
    let net = of_validators(2).await;
    let new = newcomer(&net, 100 * SOMA).await;
    let try_join = async |args: AddValidatorArgs| {
        net.try_run(&new.account, TransactionKind::AddValidator(args)).await.map(drop)
    };
    let honest = new.joining();
    let other = &net.network.validators[0];
    let stolen = AddValidatorArgs {
        proof_of_possession: other.metadata().proof_of_possession.0.to_vec(),
        ..honest.clone()
    };
    assert_eq!(try_join(stolen).await, Err(Failure::InvalidProofOfPossession));
    let of_another_account = new.protocol.prove_possession(other.account.address()).0.to_vec();
    let moved = AddValidatorArgs { proof_of_possession: of_another_account, ..honest.clone() };
    assert_eq!(try_join(moved).await, Err(Failure::InvalidProofOfPossession));
    let mut flipped = honest.clone();
    flipped.proof_of_possession[20] ^= 1;
    assert_eq!(try_join(flipped).await, Err(Failure::InvalidProofOfPossession));
    let mut short = honest.clone();
    short.pubkey_bytes.pop();
    assert_eq!(try_join(short).await, Err(Failure::InvalidArguments));
    let neighbour = AddValidatorArgs { net_address: other.joining().net_address, ..honest.clone() };
    assert_eq!(try_join(neighbour).await, Err(Failure::DuplicateValidatorMetadata));
    assert_eq!(try_join(honest.clone()).await, Ok(()));
    assert_eq!(try_join(honest).await, Err(Failure::DuplicateValidator));
}

#[tokio::test]
async fn metadata_changes_with_the_epoch_and_a_new_protocol_key_needs_its_proof() {
    let net = of_validators(2).await;
    let validator = &net.network.validators[0].account;
    let key = BlsKeypair::derive(&[8; 32]);
    let proof = key.prove_possession(validator.address()).0.to_vec();
    let network = Keypair::derive(&[9; 32]).public_key();
    let change = |proof: Option<Vec<u8>>| {
        TransactionKind::UpdateValidatorMetadata(UpdateValidatorMetadataArgs {
            next_epoch_network_address: Some(
                bcs::to_bytes("/dns/a.example/tcp/1/http").expect("BCS"),
            ),
            next_epoch_p2p_address: None,
            next_epoch_primary_address: None,
            next_epoch_proxy_address: None,
            next_epoch_protocol_pubkey: Some(key.public_key().0.to_vec()),
            next_epoch_worker_pubkey: None,
            next_epoch_network_pubkey: Some(network.0.to_vec()),
            next_epoch_proof_of_possession: proof,
        })
    };
    let refused = net.try_run(validator, change(None)).await.map(drop);
    assert_eq!(refused, Err(Failure::MissingProofOfPossession));
    let foreign = key.prove_possession(Address([1; 32])).0.to_vec();
    let refused = net.try_run(validator, change(Some(foreign))).await.map(drop);
    assert_eq!(refused, Err(Failure::InvalidProofOfPossession));
    net.run(validator, change(Some(proof))).await;
    let kind = TransactionKind::SetCommissionRate { new_rate: 777 };
    net.run(validator, kind).await;
    let too_much = TransactionKind::SetCommissionRate { new_rate: 10_001 };
    assert_eq!(net.try_run(validator, too_much).await.map(drop), Err(Failure::OtherError));

    let now = active(&net).await[&validator.address()].clone();
    assert_eq!(now.next_epoch_net_address.as_deref(), Some("/dns/a.example/tcp/1/http"));
    assert_ne!(now.protocol_pubkey.as_deref(), Some(&key.public_key().0[..]));
    assert_eq!((now.commission_rate, now.next_epoch_commission_rate), (Some(200), Some(777)));
    net.advance_epoch().await;
    let then = active(&net).await[&validator.address()].clone();
    assert_eq!(then.net_address.as_deref(), Some("/dns/a.example/tcp/1/http"));
    assert_eq!(then.protocol_pubkey.as_deref(), Some(&key.public_key().0[..]));
    assert_eq!(then.network_pubkey.as_deref(), Some(&network.0[..]));
    assert_eq!((then.next_epoch_net_address, then.commission_rate), (None, Some(777)));
    net.network.sign_with(key);
    net.advance_epoch().await;
    assert_eq!(verify_newest(&net).await.0, 10_000);
}

/// What the pools of validators have been rewarded with so far, by address.
async fn rewards(net: &Net) -> BTreeMap<Address, u64> {
    let reward = |known: &proto::Validator| {
        let pool = known.staking_pool.as_ref().expect("a pool");
        pool.rewards_pool.expect("a number")
    };
    active(net).await.iter().map(|(address, known)| (*address, reward(known))).collect()
}

#[tokio::test]
async fn reports_of_a_quorum_cost_half_of_the_reward_and_can_be_taken_back() {
    let net = of_validators(4).await;
    let [bad, others @ ..] = &net.network.validators[..] else { unreachable!("there are four") };
    let reportee = bad.account.address();
    let report = TransactionKind::ReportValidator { reportee };
    assert_eq!(
        net.try_run(&bad.account, report.clone()).await.map(drop),
        Err(Failure::CannotReportOneself)
    );
    let stranger = &net.network.accounts[0];
    assert_eq!(net.try_run(stranger, report.clone()).await.map(drop), Err(Failure::NotAValidator));
    for other in others {
        net.run(&other.account, report.clone()).await;
    }
    let reports = net.system_state().await.validator_report_records;
    assert_eq!(reports[&reportee.to_bare_hex()].reporters.len(), 3);
    let power: u64 = 3 * 2_500;
    assert!(power >= QUORUM);

    // The epoch pays only its fees, which need not be few: this makes them some.
    net.pay(stranger, Address([1; 32]), 100_000 * SOMA).await;
    net.advance_epoch().await;
    let after_one = rewards(&net).await;
    let of_others = after_one[&others[0].account.address()];
    assert!(of_others > 0);
    // 1/2 of a share, and 1 + 1/6 of one, less the commission.
    let ratio = of_others * 100 / after_one[&reportee].max(1);
    assert!((232..=234).contains(&ratio), "{after_one:?}");

    for other in others {
        net.run(&other.account, TransactionKind::UndoReportValidator { reportee }).await;
    }
    let undo = TransactionKind::UndoReportValidator { reportee };
    assert_eq!(
        net.try_run(&others[0].account, undo).await.map(drop),
        Err(Failure::ReportRecordNotFound)
    );
    assert!(net.system_state().await.validator_report_records.is_empty());
    net.pay(stranger, Address([1; 32]), 100_000 * SOMA).await;
    net.advance_epoch().await;
    let after_two = rewards(&net).await;
    let gained = |address| after_two[&address] - after_one[&address];
    // All but the same: it has earned less so far, and so has a little less power.
    let per_mille = gained(reportee) * 1_000 / gained(others[0].account.address());
    assert!((998..=1_000).contains(&per_mille), "{per_mille}");
}

#[tokio::test]
async fn a_validator_that_is_all_but_without_stake_has_to_go() {
    let net = of_validators(2).await;
    let new = newcomer(&net, 30_000 * SOMA).await;
    join(&net, &new, 100 * SOMA).await;
    let address = new.account.address();
    assert!(active(&net).await.contains_key(&address), "25 of 10000 is enough to join");
    let staked_soma = net.owned(address, "StakedSoma").await[0];
    net.run(&new.account, TransactionKind::WithdrawStake { staked_soma }).await;
    let (coin_ref, _) = net.richest_coin(address).await;
    let kind = TransactionKind::AddStake { address, coin_ref, amount: Some(24 * SOMA) };
    net.run(&new.account, kind).await;
    net.advance_epoch().await;
    let at_risk = set(&net).await.at_risk_validators;
    assert_eq!(at_risk.get(&address.to_bare_hex()), Some(&1), "{at_risk:?}");
    for _ in 0..6 {
        net.advance_epoch().await;
    }
    assert!(active(&net).await.contains_key(&address), "seven epochs of grace");
    net.advance_epoch().await;
    let set = set(&net).await;
    assert_eq!((set.validators.len(), set.inactive_validators.len()), (2, 1));
    assert!(set.at_risk_validators.is_empty());
}
