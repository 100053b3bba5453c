//! From what a site wants to a transaction that was tried out: versions, coins and gas that it left open
//! are filled in with the account's own as they are now.

use super::transaction::{Asked, AskedKind, AskedTransaction, Reference};
use super::value::Whole;
use crate::address::{Address, ObjectId};
use crate::amount::Shannons;
use crate::intent::{
    Amount, Intent, ObjectsError, PayMany, SendCoins, StakeWithModel, StakeWithValidator,
    SubmitData,
};
use crate::job::send::{Draft, Facts, PrepareError, Prepared, Purse, Terms};
use crate::object::ObjectRef;
use crate::ports::{Chain, ChainError};
use crate::tensor::SomaTensor;
use crate::tx::TransactionData;
use std::collections::BTreeMap;

/// Why what a site wants is not prepared.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ResolveError {
    /// Another account than the one that was asked shall send it.
    #[error("the transaction is of another account than the one that was asked to sign it")]
    OtherSender,
    /// Neither says how much.
    #[error("neither an amount nor a coin is named: that could be everything")]
    NoAmount,
    /// As many amounts as recipients.
    #[error("{amounts} amounts are named for {recipients} recipients")]
    Uneven {
        /// How many amounts.
        amounts: usize,
        /// How many recipients.
        recipients: usize,
    },
    /// It cannot be prepared.
    #[error(transparent)]
    Prepare(#[from] PrepareError),
}

impl From<ChainError> for ResolveError {
    fn from(error: ChainError) -> Self {
        Self::Prepare(error.into())
    }
}

impl AskedTransaction {
    /// Completes it, tells what it would do and lets the node try it out. What the site named is left as it
    /// is, to the byte.
    ///
    /// # Errors
    /// Where it is of another account, cannot be done, or the node did not tell what is needed to know.
    pub async fn prepare(
        self,
        chain: &impl Chain,
        sender: Address,
        terms: &Terms,
    ) -> Result<Prepared, ResolveError> {
        if self.is_of_another(sender) {
            return Err(ResolveError::OtherSender);
        }
        let (kind, gas) = match self.what {
            Asked::Whole(whole) => return Ok(Prepared::given(chain, *whole, terms).await?),
            Asked::Parts { kind, gas_payment } => (*kind, gas_payment),
        };
        if gas.is_empty() && kind.lacks_coin() {
            let intent = intent_of(kind)?;
            return Ok(Prepared::new(chain, sender, &intent, terms).await?);
        }
        let transaction = complete(chain, sender, kind, gas, terms).await?;
        Ok(Prepared::given(chain, transaction, terms).await?)
    }
}

/// Fills in what is missing of a kind whose coin is named, here or among those that pay.
async fn complete(
    chain: &impl Chain,
    sender: Address,
    kind: AskedKind,
    gas: Vec<Reference>,
    terms: &Terms,
) -> Result<TransactionData, ResolveError> {
    let mut current = BTreeMap::new();
    for reference in kind.references().into_iter().chain(gas.iter().copied()) {
        if reference.at.is_none() && !current.contains_key(&reference.id) {
            current.insert(reference.id, newest(chain, reference.id).await?);
        }
    }
    let at = |reference: Reference| match reference.at {
        Some((version, digest)) => Some(ObjectRef { id: reference.id, version, digest }),
        None => current.get(&reference.id).copied(),
    };
    let gas: Vec<ObjectRef> = gas.into_iter().filter_map(at).collect();
    let kind = kind.complete(&at, gas.first().copied()).ok_or(ResolveError::NoAmount)?;
    if !gas.is_empty() {
        return Ok(TransactionData::new(kind, sender, gas));
    }
    let named = kind.owned_inputs();
    let ids = named.iter().map(|input| input.id).chain(kind.target()).collect::<Vec<_>>();
    let facts = Facts::of_objects(chain, &ids, terms).await?;
    let coins = chain.coins(sender).await?;
    let purse = Purse { coins: &coins, excluded: &terms.excluded, keep: None };
    match Draft::of_kind(&facts, sender, kind.clone(), &purse) {
        Ok(draft) => Ok(draft.transaction),
        Err(PrepareError::Coins(shortage)) => {
            // Nothing else can pay: the coins that are spent do, if they are coins.
            let is_coin = |input: &ObjectRef| coins.iter().any(|coin| coin.reference == *input);
            if named.is_empty() || !named.iter().all(is_coin) {
                return Err(PrepareError::Coins(shortage).into());
            }
            Ok(TransactionData::new(kind, sender, named))
        }
        Err(error) => Err(error.into()),
    }
}

async fn newest(chain: &impl Chain, id: ObjectId) -> Result<ObjectRef, ResolveError> {
    let object = chain.object(id).await?;
    let reference = object.and_then(|object| object.reference().ok());
    reference.ok_or_else(|| PrepareError::Objects(ObjectsError::NotFound(id)).into())
}

fn exact(amount: Option<Whole>) -> Result<Shannons, ResolveError> {
    amount.map(|amount| Shannons(amount.0)).ok_or(ResolveError::NoAmount)
}

/// What is meant by a kind that names no coin at all.
fn intent_of(kind: AskedKind) -> Result<Intent, ResolveError> {
    Ok(match kind {
        AskedKind::TransferCoin { amount, recipient, .. } => Intent::SendCoins(SendCoins {
            recipient: recipient.0,
            amount: Amount::Exact(exact(amount)?),
        }),
        AskedKind::PayCoins { amounts, recipients, .. } => {
            let amounts = amounts.ok_or(ResolveError::NoAmount)?;
            if amounts.len() != recipients.len() {
                let (amounts, recipients) = (amounts.len(), recipients.len());
                return Err(ResolveError::Uneven { amounts, recipients });
            }
            let amounts = amounts.into_iter().map(|amount| Shannons(amount.0));
            let payments = recipients.into_iter().map(|it| it.0).zip(amounts).collect();
            Intent::PayMany(PayMany { payments })
        }
        AskedKind::AddStake { address, amount, .. } => {
            let amount = Amount::Exact(exact(amount)?);
            Intent::StakeWithValidator(StakeWithValidator { validator: address.0, amount })
        }
        AskedKind::AddStakeToModel { model_id, amount, .. } => {
            let amount = Amount::Exact(exact(amount)?);
            Intent::StakeWithModel(StakeWithModel { model: model_id.0, amount })
        }
        AskedKind::SubmitData {
            target_id,
            data_manifest,
            model_id,
            embedding,
            distance_score,
            loss_score,
            ..
        } => {
            let vector = |values: Vec<super::value::Float>| {
                SomaTensor::vector(values.into_iter().map(|value| value.0).collect())
            };
            Intent::SubmitData(Box::new(SubmitData {
                target: target_id.0,
                model: model_id.0,
                manifest: data_manifest.into(),
                embedding: vector(embedding),
                distance: SomaTensor::scalar(distance_score.0),
                losses: vector(loss_score),
            }))
        }
        // All others name their coins, or spend none.
        _ => return Err(ResolveError::NoAmount),
    })
}
