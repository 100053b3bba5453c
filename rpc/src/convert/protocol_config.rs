//! The constants of a protocol version.

use super::{ConvertError, required};
use crate::proto::soma as proto;
pub use wasm_core::epoch::ProtocolConfig;

impl From<ProtocolConfig> for proto::ProtocolConfig {
    fn from(config: ProtocolConfig) -> Self {
        Self {
            protocol_version: Some(config.protocol_version),
            feature_flags: config.feature_flags,
            attributes: config.attributes,
        }
    }
}

impl TryFrom<proto::ProtocolConfig> for ProtocolConfig {
    type Error = ConvertError;
    fn try_from(message: proto::ProtocolConfig) -> Result<Self, ConvertError> {
        Ok(Self {
            protocol_version: required(message.protocol_version, "protocol_version")?,
            feature_flags: message.feature_flags,
            attributes: message.attributes,
        })
    }
}
