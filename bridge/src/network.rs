//! Networks: where nodes are, and what they say.

use serde::{Deserialize, Serialize};
use wasm_core::amount::Shannons;
use wasm_core::digest::CheckpointDigest;

/// A network that a wallet can work with.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Network {
    /// Unique, for people.
    pub name: String,
    /// Base URL of a full node.
    pub rpc_url: String,
    /// Base URL of a faucet that browsers can reach (gRPC-web), where there is one.
    pub faucet_url: Option<String>,
    /// Base URL of an admin service that browsers can reach; local networks only.
    pub admin_url: Option<String>,
    /// Base URL of a blob store, where there is one.
    pub blob_url: Option<String>,
    /// Whole URL of a GraphQL endpoint of an indexer, where one is known.
    #[serde(default)]
    pub graphql_url: Option<String>,
    /// The identity the network had when it was kept; another one later is a danger. Local networks
    /// are born anew and have none.
    pub expected_chain_id: Option<CheckpointDigest>,
    /// Comes with the wallet and cannot be removed.
    pub built_in: bool,
}

/// A network as it is now.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NetworkStatus {
    /// Which.
    pub network: Network,
    /// What it says, or why it cannot be asked.
    pub state: NetworkState,
}

/// What a network says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum NetworkState {
    /// Not asked yet.
    Connecting,
    /// It answers.
    Online(Box<NetworkFacts>),
    /// It does not answer, or not sensibly.
    Offline {
        /// Why, as a sentence.
        reason: String,
    },
    /// It answers, and is another chain than the one that was kept: nothing is signed for it.
    WrongChain {
        /// The chain that was kept.
        expected: CheckpointDigest,
        /// The chain that answers.
        actual: CheckpointDigest,
    },
}

/// What an answering network says of itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NetworkFacts {
    /// Digest of the genesis checkpoint.
    pub chain_id: CheckpointDigest,
    /// Whether the node showed that checkpoint, and its digest was computed anew.
    #[serde(default)]
    pub genesis_checked: bool,
    /// `testnet` or `localnet`.
    pub chain: String,
    /// Name and version of the node.
    pub server: String,
    /// Current epoch.
    pub epoch: u64,
    /// When it began; milliseconds since 1970.
    pub epoch_start_ms: u64,
    /// How long it should last; milliseconds.
    pub epoch_duration_ms: u64,
    /// Newest checkpoint known.
    pub checkpoint: u64,
    /// Number of values of an embedding.
    pub embedding_dim: u64,
    /// Least stake of a new model.
    pub model_min_stake: Shannons,
    /// Architecture that models must have.
    pub model_architecture_version: u64,
    /// Fee of every transaction.
    pub base_fee: Shannons,
    /// Fee of every object written.
    pub write_object_fee: Shannons,
    /// Fee of value moved, basis points.
    pub value_fee_bps: u64,
    /// How many validators there are.
    pub validators: u64,
    /// What a new target pays.
    pub reward_per_target: Shannons,
}

impl NetworkFacts {
    /// When the epoch is expected to end; milliseconds since 1970.
    #[must_use]
    pub const fn epoch_end_ms(&self) -> u64 {
        self.epoch_start_ms.saturating_add(self.epoch_duration_ms)
    }
}

impl NetworkStatus {
    /// What the network says, while it answers.
    #[must_use]
    pub fn facts(&self) -> Option<&NetworkFacts> {
        match &self.state {
            NetworkState::Online(facts) => Some(facts),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Network;

    #[test]
    fn a_network_that_an_older_wallet_kept_is_read() {
        let kept = r#"{"name":"Mine","rpc_url":"http://127.0.0.1:9000","faucet_url":null,
            "admin_url":null,"blob_url":null,"expected_chain_id":null,"built_in":false}"#;
        let network: Network = serde_json::from_str(kept).unwrap();
        assert_eq!((network.name.as_str(), network.graphql_url), ("Mine", None));
    }
}
