//! A node: what it tells, and what is prepared with it.

use crate::error::{argument, thrown};
use crate::patience::until;
use crate::prepared::RawPrepared;
use crate::text::parsed;
use crate::transaction::{read, read_signature};
use crate::value::plain;
use rpc::web::WebClient;
use rpc::{StatusFilter, TargetFilter};
use serde::Serialize;
use std::collections::BTreeSet;
use std::time::Duration;
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;
use wasm_core::address::{Address, ObjectId};
use wasm_core::amount::Shannons;
use wasm_core::dapp::AskedTransaction;
use wasm_core::digest::{CheckpointDigest, TransactionDigest};
use wasm_core::intent::{Amount, Intent, PayMany, SendCoins, StakeWithModel, StakeWithValidator};
use wasm_core::job::send::{Prepared, Terms};
use wasm_core::object::{Object, ObjectRef, ObjectType, Owner};
use wasm_core::ports::{Chain as _, ChainError};
use wasm_core::stakes::StakedCoin;
use wasm_core::system_state::{Model, SystemState};
use wasm_core::tx::TransactionData;
use wasm_core::tx::sign::SignedTransaction;
use web_sys::AbortSignal;

/// An object as programs look at it.
#[derive(Serialize)]
struct ObjectView {
    reference: ObjectRef,
    object_type: ObjectType,
    owner: Owner,
    previous_transaction: TransactionDigest,
}

impl ObjectView {
    fn of(object: &Object) -> Result<Self, JsValue> {
        Ok(Self {
            reference: object.reference().map_err(thrown)?,
            object_type: object.data.object_type,
            owner: object.owner,
            previous_transaction: object.previous_transaction,
        })
    }
}

/// A model beside its id.
#[derive(Serialize)]
struct ModelView<'m> {
    id: ObjectId,
    architecture_version: u64,
    commission_rate: u64,
    model: &'m Model,
}

impl<'m> ModelView<'m> {
    const fn of(id: ObjectId, model: &'m Model) -> Self {
        let (architecture_version, commission_rate) =
            (model.architecture_version(), model.commission_rate());
        Self { id, architecture_version, commission_rate, model }
    }
}

/// A client of one node.
#[wasm_bindgen]
#[derive(Debug)]
pub struct RawClient {
    node: WebClient,
    expected_chain: Option<CheckpointDigest>,
}

#[wasm_bindgen]
impl RawClient {
    /// A client of the node at `https://host:port`, and the chain that it must speak for, if any.
    #[wasm_bindgen(constructor)]
    pub fn new(url: &str, expected_chain: Option<String>) -> Result<Self, JsValue> {
        let expected_chain = expected_chain.map(|digest| parsed(&digest)).transpose()?;
        Ok(Self { node: WebClient::connect(url), expected_chain })
    }

    /// All that the node says of itself.
    pub async fn info(&self, signal: Option<AbortSignal>) -> Result<JsValue, JsValue> {
        plain(&until(signal, self.node.node_info()).await?)
    }

    /// What an address holds, in shannons.
    pub async fn balance(
        &self,
        owner: String,
        signal: Option<AbortSignal>,
    ) -> Result<u64, JsValue> {
        until(signal, self.node.balance(parsed(&owner)?)).await
    }

    /// The coins of an address.
    pub async fn coins(
        &self,
        owner: String,
        signal: Option<AbortSignal>,
    ) -> Result<JsValue, JsValue> {
        plain(&until(signal, self.node.coins(parsed(&owner)?)).await?)
    }

    /// An object; nothing where there is none.
    pub async fn object(
        &self,
        id: String,
        signal: Option<AbortSignal>,
    ) -> Result<JsValue, JsValue> {
        let object = until(signal, self.node.object(parsed(&id)?)).await?;
        plain(&object.as_ref().map(ObjectView::of).transpose()?)
    }

    /// All objects of an address, of one type where it is named.
    pub async fn owned(
        &self,
        owner: String,
        object_type: Option<String>,
        signal: Option<AbortSignal>,
    ) -> Result<JsValue, JsValue> {
        let named = |name: String| {
            ObjectType::from_name(&name).ok_or_else(|| {
                argument("objects are of type Coin, StakedSoma, Target or SystemState")
            })
        };
        let object_type = object_type.map(named).transpose()?;
        let objects = until(signal, self.node.owned(parsed(&owner)?, object_type)).await?;
        plain(&objects.iter().map(ObjectView::of).collect::<Result<Vec<_>, _>>()?)
    }

