//! What may be executed at all: the checks before execution, whose failure leaves no trace and
//! costs nothing.
//!
//! The order is that of `authority/src/transaction_checks.rs` of soma-org/soma, and so are the
//! texts: clients look for fragments of them.

use crate::execute::{DeletedInput, Inputs};
use crate::protocol_config::MAX_TRANSACTION_SIZE;
use std::collections::BTreeSet;
use wasm_core::address::{Address, ObjectId};
use wasm_core::digest::ObjectDigest;
use wasm_core::object::{MAX_VERSION, Object, ObjectRef, ObjectType, Owner, Version};
use wasm_core::tx::sign::{SignatureError, SignedTransaction, UserSignature};
use wasm_core::tx::{TransactionData, TransactionKind};

/// How a refusal is answered over gRPC.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RefusalClass {
    /// The transaction can never be executed: `InvalidArgument`.
    InvalidArgument,
    /// The network's state is against it: `FailedPrecondition`.
    FailedPrecondition,
}

/// Why a transaction is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AdmissionError {
    /// Not exactly one signature.
    #[error("Invalid user signature: Expect 1 signer signatures but got {actual}")]
    SignatureCount {
        /// How many there are.
        actual: usize,
    },
    /// The sender did not sign.
    #[error(
        "Invalid user signature: Required Signature from {} is absent [\"{}\"]",
        expected.to_bare_hex(), actual.to_bare_hex()
    )]
    SignerAbsent {
        /// The sender.
        expected: Address,
        /// Who signed.
        actual: Address,
    },
    /// The signature does not verify.
    #[error("Invalid user signature: Signature is not valid: {0}")]
    InvalidSignature(SignatureError),
    /// Only the system sends these.
    #[error("{0} is a system transaction, which users cannot send")]
    SystemKind(&'static str),
    /// More bytes than consensus takes.
    #[error("the transaction has {0} bytes, the network takes 262144")]
    TooLarge(usize),
    /// An object is named twice.
    #[error("The transaction inputs contain duplicated ObjectRef's")]
    DuplicateObjectRefInput,
    /// There is no such object, or not yet this version.
    #[error("Could not find the referenced object {id} at version {}", version_text(*version))]
    ObjectNotFound {
        /// Which object.
        id: ObjectId,
        /// Which version, where one is named.
        version: Option<Version>,
    },
    /// The object has moved on.
    #[error(
        "Object ({}, Version({}), o#{}) is not available for consumption, its current version: Version({current})",
        provided.id, provided.version, provided.digest
    )]
    StaleObject {
        /// What the transaction names.
        provided: ObjectRef,
        /// What there is.
        current: Version,
    },
    /// The digest is another one.
    #[error("Invalid Object digest for object {id}. Expected digest : o#{expected}")]
    InvalidObjectDigest {
        /// Which object.
        id: ObjectId,
        /// Its digest.
        expected: ObjectDigest,
    },
    /// Nothing, or not the right thing, to pay with.
    #[error("Gas payment error {0}")]
    GasPayment(String),
    /// Somebody else's object.
    #[error(
        "Transaction was not signed by the correct sender: Object {id} is owned by account address {}, but given owner/signer address is {}",
        owner.to_bare_hex(), sender.to_bare_hex()
    )]
    IncorrectOwner {
        /// Which object.
        id: ObjectId,
        /// Whose it is.
        owner: Address,
        /// Who asks.
        sender: Address,
    },
    /// A shared object is named as an owned one.
    #[error("Object used as owned is not owned")]
    NotOwned(ObjectId),
    /// An owned object is named as a shared one.
    #[error("Object used as shared is not shared")]
    NotShared(ObjectId),
    /// A shared object with another start than the transaction says.
    #[error("Wrong initial version given for shared object")]
    SharedObjectStartingVersion(ObjectId),
    /// A version beyond what objects can have.
    #[error("Versions above the maximal value are not usable for transfers")]
    InvalidSequenceNumber(ObjectId),
    /// A stake of the whole gas coin, which the reference would make without taking the money.
    #[error("name an amount to stake with a model from the coin that pays the fee")]
    WholeGasCoinStaked,
    /// A coin that would be merged away before it is used.
    #[error("coin {0} is used by the transaction and cannot also be a further gas coin")]
    UsedCoinAsFurtherGas(ObjectId),
}

