//! What the core foretells of every transaction of a recorded run, beside what it did.

use crate::Count;
use crate::execution::{Scenario, Step};
use crate::read::{file, round_trip};
use anyhow::{Context as _, Result, bail, ensure};
use std::collections::{BTreeMap, BTreeSet};
use wasm_core::address::Address;
use wasm_core::effects::{ExecutionStatus, ObjectIn, ObjectOut, TransactionEffects};
use wasm_core::failure::ExecutionFailureStatus;
use wasm_core::object::{Object, ObjectRef};
use wasm_core::ports::{ChangedObject, Executed, ExecutionFailure};
use wasm_core::preview::{CurrentObjects, Preview, PreviewError, Simulation};
use wasm_core::system_state::SystemStateV1;
use wasm_core::tx::TransactionData;

/// What was foretold of a run.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Foretold {
    /// Kinds of transactions that succeeded.
    pub kinds: BTreeSet<&'static str>,
    /// Transactions that succeeded, each foretold to the shannon.
    pub successes: usize,
    /// Transactions that failed, each with its failure and its cost foretold.
    pub failures: usize,
    /// Transactions that failed for what only a node can tell.
    pub unforeseeable: usize,
}

/// A failure that takes arithmetic on the curve of protocol keys to foresee.
fn takes_a_curve(failure: &ExecutionFailureStatus) -> bool {
    match failure {
        ExecutionFailureStatus::InvalidProofOfPossession { .. } => true,
        ExecutionFailureStatus::InvalidArguments { reason } => {
            reason.starts_with("Invalid protocol public key")
        }
        _ => false,
    }
}

struct Run {
    objects: BTreeMap<String, Object>,
}

impl Run {
    fn named<'a>(&'a self, keys: &'a [String]) -> Result<Vec<&'a Object>> {
        let find = |key| self.objects.get(key).with_context(|| format!("no object {key}"));
        keys.iter().map(find).collect()
    }

    fn state(&self, keys: &[String]) -> Result<Option<SystemStateV1>> {
        let mut states = self.named(keys)?.into_iter().filter_map(|of| of.system_state().ok());
        Ok(states.next().map(|state| state.as_v1().clone()))
    }

    /// The recorded effects as a node tells them, with balances counted on the recorded objects.
    fn executed(&self, step: &Step, effects: &TransactionEffects) -> Result<Executed> {
        let (before, after) = (self.named(&step.inputs)?, self.named(&step.written)?);
        let mut balances = BTreeMap::<Address, i128>::new();
        for (objects, sign) in [(&before, -1), (&after, 1)] {
            for object in objects {
                if let (Ok(balance), Some(owner)) = (object.coin_balance(), object.owner.address())
                {
                    *balances.entry(owner).or_default() += sign * i128::from(balance);
                }
            }
        }
        let effects = effects.as_v1();
        let mut changed_objects = Vec::new();
        for (id, change) in &effects.changed_objects {
            let before = match change.input_state {
                ObjectIn::NotExist => None,
                ObjectIn::Exist(((version, digest), owner)) => {
                    Some((ObjectRef { id: *id, version, digest }, owner))
                }
            };
            let after = match change.output_state {
                ObjectOut::NotExist => None,
                ObjectOut::ObjectWrite((digest, owner)) => {
                    Some((ObjectRef { id: *id, version: effects.version, digest }, owner))
                }
            };
            let version = after.or(before).map_or(0, |(reference, _)| reference.version);
            let object = self.objects.get(&format!("{id}@{version}"));
            let object_type = object.map(|object| object.data.object_type);
            let id_operation = change.id_operation;
            changed_objects.push(ChangedObject {
                id: *id,
                object_type,
                before,
                after,
                id_operation,
            });
        }
        let failure = match &effects.status {
            ExecutionStatus::Success => None,
            ExecutionStatus::Failure { error } => Some(ExecutionFailure::from(error)),
        };
        Ok(Executed {
            digest: effects.transaction_digest,
            failure,
            epoch: effects.executed_epoch,
            fee: effects.transaction_fee,
            changed_objects,
            balance_changes: balances.into_iter().collect(),
            gas_payment: Vec::new(),
            checkpoint: None,
            timestamp_ms: None,
        })
    }
}

fn check_step(
    run: &Run,
    step: &Step,
    state: &SystemStateV1,
    foretold: &mut Foretold,
) -> Result<()> {
    let transaction: TransactionData = round_trip("transaction", &step.transaction_data_bcs.0)?;
    if transaction.kind().is_system() {
        return Ok(());
    }
    let mut current = CurrentObjects::new(state);
    for object in run.named(&step.inputs)? {
        current.put(object)?;
    }
    ensure!(current.missing(transaction.kind()).is_empty(), "objects are missing");
    let preview = Preview::of(&transaction, &current);
    let effects: TransactionEffects = round_trip("effects", &step.effects.effects_bcs.0)?;
    let ExecutionStatus::Failure { error } = &effects.as_v1().status else {
        let executed = run.executed(step, &effects)?;
        let compared = Simulation::compare(transaction.digest(), &preview?, &Ok(executed));
        ensure!(compared == Simulation::Agrees, "{compared:#?}");
        foretold.kinds.insert(transaction.kind().name());
        foretold.successes += 1;
        return Ok(());
    };
    match preview {
        Ok(_) if takes_a_curve(error) => foretold.unforeseeable += 1,
        Err(PreviewError::WouldFail(told)) => {
            ensure!(told.failure == *error, "{:?} instead of {error:?}", told.failure);
            let cost = effects.as_v1().transaction_fee.total_fee;
            ensure!(told.cost.0 == cost, "a cost of {:?} instead of {cost}", told.cost);
            foretold.failures += 1;
        }
        // One that was settled before cannot be told from one that never was.
        Err(PreviewError::UnknownObject(id))
            if *error == ExecutionFailureStatus::InputObjectDeleted
                && transaction.kind().target() == Some(id) =>
        {
            foretold.failures += 1;
        }
        other => bail!("{other:?} instead of {error:?}"),
    }
    Ok(())
}

/// Foretells every transaction of a run that the system did not send, and compares.
///
/// # Errors
/// Where something else was done than foretold.
pub fn foretell(json: &str) -> Result<Foretold> {
    let scenario: Scenario = file(json)?;
    let decode = |(key, bytes): (&String, &crate::read::Hex)| {
        Ok((key.clone(), round_trip("object", &bytes.0)?))
    };
    let run = Run { objects: scenario.objects.iter().map(decode).collect::<Result<_>>()? };
    let mut state = run.state(&scenario.genesis.objects)?.context("no system state")?;
    let mut foretold = Foretold::default();
    for (at, step) in scenario.steps.iter().enumerate() {
        check_step(&run, step, &state, &mut foretold)
            .with_context(|| format!("preview of step {at}, {}", step.name))?;
        if let Some(written) = run.state(&step.written)? {
            state = written;
        }
    }
    Ok(foretold)
}

/// Checks the previews of a run.
///
/// # Errors
/// Where something else was done than foretold.
pub fn check(json: &str) -> Result<Vec<Count>> {
    let Foretold { successes, failures, .. } = foretell(json)?;
    let counts = [
        Count::of("successes foretold to the shannon", successes),
        Count::of("failures foretold with their cost", failures),
    ];
    // A run may have none of them: of epochs only, or of successes only.
    Ok(counts.into_iter().filter(|count| count.vectors > 0).collect())
}
