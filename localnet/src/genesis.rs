//! The first objects of a network, as `soma start localnet` makes them.
//!
//! Ids are drawn in the order of `types/src/genesis_builder.rs` of soma-org/soma.

use crate::bls::BlsKeypair;
use crate::checkpoints::{Checkpoint, Cut, committee};
use crate::execute::{Context, Inputs, execute, set_voting_power};
use crate::ledger::Executed;
use crate::{pools, protocol_config, targets};
use std::collections::BTreeMap;
use std::sync::Arc;
use wasm_core::address::{Address, ModelId, ObjectId};
use wasm_core::amount::Shannons;
use wasm_core::bytes::FixedBytes;
use wasm_core::digest::{
    CheckpointDigest, DecryptionKeyCommitment, EmbeddingCommitment, TransactionDigest,
    WeightsCommitment, blake2b256,
};
use wasm_core::effects::TransactionFee;
use wasm_core::keys::Keypair;
use wasm_core::manifest::Manifest;
use wasm_core::object::{Object, ObjectType, Owner, StakedSoma};
use wasm_core::system_state::{
    ActiveModel, EmissionPool, Model, ModelRegistry, ModelStateV1, SystemParameters, SystemState,
    SystemStateV1, TargetState, Validator, ValidatorMetadata, ValidatorSet,
};
use wasm_core::tensor::SomaTensor;
use wasm_core::tx::kind::GenesisTransaction;
use wasm_core::tx::{TransactionData, TransactionKind};
use wasm_core::weights::DecryptionKey;
use zeroize::Zeroizing;

/// Shannons in the world: 10,000,000 SOMA.
pub const TOTAL_SUPPLY: u64 = 10_000_000 * Shannons::PER_SOMA;

/// Shannons of each coin that `soma start localnet` gives.
pub const LOCALNET_COIN: u64 = 300_000 * Shannons::PER_SOMA;

/// Shannons that `soma start localnet` stakes with its validator.
pub const LOCALNET_STAKE: u64 = 20_000 * Shannons::PER_SOMA;

/// Shannons that `soma start localnet` emits in a full epoch.
pub const LOCALNET_EMISSION: u64 = 1_370 * Shannons::PER_SOMA;

/// Coins that `soma start localnet` gives each account.
pub const LOCALNET_COINS: usize = 5;

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
    /// Shannons of the coin that it gets; none if zero.
    pub coin: u64,
    /// Shannons that it has staked with itself; none if zero.
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
    /// Where it stands; made up from its id if absent, as `soma start localnet` does.
    pub embedding: Option<Vec<f32>>,
    /// Basis points.
    pub commission_rate: u64,
    /// Shannons staked by the owner, out of the emission fund; none if zero.
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
    /// Digest of checkpoint 0: the chain id.
    pub chain_id: CheckpointDigest,
    /// Checkpoint 0, with the transaction that makes all first objects.
    pub checkpoint: Checkpoint,
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
    #[error("a network needs at least one validator with a stake")]
    NoValidators,
    /// More than there is.
    #[error("the accounts and stakes hold more than the 10,000,000 SOMA of the network")]
    SupplyExceeded,
    /// Targets could not be compared with it.
    #[error("a model has {actual} values in its embedding, the network's have {expected}")]
    EmbeddingDimension {
        /// What the network has.
        expected: usize,
        /// What the model has.
        actual: usize,
    },
}

impl GenesisValidator {
    /// The only validator of a local network, all of whose keys are derived from one seed.
    #[must_use]
    pub fn derive(seed: &[u8; 32]) -> Self {
        Self::derive_at(seed, 0)
    }

    /// A validator of a local network, by its place among the others: no two announce the same
    /// addresses.
    #[must_use]
    pub fn derive_at(seed: &[u8; 32], place: u8) -> Self {
        let part = |name: &str| Zeroizing::new(blake2b256(&[seed, name.as_bytes()]));
        let shift = u16::from(place) * 10;
        let address = |port: u16| format!("/ip4/127.0.0.1/tcp/{port}/http");
        Self {
            account: Keypair::derive(&part("account")),
            protocol: BlsKeypair::derive(&part("protocol")),
            network: Keypair::derive(&part("network")),
            worker: Keypair::derive(&part("worker")),
            coin: LOCALNET_COIN,
            stake: LOCALNET_STAKE,
            commission_rate: 200,
            net_address: address(8080 + shift),
            p2p_address: format!("/ip4/127.0.0.1/udp/{}", 8084 + shift),
            primary_address: address(8081 + shift),
            // All of them serve data through the one process there is.
            proxy_address: address(9000),
        }
    }

