//! The core's unit tests run natively and as WebAssembly. A test that forgets the alias is silently absent on one
//! side, so the two lists are compared by name.

use std::collections::BTreeSet;
use std::path::PathBuf;

use anyhow::{Context, Result, bail, ensure};
use serde::Deserialize;

use crate::setup::Tools;
use crate::{exec, rooms, say};

const LIST: &[&str] = &["--list", "--format", "terse"];

/// One line of what cargo says with `--message-format=json`, as far as it is about a test program.
#[derive(Deserialize)]
struct Message {
    target: Option<Target>,
    executable: Option<PathBuf>,
}

#[derive(Deserialize)]
struct Target {
    name: String,
    kind: Vec<String>,
}

/// Compares the lists.
pub(super) fn check(tools: &Tools) -> Result<()> {
    // The same selections as in `cargo xtask test`, which then finds everything compiled.
    let native = exec::read(exec::cargo("test").arg("--lib").args(JSON))?;
    let web = exec::read(tools.wasm_cargo_test()?.args(rooms::WEB_TESTS).args(JSON))?;
    let runner = tools.wasm_bindgen()?.join("wasm-bindgen-test-runner");
    for room in rooms::WEB_TESTED {
        let native = exec::read(exec::program(test_program(&native, room)?).args(LIST))?;
        let web = exec::read(exec::program(&runner).arg(test_program(&web, room)?).args(LIST))?;
        compare(room, &names(&native), &names(&web))?;
    }
    Ok(())
}

const JSON: &[&str] = &["--no-run", "--message-format=json-render-diagnostics"];

fn compare(room: &str, native: &BTreeSet<&str>, web: &BTreeSet<&str>) -> Result<()> {
    ensure!(!native.is_empty(), "`{room}` has no unit tests");
    let lonely: Vec<_> = native.symmetric_difference(web).copied().collect();
    if !lonely.is_empty() {
        bail!("tests of `{room}` that run on one side only:\n{}", lonely.join("\n"));
    }
    say::more(&format!("{room}: {} unit tests on either side", native.len()));
    Ok(())
}

/// The program of a library's unit tests, from what cargo said.
fn test_program(messages: &str, room: &str) -> Result<PathBuf> {
    let name = room.replace('-', "_");
    let is_library =
        |target: &Target| target.name == name && target.kind.iter().any(|kind| kind == "lib");
    messages
        .lines()
        .filter_map(|line| serde_json::from_str::<Message>(line).ok())
        .find(|message| {
            message.target.as_ref().is_some_and(is_library) && message.executable.is_some()
        })
        .and_then(|message| message.executable)
        .with_context(|| format!("cargo built no unit tests of `{room}`"))
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

    #[test]
    fn a_test_on_one_side_only_is_named() {
        let both = BTreeSet::from(["a", "b"]);
        assert!(compare("core", &both, &both).is_ok());
        for (native, web) in
            [(&both, BTreeSet::from(["a"])), (&BTreeSet::from(["a"]), both.clone())]
        {
            assert!(compare("core", native, &web).unwrap_err().to_string().ends_with("only:\nb"));
        }
        assert!(compare("core", &BTreeSet::new(), &BTreeSet::new()).is_err());
    }

    #[test]
    fn the_test_program_of_a_library_is_found_among_cargos_messages() {
        let messages = r#"{"reason":"compiler-artifact","target":{"name":"wasm_core","kind":["lib"]},"executable":null}
{"reason":"compiler-artifact","target":{"name":"wasm_core","kind":["test"]},"executable":"/t/other"}
{"reason":"compiler-artifact","target":{"name":"wasm_core","kind":["lib"]},"executable":"/t/deps/wasm_core-1"}
{"reason":"build-finished","success":true}"#;
        assert_eq!(
            test_program(messages, "wasm-core").unwrap(),
            PathBuf::from("/t/deps/wasm_core-1")
        );
        assert!(test_program(messages, "rpc").is_err());
    }
}
