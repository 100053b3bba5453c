//! The address book.

use crate::components::button::{Button, IconButton, Rank};
use crate::components::card::Card;
use crate::components::empty::Empty;
use crate::components::field::Field;
use crate::components::first_wrong::focus_first_wrong;
use crate::components::icon::Icon;
use crate::components::textarea::Textarea;
use crate::components::toast::use_notices;
use crate::languages::t;
use crate::parts::address::AddressDigits;
use crate::parts::address_field::AddressField;
use crate::parts::alike::DespiteAlike;
use crate::parts::attempt::{Attempt, AttemptFailure};
use crate::parts::identicon::Identicon;
use crate::parts::page::Page;
use crate::session::use_session;
use bridge::accounts::AccountsRequest;
use leptos::prelude::*;
use wasm_core::address::Address;
use wasm_core::intent::SendCoins;
use wasm_core::naming::{parse_name, parse_note};
use wasm_core::vault::Contact;

/// The address book.
#[component]
pub(crate) fn BookPage() -> impl IntoView {
    let session = use_session();
    let contacts = Memo::new(move |_| session.contacts());
    let sought = RwSignal::new(String::new());
    let editing = RwSignal::new(None::<Address>);
    // A change is told before it is answered, and the form goes with the entry it was of.
    Effect::new(move |_| {
        contacts.track();
        editing.set(None);
    });
    let shown = Memo::new(move |_| {
        let sought = sought.read().trim().to_lowercase();
        let fits = |contact: &Contact| {
            let texts = [&contact.name, &contact.note, &contact.address.to_string()];
            texts.iter().any(|text| text.to_lowercase().contains(&sought))
        };
        let mut shown: Vec<_> = contacts.get().into_iter().filter(fits).collect();
        shown.sort_by_key(|contact| contact.name.to_lowercase());
        shown
    });
    view! {
        <Page title=t!("Address book").to_owned() lede=t!("Whom you pay. It lies encrypted in the wallet, and in its backup file.").to_owned()>
            <super::AroundAccounts />
            <Card title=t!("Entries") testid="book">
                <Show when=move || !contacts.read().is_empty() fallback=|| view! { <Empty icon=Icon::File title=t!("Nobody is in it yet") /> }>
                    <Field label=t!("Search").to_owned() value=sought hint=t!("Name, note or digits of the address.").to_owned() testid="book-search" />
                    <p role="status" class="field-hint" data-testid="book-count">
                        {move || t!("{shown} of {all}", shown = shown.read().len(), all = contacts.read().len())}
                    </p>
                </Show>
                <ul class="account-rows">
                    <For each=move || shown.get() key=|contact| (contact.address, contact.name.clone(), contact.note.clone()) let(contact)>
                        <Entry contact editing />
                    </For>
                </ul>
            </Card>
            <Card title=t!("Add somebody")><EntryForm before=None editing /></Card>
        </Page>
    }
}

#[component]
fn Entry(contact: Contact, editing: RwSignal<Option<Address>>) -> impl IntoView {
    let session = use_session();
    let attempt = Attempt::new();
    let asked = RwSignal::new(false);
    let address = contact.address;
    let edited = Memo::new(move |_| editing.get() == Some(address));
    let remove = move || {
        let request = AccountsRequest::RemoveContact(address);
        attempt.run(
            async move { session.bridge().change_accounts(request).await },
            move |status| {
                session.wallet.set(Some(status));
            },
        );
    };
    let (name, note, before) = (contact.name.clone(), contact.note.clone(), contact);
    view! {
        <li class="account-row" data-testid="book-entry" data-address=address.to_string()>
            <Identicon address />
            <div class="account-row-words">
                <p class="account-row-head">
                    <span class="account-row-name" data-testid="entry-name">{name.clone()}</span>
                    <IconButton label=t!("Edit {name}", name) icon=Icon::Edit on_press=move || editing.set(Some(address)) testid="entry-edit" />
                    <IconButton label=t!("Remove {name}", name) icon=Icon::Trash on_press=move || asked.set(true) testid="entry-remove" />
                </p>
                <AddressDigits address />
                <p class="entry-note" data-testid="entry-note">{note}</p>
                {move || edited.get().then(|| view! { <EntryForm before=Some(before.clone()) editing /> })}
                {move || {
                    asked
                        .get()
                        .then(|| {
                            view! {
                                <p>{t!("Remove this entry?")}</p>
                                <div class="buttons">
                                    <Button rank=Rank::Danger busy=attempt.busy() on_press=remove testid="entry-remove-done">{t!("Remove")}</Button>
                                    <Button on_press=move || asked.set(false)>{t!("Keep it")}</Button>
                                </div>
                            }
                        })
                }}
                <AttemptFailure attempt />
            </div>
        </li>
    }
}

/// Adds somebody, or changes an entry.
#[component]
fn EntryForm(before: Option<Contact>, editing: RwSignal<Option<Address>>) -> impl IntoView {
    let (session, notices) = (use_session(), use_notices());
    let known = before.as_ref().map(|contact| contact.address);
    let (name_before, note_before) = before.map(|it| (it.name, it.note)).unwrap_or_default();
    let (name, note) = (RwSignal::new(name_before), RwSignal::new(note_before));
    let address = RwSignal::new(known.map(|address| address.to_string()).unwrap_or_default());
    let (tried, attempt, despite) = (RwSignal::new(false), Attempt::new(), RwSignal::new(false));
    let whose = Memo::new(move |_| SendCoins::parse_recipient(&address.read()));
    let named = Memo::new(move |_| parse_name(&name.read()));
    let noted = Memo::new(move |_| parse_note(&note.read()));
    let submit = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        tried.set(true);
        let all = (whose.get_untracked(), named.get_untracked(), noted.get_untracked());
        let (Ok(whose), Ok(named), Ok(noted)) = all else {
            focus_first_wrong();
            return;
        };
        let contact = Contact { address: whose, name: named, note: noted };
        let request = match known {
            Some(_) => AccountsRequest::ChangeContact(contact),
            None => AccountsRequest::AddContact { contact, despite: despite.get_untracked() },
        };
        attempt.run(
            async move { session.bridge().change_accounts(request).await },
            move |status| {
                tried.set(false);
                if known.is_none() {
                    for text in [name, note, address] {
                        text.set(String::new());
                    }
                }
                notices.toast(t!("The entry was kept."));
                editing.set(None);
                session.wallet.set(Some(status));
            },
        );
    };
    let ids = if known.is_some() { "edit" } else { "add" };
    view! {
        <form class="form" on:submit=submit novalidate data-testid=format!("book-{ids}")>
            <Field
                label=t!("Name").to_owned()
                value=name
                error=Signal::derive(move || named.get().err().map(|error| error.to_string()))
                tried
                testid=format!("{ids}-name")
            />
            {known
                .is_none()
                .then(|| view! { <AddressField value=address whose tried testid="add-address" /> })}
            <Textarea
                label=t!("Note").to_owned()
                value=note
                rows=2
                error=Signal::derive(move || noted.get().err().map(|error| error.to_string()))
                tried
                testid=format!("{ids}-note")
            />
            <AttemptFailure attempt />
            <DespiteAlike attempt despite address />
            <div class="buttons">
                <Button rank=Rank::Primary submit=true busy=attempt.busy() testid=format!("{ids}-done")>{t!("Keep the entry")}</Button>
                {known.map(|_| view! { <Button on_press=move || editing.set(None)>{t!("Leave it as it was")}</Button> })}
            </div>
        </form>
    }
}