    /// What the network knows of it from the first epoch on.
    #[must_use]
    pub fn metadata(&self) -> ValidatorMetadata {
        let soma_address = self.account.address();
        ValidatorMetadata {
            soma_address,
            protocol_pubkey: self.protocol.public_key(),
            network_pubkey: FixedBytes(self.network.public_key().0),
            worker_pubkey: FixedBytes(self.worker.public_key().0),
            net_address: self.net_address.clone(),
            p2p_address: self.p2p_address.clone(),
            primary_address: self.primary_address.clone(),
            proxy_address: self.proxy_address.clone(),
            proof_of_possession: self.protocol.prove_possession(soma_address),
            next_epoch_protocol_pubkey: None,
            next_epoch_network_pubkey: None,
            next_epoch_net_address: None,
            next_epoch_p2p_address: None,
            next_epoch_primary_address: None,
            next_epoch_worker_pubkey: None,
            next_epoch_proof_of_possession: None,
            next_epoch_proxy_address: None,
        }
    }
}

impl GenesisConfig {
    /// What `soma start localnet` starts with: newest protocol, 1370 SOMA emitted an epoch, one
    /// validator with 20,000 SOMA of stake and a coin of 300,000 SOMA, and five coins of 300,000
    /// SOMA for each account.
    #[must_use]
    pub fn localnet(validator_seed: &[u8; 32], accounts: &[Address], timestamp_ms: u64) -> Self {
        let account =
            |&address| GenesisAccount { address, coins: vec![LOCALNET_COIN; LOCALNET_COINS] };
        Self {
            accounts: accounts.iter().map(account).collect(),
            ..Self::of_validators(vec![GenesisValidator::derive(validator_seed)], timestamp_ms)
        }
    }

    /// The same with other validators and without accounts.
    #[must_use]
    pub const fn of_validators(validators: Vec<GenesisValidator>, timestamp_ms: u64) -> Self {
        Self {
            protocol_version: protocol_config::MAX_PROTOCOL_VERSION,
            timestamp_ms,
            epoch_duration_ms: None,
            embedding_dim: None,
            emission_per_epoch: LOCALNET_EMISSION,
            validators,
            models: Vec::new(),
            accounts: Vec::new(),
        }
    }

    /// Makes the objects, the transaction and the first checkpoint.
    ///
    /// # Errors
    /// Where the configuration breaks a rule of [`GenesisError`].
    pub fn build(self) -> Result<Genesis, GenesisError> {
        let mut parameters = protocol_config::parameters(self.protocol_version)
            .ok_or(GenesisError::ProtocolVersion(self.protocol_version))?;
        if let Some(duration) = self.epoch_duration_ms {
            parameters.epoch_duration_ms = duration;
        }
        if let Some(dimension) = self.embedding_dim {
            parameters.target_embedding_dim = dimension;
        }
        let coins = self.accounts.iter().flat_map(|account| {
            let address = account.address;
            account.coins.iter().map(move |&coin| Allocation::coin(address, coin))
        });
        let own = self.validators.iter().flat_map(|validator| {
            let address = validator.account.address();
            let coin = Allocation::coin(address, validator.coin);
            let stake = Allocation { staked_with: Some(address), ..coin };
            let stake = Allocation { shannons: validator.stake, ..stake };
            [coin, stake].into_iter().filter(|allocation| allocation.shannons > 0)
        });
        let plan = Plan {
            protocol_version: self.protocol_version,
            parameters,
            timestamp_ms: self.timestamp_ms,
            emission_per_epoch: self.emission_per_epoch,
            allocations: coins.chain(own).collect(),
            founders: self
                .validators
                .iter()
                .map(|validator| (validator.metadata(), validator.commission_rate))
                .collect(),
            models: self.models,
        };
        let validator_keys: Vec<BlsKeypair> =
            self.validators.into_iter().map(|validator| validator.protocol).collect();
        let timestamp_ms = plan.timestamp_ms;
        let checkpoint = plan.into_checkpoint(&validator_keys, timestamp_ms)?;
        Ok(Genesis { chain_id: checkpoint.digest, checkpoint, validator_keys })
    }
}

