//! Payments as lines of text: pasted, or out of a table's file. Nothing is guessed: a line that could
//! mean two things is refused.

use super::coins::{PayError, PayMany, SendCoins, SendError};
use crate::address::Address;
use crate::amount::{AmountParseError, Shannons};
use std::collections::BTreeMap;

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
    #[error("a line has an address, a comma and an amount; this one has {parts} parts")]
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
    /// Reads lines of `address,amount`, the amount in SOMA. Between the two may also stand a semicolon,
    /// a tab or spaces; either may stand in quotation marks. Empty lines, lines that begin with `#`, and a
    /// first line of `address,amount` itself are left out.
    #[must_use]
    pub fn parse(text: &str) -> Self {
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let mut first = BTreeMap::new();
        let mut lines = Vec::new();
        for (number, line) in (1..).zip(text.lines()) {
            let line = line.trim();
            let title = lines.is_empty() && is_title(line);
            if line.is_empty() || line.starts_with('#') || title {
                continue;
            }
            let payment = read(line);
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

/// Whether a line names the columns.
fn is_title(line: &str) -> bool {
    let parts = parts(line).unwrap_or_default();
    let of = |at: usize| parts.get(at).map(|part| part.to_lowercase());
    parts.len() == 2
        && of(0).is_some_and(|name| matches!(&*name, "address" | "recipient" | "to"))
        && of(1).is_some_and(|name| matches!(&*name, "amount" | "soma" | "amount (soma)"))
}

fn read(line: &str) -> Result<(Address, Shannons), PayLineError> {
    let parts = parts(line).ok_or(PayLineError::Quotes)?;
    let [recipient, amount] = &parts[..] else {
        return Err(PayLineError::Parts { parts: parts.len() });
    };
    let recipient = SendCoins::parse_recipient(recipient)?;
    match amount.parse::<Shannons>()? {
        Shannons::ZERO => Err(PayLineError::Nothing),
        amount => Ok((recipient, amount)),
    }
}

/// The parts of a line, without their quotation marks; nothing where one of these is alone. Spaces part
/// only where nothing else does.
fn parts(line: &str) -> Option<Vec<String>> {
    const MARKS: [char; 3] = [',', ';', '\t'];
    if !line.contains(MARKS) {
        return line.split_whitespace().map(unquoted).collect();
    }
    let mut parts = vec![String::new()];
    let mut quoted = false;
    for letter in line.chars() {
        match letter {
            '"' => quoted = !quoted,
            mark if MARKS.contains(&mark) && !quoted => parts.push(String::new()),
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
    use super::{PayLineError, PayList, PayListError};
    use crate::address::{Address, AddressParseError};
    use crate::amount::{AmountParseError, Shannons};
    use crate::intent::{Nobody, PayError, SendError};
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    fn address(n: u8) -> String {
        Address([n; 32]).to_string()
    }

    fn one(line: &str) -> Result<(Address, Shannons), PayLineError> {
        let list = PayList::parse(line);
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
            format!("{},1.5", who.trim_start_matches("0x")),
        ] {
            assert_eq!(one(&line), wanted, "{line}");
        }
    }

    #[test]
    fn titles_comments_and_empty_lines_are_no_payments() {
        let text = format!(
            "\u{feff}Address,Amount\r\n\r\n# salaries\r\n{},1\r\n\n{},2.5\n",
            address(2),
            address(3)
        );
        let list = PayList::parse(&text);
        let numbers: Vec<_> = list.lines.iter().map(|line| line.number).collect();
        assert_eq!(numbers, [4, 6]);
        let payments = vec![
            (Address([2; 32]), Shannons(1_000_000_000)),
            (Address([3; 32]), Shannons(2_500_000_000)),
        ];
        assert_eq!(list.whole().unwrap().payments, payments);
        // Only where nothing stands before it.
        let late = format!("{},1\naddress,amount", address(2));
        assert!(PayList::parse(&late).lines[1].payment.is_err());
    }

    #[test]
    fn what_could_mean_two_things_is_refused() {
        let who = address(2);
        let parts = |parts| Err(PayLineError::Parts { parts });
        // A thousand and one, or one and a half? Neither is guessed.
        assert_eq!(one(&format!("{who},1,000")), parts(3));
        assert_eq!(one(&format!("{who};1,5")), parts(3));
        assert_eq!(one(&format!("{who} 1 000")), parts(3));
        assert_eq!(one(&who), parts(1));
        let quoted = one(&format!("{who},\"1,5\""));
        assert_eq!(quoted, Err(PayLineError::Amount(AmountParseError::NotDecimal)));
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
        let list = PayList::parse(&format!("{},1\nnonsense,2\nmore,3", address(2)));
        assert_eq!(list.whole(), Err(PayListError::Lines { count: 2 }));
        assert_eq!(
            PayList::parse("# nothing\n").whole(),
            Err(PayListError::Pay(PayError::NoRecipients))
        );
        let all = format!("{},18446744073.709551615", address(2));
        let list = PayList::parse(&format!("{all}\n{all}"));
        assert_eq!(list.whole(), Err(PayListError::Pay(PayError::Overflow)));
    }

    #[test]
    fn somebody_paid_twice_is_noticed() {
        let (two, three) = (address(2), address(3));
        let list = PayList::parse(&format!(
            "{two},1\n{three},1\n{},2\n{two},3",
            two.to_uppercase().replacen("0X", "0x", 1)
        ));
        let repeats: Vec<_> = list.lines.iter().map(|line| line.repeats).collect();
        assert_eq!(repeats, [None, None, Some(1), Some(1)]);
        assert_eq!(list.whole().unwrap().total(), Ok(Shannons(7_000_000_000)));
    }
}
