//! The catalogues of the repository, against what the core says.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use serde_json::Value;
use wasm_core::address::Address;
use wasm_core::amount::Shannons;
use wasm_core::describe::{Description, PointValue};
use wasm_core::failure::FailureKind;
use wasm_core::ports::{ChainError, ExecutionFailure};
use wasm_core::preview::Explanation;

use super::Catalogue;
use super::catalogue::{Piece, pieces};

/// From English to a language: what `cargo xtask build` puts into a bundle.
fn entries(tag: &str) -> BTreeMap<String, Value> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../languages");
    let mut entries = BTreeMap::new();
    for file in fs::read_dir(folder).expect("the catalogues") {
        let json = fs::read_to_string(file.expect("a catalogue").path()).expect("a catalogue");
        // Two of the files are lists, not catalogues.
        if let Value::Object(texts) = serde_json::from_str(&json).expect("JSON") {
            let texts = texts.into_iter();
            entries.extend(texts.filter_map(|(text, entry)| Some((text, entry.get(tag)?.clone()))));
        }
    }
    entries
}

fn catalogue(tag: &str) -> Catalogue {
    let json = serde_json::to_string(&entries(tag)).expect("JSON");
    Catalogue::read(&json).expect("a catalogue")
}

/// The node's own transactions, of every kind that a person can send.
fn descriptions() -> Vec<Description> {
    let json = include_str!("../../../tests/vectors/protocol/transactions.json");
    let vectors: Vec<Value> = serde_json::from_str(json).expect("vectors");
    let read = |vector: &Value| {
        let bytes = vector["transaction_data_bcs"].as_str().expect("bytes");
        Description::read(&hex::decode(bytes).expect("hex digits")).expect("a transaction").1
    };
    vectors.iter().map(read).collect()
}

/// A text without words: numbers, or a key in hexadecimal digits.
fn is_digits(text: &str) -> bool {
    text.chars().all(|sign| sign.is_ascii_hexdigit() || "-.,%[] ".contains(sign))
}

/// What stays English in a language, of texts that have words.
fn untold(tag: &str, texts: impl IntoIterator<Item = String>) -> Vec<String> {
    let entries = entries(tag);
    let catalogue = catalogue(tag);
    // Some words are the same in both languages, which an entry says.
    let same = |text: &str| entries.get(text).is_some_and(|it| it.as_str() == Some(text));
    let stays = |text: &String| catalogue.told(text) == *text && !same(text) && !is_digits(text);
    texts.into_iter().filter(stays).collect()
}

#[test]
fn every_description_of_a_transaction_is_told() {
    let descriptions = descriptions();
    assert!(descriptions.len() > 50);
    let mut texts = Vec::new();
    for Description { headline, points } in descriptions {
        texts.push(headline);
        for point in points {
            texts.push(point.label);
            // An address of a validator's service has no words.
            if let PointValue::Text(text) = point.value
                && !text.starts_with('/')
            {
                texts.push(text);
            }
        }
    }
    for tag in ["de", "es"] {
        assert_eq!(untold(tag, texts.clone()), Vec::<String>::new(), "{tag}");
    }
}

#[test]
fn every_failure_of_the_chain_is_told_with_what_to_do() {
    let mut texts = Vec::new();
    for kind in FailureKind::ALL {
        let failure = ExecutionFailure { kind, detail: None };
        let Explanation { what, next } = Explanation::of_failure(&failure);
        texts.extend([what, next]);
    }
    for tag in ["de", "es"] {
        assert_eq!(untold(tag, texts.clone()), Vec::<String>::new(), "{tag}");
    }
}

#[test]
fn causes_are_told_within_what_they_caused() {
    let errors = ["", "0x", "0xg", "0x12345678"].map(|text| text.parse::<Address>().err());
    let amounts = ["", "1.0000000001", "-", "99999999999999999999"];
    let amounts = amounts.map(|text| text.parse::<Shannons>().err());
    let texts: Vec<String> = errors
        .into_iter()
        .flatten()
        .map(|error| error.to_string())
        .chain(amounts.into_iter().flatten().map(|error| error.to_string()))
        .collect();
    assert!(texts.len() > 4);
    for tag in ["de", "es"] {
        assert_eq!(untold(tag, texts.clone()), Vec::<String>::new(), "{tag}");
    }
    let unreachable = ChainError::Unreachable("it does not answer".to_owned());
    let what = catalogue("de").told(&Explanation::of_chain_error(&unreachable).what);
    assert_eq!(what, "Der Knoten ist nicht erreichbar: keine Antwort.");
}

/// No form hides another one: each says its own translation with its own values.
#[test]
fn each_form_is_known_with_any_values() {
    for tag in ["de", "es"] {
        let catalogue = catalogue(tag);
        for (english, translation) in entries(tag) {
            let values = pieces(&english);
            let mut values = values.iter().filter_map(|piece| match piece {
                Piece::Value(name) => Some(name.parse::<usize>()),
                Piece::Words(_) => None,
            });
            let Value::String(translation) = translation else { continue };
            if !values.all(|it| it.is_ok()) {
                continue;
            }
            let filled = |form: &str| {
                let pieces = pieces(form).into_iter();
                let told = pieces.map(|piece| match piece {
                    Piece::Words(words) => words.to_owned(),
                    Piece::Value(name) => format!("Q{name}Q"),
                });
                told.collect::<String>()
            };
            assert_eq!(catalogue.told(&filled(&english)), filled(&translation), "{tag}: {english}");
        }
    }
}
