//! The two copies of the vault: what is wrong with one, in words, and having it mended.

use super::attempt::{Attempt, AttemptFailure};
use crate::components::banner::{Banner, Tone};
use crate::components::button::{Button, Rank};
use crate::components::toast::use_notices;
use crate::languages::t;
use crate::persistence::use_persistence;
use crate::session::use_session;
use crate::vault::use_vault;
use leptos::prelude::*;
use wasm_core::vault::Standing;

/// How a copy stands, in a word or two.
#[must_use]
pub(crate) fn brief(standing: &Standing) -> &'static str {
    match standing {
        Standing::Good => t!("Whole"),
        Standing::Missing => t!("Missing"),
        Standing::Damaged(_) => t!("Damaged"),
        Standing::Older => t!("Older"),
        Standing::Newer => t!("Newer"),
        Standing::Different => t!("Different"),
        Standing::Unreadable(_) => t!("Cannot be read"),
        Standing::NotWritten(_) => t!("Not written"),
    }
}

/// What is wrong with the copy in the database; nothing where it is as it should be.
fn of_database(standing: &Standing) -> Option<String> {
    Some(match standing {
        Standing::Good => return None,
        Standing::Missing => {
            t!("The copy of your wallet in the browser's database is missing: the browser, or something else, removed it.").to_owned()
        }
        Standing::Damaged(reason) => {
            t!("The copy of your wallet in the browser's database is damaged: {reason}.", reason)
        }
        Standing::Older => {
            t!("The copy of your wallet in the browser's database is older: the last change did not reach it.").to_owned()
        }
        Standing::Newer => {
            t!("The copy of your wallet in the browser's database is newer than the one that you opened.").to_owned()
        }
        Standing::Different => {
            t!("The copy of your wallet in the browser's database is as new as the other, and holds something else.").to_owned()
        }
        Standing::Unreadable(reason) => {
            t!("The browser does not let the copy of your wallet in its database be read: {reason}.", reason)
        }
        Standing::NotWritten(reason) => {
            t!("The last change of your wallet could not be written to the browser's database: {reason}.", reason)
        }
    })
}

/// What is wrong with the copy in a private file; nothing where it is as it should be.
fn of_file(standing: &Standing) -> Option<String> {
    Some(match standing {
        Standing::Good => return None,
        Standing::Missing => {
            t!("The copy of your wallet in a private file is missing: the browser, or something else, removed it.").to_owned()
        }
        Standing::Damaged(reason) => {
            t!("The copy of your wallet in a private file is damaged: {reason}.", reason)
        }
        Standing::Older => {
            t!("The copy of your wallet in a private file is older: the last change did not reach it.").to_owned()
        }
        Standing::Newer => {
            t!("The copy of your wallet in a private file is newer than the one that you opened.").to_owned()
        }
        Standing::Different => {
            t!("The copy of your wallet in a private file is as new as the other, and holds something else.").to_owned()
        }
        Standing::Unreadable(reason) => {
            t!("The browser does not let the copy of your wallet in a private file be read: {reason}.", reason)
        }
        Standing::NotWritten(reason) => {
            t!("The last change of your wallet could not be written to a private file: {reason}.", reason)
        }
    })
}

/// A sentence for each copy that is not as it should be.
#[must_use]
pub(crate) fn troubles(copies: &[Standing; 2]) -> Option<String> {
    let [database, file] = copies;
    // Nothing is wrong with a copy that there is no place for; that has words of its own.
    let has_place = !(matches!(file, Standing::Unreadable(_) | Standing::NotWritten(_))
        && use_persistence().refuses_files.get());
    let of_file = has_place.then(|| of_file(file)).flatten();
    let said: Vec<String> = [of_database(database), of_file].into_iter().flatten().collect();
    (!said.is_empty()).then(|| said.join(" "))
}

/// Says that the browser gives this page no private files, as in a window that forgets everything.
#[component]
pub(crate) fn NoPrivateFiles() -> impl IntoView {
    let refused = use_persistence().refuses_files;
    view! {
        <Show when=move || refused.get()>
            <Banner
                tone=Tone::Caution
                what=t!("This browser gives the wallet no private files here, as in a private window.").to_owned()
                next=t!("A private window forgets the wallet when it is closed: use another window, or keep your recovery words. \
                    Models cannot be sealed here.")
                    .to_owned()
                testid="no-private-files"
            />
        </Show>
    }
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
                t!("Both copies of the wallet are whole again.")
            } else {
                t!("The copy could not be mended. The other one is whole.")
            });
        });
    };
    move || {
        let what = said.get()?;
        let next = if newer.get() {
            t!(
                "Repairing replaces it with the wallet as you see it now. Do so only if you are sure that nothing in the \
             newer copy is missing here; otherwise lock, and unlock with the password of the newer one."
            )
        } else {
            t!(
                "You are using the whole one, and nothing is lost. Repairing writes the wallet as you see it now in its \
             place; until then it is left as it is."
            )
        };
        Some(view! {
            <Banner tone=Tone::Caution alert=true what next=next.to_owned() testid="vault-trouble">
                <Button rank=Rank::Secondary busy=attempt.busy() on_press=repair testid="vault-repair">
                    {t!("Repair the copy")}
                </Button>
                <AttemptFailure attempt />
            </Banner>
        })
    }
}
