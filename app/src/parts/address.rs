//! Addresses: short where there is little room, and whole, in groups an eye can compare, where it counts.

use crate::components::copy::CopyButton;
use crate::languages::t;
use crate::say;
use leptos::prelude::*;
use wasm_core::address::Address;

/// All 64 digits in groups of four. Copied by hand, they come without gaps.
#[component]
pub(crate) fn AddressDigits(
    /// Whose.
    address: Address,
    /// For tests.
    #[prop(optional, into)]
    testid: Option<String>,
) -> impl IntoView {
    let groups = say::address_groups(&address.to_bare_hex());
    view! {
        <code class="address-digits" data-testid=testid data-address=address.to_string()>
            <span class="address-prefix">"0x"</span>
            {groups.into_iter().map(|group| view! { <span class="address-group">{group}</span> }).collect_view()}
        </code>
    }
}

/// First and last digits; all of them while focused, pressed or pointed at; and a button to copy.
#[component]
pub(crate) fn AddressChip(
    /// Whose.
    address: Address,
    /// For tests.
    #[prop(optional, into)]
    testid: Option<String>,
) -> impl IntoView {
    let whole = RwSignal::new(false);
    view! {
        <span class="address-chip" class:is-whole=whole data-testid=testid data-address=address.to_string()>
            <button
                type="button"
                class="address-short"
                aria-expanded=move || whole.get().to_string()
                on:click=move |_| whole.update(|whole| *whole = !*whole)
                on:blur=move |_| {
                    // Also said when the address is taken away, and its value with it.
                    let _ = whole.try_set(false);
                }
            >
                <span class="visually-hidden">{address.to_string()}</span>
                <code aria-hidden="true">{address.to_short()}</code>
            </button>
            <span class="address-full" aria-hidden="true"><AddressDigits address /></span>
            <CopyButton text=address.to_string() what=t!("address") />
        </span>
    }
}
