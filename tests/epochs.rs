//! `epoch_math.json`: ends of epochs, executed whole by the local network.

use anyhow::{Context as _, Result};
use localnet::execute::{Context, Inputs, execute};
use localnet::protocol_config;
use std::collections::{BTreeMap, BTreeSet};
use tests::executor::{EpochMath, epoch_math};
use tests::read::{Text, same};
use tests::state::{ModelSummary, Summary, ValidatorSummary};
use wasm_core::address::{Address, ObjectId};
use wasm_core::bytes::FixedBytes;
use wasm_core::digest::{
    Checksum, DecryptionKeyCommitment, EmbeddingCommitment, TransactionDigest, WeightsCommitment,
};
use wasm_core::manifest::Manifest;
use wasm_core::object::{Object, ObjectType, Owner};
use wasm_core::system_state::{
    ActiveModel, EmissionPool, Model, ModelRegistry, ModelStateV1, PoolTokenExchangeRate,
    StakingPool, SystemState, SystemStateV1, TargetState, Validator, ValidatorMetadata,
    ValidatorSet,
};
use wasm_core::tensor::SomaTensor;
use wasm_core::tx::kind::ChangeEpoch;
use wasm_core::tx::{TransactionData, TransactionKind};
use wasm_core::weights::DecryptionKey;

/// What the recording network overrode, and a model's embedding of that size.
const EPOCH_DURATION_MS: u64 = 60_000;
const EMBEDDING: [f32; 4] = [0.5, -0.25, 1.0, -1.5];

fn pool(id: [u8; 32], soma: u64, tokens: u64, rewards: u64) -> StakingPool {
    StakingPool {
        id: ObjectId(id),
        activation_epoch: Some(0),
        deactivation_epoch: None,
        soma_balance: soma,
        rewards_pool: rewards,
        pool_token_balance: tokens,
        exchange_rates: BTreeMap::from([(0, PoolTokenExchangeRate::default())]),
        pending_stake: 0,
        pending_total_soma_withdraw: 0,
        pending_pool_token_withdraw: 0,
    }
}

fn validator(summary: &ValidatorSummary) -> Validator {
    let address = summary.address.0;
    let multiaddr = || "/ip4/127.0.0.1/tcp/8080/http".to_owned();
    let mut protocol_pubkey = FixedBytes([0; 96]);
    protocol_pubkey.0[..32].copy_from_slice(&address.0);
    let metadata = ValidatorMetadata {
        soma_address: address,
        protocol_pubkey,
        network_pubkey: FixedBytes(address.0),
        worker_pubkey: FixedBytes(address.0),
        net_address: multiaddr(),
        p2p_address: multiaddr(),
        primary_address: multiaddr(),
        proxy_address: multiaddr(),
        proof_of_possession: FixedBytes([0; 48]),
        next_epoch_protocol_pubkey: None,
        next_epoch_network_pubkey: None,
        next_epoch_net_address: None,
        next_epoch_p2p_address: None,
        next_epoch_primary_address: None,
        next_epoch_worker_pubkey: None,
        next_epoch_proof_of_possession: None,
        next_epoch_proxy_address: None,
    };
    let ValidatorSummary { stake, pool_tokens, rewards_pool, .. } = summary;
    Validator {
        metadata,
        voting_power: summary.voting_power.0,
        staking_pool: pool(address.0, stake.0, pool_tokens.0, rewards_pool.0),
        commission_rate: summary.commission_rate.0,
        next_epoch_stake: summary.next_epoch_stake.0,
        next_epoch_commission_rate: summary.commission_rate.0,
    }
}

fn model(summary: &ModelSummary) -> Result<Model> {
    let url = "https://example.com/weights".parse()?;
    Ok(Model::V1(ModelStateV1::Active(ActiveModel {
        owner: Address(summary.id.0.0),
        architecture_version: 1,
        staking_pool: pool(summary.id.0.0, summary.stake.0, summary.stake.0, 0),
        commission_rate: summary.commission_rate.0,
        next_epoch_commission_rate: summary.commission_rate.0,
        manifest: Manifest::new(url, Checksum::default(), 1),
        weights_commitment: WeightsCommitment::default(),
        embedding_commitment: EmbeddingCommitment::default(),
        decryption_key_commitment: DecryptionKeyCommitment::default(),
        decryption_key: DecryptionKey([0; 32]),
        embedding: SomaTensor::vector(EMBEDDING.to_vec()),
        pending_update: None,
    })))
}

