//! Wrong passwords slow the next one down: for ever longer, never for good, and nothing is deleted.
//!
//! A try is noted as failed before the password is stretched, so that ending the program in between
//! makes no try free. The right password forgets all of them.

use super::ShelfError;
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

/// Where wrong passwords are noted.
#[expect(async_fn_in_trait, reason = "callers live on one thread, so Send is not needed")]
pub trait AttemptsNote {
    /// What is noted; nothing where there is no note, or none that can be read.
    async fn load(&self) -> Option<Attempts>;

    /// Notes them.
    async fn save(&self, attempts: &Attempts) -> Result<(), ShelfError>;

    /// There are none.
    async fn remove(&self) -> Result<(), ShelfError>;
}

/// Wrong passwords, counted beyond a reload where the storage takes the note, and until then where not:
/// a full disk must not keep the right password from being tried.
#[derive(Clone, Copy, Debug, Default)]
pub struct AttemptsCount {
    /// What the storage refused.
    unwritten: Option<Attempts>,
}

impl AttemptsCount {
    /// As they were counted so far, by the clock of now. A note of a time that is still to come is put right
    /// for good: otherwise the wait would begin anew whenever it is looked at.
    pub async fn so_far(&mut self, note: &impl AttemptsNote, now_ms: u64) -> Attempts {
        let counted = match self.unwritten {
            Some(attempts) => attempts,
            None => note.load().await.unwrap_or_default(),
        };
        let mut attempts = counted;
        attempts.wait_ms(now_ms);
        if attempts != counted {
            self.put(note, attempts).await;
        }
        attempts
    }

    /// Counts so many from now on.
    pub async fn put(&mut self, note: &impl AttemptsNote, attempts: Attempts) {
        let none = attempts == Attempts::default();
        let written = if none { note.remove().await } else { note.save(&attempts).await };
        self.unwritten = written.is_err().then_some(attempts);
    }
}

#[cfg(test)]
mod tests {
    use super::{Attempts, AttemptsCount, AttemptsNote};
    use crate::job::fake::block_on;
    use crate::vault::ShelfError;
    use std::cell::Cell;
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

    #[derive(Default)]
    struct Note {
        noted: Cell<Option<Attempts>>,
        refuses: Cell<bool>,
    }

    impl Note {
        fn put(&self, attempts: Option<Attempts>) -> Result<(), ShelfError> {
            if self.refuses.get() {
                return Err(ShelfError("the disk is full".into()));
            }
            self.noted.set(attempts);
            Ok(())
        }
    }

    impl AttemptsNote for Note {
        async fn load(&self) -> Option<Attempts> {
            self.noted.get()
        }

        async fn save(&self, attempts: &Attempts) -> Result<(), ShelfError> {
            self.put(Some(*attempts))
        }

        async fn remove(&self) -> Result<(), ShelfError> {
            self.put(None)
        }
    }

    /// As the wallet asks: each time of what lies in the storage.
    fn waits(note: &Note, now_ms: u64) -> u64 {
        block_on(AttemptsCount::default().so_far(note, now_ms)).wait_ms(now_ms)
    }

    #[test]
    fn a_clock_that_was_ahead_lets_nobody_wait_longer_than_one_wait() {
        let note = Note::default();
        note.noted.set(Some(after(5)));
        let now = NOW - 1_000_000_000;
        assert_eq!(waits(&note, now), 10_000);
        assert_eq!(waits(&note, now + 4_000), 6_000);
        assert_eq!(waits(&note, now + 10_000), 0);
    }

    #[test]
    fn what_the_storage_does_not_take_is_counted_all_the_same() {
        let (note, mut count) = (Note::default(), AttemptsCount::default());
        note.refuses.set(true);
        for failures in 1..=5 {
            let mut attempts = block_on(count.so_far(&note, NOW));
            attempts.note(NOW);
            block_on(count.put(&note, attempts));
            assert_eq!(block_on(count.so_far(&note, NOW)).failed(), failures);
        }
        // The right password forgets them, even if the storage keeps an older note.
        note.noted.set(Some(after(4)));
        block_on(count.put(&note, Attempts::default()));
        assert_eq!(block_on(count.so_far(&note, NOW)).failed(), 0);
        note.refuses.set(false);
        block_on(count.put(&note, after(2)));
        assert_eq!((note.noted.get(), count.unwritten), (Some(after(2)), None));
    }

    #[test]
    fn the_count_survives_being_stored() {
        let attempts = after(6);
        let text = serde_json::to_string(&attempts).unwrap();
        assert_eq!(serde_json::from_str::<Attempts>(&text).unwrap(), attempts);
        assert_eq!(attempts.failed(), 6);
    }
}
