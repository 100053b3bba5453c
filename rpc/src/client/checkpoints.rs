//! Checkpoints: one by number or digest, and the stream of those to come.

use super::{Client, another, found, garbage, mask, present, read_message};
use crate::methods;
use crate::parts::Announcement;
use crate::proto::soma as proto;
use crate::status::{Call, chain_error};
use crate::transport::Carrier;
use futures::{Stream, StreamExt};
use prost::Message;
use proto::get_checkpoint_request::CheckpointId;
use wasm_core::checkpoint::{CheckpointContents, CheckpointSummary};
use wasm_core::digest::{CheckpointDigest, TransactionDigest};
use wasm_core::ports::{ChainError, Checkpoint};
use wasm_core::sealed::SealedCheckpoint;

/// What a wallet follows. Who pays is asked for because the digest covers it.
const CHECKPOINT: [&str; 9] = [
    "sequence_number",
    "summary.epoch",
    "summary.timestamp",
    "transactions.digest",
    "transactions.effects",
    "transactions.balance_changes",
    "transactions.transaction.sender",
    "transactions.transaction.kind",
    "transactions.transaction.gas_payment",
];
/// The same, with all that its digest is computed from.
const SEALED: [&str; 10] = [
    "sequence_number",
    "digest",
    "summary",
    "contents",
    "transactions.digest",
    "transactions.effects",
    "transactions.balance_changes",
    "transactions.transaction.sender",
    "transactions.transaction.kind",
    "transactions.transaction.gas_payment",
];

/// Which checkpoint is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum CheckpointKey {
    /// The newest.
    Newest,
    /// The one of a number.
    Number(u64),
    /// The one of a digest.
    Digest(CheckpointDigest),
}

impl<T: Carrier> Client<T> {
    pub(super) async fn get_checkpoint(
        &self,
        sequence_number: Option<u64>,
    ) -> Result<Option<Checkpoint>, ChainError> {
        let key = sequence_number.map_or(CheckpointKey::Newest, CheckpointKey::Number);
        let Some(message) = self.ask_checkpoint(key, &CHECKPOINT).await? else { return Ok(None) };
        Checkpoint::try_from(&message).map(Some).map_err(garbage)
    }

    /// A checkpoint with what seals it, all digests computed anew; none where the node has none.
    ///
    /// # Errors
    /// Where the node gives no usable answer.
    pub async fn sealed_checkpoint(
        &self,
        key: CheckpointKey,
    ) -> Result<Option<SealedCheckpoint>, ChainError> {
        let Some(message) = self.ask_checkpoint(key, &SEALED).await? else { return Ok(None) };
        let summary = present(message.summary.as_ref(), "summary")?;
        let summary = CheckpointSummary::try_from(summary).map_err(garbage)?;
        let contents = present(message.contents.as_ref(), "contents")?;
        let contents = CheckpointContents::try_from(contents).map_err(garbage)?;
        let checkpoint = Checkpoint::try_from(&message).map_err(garbage)?;
        let told = crate::convert::checkpoint::digest(&message).map_err(garbage)?;
        if matches!(key, CheckpointKey::Digest(digest) if digest != told) {
            return Err(another("checkpoint"));
        }
        SealedCheckpoint::new(told, summary, contents, checkpoint)
            .map(Some)
            .map_err(|error| ChainError::Garbage(error.to_string()))
    }

    /// The head of a checkpoint, its digest computed anew; none where the node has none of that number.
    ///
    /// # Errors
    /// Where the node gives no usable answer.
    pub async fn checkpoint_summary(
        &self,
        number: u64,
    ) -> Result<Option<CheckpointSummary>, ChainError> {
        let paths = ["sequence_number", "digest", "summary"];
        let Some(message) = self.ask_checkpoint(CheckpointKey::Number(number), &paths).await?
        else {
            return Ok(None);
        };
        let summary = present(message.summary.as_ref(), "summary")?;
        let summary = CheckpointSummary::try_from(summary).map_err(garbage)?;
        let told = crate::convert::checkpoint::digest(&message).map_err(garbage)?;
        if summary.sequence_number != number || summary.digest() != told {
            return Err(another("checkpoint"));
        }
        Ok(Some(summary))
    }

