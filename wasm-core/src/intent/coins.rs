//! To send coins and other objects.

use crate::address::{Address, AddressParseError, ObjectId};
use crate::amount::{AmountParseError, Shannons};
use crate::object::{Object, ObjectRef, ObjectType};
use crate::system_state::SystemStateV1;
use crate::tx::TransactionKind;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

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
    /// A small number, as the network keeps for itself.
    #[error(
        "this is an id that the network keeps for itself, not an address; what is sent there is lost"
    )]
    System,
    /// Another object that is known.
    #[error("this is the id of {0}, not an address; what is sent there is lost")]
    Object(&'static str),
}

/// What ids of the system's own objects begin with. No key that anybody holds has such an address.
const SYSTEM_PREFIX: [u8; 24] = [0; 24];

impl Nobody {
    /// Whether an address can be nobody's for reasons that need no look at the chain.
    #[must_use]
    pub fn of(address: Address) -> Option<Self> {
        if address == Address::ZERO {
            Some(Self::Zero)
        } else if address.0 == ObjectId::SYSTEM_STATE.0 {
            Some(Self::SystemState)
        } else if address.0.starts_with(&SYSTEM_PREFIX) {
            Some(Self::System)
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

/// To pay several people in one transaction.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PayMany {
    /// Who receives how much. Somebody who stands here twice gets two coins.
    pub payments: Vec<(Address, Shannons)>,
}

/// Why several people cannot be paid like this.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PayError {
    /// Nobody is named.
    #[error("nobody is named to be paid")]
    NoRecipients,
    /// Somebody would get nothing.
    #[error("an amount is more than zero, and {0} would get nothing")]
    Nothing(Address),
    /// The amounts cannot exist.
    #[error("the amounts add up to more than can exist")]
    Overflow,
}

impl PayMany {
    /// All amounts together.
    ///
    /// # Errors
    /// Where nobody is named, somebody would get nothing, or the sum cannot exist.
    pub fn total(&self) -> Result<Shannons, PayError> {
        if self.payments.is_empty() {
            return Err(PayError::NoRecipients);
        }
        let mut total = 0_u64;
        for (recipient, amount) in &self.payments {
            if *amount == Shannons::ZERO {
                return Err(PayError::Nothing(*recipient));
            }
            total = total.checked_add(amount.0).ok_or(PayError::Overflow)?;
        }
        Ok(Shannons(total))
    }

    /// The transaction, paid from a coin that is also the one that pays the fee.
    #[must_use]
    pub fn kind(&self, coin: ObjectRef) -> TransactionKind {
        let (recipients, amounts) =
            self.payments.iter().map(|(recipient, amount)| (*recipient, amount.0)).unzip();
        // Never without amounts: a node cannot be told of that.
        TransactionKind::PayCoins { coins: vec![coin], amounts: Some(amounts), recipients }
    }
}

/// To give whole coins and stakes away.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TransferObjects {
    /// What is given.
    pub objects: Vec<ObjectId>,
    /// Who receives.
    pub recipient: Address,
}

/// Why objects cannot be given away.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ObjectsError {
    /// None is named.
    #[error("no object is named")]
    None,
    /// One is named twice.
    #[error("object {0} is named twice")]
    Twice(ObjectId),
    /// There is none of that id.
    #[error("there is no object {0}")]
    NotFound(ObjectId),
    /// It is somebody else's, or everybody's.
    #[error("object {object} does not belong to {sender}")]
    NotOwner {
        /// Which object.
        object: ObjectId,
        /// Who would give it.
        sender: Address,
    },
    /// It is on its way already.
    #[error("object {0} is in use by a transaction that is not settled yet")]
    InUse(ObjectId),
    /// Only coins and stakes can be owned.
    #[error("object {object} is a {}, which cannot be given away", .actual.name())]
    NotGivable {
        /// Which object.
        object: ObjectId,
        /// What it is.
        actual: ObjectType,
    },
}