/// Shannons that somebody starts with.
#[derive(Clone, Copy, Debug)]
struct Allocation {
    recipient: Address,
    shannons: u64,
    /// A validator; none for a coin.
    staked_with: Option<Address>,
}

impl Allocation {
    const fn coin(recipient: Address, shannons: u64) -> Self {
        Self { recipient, shannons, staked_with: None }
    }
}

/// What genesis is made of, without secrets.
struct Plan {
    protocol_version: u64,
    parameters: SystemParameters,
    timestamp_ms: u64,
    emission_per_epoch: u64,
    founders: Vec<(ValidatorMetadata, u64)>,
    models: Vec<GenesisModel>,
    allocations: Vec<Allocation>,
}

/// Draws ids, one after the other.
#[derive(Default)]
struct Ids(u64);

impl Ids {
    fn next(&mut self) -> ObjectId {
        let id = blake2b256(&[b"soma-genesis-object-id", &self.0.to_le_bytes()]);
        self.0 += 1;
        ObjectId(id)
    }
}

fn new_object(id: ObjectId, object_type: ObjectType, payload: &[u8], owner: Owner) -> Object {
    Object::new(id, 0, object_type, payload, owner, TransactionDigest::default())
}

fn stake_object(id: ObjectId, pool_id: ObjectId, principal: u64, owner: Address) -> Object {
    let stake = StakedSoma { pool_id, stake_activation_epoch: 0, principal };
    let payload = bcs::to_bytes(&stake).expect("a stake has no unsupported part");
    new_object(id, ObjectType::StakedSoma, &payload, Owner::AddressOwner(owner))
}

/// The embedding that a model of genesis gets for want of a real one.
#[expect(clippy::cast_precision_loss, reason = "below 1000")]
fn made_up_embedding(model: &ModelId, dimension: usize) -> Vec<f32> {
    let digest = blake2b256(&[b"soma-genesis-model-embedding", &model.0]);
    let seed = u64::from_le_bytes(*digest.first_chunk().expect("a digest has 32 bytes"));
    (0..dimension as u64)
        .map(|i| (seed.wrapping_add(i).wrapping_mul(2_654_435_761) % 1_000) as f32 / 1_000.0 - 0.5)
        .collect()
}

impl Plan {
    fn first_state(&mut self, ids: &mut Ids) -> Result<SystemStateV1, GenesisError> {
        let allocated = self
            .allocations
            .iter()
            .try_fold(0_u64, |sum, allocation| sum.checked_add(allocation.shannons));
        let balance = allocated
            .and_then(|allocated| TOTAL_SUPPLY.checked_sub(allocated))
            .ok_or(GenesisError::SupplyExceeded)?;
        self.founders.sort_by_key(|(metadata, _)| metadata.soma_address);
        let founders = std::mem::take(&mut self.founders);
        let validators: Vec<Validator> = founders
            .into_iter()
            .map(|(metadata, commission_rate)| {
                let mut staking_pool = pools::empty_pool(ids.next());
                staking_pool.activation_epoch = Some(0);
                pools::record_rate(&mut staking_pool, 0);
                Validator {
                    metadata,
                    voting_power: 0,
                    staking_pool,
                    commission_rate,
                    next_epoch_stake: 0,
                    next_epoch_commission_rate: commission_rate,
                }
            })
            .collect();
        let pool_of = |known: &Validator| (known.staking_pool.id, known.metadata.soma_address);
        let staking_pool_mappings = validators.iter().map(pool_of).collect();
        Ok(SystemStateV1 {
            epoch: 0,
            protocol_version: self.protocol_version,
            validators: ValidatorSet {
                total_stake: 0,
                validators,
                pending_validators: Vec::new(),
                pending_removals: Vec::new(),
                staking_pool_mappings,
                inactive_validators: BTreeMap::new(),
                at_risk_validators: BTreeMap::new(),
            },
            epoch_start_timestamp_ms: self.timestamp_ms,
            validator_report_records: BTreeMap::new(),
            model_registry: ModelRegistry {
                models: BTreeMap::new(),
                staking_pool_mappings: BTreeMap::new(),
                total_model_stake: 0,
                model_report_records: BTreeMap::new(),
            },
            emission_pool: EmissionPool { balance, emission_per_epoch: self.emission_per_epoch },
            target_state: TargetState {
                distance_threshold: self.parameters.target_initial_distance_threshold.clone(),
                targets_generated_this_epoch: 0,
                hits_this_epoch: 0,
                hits_ema: 0,
                reward_per_target: 0,
            },
            parameters: self.parameters.clone(),
            safe_mode: false,
            safe_mode_accumulated_fees: 0,
            safe_mode_accumulated_emissions: 0,
        })
    }

