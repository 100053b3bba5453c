//! Every kind has words for each of its fields, and bytes of no kind are refused.

use super::{Description, Point, PointValue, percent};
use crate::address::{Address, ObjectId};
use crate::amount::Shannons;
use crate::digest::{
    Checksum, DecryptionKeyCommitment, EmbeddingCommitment, ObjectDigest, OpaqueDigest,
    TransactionDigest, WeightsCommitment,
};
use crate::manifest::{Manifest, SubmissionManifest};
use crate::object::{Object, ObjectRef, ObjectType, Owner};
use crate::tensor::SomaTensor;
use crate::tx::kind::{
    AddValidatorArgs, ChangeEpoch, CommitModelArgs, ConsensusCommitPrologueV1, GenesisTransaction,
    RemoveValidatorArgs, RevealModelArgs, SubmitDataArgs, UpdateValidatorMetadataArgs,
};
use crate::tx::{TransactionData, TransactionKind};
use crate::weights::DecryptionKey;
use serde_json::Value;
use std::collections::BTreeSet;
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

const YOU: Address = Address([2; 32]);
const MODEL: ObjectId = ObjectId([3; 32]);
const TARGET: ObjectId = ObjectId([4; 32]);

fn coin(n: u8) -> ObjectRef {
    ObjectRef { id: ObjectId([n; 32]), version: 3, digest: ObjectDigest([n; 32]) }
}

fn manifest() -> Manifest {
    Manifest::new("https://example.org/weights".parse().unwrap(), Checksum([5; 32]), 12_345)
}

fn multiaddr(n: u8) -> Vec<u8> {
    bcs::to_bytes(&format!("/ip4/10.0.0.{n}/tcp/8080/http")).unwrap()
}

fn system_kinds() -> Vec<TransactionKind> {
    vec![
        TransactionKind::Genesis(GenesisTransaction {
            objects: vec![
                Object::new(
                    ObjectId([7; 32]),
                    1,
                    ObjectType::Coin,
                    &5_u64.to_le_bytes(),
                    Owner::AddressOwner(YOU),
                    TransactionDigest([8; 32]),
                ),
                Object::new(
                    ObjectId([8; 32]),
                    1,
                    ObjectType::Target,
                    &[1, 2, 3],
                    Owner::Shared { initial_shared_version: 1 },
                    TransactionDigest([8; 32]),
                ),
            ],
        }),
        TransactionKind::ConsensusCommitPrologueV1(ConsensusCommitPrologueV1 {
            epoch: 1,
            round: 2,
            sub_dag_index: Some(3),
            commit_timestamp_ms: 4,
            consensus_commit_digest: OpaqueDigest([5; 32]),
            additional_state_digest: OpaqueDigest([6; 32]),
        }),
        TransactionKind::ChangeEpoch(ChangeEpoch {
            epoch: 1,
            epoch_start_timestamp_ms: 2,
            protocol_version: 3,
            fees: 4,
            epoch_randomness: vec![5],
        }),
    ]
}

fn validator_kinds() -> Vec<TransactionKind> {
    vec![
        TransactionKind::AddValidator(AddValidatorArgs {
            pubkey_bytes: vec![1],
            network_pubkey_bytes: vec![2],
            worker_pubkey_bytes: vec![3],
            proof_of_possession: vec![4],
            net_address: multiaddr(1),
            p2p_address: multiaddr(2),
            primary_address: multiaddr(3),
            proxy_address: vec![0xff],
        }),
        TransactionKind::RemoveValidator(RemoveValidatorArgs { pubkey_bytes: vec![1] }),
        TransactionKind::ReportValidator { reportee: YOU },
        TransactionKind::UndoReportValidator { reportee: YOU },
        TransactionKind::UpdateValidatorMetadata(UpdateValidatorMetadataArgs {
            next_epoch_p2p_address: Some(multiaddr(4)),
            ..UpdateValidatorMetadataArgs::default()
        }),
        TransactionKind::SetCommissionRate { new_rate: 250 },
        TransactionKind::AddStake { address: YOU, coin_ref: coin(1), amount: Some(7) },
        TransactionKind::WithdrawStake { staked_soma: coin(1) },
    ]
}

