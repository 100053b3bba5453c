//! Objects: what the chain keeps.

use crate::address::{Address, ObjectId};
use crate::digest::{ObjectDigest, TransactionDigest, typed_digest};
use crate::system_state::SystemState;
use crate::target::TargetV1;
use serde::{Deserialize, Serialize};
use std::fmt;

/// The version of a written object, a Lamport clock.
pub type Version = u64;

/// Versions from here on are marks, not versions.
pub const MAX_VERSION: Version = 0x7fff_ffff_ffff_ffff;

/// One version of one object. BCS: 32 + 8 + 33 = 73 bytes.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct ObjectRef {
    /// Which object.
    pub id: ObjectId,
    /// Which version.
    pub version: Version,
    /// What it is then.
    pub digest: ObjectDigest,
}

impl fmt::Debug for ObjectRef {
    /// As the node's error texts have it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "({:?}, Version({}), {:?})", self.id, self.version, self.digest)
    }
}

/// Who may use an object.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Owner {
    /// One address.
    AddressOwner(Address),
    /// Everybody, in the order of consensus.
    Shared {
        /// When it was first shared.
        initial_shared_version: Version,
    },
    /// Nobody may change it.
    Immutable,
}

impl Owner {
    /// The address, where it is one.
    #[must_use]
    pub const fn address(&self) -> Option<Address> {
        match self {
            Self::AddressOwner(address) => Some(*address),
            _ => None,
        }
    }
}

/// What an object is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[expect(missing_docs, reason = "the names are the chain's and say it")]
pub enum ObjectType {
    SystemState,
    Coin,
    StakedSoma,
    Target,
}

impl ObjectType {
    /// The name the node's API uses.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::SystemState => "SystemState",
            Self::Coin => "Coin",
            Self::StakedSoma => "StakedSoma",
            Self::Target => "Target",
        }
    }

    /// The type of a name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::SystemState, Self::Coin, Self::StakedSoma, Self::Target]
            .into_iter()
            .find(|kind| kind.name() == name)
    }
}

/// An object as it is stored and digested (`ObjectInner` of the chain).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Object {
    /// Type, version and contents.
    pub data: ObjectData,
    /// Who may use it.
    pub owner: Owner,
    /// Who wrote this version.
    pub previous_transaction: TransactionDigest,
}

/// Type, version and contents of an object.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ObjectData {
    /// What it is.
    pub object_type: ObjectType,
    /// Which version.
    pub version: Version,
    /// The id, 32 bytes, then the payload.
    pub contents: Vec<u8>,
}

/// Why an object's bytes are not what its type says.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ObjectError {
    /// Shorter than an id.
    #[error("an object without an id")]
    NoId,
    /// Another type was expected.
    #[error("object {id} is a {actual:?}, not a {expected:?}")]
    Type {
        /// Which object.
        id: ObjectId,
        /// What was expected.
        expected: ObjectType,
        /// What it is.
        actual: ObjectType,
    },
    /// The payload does not decode.
    #[error("object {id} does not decode: {reason}")]
    Payload {
        /// Which object.
        id: ObjectId,
        /// What BCS says.
        reason: String,
    },
}

/// A stake in a validator's or model's pool.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StakedSoma {
    /// Which pool.
    pub pool_id: ObjectId,
    /// From when it counts.
    pub stake_activation_epoch: u64,
    /// Shannons paid in.
    pub principal: u64,
}

impl Object {
    /// An object of a type, with its payload.
    #[must_use]
    pub fn new(
        id: ObjectId,
        version: Version,
        object_type: ObjectType,
        payload: &[u8],
        owner: Owner,
        previous_transaction: TransactionDigest,
    ) -> Self {
        let contents = [&id.0[..], payload].concat();
        Self { data: ObjectData { object_type, version, contents }, owner, previous_transaction }
    }

    /// The id, the first 32 bytes of the contents.
    ///
    /// # Errors
    /// Where the contents are shorter.
    pub fn id(&self) -> Result<ObjectId, ObjectError> {
        let bytes = self.data.contents.first_chunk().ok_or(ObjectError::NoId)?;
        Ok(ObjectId(*bytes))
    }

    /// What follows the id.
    #[must_use]
    pub fn payload(&self) -> &[u8] {
        self.data.contents.get(32..).unwrap_or_default()
    }

    /// Blake2b-256 of `Object::` and the BCS.
    #[must_use]
    pub fn digest(&self) -> ObjectDigest {
        ObjectDigest(typed_digest("Object", self))
    }

