//! What the code says: the texts of the pages, which stand in `t!(…)` and its kin, and the sentences of the rooms
//! beneath them, which are known by their form.

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, anyhow};
use proc_macro2::{Delimiter, Group, Spacing, TokenStream, TokenTree};

use super::files;
use crate::place;

/// Where every text goes through the catalogue.
const PAGES: &str = "app/src";

/// Whose sentences pages show.
const BENEATH: [&str; 6] =
    ["wasm-core/src", "rpc/src", "browser/src", "bridge/src", "worker/src", "gpu/src"];

/// What stands before `=` where the text after it is for the browser.
const FOR_THE_BROWSER: [&str; 25] = [
    "class",
    "testid",
    "id",
    "href",
    "rel",
    "type",
    "name",
    "role",
    "d",
    "style",
    "inputmode",
    "autocomplete",
    "viewBox",
    "transform",
    "target",
    "rows",
    "pattern",
    "method",
    "points",
    "fill",
    "stroke",
    "width",
    "height",
    "code",
    "key",
];

/// Whose arguments nobody reads but developers.
const FOR_DEVELOPERS: [&str; 13] = [
    "expect",
    "expect_err",
    "panic",
    "unreachable",
    "assert",
    "assert_eq",
    "debug_assert",
    "matches",
    "debug",
    "debug_assert_eq",
    "debug_struct",
    "debug_tuple",
    "todo",
];

/// A text of the code.
pub(super) struct Text {
    /// Where it is: file and line.
    pub(super) at: String,
    /// It depends on a number.
    pub(super) counted: bool,
}

/// All that the code says.
#[derive(Default)]
pub(super) struct Said {
    pub(super) texts: BTreeMap<String, Text>,
    /// Texts of the pages that are in no catalogue: where, and what.
    pub(super) outside: Vec<String>,
    /// What is called unspoken, and is nowhere.
    pub(super) unspoken_unused: BTreeSet<String>,
    /// What is called a word, and is nowhere.
    pub(super) words_unused: BTreeSet<String>,
    unspoken: BTreeSet<String>,
    words: BTreeSet<String>,
}

/// What a file is, for its texts.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Room {
    Pages,
    Beneath,
}

impl Said {
    pub(super) fn read() -> Result<Self> {
        let unspoken: BTreeSet<String> = files::unspoken()?.into_iter().collect();
        let words: BTreeSet<String> = files::words()?.into_iter().collect();
        let mut said = Self {
            unspoken_unused: unspoken.clone(),
            words_unused: words.clone(),
            unspoken,
            words,
            ..Self::default()
        };
        said.read_folder(PAGES, Room::Pages)?;
        for room in BENEATH {
            said.read_folder(room, Room::Beneath)?;
        }
        Ok(said)
    }

    fn read_folder(&mut self, folder: &str, room: Room) -> Result<()> {
        for file in sources(&place::root().join(folder))? {
            let name = place::short(&file);
            let source = fs::read_to_string(&file)?;
            let tokens: TokenStream = source.parse().map_err(|error| anyhow!("{name}: {error}"))?;
            Reader { said: self, file: &name, room }.read(tokens).context(name.clone())?;
        }
        Ok(())
    }

    fn add(&mut self, text: String, at: String, counted: bool) {
        self.texts.entry(text).or_insert(Text { at, counted });
    }
}

fn sources(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let name = path.file_stem().and_then(OsStr::to_str).unwrap_or_default();
        if name.ends_with("tests") {
            continue;
        }
        if path.is_dir() {
            found.append(&mut sources(&path)?);
        } else if path.extension().is_some_and(|it| it == "rs") {
            found.push(path);
        }
    }
    found.sort();
    Ok(found)
}

struct Reader<'r> {
    said: &'r mut Said,
    file: &'r str,
    room: Room,
}

