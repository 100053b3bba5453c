//! How far each case is from its f64 values on a back end: one row a case, in one form for all of them.

use super::cases::Deviation;
use super::manifest::Case;
use std::fmt::Write as _;

/// Rows of one back end. `cargo xtask test` puts those of all back ends into one table.
#[derive(Debug)]
pub struct Table {
    back_end: &'static str,
    text: String,
}

impl Table {
    /// No rows yet. The back end is a word without spaces, such as `cpu-native`.
    #[must_use]
    pub fn new(back_end: &'static str) -> Self {
        let text = format!("{:12} {:20}{} of allowed\n", "back-end", "case", Deviation::COLUMNS);
        Self { back_end, text }
    }

    /// A row. Returns it, to be shown at once.
    pub fn add(&mut self, case: &Case, deviation: &Deviation) -> String {
        let row = Self::row(self.back_end, case, deviation);
        let _written = writeln!(self.text, "{row}");
        row
    }

    /// A row by itself.
    #[must_use]
    pub fn row(back_end: &str, case: &Case, deviation: &Deviation) -> String {
        let share = 100.0 * deviation.of_allowed(&case.tolerance);
        format!("{back_end:12} {:20}{deviation} {share:8.1} %", case.id)
    }

    /// The names of the columns, and all rows.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Leaves the rows where the table of all back ends is made of them.
    ///
    /// # Errors
    /// Where the disk refuses.
    #[cfg(not(target_arch = "wasm32"))]
    pub fn leave(&self) -> std::io::Result<()> {
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/deviations");
        std::fs::create_dir_all(&folder)?;
        std::fs::write(folder.join(self.back_end).with_extension("txt"), &self.text)
    }
}
