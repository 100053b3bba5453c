//! What a web site asks, shown one request at a time in the window that was opened for it.

mod connect;
mod elsewhere;
mod message;
mod notice;
mod transaction;

pub(crate) use notice::AskedNotice;

use crate::components::banner::{Banner, Tone};
use crate::components::button::{Button, Rank};
use crate::components::icon::{Icon, Pictogram};
use crate::dapp::{Answered, Asking, Open, Stage};
use crate::languages::{t, t_n};
use crate::parts::failure::{FailureBanner, sentence};
use crate::parts::network_badge::NetworkBadge;
use crate::parts::page::Page;
use crate::parts::review_points::Copied;
use crate::parts::review_site::SiteHead;
use crate::session::use_session;
use crate::shell::Mark;
use bridge::dapp::{AskingSite, DappReply};
use bridge::protocol::Failure;
use leptos::prelude::*;

/// The window of an open wallet that sites ask.
#[component]
pub(crate) fn RequestsPage(asking: Asking) -> impl IntoView {
    let session = use_session();
    let first = Memo::new(move |_| asking.first());
    view! {
        <div class="asked">
            <header class="top">
                <span class="brand"><Mark />"Soma Wallet"</span>
                <NetworkBadge status=session.network />
            </header>
            <main class="main asked-main" id="main">
                {move || {
                    if let Some(open) = first.get() {
                        return view! { <Request asking open /> }.into_any();
                    }
                    if let Some(answered) = asking.answered.get() {
                        return view! { <Done asking answered /> }.into_any();
                    }
                    if let Some(origin) = asking.left.get() {
                        return view! { <Left asking origin /> }.into_any();
                    }
                    view! { <Nobody asking /> }.into_any()
                }}
            </main>
        </div>
    }
}

/// One request, as far as it has come.
#[component]
fn Request(asking: Asking, open: Open) -> impl IntoView {
    let session = use_session();
    let knows_network = Memo::new(move |_| session.network.read().is_some());
    view! {
        {move || {
            let more = asking.more();
            (more > 0)
                .then(|| {
                    let more = u64::try_from(more).unwrap_or(u64::MAX);
                    let what = t_n!(more, "{n} more request waits behind this one.", "{n} more requests wait behind this one.");
                    view! { <Banner what testid="asked-more" /> }
                })
        }}
        {move || match open.stage.get() {
            Stage::Looking | Stage::Closed => view! { <Looking open /> }.into_any(),
            // A review is bound to the network that this page knows of: a new page does not know it at once.
            Stage::Deciding(_) if !knows_network.get() => view! { <Looking open /> }.into_any(),
            Stage::Failed(failure) => {
                view! {
                    <Page title=t!("This cannot be looked at now").to_owned() lede=open.origin()>
                        <FailureBanner failure on_retry=move || asking.look(open) />
                        <div class="buttons buttons-end">
                            <Button on_press=move || asking.refuse(open) testid="asked-refuse">{t!("Refuse")}</Button>
                        </div>
                    </Page>
                }
                    .into_any()
            }
            Stage::Deciding(reply) => decide(asking, open, *reply),
        }}
    }
}

fn decide(asking: Asking, open: Open, reply: DappReply) -> AnyView {
    match reply {
        DappReply::Connect { site, accounts, .. } => {
            view! { <connect::Connect asking open site accounts /> }.into_any()
        }
        DappReply::Transaction {
            site, execute, review_id, review, network, suggestion, ..
        } => {
            let reviewed = (review_id, review, *network);
            let suggestion = suggestion.map(|scope| *scope);
            view! { <transaction::Transaction asking open site execute reviewed suggestion /> }
                .into_any()
        }
        DappReply::Message { site, account, message, .. } => {
            view! { <message::Message asking open site account message=*message /> }.into_any()
        }
        DappReply::OtherAccount { site, account, label, .. } => {
            view! { <elsewhere::OtherAccount asking open site account label /> }.into_any()
        }
        DappReply::OtherNetwork { site, chain, known, .. } => {
            view! { <elsewhere::OtherNetwork asking open site chain known /> }.into_any()
        }
        DappReply::Failed { site, failure, .. } => {
            view! { <NotPossible asking open site failure /> }.into_any()
        }
        // Nothing of these is a question.
        DappReply::Done | DappReply::Answer(_) | DappReply::Sites(_) => ().into_any(),
    }
}

