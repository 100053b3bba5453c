//! Checkpoints.

use super::{ConvertError, address, fixed, milliseconds, parsed, required, text, timestamp};
use crate::proto::soma as proto;
use proto::checkpoint_commitment::CheckpointCommitmentKind;
use wasm_core::bytes::FixedBytes;
use wasm_core::checkpoint::{
    Authority, AuthorityName, CheckpointCommitment, CheckpointContents, CheckpointSummary,
    Committee, EndOfEpochData,
};
use wasm_core::digest::{CheckpointDigest, TransactionDigest};
use wasm_core::ports::{Checkpoint, CheckpointTransaction, Executed};
use wasm_core::tx::{TransactionData, TransactionKind};

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

/// A whole head. The wire has no place for version-specific data, which is taken to be empty: where it
/// is not, the head does not have its digest.
impl TryFrom<&proto::CheckpointSummary> for CheckpointSummary {
    type Error = ConvertError;
    fn try_from(message: &proto::CheckpointSummary) -> Result<Self, ConvertError> {
        let previous = message.previous_digest.as_ref();
        let fees = message.epoch_rolling_transaction_fees.as_ref();
        let total = message.total_network_transactions;
        let time = required(message.timestamp, "timestamp")?;
        Ok(Self {
            epoch: required(message.epoch, "epoch")?,
            sequence_number: required(message.sequence_number, "sequence_number")?,
            network_total_transactions: required(total, "total_network_transactions")?,
            content_digest: parsed(message.content_digest.as_ref(), "content_digest")?,
            previous_digest: previous.map(|_| parsed(previous, "previous_digest")).transpose()?,
            epoch_rolling_transaction_fees: required(fees, "epoch_rolling_transaction_fees")?
                .try_into()?,
            timestamp_ms: milliseconds(time, "timestamp")?,
            checkpoint_commitments: read_commitments(&message.commitments)?,
            end_of_epoch_data: message
                .end_of_epoch_data
                .as_ref()
                .map(EndOfEpochData::try_from)
                .transpose()?,
            version_specific_data: Vec::new(),
        })
    }
}

fn read_commitments(
    list: &[proto::CheckpointCommitment],
) -> Result<Vec<CheckpointCommitment>, ConvertError> {
    let read = |commitment: &proto::CheckpointCommitment| {
        let digest = parsed(commitment.digest.as_ref(), "commitments")?;
        match CheckpointCommitmentKind::try_from(required(commitment.kind, "commitments")?) {
            Ok(CheckpointCommitmentKind::EcmhLiveObjectSet) => {
                Ok(CheckpointCommitment::EcmhLiveObjectSetDigest(digest))
            }
            Ok(CheckpointCommitmentKind::CheckpointArtifacts) => {
                Ok(CheckpointCommitment::CheckpointArtifactsDigest(digest))
            }
            _ => Err(ConvertError::invalid("commitments", "an unknown kind of commitment")),
        }
    };
    list.iter().map(read).collect()
}

impl TryFrom<&proto::EndOfEpochData> for EndOfEpochData {
    type Error = ConvertError;
    fn try_from(message: &proto::EndOfEpochData) -> Result<Self, ConvertError> {
        let committee = message.next_epoch_validator_committee.as_ref();
        Ok(Self {
            next_epoch_validator_committee: required(committee, "next_epoch_validator_committee")?
                .try_into()?,
            next_epoch_protocol_version: required(
                message.next_epoch_protocol_version,
                "next_epoch_protocol_version",
            )?,
            epoch_commitments: read_commitments(&message.epoch_commitments)?,
        })
    }
}

/// A committee, whose tables by name follow from the list of its members.
impl TryFrom<&proto::ValidatorCommittee> for Committee {
    type Error = ConvertError;
    fn try_from(message: &proto::ValidatorCommittee) -> Result<Self, ConvertError> {
        let mut committee = Self {
            epoch: required(message.epoch, "epoch")?,
            voting_rights: Vec::new(),
            expanded_keys: Default::default(),
            index_map: Default::default(),
            authorities: Default::default(),
        };
        for (index, member) in (0..).zip(&message.members) {
            let key = required(member.authority_key.as_ref(), "authority_key")?;
            let key = FixedBytes::<96>(fixed(key, "authority_key")?);
            let stake = required(member.weight, "weight")?;
            let name = AuthorityName(key.0);
            committee.voting_rights.push((name, stake));
            if committee.index_map.insert(name, index).is_some() {
                return Err(ConvertError::invalid("members", "a member twice"));
            }
            committee.expanded_keys.insert(name, key);
            if let Some(network) = &member.network_metadata {
                let bytes = |value: &Option<Vec<u8>>, field| {
                    fixed(required(value.as_ref(), field)?, field).map(FixedBytes)
                };
                let authority = Authority {
                    stake,
                    address: text(network.consensus_address.as_ref(), "consensus_address")?.into(),
                    hostname: text(network.hostname.as_ref(), "hostname")?.into(),
                    protocol_key: bytes(&network.protocol_key, "protocol_key")?,
                    network_key: bytes(&network.network_key, "network_key")?,
                    authority_key: key,
                };
                committee.authorities.insert(name, authority);
            }
        }
        Ok(committee)
    }
}

