//! The bundle: what `index.html` and `Trunk.toml` define, built into `dist`.
//!
//! Either trunk builds it or we do, with cargo and wasm-bindgen; the result is the same set of files.

mod config;
mod page;
mod rooms;
mod seal;
mod sheets;
pub(crate) mod short_names;
mod variants;

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::time::{Instant, SystemTime};

use anyhow::{Context, Result, bail, ensure};

use crate::setup::{TARGET, Tools, locked_version};
use crate::{exec, languages, place, say};
pub(crate) use config::Config;
use page::{Asset, Page, RustApp};

/// How a bundle is to be built.
#[derive(Clone, Copy)]
pub(crate) struct Options {
    /// Small and fast code, in exchange for a long build.
    pub(crate) release: bool,
    /// Let trunk do it where it is installed.
    pub(crate) with_trunk: bool,
}

/// What `Trunk.toml` says.
pub(crate) fn config() -> Result<Config> {
    Config::read(&place::root().join("Trunk.toml"))
}

/// What trunk cannot build, into the folder of its build, in the middle of it.
pub(crate) fn finish_for_trunk(tools: &Tools) -> Result<()> {
    let told = |name: &str| {
        std::env::var(name).with_context(|| format!("{name} is not set: trunk calls this"))
    };
    let folder = PathBuf::from(told("TRUNK_STAGING_DIR")?);
    let release = told("TRUNK_PROFILE")? == "release";
    let html = fs::read_to_string(place::root().join(config()?.build.target))?;
    let page = Page::parse(&html)?;
    // Trunk has bound the program whole; its rooms take its place.
    let main = page.main_app()?;
    compile(tools, &[main], release)?;
    let made = Made { name: &main.bin, target: place::web_target(), wasm_opt_params: &[] };
    stage(tools, main, &made, release, &folder)?;
    variants::build(tools, &page, release, &folder)?;
    languages::write(&folder)?;
    sheets::join(&folder)?;
    seal::seal(&folder)
}

/// Builds the workers that score with vector instructions into a folder of others than the bundle.
pub(crate) fn build_scorers(tools: &Tools, release: bool, folder: &Path) -> Result<()> {
    let html = fs::read_to_string(place::root().join(config()?.build.target))?;
    variants::build(tools, &Page::parse(&html)?, release, folder)
}

/// The page of the web, as it is built.
#[cfg(test)]
pub(crate) fn page_for_tests() -> Result<String> {
    let config = config()?;
    let html = fs::read_to_string(place::root().join(&config.build.target))?;
    let page = Page::parse(&html)?;
    page.render(&config, page.main_app()?)
}

/// Tells a bundle's service worker anew what the bundle consists of, after a file of it was changed.
pub(crate) fn seal(folder: &Path) -> Result<()> {
    seal::seal(folder)
}

/// Builds the bundle and returns its folder.
pub(crate) fn build(tools: &Tools, options: Options) -> Result<PathBuf> {
    let config = config()?;
    let dist = place::root().join(&config.build.dist);
    let start = Instant::now();
    let kind = if options.release { "release" } else { "development" };
    match tools.trunk().filter(|_| options.with_trunk) {
        Some(trunk) => {
            say::line("build", &format!("the wallet with trunk ({kind})"));
            let mut command = exec::program(&trunk.program);
            command
                .args(["build", "--dist"])
                .arg(&dist)
                .env("CARGO_TARGET_DIR", place::web_target());
            let mut at_hand = vec![tools.wasm_bindgen()?];
            if options.release {
                command.arg("--release");
                at_hand.push(tools.wasm_opt()?);
            }
            tools.wasm()?.lend(&mut command, &at_hand)?;
            exec::run(&mut command)?;
        }
        None => build_without_trunk(tools, &config, &dist, options.release)?,
    }
    say::line(
        "build",
        &format!("the wallet is in {}, {}", place::short(&dist), say::duration(start.elapsed())),
    );
    Ok(dist)
}

