//! The worker that scores on the processor, once more for each set of vector instructions.
//!
//! A module with an instruction that a browser does not know is refused as a whole. So the page asks the
//! browser, and fetches the best that it takes: see `browser/src/scorers/instructions.rs`.

use std::path::Path;

use anyhow::{Context, Result};

use super::page::{Page, RustApp};
use super::{Made, stage};
use crate::setup::{TARGET, Tools};
use crate::{exec, place, say};

const BIN: &str = "scorer";

struct Variant {
    name: &'static str,
    features: &'static str,
    /// What wasm-opt has to know beside.
    wasm_opt_params: &'static [&'static str],
}

const VARIANTS: [Variant; 2] = [
    Variant { name: "scorer-simd", features: "+simd128", wasm_opt_params: &["--enable-simd"] },
    Variant {
        name: "scorer-relaxed",
        features: "+simd128,+relaxed-simd",
        wasm_opt_params: &["--enable-simd", "--enable-relaxed-simd"],
    },
];

/// Builds them into a folder.
pub(super) fn build(tools: &Tools, page: &Page<'_>, release: bool, folder: &Path) -> Result<()> {
    let app = page.rust_apps().find(|app| app.bin == BIN);
    let app = app.with_context(|| format!("the page has no `{BIN}`"))?;
    VARIANTS.iter().try_for_each(|variant| build_one(tools, app, variant, release, folder))
}

fn build_one(
    tools: &Tools,
    app: &RustApp,
    variant: &Variant,
    release: bool,
    folder: &Path,
) -> Result<()> {
    let Variant { name, features, wasm_opt_params } = variant;
    say::line("build", &format!("{name} for the browser, with {features}"));
    // A build folder of its own: other flags would make the wallet's build look old.
    let target = place::web_target().join(name);
    let mut cargo = tools.wasm_cargo_in("build", &target)?;
    if release {
        cargo.arg("--release");
    }
    cargo.args(["--package", &app.package()?, "--bin", &app.bin]);
    let flags = format!("target.{TARGET}.rustflags=['-Ctarget-feature={features}']");
    exec::run(cargo.args(["--config", &flags]))?;
    stage(tools, app, &Made { name, target, wasm_opt_params }, release, folder)
}
