//! Checkpoints.

use super::{ConvertError, address, milliseconds, required, timestamp};
use crate::proto::soma as proto;
use proto::checkpoint_commitment::CheckpointCommitmentKind;
use wasm_core::checkpoint::{
    CheckpointCommitment, CheckpointContents, CheckpointSummary, Committee, EndOfEpochData,
};
use wasm_core::ports::{Checkpoint, CheckpointTransaction};
use wasm_core::tx::TransactionKind;

impl From<&CheckpointSummary> for proto::CheckpointSummary {
    fn from(summary: &CheckpointSummary) -> Self {
        Self {
            digest: Some(summary.digest().to_string()),
            epoch: Some(summary.epoch),
            sequence_number: Some(summary.sequence_number),
            total_network_transactions: Some(summary.network_total_transactions),
            content_digest: Some(summary.content_digest.to_string()),
            previous_digest: summary.previous_digest.map(|digest| digest.to_string()),
            epoch_rolling_transaction_fees: Some((&summary.epoch_rolling_transaction_fees).into()),
            timestamp: Some(timestamp(summary.timestamp_ms)),
            commitments: commitments(&summary.checkpoint_commitments),
            end_of_epoch_data: summary.end_of_epoch_data.as_ref().map(Into::into),
        }
    }
}

fn commitments(list: &[CheckpointCommitment]) -> Vec<proto::CheckpointCommitment> {
    list.iter()
        .map(|commitment| {
            let (kind, digest) = match commitment {
                CheckpointCommitment::EcmhLiveObjectSetDigest(digest) => {
                    (CheckpointCommitmentKind::EcmhLiveObjectSet, digest)
                }
                CheckpointCommitment::CheckpointArtifactsDigest(digest) => {
                    (CheckpointCommitmentKind::CheckpointArtifacts, digest)
                }
            };
            proto::CheckpointCommitment {
                kind: Some(kind.into()),
                digest: Some(digest.to_string()),
            }
        })
        .collect()
}

impl From<&EndOfEpochData> for proto::EndOfEpochData {
    fn from(data: &EndOfEpochData) -> Self {
        Self {
            next_epoch_validator_committee: Some((&data.next_epoch_validator_committee).into()),
            next_epoch_protocol_version: Some(data.next_epoch_protocol_version),
            epoch_commitments: commitments(&data.epoch_commitments),
        }
    }
}

impl From<&Committee> for proto::ValidatorCommittee {
    fn from(committee: &Committee) -> Self {
        let members = committee
            .voting_rights
            .iter()
            .map(|(name, weight)| proto::ValidatorCommitteeMember {
                authority_key: Some(name.0.to_vec()),
                weight: Some(*weight),
                network_metadata: committee.authorities.get(name).map(|authority| {
                    proto::ValidatorNetworkMetadata {
                        consensus_address: Some(authority.address.clone()),
                        hostname: Some(authority.hostname.clone()),
                        protocol_key: Some(authority.protocol_key.0.to_vec()),
                        network_key: Some(authority.network_key.0.to_vec()),
                    }
                }),
            })
            .collect();
        Self { epoch: Some(committee.epoch), members }
    }
}

impl From<&CheckpointContents> for proto::CheckpointContents {
    fn from(contents: &CheckpointContents) -> Self {
        let CheckpointContents::V1 { transactions, user_signatures } = contents;
        let transactions = transactions
            .iter()
            .enumerate()
            .map(|(at, (transaction, effects))| proto::CheckpointedTransactionInfo {
                transaction: Some(transaction.to_string()),
                effects: Some(effects.to_string()),
                signatures: user_signatures
                    .get(at)
                    .map(|signatures| signatures.iter().map(Into::into).collect())
                    .unwrap_or_default(),
            })
            .collect();
        Self { digest: Some(contents.digest().to_string()), version: Some(1), transactions }
    }
}

/// A checkpoint of an answer that holds number, summary, and of every transaction effects and sender.
impl TryFrom<&proto::Checkpoint> for Checkpoint {
    type Error = ConvertError;
    fn try_from(message: &proto::Checkpoint) -> Result<Self, ConvertError> {
        let summary = required(message.summary.as_ref(), "summary")?;
        let sequence_number = required(message.sequence_number, "sequence_number")?;
        let timestamp_ms = milliseconds(required(summary.timestamp, "timestamp")?, "timestamp")?;
        let transactions: Result<Vec<CheckpointTransaction>, _> =
            message.transactions.iter().map(CheckpointTransaction::try_from).collect();
        let mut transactions = transactions?;
        for transaction in &mut transactions {
            transaction.executed.checkpoint = Some(sequence_number);
            transaction.executed.timestamp_ms = Some(timestamp_ms);
        }
        Ok(Self {
            sequence_number,
            epoch: required(summary.epoch, "epoch")?,
            timestamp_ms,
            transactions,
        })
    }
}

/// A transaction with what it did and who sent it. A kind that does not convert is of a newer
/// network, and no reason to miss the rest.
impl TryFrom<&proto::ExecutedTransaction> for CheckpointTransaction {
    type Error = ConvertError;
    fn try_from(message: &proto::ExecutedTransaction) -> Result<Self, ConvertError> {
        let transaction = required(message.transaction.as_ref(), "transaction")?;
        let kind = transaction.kind.as_ref().and_then(|kind| TransactionKind::try_from(kind).ok());
        Ok(Self {
            executed: message.try_into()?,
            sender: address(transaction.sender.as_ref(), "sender")?,
            kind,
        })
    }
}
