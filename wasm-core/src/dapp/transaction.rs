//! Transactions as sites write them: JSON in which versions, coins and gas may be left to the wallet, or
//! the bytes of a whole one.

use super::UserKind;
use super::value::{Base64, Float, Full, Whole};
use crate::address::{Address, ModelId, ObjectId, TargetId};
use crate::digest::{
    Checksum, DecryptionKeyCommitment, EmbeddingCommitment, ObjectDigest, WeightsCommitment,
};
use crate::manifest::{Manifest, Url};
use crate::object::ObjectRef;
use crate::tx::TransactionData;
use crate::weights::DecryptionKey;
use serde::{Deserialize, Serialize};

/// The only version of the text.
const VERSION: u32 = 1;
/// The longest transaction that a site can hand over, in bytes of its BCS.
pub const MAX_TRANSACTION_BYTES: usize = 128 * 1024;
/// The longest text of a transaction, in bytes.
pub const MAX_TEXT: usize = 256 * 1024;

/// Why a text is no transaction.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TransactionTextError {
    /// Longer than anything that is read.
    #[error("a transaction's text has {} KiB at most", MAX_TEXT / 1024)]
    TooLong,
    /// Nested deeper than any transaction is.
    #[error("the transaction's text is nested too deeply")]
    TooDeep,
    /// A version that this wallet does not know.
    #[error("version {0} of a transaction's text is unknown, this wallet knows version 1")]
    Version(u64),
    /// Not what it should be.
    #[error("the transaction's text is not what it should be: {0}")]
    Malformed(String),
    /// Neither a kind nor bytes, or both.
    #[error("a transaction's text has either a kind or bytes, and bytes alone")]
    KindOrBytes,
    /// More bytes than are read.
    #[error("a transaction has {} KiB at most", MAX_TRANSACTION_BYTES / 1024)]
    TooLarge,
    /// The bytes are no transaction.
    #[error("the bytes are not exactly one transaction: {0}")]
    Bytes(String),
    /// Only the system sends it.
    #[error("{0} is sent by the network itself, nobody signs it")]
    System(&'static str),
    /// There are values that JSON cannot say.
    #[error("this transaction holds values that have no text; hand over its bytes")]
    NoText,
}

/// A transaction as a site wants it.
#[derive(Clone, Debug, PartialEq)]
pub struct AskedTransaction {
    /// Who shall send it, where the site says so.
    pub sender: Option<Address>,
    /// What it is.
    pub what: Asked,
}

/// What a site wants signed.
#[derive(Clone, Debug, PartialEq)]
pub enum Asked {
    /// Exactly this.
    Whole(Box<TransactionData>),
    /// This, completed by the wallet.
    Parts {
        /// What it does.
        kind: Box<AskedKind>,
        /// Coins that pay the fee; chosen by the wallet, where none are named.
        gas_payment: Vec<Reference>,
    },
}

/// An object: by its id alone, or a certain version of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "ReferenceText", into = "ReferenceText")]
pub struct Reference {
    /// Which object.
    pub id: ObjectId,
    /// Which version of it; the newest, where none.
    pub at: Option<(u64, ObjectDigest)>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct ReferenceText {
    object_id: Full<ObjectId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    version: Option<Whole>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    digest: Option<ObjectDigest>,
}

impl TryFrom<ReferenceText> for Reference {
    type Error = &'static str;
    fn try_from(text: ReferenceText) -> Result<Self, Self::Error> {
        let at = match (text.version, text.digest) {
            (None, None) => None,
            (Some(Whole(version)), Some(digest)) => Some((version, digest)),
            _ => return Err("an object has both version and digest, or neither"),
        };
        Ok(Self { id: text.object_id.0, at })
    }
}

impl From<Reference> for ReferenceText {
    fn from(reference: Reference) -> Self {
        let (version, digest) = reference.at.unzip();
        Self { object_id: Full(reference.id), version: version.map(Whole), digest }
    }
}

impl From<ObjectRef> for Reference {
    fn from(reference: ObjectRef) -> Self {
        Self { id: reference.id, at: Some((reference.version, reference.digest)) }
    }
}

/// A file's place and identity.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ManifestText {
    /// Where it is served.
    pub url: Url,
    /// Blake2b-256 of it, in Base58.
    pub checksum: Checksum,
    /// Bytes of it.
    pub size: Whole,
}

