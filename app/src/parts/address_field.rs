//! A field for an address to be kept.

use crate::components::field::{Field, Typing};
use crate::languages::t;
use leptos::prelude::*;
use wasm_core::address::Address;
use wasm_core::intent::SendError;

/// Where somebody types an address, whole.
#[component]
pub(crate) fn AddressField(
    /// What is typed.
    value: RwSignal<String>,
    /// Whose address that is.
    whose: Memo<Result<Address, SendError>>,
    /// Whether it was tried to keep it.
    tried: RwSignal<bool>,
    /// For tests.
    testid: &'static str,
) -> impl IntoView {
    view! {
        <Field
            label=t!("Address").to_owned()
            value
            typing=Typing::Code
            hint=t!("An address: 0x and 64 digits.").to_owned()
            error=Signal::derive(move || whose.get().err().map(|error| error.to_string()))
            tried
            testid
        />
    }
}
