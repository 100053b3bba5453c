//! The one screen before every signature: what would happen, what it costs, what the node says, and
//! the exact bytes. What is signed is what was shown: only the review's name goes back.

use super::address::AddressDigits;
use super::attempt::Attempt;
use super::failure::sentence;
use super::identicon::Identicon;
use super::network_badge::NetworkBadge;
use super::review_changes::{FeeTable, Foreseen};
use super::review_findings::{Acknowledgement, Findings, SiteDecision};
use super::review_outcome::{NotSent, Outcome};
use super::review_points::Points;
use super::review_site::{ForSite, RememberPart, SiteHead};
use super::review_together::{Decide, Together};
use crate::components::copy::CopyButton;
use crate::components::disclosure::Disclosure;
use crate::components::key_value::{KeyValue, KeyValueList};
use crate::languages::t;
use crate::session::use_session;
use bridge::network::NetworkStatus;
use bridge::page::Reviewed;
use bridge::protocol::{Failure, ReviewId};
use bridge::wallet::Receipt;
use leptos::html;
use leptos::prelude::*;
use leptos::task::spawn_local;
use wasm_core::address::Address;
use wasm_core::preview::Review;

/// Who signs, as far as this browser's labels tell.
fn label_of(review: &Review) -> String {
    untrack(|| use_session().accounts())
        .into_iter()
        .find(|account| account.address == review.sender)
        .map_or_else(
            || t!("An account that is not among yours").to_owned(),
            |account| account.label,
        )
}

/// A prepared transaction, then what came of it. Left without a decision, it is forgotten.
#[component]
pub(crate) fn ReviewPanel(
    /// What was prepared.
    reviewed: Reviewed,
    /// Called when the person decides against it.
    #[prop(into)]
    on_cancel: Callback<()>,
    /// Called to prepare the same again, where this one has become void.
    #[prop(into)]
    on_again: Callback<()>,
    /// Called when it was executed, whether or not it succeeded on chain.
    #[prop(optional, into)]
    on_executed: Option<Callback<(Receipt,)>>,
    /// What can be done after success, such as a link.
    #[prop(into)]
    after: ViewFn,
    /// The proposal that it is of, where several sign.
    #[prop(optional, into)]
    together: Option<Together>,
    /// The site that asks for it.
    #[prop(optional, into)]
    for_site: Option<ForSite>,
) -> impl IntoView {
    let session = use_session();
    let (id, review, network) = reviewed;
    let sender = review.sender;
    let attempt = Attempt::new();
    let receipt = RwSignal::new(None::<Receipt>);
    // What a site asked for is refused or answered by its own name.
    let confirmed = StoredValue::new(for_site.is_some());
    discard_when_left(id, confirmed);
    let acknowledgement = Acknowledgement::of(&review.findings);
    let confirm = move || {
        confirmed.set_value(true);
        let consent = acknowledgement.consent();
        if let Some(site) = for_site {
            let yes = site.yes(id, consent);
            return attempt.run(async move { site.asking.approve(site.open, yes).await }, |()| {});
        }
        attempt.run(
            async move { session.bridge().confirm(id, consent).await },
            move |executed: Receipt| {
                receipt.set(Some(executed.clone()));
                if let Some(on_executed) = on_executed {
                    on_executed.run((executed,));
                }
            },
        );
    };
    // A signal that says the same again must not build the screen anew under somebody's hands.
    let failed = Memo::new(move |_| attempt.failure().get());
    // The worker has forgotten it by then; what can no longer be signed must not look as if it could.
    let scope = session.scope();
    let born = StoredValue::new(scope.get_untracked());
    let is_void = Memo::new(move |_| {
        let same = match (&*scope.read(), born.get_value()) {
            (Some(now), Some(then)) => then.is_still(now),
            (None, _) => false,
            (Some(_), None) => true,
        };
        !same && !attempt.busy().get()
    });
    let (review, after) = (StoredValue::new(*review), StoredValue::new(after));
    let network = StoredValue::new(network);
    move || {
        if let Some(receipt) = receipt.get() {
            return view! { <Outcome receipt on_again on_cancel after=after.get_value() /> }
                .into_any();
        }
        if let Some(failure) = failed.get() {
            return view! { <NotSent failure on_again on_cancel /> }.into_any();
        }
        if is_void.get() {
            return view! { <NotSent failure=void() on_again on_cancel /> }.into_any();
        }
        view! {
            <Screen
                review=review.get_value()
                network=network.get_value()
                acknowledgement
                for_site
                decision=move || {
                    if let Some(site) = for_site {
                        return view! { <SiteDecision site acknowledgement busy=attempt.busy() on_confirm=confirm on_cancel /> }
                            .into_any();
                    }
                    view! { <Decide id sender together acknowledgement attempt confirmed on_confirm=confirm on_cancel /> }.into_any()
                }
            />
        }
        .into_any()
    }
}

/// Why a review is over that was made for another account or network than the one in use.
fn void() -> Failure {
    Failure {
        code: "review/expired".to_owned(),
        what: t!(
            "This review is not valid any more: account or network changed. Nothing was signed."
        )
        .to_owned(),
        next: t!("Prepare the transaction again.").to_owned(),
        retry: false,
    }
}

