//! Creating a wallet: the words, the check that they were written down, the password.

use super::Back;
use crate::components::banner::{Banner, Tone};
use crate::components::button::{Button, Rank};
use crate::components::field::{Field, Typing};
use crate::components::skeleton::Skeleton;
use crate::languages::t;
use crate::parts::attempt::{Attempt, AttemptFailure};
use crate::parts::default_names::default_names;
use crate::parts::new_password::{NewPassword, NewPasswordFields};
use crate::parts::page::Page;
use crate::session::use_session;
use bridge::wallet::{PhraseDraft, WordAnswer};
use leptos::prelude::*;

/// Lengths offered. Both are far beyond guessing.
const LENGTHS: [u8; 2] = [12, 24];

/// How far somebody has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Step {
    Words,
    Check,
    Password,
}

/// Creating a wallet.
#[component]
pub(super) fn CreateFlow(
    /// Called to leave.
    #[prop(into)]
    on_back: Callback<()>,
) -> impl IntoView {
    let draft = RwSignal::new(None::<PhraseDraft>);
    let answers = StoredValue::new(Vec::<WordAnswer>::new());
    let step = RwSignal::new(Step::Words);
    move || match step.get() {
        Step::Words => {
            view! { <WordsStep draft on_back on_next=move || step.set(Step::Check) /> }.into_any()
        }
        Step::Check => {
            let next = move |given: Vec<WordAnswer>| {
                answers.set_value(given);
                step.set(Step::Password);
            };
            view! { <CheckStep draft on_back=move || step.set(Step::Words) on_next=next /> }
                .into_any()
        }
        Step::Password => {
            view! { <PasswordStep answers on_back=move || step.set(Step::Check) /> }.into_any()
        }
    }
}

/// The words, shown once.
#[component]
fn WordsStep(
    draft: RwSignal<Option<PhraseDraft>>,
    #[prop(into)] on_back: Callback<()>,
    #[prop(into)] on_next: Callback<()>,
) -> impl IntoView {
    let session = use_session();
    let attempt = Attempt::new();
    let make = move |words: u8| {
        attempt.run(async move { session.bridge().draft_phrase(words).await }, move |made| {
            draft.set(Some(made));
        });
    };
    if draft.read_untracked().is_none() {
        make(LENGTHS[0]);
    }
    let length =
        move || draft.read().as_ref().map_or(usize::from(LENGTHS[0]), |draft| draft.words.len());
    view! {
        <Page
            title=t!("Write down your words").to_owned()
            lede=t!("They are your wallet. On paper, in this order, in a place only you know.").to_owned()
        >
            <div class="card form">
                <fieldset class="choices">
                    <legend>{t!("Number of words")}</legend>
                    {LENGTHS
                        .into_iter()
                        .map(|words| {
                            view! {
                                <label class="choice">
                                    <input
                                        type="radio"
                                        name="words"
                                        prop:checked=move || length() == usize::from(words)
                                        on:change=move |_| make(words)
                                        data-testid=format!("words-{words}")
                                    />
                                    {words}
                                </label>
                            }
                        })
                        .collect_view()}
                </fieldset>
                <AttemptFailure attempt on_retry=move || make(LENGTHS[0]) />
                {move || match &*draft.read() {
                    Some(draft) => view! { <WordGrid words=draft.words.clone() /> }.into_any(),
                    None => view! { <Skeleton lines=4 label=t!("Making words…") /> }.into_any(),
                }}
                <Banner
                    tone=Tone::Caution
                    what=t!("Whoever has these words has your coins and models. They are shown this once.").to_owned()
                    next=t!("No photo, no cloud, no message. Nobody who helps you will ever ask for them.").to_owned()
                />
                <div class="buttons buttons-end">
                    <Back on_back />
                    <Button
                        rank=Rank::Primary
                        disabled=Signal::derive(move || draft.read().is_none())
                        on_press=on_next
                        testid="phrase-written"
                    >
                        {t!("I wrote them down")}
                    </Button>
                </div>
            </div>
        </Page>
    }
}

