//! The objects of one transaction: what it reads, writes, makes and deletes.

use super::{Context, DeletedInput, Failure, Inputs, Outcome, Run, Verdict, fail};
use crate::supply::SupplyChange;
use std::collections::{BTreeMap, BTreeSet};
use wasm_core::address::{Address, ObjectId, TargetId};
use wasm_core::digest::TransactionDigest;
use wasm_core::effects::{
    EffectsObjectChange, IdOperation, ObjectIn, ObjectOut, TransactionEffects,
    TransactionEffectsV1, UnchangedSharedKind,
};
use wasm_core::failure::ExecutionFailureStatus;
use wasm_core::object::{MAX_VERSION, Object, ObjectError, ObjectType, Owner, StakedSoma};
use wasm_core::system_state::{SystemState, SystemStateV1};
use wasm_core::target::TargetV1;
use wasm_core::tx::TransactionData;

/// What a transaction has done so far.
pub(super) struct Store<'a> {
    pub(super) context: &'a Context,
    pub(super) transaction: &'a TransactionData,
    digest: TransactionDigest,
    inputs: BTreeMap<ObjectId, Object>,
    deleted_inputs: &'a [DeletedInput],
    written: BTreeMap<ObjectId, Object>,
    deleted: BTreeSet<ObjectId>,
    /// Inputs ever changed, even if that was undone.
    touched: BTreeSet<ObjectId>,
    /// Ids ever made, even if that was undone: effects list them.
    created: BTreeSet<ObjectId>,
    ids_allotted: u64,
    /// The coin that pays.
    pub(super) gas: Option<ObjectId>,
    /// Price of the value moved.
    pub(super) value_fee: u64,
    /// Shannons minted and burned so far.
    pub(super) supply_change: SupplyChange,
}

/// What is undone when a kind fails.
pub(super) struct Snapshot {
    written: BTreeMap<ObjectId, Object>,
    deleted: BTreeSet<ObjectId>,
    supply_change: SupplyChange,
}

fn failure_of(error: ObjectError) -> Failure {
    Box::new(match error {
        ObjectError::Type { id, expected, actual } => ExecutionFailureStatus::InvalidObjectType {
            object_id: id,
            expected_type: expected,
            actual_type: actual,
        },
        ObjectError::NoId => {
            ExecutionFailureStatus::InvalidArguments { reason: "an object without an id".into() }
        }
        ObjectError::Payload { reason, .. } => ExecutionFailureStatus::InvalidArguments { reason },
    })
}

fn bytes_of(value: &impl serde::Serialize) -> Vec<u8> {
    bcs::to_bytes(value).expect("chain types have no unsupported or over-long part")
}

impl<'a> Store<'a> {
    pub(super) fn new(
        context: &'a Context,
        transaction: &'a TransactionData,
        inputs: &'a Inputs,
    ) -> Self {
        let by_id =
            inputs.objects.iter().filter_map(|object| Some((object.id().ok()?, object.clone())));
        Self {
            context,
            transaction,
            digest: transaction.digest(),
            inputs: by_id.collect(),
            deleted_inputs: &inputs.deleted,
            written: BTreeMap::new(),
            deleted: BTreeSet::new(),
            touched: BTreeSet::new(),
            created: BTreeSet::new(),
            ids_allotted: 0,
            gas: None,
            value_fee: 0,
            supply_change: SupplyChange::default(),
        }
    }

    pub(super) fn sender(&self) -> Address {
        self.transaction.sender()
    }

    pub(super) fn epoch(&self) -> u64 {
        self.context.epoch
    }

    pub(super) fn digest(&self) -> TransactionDigest {
        self.digest
    }

    pub(super) fn is_gas(&self, id: ObjectId) -> bool {
        self.gas == Some(id)
    }

    pub(super) fn is_deleted(&self, id: ObjectId) -> bool {
        self.deleted.contains(&id)
    }

    pub(super) fn written_count(&self) -> u64 {
        self.written.len() as u64
    }

    pub(super) fn snapshot(&self) -> Snapshot {
        let supply_change = self.supply_change;
        Snapshot { written: self.written.clone(), deleted: self.deleted.clone(), supply_change }
    }