impl From<&Manifest> for ManifestText {
    fn from(manifest: &Manifest) -> Self {
        let (url, checksum) = (manifest.url().clone(), manifest.checksum());
        Self { url, checksum, size: Whole(manifest.size()) }
    }
}

impl From<ManifestText> for Manifest {
    fn from(text: ManifestText) -> Self {
        Self::new(text.url, text.checksum, text.size.0)
    }
}

/// What a transaction shall do. Names and arguments are the chain's, arguments in camel case. Coins that
/// are not named are chosen by the wallet.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all_fields = "camelCase")]
#[expect(missing_docs, reason = "as TransactionKind tells")]
pub enum AskedKind {
    AddValidator {
        pubkey_bytes: Base64,
        network_pubkey_bytes: Base64,
        worker_pubkey_bytes: Base64,
        proof_of_possession: Base64,
        net_address: Base64,
        p2p_address: Base64,
        primary_address: Base64,
        proxy_address: Base64,
    },
    RemoveValidator {
        pubkey_bytes: Base64,
    },
    ReportValidator {
        reportee: Full<Address>,
    },
    UndoReportValidator {
        reportee: Full<Address>,
    },
    UpdateValidatorMetadata {
        #[serde(default, skip_serializing_if = "Option::is_none")]
        next_epoch_network_address: Option<Base64>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        next_epoch_p2p_address: Option<Base64>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        next_epoch_primary_address: Option<Base64>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        next_epoch_proxy_address: Option<Base64>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        next_epoch_protocol_pubkey: Option<Base64>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        next_epoch_worker_pubkey: Option<Base64>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        next_epoch_network_pubkey: Option<Base64>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        next_epoch_proof_of_possession: Option<Base64>,
    },
    SetCommissionRate {
        new_rate: Whole,
    },
    TransferCoin {
        #[serde(default, skip_serializing_if = "Option::is_none")]
        coin: Option<Reference>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        amount: Option<Whole>,
        recipient: Full<Address>,
    },
    PayCoins {
        #[serde(default, skip_serializing_if = "Option::is_none")]
        coins: Option<Vec<Reference>>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        amounts: Option<Vec<Whole>>,
        recipients: Vec<Full<Address>>,
    },
    TransferObjects {
        objects: Vec<Reference>,
        recipient: Full<Address>,
    },
    AddStake {
        address: Full<Address>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        coin_ref: Option<Reference>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        amount: Option<Whole>,
    },
    WithdrawStake {
        staked_soma: Reference,
    },
    CreateModel {
        stake_amount: Whole,
        commission_rate: Whole,
        architecture_version: Whole,
    },
    CommitModel {
        model_id: Full<ModelId>,
        manifest: ManifestText,
        weights_commitment: WeightsCommitment,
        embedding_commitment: EmbeddingCommitment,
        decryption_key_commitment: DecryptionKeyCommitment,
    },
    RevealModel {
        model_id: Full<ModelId>,
        decryption_key: DecryptionKey,
        embedding: Vec<Float>,
    },
    AddStakeToModel {
        model_id: Full<ModelId>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        coin_ref: Option<Reference>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        amount: Option<Whole>,
    },
    SetModelCommissionRate {
        model_id: Full<ModelId>,
        new_rate: Whole,
    },
    DeactivateModel {
        model_id: Full<ModelId>,
    },
    ReportModel {
        model_id: Full<ModelId>,
    },
    UndoReportModel {
        model_id: Full<ModelId>,
    },
    SubmitData {
        target_id: Full<TargetId>,
        data_manifest: ManifestText,
        model_id: Full<ModelId>,
        embedding: Vec<Float>,
        distance_score: Float,
        loss_score: Vec<Float>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        bond_coin: Option<Reference>,
    },
    ClaimRewards {
        target_id: Full<TargetId>,
    },
    ReportSubmission {
        target_id: Full<TargetId>,
    },
    UndoReportSubmission {
        target_id: Full<TargetId>,
    },
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct Text {
    version: u64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    sender: Option<Full<Address>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    kind: Option<AskedKind>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    gas_payment: Option<Vec<Reference>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    bytes: Option<Base64>,
}

impl AskedTransaction {
    /// Reads what a site's `toJSON()` gave.
    ///
    /// # Errors
    /// Where it is anything else than exactly one transaction that people send.
    pub fn parse(text: &str) -> Result<Self, TransactionTextError> {
        if text.len() > MAX_TEXT {
            return Err(TransactionTextError::TooLong);
        }
        if super::nesting::is_deep(text) {
            return Err(TransactionTextError::TooDeep);
        }
        let malformed =
            |error: serde_json::Error| TransactionTextError::Malformed(error.to_string());
        // A later version may have other fields.
        let version = super::nesting::version_of(text).map_err(malformed)?;
        if version != u64::from(VERSION) {
            return Err(TransactionTextError::Version(version));
        }
        let Text { sender, kind, gas_payment, bytes, .. } =
            serde_json::from_str(text).map_err(malformed)?;
        let sender = sender.map(|sender| sender.0);
        match (kind, gas_payment, bytes) {
            (Some(kind), gas, None) => {
                let gas_payment = gas.unwrap_or_default();
                Ok(Self { sender, what: Asked::Parts { kind: Box::new(kind), gas_payment } })
            }
            (None, None, Some(Base64(bytes))) => Ok(Self { sender, what: whole(&bytes)? }),
            _ => Err(TransactionTextError::KindOrBytes),
        }
    }

