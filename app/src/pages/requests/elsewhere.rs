//! A site means another account or network than the one in use: change over, or refuse.

use crate::components::banner::{Banner, Tone};
use crate::components::button::{Button, Rank};
use crate::dapp::{Asking, Open, use_armed};
use crate::languages::t;
use crate::parts::address::AddressDigits;
use crate::parts::attempt::{Attempt, AttemptFailure};
use crate::parts::page::Page;
use crate::parts::review_site::SiteHead;
use crate::session::use_session;
use bridge::dapp::AskingSite;
use bridge::network::NetworkState;
use leptos::prelude::*;
use wasm_core::address::Address;

/// Another account that the site may use.
#[component]
pub(super) fn OtherAccount(
    asking: Asking,
    open: Open,
    site: AskingSite,
    account: Address,
    label: String,
) -> impl IntoView {
    let session = use_session();
    let attempt = Attempt::new();
    let armed = use_armed();
    let change = move || {
        attempt.run(async move { session.bridge().select_account(account).await }, move |status| {
            session.wallet.set(Some(status));
            asking.look_again(open);
        });
    };
    view! {
        <Page title=t!("Use another account?").to_owned()>
            <section class="card review" data-testid="asked-other-account" data-address=account.to_string()>
                <SiteHead site what=t!("This site asks for a signature of another account") />
                <p class="card-lede">
                    {t!("It is connected with the account below, and another one is in use. Nothing is signed by changing over: you \
                    see what the site asks for first.")}
                </p>
                <div>
                    <p class="line-name">{label.clone()}</p>
                    <AddressDigits address=account />
                </div>
                <AttemptFailure attempt />
                <div class="buttons buttons-end">
                    <Button disabled=attempt.busy() on_press=move || asking.refuse(open) testid="asked-refuse">{t!("Refuse")}</Button>
                    <Button
                        rank=Rank::Primary
                        busy=attempt.busy()
                        disabled=Signal::derive(move || !armed.get())
                        on_press=change
                        testid="asked-change"
                    >
                        {t!("Use {label}", label)}
                    </Button>
                </div>
            </section>
        </Page>
    }
}

/// Another network than the chosen one.
#[component]
pub(super) fn OtherNetwork(
    asking: Asking,
    open: Open,
    site: AskingSite,
    chain: String,
    known: Vec<String>,
) -> impl IntoView {
    let session = use_session();
    let attempt = Attempt::new();
    let armed = use_armed();
    let chosen = RwSignal::new(None::<String>);
    // A network that was just chosen has to answer, or fail to, before anything can be said of it.
    Effect::new(move |_| {
        let network = session.network.read();
        let settled = network.as_ref().is_some_and(|status| {
            Some(&status.network.name) == chosen.read().as_ref()
                && !matches!(status.state, NetworkState::Connecting)
        });
        if settled {
            asking.look_again(open);
        }
    });
    let change = move |name: String| {
        let wanted = name.clone();
        attempt.run(async move { session.bridge().select_network(name).await }, move |status| {
            session.network.set(Some(status));
            chosen.set(Some(wanted));
        });
    };
    let is_none = known.is_empty();
    let busy = Signal::derive(move || attempt.busy().get() || chosen.read().is_some());
    view! {
        <Page title=t!("Use another network?").to_owned()>
            <section class="card review" data-testid="asked-other-network" data-chain=chain.clone()>
                <SiteHead site what=t!("This site asks for a signature on another network") />
                <p class="card-lede">{t!("It names the chain {chain}, and another one is in use. Coins and accounts of one chain mean nothing on another.", chain)}</p>
                {is_none
                    .then(|| {
                        view! {
                            <Banner
                                tone=Tone::Caution
                                what=t!("This wallet keeps no network of that chain.").to_owned()
                                next=t!("Add it in the settings of the wallet if you trust it, and ask again from the site.").to_owned()
                                testid="asked-no-network"
                            />
                        }
                    })}
                <AttemptFailure attempt />
                <div class="buttons buttons-end">
                    <Button disabled=busy on_press=move || asking.refuse(open) testid="asked-refuse">{t!("Refuse")}</Button>
                    {known
                        .into_iter()
                        .map(|name| {
                            let words = t!("Use {name}", name);
                            view! {
                                <Button
                                    rank=Rank::Primary
                                    busy
                                    disabled=Signal::derive(move || !armed.get())
                                    on_press=move || change(name.clone())
                                    testid="asked-change"
                                >
                                    {words}
                                </Button>
                            }
                        })
                        .collect_view()}
                </div>
            </section>
        </Page>
    }
}
