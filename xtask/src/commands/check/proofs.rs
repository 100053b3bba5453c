//! `docs/protocol.md` says which test proves what. A row whose test is gone, and a kind or a method without a row,
//! are errors: the table cannot promise more than is tested.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use anyhow::{Context, Result, bail, ensure};

use crate::{place, say};

const TABLE: &str = "docs/protocol.md";
const KINDS: &str = "wasm-core/src/tx/kind.rs";
const PROTOS: &str = "rpc/proto";

/// Compares the table with the code.
pub(super) fn check() -> Result<()> {
    let root = place::root();
    let read = |path: &str| fs::read_to_string(root.join(path)).with_context(|| path.to_owned());
    let table = read(TABLE)?;
    let proofs = proofs(&table);
    ensure!(!proofs.is_empty(), "{TABLE} names no tests");
    let mut wrong = Vec::new();
    for proof in &proofs {
        if let Err(error) = stands(root, proof) {
            wrong.push(format!("{error:#}"));
        }
    }
    let mut subjects = kinds(&read(KINDS)?);
    for proto in protos(&root.join(PROTOS))? {
        subjects.append(&mut methods(&fs::read_to_string(proto)?));
    }
    let rows = rows(&table);
    wrong
        .extend(subjects.difference(&rows).map(|subject| format!("`{subject}` has no proven row")));
    if !wrong.is_empty() {
        bail!("{TABLE}:\n{}", wrong.join("\n"));
    }
    say::more(&format!("{} kinds and methods, proven by {} tests", subjects.len(), proofs.len()));
    Ok(())
}

/// A test by the file it stands in and its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Proof<'a> {
    file: &'a str,
    name: &'a str,
}

/// What stands between backticks, in order.
fn quoted(text: &str) -> impl Iterator<Item = &str> {
    text.split('`').skip(1).step_by(2)
}

/// What stands between backticks and has the form `path/to/file.rs::name_of_the_test`.
fn proofs(text: &str) -> BTreeSet<Proof<'_>> {
    quoted(text)
        .filter_map(|quoted| quoted.split_once("::"))
        .filter(|(file, _)| file.contains('/') && file.contains('.'))
        .map(|(file, name)| Proof { file, name })
        .collect()
}

/// The first cells of rows that name at least one test.
fn rows(table: &str) -> BTreeSet<String> {
    table
        .lines()
        .filter(|line| line.starts_with('|') && !proofs(line).is_empty())
        .filter_map(|line| quoted(line.split('|').nth(1)?).next())
        .map(str::to_owned)
        .collect()
}

/// Whether the test is there.
fn stands(root: &Path, proof: &Proof<'_>) -> Result<()> {
    let Proof { file, name } = proof;
    let text = fs::read_to_string(root.join(file)).with_context(|| format!("no file {file}"))?;
    let found = match Path::new(file).extension().and_then(|it| it.to_str()) {
        Some("rs") => text.contains(&format!("fn {name}(")),
        Some("py") => text.contains(&format!("def {name}(")),
        // scenarios of the browser tests are named by a sentence
        Some("mjs") => text.contains(name),
        _ => false,
    };
    ensure!(found, "{file} has no test `{name}`");
    Ok(())
}

/// The names of all kinds of transactions.
fn kinds(source: &str) -> BTreeSet<String> {
    let arm = |line: &str| {
        let (pattern, name) = line.trim().split_once(" => \"")?;
        let name = name.strip_suffix("\",")?;
        pattern.starts_with("Self::").then(|| name.to_owned())
    };
    source.lines().filter_map(arm).collect()
}

/// The methods of a `.proto` file as `Service/Method`.
fn methods(proto: &str) -> BTreeSet<String> {
    let mut service = "";
    let mut methods = BTreeSet::new();
    for line in proto.lines() {
        let mut words =
            line.split(|c: char| c.is_whitespace() || c == '(').filter(|it| !it.is_empty());
        match (words.next(), words.next()) {
            (Some("service"), Some(name)) => service = name,
            (Some("rpc"), Some(name)) => {
                methods.insert(format!("{service}/{name}"));
            }
            _ => {}
        }
    }
    methods
}

fn protos(folder: &Path) -> Result<Vec<std::path::PathBuf>> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).with_context(|| folder.display().to_string())? {
            let path = entry?.path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|it| it == "proto") {
                found.push(path);
            }
        }
    }
    ensure!(!found.is_empty(), "no .proto file in {}", folder.display());
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    const TABLE: &str = "\
# Words with `quotes`
| kind | proof |
|---|---|
| `TransferCoin` | `tests/a.rs::sends`, `tests/b.py::test_sends` |
| `PayCoins` | by nobody |
";

    #[test]
    fn tests_are_found_between_backticks() {
        let expected = [
            Proof { file: "tests/a.rs", name: "sends" },
            Proof { file: "tests/b.py", name: "test_sends" },
        ];
        assert_eq!(proofs(TABLE), BTreeSet::from(expected));
        assert_eq!(proofs("`std::fmt` and `a`"), BTreeSet::new());
    }

    #[test]
    fn a_row_counts_when_it_names_a_test() {
        assert_eq!(rows(TABLE), BTreeSet::from(["TransferCoin".to_owned()]));
    }

    #[test]
    fn a_test_that_is_gone_is_missed() {
        let root = place::root();
        let here = "xtask/src/commands/check/proofs.rs";
        assert!(stands(root, &Proof { file: here, name: "a_test_that_is_gone_is_missed" }).is_ok());
        assert!(stands(root, &Proof { file: here, name: "another" }).is_err());
        assert!(stands(root, &Proof { file: "no/such.rs", name: "another" }).is_err());
    }

    #[test]
    fn kinds_and_methods_are_read_from_their_sources() {
        let source = "match self {\n Self::Genesis(_) => \"Genesis\",\n Self::A { .. } => \"A\",\n other => \"B\",\n";
        assert_eq!(kinds(source), BTreeSet::from(["A".to_owned(), "Genesis".to_owned()]));
        let proto = "service Ledger {\n  rpc Get(GetRequest) returns (Answer);\n  // rpc not\n}";
        assert_eq!(methods(proto), BTreeSet::from(["Ledger/Get".to_owned()]));
    }
}