fn version_text(version: Option<Version>) -> String {
    version.map_or_else(|| "None".to_owned(), |version| format!("Some(Version({version}))"))
}

impl AdmissionError {
    /// How the refusal is answered.
    #[must_use]
    pub const fn class(&self) -> RefusalClass {
        match self {
            Self::ObjectNotFound { .. }
            | Self::InvalidObjectDigest { .. }
            | Self::IncorrectOwner { .. }
            | Self::GasPayment(_) => RefusalClass::FailedPrecondition,
            _ => RefusalClass::InvalidArgument,
        }
    }
}

/// Where admission finds objects.
pub trait Objects {
    /// An object as it is now.
    fn current(&self, id: &ObjectId) -> Option<&Object>;
    /// A shared object that was deleted in this epoch.
    fn deleted_shared(&self, id: &ObjectId) -> Option<DeletedInput>;
}

/// Which checks a transaction has to pass.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Checks {
    /// All of them.
    All,
    /// Those without which execution would make no sense: anybody may use anything, for show.
    Existence,
}

/// Checks that there is one signature, by the sender.
///
/// # Errors
/// Where there is another number, or it is another's, or it does not verify.
pub fn check_signature<'a>(
    transaction: &TransactionData,
    signatures: &'a [UserSignature],
) -> Result<&'a UserSignature, AdmissionError> {
    let [signature] = signatures else {
        return Err(AdmissionError::SignatureCount { actual: signatures.len() });
    };
    let (expected, actual) = (transaction.sender(), signature.signer());
    if expected != actual {
        return Err(AdmissionError::SignerAbsent { expected, actual });
    }
    signature.verify(transaction).map_err(AdmissionError::InvalidSignature)?;
    Ok(signature)
}

/// Checks that consensus would take it at all.
///
/// # Errors
/// Where it is too large.
pub fn check_size(signed: &SignedTransaction) -> Result<(), AdmissionError> {
    match signed.to_bytes().len() {
        size if size > MAX_TRANSACTION_SIZE => Err(AdmissionError::TooLarge(size)),
        _ => Ok(()),
    }
}

/// Checks that the kind is one that users may send.
///
/// # Errors
/// Where it is a system kind: executing one would give its sender the network.
pub const fn check_kind(transaction: &TransactionData) -> Result<(), AdmissionError> {
    let kind = transaction.kind();
    if kind.is_system() { Err(AdmissionError::SystemKind(kind.name())) } else { Ok(()) }
}

/// The owned objects a transaction names, those of the kind first, and each gas coin that is not
/// among them.
///
/// # Errors
/// Where one is named twice.
pub fn owned_inputs(transaction: &TransactionData) -> Result<Vec<ObjectRef>, AdmissionError> {
    let mut inputs = transaction.kind().owned_inputs();
    let of_kind: BTreeSet<ObjectId> = inputs.iter().map(|input| input.id).collect();
    inputs.extend(transaction.gas_payment().iter().filter(|gas| !of_kind.contains(&gas.id)));
    let owned = inputs.iter().map(|input| input.id);
    let (mut seen, mut seen_as_gas) = (BTreeSet::new(), BTreeSet::new());
    let once = owned.chain(shared_inputs(transaction.kind())).all(|id| seen.insert(id));
    // A gas coin that the kind names too is no input twice, and yet must not pay twice.
    if once && transaction.gas_payment().iter().all(|gas| seen_as_gas.insert(gas.id)) {
        Ok(inputs)
    } else {
        Err(AdmissionError::DuplicateObjectRefInput)
    }
}

fn shared_inputs(kind: &TransactionKind) -> Vec<ObjectId> {
    let state = kind.uses_system_state().then_some(ObjectId::SYSTEM_STATE);
    state.into_iter().chain(kind.target()).collect()
}

/// Checks a transaction against the objects, and gathers its inputs.
///
/// # Errors
/// At the first rule of [`AdmissionError`] that is broken.
pub fn gather(
    transaction: &TransactionData,
    objects: &impl Objects,
    checks: Checks,
) -> Result<Inputs, AdmissionError> {
    check_kind(transaction)?;
    let owned = owned_inputs(transaction)?;
    let shared = shared_inputs(transaction.kind());
    let mut inputs = Inputs::default();
    for id in &shared {
        match (objects.current(id), objects.deleted_shared(id)) {
            (Some(object), _) => inputs.objects.push(object.clone()),
            (None, Some(deleted)) => inputs.deleted.push(deleted),
            (None, None) => return Err(AdmissionError::ObjectNotFound { id: *id, version: None }),
        }
    }
    for reference in &owned {
        inputs.objects.push(exact_version(reference, objects)?.clone());
    }
    check_gas(transaction, objects)?;
    for reference in &owned {
        check_owned(transaction.sender(), reference, exact_version(reference, objects)?, checks)?;
    }
    for object in shared.iter().filter_map(|id| objects.current(id)) {
        check_shared(object)?;
    }
    check_defects(transaction)?;
    Ok(inputs)
}

