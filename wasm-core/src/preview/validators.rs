//! When the chain lets somebody become, be, report and stop being a validator.
//!
//! Two things cannot be told here: whether a protocol key is a point of its curve, and whether the
//! proof for it holds. A node tells them when it tries the transaction out.

use super::error::{Run, fail, invalid};
use crate::address::Address;
use crate::bytes::FixedBytes;
use crate::failure::ExecutionFailureStatus as Failure;
use crate::soma_error::SomaError;
use crate::system_state::{SystemStateV1, Validator, ValidatorMetadata};
use crate::tx::kind::{AddValidatorArgs, UpdateValidatorMetadataArgs};

/// What the network's cryptography library says of bytes that are no key or signature.
const INVALID_VALUE: &str = "Invalid value was given to the function";

/// All of it, in basis points.
const ALL_BPS: u64 = 10_000;

/// An active validator; a failure where the address is none.
pub(super) fn require_active(state: &SystemStateV1, address: Address) -> Run<(u64, &Validator)> {
    let mut indexed = (0..).zip(&state.validators.validators);
    match indexed.find(|(_, known)| known.metadata.soma_address == address) {
        Some(found) => Ok(found),
        None => fail(Failure::NotAValidator),
    }
}

fn ed25519_key(bytes: &[u8], what: &str) -> Run<FixedBytes<32>> {
    let is_key = |key: &FixedBytes<32>| ed25519_dalek::VerifyingKey::from_bytes(&key.0).is_ok();
    match FixedBytes::from_slice(bytes).filter(is_key) {
        Some(key) => Ok(key),
        None => invalid(format!("Invalid {what}: {INVALID_VALUE}")),
    }
}

/// A BLS key of the right length.
fn protocol_key(bytes: &[u8], what: &str) -> Run<FixedBytes<96>> {
    match FixedBytes::from_slice(bytes) {
        Some(key) => Ok(key),
        None => invalid(format!("Invalid {what}: {INVALID_VALUE}")),
    }
}

/// A BLS signature of the right length.
fn proof_of_possession(bytes: &[u8]) -> Run<FixedBytes<48>> {
    match FixedBytes::from_slice(bytes) {
        Some(proof) => Ok(proof),
        None => fail(Failure::InvalidProofOfPossession {
            reason: format!("Invalid PoP signature bytes: {INVALID_VALUE}"),
        }),
    }
}

/// The text of a multiaddr. Of its grammar only the beginning is checked: nodes know more parts of
/// addresses than are listed anywhere.
fn multiaddr(bytes: &[u8], what: &str) -> Run<String> {
    let Ok(text) = bcs::from_bytes::<String>(bytes) else {
        return invalid(format!("Failed to BCS deserialize {what} string"));
    };
    if !text.is_empty() && !text.starts_with('/') {
        let what = what.trim_end_matches(" address");
        return invalid(format!("Invalid {what} multiaddr format: invalid multiaddr"));
    }
    Ok(text)
}

/// What must differ between any two validators, as it stands or as it will in the next epoch.
#[derive(Clone, PartialEq, Eq)]
struct Identity {
    protocol_pubkey: FixedBytes<96>,
    network_pubkey: FixedBytes<32>,
    worker_pubkey: FixedBytes<32>,
    net_address: String,
    p2p_address: String,
    primary_address: String,
}

impl Identity {
    fn current(of: &ValidatorMetadata) -> Self {
        Self {
            protocol_pubkey: of.protocol_pubkey,
            network_pubkey: of.network_pubkey,
            worker_pubkey: of.worker_pubkey,
            net_address: of.net_address.clone(),
            p2p_address: of.p2p_address.clone(),
            primary_address: of.primary_address.clone(),
        }
    }

    fn staged(of: &ValidatorMetadata) -> Self {
        let text = |staged: &Option<String>, now: &String| staged.as_ref().unwrap_or(now).clone();
        Self {
            protocol_pubkey: of.next_epoch_protocol_pubkey.unwrap_or(of.protocol_pubkey),
            network_pubkey: of.next_epoch_network_pubkey.unwrap_or(of.network_pubkey),
            worker_pubkey: of.next_epoch_worker_pubkey.unwrap_or(of.worker_pubkey),
            net_address: text(&of.next_epoch_net_address, &of.net_address),
            p2p_address: text(&of.next_epoch_p2p_address, &of.p2p_address),
            primary_address: text(&of.next_epoch_primary_address, &of.primary_address),
        }
    }

    /// The first thing that two validators share and must not.
    fn shared_with(&self, other: &Self) -> Option<&'static str> {
        [
            (self.protocol_pubkey == other.protocol_pubkey, "protocol_pubkey"),
            (self.network_pubkey == other.network_pubkey, "network_pubkey"),
            (self.worker_pubkey == other.worker_pubkey, "worker_pubkey"),
            (self.network_pubkey == other.worker_pubkey, "network_pubkey/worker_pubkey"),
            (self.worker_pubkey == other.network_pubkey, "worker_pubkey/network_pubkey"),
            (self.net_address == other.net_address, "net_address"),
            (self.p2p_address == other.p2p_address, "p2p_address"),
            (self.primary_address == other.primary_address, "primary_address"),
        ]
        .into_iter()
        .find(|(shared, _)| *shared)
        .map(|(_, field)| field)
    }
}

