//! Passing a proposal on: as a link, as text, as a file, as QR codes; and for the command-line wallet.

use super::words::link_of;
use crate::components::banner::{Banner, Tone};
use crate::components::button::Button;
use crate::components::card::Card;
use crate::components::copy::CopyButton;
use crate::components::dialog::Dialog;
use crate::components::disclosure::Disclosure;
use crate::components::icon::Icon;
use crate::components::qr::Qr;
use crate::components::toast::use_notices;
use crate::extension::has_links;
use crate::files::save_text;
use crate::languages::t;
use bridge::multisig::ProposalView;
use gloo_timers::callback::Interval;
use leptos::prelude::*;
use wasm_core::multisig::split;

/// The longest link that is offered; mail and chats cut longer ones.
const MAX_LINK: usize = 8_000;
/// The longest text in one code that telephones still read off a screen.
const ONE_CODE: usize = 900;
/// Characters in each of several codes.
const PART: usize = 600;
/// How long each of several codes is shown; milliseconds.
const TURN_MS: u32 = 1_500;

/// The ways to the other members.
#[component]
pub(super) fn ShareCard(
    /// The proposal as it is now.
    proposal: Signal<ProposalView>,
) -> impl IntoView {
    let notices = use_notices();
    let shown = RwSignal::new(false);
    let text = Memo::new(move |_| proposal.read().text.clone());
    let link = Memo::new(move |_| link_of(&text.read()));
    let has_links = has_links();
    let link_fits = Memo::new(move |_| link.read().len() <= MAX_LINK);
    let save = move || {
        let digest = proposal.read_untracked().digest.to_string();
        let start: String = digest.chars().take(8).collect();
        let name = format!("soma-proposal-{start}.txt");
        match save_text(&name, &text.get_untracked()) {
            Ok(()) => notices.toast(t!("{name} was handed to the browser's downloads.", name)),
            Err(_) => notices.toast(t!("The browser did not allow the download.")),
        }
    };
    view! {
        <Card title=t!("Pass it on") testid="multisig-share">
            <p class="card-lede">
                {t!("Send it to the members that are missing, with the signatures it has. What comes back is put together \
                here, whatever way each copy went.")}
            </p>
            <div class="buttons">
                <Show when=move || has_links && link_fits.get()>
                    <span class="copy-line" data-testid="multisig-link" data-link=move || link.get()>
                        <span>{t!("Link")}</span>
                        <CopyButton text=link what=t!("link") testid="multisig-copy-link" />
                    </span>
                </Show>
                <span class="copy-line" data-testid="multisig-text" data-text=move || text.get()>
                    <span>{t!("Text")}</span>
                    <CopyButton text=text what=t!("text of the proposal") testid="multisig-copy-text" />
                </span>
                <Button icon=Icon::Download on_press=save testid="multisig-save">{t!("Save as a file")}</Button>
                <Button icon=Icon::Qr on_press=move || shown.set(true) testid="multisig-show-qr">{t!("QR code")}</Button>
            </div>
            <Show when=move || has_links && !link_fits.get()>
                <p class="card-lede" data-testid="multisig-no-link">
                    {t!("This proposal is too large for a link: mail and chats would cut it. Save it as a file.")}
                </p>
            </Show>
            <Dialog open=shown title=t!("The proposal as a QR code").to_owned() testid="multisig-qr">
                <Codes link=has_links.then(|| link.get_untracked()) text=text.get_untracked() />
            </Dialog>
            <CommandLine proposal />
        </Card>
    }
}

