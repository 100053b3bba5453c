//! Values in words: amounts, sizes, times. Exact where it is money, rounded where it is for the eye.

use crate::languages::{language, local_number, t, t_n, told};
use wasm_core::amount::Shannons;

/// Groups of an address's digits.
const ADDRESS_GROUP: usize = 4;

/// An amount of SOMA with grouped digits, such as `1,234.5`. Exact.
#[must_use]
pub fn amount(amount: Shannons) -> String {
    let (whole, fraction) = amount_parts(amount);
    whole + &fraction
}

/// Whole and fraction of [`amount`]; the fraction with the sign before it, or empty.
#[must_use]
pub fn amount_parts(shannons: Shannons) -> (String, String) {
    let text = shannons.to_string();
    let (whole, fraction) = text
        .split_once('.')
        .map_or((text.as_str(), None), |(whole, fraction)| (whole, Some(fraction)));
    let sign = language().decimal_sign().letter();
    (grouped(whole), fraction.map(|fraction| format!("{sign}{fraction}")).unwrap_or_default())
}

/// A gain or a loss with its sign, such as `+0.5` or `−1,000`.
#[must_use]
pub fn change(change: i128) -> String {
    let size = u64::try_from(change.unsigned_abs())
        .map_or_else(|_| change.unsigned_abs().to_string(), |size| amount(Shannons(size)));
    match change {
        0 => size,
        1.. => format!("+{size}"),
        _ => format!("\u{2212}{size}"),
    }
}

/// Digits in groups of three.
#[must_use]
pub fn grouped(digits: &str) -> String {
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    local_number(&out)
}

/// A speed or time for the eye, without its fraction.
#[must_use]
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a speed or time is positive, and the cast saturates"
)]
pub const fn whole(number: f64) -> u64 {
    number as u64
}

/// A number with grouped digits.
#[must_use]
pub fn count(number: u64) -> String {
    grouped(&number.to_string())
}

/// The digits of an address after `0x`, in groups that an eye can compare.
#[must_use]
pub fn address_groups(bare_hex: &str) -> Vec<String> {
    let digits: Vec<char> = bare_hex.chars().collect();
    digits.chunks(ADDRESS_GROUP).map(|group| group.iter().collect()).collect()
}

/// Bytes, such as `1.25 GB`; decimal units, as disks and networks count.
#[must_use]
pub fn bytes(bytes: u64) -> String {
    const UNITS: [(&str, u64); 4] =
        [("TB", 1_000_000_000_000), ("GB", 1_000_000_000), ("MB", 1_000_000), ("kB", 1_000)];
    for (name, unit) in UNITS {
        if bytes >= unit {
            let hundredths = u128::from(bytes) * 100 / u128::from(unit);
            let (whole, rest) = (hundredths / 100, hundredths % 100);
            return match whole {
                0..10 => format!("{} {name}", local_number(&format!("{whole}.{rest:02}"))),
                10..100 => format!("{} {name}", local_number(&format!("{whole}.{}", rest / 10))),
                _ => format!("{} {name}", count(u64::try_from(whole).unwrap_or(u64::MAX))),
            };
        }
    }
    t_n!(bytes, "{n} byte", "{n} bytes")
}

/// A span of time to come in its two largest units, such as `3 h 20 min`.
#[must_use]
pub fn span(seconds: u64) -> String {
    let (days, hours, minutes) = (seconds / 86_400, seconds / 3_600 % 24, seconds / 60 % 60);
    match seconds {
        0..60 => t!("{seconds} s", seconds),
        60..3_600 => t!("{minutes} min {seconds} s", minutes, seconds = two_digits(seconds % 60)),
        3_600..86_400 => t!("{hours} h {minutes} min", hours, minutes = two_digits(minutes)),
        _ => t!("{days} d {hours} h", days, hours = two_digits(hours)),
    }
}

fn two_digits(number: u64) -> String {
    format!("{number:02}")
}

/// How long ago, roughly.
#[must_use]
pub fn ago(seconds: u64) -> String {
    match seconds {
        0..45 => t!("just now").to_owned(),
        45..3_600 => t_n!((seconds / 60).max(1), "{n} minute ago", "{n} minutes ago"),
        3_600..86_400 => t_n!(seconds / 3_600, "{n} hour ago", "{n} hours ago"),
        _ => t_n!(seconds / 86_400, "{n} day ago", "{n} days ago"),
    }
}

/// A name of the chain, such as `AddStakeToModel`, as words in the language in force.
#[must_use]
pub fn name_in_words(name: &str) -> String {
    let mut words = String::with_capacity(name.len() + 4);
    for letter in name.chars() {
        if letter.is_ascii_uppercase() && !words.is_empty() {
            words.push(' ');
            words.push(letter.to_ascii_lowercase());
        } else {
            words.push(letter);
        }
    }
    told(&words)
}

