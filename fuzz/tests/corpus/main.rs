//! The committed corpus is complete. `SOMA_WRITE_SEEDS=1 cargo test -p fuzz` writes the seeds that are missing.

mod seeds;

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

fn corpus() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus")
}

fn names_in(folder: &Path) -> BTreeSet<String> {
    let entries = fs::read_dir(folder).unwrap_or_else(|error| panic!("{folder:?}: {error}"));
    let name = |entry: std::io::Result<fs::DirEntry>| entry.ok()?.file_name().into_string().ok();
    entries.map(|entry| name(entry).expect("a name in UTF-8")).collect()
}

#[test]
fn every_target_has_a_corpus_and_a_program() {
    let targets: BTreeSet<_> = fuzz::TARGETS.iter().map(|(name, _)| (*name).to_owned()).collect();
    assert_eq!(targets.len(), fuzz::TARGETS.len(), "two targets of one name");
    assert_eq!(names_in(&corpus()), targets);
    let programs = names_in(&Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz_targets"));
    let wanted: BTreeSet<_> = targets.iter().map(|name| format!("{name}.rs")).collect();
    assert_eq!(programs, wanted);
    let manifest = include_str!("../../Cargo.toml");
    for name in &targets {
        assert!(manifest.contains(&format!("path = \"fuzz_targets/{name}.rs\"")), "{name}");
        assert!(!names_in(&corpus().join(name)).is_empty(), "{name}");
    }
}

#[test]
fn the_corpus_holds_what_was_recorded() {
    let write = std::env::var_os("SOMA_WRITE_SEEDS").is_some();
    let targets: BTreeSet<_> = fuzz::TARGETS.iter().map(|(name, _)| *name).collect();
    for ((target, name), bytes) in seeds::all() {
        assert!(targets.contains(target), "{target} is no target");
        let path = corpus().join(target).join(format!("seed-{name}"));
        if write {
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(&path, &bytes).unwrap();
        }
        let kept = fs::read(&path).unwrap_or_else(|error| panic!("{path:?}: {error}"));
        assert!(kept == bytes, "{path:?} is not what was recorded");
    }
}