/// A review that nobody decided on must not stay behind.
fn discard_when_left(id: ReviewId, confirmed: StoredValue<bool>) {
    let session = use_session();
    on_cleanup(move || {
        if !confirmed.get_value() {
            let bridge = session.bridge();
            spawn_local(async move {
                // Where the wallet was locked meanwhile, the review is gone with it.
                let _ = bridge.discard(id).await;
            });
        }
    });
}

/// All of the review, and the decision.
#[component]
fn Screen(
    review: Review,
    network: NetworkStatus,
    acknowledgement: Acknowledgement,
    for_site: Option<ForSite>,
    #[prop(into)] decision: ViewFn,
) -> impl IntoView {
    let headline = sentence(&review.description.headline).trim_end_matches('.').to_owned();
    let title = NodeRef::<html::H2>::new();
    Effect::new(move |_| {
        if let Some(title) = title.get() {
            // An element that refuses focus is not worth a word.
            let _ = title.focus();
        }
    });
    let sender = review.sender;
    let signer = label_of(&review);
    view! {
        <section class="card review" aria-labelledby="review-headline" data-testid="review">
            {for_site.map(|site| view! { <SiteHead site=site.site.get_value() what=asked_for(site) /> })}
            <header class="review-head">
                <p class="review-kicker" hidden=for_site.is_some()>{t!("Review before signing")}</p>
                <h2 class="review-headline" id="review-headline" tabindex="-1" node_ref=title data-testid="review-headline">
                    {headline}
                </h2>
            </header>
            <Findings findings=review.findings.clone() acknowledgement />
            <section class="review-part" aria-label=t!("Particulars")>
                <Points points=review.description.points.clone() sender />
            </section>
            <section class="review-part">
                <h3 class="review-title">{t!("What changes")}</h3>
                <Foreseen preview=review.preview.clone() simulation=review.simulation.clone() sender />
            </section>
            <section class="review-part">
                <h3 class="review-title">{t!("Fee")}</h3>
                <FeeTable fee=review.preview.fee testid="review-fee" />
            </section>
            <section class="review-part">
                <h3 class="review-title">{t!("Who signs, and where")}</h3>
                <SignedBy signer sender network />
            </section>
            <ExactBytes digest=review.digest.to_string() bytes=review.bytes.clone() />
            {for_site.map(|site| view! { <RememberPart remember=site.remember /> })}
            {decision.run()}
        </section>
    }
}

/// What a site asks for.
fn asked_for(site: ForSite) -> &'static str {
    if site.execute {
        t!("This site asks you to sign a transaction and to send it")
    } else {
        t!("This site asks you to sign a transaction, without sending it")
    }
}

/// Account and network.
#[component]
fn SignedBy(signer: String, sender: Address, network: NetworkStatus) -> impl IntoView {
    let chain = network.facts().map(|facts| {
        (facts.chain_id.to_string(), kept_words(&network), genesis_words(facts.genesis_checked))
    });
    let status = Signal::stored(Some(network));
    view! {
        <KeyValueList>
            <KeyValue label=t!("Account")>
                <span class="review-account"><span>{signer}</span><span class="address-pictured"><Identicon address=sender /><AddressDigits address=sender /></span></span>
            </KeyValue>
            <KeyValue label=t!("Network")><NetworkBadge status /></KeyValue>
            {chain
                .map(|(chain, kept, genesis)| {
                    view! {
                        <KeyValue label=t!("Chain") testid="review-chain">
                            <span class="review-chain">
                                <code>{chain}</code>
                                <span>{genesis}</span>
                                <span>{kept}</span>
                            </span>
                        </KeyValue>
                    }
                })}
        </KeyValueList>
    }
}

/// What the chain's identity was held against.
fn kept_words(network: &NetworkStatus) -> &'static str {
    if network.network.expected_chain_id.is_some() {
        t!("This is the chain that the network was kept as.")
    } else {
        t!("This network is kept without an identity: it may begin anew as another chain.")
    }
}

fn genesis_words(checked: bool) -> &'static str {
    if checked {
        t!("The digest of its first checkpoint was computed anew and is the same.")
    } else {
        t!("The node does not show its first checkpoint, so the identity is only its word.")
    }
}

/// Digest and bytes, for those who compare them elsewhere.
#[component]
fn ExactBytes(digest: String, bytes: String) -> impl IntoView {
    let size = bytes.len() / 2;
    view! {
        <Disclosure summary=t!("Exactly what is signed") testid="review-bytes">
            <KeyValueList>
                <KeyValue label=t!("Digest")>
                    <span class="digest"><code>{digest.clone()}</code><CopyButton text=digest.clone() what=t!("digest") /></span>
                </KeyValue>
            </KeyValueList>
            <div class="review-bytes">
                <div class="review-bytes-head">
                    <span>{t!("TransactionData in BCS, {size} bytes, as hex", size)}</span>
                    <CopyButton text=bytes.clone() what=t!("bytes") />
                </div>
                <pre tabindex="0" aria-label=t!("Bytes of the transaction")><code>{bytes.clone()}</code></pre>
            </div>
        </Disclosure>
    }
}
