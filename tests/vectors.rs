//! Every vector file below the folder that `SOMA_VECTORS` names, natively.

#![cfg(not(target_arch = "wasm32"))]

use anyhow::{Context as _, Result};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use tests::Count;

fn folder() -> PathBuf {
    std::env::var_os("SOMA_VECTORS").map_or_else(
        || Path::new(env!("CARGO_MANIFEST_DIR")).join("vectors/protocol"),
        PathBuf::from,
    )
}

fn files(folder: &Path) -> Result<Vec<PathBuf>> {
    let entries = folder.read_dir().with_context(|| format!("{}", folder.display()))?;
    let mut found = Vec::new();
    for entry in entries {
        let path = entry?.path();
        if path.is_dir() {
            found.extend(files(&path)?);
        } else {
            found.push(path);
        }
    }
    found.sort();
    Ok(found)
}

fn check(path: &Path) -> Result<Vec<Count>> {
    let name = path.file_name().and_then(|name| name.to_str()).context("a file name")?;
    let json = std::fs::read_to_string(path)?;
    tests::check(name, &json)
}

#[test]
fn every_vector_holds() {
    let folder = folder();
    let files = files(&folder).unwrap();
    assert!(!files.is_empty(), "no vector files below {}", folder.display());
    let mut table: BTreeMap<&str, usize> = BTreeMap::new();
    let mut failures = Vec::new();
    for path in &files {
        match check(path) {
            Ok(counts) => {
                for count in counts {
                    *table.entry(count.kind).or_default() += count.vectors;
                }
            }
            Err(error) => failures.push(format!("{}: {error:#}", path.display())),
        }
    }
    for (kind, vectors) in &table {
        println!("{vectors:>8}  {kind}");
    }
    println!("{:>8}  in {} files", table.values().sum::<usize>(), files.len());
    assert!(failures.is_empty(), "{} files fail:\n{}", failures.len(), failures.join("\n"));
}
