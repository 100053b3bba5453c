//! The node itself, epochs, and the system state then and now.

use super::{Client, another, found, garbage, mask, present};
use crate::convert::{ConvertError, milliseconds};
use crate::methods;
use crate::proto::soma as proto;
use crate::transport::Carrier;
use wasm_core::epoch::{Epoch, ProtocolConfig};
use wasm_core::node::NodeInfo;
use wasm_core::ports::{ChainError, ServiceInfo};
use wasm_core::system_state::{EmissionPool, SystemState, TargetState};

const EPOCH: [&str; 7] = [
    "epoch",
    "committee",
    "first_checkpoint",
    "last_checkpoint",
    "start",
    "end",
    "protocol_config",
];
const EPOCH_AND_STATE: [&str; 6] =
    ["epoch", "first_checkpoint", "last_checkpoint", "start", "end", "system_state"];

impl<T: Carrier> Client<T> {
    /// All that the node says of itself. Whether it is of the right release is for
    /// `wasm_core::node::check_release` to say.
    ///
    /// # Errors
    /// Where the node gives no usable answer.
    pub async fn node_info(&self) -> Result<NodeInfo, ChainError> {
        let answer = self.read(methods::GET_SERVICE_INFO, proto::GetServiceInfoRequest {}).await?;
        let chain_id = present(answer.chain_id, "chain_id")?;
        let service = ServiceInfo {
            chain_id: chain_id
                .parse()
                .map_err(|error| garbage(ConvertError::invalid("chain_id", error)))?,
            chain: present(answer.chain, "chain")?,
            epoch: present(answer.epoch, "epoch")?,
            checkpoint_height: present(answer.checkpoint_height, "checkpoint_height")?,
            server: present(answer.server, "server")?,
        };
        let timestamp = answer.timestamp.map(|time| milliseconds(time, "timestamp"));
        Ok(NodeInfo {
            service,
            timestamp_ms: timestamp.transpose().map_err(garbage)?,
            lowest_available_checkpoint: answer.lowest_available_checkpoint,
            lowest_available_checkpoint_objects: answer.lowest_available_checkpoint_objects,
        })
    }

    /// An epoch, or the current one; none where the node knows none of that number.
    ///
    /// # Errors
    /// Where the node gives no usable answer.
    pub async fn epoch(&self, epoch: Option<u64>) -> Result<Option<Epoch>, ChainError> {
        let Some(message) = self.get_epoch(epoch, &EPOCH).await? else { return Ok(None) };
        Epoch::try_from(message).map(Some).map_err(garbage)
    }

    /// The system state as it was when an epoch began, or, of the current epoch, as it is now; none
    /// where the node knows no such epoch.
    ///
    /// # Errors
    /// Where the node gives no usable answer.
    pub async fn system_state_of(&self, epoch: u64) -> Result<Option<SystemState>, ChainError> {
        let paths = ["epoch", "system_state"];
        let Some(message) = self.get_epoch(Some(epoch), &paths).await? else { return Ok(None) };
        let state = present(message.system_state, "system_state")?;
        let state = SystemState::try_from(&state).map_err(garbage)?;
        if state.as_v1().epoch == epoch { Ok(Some(state)) } else { Err(another("epoch's state")) }
    }

    /// An epoch with the system state as it was when it began, or, of the current epoch, as it is now;
    /// none where the node knows no such epoch. Committee and constants are left out.
    ///
    /// # Errors
    /// Where the node gives no usable answer.
    pub async fn epoch_with_state(
        &self,
        epoch: u64,
    ) -> Result<Option<(Epoch, SystemState)>, ChainError> {
        let Some(mut message) = self.get_epoch(Some(epoch), &EPOCH_AND_STATE).await? else {
            return Ok(None);
        };
        let state = present(message.system_state.take(), "system_state")?;
        let state = SystemState::try_from(&state).map_err(garbage)?;
        if state.as_v1().epoch != epoch {
            return Err(another("epoch's state"));
        }
        let told = Epoch::try_from(message).map_err(garbage)?;
        Ok(Some((told, state)))
    }

    /// What moves within an epoch, out of the live system state: its number, the targets' state, and
    /// what rewards are paid from.
    ///
    /// # Errors
    /// Where the node gives no usable answer.
    pub async fn live_targets(&self) -> Result<(u64, TargetState, EmissionPool), ChainError> {
        let paths =
            ["system_state.epoch", "system_state.target_state", "system_state.emission_pool"];
        let message = self.current_epoch(&paths).await?;
        let state = present(message.system_state, "system_state")?;
        let targets = present(state.target_state.as_ref(), "target_state")?;
        let pool = present(state.emission_pool.as_ref(), "emission_pool")?;
        Ok((
            present(state.epoch, "epoch")?,
            targets.try_into().map_err(garbage)?,
            EmissionPool {
                balance: present(pool.balance, "balance")?,
                emission_per_epoch: present(pool.emission_per_epoch, "emission_per_epoch")?,
            },
        ))
    }

    pub(super) async fn live_system_state(&self) -> Result<SystemState, ChainError> {
        let message = self.current_epoch(&["system_state"]).await?;
        let state = present(message.system_state, "system_state")?;
        SystemState::try_from(&state).map_err(garbage)
    }

    /// The constants of the protocol version in force.
    ///
    /// # Errors
    /// Where the node gives no usable answer.
    pub async fn protocol_config(&self) -> Result<ProtocolConfig, ChainError> {
        let message = self.current_epoch(&["protocol_config"]).await?;
        present(message.protocol_config, "protocol_config")?.try_into().map_err(garbage)
    }

    pub(super) async fn current_epoch(&self, paths: &[&str]) -> Result<proto::Epoch, ChainError> {
        let request = proto::GetEpochRequest { epoch: None, read_mask: Some(mask(paths)) };
        present(self.read(methods::GET_EPOCH, request).await?.epoch, "epoch")
    }

    /// An epoch of which at least the number is asked for.
    pub(super) async fn get_epoch(
        &self,
        epoch: Option<u64>,
        paths: &[&str],
    ) -> Result<Option<proto::Epoch>, ChainError> {
        let request = proto::GetEpochRequest { epoch, read_mask: Some(mask(paths)) };
        let answer = match self.read(methods::GET_EPOCH, request).await {
            Err(ChainError::Hidden) if self.is_to_come(epoch).await? => return Ok(None),
            answer => found(answer)?,
        };
        let Some(answer) = answer else { return Ok(None) };
        let message = present(answer.epoch, "epoch")?;
        if epoch.is_some_and(|epoch| message.epoch != Some(epoch)) {
            return Err(another("epoch"));
        }
        Ok(Some(message))
    }

    /// A browser is not told why an epoch is not given; whether it is still to come can be found out.
    async fn is_to_come(&self, epoch: Option<u64>) -> Result<bool, ChainError> {
        let Some(epoch) = epoch else { return Ok(false) };
        Ok(self.node_info().await?.service.epoch < epoch)
    }
}