/// A state that has the given summary.
fn state(before: &Summary) -> Result<SystemStateV1> {
    let version = before.protocol_version.0;
    let mut parameters = protocol_config::parameters(version).context("protocol version")?;
    parameters.epoch_duration_ms = EPOCH_DURATION_MS;
    parameters.target_embedding_dim = EMBEDDING.len() as u64;
    parameters.value_fee_bps = before.value_fee_bps.0;
    let validators: Vec<_> = before.validators.iter().map(validator).collect();
    let mappings = validators.iter().map(|v| (v.staking_pool.id, v.metadata.soma_address));
    let models = before.models.iter().map(|summary| Ok((summary.id.0, model(summary)?)));
    let models: BTreeMap<_, _> = models.collect::<Result<_>>()?;
    let targets = &before.target_state;
    Ok(SystemStateV1 {
        epoch: before.epoch.0,
        protocol_version: version,
        validators: ValidatorSet {
            total_stake: before.total_stake.0,
            staking_pool_mappings: mappings.collect(),
            validators,
            pending_validators: Vec::new(),
            pending_removals: Vec::new(),
            inactive_validators: BTreeMap::new(),
            at_risk_validators: BTreeMap::new(),
        },
        parameters,
        epoch_start_timestamp_ms: before.epoch_start_timestamp_ms.0,
        validator_report_records: BTreeMap::new(),
        model_registry: ModelRegistry {
            staking_pool_mappings: models
                .iter()
                .map(|(id, m)| (m.staking_pool().id, *id))
                .collect(),
            models,
            total_model_stake: before.total_model_stake.0,
            model_report_records: BTreeMap::new(),
        },
        emission_pool: EmissionPool {
            balance: before.emission_pool_balance.0,
            emission_per_epoch: before.emission_per_epoch.0,
        },
        target_state: TargetState {
            distance_threshold: SomaTensor::scalar(f32::from_bits(
                targets.distance_threshold_bits.0,
            )),
            targets_generated_this_epoch: targets.targets_generated_this_epoch.0,
            hits_this_epoch: targets.hits_this_epoch.0,
            hits_ema: targets.hits_ema.0,
            reward_per_target: targets.reward_per_target.0,
        },
        safe_mode: before.safe_mode,
        safe_mode_accumulated_fees: 0,
        safe_mode_accumulated_emissions: 0,
    })
}

fn check_one(vector: &EpochMath) -> Result<()> {
    let EpochMath { before, after, .. } = vector;
    let state = state(before)?;
    before.check(&state).context("before")?;
    same("hits", before.target_state.hits_this_epoch, vector.hits)?;
    same("average of hits", before.target_state.hits_ema, vector.ema)?;
    same("threshold", before.target_state.distance_threshold_bits, vector.threshold_bits)?;
    same("value fee", before.value_fee_bps, vector.value_fee_bps)?;

    let change = TransactionKind::ChangeEpoch(ChangeEpoch {
        epoch: before.epoch.0 + 1,
        epoch_start_timestamp_ms: before.epoch_start_timestamp_ms.0 + EPOCH_DURATION_MS,
        protocol_version: before.protocol_version.0,
        fees: vector.fees.0,
        epoch_randomness: Vec::new(),
    });
    let transaction = TransactionData::new(change, Address::ZERO, Vec::new());
    let context = Context::of(&state);
    let payload = bcs::to_bytes(&SystemState::V1(state))?;
    let owner = Owner::Shared { initial_shared_version: 1 };
    let writer = TransactionDigest::default();
    let id = ObjectId::SYSTEM_STATE;
    let object = Object::new(id, 1, ObjectType::SystemState, &payload, owner, writer);
    let inputs = Inputs { objects: vec![object], deleted: Vec::new() };
    let outcome = execute(&context, &transaction, &inputs);

    // Recorded before the new epoch's first targets were made and paid for.
    let written = outcome.written.get(&id).context("no system state")?;
    let SystemState::V1(mut state) = written.system_state()?;
    let targets = &mut state.target_state;
    let paid = targets.targets_generated_this_epoch * targets.reward_per_target;
    targets.targets_generated_this_epoch = 0;
    state.emission_pool.balance += paid;
    after.check(&state).context("after")?;

    let mut commissions = BTreeSet::new();
    for object in outcome.written.values() {
        if object.data.object_type == ObjectType::StakedSoma {
            let stake = object.staked_soma()?;
            let owner = object.owner.address().context("a stake of nobody")?;
            commissions.insert((owner, stake.principal, stake.stake_activation_epoch));
        }
    }
    let wanted = vector.validator_commission_stakes.iter().map(|stake| {
        let (Text(principal), Text(epoch)) = (stake.principal, stake.stake_activation_epoch);
        (stake.address.0, principal, epoch)
    });
    same("commissions", commissions, wanted.collect())
}

/// Ends every recorded epoch again.
pub(crate) fn check(json: &str) -> Result<usize> {
    let vectors = epoch_math(json)?;
    for (at, vector) in vectors.iter().enumerate() {
        check_one(vector).with_context(|| format!("vector {at}"))?;
    }
    Ok(vectors.len())
}
