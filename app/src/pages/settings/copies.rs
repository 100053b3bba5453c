//! Where the wallet lies in this browser.

use crate::components::card::Card;
use crate::components::key_value::{KeyValue, KeyValueList};
use crate::languages::t;
use crate::parts::vault_copies::brief;
use crate::vault::use_vault;
use leptos::prelude::*;
use wasm_core::vault::Standing;

/// The two copies, and what a password costs to try.
#[component]
pub(super) fn CopiesCard() -> impl IntoView {
    let vault = use_vault();
    let standing =
        move |at: usize| vault.standing.read().as_ref().and_then(|it| it.copies.get(at).cloned());
    let words = move |at: usize| standing(at).as_ref().map(brief);
    let is_good = move |at: usize| (standing(at) == Some(Standing::Good)).to_string();
    let cost = move || {
        let cost = vault.standing.read().as_ref().and_then(|it| it.cost);
        cost.map(|cost| {
            t!("{mebibytes} MiB of memory and {passes} passes over it (Argon2id), measured on this device when the password was set", mebibytes = cost.mebibytes, passes = cost.passes)
        })
    };
    view! {
        <Card title=t!("Where the wallet lies") testid="vault-copies">
            <p class="card-lede">
                {t!("Your keys are kept in this browser only, encrypted, in two places. Each copy has a checksum. Where one is \
                missing or damaged the other is used, and nothing is overwritten before you say so.")}
            </p>
            <KeyValueList>
                <KeyValue label=t!("In the database")>
                    <span data-testid="copy-database" data-good=move || is_good(0)>{move || words(0)}</span>
                </KeyValue>
                <KeyValue label=t!("In a private file")>
                    <span data-testid="copy-file" data-good=move || is_good(1)>{move || words(1)}</span>
                </KeyValue>
                <KeyValue label=t!("Trying one password costs")>
                    <span data-testid="password-cost">{cost}</span>
                </KeyValue>
            </KeyValueList>
        </Card>
    }
}
