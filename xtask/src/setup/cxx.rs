//! A C++ compiler, for libFuzzer.

use std::env;

use anyhow::Result;

use super::apt;
use crate::exec;

/// Finds the compiler that build scripts call, or installs Debian's.
pub(super) fn find_or_install() -> Result<()> {
    let chosen = env::var_os("CXX").is_some_and(|value| !value.is_empty());
    if chosen || exec::on_path("c++").is_some() {
        return Ok(());
    }
    apt::install(&["g++"], "to build libFuzzer, which is C++")
}
