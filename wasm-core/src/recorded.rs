//! Transactions that the network's reference implementation executed, for tests of what we foretell.

use crate::address::{Address, ObjectId};
use crate::effects::{ExecutionStatus, TransactionEffects, TransactionFee};
use crate::object::{Object, Owner};
use crate::preview::{Change, CurrentObjects, ObjectChange, Preview};
use crate::system_state::SystemStateV1;
use crate::tx::TransactionData;
use std::collections::BTreeMap;

/// The recorded scenarios that the core foretells.
const SCENARIOS: [&str; 6] = [
    include_str!("../../tests/vectors/protocol/execution/coins.json"),
    include_str!("../../tests/vectors/protocol/execution/models.json"),
    include_str!("../../tests/vectors/protocol/execution/staking.json"),
    include_str!("../../tests/vectors/protocol/execution/targets.json"),
    include_str!("../../tests/vectors/protocol/execution/targets_v2.json"),
    include_str!("../../tests/vectors/protocol/execution/difficulty_v1.json"),
];

/// One executed transaction of a person.
pub(crate) struct Step {
    pub(crate) name: String,
    pub(crate) transaction: TransactionData,
    /// The system state before it.
    pub(crate) state: SystemStateV1,
    inputs: Vec<Object>,
    pub(crate) status: ExecutionStatus,
    /// What it did, read off the objects before and after.
    pub(crate) did: Preview,
}

impl Step {
    /// The objects that it names, and the system state, as they were before it.
    pub(crate) fn objects(&self) -> BTreeMap<ObjectId, Object> {
        self.inputs.iter().map(|object| (object.id().unwrap(), object.clone())).collect()
    }

    /// What was known before it.
    pub(crate) fn current(&self) -> CurrentObjects<'_> {
        let mut current = CurrentObjects::new(&self.state);
        for object in &self.inputs {
            current.put(object).unwrap();
        }
        current
    }
}

type Objects<'a> = BTreeMap<ObjectId, &'a Object>;

fn state_among(objects: &Objects<'_>) -> Option<SystemStateV1> {
    let object = objects.get(&ObjectId::SYSTEM_STATE)?;
    Some(object.system_state().unwrap().as_v1().clone())
}

/// Every recorded transaction that the system did not send.
pub(crate) fn steps() -> Vec<Step> {
    let mut steps = Vec::new();
    for text in SCENARIOS {
        let scenario: serde_json::Value = serde_json::from_str(text).unwrap();
        let objects: BTreeMap<&str, Object> = scenario["objects"]
            .as_object()
            .unwrap()
            .iter()
            .map(|(key, bytes)| {
                let bytes = hex::decode(bytes.as_str().unwrap()).unwrap();
                (key.as_str(), bcs::from_bytes(&bytes).unwrap())
            })
            .collect();
        let named = |keys: &serde_json::Value| -> Objects<'_> {
            let keys = keys.as_array().unwrap().iter();
            let object = |key: &serde_json::Value| &objects[key.as_str().unwrap()];
            keys.map(|key| (object(key).id().unwrap(), object(key))).collect()
        };
        let mut state = state_among(&named(&scenario["genesis"]["objects"])).unwrap();
        for step in scenario["steps"].as_array().unwrap() {
            let (before, after) = (named(&step["inputs"]), named(&step["written"]));
            let bytes = hex::decode(step["transaction_data_bcs"].as_str().unwrap()).unwrap();
            let transaction = TransactionData::from_bytes(&bytes).unwrap();
            if !transaction.kind().is_system() {
                let bytes = hex::decode(step["effects"]["bcs"].as_str().unwrap()).unwrap();
                let effects: TransactionEffects = bcs::from_bytes(&bytes).unwrap();
                let effects = effects.as_v1();
                steps.push(Step {
                    name: step["name"].as_str().unwrap().to_owned(),
                    transaction,
                    state: state.clone(),
                    inputs: before.values().map(|object| (*object).clone()).collect(),
                    status: effects.status.clone(),
                    did: did(effects.transaction_fee, &before, &after),
                });
            }
            state = state_among(&after).unwrap_or(state);
        }
    }
    steps
}

fn did(fee: TransactionFee, before: &Objects<'_>, after: &Objects<'_>) -> Preview {
    let mut balances = BTreeMap::<Address, i128>::new();
    for (objects, sign) in [(before, -1), (after, 1)] {
        for object in objects.values() {
            if let (Ok(balance), Owner::AddressOwner(owner)) = (object.coin_balance(), object.owner)
            {
                *balances.entry(owner).or_default() += sign * i128::from(balance);
            }
        }
    }
    let object_changes = before
        .keys()
        .chain(after.keys().filter(|id| !before.contains_key(id)))
        .map(|id| {
            let change = match (before.contains_key(id), after.contains_key(id)) {
                (true, true) => Change::Changed,
                (true, false) => Change::Deleted,
                _ => Change::Created,
            };
            let object = after.get(id).or_else(|| before.get(id)).unwrap();
            let owner = after.get(id).and_then(|object| object.owner.address());
            ObjectChange { id: *id, object_type: object.data.object_type, change, owner }
        })
        .collect::<Vec<_>>();
    let mut did = Preview {
        fee,
        balance_changes: balances.into_iter().filter(|(_, change)| *change != 0).collect(),
        object_changes,
    };
    did.object_changes.sort_unstable();
    did
}

/// The system state of a recorded network with one validator and no models, in epoch 0.
pub(crate) fn system_state() -> SystemStateV1 {
    let scenario: serde_json::Value = serde_json::from_str(SCENARIOS[1]).unwrap();
    let key = format!("{}@1", ObjectId::SYSTEM_STATE);
    let bytes = hex::decode(scenario["objects"][&key].as_str().unwrap()).unwrap();
    let object: Object = bcs::from_bytes(&bytes).unwrap();
    object.system_state().unwrap().as_v1().clone()
}
