//! A payment link, opened or pasted: it fills the form, and sends nothing.

use super::draft::Draft;
use crate::components::banner::{Banner, Tone};
use crate::languages::{number_to_type, t};
use crate::parts::failure::sentence;
use crate::session::use_session;
use leptos::prelude::*;
use leptos_router::hooks::use_location;
use wasm_core::digest::CheckpointDigest;
use wasm_core::payment_link::{PaymentLink, PaymentLinkError};

/// What became of a link.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Read {
    /// It filled the form.
    Filled,
    /// It is for another network.
    OtherChain,
    /// Which network this is, is not known yet.
    Waits,
    /// It cannot be read whole.
    Refused(String),
}

fn read(
    link: Result<PaymentLink, PaymentLinkError>,
    chain: Option<CheckpointDigest>,
    draft: Draft,
) -> Read {
    match (link, chain) {
        (Err(error), _) => Read::Refused(sentence(&error.to_string())),
        (Ok(_), None) => Read::Waits,
        (Ok(link), Some(chain)) if link.chain != chain => Read::OtherChain,
        (Ok(link), Some(_)) => {
            draft.recipient.set(link.to.to_string());
            if let Some(amount) = link.amount {
                draft.amount.set(number_to_type(&amount.to_string()));
            }
            Read::Filled
        }
    }
}

/// The link in the page's address, until it was read. Once is enough: what is typed afterwards stays, also when
/// the form is shown again after a review or a payment.
#[derive(Clone, Copy, Debug)]
pub(super) struct OpenedLink(StoredValue<Option<String>>);

impl OpenedLink {
    /// What the page's address says now.
    pub(super) fn of_address() -> Self {
        let search = use_location().search.get_untracked();
        let query = search.trim_start_matches('?');
        Self(StoredValue::new((!query.is_empty()).then(|| query.to_owned())))
    }
}

/// Fills the form from the page's address, or from a link that is pasted where the recipient belongs.
#[component]
pub(super) fn FromLink(draft: Draft, opened: OpenedLink) -> impl IntoView {
    let session = use_session();
    let outcome = RwSignal::new(None::<Read>);
    let chain = Memo::new(move |_| session.facts().map(|facts| facts.chain_id));
    Effect::new(move |_| {
        let chain = chain.get();
        let pasted = draft.recipient.get();
        if PaymentLink::is_meant(&pasted) {
            outcome.set(Some(read(PaymentLink::parse(&pasted), chain, draft)));
        } else if let Some(query) = opened.0.get_value() {
            let now = read(PaymentLink::parse_query(&query), chain, draft);
            if now != Read::Waits {
                opened.0.set_value(None);
            }
            outcome.set(Some(now));
        }
    });
    move || {
        outcome.get().map(|outcome| {
            let (tone, what, next) = words(outcome);
            view! { <Banner tone what next alert=true testid="send-link" /> }
        })
    }
}

fn words(outcome: Read) -> (Tone, String, String) {
    match outcome {
        Read::Filled => (
            Tone::Caution,
            t!("A payment link filled this form.").to_owned(),
            t!("Whoever made the link chose the address. Compare it with one that you have from elsewhere; nothing is \
             sent before you signed.")
                .to_owned(),
        ),
        Read::OtherChain => (
            Tone::Danger,
            t!("This payment link is for another network. It was not filled in.").to_owned(),
            t!("Choose the network that it is for at the top, and open it again.").to_owned(),
        ),
        Read::Waits => (
            Tone::Info,
            t!("A payment link was opened. It is filled in once the network is reached.").to_owned(),
            t!("It names its network, which must be compared first.").to_owned(),
        ),
        Read::Refused(reason) => (
            Tone::Danger,
            reason,
            t!("It was not filled in. Ask for another link, or for the address alone.").to_owned(),
        ),
    }
}
