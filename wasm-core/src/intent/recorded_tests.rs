//! What the checks let pass succeeded on the network, and what failed there does not pass them.

use super::{
    Amount, CommitModel, CreateModel, RevealModel, StakeWithModel, StakeWithValidator, SubmitData,
    TransferObjects, UpdateValidator, add_validator, claim_rewards, deactivate_model,
    remove_validator, report_model, report_submission, report_validator, set_model_commission,
    set_validator_commission, undo_report_model, undo_report_submission, undo_report_validator,
    withdraw_stake,
};
use crate::amount::Shannons;
use crate::bytes::FixedBytes;
use crate::effects::ExecutionStatus;
use crate::failure::FailureKind;
use crate::multiaddr::Multiaddr;
use crate::object::Object;
use crate::recorded::{self, Step};
use crate::tx::TransactionKind as Kind;
use crate::tx::kind::{AddValidatorArgs, UpdateValidatorMetadataArgs};
use crate::validator_info::ValidatorInfo;
use std::collections::BTreeMap;
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

/// What our own checks say of a recorded transaction: nothing where they are not about its kind, or
/// its intent cannot even be put.
fn ours(step: &Step) -> Option<Result<(), String>> {
    of_objects(step).or_else(|| of_models(step)).or_else(|| of_validators(step))
}

fn told<T, E: ToString>(result: Result<T, E>) -> Option<Result<(), String>> {
    Some(result.map(|_| ()).map_err(|error| error.to_string()))
}

fn of_objects(step: &Step) -> Option<Result<(), String>> {
    let (state, objects, sender) = (&step.state, &step.objects(), step.transaction.sender());
    let stake = |amount: Option<u64>| {
        if amount == Some(0) { Err("nothing".to_owned()) } else { Ok(()) }
    };
    let amount = Amount::Max;
    let is_coin = |id| objects.get(id).is_some_and(|object: &Object| object.coin_balance().is_ok());
    match step.transaction.kind() {
        // A wallet chooses the coin itself, and chooses coins.
        Kind::AddStake { coin_ref, .. } if !is_coin(&coin_ref.id) => None,
        Kind::AddStake { address, amount: named, .. } => {
            let checked = StakeWithValidator { validator: *address, amount }.check(state);
            told(checked.map_err(|error| error.to_string()).and(stake(*named)))
        }
        Kind::AddStakeToModel { model_id, amount: named, .. } => {
            let checked = StakeWithModel { model: *model_id, amount }.check(state);
            told(checked.map_err(|error| error.to_string()).and(stake(*named)))
        }
        Kind::WithdrawStake { staked_soma } => {
            told(withdraw_stake(staked_soma.id, sender, state, objects))
        }
        Kind::TransferObjects { objects: named, recipient } => {
            let ids = named.iter().map(|object| object.id).collect();
            told(
                TransferObjects { objects: ids, recipient: *recipient }.references(sender, objects),
            )
        }
        Kind::SubmitData(args) => {
            let submit = SubmitData {
                target: args.target_id,
                model: args.model_id,
                manifest: args.data_manifest.manifest.clone(),
                embedding: args.embedding.clone(),
                distance: args.distance_score.clone(),
                losses: args.loss_score.clone(),
            };
            told(submit.check(state, objects))
        }
        Kind::ClaimRewards { target_id } => told(claim_rewards(*target_id, state, objects)),
        Kind::ReportSubmission { target_id } => {
            told(report_submission(*target_id, sender, state, objects))
        }
        Kind::UndoReportSubmission { target_id } => {
            told(undo_report_submission(*target_id, sender, state, objects))
        }
        _ => None,
    }
}

fn of_models(step: &Step) -> Option<Result<(), String>> {
    let (state, sender) = (&step.state, step.transaction.sender());
    match step.transaction.kind() {
        Kind::CreateModel { stake_amount, commission_rate, architecture_version } => {
            let known = state.parameters.model_architecture_version;
            let create =
                CreateModel { stake: Shannons(*stake_amount), commission_bps: *commission_rate };
            (*architecture_version == known).then(|| told(create.kind(state)))?
        }
        Kind::CommitModel(args) => {
            let commit = CommitModel {
                model: args.model_id,
                manifest: args.manifest.clone(),
                embedding: args.embedding_commitment,
                decryption_key: args.decryption_key_commitment,
            };
            told(commit.kind(sender, state))
        }
        Kind::RevealModel(args) => {
            let (key, embedding) = (args.decryption_key.clone(), args.embedding.clone());
            told(RevealModel { model: args.model_id, key, embedding }.kind(sender, state))
        }
        Kind::SetModelCommissionRate { model_id, new_rate } => {
            told(set_model_commission(*model_id, *new_rate, sender, state))
        }
        Kind::DeactivateModel { model_id } => told(deactivate_model(*model_id, sender, state)),
        Kind::ReportModel { model_id } => told(report_model(*model_id, sender, state)),
        Kind::UndoReportModel { model_id } => told(undo_report_model(*model_id, sender, state)),
        _ => None,
    }
}

