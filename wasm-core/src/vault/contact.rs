//! The address book: whom the wallet's owner knows.

use super::Secrets;
use crate::address::Address;
use serde::{Deserialize, Serialize};
use std::fmt;

/// Somebody the wallet's owner knows.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Contact {
    /// Their address. No two contacts of a wallet have the same.
    pub address: Address,
    /// What the owner calls them.
    pub name: String,
    /// What else the owner knows.
    pub note: String,
}

impl fmt::Debug for Contact {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Contact").field("address", &self.address).finish_non_exhaustive()
    }
}

/// Why a contact was not added.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AddContactError {
    /// The address book has it.
    #[error("the address book has the address {0} already")]
    AlreadyThere(Address),
}

impl Secrets {
    /// The address book, in the order in which its entries came.
    #[must_use]
    pub fn contacts(&self) -> &[Contact] {
        &self.contacts
    }

    /// The entry of an address.
    #[must_use]
    pub fn contact(&self, address: &Address) -> Option<&Contact> {
        self.contacts.iter().find(|contact| contact.address == *address)
    }

    /// Adds an entry.
    ///
    /// # Errors
    /// Where the address has one.
    pub fn add_contact(&mut self, contact: Contact) -> Result<(), AddContactError> {
        if self.contact(&contact.address).is_some() {
            return Err(AddContactError::AlreadyThere(contact.address));
        }
        self.contacts.push(contact);
        Ok(())
    }

    /// Changes name and note of an entry. Whether it was there.
    pub fn change_contact(&mut self, address: &Address, name: &str, note: &str) -> bool {
        let contact = self.contacts.iter_mut().find(|contact| contact.address == *address);
        let change = |contact: &mut Contact| {
            name.clone_into(&mut contact.name);
            note.clone_into(&mut contact.note);
        };
        contact.map(change).is_some()
    }

    /// Forgets an entry. Whether it was there.
    pub fn remove_contact(&mut self, address: &Address) -> bool {
        let before = self.contacts.len();
        self.contacts.retain(|contact| contact.address != *address);
        self.contacts.len() < before
    }
}

#[cfg(test)]
mod tests {
    use super::{AddContactError, Contact};
    use crate::address::Address;
    use crate::vault::Secrets;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    #[test]
    fn an_address_has_one_entry() {
        let mut secrets = Secrets::default();
        let address = Address([7; 32]);
        let contact = Contact { address, name: "Ann".to_owned(), note: String::new() };
        secrets.add_contact(contact.clone()).unwrap();
        let again = secrets.add_contact(contact);
        assert_eq!(again, Err(AddContactError::AlreadyThere(address)));
        assert!(secrets.change_contact(&address, "Anne", "from the market"));
        let contact = secrets.contact(&address).unwrap();
        assert_eq!((contact.name.as_str(), contact.note.as_str()), ("Anne", "from the market"));
        assert!(secrets.remove_contact(&address) && !secrets.remove_contact(&address));
        assert!(!secrets.change_contact(&address, "", "") && secrets.contacts().is_empty());
    }
}