impl Reader<'_> {
    fn read(&mut self, tokens: TokenStream) -> Result<()> {
        let tokens: Vec<TokenTree> = tokens.into_iter().collect();
        let mut at = 0;
        while let Some(token) = tokens.get(at) {
            if let Some(past) = self.skipped(&tokens, at)? {
                at = past;
                continue;
            }
            match token {
                TokenTree::Group(group) => self.read(group.stream())?,
                TokenTree::Literal(literal) if !is_for_the_browser(&tokens, at) => {
                    self.literal(literal)?;
                }
                _ => {}
            }
            at += 1;
        }
        Ok(())
    }

    /// What is not read as it stands: most attributes, tests, what only developers read, and the catalogue's own macros.
    /// The place after it.
    fn skipped(&mut self, tokens: &[TokenTree], at: usize) -> Result<Option<usize>> {
        let group_at = |at: usize| match tokens.get(at) {
            Some(TokenTree::Group(group)) => Some(group),
            _ => None,
        };
        if is_punct(tokens.get(at), '#') {
            let inner = usize::from(is_punct(tokens.get(at + 1), '!'));
            let Some(attribute) = group_at(at + 1 + inner) else { return Ok(None) };
            let text = attribute.stream().to_string();
            if text.starts_with("error") {
                self.error(attribute)?;
            }
            if text.starts_with("prop") {
                self.default_of_property(attribute)?;
            }
            let mut past = at + 2 + inner;
            if text.replace(' ', "").starts_with("cfg(test)") {
                // Up to the body of what is for tests only.
                while let Some(token) = tokens.get(past) {
                    past += 1;
                    let ends =
                        matches!(token, TokenTree::Group(it) if it.delimiter() == Delimiter::Brace);
                    if ends || is_punct(Some(token), ';') {
                        break;
                    }
                }
            }
            return Ok(Some(past));
        }
        let Some(TokenTree::Ident(name)) = tokens.get(at) else { return Ok(None) };
        let name = name.to_string();
        let bang = usize::from(is_punct(tokens.get(at + 1), '!'));
        let Some(group) = group_at(at + 1 + bang) else { return Ok(None) };
        if FOR_DEVELOPERS.contains(&name.as_str()) {
            return Ok(Some(at + 2 + bang));
        }
        if self.room == Room::Pages && bang == 1 && matches!(name.as_str(), "t" | "t_n" | "t_view")
        {
            self.catalogued(&name, group)?;
            return Ok(Some(at + 3));
        }
        Ok(None)
    }

    /// `t!("…", …)` and its kin. Values may hold texts of their own.
    fn catalogued(&mut self, name: &str, group: &Group) -> Result<()> {
        let arguments: Vec<TokenTree> = group.stream().into_iter().collect();
        let mut parts = arguments.split(|token| is_punct(Some(token), ','));
        let counted = name == "t_n";
        if counted {
            let number = parts.next().unwrap_or_default();
            self.read(number.iter().cloned().collect())?;
            // The form for one is looked up under the other one.
            parts.next();
        }
        let text = parts.next().and_then(<[TokenTree]>::first);
        let Some(TokenTree::Literal(literal)) = text else { return Ok(()) };
        if let Some(text) = value(literal)? {
            let at = self.place(literal);
            self.said.add(text, at, counted);
        }
        for part in parts {
            self.read(part.iter().cloned().collect())?;
        }
        Ok(())
    }

    fn error(&mut self, attribute: &Group) -> Result<()> {
        for token in attribute.stream() {
            let TokenTree::Group(group) = token else { continue };
            if let Some(TokenTree::Literal(literal)) = group.stream().into_iter().next()
                && let Some(text) = value(&literal)?
            {
                self.sentence(&text, &literal);
            }
        }
        Ok(())
    }

    /// `#[prop(default = …)]`: what a component says where nobody gives it another text.
    fn default_of_property(&mut self, attribute: &Group) -> Result<()> {
        for token in attribute.stream() {
            if let TokenTree::Group(group) = token {
                self.read(group.stream())?;
            }
        }
        Ok(())
    }

    fn literal(&mut self, literal: &proc_macro2::Literal) -> Result<()> {
        let Some(text) = value(literal)? else { return Ok(()) };
        if self.room == Room::Beneath {
            self.word(&text, literal);
        }
        if !looks_like_words(&text) {
            return Ok(());
        }
        match self.room {
            Room::Pages => {
                if !self.is_unspoken(&text) {
                    self.said.outside.push(format!("{}: {text:?}", self.place(literal)));
                }
            }
            Room::Beneath => self.sentence(&text, literal),
        }
        Ok(())
    }

    fn sentence(&mut self, text: &str, literal: &proc_macro2::Literal) {
        if !self.is_unspoken(text) {
            let form = form(text);
            // A sentence that is nothing but its values has no words.
            if form.split(['{', '}']).step_by(2).any(|words| words.chars().any(char::is_alphabetic))
            {
                let at = self.place(literal);
                self.said.add(form, at, false);
            }
        }
    }

    /// A word of `languages/words.json`, as it stands or as a name of the chain that is written in words.
    fn word(&mut self, text: &str, literal: &proc_macro2::Literal) {
        for word in [text.to_owned(), in_words(text)] {
            if self.said.words.contains(&word) {
                self.said.words_unused.remove(&word);
                let at = self.place(literal);
                self.said.add(word, at, false);
            }
        }
    }

    fn is_unspoken(&mut self, text: &str) -> bool {
        self.said.unspoken_unused.remove(text);
        self.said.unspoken.contains(text)
    }

    fn place(&self, literal: &proc_macro2::Literal) -> String {
        format!("{}:{}", self.file, literal.span().start().line)
    }
}