    /// The BCS, which is what is digested.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        bcs::to_bytes(self).expect("an object has a BCS form")
    }

    /// Id, version and digest.
    ///
    /// # Errors
    /// Where there is no id.
    pub fn reference(&self) -> Result<ObjectRef, ObjectError> {
        Ok(ObjectRef { id: self.id()?, version: self.data.version, digest: self.digest() })
    }

    fn decode<T: for<'de> Deserialize<'de>>(&self, expected: ObjectType) -> Result<T, ObjectError> {
        let id = self.id()?;
        if self.data.object_type != expected {
            return Err(ObjectError::Type { id, expected, actual: self.data.object_type });
        }
        bcs::from_bytes(self.payload())
            .map_err(|error| ObjectError::Payload { id, reason: error.to_string() })
    }

    /// The balance of a coin, in shannons.
    ///
    /// # Errors
    /// Where it is not a coin.
    pub fn coin_balance(&self) -> Result<u64, ObjectError> {
        self.decode(ObjectType::Coin)
    }

    /// The stake that it is.
    ///
    /// # Errors
    /// Where it is not a stake.
    pub fn staked_soma(&self) -> Result<StakedSoma, ObjectError> {
        self.decode(ObjectType::StakedSoma)
    }

    /// The target that it is.
    ///
    /// # Errors
    /// Where it is not a target.
    pub fn target(&self) -> Result<TargetV1, ObjectError> {
        self.decode(ObjectType::Target)
    }

    /// The system state that it is, tagged or (of old data) bare.
    ///
    /// # Errors
    /// Where it is not the system state.
    pub fn system_state(&self) -> Result<SystemState, ObjectError> {
        match self.decode(ObjectType::SystemState) {
            Ok(state) => Ok(state),
            Err(tagged) => {
                self.decode(ObjectType::SystemState).map(SystemState::V1).map_err(|_| tagged)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Object, ObjectError, ObjectType, Owner, StakedSoma};
    use crate::address::{Address, ObjectId};
    use crate::digest::TransactionDigest;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    const ID: ObjectId = ObjectId([6; 32]);

    fn object(object_type: ObjectType, payload: &[u8]) -> Object {
        let owner = Owner::AddressOwner(Address([1; 32]));
        Object::new(ID, 3, object_type, payload, owner, TransactionDigest([2; 32]))
    }

    #[test]
    fn a_coin_has_the_chains_bytes() {
        let coin = object(ObjectType::Coin, &5_u64.to_le_bytes());
        let wanted = [
            &[1][..],
            &3_u64.to_le_bytes(),
            &[40],
            &[6; 32],
            &5_u64.to_le_bytes(),
            &[0],
            &[1; 32],
            &[32],
            &[2; 32],
        ];
        assert_eq!(bcs::to_bytes(&coin).unwrap(), wanted.concat());
        assert_eq!(coin.coin_balance(), Ok(5));
        assert_eq!(bcs::to_bytes(&coin.reference().unwrap()).unwrap().len(), 73);
    }

    #[test]
    fn one_type_is_not_read_as_another() {
        let stake = StakedSoma { pool_id: ID, stake_activation_epoch: 1, principal: 2 };
        let stake_object = object(ObjectType::StakedSoma, &bcs::to_bytes(&stake).unwrap());
        assert_eq!(stake_object.staked_soma(), Ok(stake));
        assert_eq!(
            stake_object.coin_balance(),
            Err(ObjectError::Type {
                id: ID,
                expected: ObjectType::Coin,
                actual: ObjectType::StakedSoma
            })
        );
    }

    #[test]
    fn a_payload_of_another_length_is_refused() {
        for length in [0, 7, 9] {
            let coin = object(ObjectType::Coin, &vec![0; length]);
            assert!(matches!(coin.coin_balance(), Err(ObjectError::Payload { id: ID, .. })));
        }
        let state = object(ObjectType::SystemState, &[]);
        assert!(matches!(state.system_state(), Err(ObjectError::Payload { .. })));
    }

    #[test]
    fn an_object_without_an_id_is_refused() {
        let mut coin = object(ObjectType::Coin, &[]);
        coin.data.contents.pop();
        assert_eq!(coin.id(), Err(ObjectError::NoId));
        assert_eq!(coin.reference(), Err(ObjectError::NoId));
        assert_eq!(coin.coin_balance(), Err(ObjectError::NoId));
        assert!(coin.payload().is_empty());
    }

    #[test]
    fn types_have_the_names_of_the_nodes_interface() {
        for name in ["SystemState", "Coin", "StakedSoma", "Target"] {
            assert_eq!(ObjectType::from_name(name).unwrap().name(), name);
        }
        assert_eq!(ObjectType::from_name("coin"), None);
    }
}
