//! Short names for what a program and the script beside it know each other by.
//!
//! Both carry every name, so in a small program the names of wasm-bindgen, with sixteen digits each, weigh more than
//! a percent. wasm-opt's `--minify-imports-and-exports-and-modules` shortens them in the program and prints which
//! became what; this does the same in the script.

use std::collections::HashMap;

use anyhow::{Context, Result, ensure};
use serde::Deserialize;

/// What wasm-opt prints.
#[derive(Deserialize)]
struct ShortNames {
    /// Module, name, and short name, of each.
    imports: Vec<[String; 3]>,
    /// Name and short name.
    exports: Vec<[String; 2]>,
}

/// What the module of all imports is called afterwards.
const MODULE: &str = "a";

/// What the script calls the program's exports by.
const EXPORTS: &str = "wasm.";

/// The script that wasm-bindgen wrote, with the names of a program that wasm-opt shortened.
pub(crate) fn in_script(script: &str, printed: &str) -> Result<String> {
    let names: ShortNames =
        serde_json::from_str(printed).context("wasm-opt did not print which names it shortened")?;
    let mut script = script.to_owned();
    let module = names.imports.first().map(|[module, ..]| module.clone());
    if let Some(module) = module {
        replace_once(&mut script, &format!("\"{module}\": "), &format!("\"{MODULE}\": "))?;
        for [of, name, short] in &names.imports {
            ensure!(*of == module, "the program imports from {of}, too");
            replace_once(&mut script, &format!(" {name}: "), &format!(" {short}: "))?;
        }
    }
    let exports = names.exports.iter().map(|[name, short]| (name.as_str(), short.as_str()));
    with_exports(&script, &exports.collect())
}

fn replace_once(script: &mut String, from: &str, to: &str) -> Result<()> {
    let count = script.matches(from).count();
    ensure!(count == 1, "`{from}` stands {count} times in the script");
    *script = script.replacen(from, to, 1);
    Ok(())
}

/// Renames whatever is read of the program.
fn with_exports(script: &str, short: &HashMap<&str, &str>) -> Result<String> {
    let mut out = String::with_capacity(script.len());
    let mut rest = script;
    while let Some((before, after)) = rest.split_once(EXPORTS) {
        out.push_str(before);
        out.push_str(EXPORTS);
        rest = after;
        if before.ends_with(is_of_names) {
            continue;
        }
        let (name, following) =
            after.split_at(after.find(|char| !is_of_names(char)).unwrap_or(after.len()));
        if !name.is_empty() {
            out.push_str(short.get(name).with_context(|| format!("no export is named {name}"))?);
            rest = following;
        }
    }
    out.push_str(rest);
    Ok(out)
}

fn is_of_names(char: char) -> bool {
    char.is_alphanumeric() || matches!(char, '_' | '$')
}

#[cfg(test)]
mod tests {
    use super::*;

    const SCRIPT: &str = "\
        const url = 'my_wasm.wasm'; wasm.memory.grow(wasm.make(1)); mywasm.make();
        const import0 = { __wbg_new_0123: function() { return wasm.make; }, };
        return { \"./p_bg.js\": import0, };";

    const PRINTED: &str = r#"{
        "imports": [["./p_bg.js", "__wbg_new_0123", "b"]],
        "exports": [["make", "c"], ["memory", "make"], ["unused", "d"]]
    }"#;

    #[test]
    fn the_script_follows_the_program() {
        let expected = "\
        const url = 'my_wasm.wasm'; wasm.make.grow(wasm.c(1)); mywasm.make();
        const import0 = { b: function() { return wasm.c; }, };
        return { \"a\": import0, };";
        assert_eq!(in_script(SCRIPT, PRINTED).unwrap(), expected);
    }

    #[test]
    fn what_does_not_fit_is_refused() {
        let missing = SCRIPT.replace("__wbg_new_0123", "__wbg_new_4567");
        assert!(in_script(&missing, PRINTED).unwrap_err().to_string().contains("stands 0 times"));
        let unknown = SCRIPT.replace("wasm.make(1)", "wasm.other(1)");
        assert!(in_script(&unknown, PRINTED).unwrap_err().to_string().contains("named other"));
        let two = PRINTED.replace("]],\n", "], [\"env\", \"log\", \"c\"]],\n");
        assert!(in_script(SCRIPT, &two).unwrap_err().to_string().contains("from env, too"));
        assert!(in_script(SCRIPT, "").is_err());
    }
}
