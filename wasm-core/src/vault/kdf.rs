//! How a password becomes a key: Argon2id, at a cost that is written beside what it protects.

use super::SealError;
use argon2::{Algorithm, Argon2, Block, Params, Version};
use unicode_normalization::UnicodeNormalization as _;
use zeroize::Zeroizing;

/// Characters that a new password has at least.
pub const MIN_PASSWORD_LENGTH: usize = 8;

/// How long it should take to try out one password, in milliseconds.
const TARGET_MS: u64 = 500;

/// What trying out one password costs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct KdfParameters {
    memory_kib: u32,
    passes: u32,
    lanes: u32,
}

/// Parameters that would protect too little, or cost more than a device has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KdfParametersError {
    /// Below the default in memory or passes.
    #[error("a password is protected with at least 64 MiB of memory and 3 passes")]
    TooWeak,
    /// Above what a browser can be asked for.
    #[error(
        "a password is protected with at most 256 MiB of memory, 16 passes and 4 lanes, and with ten \
         times the least work"
    )]
    TooCostly,
}

impl KdfParameters {
    /// 64 MiB of memory, three passes, one lane: the least that is written or read.
    pub const DEFAULT: Self = Self { memory_kib: 64 * 1024, passes: 3, lanes: 1 };
    /// The most that is read: more is refused before any memory is taken.
    const MOST: Self = Self { memory_kib: 256 * 1024, passes: 16, lanes: 4 };
    /// The most memory times passes that is read, in KiB: what somebody wrote into a vault must not keep
    /// a device busy for minutes.
    const MOST_WORK: u64 = 64 * 1024 * 32;

    /// Parameters within what is safe and what is bearable.
    ///
    /// # Errors
    /// Where they are below the default, or above 256 MiB, 16 passes, 4 lanes or ten times the default's work.
    pub const fn new(memory_kib: u32, passes: u32, lanes: u32) -> Result<Self, KdfParametersError> {
        let (least, most) = (Self::DEFAULT, Self::MOST);
        if memory_kib < least.memory_kib || passes < least.passes || lanes < least.lanes {
            return Err(KdfParametersError::TooWeak);
        }
        if memory_kib > most.memory_kib || passes > most.passes || lanes > most.lanes {
            return Err(KdfParametersError::TooCostly);
        }
        #[expect(clippy::as_conversions, reason = "a wider integer; `from` is not const")]
        if memory_kib as u64 * passes as u64 > Self::MOST_WORK {
            return Err(KdfParametersError::TooCostly);
        }
        Ok(Self { memory_kib, passes, lanes })
    }

    /// Parameters for a device on which the default took so long: about half a second, and never less
    /// than the default. Only passes are added: a phone has time rather than memory.
    #[must_use]
    pub fn for_device(default_took_ms: u64) -> Self {
        let passes = u64::from(Self::DEFAULT.passes) * TARGET_MS / default_took_ms.max(1);
        let passes = u32::try_from(passes).unwrap_or(u32::MAX);
        Self { passes: passes.clamp(Self::DEFAULT.passes, Self::MOST.passes), ..Self::DEFAULT }
    }

    /// Stretches a password that protects nothing, to see how long it takes.
    ///
    /// # Errors
    /// Where memory lacks.
    pub fn rehearse(&self) -> Result<(), SealError> {
        self.derive("no password of anybody", &[0; 16])
            .map(drop)
            .map_err(|_| SealError::OutOfMemory { mebibytes: self.mebibytes() })
    }

    /// Memory in KiB.
    #[must_use]
    pub const fn memory_kib(&self) -> u32 {
        self.memory_kib
    }

    /// Passes over the memory.
    #[must_use]
    pub const fn passes(&self) -> u32 {
        self.passes
    }

    /// Lanes, which here are filled one after the other.
    #[must_use]
    pub const fn lanes(&self) -> u32 {
        self.lanes
    }

    /// Memory in MiB, rounded up.
    pub(super) const fn mebibytes(&self) -> u32 {
        self.memory_kib.div_ceil(1024)
    }

