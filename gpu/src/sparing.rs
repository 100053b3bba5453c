//! Evaluating on a device that has less memory free than may be taken of it.

use crate::engine::GpuEngine;
use wasm_core::score::{
    Engine as _, EvaluateError, ModelConfig, ModelScore, Sequences, Watch, WeightSource,
    WeightsFile,
};

impl GpuEngine<'_> {
    /// What a model makes of data, like [`evaluate`](wasm_core::score::Engine::evaluate). Where the device
    /// does not have the memory, half of it is taken from then on, and half of that. `watch` makes one who
    /// looks on for each attempt.
    ///
    /// # Errors
    /// Where weights or the device fail, where no memory is left that a model could be evaluated in, or
    /// where the watcher ends it.
    pub async fn evaluate_sparing<S: WeightSource, W: Watch>(
        &mut self,
        model: &WeightsFile<S>,
        sequences: &Sequences,
        seed: u64,
        watch: impl Fn() -> W,
    ) -> Result<ModelScore, EvaluateError> {
        let mut out_of_memory = None;
        loop {
            let result = self.evaluate(model, sequences, seed, &mut watch()).await;
            match (result, out_of_memory.take()) {
                (Err(error @ EvaluateError::OutOfMemory(_)), _)
                    if self.take_less(model.config(), sequences) =>
                {
                    out_of_memory = Some(error);
                }
                // What is left does not do for this model.
                (Err(EvaluateError::Plan(_)), Some(error)) => return Err(error),
                (result, _) => return result,
            }
        }
    }

    /// Bytes of the device's memory that are taken at most.
    #[must_use]
    pub const fn memory(&self) -> u64 {
        self.memory.device
    }

    /// Takes half of what was planned with. Whether that can be done.
    fn take_less(&mut self, config: &ModelConfig, sequences: &Sequences) -> bool {
        let taken = self.plan(config, sequences).map(|plan| plan.bytes);
        self.memory.device = taken.unwrap_or_default().min(self.memory.device) / 2;
        self.memory.device > 0
    }
}
