//! The manifest: what all browsers read, what one of them reads, and the version of this workspace.

use std::fs;

use anyhow::{Context, Result};
use serde_json::{Map, Value};

use super::Browser;
use crate::place;

const SHARED: &str = "manifest.json";

/// The manifest for a browser, as text.
pub(super) fn of(browser: Browser) -> Result<String> {
    let mut manifest = read(SHARED)?;
    manifest.insert("version".to_owned(), Value::from(env!("CARGO_PKG_VERSION")));
    for (name, value) in read(browser.manifest())? {
        manifest.insert(name, value);
    }
    Ok(serde_json::to_string_pretty(&manifest)? + "\n")
}

fn read(name: &str) -> Result<Map<String, Value>> {
    let path = place::root().join("extension").join(name);
    let text = fs::read_to_string(&path).with_context(|| format!("cannot read {name}"))?;
    serde_json::from_str(&text).with_context(|| format!("in {name}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What may be asked of a person who installs it, at most.
    const PERMISSIONS: [&str; 4] = ["storage", "alarms", "notifications", "sidePanel"];
    const BROWSERS: [Browser; 2] = [Browser::Chromium, Browser::Firefox];

    fn manifest(browser: Browser) -> Value {
        serde_json::from_str(&of(browser).unwrap()).unwrap()
    }

    #[test]
    fn no_more_is_asked_for_than_was_promised() {
        for browser in BROWSERS {
            let manifest = manifest(browser);
            let asked: Vec<_> = manifest["permissions"].as_array().unwrap().iter().collect();
            assert!(
                asked.iter().all(|asked| PERMISSIONS.contains(&asked.as_str().unwrap())),
                "{asked:?}"
            );
            for name in [
                "host_permissions",
                "optional_permissions",
                "optional_host_permissions",
                "externally_connectable",
                "web_accessible_resources",
            ] {
                assert!(manifest.get(name).is_none(), "{name}");
            }
        }
    }

    #[test]
    fn pages_run_own_files_and_wasm_and_nothing_else() {
        for browser in BROWSERS {
            let manifest = manifest(browser);
            let policy = manifest["content_security_policy"]["extension_pages"].as_str().unwrap();
            let scripts = policy.split("; ").find(|part| part.starts_with("script-src ")).unwrap();
            assert_eq!(scripts, "script-src 'self' 'wasm-unsafe-eval'");
            assert!(policy.starts_with("default-src 'none'; "));
            assert!(!policy.contains("unsafe-inline") && !policy.contains("'unsafe-eval'"));
        }
    }

    #[test]
    fn only_safe_wires_reach_a_provider() {
        for browser in BROWSERS {
            for script in manifest(browser)["content_scripts"].as_array().unwrap() {
                let matches = script["matches"].as_array().unwrap();
                let safe = ["https://*/*", "http://localhost/*", "http://127.0.0.1/*"];
                assert!(matches.iter().all(|it| safe.contains(&it.as_str().unwrap())));
                assert_eq!(script["run_at"], "document_start");
                assert!(script.get("all_frames").is_none(), "frames are not asked for");
            }
        }
    }

    #[test]
    fn the_policy_of_the_page_is_that_of_the_web() {
        let html = fs::read_to_string(place::root().join("index.html")).unwrap();
        let manifest = manifest(Browser::Chromium);
        let policy = manifest["content_security_policy"]["extension_pages"].as_str().unwrap();
        for part in policy.split("; ").filter(|part| !part.starts_with("frame-ancestors")) {
            assert!(html.contains(part), "{part}");
        }
    }
}
