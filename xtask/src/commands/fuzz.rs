//! `cargo xtask fuzz`: throws bytes at every decoder, for as long as one likes.
//!
//! libFuzzer comes with the crate `libfuzzer-sys`, and the flags that make code tell it where it has been are those of
//! cargo-fuzz. They work on stable Rust, so nothing is installed but a C++ compiler; `cargo fuzz run TARGET
//! --features libfuzzer --sanitizer none` does the same.

use std::ffi::OsString;
use std::fs;
use std::num::NonZero;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Mutex;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};

use crate::setup::{self, Tools};
use crate::{exec, place, say};

/// How long `cargo xtask test` tries each target.
const BRIEF: Duration = Duration::from_secs(2);

/// What cargo-fuzz tells the compiler, without what only nightly Rust takes.
const FLAGS: &[&str] = &[
    "-Cpasses=sancov-module",
    "-Cllvm-args=-sanitizer-coverage-level=4",
    "-Cllvm-args=-sanitizer-coverage-inline-8bit-counters",
    "-Cllvm-args=-sanitizer-coverage-pc-table",
    "-Cllvm-args=-sanitizer-coverage-trace-compares",
];

/// Memory of one program, in MiB; the targets themselves bound what one input may cost.
const MEMORY: u32 = 1024;
/// Seconds that one input may take.
const PATIENCE: u32 = 10;

#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Targets to try, such as `transaction`; all if none is named
    targets: Vec<String>,
    /// How long each target is tried
    #[arg(long, default_value_t = 5)]
    minutes: u32,
    /// Copy what was found to reach further into the corpus of the repository
    #[arg(long)]
    keep: bool,
    /// Only run the one target on this file, such as the input of a crash
    #[arg(long, value_name = "FILE", conflicts_with_all = ["minutes", "keep"])]
    input: Option<PathBuf>,
}

pub(crate) fn run(arguments: &Arguments) -> Result<()> {
    let all = targets()?;
    let chosen = if arguments.targets.is_empty() { all.clone() } else { arguments.targets.clone() };
    if let Some(unknown) = chosen.iter().find(|name| !all.contains(name)) {
        bail!("there is no target named `{unknown}`; there are: {}", all.join(", "));
    }
    if let Some(input) = &arguments.input {
        let [target] = &chosen[..] else {
            bail!("name the one target to run the input on");
        };
        // as the user wrote it, not as seen from the repository root
        let input = std::path::absolute(input)?;
        let programs = build(&Tools::default(), Speed::QuickToBuild)?;
        return exec::run(exec::program(programs.join(target)).args(limits()).arg(input));
    }
    let programs = build(&Tools::default(), Speed::QuickToRun)?;
    let time = Duration::from_secs(60) * arguments.minutes;
    say::line(
        "fuzz",
        &format!("{} targets, {} each; Ctrl-C ends it", chosen.len(), say::duration(time)),
    );
    let tried = try_all(&programs, &chosen, time);
    if arguments.keep {
        for target in &chosen {
            keep(&programs, target)?;
        }
    }
    tried
}

/// A short run of every target from the committed corpus, as one of the tests.
pub(crate) fn brief(tools: &Tools) -> Result<()> {
    let programs = build(tools, Speed::QuickToBuild)?;
    try_all(&programs, &targets()?, BRIEF)
}

/// All targets: the names of the programs in `fuzz/fuzz_targets`.
fn targets() -> Result<Vec<String>> {
    let folder = place::root().join("fuzz/fuzz_targets");
    let name = |path: PathBuf| Some(path.file_stem()?.to_str()?.to_owned());
    let entries = fs::read_dir(&folder).with_context(|| folder.display().to_string())?;
    let mut names: Vec<_> = entries.flatten().filter_map(|entry| name(entry.path())).collect();
    names.sort();
    ensure!(!names.is_empty(), "no targets in {}", folder.display());
    Ok(names)
}