/// What is asked cannot be done as things are.
#[component]
fn NotPossible(asking: Asking, open: Open, site: AskingSite, failure: Failure) -> impl IntoView {
    view! {
        <Page title=t!("This cannot be done now").to_owned()>
            <section class="card review" data-testid="asked-failed">
                <SiteHead site what=t!("This site asks for something that cannot be done") />
                <FailureBanner failure on_retry=move || asking.look_again(open) />
                <div class="buttons buttons-end">
                    <Button on_press=move || asking.refuse(open) testid="asked-refuse">{t!("Tell the site")}</Button>
                </div>
            </section>
        </Page>
    }
}

#[component]
fn Looking(open: Open) -> impl IntoView {
    view! {
        <Page title=t!("A site asks").to_owned() lede=open.origin()>
            <p class="opening" role="status" data-testid="asked-looking">{t!("The wallet looks at what it asks…")}</p>
        </Page>
    }
}

/// The last request was answered.
#[component]
fn Done(asking: Asking, answered: Answered) -> impl IntoView {
    let Answered { origin, receipt, failure, unheard } = answered;
    let failed =
        failure.is_some() || receipt.as_ref().is_some_and(|receipt| receipt.failure.is_some());
    let title = if unheard {
        t!("The site was gone before its answer")
    } else if failed {
        t!("The site was told that it did not work")
    } else {
        t!("The site has its answer")
    };
    let digest = receipt.as_ref().map(|receipt| receipt.digest.to_string());
    let explained = receipt.and_then(|receipt| receipt.failure);
    let state = if failed {
        "failed"
    } else if unheard {
        "unheard"
    } else {
        "answered"
    };
    view! {
        <Page title=title.to_owned() lede=origin>
            <section class="card" data-testid="asked-done" data-state=state>
                {failure.map(|failure| view! { <FailureBanner failure /> })}
                {unheard
                    .then(|| {
                        view! {
                            <p class="card-lede">
                                {t!("Its page was closed, loaded anew, or led elsewhere after you agreed. What you agreed to was \
                                done all the same; the site does not know of it.")}
                            </p>
                        }
                    })}
                {explained
                    .map(|why| {
                        view! {
                            <Banner
                                tone=Tone::Danger
                                what=sentence(&why.what)
                                next=sentence(&why.next)
                                testid="outcome-failure"
                            />
                        }
                    })}
                {digest
                    .map(|digest| {
                        view! {
                            <p class="asked-digest">
                                {t!("Digest")}" "<Copied text=digest what=t!("digest") testid="outcome-digest" />
                            </p>
                        }
                    })}
                <CanClose asking />
            </section>
        </Page>
    }
}

/// Nothing is left to do here.
#[component]
fn CanClose(asking: Asking) -> impl IntoView {
    view! {
        <p class="asked-close"><Pictogram icon=Icon::Check />{t!("You can close this window.")}</p>
        <div class="buttons buttons-end">
            <Button rank=Rank::Primary on_press=move || asking.close() testid="asked-close">{t!("Close")}</Button>
        </div>
    }
}

/// The site's page went away while its request waited.
#[component]
fn Left(asking: Asking, origin: String) -> impl IntoView {
    view! {
        <Page title=t!("The site is gone").to_owned() lede=origin>
            <section class="card" data-testid="asked-left">
                <p class="card-lede">
                    {t!("Its page was closed, loaded anew, or led elsewhere while its request waited here. Nothing was signed. \
                    It can ask again at any time, in a window of its own.")}
                </p>
                <CanClose asking />
            </section>
        </Page>
    }
}

/// Nobody has asked anything.
#[component]
fn Nobody(asking: Asking) -> impl IntoView {
    let cut = asking.cut;
    view! {
        {move || {
            if cut.get() {
                view! {
                    <Page title=t!("No site asks here").to_owned()>
                        <section class="card" data-testid="asked-cut">
                            <p class="card-lede">
                                {t!("This address is for web sites: they open it in a window to ask for a connection or a signature. \
                                No site is tied to this window. Either somebody opened it by hand, or the site that opened it \
                                is set up so that its windows are cut off from it (Cross-Origin-Opener-Policy); then only \
                                the site's makers can mend that.")}
                            </p>
                            <div class="buttons"><a class="button button-primary" href="./" rel="external">{t!("To the wallet")}</a></div>
                        </section>
                    </Page>
                }
                    .into_any()
            } else {
                view! {
                    <Page title=t!("Waiting for the site").to_owned()>
                        <p class="opening" role="status" data-testid="asked-waiting">
                            {t!("A site opened this window and has not asked anything yet. You can close it.")}
                        </p>
                    </Page>
                }
                    .into_any()
            }
        }}
    }
}
