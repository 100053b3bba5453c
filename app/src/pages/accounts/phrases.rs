//! Recovery phrases: the next account of one, those that were used before, and the words.

use super::expose::Expose;
use super::search::Search;
use crate::components::button::{Button, Rank};
use crate::components::card::Card;
use crate::components::disclosure::Disclosure;
use crate::components::icon::Icon;
use crate::components::toast::use_notices;
use crate::languages::t;
use crate::parts::attempt::{Attempt, AttemptFailure};
use crate::parts::default_names::default_names;
use crate::session::use_session;
use bridge::accounts::{AccountsRequest, PhraseName, WhichSecret};
use leptos::prelude::*;
use wasm_core::vault::PhraseId;

/// All recovery phrases.
#[component]
pub(super) fn PhrasesCard() -> impl IntoView {
    let session = use_session();
    let phrases = Memo::new(move |_| session.phrases());
    move || {
        (!phrases.read().is_empty()).then(|| {
            view! {
                <Card title=t!("Recovery phrases")>
                    <For each=move || phrases.get() key=|phrase| (phrase.id, phrase.label.clone()) let(phrase)>
                        <OnePhrase phrase />
                    </For>
                </Card>
            }
        })
    }
}

#[component]
fn OnePhrase(phrase: PhraseName) -> impl IntoView {
    let session = use_session();
    let notices = use_notices();
    let attempt = Attempt::new();
    let id = phrase.id;
    let used = Memo::new(move |_| {
        session.accounts().iter().filter(|it| it.place.is_some_and(|at| at.phrase == id)).count()
    });
    let add = move || {
        let request = AccountsRequest::AddNext { phrase: id, names: default_names() };
        attempt.run(
            async move { session.bridge().change_accounts(request).await },
            move |status| {
                session.wallet.set(Some(status));
                notices.announce(t!("The next account was added."));
            },
        );
    };
    view! {
        <section class="phrase-row" data-testid="phrase-row" data-phrase=id.0.to_string()>
            <h3 class="phrase-name">{phrase.label.clone()}</h3>
            <p class="field-hint">{t!("{count} words", count = phrase.words)}</p>
            <AttemptFailure attempt />
            <div class="buttons">
                <Button icon=Icon::Plus busy=attempt.busy() on_press=add testid="add-next">{t!("Add the next account")}</Button>
            </div>
            <Disclosure summary=t!("Look for accounts that were used before") testid="look-for-used"><Search phrase=id /></Disclosure>
            <Expose
                summary=t!("Show the words")
                opens="show-words"
                secret=WhichSecret::Phrase(id)
                label=t!("Show the words")
                warning=t!("Whoever has these words has every account that lies on them, here and on Sui.")
                testid="expose-phrase"
            />
            {move || (used.get() == 0).then(|| view! { <Forget id label=phrase.label.clone() /> })}
        </section>
    }
}

/// Forgets a phrase that no account lies on.
#[component]
fn Forget(id: PhraseId, label: String) -> impl IntoView {
    let session = use_session();
    let (attempt, typed) = (Attempt::new(), RwSignal::new(String::new()));
    let name = label.clone();
    let right = Memo::new(move |_| typed.read().trim() == name);
    let forget = move || {
        let request = AccountsRequest::RemovePhrase(id);
        attempt.run(
            async move { session.bridge().change_accounts(request).await },
            move |status| {
                session.wallet.set(Some(status));
            },
        );
    };
    view! {
        <Disclosure summary=t!("Remove this phrase") testid="forget-phrase">
            <super::one::TypeToConfirm label typed testid="forget-typed" />
            <AttemptFailure attempt />
            <Button
                rank=Rank::Danger
                icon=Icon::Trash
                busy=attempt.busy()
                disabled=Signal::derive(move || !right.get())
                on_press=forget
                testid="forget-done"
            >
                {t!("Remove the phrase for ever")}
            </Button>
        </Disclosure>
    }
}
