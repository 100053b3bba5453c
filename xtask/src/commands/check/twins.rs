//! The core's unit tests run natively and as WebAssembly. A test that forgets the alias is silently absent on one
//! side, so the two lists are compared by name.

use std::collections::BTreeSet;

use anyhow::{Result, bail, ensure};

use crate::setup::Tools;
use crate::{exec, rooms, say};

const LIST: &[&str] = &["--lib", "--", "--list", "--format", "terse"];

/// Compares the lists.
pub(super) fn check(tools: &Tools) -> Result<()> {
    for room in rooms::WEB_TESTED {
        let native =
            exec::read(exec::cargo("test").args(["--quiet", "--package", room]).args(LIST))?;
        let web = exec::read(tools.wasm_cargo_test()?.args(["--package", room]).args(LIST))?;
        let (native, web) = (names(&native), names(&web));
        ensure!(!native.is_empty(), "`{room}` has no unit tests");
        let lonely: Vec<_> = native.symmetric_difference(&web).copied().collect();
        if !lonely.is_empty() {
            bail!("tests of `{room}` that run on one side only:\n{}", lonely.join("\n"));
        }
        say::more(&format!("{room}: {} unit tests on either side", native.len()));
    }
    Ok(())
}

/// The names in a list of tests.
fn names(list: &str) -> BTreeSet<&str> {
    list.lines().filter_map(|line| line.strip_suffix(": test")).map(str::trim).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_from_a_list_and_nothing_else_is() {
        let list = "running\naddress::tests::is_strict: test\n  amount::tests::adds: test\nx: benchmark\n\n2 tests\n";
        assert_eq!(
            names(list),
            BTreeSet::from(["address::tests::is_strict", "amount::tests::adds"])
        );
    }
}