fn is_punct(token: Option<&TokenTree>, sign: char) -> bool {
    matches!(token, Some(TokenTree::Punct(punct)) if punct.as_char() == sign)
}

/// `class="…"` and the like, and the name in `b"…"`-like places.
fn is_for_the_browser(tokens: &[TokenTree], at: usize) -> bool {
    let before = |back: usize| at.checked_sub(back).and_then(|at| tokens.get(at));
    let Some(TokenTree::Punct(sign)) = before(1) else { return false };
    if sign.as_char() != '=' || sign.spacing() == Spacing::Joint {
        return false;
    }
    let Some(TokenTree::Ident(name)) = before(2) else { return false };
    let name = name.to_string();
    let is_data = is_punct(before(3), '-')
        && matches!(before(4), Some(TokenTree::Ident(it)) if *it == "data");
    is_data || FOR_THE_BROWSER.contains(&name.trim_start_matches("r#"))
}

/// The text of a string literal.
fn value(literal: &proc_macro2::Literal) -> Result<Option<String>> {
    let source = literal.to_string();
    if !(source.starts_with('"') || source.starts_with("r\"") || source.starts_with("r#")) {
        return Ok(None);
    }
    let text: syn::LitStr = syn::parse_str(&source)?;
    Ok(Some(text.value()))
}

/// Two words after one another, or one with a capital first.
fn looks_like_words(text: &str) -> bool {
    let words: Vec<&str> = text.split_whitespace().collect();
    let is_word = |word: &&str| {
        let bare = word.trim_matches(|sign: char| sign.is_ascii_punctuation() && sign != '{');
        bare.len() >= 2 && bare.chars().all(|sign| sign.is_alphabetic() || "'’-".contains(sign))
    };
    let several = words.len() > 1 && words.iter().filter(|word| is_word(word)).count() > 1;
    let mut letters = text.trim().chars();
    let capital = letters.next().is_some_and(char::is_uppercase)
        && letters.clone().next().is_some_and(char::is_lowercase)
        && words.len() == 1
        && letters.all(|sign| sign.is_lowercase() || ".…?!:-".contains(sign));
    several || capital || (words.len() > 1 && text.contains('{') && words.iter().any(is_word))
}

/// `AddStake` as "Add stake", as `app/src/say.rs` writes it.
fn in_words(name: &str) -> String {
    let mut words = String::with_capacity(name.len() + 4);
    for letter in name.chars() {
        if letter.is_ascii_uppercase() && !words.is_empty() {
            words.push(' ');
            words.push(letter.to_ascii_lowercase());
        } else {
            words.push(letter);
        }
    }
    words
}

/// A format text with its values numbered in their order.
fn form(text: &str) -> String {
    let mut form = String::with_capacity(text.len());
    let (mut left, mut count) = (text, 0);
    while let Some((words, rest)) = left.split_once('{') {
        form.push_str(&words.replace("}}", "}"));
        if let Some(rest) = rest.strip_prefix('{') {
            form.push('{');
            left = rest;
            continue;
        }
        let Some((_, after)) = rest.split_once('}') else { break };
        form.push_str(&format!("{{{count}}}"));
        count += 1;
        left = after;
    }
    form.push_str(&left.replace("}}", "}"));
    form
}
