//! Wrong passwords slow the next one down: for ever longer, never for good, and nothing is deleted.
//!
//! A try is noted as failed before the password is stretched, so that ending the program in between
//! makes no try free. The right password forgets all of them.

use serde::{Deserialize, Serialize};

/// Wrong passwords that cost no wait: a person mistypes.
const FREE: u32 = 3;
/// The wait after the first that is not free, in milliseconds; each further one doubles it.
const FIRST_WAIT_MS: u64 = 5_000;
/// The longest wait, in milliseconds.
const LONGEST_WAIT_MS: u64 = 300_000;

/// Wrong passwords since the last right one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attempts {
    failed: u32,
    /// When the last was made; milliseconds since 1970.
    last_ms: u64,
}

impl Attempts {
    /// Wrong passwords since the last right one.
    #[must_use]
    pub const fn failed(&self) -> u32 {
        self.failed
    }

    /// Milliseconds until another password may be tried. A clock that was set back lets nobody wait
    /// longer than one whole wait, which begins anew by the clock of now.
    pub const fn wait_ms(&mut self, now_ms: u64) -> u64 {
        if now_ms < self.last_ms {
            self.last_ms = now_ms;
        }
        self.delay_ms().saturating_sub(now_ms - self.last_ms)
    }

    /// Notes that a password is about to be tried.
    pub const fn note(&mut self, now_ms: u64) {
        self.failed = self.failed.saturating_add(1);
        self.last_ms = now_ms;
    }

    const fn delay_ms(&self) -> u64 {
        let Some(doublings) = self.failed.checked_sub(FREE + 1) else { return 0 };
        // Eight doublings are beyond the longest wait already.
        let doublings = if doublings > 8 { 8 } else { doublings };
        let delay = FIRST_WAIT_MS << doublings;
        if delay > LONGEST_WAIT_MS { LONGEST_WAIT_MS } else { delay }
    }
}

#[cfg(test)]
mod tests {
    use super::Attempts;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    const NOW: u64 = 1_700_000_000_000;

    fn after(failures: u32) -> Attempts {
        let mut attempts = Attempts::default();
        for _ in 0..failures {
            attempts.note(NOW);
        }
        attempts
    }

    #[test]
    fn each_wrong_password_after_the_third_waits_twice_as_long_up_to_five_minutes() {
        let waits: Vec<u64> =
            (0..12).map(|failures| after(failures).wait_ms(NOW) / 1_000).collect();
        assert_eq!(waits, [0, 0, 0, 0, 5, 10, 20, 40, 80, 160, 300, 300]);
        assert_eq!(after(u32::from(u16::MAX)).wait_ms(NOW), 300_000);
    }

    #[test]
    fn the_wait_passes() {
        let mut attempts = after(5);
        assert_eq!(attempts.wait_ms(NOW + 9_999), 1);
        assert_eq!(attempts.wait_ms(NOW + 10_000), 0);
        assert_eq!(attempts.wait_ms(u64::MAX), 0);
    }

    #[test]
    fn a_clock_set_back_neither_shortens_the_wait_nor_makes_it_endless() {
        let mut attempts = after(5);
        assert_eq!(attempts.wait_ms(NOW - 1_000_000), 10_000);
        assert_eq!(attempts.wait_ms(NOW - 995_000), 5_000);
        assert_eq!(attempts.wait_ms(NOW - 990_000), 0);
    }

    #[test]
    fn the_count_survives_being_stored() {
        let attempts = after(6);
        let text = serde_json::to_string(&attempts).unwrap();
        assert_eq!(serde_json::from_str::<Attempts>(&text).unwrap(), attempts);
        assert_eq!(attempts.failed(), 6);
    }
}
