//! What a person means to do, before any coin, fee or signature is chosen.

use crate::address::{Address, AddressParseError, ModelId, ObjectId};
use crate::amount::{AmountParseError, Shannons};
use crate::digest::{DecryptionKeyCommitment, EmbeddingCommitment};
use crate::manifest::Manifest;
use crate::system_state::{Model, ModelStateV1, SystemStateV1};
use crate::tensor::SomaTensor;
use crate::tx::TransactionKind;
use crate::tx::kind::{CommitModelArgs, RevealModelArgs};
use crate::weights::{Commitments, DecryptionKey};
use serde::{Deserialize, Serialize};

/// How much to send.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Amount {
    /// This much.
    Exact(Shannons),
    /// All that can be sent, fee left aside.
    Max,
}

/// To send coins to somebody.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SendCoins {
    /// Who receives.
    pub recipient: Address,
    /// How much.
    pub amount: Amount,
}

/// Fields of the form for sending.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SendField {
    /// Who receives.
    Recipient,
    /// How much.
    Amount,
}

/// Why the form for sending is not filled in properly.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SendError {
    /// The recipient is no address.
    #[error(transparent)]
    Recipient(#[from] AddressParseError),
    /// The recipient is too short to be an address that somebody gave.
    #[error("a whole address has 64 digits after its 0x, this one has {digits}")]
    ShortRecipient {
        /// How many there are.
        digits: usize,
    },
    /// The recipient cannot be anybody.
    #[error("{0}")]
    Nobody(Nobody),
    /// The amount is no amount.
    #[error(transparent)]
    Amount(#[from] AmountParseError),
    /// Nothing would be sent.
    #[error("an amount is more than zero")]
    Nothing,
    /// More than can be sent.
    #[error("at most {spendable} SOMA can be sent, which leaves the fee")]
    TooMuch {
        /// The most that can be sent in one transaction.
        spendable: Shannons,
    },
    /// There is nothing to send.
    #[error("this account has nothing that could be sent")]
    Empty,
}

impl SendError {
    /// The field to fix.
    #[must_use]
    pub const fn field(&self) -> SendField {
        match self {
            Self::Recipient(_) | Self::ShortRecipient { .. } | Self::Nobody(_) => {
                SendField::Recipient
            }
            Self::Amount(_) | Self::Nothing | Self::TooMuch { .. } | Self::Empty => {
                SendField::Amount
            }
        }
    }
}

/// Why 32 bytes are the address of nobody.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Nobody {
    /// All zeros.
    #[error("nobody has the address of all zeros; what is sent there is lost")]
    Zero,
    /// The system state.
    #[error("this is the id of the system state, not an address; what is sent there is lost")]
    SystemState,
    /// Another object that is known.
    #[error("this is the id of {0}, not an address; what is sent there is lost")]
    Object(&'static str),
}

impl Nobody {
    /// Whether an address can be nobody's for reasons that need no look at the chain.
    #[must_use]
    pub fn of(address: Address) -> Option<Self> {
        if address == Address::ZERO {
            Some(Self::Zero)
        } else if address.0 == ObjectId::SYSTEM_STATE.0 {
            Some(Self::SystemState)
        } else {
            None
        }
    }

    /// Whether an address is the id of a model or of a pool of the system state.
    #[must_use]
    pub fn in_state(address: Address, state: &SystemStateV1) -> Option<Self> {
        let id = ObjectId(address.0);
        let registry = &state.model_registry;
        if registry.models.contains_key(&id) {
            Some(Self::Object("a model"))
        } else if registry.staking_pool_mappings.contains_key(&id)
            || state.validators.staking_pool_mappings.contains_key(&id)
        {
            Some(Self::Object("a staking pool"))
        } else {
            None
        }
    }
}

impl SendCoins {
    /// Reads the two fields of the form for sending.
    ///
    /// # Errors
    /// Where a field is not what it should be; [`SendError::field`] says which.
    pub fn parse(recipient: &str, amount: &str, spendable: Shannons) -> Result<Self, SendError> {
        let recipient = Self::parse_recipient(recipient)?;
        let amount = Self::parse_amount(amount, spendable)?;
        Ok(Self { recipient, amount: Amount::Exact(amount) })
    }

    /// Reads the amount: more than nothing, and not more than `spendable`.
    ///
    /// # Errors
    /// Where it is no such amount.
    pub fn parse_amount(text: &str, spendable: Shannons) -> Result<Shannons, SendError> {
        match text.parse::<Shannons>()? {
            Shannons::ZERO => Err(SendError::Nothing),
            _ if spendable == Shannons::ZERO => Err(SendError::Empty),
            amount if amount > spendable => Err(SendError::TooMuch { spendable }),
            amount => Ok(amount),
        }
    }

    /// Reads the form where everything is to be sent.
    ///
    /// # Errors
    /// Where the recipient is not what it should be, or there is nothing.
    pub fn parse_max(recipient: &str, spendable: Shannons) -> Result<Self, SendError> {
        let recipient = Self::parse_recipient(recipient)?;
        if spendable == Shannons::ZERO {
            return Err(SendError::Empty);
        }
        Ok(Self { recipient, amount: Amount::Max })
    }

    /// Reads the recipient: 64 digits, with or without `0x`; not an id that is nobody's.
    ///
    /// The network would fill up fewer digits with zeros, which turns a piece of an address into
    /// the address of nobody.
    ///
    /// # Errors
    /// Where it is no address, or nobody's.
    pub fn parse_recipient(text: &str) -> Result<Address, SendError> {
        let text = text.trim();
        let recipient = text.parse::<Address>()?;
        let digits = text.strip_prefix("0x").unwrap_or(text).len();
        if digits < 64 {
            return Err(SendError::ShortRecipient { digits });
        }
        Nobody::of(recipient).map_or(Ok(recipient), |nobody| Err(SendError::Nobody(nobody)))
    }
}

/// To register a model.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CreateModel {
    /// First stake, out of the account.
    pub stake: Shannons,
    /// Commission in basis points.
    pub commission_bps: u64,
}

