//! How the vault stands, for the page.

use super::attempts::wait_ms;
use super::password::interrupted;
use crate::context::Context;
use crate::post::post;
use bridge::late::Late;
use bridge::protocol::Event;
use bridge::vault::{PasskeyView, PasswordCost, VaultStanding};
use wasm_core::vault::{Passkey, Standing};

/// How it stands now.
pub(super) async fn standing(context: &Context) -> VaultStanding {
    let presence = &context.presence;
    let open = presence.open();
    let copies = presence.standing.borrow().clone();
    let usable = open.is_some() || copies.contains(&Standing::Good);
    let cost = open.map(|wallet| {
        let cost = wallet.unlocked.borrow().cost();
        PasswordCost { mebibytes: cost.memory_kib().div_ceil(1024), passes: cost.passes() }
    });
    let view = |passkey: &Passkey| PasskeyView {
        credential_id: hex::encode(&passkey.credential_id),
        prf_salt: hex::encode(passkey.prf_salt),
        made_ms: passkey.made_ms,
    };
    let passkeys = presence.passkeys.borrow().iter().map(view).collect();
    VaultStanding {
        copies,
        usable,
        passkeys,
        wait_ms: wait_ms(context).await,
        interrupted: interrupted(context).await,
        locked_by: presence.locked_by.get(),
        lock_on_sleep: context.settings.borrow().lock_on_sleep,
        cost,
    }
}

/// Tells the page.
pub(super) async fn tell(context: &Context) {
    post(&Event::Vault(Late::new(&standing(context).await)));
}
