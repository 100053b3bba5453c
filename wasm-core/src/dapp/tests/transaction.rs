//! Texts of transactions.

use crate::address::Address;
use crate::dapp::{Asked, AskedTransaction, TransactionTextError, UserKind};
use crate::object::ObjectRef;
use crate::tx::TransactionData;
use base64ct::{Base64, Encoding as _};
use std::collections::BTreeSet;
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

fn recorded() -> Vec<(String, TransactionData)> {
    let text = include_str!("../../../../tests/vectors/protocol/transactions.json");
    let vectors: serde_json::Value = serde_json::from_str(text).unwrap();
    let read = |vector: &serde_json::Value| {
        let bytes = hex::decode(vector["transaction_data_bcs"].as_str().unwrap()).unwrap();
        let name = vector["name"].as_str().unwrap().to_owned();
        (name, TransactionData::from_bytes(&bytes).unwrap())
    };
    vectors.as_array().unwrap().iter().map(read).collect()
}

#[test]
fn every_recorded_transaction_comes_back_from_its_text() {
    let (mut kinds, mut without) = (BTreeSet::new(), Vec::new());
    for (name, transaction) in recorded() {
        let asked = match AskedTransaction::of(&transaction) {
            Ok(asked) => asked,
            Err(error) => {
                assert_eq!(error, TransactionTextError::NoText, "{name}");
                without.push(name);
                continue;
            }
        };
        let read = AskedTransaction::parse(&asked.to_text()).unwrap();
        assert_eq!(read, asked, "{name}");
        assert_eq!(read.sender, Some(transaction.sender()));
        let Asked::Parts { kind, gas_payment } = read.what else { panic!() };
        let at = |reference: crate::dapp::Reference| {
            let (version, digest) = reference.at?;
            Some(ObjectRef { id: reference.id, version, digest })
        };
        let gas: Vec<_> = gas_payment.into_iter().filter_map(at).collect();
        assert_eq!(gas, transaction.gas_payment(), "{name}");
        kinds.insert(kind.user_kind());
        assert_eq!(kind.complete(&at, None).as_ref(), Some(transaction.kind()), "{name}");
    }
    assert_eq!(kinds, BTreeSet::from(UserKind::ALL));
    // Shapes and bits that JSON cannot say travel as bytes.
    assert!(
        without.iter().all(|name| name.contains("odd")
            || name.contains("edge")
            || name.starts_with("reveal_model")),
        "{without:?}"
    );
}

#[test]
fn the_bytes_of_every_recorded_transaction_are_taken_as_they_are() {
    for (name, transaction) in recorded() {
        let text = format!(
            r#"{{"version":1,"bytes":"{}"}}"#,
            Base64::encode_string(&transaction.to_bytes())
        );
        let asked = AskedTransaction::parse(&text).unwrap();
        assert_eq!(asked.what, Asked::Whole(Box::new(transaction.clone())), "{name}");
        assert_eq!(asked.to_text(), text);
        assert!(!asked.is_of_another(transaction.sender()));
        assert!(asked.is_of_another(Address([0xee; 32])));
    }
}

#[test]
fn kinds_have_the_chains_names_in_its_order() {
    let known: BTreeSet<&str> = UserKind::ALL.iter().map(|kind| kind.name()).collect();
    let recorded: BTreeSet<&str> = recorded().iter().map(|(_, it)| it.kind().name()).collect();
    assert_eq!(known, recorded);
    for (_, transaction) in super::transaction::recorded() {
        assert!(UserKind::of(transaction.kind()).is_some());
    }
}

fn refused(text: &str) -> TransactionTextError {
    AskedTransaction::parse(text).unwrap_err()
}

#[test]
fn what_is_not_known_is_refused() {
    let full = format!("0x{}", "11".repeat(32));
    for text in [
        "",
        "null",
        "[]",
        r#"{"kind":{}}"#,
        r#"{"version":1,"kind":{}}"#,
        r#"{"version":1,"kind":{"Unheard":{}}}"#,
        r#"{"version":1,"kind":{"ChangeEpoch":{"epoch":"1"}}}"#,
        r#"{"version":1,"kind":{"SetCommissionRate":{"newRate":"5","more":1}}}"#,
        r#"{"version":1,"kind":{"SetCommissionRate":{"new_rate":"5"}}}"#,
        r#"{"version":1,"kind":{"SetCommissionRate":{"newRate":5.5}}}"#,
        r#"{"version":1,"kind":{"SetCommissionRate":{"newRate":"5"}},"expiry":1}"#,
        r#"{"version":1,"kind":{"SetCommissionRate":{"newRate":"5"}},"sender":"0x1"}"#,
        r#"{"version":1,"kind":{"SetCommissionRate":{"newRate":"5","newRate":"6"}}}"#,
        &format!(
            r#"{{"version":1,"kind":{{"WithdrawStake":{{"stakedSoma":{{"objectId":"{full}","version":"1"}}}}}}}}"#
        ),
        &format!(
            r#"{{"version":1,"kind":{{"TransferCoin":{{"amount":1,"recipient":"{}"}}}}}}"#,
            full.get(..40).expect("an address is longer")
        ),
    ] {
        let refused = refused(text);
        assert!(matches!(refused, TransactionTextError::Malformed(_)), "{text}: {refused:?}");
    }
    assert_eq!(refused(r#"{"version":2,"kind":{"New":{}}}"#), TransactionTextError::Version(2));
    let rate = r#""kind":{"SetCommissionRate":{"newRate":"5"}}"#;
    for text in [
        r#"{"version":1}"#.to_owned(),
        format!(r#"{{"version":1,{rate},"bytes":"AA=="}}"#),
        r#"{"version":1,"bytes":"AA==","gasPayment":[]}"#.to_owned(),
    ] {
        assert_eq!(refused(&text), TransactionTextError::KindOrBytes, "{text}");
    }
    let deep = format!(r#"{{"version":1,"kind":{}{}}}"#, "[".repeat(50), "]".repeat(50));
    assert_eq!(refused(&deep), TransactionTextError::TooDeep);
    assert_eq!(refused(&" ".repeat(262_145)), TransactionTextError::TooLong);
}

#[test]
fn bytes_are_one_transaction_of_a_person_and_nothing_behind_it() {
    let (_, transaction) = recorded().remove(0);
    let text =
        |bytes: &[u8]| format!(r#"{{"version":1,"bytes":"{}"}}"#, Base64::encode_string(bytes));
    let bytes = transaction.to_bytes();
    for other in [&bytes[..bytes.len() - 1], &[&bytes[..], &[0]].concat(), &[]] {
        assert!(matches!(refused(&text(other)), TransactionTextError::Bytes(_)));
    }
    let epoch = crate::tx::kind::ChangeEpoch {
        epoch: 1,
        epoch_start_timestamp_ms: 2,
        protocol_version: 3,
        fees: 4,
        epoch_randomness: Vec::new(),
    };
    let system = crate::tx::TransactionKind::ChangeEpoch(epoch);
    let system = TransactionData::new(system, transaction.sender(), Vec::new());
    let system = refused(&text(&system.to_bytes()));
    assert_eq!(system, TransactionTextError::System("ChangeEpoch"));
    let large = refused(&text(&vec![0; 128 * 1024 + 1]));
    assert_eq!(large, TransactionTextError::TooLarge);
}
