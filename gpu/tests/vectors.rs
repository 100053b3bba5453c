//! The scoring vectors on a graphics device.
//!
//! `SOMA_SCORING_VECTORS` names another folder of them.

#![cfg(not(target_arch = "wasm32"))]

mod support;

use futures::executor::block_on;
use gpu::GpuEngine;
use std::borrow::Cow;
use std::path::{Path, PathBuf};
use tests::scoring::Vectors;
use tests::scoring::cases::{self, Deviation};

const MEMORY: u64 = 1 << 30;

fn vectors() -> Vectors {
    let folder = std::env::var_os("SOMA_SCORING_VECTORS").map_or_else(
        || Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/vectors/scoring"),
        PathBuf::from,
    );
    let read = move |path: &str| Ok(Cow::Owned(std::fs::read(folder.join(path))?));
    Vectors::open(Box::new(read)).unwrap()
}

#[test]
fn every_case_is_within_its_tolerance() {
    let Some(gpu) = support::gpu() else { return };
    let vectors = vectors();
    println!("{:20}{}", "", Deviation::COLUMNS);
    for case in vectors.manifest.cases.iter().filter(|case| !case.heavy) {
        let start = std::time::Instant::now();
        let checked = block_on(cases::check(&mut GpuEngine::new(&gpu, MEMORY), &vectors, case));
        match checked {
            Ok(deviation) => println!("{:20}{deviation} {:.2?}", case.id, start.elapsed()),
            Err(error) => panic!("{}: {error:#}", case.id),
        }
    }
}
