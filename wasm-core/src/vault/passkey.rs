//! A second way to the vault's key: wrapped under what a passkey computes (the PRF extension of `WebAuthn`).
//!
//! The passkey makes 32 secret bytes out of a salt; HKDF-SHA256 makes a key of them, and AES-256-GCM
//! wraps the vault's key under it, bound to the vault's salt and to the passkey. Another password makes
//! another vault key, which no passkey that was set up before opens.

use super::envelope::{self, Purpose, VaultKey};
use super::{UnlockError, Unlocked, contents::Contents};
use aes_gcm::{AeadInOut as _, Aes256Gcm, KeyInit as _};
use hkdf::Hkdf;
use serde::{Deserialize, Serialize};
use sha2::Sha256;
use std::fmt;
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

/// Tells this use of a passkey's secret from any other.
const INFO: &[u8] = b"soma-wallet vault key v1";

/// What a passkey computes of a salt. It does not print.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub struct PrfOutput(pub [u8; 32]);

impl fmt::Debug for PrfOutput {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PrfOutput(..)")
    }
}

/// A passkey that opens a vault. It holds no secret: what opens it is in the authenticator.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Passkey {
    /// What the authenticator knows it by.
    pub credential_id: Vec<u8>,
    /// What the authenticator computes its secret from.
    pub prf_salt: [u8; 32],
    /// When it was set up; milliseconds since 1970.
    pub made_ms: u64,
    nonce: [u8; 12],
    wrapped: [u8; 32],
    tag: [u8; 16],
}

/// A passkey that was made by an authenticator and opens nothing yet.
#[derive(Clone, Debug)]
pub struct NewPasskey {
    /// What the authenticator knows it by.
    pub credential_id: Vec<u8>,
    /// What the authenticator computed its secret from.
    pub prf_salt: [u8; 32],
    /// When; milliseconds since 1970.
    pub made_ms: u64,
}

impl Unlocked {
    /// Lets a passkey open the vault as it is sealed now.
    #[must_use]
    pub fn wrap_for(
        &self,
        passkey: NewPasskey,
        output: &PrfOutput,
        rng: &mut impl rand_core::CryptoRng,
    ) -> Passkey {
        let NewPasskey { credential_id, prf_salt, made_ms } = passkey;
        let mut nonce = [0; 12];
        rng.fill_bytes(&mut nonce);
        let mut wrapped = Zeroizing::new(*self.key.expose());
        let tag = cipher(output, &prf_salt)
            .encrypt_inout_detached(
                &nonce.into(),
                &bound_to(self.key.salt(), &credential_id),
                wrapped.as_mut_slice().into(),
            )
            .expect("a key is shorter than 64 GiB");
        Passkey { credential_id, prf_salt, made_ms, nonce, wrapped: *wrapped, tag: tag.into() }
    }
}

/// Opens a vault by a passkey.
///
/// # Errors
/// [`UnlockError::WrongPasskey`] where the passkey was not set up for the vault as it is sealed now;
/// otherwise as [`super::open`].
pub fn open_with_passkey(
    passkey: &Passkey,
    output: &PrfOutput,
    vault: &[u8],
) -> Result<Unlocked, UnlockError> {
    let (parameters, salt) = envelope::head(Purpose::Vault, vault)?;
    let mut key = Zeroizing::new(passkey.wrapped);
    cipher(output, &passkey.prf_salt)
        .decrypt_inout_detached(
            &passkey.nonce.into(),
            &bound_to(&salt, &passkey.credential_id),
            key.as_mut_slice().into(),
            &passkey.tag.into(),
        )
        .map_err(|_| UnlockError::WrongPasskey)?;
    let key = VaultKey::of_parts(Purpose::Vault, parameters, salt, key);
    let contents = key.open(vault).map_err(|error| match error {
        UnlockError::WrongPassword => UnlockError::WrongPasskey,
        error => error,
    })?;
    match Contents::parse(&contents)? {
        Contents::Wallet(secrets) => Ok(Unlocked { secrets, key }),
        Contents::Model(_) => Err(UnlockError::UnknownContents),
    }
}

fn cipher(output: &PrfOutput, prf_salt: &[u8; 32]) -> Aes256Gcm {
    let mut key = Zeroizing::new([0; 32]);
    Hkdf::<Sha256>::new(Some(prf_salt), &output.0)
        .expand(INFO, key.as_mut_slice())
        .expect("HKDF gives up to 255 blocks, and this is one");
    Aes256Gcm::new((&*key).into())
}

