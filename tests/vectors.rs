//! Every vector file below the folder that `SOMA_VECTORS` names, natively.

#![cfg(not(target_arch = "wasm32"))]

mod epochs;
mod protobuf;

use anyhow::{Context as _, Result, anyhow, ensure};
use localnet::bls::{BlsKeypair, verify_possession};
use localnet::replay;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use tests::read::same_bytes;
use tests::{Count, FileKind, proof_of_possession};
use wasm_core::address::Address;
use wasm_core::bytes::FixedBytes;

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
    let mut counts = tests::check(name, &json)?;
    let kind = FileKind::of(name).context("a kind that was just known")?;
    counts.extend(check_on_localnet(kind, &json).with_context(|| format!("{name} on localnet"))?);
    counts.extend(protobuf::check(kind, &json).with_context(|| format!("{name} in protobuf"))?);
    ensure!(counts.iter().any(|count| count.vectors > 0), "{name}: no vectors");
    Ok(counts)
}

/// What it takes an executor or BLS to check.
fn check_on_localnet(kind: FileKind, json: &str) -> Result<Option<Count>> {
    let (what, checked) = match kind {
        FileKind::Scenario => ("steps executed again", replay::check_scenario(json)),
        FileKind::TargetEmbeddings => ("target embeddings", replay::check_target_embeddings(json)),
        FileKind::ModelSelection => ("drawings of models", replay::check_model_selection(json)),
        FileKind::EpochMath => {
            ensure!(replay::check_epoch_math(json).map_err(|e| anyhow!("{e}"))? > 0, "nothing");
            return epochs::check(json).map(|ends| Some(Count::of("ends of epochs", ends)));
        }
        FileKind::ProtocolConfigs => ("protocols made again", replay::check_protocol_configs(json)),
        FileKind::ProofOfPossession => return check_possession(json).map(Some),
        _ => return Ok(None),
    };
    let checked = checked.map_err(|mismatch| anyhow!("{mismatch}"))?;
    ensure!(checked > 0, "nothing was checked");
    Ok(Some(Count::of(what, checked)))
}

fn check_possession(json: &str) -> Result<Count> {
    let vectors: Vec<proof_of_possession::Vector> = tests::read::file(json)?;
    for vector in &vectors {
        let key = BlsKeypair::from_bytes(&vector.bls_private_key.array()?).context("no key")?;
        same_bytes("public key", key.public_key(), &vector.bls_public_key.0)?;
        let address = vector.address.0;
        same_bytes("proof", key.prove_possession(address), &vector.proof_of_possession.0)?;
        let proof = FixedBytes(vector.proof_of_possession.array()?);
        ensure!(verify_possession(&key.public_key(), address, &proof), "the proof is refused");
        let other = Address::ZERO;
        ensure!(!verify_possession(&key.public_key(), other, &proof), "another address is taken");
    }
    Ok(Count::of("proofs of possession", vectors.len()))
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