fn exact_version<'a>(
    reference: &ObjectRef,
    objects: &'a impl Objects,
) -> Result<&'a Object, AdmissionError> {
    let not_found =
        AdmissionError::ObjectNotFound { id: reference.id, version: Some(reference.version) };
    let Some(object) = objects.current(&reference.id) else { return Err(not_found) };
    let current = object.data.version;
    if reference.version > current {
        return Err(not_found);
    }
    if reference.version < current {
        return Err(AdmissionError::StaleObject { provided: *reference, current });
    }
    let expected = object.digest();
    if reference.digest != expected {
        return Err(AdmissionError::InvalidObjectDigest { id: reference.id, expected });
    }
    Ok(object)
}

fn check_gas(transaction: &TransactionData, objects: &impl Objects) -> Result<(), AdmissionError> {
    let error = |text: String| Err(AdmissionError::GasPayment(text));
    if transaction.gas_payment().is_empty() {
        return error("No gas payment provided".into());
    }
    for gas in transaction.gas_payment() {
        // A gas coin that the kind names too may be given here at any version: the kind's counts.
        let Some(object) = objects.current(&gas.id) else {
            return Err(AdmissionError::ObjectNotFound { id: gas.id, version: Some(gas.version) });
        };
        if object.owner.address().is_none() {
            let owner = object.owner;
            return error(format!(
                "Gas object {} must be owned by an address, not {owner:?}",
                gas.id
            ));
        }
        if object.data.object_type != ObjectType::Coin {
            return error(format!("Gas object {} is not a coin", gas.id));
        }
    }
    Ok(())
}

fn check_owned(
    sender: Address,
    reference: &ObjectRef,
    object: &Object,
    checks: Checks,
) -> Result<(), AdmissionError> {
    let id = reference.id;
    if reference.version >= MAX_VERSION {
        return Err(AdmissionError::InvalidSequenceNumber(id));
    }
    match object.owner {
        Owner::AddressOwner(owner) if owner != sender && checks == Checks::All => {
            Err(AdmissionError::IncorrectOwner { id, owner, sender })
        }
        Owner::Shared { .. } => Err(AdmissionError::NotOwned(id)),
        Owner::AddressOwner(_) | Owner::Immutable => Ok(()),
    }
}

fn check_shared(object: &Object) -> Result<(), AdmissionError> {
    let id = object.id().unwrap_or_default();
    if object.data.version >= MAX_VERSION {
        return Err(AdmissionError::InvalidSequenceNumber(id));
    }
    match object.owner {
        Owner::Shared { initial_shared_version: 1 } => Ok(()),
        Owner::Shared { .. } => Err(AdmissionError::SharedObjectStartingVersion(id)),
        Owner::AddressOwner(_) | Owner::Immutable => Err(AdmissionError::NotShared(id)),
    }
}

/// Refuses what the reference would execute wrongly, by counting money twice or not taking it.
fn check_defects(transaction: &TransactionData) -> Result<(), AdmissionError> {
    let [primary, further @ ..] = transaction.gas_payment() else { return Ok(()) };
    let kind = transaction.kind();
    if let TransactionKind::AddStakeToModel { coin_ref, amount: None, .. } = kind
        && coin_ref.id == primary.id
    {
        return Err(AdmissionError::WholeGasCoinStaked);
    }
    if matches!(kind, TransactionKind::PayCoins { amounts: Some(_), .. }) {
        // The one kind that knows that such a coin is in the gas coin already.
        return Ok(());
    }
    let used: BTreeSet<ObjectId> = kind.owned_inputs().iter().map(|input| input.id).collect();
    match further.iter().find(|gas| used.contains(&gas.id)) {
        Some(gas) => Err(AdmissionError::UsedCoinAsFurtherGas(gas.id)),
        None => Ok(()),
    }
}
