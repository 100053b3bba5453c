//! Recorded scenarios of the reference's executor, executed again: those that come with the repository, step
//! by step. Recordings elsewhere, which `SOMA_VECTORS` names, are for `vectors.rs` of the package `tests`.

use localnet::replay;
use std::path::PathBuf;

fn vectors() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../tests/vectors/protocol")
}

fn read(name: &str) -> String {
    let path = vectors().join(name);
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn replay(name: &str, steps: usize) {
    match replay::check_scenario(&read(&format!("execution/{name}.json"))) {
        Ok(checked) => assert_eq!(checked, steps),
        Err(mismatch) => panic!("{name}: {mismatch}"),
    }
}

#[test]
fn coins_move_as_recorded() {
    replay("coins", 28);
}

#[test]
fn models_live_as_recorded() {
    replay("models", 49);
}

#[test]
fn stakes_grow_as_recorded() {
    replay("staking", 58);
}

#[test]
fn targets_pay_as_recorded() {
    replay("targets", 37);
}

#[test]
fn targets_of_older_protocols_pay_as_recorded() {
    replay("targets_v2", 37);
    replay("targets_v4", 37);
}

#[test]
fn difficulty_of_the_first_protocol_moves_as_recorded() {
    replay("difficulty_v1", 4);
}

#[test]
fn upgrades_change_what_is_recorded() {
    replay("upgrades", 9);
}

#[test]
fn embeddings_are_drawn_as_recorded() {
    assert_eq!(replay::check_target_embeddings(&read("target_embeddings.json")), Ok(10));
}

#[test]
fn models_are_selected_as_recorded() {
    assert_eq!(replay::check_model_selection(&read("model_selection.json")), Ok(21));
}

#[test]
fn epochs_are_reckoned_as_recorded() {
    assert_eq!(replay::check_epoch_math(&read("epoch_math.json")), Ok(24));
}

#[test]
fn parameters_are_those_recorded() {
    assert_eq!(replay::check_protocol_configs(&read("protocol_configs.json")), Ok(5));
}

#[test]
fn a_recording_that_was_tampered_with_is_not_reproduced() {
    let text = read("execution/coins.json");
    let scenario: serde_json::Value = serde_json::from_str(&text).expect("json");
    let tampered = |pointer: &str, text: &str| {
        let mut scenario = scenario.clone();
        *scenario.pointer_mut(pointer).expect("there") = text.into();
        replay::check_scenario(&scenario.to_string())
    };
    assert_eq!(tampered("/steps/0/name", "another name"), Ok(28));
    let effects = scenario["steps"][1]["effects"]["bcs"].as_str().expect("hex");
    for (pointer, text) in [
        ("/steps/0/effects/digest", "11111111111111111111111111111111"),
        ("/steps/0/effects/bcs", effects),
        ("/steps/0/fee_parameters/write_object_fee", "301"),
        ("/steps/0/epoch", "1"),
    ] {
        assert!(tampered(pointer, text).is_err(), "{pointer}");
    }
}

/// Oddities of the reference, which are recorded without the objects they start from and so cannot
/// be executed again. What this network does instead is tested in `ledger.rs`, or beside its code.
const ODDITIES: [&str; 16] = [
    "AddStakeToModel amount None on the gas coin",
    "gas coin balance equals base fee",
    "gas coin cannot cover operation fee after execution",
    "gas coin cannot cover operation fee of a system-state transaction",
    "late InsufficientGas strands another owned input (stake withdrawal)",
    "late InsufficientGas strands another owned input (coin transfer)",
    "SubmitData for a deactivated model strands a separate bond coin",
    "a coin of the kind also listed as a secondary gas coin",
    "withdraw after a slash",
    "zero-balance gas coin",
    "NaN distance",
    "non-scalar distance tensor",
    "model revealed with another embedding dimension, then epoch change",
    "self-transfer of staked soma and of the gas coin together",
    "withdraw commission-reward stake in the epoch it was minted",
    "withdraw model stake in created state",
];

#[test]
fn no_oddity_is_skipped_that_is_not_known_by_name() {
    let quirks: serde_json::Value =
        serde_json::from_str(&read("execution/quirks.json")).expect("json");
    let names: Vec<&str> = quirks
        .as_array()
        .expect("a list")
        .iter()
        .filter_map(|quirk| quirk["name"].as_str())
        .collect();
    assert_eq!(names, ODDITIES);
}
