//! A site wants a message signed: its text, who signs, and the exact text that the signature is over.

use crate::components::banner::{Banner, Tone};
use crate::components::button::{Button, Rank};
use crate::components::disclosure::Disclosure;
use crate::components::icon::Icon;
use crate::components::key_value::{KeyValue, KeyValueList};
use crate::dapp::{Asking, Open, use_armed};
use crate::languages::t;
use crate::parts::address::AddressDigits;
use crate::parts::attempt::{Attempt, AttemptFailure};
use crate::parts::page::Page;
use crate::parts::review_site::SiteHead;
use crate::session::use_session;
use crate::time::day_and_time;
use bridge::dapp::{AskingSite, Decision, MessageView};
use leptos::prelude::*;
use wasm_core::address::Address;

/// Shows the message, and signs it on a yes.
#[component]
pub(super) fn Message(
    asking: Asking,
    open: Open,
    site: AskingSite,
    account: Address,
    message: MessageView,
) -> impl IntoView {
    let armed = use_armed();
    let attempt = Attempt::new();
    let sign = move || {
        attempt.run(async move { asking.approve(open, Decision::Message).await }, |()| {});
    };
    let MessageView { body, is_text, chain, at_ms, nonce, signed_text } = message;
    let label = untrack(|| use_session().accounts())
        .into_iter()
        .find(|own| own.address == account)
        .map(|own| own.label);
    view! {
        <Page title=t!("Sign a message for a site?").to_owned()>
            <section class="card review" data-testid="asked-message">
                <SiteHead site what=t!("This site asks you to sign a message") />
                {(!is_text)
                    .then(|| {
                        view! {
                            <Banner
                                tone=Tone::Caution
                                what=t!("This message is no text that can be read. Its bytes are shown as hexadecimal digits.").to_owned()
                                next=t!("Sign it only if you know what it is for.").to_owned()
                                testid="asked-no-text"
                            />
                        }
                    })}
                <pre class="message-body" tabindex="0" aria-label=t!("The message") data-testid="asked-text"><bdi>{body}</bdi></pre>
                <KeyValueList>
                    <KeyValue label=t!("Account")>
                        <span class="review-account"><span>{label}</span><AddressDigits address=account /></span>
                    </KeyValue>
                    <KeyValue label=t!("Network")>{chain}</KeyValue>
                    <KeyValue label=t!("Asked for at")>{day_and_time(at_ms)}</KeyValue>
                    <KeyValue label=t!("Number that makes it unlike any other")><code class="covered-id">{nonce}</code></KeyValue>
                </KeyValueList>
                <Disclosure summary=t!("Exactly what is signed") testid="asked-exact">
                    <pre class="message-body" tabindex="0" aria-label=t!("All that is signed")>{signed_text}</pre>
                </Disclosure>
                <p class="quiet">
                    {t!("A signature shows the site that you have this account's key. It moves nothing, and can never be taken for a \
                    transaction. It bears the site's address, so no other site can use it as its own.")}
                </p>
                <AttemptFailure attempt />
                <div class="buttons buttons-end">
                    <Button disabled=attempt.busy() on_press=move || asking.refuse(open) testid="asked-refuse">{t!("Refuse")}</Button>
                    <Button
                        rank=Rank::Primary
                        icon=Icon::Key
                        busy=attempt.busy()
                        disabled=Signal::derive(move || !armed.get())
                        on_press=sign
                        testid="asked-approve"
                    >
                        {t!("Sign the message")}
                    </Button>
                </div>
            </section>
        </Page>
    }
}