/// The current version of an owned object.
pub(super) fn owned(
    id: ObjectId,
    sender: Address,
    objects: &BTreeMap<ObjectId, Object>,
) -> Result<(&Object, ObjectRef), ObjectsError> {
    let object = objects.get(&id).ok_or(ObjectsError::NotFound(id))?;
    if object.owner.address() != Some(sender) {
        return Err(ObjectsError::NotOwner { object: id, sender });
    }
    let reference = object.reference().map_err(|_| ObjectsError::NotFound(id))?;
    Ok((object, reference))
}

impl TransferObjects {
    /// The current versions of what is given, out of these objects.
    ///
    /// # Errors
    /// Where one is missing, somebody else's, or neither coin nor stake.
    pub fn references(
        &self,
        sender: Address,
        objects: &BTreeMap<ObjectId, Object>,
    ) -> Result<Vec<ObjectRef>, ObjectsError> {
        if self.objects.is_empty() {
            return Err(ObjectsError::None);
        }
        let mut seen = BTreeSet::new();
        let mut references = Vec::new();
        for &id in &self.objects {
            if !seen.insert(id) {
                return Err(ObjectsError::Twice(id));
            }
            let (object, reference) = owned(id, sender, objects)?;
            let actual = object.data.object_type;
            if !matches!(actual, ObjectType::Coin | ObjectType::StakedSoma) {
                return Err(ObjectsError::NotGivable { object: id, actual });
            }
            references.push(reference);
        }
        Ok(references)
    }
}

#[cfg(test)]
mod tests {
    use super::{ObjectsError, PayError, PayMany, TransferObjects};
    use crate::address::{Address, ObjectId};
    use crate::amount::Shannons;
    use crate::digest::TransactionDigest;
    use crate::job::fake::coin_object;
    use crate::object::{Object, ObjectType, Owner};
    use std::collections::BTreeMap;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    const ME: Address = Address([1; 32]);
    const YOU: Address = Address([2; 32]);

    #[test]
    fn several_people_are_paid_something_each() {
        let of = |amounts: &[u64]| {
            let payments = amounts.iter().map(|amount| (YOU, Shannons(*amount))).collect();
            PayMany { payments }.total()
        };
        assert_eq!(of(&[1, 2, 3]), Ok(Shannons(6)));
        assert_eq!(of(&[]), Err(PayError::NoRecipients));
        assert_eq!(of(&[1, 0]), Err(PayError::Nothing(YOU)));
        assert_eq!(of(&[u64::MAX, 1]), Err(PayError::Overflow));
    }

    #[test]
    fn only_what_is_ones_own_and_can_be_owned_is_given_away() {
        let (coin, target) = (ObjectId([3; 32]), ObjectId([4; 32]));
        let writer = TransactionDigest([1; 32]);
        let own = Owner::AddressOwner(ME);
        let strange = Object::new(target, 1, ObjectType::Target, &[], own, writer);
        let objects = BTreeMap::from([(coin, coin_object(coin, 5)), (target, strange)]);
        let of = |ids: &[ObjectId], sender| {
            let transfer = TransferObjects { objects: ids.to_vec(), recipient: YOU };
            transfer.references(sender, &objects)
        };
        assert_eq!(of(&[coin], ME).unwrap()[0].version, 5);
        assert_eq!(of(&[], ME), Err(ObjectsError::None));
        assert_eq!(of(&[coin, coin], ME), Err(ObjectsError::Twice(coin)));
        let nothing = ObjectId([9; 32]);
        assert_eq!(of(&[nothing], ME), Err(ObjectsError::NotFound(nothing)));
        let not_mine = ObjectsError::NotOwner { object: coin, sender: YOU };
        assert_eq!(of(&[coin], YOU), Err(not_mine));
        let actual = ObjectType::Target;
        assert_eq!(of(&[target], ME), Err(ObjectsError::NotGivable { object: target, actual }));
    }
}
