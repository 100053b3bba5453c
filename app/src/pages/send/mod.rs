//! Sending coins: the form, then the review of exactly what would be signed.

mod around;
mod draft;
mod form;
mod link;
mod many;

pub(crate) use around::AroundCoins;
pub(crate) use many::PayManyPage;

use crate::components::button::Button;
use crate::components::icon::{Icon, Pictogram};
use crate::languages::t;
use crate::parts::answer::use_told;
use crate::parts::attempt::Attempt;
use crate::parts::page::Page;
use crate::parts::review::ReviewPanel;
use crate::session::use_session;
use bridge::page::Reviewed;
use bridge::wallet::SendAmount;
use draft::Draft;
use form::SendForm;
use leptos::prelude::*;
use leptos_router::components::A;
use link::{FromLink, OpenedLink};
use wasm_core::intent::{Amount, SendCoins};

/// Sending coins.
#[component]
pub(crate) fn SendPage() -> impl IntoView {
    let session = use_session();
    let account = use_told(|bridge| async move { bridge.account().await });
    let draft = Draft::new(Memo::new(move |_| account.value().map(|account| account.spendable)));
    let opened = OpenedLink::of_address();
    let reviewed = RwSignal::new(None::<Reviewed>);
    let attempt = Attempt::new();
    let prepare = move |SendCoins { recipient, amount }| {
        let amount = match amount {
            Amount::Exact(amount) => SendAmount::Exact(amount),
            Amount::Max => SendAmount::Max,
        };
        attempt.run(
            async move { session.bridge().prepare_send(recipient, amount).await },
            move |prepared| reviewed.set(Some(prepared)),
        );
    };
    let back = move || reviewed.set(None);
    let again = move || {
        reviewed.set(None);
        if let Some(Ok(intent)) = draft.intent().get_untracked() {
            prepare(intent);
        }
    };
    let afresh = move || {
        draft.clear();
        reviewed.set(None);
    };
    let after = move || view! { <AfterSending on_again=afresh /> };
    view! {
        <Page title=t!("Send").to_owned() narrow=true>
            <AroundCoins />
            {move || match reviewed.get() {
                None => view! { <FromLink draft opened /><SendForm draft account attempt on_review=prepare /> }.into_any(),
                Some(reviewed) => {
                    view! { <ReviewPanel reviewed on_cancel=back on_again=again after /> }.into_any()
                }
            }}
        </Page>
    }
}

/// What can be done once coins were sent.
#[component]
fn AfterSending(#[prop(into)] on_again: Callback<()>) -> impl IntoView {
    view! {
        <Button on_press=move || on_again.run(()) testid="send-again">{t!("Send more")}</Button>
        <A href="/" attr:class="button button-primary" attr:data-testid="outcome-home">
            <Pictogram icon=Icon::Home />
            {t!("Back to the balance")}
        </A>
    }
}
