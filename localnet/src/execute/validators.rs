//! Validators come, change, report and go (`authority/src/execution/validator.rs` of soma-org/soma).

use super::coins::invalid;
use super::store::Store;
use super::{Run, fail, multiaddr};
use crate::bls;
use crate::pools;
use wasm_core::address::Address;
use wasm_core::bytes::FixedBytes;
use wasm_core::failure::ExecutionFailureStatus as Error;
use wasm_core::soma_error::SomaError;
use wasm_core::system_state::{SystemStateV1, Validator, ValidatorMetadata};
use wasm_core::tx::kind::{AddValidatorArgs, UpdateValidatorMetadataArgs};

/// What the network's cryptography library says of bytes that are no key or signature.
const INVALID_VALUE: &str = "Invalid value was given to the function";

/// Commission of a new validator, in basis points.
const INITIAL_COMMISSION_RATE: u64 = 10;

fn position(state: &SystemStateV1, address: Address) -> Option<usize> {
    state.validators.validators.iter().position(|known| known.metadata.soma_address == address)
}

/// Fails where an address is not an active validator's.
pub(super) fn require_active(state: &SystemStateV1, address: Address) -> Run<usize> {
    position(state, address).ok_or_else(|| Box::new(Error::NotAValidator))
}

fn ed25519_key(bytes: &[u8], what: &str) -> Run<FixedBytes<32>> {
    let key = FixedBytes::<32>::from_slice(bytes)
        .filter(|key| ed25519_dalek::VerifyingKey::from_bytes(&key.0).is_ok());
    match key {
        Some(key) => Ok(key),
        None => invalid(format!("Invalid {what}: {INVALID_VALUE}")),
    }
}

fn protocol_key(bytes: &[u8], what: &str) -> Run<FixedBytes<96>> {
    match FixedBytes::<96>::from_slice(bytes).filter(bls::is_public_key) {
        Some(key) => Ok(key),
        None => invalid(format!("Invalid {what}: {INVALID_VALUE}")),
    }
}

fn proof_of_possession(
    bytes: &[u8],
    key: &FixedBytes<96>,
    address: Address,
) -> Run<FixedBytes<48>> {
    let Some(proof) = FixedBytes::<48>::from_slice(bytes).filter(bls::is_signature) else {
        let reason = format!("Invalid PoP signature bytes: {INVALID_VALUE}");
        return fail(Error::InvalidProofOfPossession { reason });
    };
    if bls::verify_possession(key, address, &proof) {
        return Ok(proof);
    }
    let author: String = hex::encode(key.0).chars().take(8).collect();
    let reason = format!(
        "PoP verification failed: Signature is not valid: Fail to verify auth sig Invalid signature \
         was given to the function epoch: 0 author: k#{author}.."
    );
    fail(Error::InvalidProofOfPossession { reason })
}

fn address(bytes: &[u8], what: &str) -> Run<String> {
    let Ok(text) = bcs::from_bytes::<String>(bytes) else {
        return invalid(format!("Failed to BCS deserialize {what} string"));
    };
    match multiaddr::check(&text) {
        Ok(()) => Ok(text),
        Err(error) => {
            let what = what.trim_end_matches(" address");
            invalid(format!("Invalid {what} multiaddr format: {error}"))
        }
    }
}

/// Metadata as it will be in the next epoch.
fn staged(metadata: &ValidatorMetadata) -> ValidatorMetadata {
    let mut staged = metadata.clone();
    apply_staged(&mut staged);
    staged
}

/// Puts staged values in force.
pub(super) fn apply_staged(metadata: &mut ValidatorMetadata) {
    fn put<T>(value: &mut T, staged: &mut Option<T>) {
        if let Some(staged) = staged.take() {
            *value = staged;
        }
    }
    put(&mut metadata.net_address, &mut metadata.next_epoch_net_address);
    put(&mut metadata.p2p_address, &mut metadata.next_epoch_p2p_address);
    put(&mut metadata.primary_address, &mut metadata.next_epoch_primary_address);
    put(&mut metadata.proxy_address, &mut metadata.next_epoch_proxy_address);
    put(&mut metadata.protocol_pubkey, &mut metadata.next_epoch_protocol_pubkey);
    put(&mut metadata.proof_of_possession, &mut metadata.next_epoch_proof_of_possession);
    put(&mut metadata.network_pubkey, &mut metadata.next_epoch_network_pubkey);
    put(&mut metadata.worker_pubkey, &mut metadata.next_epoch_worker_pubkey);
}