    fn add_model(
        state: &mut SystemStateV1,
        ids: &mut Ids,
        model: GenesisModel,
    ) -> Result<Option<Object>, GenesisError> {
        let id = ids.next();
        let dimension =
            usize::try_from(state.parameters.target_embedding_dim).unwrap_or(usize::MAX);
        let embedding = model.embedding.unwrap_or_else(|| made_up_embedding(&id, dimension));
        if embedding.len() != dimension {
            let actual = embedding.len();
            return Err(GenesisError::EmbeddingDimension { expected: dimension, actual });
        }
        let embedding = SomaTensor::vector(embedding);
        let embedding_bytes = bcs::to_bytes(&embedding).expect("a tensor has no unsupported part");
        let pool_id = ObjectId(blake2b256(&[b"soma-genesis-model-staking-pool", &id.0]));
        let mut staking_pool = pools::empty_pool(pool_id);
        staking_pool.activation_epoch = Some(0);
        pools::record_rate(&mut staking_pool, 0);
        pools::add_stake(&mut staking_pool, model.stake);
        pools::settle_stake(&mut staking_pool);
        let pool = &mut state.emission_pool;
        pool.balance = pool.balance.checked_sub(model.stake).ok_or(GenesisError::SupplyExceeded)?;
        let registry = &mut state.model_registry;
        registry.total_model_stake += model.stake;
        registry.staking_pool_mappings.insert(pool_id, id);
        let stake =
            (model.stake > 0).then(|| stake_object(ids.next(), pool_id, model.stake, model.owner));
        let active = ActiveModel {
            owner: model.owner,
            architecture_version: state.parameters.model_architecture_version,
            staking_pool,
            commission_rate: model.commission_rate,
            next_epoch_commission_rate: model.commission_rate,
            manifest: model.manifest,
            weights_commitment: model.weights_commitment,
            embedding_commitment: EmbeddingCommitment(blake2b256(&[&embedding_bytes])),
            decryption_key_commitment: DecryptionKeyCommitment(blake2b256(&[&model
                .decryption_key
                .0])),
            decryption_key: model.decryption_key,
            embedding,
            pending_update: None,
        };
        registry.models.insert(id, Model::V1(ModelStateV1::Active(active)));
        Ok(stake)
    }

    fn allot(state: &mut SystemStateV1, ids: &mut Ids, allocation: &Allocation) -> Option<Object> {
        let owner = Owner::AddressOwner(allocation.recipient);
        let Some(validator) = allocation.staked_with else {
            let payload = allocation.shannons.to_le_bytes();
            return Some(new_object(ids.next(), ObjectType::Coin, &payload, owner));
        };
        let validators = &mut state.validators.validators;
        let validator =
            validators.iter_mut().find(|known| known.metadata.soma_address == validator)?;
        let pool = &mut validator.staking_pool;
        pools::add_stake(pool, allocation.shannons);
        pools::settle_stake(pool);
        validator.next_epoch_stake += allocation.shannons;
        Some(stake_object(ids.next(), pool.id, allocation.shannons, allocation.recipient))
    }

    fn spawn_targets(state: &mut SystemStateV1, ids: &mut Ids) -> Vec<Object> {
        let count = state.parameters.target_initial_targets_per_epoch;
        let budget = Shannons(state.emission_pool.emission_per_epoch)
            .bps(state.parameters.target_reward_allocation_bps);
        if state.model_registry.models.is_empty() {
            return Vec::new();
        }
        let reward = budget.0 / count.saturating_mul(2).max(1);
        state.target_state.reward_per_target = reward;
        let mut objects = Vec::new();
        for n in 0..count {
            let seed = targets::seed(&TransactionDigest::default(), n);
            if state.emission_pool.balance < reward {
                break;
            }
            let Some(target) = targets::generate(seed, state, 0) else { break };
            state.emission_pool.balance -= reward;
            state.target_state.targets_generated_this_epoch += 1;
            let payload = bcs::to_bytes(&target).expect("a target has no unsupported part");
            let owner = Owner::Shared { initial_shared_version: 1 };
            objects.push(new_object(ids.next(), ObjectType::Target, &payload, owner));
        }
        objects
    }