    /// A whole transaction, every part of it told.
    ///
    /// # Errors
    /// Where only the system sends it, or values have no JSON.
    pub fn of(transaction: &TransactionData) -> Result<Self, TransactionTextError> {
        let kind = AskedKind::of(transaction.kind())?;
        let gas_payment = transaction.gas_payment().iter().copied().map(Reference::from).collect();
        let what = Asked::Parts { kind: Box::new(kind), gas_payment };
        Ok(Self { sender: Some(transaction.sender()), what })
    }

    /// The text that [`parse`](Self::parse) reads.
    ///
    /// # Panics
    /// Never: what is in it has a JSON.
    #[must_use]
    pub fn to_text(&self) -> String {
        let (kind, gas_payment, bytes) = match &self.what {
            Asked::Whole(whole) => (None, None, Some(Base64(whole.to_bytes()))),
            Asked::Parts { kind, gas_payment } => {
                let gas = (!gas_payment.is_empty()).then(|| gas_payment.clone());
                (Some((**kind).clone()), gas, None)
            }
        };
        let version = u64::from(VERSION);
        let text = Text { version, sender: self.sender.map(Full), kind, gas_payment, bytes };
        serde_json::to_string(&text).expect("texts and numbers have a JSON")
    }

    /// What kind it is. None only for what [`parse`](Self::parse) refuses.
    #[must_use]
    pub fn kind(&self) -> Option<UserKind> {
        match &self.what {
            Asked::Whole(whole) => UserKind::of(whole.kind()),
            Asked::Parts { kind, .. } => Some(kind.user_kind()),
        }
    }

    /// Whether somebody else than this account shall send it.
    #[must_use]
    pub fn is_of_another(&self, account: Address) -> bool {
        let inside = match &self.what {
            Asked::Whole(whole) => Some(whole.sender()),
            Asked::Parts { .. } => None,
        };
        [self.sender, inside].into_iter().flatten().any(|sender| sender != account)
    }
}

fn whole(bytes: &[u8]) -> Result<Asked, TransactionTextError> {
    if bytes.len() > MAX_TRANSACTION_BYTES {
        return Err(TransactionTextError::TooLarge);
    }
    let transaction = TransactionData::from_bytes(bytes)
        .map_err(|error| TransactionTextError::Bytes(error.to_string()))?;
    if transaction.kind().is_system() {
        return Err(TransactionTextError::System(transaction.kind().name()));
    }
    // What is signed is what was handed over, to the byte.
    if transaction.to_bytes() != bytes {
        return Err(TransactionTextError::Bytes("there is another way to write them".into()));
    }
    Ok(Asked::Whole(Box::new(transaction)))
}
