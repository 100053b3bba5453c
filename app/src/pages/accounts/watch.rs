//! Watching an account of somebody else.

use crate::components::button::{Button, Rank};
use crate::components::field::Field;
use crate::components::first_wrong::focus_first_wrong;
use crate::components::toast::use_notices;
use crate::languages::t;
use crate::parts::address_field::AddressField;
use crate::parts::alike::DespiteAlike;
use crate::parts::attempt::{Attempt, AttemptFailure};
use crate::session::use_session;
use bridge::accounts::AccountsRequest;
use leptos::prelude::*;
use wasm_core::intent::SendCoins;
use wasm_core::naming::parse_name;

/// The form.
#[component]
pub(super) fn WatchForm() -> impl IntoView {
    let (session, notices) = (use_session(), use_notices());
    let (address, label) = (RwSignal::new(String::new()), RwSignal::new(String::new()));
    let (tried, attempt, despite) = (RwSignal::new(false), Attempt::new(), RwSignal::new(false));
    let whose = Memo::new(move |_| SendCoins::parse_recipient(&address.read()));
    let name = Memo::new(move |_| parse_name(&label.read()));
    let submit = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        tried.set(true);
        let (Ok(address_), Ok(label_)) = (whose.get_untracked(), name.get_untracked()) else {
            focus_first_wrong();
            return;
        };
        let despite = despite.get_untracked();
        let request = AccountsRequest::Watch { address: address_, label: label_, despite };
        attempt.run(
            async move { session.bridge().change_accounts(request).await },
            move |status| {
                session.wallet.set(Some(status));
                tried.set(false);
                address.set(String::new());
                label.set(String::new());
                notices.toast(t!("The account is watched from now on."));
            },
        );
    };
    view! {
        <form class="form" on:submit=submit novalidate>
            <p class="field-hint">{t!("You see what it has and does. Nothing can be signed with it.")}</p>
            <AddressField value=address whose tried testid="watch-address" />
            <Field
                label=t!("Name").to_owned()
                value=label
                error=Signal::derive(move || name.get().err().map(|error| error.to_string()))
                tried
                testid="watch-name"
            />
            <AttemptFailure attempt />
            <DespiteAlike attempt despite address />
            <div class="buttons">
                <Button rank=Rank::Primary submit=true busy=attempt.busy() testid="watch-done">{t!("Watch it")}</Button>
            </div>
        </form>
    }
}
