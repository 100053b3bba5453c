//! What may go wrong on a device, noticed wherever it shows and told as one error. A device that
//! failed never gives a number.

use std::sync::{Arc, Mutex, PoisonError};
use wasm_core::score::EvaluateError;

/// The first failure of a device, if there was one.
#[derive(Clone, Debug, Default)]
pub(crate) struct Failures(Arc<Mutex<Option<EvaluateError>>>);

impl Failures {
    /// Notes what the device tells by itself.
    pub(crate) fn watch(device: &wgpu::Device) -> Self {
        let failures = Self::default();
        let lost = failures.clone();
        // However it was lost, whoever still waits for it gets no number.
        device.set_device_lost_callback(move |_, message| {
            lost.note(EvaluateError::DeviceLost(message));
        });
        let errors = failures.clone();
        device.on_uncaptured_error(Arc::new(move |error| errors.note(of(&error))));
        failures
    }

    /// Notes a failure, if it is the first.
    pub(crate) fn note(&self, failure: EvaluateError) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(failure);
    }

    /// Whether all is well.
    pub(crate) fn check(&self) -> Result<(), EvaluateError> {
        match &*self.0.lock().unwrap_or_else(PoisonError::into_inner) {
            Some(failure) => Err(failure.clone()),
            None => Ok(()),
        }
    }
}

/// An error of the device as one of an evaluation.
pub(crate) fn of(error: &wgpu::Error) -> EvaluateError {
    match error {
        wgpu::Error::OutOfMemory { .. } => EvaluateError::OutOfMemory(error.to_string()),
        wgpu::Error::Validation { .. } | wgpu::Error::Internal { .. } => {
            EvaluateError::DeviceFailed(error.to_string())
        }
    }
}

/// Catches every error of what is asked of a device from now on. The scope that was opened last stands
/// first: scopes must end in that order, also where an evaluation is given up and they are dropped.
pub(crate) struct Scopes([wgpu::ErrorScopeGuard; 3]);

impl Scopes {
    pub(crate) fn open(device: &wgpu::Device) -> Self {
        use wgpu::ErrorFilter::{Internal, OutOfMemory, Validation};
        let mut scopes =
            [Validation, Internal, OutOfMemory].map(|filter| device.push_error_scope(filter));
        scopes.reverse();
        Self(scopes)
    }

    /// What was caught; memory first.
    pub(crate) async fn close(self) -> Result<(), EvaluateError> {
        // All of them are closed before any answer is awaited.
        let answers = self.0.map(wgpu::ErrorScopeGuard::pop);
        let mut result = Ok(());
        for answer in answers {
            if let Some(error) = answer.await {
                result = result.and(Err(of(&error)));
            }
        }
        result
    }
}

#[cfg(test)]
mod tests {
    use super::{Failures, of};
    use wasm_core::score::EvaluateError;

    #[test]
    fn memory_that_is_refused_is_told_from_other_failures() {
        let refused = wgpu::Error::OutOfMemory { source: "full".into() };
        assert!(matches!(of(&refused), EvaluateError::OutOfMemory(_)));
        let (source, description) = ("odd".into(), "odd".to_owned());
        let invalid = wgpu::Error::Validation { source, description };
        assert!(matches!(of(&invalid), EvaluateError::DeviceFailed(_)));
    }

    #[test]
    fn the_first_failure_is_the_one_that_is_told() {
        let failures = Failures::default();
        assert_eq!(failures.check(), Ok(()));
        let first = EvaluateError::DeviceLost("it slept".to_owned());
        failures.note(first.clone());
        failures.note(EvaluateError::OutOfMemory("full".to_owned()));
        assert_eq!(failures.check(), Err(first));
    }
}
