//! Numbers as the language in force writes them.

use super::{Language, language};
use wasm_core::intent::DecimalSign;

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
        fraction.map(|it| format!("{}{it}", language.decimal_sign().letter())).unwrap_or_default();
    format!("{sign}{whole}{fraction}")
}

/// What the language in force writes before a fraction.
#[must_use]
pub fn decimal_sign() -> DecimalSign {
    language().decimal_sign()
}

/// What a person typed, in the form of the code: with a point before the fraction, and a comma between groups of
/// digits, which no amount takes: `1.234` is a thousand in one language and one in another, so it is refused.
#[must_use]
pub fn typed_number(typed: &str) -> String {
    typed_number_in(language(), typed)
}

fn typed_number_in(language: Language, typed: &str) -> String {
    let code = |sign| match sign {
        _ if sign == language.decimal_sign().letter() => '.',
        _ if sign == language.group_sign() => ',',
        _ => sign,
    };
    typed.chars().map(code).collect()
}

/// An amount as a person would type it.
#[must_use]
pub fn number_to_type(number: &str) -> String {
    number_to_type_in(language(), number)
}

fn number_to_type_in(language: Language, number: &str) -> String {
    number.replace('.', language.decimal_sign().letter().encode_utf8(&mut [0; 4]))
}

#[cfg(test)]
mod tests {
    use super::{Language, local_number_in, number_to_type_in, typed_number_in};
    use wasm_core::amount::Shannons;

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
        let amount = |language, typed| typed_number_in(language, typed).parse::<Shannons>().ok();
        assert_eq!(amount(Language::German, "1,5"), Some(Shannons(1_500_000_000)));
        assert_eq!(amount(Language::German, "1.234"), None);
        assert_eq!(amount(Language::German, "1.234,5"), None);
        assert_eq!(amount(Language::English, "1.5"), Some(Shannons(1_500_000_000)));
        assert_eq!(amount(Language::English, "1,234"), None);
    }

    #[test]
    fn what_the_wallet_writes_into_a_field_is_taken() {
        for language in Language::ALL {
            let typed = number_to_type_in(language, "1234.000000001");
            assert_eq!(typed_number_in(language, &typed), "1234.000000001");
        }
    }
}
