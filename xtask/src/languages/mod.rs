//! The catalogues: `languages/*.json`, from what the code says in English to the other languages.
//!
//! Each file is an object from an English text to an object from language tags to its translation; a text that depends
//! on a number has two, for one and for any other number. Which file a text stands in does not matter.

mod files;
mod texts;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use anyhow::{Context, Result, bail};

use crate::{place, say};
pub(crate) use files::Catalogues;
use files::{TAGS, Translation};
use texts::{Said, Text};

/// Writes each language's catalogue into a bundle.
pub(crate) fn write(bundle: &Path) -> Result<()> {
    let catalogues = Catalogues::read()?;
    let folder = bundle.join("public/languages");
    fs::create_dir_all(&folder)?;
    for tag in TAGS {
        let words = serde_json::to_string(&catalogues.of(tag))?;
        let file = folder.join(format!("{tag}.json"));
        fs::write(&file, words).with_context(|| place::short(&file))?;
    }
    Ok(())
}

/// Every text of the code has its entry in each language, each entry is of a text, both have the same values in them,
/// and the pages say nothing outside the catalogue.
pub(crate) fn check() -> Result<()> {
    let said = Said::read()?;
    let catalogues = Catalogues::read()?;
    let mut wrong: Vec<String> =
        said.outside.iter().map(|it| format!("{it}: not in t!(…)")).collect();
    for (text, found) in &said.texts {
        let entry = catalogues.entry(text);
        for tag in TAGS {
            match entry.and_then(|entry| entry.get(tag)) {
                None => wrong.push(format!("{}: {text:?} has no entry for {tag}", found.at)),
                Some(translation) => {
                    if let Err(why) = fits(text, found, translation) {
                        wrong.push(format!("{text:?} in {tag}: {why}"));
                    }
                }
            }
        }
    }
    wrong.extend(
        catalogues
            .texts()
            .filter(|text| !said.texts.contains_key(*text))
            .map(|text| format!("{text:?} has an entry, and nobody says it")),
    );
    wrong.extend(
        said.unspoken_unused
            .iter()
            .map(|text| format!("{text:?} is in languages/unspoken.json, and nowhere in the code")),
    );
    wrong.extend(
        said.words_unused.iter().map(|text| {
            format!("{text:?} is in languages/words.json, and nowhere beneath the pages")
        }),
    );
    if !wrong.is_empty() {
        bail!("{} mistakes:\n{}", wrong.len(), wrong.join("\n"));
    }
    say::more(&format!("{} texts in {} languages", said.texts.len(), TAGS.len() + 1));
    Ok(())
}

/// A translation has the values of its text: each at least once, and no other.
fn fits(text: &str, found: &Text, translation: &Translation) -> Result<(), String> {
    let forms = match (translation, found.counted) {
        (Translation::Whole(whole), false) => vec![whole],
        (Translation::Counted(one, other), true) => vec![one, other],
        (Translation::Whole(_), true) => return Err("needs two forms, [one, other]".to_owned()),
        (Translation::Counted(..), false) => return Err("has two forms, and needs one".to_owned()),
    };
    let wanted = values(text);
    for form in forms {
        let mut there = values(form);
        if found.counted {
            // "one file" may go without its number
            there.extend(wanted.iter().copied().filter(|name| *name == "n"));
        }
        if there != wanted {
            return Err(format!("has the values {there:?}, and the text {wanted:?}"));
        }
        if form.trim().is_empty() {
            return Err("is empty".to_owned());
        }
    }
    Ok(())
}

fn values(text: &str) -> BTreeSet<&str> {
    text.split('{').skip(1).filter_map(|rest| rest.split_once('}')).map(|(name, _)| name).collect()
}

/// Prints what lacks an entry in some language, as JSON to be filled in; of the files whose path begins so.
pub(crate) fn print_missing(beneath: &[String], outside: bool) -> Result<()> {
    let said = Said::read()?;
    let is_wanted =
        |at: &str| beneath.is_empty() || beneath.iter().any(|prefix| at.starts_with(prefix));
    if outside {
        for it in said.outside.iter().filter(|it| is_wanted(it)) {
            say::more(it);
        }
        return Ok(());
    }
    let catalogues = Catalogues::read()?;
    let mut missing: BTreeMap<&str, BTreeMap<&str, serde_json::Value>> = BTreeMap::new();
    for (text, found) in said.texts.iter().filter(|(_, found)| is_wanted(&found.at)) {
        let entry = catalogues.entry(text);
        for tag in TAGS.into_iter().filter(|tag| entry.and_then(|it| it.get(*tag)).is_none()) {
            let empty =
                if found.counted { serde_json::json!(["", ""]) } else { serde_json::json!("") };
            missing.entry(text).or_default().insert(tag, empty);
        }
    }
    say::plain(&serde_json::to_string_pretty(&missing)?);
    Ok(())
}
