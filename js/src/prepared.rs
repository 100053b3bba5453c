//! A transaction that was tried out, on its way to a signature and the chain.

use crate::error::{thrown, told};
use crate::patience::until;
use crate::transaction::read_signature;
use crate::value::plain;
use crate::words::words;
use rpc::web::WebClient;
use serde::Serialize;
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;
use wasm_core::digest::CheckpointDigest;
use wasm_core::explain::Explanation;
use wasm_core::job::send::{self, Outcome, PrepareError, Prepared};
use wasm_core::ports::{Chain as _, Executed};
use wasm_core::preview::Consent;
use wasm_core::tx::sign::SignedTransaction;
use web_sys::AbortSignal;

/// What a person sees before signing, and the only way from there to the chain.
#[wasm_bindgen]
#[derive(Debug)]
pub struct RawPrepared {
    prepared: Prepared,
    node: WebClient,
    expected_chain: Option<CheckpointDigest>,
}

impl RawPrepared {
    pub(crate) const fn new(
        prepared: Prepared,
        node: WebClient,
        expected_chain: Option<CheckpointDigest>,
    ) -> Self {
        Self { prepared, node, expected_chain }
    }
}

#[wasm_bindgen]
impl RawPrepared {
    /// The BCS that is to be signed.
    #[must_use]
    pub fn bytes(&self) -> Vec<u8> {
        self.prepared.transaction().to_bytes()
    }

    /// What the network will know it by.
    #[must_use]
    pub fn digest(&self) -> String {
        self.prepared.digest().to_string()
    }

    /// What it says, in plain words.
    #[must_use]
    pub fn describe(&self) -> JsValue {
        words(&self.prepared.review().description)
    }

    /// All that a person should see.
    pub fn review(&self) -> Result<JsValue, JsValue> {
        plain(self.prepared.review())
    }

    /// Throws where a finding forbids signing, or a danger is none of those accepted.
    #[wasm_bindgen(js_name = checkConsent)]
    pub fn check_consent(&self, accepted: Vec<usize>) -> Result<(), JsValue> {
        self.prepared.check_consent(&Consent::to(accepted)).map_err(thrown)
    }

    /// Sends it with its sender's signature. Returns what it did.
    pub async fn execute(
        &self,
        signature: String,
        accepted: Vec<usize>,
        signal: Option<AbortSignal>,
    ) -> Result<JsValue, JsValue> {
        let signature = read_signature(&signature)?;
        let prepared = self.prepared.clone();
        let signed = prepared.signed(signature, &Consent::to(accepted)).map_err(thrown)?;
        check_chain(&self.node, self.expected_chain, signal.clone()).await?;
        send(&self.node, &signed, signal).await
    }
}

/// Makes sure that the node still speaks for the chain that was meant.
pub(crate) async fn check_chain(
    node: &WebClient,
    expected: Option<CheckpointDigest>,
    signal: Option<AbortSignal>,
) -> Result<(), JsValue> {
    let Some(expected) = expected else { return Ok(()) };
    let actual = until(signal, node.service_info()).await?.chain_id;
    if actual == expected {
        return Ok(());
    }
    Err(thrown(PrepareError::WrongChain { expected, actual }))
}

/// What a transaction did, in its own words where it failed.
#[derive(Serialize)]
struct Done<'e> {
    executed: &'e Executed,
    explanation: Option<Explanation>,
}

/// Executes, and throws where it did not come to that, or nobody knows.
pub(crate) async fn send(
    node: &WebClient,
    signed: &SignedTransaction,
    signal: Option<AbortSignal>,
) -> Result<JsValue, JsValue> {
    let digest = signed.transaction.digest();
    let outcome =
        async { Ok::<_, wasm_core::ports::ChainError>(send::execute(node, signed).await) };
    match until(signal, outcome).await {
        Ok(Outcome::Executed(executed)) => {
            let explanation = executed.failure.as_ref().map(Explanation::of_failure);
            plain(&Done { executed: &executed, explanation })
        }
        Ok(Outcome::NotExecuted(error)) => Err(told(
            "execute/refused",
            &format!("it was not executed, and nothing was paid: {error}"),
            &thrown(error),
        )),
        Ok(Outcome::Unknown { cause, .. }) => Err(told(
            "execute/unknown",
            &format!(
                "nobody knows yet whether {digest} was executed; look it up, or send it again: {cause}"
            ),
            &thrown(cause),
        )),
        Err(error) => Err(told(
            "execute/unknown",
            &format!(
                "nobody knows yet whether {digest} was executed; look it up, or send it again"
            ),
            &error,
        )),
    }
}