impl TryFrom<&proto::CheckpointContents> for CheckpointContents {
    type Error = ConvertError;
    fn try_from(message: &proto::CheckpointContents) -> Result<Self, ConvertError> {
        if message.version.is_some_and(|version| version != 1) {
            return Err(ConvertError::invalid("version", "an unknown version of contents"));
        }
        let (mut transactions, mut user_signatures) = (Vec::new(), Vec::new());
        for info in &message.transactions {
            transactions.push((
                parsed(info.transaction.as_ref(), "transaction")?,
                parsed(info.effects.as_ref(), "effects")?,
            ));
            let signatures: Result<_, _> = info.signatures.iter().map(TryInto::try_into).collect();
            user_signatures.push(signatures?);
        }
        Ok(Self::V1 { transactions, user_signatures })
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

/// The digest that a checkpoint is told to have.
///
/// # Errors
/// Where it is missing or malformed.
pub fn digest(message: &proto::Checkpoint) -> Result<CheckpointDigest, ConvertError> {
    parsed(message.digest.as_ref(), "digest")
}

/// A transaction with what it did and who sent it. A kind that does not convert is of a newer
/// network, and no reason to miss the rest; so is one that is not what was executed.
impl TryFrom<&proto::ExecutedTransaction> for CheckpointTransaction {
    type Error = ConvertError;
    fn try_from(message: &proto::ExecutedTransaction) -> Result<Self, ConvertError> {
        let transaction = required(message.transaction.as_ref(), "transaction")?;
        let executed: Executed = message.try_into()?;
        Ok(Self {
            sender: address(transaction.sender.as_ref(), "sender")?,
            kind: kind_of(transaction, executed.digest),
            executed,
        })
    }
}

/// What a transaction says, where it has the digest of the one that was executed.
fn kind_of(message: &proto::Transaction, digest: TransactionDigest) -> Option<TransactionKind> {
    let data = TransactionData::try_from(message).ok()?;
    if data.digest() == digest {
        return Some(data.kind().clone());
    }
    // The wire says the same for a list of no amounts and for no list of amounts.
    let TransactionKind::PayCoins { coins, recipients, .. } = data.kind() else { return None };
    let (coins, recipients) = (coins.clone(), recipients.clone());
    let kind = TransactionKind::PayCoins { coins, amounts: None, recipients };
    let data = TransactionData::new(kind, data.sender(), data.gas_payment().to_vec());
    (data.digest() == digest).then(|| data.kind().clone())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::convert::transaction::transaction_to_proto;
    use wasm_core::address::{Address, ObjectId};
    use wasm_core::digest::ObjectDigest;
    use wasm_core::object::ObjectRef;

    #[test]
    fn what_a_transaction_says_is_believed_only_with_its_digest() {
        let coin = ObjectRef { id: ObjectId([1; 32]), version: 3, digest: ObjectDigest([2; 32]) };
        let sender = Address([5; 32]);
        let kind = TransactionKind::PayCoins {
            coins: vec![coin],
            amounts: None,
            recipients: vec![Address([9; 32])],
        };
        let data = TransactionData::new(kind, sender, vec![coin]);
        let message = transaction_to_proto(&data).unwrap();
        assert_eq!(kind_of(&message, data.digest()).as_ref(), Some(data.kind()));

        let other = proto::Transaction { sender: Some(Address([6; 32]).to_string()), ..message };
        assert_eq!(kind_of(&other, data.digest()), None);
    }

    #[test]
    fn a_committee_survives_the_wire() {
        let name = |n| AuthorityName([n; 96]);
        let authority = |n: u8, stake| Authority {
            stake,
            address: "/ip4/127.0.0.1/tcp/80".into(),
            hostname: "host".into(),
            protocol_key: FixedBytes([n; 32]),
            network_key: FixedBytes([n; 32]),
            authority_key: FixedBytes([n; 96]),
        };
        let committee = Committee {
            epoch: 7,
            voting_rights: vec![(name(2), 6000), (name(9), 4000)],
            expanded_keys: [(name(2), FixedBytes([2; 96])), (name(9), FixedBytes([9; 96]))].into(),
            index_map: [(name(2), 0), (name(9), 1)].into(),
            authorities: [(name(2), authority(2, 6000)), (name(9), authority(9, 4000))].into(),
        };
        let mut wire = proto::ValidatorCommittee::from(&committee);
        assert_eq!(Committee::try_from(&wire), Ok(committee));
        wire.members.push(wire.members[0].clone());
        assert_eq!(Committee::try_from(&wire).unwrap_err().field(), "members");
    }
}
