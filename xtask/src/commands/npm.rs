//! `cargo xtask npm`: the package for JavaScript, from `js/package`, `connector` and the programs of `js`.

use std::path::{Path, PathBuf};
use std::{env, fs};

use anyhow::{Context, Result, ensure};

use crate::bundle::{self, short_names};
use crate::setup::{TARGET, Tools};
use crate::{exec, place, say};

#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Small and fast code, in exchange for a long build
    #[arg(long)]
    release: bool,
}

/// A program of the package: `js`, compiled with some of its features.
struct Program {
    name: &'static str,
    features: &'static str,
}

/// What a page fetches when it first needs it. The client has all names of the keys.
const PROGRAMS: [Program; 7] = [
    Program { name: "keys", features: "keys" },
    Program { name: "client", features: "client" },
    Program { name: "network", features: "network" },
    Program { name: "multisig", features: "multisig" },
    Program { name: "weights", features: "weights" },
    Program { name: "scoring", features: "scoring" },
    Program { name: "webgpu", features: "webgpu" },
];

/// Cargo's profile of a release: see the root manifest.
const PROFILE: &str = "npm";

/// What wasm-opt does always: what is tested is named as what is published. Vector instructions are in every browser and
/// Node that this is for.
const WASM_OPT: [&str; 8] = [
    "--minify-imports-and-exports-and-modules",
    "--enable-bulk-memory",
    "--enable-mutable-globals",
    "--enable-nontrapping-float-to-int",
    "--enable-sign-ext",
    "--enable-reference-types",
    "--enable-multivalue",
    "--enable-simd",
];

/// For a release: the second time it makes smaller what the first one left.
const SMALLER: [&str; 4] = ["-Oz", "-Oz", "--strip-producers", "--strip-target-features"];

/// Otherwise: names of functions stay, for whoever reads a panic.
const READABLE: [&str; 1] = ["--debuginfo"];

/// The package as a folder, and packed.
pub(crate) struct Package {
    pub(crate) folder: PathBuf,
    tarball: PathBuf,
}

pub(crate) fn run(arguments: &Arguments) -> Result<()> {
    build(&Tools::default(), arguments.release).map(drop)
}

/// Builds and packs it.
pub(crate) fn build(tools: &Tools, release: bool) -> Result<Package> {
    let folder = place::native_target().join("npm/soma-wallet");
    let staging = place::web_target().join("npm-staging");
    bundle::empty(&staging)?;
    let sources = place::root().join("js/package");
    bundle::copy_tree(&sources, &staging)?;
    bundle::copy_tree(&place::root().join("connector/src"), &staging.join("connector"))?;
    fs::copy(place::root().join("LICENSE"), staging.join("LICENSE"))?;
    for program in &PROGRAMS {
        compile(tools, program, release)?;
        bind(tools, program, release, &staging.join("wasm"))?;
    }
    bundle::build_scorers(tools, release, &staging.join("wasm"))?;
    let version = env!("CARGO_PKG_VERSION");
    let manifest = staging.join("package.json");
    let text = fs::read_to_string(&manifest)?;
    let placeholder = "\"version\": \"0.0.0\"";
    ensure!(text.contains(placeholder), "js/package/package.json has no {placeholder}");
    fs::write(&manifest, text.replace(placeholder, &format!("\"version\": \"{version}\"")))?;
    bundle::empty(&folder)?;
    fs::remove_dir(&folder)?;
    fs::rename(&staging, &folder)?;
    let tarball = pack(&folder, version)?;
    say::line("npm", &format!("the package is in {}", place::short(&folder)));
    say::line("npm", &format!("and packed in {}", place::short(&tarball)));
    Ok(Package { folder, tarball })
}

/// Installs it into an empty project, as its users do.
pub(crate) fn install(package: &Package, project: &Path) -> Result<()> {
    bundle::empty(project)?;
    fs::write(project.join("package.json"), "{ \"private\": true, \"type\": \"module\" }\n")?;
    let mut npm = exec::program("npm");
    npm.args(["install", "--offline", "--no-audit", "--no-fund", "--ignore-scripts"]);
    npm.arg("--loglevel=error").arg(&package.tarball);
    exec::run_quietly(npm.current_dir(project)).context("the package could not be installed")
}

fn compile(tools: &Tools, program: &Program, release: bool) -> Result<()> {
    say::line("build", &format!("{} of the package", program.name));
    let mut cargo = if release {
        // A build folder of its own: other flags would make the wallet's build look old.
        let mut cargo = tools.wasm_cargo_in("build", &release_target())?;
        let places = format!("--remap-path-prefix={}=", sources_of_libraries()?.display());
        let here = format!("--remap-path-prefix={}=", place::root().display());
        let flags = ["-Ctarget-feature=+simd128".to_owned(), places, here];
        let flags = format!("target.{TARGET}.rustflags={flags:?}");
        cargo.args(["--profile", PROFILE, "--config", &flags]);
        cargo
    } else {
        tools.wasm_cargo("build")?
    };
    cargo.args(["--package", "js", "--no-default-features", "--features", program.features]);
    exec::run(&mut cargo)
}

/// Where cargo keeps them. Programs that say it in their panics are heavier, and tell who built them.
fn sources_of_libraries() -> Result<PathBuf> {
    let cargo = env::var_os("CARGO_HOME").filter(|folder| !folder.is_empty());
    let cargo = cargo
        .map_or_else(|| place::home().map(|home| home.join(".cargo")), |folder| Ok(folder.into()));
    Ok(cargo?.join("registry/src"))
}

fn release_target() -> PathBuf {
    place::web_target().join("npm")
}

/// Runs wasm-bindgen on what was compiled last, and wasm-opt on what it made.
fn bind(tools: &Tools, program: &Program, release: bool, folder: &Path) -> Result<()> {
    let target = if release {
        release_target().join(TARGET).join(PROFILE)
    } else {
        place::web_target().join(TARGET).join("debug")
    };
    let mut bindgen = exec::program(tools.wasm_bindgen()?.join("wasm-bindgen"));
    bindgen.args(["--target", "web", "--no-typescript", "--out-name", program.name, "--out-dir"]);
    exec::run(bindgen.arg(folder).arg(target.join("js.wasm")))?;
    let wasm = folder.join(format!("{}_bg.wasm", program.name));
    let mut optimise = exec::program(tools.wasm_opt()?.join("wasm-opt"));
    optimise.args(if release { &SMALLER[..] } else { &READABLE });
    let names = exec::read(optimise.args(WASM_OPT).arg(&wasm).arg("-o").arg(&wasm))?;
    let script = folder.join(format!("{}.js", program.name));
    let text = fs::read_to_string(&script)?;
    fs::write(&script, short_names::in_script(&text, &names)?)?;
    Ok(())
}

/// Packs a folder beside it, as it would be published.
fn pack(folder: &Path, version: &str) -> Result<PathBuf> {
    let beside = folder.parent().context("the package lies in a folder")?;
    let mut npm = exec::program("npm");
    npm.args(["pack", "--offline", "--ignore-scripts", "--loglevel=error", "--pack-destination"]);
    exec::run_quietly(npm.arg(beside).current_dir(folder))
        .context("the package could not be packed; npm comes with Node")?;
    let tarball = beside.join(format!("soma-wallet-{version}.tgz"));
    ensure!(tarball.is_file(), "npm packed no {}", place::short(&tarball));
    Ok(tarball)
}
