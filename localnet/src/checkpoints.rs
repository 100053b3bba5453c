//! Checkpoints: executed transactions in their order, sealed and signed.

use crate::bls::{self, BlsKeypair};
use crate::ledger::Executed;
use std::collections::BTreeMap;
use std::sync::Arc;
use wasm_core::bytes::FixedBytes;
use wasm_core::checkpoint::{
    Authority, AuthorityName, CheckpointContents, CheckpointSummary, Committee, EndOfEpochData,
};
use wasm_core::digest::CheckpointDigest;
use wasm_core::effects::TransactionFee;
use wasm_core::system_state::{SystemStateV1, Validator};

/// A sealed piece of the network's history.
#[derive(Clone, Debug)]
pub struct Checkpoint {
    /// Its head.
    pub summary: CheckpointSummary,
    /// Digest of the head.
    pub digest: CheckpointDigest,
    /// Digests and signatures of its transactions.
    pub contents: CheckpointContents,
    /// The transactions, in the order of `contents`.
    pub transactions: Vec<Arc<Executed>>,
    /// Who vouches for it.
    pub signature: CheckpointSignature,
}

/// The validators' aggregated BLS signature of a checkpoint's head.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CheckpointSignature {
    /// Epoch of the committee.
    pub epoch: u64,
    /// 48 bytes in G1.
    pub signature: [u8; 48],
    /// Indices into the committee.
    pub signers: Vec<u32>,
}

/// The sum of no signatures: the compressed point at infinity.
const NO_SIGNATURE: [u8; 48] = {
    let mut bytes = [0; 48];
    bytes[0] = 0xc0;
    bytes
};

/// The validators of a state as those who sign checkpoints.
#[must_use]
pub fn committee(state: &SystemStateV1) -> Committee {
    let name = |validator: &Validator| AuthorityName(validator.metadata.protocol_pubkey.0);
    let members: BTreeMap<AuthorityName, &Validator> =
        state.validators.validators.iter().map(|known| (name(known), known)).collect();
    let authority = |validator: &Validator| Authority {
        stake: validator.voting_power,
        address: validator.metadata.primary_address.clone(),
        hostname: validator.metadata.net_address.clone(),
        protocol_key: validator.metadata.worker_pubkey,
        network_key: validator.metadata.network_pubkey,
        authority_key: validator.metadata.protocol_pubkey,
    };
    Committee {
        epoch: state.epoch,
        voting_rights: members.iter().map(|(name, known)| (*name, known.voting_power)).collect(),
        expanded_keys: members.keys().map(|name| (*name, FixedBytes(name.0))).collect(),
        index_map: members.keys().zip(0..).map(|(name, index)| (*name, index)).collect(),
        authorities: members.iter().map(|(name, known)| (*name, authority(known))).collect(),
    }
}

/// What a checkpoint's head says besides its contents.
pub(crate) struct Cut {
    pub(crate) epoch: u64,
    pub(crate) sequence_number: u64,
    /// How many transactions the network had executed before these.
    pub(crate) transactions_before: u64,
    pub(crate) previous_digest: Option<CheckpointDigest>,
    /// Fees of the epoch so far, these transactions' included.
    pub(crate) epoch_fees: TransactionFee,
    pub(crate) timestamp_ms: u64,
    pub(crate) end_of_epoch_data: Option<EndOfEpochData>,
}

impl Cut {
    /// Seals transactions, and signs with those of the keys that are in the committee.
    pub(crate) fn seal(
        self,
        transactions: Vec<Arc<Executed>>,
        committee: &Committee,
        keys: &[BlsKeypair],
    ) -> Checkpoint {
        let contents = CheckpointContents::V1 {
            transactions: transactions
                .iter()
                .map(|executed| (executed.digest, executed.effects.digest()))
                .collect(),
            user_signatures: transactions
                .iter()
                .map(|executed| executed.signature.iter().cloned().collect())
                .collect(),
        };
        let summary = CheckpointSummary {
            epoch: self.epoch,
            sequence_number: self.sequence_number,
            network_total_transactions: self
                .transactions_before
                .saturating_add(transactions.len() as u64),
            content_digest: contents.digest(),
            previous_digest: self.previous_digest,
            epoch_rolling_transaction_fees: self.epoch_fees,
            timestamp_ms: self.timestamp_ms,
            checkpoint_commitments: Vec::new(),
            end_of_epoch_data: self.end_of_epoch_data,
            version_specific_data: Vec::new(),
        };
        let signature = sign(&summary, committee, keys);
        Checkpoint { digest: summary.digest(), summary, contents, transactions, signature }
    }
}

fn sign(
    summary: &CheckpointSummary,
    committee: &Committee,
    keys: &[BlsKeypair],
) -> CheckpointSignature {
    let epoch = committee.epoch;
    let mut members: Vec<(u32, &BlsKeypair)> = keys
        .iter()
        .filter_map(|key| {
            let index = committee.index_map.get(&AuthorityName(key.public_key().0))?;
            Some((u32::try_from(*index).ok()?, key))
        })
        .collect();
    members.sort_by_key(|(index, _)| *index);
    // A key that is given twice signs once.
    members.dedup_by_key(|(index, _)| *index);
    let signatures: Vec<FixedBytes<48>> =
        members.iter().map(|(_, key)| key.sign_checkpoint(summary, epoch)).collect();
    CheckpointSignature {
        epoch,
        signature: bls::aggregate(&signatures).unwrap_or(NO_SIGNATURE),
        signers: members.into_iter().map(|(index, _)| index).collect(),
    }
}

#[cfg(test)]
mod tests {
    use crate::bls::verify_checkpoint;
    use crate::genesis::{GenesisConfig, GenesisValidator};
    use wasm_core::bytes::FixedBytes;

    #[test]
    fn all_validators_sign_a_checkpoint() {
        let mut config = GenesisConfig::localnet(&[1; 32], &[], 5);
        config.validators.push(GenesisValidator::derive(&[2; 32]));
        let keys: Vec<FixedBytes<96>> =
            config.validators.iter().map(|known| known.protocol.public_key()).collect();
        let mut checkpoint = config.build().expect("a valid configuration").checkpoint;
        let signature = checkpoint.signature.clone();
        assert_eq!(signature.signers, [0, 1]);
        assert!(verify_checkpoint(&keys, &checkpoint.summary, 0, &signature.signature));
        assert!(!verify_checkpoint(&keys[..1], &checkpoint.summary, 0, &signature.signature));
        checkpoint.summary.timestamp_ms += 1;
        assert!(!verify_checkpoint(&keys, &checkpoint.summary, 0, &signature.signature));
    }
}
