//! Every transaction of every recorded run, whatever the version of its protocol.

use std::collections::BTreeSet;
use std::path::Path;
use tests::previews::{Foretold, foretell};

#[test]
fn every_recorded_transaction_is_foretold() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("vectors/protocol/execution");
    let mut all = Foretold::default();
    for entry in folder.read_dir().unwrap() {
        let path = entry.unwrap().path();
        // Those record the ends of short runs, not the objects they began with.
        if path.ends_with("quirks.json") {
            continue;
        }
        let json = std::fs::read_to_string(&path).unwrap();
        let told = foretell(&json).unwrap_or_else(|error| panic!("{}: {error:#}", path.display()));
        all.kinds.extend(told.kinds);
        all.successes += told.successes;
        all.failures += told.failures;
        all.unforeseeable += told.unforeseeable;
    }
    let Foretold { kinds, successes, failures, unforeseeable } = all;
    assert_eq!(kinds.len(), 23, "kinds that succeeded somewhere: {kinds:?}");
    assert!(successes >= 120, "{successes} successes");
    assert!(failures >= 100, "{failures} failures");
    // One proof of possession that does not hold.
    assert_eq!(unforeseeable, 1);
}

#[test]
fn a_run_that_did_something_else_is_noticed() {
    let json = include_str!("../vectors/protocol/execution/coins.json");
    assert!(foretell(json).is_ok());
    // The epoch's price of a write, in the state that previews read: 300 shannons become 301.
    let state = BTreeSet::from(["2c01000000000000", "2d01000000000000"]);
    let [price, higher] = state.into_iter().collect::<Vec<_>>()[..] else { panic!("two prices") };
    let changed = json.replace(price, higher);
    assert_ne!(changed, json);
    let refused = format!("{:#}", foretell(&changed).unwrap_err());
    assert!(refused.contains("The fee would be"), "{refused}");
}