/// Fails where somebody else has, or will have, what one of these identities has.
fn refuse_duplicates<'a>(
    sender: Address,
    identities: &[&Identity],
    others: impl IntoIterator<Item = &'a Validator>,
) -> Run {
    for other in others {
        if other.metadata.soma_address == sender {
            continue;
        }
        let theirs = [Identity::current(&other.metadata), Identity::staged(&other.metadata)];
        for (ours, theirs) in
            identities.iter().flat_map(|ours| theirs.iter().map(move |of| (ours, of)))
        {
            if let Some(field) = ours.shared_with(theirs) {
                return fail(Failure::DuplicateValidatorMetadata { field: field.into() });
            }
        }
    }
    Ok(())
}

pub(super) fn check_new(state: &SystemStateV1, sender: Address, args: &AddValidatorArgs) -> Run {
    let protocol_pubkey = protocol_key(&args.pubkey_bytes, "protocol public key")?;
    let network_pubkey = ed25519_key(&args.network_pubkey_bytes, "network public key")?;
    let worker_pubkey = ed25519_key(&args.worker_pubkey_bytes, "worker public key")?;
    proof_of_possession(&args.proof_of_possession)?;
    let identity = Identity {
        protocol_pubkey,
        network_pubkey,
        worker_pubkey,
        net_address: multiaddr(&args.net_address, "network address")?,
        p2p_address: multiaddr(&args.p2p_address, "p2p address")?,
        primary_address: multiaddr(&args.primary_address, "primary address")?,
    };
    multiaddr(&args.proxy_address, "proxy address")?;
    let set = &state.validators;
    let known = || set.validators.iter().chain(&set.pending_validators);
    if known().any(|validator| validator.metadata.soma_address == sender) {
        return fail(Failure::DuplicateValidator);
    }
    refuse_duplicates(sender, &[&identity], known())
}

/// The sender's metadata with what the transaction stages.
fn staged(
    metadata: &ValidatorMetadata,
    args: &UpdateValidatorMetadataArgs,
) -> Run<ValidatorMetadata> {
    let mut staged = metadata.clone();
    if let Some(bytes) = &args.next_epoch_network_address {
        staged.next_epoch_net_address = Some(multiaddr(bytes, "network address")?);
    }
    if let Some(bytes) = &args.next_epoch_p2p_address {
        staged.next_epoch_p2p_address = Some(multiaddr(bytes, "p2p address")?);
    }
    if let Some(bytes) = &args.next_epoch_primary_address {
        staged.next_epoch_primary_address = Some(multiaddr(bytes, "primary address")?);
    }
    if let Some(bytes) = &args.next_epoch_protocol_pubkey {
        let key = protocol_key(bytes, "protocol public key format")?;
        let Some(proof) = &args.next_epoch_proof_of_possession else {
            return fail(Failure::MissingProofOfPossession);
        };
        proof_of_possession(proof)?;
        staged.next_epoch_protocol_pubkey = Some(key);
    }
    if let Some(bytes) = &args.next_epoch_worker_pubkey {
        staged.next_epoch_worker_pubkey = Some(ed25519_key(bytes, "worker public key format")?);
    }
    if let Some(bytes) = &args.next_epoch_network_pubkey {
        staged.next_epoch_network_pubkey = Some(ed25519_key(bytes, "network public key format")?);
    }
    Ok(staged)
}

pub(super) fn check_update(
    state: &SystemStateV1,
    sender: Address,
    args: &UpdateValidatorMetadataArgs,
) -> Run {
    let (_, validator) = require_active(state, sender)?;
    let metadata = staged(&validator.metadata, args)?;
    let (now, next) = (Identity::current(&metadata), Identity::staged(&metadata));
    if next.network_pubkey == next.worker_pubkey {
        let field = "network_pubkey == worker_pubkey (self)".into();
        return fail(Failure::DuplicateValidatorMetadata { field });
    }
    refuse_duplicates(sender, &[&now, &next], &state.validators.validators)
}

pub(super) fn check_removal(state: &SystemStateV1, sender: Address) -> Run {
    let (index, _) = require_active(state, sender)?;
    if state.validators.pending_removals.contains(&index) {
        return fail(Failure::ValidatorAlreadyRemoved);
    }
    Ok(())
}

pub(super) fn check_commission(state: &SystemStateV1, sender: Address, new_rate: u64) -> Run {
    require_active(state, sender)?;
    if new_rate > ALL_BPS {
        let error = "Commission rate too high".to_owned();
        return fail(Failure::SomaError(SomaError::GenericAuthorityError { error }));
    }
    Ok(())
}

pub(super) fn check_report(state: &SystemStateV1, sender: Address, reportee: Address) -> Run {
    require_active(state, sender)?;
    require_active(state, reportee)?;
    if sender == reportee {
        return fail(Failure::CannotReportOneself);
    }
    Ok(())
}

