//! Checks of recorded vectors, one module for each kind of file.
//!
//! A check is given a file's text and says how many vectors it holds, or what differs. It touches no
//! file and runs on any target; `vectors.rs` runs all of them natively, `vectors_wasm.rs` on wasm32.
//! The modules publish their vectors' types, so that other rooms can check the `proto` columns.

pub mod read;

pub mod addresses;
pub mod aes_ctr;
pub mod checkpoints;
pub mod commitments;
pub mod effects;
pub mod execution;
pub mod execution_errors;
pub mod executor;
pub mod grpc_bcs_codec;
pub mod keys;
pub mod map_order;
pub mod mnemonics;
pub mod multisig;
pub mod object_ids;
pub mod objects;
pub mod previews;
pub mod proof_of_possession;
pub mod protocol_configs;
pub mod scoring;
pub mod state;
pub mod system_state;
pub mod transactions;

use anyhow::{Context as _, Result, bail};

/// How many vectors of one kind were checked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Count {
    /// What they are.
    pub kind: &'static str,
    /// How many.
    pub vectors: usize,
}

impl Count {
    /// Counts vectors of a kind.
    #[must_use]
    pub const fn of(kind: &'static str, vectors: usize) -> Self {
        Self { kind, vectors }
    }
}

/// A kind of vector file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "named as the files are")]
pub enum FileKind {
    Addresses,
    AesCtr,
    Checkpoints,
    Commitments,
    Effects,
    EpochMath,
    ExecutionErrors,
    GrpcBcsCodec,
    Keys,
    MapOrder,
    Mnemonics,
    ModelSelection,
    Multisig,
    ObjectIds,
    Objects,
    ProofOfPossession,
    ProtocolConfigs,
    SystemState,
    TargetEmbeddings,
    Transactions,
    /// A whole run of a network, step by step.
    Scenario,
    /// Short runs, each on an odd corner of the executor.
    Quirks,
}

impl FileKind {
    /// All of them.
    pub const ALL: &[Self] = &[
        Self::Addresses,
        Self::AesCtr,
        Self::Checkpoints,
        Self::Commitments,
        Self::Effects,
        Self::EpochMath,
        Self::ExecutionErrors,
        Self::GrpcBcsCodec,
        Self::Keys,
        Self::MapOrder,
        Self::Mnemonics,
        Self::ModelSelection,
        Self::Multisig,
        Self::ObjectIds,
        Self::Objects,
        Self::ProofOfPossession,
        Self::ProtocolConfigs,
        Self::SystemState,
        Self::TargetEmbeddings,
        Self::Transactions,
        Self::Scenario,
        Self::Quirks,
    ];

    /// The kind of a file name such as `keys.json`; `targets_v4.json` is another recording of what
    /// `targets.json` records.
    #[must_use]
    pub fn of(file_name: &str) -> Option<Self> {
        let stem = file_name.strip_suffix(".json")?;
        let stem = match stem.rsplit_once("_v") {
            Some((name, version)) if version.parse::<u32>().is_ok() => name,
            _ => stem,
        };
        Some(match stem {
            "addresses" => Self::Addresses,
            "aes_ctr" => Self::AesCtr,
            "checkpoints" => Self::Checkpoints,
            "commitments" => Self::Commitments,
            "effects" => Self::Effects,
            "epoch_math" => Self::EpochMath,
            "execution_errors" => Self::ExecutionErrors,
            "grpc_bcs_codec" => Self::GrpcBcsCodec,
            "keys" => Self::Keys,
            "map_order" => Self::MapOrder,
            "mnemonics" => Self::Mnemonics,
            "model_selection" => Self::ModelSelection,
            "multisig" => Self::Multisig,
            "object_ids" => Self::ObjectIds,
            "objects" => Self::Objects,
            "proof_of_possession" => Self::ProofOfPossession,
            "protocol_configs" => Self::ProtocolConfigs,
            "system_state" => Self::SystemState,
            "target_embeddings" => Self::TargetEmbeddings,
            "transactions" => Self::Transactions,
            "coins" | "difficulty" | "models" | "staking" | "targets" | "upgrades" => {
                Self::Scenario
            }
            "quirks" => Self::Quirks,
            _ => return None,
        })
    }
}

