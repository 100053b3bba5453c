//! Entries as a file.

use crate::components::toast::use_notices;
use crate::files::save_text;
use crate::languages::t;
use crate::time::{local_text, utc_text};
use bridge::activity::ActivityEntry;
use bridge::activity_export::{Moment, to_csv};

/// Saves entries as comma-separated values.
pub(super) fn save(entries: &[ActivityEntry]) {
    let moment = |at_ms| Moment { utc: utc_text(at_ms), local: local_text(at_ms) };
    let saved = save_text("soma-activity.csv", &to_csv(entries, moment));
    use_notices().announce(if saved.is_ok() {
        t!("Saved as soma-activity.csv")
    } else {
        t!("The browser did not save the file")
    });
}
