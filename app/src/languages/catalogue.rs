//! A catalogue: from English to one language. Sentences with values in them are also known by their form.

use serde::Deserialize;
use std::collections::HashMap;

/// What English says, in another language.
#[derive(Debug)]
pub struct Catalogue {
    entries: HashMap<String, Entry>,
    forms: Vec<Form>,
}

/// Why a catalogue cannot be read.
#[derive(Debug, thiserror::Error)]
#[error("the catalogue cannot be read: {0}")]
pub struct CatalogueError(#[from] serde_json::Error);

#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum Entry {
    Whole(String),
    /// For one, and for any other number.
    Counted(String, String),
}

/// A sentence of the worker with values in it.
#[derive(Debug)]
struct Form {
    /// Its words: before, between and after its values.
    words: Vec<String>,
    length: usize,
    translation: String,
}

/// A part of a text.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Piece<'t> {
    Words(&'t str),
    Value(&'t str),
}

impl Catalogue {
    /// Reads what `cargo xtask build` made of `languages/*.json`.
    ///
    /// # Errors
    ///
    /// When it is none.
    pub fn read(json: &str) -> Result<Self, CatalogueError> {
        let entries: HashMap<String, Entry> = serde_json::from_str(json)?;
        let forms =
            entries.iter().filter_map(|(english, entry)| Form::of(english, entry)).collect();
        Ok(Self { entries, forms })
    }

    pub(super) fn text(&self, english: &str) -> Option<&str> {
        match self.entries.get(english)? {
            Entry::Whole(text) => Some(text),
            Entry::Counted(..) => None,
        }
    }

    pub(super) fn counted(&self, english: &str, number: u64) -> Option<&str> {
        match self.entries.get(english)? {
            Entry::Counted(one, other) => Some(if number == 1 { one } else { other }),
            Entry::Whole(_) => None,
        }
    }

    pub(super) fn told(&self, english: &str) -> String {
        self.known(english).unwrap_or_else(|| self.by_sentences(english))
    }

    /// Some answers are several sentences, put after one another.
    fn by_sentences(&self, english: &str) -> String {
        let sentences: Vec<&str> = english.split_inclusive(". ").collect();
        if sentences.len() < 2 {
            return english.to_owned();
        }
        let known: Vec<Option<String>> =
            sentences.iter().map(|sentence| self.known(sentence.trim_end())).collect();
        if known.iter().all(Option::is_none) {
            return english.to_owned();
        }
        let told = known.into_iter().zip(&sentences);
        told.map(|(known, english)| known.unwrap_or_else(|| english.trim_end().to_owned()))
            .collect::<Vec<_>>()
            .join(" ")
    }

    /// A sentence whole: as it is, or as an error's message that was made a sentence.
    fn known(&self, english: &str) -> Option<String> {
        if let Some(told) = self.as_it_is(english) {
            return Some(told);
        }
        let bare = english.strip_suffix('.').unwrap_or(english);
        let mut letters = bare.chars();
        let small: String =
            letters.next().map(|first| first.to_lowercase().chain(letters).collect())?;
        let told = self.as_it_is(bare).or_else(|| self.as_it_is(&small))?;
        let mut letters = told.chars();
        let first = letters.next()?;
        let is_capital = english.chars().next().is_some_and(char::is_uppercase);
        let first: String =
            if is_capital { first.to_uppercase().collect() } else { first.to_string() };
        let stop = if english.ends_with('.') && !told.ends_with('.') { "." } else { "" };
        Some(format!("{first}{}{stop}", letters.as_str()))
    }

    fn as_it_is(&self, english: &str) -> Option<String> {
        if let Some(text) = self.text(english) {
            return Some(text.to_owned());
        }
        let matching = self.forms.iter().filter_map(|form| Some((form, form.values(english)?)));
        let (form, values) = matching.max_by_key(|(form, _)| form.length)?;
        let values: Vec<(String, String)> = values
            .into_iter()
            .enumerate()
            .map(|(index, value)| (index.to_string(), self.value(value)))
            .collect();
        let values: Vec<(&str, String)> =
            values.iter().map(|(name, value)| (name.as_str(), value.clone())).collect();
        Some(fill(&form.translation, &values))
    }

    /// A value inside a sentence: a number, a number with its unit, or words of its own.
    fn value(&self, english: &str) -> String {
        if let Some((number, unit)) = english.split_once(' ')
            && number.chars().all(|sign| sign.is_ascii_digit() || ",.+-\u{2212}".contains(sign))
        {
            return format!("{} {}", super::local_number(number), self.told(unit));
        }
        let number = super::local_number(english);
        if number == english { self.told(english) } else { number }
    }
}

impl Form {
    fn of(english: &str, entry: &Entry) -> Option<Self> {
        let Entry::Whole(translation) = entry else { return None };
        let (mut words, mut values) = (vec![String::new()], 0);
        for piece in pieces(english) {
            match piece {
                Piece::Words(text) => words.last_mut()?.push_str(text),
                Piece::Value(name) if name.parse::<usize>().is_ok() => {
                    values += 1;
                    words.push(String::new());
                }
                Piece::Value(_) => return None,
            }
        }
        let length = words.iter().map(String::len).sum();
        let is_form = values > 0 && length > 0;
        is_form.then(|| Self { words, length, translation: translation.clone() })
    }

    /// The values of a sentence of this form, in their order.
    fn values<'e>(&self, english: &'e str) -> Option<Vec<&'e str>> {
        let (first, rest) = self.words.split_first()?;
        let (last, between) = rest.split_last()?;
        let mut left = english.strip_prefix(first.as_str())?.strip_suffix(last.as_str())?;
        let mut values = Vec::with_capacity(rest.len());
        for words in between {
            let (value, after) = left.split_once(words.as_str())?;
            values.push(value);
            left = after;
        }
        // The stop of the sentence is no part of its last value.
        if last.is_empty() && left.ends_with('.') {
            return None;
        }
        values.push(left);
        values.iter().all(|value| !value.is_empty()).then_some(values)
    }
}