    /// All models that the chain knows, inactive ones too.
    pub async fn models(&self, signal: Option<AbortSignal>) -> Result<JsValue, JsValue> {
        let models = until(signal, self.node.models()).await?;
        plain(&models.iter().map(|(id, model)| ModelView::of(*id, model)).collect::<Vec<_>>())
    }

    /// A model; nothing where there is none.
    pub async fn model(&self, id: String, signal: Option<AbortSignal>) -> Result<JsValue, JsValue> {
        let id = parsed(&id)?;
        let model = until(signal, self.node.model(id)).await?;
        plain(&model.as_ref().map(|model| ModelView::of(id, model)))
    }

    /// Targets in a state, of an epoch, by a submitter; all where nothing is named.
    pub async fn targets(
        &self,
        status: Option<String>,
        epoch: Option<u64>,
        submitter: Option<String>,
        embeddings: bool,
        signal: Option<AbortSignal>,
    ) -> Result<JsValue, JsValue> {
        let named = |name: String| {
            let mut all = StatusFilter::ALL.into_iter();
            all.find(|status| status.name() == name)
                .ok_or_else(|| argument("targets are open, filled, claimable, claimed or expired"))
        };
        let filter = TargetFilter {
            status: status.map(named).transpose()?,
            epoch,
            submitter: submitter.map(|submitter| parsed(&submitter)).transpose()?,
        };
        let targets = async {
            if embeddings {
                self.node.targets(&filter).await
            } else {
                self.node.targets_without_embeddings(&filter).await
            }
        };
        plain(&until(signal, targets).await?)
    }

    /// A target with its embedding; nothing where there is none.
    pub async fn target(
        &self,
        id: String,
        signal: Option<AbortSignal>,
    ) -> Result<JsValue, JsValue> {
        plain(&until(signal, self.node.listed_target(parsed(&id)?)).await?)
    }

    /// The stakes of an address, and what withdrawing each pays now.
    pub async fn stakes(
        &self,
        owner: String,
        signal: Option<AbortSignal>,
    ) -> Result<JsValue, JsValue> {
        let owner = parsed(&owner)?;
        let asked = async {
            let SystemState::V1(state) = self.node.system_state().await?;
            let objects = self.node.owned(owner, Some(ObjectType::StakedSoma)).await?;
            Ok::<_, ChainError>((state, objects))
        };
        let (state, objects) = until(signal, asked).await?;
        let stake = |object| StakedCoin::of(object, owner, &state, &BTreeSet::new());
        let stakes: Result<Vec<_>, _> = objects.iter().map(stake).collect();
        plain(&stakes.map_err(thrown)?)
    }

    /// The system state: epoch, parameters, validators, models.
    #[wasm_bindgen(js_name = systemState)]
    pub async fn system_state(&self, signal: Option<AbortSignal>) -> Result<JsValue, JsValue> {
        let SystemState::V1(state) = until(signal, self.node.system_state()).await?;
        plain(&state)
    }

    /// A transaction that was executed; nothing where the node knows none.
    pub async fn transaction(
        &self,
        digest: String,
        signal: Option<AbortSignal>,
    ) -> Result<JsValue, JsValue> {
        plain(&until(signal, self.node.transaction_details(parsed(&digest)?)).await?)
    }

    /// Waits until a transaction is in a checkpoint, for so many milliseconds.
    pub async fn wait(
        &self,
        digest: String,
        milliseconds: u32,
        signal: Option<AbortSignal>,
    ) -> Result<JsValue, JsValue> {
        let limit = Duration::from_millis(milliseconds.into());
        plain(&until(signal, self.node.wait_for_transaction(parsed(&digest)?, limit)).await?)
    }

    /// What the node says that a transaction would do.
    pub async fn simulate(
        &self,
        transaction: Vec<u8>,
        signal: Option<AbortSignal>,
    ) -> Result<JsValue, JsValue> {
        let transaction = read(&transaction)?;
        plain(&until(signal, self.node.simulate(&transaction)).await?)
    }

    /// Prepares what a transaction's text says: what it leaves open is completed.
    #[wasm_bindgen(js_name = prepareText)]
    pub async fn prepare_text(
        &self,
        sender: String,
        text: String,
        signal: Option<AbortSignal>,
    ) -> Result<RawPrepared, JsValue> {
        let asked = AskedTransaction::parse(&text).map_err(thrown)?;
        let (sender, terms) = (parsed(&sender)?, self.terms());
        Ok(self.prepared(until(signal, asked.prepare(&self.node, sender, &terms)).await?))
    }

