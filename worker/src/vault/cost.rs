//! What trying out one password shall cost on this device.

use super::refusals::seal_refusal;
use crate::refusal::Refusal;
use browser::clock::now_ms;
use wasm_core::vault::KdfParameters;

/// Measures how long the least takes here, and adds to it where that is short.
pub(super) fn of_this_device() -> Result<KdfParameters, Refusal> {
    let start = now_ms();
    KdfParameters::DEFAULT.rehearse().map_err(seal_refusal)?;
    Ok(KdfParameters::for_device(now_ms().saturating_sub(start)))
}
