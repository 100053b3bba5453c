//! The address book.

use super::{bad_name, changed};
use crate::context::Context;
use crate::refusal::{Refusal, sentence};
use crate::vault::change_secrets;
use bridge::wallet::WalletStatus;
use wasm_core::address::Address;
use wasm_core::naming::{parse_name, parse_note};
use wasm_core::vault::Contact;

fn checked(contact: &Contact) -> Result<Contact, Refusal> {
    Ok(Contact {
        address: contact.address,
        name: parse_name(&contact.name).map_err(bad_name)?,
        note: parse_note(&contact.note).map_err(bad_name)?,
    })
}

/// Adds somebody.
pub(super) async fn add(context: &Context, contact: Contact) -> Result<WalletStatus, Refusal> {
    let contact = checked(&contact)?;
    change_secrets(context, |secrets| {
        secrets.add_contact(contact).map_err(|error| {
            Refusal::new("book/there", sentence(&error), "Change the entry that is there.")
        })
    })
    .await?;
    Ok(changed(context))
}

/// Changes name and note of somebody.
pub(super) async fn change(context: &Context, contact: Contact) -> Result<WalletStatus, Refusal> {
    let contact = checked(&contact)?;
    change_secrets(context, |secrets| {
        there(secrets.change_contact(&contact.address, &contact.name, &contact.note))
    })
    .await?;
    Ok(changed(context))
}

/// Takes somebody out.
pub(super) async fn remove(context: &Context, address: Address) -> Result<WalletStatus, Refusal> {
    change_secrets(context, |secrets| there(secrets.remove_contact(&address))).await?;
    Ok(changed(context))
}

fn there(there: bool) -> Result<(), Refusal> {
    if there {
        return Ok(());
    }
    Err(Refusal::new(
        "book/unknown",
        "The address book does not have this address.",
        "Look at the address book again.",
    ))
}
