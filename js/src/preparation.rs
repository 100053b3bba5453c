//! From a wish to a transaction that was tried out.

use crate::codes::Coded;
use crate::error::{argument, thrown};
use crate::patience::promise;
use crate::prepared::RawPrepared;
use crate::reading::read;
use crate::text::parsed;
use js_sys::Promise;
use rpc::web::WebClient;
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;
use wasm_core::address::Address;
use wasm_core::amount::Shannons;
use wasm_core::dapp::AskedTransaction;
use wasm_core::digest::CheckpointDigest;
use wasm_core::intent::{Amount, Intent, PayMany, SendCoins, StakeWithModel, StakeWithValidator};
use wasm_core::job::send::{Prepared, Terms};
use web_sys::AbortSignal;

/// Prepares transactions with one node.
#[wasm_bindgen]
#[derive(Clone, Debug)]
pub struct RawPreparation {
    node: WebClient,
    expected_chain: Option<CheckpointDigest>,
}

#[wasm_bindgen]
impl RawPreparation {
    /// With the node at `https://host:port`, and the chain that it must speak for, if any.
    #[wasm_bindgen(constructor)]
    pub fn new(url: &str, expected_chain: Option<String>) -> Result<Self, JsValue> {
        let expected_chain = expected_chain.map(|digest| parsed(&digest)).transpose()?;
        Ok(Self { node: WebClient::connect(url), expected_chain })
    }

    /// Of what a transaction's text says: what it leaves open is completed.
    pub fn text(&self, sender: String, text: String, signal: Option<AbortSignal>) -> Promise {
        let of = self.clone();
        promise(signal, async move {
            let asked = AskedTransaction::parse(&text).map_err(thrown)?;
            made(asked.prepare(&of.node, parsed(&sender)?, &of.terms()).await)
        })
    }

    /// Of a whole transaction.
    pub fn bytes(&self, transaction: Vec<u8>, signal: Option<AbortSignal>) -> Promise {
        let of = self.clone();
        promise(signal, async move {
            made(Prepared::given(&of.node, read(&transaction)?, &of.terms()).await)
        })
    }

    /// Of a payment to one or more; without an amount, of all there is to one.
    pub fn send(
        &self,
        sender: String,
        recipients: Vec<String>,
        amounts: Option<Vec<u64>>,
        signal: Option<AbortSignal>,
    ) -> Promise {
        self.intended(sender, payment(recipients, amounts), signal)
    }

    /// Of a stake with a validator or a model; without an amount, of all there is.
    pub fn stake(
        &self,
        sender: String,
        validator: Option<String>,
        model: Option<String>,
        amount: Option<u64>,
        signal: Option<AbortSignal>,
    ) -> Promise {
        self.intended(sender, stake(validator, model, amount), signal)
    }

    /// Of taking a stake back.
    pub fn withdrawal(&self, sender: String, stake: &str, signal: Option<AbortSignal>) -> Promise {
        self.intended(sender, parsed(stake).map(Intent::WithdrawStake), signal)
    }

    /// Of joining the coins of an account into one.
    pub fn merge(&self, sender: String, signal: Option<AbortSignal>) -> Promise {
        self.intended(sender, Ok(Intent::MergeCoins), signal)
    }
}

impl RawPreparation {
    fn terms(&self) -> Terms {
        Terms { expected_chain: self.expected_chain, ..Terms::default() }
    }

    fn intended(
        &self,
        sender: String,
        intent: Result<Intent, JsValue>,
        signal: Option<AbortSignal>,
    ) -> Promise {
        let of = self.clone();
        promise(signal, async move {
            made(Prepared::new(&of.node, parsed(&sender)?, &intent?, &of.terms()).await)
        })
    }
}

fn made<E: Coded>(prepared: Result<Prepared, E>) -> Result<JsValue, JsValue> {
    prepared.map(|prepared| RawPrepared::from(prepared).into()).map_err(thrown)
}

fn payment(recipients: Vec<String>, amounts: Option<Vec<u64>>) -> Result<Intent, JsValue> {
    let recipients: Vec<Address> =
        recipients.into_iter().map(|recipient| parsed(&recipient)).collect::<Result<_, _>>()?;
    Ok(match (recipients.as_slice(), amounts) {
        ([recipient], None) => SendCoins { recipient: *recipient, amount: Amount::Max }.into(),
        ([recipient], Some(amounts)) if amounts.len() == 1 => {
            let amount = Amount::Exact(Shannons(amounts[0]));
            SendCoins { recipient: *recipient, amount }.into()
        }
        (recipients, Some(amounts)) if recipients.len() == amounts.len() => {
            let amounts = amounts.into_iter().map(Shannons);
            PayMany { payments: recipients.iter().copied().zip(amounts).collect() }.into()
        }
        _ => return Err(argument("each recipient gets an amount")),
    })
}

fn stake(
    validator: Option<String>,
    model: Option<String>,
    amount: Option<u64>,
) -> Result<Intent, JsValue> {
    let amount = amount.map_or(Amount::Max, |amount| Amount::Exact(Shannons(amount)));
    Ok(match (validator, model) {
        (Some(validator), None) => {
            StakeWithValidator { validator: parsed(&validator)?, amount }.into()
        }
        (None, Some(model)) => StakeWithModel { model: parsed(&model)?, amount }.into(),
        _ => return Err(argument("a stake is with a validator or with a model")),
    })
}
