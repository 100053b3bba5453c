//! Patience with a site that is refused again and again: its requests are turned down unheard for a while,
//! each time longer.

use serde::{Deserialize, Serialize};

/// Refusals in a row that cost nothing.
const FREE: u32 = 2;
/// The first pause; each further one is twice as long.
const FIRST_MS: u64 = 10_000;
/// The longest pause: an hour.
const LONGEST_MS: u64 = 3_600_000;
/// After so long without a refusal all is forgotten: a day.
const FORGOTTEN_MS: u64 = 86_400_000;

/// How often in a row a site was refused, and when last.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Patience {
    /// Refusals in a row.
    pub refused: u32,
    /// The last of them; milliseconds since 1970.
    pub last_ms: u64,
}

impl Patience {
    /// After one more refusal.
    #[must_use]
    pub fn refused(self, now_ms: u64) -> Self {
        let before = if self.is_forgotten(now_ms) { 0 } else { self.refused };
        Self { refused: before.saturating_add(1), last_ms: now_ms }
    }

    /// Until when its requests are turned down; milliseconds since 1970. None, where they are heard.
    #[must_use]
    pub fn paused_until_ms(self, now_ms: u64) -> Option<u64> {
        let beyond = self.refused.checked_sub(FREE + 1)?;
        let pause = FIRST_MS.checked_shl(beyond.min(32)).unwrap_or(LONGEST_MS).min(LONGEST_MS);
        let until = self.last_ms.saturating_add(pause);
        // Where the clock was set back, a pause is not longer than it ever was.
        (now_ms < until).then(|| until.min(now_ms.saturating_add(pause)))
    }

    /// Whether nothing of it matters any more.
    #[must_use]
    pub const fn is_forgotten(self, now_ms: u64) -> bool {
        self.refused == 0 || now_ms >= self.last_ms.saturating_add(FORGOTTEN_MS)
    }
}

#[cfg(test)]
mod tests {
    use super::Patience;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    fn after(refusals: u32) -> Patience {
        (0..refusals).fold(Patience::default(), |patience, _| patience.refused(1_000))
    }

    #[test]
    fn two_refusals_cost_nothing_and_pauses_grow_to_an_hour() {
        for (refusals, pause) in [
            (0, None),
            (2, None),
            (3, Some(10_000)),
            (4, Some(20_000)),
            (8, Some(320_000)),
            (12, Some(3_600_000)),
            (1_000, Some(3_600_000)),
        ] {
            let until = after(refusals).paused_until_ms(1_000);
            assert_eq!(until, pause.map(|pause: u64| 1_000 + pause), "{refusals}");
        }
        assert_eq!(after(3).paused_until_ms(11_000), None);
    }

    #[test]
    fn a_day_later_all_is_forgotten() {
        let later = 1_000 + 86_400_000;
        assert!(!after(9).is_forgotten(later - 1));
        assert!(after(9).is_forgotten(later));
        assert_eq!(after(9).refused(later).refused, 1);
    }

    #[test]
    fn a_clock_that_was_set_back_makes_no_pause_longer() {
        let patience = Patience::default().refused(9_000_000).refused(9_000_000).refused(9_000_000);
        assert_eq!(patience.paused_until_ms(5_000), Some(15_000));
    }
}