/// Highest commission, in basis points.
pub const MAX_COMMISSION_BPS: u64 = 10_000;

/// To promise weights, embedding and key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CommitModel {
    /// Which model.
    pub model: ModelId,
    /// Where the sealed file lies, and what it is.
    pub manifest: Manifest,
    /// To the embedding.
    pub embedding: EmbeddingCommitment,
    /// To the key.
    pub decryption_key: DecryptionKeyCommitment,
}

/// To keep the promise, and make the key public.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RevealModel {
    /// Which model.
    pub model: ModelId,
    /// The key of the sealed file.
    pub key: DecryptionKey,
    /// Where the model stands in embedding space.
    pub embedding: SomaTensor,
}

/// Why a text is not the first stake of a model.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StakeError {
    /// It is no amount.
    #[error(transparent)]
    Amount(#[from] AmountParseError),
    /// It is too small.
    #[error(transparent)]
    Model(#[from] ModelError),
}

/// Why something cannot be done with a model now.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ModelError {
    /// The first stake is too small.
    #[error("a new model needs a stake of at least {least} SOMA")]
    StakeTooSmall {
        /// What the network asks for.
        least: Shannons,
    },
    /// The commission is more than everything.
    #[error("a commission cannot be more than 100 %")]
    CommissionTooHigh,
    /// There is no such model.
    #[error("there is no model {0} on this network")]
    NotFound(ModelId),
    /// It is somebody else's.
    #[error("model {model} belongs to {owner}")]
    NotOwner {
        /// Which model.
        model: ModelId,
        /// Whose it is.
        owner: Address,
    },
    /// It has been committed and waits for its reveal.
    #[error("model {0} is committed already and waits for its reveal")]
    AlreadyCommitted(ModelId),
    /// It is out of service.
    #[error("model {0} is out of service for good")]
    Inactive(ModelId),
    /// It is not in service yet.
    #[error("model {0} is not active")]
    NotActive(ModelId),
    /// Nothing waits for a reveal.
    #[error("model {0} has no commit that waits for its reveal")]
    NothingCommitted(ModelId),
    /// The epoch is not the one that counts.
    #[error("the reveal counts in epoch {due} only, and this is epoch {now}")]
    WrongEpoch {
        /// The one that counts.
        due: u64,
        /// The present one.
        now: u64,
    },
    /// Key or embedding are not what was committed.
    #[error("the {0} is not the one that was committed, so the reveal would fail")]
    OtherThanCommitted(&'static str),
    /// The embedding cannot be used.
    #[error(transparent)]
    Embedding(#[from] EmbeddingError),
    /// The file's address cannot be fetched by the network.
    #[error("the weights must lie at an http or https address")]
    NotFetchable,
}

/// Why values are no embedding of this network.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EmbeddingError {
    /// Too few or too many values.
    #[error("an embedding has {expected} values on this network, this one has {actual}")]
    Length {
        /// What the network uses.
        expected: u64,
        /// What there is.
        actual: u64,
    },
    /// A value is infinite or not a number.
    #[error("value {position} of the embedding is not a finite number")]
    NotFinite {
        /// Which value, counted from 1.
        position: usize,
    },
    /// All values are zero, or so small that the length is.
    #[error("an embedding needs a direction, so not all of its values can be zero")]
    Zero,
    /// The length of the vector does not fit into f32, so no distance to it could be told.
    #[error("the values of the embedding are too large to tell distances with")]
    TooLarge,
    /// It is not a plain list of values.
    #[error("an embedding is a plain list of values")]
    Shape,
}

/// Makes sure that a tensor can stand in embedding space: length, finiteness, a direction.
///
/// The chain checks none of this, and a wrong one breaks the making of targets for everybody.
///
/// # Errors
/// Where it cannot.
pub fn check_embedding(embedding: &SomaTensor, dimension: u64) -> Result<(), EmbeddingError> {
    let actual = u64::try_from(embedding.values().len()).unwrap_or(u64::MAX);
    if embedding.shape() != [actual] {
        return Err(EmbeddingError::Shape);
    }
    if actual != dimension {
        return Err(EmbeddingError::Length { expected: dimension, actual });
    }
    if let Some(at) = embedding.values().iter().position(|value| !value.is_finite()) {
        return Err(EmbeddingError::NotFinite { position: at + 1 });
    }
    let squares: f32 = embedding.values().iter().map(|value| value * value).sum();
    if squares == 0.0 {
        return Err(EmbeddingError::Zero);
    }
    if squares.is_infinite() {
        return Err(EmbeddingError::TooLarge);
    }
    Ok(())
}

/// The model, if it is there and the sender's.
pub(crate) fn own_model(
    model: ModelId,
    sender: Address,
    state: &SystemStateV1,
) -> Result<&Model, ModelError> {
    let found = state.model_registry.models.get(&model).ok_or(ModelError::NotFound(model))?;
    let owner = found.owner();
    if owner == sender { Ok(found) } else { Err(ModelError::NotOwner { model, owner }) }
}

impl CreateModel {
    /// Reads the first stake: decimal SOMA, at least what the network asks for.
    ///
    /// # Errors
    /// Where it is no such amount.
    pub fn parse_stake(text: &str, least: Shannons) -> Result<Shannons, StakeError> {
        match text.parse::<Shannons>()? {
            stake if stake < least => Err(ModelError::StakeTooSmall { least }.into()),
            stake => Ok(stake),
        }
    }

    /// The transaction, for the network as it is now.
    ///
    /// # Errors
    /// Where the network would not accept stake or commission.
    pub const fn kind(&self, state: &SystemStateV1) -> Result<TransactionKind, ModelError> {
        let parameters = &state.parameters;
        if self.stake.0 < parameters.model_min_stake {
            let least = Shannons(parameters.model_min_stake);
            return Err(ModelError::StakeTooSmall { least });
        }
        if self.commission_bps > MAX_COMMISSION_BPS {
            return Err(ModelError::CommissionTooHigh);
        }
        Ok(TransactionKind::CreateModel {
            stake_amount: self.stake.0,
            commission_rate: self.commission_bps,
            architecture_version: parameters.model_architecture_version,
        })
    }
}

impl CommitModel {
    /// The three promises.
    #[must_use]
    pub const fn commitments(&self) -> Commitments {
        Commitments {
            weights: crate::digest::WeightsCommitment::of(self.manifest.checksum()),
            embedding: self.embedding,
            decryption_key: self.decryption_key,
        }
    }

    /// The transaction, for the network as it is now.
    ///
    /// # Errors
    /// Where the model cannot be committed to now, or its file could not be fetched.
    pub fn kind(
        &self,
        sender: Address,
        state: &SystemStateV1,
    ) -> Result<TransactionKind, ModelError> {
        match own_model(self.model, sender, state)?.state() {
            ModelStateV1::Created(_) | ModelStateV1::Active(_) => {}
            ModelStateV1::Pending(_) => return Err(ModelError::AlreadyCommitted(self.model)),
            ModelStateV1::Inactive(_) => return Err(ModelError::Inactive(self.model)),
        }
        if !self.manifest.url().is_http() {
            return Err(ModelError::NotFetchable);
        }
        let Commitments { weights, embedding, decryption_key } = self.commitments();
        Ok(TransactionKind::CommitModel(CommitModelArgs {
            model_id: self.model,
            manifest: self.manifest.clone(),
            weights_commitment: weights,
            embedding_commitment: embedding,
            decryption_key_commitment: decryption_key,
        }))
    }
}

impl RevealModel {
    /// The transaction, for the network as it is now.
    ///
    /// # Errors
    /// Where nothing waits for the reveal, this is not its epoch, or key or embedding are not what was
    /// committed.
    pub fn kind(
        &self,
        sender: Address,
        state: &SystemStateV1,
    ) -> Result<TransactionKind, ModelError> {
        let (embedding, key, committed_in) = match own_model(self.model, sender, state)?.state() {
            ModelStateV1::Pending(model) => {
                (model.embedding_commitment, model.decryption_key_commitment, model.commit_epoch)
            }
            ModelStateV1::Active(model) => {
                let update = model.pending_update.as_ref();
                let update = update.ok_or(ModelError::NothingCommitted(self.model))?;
                let key = update.decryption_key_commitment;
                (update.embedding_commitment, key, update.commit_epoch)
            }
            ModelStateV1::Created(_) => {
                return Err(ModelError::NothingCommitted(self.model));
            }
            ModelStateV1::Inactive(_) => return Err(ModelError::Inactive(self.model)),
        };
        let due = committed_in.saturating_add(1);
        if state.epoch != due {
            return Err(ModelError::WrongEpoch { due, now: state.epoch });
        }
        if DecryptionKeyCommitment::of(&self.key) != key {
            return Err(ModelError::OtherThanCommitted("key"));
        }
        if EmbeddingCommitment::of(&self.embedding) != embedding {
            return Err(ModelError::OtherThanCommitted("embedding"));
        }
        check_embedding(&self.embedding, state.parameters.target_embedding_dim)?;
        Ok(TransactionKind::RevealModel(RevealModelArgs {
            model_id: self.model,
            decryption_key: self.key.clone(),
            embedding: self.embedding.clone(),
        }))
    }
}

/// Anything that this wallet prepares.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Intent {
    /// Send coins.
    SendCoins(SendCoins),
    /// Register a model.
    CreateModel(CreateModel),
    /// Promise its weights.
    CommitModel(CommitModel),
    /// Keep the promise.
    RevealModel(RevealModel),
    /// Set a model's commission from the next epoch on.
    SetModelCommission {
        /// Which model.
        model: ModelId,
        /// Basis points.
        commission_bps: u64,
    },
    /// Take a model out of service for good.
    DeactivateModel(ModelId),
}