/// What the programs are built for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Speed {
    /// With the profile of the tests, with which they share what runs while building.
    QuickToBuild,
    /// Optimised: some five times as many inputs a second.
    QuickToRun,
}

/// Builds the programs of all targets; returns their folder.
fn build(tools: &Tools, speed: Speed) -> Result<PathBuf> {
    tools.cxx()?;
    let host = setup::host()?;
    let start = Instant::now();
    say::line("build", "the fuzzed decoders");
    let mut cargo = exec::cargo("build");
    cargo.args(["--package", "fuzz", "--features", "libfuzzer", "--bins", "--target", &host]);
    // with a target named, the flags are for it alone and not for what runs while building
    cargo.arg("--target-dir").arg(place::native_target());
    let folder = match speed {
        Speed::QuickToBuild => "debug",
        Speed::QuickToRun => {
            cargo.args(["--profile", "fuzz"]);
            "fuzz"
        }
    };
    add_flags(&mut cargo, &host)?;
    exec::run(&mut cargo)?;
    say::line("build", &format!("the fuzzed decoders, {}", say::duration(start.elapsed())));
    Ok(place::native_target().join(&host).join(folder))
}

/// Adds our flags to those of the user, which name their linker for example.
fn add_flags(cargo: &mut Command, host: &str) -> Result<()> {
    match std::env::var("RUSTFLAGS") {
        Ok(flags) => {
            cargo.env("RUSTFLAGS", format!("{flags} {}", FLAGS.join(" ")));
        }
        Err(_) => {
            let flags = serde_json::to_string(FLAGS)?;
            cargo.arg("--config").arg(format!("target.{host}.rustflags={flags}"));
        }
    }
    Ok(())
}

fn limits() -> Vec<String> {
    vec![format!("-rss_limit_mb={MEMORY}"), format!("-timeout={PATIENCE}")]
}

/// Where grown corpora and found crashes lie, until they are kept.
fn work() -> PathBuf {
    place::native_target().join("fuzzed")
}

fn committed(target: &str) -> PathBuf {
    place::root().join("fuzz/corpus").join(target)
}

/// Tries targets, as many at a time as there are processors. An error names every input that broke something.
fn try_all(programs: &Path, targets: &[String], time: Duration) -> Result<()> {
    let waiting = Mutex::new(targets.iter());
    let found = Mutex::new(Vec::new());
    let workers = std::thread::available_parallelism().map_or(1, NonZero::get);
    let start = Instant::now();
    std::thread::scope(|scope| {
        for _ in 0..workers.min(targets.len()) {
            scope.spawn(|| {
                loop {
                    let next = waiting.lock().expect("no thread panics").next();
                    let Some(target) = next else { break };
                    if let Err(error) = try_one(programs, target, time) {
                        found.lock().expect("no thread panics").push(format!("{error:#}"));
                    }
                }
            });
        }
    });
    let found = found.into_inner().expect("no thread panics");
    say::line("fuzz", &format!("{} targets, {}", targets.len(), say::duration(start.elapsed())));
    if found.is_empty() {
        return Ok(());
    }
    bail!("{}", found.join("\n"));
}

fn try_one(programs: &Path, target: &str, time: Duration) -> Result<()> {
    let (corpus, crashes) =
        (work().join("corpus").join(target), work().join("crashes").join(target));
    for folder in [&corpus, &crashes] {
        fs::create_dir_all(folder).with_context(|| folder.display().to_string())?;
    }
    let log = work().join(format!("{target}.log"));
    let output = fs::File::create(&log).with_context(|| log.display().to_string())?;
    let before = files(&crashes)?;
    let mut prefix = OsString::from("-artifact_prefix=");
    prefix.push(&crashes);
    prefix.push(std::path::MAIN_SEPARATOR_STR);
    let status = exec::program(programs.join(target))
        .args(limits())
        .arg(format!("-max_total_time={}", time.as_secs()))
        .arg(prefix)
        .args([&corpus, &committed(target)])
        // naming every frame takes longer than an input may
        .env("RUST_BACKTRACE", "0")
        .stdout(Stdio::null())
        .stderr(output)
        .status()
        .with_context(|| format!("cannot start the program of {target}"))?;
    let text = fs::read_to_string(&log).unwrap_or_default();
    if status.success() {
        say::more(&format!("{target}: {}", summary(&text).unwrap_or("done")));
        return Ok(());
    }
    let new: Vec<_> = files(&crashes)?.into_iter().filter(|file| !before.contains(file)).collect();
    let Some(input) = new.first() else {
        bail!("{target} failed ({status}); its log is {}", place::short(&log));
    };
    let input = place::short(input);
    bail!(
        "{target}: {}\n  input: {input}\n  again: cargo xtask fuzz {target} --input {input}\n  once mended, keep it: \
         cp {input} fuzz/corpus/{target}/NAME\n  log: {}",
        reason(&text),
        place::short(&log),
    );
}

