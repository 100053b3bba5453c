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
        } else if !path.ends_with("README.md") {
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

/// The files that come with the repository, whatever `SOMA_VECTORS` says.
fn recorded(folder: &str) -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("vectors").join(folder);
    files(&folder).expect("the vectors come with the repository")
}

fn kind_of(path: &Path) -> Option<FileKind> {
    FileKind::of(path.file_name()?.to_str()?)
}

#[test]
fn every_kind_of_vector_is_recorded() {
    let recorded: Vec<_> = recorded("protocol").iter().filter_map(|path| kind_of(path)).collect();
    for kind in FileKind::ALL {
        assert!(recorded.contains(kind), "no file of kind {kind:?}");
    }
}

#[test]
fn every_vector_that_the_core_checks_is_checked_on_wasm32() {
    // What only an executor checks, or BLS.
    let native = [FileKind::EpochMath, FileKind::ModelSelection, FileKind::TargetEmbeddings];
    let checked = include_str!("vectors_wasm.rs");
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("vectors/protocol");
    for path in recorded("protocol") {
        if kind_of(&path).is_none_or(|kind| !native.contains(&kind)) {
            let name = path.strip_prefix(&folder).unwrap().to_str().unwrap();
            assert!(checked.contains(&format!("{name:?}")), "{name} is not in vectors_wasm.rs");
        }
    }
}

/// A file of what some version of the wallet sealed.
#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Sealed {
    #[serde(rename = "what")]
    _what: String,
    password: String,
    vault: Envelope,
    wallet_backup: Envelope,
    model_backup: Envelope,
}

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Envelope {
    envelope: tests::read::Hex,
    contents: String,
}

#[test]
fn whatever_a_version_of_the_wallet_sealed_opens() {
    use wasm_core::vault::{self, Backup, fuzzing};
    let files = recorded("vault");
    assert!(!files.is_empty());
    for path in files {
        let text = std::fs::read_to_string(&path).unwrap();
        let sealed: Sealed = tests::read::file(&text).unwrap();
        let password = &sealed.password;
        let secrets = vault::open(password, &sealed.vault.envelope.0).unwrap().secrets;
        let opened = [
            (Backup::Wallet(secrets), sealed.vault.contents),
            (
                vault::open_backup(password, &sealed.wallet_backup.envelope.0).unwrap(),
                sealed.wallet_backup.contents,
            ),
            (
                vault::open_backup(password, &sealed.model_backup.envelope.0).unwrap(),
                sealed.model_backup.contents,
            ),
        ];
        for (opened, contents) in opened {
            // Compared as the newest version writes them.
            let recorded = fuzzing::read_contents(contents.as_bytes()).unwrap();
            assert_eq!(*fuzzing::write_contents(&opened), *fuzzing::write_contents(&recorded));
        }
    }
}