pub(super) fn check_undo(state: &SystemStateV1, sender: Address, reportee: Address) -> Run {
    require_active(state, sender)?;
    match state.validator_report_records.get(&reportee) {
        Some(reporters) if reporters.contains(&sender) => Ok(()),
        _ => fail(Failure::ReportRecordNotFound),
    }
}

#[cfg(test)]
mod tests {
    use super::{check_new, check_update};
    use crate::address::Address;
    use crate::failure::ExecutionFailureStatus as Failure;
    use crate::preview::error::{Run, Stop};
    use crate::recorded;
    use crate::system_state::SystemStateV1;
    use crate::tx::TransactionKind;
    use crate::tx::kind::{AddValidatorArgs, UpdateValidatorMetadataArgs};
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    fn failure(run: Run) -> Option<Failure> {
        match run {
            Ok(()) => None,
            Err(Stop::Failure(failure)) => Some(*failure),
            Err(other) => panic!("{other:?}"),
        }
    }

    fn reason(run: Run) -> String {
        match failure(run) {
            Some(Failure::InvalidArguments { reason }) => reason,
            other => panic!("{other:?}"),
        }
    }

    fn duplicate(run: Run) -> String {
        match failure(run) {
            Some(Failure::DuplicateValidatorMetadata { field }) => field,
            other => panic!("{other:?}"),
        }
    }

    /// A recorded request to join that succeeded.
    fn joining() -> (SystemStateV1, Address, AddValidatorArgs) {
        let joins = |step: recorded::Step| match step.transaction.kind() {
            TransactionKind::AddValidator(args) if step.name == "add validator" => {
                Some((step.state, step.transaction.sender(), args.clone()))
            }
            _ => None,
        };
        recorded::steps().into_iter().find_map(joins).unwrap()
    }

    fn multiaddr(text: &str) -> Vec<u8> {
        bcs::to_bytes(text).unwrap()
    }

    #[test]
    fn keys_and_addresses_that_are_none_are_seen() {
        let (state, sender, args) = joining();
        assert_eq!(failure(check_new(&state, sender, &args)), None);
        let with = |change: &dyn Fn(&mut AddValidatorArgs)| {
            let mut args = args.clone();
            change(&mut args);
            check_new(&state, sender, &args)
        };
        let short_key = reason(with(&|args| args.pubkey_bytes.truncate(95)));
        assert!(short_key.starts_with("Invalid protocol public key: "), "{short_key}");
        // The second coordinate of no point: two has no square root that would do.
        let no_point = |args: &mut AddValidatorArgs| {
            args.network_pubkey_bytes = [&[2][..], &[0; 31]].concat();
        };
        let no_point = reason(with(&no_point));
        assert!(no_point.starts_with("Invalid network public key: "), "{no_point}");
        let short_proof = failure(with(&|args| args.proof_of_possession.truncate(47)));
        assert!(matches!(short_proof, Some(Failure::InvalidProofOfPossession { .. })));
        let no_slash = reason(with(&|args| args.p2p_address = multiaddr("127.0.0.1:80")));
        assert_eq!(no_slash, "Invalid p2p multiaddr format: invalid multiaddr");
        let no_text = reason(with(&|args| args.proxy_address = vec![0xff]));
        assert_eq!(no_text, "Failed to BCS deserialize proxy address string");
    }

    #[test]
    fn what_another_validator_has_or_will_have_is_taken() {
        let (mut state, sender, args) = joining();
        let theirs = &mut state.validators.validators[0].metadata;
        theirs.next_epoch_p2p_address = Some("/ip4/10.9.9.9/udp/1".into());
        let (network, worker) = (theirs.network_pubkey, theirs.worker_pubkey);
        let with = |change: &dyn Fn(&mut AddValidatorArgs)| {
            let mut args = args.clone();
            change(&mut args);
            duplicate(check_new(&state, sender, &args))
        };
        let staged = with(&|args| args.p2p_address = multiaddr("/ip4/10.9.9.9/udp/1"));
        assert_eq!(staged, "p2p_address");
        assert_eq!(with(&|args| args.worker_pubkey_bytes = worker.0.to_vec()), "worker_pubkey");
        let crossed = with(&|args| args.worker_pubkey_bytes = network.0.to_vec());
        assert_eq!(crossed, "worker_pubkey/network_pubkey");
    }

    #[test]
    fn an_update_may_not_give_a_validator_one_key_for_two_ends() {
        let (state, ..) = joining();
        let ours = &state.validators.validators[0].metadata;
        let update = UpdateValidatorMetadataArgs {
            next_epoch_worker_pubkey: Some(ours.network_pubkey.0.to_vec()),
            ..UpdateValidatorMetadataArgs::default()
        };
        let twice = duplicate(check_update(&state, ours.soma_address, &update));
        assert_eq!(twice, "network_pubkey == worker_pubkey (self)");
        let nothing = UpdateValidatorMetadataArgs::default();
        assert_eq!(failure(check_update(&state, ours.soma_address, &nothing)), None);
    }
}
