//! What is called by itself: phrases and accounts that have no name of their owner yet.

use crate::languages::t;
use bridge::wallet::DefaultNames;

/// What is made from now on is called so, in the language in force; it stays so in another one.
#[must_use]
pub(crate) fn default_names() -> DefaultNames {
    DefaultNames {
        phrase: t!("Recovery phrase").to_owned(),
        account: t!("Account").to_owned(),
        imported_key: t!("Imported key").to_owned(),
        key: t!("Key").to_owned(),
    }
}
