//! What a preparation reads of the chain, apart from the sender's coins.

use super::prepare::{PrepareError, Terms};
use crate::address::{Address, ObjectId};
use crate::fees::FeeParameters;
use crate::intent::Intent;
use crate::object::{Object, ObjectError};
use crate::ports::{Chain, ChainError, Coin};
use crate::preview::CurrentObjects;
use crate::system_state::SystemStateV1;
use std::collections::{BTreeMap, BTreeSet};

/// The chain as it was when it was asked.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Facts {
    pub(crate) state: SystemStateV1,
    pub(crate) fees: FeeParameters,
    /// Newest checkpoint of the node.
    pub(crate) checkpoint: u64,
    /// Objects that the intent is about, as far as they exist.
    pub(crate) objects: BTreeMap<ObjectId, Object>,
    /// Recipients that are ids of objects; none where the node could not be asked.
    pub(crate) recipients_as_objects: Option<BTreeSet<ObjectId>>,
}

impl Facts {
    /// Asks for all that an intent needs.
    pub(crate) async fn of_intent(
        chain: &impl Chain,
        intent: &Intent,
        terms: &Terms,
    ) -> Result<Self, PrepareError> {
        let mut facts = Self::of_objects(chain, &intent.objects(), terms).await?;
        let recipients: BTreeSet<ObjectId> =
            intent.recipients().into_iter().map(|recipient| ObjectId(recipient.0)).collect();
        if !recipients.is_empty() {
            let asked: Vec<ObjectId> = recipients.into_iter().collect();
            // Nothing is paid with the answer; without one, that is said.
            facts.recipients_as_objects = chain.existing(&asked).await.ok();
        }
        Ok(facts)
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
        let recipients_as_objects = Some(BTreeSet::new());
        Ok(Self { state, fees, checkpoint: info.checkpoint_height, objects, recipients_as_objects })
    }

    /// What a preview depends on.
    pub(crate) fn current(
        &self,
        sender: Address,
        coins: &[Coin],
    ) -> Result<CurrentObjects<'_>, PrepareError> {
        let mut current = CurrentObjects::new(&self.state).with_coins(sender, coins);
        for object in self.objects.values() {
            let garbage = |error: ObjectError| ChainError::Garbage(error.to_string());
            current.put(object).map_err(garbage)?;
        }
        Ok(current)
    }
}
