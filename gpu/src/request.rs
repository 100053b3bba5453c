//! Asking for a device whose invocations see each other's values, where there is one: wgpu does not know
//! that browsers offer this.

/// Asks for a device. In a browser it has subgroups if there are any.
#[cfg(not(target_arch = "wasm32"))]
pub(crate) async fn with_subgroups(
    adapter: &wgpu::Adapter,
    descriptor: &wgpu::DeviceDescriptor<'_>,
) -> Result<(wgpu::Device, wgpu::Queue), wgpu::RequestDeviceError> {
    adapter.request_device(descriptor).await
}

/// Whether a device has subgroups.
#[cfg(not(target_arch = "wasm32"))]
pub(crate) fn has_subgroups(device: &wgpu::Device) -> bool {
    device.features().contains(wgpu::Features::SUBGROUP)
}

#[cfg(target_arch = "wasm32")]
pub(crate) use web::{has_subgroups, with_subgroups};

#[cfg(target_arch = "wasm32")]
mod web {
    use js_sys::{Array, Function, Promise, Reflect};
    use wasm_bindgen::closure::Closure;
    use wasm_bindgen::{JsCast as _, JsValue};

    const SUBGROUPS: &str = "subgroups";

    fn get(of: &JsValue, name: &str) -> Result<JsValue, JsValue> {
        Reflect::get(of, &JsValue::from_str(name))
    }

    /// Whether an adapter or device has subgroups.
    fn offers(of: &JsValue) -> Result<bool, JsValue> {
        let features = get(of, "features")?;
        let has = get(&features, "has")?.dyn_into::<Function>()?;
        Ok(has.call1(&features, &SUBGROUPS.into())?.is_truthy())
    }

    /// The adapter that a browser would give now.
    async fn own_adapter() -> Result<JsValue, JsValue> {
        let gpu = get(&get(&js_sys::global(), "navigator")?, "gpu")?;
        let options = js_sys::Object::new();
        Reflect::set(&options, &"powerPreference".into(), &"high-performance".into())?;
        let request = get(&gpu, "requestAdapter")?.dyn_into::<Function>()?;
        let promise = request.call1(&gpu, &options)?.dyn_into::<Promise>()?;
        wasm_bindgen_futures::JsFuture::from(promise).await
    }

    /// While this is alive, whoever asks for a device asks `adapter` for one that has subgroups.
    struct Asking {
        prototype: JsValue,
        original: JsValue,
        _asks: Closure<dyn FnMut(JsValue) -> Result<JsValue, JsValue>>,
    }

    impl Asking {
        fn begin(adapter: JsValue) -> Result<Self, JsValue> {
            let prototype = get(&get(&js_sys::global(), "GPUAdapter")?, "prototype")?;
            let original = get(&prototype, "requestDevice")?;
            let request = original.clone().dyn_into::<Function>()?;
            let asks = move |descriptor: JsValue| {
                let features = Array::from(&get(&descriptor, "requiredFeatures")?);
                features.push(&SUBGROUPS.into());
                Reflect::set(&descriptor, &"requiredFeatures".into(), &features)?;
                request.call1(&adapter, &descriptor)
            };
            let asks = Closure::new(asks);
            Reflect::set(&prototype, &"requestDevice".into(), asks.as_ref())?;
            Ok(Self { prototype, original, _asks: asks })
        }
    }

    impl Drop for Asking {
        fn drop(&mut self) {
            // What could be replaced can be put back.
            let _ = Reflect::set(&self.prototype, &"requestDevice".into(), &self.original);
        }
    }

    /// Asks for a device, with subgroups if there are any.
    pub(crate) async fn with_subgroups(
        adapter: &wgpu::Adapter,
        descriptor: &wgpu::DeviceDescriptor<'_>,
    ) -> Result<(wgpu::Device, wgpu::Queue), wgpu::RequestDeviceError> {
        let own = own_adapter().await.ok();
        let own = own.filter(|own| offers(own).is_ok_and(|offers| offers));
        // The browser is asked before anything is waited for, so nobody else's question is changed.
        let requested = {
            let _asking = own.and_then(|own| Asking::begin(own).ok());
            adapter.request_device(descriptor)
        };
        requested.await
    }

    /// Whether a device has subgroups.
    pub(crate) fn has_subgroups(device: &wgpu::Device) -> bool {
        let device = device.as_webgpu().map(JsValue::from);
        device.is_some_and(|device| offers(&device).is_ok_and(|has| has))
    }
}
