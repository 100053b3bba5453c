//! Payments as lines of text: pasted, or out of a table's file. Tables write a fraction after a point or after a
//! comma, as their makers do. Nothing is guessed: a line that could mean two things is refused.

use super::coins::{PayError, PayMany, SendCoins, SendError};
use crate::address::Address;
use crate::amount::{AmountParseError, Shannons};
use std::collections::BTreeMap;

/// What stands before the fraction of an amount.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum DecimalSign {
    /// `1.5`, and `1,500` for one and a half thousand.
    #[default]
    Point,
    /// `1,5`, and `1.500` for one and a half thousand.
    Comma,
}

impl DecimalSign {
    /// The sign itself.
    #[must_use]
    pub const fn letter(self) -> char {
        match self {
            Self::Point => '.',
            Self::Comma => ',',
        }
    }
}

/// Payments, line by line.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PayList {
    /// The lines with something in them, in their order.
    pub lines: Vec<PayLine>,
}

/// A line of a list of payments.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PayLine {
    /// Which line of the text, from 1.
    pub number: usize,
    /// What stands there.
    pub text: String,
    /// Who receives how much, or what is wrong.
    pub payment: Result<(Address, Shannons), PayLineError>,
    /// The first line that pays the same address, where this is a later one.
    pub repeats: Option<usize>,
}

