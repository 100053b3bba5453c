//! The first objects of a network, as `soma start localnet` makes them.
//!
//! Ids are drawn in the order of `types/src/genesis_builder.rs` of soma-org/soma.

use crate::bls::BlsKeypair;
use wasm_core::address::Address;
use wasm_core::digest::{
    CheckpointDigest, DecryptionKeyCommitment, EmbeddingCommitment, WeightsCommitment,
};
use wasm_core::effects::TransactionEffects;
use wasm_core::keys::Keypair;
use wasm_core::manifest::Manifest;
use wasm_core::object::Object;
use wasm_core::tx::TransactionData;
use wasm_core::weights::DecryptionKey;

/// Coins for one address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GenesisAccount {
    /// Who owns them.
    pub address: Address,
    /// Shannons of each coin.
    pub coins: Vec<u64>,
}

/// A validator of the first epoch, with all its secrets.
#[derive(Debug)]
pub struct GenesisValidator {
    /// Owns the stake and sends the validator's transactions.
    pub account: Keypair,
    /// Signs checkpoints.
    pub protocol: BlsKeypair,
    /// Identifies the node to others.
    pub network: Keypair,
    /// Identifies its worker.
    pub worker: Keypair,
    /// Shannons staked at genesis.
    pub stake: u64,
    /// Basis points.
    pub commission_rate: u64,
    /// Multiaddr of its API.
    pub net_address: String,
    /// Multiaddr for peers.
    pub p2p_address: String,
    /// Multiaddr for consensus.
    pub primary_address: String,
    /// Multiaddr where it serves data and weights.
    pub proxy_address: String,
}

/// A model that is active from the start.
#[derive(Clone, Debug)]
pub struct GenesisModel {
    /// Who owns it.
    pub owner: Address,
    /// Where the encrypted weights lie.
    pub manifest: Manifest,
    /// The key that opens them.
    pub decryption_key: DecryptionKey,
    /// Blake2b-256 of the encrypted weights.
    pub weights_commitment: WeightsCommitment,
    /// Blake2b-256 of the embedding's BCS.
    pub embedding_commitment: EmbeddingCommitment,
    /// Blake2b-256 of the key.
    pub decryption_key_commitment: DecryptionKeyCommitment,
    /// Basis points.
    pub commission_rate: u64,
    /// Shannons staked by the owner.
    pub stake: u64,
}

/// What a new network starts with.
#[derive(Debug)]
pub struct GenesisConfig {
    /// Protocol version, 1 to 5.
    pub protocol_version: u64,
    /// Start of epoch 0, milliseconds since 1970.
    pub timestamp_ms: u64,
    /// Milliseconds of an epoch; the protocol's 24 hours if absent.
    pub epoch_duration_ms: Option<u64>,
    /// Values of an embedding; the protocol's 2048 if absent.
    pub embedding_dim: Option<u64>,
    /// Shannons emitted in a full epoch.
    pub emission_per_epoch: u64,
    /// At least one.
    pub validators: Vec<GenesisValidator>,
    /// Models that are active at once; with any, there are targets at once.
    pub models: Vec<GenesisModel>,
    /// Everybody else, in the order of their coins' ids.
    pub accounts: Vec<GenesisAccount>,
}

/// A network's start: everything a [`Ledger`](crate::ledger::Ledger) needs to go on from.
#[derive(Debug)]
pub struct Genesis {
    /// All first objects.
    pub objects: Vec<Object>,
    /// The transaction that makes them.
    pub transaction: TransactionData,
    /// What it did.
    pub effects: TransactionEffects,
    /// Digest of checkpoint 0: the chain id.
    pub chain_id: CheckpointDigest,
    /// Keys that sign checkpoints.
    pub validator_keys: Vec<BlsKeypair>,
}

/// Why a genesis cannot be made.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum GenesisError {
    /// No such version.
    #[error("protocol version {0} is unknown, 1 to 5 are defined")]
    ProtocolVersion(u64),
    /// Nobody could sign.
    #[error("a network needs at least one validator")]
    NoValidators,
    /// More than there is.
    #[error("the accounts and stakes hold more than the 10,000,000 SOMA of the network")]
    SupplyExceeded,
}

impl GenesisConfig {
    /// What `soma start localnet` starts with: newest protocol, 1370 SOMA emitted an epoch, one
    /// validator with 20,000 SOMA of stake and a coin of 300,000 SOMA, and five coins of 300,000
    /// SOMA for each account.
    #[must_use]
    pub fn localnet(validator_seed: &[u8; 32], accounts: &[Address], timestamp_ms: u64) -> Self {
        let _ = (validator_seed, accounts, timestamp_ms);
        unimplemented!()
    }

    /// Makes the objects, the transaction and the first checkpoint.
    ///
    /// # Errors
    /// Where the configuration breaks a rule of [`GenesisError`].
    pub fn build(self) -> Result<Genesis, GenesisError> {
        unimplemented!()
    }
}