/// A loss or distance for the eye, without zeros at its end.
#[must_use]
pub fn score(score: f64) -> String {
    let text = format!("{score:.6}");
    local_number(text.trim_end_matches('0').trim_end_matches('.'))
}

/// Basis points as percent, such as `0.5%`.
#[must_use]
pub fn rate(bps: u64) -> String {
    let (whole, rest) = (bps / 100, bps % 100);
    match (rest, rest % 10) {
        (0, _) => percent_sign(&whole.to_string()),
        (_, 0) => percent_sign(&format!("{whole}.{}", rest / 10)),
        _ => percent_sign(&format!("{whole}.{rest:02}")),
    }
}

/// A number of percents: with a space before the sign where the language wants one.
#[must_use]
pub fn percent_sign(number: &str) -> String {
    t!("{number}%", number = local_number(number))
}

/// A number with so many digits after its point, such as a loss or a distance.
#[must_use]
pub fn fixed(number: impl Into<f64>, digits: usize) -> String {
    local_number(&format!("{:.digits$}", number.into()))
}

/// Whole percents, rounded down, so that 100 means all of it.
#[must_use]
pub fn percent(done: u64, total: u64) -> u64 {
    let percent = (u128::from(done) * 100).checked_div(u128::from(total)).unwrap_or(0);
    u64::try_from(percent.min(100)).unwrap_or(100)
}

#[cfg(test)]
mod tests {
    use super::{
        Shannons, address_groups, ago, amount, amount_parts, bytes, change, count, name_in_words,
        percent, rate, score, span,
    };

    #[test]
    fn money_is_exact_and_grouped() {
        assert_eq!(amount(Shannons(1)), "0.000000001");
        assert_eq!(amount(Shannons(1_234_567_500_000_000)), "1,234,567.5");
        assert_eq!(amount(Shannons(u64::MAX)), "18,446,744,073.709551615");
        assert_eq!(amount_parts(Shannons(0)), ("0".to_owned(), String::new()));
        assert_eq!(amount_parts(Shannons(1_500_000_000)), ("1".to_owned(), ".5".to_owned()));
    }

    #[test]
    fn a_change_has_a_sign_unless_it_is_none() {
        assert_eq!(change(500_000_000), "+0.5");
        assert_eq!(change(-1_000_000_000_000), "\u{2212}1,000");
        assert_eq!(change(0), "0");
    }

    #[test]
    fn sizes_keep_three_figures() {
        assert_eq!(bytes(1), "1 byte");
        assert_eq!(bytes(999), "999 bytes");
        assert_eq!(bytes(1_259_999), "1.25 MB");
        assert_eq!(bytes(12_590_000_000), "12.5 GB");
        assert_eq!(bytes(268_435_456), "268 MB");
        assert_eq!(count(1_234_567), "1,234,567");
    }

    #[test]
    fn times_have_two_units() {
        assert_eq!(span(59), "59 s");
        assert_eq!(span(61), "1 min 01 s");
        assert_eq!(span(3_600), "1 h 00 min");
        assert_eq!(span(90_000), "1 d 01 h");
        assert_eq!(ago(3), "just now");
        assert_eq!(ago(50), "1 minute ago");
        assert_eq!(ago(7_300), "2 hours ago");
    }

    #[test]
    fn rates_lose_no_digit() {
        assert_eq!(rate(0), "0%");
        assert_eq!(rate(5), "0.05%");
        assert_eq!(rate(50), "0.5%");
        assert_eq!(rate(10_000), "100%");
    }

    #[test]
    fn names_of_the_chain_become_words() {
        assert_eq!(name_in_words("AddStakeToModel"), "Add stake to model");
        assert_eq!(name_in_words(""), "");
        assert_eq!(name_in_words("ÄB"), "Ä b");
    }

    #[test]
    fn scores_have_no_zeros_at_their_end() {
        assert_eq!(score(0.5), "0.5");
        assert_eq!(score(2.0), "2");
        assert_eq!(score(-0.123_456_78), "-0.123457");
    }

    #[test]
    fn a_hundred_percent_means_all_of_it() {
        assert_eq!(percent(0, 0), 0);
        assert_eq!(percent(u64::MAX - 1, u64::MAX), 99);
        assert_eq!(percent(9, 8), 100);
    }

    #[test]
    fn an_address_falls_into_sixteen_groups() {
        let groups = address_groups(&"0123456789abcdef".repeat(4));
        assert_eq!(groups.len(), 16);
        assert_eq!(groups[15], "cdef");
    }
}