/// Why a line is no payment.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PayLineError {
    /// It does not have two parts.
    #[error(
        "a line has an address, a comma or semicolon, and an amount; this one has {parts} parts"
    )]
    Parts {
        /// How many it has.
        parts: usize,
    },
    /// A quotation mark without its other.
    #[error("a quotation mark has no other")]
    Quotes,
    /// The address is none, or nobody's.
    #[error(transparent)]
    Recipient(#[from] SendError),
    /// The amount is no amount.
    #[error(transparent)]
    Amount(#[from] AmountParseError),
    /// It is one amount where digits are grouped, and another one where they are not.
    #[error("this amount could be {grouped} or {fraction}: write the one that is meant")]
    TwoAmounts {
        /// The one.
        grouped: String,
        /// The other, with a point.
        fraction: String,
    },
    /// Nothing would be sent.
    #[error("an amount is more than zero")]
    Nothing,
}

/// Why a list cannot be paid.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PayListError {
    /// Some lines are no payments.
    #[error("{count} of the lines cannot be paid")]
    Lines {
        /// How many.
        count: usize,
    },
    /// All of it together is no payment.
    #[error(transparent)]
    Pay(#[from] PayError),
}

impl PayList {
    /// Reads lines of `address,amount`, the amount in SOMA, with `sign` before its fraction; the other sign is taken
    /// for it where it cannot part thousands. Between the two may also stand a semicolon, a tab or spaces, and then a
    /// comma belongs to the amount; either may stand in quotation marks. Empty lines, lines that begin with `#`, and
    /// a first line of `address,amount` itself are left out.
    #[must_use]
    pub fn parse(text: &str, sign: DecimalSign) -> Self {
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let mut first = BTreeMap::new();
        let mut lines = Vec::new();
        for (number, line) in (1..).zip(text.lines()) {
            let line = line.trim();
            let title = lines.is_empty() && is_title(line);
            if line.is_empty() || line.starts_with('#') || title {
                continue;
            }
            let payment = read(line, sign);
            let repeats = payment.as_ref().ok().and_then(|(recipient, _)| {
                let known = first.get(recipient).copied();
                first.entry(*recipient).or_insert(number);
                known
            });
            lines.push(PayLine { number, text: line.to_owned(), payment, repeats });
        }
        Self { lines }
    }

    /// The payments.
    ///
    /// # Errors
    /// Where a line is wrong, there is none, or they come to more than can exist.
    pub fn whole(&self) -> Result<PayMany, PayListError> {
        let count = self.lines.iter().filter(|line| line.payment.is_err()).count();
        if count > 0 {
            return Err(PayListError::Lines { count });
        }
        let payments = self.lines.iter().filter_map(|line| line.payment.clone().ok()).collect();
        let pay = PayMany { payments };
        pay.total()?;
        Ok(pay)
    }
}

/// Whether a line names the columns, in a language of the pages.
fn is_title(line: &str) -> bool {
    const RECIPIENT: [&str; 8] =
        ["address", "recipient", "to", "adresse", "empfänger", "dirección", "destinatario", "para"];
    const AMOUNT: [&str; 4] = ["amount", "soma", "betrag", "importe"];
    let parts = parts(line).unwrap_or_default();
    let [recipient, amount] = &parts[..] else { return false };
    let amount = amount.to_lowercase();
    RECIPIENT.contains(&&*recipient.to_lowercase())
        && AMOUNT.contains(&amount.strip_suffix(" (soma)").unwrap_or(&amount))
}

fn read(line: &str, sign: DecimalSign) -> Result<(Address, Shannons), PayLineError> {
    let parts = parts(line).ok_or(PayLineError::Quotes)?;
    let [recipient, amount] = &parts[..] else {
        return Err(PayLineError::Parts { parts: parts.len() });
    };
    let recipient = SendCoins::parse_recipient(recipient)?;
    match read_amount(amount, sign)? {
        Shannons::ZERO => Err(PayLineError::Nothing),
        amount => Ok((recipient, amount)),
    }
}

/// An amount with one sign at most. The sign of the other languages counts as well, but where it could part
/// thousands: after one to three digits that do not begin with a zero, and before exactly three.
fn read_amount(amount: &str, sign: DecimalSign) -> Result<Shannons, PayLineError> {
    let Some((whole, fraction)) = amount.split_once(['.', ',']) else {
        return Ok(amount.parse()?);
    };
    let may_be_grouped =
        fraction.len() == 3 && matches!(whole.len(), 1..=3) && !whole.starts_with('0');
    let shannons = format!("{whole}.{fraction}").parse::<Shannons>()?;
    if may_be_grouped && !amount.contains(sign.letter()) {
        return Err(PayLineError::TwoAmounts {
            grouped: format!("{whole}{fraction}"),
            fraction: format!("{whole}.{fraction}"),
        });
    }
    Ok(shannons)
}

/// The parts of a line, without their quotation marks; nothing where one of these is alone. What parts them is told
/// by the line: semicolons or tabs, else spaces after the first of two words, else commas.
fn parts(line: &str) -> Option<Vec<String>> {
    let strong = [';', '\t'];
    if line.contains(strong) {
        return marked(line, &strong);
    }
    let words: Vec<&str> = line.split_whitespace().collect();
    match words[..] {
        [recipient, amount] => {
            let recipient = recipient.strip_suffix(',').unwrap_or(recipient);
            if recipient.contains(',') || amount.starts_with(',') {
                marked(line, &[','])
            } else {
                [recipient, amount].into_iter().map(unquoted).collect()
            }
        }
        _ if line.contains(',') => marked(line, &[',']),
        _ => words.into_iter().map(unquoted).collect(),
    }
}

/// What stands between marks that are not in quotation marks.
fn marked(line: &str, marks: &[char]) -> Option<Vec<String>> {
    let mut parts = vec![String::new()];
    let mut quoted = false;
    for letter in line.chars() {
        match letter {
            '"' => quoted = !quoted,
            mark if marks.contains(&mark) && !quoted => parts.push(String::new()),
            letter => parts.last_mut()?.push(letter),
        }
    }
    let trimmed = parts.into_iter().map(|part| part.trim().to_owned());
    (!quoted).then(|| trimmed.collect())
}

fn unquoted(part: &str) -> Option<String> {
    let bare = match part.strip_prefix('"') {
        Some(rest) => rest.strip_suffix('"')?,
        None => part,
    };
    (!bare.contains('"')).then(|| bare.to_owned())
}

#[cfg(test)]
mod tests {
    use super::{DecimalSign, PayLineError, PayList, PayListError};
    use crate::address::{Address, AddressParseError};
    use crate::amount::{AmountParseError, Shannons};
    use crate::intent::{Nobody, PayError, SendError};
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    fn address(n: u8) -> String {
        Address([n; 32]).to_string()
    }

    fn english(text: &str) -> PayList {
        PayList::parse(text, DecimalSign::Point)
    }

    fn one(line: &str) -> Result<(Address, Shannons), PayLineError> {
        one_with(line, DecimalSign::Point)
    }

    fn one_with(line: &str, sign: DecimalSign) -> Result<(Address, Shannons), PayLineError> {
        let list = PayList::parse(line, sign);
        assert_eq!(list.lines.len(), 1, "{line}");
        list.lines[0].payment.clone()
    }

    #[test]
    fn a_line_is_read_however_a_table_writes_it() {
        let wanted = Ok((Address([2; 32]), Shannons(1_500_000_000)));
        let who = address(2);
        for line in [
            format!("{who},1.5"),
            format!("  {who} ; 1.5  "),
            format!("{who}\t1.5"),
            format!("{who} 1.5"),
            format!("\"{who}\",\"1.5\""),
            format!("\"{who}\" \"1.5\""),
            format!("{who}, 1.5"),
            format!("\"{who}\", \"1.5\""),
            format!("{who} , 1.5"),
            format!("{who} ,1.5"),
            format!("{},1.5", who.trim_start_matches("0x")),
        ] {
            assert_eq!(one(&line), wanted, "{line}");
            assert_eq!(one_with(&line, DecimalSign::Comma), wanted, "{line}");
        }
    }

    #[test]
    fn a_fraction_after_a_comma_is_read_in_every_language() {
        let wanted = Ok((Address([2; 32]), Shannons(1_500_000_000)));
        let who = address(2);
        for line in [
            format!("{who};1,5"),
            format!("\"{who}\";\"1,50\""),
            format!("{who}\t1,5"),
            format!("{who} 1,5"),
            format!("{who}, 1,5"),
            format!("{who},\"1,5\""),
        ] {
            for sign in [DecimalSign::Point, DecimalSign::Comma] {
                assert_eq!(one_with(&line, sign), wanted, "{line}");
            }
        }
    }

    #[test]
    fn a_table_of_a_german_program_is_read() {
        let text =
            format!("\u{feff}Adresse;Betrag\r\n{};1234,5\r\n{};0,250\r\n", address(2), address(3));
        let payments = vec![
            (Address([2; 32]), Shannons(1_234_500_000_000)),
            (Address([3; 32]), Shannons(250_000_000)),
        ];
        for sign in [DecimalSign::Point, DecimalSign::Comma] {
            assert_eq!(PayList::parse(&text, sign).whole().unwrap().payments, payments);
        }
    }

    #[test]
    fn three_digits_after_the_sign_of_other_languages_are_refused() {
        let who = address(2);
        let two = |grouped: &str, fraction: &str| {
            Err(PayLineError::TwoAmounts {
                grouped: grouped.to_owned(),
                fraction: fraction.to_owned(),
            })
        };
        let (point, comma) = (DecimalSign::Point, DecimalSign::Comma);
        assert_eq!(one_with(&format!("{who};1,500"), point), two("1500", "1.500"));
        assert_eq!(one_with(&format!("{who},1.500"), comma), two("1500", "1.500"));
        assert_eq!(one_with(&format!("{who};123.000"), comma), two("123000", "123.000"));
        // Its own sign parts no thousands, and neither does one after a zero or after four digits.
        let amount = |amount| Ok((Address([2; 32]), Shannons(amount)));
        assert_eq!(one_with(&format!("{who};1.500"), point), amount(1_500_000_000));
        assert_eq!(one_with(&format!("{who};1,500"), comma), amount(1_500_000_000));
        assert_eq!(one_with(&format!("{who};0,500"), point), amount(500_000_000));
        assert_eq!(one_with(&format!("{who},1234.500"), comma), amount(1_234_500_000_000));
        // Groups are no amount, as in the other fields.
        let grouped = Err(PayLineError::Amount(AmountParseError::NotDecimal));
        for line in [format!("{who};1.234,5"), format!("{who};1,234.5"), format!("{who};1.000.000")]
        {
            assert_eq!(one_with(&line, point), grouped, "{line}");
            assert_eq!(one_with(&line, comma), grouped, "{line}");
        }
    }

    #[test]
    fn titles_comments_and_empty_lines_are_no_payments() {
        let text = format!(
            "\u{feff}Address,Amount\r\n\r\n# salaries\r\n{},1\r\n\n{},2.5\n",
            address(2),
            address(3)
        );
        let list = english(&text);
        let numbers: Vec<_> = list.lines.iter().map(|line| line.number).collect();
        assert_eq!(numbers, [4, 6]);
        let payments = vec![
            (Address([2; 32]), Shannons(1_000_000_000)),
            (Address([3; 32]), Shannons(2_500_000_000)),
        ];
        assert_eq!(list.whole().unwrap().payments, payments);
        // Only where nothing stands before it.
        let late = format!("{},1\naddress,amount", address(2));
        assert!(english(&late).lines[1].payment.is_err());
    }

    #[test]
    fn what_could_mean_two_things_is_refused() {
        let who = address(2);
        let parts = |parts| Err(PayLineError::Parts { parts });
        // A thousand and one, or one and a half? Neither is guessed.
        assert_eq!(one(&format!("{who},1,000")), parts(3));
        assert_eq!(one_with(&format!("{who},1,5"), DecimalSign::Comma), parts(3));
        assert_eq!(one(&format!("{who}, 1, 5")), parts(3));
        assert_eq!(one(&format!("{who};1;5")), parts(3));
        assert_eq!(one(&format!("{who} 1 000")), parts(3));
        assert_eq!(one(&who), parts(1));
        assert_eq!(one(&format!("\"{who},1")), Err(PayLineError::Quotes));
        assert_eq!(one(&format!("\"{who} 1")), Err(PayLineError::Quotes));
    }

    #[test]
    fn every_error_is_told_of_its_line() {
        let (who, zero) = (address(2), Address::ZERO);
        let recipient = |error| Err(PayLineError::Recipient(error));
        assert_eq!(one("0x12,1"), recipient(SendError::ShortRecipient { digits: 2 }));
        assert_eq!(one(",1"), recipient(SendError::Recipient(AddressParseError::Empty)));
        assert_eq!(one(&format!("{zero},1")), recipient(SendError::Nobody(Nobody::Zero)));
        let amount = |error| Err(PayLineError::Amount(error));
        assert_eq!(one(&format!("{who},")), amount(AmountParseError::Empty));
        assert_eq!(one(&format!("{who},-1")), amount(AmountParseError::NotDecimal));
        assert_eq!(one(&format!("{who},1e3")), amount(AmountParseError::NotDecimal));
        assert_eq!(one(&format!("{who},0.0000000001")), amount(AmountParseError::TooPrecise));
        assert_eq!(one(&format!("{who},0")), Err(PayLineError::Nothing));
    }

    #[test]
    fn one_wrong_line_stops_all_and_too_much_cannot_be_paid() {
        let list = english(&format!("{},1\nnonsense,2\nmore,3", address(2)));
        assert_eq!(list.whole(), Err(PayListError::Lines { count: 2 }));
        assert_eq!(english("# nothing\n").whole(), Err(PayListError::Pay(PayError::NoRecipients)));
        let all = format!("{},18446744073.709551615", address(2));
        let list = english(&format!("{all}\n{all}"));
        assert_eq!(list.whole(), Err(PayListError::Pay(PayError::Overflow)));
    }

    #[test]
    fn somebody_paid_twice_is_noticed() {
        let (two, three) = (address(2), address(3));
        let list = english(&format!(
            "{two},1\n{three},1\n{},2\n{two},3",
            two.to_uppercase().replacen("0X", "0x", 1)
        ));
        let repeats: Vec<_> = list.lines.iter().map(|line| line.repeats).collect();
        assert_eq!(repeats, [None, None, Some(1), Some(1)]);
        assert_eq!(list.whole().unwrap().total(), Ok(Shannons(7_000_000_000)));
    }
}