fn coin_kinds() -> Vec<TransactionKind> {
    vec![
        TransactionKind::TransferCoin { coin: coin(1), amount: Some(7), recipient: YOU },
        TransactionKind::TransferCoin { coin: coin(1), amount: None, recipient: YOU },
        TransactionKind::PayCoins {
            coins: vec![coin(1), coin(2)],
            amounts: Some(vec![7, 8]),
            recipients: vec![YOU, Address([9; 32])],
        },
        TransactionKind::PayCoins { coins: vec![coin(1)], amounts: None, recipients: vec![YOU] },
        TransactionKind::TransferObjects { objects: vec![coin(1), coin(2)], recipient: YOU },
    ]
}

fn model_kinds() -> Vec<TransactionKind> {
    let (model_id, target_id) = (MODEL, TARGET);
    let embedding = SomaTensor::vector(vec![1.0, 2.0]);
    vec![
        TransactionKind::CreateModel {
            stake_amount: 1_500_000_000,
            commission_rate: 5,
            architecture_version: 1,
        },
        TransactionKind::CommitModel(CommitModelArgs {
            model_id,
            manifest: manifest(),
            weights_commitment: WeightsCommitment([6; 32]),
            embedding_commitment: EmbeddingCommitment([7; 32]),
            decryption_key_commitment: DecryptionKeyCommitment([8; 32]),
        }),
        TransactionKind::RevealModel(RevealModelArgs {
            model_id,
            decryption_key: DecryptionKey([9; 32]),
            embedding: embedding.clone(),
        }),
        TransactionKind::AddStakeToModel { model_id, coin_ref: coin(1), amount: None },
        TransactionKind::SetModelCommissionRate { model_id, new_rate: 1_025 },
        TransactionKind::DeactivateModel { model_id },
        TransactionKind::ReportModel { model_id },
        TransactionKind::UndoReportModel { model_id },
        TransactionKind::SubmitData(SubmitDataArgs {
            target_id,
            data_manifest: SubmissionManifest { manifest: manifest() },
            model_id,
            embedding,
            distance_score: SomaTensor::scalar(0.5),
            loss_score: SomaTensor::vector(vec![0.25, 0.75]),
            bond_coin: coin(1),
        }),
        TransactionKind::ClaimRewards { target_id },
        TransactionKind::ReportSubmission { target_id },
        TransactionKind::UndoReportSubmission { target_id },
    ]
}

fn kinds() -> Vec<TransactionKind> {
    [system_kinds(), validator_kinds(), coin_kinds(), model_kinds()].concat()
}

fn of(kind: TransactionKind, gas: &[u8]) -> Description {
    let gas = gas.iter().map(|n| coin(*n)).collect();
    Description::of(&TransactionData::new(kind, Address([1; 32]), gas))
}

/// Transactions of the network's own making: most kinds in several forms.
fn recorded() -> Vec<(String, TransactionData)> {
    let json = include_str!("../../../tests/vectors/protocol/transactions.json");
    let vectors: Vec<Value> = serde_json::from_str(json).unwrap();
    let read = |vector: &Value| {
        let bytes = hex::decode(vector["transaction_data_bcs"].as_str().unwrap()).unwrap();
        let name = vector["name"].as_str().unwrap().to_owned();
        (name, TransactionData::from_bytes(&bytes).unwrap())
    };
    vectors.iter().map(read).collect()
}

/// Every kind at least once.
fn transactions() -> Vec<(String, TransactionData)> {
    let own = kinds().into_iter().map(|kind| {
        let name = kind.name().to_owned();
        (name, TransactionData::new(kind, Address([1; 32]), vec![coin(1), coin(6)]))
    });
    own.chain(recorded()).collect()
}

