//! Execution: a pure function from a transaction, its inputs and the epoch's rules to effects.
//!
//! The pipeline is that of `authority/src/execution/mod.rs` of soma-org/soma: prepare gas, run the
//! kind, charge the rest, bump every input. It differs in one thing: an owned input that a failed
//! transaction had changed is written back, where the reference leaves it stranded.

mod claims;
mod coins;
mod epoch;
mod gas;
mod models;
mod multiaddr;
mod staking;
mod store;
mod submissions;
mod validators;

pub(crate) use epoch::set_voting_power;
pub use epoch::{adjust_difficulty, adjust_value_fee};

use crate::supply::SupplyChange;
use std::collections::{BTreeMap, BTreeSet};
use store::Store;
use wasm_core::address::ObjectId;
use wasm_core::digest::TransactionDigest;
use wasm_core::effects::{ExecutionStatus, TransactionEffects, TransactionFee};
use wasm_core::failure::ExecutionFailureStatus;
use wasm_core::fees::FeeParameters;
use wasm_core::object::{Object, Version};
use wasm_core::system_state::SystemStateV1;
use wasm_core::tx::{TransactionData, TransactionKind};

/// A failure on its way into the effects.
type Failure = Box<ExecutionFailureStatus>;

/// What a part of execution gives, or why it fails.
type Run<T = ()> = Result<T, Failure>;

fn fail<T>(status: ExecutionFailureStatus) -> Run<T> {
    Err(Box::new(status))
}

/// The rules of the epoch in which a transaction executes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Context {
    /// Which epoch.
    pub epoch: u64,
    /// Which rules, see [`execution_version`](crate::protocol_config::execution_version).
    pub execution_version: u64,
    /// Which prices, fixed during the epoch.
    pub fees: FeeParameters,
}

impl Context {
    /// The rules that a system state is under. Only right for the state at the start of the epoch,
    /// or one with the same parameters.
    #[must_use]
    pub fn of(state: &SystemStateV1) -> Self {
        Self {
            epoch: state.epoch,
            execution_version: crate::protocol_config::execution_version(state.protocol_version),
            fees: FeeParameters::from(&state.parameters),
        }
    }
}

/// A shared input that an earlier transaction has deleted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DeletedInput {
    /// Which object.
    pub id: ObjectId,
    /// Version of the deletion.
    pub version: Version,
    /// Who deleted it.
    pub transaction: TransactionDigest,
}

/// The objects a transaction names.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Inputs {
    /// Those that exist.
    pub objects: Vec<Object>,
    /// Those that do not any more.
    pub deleted: Vec<DeletedInput>,
}

/// What a transaction did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// For everybody to see.
    pub effects: TransactionEffects,
    /// Everything it wrote, in its new version.
    pub written: BTreeMap<ObjectId, Object>,
    /// Everything it deleted.
    pub deleted: BTreeSet<ObjectId>,
    /// Shannons that it minted and burned by the rules.
    pub supply_change: SupplyChange,
}

/// How execution ended, before it becomes effects.
struct Verdict {
    status: ExecutionStatus,
    fee: TransactionFee,
    /// Nothing is written at all, not even new versions of the inputs.
    untouched: bool,
}

impl Verdict {
    fn failure(error: ExecutionFailureStatus, base_fee: u64) -> Self {
        let status = ExecutionStatus::Failure { error };
        Self { status, fee: TransactionFee::new(base_fee, 0, 0), untouched: false }
    }
}

/// Executes a transaction that was admitted.
#[must_use]
pub fn execute(context: &Context, transaction: &TransactionData, inputs: &Inputs) -> Outcome {
    let mut store = Store::new(context, transaction, inputs);
    let verdict = if transaction.kind().is_system() {
        run_system(&mut store)
    } else {
        run_paid(&mut store, inputs)
    };
    store.finish(verdict)
}

