//! To become a validator, change as one, report others, and leave.

use crate::address::Address;
use crate::bytes::FixedBytes;
use crate::multiaddr::Multiaddr;
use crate::system_state::{SystemStateV1, Validator, ValidatorMetadata};
use crate::tx::TransactionKind;
use crate::tx::kind::{AddValidatorArgs, RemoveValidatorArgs, UpdateValidatorMetadataArgs};
use crate::validator_info::{self, ValidatorInfo};
use serde::{Deserialize, Serialize};

use super::models::MAX_COMMISSION_BPS;

/// What shall change of a validator from the next epoch on.
///
/// The address of the proxy is not among it: the chain takes one and ignores it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct UpdateValidator {
    /// Where it takes transactions.
    pub network_address: Option<Multiaddr>,
    /// Where it shares state.
    pub p2p_address: Option<Multiaddr>,
    /// Where it takes part in consensus.
    pub primary_address: Option<Multiaddr>,
    /// A new protocol key, BLS12-381, with the proof that it is the validator's own.
    pub protocol_key: Option<(FixedBytes<96>, FixedBytes<48>)>,
    /// A new key for workers, Ed25519.
    pub worker_key: Option<FixedBytes<32>>,
    /// A new key for connections, Ed25519.
    pub network_key: Option<FixedBytes<32>>,
}

/// Why something cannot be done with a validator now.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ValidatorError {
    /// Only active validators can do this.
    #[error("only an active validator can do this, and {0} is none")]
    NotAValidator(Address),
    /// The account is a validator already, or about to become one.
    #[error("{0} is a validator already, or about to become one")]
    AlreadyValidator(Address),
    /// The information is another account's; its proof would not hold for this one.
    #[error("this is the information of {actual}, and {expected} would send it")]
    OtherAccount {
        /// Who would send it.
        expected: Address,
        /// Whose it is.
        actual: Address,
    },
    /// A key or proof is not one.
    #[error(transparent)]
    Key(#[from] validator_info::KeyError),
    /// Another validator has the same.
    #[error("another validator has the same {0}")]
    Taken(&'static str),
    /// The keys for connections and workers must differ.
    #[error("the keys for connections and workers must differ")]
    SameKeys,
    /// It leaves already.
    #[error("{0} leaves with the end of this epoch already")]
    AlreadyLeaving(Address),
    /// The commission is more than everything.
    #[error("a commission cannot be more than 100 %")]
    CommissionTooHigh,
    /// The one to be reported is no active validator.
    #[error("only active validators can be reported, and {0} is none")]
    NotReportable(Address),
    /// Nobody reports oneself.
    #[error("a validator cannot report itself")]
    Oneself,
    /// There is no report to take back.
    #[error("{reporter} has not reported {reportee}")]
    NoReport {
        /// Who would take it back.
        reporter: Address,
        /// Who would have been reported.
        reportee: Address,
    },
    /// Nothing would change.
    #[error("nothing is named that shall change")]
    NothingToChange,
}

/// The active validator of this address.
#[must_use]
pub fn active_validator(address: Address, state: &SystemStateV1) -> Option<&Validator> {
    state.validators.validators.iter().find(|known| known.metadata.soma_address == address)
}

fn require_active(sender: Address, state: &SystemStateV1) -> Result<&Validator, ValidatorError> {
    active_validator(sender, state).ok_or(ValidatorError::NotAValidator(sender))
}

/// What no two validators may share, as it is and as it will be.
#[derive(Clone)]
struct Unique {
    protocol_key: FixedBytes<96>,
    network_key: FixedBytes<32>,
    worker_key: FixedBytes<32>,
    network_address: String,
    p2p_address: String,
    primary_address: String,
}

impl Unique {
    fn now(of: &ValidatorMetadata) -> Self {
        Self {
            protocol_key: of.protocol_pubkey,
            network_key: of.network_pubkey,
            worker_key: of.worker_pubkey,
            network_address: of.net_address.clone(),
            p2p_address: of.p2p_address.clone(),
            primary_address: of.primary_address.clone(),
        }
    }

    fn next(of: &ValidatorMetadata) -> Self {
        let or = |staged: &Option<String>, now: &String| staged.as_ref().unwrap_or(now).clone();
        Self {
            protocol_key: of.next_epoch_protocol_pubkey.unwrap_or(of.protocol_pubkey),
            network_key: of.next_epoch_network_pubkey.unwrap_or(of.network_pubkey),
            worker_key: of.next_epoch_worker_pubkey.unwrap_or(of.worker_pubkey),
            network_address: or(&of.next_epoch_net_address, &of.net_address),
            p2p_address: or(&of.next_epoch_p2p_address, &of.p2p_address),
            primary_address: or(&of.next_epoch_primary_address, &of.primary_address),
        }
    }

    fn shared_with(&self, other: &Self) -> Option<&'static str> {
        [
            (self.protocol_key == other.protocol_key, "protocol key"),
            (self.network_key == other.network_key, "network key"),
            (self.worker_key == other.worker_key, "worker key"),
            (self.network_key == other.worker_key, "network key as its worker key"),
            (self.worker_key == other.network_key, "worker key as its network key"),
            (self.network_address == other.network_address, "network address"),
            (self.p2p_address == other.p2p_address, "p2p address"),
            (self.primary_address == other.primary_address, "primary address"),
        ]
        .into_iter()
        .find_map(|(shared, what)| shared.then_some(what))
    }

    /// Makes sure that none of these validators, but for the owner, has any of it, now or staged.
    fn check<'a>(
        &self,
        owner: Address,
        others: impl IntoIterator<Item = &'a Validator>,
    ) -> Result<(), ValidatorError> {
        for other in others {
            let other = &other.metadata;
            if other.soma_address == owner {
                continue;
            }
            let shared = [Self::now(other), Self::next(other)];
            if let Some(what) = shared.iter().find_map(|other| self.shared_with(other)) {
                return Err(ValidatorError::Taken(what));
            }
        }
        Ok(())
    }
}