/// One code, or several in turn.
#[component]
fn Codes(
    /// None where this wallet has no address for others.
    link: Option<String>,
    text: String,
) -> impl IntoView {
    if let Some(link) = link.filter(|link| link.len() <= ONE_CODE) {
        let code = link.clone();
        return view! {
            <div class="qr-sheet" data-testid="multisig-code" data-code=code>
                <Qr text=link label=t!("A link to the proposal as a QR code") />
                <p class="card-lede">{t!("A telephone's camera opens it in the wallet at this address.")}</p>
            </div>
        }
        .into_any();
    }
    match split(&text, PART) {
        Ok(parts) => view! { <CodesInTurn parts /> }.into_any(),
        Err(too_many) => view! {
            <Banner
                tone=Tone::Caution
                what=crate::parts::failure::sentence(&too_many.to_string())
                next=t!("Save it as a file, or copy its text.").to_owned()
                testid="multisig-too-large"
            />
        }
        .into_any(),
    }
}

/// Several codes, numbered; they go on by themselves where that is wanted.
#[component]
fn CodesInTurn(parts: Vec<String>) -> impl IntoView {
    let all = parts.len();
    let at = RwSignal::new(0_usize);
    let running = RwSignal::new(false);
    let next = move || at.update(|at| *at = (*at + 1) % all);
    let turning = StoredValue::new_local(None::<Interval>);
    Effect::new(move |_| {
        let interval = running.get().then(|| {
            Interval::new(TURN_MS, move || {
                // The window may be closed between two turns.
                let _ = at.try_update(|at| *at = (*at + 1) % all);
            })
        });
        turning.set_value(interval);
    });
    on_cleanup(move || {
        turning.try_update_value(Option::take);
    });
    let parts = StoredValue::new(parts);
    let part = Memo::new(move |_| {
        parts.with_value(|parts| parts.get(at.get()).cloned().unwrap_or_default())
    });
    view! {
        <div class="qr-sheet" data-testid="multisig-code" data-code=move || part.get()>
            <Qr text=part label=t!("A part of the proposal as a QR code") />
            <p role="status">{move || t!("Code {at} of {all}", at = at.get() + 1, all)}</p>
            <p class="card-lede">
                {t!("Scan all of them, in any order, and paste what they hold into the other wallet under Open a proposal.")}
            </p>
            <div class="buttons">
                <Button on_press=move || at.update(|at| *at = (*at + all - 1) % all) testid="multisig-code-before">{t!("Back")}</Button>
                <Button on_press=next testid="multisig-code-next">{t!("Next")}</Button>
                <Button on_press=move || running.update(|running| *running = !*running) testid="multisig-code-run">
                    {move || if running.get() { t!("Stop") } else { t!("One after the other") }}
                </Button>
            </div>
        </div>
    }
}

/// What the command-line wallet takes and gives.
#[component]
fn CommandLine(proposal: Signal<ProposalView>) -> impl IntoView {
    let transaction = Memo::new(move |_| proposal.read().transaction.clone());
    let signature = Memo::new(move |_| proposal.read().signature.clone());
    view! {
        <Disclosure summary=t!("For the command-line wallet") testid="multisig-cli">
            <p class="card-lede">
                {t!("A member can sign the transaction there and hand the signature back; and once enough have signed, it can \
                be executed from there.")}
            </p>
            <div class="review-bytes">
                <div class="review-bytes-head">
                    <span>{t!("TransactionData in BCS, as Base64")}</span>
                    <CopyButton text=transaction what=t!("transaction") />
                </div>
                <pre tabindex="0" aria-label=t!("The transaction in Base64") data-testid="multisig-transaction"><code>{move || transaction.get()}</code></pre>
            </div>
            {move || {
                signature
                    .get()
                    .map(|signature| {
                        view! {
                            <div class="review-bytes">
                                <div class="review-bytes-head">
                                    <span>{t!("The signatures put together, as Base64")}</span>
                                    <CopyButton text=signature.clone() what=t!("signature") />
                                </div>
                                <pre tabindex="0" aria-label=t!("The signatures in Base64") data-testid="multisig-signature"><code>{signature.clone()}</code></pre>
                            </div>
                        }
                    })
            }}
        </Disclosure>
    }
}
