//! Wrong passwords, counted beyond a reload: each slows the next one down.

use super::refusals::unlock_refusal;
use crate::context::Context;
use crate::refusal::Refusal;
use bridge::wallet::Password;
use browser::clock::now_ms;
use browser::store::{Drawer, Store};
use wasm_core::vault::{Attempts, UnlockError};

const KEY: &str = "attempts";
const SECOND_MS: u64 = 1_000;

/// What is noted. A note that cannot be read says nothing: whoever can change it can try passwords on a
/// machine of their own.
async fn noted(store: &Store) -> Attempts {
    store.load(Drawer::Settings, KEY).await.ok().flatten().unwrap_or_default()
}

/// Milliseconds until another password may be tried.
pub(super) async fn wait_ms(context: &Context) -> u64 {
    noted(&context.store).await.wait_ms(now_ms())
}

/// Tries a password, unless it is too early. It counts as wrong from before it is tried until it proved
/// right, so that closing the page in between makes no try free.
pub(super) async fn try_password<T>(
    context: &Context,
    attempt: impl FnOnce() -> Result<T, UnlockError>,
) -> Result<T, Refusal> {
    let _turn = context.presence.attempts_turn.lock().await;
    let before = noted(&context.store).await;
    let mut attempts = before;
    let wait = attempts.wait_ms(now_ms());
    if wait > 0 {
        return Err(too_early(wait));
    }
    attempts.note(now_ms());
    context.store.save(Drawer::Settings, KEY, &attempts).await?;
    let outcome = attempt();
    match outcome {
        Ok(_) => context.store.remove(Drawer::Settings, KEY).await?,
        Err(UnlockError::WrongPassword) => {}
        // It was not tried after all.
        Err(_) => context.store.save(Drawer::Settings, KEY, &before).await?,
    }
    outcome.map_err(unlock_refusal)
}

fn too_early(wait_ms: u64) -> Refusal {
    let seconds = wait_ms.div_ceil(SECOND_MS);
    Refusal::passing(
        "vault/wait",
        format!("Too many wrong passwords: the next can be tried in {seconds} seconds."),
        "Wait, then type it again. Nothing is deleted, however often it is wrong.",
    )
}

/// Asks again for the password of the open wallet, before secrets are shown.
pub(crate) async fn check_password(context: &Context, password: &Password) -> Result<(), Refusal> {
    let wallet = context.open_wallet()?;
    try_password(context, || wallet.unlocked.borrow().check_password(&password.0)).await
}