    async fn ask_checkpoint(
        &self,
        key: CheckpointKey,
        paths: &[&str],
    ) -> Result<Option<proto::Checkpoint>, ChainError> {
        let request = proto::GetCheckpointRequest {
            checkpoint_id: match key {
                CheckpointKey::Newest => None,
                CheckpointKey::Number(number) => Some(CheckpointId::SequenceNumber(number)),
                CheckpointKey::Digest(digest) => Some(CheckpointId::Digest(digest.to_string())),
            },
            read_mask: Some(mask(paths)),
        };
        let answer = match self.read(methods::GET_CHECKPOINT, request).await {
            Err(ChainError::Hidden) if self.cannot_have(key).await? => return Ok(None),
            answer => found(answer)?,
        };
        let Some(answer) = answer else { return Ok(None) };
        let message = present(answer.checkpoint, "checkpoint")?;
        if matches!(key, CheckpointKey::Number(number) if message.sequence_number != Some(number)) {
            return Err(another("checkpoint"));
        }
        Ok(Some(message))
    }

    /// A browser is not told why a checkpoint is not given; whether the node can have one of a number
    /// can be found out.
    async fn cannot_have(&self, key: CheckpointKey) -> Result<bool, ChainError> {
        let CheckpointKey::Number(number) = key else { return Ok(false) };
        let info = self.node_info().await?;
        let lowest = info.lowest_available_checkpoint.unwrap_or(0);
        Ok(number > info.service.checkpoint_height || number < lowest)
    }

    /// Checkpoints from the next one on, in order, until the connection breaks. Whoever wants them
    /// all follows them with [`Self::follow_checkpoints`].
    ///
    /// # Errors
    /// Where no stream begins.
    pub async fn subscribe_checkpoints(
        &self,
    ) -> Result<impl Stream<Item = Result<Checkpoint, ChainError>> + use<T>, ChainError> {
        let stream = self.subscribe::<proto::SubscribeCheckpointsResponse>(&CHECKPOINT).await?;
        // An error ends the stream.
        Ok(futures::stream::unfold(Some(Box::pin(stream)), |stream| async {
            let mut stream = stream?;
            let checkpoint = stream.next().await?.and_then(|message| read_subscription(&message));
            let rest = checkpoint.is_ok().then_some(stream);
            Some((checkpoint, rest))
        })
        .fuse())
    }

    /// What a node tells of checkpoints from the next one on, until the first error.
    pub(super) async fn subscribe<A: Message + Default>(
        &self,
        paths: &[&str],
    ) -> Result<impl Stream<Item = Result<A, ChainError>> + use<T, A>, ChainError> {
        let request = proto::SubscribeCheckpointsRequest { read_mask: Some(mask(paths)) };
        let messages = self.begin(methods::SUBSCRIBE_CHECKPOINTS, request).await?;
        // An error ends the stream.
        Ok(futures::stream::unfold(messages, |mut messages| async {
            let message = messages.next().await.transpose()?;
            let message = message
                .map_err(|fault| chain_error(fault, Call::Read))
                .and_then(|message| read_message(&message));
            Some((message, messages))
        }))
    }
}

/// Whether a checkpoint of the stream holds a transaction.
pub(super) fn holds(message: &Announcement, digest: TransactionDigest) -> bool {
    let digest = digest.to_string();
    message
        .checkpoint
        .iter()
        .flat_map(|checkpoint| &checkpoint.transactions)
        .any(|transaction| transaction.digest.as_ref() == Some(&digest))
}

fn read_subscription(
    message: &proto::SubscribeCheckpointsResponse,
) -> Result<Checkpoint, ChainError> {
    let checkpoint = present(message.checkpoint.as_ref(), "checkpoint")?;
    let checkpoint = Checkpoint::try_from(checkpoint).map_err(garbage)?;
    match message.cursor {
        Some(cursor) if cursor != checkpoint.sequence_number => {
            Err(ChainError::Garbage("a checkpoint under another one's number".to_owned()))
        }
        _ => Ok(checkpoint),
    }
}