fn build_without_trunk(tools: &Tools, config: &Config, dist: &Path, release: bool) -> Result<()> {
    let index = place::root().join(&config.build.target);
    let html = fs::read_to_string(&index)
        .with_context(|| format!("cannot read {}", place::short(&index)))?;
    let page = Page::parse(&html).with_context(|| format!("in {}", place::short(&index)))?;
    let main = page.main_app()?;
    let apps: Vec<_> = page.rust_apps().collect();

    tools.wasm()?;
    tools.wasm_bindgen()?;
    compile(tools, &apps, release)?;

    let staging = place::web_target().join("dist-staging");
    empty(&staging)?;
    for app in &apps {
        let made = Made { name: &app.bin, target: place::web_target(), wasm_opt_params: &[] };
        stage(tools, app, &made, release, &staging)?;
    }
    variants::build(tools, &page, release, &staging)?;
    for asset in page.assets() {
        stage_asset(asset, &staging)?;
    }
    fs::write(staging.join("index.html"), page.render(config, main)?)?;
    languages::write(&staging)?;
    sheets::join(&staging)?;
    seal::seal(&staging)?;
    swap(&staging, dist)
}

/// Compiles all apps in one call, so that cargo unifies their features and compiles what they share once.
fn compile(tools: &Tools, apps: &[&RustApp], release: bool) -> Result<()> {
    let names: Vec<_> = apps.iter().map(|app| app.bin.as_str()).collect();
    say::line("build", &format!("{} for the browser", names.join(" and ")));
    let mut cargo = tools.wasm_cargo("build")?;
    if release {
        cargo.arg("--release");
    }
    for app in apps {
        cargo.args(["--package", &app.package()?, "--bin", &app.bin]);
    }
    exec::run(&mut cargo)
}

/// A program that cargo has compiled.
struct Made<'m> {
    /// Its name in the bundle.
    name: &'m str,
    /// Cargo's build folder.
    target: PathBuf,
    /// wasm-opt's flags beside those of the page.
    wasm_opt_params: &'m [&'m str],
}

fn stage(
    tools: &Tools,
    app: &RustApp,
    made: &Made<'_>,
    release: bool,
    staging: &Path,
) -> Result<()> {
    let (name, profile) = (made.name, if release { "release" } else { "debug" });
    let compiled = made.target.join(TARGET).join(profile).join(format!("{}.wasm", app.bin));
    // One folder for each app, profile, tool version and set of flags: what lies there was made in the same way.
    let flags = format!("{}{}", app.wasm_opt, app.wasm_opt_params.join(""));
    let flags = if release { flags } else { String::new() };
    let cut = if app.has_rooms { "-rooms" } else { "" };
    let bound = format!("{name}-{profile}-{}{cut}{flags}", locked_version()?);
    let bound = place::web_target().join("bindgen").join(bound);
    let result = bound.join(format!("{name}_bg.wasm"));
    if !is_newer(&result, &compiled)? {
        empty(&bound)?;
        bind(tools, app, made, release, &compiled, &bound)?;
    }
    copy_tree(&bound, staging)?;
    if app.loader_shim {
        let text = format!("import init from './{name}.js';await init();");
        fs::write(staging.join(format!("{name}_loader.js")), text)?;
    }
    Ok(())
}

