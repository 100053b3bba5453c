//! How much of an account's activity is kept: what others tell never displaces what this wallet signed, and
//! what nobody proved never displaces what the node told.

use crate::activity::ActivityEntry;
use std::cmp::Reverse;

/// Entries kept of what this wallet signed, for one account on one chain.
pub const KEPT_SIGNED: usize = 2_000;
/// Entries kept of what the node told.
pub const KEPT_TOLD: usize = 2_000;
/// Entries kept of what only the indexer told.
pub const KEPT_HEARSAY: usize = 500;

/// Who says that a transaction happened.
#[derive(Clone, Copy)]
enum Source {
    Signed,
    Told,
    Hearsay,
}

impl Source {
    const fn of(entry: &ActivityEntry) -> Self {
        match entry {
            ActivityEntry { hearsay: true, .. } => Self::Hearsay,
            ActivityEntry { signed_here: true, .. } => Self::Signed,
            _ => Self::Told,
        }
    }

    const fn kept(self) -> usize {
        match self {
            Self::Signed => KEPT_SIGNED,
            Self::Told => KEPT_TOLD,
            Self::Hearsay => KEPT_HEARSAY,
        }
    }
}

/// Puts records in order, newest first, and keeps the newest of each source, and every one that has to be
/// kept.
pub fn keep_newest<R>(
    records: &mut Vec<R>,
    entry: impl Fn(&R) -> &ActivityEntry,
    must_stay: impl Fn(&R) -> bool,
) {
    records.sort_by_key(|record| Reverse(entry(record).at_ms));
    let mut seen = [0_usize; 3];
    records.retain(|record| {
        let source = Source::of(entry(record));
        seen[source as usize] += 1;
        seen[source as usize] <= source.kept() || must_stay(record)
    });
}

/// Whether so many are kept of a source that older ones may have been left out.
#[must_use]
pub fn is_full(entries: &[ActivityEntry]) -> bool {
    [Source::Signed, Source::Told, Source::Hearsay].into_iter().any(|source| {
        let same = |entry: &&ActivityEntry| Source::of(entry) as usize == source as usize;
        entries.iter().filter(same).count() >= source.kept()
    })
}

#[cfg(test)]
mod tests {
    use super::{KEPT_HEARSAY, KEPT_SIGNED, KEPT_TOLD, is_full, keep_newest};
    use crate::activity::ActivityEntry;
    use crate::activity::tests::entry;

    fn invented(count: u64, hearsay: bool) -> impl Iterator<Item = ActivityEntry> {
        (0..count).map(move |at| ActivityEntry {
            at_ms: 1_000_000 + at,
            hearsay,
            signed_here: false,
            ..entry()
        })
    }

    fn keep(entries: &mut Vec<ActivityEntry>) {
        keep_newest(entries, |entry| entry, |_| false);
    }

    #[test]
    fn what_others_invent_never_displaces_what_was_known() {
        let signed = ActivityEntry { signed_here: true, ..entry() };
        let told = ActivityEntry { signed_here: false, at_ms: 2, ..entry() };
        let mut entries = vec![signed.clone(), told.clone()];
        entries.extend(invented(3_000, true));
        keep(&mut entries);
        assert_eq!(entries.len(), KEPT_HEARSAY + 2);
        assert!(entries.contains(&signed) && entries.contains(&told));
        entries.extend(invented(3_000, false));
        keep(&mut entries);
        assert_eq!(entries.len(), KEPT_HEARSAY + KEPT_TOLD + 1);
        assert!(entries.contains(&signed));
    }

    #[test]
    fn the_newest_of_each_stay_and_whatever_must() {
        let mut entries: Vec<_> = invented(3_000, true).collect();
        keep_newest(&mut entries, |entry| entry, |entry| entry.at_ms == 1_000_000);
        assert_eq!(entries.len(), KEPT_HEARSAY + 1);
        assert_eq!(entries.first().map(|entry| entry.at_ms), Some(1_002_999));
        assert_eq!(entries.last().map(|entry| entry.at_ms), Some(1_000_000));
    }

    #[test]
    fn what_may_have_been_left_out_is_told() {
        let mut entries: Vec<_> = invented(10, true).collect();
        assert!(!is_full(&entries));
        entries.extend(invented(KEPT_SIGNED as u64, false));
        assert!(is_full(&entries));
    }
}
