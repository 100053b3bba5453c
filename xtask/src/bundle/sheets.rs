//! The style sheets, joined into the one that imports them. A browser then asks for one file, at once, where it asked
//! for each once it had read the importing one; and one file packs better than many.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result, ensure};

/// The sheet that imports all others, and the folder of those.
const SHEET: &str = "public/app.css";
const FOLDER: &str = "public/css";
/// How it imports one, and how that names what lies beside its folder.
const IMPORT: &str = "@import url(\"css/";
const BESIDE: &str = "url(\"../";

/// Joins the sheets of a bundle.
pub(super) fn join(bundle: &Path) -> Result<()> {
    let folder = bundle.join(FOLDER);
    let path = bundle.join(SHEET);
    let sheet = fs::read_to_string(&path).with_context(|| format!("there is no {SHEET}"))?;
    let joined = joined(&sheet, |name| {
        let sheet = folder.join(name);
        fs::read_to_string(&sheet)
            .with_context(|| format!("{SHEET} imports {name}, which {FOLDER} does not have"))
    })?;
    fs::write(&path, joined)?;
    fs::remove_dir_all(&folder)?;
    Ok(())
}

/// A sheet with what it imports in the place of each import.
fn joined(sheet: &str, read: impl Fn(&str) -> Result<String>) -> Result<String> {
    let mut all = String::with_capacity(sheet.len());
    for line in sheet.lines() {
        let Some(import) = line.strip_prefix(IMPORT) else {
            ensure!(
                !line.trim_start().starts_with("@import"),
                "{SHEET} imports in another way: {line}"
            );
            all.push_str(line);
            all.push('\n');
            continue;
        };
        let name = import
            .strip_suffix("\");")
            .with_context(|| format!("{SHEET} imports in another way: {line}"))?;
        let text = read(name)?;
        ensure!(!text.contains("@import"), "{name} imports a sheet itself");
        let named = text.matches("url(").count();
        ensure!(
            named == text.matches(BESIDE).count(),
            "{name} names a file that is not beside {FOLDER}"
        );
        all.push_str(&text.replace(BESIDE, "url(\""));
    }
    Ok(all)
}

#[cfg(test)]
mod tests {
    use super::joined;
    use anyhow::{Context as _, Result};

    fn read(name: &str) -> Result<String> {
        match name {
            "a.css" => Ok("a { src: url(\"../fonts/a.woff2\"); }\n".to_owned()),
            "b.css" => Ok("b {}\n".to_owned()),
            "far.css" => Ok("c { src: url(\"https://example.com/\"); }\n".to_owned()),
            "deep.css" => Ok("@import url(\"a.css\");\n".to_owned()),
            _ => None.context("no such sheet"),
        }
    }

    #[test]
    fn sheets_come_in_the_order_of_their_imports_and_find_their_files() {
        let sheet = "/* all */\n@import url(\"css/b.css\");\n@import url(\"css/a.css\");\nd {}\n";
        let all = joined(sheet, read).unwrap();
        assert_eq!(all, "/* all */\nb {}\na { src: url(\"fonts/a.woff2\"); }\nd {}\n");
    }

    #[test]
    fn what_would_break_once_joined_is_refused() {
        for import in ["none.css", "far.css", "deep.css", "a.css\") print"] {
            let sheet = format!("@import url(\"css/{import}\");\n");
            assert!(joined(&sheet, read).is_err(), "{import}");
        }
        assert!(joined("@import 'css/a.css';\n", read).is_err());
    }
}
