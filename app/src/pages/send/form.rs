//! The form for sending: to whom, and how much.

use super::draft::Draft;
use crate::components::banner::{Banner, Tone};
use crate::components::button::{Button, Rank};
use crate::components::field::{Field, Typing};
use crate::components::first_wrong::focus_first_wrong;
use crate::components::icon::Icon;
use crate::languages::{t, t_view};
use crate::parts::account::RecipientPicker;
use crate::parts::address::AddressDigits;
use crate::parts::amount::Amount;
use crate::parts::answer::{Answer, Told};
use crate::parts::attempt::{Attempt, AttemptFailure};
use crate::parts::identicon::Identicon;
use crate::session::use_session;
use bridge::wallet::AccountView;
use leptos::prelude::*;
use wasm_core::address::Address;
use wasm_core::intent::{SendCoins, SendField};

/// The form for sending.
#[component]
pub(super) fn SendForm(
    draft: Draft,
    account: Told<AccountView>,
    attempt: Attempt,
    #[prop(into)] on_review: Callback<(SendCoins,)>,
) -> impl IntoView {
    let session = use_session();
    let tried = RwSignal::new(false);
    let review = move || {
        tried.set(true);
        match draft.intent().get_untracked() {
            Some(Ok(intent)) => on_review.run((intent,)),
            Some(Err(_)) => focus_first_wrong(),
            None => {}
        }
    };
    let submit = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        review();
    };
    // What failed was about what stood in the fields then.
    Effect::new(move |_| {
        draft.recipient.track();
        draft.amount.track();
        attempt.forgive();
    });
    let unready = Signal::derive(move || !session.is_online() || draft.spendable.get().is_none());
    view! {
        <form class="card form send-form" on:submit=submit novalidate>
            <Field
                label=t!("To").to_owned()
                value=draft.recipient
                typing=Typing::Code
                hint=t!("An address: 0x and 64 digits.").to_owned()
                error=draft.error_of(SendField::Recipient)
                tried
                testid="send-recipient"
            />
            <RecipientPicker on_choose=move |address: Address| draft.recipient.set(address.to_string()) testid="send-pick" />
            <Receiver draft />
            <Field
                label=t!("Amount").to_owned()
                value=draft.amount
                typing=Typing::Decimal
                suffix="SOMA"
                error=draft.error_of(SendField::Amount)
                tried
                testid="send-amount"
            >
                <Button
                    disabled=Signal::derive(move || draft.spendable.get().is_none())
                    on_press=move || draft.take_max()
                    testid="send-max"
                >
                    {t!("Max")}
                </Button>
            </Field>
            <Answer told=account lines=1 let:account>
                <p class="send-available">
                    {available(&account)}
                </p>
            </Answer>
            <AttemptFailure attempt on_retry=review />
            <div class="buttons buttons-end">
                <Button
                    rank=Rank::Primary
                    icon=Icon::ArrowRight
                    submit=true
                    busy=attempt.busy()
                    disabled=unready
                    testid="send-review"
                >
                    {t!("Review")}
                </Button>
            </div>
        </form>
    }
}

/// How much can be sent, and of how much where that is less.
fn available(account: &AccountView) -> Vec<AnyView> {
    let spendable = view! { <Amount amount=account.spendable testid="send-available" /> };
    if account.spendable < account.balance {
        let balance = view! { <Amount amount=account.balance /> };
        t_view!(
            "Available: {spendable} of {balance}, the fee left aside",
            spendable = spendable,
            balance = balance
        )
    } else {
        t_view!("Available: {spendable}", spendable = spendable)
    }
}

/// Who would receive, to be compared digit by digit; a word where it is oneself.
#[component]
fn Receiver(draft: Draft) -> impl IntoView {
    let receiver = Memo::new(move |_| draft.receiver());
    let session = use_session();
    move || {
        receiver.get().map(|address| {
            let own = session.account() == Some(address);
            view! {
                <div class="receiver" data-testid="send-receiver">
                    <p class="field-hint">{t!("Compare this with what the receiver gave you:")}</p>
                    <div class="receive-who"><Identicon address /><AddressDigits address /></div>
                    {own
                        .then(|| {
                            view! {
                                <Banner
                                    tone=Tone::Caution
                                    what=t!("This is your own address.").to_owned()
                                    next=t!("The coins come back to you; only the fee is spent.").to_owned()
                                    testid="send-own-address"
                                />
                            }
                        })}
                </div>
            }
        })
    }
}
