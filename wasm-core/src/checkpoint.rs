//! Checkpoints: the chain's order, sealed piece by piece.

use crate::bytes::FixedBytes;
use crate::digest::{
    CheckpointContentsDigest, CheckpointDigest, EffectsDigest, OpaqueDigest, TransactionDigest,
    blake2b256, typed_digest,
};
use crate::effects::TransactionFee;
use crate::tx::sign::UserSignature;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::collections::BTreeMap;
use std::fmt;

/// The head of a checkpoint.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CheckpointSummary {
    /// Its epoch.
    pub epoch: u64,
    /// Its place in the chain, from 0.
    pub sequence_number: u64,
    /// Transactions up to and with it.
    pub network_total_transactions: u64,
    /// Root of what it seals.
    pub content_digest: CheckpointContentsDigest,
    /// The one before; none for the first.
    pub previous_digest: Option<CheckpointDigest>,
    /// Fees of the epoch so far, in shannons.
    pub epoch_rolling_transaction_fees: TransactionFee,
    /// When, in milliseconds since 1970.
    pub timestamp_ms: u64,
    /// Roots of state.
    pub checkpoint_commitments: Vec<CheckpointCommitment>,
    /// What the last one of an epoch says of the next.
    pub end_of_epoch_data: Option<EndOfEpochData>,
    /// Bytes that this version does not explain.
    pub version_specific_data: Vec<u8>,
}

/// A root of some state at a checkpoint.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum CheckpointCommitment {
    /// Of all live objects.
    EcmhLiveObjectSetDigest(OpaqueDigest),
    /// Of what was derived from it.
    CheckpointArtifactsDigest(OpaqueDigest),
}

/// What the last checkpoint of an epoch says of the next.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EndOfEpochData {
    /// Who signs in the next epoch.
    pub next_epoch_validator_committee: Committee,
    /// The protocol of the next epoch.
    pub next_epoch_protocol_version: u64,
    /// Roots of the epoch's state.
    pub epoch_commitments: Vec<CheckpointCommitment>,
}

/// A validator's protocol key as a name: BLS12-381, 96 bytes. BCS: `60 || 96 bytes`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AuthorityName(pub [u8; 96]);

impl fmt::Debug for AuthorityName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "k#{}", hex::encode(self.0))
    }
}

impl Serialize for AuthorityName {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.as_slice().serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for AuthorityName {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let bytes = Vec::<u8>::deserialize(deserializer)?;
        let length = bytes.len();
        bytes
            .try_into()
            .map(Self)
            .map_err(|_| serde::de::Error::invalid_length(length, &"96 bytes"))
    }
}

/// Who signs checkpoints in an epoch.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Committee {
    /// The epoch it signs in.
    pub epoch: u64,
    /// Voting power of each, 10,000 in all.
    pub voting_rights: Vec<(AuthorityName, u64)>,
    /// Protocol keys by name.
    pub expanded_keys: BTreeMap<AuthorityName, FixedBytes<96>>,
    /// Places in `voting_rights` by name.
    pub index_map: BTreeMap<AuthorityName, u64>,
    /// Members by name.
    pub authorities: BTreeMap<AuthorityName, Authority>,
}

/// A member of a committee.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Authority {
    /// Voting power.
    pub stake: u64,
    /// Multiaddr of consensus.
    pub address: String,
    /// Its name for people.
    pub hostname: String,
    /// Ed25519 key of consensus.
    pub protocol_key: FixedBytes<32>,
    /// Ed25519 key of connections.
    pub network_key: FixedBytes<32>,
    /// BLS12-381 key in G2.
    pub authority_key: FixedBytes<96>,
}

/// What a checkpoint seals. The enum is the chain's version tag.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum CheckpointContents {
    /// The only version.
    V1 {
        /// Transactions and what they did, in order.
        transactions: Vec<(TransactionDigest, EffectsDigest)>,
        /// Signatures of each transaction.
        user_signatures: Vec<Vec<UserSignature>>,
    },
}

impl CheckpointSummary {
    /// Blake2b-256 of `CheckpointSummary::` and the BCS.
    #[must_use]
    pub fn digest(&self) -> CheckpointDigest {
        CheckpointDigest(typed_digest("CheckpointSummary", self))
    }
}

impl CheckpointContents {
    /// The Merkle root over the pairs of transaction and effects digest. Signatures are not covered.
    ///
    /// Leaf: `00 || 20 || transaction || 20 || effects`; node: `01 || left || right`; a level of odd
    /// length is filled up with zeros; no transactions give zeros.
    #[must_use]
    pub fn digest(&self) -> CheckpointContentsDigest {
        let Self::V1 { transactions, .. } = self;
        let mut level: Vec<[u8; 32]> = transactions
            .iter()
            .map(|(transaction, effects)| {
                blake2b256(&[&[0, 32], &transaction.0, &[32], &effects.0])
            })
            .collect();
        while level.len() > 1 {
            if level.len() % 2 == 1 {
                level.push([0; 32]);
            }
            level = level
                .as_chunks::<2>()
                .0
                .iter()
                .map(|[left, right]| blake2b256(&[&[1], left, right]))
                .collect();
        }
        CheckpointContentsDigest(level.first().copied().unwrap_or_default())
    }
}
