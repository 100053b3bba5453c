//! The table as a file: all rows that are shown, also those out of sight.

use super::window::Table;
use crate::components::button::Button;
use crate::components::icon::Icon;
use crate::components::toast::use_notices;
use crate::files::save_text;
use crate::languages::{t, t_n};
use crate::matching::Matching;
use crate::parts::attempt::{Attempt, AttemptFailure};
use crate::say;
use bridge::match_export::{to_csv, to_json};
use bridge::matching::{MOST_ROWS, MatchRow};
use bridge::protocol::Failure;
use leptos::prelude::*;

/// Rows of a file at most: more than spreadsheets are good for, and some megabytes.
const MOST_EXPORTED: usize = 20_000;

/// Saves what the table shows.
#[component]
pub(super) fn ExportButtons(matching: Matching, table: Table) -> impl IntoView {
    let notices = use_notices();
    let attempt = Attempt::new();
    let save = move |name: &'static str, write: fn(&[MatchRow]) -> String| {
        attempt.run(rows(matching), move |(rows, total)| {
            if save_text(name, &write(&rows)).is_err() {
                notices.toast(t!("The browser did not save the file.").to_owned());
            } else if total > rows.len() {
                let (saved, total) = (say::count(rows.len() as u64), say::count(total as u64));
                notices.toast(t!(
                    "The first {saved} of {total} rows were saved. Filter them to save others.",
                    saved,
                    total
                ));
            }
        });
    };
    let words = move || {
        let total = table.total();
        t_n!(
            total as u64,
            "{n} row of {targets} covered targets",
            "{n} rows of {targets} covered targets",
            targets = say::count(table.covered() as u64)
        )
    };
    view! {
        <AttemptFailure attempt />
        <div class="buttons match-export">
            <Button icon=Icon::Download busy=attempt.busy() on_press=move || save("matches.csv", to_csv) testid="match-csv">{t!("Save as CSV")}</Button>
            <Button icon=Icon::Download busy=attempt.busy() on_press=move || save("matches.json", to_json) testid="match-json">{t!("Save as JSON")}</Button>
            <span class="field-hint">{words}</span>
        </div>
    }
}

/// All rows that the query shows, as far as they go into a file, and how many there are.
async fn rows(matching: Matching) -> Result<(Vec<MatchRow>, usize), Failure> {
    let query = matching.query.get_untracked();
    let mut rows: Vec<MatchRow> = Vec::new();
    loop {
        let bridge = matching.scoring().bridge();
        let table = bridge.match_table(query.clone(), rows.len(), MOST_ROWS).await?;
        let came = table.rows.len();
        rows.extend(table.rows);
        rows.truncate(MOST_EXPORTED);
        if came == 0 || rows.len() >= table.total || rows.len() >= MOST_EXPORTED {
            return Ok((rows, table.total));
        }
    }
}
