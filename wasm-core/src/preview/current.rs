//! What a preview must know of the chain: the system state, and the objects a transaction names.

use crate::address::{Address, ObjectId};
use crate::object::{Object, ObjectError, ObjectType, Owner, StakedSoma};
use crate::ports::Coin;
use crate::system_state::SystemStateV1;
use crate::target::TargetV1;
use crate::tx::TransactionKind;
use std::collections::{BTreeMap, BTreeSet};

/// The chain's current objects, as far as a transaction needs them.
#[derive(Clone, Debug)]
pub struct CurrentObjects<'a> {
    state: &'a SystemStateV1,
    held: BTreeMap<ObjectId, Held>,
}

/// An object and whose it is.
#[derive(Clone, Debug)]
pub(super) struct Held {
    pub(super) owner: Option<Address>,
    pub(super) content: Content,
}

/// What an object holds.
#[derive(Clone, Debug)]
pub(super) enum Content {
    /// Shannons.
    Coin(u64),
    /// A stake.
    Stake(StakedSoma),
    /// A target.
    Target(Box<TargetV1>),
    /// A target that will be made from randomness of the transaction's digest.
    NewTarget,
    /// The system state; what it holds stands in [`CurrentObjects::state`].
    SystemState,
}

impl Content {
    pub(super) const fn object_type(&self) -> ObjectType {
        match self {
            Self::Coin(_) => ObjectType::Coin,
            Self::Stake(_) => ObjectType::StakedSoma,
            Self::Target(_) | Self::NewTarget => ObjectType::Target,
            Self::SystemState => ObjectType::SystemState,
        }
    }
}

impl<'a> CurrentObjects<'a> {
    /// The system state, which every preview needs: it tells prices, epoch, pools, models and
    /// validators.
    #[must_use]
    pub fn new(state: &'a SystemStateV1) -> Self {
        let system_state = Held { owner: None, content: Content::SystemState };
        Self { state, held: BTreeMap::from([(ObjectId::SYSTEM_STATE, system_state)]) }
    }

    /// Adds coins of an address.
    #[must_use]
    pub fn with_coins(mut self, owner: Address, coins: &[Coin]) -> Self {
        for coin in coins {
            self.put_coin(owner, coin.reference.id, coin.balance);
        }
        self
    }

    /// Adds a coin of an address that holds so many shannons.
    pub fn put_coin(&mut self, owner: Address, id: ObjectId, balance: u64) {
        let held = Held { owner: Some(owner), content: Content::Coin(balance) };
        self.held.insert(id, held);
    }

    /// Adds an object of any type.
    ///
    /// # Errors
    /// Where the object's bytes are not what its type says.
    pub fn put(&mut self, object: &Object) -> Result<(), ObjectError> {
        let content = match object.data.object_type {
            ObjectType::Coin => Content::Coin(object.coin_balance()?),
            ObjectType::StakedSoma => Content::Stake(object.staked_soma()?),
            ObjectType::Target => Content::Target(Box::new(object.target()?)),
            ObjectType::SystemState => Content::SystemState,
        };
        let owner = match object.owner {
            Owner::AddressOwner(owner) => Some(owner),
            Owner::Shared { .. } | Owner::Immutable => None,
        };
        self.held.insert(object.id()?, Held { owner, content });
        Ok(())
    }

    /// The objects that a kind names and that are not known yet, to be looked up.
    #[must_use]
    pub fn missing(&self, kind: &TransactionKind) -> Vec<ObjectId> {
        let owned = kind.owned_inputs().into_iter().map(|object| object.id);
        let named: BTreeSet<ObjectId> = owned.chain(kind.target()).collect();
        named.into_iter().filter(|id| !self.held.contains_key(id)).collect()
    }

    /// The system state.
    #[must_use]
    pub const fn state(&self) -> &'a SystemStateV1 {
        self.state
    }

    pub(super) fn get(&self, id: ObjectId) -> Option<&Held> {
        self.held.get(&id)
    }
}
