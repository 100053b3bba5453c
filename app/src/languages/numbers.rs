//! Numbers as the language in force writes them.

use super::{Language, language};

/// Why a typed number was not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TypedNumberError {
    /// It has the sign that groups digits: `1.234` means something else in another language.
    Grouped(Language),
}

/// A number in the form of the code, such as `1,234.5`, as the language in force writes it. What is no number stays
/// as it is.
#[must_use]
pub fn local_number(number: &str) -> String {
    local_number_in(language(), number)
}

fn local_number_in(language: Language, number: &str) -> String {
    let digits = number.trim_start_matches(['+', '-', '\u{2212}']);
    let (whole, fraction) = digits.split_once('.').map_or((digits, None), |(a, b)| (a, Some(b)));
    let is_number = !whole.is_empty()
        && whole.chars().all(|sign| sign.is_ascii_digit() || sign == ',')
        && fraction.is_none_or(|it| !it.is_empty() && it.chars().all(|sign| sign.is_ascii_digit()));
    if !is_number || language == Language::English {
        return number.to_owned();
    }
    let sign = number.strip_suffix(digits).unwrap_or_default();
    let count = whole.chars().filter(char::is_ascii_digit).count();
    let whole: String = if count < language.grouped_from() {
        whole.chars().filter(char::is_ascii_digit).collect()
    } else {
        whole.chars().map(|it| if it == ',' { language.group_sign() } else { it }).collect()
    };
    let fraction =
        fraction.map(|it| format!("{}{it}", language.decimal_sign())).unwrap_or_default();
    format!("{sign}{whole}{fraction}")
}

/// What a person typed, in the form of the code: with a point before the fraction.
///
/// # Errors
///
/// When it has the sign that groups digits, where another language puts its fraction.
pub fn typed_number(typed: &str) -> Result<String, TypedNumberError> {
    typed_number_in(language(), typed)
}

fn typed_number_in(language: Language, typed: &str) -> Result<String, TypedNumberError> {
    if language == Language::English {
        return Ok(typed.to_owned());
    }
    if typed.contains(language.group_sign()) {
        return Err(TypedNumberError::Grouped(language));
    }
    Ok(typed.replace(language.decimal_sign(), "."))
}

#[cfg(test)]
mod tests {
    use super::{Language, TypedNumberError, local_number_in, typed_number_in};

    #[test]
    fn each_language_writes_numbers_its_own_way() {
        for (language, number, written) in [
            (Language::English, "1,234.5", "1,234.5"),
            (Language::German, "1,234.5", "1.234,5"),
            (Language::Spanish, "1,234.5", "1234,5"),
            (Language::Spanish, "12,345.5", "12.345,5"),
            (Language::German, "\u{2212}1,000,000", "\u{2212}1.000.000"),
            (Language::German, "0.000000001", "0,000000001"),
            (Language::German, "0.1.21", "0.1.21"),
            (Language::German, "0xab,cd", "0xab,cd"),
            (Language::German, "", ""),
        ] {
            assert_eq!(local_number_in(language, number), written);
        }
    }

    #[test]
    fn what_could_mean_two_amounts_is_not_taken() {
        assert_eq!(typed_number_in(Language::German, "1,5"), Ok("1.5".to_owned()));
        assert_eq!(
            typed_number_in(Language::German, "1.234"),
            Err(TypedNumberError::Grouped(Language::German))
        );
        // English keeps its own rule: a comma is refused where the amount is read.
        assert_eq!(typed_number_in(Language::English, "1,234"), Ok("1,234".to_owned()));
    }
}
