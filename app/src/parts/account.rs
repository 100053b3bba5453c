//! An account of this wallet in words, and changing over to another one.

use crate::components::toast::{Notices, use_notices};
use crate::languages::t;
use crate::parts::failure::in_a_line;
use crate::say;
use crate::session::{Session, use_session};
use bridge::wallet::{AccountKind, AccountName, OwnWeight};
use leptos::prelude::*;
use leptos::task::spawn_local;
use wasm_core::address::Address;
use wasm_core::vault::Colour;

/// Works with another account from now on.
pub(crate) fn choose_account(session: Session, notices: Notices, address: Address) {
    spawn_local(async move {
        match session.bridge().select_account(address).await {
            Ok(status) => session.wallet.set(Some(status)),
            Err(failure) => {
                notices.toast(in_a_line(&failure));
            }
        }
    });
}

/// Who can sign for an account, in a word or two.
#[must_use]
pub(crate) fn kind_words(account: &AccountName) -> &'static str {
    match (account.kind, account.place) {
        (AccountKind::Key, Some(_)) => t!("From a recovery phrase"),
        (AccountKind::Key, None) => t!("Imported key"),
        (AccountKind::Watched, _) => t!("Watched only"),
        (AccountKind::Multisig, _) => t!("Several signers"),
    }
}

/// A colour's name.
#[must_use]
pub(crate) fn colour_words(colour: Colour) -> &'static str {
    match colour {
        Colour::Red => t!("Red"),
        Colour::Orange => t!("Orange"),
        Colour::Yellow => t!("Yellow"),
        Colour::Green => t!("Green"),
        Colour::Teal => t!("Teal"),
        Colour::Blue => t!("Blue"),
        Colour::Purple => t!("Purple"),
        Colour::Grey => t!("Grey"),
    }
}

/// A class that has the colour.
#[must_use]
pub(crate) fn colour_class(colour: Option<Colour>) -> String {
    colour.map_or_else(String::new, |colour| {
        let name = match colour {
            Colour::Red => "red",
            Colour::Orange => "orange",
            Colour::Yellow => "yellow",
            Colour::Green => "green",
            Colour::Teal => "teal",
            Colour::Blue => "blue",
            Colour::Purple => "purple",
            Colour::Grey => "grey",
        };
        format!("coloured colour-{name}")
    })
}

/// Says how little of an account of several keys this wallet has; nothing where its own keys are enough.
#[must_use]
pub(crate) fn shared_words(account: &AccountName) -> Option<String> {
    let weight = account.weight.filter(|_| !account.is_own())?;
    Some(match weight {
        OwnWeight { own: 0, .. } => {
            t!("This wallet has no key of this account: others alone sign for it.").to_owned()
        }
        OwnWeight { own, needed } => {
            t!(
                "This wallet has weight {own} of the {needed} that must sign for this account.",
                own,
                needed
            )
        }
    })
}

/// Says above every page that nothing, or nothing alone, can be signed with the account in use.
#[component]
pub(crate) fn WatchedNotice() -> impl IntoView {
    use crate::components::banner::{Banner, Tone};
    let session = use_session();
    let account = Memo::new(move |_| session.current());
    let watched = move || account.get().is_some_and(|account| account.kind == AccountKind::Watched);
    let shared = move || account.get().and_then(|account| shared_words(&account));
    move || {
        if let Some(what) = shared() {
            return Some(view! {
                <Banner
                    tone=Tone::Info
                    what
                    next=t!("Whoever has the other keys decides over what is paid to it. Choose another account at the top to be paid alone.")
                        .to_owned()
                    testid="shared-notice"
                />
            });
        }
        watched().then(|| {
            view! {
                <Banner
                    tone=Tone::Info
                    what=t!("This account is only watched: the wallet has no key for it, so nothing can be sent or signed with it.")
                        .to_owned()
                    next=t!("Choose another account at the top, or import the key of this one.").to_owned()
                    testid="watched-notice"
                />
            }
        })
    }
}

/// Chooses a recipient among own accounts and the address book; nothing where there is nobody.
#[component]
pub(crate) fn RecipientPicker(
    /// Called with the one chosen.
    #[prop(into)]
    on_choose: Callback<(Address,)>,
    /// For tests.
    testid: &'static str,
) -> impl IntoView {
    use crate::components::select::Select;
    let session = use_session();
    let options = Memo::new(move |_| {
        let own = session.account();
        let accounts =
            session.accounts().into_iter().filter(|account| Some(account.address) != own);
        let accounts = accounts.map(|account| {
            let name = match account.kind {
                AccountKind::Watched => t!("{label} (watched)", label = account.label),
                AccountKind::Key | AccountKind::Multisig if account.is_own() => {
                    t!("{label} (yours)", label = account.label)
                }
                AccountKind::Key | AccountKind::Multisig => {
                    t!("{label} (signed with others)", label = account.label)
                }
            };
            (account.address, name)
        });
        let contacts =
            session.contacts().into_iter().map(|contact| (contact.address, contact.name));
        let people: Vec<_> = accounts.chain(contacts).collect();
        if people.is_empty() {
            return Vec::new();
        }
        let words = |(address, name): (Address, String)| {
            // All of it: the digits at both ends are what a look-alike has in common with it.
            let digits = say::address_groups(&address.to_bare_hex()).join(" ");
            (address.to_string(), format!("{name} · 0x {digits}"))
        };
        let nobody = (String::new(), t!("Choose…").to_owned());
        std::iter::once(nobody).chain(people.into_iter().map(words)).collect()
    });
    // What is chosen goes into the field, and the list is ready for another choice.
    let shown = RwSignal::new(String::new());
    let choose = move |text: String| {
        shown.set(text.clone());
        if let Ok(address) = text.parse() {
            on_choose.run((address,));
        }
    };
    move || {
        (!options.read().is_empty()).then(|| {
            view! {
                <Select
                    label=t!("From your accounts and address book").to_owned()
                    value=shown
                    options
                    on_choose=choose
                    testid
                />
            }
        })
    }
}

/// The notices of the page, for what changes accounts.
#[must_use]
pub(crate) fn teller() -> (Session, Notices) {
    (use_session(), use_notices())
}
