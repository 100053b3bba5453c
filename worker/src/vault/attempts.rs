//! Wrong passwords, counted beyond a reload: each slows the next one down.

use super::refusals::unlock_refusal;
use crate::context::Context;
use crate::refusal::Refusal;
use bridge::wallet::Password;
use browser::clock::now_ms;
use browser::store::{Drawer, Store};
use wasm_core::vault::{Attempts, AttemptsNote, ShelfError, UnlockError};

const KEY: &str = "attempts";
const SECOND_MS: u64 = 1_000;

/// Where they are noted. A note that cannot be read says nothing: whoever can change it can try passwords
/// on a machine of their own.
struct Note<'a>(&'a Store);

fn refused(error: impl std::fmt::Display) -> ShelfError {
    ShelfError(error.to_string())
}

impl AttemptsNote for Note<'_> {
    async fn load(&self) -> Option<Attempts> {
        self.0.load(Drawer::Settings, KEY).await.ok().flatten()
    }

    async fn save(&self, attempts: &Attempts) -> Result<(), ShelfError> {
        self.0.save(Drawer::Settings, KEY, attempts).await.map_err(refused)
    }

    async fn remove(&self) -> Result<(), ShelfError> {
        self.0.remove(Drawer::Settings, KEY).await.map_err(refused)
    }
}

/// Milliseconds until another password may be tried.
pub(super) async fn wait_ms(context: &Context) -> u64 {
    let mut count = context.presence.attempts.lock().await;
    let now = now_ms();
    count.so_far(&Note(&context.store), now).await.wait_ms(now)
}

/// Tries a password, unless it is too early. It counts as wrong from before it is tried until it proved
/// right, so that closing the page in between makes no try free. Where the note cannot be written it is
/// tried all the same, and counted until the page is closed.
pub(super) async fn try_password<T>(
    context: &Context,
    attempt: impl FnOnce() -> Result<T, UnlockError>,
) -> Result<T, Refusal> {
    let mut count = context.presence.attempts.lock().await;
    let note = Note(&context.store);
    let before = count.so_far(&note, now_ms()).await;
    let mut attempts = before;
    let wait = attempts.wait_ms(now_ms());
    if wait > 0 {
        return Err(too_early(wait));
    }
    attempts.note(now_ms());
    count.put(&note, attempts).await;
    let outcome = attempt();
    match outcome {
        Ok(_) => count.put(&note, Attempts::default()).await,
        Err(UnlockError::WrongPassword) => {}
        // It was not tried after all.
        Err(_) => count.put(&note, before).await,
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