/// A text with its values put in. A value that is not given leaves its place as it is.
pub(super) fn fill(text: &str, values: &[(&str, String)]) -> String {
    let mut filled = String::with_capacity(text.len());
    for piece in pieces(text) {
        match piece {
            Piece::Words(words) => filled.push_str(words),
            Piece::Value(name) => match values.iter().find(|(other, _)| *other == name) {
                Some((_, value)) => filled.push_str(value),
                None => {
                    filled.push('{');
                    filled.push_str(name);
                    filled.push('}');
                }
            },
        }
    }
    filled
}

/// A text in its parts; `{name}` is a value.
pub(super) fn pieces(text: &str) -> Vec<Piece<'_>> {
    let mut pieces = Vec::new();
    let mut left = text;
    while let Some((words, rest)) = left.split_once('{') {
        let Some((name, after)) = rest.split_once('}') else { break };
        if !words.is_empty() {
            pieces.push(Piece::Words(words));
        }
        pieces.push(Piece::Value(name));
        left = after;
    }
    if !left.is_empty() {
        pieces.push(Piece::Words(left));
    }
    pieces
}

#[cfg(test)]
mod tests {
    use super::{Catalogue, Entry, Form, fill};
    use crate::languages::{Language, put_in_force};

    fn german() -> &'static Catalogue {
        let json = r#"{
            "Send": "Senden",
            "{n} files": ["{n} Datei", "{n} Dateien"],
            "the node does not answer": "der Knoten antwortet nicht",
            "cannot send {0} to {1}": "{0} kann nicht an {1} gesendet werden",
            "asked {0}: {1}": "{0} gefragt: {1}",
            "Try again.": "Noch einmal versuchen."
        }"#;
        Box::leak(Box::new(Catalogue::read(json).expect("a catalogue")))
    }

    #[test]
    fn a_sentence_is_known_by_its_form_and_keeps_its_values() {
        let told = german().told("Cannot send 5 SOMA to 0xab.");
        assert_eq!(told, "5 SOMA kann nicht an 0xab gesendet werden.");
    }

    #[test]
    fn the_stop_of_a_sentence_stays_at_its_end() {
        let told = german().told("cannot send 5 SOMA to 0xab.");
        assert_eq!(told, "5 SOMA kann nicht an 0xab gesendet werden.");
        let told = german().told("asked node.example: the node does not answer.");
        assert_eq!(told, "node.example gefragt: der Knoten antwortet nicht.");
    }

    #[test]
    fn a_cause_inside_a_sentence_is_told_as_well() {
        let told = german().told("asked node.example: the node does not answer");
        assert_eq!(told, "node.example gefragt: der Knoten antwortet nicht");
    }

    #[test]
    fn sentences_after_one_another_are_told_each() {
        assert_eq!(
            german().told("The node does not answer. Try again."),
            "Der Knoten antwortet nicht. Noch einmal versuchen."
        );
        assert_eq!(
            german().told("Nobody knows. Try again."),
            "Nobody knows. Noch einmal versuchen."
        );
    }

    #[test]
    fn what_is_not_known_stays() {
        assert_eq!(german().told("cannot send 5 SOMA to "), "cannot send 5 SOMA to ");
        assert_eq!(german().told("A name. With a stop"), "A name. With a stop");
    }

    #[test]
    fn numbers_follow_the_language() {
        put_in_force(Language::German, Some(german()));
        assert_eq!(
            german().told("cannot send 1,234.5 SOMA to 0xab"),
            "1.234,5 SOMA kann nicht an 0xab gesendet werden"
        );
        assert_eq!(crate::languages::counted(1, "{n} file", "{n} files", &[]), "1 Datei");
        assert_eq!(crate::languages::counted(2, "{n} file", "{n} files", &[]), "2 Dateien");
        assert_eq!(crate::languages::text("Send"), "Senden");
        assert_eq!(crate::languages::text("Receive"), "Receive");
        put_in_force(Language::English, None);
        assert_eq!(crate::languages::counted(2, "{n} file", "{n} files", &[]), "2 files");
    }

    #[test]
    fn a_value_that_looks_like_a_place_is_not_filled_again() {
        assert_eq!(fill("{a} and {b}", &[("a", "{b}".into()), ("b", "x".into())]), "{b} and x");
        assert_eq!(fill("{a} and {c}", &[("a", "1".into())]), "1 and {c}");
    }

    #[test]
    fn the_words_between_values_are_found_in_their_order() {
        let form = Form::of("a {0} b {1} c", &Entry::Whole(String::new())).expect("a form");
        assert_eq!(form.values("a 1 b 2 c"), Some(vec!["1", "2"]));
        assert_eq!(form.values("a 1 b  c"), None);
        assert_eq!(form.values("a 1 2 c"), None);
        assert_eq!(form.values("a c"), None);
    }
}