    /// All objects in the order of their making, and the state they are made with.
    fn objects(mut self) -> Result<(Vec<Object>, SystemStateV1), GenesisError> {
        let mut ids = Ids::default();
        let mut state = self.first_state(&mut ids)?;
        let mut objects = Vec::new();
        for model in std::mem::take(&mut self.models) {
            objects.extend(Self::add_model(&mut state, &mut ids, model)?);
        }
        for allocation in &self.allocations {
            objects.extend(Self::allot(&mut state, &mut ids, allocation));
        }
        set_voting_power(&mut state.validators);
        if state.validators.total_stake == 0 {
            return Err(GenesisError::NoValidators);
        }
        objects.extend(Self::spawn_targets(&mut state, &mut ids));
        let payload = bcs::to_bytes(&SystemState::V1(state.clone()))
            .expect("the system state has no unsupported part");
        let owner = Owner::Shared { initial_shared_version: 0 };
        let id = ObjectId::SYSTEM_STATE;
        objects.push(new_object(id, ObjectType::SystemState, &payload, owner));
        Ok((objects, state))
    }

    fn into_checkpoint(
        self,
        keys: &[BlsKeypair],
        timestamp_ms: u64,
    ) -> Result<Checkpoint, GenesisError> {
        let (objects, state) = self.objects()?;
        let kind = TransactionKind::Genesis(GenesisTransaction { objects });
        let transaction = TransactionData::new(kind, Address::ZERO, Vec::new());
        let context = Context { epoch: 0, execution_version: 0, fees: (&state.parameters).into() };
        let outcome = execute(&context, &transaction, &Inputs::default());
        let executed = Executed::new(transaction, None, &Inputs::default(), outcome);
        let cut = Cut {
            epoch: 0,
            sequence_number: 0,
            transactions_before: 0,
            previous_digest: None,
            epoch_fees: TransactionFee::default(),
            timestamp_ms,
            end_of_epoch_data: None,
        };
        Ok(cut.seal(vec![Arc::new(executed)], &committee(&state), keys))
    }
}

#[cfg(test)]
mod tests {
    use super::{Allocation, GenesisModel, Ids, Plan, TOTAL_SUPPLY};
    use crate::genesis::{GenesisConfig, GenesisError};
    use serde_json::Value;
    use std::collections::BTreeMap;
    use wasm_core::address::{Address, ObjectId};
    use wasm_core::object::{Object, ObjectType};
    use wasm_core::system_state::{ModelStateV1, SystemState, SystemStateV1};

    struct Recorded {
        genesis: Value,
        objects: BTreeMap<ObjectId, Object>,
        state: SystemStateV1,
    }

    fn recorded(name: &str) -> Recorded {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../tests/vectors/protocol/execution");
        let text = std::fs::read_to_string(format!("{folder}/{name}.json")).expect("a recording");
        let scenario: Value = serde_json::from_str(&text).expect("json");
        let genesis = scenario["genesis"].clone();
        let decode = |key: &Value| {
            let key = key.as_str().expect("a key");
            let bytes = hex::decode(scenario["objects"][key].as_str().expect("hex")).expect("hex");
            let object: Object = bcs::from_bytes(&bytes).expect("an object");
            (object.id().expect("an id"), object)
        };
        let objects: BTreeMap<ObjectId, Object> =
            genesis["objects"].as_array().expect("keys").iter().map(decode).collect();
        let SystemState::V1(state) =
            objects[&ObjectId::SYSTEM_STATE].system_state().expect("the system state");
        Recorded { genesis, objects, state }
    }