impl From<SendCoins> for Intent {
    fn from(intent: SendCoins) -> Self {
        Self::SendCoins(intent)
    }
}

impl From<CreateModel> for Intent {
    fn from(intent: CreateModel) -> Self {
        Self::CreateModel(intent)
    }
}

impl From<CommitModel> for Intent {
    fn from(intent: CommitModel) -> Self {
        Self::CommitModel(intent)
    }
}

impl From<RevealModel> for Intent {
    fn from(intent: RevealModel) -> Self {
        Self::RevealModel(intent)
    }
}

/// The transaction of an intent that concerns an active model of the sender.
pub(crate) fn active_model_kind(
    model_id: ModelId,
    sender: Address,
    state: &SystemStateV1,
    kind: TransactionKind,
) -> Result<TransactionKind, ModelError> {
    match own_model(model_id, sender, state)?.state() {
        ModelStateV1::Active(_) => Ok(kind),
        ModelStateV1::Inactive(_) => Err(ModelError::Inactive(model_id)),
        ModelStateV1::Created(_) | ModelStateV1::Pending(_) => Err(ModelError::NotActive(model_id)),
    }
}

#[cfg(test)]
mod tests {
    use super::{
        Amount, CreateModel, EmbeddingError, ModelError, Nobody, SendCoins, SendError, SendField,
        check_embedding,
    };
    use crate::address::{Address, AddressParseError, ObjectId};
    use crate::amount::{AmountParseError, Shannons};
    use crate::recorded;
    use crate::tensor::SomaTensor;
    use crate::tx::TransactionKind;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    const YOU: &str = "0x0202020202020202020202020202020202020202020202020202020202020202";
    const SPENDABLE: Shannons = Shannons(5_000_000_000);