fn files(folder: &Path) -> Result<Vec<PathBuf>> {
    let entries = fs::read_dir(folder).with_context(|| folder.display().to_string())?;
    Ok(entries.flatten().map(|entry| entry.path()).collect())
}

/// How many inputs were tried, from a log.
fn summary(log: &str) -> Option<&str> {
    log.lines().rev().find_map(|line| line.strip_prefix("Done "))
}

/// What broke, from a log: what the panic says, or else what libFuzzer says.
fn reason(log: &str) -> String {
    let mut lines = log.lines();
    if let Some(place) =
        lines.find(|line| line.starts_with("thread ") && line.contains("panicked at"))
    {
        let place = place.rsplit("panicked at ").next().unwrap_or_default().trim_end_matches(':');
        return format!("{} ({place})", lines.next().unwrap_or_default());
    }
    let told =
        |line: &&str| line.contains("ERROR: libFuzzer") || line.starts_with("memory allocation of");
    log.lines().find(told).unwrap_or("it ended badly").to_owned()
}

/// Copies the inputs of a grown corpus that reach further into the committed one.
fn keep(programs: &Path, target: &str) -> Result<()> {
    let folder = committed(target);
    let before = files(&folder)?.len();
    let grown = work().join("corpus").join(target);
    let mut merge = exec::program(programs.join(target));
    merge.args(limits()).arg("-merge=1").args([&folder, &grown]).env("RUST_BACKTRACE", "0");
    exec::run_quietly(&mut merge)?;
    let added = files(&folder)?.len().saturating_sub(before);
    say::line("keep", &format!("{target}: {added} more inputs in {}", place::short(&folder)));
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    const CRASH: &str = "INFO: Seed: 1\n\
        #2 INITED\n\
        thread '<unnamed>' (31149) panicked at fuzz/src/text.rs:101:9:\n\
        assertion `left == right` failed: the normal form is normal\n\
        ==31149== ERROR: libFuzzer: deadly signal\n";

    #[test]
    fn a_crash_is_told_by_what_the_panic_says() {
        let text =
            "assertion `left == right` failed: the normal form is normal (fuzz/src/text.rs:101:9)";
        assert_eq!(reason(CRASH), text);
        let hungry =
            "memory allocation of 50354228 bytes failed\n==1== ERROR: libFuzzer: deadly signal\n";
        assert_eq!(reason(hungry), "memory allocation of 50354228 bytes failed");
        assert_eq!(
            reason("==1== ERROR: libFuzzer: timeout after 6 seconds"),
            "==1== ERROR: libFuzzer: timeout after 6 seconds"
        );
        assert_eq!(reason(""), "it ended badly");
    }

    #[test]
    fn a_good_run_is_told_by_how_much_was_tried() {
        assert_eq!(
            summary("#9 DONE cov: 1\nDone 9 runs in 3 second(s)\n"),
            Some("9 runs in 3 second(s)")
        );
        assert_eq!(summary(CRASH), None);
    }

    #[test]
    fn every_target_is_found() {
        let targets = targets().unwrap();
        assert!(targets.iter().any(|name| name == "transaction"), "{targets:?}");
    }
}
