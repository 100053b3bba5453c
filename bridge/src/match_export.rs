//! Rows of a table of matches as files for other programs: names and their order are part of the format.

use crate::matching::MatchRow;
use serde::Serialize;
use std::fmt::Write;
use wasm_core::address::{ModelId, TargetId};
use wasm_core::digest::Checksum;

/// The columns, as the first line of a file of comma-separated values names them.
const COLUMNS: &str = "file,checksum,target,model,loss,margin,distance,threshold,passes,close_call,\
                       reward_shannons,paid_shannons,fees_shannons,expected_shannons,bond_shannons";

/// Rows as comma-separated values, with a line that names the columns. What is not known is empty.
#[must_use]
pub fn to_csv(rows: &[MatchRow]) -> String {
    let mut text = format!("{COLUMNS}\r\n");
    for row in rows {
        let _written = write!(
            text,
            "{},{},{},{},{},{},{},{},{},{},{},{},{},{},{}\r\n",
            cell(&row.name),
            row.data,
            row.target,
            row.winner,
            known(row.loss),
            known(row.margin),
            known(row.distance),
            row.threshold,
            row.passes(),
            row.is_close(),
            row.reward.0,
            row.paid.0,
            row.fees.0,
            row.expected(),
            known(row.bond.map(|bond| bond.0)),
        );
    }
    text
}

/// Rows as JSON. Amounts are text: they may be larger than programs count exactly.
#[must_use]
pub fn to_json(rows: &[MatchRow]) -> String {
    let record = Record {
        format: "soma-wallet-matches",
        version: 1,
        matches: rows.iter().map(Match::of).collect(),
    };
    serde_json::to_string_pretty(&record).expect("plain data") + "\n"
}

#[derive(Serialize)]
struct Record<'r> {
    format: &'static str,
    version: u32,
    matches: Vec<Match<'r>>,
}

#[derive(Serialize)]
struct Match<'r> {
    file: &'r str,
    checksum: Checksum,
    target: TargetId,
    model: ModelId,
    loss: Option<f32>,
    margin: Option<f32>,
    distance: Option<f32>,
    threshold: f32,
    passes: bool,
    close_call: bool,
    reward_shannons: String,
    paid_shannons: String,
    fees_shannons: String,
    expected_shannons: String,
    bond_shannons: Option<String>,
}

impl<'r> Match<'r> {
    fn of(row: &'r MatchRow) -> Self {
        Self {
            file: &row.name,
            checksum: row.data,
            target: row.target,
            model: row.winner,
            loss: row.loss,
            margin: row.margin,
            distance: row.distance,
            threshold: row.threshold,
            passes: row.passes(),
            close_call: row.is_close(),
            reward_shannons: row.reward.0.to_string(),
            paid_shannons: row.paid.0.to_string(),
            fees_shannons: row.fees.0.to_string(),
            expected_shannons: row.expected().to_string(),
            bond_shannons: row.bond.map(|bond| bond.0.to_string()),
        }
    }
}

fn known(value: Option<impl ToString>) -> String {
    value.map(|value| value.to_string()).unwrap_or_default()
}

/// A name as one cell. Spreadsheets take what begins like a formula for one, whoever wrote it; an
/// apostrophe keeps it a text.
fn cell(name: &str) -> String {
    let guard = if name.starts_with(['=', '+', '-', '@', '\t', '\r']) { "'" } else { "" };
    format!("\"{guard}{}\"", name.replace('"', "\"\""))
}

#[cfg(test)]
mod tests {
    use super::{cell, to_csv, to_json};
    use crate::matching::MatchRow;
    use wasm_core::address::ObjectId;
    use wasm_core::amount::Shannons;
    use wasm_core::digest::Checksum;

    fn row(distance: Option<f32>) -> MatchRow {
        MatchRow {
            data: Checksum([1; 32]),
            name: "a, b.txt".to_owned(),
            target: ObjectId([2; 32]),
            winner: ObjectId([3; 32]),
            loss: Some(1.5),
            margin: Some(0.25),
            noise: 0.5,
            distance,
            threshold: 0.75,
            reward: Shannons(u64::MAX),
            paid: Shannons(10),
            bond: Some(Shannons(7)),
            fees: Shannons(12),
        }
    }

    #[test]
    fn every_column_has_its_value_in_every_line() {
        let text = to_csv(&[row(Some(0.5)), row(None)]);
        let lines: Vec<&str> = text.split_terminator("\r\n").collect();
        assert_eq!(lines.len(), 3);
        let columns = lines[0].split(',').count();
        // The name has a comma of its own.
        assert_eq!(lines[1].split(',').count(), columns + 1);
        assert!(
            lines[1].starts_with("\"a, b.txt\",")
                && lines[1]
                    .ends_with(",1.5,0.25,0.5,0.75,true,true,18446744073709551615,10,12,-2,7")
        );
        assert!(lines[2].contains(",1.5,0.25,,0.75,false,true,"));
    }

    #[test]
    fn a_name_stays_one_text() {
        assert_eq!(cell("say \"so\""), "\"say \"\"so\"\"\"");
        assert_eq!(cell("=1+1"), "\"'=1+1\"");
        assert_eq!(cell("line\nline"), "\"line\nline\"");
    }

    #[test]
    fn json_says_the_same_and_no_number_loses_a_digit() {
        let value: serde_json::Value =
            serde_json::from_str(&to_json(&[row(Some(0.5)), row(None)])).expect("JSON");
        assert_eq!(value["format"], "soma-wallet-matches");
        assert_eq!(value["matches"][0]["reward_shannons"], "18446744073709551615");
        assert_eq!(value["matches"][0]["expected_shannons"], "-2");
        assert_eq!(value["matches"][0]["passes"], true);
        assert!(value["matches"][1]["distance"].is_null());
    }
}