    #[test]
    fn two_fields_become_an_intent() {
        assert_eq!(
            SendCoins::parse(&format!("  {YOU}\n"), " 1.5 ", SPENDABLE),
            Ok(SendCoins {
                recipient: Address([2; 32]),
                amount: Amount::Exact(Shannons(1_500_000_000))
            })
        );
        assert!(SendCoins::parse(YOU, "5", SPENDABLE).is_ok());
        let max = SendCoins::parse_max(YOU, SPENDABLE).unwrap();
        assert_eq!(max.amount, Amount::Max);
    }

    #[test]
    fn every_error_belongs_to_the_field_that_it_is_about() {
        let (zero, state) = (Address::ZERO.to_string(), ObjectId::SYSTEM_STATE.to_string());
        let cases = [
            ("", "1", SendError::Recipient(AddressParseError::Empty)),
            ("0xzz", "1", SendError::Recipient(AddressParseError::NotHex)),
            ("1234", "1", SendError::Recipient(AddressParseError::TooShort(4))),
            ("0x1234", "1", SendError::ShortRecipient { digits: 4 }),
            (&zero, "1", SendError::Nobody(Nobody::Zero)),
            (&state, "1", SendError::Nobody(Nobody::SystemState)),
            (YOU, "", SendError::Amount(AmountParseError::Empty)),
            (YOU, "1e9", SendError::Amount(AmountParseError::NotDecimal)),
            (YOU, "0.0", SendError::Nothing),
            (YOU, "5.000000001", SendError::TooMuch { spendable: SPENDABLE }),
        ];
        for (recipient, amount, error) in cases {
            let field = if amount == "1" { SendField::Recipient } else { SendField::Amount };
            assert_eq!(error.field(), field);
            assert_eq!(SendCoins::parse(recipient, amount, SPENDABLE), Err(error));
        }
        assert_eq!(SendCoins::parse_max(YOU, Shannons::ZERO), Err(SendError::Empty));
        assert_eq!(SendCoins::parse(YOU, "1", Shannons::ZERO), Err(SendError::Empty));
        assert_eq!(SendError::Empty.field(), SendField::Amount);
    }

