//! Opening a device: the fastest there is, with all the memory per buffer that it allows.

use crate::failure::Failures;
use crate::pipelines::Pipelines;
use crate::probe::{self, Choice, Variant};
use crate::request;
use std::sync::{Mutex, PoisonError};
use wasm_core::score::EvaluateError;

/// Why no device is used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum OpenError {
    /// There is none, or the browser has no WebGPU.
    #[error("there is no graphics device that can compute: {0}")]
    None(String),
    /// There is one, but it cannot be had.
    #[error("the graphics device {name} cannot be opened: {reason}")]
    Refused {
        /// Which.
        name: String,
        /// Why.
        reason: String,
    },
}

/// A graphics device, opened, with the kernels that it has compiled.
#[derive(Debug)]
pub struct Gpu {
    pub(crate) device: wgpu::Device,
    pub(crate) queue: wgpu::Queue,
    pub(crate) failures: Failures,
    pub(crate) pipelines: Pipelines,
    name: String,
    is_software: bool,
    has_subgroups: bool,
    choice: Mutex<Option<Choice>>,
}

impl Gpu {
    /// Opens the device that is likely to be fastest.
    ///
    /// # Errors
    /// Where there is none, or it cannot be had.
    pub async fn open() -> Result<Self, OpenError> {
        let instance = wgpu::Instance::new(wgpu::InstanceDescriptor {
            backends: wgpu::Backends::PRIMARY,
            ..wgpu::InstanceDescriptor::new_without_display_handle()
        });
        let options = wgpu::RequestAdapterOptions {
            power_preference: wgpu::PowerPreference::HighPerformance,
            ..wgpu::RequestAdapterOptions::default()
        };
        let adapter = instance
            .request_adapter(&options)
            .await
            .map_err(|error| OpenError::None(error.to_string()))?;
        let (name, is_software) = describe(&adapter).await;
        let offered = adapter.limits();
        let limits = wgpu::Limits {
            max_buffer_size: offered.max_buffer_size,
            max_storage_buffer_binding_size: offered.max_storage_buffer_binding_size,
            ..wgpu::Limits::default()
        };
        let descriptor = wgpu::DeviceDescriptor {
            label: Some("scoring"),
            required_features: adapter.features() & wgpu::Features::SUBGROUP,
            required_limits: limits,
            memory_hints: wgpu::MemoryHints::MemoryUsage,
            ..wgpu::DeviceDescriptor::default()
        };
        let requested = request::with_subgroups(&adapter, &descriptor).await;
        let (device, queue) = requested.map_err(|error| OpenError::Refused {
            name: name.clone(),
            reason: error.to_string(),
        })?;
        let has_subgroups = request::has_subgroups(&device);
        let failures = Failures::watch(&device);
        let (pipelines, choice) = (Pipelines::default(), Mutex::default());
        Ok(Self { device, queue, failures, pipelines, name, is_software, has_subgroups, choice })
    }

    /// What the device is called.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Whether a processor plays the device. Then the CPU's engine is faster.
    #[must_use]
    pub const fn is_software(&self) -> bool {
        self.is_software
    }

    /// Whether this device can multiply matrices so.
    #[must_use]
    pub const fn runs(&self, variant: Variant) -> bool {
        self.has_subgroups || !variant.kernel().subgroups
    }

    /// The kernels that suit this device best. They are found out once, in a second or two, unless
    /// they were [chosen](Self::choose) before.
    ///
    /// # Errors
    /// Where the device fails.
    pub async fn choice(&self) -> Result<Choice, EvaluateError> {
        if let Some(choice) = self.chosen() {
            return Ok(choice);
        }
        let choice = probe::run(self).await?;
        self.choose(choice);
        Ok(choice)
    }

    /// Floating-point operations a second that this device reaches with products of matrices.
    ///
    /// # Errors
    /// Where it cannot run them.
    pub async fn operations_per_second(&self, variant: Variant) -> Result<f64, EvaluateError> {
        probe::rate(self, variant, 0.0).await
    }

