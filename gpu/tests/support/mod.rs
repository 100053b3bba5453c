//! What the tests on a device share.

use gpu::Gpu;
use std::sync::{LazyLock, Mutex, MutexGuard, PoisonError};

/// The device, for one test at a time. Without one the tests fail, unless the variable `SOMA_GPU` is
/// `none`: then they say so and do nothing.
pub(crate) fn gpu() -> Option<MutexGuard<'static, Gpu>> {
    static DEVICE: LazyLock<Option<Mutex<Gpu>>> = LazyLock::new(|| {
        if std::env::var_os("SOMA_GPU").is_some_and(|value| value == "none") {
            return None;
        }
        let gpu = futures::executor::block_on(Gpu::open()).unwrap_or_else(|error| {
            panic!(
                "{error}. Mesa's software Vulkan will do (Debian: mesa-vulkan-drivers); \
                 SOMA_GPU=none leaves these tests out"
            )
        });
        println!("device: {}", gpu.name());
        Some(Mutex::new(gpu))
    });
    let Some(device) = &*DEVICE else {
        println!("left out: SOMA_GPU is none");
        return None;
    };
    Some(device.lock().unwrap_or_else(PoisonError::into_inner))
}
