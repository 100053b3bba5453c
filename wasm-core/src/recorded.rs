//! Transactions that the network's reference implementation executed, for tests of what we foretell.

use crate::address::{Address, ObjectId};
use crate::effects::{ExecutionStatus, TransactionEffects, TransactionFee};
use crate::fees::{FeeParameters, Inputs, TargetOutcome};
use crate::object::{Object, ObjectType, Owner};
use crate::preview::{Change, ObjectChange, Preview};
use crate::system_state::SystemStateV1;
use crate::tx::{TransactionData, TransactionKind};
use std::collections::BTreeMap;

/// The recorded scenarios that the core foretells.
const SCENARIOS: [&str; 4] = [
    include_str!("../../tests/vectors/protocol/execution/coins.json"),
    include_str!("../../tests/vectors/protocol/execution/models.json"),
    include_str!("../../tests/vectors/protocol/execution/staking.json"),
    include_str!("../../tests/vectors/protocol/execution/targets.json"),
];

/// One executed transaction of a person.
pub(crate) struct Step {
    pub(crate) name: String,
    pub(crate) transaction: TransactionData,
    pub(crate) fees: FeeParameters,
    pub(crate) inputs: Inputs,
    pub(crate) status: ExecutionStatus,
    pub(crate) fee: TransactionFee,
    /// What it did, read off the objects before and after.
    pub(crate) did: Preview,
}

fn number(value: &serde_json::Value) -> u64 {
    value.as_str().unwrap().parse().unwrap()
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
        for step in scenario["steps"].as_array().unwrap() {
            steps.extend(read_step(step, &objects));
        }
    }
    steps
}

fn read_step(step: &serde_json::Value, objects: &BTreeMap<&str, Object>) -> Option<Step> {
    let bytes = hex::decode(step["transaction_data_bcs"].as_str().unwrap()).unwrap();
    let transaction = TransactionData::from_bytes(&bytes).unwrap();
    if transaction.kind().is_system() {
        return None;
    }
    let named = |key: &str| {
        let keys = step[key].as_array().unwrap().iter();
        let object = |key: &serde_json::Value| &objects[key.as_str().unwrap()];
        keys.map(|key| (object(key).id().unwrap(), object(key))).collect::<BTreeMap<_, _>>()
    };
    let (before, after) = (named("inputs"), named("written"));
    let bytes = hex::decode(step["effects"]["bcs"].as_str().unwrap()).unwrap();
    let effects: TransactionEffects = bcs::from_bytes(&bytes).unwrap();
    let parameters = &step["fee_parameters"];
    let fees = FeeParameters {
        base_fee: number(&parameters["base_fee"]),
        write_object_fee: number(&parameters["write_object_fee"]),
        value_fee_bps: number(&parameters["value_fee_bps"]),
    };
    let effects = effects.as_v1();
    let inputs = inputs(&transaction, &before, &after);
    let did = did(effects.transaction_fee, &before, &after);
    Some(Step {
        name: step["name"].as_str().unwrap().to_owned(),
        transaction,
        fees,
        inputs,
        status: effects.status.clone(),
        fee: effects.transaction_fee,
        did,
    })
}

type Objects<'a> = BTreeMap<ObjectId, &'a Object>;

fn inputs(transaction: &TransactionData, before: &Objects<'_>, after: &Objects<'_>) -> Inputs {
    let mut inputs = Inputs::default();
    for (id, object) in before {
        if let Ok(balance) = object.coin_balance() {
            inputs.coins.insert(*id, balance);
        }
        if let Ok(stake) = object.staked_soma() {
            inputs.stakes.insert(*id, stake.principal);
        }
    }
    let new = |object_type: ObjectType| {
        let is_new = |(id, object): &(&ObjectId, &&Object)| {
            !before.contains_key(id) && object.data.object_type == object_type
        };
        after.iter().filter(is_new).count() as u64
    };
    inputs.target = match transaction.kind() {
        TransactionKind::SubmitData(args) => after.get(&args.target_id).map(|target| {
            let bond = target.target().unwrap().bond_amount;
            TargetOutcome::Filled { bond, replaced: new(ObjectType::Target) == 1 }
        }),
        TransactionKind::ClaimRewards { target_id } => before.get(target_id).map(|target| {
            let reward_pool = target.target().unwrap().reward_pool;
            TargetOutcome::Settled { reward_pool, coins_created: new(ObjectType::Coin) }
        }),
        _ => None,
    };
    inputs
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
