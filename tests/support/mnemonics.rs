//! `mnemonics.json`: recovery phrases and the keys that they stand for.

use crate::Count;
use crate::keys::check_forms;
use crate::read::{Hex, file, same, same_bytes};
use anyhow::{Context as _, Result, ensure};
use serde::Deserialize;
use wasm_core::mnemonic::{DerivationPath, Mnemonic};

/// A phrase and its keys.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "named as in the file")]
pub struct Vector {
    pub words: usize,
    pub entropy: Hex,
    pub mnemonic: String,
    pub seed: Hex,
    pub derivations: Vec<Derivation>,
    pub rejected_paths: Vec<RejectedPath>,
}

/// A path and its key.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "named as in the file")]
pub struct Derivation {
    /// None stands for the default path.
    pub path: Option<String>,
    pub secret_key: Hex,
    pub bech32: String,
    pub keystore_base64: String,
    pub public_key: Hex,
    pub public_key_base64: String,
    pub address: String,
}

/// A path that is none.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "named as in the file")]
pub struct RejectedPath {
    pub path: String,
    /// What the reference says of it; ours are finer.
    pub error: String,
}

fn check_derivation(phrase: &Mnemonic, vector: &Derivation) -> Result<()> {
    let path = match &vector.path {
        Some(path) => {
            let read: DerivationPath = path.parse()?;
            same("path", &read.to_string(), path)?;
            read
        }
        None => DerivationPath::default(),
    };
    check_forms(
        &phrase.derive(&path),
        &vector.secret_key,
        &vector.bech32,
        &vector.keystore_base64,
        &vector.public_key,
        &vector.public_key_base64,
        &vector.address,
    )
}

fn check_one(vector: &Vector) -> Result<()> {
    let phrase = Mnemonic::from_entropy(&vector.entropy.0)?;
    same("phrase", phrase.expose_phrase().as_str(), &vector.mnemonic)?;
    same("words", phrase.word_count(), vector.words)?;
    let read = Mnemonic::parse(&vector.mnemonic)?;
    same_bytes("entropy", read.expose_entropy().as_slice(), &vector.entropy.0)?;
    // The wallet derives keys and shows no seed; this is the library it derives them with.
    let seed = bip39::Mnemonic::parse(&vector.mnemonic)?.to_seed("");
    same_bytes("seed", seed, &vector.seed.0)?;
    for derivation in &vector.derivations {
        check_derivation(&read, derivation).with_context(|| format!("{:?}", derivation.path))?;
    }
    for RejectedPath { path, error } in &vector.rejected_paths {
        ensure!(path.parse::<DerivationPath>().is_err(), "{path} is taken, though {error}");
    }
    Ok(())
}

/// Checks the file.
///
/// # Errors
/// Where something differs.
pub fn check(json: &str) -> Result<Vec<Count>> {
    let vectors: Vec<Vector> = file(json)?;
    for vector in &vectors {
        check_one(vector).with_context(|| format!("{} words", vector.words))?;
    }
    Ok(vec![
        Count::of("recovery phrases", vectors.len()),
        Count::of("derived keys", vectors.iter().map(|v| v.derivations.len()).sum()),
        Count::of("refused paths", vectors.iter().map(|v| v.rejected_paths.len()).sum()),
    ])
}
