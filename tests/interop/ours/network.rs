//! What we read of a network, and what we do on it.

use crate::operation::Operation;
use anyhow::{Context as _, Result, bail};
use base64ct::{Base64, Encoding as _};
use rpc::native::NativeClient;
use rpc::{StatusFilter, TargetFilter};
use serde::Deserialize;
use serde_json::{Value, json};
use std::time::Duration;
use wasm_core::address::{Address, ObjectId};
use wasm_core::digest::TransactionDigest;
use wasm_core::job::send::{Outcome, Prepared, Terms, execute};
use wasm_core::keys::Keypair;
use wasm_core::object::ObjectType;
use wasm_core::ports::{Chain, Executed, Pause};
use wasm_core::preview::Preview;
use wasm_core::tx::TransactionData;
use wasm_core::tx::sign::SignedTransaction;
use wasm_core::wallet::Wallet;

/// What a test asks of the network.
#[derive(Debug, Deserialize)]
#[serde(tag = "what", rename_all = "snake_case")]
pub(crate) enum Request {
    /// Who the node says it is.
    Info,
    /// The system state: as JSON, and its BCS.
    State,
    /// The coins of an address, and their sum.
    Coins { owner: Address },
    /// The current version of an object.
    Object { id: ObjectId },
    /// Targets that match all filters.
    Targets { status: Option<String>, epoch: Option<u64>, submitter: Option<Address> },
    /// A transaction by its digest.
    Transaction { digest: TransactionDigest },
    /// A checkpoint, or the newest.
    Checkpoint { number: Option<u64> },
    /// Prepares a transaction; gives its bytes, unsigned, and what it would do by our reckoning.
    Build { sender: Address, operation: Operation },
    /// What the node says of unsigned bytes.
    Simulate { transaction: String },
    /// Does it as the wallet does: previews, has it simulated, signs, sends, waits for the checkpoint.
    Do { key: String, operation: Operation },
    /// Executes signed bytes.
    Send { signed: String },
    /// Asks the faucet at this address for coins.
    Faucet { recipient: Address },
    /// Asks the admin at this address to end the epoch.
    Advance,
}

/// Pauses of the system's clock.
struct Sleep;

impl Pause for Sleep {
    async fn pause(&self, milliseconds: u64) {
        tokio::time::sleep(Duration::from_millis(milliseconds)).await;
    }
}

pub(crate) async fn answer(node: &str, request: Request) -> Result<Value> {
    let chain = NativeClient::connect(node);
    match request {
        Request::Info => Ok(json!(chain.service_info().await?)),
        Request::State => {
            let state = chain.system_state().await?;
            Ok(
                json!({ "state": state.as_v1(), "bcs": Base64::encode_string(&bcs::to_bytes(&state)?) }),
            )
        }
        Request::Coins { owner } => {
            let coins = chain.coins(owner).await?;
            let total = coins.iter().map(|coin| u128::from(coin.balance)).sum::<u128>();
            Ok(json!({ "coins": coins, "total": total.to_string() }))
        }
        Request::Object { id } => object(&chain, id).await,
        Request::Targets { status, epoch, submitter } => {
            targets(&chain, status.as_deref(), epoch, submitter).await
        }
        Request::Transaction { digest } => {
            Ok(chain.transaction(digest).await?.map_or(Value::Null, |executed| view(&executed)))
        }
        Request::Checkpoint { number } => Ok(json!(chain.checkpoint(number).await?)),
        Request::Build { sender, operation } => {
            let terms = Terms::default();
            let prepared = Prepared::new(&chain, sender, &operation.intent()?, &terms).await?;
            let review = prepared.review();
            Ok(json!({
                "transaction": Base64::encode_string(&hex::decode(&review.bytes)?),
                "digest": review.digest,
                "preview": preview(&review.preview),
                "simulation": review.simulation,
            }))
        }
        Request::Simulate { transaction } => {
            let transaction = TransactionData::from_bytes(&Base64::decode_vec(&transaction)?)?;
            Ok(view(&chain.simulate(&transaction).await?))
        }
        Request::Do { key, operation } => {
            let wallet = Wallet::new(chain, Sleep, Keypair::parse(&key)?);
            Ok(view(&wallet.execute(operation.intent()?).await?.executed))
        }
        Request::Send { signed } => {
            send(&chain, &SignedTransaction::from_bytes(&Base64::decode_vec(&signed)?)?).await
        }
        Request::Faucet { recipient } => Ok(json!(chain.request_gas(recipient).await?)),
        Request::Advance => Ok(json!(chain.advance_epoch().await?.epoch)),
    }
}

async fn send(chain: &impl Chain, signed: &SignedTransaction) -> Result<Value> {
    match execute(chain, signed).await {
        Outcome::Executed(executed) => Ok(view(&executed)),
        Outcome::NotExecuted(cause) => Err(cause.into()),
        Outcome::Unknown { digest, cause } => {
            bail!("nobody knows what became of {digest}: {cause}")
        }
    }
}

async fn object(chain: &impl Chain, id: ObjectId) -> Result<Value> {
    let Some(object) = chain.object(id).await? else { return Ok(Value::Null) };
    let payload = match object.data.object_type {
        ObjectType::Coin => json!({ "balance": object.coin_balance()? }),
        ObjectType::StakedSoma => json!(object.staked_soma()?),
        ObjectType::Target => json!(object.target()?),
        ObjectType::SystemState => Value::Null,
    };
    Ok(json!({
        "reference": object.reference()?,
        "type": object.data.object_type.name(),
        "owner": object.owner,
        "contents": Base64::encode_string(&object.data.contents),
        "previous_transaction": object.previous_transaction,
        "payload": payload,
    }))
}

async fn targets(
    chain: &NativeClient,
    status: Option<&str>,
    epoch: Option<u64>,
    submitter: Option<Address>,
) -> Result<Value> {
    let named = |name: &str| StatusFilter::ALL.into_iter().find(|status| status.name() == name);
    let status = status.map(|name| named(name).context("no such status")).transpose()?;
    let listed = chain.targets(&TargetFilter { status, epoch, submitter }).await?;
    let target = |target: &rpc::convert::target::ListedTarget| {
        json!({
            "id": target.id,
            "status": target.status.name(),
            "generation_epoch": target.generation_epoch,
            "reward_pool": target.reward_pool,
            "distance_threshold": target.distance_threshold,
            "model_ids": target.model_ids,
            "submitter": target.submitter,
            "winning_model_id": target.winning_model_id,
            "bond_amount": target.bond_amount,
        })
    };
    Ok(listed.iter().map(target).collect())
}

/// Balance changes, whose numbers are too large for JSON.
fn balances(changes: &[(Address, i128)]) -> Value {
    changes.iter().map(|(address, change)| json!([address, change.to_string()])).collect()
}

/// What a transaction would do by our own reckoning.
fn preview(preview: &Preview) -> Value {
    json!({
        "fee": preview.fee,
        "balance_changes": balances(&preview.balance_changes),
        "object_changes": preview.object_changes,
    })
}

/// A transaction as we see it.
fn view(executed: &Executed) -> Value {
    json!({
        "digest": executed.digest,
        "failure": executed.failure,
        "epoch": executed.epoch,
        "fee": executed.fee,
        "changed_objects": executed.changed_objects,
        "balance_changes": balances(&executed.balance_changes),
        "checkpoint": executed.checkpoint,
    })
}
