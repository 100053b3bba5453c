//! How to be paid: the address, whole; and a link that names the amount.

use crate::components::banner::{Banner, Tone};
use crate::components::button::Button;
use crate::components::card::Card;
use crate::components::copy::CopyButton;
use crate::components::field::{Field, Typing};
use crate::components::icon::Icon;
use crate::components::qr::Qr;
use crate::components::toast::use_notices;
use crate::extension::has_links;
use crate::files::save_text;
use crate::languages::{t, typed_number};
use crate::parts::address::AddressDigits;
use crate::parts::identicon::Identicon;
use crate::parts::page::Page;
use crate::qr_path;
use crate::session::use_session;
use js_sys::{Function, Object, Promise, Reflect};
use leptos::prelude::*;
use leptos::task::spawn_local;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use wasm_core::address::Address;
use wasm_core::amount::Shannons;
use wasm_core::payment_link::PaymentLink;

/// How to be paid.
#[component]
pub(crate) fn ReceivePage() -> impl IntoView {
    let session = use_session();
    let account = Memo::new(move |_| session.current());
    view! {
        <Page title=t!("Receive").to_owned() narrow=true>
            {move || {
                account
                    .get()
                    .map(|account| {
                        let address = account.address;
                        view! {
                            <Card title=account.label testid="receive">
                                <div class="receive-sheet">
                                    <div class="receive-who"><Identicon address /><AddressDigits address testid="receive-address" /></div>
                                    <Qr text=address.to_string() label=t!("The address as a QR code") />
                                    <Handing text=address.to_string() what=t!("address") file="address" />
                                </div>
                            </Card>
                            <LinkCard address />
                        }
                    })
            }}
        </Page>
    }
}

/// Copy, share, save as a picture.
#[component]
fn Handing(
    #[prop(into)] text: Signal<String>,
    what: &'static str,
    file: &'static str,
) -> impl IntoView {
    let notices = use_notices();
    let save = move || {
        let saved = picture(&text.read_untracked())
            .is_some_and(|svg| save_text(&format!("soma-{file}.svg"), &svg).is_ok());
        match saved {
            true => {
                let name = format!("soma-{file}.svg");
                notices.toast(t!("{name} was handed to the browser's downloads.", name));
            }
            false => notices.toast(t!("The browser did not allow the download.")),
        }
    };
    let share = share_function();
    view! {
        <div class="buttons">
            <CopyButton text what testid=format!("copy-{file}") />
            <Button icon=Icon::Download on_press=save testid=format!("save-{file}")>{t!("Save the QR code")}</Button>
            {share
                .is_some()
                .then(|| view! { <Button icon=Icon::Upload on_press=move || text.with_untracked(|text| hand_on(text)) testid=format!("share-{file}")>{t!("Share")}</Button> })}
        </div>
    }
}

/// The code alone, as a picture to be printed.
fn picture(text: &str) -> Option<String> {
    let (size, path) = qr_path::of(text)?;
    Some(format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {size} {size}\" shape-rendering=\"crispEdges\">\
         <rect width=\"{size}\" height=\"{size}\" fill=\"#fff\"/><path d=\"{path}\" fill=\"#000\"/></svg>"
    ))
}

/// The browser's own way to hand something on, where it has one.
fn share_function() -> Option<Function> {
    Reflect::get(&window().navigator(), &JsValue::from_str("share")).ok()?.dyn_into().ok()
}

fn hand_on(text: &str) {
    let Some(share) = share_function() else { return };
    let data = Object::new();
    // A plain object takes any key.
    let _ = Reflect::set(&data, &JsValue::from_str("text"), &JsValue::from_str(text));
    let shared = share.call1(&window().navigator(), &data).ok();
    if let Some(promise) = shared.and_then(|it| it.dyn_into::<Promise>().ok()) {
        spawn_local(async move {
            // Whoever closes the browser's window does not want to share.
            let _ = JsFuture::from(promise).await;
        });
    }
}

/// A link that fills the form for sending of whoever opens it.
#[component]
fn LinkCard(address: Address) -> impl IntoView {
    let session = use_session();
    let amount = RwSignal::new(String::new());
    let chain = Memo::new(move |_| session.facts().map(|facts| facts.chain_id));
    let wanted = Memo::new(move |_| {
        let text = typed_number(&amount.read());
        match text.trim() {
            "" => Ok(None),
            text => match text.parse::<Shannons>() {
                Ok(Shannons::ZERO) => Err(t!("an amount is more than zero").to_owned()),
                Ok(amount) => Ok(Some(amount)),
                Err(error) => Err(error.to_string()),
            },
        }
    });
    let link = Memo::new(move |_| {
        Some(PaymentLink { to: address, amount: wanted.get().ok()?, chain: chain.get()? })
    });
    let uri = Memo::new(move |_| link.get().map(|link| link.to_uri()));
    let url = Memo::new(move |_| {
        let base = document().base_uri().ok().flatten()?;
        link.get().map(|link| has_links().then(|| link.to_url(&base)))
    });
    view! {
        <Card title=t!("Ask for an amount") testid="payment-link">
            <p class="card-lede">{t!("A link fills the form of whoever opens it. It never sends by itself.")}</p>
            <Field
                label=t!("Amount").to_owned()
                value=amount
                typing=Typing::Decimal
                suffix="SOMA"
                hint=t!("Leave it empty, and the payer decides.").to_owned()
                error=Signal::derive(move || wanted.get().err())
                testid="receive-amount"
            />
            {move || match (uri.get(), url.get(), chain.get()) {
                (Some(uri), Some(url), _) => view! { <Links uri url /> }.into_any(),
                (_, _, None) => view! {
                    <Banner
                        tone=Tone::Info
                        what=t!("A payment link names the network, and the network is not reachable.").to_owned()
                        testid="link-offline"
                    />
                }
                .into_any(),
                _ => ().into_any(),
            }}
        </Card>
    }
}

#[component]
fn Links(
    uri: String,
    /// None where this wallet has no address for others.
    url: Option<String>,
) -> impl IntoView {
    view! {
        <div class="receive-sheet">
            <Qr text=uri.clone() label=t!("The payment link as a QR code") />
            <p class="field-label">{t!("For wallets")}</p>
            <code class="secret" data-testid="link-uri">{uri.clone()}</code>
            <Handing text=uri what=t!("payment link") file="link" />
            {url
                .map(|url| {
                    view! {
                        <p class="field-label">{t!("For browsers")}</p>
                        <code class="secret" data-testid="link-url">{url.clone()}</code>
                        <Handing text=url what=t!("web link") file="web-link" />
                    }
                })}
        </div>
    }
}
