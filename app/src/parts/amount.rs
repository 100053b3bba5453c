//! Money, exact: every digit that counts, none that does not.

use crate::say;
use leptos::prelude::*;
use wasm_core::amount::Shannons;

/// An amount of SOMA, whole part first, the fraction a little lighter.
#[component]
pub(crate) fn Amount(
    /// How much.
    amount: Shannons,
    /// For tests; the element's `data-shannons` has the number.
    #[prop(optional, into)]
    testid: Option<String>,
) -> impl IntoView {
    let (whole, fraction) = say::amount_parts(amount);
    view! {
        <span class="amount" data-testid=testid data-shannons=amount.0.to_string()>
            <span class="amount-whole">{whole}</span>
            <span class="amount-fraction">{fraction}</span>
            <span class="amount-unit">" SOMA"</span>
        </span>
    }
}

/// A gain or a loss, with its sign.
#[component]
pub(crate) fn Change(
    /// Shannons gained or lost.
    change: i128,
    /// For tests; the element's `data-shannons` has the number.
    #[prop(optional, into)]
    testid: Option<String>,
) -> impl IntoView {
    let class = match change {
        0 => "amount",
        1.. => "amount amount-gain",
        _ => "amount amount-loss",
    };
    view! {
        <span class=class data-testid=testid data-shannons=change.to_string()>
            {say::change(change)}
            <span class="amount-unit">" SOMA"</span>
        </span>
    }
}
