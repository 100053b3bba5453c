//! The device and the vectors.

use gpu::{Gpu, Variant};
use std::sync::{LazyLock, Mutex, MutexGuard, PoisonError};
use tests::scoring::Vectors;

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

/// All variants, one that uses workgroup memory in other kernels too and one that does not first.
pub(crate) const VARIANTS: [Variant; 6] = [
    Variant::Flat8x4,
    Variant::Tiled4x4,
    Variant::Flat16x8,
    Variant::Tiled8x8,
    Variant::Flat16x16,
    Variant::Quad16x16,
];

/// The scoring vectors; `SOMA_SCORING_VECTORS` names another folder of them.
pub(crate) fn vectors() -> Vectors {
    Vectors::named().unwrap()
}
