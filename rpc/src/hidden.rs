//! Failures that a node hides from browsers: its answer exposes no status, so that an object that is not
//! there looks like any other failure. A batch carries the failure of each of its items in the answer
//! itself, so the question is asked again as a batch of one.

use crate::client::{Client, garbage, mask};
use crate::convert::ConvertError;
use crate::methods;
use crate::parts::EnvelopeOrError;
use crate::proto::google_rpc;
use crate::proto::soma as proto;
use crate::status::{Call, chain_error};
use crate::transport::{Carrier, Fault, NodeStatus};
use prost::Message;
use proto::get_object_result::Result as ObjectResult;
use wasm_core::ports::ChainError;

impl<T: Carrier> Client<T> {
    /// An object, asked for in a batch of one.
    pub(crate) async fn object_in_batch(
        &self,
        request: proto::GetObjectRequest,
    ) -> Result<proto::Object, ChainError> {
        let read_mask = request.read_mask.clone();
        let batch = proto::BatchGetObjectsRequest { requests: vec![request], read_mask };
        let answer = self.read(methods::BATCH_GET_OBJECTS, batch).await?;
        match only(answer.objects)?.result {
            Some(ObjectResult::Object(object)) => Ok(object),
            Some(ObjectResult::Error(status)) => Err(refusal(&status)),
            None => Err(garbage(ConvertError::Missing { field: "object" })),
        }
    }

    /// A transaction, asked for in a batch of one.
    pub(crate) async fn transaction_in_batch(
        &self,
        digest: String,
        paths: &[&str],
    ) -> Result<Vec<u8>, ChainError> {
        let read_mask = Some(mask(paths));
        let batch = proto::BatchGetTransactionsRequest { digests: vec![digest], read_mask };
        let answer = self.read(methods::BATCH_GET_TRANSACTIONS, batch).await?;
        opened(only(answer.transactions)?)
    }
}

/// What an envelope holds.
pub(crate) fn opened(item: EnvelopeOrError) -> Result<Vec<u8>, ChainError> {
    match item {
        EnvelopeOrError { error: Some(status), .. } => Err(refusal(&status)),
        EnvelopeOrError { transaction: Some(transaction), .. } => Ok(transaction),
        _ => Err(garbage(ConvertError::Missing { field: "transaction" })),
    }
}

/// The one item of an answer to a batch of one.
fn only<I>(items: Vec<I>) -> Result<I, ChainError> {
    let [item] = <[I; 1]>::try_from(items)
        .map_err(|items| ChainError::Garbage(format!("{} answers to one question", items.len())))?;
    Ok(item)
}

pub(crate) fn refusal(status: &google_rpc::Status) -> ChainError {
    let status = NodeStatus {
        code: status.code,
        message: status.message.clone(),
        details: status.encode_to_vec(),
    };
    chain_error(Fault::Status(status), Call::Read)
}
