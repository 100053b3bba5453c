//! Activity as a file for other programs: columns and their order are part of the format.

use crate::activity::{ActivityEntry, ActivityState};
use std::fmt::Write;
use wasm_core::amount::Shannons;

/// The columns, as the first line names them. Amounts are in SOMA, exact to the shannon.
const COLUMNS: &str =
    "time_utc,time_local,state,kind,what,change_soma,fee_soma,with,digest,checkpoint,note";

/// A moment in words: `2026-05-01T08:30:00.123Z`, and the same on the reader's own clock with its distance
/// from UTC.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Moment {
    /// In UTC.
    pub utc: String,
    /// On the reader's clock.
    pub local: String,
}

/// Entries as comma-separated values (RFC 4180), with a line that names the columns. What is not known is
/// empty.
#[must_use]
pub fn to_csv(entries: &[ActivityEntry], moment: impl Fn(u64) -> Moment) -> String {
    let mut text = format!("{COLUMNS}\r\n");
    for entry in entries {
        let Moment { utc, local } = moment(entry.at_ms);
        let with: Vec<String> = entry.others().map(|address| address.to_string()).collect();
        let state = state(entry);
        let _written = write!(
            text,
            "{},{},{},{},{},{},{},{},{},{},{}\r\n",
            cell(&utc),
            cell(&local),
            cell(state),
            cell(entry.kind.as_deref().unwrap_or_default()),
            cell(&entry.headline),
            entry.change.map(soma).unwrap_or_default(),
            entry.fee.map(|fee| fee.to_string()).unwrap_or_default(),
            cell(&with.join(" ")),
            cell(&entry.digest.to_string()),
            entry.checkpoint.map(|number| number.to_string()).unwrap_or_default(),
            cell(&entry.note),
        );
    }
    text
}

/// The state, and whether only the indexer told of it.
const fn state(entry: &ActivityEntry) -> &'static str {
    match (&entry.state, entry.hearsay) {
        (ActivityState::Pending, _) => "pending",
        (ActivityState::Succeeded, false) => "done",
        (ActivityState::Succeeded, true) => "done (told by the indexer)",
        (ActivityState::Unclear, false) => "outcome not known",
        (ActivityState::Unclear, true) => "outcome not known (told by the indexer)",
        (ActivityState::Failed(_), false) => "failed",
        (ActivityState::Failed(_), true) => "failed (told by the indexer)",
        (ActivityState::Dropped, _) => "never executed",
    }
}

/// Signed shannons as a decimal number of SOMA, as programs write it.
fn soma(change: i128) -> String {
    let sign = if change < 0 { "-" } else { "" };
    match u64::try_from(change.unsigned_abs()) {
        Ok(shannons) => format!("{sign}{}", Shannons(shannons)),
        // No balance changes by more; what a node says all the same is told to the shannon.
        Err(_) => {
            let (whole, rest) =
                (change.unsigned_abs() / 1_000_000_000, change.unsigned_abs() % 1_000_000_000);
            format!("{sign}{whole}.{rest:09}")
        }
    }
}

/// A text as one cell. Spreadsheets take what begins like a formula for one, whoever wrote it; an
/// apostrophe keeps it a text.
fn cell(text: &str) -> String {
    let guard = if text.starts_with(['=', '+', '-', '@', '\t', '\r', '\n']) { "'" } else { "" };
    format!("\"{guard}{}\"", text.replace('"', "\"\""))
}

#[cfg(test)]
mod tests {
    use super::{COLUMNS, Moment, cell, soma, to_csv};
    use crate::activity::tests::{YOU, entry};
    use crate::activity::{ActivityEntry, ActivityState};
    use wasm_core::digest::TransactionDigest;

    fn moment(at_ms: u64) -> Moment {
        Moment { utc: format!("utc {at_ms}"), local: format!("local {at_ms}") }
    }

    #[test]
    fn a_line_holds_every_column_exactly() {
        let text = to_csv(&[entry()], moment);
        let lines: Vec<&str> = text.split_terminator("\r\n").collect();
        let digest = TransactionDigest([9; 32]);
        assert_eq!(lines[0], COLUMNS);
        assert_eq!(
            lines[1],
            format!(
                "\"utc 1000\",\"local 1000\",\"done\",\"TransferCoin\",\"Send 1.5 SOMA to 0x0202…0202\",\
                 -1.5000016,0.0000016,\"{YOU}\",\"{digest}\",7,\"Rent of May\""
            )
        );
        assert_eq!(lines.len(), 2);
    }

    #[test]
    fn what_only_the_indexer_told_is_not_written_as_proven() {
        for state in [ActivityState::Succeeded, ActivityState::Unclear] {
            let entry = ActivityEntry { hearsay: true, state, ..entry() };
            let text = to_csv(&[entry], moment);
            assert!(text.contains(" (told by the indexer)\","), "{text}");
        }
    }

    #[test]
    fn a_note_is_never_a_formula_nor_a_second_line() {
        let mut entry = entry();
        entry.note = "=HYPERLINK(\"x\")\r\n,2".into();
        let text = to_csv(&[entry], moment);
        assert!(text.ends_with("7,\"'=HYPERLINK(\"\"x\"\")\r\n,2\"\r\n"), "{text}");
        for formula in ["+1", "-1", "@a", "\tx", "\rx"] {
            assert!(cell(formula).starts_with("\"'"), "{formula}");
        }
    }

    #[test]
    fn amounts_lose_no_digit() {
        assert_eq!(soma(0), "0");
        assert_eq!(soma(-1), "-0.000000001");
        assert_eq!(soma(i128::from(u64::MAX)), "18446744073.709551615");
        assert_eq!(soma(-(i128::from(u64::MAX) + 1)), "-18446744073.709551616");
    }
}
