//! What the tests of kernels share.

use crate::score::arrgen::standard_normal;
use fearless_simd::Level;

/// The instruction sets to try: the best of this machine, and the least.
pub(crate) fn levels() -> [Level; 2] {
    [Level::new(), Level::baseline()]
}

/// So many values of about one.
pub(crate) fn noise(seed: u64, count: usize) -> Vec<f32> {
    standard_normal(seed, count)
}

/// Runs a future that never has to wait.
pub(crate) fn block_on<F: Future>(future: F) -> F::Output {
    let mut future = std::pin::pin!(future);
    let mut context = std::task::Context::from_waker(std::task::Waker::noop());
    match future.as_mut().poll(&mut context) {
        std::task::Poll::Ready(output) => output,
        std::task::Poll::Pending => panic!("a source in memory made its caller wait"),
    }
}