fn bound_to(vault_salt: &[u8; 16], credential_id: &[u8]) -> Vec<u8> {
    [INFO, vault_salt, credential_id].concat()
}

#[cfg(test)]
mod tests {
    use super::{NewPasskey, Passkey, PrfOutput, open_with_passkey};
    use crate::keys::Keypair;
    use crate::keys::tests::Counter;
    use crate::vault::{KdfParameters, Secrets, UnlockError, Unlocked, change_password};
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    const PASSWORD: &str = "a password of its own";

    fn unlocked() -> Unlocked {
        let mut secrets = Secrets::default();
        secrets.add_key(&Keypair::derive(&[9; 32]), "mine").unwrap();
        Unlocked::make(PASSWORD, secrets, &mut Counter(0)).unwrap()
    }

    fn output() -> PrfOutput {
        PrfOutput([0x42; 32])
    }

    fn wrapped(unlocked: &Unlocked) -> Passkey {
        let new = NewPasskey {
            credential_id: vec![1, 2, 3],
            prf_salt: [7; 32],
            made_ms: 1_700_000_000_000,
        };
        unlocked.wrap_for(new, &output(), &mut Counter(50))
    }

    #[test]
    fn a_passkey_opens_what_the_password_sealed_and_seals_it_again() {
        let unlocked = unlocked();
        let sealed = unlocked.seal(&mut Counter(100)).unwrap();
        let passkey = wrapped(&unlocked);
        let opened = open_with_passkey(&passkey, &output(), &sealed).unwrap();
        assert_eq!(opened.secrets.accounts().len(), 1);
        assert_eq!(opened.check_password(PASSWORD), Ok(()));
        let again = opened.seal(&mut Counter(200)).unwrap();
        assert!(super::super::open(PASSWORD, &again).is_ok());
        assert!(open_with_passkey(&passkey, &output(), &again).is_ok());
    }

    #[test]
    fn any_change_to_passkey_output_or_vault_is_refused() {
        let unlocked = unlocked();
        let sealed = unlocked.seal(&mut Counter(100)).unwrap();
        let good = wrapped(&unlocked);
        let refused = |passkey: &Passkey, output: &PrfOutput, sealed: &[u8]| {
            let opened = open_with_passkey(passkey, output, sealed);
            assert_eq!(opened.err(), Some(UnlockError::WrongPasskey));
        };
        refused(&good, &PrfOutput([0x43; 32]), &sealed);
        for at in 0..32 {
            let mut bad = good.clone();
            bad.prf_salt[at] ^= 1;
            refused(&bad, &output(), &sealed);
            let mut bad = good.clone();
            bad.wrapped[at] ^= 1;
            refused(&bad, &output(), &sealed);
        }
        for at in 0..12 {
            let mut bad = good.clone();
            bad.nonce[at] ^= 1;
            refused(&bad, &output(), &sealed);
        }
        for at in 0..16 {
            let mut bad = good.clone();
            bad.tag[at] ^= 1;
            refused(&bad, &output(), &sealed);
        }
        let mut bad = good.clone();
        bad.credential_id.push(0);
        refused(&bad, &output(), &sealed);
        // The salt, the nonce, the contents and the tag of the vault; and what one pays for it.
        for at in [24, 39, 40, 52, sealed.len() - 1] {
            let mut damaged = sealed.clone();
            damaged[at] ^= 1;
            refused(&good, &output(), &damaged);
        }
        let mut damaged = sealed;
        damaged[16] += 1;
        refused(&good, &output(), &damaged);
    }

    #[test]
    fn another_password_leaves_no_passkey_that_opens() {
        let unlocked = unlocked();
        let sealed = unlocked.seal(&mut Counter(100)).unwrap();
        let passkey = wrapped(&unlocked);
        let cost = KdfParameters::DEFAULT;
        let changed =
            change_password(&sealed, PASSWORD, "an entirely new one", cost, &mut Counter(120));
        let (_, changed) = changed.unwrap();
        let opened = open_with_passkey(&passkey, &output(), &changed);
        assert_eq!(opened.err(), Some(UnlockError::WrongPasskey));
    }

    #[test]
    fn a_passkey_prints_no_secret_and_its_output_none_at_all() {
        assert_eq!(format!("{:?}", output()), "PrfOutput(..)");
    }
}
