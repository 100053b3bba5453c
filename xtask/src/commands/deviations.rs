//! The table of all scoring vectors on all back ends, made of the rows that their tests left.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs;
use std::path::PathBuf;

use anyhow::{Context, Result, bail};

use crate::{place, say};

/// Back ends in the order of their columns. Those of the largest model have files of their own.
const BACK_ENDS: [&str; 4] = ["cpu-native", "cpu-wasm", "gpu-native", "gpu-browser"];
/// What ends the name of a file of the largest model.
const FULL: &str = "-full";

fn folder() -> PathBuf {
    place::root().join("target/deviations")
}

/// Forgets rows of earlier runs. They may be of other vectors.
pub(super) fn forget() -> Result<()> {
    for back_end in BACK_ENDS {
        let file = folder().join(back_end).with_extension("txt");
        if file.exists() {
            fs::remove_file(&file)
                .with_context(|| format!("cannot remove {}", place::short(&file)))?;
        }
    }
    Ok(())
}

/// Shows the table and leaves it, for the docs, in `target/deviations/table.md`. Nothing where no
/// back end was tested.
pub(super) fn show() -> Result<()> {
    let mut table = Table::default();
    for back_end in BACK_ENDS {
        for file in [back_end.to_owned(), format!("{back_end}{FULL}")] {
            if let Ok(rows) = fs::read_to_string(folder().join(file).with_extension("txt")) {
                table.read(&rows)?;
            }
        }
    }
    if table.cases.is_empty() {
        return Ok(());
    }
    say::heading("Largest deviation from the values in f64, and its share of what is allowed");
    let text = table.markdown();
    say::more(&text);
    let file = folder().join("table.md");
    fs::write(&file, text).with_context(|| format!("cannot write {}", place::short(&file)))
}

/// The largest deviation by case and back end, and its share of what is allowed in percent.
#[derive(Default)]
struct Table {
    /// Names in the order in which they were read.
    cases: Vec<String>,
    back_ends: BTreeSet<usize>,
    cells: BTreeMap<(String, usize), (f64, f64)>,
}

impl Table {
    /// Takes rows as the tests write them: back end, case, five deviations, a share, and a sign.
    fn read(&mut self, rows: &str) -> Result<()> {
        for row in rows.lines().skip(1) {
            let words: Vec<_> = row.split_whitespace().collect();
            let [back_end, case, deviations @ .., share, "%"] = &words[..] else {
                bail!("this is no row of deviations: {row}");
            };
            let back_end = back_end.trim_end_matches(FULL);
            let column = BACK_ENDS.iter().position(|known| *known == back_end);
            let column = column.with_context(|| format!("there is no back end {back_end}"))?;
            let number = |word: &&str| word.parse::<f64>().with_context(|| format!("in {row}"));
            let deviations = deviations.iter().map(number).collect::<Result<Vec<_>>>()?;
            let largest = deviations.into_iter().fold(0.0, f64::max);
            if !self.cases.iter().any(|known| known == case) {
                self.cases.push((*case).to_owned());
            }
            self.back_ends.insert(column);
            self.cells.insert(((*case).to_owned(), column), (largest, number(share)?));
        }
        Ok(())
    }

    fn markdown(&self) -> String {
        let mut text = format!("| {:20} |", "case");
        for column in &self.back_ends {
            let _written = write!(text, " {:17} |", BACK_ENDS[*column]);
        }
        let _written = write!(text, "\n|{:-<22}|", "");
        for _ in &self.back_ends {
            let _written = write!(text, "{:->18}:|", "");
        }
        for case in &self.cases {
            let _written = write!(text, "\n| {case:20} |");
            for column in &self.back_ends {
                let cell = self.cells.get(&(case.clone(), *column));
                let cell = cell.map_or_else(String::new, |(largest, share)| {
                    format!("{largest:.1e} ({share:.0} %)")
                });
                let _written = write!(text, " {cell:>17} |");
            }
        }
        text + "\n"
    }
}

#[cfg(test)]
mod tests {
    use super::Table;

    const HEAD: &str = "back-end case CE SIGReg loss embedding distance of allowed\n";

    #[test]
    fn rows_of_several_back_ends_become_one_table() {
        let mut table = Table::default();
        let native = format!(
            "{HEAD}cpu-native   one-byte   1.0e-7 2.0e-7 0.0e0 3.0e-8 0.0e0 2.0 %\n\
             cpu-native  trace 1e-7 1e-7 1e-7 1e-7 1e-6 10.4 %\n"
        );
        table.read(&native).unwrap();
        table.read(&format!("{HEAD}gpu-native-full  full-v1 4e-7 0 0 0 0 4.0 %\n")).unwrap();
        let text = table.markdown();
        let lines: Vec<_> = text.lines().map(|line| line.replace(' ', "")).collect();
        assert_eq!(lines[0], "|case|cpu-native|gpu-native|");
        assert_eq!(lines[2], "|one-byte|2.0e-7(2%)||");
        assert_eq!(lines[3], "|trace|1.0e-6(10%)||");
        assert_eq!(lines[4], "|full-v1||4.0e-7(4%)|");
    }

    #[test]
    fn what_is_no_row_is_refused() {
        let refused = |row: &str| Table::default().read(&format!("{HEAD}{row}")).is_err();
        assert!(refused("cpu-native one-byte nothing 1 %"));
        assert!(refused("abacus one-byte 1 1 1 1 1 1 %"));
        assert!(refused("no row"));
    }
}