/// Checks what wasm-core knows of a file. The kinds that only an executor can check give no counts.
///
/// # Errors
/// Where the file is of no known kind, has fields that are not understood, holds no vectors, or
/// where something differs.
pub fn check(file_name: &str, json: &str) -> Result<Vec<Count>> {
    let Some(kind) = FileKind::of(file_name) else {
        bail!("{file_name}: no known kind of vector file");
    };
    let counts = match kind {
        FileKind::Addresses => addresses::check(json),
        FileKind::AesCtr => aes_ctr::check(json),
        FileKind::Checkpoints => checkpoints::check(json),
        FileKind::Commitments => commitments::check(json),
        FileKind::Effects => effects::check(json),
        FileKind::ExecutionErrors => execution_errors::check(json),
        FileKind::GrpcBcsCodec => grpc_bcs_codec::check(json),
        FileKind::Keys => keys::check(json),
        FileKind::MapOrder => map_order::check(json),
        FileKind::Mnemonics => mnemonics::check(json),
        FileKind::Multisig => multisig::check(json),
        FileKind::ObjectIds => object_ids::check(json),
        FileKind::Objects => objects::check(json),
        FileKind::ProofOfPossession => proof_of_possession::check(json),
        FileKind::ProtocolConfigs => protocol_configs::check(json),
        FileKind::SystemState => system_state::check(json),
        FileKind::Transactions => transactions::check(json),
        FileKind::Scenario => {
            execution::check(json).and_then(|counts| Ok([counts, previews::check(json)?].concat()))
        }
        FileKind::Quirks => execution::check_quirks(json),
        FileKind::EpochMath => executor::epoch_math(json).map(|_| Vec::new()),
        FileKind::ModelSelection => executor::model_selections(json).map(|_| Vec::new()),
        FileKind::TargetEmbeddings => executor::target_embeddings(json).map(|_| Vec::new()),
    }
    .with_context(|| file_name.to_owned())?;
    if counts.iter().any(|count| count.vectors == 0) {
        bail!("{file_name}: there are no vectors of a kind: {counts:?}");
    }
    Ok(counts)
}

#[cfg(test)]
mod tests {
    use super::{Count, FileKind, check};

    const KEYS: &str = include_str!("../vectors/protocol/keys.json");

    #[test]
    fn recordings_of_the_same_kind_are_told_by_their_number() {
        assert_eq!(FileKind::of("targets.json"), Some(FileKind::Scenario));
        assert_eq!(FileKind::of("targets_v1.json"), Some(FileKind::Scenario));
        assert_eq!(FileKind::of("keys_v12.json"), Some(FileKind::Keys));
        for name in ["targets_vx.json", "targets_v.json", "target.json", "keys.txt", "keys"] {
            assert_eq!(FileKind::of(name), None, "{name}");
        }
    }

    #[test]
    fn a_file_of_no_known_kind_is_refused() {
        assert!(check("unheard_of.json", "[]").is_err());
    }

    #[test]
    fn a_file_without_vectors_is_refused() {
        let refused = check("keys.json", "[]").unwrap_err().to_string();
        assert!(refused.contains("no vectors"), "{refused}");
    }

    #[test]
    fn an_unknown_field_is_refused() {
        let json = KEYS.replace("\"bech32\"", "\"colour\": 1, \"bech32\"");
        let refused = format!("{:#}", check("keys.json", &json).unwrap_err());
        assert!(refused.contains("unknown field `colour`"), "{refused}");
    }

    #[test]
    fn a_changed_digit_is_refused() {
        assert_eq!(check("keys.json", KEYS).unwrap(), [Count::of("keys", 8)]);
        let address = "0x7a1378aafadef8ce743b72e8b248295c8f61c102c94040161146ea4d51a182b6";
        let json = KEYS.replacen(address, &address.replace("a182b6", "a182b7"), 1);
        assert_ne!(json, KEYS);
        assert!(check("keys.json", &json).is_err());
    }
}
