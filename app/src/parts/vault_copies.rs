//! The two copies of the vault: what is wrong with one, in words, and having it mended.

use super::attempt::{Attempt, AttemptFailure};
use crate::components::banner::{Banner, Tone};
use crate::components::button::{Button, Rank};
use crate::components::toast::use_notices;
use crate::session::use_session;
use crate::vault::use_vault;
use leptos::prelude::*;
use wasm_core::vault::Standing;

/// What is wrong with a copy; nothing where it is as it should be.
#[must_use]
pub(crate) fn trouble(standing: &Standing) -> Option<String> {
    Some(match standing {
        Standing::Good => return None,
        Standing::Missing => "It is missing: the browser, or something else, removed it.".to_owned(),
        Standing::Damaged(reason) => format!("It is damaged: {reason}."),
        Standing::Older => {
            "It is older: the last change did not reach it, as when the page was closed at that moment.".to_owned()
        }
        Standing::Newer => "It is newer than the one that you opened, and was left as it is.".to_owned(),
        Standing::Different => "It is as new as the other, and holds something else.".to_owned(),
        Standing::Unreadable(reason) => format!("The browser does not let it be read: {reason}."),
        Standing::NotWritten(reason) => {
            format!("The last change could not be written there: {reason}.")
        }
    })
}

/// A sentence for each copy that is not as it should be.
#[must_use]
pub(crate) fn troubles(copies: &[Standing; 2]) -> Option<String> {
    let [database, file] = copies;
    let database =
        trouble(database).map(|said| format!("The copy in the browser's database: {said}"));
    let file = trouble(file).map(|said| format!("The copy in the browser's private files: {said}"));
    let said: Vec<String> = [database, file].into_iter().flatten().collect();
    (!said.is_empty()).then(|| said.join(" "))
}

/// Above every page of the open wallet: one of the copies is not as it should be, and can be mended.
#[component]
pub(crate) fn VaultTrouble() -> impl IntoView {
    let (session, vault, notices) = (use_session(), use_vault(), use_notices());
    let attempt = Attempt::new();
    let said = Memo::new(move |_| {
        vault.standing.read().as_ref().and_then(|standing| troubles(&standing.copies))
    });
    let newer = Memo::new(move |_| {
        vault.standing.read().as_ref().is_some_and(|it| it.copies.contains(&Standing::Newer))
    });
    let repair = move || {
        attempt.run(async move { session.bridge().repair_vault().await }, move |standing| {
            let good = troubles(&standing.copies).is_none();
            vault.put(standing);
            notices.toast(if good {
                "Both copies of the wallet are whole again."
            } else {
                "The copy could not be mended. The other one is whole."
            });
        });
    };
    move || {
        let what = said.get()?;
        let next = if newer.get() {
            "Repairing replaces it with the wallet as you see it now. Do so only if you are sure that nothing in the \
             newer copy is missing here; otherwise lock, and unlock with the password of the newer one."
        } else {
            "You are using the whole one, and nothing is lost. Repairing writes the wallet as you see it now in its \
             place; until then it is left as it is."
        };
        Some(view! {
            <Banner tone=Tone::Caution alert=true what next=next.to_owned() testid="vault-trouble">
                <Button rank=Rank::Secondary busy=attempt.busy() on_press=repair testid="vault-repair">
                    "Repair the copy"
                </Button>
                <AttemptFailure attempt />
            </Banner>
        })
    }
}
