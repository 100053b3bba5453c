//! The walls between the rooms: what the core may not reach, and which room may use which.

use std::collections::BTreeSet;
use std::fs;

use anyhow::{Context, Result, bail};

use crate::{exec, place, rooms, say};

/// Looks at the core's whole dependency tree and at every room's manifest.
pub(super) fn check() -> Result<()> {
    let tree = exec::read(exec::cargo("tree").args([
        "--package",
        "wasm-core",
        "--edges",
        "normal",
        "--target",
        "all",
        "--prefix",
        "none",
        "--format",
        "{p}",
    ]))?;
    let found = forbidden(&tree);
    if !found.is_empty() {
        bail!(
            "the core reaches {}; `cargo tree -p wasm-core -e normal --invert NAME` shows how",
            found.join(", ")
        );
    }
    say::more("wasm-core reaches no I/O, clock or randomness");
    for (room, allowed) in rooms::ARROWS {
        let path = place::root().join(room).join("Cargo.toml");
        let manifest =
            fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?;
        let wrong =
            arrows_up(&manifest, allowed).with_context(|| format!("in {}", path.display()))?;
        if !wrong.is_empty() {
            bail!("`{room}` must not depend on {}: arrows point down only", wrong.join(", "));
        }
    }
    say::more(&format!("{} rooms use only rooms below them", rooms::ARROWS.len()));
    Ok(())
}

/// The libraries of a dependency tree that the core must not reach.
fn forbidden(tree: &str) -> Vec<&str> {
    let names: BTreeSet<_> =
        tree.lines().filter_map(|line| line.split_whitespace().next()).collect();
    names.into_iter().filter(|name| rooms::NOT_IN_THE_CORE.contains(name)).collect()
}

/// The rooms that a manifest depends on and should not.
fn arrows_up(manifest: &str, allowed: &[&str]) -> Result<Vec<String>> {
    let manifest: toml::Table = toml::from_str(manifest)?;
    let everywhere = manifest.get("target").and_then(toml::Value::as_table).into_iter().flatten();
    let tables = std::iter::once(manifest.get("dependencies"))
        .chain(everywhere.map(|(_, target)| target.get("dependencies")))
        .flatten()
        .filter_map(toml::Value::as_table);
    let is_room = |name: &str| place::root().join(name).join("Cargo.toml").is_file();
    Ok(tables
        .flat_map(toml::Table::keys)
        .filter(|name| is_room(name) && !allowed.contains(&name.as_str()))
        .cloned()
        .collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_forbidden_library_deep_in_the_tree_is_found() {
        let tree = "wasm-core v0.1.0 (/x)\nbcs v0.2.1\nweb-sys v0.3.106\nweb-sys v0.3.106 (*)\ntokio-stream v0.1.0\n";
        assert_eq!(forbidden(tree), ["web-sys"]);
        assert!(forbidden("wasm-core v0.1.0 (/x)\nbcs v0.2.1\n").is_empty());
    }

    #[test]
    fn an_arrow_up_is_found_under_a_target_too() {
        let manifest = "[dependencies]\nserde = \"1\"\nwasm-core.workspace = true\n\
                        [target.'cfg(unix)'.dependencies]\nrpc.workspace = true\n";
        assert_eq!(arrows_up(manifest, &["wasm-core"]).unwrap(), ["rpc"]);
        assert!(arrows_up(manifest, &["wasm-core", "rpc"]).unwrap().is_empty());
    }
}