/// Drops staged values.
pub(super) fn clear_staged(metadata: &mut ValidatorMetadata) {
    metadata.next_epoch_net_address = None;
    metadata.next_epoch_p2p_address = None;
    metadata.next_epoch_primary_address = None;
    metadata.next_epoch_proxy_address = None;
    metadata.next_epoch_protocol_pubkey = None;
    metadata.next_epoch_proof_of_possession = None;
    metadata.next_epoch_network_pubkey = None;
    metadata.next_epoch_worker_pubkey = None;
}

/// Whether anything is staged.
const fn has_staged(metadata: &ValidatorMetadata) -> bool {
    metadata.next_epoch_net_address.is_some()
        || metadata.next_epoch_p2p_address.is_some()
        || metadata.next_epoch_primary_address.is_some()
        || metadata.next_epoch_proxy_address.is_some()
        || metadata.next_epoch_protocol_pubkey.is_some()
        || metadata.next_epoch_network_pubkey.is_some()
        || metadata.next_epoch_worker_pubkey.is_some()
}

/// The first thing that two validators must not share, and do.
fn shared_field(a: &ValidatorMetadata, b: &ValidatorMetadata) -> Option<&'static str> {
    if a.soma_address == b.soma_address {
        return None;
    }
    let checks = [
        (a.protocol_pubkey == b.protocol_pubkey, "protocol_pubkey"),
        (a.network_pubkey == b.network_pubkey, "network_pubkey"),
        (a.worker_pubkey == b.worker_pubkey, "worker_pubkey"),
        (a.network_pubkey == b.worker_pubkey, "network_pubkey/worker_pubkey"),
        (a.worker_pubkey == b.network_pubkey, "worker_pubkey/network_pubkey"),
        (a.net_address == b.net_address, "net_address"),
        (a.p2p_address == b.p2p_address, "p2p_address"),
        (a.primary_address == b.primary_address, "primary_address"),
    ];
    checks.into_iter().find(|(shared, _)| *shared).map(|(_, field)| field)
}

fn refuse_duplicates<'a>(
    metadata: &ValidatorMetadata,
    others: impl IntoIterator<Item = &'a Validator>,
) -> Run {
    let own_staged = staged(metadata);
    for other in others {
        let other_staged = staged(&other.metadata);
        let pairs = [
            (metadata, &other.metadata),
            (metadata, &other_staged),
            (&own_staged, &other.metadata),
            (&own_staged, &other_staged),
        ];
        if let Some(field) = pairs.iter().find_map(|(a, b)| shared_field(a, b)) {
            return fail(Error::DuplicateValidatorMetadata { field: field.into() });
        }
    }
    Ok(())
}

fn parse_metadata(soma_address: Address, args: &AddValidatorArgs) -> Run<ValidatorMetadata> {
    let protocol_pubkey = protocol_key(&args.pubkey_bytes, "protocol public key")?;
    let network_pubkey = ed25519_key(&args.network_pubkey_bytes, "network public key")?;
    let worker_pubkey = ed25519_key(&args.worker_pubkey_bytes, "worker public key")?;
    let proof_of_possession =
        proof_of_possession(&args.proof_of_possession, &protocol_pubkey, soma_address)?;
    Ok(ValidatorMetadata {
        soma_address,
        protocol_pubkey,
        network_pubkey,
        worker_pubkey,
        net_address: address(&args.net_address, "network address")?,
        p2p_address: address(&args.p2p_address, "p2p address")?,
        primary_address: address(&args.primary_address, "primary address")?,
        proxy_address: address(&args.proxy_address, "proxy address")?,
        proof_of_possession,
        next_epoch_protocol_pubkey: None,
        next_epoch_network_pubkey: None,
        next_epoch_net_address: None,
        next_epoch_p2p_address: None,
        next_epoch_primary_address: None,
        next_epoch_worker_pubkey: None,
        next_epoch_proof_of_possession: None,
        next_epoch_proxy_address: None,
    })
}

pub(super) fn add(store: &mut Store<'_>, args: &AddValidatorArgs) -> Run {
    let mut state = store.state()?;
    let sender = store.sender();
    let pool_id = store.allot_id();
    let metadata = parse_metadata(sender, args)?;
    let set = &mut state.validators;
    let known = || set.validators.iter().chain(&set.pending_validators);
    if known().any(|validator| validator.metadata.soma_address == sender) {
        return fail(Error::DuplicateValidator);
    }
    refuse_duplicates(&metadata, known())?;
    set.staking_pool_mappings.insert(pool_id, sender);
    set.pending_validators.push(Validator {
        metadata,
        voting_power: 0,
        staking_pool: pools::empty_pool(pool_id),
        commission_rate: INITIAL_COMMISSION_RATE,
        next_epoch_stake: 0,
        next_epoch_commission_rate: INITIAL_COMMISSION_RATE,
    });
    store.set_state(state)
}

