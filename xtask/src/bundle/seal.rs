//! Tells the service worker of a finished bundle what the bundle consists of: each file and its hash.
//!
//! A changed byte anywhere changes the worker's own script, which is how a browser finds a newer build.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use anyhow::{Context, Result, ensure};
use base64ct::{Base64, Encoding as _};
use serde::Serialize;
use sha2::{Digest as _, Sha256};

/// The service worker's script, at the top of the bundle. The copy in `public` stays unfilled and unused.
const WORKER: &str = "offline.js";
const UNUSED: &str = "public/offline.js";
const BEGINNING: &str = "const BUILD = ";

/// A build: its name, and what each of its files must hash to, in the notation of integrity attributes.
#[derive(Serialize)]
struct Build {
    name: String,
    files: BTreeMap<String, String>,
}

/// Writes into the service worker's script what lies in a folder now.
pub(super) fn seal(folder: &Path) -> Result<()> {
    let mut files = BTreeMap::new();
    collect(folder, "", &mut files)?;
    files.remove(UNUSED);
    files
        .remove(WORKER)
        .with_context(|| format!("there is no {WORKER} in {}", folder.display()))?;
    ensure!(files.contains_key("index.html"), "there is no page in {}", folder.display());
    let path = folder.join(WORKER);
    let script = fs::read_to_string(&path)?;
    fs::write(&path, filled(&script, files)?)
        .with_context(|| format!("cannot write {}", path.display()))
}

/// The script with this build in the place of any other.
fn filled(script: &str, files: BTreeMap<String, String>) -> Result<String> {
    let places = script.lines().filter(|line| line.starts_with(BEGINNING)).count();
    ensure!(places == 1, "{WORKER} has {places} lines that begin with `{BEGINNING}`");
    // The script itself is part of what a browser runs, so it is part of the name.
    let mut all = Sha256::new();
    let rest = script.lines().filter(|line| !line.starts_with(BEGINNING));
    for line in rest.chain(files.iter().flat_map(|(name, hash)| [name.as_str(), hash.as_str()])) {
        all.update(line);
        all.update("\n");
    }
    let name = all.finalize().iter().take(8).map(|byte| format!("{byte:02x}")).collect();
    let build = serde_json::to_string(&Build { name, files })?;
    let line = |line: &str| {
        let line = if line.starts_with(BEGINNING) {
            format!("{BEGINNING}{build};")
        } else {
            line.to_owned()
        };
        line + "\n"
    };
    Ok(script.lines().map(line).collect())
}

fn collect(folder: &Path, above: &str, files: &mut BTreeMap<String, String>) -> Result<()> {
    let unread = || format!("cannot read {}", folder.display());
    for entry in fs::read_dir(folder).with_context(unread)? {
        let entry = entry?;
        let name = entry.file_name();
        let name =
            name.to_str().with_context(|| format!("{} is no text", entry.path().display()))?;
        let name = format!("{above}{name}");
        if name.starts_with(crate::extension::PREFIX) {
            // Extensions that were made of this bundle, and are no part of it.
            continue;
        }
        if entry.file_type()?.is_dir() {
            collect(&entry.path(), &format!("{name}/"), files)?;
        } else {
            let bytes = fs::read(entry.path()).with_context(unread)?;
            files.insert(name, format!("sha256-{}", Base64::encode_string(&Sha256::digest(bytes))));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn files(page: &str) -> BTreeMap<String, String> {
        BTreeMap::from([("index.html".to_owned(), page.to_owned())])
    }

    fn script() -> String {
        fs::read_to_string(crate::place::root().join(UNUSED)).unwrap()
    }

    #[test]
    fn a_sealed_script_may_be_sealed_again() {
        let once = filled(&script(), files("sha256-one")).unwrap();
        let other = filled(&script(), files("sha256-two")).unwrap();
        assert_ne!(once, other);
        assert!(once.contains(r#""files":{"index.html":"sha256-one"}"#), "{once}");
        assert_eq!(filled(&once, files("sha256-two")).unwrap(), other);
        assert_eq!(once.lines().count(), script().lines().count());
    }

    #[test]
    fn another_script_is_another_build() {
        let name = |script: &str| {
            let filled = filled(script, files("sha256-one")).unwrap();
            let line = filled.lines().find(|line| line.starts_with(BEGINNING)).unwrap().to_owned();
            line.split('"').nth(3).unwrap().to_owned()
        };
        assert_eq!(name(&script()).len(), 16);
        assert_ne!(name(&script()), name(&script().replace("other pages", "others")));
    }

    #[test]
    fn a_script_without_a_place_for_the_build_is_refused() {
        let error = filled("const NOTHING = 1;", files("")).unwrap_err().to_string();
        assert!(error.contains("0 lines"), "{error}");
    }
}