    /// Bytes of the device's memory that are taken now, where what hands it out is ours: not in a
    /// browser, nor with every driver.
    #[must_use]
    pub fn memory_taken(&self) -> Option<u64> {
        Some(self.device.generate_allocator_report()?.total_allocated_bytes)
    }

    /// Uses these kernels: those that were found to suit this device before. If it cannot run them, they
    /// are found out again.
    pub fn choose(&self, choice: Choice) {
        if !self.runs(choice.variant) {
            return;
        }
        *self.choice.lock().unwrap_or_else(PoisonError::into_inner) = Some(choice);
    }

    /// Whether it works, as far as it told by itself. One that failed once never works again.
    #[must_use]
    pub fn works(&self) -> bool {
        self.failures.check().is_ok()
    }

    /// The kernels that were chosen or found out so far.
    #[must_use]
    pub fn chosen(&self) -> Option<Choice> {
        *self.choice.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Gives the device up. Whatever it is asked from now on, it fails.
    pub fn close(&self) {
        self.failures.note(EvaluateError::DeviceLost("it was given up".to_owned()));
        self.device.destroy();
    }
}

/// The name of an adapter, and whether it is a processor.
#[cfg(not(target_arch = "wasm32"))]
#[expect(clippy::unused_async, reason = "a browser has to be asked")]
async fn describe(adapter: &wgpu::Adapter) -> (String, bool) {
    let info = adapter.get_info();
    let is_software = info.device_type == wgpu::DeviceType::Cpu || is_software(&info.name);
    (info.name, is_software)
}

/// The name of an adapter, and whether it is a processor. What a browser tells of it is not in
/// wgpu's description.
#[cfg(target_arch = "wasm32")]
async fn describe(adapter: &wgpu::Adapter) -> (String, bool) {
    use js_sys::{Function, Promise, Reflect};
    use wasm_bindgen::{JsCast as _, JsValue};
    async fn info() -> Result<JsValue, JsValue> {
        let get = |of: &JsValue, name: &str| Reflect::get(of, &JsValue::from_str(name));
        let gpu = get(&get(&js_sys::global(), "navigator")?, "gpu")?;
        let options = js_sys::Object::new();
        Reflect::set(&options, &"powerPreference".into(), &"high-performance".into())?;
        let request = get(&gpu, "requestAdapter")?.dyn_into::<Function>()?;
        let promise = request.call1(&gpu, &options)?.dyn_into::<Promise>()?;
        let adapter = wasm_bindgen_futures::JsFuture::from(promise).await?;
        get(&adapter, "info")
    }
    let is_processor = adapter.get_info().device_type == wgpu::DeviceType::Cpu;
    let info = info().await.unwrap_or(JsValue::UNDEFINED);
    let field = |name: &str| {
        let value = Reflect::get(&info, &JsValue::from_str(name)).ok()?.as_string()?;
        (!value.is_empty()).then_some(value)
    };
    let name = field("description").or_else(|| field("device")).unwrap_or_else(|| {
        let parts: Vec<_> = ["vendor", "architecture"].into_iter().filter_map(field).collect();
        if parts.is_empty() { "WebGPU".to_owned() } else { parts.join(" ") }
    });
    let all = ["vendor", "architecture", "device", "description"].into_iter().filter_map(field);
    let is_software = is_processor || is_software(&all.collect::<Vec<_>>().join(" "));
    (name, is_software)
}

/// Whether a name is that of a program that plays a graphics device.
fn is_software(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    ["swiftshader", "llvmpipe", "lavapipe", "microsoft basic render", "warp"]
        .iter()
        .any(|program| name.contains(program))
}

#[cfg(test)]
mod tests {
    use super::is_software;

    #[test]
    fn programs_that_play_a_device_are_known_by_name() {
        assert!(is_software("llvmpipe (LLVM 15.0.6, 256 bits)"));
        assert!(is_software("google swiftshader"));
        assert!(!is_software("NVIDIA GeForce RTX 4090"));
        assert!(!is_software("apple metal-3"));
    }
}