pub(super) fn remove(store: &mut Store<'_>) -> Run {
    let mut state = store.state()?;
    let index = require_active(&state, store.sender())? as u64;
    if state.validators.pending_removals.contains(&index) {
        return fail(Error::ValidatorAlreadyRemoved);
    }
    state.validators.pending_removals.push(index);
    store.set_state(state)
}

pub(super) fn set_commission(store: &mut Store<'_>, new_rate: u64) -> Run {
    let mut state = store.state()?;
    let index = require_active(&state, store.sender())?;
    if new_rate > 10_000 {
        let error = "Commission rate too high".to_owned();
        return fail(Error::SomaError(SomaError::GenericAuthorityError { error }));
    }
    state.validators.validators[index].next_epoch_commission_rate = new_rate;
    store.set_state(state)
}

pub(super) fn report(store: &mut Store<'_>, reportee: Address) -> Run {
    let mut state = store.state()?;
    let reporter = store.sender();
    require_active(&state, reporter)?;
    require_active(&state, reportee)?;
    if reporter == reportee {
        return fail(Error::CannotReportOneself);
    }
    state.validator_report_records.entry(reportee).or_default().insert(reporter);
    store.set_state(state)
}

pub(super) fn undo_report(store: &mut Store<'_>, reportee: Address) -> Run {
    let mut state = store.state()?;
    require_active(&state, store.sender())?;
    let records = &mut state.validator_report_records;
    let Some(reporters) = records.get_mut(&reportee) else {
        return fail(Error::ReportRecordNotFound);
    };
    if !reporters.remove(&store.sender()) {
        return fail(Error::ReportRecordNotFound);
    }
    if reporters.is_empty() {
        records.remove(&reportee);
    }
    store.set_state(state)
}

fn stage(metadata: &mut ValidatorMetadata, args: &UpdateValidatorMetadataArgs) -> Run {
    if let Some(bytes) = &args.next_epoch_network_address {
        metadata.next_epoch_net_address = Some(address(bytes, "network address")?);
    }
    if let Some(bytes) = &args.next_epoch_p2p_address {
        metadata.next_epoch_p2p_address = Some(address(bytes, "p2p address")?);
    }
    if let Some(bytes) = &args.next_epoch_primary_address {
        metadata.next_epoch_primary_address = Some(address(bytes, "primary address")?);
    }
    if let Some(bytes) = &args.next_epoch_protocol_pubkey {
        let key = protocol_key(bytes, "protocol public key format")?;
        let Some(proof) = &args.next_epoch_proof_of_possession else {
            return fail(Error::MissingProofOfPossession);
        };
        let proof = proof_of_possession(proof, &key, metadata.soma_address)?;
        metadata.next_epoch_protocol_pubkey = Some(key);
        metadata.next_epoch_proof_of_possession = Some(proof);
    }
    if let Some(bytes) = &args.next_epoch_worker_pubkey {
        metadata.next_epoch_worker_pubkey = Some(ed25519_key(bytes, "worker public key format")?);
    }
    if let Some(bytes) = &args.next_epoch_network_pubkey {
        metadata.next_epoch_network_pubkey = Some(ed25519_key(bytes, "network public key format")?);
    }
    Ok(())
}

pub(super) fn update_metadata(store: &mut Store<'_>, args: &UpdateValidatorMetadataArgs) -> Run {
    let mut state = store.state()?;
    let index = require_active(&state, store.sender())?;
    let mut metadata = state.validators.validators[index].metadata.clone();
    stage(&mut metadata, args)?;
    let next = staged(&metadata);
    if next.network_pubkey == next.worker_pubkey {
        let field = "network_pubkey == worker_pubkey (self)".into();
        return fail(Error::DuplicateValidatorMetadata { field });
    }
    refuse_duplicates(&metadata, &state.validators.validators)?;
    state.validators.validators[index].metadata = metadata;
    store.set_state(state)
}

/// Puts all staged metadata in force, except what would give two validators the same.
pub(super) fn apply_all_staged(validators: &mut [Validator]) {
    let next: Vec<ValidatorMetadata> =
        validators.iter().map(|validator| staged(&validator.metadata)).collect();
    let mut refused = vec![false; validators.len()];
    for (i, a) in next.iter().enumerate() {
        for (j, b) in next.iter().enumerate().skip(i + 1) {
            if shared_field(a, b).is_none() {
                continue;
            }
            if has_staged(&validators[j].metadata) {
                refused[j] = true;
            } else if has_staged(&validators[i].metadata) {
                refused[i] = true;
            }
        }
    }
    for (validator, refused) in validators.iter_mut().zip(refused) {
        if refused {
            clear_staged(&mut validator.metadata);
        } else {
            apply_staged(&mut validator.metadata);
        }
    }
}
