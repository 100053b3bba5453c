//! The lines of a list of payments, each with what it means or what is wrong with it.

use crate::components::icon::{Icon, Pictogram};
use crate::languages::{t, t_n};
use crate::parts::address::AddressChip;
use crate::parts::amount::Amount;
use crate::parts::failure::sentence;
use crate::say;
use crate::session::use_session;
use leptos::prelude::*;
use wasm_core::address::Address;
use wasm_core::amount::Shannons;
use wasm_core::intent::{PayLine, PayList};

/// Lines of each sort that are shown; the rest is counted.
const SHOWN: usize = 200;

/// The lines: wrong ones first, as they are what there is to do.
#[component]
pub(super) fn Lines(list: Memo<PayList>) -> impl IntoView {
    let shown = Memo::new(move |_| {
        let list = list.read();
        let (wrong, right): (Vec<_>, Vec<_>) =
            list.lines.iter().partition(|line| line.payment.is_err());
        let hidden = wrong.len().saturating_sub(SHOWN) + right.len().saturating_sub(SHOWN);
        let (wrong, right) = (wrong.into_iter().take(SHOWN), right.into_iter().take(SHOWN));
        let lines: Vec<PayLine> = wrong.chain(right).cloned().collect();
        (lines, hidden)
    });
    let wrong = Memo::new(move |_| {
        list.read().lines.iter().filter(|line| line.payment.is_err()).count() as u64
    });
    move || {
        let (lines, hidden) = shown.get();
        (!lines.is_empty()).then(|| {
            view! {
                <div class="pay-list">
                    <p class="visually-hidden" role="status">
                        {move || match wrong.get() {
                            0 => t!("Every line can be paid.").to_owned(),
                            some => t_n!(some, "{n} line cannot be paid.", "{n} lines cannot be paid."),
                        }}
                    </p>
                    <ol class="pay-lines" data-testid="pay-list">
                        {lines.into_iter().map(|line| view! { <Line line /> }).collect_view()}
                    </ol>
                    {(hidden > 0)
                        .then(|| {
                            view! { <p class="field-hint">{t_n!(hidden as u64, "and {n} further line", "and {n} further lines")}</p> }
                        })}
                </div>
            }
        })
    }
}

#[component]
fn Line(line: PayLine) -> impl IntoView {
    let number = line.number;
    let PayLine { text, payment, repeats, .. } = line;
    let wrong = payment.is_err();
    let state = if wrong { "wrong" } else { "good" };
    view! {
        <li class="pay-line" class:is-wrong=wrong data-testid="pay-line" data-line=number.to_string() data-state=state>
            <span class="pay-number">
                <span class="visually-hidden">{t!("Line {number}", number = say::count(number as u64))}</span>
                <span aria-hidden="true">{say::count(number as u64)}</span>
            </span>
            {match payment {
                Ok((recipient, amount)) => view! { <Payment recipient amount repeats /> }.into_any(),
                Err(error) => {
                    view! {
                        <span class="pay-words">
                            <code class="pay-text">{text}</code>
                            <span class="pay-error" data-testid="pay-error">
                                <Pictogram icon=Icon::Danger />
                                {sentence(&error.to_string())}
                            </span>
                        </span>
                    }
                        .into_any()
                }
            }}
        </li>
    }
}

#[component]
fn Payment(recipient: Address, amount: Shannons, repeats: Option<usize>) -> impl IntoView {
    let session = use_session();
    let own = move || session.accounts().iter().any(|account| account.address == recipient);
    view! {
        <span class="pay-words">
            <AddressChip address=recipient />
            {repeats
                .map(|first| {
                    view! {
                        <span class="pay-note" data-testid="pay-repeats">
                            {t!("also in line {line}: two payments", line = say::count(first as u64))}
                        </span>
                    }
                })}
            {move || own().then(|| view! { <span class="pay-note">{t!("your own account")}</span> })}
        </span>
        <span class="pay-amount"><Amount amount /></span>
    }
}
