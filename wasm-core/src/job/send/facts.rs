//! What a preparation reads of the chain, apart from the sender's coins.

use super::prepare::{PrepareError, Terms};
use crate::address::ObjectId;
use crate::fees::{FeeParameters, Inputs};
use crate::intent::Intent;
use crate::object::Object;
use crate::ports::{Chain, Coin};
use crate::system_state::SystemStateV1;
use crate::tx::TransactionData;
use std::collections::BTreeMap;

/// The chain as it was when it was asked.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Facts {
    pub(crate) state: SystemStateV1,
    pub(crate) fees: FeeParameters,
    /// Newest checkpoint of the node.
    pub(crate) checkpoint: u64,
    /// Objects that the intent is about, as far as they exist.
    pub(crate) objects: BTreeMap<ObjectId, Object>,
}

impl Facts {
    /// Asks for all that an intent needs.
    pub(crate) async fn of_intent(
        chain: &impl Chain,
        intent: &Intent,
        terms: &Terms,
    ) -> Result<Self, PrepareError> {
        Self::of_objects(chain, &intent.objects(), terms).await
    }

    /// Asks for these objects, and what every intent needs.
    pub(crate) async fn of_objects(
        chain: &impl Chain,
        ids: &[ObjectId],
        terms: &Terms,
    ) -> Result<Self, PrepareError> {
        let info = chain.service_info().await?;
        if let Some(expected) = terms.expected_chain
            && expected != info.chain_id
        {
            return Err(PrepareError::WrongChain { expected, actual: info.chain_id });
        }
        let state = chain.system_state().await?.as_v1().clone();
        let mut objects = BTreeMap::new();
        for &id in ids {
            if let Some(object) = chain.object(id).await? {
                objects.insert(id, object);
            }
        }
        let fees = FeeParameters::from(&state.parameters);
        Ok(Self { state, fees, checkpoint: info.checkpoint_height, objects })
    }

    /// What fee and effects of a transaction depend on.
    pub(crate) fn inputs(&self, transaction: &TransactionData, coins: &[Coin]) -> Inputs {
        let mut inputs = Inputs::default();
        let kind = transaction.kind();
        let named = kind.owned_inputs();
        for reference in transaction.gas_payment().iter().chain(&named) {
            let coin = coins.iter().find(|coin| coin.reference.id == reference.id);
            let object = self.objects.get(&reference.id);
            let balance = coin
                .map(|coin| coin.balance)
                .or_else(|| object.and_then(|object| object.coin_balance().ok()));
            if let Some(balance) = balance {
                inputs.coins.insert(reference.id, balance);
            } else if let Some(stake) = object.and_then(|object| object.staked_soma().ok()) {
                inputs.stakes.insert(reference.id, stake.principal);
            }
        }
        inputs
    }
}
