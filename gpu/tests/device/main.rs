//! What needs a device: kernels against their twins, a trace, the scoring vectors, and what goes wrong.
//! Software Vulkan counts as one.

#![cfg(not(target_arch = "wasm32"))]

#[cfg(test)]
mod bench;
#[cfg(test)]
mod engine;
#[cfg(test)]
mod interruptions;
#[cfg(test)]
mod kernels;
#[cfg(test)]
mod run;
#[cfg(test)]
mod schedules;
#[cfg(test)]
mod speed;
#[cfg(test)]
mod trace;
#[cfg(test)]
mod vectors;