/// Without what a description leaves to others: who sends it, which stands beside it, and which
/// versions of objects it names, which only their ids are told of.
fn told_part(transaction: &TransactionData) -> TransactionData {
    let id_only = |of: &ObjectRef| ObjectRef { version: 0, digest: ObjectDigest([0; 32]), ..*of };
    let mut kind = transaction.kind().clone();
    match &mut kind {
        TransactionKind::TransferCoin { coin, .. } => *coin = id_only(coin),
        TransactionKind::PayCoins { coins: objects, .. }
        | TransactionKind::TransferObjects { objects, .. } => {
            *objects = objects.iter().map(id_only).collect();
        }
        TransactionKind::AddStake { coin_ref: object, .. }
        | TransactionKind::AddStakeToModel { coin_ref: object, .. }
        | TransactionKind::WithdrawStake { staked_soma: object } => *object = id_only(object),
        TransactionKind::SubmitData(args) => args.bond_coin = id_only(&args.bond_coin),
        _ => {}
    }
    let gas = transaction.gas_payment().iter().map(id_only).collect();
    TransactionData::new(kind, Address::ZERO, gas)
}

/// Whatever bit of a transaction changes, its words change: no field is left out.
#[test]
fn no_two_transactions_have_the_same_words() {
    let mut named = BTreeSet::new();
    let mut compared = 0;
    for (name, transaction) in transactions() {
        let (told, words) = (told_part(&transaction), Description::of(&transaction));
        named.insert(transaction.kind().name());
        let bytes = transaction.to_bytes();
        for at in 0..bytes.len() {
            for flipped in [0x01, 0x80] {
                let mut bytes = bytes.clone();
                bytes[at] ^= flipped;
                let Ok(other) = TransactionData::from_bytes(&bytes) else { continue };
                if told_part(&other) != told {
                    assert_ne!(Description::of(&other), words, "{name}, byte {at}: {other:?}");
                    compared += 1;
                }
            }
        }
    }
    assert_eq!(named.len(), 26);
    assert!(compared > 10_000, "{compared}");
}

/// Ids, addresses, digests and URLs: whatever is text in the serialized form and no secret.
fn texts(value: &Value, into: &mut Vec<String>) {
    match value {
        Value::String(text) => into.push(text.clone()),
        Value::Array(values) => values.iter().for_each(|value| texts(value, into)),
        Value::Object(fields) => {
            let is_reference = fields.contains_key("version");
            for (name, value) in fields {
                if name != "decryption_key" && !(is_reference && name == "digest") {
                    texts(value, into);
                }
            }
        }
        _ => {}
    }
}

/// Numbers under these names, wherever they stand.
fn numbers(value: &Value, names: &[&str], into: &mut Vec<u64>) {
    match value {
        Value::Array(values) => values.iter().for_each(|value| numbers(value, names, into)),
        Value::Object(fields) => {
            for (name, value) in fields {
                let list = value.as_array().map_or(std::slice::from_ref(value), Vec::as_slice);
                if names.contains(&name.as_str()) {
                    into.extend(list.iter().filter_map(Value::as_u64));
                }
                numbers(value, names, into);
            }
        }
        _ => {}
    }
}

#[test]
fn ids_and_money_stand_there_as_they_are() {
    for (name, transaction) in transactions() {
        let told = Description::of(&transaction);
        assert!(!told.headline.is_empty(), "{name}");
        if matches!(transaction.kind(), TransactionKind::Genesis(_)) {
            continue;
        }
        let kind = serde_json::to_value(transaction.kind()).unwrap();
        let gas: Vec<ObjectId> = transaction.gas_payment().iter().map(|coin| coin.id).collect();
        let shown = serde_json::to_string(&told).unwrap();
        let mut parts = Vec::new();
        texts(&kind, &mut parts);
        texts(&serde_json::to_value(gas).unwrap(), &mut parts);
        for part in parts {
            assert!(shown.contains(&part), "{name} does not tell {part}");
        }
        let has = |value: &PointValue| {
            told.points.iter().any(|point| match (&point.value, value) {
                (PointValue::Payment { amount, .. }, PointValue::Amount(wanted)) => {
                    amount == wanted
                }
                (told, wanted) => told == wanted,
            })
        };
        let of = |names: &[&str]| {
            let mut found = Vec::new();
            numbers(&kind, names, &mut found);
            found
        };
        for amount in of(&["amount", "amounts", "stake_amount", "fees"]) {
            assert!(has(&PointValue::Amount(Shannons(amount))), "{name}: {amount} shannons");
        }
        for rate in of(&["new_rate", "commission_rate"]) {
            assert!(has(&PointValue::Rate(rate)), "{name}: a rate of {rate}");
        }
        for size in of(&["size"]) {
            assert!(has(&PointValue::Bytes(size)), "{name}: {size} bytes");
        }
        for epoch in of(&["epoch"]) {
            assert!(has(&PointValue::Epoch(epoch)), "{name}: epoch {epoch}");
        }
    }
}

