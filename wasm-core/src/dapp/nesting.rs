//! What can be told of a JSON text before it is read: how deep it goes, and which version it is.

use serde::Deserialize;

/// Deeper than any request or transaction.
const MAX_DEPTH: usize = 8;

/// Whether a text is nested deeper than anything that is read. Brackets inside of strings do not count.
pub(super) fn is_deep(text: &str) -> bool {
    let (mut depth, mut in_string, mut escaped) = (0_usize, false, false);
    for byte in text.bytes() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if in_string => escaped = true,
            b'"' => in_string = !in_string,
            b'{' | b'[' if !in_string => {
                depth += 1;
                if depth > MAX_DEPTH {
                    return true;
                }
            }
            b'}' | b']' if !in_string => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    false
}

/// The version that a text says it has.
pub(super) fn version_of(text: &str) -> Result<u64, serde_json::Error> {
    #[derive(Deserialize)]
    struct Version {
        version: u64,
    }
    serde_json::from_str(text).map(|Version { version }| version)
}

#[cfg(test)]
mod tests {
    use super::{is_deep, version_of};
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    #[test]
    fn only_brackets_outside_of_strings_count() {
        assert!(!is_deep(&"[]".repeat(1000)));
        assert!(!is_deep(&format!("\"{}\"", "[".repeat(1000))));
        assert!(!is_deep(&format!(r#""\"{}""#, "{".repeat(1000))));
        assert!(!is_deep(&"[".repeat(8)));
        assert!(is_deep(&"[".repeat(9)));
        assert!(is_deep(&"{\"a\":".repeat(9)));
    }

    #[test]
    fn a_version_is_read_whatever_else_there_is() {
        assert_eq!(version_of(r#"{"new":[1],"version":2}"#).unwrap(), 2);
        assert!(version_of(r#"{"version":"1"}"#).is_err());
        assert!(version_of("{}").is_err());
    }
}