fn of_validators(step: &Step) -> Option<Result<(), String>> {
    let (state, sender) = (&step.state, step.transaction.sender());
    match step.transaction.kind() {
        Kind::AddValidator(args) => {
            let info = info(args, sender).ok_or_else(|| "no such information".to_owned());
            told(info.and_then(|info| {
                add_validator(&info, sender, state).map_err(|error| error.to_string())
            }))
        }
        Kind::UpdateValidatorMetadata(args) => {
            let update = update(args).ok_or_else(|| "no such update".to_owned());
            told(
                update.and_then(|update| {
                    update.kind(sender, state).map_err(|error| error.to_string())
                }),
            )
        }
        Kind::RemoveValidator(_) => told(remove_validator(sender, state)),
        Kind::SetCommissionRate { new_rate } => {
            told(set_validator_commission(*new_rate, sender, state))
        }
        Kind::ReportValidator { reportee } => told(report_validator(*reportee, sender, state)),
        Kind::UndoReportValidator { reportee } => {
            told(undo_report_validator(*reportee, sender, state))
        }
        _ => None,
    }
}

fn address(bytes: &[u8]) -> Option<Multiaddr> {
    bcs::from_bytes::<String>(bytes).ok()?.parse().ok()
}

fn info(
    args: &AddValidatorArgs,
    account_address: crate::address::Address,
) -> Option<ValidatorInfo> {
    Some(ValidatorInfo {
        account_address,
        protocol_key: FixedBytes::from_slice(&args.pubkey_bytes)?,
        worker_key: FixedBytes::from_slice(&args.worker_pubkey_bytes)?,
        network_key: FixedBytes::from_slice(&args.network_pubkey_bytes)?,
        proof_of_possession: FixedBytes::from_slice(&args.proof_of_possession)?,
        commission_bps: 200,
        network_address: address(&args.net_address)?,
        p2p_address: address(&args.p2p_address)?,
        primary_address: address(&args.primary_address)?,
        proxy_address: address(&args.proxy_address)?,
    })
}

/// None where it names what an [`UpdateValidator`] cannot: a key without its proof, say.
fn update(args: &UpdateValidatorMetadataArgs) -> Option<UpdateValidator> {
    fn read<T>(bytes: Option<&Vec<u8>>, as_what: impl Fn(&[u8]) -> Option<T>) -> Option<Option<T>> {
        bytes.map_or(Some(None), |bytes| as_what(bytes).map(Some))
    }
    let protocol_key =
        match (&args.next_epoch_protocol_pubkey, &args.next_epoch_proof_of_possession) {
            (Some(key), proof) => {
                Some((FixedBytes::from_slice(key)?, FixedBytes::from_slice(proof.as_ref()?)?))
            }
            _ => None,
        };
    Some(UpdateValidator {
        network_address: read(args.next_epoch_network_address.as_ref(), address)?,
        p2p_address: read(args.next_epoch_p2p_address.as_ref(), address)?,
        primary_address: read(args.next_epoch_primary_address.as_ref(), address)?,
        protocol_key,
        worker_key: read(args.next_epoch_worker_pubkey.as_ref(), FixedBytes::from_slice)?,
        network_key: read(args.next_epoch_network_pubkey.as_ref(), FixedBytes::from_slice)?,
    })
}

/// Failures that the checks are not about: money is counted when coins are chosen, a proof is verified
/// by the network.
const fn is_elsewhere(kind: FailureKind) -> bool {
    matches!(
        kind,
        FailureKind::InsufficientGas
            | FailureKind::InsufficientCoinBalance
            | FailureKind::InsufficientBond
            | FailureKind::InvalidProofOfPossession
    )
}

#[test]
fn the_checks_say_of_every_recorded_transaction_what_the_network_said() {
    let (mut passed, mut refused) = (BTreeMap::<&str, u32>::new(), BTreeMap::<&str, u32>::new());
    let mut differing = Vec::new();
    for step in recorded::steps() {
        let Some(ours) = ours(&step) else { continue };
        let name = step.transaction.kind().name();
        match (&step.status, ours) {
            (ExecutionStatus::Success, Ok(())) => *passed.entry(name).or_default() += 1,
            (ExecutionStatus::Success, Err(why)) => {
                differing.push(format!("{}: {name} succeeded, we say: {why}", step.name));
            }
            (ExecutionStatus::Failure { error }, _) if is_elsewhere(error.kind()) => {}
            (ExecutionStatus::Failure { .. }, Err(_)) => *refused.entry(name).or_default() += 1,
            (ExecutionStatus::Failure { error }, Ok(())) => {
                differing.push(format!("{}: {name} failed with {error:?}", step.name));
            }
        }
    }
    assert!(differing.is_empty(), "{differing:#?}");
    // Of the 23 kinds of people, two only move coins, which is not for these checks.
    assert_eq!((passed.len(), refused.len()), (21, 21), "{passed:?} {refused:?}");
}