    pub(super) fn restore(&mut self, snapshot: Snapshot) {
        self.written = snapshot.written;
        self.deleted = snapshot.deleted;
        self.supply_change = snapshot.supply_change;
    }

    /// The value fee and the price of some writes.
    pub(super) fn rest_of_fee(&self, writes: u64) -> u64 {
        self.value_fee.saturating_add(self.context.fees.write_object_fee.saturating_mul(writes))
    }

    pub(super) fn read(&self, id: ObjectId) -> Run<&Object> {
        let found = match self.written.get(&id) {
            Some(object) => Some(object),
            None if self.is_deleted(id) => None,
            None => self.inputs.get(&id),
        };
        found.ok_or_else(|| Box::new(ExecutionFailureStatus::ObjectNotFound { object_id: id }))
    }

    fn write(&mut self, id: ObjectId, object: Object) {
        self.written.insert(id, object);
        self.touched.insert(id);
    }

    fn write_payload(&mut self, id: ObjectId, payload: &[u8]) -> Run {
        let mut object = self.read(id)?.clone();
        object.data.contents = [id.as_ref(), payload].concat();
        self.write(id, object);
        Ok(())
    }

    pub(super) fn delete(&mut self, id: ObjectId) {
        self.written.remove(&id);
        self.deleted.insert(id);
        self.touched.insert(id);
    }

    pub(super) fn allot_id(&mut self) -> ObjectId {
        let id = ObjectId::derive(&self.digest, self.ids_allotted);
        self.ids_allotted += 1;
        id
    }

    /// Leaves out one number, as the reference does before a replacement target.
    pub(super) fn skip_id(&mut self) {
        self.ids_allotted += 1;
    }

    /// The number that the next id is made from.
    pub(super) const fn next_number(&self) -> u64 {
        self.ids_allotted
    }

    fn create(&mut self, id: ObjectId, object_type: ObjectType, payload: &[u8], owner: Owner) {
        let object = Object::new(id, 0, object_type, payload, owner, self.digest);
        self.written.insert(id, object);
        self.created.insert(id);
    }

    /// An object of the genesis transaction.
    pub(super) fn create_as_is(&mut self, object: Object) -> Run {
        let id = object.id().map_err(failure_of)?;
        self.written.insert(id, object);
        self.created.insert(id);
        Ok(())
    }

    pub(super) fn create_coin(&mut self, balance: u64, owner: Address) {
        let id = self.allot_id();
        self.create(id, ObjectType::Coin, &balance.to_le_bytes(), Owner::AddressOwner(owner));
    }

    pub(super) fn create_stake(&mut self, stake: StakedSoma, owner: Address) {
        let id = self.allot_id();
        self.create(id, ObjectType::StakedSoma, &bytes_of(&stake), Owner::AddressOwner(owner));
    }

    pub(super) fn create_target(&mut self, id: TargetId, target: &TargetV1) {
        let owner = Owner::Shared { initial_shared_version: 1 };
        self.create(id, ObjectType::Target, &bytes_of(target), owner);
    }

    pub(super) fn coin(&self, id: ObjectId) -> Run<u64> {
        self.read(id)?.coin_balance().map_err(failure_of)
    }

    pub(super) fn set_coin(&mut self, id: ObjectId, balance: u64) -> Run {
        self.write_payload(id, &balance.to_le_bytes())
    }

    pub(super) fn set_owner(&mut self, id: ObjectId, owner: Address) -> Run {
        let mut object = self.read(id)?.clone();
        object.owner = Owner::AddressOwner(owner);
        self.write(id, object);
        Ok(())
    }

    pub(super) fn stake(&self, id: ObjectId) -> Run<StakedSoma> {
        self.read(id)?.staked_soma().map_err(failure_of)
    }

    pub(super) fn target(&self, id: TargetId) -> Run<TargetV1> {
        match self.read(id).map(Object::target) {
            Ok(Ok(target)) => Ok(target),
            _ => fail(ExecutionFailureStatus::TargetNotFound),
        }
    }

