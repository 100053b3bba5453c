//! How to be paid: the address, to be copied, scanned or compared.

use crate::components::button::Button;
use crate::components::copy::CopyButton;
use crate::components::dialog::Dialog;
use crate::components::icon::Icon;
use crate::components::qr::Qr;
use crate::components::select::Select;
use crate::components::toast::use_notices;
use crate::languages::t;
use crate::parts::address::AddressDigits;
use crate::parts::failure::in_a_line;
use crate::session::use_session;
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_router::components::A;

/// The account in use and its address.
#[component]
pub(super) fn ReceiveCard() -> impl IntoView {
    let session = use_session();
    let address = Memo::new(move |_| session.account());
    let shown = RwSignal::new(false);
    // Under an account that others sign for, nobody is to believe to be paid alone.
    let title = Memo::new(move |_| match session.current() {
        Some(account) if account.is_own() => t!("Your address"),
        _ => t!("Address of this account"),
    });
    move || {
        address.get().map(|address| {
            view! {
                <section class="card" aria-labelledby="receive-title">
                    <div class="card-head"><h2 class="card-title" id="receive-title">{move || title.get()}</h2></div>
                    <AccountPicker />
                    <div class="receive">
                        <AddressDigits address testid="address" />
                        <div class="buttons">
                            <Button icon=Icon::Qr on_press=move || shown.set(true) testid="show-qr">{t!("QR code")}</Button>
                            <CopyButton text=address.to_string() what=t!("address") testid="copy-address" />
                            <A href="/receive" attr:class="button button-secondary" attr:data-testid="home-receive">{t!("Ask for an amount")}</A>
                        </div>
                    </div>
                    <Dialog open=shown title=t!("Address").to_owned() testid="qr-dialog">
                        <div class="qr-sheet">
                            <Qr text=address.to_string() label=t!("The address as a QR code") />
                            <AddressDigits address />
                        </div>
                    </Dialog>
                </section>
            }
        })
    }
}

/// Chooses among several accounts; nothing where there is one.
#[component]
fn AccountPicker() -> impl IntoView {
    let session = use_session();
    let notices = use_notices();
    let options = Memo::new(move |_| {
        session
            .accounts()
            .into_iter()
            .map(|account| (account.address.to_string(), account.label))
            .collect::<Vec<_>>()
    });
    let chosen = move || session.account().map(|address| address.to_string()).unwrap_or_default();
    let choose = move |address: String| {
        let Ok(address) = address.parse() else { return };
        spawn_local(async move {
            match session.bridge().select_account(address).await {
                Ok(status) => session.wallet.set(Some(status)),
                Err(failure) => {
                    notices.toast(in_a_line(&failure));
                }
            }
        });
    };
    move || {
        (options.read().len() > 1).then(|| {
            view! {
                <Select
                    label=t!("Account").to_owned()
                    value=Signal::derive(chosen)
                    options
                    on_choose=choose
                    testid="account-picker"
                />
            }
        })
    }
}