fn run_system(store: &mut Store<'_>) -> Verdict {
    match run_kind(store) {
        Ok(()) => Verdict {
            status: ExecutionStatus::Success,
            fee: TransactionFee::default(),
            untouched: false,
        },
        Err(error) => Verdict::failure(*error, 0),
    }
}

fn run_paid(store: &mut Store<'_>, inputs: &Inputs) -> Verdict {
    let base_fee = match gas::prepare(store) {
        Ok(base_fee) => base_fee,
        Err(gas::Unprepared { error, taken }) => {
            let verdict = Verdict::failure(*error, taken);
            return Verdict { untouched: taken == 0, ..verdict };
        }
    };
    if !inputs.deleted.is_empty() {
        return Verdict::failure(ExecutionFailureStatus::InputObjectDeleted, base_fee);
    }
    let before = store.snapshot();
    match run_kind(store).and_then(|()| gas::charge_rest(store)) {
        Ok(operation_fee) => Verdict {
            status: ExecutionStatus::Success,
            fee: TransactionFee::new(base_fee, operation_fee, store.value_fee),
            untouched: false,
        },
        Err(error) => {
            store.restore(before);
            Verdict::failure(*error, base_fee)
        }
    }
}

fn run_kind(store: &mut Store<'_>) -> Run {
    use TransactionKind as Kind;
    let transaction = store.transaction;
    match transaction.kind() {
        Kind::Genesis(genesis) => {
            for object in &genesis.objects {
                store.create_as_is(object.clone())?;
            }
            Ok(())
        }
        Kind::ConsensusCommitPrologueV1(_) => Ok(()),
        Kind::ChangeEpoch(change) => epoch::change(store, change),
        Kind::AddValidator(args) => validators::add(store, args),
        Kind::RemoveValidator(_) => validators::remove(store),
        Kind::ReportValidator { reportee } => validators::report(store, *reportee),
        Kind::UndoReportValidator { reportee } => validators::undo_report(store, *reportee),
        Kind::UpdateValidatorMetadata(args) => validators::update_metadata(store, args),
        Kind::SetCommissionRate { new_rate } => validators::set_commission(store, *new_rate),
        Kind::TransferCoin { coin, amount, recipient } => {
            coins::transfer(store, coin.id, *amount, *recipient)
        }
        Kind::PayCoins { coins, amounts, recipients } => {
            coins::pay(store, coins, amounts.as_deref(), recipients)
        }
        Kind::TransferObjects { objects, recipient } => {
            coins::transfer_objects(store, objects, *recipient)
        }
        Kind::AddStake { address, coin_ref, amount } => {
            staking::add(store, *address, coin_ref.id, *amount)
        }
        Kind::WithdrawStake { staked_soma } => staking::withdraw(store, staked_soma.id),
        Kind::CreateModel { stake_amount, commission_rate, architecture_version } => {
            models::create(store, *stake_amount, *commission_rate, *architecture_version)
        }
        Kind::CommitModel(args) => models::commit(store, args),
        Kind::RevealModel(args) => models::reveal(store, args),
        Kind::AddStakeToModel { model_id, coin_ref, amount } => {
            staking::add_to_model(store, *model_id, coin_ref.id, *amount)
        }
        Kind::SetModelCommissionRate { model_id, new_rate } => {
            models::set_commission(store, *model_id, *new_rate)
        }
        Kind::DeactivateModel { model_id } => models::deactivate(store, *model_id),
        Kind::ReportModel { model_id } => models::report(store, *model_id),
        Kind::UndoReportModel { model_id } => models::undo_report(store, *model_id),
        Kind::SubmitData(args) => submissions::submit(store, args),
        Kind::ClaimRewards { target_id } => claims::claim(store, *target_id),
        Kind::ReportSubmission { target_id } => submissions::report(store, *target_id),
        Kind::UndoReportSubmission { target_id } => submissions::undo_report(store, *target_id),
    }
}