    pub(super) fn set_target(&mut self, id: TargetId, target: &TargetV1) -> Run {
        self.write_payload(id, &bytes_of(target))
    }

    pub(super) fn state(&self) -> Run<SystemStateV1> {
        let SystemState::V1(state) =
            self.read(ObjectId::SYSTEM_STATE)?.system_state().map_err(failure_of)?;
        Ok(state)
    }

    pub(super) fn set_state(&mut self, state: SystemStateV1) -> Run {
        self.write_payload(ObjectId::SYSTEM_STATE, &bytes_of(&SystemState::V1(state)))
    }

    /// Writes every input back that execution left alone or changed in vain, so that its version
    /// advances. The first execution version leaves owned inputs that were never changed as they are.
    fn bump_inputs(&mut self) {
        for (id, object) in &self.inputs {
            let owed = self.context.execution_version >= 1
                || matches!(object.owner, Owner::Shared { .. })
                || self.touched.contains(id);
            if owed && !self.written.contains_key(id) && !self.deleted.contains(id) {
                self.written.insert(*id, object.clone());
            }
        }
    }

    fn lamport_version(&self) -> u64 {
        let objects = self.inputs.values().map(|object| object.data.version);
        let deleted = self.deleted_inputs.iter().map(|input| input.version);
        objects.chain(deleted).max().unwrap_or(0).saturating_add(1)
    }

    fn stamp_written(&mut self, version: u64) {
        for (id, object) in &mut self.written {
            object.data.version = version;
            object.previous_transaction = self.digest;
            if let Owner::Shared { initial_shared_version: start @ 0 } = &mut object.owner
                && self.created.contains(id)
            {
                *start = version;
            }
        }
    }

    fn change(&self, id: ObjectId) -> EffectsObjectChange {
        let input_state = self.inputs.get(&id).map_or(ObjectIn::NotExist, |object| {
            ObjectIn::Exist(((object.data.version, object.digest()), object.owner))
        });
        let output_state = self.written.get(&id).map_or(ObjectOut::NotExist, |object| {
            ObjectOut::ObjectWrite((object.digest(), object.owner))
        });
        let id_operation = if self.created.contains(&id) {
            IdOperation::Created
        } else if self.deleted.contains(&id) {
            IdOperation::Deleted
        } else {
            IdOperation::None
        };
        EffectsObjectChange { input_state, output_state, id_operation }
    }

    fn changed_objects(&self) -> Vec<(ObjectId, EffectsObjectChange)> {
        let ids: BTreeSet<ObjectId> = self
            .written
            .keys()
            .chain(&self.deleted)
            .chain(&self.touched)
            .chain(&self.created)
            .copied()
            .collect();
        ids.into_iter().map(|id| (id, self.change(id))).collect()
    }

    pub(super) fn finish(mut self, verdict: Verdict) -> Outcome {
        let version = if verdict.untouched {
            self.written.clear();
            self.deleted.clear();
            self.touched.clear();
            MAX_VERSION
        } else {
            self.bump_inputs();
            let version = self.lamport_version();
            self.stamp_written(version);
            version
        };
        let changed_objects = self.changed_objects();
        let position = changed_objects.iter().position(|(id, _)| self.gas == Some(*id));
        let dependencies: BTreeSet<TransactionDigest> = self
            .inputs
            .values()
            .map(|object| object.previous_transaction)
            .chain(self.deleted_inputs.iter().map(|input| input.transaction))
            .collect();
        let unchanged_shared_objects = self
            .deleted_inputs
            .iter()
            .map(|input| (input.id, UnchangedSharedKind::MutateDeleted(input.version)))
            .collect();
        let effects = TransactionEffects::V1(TransactionEffectsV1 {
            status: verdict.status,
            executed_epoch: self.context.epoch,
            transaction_fee: verdict.fee,
            transaction_digest: self.digest,
            gas_object_index: position.and_then(|at| u32::try_from(at).ok()),
            dependencies: dependencies.into_iter().collect(),
            version,
            changed_objects,
            unchanged_shared_objects,
        });
        let supply_change = self.supply_change;
        Outcome { effects, written: self.written, deleted: self.deleted, supply_change }
    }
}