    /// The plan that a recorded genesis was made by: ids tell the order.
    fn plan(recorded: &Recorded) -> Plan {
        let mut ids = Ids::default();
        let order: Vec<ObjectId> = (0..1_000).map(|_| ids.next()).collect();
        let state = &recorded.state;
        let in_order = || order.iter().filter_map(|id| recorded.objects.get(id));
        let validator_of = |pool| state.validators.staking_pool_mappings.get(&pool).copied();
        let allocations = in_order().filter_map(|object| {
            let recipient = object.owner.address()?;
            if let Ok(shannons) = object.coin_balance() {
                return Some(Allocation::coin(recipient, shannons));
            }
            let stake = object.staked_soma().ok()?;
            let staked_with = Some(validator_of(stake.pool_id)?);
            Some(Allocation { recipient, shannons: stake.principal, staked_with })
        });
        let models = order.iter().filter_map(|id| {
            let ModelStateV1::Active(model) = state.model_registry.models.get(id)?.state() else {
                return None;
            };
            Some(GenesisModel {
                owner: model.owner,
                manifest: model.manifest.clone(),
                decryption_key: model.decryption_key.clone(),
                weights_commitment: model.weights_commitment,
                embedding: None,
                commission_rate: model.commission_rate,
                stake: model.staking_pool.soma_balance,
            })
        });
        Plan {
            protocol_version: state.protocol_version,
            parameters: state.parameters.clone(),
            timestamp_ms: state.epoch_start_timestamp_ms,
            emission_per_epoch: state.emission_pool.emission_per_epoch,
            founders: state
                .validators
                .validators
                .iter()
                .map(|validator| (validator.metadata.clone(), validator.commission_rate))
                .collect(),
            models: models.collect(),
            allocations: allocations.collect(),
        }
    }

    #[test]
    fn a_genesis_is_that_of_the_reference_to_the_byte() {
        for name in ["coins", "models", "staking", "targets", "targets_v2", "difficulty_v1"] {
            let recorded = recorded(name);
            let timestamp_ms = recorded.state.epoch_start_timestamp_ms;
            let checkpoint =
                plan(&recorded).into_checkpoint(&[], timestamp_ms).expect("a valid plan");
            let executed = &checkpoint.transactions[0];
            for object in &executed.written {
                let id = object.id().expect("an id");
                assert_eq!(Some(object), recorded.objects.get(&id), "{name} {id}");
            }
            let hex_of = |bytes: Vec<u8>| Value::String(hex::encode(bytes));
            let genesis = &recorded.genesis;
            assert_eq!(executed.digest.to_string(), genesis["transaction_digest"], "{name}");
            let effects = bcs::to_bytes(&executed.effects).expect("bcs");
            assert_eq!(hex_of(effects), genesis["effects_bcs"], "{name}");
            let summary = bcs::to_bytes(&checkpoint.summary).expect("bcs");
            assert_eq!(hex_of(summary), genesis["checkpoint_summary_bcs"], "{name}");
            let contents = bcs::to_bytes(&checkpoint.contents).expect("bcs");
            assert_eq!(hex_of(contents), genesis["checkpoint_contents_bcs"], "{name}");
            assert_eq!(checkpoint.digest.to_string(), genesis["checkpoint_digest"], "{name}");
        }
    }

    #[test]
    fn a_local_network_holds_the_whole_supply() {
        let config = GenesisConfig::localnet(&[7; 32], &[Address([1; 32]), Address([2; 32])], 0);
        let genesis = config.build().expect("a valid configuration");
        let written = &genesis.checkpoint.transactions[0].written;
        let held: u64 = written
            .iter()
            .map(|object| match object.data.object_type {
                ObjectType::Coin => object.coin_balance().expect("a coin"),
                ObjectType::StakedSoma => object.staked_soma().expect("a stake").principal,
                ObjectType::SystemState => {
                    object.system_state().expect("the state").as_v1().emission_pool.balance
                }
                ObjectType::Target => 0,
            })
            .sum();
        assert_eq!(held, TOTAL_SUPPLY);
        let genesis_again =
            GenesisConfig::localnet(&[7; 32], &[Address([1; 32]), Address([2; 32])], 0)
                .build()
                .expect("a valid configuration");
        assert_eq!(genesis.chain_id, genesis_again.chain_id);
    }

    #[test]
    fn more_than_the_supply_is_refused() {
        let mut config = GenesisConfig::localnet(&[7; 32], &[Address([1; 32])], 0);
        config.accounts[0].coins = vec![TOTAL_SUPPLY];
        assert_eq!(config.build().err(), Some(GenesisError::SupplyExceeded));
    }

    #[test]
    fn a_network_without_validators_is_refused() {
        let mut config = GenesisConfig::localnet(&[7; 32], &[], 0);
        config.validators.clear();
        assert_eq!(config.build().err(), Some(GenesisError::NoValidators));
    }
}
