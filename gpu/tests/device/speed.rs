//! How fast a device is: for comparison, not for judgement.

use crate::bench::{VARIANTS, gpu};
use futures::executor::block_on;

#[test]
#[ignore = "measures speed"]
fn products_of_matrices_by_variant() {
    let Some(gpu) = gpu() else { return };
    for variant in VARIANTS.into_iter().filter(|variant| gpu.runs(*variant)) {
        let rate = block_on(gpu.operations_per_second(variant)).unwrap();
        println!("{:20} {:8.2} GFLOP/s", variant.kernel().name, rate / 1e9);
    }
    println!("chosen: {}", block_on(gpu.choice()).unwrap());
}