/// Cuts what has rooms, runs wasm-bindgen and, for a release, wasm-opt.
fn bind(
    tools: &Tools,
    app: &RustApp,
    made: &Made<'_>,
    release: bool,
    compiled: &Path,
    bound: &Path,
) -> Result<()> {
    let working = bound.join("unfinished");
    let pieces = bound.join("pieces");
    let cut = app.has_rooms.then(|| rooms::cut(tools, made.name, compiled, &pieces)).transpose()?;
    let mut bindgen = exec::program(tools.wasm_bindgen()?.join("wasm-bindgen"));
    bindgen.args(["--target", "web", "--no-typescript", "--out-name", made.name, "--out-dir"]);
    bindgen.arg(&working);
    match &cut {
        // Rooms use the program's memory, table and stack by these names.
        Some(cut) => bindgen.arg("--keep-lld-exports").arg(&cut.main),
        None => bindgen.arg(compiled),
    };
    exec::run(&mut bindgen)?;
    if release && app.wasm_opt != "0" {
        say::line("build", &format!("{}: optimising for size and speed", made.name));
        let main = working.join(format!("{}_bg.wasm", made.name));
        let rooms = cut.iter().flat_map(|cut| cut.rooms.iter());
        for wasm in std::iter::once(&main).chain(rooms) {
            let mut optimise = exec::program(tools.wasm_opt()?.join("wasm-opt"));
            optimise.arg(format!("-O{}", app.wasm_opt)).args(&app.wasm_opt_params);
            optimise.args(made.wasm_opt_params);
            exec::run(optimise.arg(wasm).arg("-o").arg(wasm))?;
        }
    }
    if let Some(cut) = cut {
        cut.hang(made.name, &working)?;
        fs::remove_dir_all(&pieces)?;
    }
    // Moved into place at the end, so that an interrupted build leaves nothing that looks finished.
    for file in working.read_dir()? {
        let file = file?;
        fs::rename(file.path(), bound.join(file.file_name()))?;
    }
    fs::remove_dir(&working)?;
    Ok(())
}

fn stage_asset(asset: &Asset, staging: &Path) -> Result<()> {
    let source = place::root().join(asset.href());
    let missing = || format!("index.html names {}, which cannot be copied", asset.href());
    let name = source.file_name().with_context(missing)?;
    let target = staging.join(name);
    match asset {
        Asset::Folder(_) => copy_tree(&source, &target).with_context(missing),
        Asset::File(_) => fs::copy(&source, &target).map(drop).with_context(missing),
    }
}

/// Whether `result` was made after `source`.
fn is_newer(result: &Path, source: &Path) -> Result<bool> {
    let source = fs::metadata(source)
        .and_then(|file| file.modified())
        .with_context(|| format!("cargo built no {}", place::short(source)))?;
    let made =
        fs::metadata(result).and_then(|file| file.modified()).unwrap_or(SystemTime::UNIX_EPOCH);
    Ok(made > source)
}

/// Makes a folder, or takes all that is in it away.
pub(crate) fn empty(folder: &Path) -> Result<()> {
    match fs::remove_dir_all(folder) {
        Err(error) if error.kind() != ErrorKind::NotFound => {
            return Err(error).with_context(|| format!("cannot empty {}", folder.display()));
        }
        _ => {}
    }
    fs::create_dir_all(folder).with_context(|| format!("cannot make {}", folder.display()))
}

/// Copies what is in one folder into another, folders included.
pub(crate) fn copy_tree(from: &Path, to: &Path) -> Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy_tree(&entry.path(), &target)?;
        } else {
            fs::copy(entry.path(), &target)?;
        }
    }
    Ok(())
}

/// Puts a finished bundle in the place of the old one; whoever serves it sees one or the other.
fn swap(staging: &Path, dist: &Path) -> Result<()> {
    ensure!(staging.join("index.html").is_file(), "the new bundle has no index.html");
    let old = staging.with_extension("old");
    empty(&old)?;
    if dist.exists() {
        if !dist.join("index.html").exists() && dist.read_dir()?.next().is_some() {
            bail!("{} holds something that is no bundle; move it away first", place::short(dist));
        }
        fs::rename(dist, old.join("dist"))?;
    }
    fs::rename(staging, dist)
        .with_context(|| format!("cannot move the bundle to {}", dist.display()))?;
    empty(&old)?;
    fs::remove_dir(&old)?;
    Ok(())
}