#[component]
fn WordGrid(words: Vec<String>) -> impl IntoView {
    view! {
        <ol class="words" data-testid="phrase">
            {words
                .into_iter()
                .zip(1_usize..)
                .map(|(word, number)| {
                    view! {
                        <li>
                            <span class="words-number">{number}</span>
                            <span class="words-word" data-testid=format!("phrase-word-{number}")>{word}</span>
                        </li>
                    }
                })
                .collect_view()}
        </ol>
    }
}

/// A word that is asked for.
#[derive(Clone, Copy, Debug)]
struct Asked {
    position: u8,
    typed: RwSignal<String>,
    right: Memo<bool>,
}

/// Some of the words, to be typed from the paper.
#[component]
fn CheckStep(
    draft: RwSignal<Option<PhraseDraft>>,
    #[prop(into)] on_back: Callback<()>,
    #[prop(into)] on_next: Callback<(Vec<WordAnswer>,)>,
) -> impl IntoView {
    let tried = RwSignal::new(false);
    let positions = draft
        .with_untracked(|draft| draft.as_ref().map(|draft| draft.ask.clone()).unwrap_or_default());
    let asked: Vec<Asked> = positions
        .into_iter()
        .map(|position| {
            let typed = RwSignal::new(String::new());
            let right = Memo::new(move |_| {
                let draft = draft.read();
                let word = draft.as_ref().and_then(|draft| draft.words.get(usize::from(position)));
                word.is_some_and(|word| typed.read().trim().eq_ignore_ascii_case(word))
            });
            Asked { position, typed, right }
        })
        .collect();
    let fields = asked
        .iter()
        .map(|asked| {
            let (right, number) = (asked.right, u32::from(asked.position) + 1);
            let error = move || {
                (!right.get())
                    .then(|| t!("this is not word {number} on the list you were shown", number))
            };
            view! {
                <Field
                    label=t!("Word {number}", number)
                    value=asked.typed
                    typing=Typing::Code
                    error=Signal::derive(error)
                    tried
                    testid=format!("check-word-{number}")
                />
            }
        })
        .collect_view();
    let check = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        tried.set(true);
        if asked.iter().all(|asked| asked.right.get_untracked()) {
            let answers = asked.iter().map(|asked| WordAnswer {
                position: asked.position,
                word: asked.typed.get_untracked().trim().to_lowercase(),
            });
            on_next.run((answers.collect(),));
        }
    };
    view! {
        <Page title=t!("Check your paper").to_owned() lede=t!("Type the words asked for, from what you wrote.").to_owned()>
            <form class="card form" on:submit=check>
                {fields}
                <div class="buttons buttons-end">
                    <Back on_back />
                    <Button rank=Rank::Primary submit=true testid="check-done">{t!("Check")}</Button>
                </div>
            </form>
        </Page>
    }
}

/// The password, and the making.
#[component]
fn PasswordStep(
    answers: StoredValue<Vec<WordAnswer>>,
    #[prop(into)] on_back: Callback<()>,
) -> impl IntoView {
    let session = use_session();
    let chosen = NewPassword::new();
    let attempt = Attempt::new();
    let create = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        let Some(password) = chosen.take() else { return };
        let answers = answers.get_value();
        let names = default_names();
        attempt.run(
            async move { session.bridge().create_wallet(answers, password, names).await },
            move |status| {
                session.wallet.set(Some(status));
            },
        );
    };
    view! {
        <Page
            title=t!("Choose a password").to_owned()
            lede=t!("It opens the wallet in this browser. It cannot be reset; your words can always restore the wallet.").to_owned()
        >
            <form class="card form" on:submit=create>
                <NewPasswordFields chosen autofocus=true />
                <AttemptFailure attempt />
                <div class="buttons buttons-end">
                    <Back on_back />
                    <Button rank=Rank::Primary submit=true busy=attempt.busy() testid="create-done">{t!("Create the wallet")}</Button>
                </div>
            </form>
        </Page>
    }
}
