//! Epochs.

use super::{ConvertError, milliseconds, required};
use crate::proto::soma as proto;
use wasm_core::epoch::Epoch;

/// An epoch as far as the answer tells it. Its system state is read by itself.
impl TryFrom<proto::Epoch> for Epoch {
    type Error = ConvertError;
    fn try_from(message: proto::Epoch) -> Result<Self, ConvertError> {
        let committee = message.committee.as_ref();
        Ok(Self {
            epoch: required(message.epoch, "epoch")?,
            committee: committee.map(TryInto::try_into).transpose()?,
            first_checkpoint: message.first_checkpoint,
            last_checkpoint: message.last_checkpoint,
            start_ms: message.start.map(|start| milliseconds(start, "start")).transpose()?,
            end_ms: message.end.map(|end| milliseconds(end, "end")).transpose()?,
            protocol_config: message.protocol_config.map(TryInto::try_into).transpose()?,
        })
    }
}
