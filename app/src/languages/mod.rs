//! Languages. English stands in the code; every other language is a catalogue from the English text to its own.
//!
//! `t!` says a text, `t_n!` one that depends on a number, `t_view!` one with elements inside. The sources of
//! the catalogues are `languages/*.json`; `cargo xtask languages` lists what lacks an entry, and the check of the same
//! name refuses words that are outside the catalogue. What the worker says is English, too: [`told`] knows its
//! sentences by their form. See `docs/languages.md`.

mod catalogue;
#[cfg(target_arch = "wasm32")]
mod choice;
mod language;
mod numbers;
#[cfg(test)]
mod tests;

use std::cell::Cell;

pub use catalogue::{Catalogue, CatalogueError};
#[cfg(target_arch = "wasm32")]
pub(crate) use choice::{Languages, begin};
pub use language::Language;
pub use numbers::{decimal_sign, local_number, number_to_type, typed_number};

thread_local! {
    static IN_FORCE: Cell<(Language, Option<&'static Catalogue>)> =
        const { Cell::new((Language::English, None)) };
}

/// A text in the language in force. `t!("Send more")` is a `&'static str`; `t!("Epoch {epoch}", epoch = 7)`
/// is a `String`, as is `t!("Epoch {epoch}", epoch)`.
macro_rules! t {
    ($text:literal) => {
        $crate::languages::text($text)
    };
    ($text:literal, $($name:ident $(= $value:expr)?),+ $(,)?) => {
        $crate::languages::filled(
            $text,
            &[$((stringify!($name), $crate::languages::t_value!($name $(, $value)?))),+],
        )
    };
}

/// A text that depends on a number: `t_n!(files, "{n} file", "{n} files")`; `{n}` is the number with its digits
/// grouped. Further values follow as in `t!`.
macro_rules! t_n {
    ($number:expr, $one:literal, $other:literal $(, $name:ident $(= $value:expr)?)* $(,)?) => {
        $crate::languages::counted(
            $number,
            $one,
            $other,
            &[$((stringify!($name), $crate::languages::t_value!($name $(, $value)?))),*],
        )
    };
}

/// A text with elements inside: `t_view!("Sent to {whom}.", whom = view! { <b>{name}</b> })`.
#[cfg(target_arch = "wasm32")]
macro_rules! t_view {
    ($text:literal, $($name:ident = $value:expr),+ $(,)?) => {
        $crate::languages::laid_out(
            $text,
            vec![$((stringify!($name), leptos::prelude::IntoAny::into_any($value))),+],
        )
    };
}

/// The text of a value in `t!`.
macro_rules! t_value {
    ($name:ident) => {
        ToString::to_string(&$name)
    };
    ($name:ident, $value:expr) => {
        ToString::to_string(&$value)
    };
}

pub(crate) use t;
pub(crate) use t_n;
pub(crate) use t_value;
#[cfg(target_arch = "wasm32")]
pub(crate) use t_view;

/// The language in force.
#[must_use]
pub fn language() -> Language {
    IN_FORCE.get().0
}

/// Puts a language in force, with its catalogue; English has none.
pub fn put_in_force(language: Language, catalogue: Option<&'static Catalogue>) {
    IN_FORCE.set((language, catalogue));
}

fn catalogue() -> Option<&'static Catalogue> {
    IN_FORCE.get().1
}

/// What `t!` says without values.
#[must_use]
pub fn text(english: &'static str) -> &'static str {
    catalogue().and_then(|catalogue| catalogue.text(english)).unwrap_or(english)
}

/// What `t!` says with values.
#[must_use]
pub fn filled(english: &'static str, values: &[(&str, String)]) -> String {
    catalogue::fill(text(english), values)
}

/// What `t_n!` says.
#[must_use]
pub fn counted(
    number: u64,
    one: &'static str,
    other: &'static str,
    values: &[(&str, String)],
) -> String {
    let english = if number == 1 { one } else { other };
    let form = catalogue().and_then(|it| it.counted(other, number)).unwrap_or(english);
    let mut values = values.to_vec();
    values.push(("n", crate::say::count(number)));
    catalogue::fill(form, &values)
}

/// What `t_view!` says: the pieces of the text with the elements between them.
#[cfg(target_arch = "wasm32")]
#[must_use]
pub(crate) fn laid_out(
    english: &'static str,
    mut elements: Vec<(&'static str, leptos::prelude::AnyView)>,
) -> Vec<leptos::prelude::AnyView> {
    use leptos::prelude::IntoAny as _;
    catalogue::pieces(text(english))
        .into_iter()
        .filter_map(|piece| match piece {
            catalogue::Piece::Words(words) => Some(words.to_owned().into_any()),
            catalogue::Piece::Value(name) => {
                let at = elements.iter().position(|(other, _)| *other == name)?;
                Some(elements.swap_remove(at).1)
            }
        })
        .collect()
}

/// A sentence of the worker in the language in force: known by its form, its values kept. What is not known stays
/// as it was said, in English.
#[must_use]
pub fn told(english: &str) -> String {
    catalogue().map_or_else(|| english.to_owned(), |catalogue| catalogue.told(english))
}