#[test]
fn every_act_of_a_person_has_a_consequence() {
    for kind in [validator_kinds(), coin_kinds(), model_kinds()].concat() {
        let name = kind.name();
        let told = of(kind, &[1]);
        let is_sentence = |Point { label, value }: &Point| {
            label == "Consequence"
                && matches!(value, PointValue::Text(text) if text.ends_with('.') && text.len() > 30)
        };
        assert!(told.points.iter().any(is_sentence), "{name}");
    }
}

#[test]
fn bytes_of_no_known_transaction_are_refused() {
    let (_, known) = transactions().swap_remove(20);
    let bytes = known.to_bytes();
    let (read, words) = Description::read(&bytes).unwrap();
    assert_eq!(words, Description::of(&known));
    assert_eq!(read, known);
    let refused = |bytes: &[u8]| Description::read(bytes).unwrap_err().to_string();
    for len in 0..bytes.len() {
        refused(&bytes[..len]);
    }
    assert!(refused(&[&bytes[..], &[0]].concat()).contains("remaining input"), "a byte too many");
    // The second byte is the kind's; the first says which version of a transaction it is.
    for unknown in 26..=u8::MAX {
        let mut bytes = bytes.clone();
        bytes[1] = unknown;
        refused(&bytes);
    }
    for unknown in 1..=u8::MAX {
        let mut bytes = bytes.clone();
        bytes[0] = unknown;
        refused(&bytes);
    }
}

#[test]
fn the_steps_that_cannot_be_undone_say_so() {
    for (kind, word) in [
        (1, "half of it is lost"),
        (2, "loses half of its stake"),
        (3, "public for good"),
        (6, "This is final"),
    ] {
        let told = of(model_kinds().swap_remove(kind - 1), &[1]);
        let consequence = told.points.iter().find(|point| point.label == "Consequence");
        let PointValue::Text(text) = &consequence.unwrap().value else { panic!("no text") };
        assert!(text.contains(word), "{text}");
    }
}

#[test]
fn the_key_of_a_reveal_is_not_shown() {
    let told = serde_json::to_string(&of(model_kinds().swap_remove(2), &[1])).unwrap();
    let key = DecryptionKey([9; 32]);
    assert!(!told.contains(key.expose_base58().as_str()));
    assert!(!told.contains(&hex::encode(key.0)));
}

#[test]
fn a_payment_is_one_sentence_with_its_amount() {
    let amount = Some(1_250_000_000);
    let kind = TransactionKind::TransferCoin { coin: coin(1), amount, recipient: YOU };
    let told = of(kind, &[1, 2]);
    assert_eq!(told.headline, "Send 1.25 SOMA to 0x020202…020202");
    assert!(told.points.iter().any(|p| p.value == PointValue::Amount(Shannons(1_250_000_000))));
    assert!(told.points.iter().any(|p| p.value == PointValue::Address(YOU)));
    assert!(told.points.iter().any(|p| p.value == PointValue::Text("2 coins become one".into())));
}

#[test]
fn a_whole_coin_says_who_pays_the_fee() {
    let kind = TransactionKind::TransferCoin { coin: coin(1), amount: None, recipient: YOU };
    let text = |told: &Description| serde_json::to_string(told).unwrap();
    assert!(text(&of(kind.clone(), &[1])).contains("less the fee"));
    assert!(text(&of(kind, &[2])).contains("another coin pays the fee"));
}

#[test]
fn rates_are_exact_percentages() {
    for (bps, text) in
        [(0, "0 %"), (5, "0.05 %"), (1_000, "10 %"), (1_025, "10.25 %"), (30, "0.3 %")]
    {
        assert_eq!(percent(bps), text);
    }
}
