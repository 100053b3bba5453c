//! The way of a signed transaction to the chain.

use crate::error::{thrown, told};
use crate::patience::until;
use crate::reading::{read, read_signature};
use crate::value::plain;
use rpc::web::WebClient;
use serde::Serialize;
use wasm_bindgen::JsValue;
use wasm_core::digest::CheckpointDigest;
use wasm_core::explain::Explanation;
use wasm_core::job::send::{self, Outcome};
use wasm_core::ports::{Chain as _, Executed};
use wasm_core::tx::sign::SignedTransaction;
use web_sys::AbortSignal;

/// Makes sure that the node still speaks for the chain that was meant.
async fn check_chain(
    node: &WebClient,
    expected: Option<CheckpointDigest>,
) -> Result<JsValue, JsValue> {
    let Some(expected) = expected else { return Ok(JsValue::UNDEFINED) };
    let actual = node.service_info().await.map_err(thrown)?.chain_id;
    if actual == expected {
        return Ok(JsValue::UNDEFINED);
    }
    let message =
        format!("this node belongs to another chain, {actual}, than was meant, {expected}");
    Err(told("prepare/wrong-chain", &message, &JsValue::UNDEFINED))
}

/// What a transaction did, in its own words where it failed.
#[derive(Serialize)]
struct Done<'e> {
    executed: &'e Executed,
    explanation: Option<Explanation>,
}

/// Sends a signed transaction, and throws where it was not executed, or nobody knows.
pub(crate) async fn execute(
    node: WebClient,
    expected_chain: Option<CheckpointDigest>,
    transaction: Vec<u8>,
    signature: String,
    signal: Option<AbortSignal>,
) -> Result<JsValue, JsValue> {
    let transaction = read(&transaction)?;
    let signature = read_signature(&signature)?;
    signature.verify(&transaction).map_err(thrown)?;
    let checking = node.clone();
    let check = async move { check_chain(&checking, expected_chain).await };
    until(signal.clone(), Box::pin(check)).await??;
    let digest = transaction.digest();
    let signed = SignedTransaction { transaction, signature };
    let sending = async move { told_of(send::execute(&node, &signed).await) };
    // From here on, whoever gives up does not know what became of it.
    until(signal, Box::pin(sending)).await.map_err(|given_up| {
        let message =
            format!("nobody knows yet whether {digest} was executed; look it up, or send it again");
        told("execute/unknown", &message, &given_up)
    })?
}

fn told_of(outcome: Outcome) -> Result<JsValue, JsValue> {
    match outcome {
        Outcome::Executed(executed) => {
            let explanation = executed.failure.as_ref().map(Explanation::of_failure);
            plain(&Done { executed: &executed, explanation })
        }
        Outcome::NotExecuted(error) => Err(told(
            "execute/refused",
            &format!("it was not executed, and nothing was paid: {error}"),
            &thrown(error),
        )),
        Outcome::Unknown { digest, cause } => Err(told(
            "execute/unknown",
            &format!(
                "nobody knows yet whether {digest} was executed; look it up, or send it again: {cause}"
            ),
            &thrown(cause),
        )),
    }
}