fn bcs_text(address: &Multiaddr) -> Vec<u8> {
    bcs::to_bytes(address.as_str()).expect("a string has a BCS form")
}

/// Asks to become a validator, with what the node's own tool wrote.
///
/// The proof of possession is checked for its shape; the network verifies it.
///
/// # Errors
/// Where the information is another account's or not valid, or shared with another validator.
pub fn add_validator(
    info: &ValidatorInfo,
    sender: Address,
    state: &SystemStateV1,
) -> Result<TransactionKind, ValidatorError> {
    info.check_keys()?;
    if info.account_address != sender {
        let (expected, actual) = (sender, info.account_address);
        return Err(ValidatorError::OtherAccount { expected, actual });
    }
    let set = &state.validators;
    let known = || set.validators.iter().chain(&set.pending_validators);
    if known().any(|known| known.metadata.soma_address == sender) {
        return Err(ValidatorError::AlreadyValidator(sender));
    }
    // Nothing compares the two when a validator joins, and then no update of its would be taken.
    if info.network_key == info.worker_key {
        return Err(ValidatorError::SameKeys);
    }
    let unique = Unique {
        protocol_key: info.protocol_key,
        network_key: info.network_key,
        worker_key: info.worker_key,
        network_address: info.network_address.to_string(),
        p2p_address: info.p2p_address.to_string(),
        primary_address: info.primary_address.to_string(),
    };
    unique.check(sender, known())?;
    Ok(TransactionKind::AddValidator(AddValidatorArgs {
        pubkey_bytes: info.protocol_key.0.to_vec(),
        network_pubkey_bytes: info.network_key.0.to_vec(),
        worker_pubkey_bytes: info.worker_key.0.to_vec(),
        proof_of_possession: info.proof_of_possession.0.to_vec(),
        net_address: bcs_text(&info.network_address),
        p2p_address: bcs_text(&info.p2p_address),
        primary_address: bcs_text(&info.primary_address),
        proxy_address: bcs_text(&info.proxy_address),
    }))
}

/// Stops being a validator at the end of this epoch.
///
/// # Errors
/// Where the sender is no active validator, or leaves already.
pub fn remove_validator(
    sender: Address,
    state: &SystemStateV1,
) -> Result<TransactionKind, ValidatorError> {
    let validator = require_active(sender, state)?;
    let set = &state.validators;
    let leaves = |at: &u64| {
        let leaving = usize::try_from(*at).ok().and_then(|at| set.validators.get(at));
        leaving.is_some_and(|leaving| leaving.metadata.soma_address == sender)
    };
    if set.pending_removals.iter().any(leaves) {
        return Err(ValidatorError::AlreadyLeaving(sender));
    }
    let pubkey_bytes = validator.metadata.protocol_pubkey.0.to_vec();
    Ok(TransactionKind::RemoveValidator(RemoveValidatorArgs { pubkey_bytes }))
}

