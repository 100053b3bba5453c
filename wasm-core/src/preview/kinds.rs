//! Each kind's own rules, by kind.

use super::error::Run;
use super::sketch::Sketch;
use super::{coins, models, staking, targets, validators};
use crate::tx::TransactionKind as Kind;

/// Acts out what the transaction's kind does.
pub(super) fn run(sketch: &mut Sketch<'_>) -> Run {
    let state = sketch.state();
    let sender = sketch.sender();
    match sketch.transaction().kind() {
        // A sketch of these is never begun.
        Kind::Genesis(_) | Kind::ConsensusCommitPrologueV1(_) | Kind::ChangeEpoch(_) => Ok(()),
        Kind::TransferCoin { coin, amount, recipient } => {
            coins::transfer(sketch, coin.id, *amount, *recipient)
        }
        Kind::PayCoins { coins, amounts, recipients } => {
            coins::pay(sketch, coins, amounts.as_deref(), recipients)
        }
        Kind::TransferObjects { objects, recipient } => coins::give(sketch, objects, *recipient),
        Kind::AddStake { address, coin_ref, amount } => {
            staking::add(sketch, *address, coin_ref.id, *amount)
        }
        Kind::AddStakeToModel { model_id, coin_ref, amount } => {
            staking::add_to_model(sketch, *model_id, coin_ref.id, *amount)
        }
        Kind::WithdrawStake { staked_soma } => staking::withdraw(sketch, staked_soma.id),
        Kind::CreateModel { stake_amount, commission_rate, architecture_version } => {
            models::check_new(state, *stake_amount, *commission_rate, *architecture_version)?;
            staking::create_model(sketch, *stake_amount)
        }
        Kind::CommitModel(args) => changes_state(sketch, models::check_commit(state, sender, args)),
        Kind::RevealModel(args) => changes_state(sketch, models::check_reveal(state, sender, args)),
        Kind::SetModelCommissionRate { model_id, new_rate } => {
            let checked = models::check_commission(state, sender, *model_id, *new_rate);
            changes_state(sketch, checked)
        }
        Kind::DeactivateModel { model_id } => {
            changes_state(sketch, models::check_deactivation(state, sender, *model_id))
        }
        Kind::ReportModel { model_id } => {
            changes_state(sketch, models::check_report(state, sender, *model_id))
        }
        Kind::UndoReportModel { model_id } => {
            changes_state(sketch, models::check_undo(state, sender, *model_id))
        }
        Kind::AddValidator(args) => {
            changes_state(sketch, validators::check_new(state, sender, args))
        }
        Kind::RemoveValidator(_) => changes_state(sketch, validators::check_removal(state, sender)),
        Kind::ReportValidator { reportee } => {
            changes_state(sketch, validators::check_report(state, sender, *reportee))
        }
        Kind::UndoReportValidator { reportee } => {
            changes_state(sketch, validators::check_undo(state, sender, *reportee))
        }
        Kind::UpdateValidatorMetadata(args) => {
            changes_state(sketch, validators::check_update(state, sender, args))
        }
        Kind::SetCommissionRate { new_rate } => {
            changes_state(sketch, validators::check_commission(state, sender, *new_rate))
        }
        Kind::SubmitData(args) => targets::submit(sketch, args),
        Kind::ClaimRewards { target_id } => targets::claim(sketch, *target_id),
        Kind::ReportSubmission { target_id } => targets::report(sketch, *target_id),
        Kind::UndoReportSubmission { target_id } => targets::undo_report(sketch, *target_id),
    }
}

/// What passes its checks changes nothing but the system state.
fn changes_state(sketch: &mut Sketch<'_>, checked: Run) -> Run {
    checked?;
    sketch.touch_state();
    Ok(())
}