    /// Derives a key. The password counts in its composed form (NFC), since systems differ in how
    /// they type accents.
    pub(super) fn derive(
        &self,
        password: &str,
        salt: &[u8; 16],
    ) -> Result<Zeroizing<[u8; 32]>, OutOfMemory> {
        let params = Params::new(self.memory_kib, self.passes, self.lanes, Some(32))
            .expect("the bounds of `new` lie within those of Argon2");
        let mut memory = Zeroizing::new(Vec::new());
        memory.try_reserve_exact(params.block_count()).map_err(|_| OutOfMemory)?;
        memory.resize(params.block_count(), Block::new());

        let password = compose(password);
        let mut key = Zeroizing::new([0; 32]);
        Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
            .hash_password_into_with_memory(
                password.as_bytes(),
                salt,
                key.as_mut(),
                memory.as_mut_slice(),
            )
            .expect("salt, key and memory have the lengths that Argon2 asks for");
        Ok(key)
    }
}

/// The memory for a key could not be had.
pub(super) struct OutOfMemory;

/// Refuses a password that nobody should protect money with.
pub(super) fn check_new_password(password: &str) -> Result<(), SealError> {
    if compose(password).chars().count() < MIN_PASSWORD_LENGTH {
        return Err(SealError::PasswordTooShort);
    }
    Ok(())
}

fn compose(password: &str) -> Zeroizing<String> {
    // Composing at most triples the bytes of a text, so no copy is left behind by growing.
    let mut composed = Zeroizing::new(String::with_capacity(password.len() * 3));
    composed.extend(password.nfc());
    composed
}

#[cfg(test)]
mod tests {
    use super::{KdfParameters, KdfParametersError, check_new_password, compose};
    use crate::vault::SealError;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    #[test]
    fn parameters_have_a_floor_and_a_ceiling() {
        let default = KdfParameters::DEFAULT;
        assert_eq!(KdfParameters::new(65_536, 3, 1), Ok(default));
        assert!(KdfParameters::new(65_536, 16, 1).is_ok());
        assert!(KdfParameters::new(262_144, 8, 4).is_ok());
        for (memory, passes, lanes, error) in [
            (65_535, 3, 1, KdfParametersError::TooWeak),
            (65_536, 2, 1, KdfParametersError::TooWeak),
            (65_536, 3, 0, KdfParametersError::TooWeak),
            (262_145, 3, 1, KdfParametersError::TooCostly),
            (262_144, 9, 1, KdfParametersError::TooCostly),
            (131_073, 16, 1, KdfParametersError::TooCostly),
            (u32::MAX, 3, 1, KdfParametersError::TooCostly),
            (65_536, u32::MAX, 1, KdfParametersError::TooCostly),
            (65_536, 3, u32::MAX, KdfParametersError::TooCostly),
        ] {
            assert_eq!(KdfParameters::new(memory, passes, lanes), Err(error));
        }
    }

    #[test]
    fn a_fast_device_makes_more_passes_and_a_slow_one_never_fewer() {
        let passes = |took_ms| KdfParameters::for_device(took_ms).passes();
        let made = [0, 1, 93, 94, 150, 250, 374, 500, 5_000, u64::MAX].map(passes);
        assert_eq!(made, [16, 16, 16, 15, 10, 6, 4, 3, 3, 3]);
        for took_ms in [0, 100, 200, 400, 10_000] {
            let KdfParameters { memory_kib, passes, lanes } = KdfParameters::for_device(took_ms);
            let chosen = KdfParameters::for_device(took_ms);
            assert_eq!(memory_kib, KdfParameters::DEFAULT.memory_kib());
            assert_eq!(KdfParameters::new(memory_kib, passes, lanes), Ok(chosen));
        }
    }

    #[test]
    fn the_key_is_argon2ids() {
        let key = KdfParameters::DEFAULT.derive("correct horse", &[7; 16]).ok().unwrap();
        assert_eq!(
            hex::encode(key.as_ref()),
            "7b985d8fa00c9eccccf918c8cb9feaa8036af381caf6f498e099b5b849b8c18a"
        );
    }

    #[test]
    fn accents_count_alike_however_they_are_typed() {
        assert_eq!(*compose("Cafe\u{301}"), *compose("Caf\u{e9}"));
        assert_eq!(*compose("Zoë \u{1f511}"), "Zoë \u{1f511}");
        let longest = "\u{1d160}".repeat(20);
        assert!(compose(&longest).len() <= longest.len() * 3);
    }

    #[test]
    fn a_short_password_is_refused_by_its_characters() {
        assert_eq!(check_new_password("1234567"), Err(SealError::PasswordTooShort));
        assert_eq!(check_new_password("äöüäöüä"), Err(SealError::PasswordTooShort));
        assert_eq!(check_new_password("12345678"), Ok(()));
    }
}