/// Sets the sender's commission as a validator from the next epoch on.
///
/// # Errors
/// Where the sender is no active validator, or the commission too high.
pub fn set_validator_commission(
    commission_bps: u64,
    sender: Address,
    state: &SystemStateV1,
) -> Result<TransactionKind, ValidatorError> {
    require_active(sender, state)?;
    if commission_bps > MAX_COMMISSION_BPS {
        return Err(ValidatorError::CommissionTooHigh);
    }
    Ok(TransactionKind::SetCommissionRate { new_rate: commission_bps })
}

/// Reports another validator.
///
/// # Errors
/// Where either is no active validator, or both are the same.
pub fn report_validator(
    reportee: Address,
    sender: Address,
    state: &SystemStateV1,
) -> Result<TransactionKind, ValidatorError> {
    require_active(sender, state)?;
    active_validator(reportee, state).ok_or(ValidatorError::NotReportable(reportee))?;
    if reportee == sender {
        return Err(ValidatorError::Oneself);
    }
    Ok(TransactionKind::ReportValidator { reportee })
}

/// Takes a report of a validator back.
///
/// # Errors
/// Where the sender is no active validator, or has not reported it.
pub fn undo_report_validator(
    reportee: Address,
    sender: Address,
    state: &SystemStateV1,
) -> Result<TransactionKind, ValidatorError> {
    require_active(sender, state)?;
    let reporters = state.validator_report_records.get(&reportee);
    if !reporters.is_some_and(|reporters| reporters.contains(&sender)) {
        return Err(ValidatorError::NoReport { reporter: sender, reportee });
    }
    Ok(TransactionKind::UndoReportValidator { reportee })
}

impl UpdateValidator {
    /// The transaction, for the network as it is now.
    ///
    /// # Errors
    /// Where the sender is no active validator, or a value is not valid or another validator's.
    pub fn kind(
        &self,
        sender: Address,
        state: &SystemStateV1,
    ) -> Result<TransactionKind, ValidatorError> {
        let validator = require_active(sender, state)?;
        if *self == Self::default() {
            return Err(ValidatorError::NothingToChange);
        }
        if let Some((key, proof)) = &self.protocol_key {
            validator_info::check_protocol_key(key)?;
            validator_info::check_proof(proof)?;
        }
        for key in [&self.worker_key, &self.network_key].into_iter().flatten() {
            validator_info::check_ed25519(key)?;
        }
        let mut next = Unique::next(&validator.metadata);
        let text = |address: &Option<Multiaddr>, staged: String| {
            address.as_ref().map_or(staged, ToString::to_string)
        };
        next.network_address = text(&self.network_address, next.network_address);
        next.p2p_address = text(&self.p2p_address, next.p2p_address);
        next.primary_address = text(&self.primary_address, next.primary_address);
        next.protocol_key = self.protocol_key.map_or(next.protocol_key, |(key, _)| key);
        next.worker_key = self.worker_key.unwrap_or(next.worker_key);
        next.network_key = self.network_key.unwrap_or(next.network_key);
        if next.network_key == next.worker_key {
            return Err(ValidatorError::SameKeys);
        }
        next.check(sender, &state.validators.validators)?;
        let address = |address: &Option<Multiaddr>| address.as_ref().map(bcs_text);
        Ok(TransactionKind::UpdateValidatorMetadata(UpdateValidatorMetadataArgs {
            next_epoch_network_address: address(&self.network_address),
            next_epoch_p2p_address: address(&self.p2p_address),
            next_epoch_primary_address: address(&self.primary_address),
            next_epoch_proxy_address: None,
            next_epoch_protocol_pubkey: self.protocol_key.map(|(key, _)| key.0.to_vec()),
            next_epoch_worker_pubkey: self.worker_key.map(|key| key.0.to_vec()),
            next_epoch_network_pubkey: self.network_key.map(|key| key.0.to_vec()),
            next_epoch_proof_of_possession: self.protocol_key.map(|(_, proof)| proof.0.to_vec()),
        }))
    }
}
