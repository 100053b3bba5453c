//! Records that this browser keeps and that cannot be read: told as such, so that one of them silences
//! nothing else.

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

/// What a record is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum RecordKind {
    /// A publication. Its secrets lie in the vault, not here.
    Publication,
    /// A submission of data.
    Submission,
    /// A transaction that several must sign.
    Proposal,
}

/// A record that cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DamagedRecord {
    /// What it is of.
    pub kind: RecordKind,
    /// What it is kept under.
    pub key: String,
    /// Why it cannot be read.
    pub reason: String,
    /// What is kept, as it is. It holds no secret.
    pub contents: String,
}

/// What a page asks about them.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum DamagedRequest {
    /// All of them. → `Damaged`
    List,
    /// Forget one, and the file that belongs to it, where that can be told. → `Damaged`
    Remove {
        /// What it is of.
        kind: RecordKind,
        /// What it is kept under.
        key: String,
    },
}

/// Reads what is stored, by key and text: the records, and those that cannot be read.
#[must_use]
pub fn sort_out<T: DeserializeOwned>(
    kind: RecordKind,
    texts: Vec<(String, String)>,
) -> (Vec<T>, Vec<DamagedRecord>) {
    let (mut good, mut damaged) = (Vec::new(), Vec::new());
    for (key, contents) in texts {
        match serde_json::from_str(&contents) {
            Ok(record) => good.push(record),
            Err(error) => {
                damaged.push(DamagedRecord { kind, key, reason: error.to_string(), contents });
            }
        }
    }
    (good, damaged)
}

impl DamagedRecord {
    /// A text that stands under a name in it, where as much as that can be told.
    #[must_use]
    pub fn text(&self, name: &str) -> Option<String> {
        let fields: serde_json::Value = serde_json::from_str(&self.contents).ok()?;
        Some(fields.get(name)?.as_str()?.to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::{DamagedRecord, RecordKind, sort_out};
    use crate::publish::JobId;
    use serde::{Deserialize, Serialize};

    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    struct Record {
        id: JobId,
        private_name: Option<String>,
    }

    #[test]
    fn one_record_that_cannot_be_read_hides_no_other() {
        let texts =
            [("a", r#"{"id":"a","private_name":null}"#), ("b", "{"), ("c", r#"{"id":"c"}"#)];
        let texts = texts.map(|(key, text)| (key.to_owned(), text.to_owned())).to_vec();
        let (good, damaged) = sort_out::<Record>(RecordKind::Publication, texts);
        let ids: Vec<&str> = good.iter().map(|record| record.id.0.as_str()).collect();
        assert_eq!(ids, ["a", "c"]);
        assert_eq!(damaged.len(), 1);
        assert_eq!((damaged[0].key.as_str(), damaged[0].contents.as_str()), ("b", "{"));
    }

    #[test]
    fn the_file_of_a_damaged_record_is_found_where_it_is_named() {
        let of = |contents: &str| DamagedRecord {
            kind: RecordKind::Publication,
            key: "a".to_owned(),
            reason: String::new(),
            contents: contents.to_owned(),
        };
        let named = of(r#"{"private_name":"x.sealed","id":7}"#);
        assert_eq!(named.text("private_name").as_deref(), Some("x.sealed"));
        for contents in ["{", r#"{"private_name":null}"#, "[]"] {
            assert_eq!(of(contents).text("private_name"), None);
        }
    }
}
