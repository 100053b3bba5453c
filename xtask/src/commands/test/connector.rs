//! The connector in Node: its rules, its declarations as the TypeScript compiler sees them, its weight, and what its
//! page says about it. How it does in a browser is a scenario of `tests/e2e`.

use std::fs;

use anyhow::{Context, Result, ensure};

use crate::setup::Tools;
use crate::{exec, place};

const FOLDER: &str = "connector/tests";

pub(super) fn run(tools: &Tools) -> Result<()> {
    tools.node_packages()?;
    tools.extension_packages()?;
    let mut files = Vec::new();
    let folder = place::root().join(FOLDER);
    for entry in fs::read_dir(&folder).with_context(|| format!("cannot read {FOLDER}"))? {
        let name = entry?.file_name().to_string_lossy().into_owned();
        if name.ends_with(".test.js") {
            files.push(format!("{FOLDER}/{name}"));
        }
    }
    ensure!(!files.is_empty(), "there are no tests in {FOLDER}");
    files.sort();
    let mut node = exec::program("node");
    exec::run(node.args(["--test", "--test-reporter=spec"]).args(files))
}
