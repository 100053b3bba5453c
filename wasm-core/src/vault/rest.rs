//! An open vault at rest: what is kept, under somebody else's seal, so that it opens again without a
//! password until the moment in which it would have locked by itself.
//!
//! The vault's key is wrapped for a fresh secret, as it would be for a passkey. Whoever reads these bytes
//! opens the vault: they are sealed before they are kept anywhere.

use super::passkey::{NewPasskey, Passkey, PrfOutput, open_with_passkey};
use super::{UnlockError, Unlocked};
use serde::{Deserialize, Serialize};
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

const MINUTE_MS: u64 = 60_000;
/// By what the wrapped key knows this way of opening it.
const NAME: &[u8] = b"rest";

#[derive(Serialize, Deserialize, Zeroize, ZeroizeOnDrop)]
struct Rested {
    version: u8,
    touched_ms: u64,
    secret: [u8; 32],
    #[zeroize(skip)]
    wrapped: Passkey,
}

const VERSION: u8 = 1;

/// Why a vault at rest does not open.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RestError {
    /// It would have locked by now; or the clock was put back.
    #[error("the wallet locked by itself")]
    Over,
    /// These bytes are no vault at rest, or one of a newer wallet.
    #[error("what was kept of the open wallet cannot be read")]
    Unreadable,
    /// The vault is not the one that was open, or was sealed under another password since.
    #[error(transparent)]
    Vault(#[from] UnlockError),
}

impl Unlocked {
    /// What opens this vault again; `touched_ms` is when somebody was last here, in milliseconds since 1970.
    #[must_use]
    pub fn rest(&self, touched_ms: u64, rng: &mut impl rand_core::CryptoRng) -> Zeroizing<Vec<u8>> {
        let mut secret = PrfOutput([0; 32]);
        rng.fill_bytes(&mut secret.0);
        let new =
            NewPasskey { credential_id: NAME.to_vec(), prf_salt: [0; 32], made_ms: touched_ms };
        let wrapped = self.wrap_for(new, &secret, rng);
        let rested = Rested { version: VERSION, touched_ms, secret: secret.0, wrapped };
        Zeroizing::new(serde_json::to_vec(&rested).expect("plain data"))
    }
}

/// When a vault locks by itself that somebody touched then; never, where no minutes are set.
#[must_use]
pub fn rests_until(touched_ms: u64, auto_lock_minutes: Option<u16>) -> Option<u64> {
    auto_lock_minutes.map(|minutes| touched_ms.saturating_add(u64::from(minutes) * MINUTE_MS))
}

/// Opens a vault by what [`Unlocked::rest`] made of it, and says when somebody was last here.
///
/// # Errors
/// See [`RestError`].
pub fn open_rested(
    rested: &[u8],
    auto_lock_minutes: Option<u16>,
    now_ms: u64,
    vault: &[u8],
) -> Result<(Unlocked, u64), RestError> {
    let rested: Rested = serde_json::from_slice(rested).map_err(|_| RestError::Unreadable)?;
    if rested.version != VERSION {
        return Err(RestError::Unreadable);
    }
    let touched_ms = rested.touched_ms;
    let is_over = rests_until(touched_ms, auto_lock_minutes).is_some_and(|until| now_ms >= until);
    if is_over || now_ms < touched_ms {
        return Err(RestError::Over);
    }
    let secret = PrfOutput(rested.secret);
    Ok((open_with_passkey(&rested.wrapped, &secret, vault)?, touched_ms))
}

#[cfg(test)]
mod tests {
    use super::{MINUTE_MS, RestError, open_rested};
    use crate::keys::Keypair;
    use crate::keys::tests::Counter;
    use crate::vault::{KdfParameters, Secrets, UnlockError, Unlocked, change_password};
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    const PASSWORD: &str = "a password of its own";
    const TOUCHED: u64 = 1_700_000_000_000;

    fn unlocked() -> Unlocked {
        let mut secrets = Secrets::default();
        secrets.add_key(&Keypair::derive(&[9; 32]), "mine").unwrap();
        Unlocked::make(PASSWORD, secrets, &mut Counter(0)).unwrap()
    }

    #[test]
    fn a_vault_at_rest_opens_until_it_would_have_locked() {
        let unlocked = unlocked();
        let sealed = unlocked.seal(&mut Counter(100)).unwrap();
        let rested = unlocked.rest(TOUCHED, &mut Counter(50));
        let open = |minutes, now| open_rested(&rested, minutes, now, &sealed);
        let (opened, touched) = open(Some(5), TOUCHED + 5 * MINUTE_MS - 1).unwrap();
        assert_eq!((opened.secrets.accounts().len(), touched), (1, TOUCHED));
        assert_eq!(opened.check_password(PASSWORD), Ok(()));
        assert_eq!(open(Some(5), TOUCHED + 5 * MINUTE_MS).err(), Some(RestError::Over));
        // What the owner set meanwhile counts, not what was set when it came to rest.
        assert_eq!(open(Some(1), TOUCHED + MINUTE_MS).err(), Some(RestError::Over));
        assert!(open(None, TOUCHED + 1000 * MINUTE_MS).is_ok());
    }

    #[test]
    fn a_clock_that_was_put_back_opens_nothing() {
        let unlocked = unlocked();
        let sealed = unlocked.seal(&mut Counter(100)).unwrap();
        let rested = unlocked.rest(TOUCHED, &mut Counter(50));
        let opened = open_rested(&rested, None, TOUCHED - 1, &sealed);
        assert_eq!(opened.err(), Some(RestError::Over));
    }

    #[test]
    fn another_password_leaves_nothing_that_opens() {
        let unlocked = unlocked();
        let sealed = unlocked.seal(&mut Counter(100)).unwrap();
        let rested = unlocked.rest(TOUCHED, &mut Counter(50));
        let cost = KdfParameters::DEFAULT;
        let (_, changed) =
            change_password(&sealed, PASSWORD, "an entirely new one", cost, &mut Counter(120))
                .unwrap();
        let opened = open_rested(&rested, None, TOUCHED, &changed);
        assert_eq!(opened.err(), Some(RestError::Vault(UnlockError::WrongPasskey)));
    }

    #[test]
    fn two_rests_of_one_vault_share_no_secret() {
        let unlocked = unlocked();
        let one = unlocked.rest(TOUCHED, &mut Counter(50));
        let two = unlocked.rest(TOUCHED, &mut Counter(90));
        assert_ne!(*one, *two);
    }

    #[test]
    fn what_is_no_vault_at_rest_is_refused() {
        let unlocked = unlocked();
        let sealed = unlocked.seal(&mut Counter(100)).unwrap();
        let rested = unlocked.rest(TOUCHED, &mut Counter(50));
        for end in 0..rested.len() {
            let opened = open_rested(rested.get(..end).unwrap(), None, TOUCHED, &sealed);
            assert_eq!(opened.err(), Some(RestError::Unreadable));
        }
        let newer = String::from_utf8(rested.to_vec()).unwrap();
        let newer = newer.replace(r#"{"version":1,"#, r#"{"version":2,"#);
        let opened = open_rested(newer.as_bytes(), None, TOUCHED, &sealed);
        assert_eq!(opened.err(), Some(RestError::Unreadable));
    }
}