    #[test]
    fn an_embedding_has_the_networks_length_and_a_direction() {
        let of = |values: &[f32]| check_embedding(&SomaTensor::vector(values.to_vec()), 3);
        assert_eq!(of(&[0.0, -1.0, 0.5]), Ok(()));
        let short = EmbeddingError::Length { expected: 3, actual: 2 };
        assert_eq!(of(&[0.0, 1.0]), Err(short));
        for value in [f32::NAN, f32::INFINITY, f32::NEG_INFINITY] {
            assert_eq!(of(&[0.0, value, 1.0]), Err(EmbeddingError::NotFinite { position: 2 }));
        }
        assert_eq!(of(&[0.0, -0.0, 0.0]), Err(EmbeddingError::Zero));
        assert_eq!(of(&[f32::MAX, 1.0, 1.0]), Err(EmbeddingError::TooLarge));
        let square = SomaTensor::new(vec![1.0, 2.0, 3.0], vec![3, 1]).unwrap();
        assert_eq!(check_embedding(&square, 3), Err(EmbeddingError::Shape));
    }

    #[test]
    fn a_new_model_needs_the_networks_stake_and_a_possible_commission() {
        let state = recorded::system_state();
        let least = Shannons(state.parameters.model_min_stake);
        let of = |stake: u64, commission_bps: u64| {
            CreateModel { stake: Shannons(stake), commission_bps }.kind(&state)
        };
        assert_eq!(of(least.0 - 1, 0), Err(ModelError::StakeTooSmall { least }));
        assert_eq!(of(least.0, 10_001), Err(ModelError::CommissionTooHigh));
        assert_eq!(
            of(least.0, 10_000),
            Ok(TransactionKind::CreateModel {
                stake_amount: least.0,
                commission_rate: 10_000,
                architecture_version: state.parameters.model_architecture_version,
            })
        );
    }

    #[test]
    fn a_pool_or_a_model_is_nobody() {
        let state = recorded::system_state();
        let pool = state.validators.validators[0].staking_pool.id;
        let nobody = Nobody::in_state(Address(pool.0), &state);
        assert_eq!(nobody, Some(Nobody::Object("a staking pool")));
        assert_eq!(Nobody::in_state(Address([77; 32]), &state), None);
    }
}
