//! Passkeys that open the vault. The page asks the authenticator; what that computed comes here.

use super::attempts::try_password;
use super::lock::{enter, look};
use super::refusals::{seal_refusal, unlock_refusal};
use super::standing::tell;
use crate::context::Context;
use crate::refusal::Refusal;
use bridge::vault::{PasskeyOptions, PasskeySecret};
use bridge::wallet::{Password, WalletStatus};
use browser::clock::now_ms;
use browser::random::BrowserRandom;
use rand_core::Rng as _;
use std::rc::Rc;
use wasm_core::vault::{self, MOST_PASSKEYS, NewPasskey, Passkey, PrfOutput};
use zeroize::Zeroizing;

/// The longest name that an authenticator gives a passkey, bytes (`WebAuthn` allows 1,023).
const LONGEST_ID: usize = 1_023;

/// Begins to set one up, once the password was typed.
pub(super) async fn begin(
    context: &Context,
    password: &Password,
) -> Result<PasskeyOptions, Refusal> {
    let wallet = context.open_wallet()?;
    if context.presence.passkeys.borrow().len() >= MOST_PASSKEYS {
        return Err(Refusal::new(
            "passkey/too-many",
            format!("The wallet has {MOST_PASSKEYS} passkeys already."),
            "Remove one that you do not use any more.",
        ));
    }
    let checked =
        try_password(context, || wallet.unlocked.borrow().check_password(&password.0)).await;
    tell(context).await;
    checked?;
    let (mut user_id, mut prf_salt) = ([0; 16], [0; 32]);
    BrowserRandom.fill_bytes(&mut user_id);
    BrowserRandom.fill_bytes(&mut prf_salt);
    context.presence.begun.set(Some(prf_salt));
    let known = context.presence.passkeys.borrow();
    Ok(PasskeyOptions {
        user_id: hex::encode(user_id),
        prf_salt: hex::encode(prf_salt),
        known: known.iter().map(|passkey| hex::encode(&passkey.credential_id)).collect(),
    })
}

/// Lets the passkey that was begun open the vault.
pub(super) async fn finish(
    context: &Context,
    credential_id: &str,
    secret: &PasskeySecret,
) -> Result<(), Refusal> {
    let _turn = context.vault_turn.lock().await;
    let wallet = context.open_wallet()?;
    let prf_salt = context.presence.begun.take().ok_or_else(|| {
        Refusal::new("passkey/not-begun", "No passkey is being set up.", "Begin again.")
    })?;
    let new = NewPasskey { credential_id: id(credential_id)?, prf_salt, made_ms: now_ms() };
    let output = output(secret)?;
    let passkey = wallet.unlocked.borrow().wrap_for(new, &output, &mut BrowserRandom);
    let mut passkeys = context.presence.passkeys.borrow().clone();
    passkeys.retain(|known| known.credential_id != passkey.credential_id);
    passkeys.push(passkey);
    store(context, passkeys).await
}

/// Forgets one: what the authenticator keeps of it opens nothing here any more.
pub(super) async fn remove(context: &Context, credential_id: &str) -> Result<(), Refusal> {
    let _turn = context.vault_turn.lock().await;
    let id = id(credential_id)?;
    let mut passkeys = context.presence.passkeys.borrow().clone();
    passkeys.retain(|known| known.credential_id != id);
    store(context, passkeys).await
}

async fn store(context: &Context, passkeys: Vec<Passkey>) -> Result<(), Refusal> {
    let wallet = context.open_wallet()?;
    let sealed = wallet.unlocked.borrow().seal(&mut BrowserRandom).map_err(seal_refusal)?;
    wallet.keep(context, sealed, passkeys).await
}

/// Opens the vault by one.
pub(super) async fn unlock(
    context: &Rc<Context>,
    credential_id: &str,
    secret: &PasskeySecret,
) -> Result<WalletStatus, Refusal> {
    let _turn = context.vault_turn.lock().await;
    let (id, output) = (id(credential_id)?, output(secret)?);
    let copies = look(context).await?;
    let newest = copies.whole().into_iter().next();
    let found = newest.and_then(|(place, copy)| {
        let passkey = copy.passkeys.iter().find(|passkey| passkey.credential_id == id)?;
        Some((place, passkey, &copy.envelope))
    });
    let (place, passkey, envelope) = found.ok_or_else(|| {
        Refusal::new(
            "passkey/unknown",
            "This passkey does not open the wallet any more.",
            "Unlock with the password. You can set the passkey up again in the settings.",
        )
    })?;
    let unlocked = vault::open_with_passkey(passkey, &output, envelope).map_err(unlock_refusal)?;
    let status = enter(context, &copies, place, unlocked).await;
    tell(context).await;
    Ok(status)
}

fn id(hex_digits: &str) -> Result<Vec<u8>, Refusal> {
    hex::decode(hex_digits)
        .ok()
        .filter(|id| !id.is_empty() && id.len() <= LONGEST_ID)
        .ok_or_else(unreadable)
}

fn output(secret: &PasskeySecret) -> Result<PrfOutput, Refusal> {
    let mut bytes = Zeroizing::new([0; 32]);
    hex::decode_to_slice(&secret.0, bytes.as_mut_slice()).map_err(|_| unreadable())?;
    Ok(PrfOutput(*bytes))
}

fn unreadable() -> Refusal {
    Refusal::new(
        "passkey/answer",
        "The authenticator gave an answer that the wallet cannot use.",
        "Use the password, or another authenticator.",
    )
}