    /// Prepares a whole transaction.
    #[wasm_bindgen(js_name = prepareBytes)]
    pub async fn prepare_bytes(
        &self,
        transaction: Vec<u8>,
        signal: Option<AbortSignal>,
    ) -> Result<RawPrepared, JsValue> {
        let (transaction, terms) = (read(&transaction)?, self.terms());
        Ok(self.prepared(until(signal, Prepared::given(&self.node, transaction, &terms)).await?))
    }

    /// Prepares a payment to one or more; without an amount, of all there is to one.
    #[wasm_bindgen(js_name = prepareSend)]
    pub async fn prepare_send(
        &self,
        sender: String,
        recipients: Vec<String>,
        amounts: Option<Vec<u64>>,
        signal: Option<AbortSignal>,
    ) -> Result<RawPrepared, JsValue> {
        let recipients: Vec<Address> =
            recipients.iter().map(|recipient| parsed(recipient)).collect::<Result<_, _>>()?;
        let intent = match (recipients.as_slice(), amounts.as_deref()) {
            ([recipient], None) => SendCoins { recipient: *recipient, amount: Amount::Max }.into(),
            ([recipient], Some([amount])) => {
                let amount = Amount::Exact(Shannons(*amount));
                SendCoins { recipient: *recipient, amount }.into()
            }
            (recipients, Some(amounts)) if recipients.len() == amounts.len() => {
                let amounts = amounts.iter().map(|amount| Shannons(*amount));
                PayMany { payments: recipients.iter().copied().zip(amounts).collect() }.into()
            }
            _ => return Err(argument("each recipient gets an amount")),
        };
        self.intended(&sender, &intent, signal).await
    }

    /// Prepares a stake with a validator or a model; without an amount, of all there is.
    #[wasm_bindgen(js_name = prepareStake)]
    pub async fn prepare_stake(
        &self,
        sender: String,
        validator: Option<String>,
        model: Option<String>,
        amount: Option<u64>,
        signal: Option<AbortSignal>,
    ) -> Result<RawPrepared, JsValue> {
        let amount = amount.map_or(Amount::Max, |amount| Amount::Exact(Shannons(amount)));
        let intent = match (validator, model) {
            (Some(validator), None) => {
                StakeWithValidator { validator: parsed(&validator)?, amount }.into()
            }
            (None, Some(model)) => StakeWithModel { model: parsed(&model)?, amount }.into(),
            _ => return Err(argument("a stake is with a validator or with a model")),
        };
        self.intended(&sender, &intent, signal).await
    }

    /// Prepares to take a stake back.
    #[wasm_bindgen(js_name = prepareWithdrawal)]
    pub async fn prepare_withdrawal(
        &self,
        sender: String,
        stake: String,
        signal: Option<AbortSignal>,
    ) -> Result<RawPrepared, JsValue> {
        self.intended(&sender, &Intent::WithdrawStake(parsed(&stake)?), signal).await
    }

    /// Prepares to join the coins of an account into one.
    #[wasm_bindgen(js_name = prepareMerge)]
    pub async fn prepare_merge(
        &self,
        sender: String,
        signal: Option<AbortSignal>,
    ) -> Result<RawPrepared, JsValue> {
        self.intended(&sender, &Intent::MergeCoins, signal).await
    }

    /// Sends a transaction that was signed elsewhere, as it is. Returns what it did.
    pub async fn execute(
        &self,
        transaction: Vec<u8>,
        signature: String,
        signal: Option<AbortSignal>,
    ) -> Result<JsValue, JsValue> {
        let transaction: TransactionData = read(&transaction)?;
        let signature = read_signature(&signature)?;
        signature.verify(&transaction).map_err(thrown)?;
        let signed = SignedTransaction { transaction, signature };
        self.check_chain(signal.clone()).await?;
        crate::prepared::send(&self.node, &signed, signal).await
    }
}

impl RawClient {
    fn terms(&self) -> Terms {
        Terms { expected_chain: self.expected_chain, ..Terms::default() }
    }

    async fn intended(
        &self,
        sender: &str,
        intent: &Intent,
        signal: Option<AbortSignal>,
    ) -> Result<RawPrepared, JsValue> {
        let (sender, terms) = (parsed(sender)?, self.terms());
        Ok(self.prepared(until(signal, Prepared::new(&self.node, sender, intent, &terms)).await?))
    }

    fn prepared(&self, prepared: Prepared) -> RawPrepared {
        RawPrepared::new(prepared, self.node.clone(), self.expected_chain)
    }

    async fn check_chain(&self, signal: Option<AbortSignal>) -> Result<(), JsValue> {
        crate::prepared::check_chain(&self.node, self.expected_chain, signal).await
    }
}
