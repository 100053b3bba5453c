//! The files of the catalogues.

use std::collections::BTreeMap;
use std::fs;

use anyhow::{Context, Result, ensure};
use serde::{Deserialize, Serialize};

use crate::place;

/// The languages beside English.
pub(super) const TAGS: [&str; 2] = ["de", "es"];

/// Where the catalogues are.
pub(super) const FOLDER: &str = "languages";

/// Texts that are for no person's eyes.
pub(super) const UNSPOKEN: &str = "unspoken.json";

/// Single words of the rooms beneath the pages that persons read.
pub(super) const WORDS: &str = "words.json";

/// A text in another language.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(untagged)]
pub(crate) enum Translation {
    Whole(String),
    /// For one, and for any other number.
    Counted(String, String),
}

type Entry = BTreeMap<String, Translation>;

/// All entries of all files.
pub(crate) struct Catalogues {
    entries: BTreeMap<String, Entry>,
}

impl Catalogues {
    pub(crate) fn read() -> Result<Self> {
        let folder = place::root().join(FOLDER);
        let mut entries: BTreeMap<String, Entry> = BTreeMap::new();
        let mut files: Vec<_> = fs::read_dir(&folder)?.collect::<Result<_, _>>()?;
        files.sort_by_key(fs::DirEntry::path);
        for file in files.iter().map(fs::DirEntry::path) {
            let is_one = file.extension().is_some_and(|it| it == "json");
            if !is_one || file.ends_with(UNSPOKEN) || file.ends_with(WORDS) {
                continue;
            }
            let name = place::short(&file);
            let read: BTreeMap<String, Entry> =
                serde_json::from_str(&fs::read_to_string(&file)?).with_context(|| name.clone())?;
            for (text, entry) in read {
                for tag in entry.keys() {
                    ensure!(TAGS.contains(&tag.as_str()), "{name}: {text:?}: no language {tag}");
                }
                let known = entries.entry(text.clone()).or_default();
                for (tag, translation) in entry {
                    let twice = known.insert(tag.clone(), translation).is_some();
                    ensure!(!twice, "{name}: {text:?} has a second entry for {tag}");
                }
            }
        }
        Ok(Self { entries })
    }

    pub(super) fn entry(&self, text: &str) -> Option<&Entry> {
        self.entries.get(text)
    }

    pub(super) fn texts(&self) -> impl Iterator<Item = &String> {
        self.entries.keys()
    }

    /// The catalogue of a language: from English to it.
    pub(super) fn of(&self, tag: &str) -> BTreeMap<&str, &Translation> {
        self.entries
            .iter()
            .filter_map(|(text, entry)| Some((text.as_str(), entry.get(tag)?)))
            .collect()
    }
}

/// Texts that look like words and are for no person's eyes: names of keys, queries, fragments of a protocol.
pub(super) fn unspoken() -> Result<Vec<String>> {
    list(UNSPOKEN)
}

/// Words that persons read and that look like names of keys: a state, a part of a sentence, a name of the chain that
/// is shown in words.
pub(super) fn words() -> Result<Vec<String>> {
    list(WORDS)
}

fn list(name: &str) -> Result<Vec<String>> {
    let file = place::root().join(FOLDER).join(name);
    let name = place::short(&file);
    serde_json::from_str(&fs::read_to_string(&file).with_context(|| name.clone())?).context(name)
}
