//! Epochs that have ended: what they came to does not change any more, so it is worth keeping.

use super::EpochPoint;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Ended epochs of one chain, the newest of them.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct EndedEpochs(BTreeMap<u64, EpochPoint>);

impl EndedEpochs {
    /// Epochs that are kept at most; the oldest go first.
    pub const MOST: usize = 1_000;

    /// What an epoch came to, where it is kept.
    #[must_use]
    pub fn get(&self, epoch: u64) -> Option<&EpochPoint> {
        self.0.get(&epoch)
    }

    /// Whether none is kept.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Keeps an epoch, if it has ended and nothing of it is missing that could still be told. Says whether
    /// anything is different now.
    pub fn keep(&mut self, point: &EpochPoint) -> bool {
        if point.end_ms.is_none() || point.fees.is_none() {
            return false;
        }
        let before = self.0.insert(point.epoch, point.clone());
        if self.0.len() > Self::MOST {
            let oldest = self.0.pop_first();
            return oldest.is_some_and(|(epoch, _)| epoch != point.epoch);
        }
        before.as_ref() != Some(point)
    }
}

#[cfg(test)]
mod tests {
    use super::EndedEpochs;
    use crate::amount::Shannons;
    use crate::network::{Economy, EpochPoint};
    use crate::recorded;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    fn ended(epoch: u64) -> EpochPoint {
        EpochPoint {
            epoch,
            start_ms: epoch * 10,
            end_ms: Some(epoch * 10 + 10),
            first_checkpoint: Some(epoch),
            last_checkpoint: Some(epoch),
            economy: Economy::of(&recorded::system_state()),
            fees: Some(Shannons(7)),
            transactions_until_end: Some(9),
        }
    }

    #[test]
    fn an_epoch_is_kept_once_it_is_over_and_nothing_is_missing() {
        let mut kept = EndedEpochs::default();
        assert!(!kept.keep(&EpochPoint { end_ms: None, ..ended(3) }));
        assert!(!kept.keep(&EpochPoint { fees: None, ..ended(3) }));
        assert_eq!(kept.get(3), None);
        assert!(kept.keep(&ended(3)));
        assert!(!kept.keep(&ended(3)), "nothing new");
        assert_eq!(kept.get(3), Some(&ended(3)));
    }

    #[test]
    fn the_newest_thousand_are_kept_and_older_ones_do_not_drive_them_out() {
        let mut kept = EndedEpochs::default();
        let first = ended(0);
        let most = EndedEpochs::MOST as u64;
        for epoch in 1..=most {
            kept.keep(&EpochPoint { epoch, ..first.clone() });
        }
        assert!(!kept.keep(&first), "older than all that are kept");
        assert_eq!(kept.get(0), None);
        assert!(kept.keep(&EpochPoint { epoch: most + 1, ..first.clone() }));
        assert_eq!(kept.get(1), None);
        assert_eq!(kept.get(2).map(|point| point.epoch), Some(2));
        assert_eq!(kept.get(most + 1).map(|point| point.epoch), Some(most + 1));
    }

    #[test]
    fn what_is_kept_is_written_down_and_read_again() {
        let mut kept = EndedEpochs::default();
        kept.keep(&ended(4));
        kept.keep(&ended(5));
        let text = serde_json::to_string(&kept).expect("plain data");
        assert_eq!(serde_json::from_str::<EndedEpochs>(&text).ok(), Some(kept));
    }
}
