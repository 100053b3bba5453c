//! The package for JavaScript as others get it: its tarball, installed into an empty project, used from Node, from a
//! page, and by the TypeScript compiler.

use std::fs;

use anyhow::{Context, Result, ensure};

use crate::bundle;
use crate::commands::{interop, npm};
use crate::setup::Tools;
use crate::{exec, place};

const TESTS: &str = "js/tests";

pub(super) fn run(tools: &Tools) -> Result<()> {
    tools.node_packages()?;
    let chromium = tools.chromium()?;
    let (localnet, _) = interop::build()?;
    let package = npm::build(tools, false)?;
    let project = place::native_target().join("npm/project");
    npm::install(&package, &project)?;
    let mut files = Vec::new();
    for entry in fs::read_dir(place::root().join(TESTS))? {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        fs::copy(entry.path(), project.join(&name)).with_context(|| format!("{TESTS}/{name}"))?;
        if name.ends_with(".test.mjs") {
            files.push(name);
        }
    }
    ensure!(!files.is_empty(), "there are no tests in {TESTS}");
    files.sort();
    bundle::copy_tree(&place::root().join("js/package/examples"), &project.join("examples"))?;
    let mut node = exec::program("node");
    node.args(["--test", "--test-concurrency=1", "--test-reporter=spec"])
        .args(files)
        .current_dir(&project)
        .env("CHROME", chromium)
        .env("SOMA_REPOSITORY", place::root())
        .env("SOMA_LOCALNET_BIN", localnet);
    exec::run(&mut node).context("the package does not do what it says")
}
