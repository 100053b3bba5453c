//! Making an account of several keys: who is in it, what each key weighs, and how much must sign.

use crate::components::banner::{Banner, Tone};
use crate::components::button::{Button, IconButton, Rank};
use crate::components::copy::CopyButton;
use crate::components::field::{Field, Typing};
use crate::components::first_wrong::focus_first_wrong;
use crate::components::icon::Icon;
use crate::languages::t;
use crate::parts::address::AddressDigits;
use crate::parts::answer::{Answer, use_told};
use crate::parts::attempt::{Attempt, AttemptFailure};
use crate::parts::failure::sentence;
use crate::parts::page::Page;
use crate::session::use_session;
use bridge::multisig::OwnKey;
use leptos::prelude::*;
use leptos_router::hooks::use_navigate;
use wasm_core::address::Address;
use wasm_core::keys::PublicKey;
use wasm_core::multisig::{check_new, parse_member_key, parse_threshold, parse_weight};
use wasm_core::tx::multisig::{MAX_MEMBERS, MultiSigPublicKey};

/// A member being typed.
#[derive(Clone, Copy, Debug)]
struct Row {
    id: usize,
    key: RwSignal<String>,
    weight: RwSignal<String>,
}

/// An account being typed.
#[derive(Clone, Copy, Debug)]
struct Draft {
    rows: RwSignal<Vec<Row>>,
    last: StoredValue<usize>,
    threshold: RwSignal<String>,
    label: RwSignal<String>,
    tried: RwSignal<bool>,
}

impl Draft {
    fn new() -> Self {
        let draft = Self {
            rows: RwSignal::new(Vec::new()),
            last: StoredValue::new(0),
            threshold: RwSignal::new("2".to_owned()),
            label: RwSignal::new(String::new()),
            tried: RwSignal::new(false),
        };
        draft.add(String::new());
        draft.add(String::new());
        draft
    }

    /// Adds a member; an empty line is filled first.
    fn add(self, key: String) {
        let rows = self.rows.get_untracked();
        let empty = rows.iter().find(|row| row.key.read_untracked().trim().is_empty());
        if let (false, Some(row)) = (key.is_empty(), empty) {
            row.key.set(key);
            return;
        }
        self.last.update_value(|last| *last += 1);
        let row = Row {
            id: self.last.get_value(),
            key: RwSignal::new(key),
            weight: RwSignal::new("1".to_owned()),
        };
        self.rows.update(|rows| rows.push(row));
    }

    fn remove(self, id: usize) {
        self.rows.update(|rows| rows.retain(|row| row.id != id));
    }

    /// Keys and weights, where all can be read. Tracked.
    fn members(self) -> Option<Vec<(PublicKey, u8)>> {
        self.rows
            .read()
            .iter()
            .map(|row| {
                let key = parse_member_key(&row.key.read()).ok()?;
                Some((key, parse_weight(&row.weight.read()).ok()?))
            })
            .collect()
    }

    /// All weights that can be read, together. Tracked.
    fn total(self) -> u16 {
        let rows = self.rows.read();
        let weights = rows.iter().filter_map(|row| parse_weight(&row.weight.read()).ok());
        weights.fold(0, |sum, weight| sum.saturating_add(u16::from(weight)))
    }

    /// The account, or the rule that is broken; nothing while a field cannot be read. Tracked.
    fn account(self) -> Option<Result<MultiSigPublicKey, String>> {
        let members = self.members()?;
        let threshold = parse_threshold(&self.threshold.read(), self.total()).ok()?;
        Some(check_new(members, threshold).map_err(|error| error.to_string()))
    }
}

/// The form.
#[component]
pub(crate) fn NewMultisigPage() -> impl IntoView {
    let session = use_session();
    let navigate = StoredValue::new_local(use_navigate());
    let draft = Draft::new();
    let attempt = Attempt::new();
    let account = Memo::new(move |_| draft.account());
    let address = Memo::new(move |_| {
        account.read().as_ref().and_then(|it| it.as_ref().ok().map(MultiSigPublicKey::address))
    });
    let submit = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        draft.tried.set(true);
        let label = draft.label.get_untracked();
        let members = untrack(|| draft.members());
        let (Some(Ok(account)), Some(members)) = (account.get_untracked(), members) else {
            focus_first_wrong();
            return;
        };
        if label.trim().is_empty() {
            focus_first_wrong();
            return;
        }
        let threshold = account.threshold;
        attempt.run(
            async move { session.bridge().create_multisig(members, threshold, label).await },
            move |_| {
                navigate.with_value(|navigate| {
                    navigate("/", leptos_router::NavigateOptions::default());
                });
            },
        );
    };
    let no_label = Signal::derive(move || {
        draft
            .label
            .read()
            .trim()
            .is_empty()
            .then(|| t!("enter a name by which you know it").to_owned())
    });
    view! {
        <Page
            title=t!("New multisig account").to_owned()
            lede=t!("All members must make it of the same keys, weights and threshold, in the same order: then it has the same address everywhere.")
                .to_owned()
            narrow=true
        >
            <form class="card form" on:submit=submit novalidate>
                <Field label=t!("Name").to_owned() value=draft.label error=no_label tried=draft.tried testid="multisig-label" />
                <OwnKeys draft />
                <MemberFields draft />
                <ThresholdField draft />
                {move || {
                    account
                        .get()
                        .and_then(Result::err)
                        .map(|broken| {
                            view! { <Banner tone=Tone::Danger what=sentence(&broken) testid="multisig-broken" /> }
                        })
                }}
                {move || address.get().map(|address| view! { <Shown address /> })}
                <AttemptFailure attempt />
                <div class="buttons buttons-end">
                    <Button rank=Rank::Primary submit=true busy=attempt.busy() testid="multisig-create">{t!("Keep this account")}</Button>
                </div>
            </form>
        </Page>
    }
}

/// The address that these members have.
#[component]
fn Shown(address: Address) -> impl IntoView {
    view! {
        <div class="receiver">
            <p class="field-hint">{t!("Its address. Compare it with what the other members see:")}</p>
            <AddressDigits address testid="multisig-address" />
        </div>
    }
}

/// One's own accounts, to be put in with a press, and their keys for the other members.
#[component]
fn OwnKeys(draft: Draft) -> impl IntoView {
    let told = use_told(|bridge| async move { bridge.own_keys().await });
    view! {
        <Answer told lines=1 let:keys>
            <OwnKeyButtons keys draft />
        </Answer>
    }
}

#[component]
fn OwnKeyButtons(keys: Vec<OwnKey>, draft: Draft) -> impl IntoView {
    let is_in = move |key: &str| draft.rows.read().iter().any(|row| row.key.read().trim() == key);
    let full = move || draft.rows.read().len() >= MAX_MEMBERS;
    let button = move |OwnKey { label, key, .. }: OwnKey| {
        let key = key.to_base64();
        let (known, added, copied) = (key.clone(), key.clone(), key.clone());
        let there = Signal::derive(move || is_in(&known) || full());
        let (add, what) = (t!("Add {label}", label), t!("public key of {label}", label));
        view! {
            <span class="copy-line" data-testid="own-key" data-key=key>
                <Button icon=Icon::Plus disabled=there on_press=move || draft.add(added.clone()) testid="own-key-add">
                    {add}
                </Button>
                <CopyButton text=copied what testid="own-key-copy" />
            </span>
        }
    };
    view! {
        <div class="field">
            <p class="field-label">{t!("Your own accounts")}</p>
            <div class="own-keys">{keys.into_iter().map(button).collect_view()}</div>
            <p class="field-hint">{t!("The others need your public key. It is no secret.")}</p>
        </div>
    }
}

/// A line for each member.
#[component]
fn MemberFields(draft: Draft) -> impl IntoView {
    let full = Signal::derive(move || draft.rows.read().len() >= MAX_MEMBERS);
    let place = move |id: usize| {
        draft.rows.read().iter().position(|row| row.id == id).map_or(0, |at| at + 1)
    };
    view! {
        <For each=move || draft.rows.get() key=|row| row.id let:row>
            <div class="member-fields" data-testid="member-fields">
                <Field
                    label=Signal::derive(move || t!("Public key of member {id}", id = place(row.id)))
                    value=row.key
                    typing=Typing::Code
                    hint=t!("44 characters of Base64, as the command-line wallet prints it.").to_owned()
                    error=Signal::derive(move || parse_member_key(&row.key.read()).err().map(|error| error.to_string()))
                    tried=draft.tried
                    testid="member-key"
                />
                <Field
                    label=Signal::derive(move || t!("Weight of member {id}", id = place(row.id)))
                    value=row.weight
                    typing=Typing::Decimal
                    error=Signal::derive(move || parse_weight(&row.weight.read()).err().map(|error| error.to_string()))
                    tried=draft.tried
                    testid="member-weight"
                >
                    <IconButton
                        label=Signal::derive(move || t!("Take member {id} out", id = place(row.id)))
                        icon=Icon::Trash
                        on_press=move || draft.remove(row.id)
                        testid="member-remove"
                    />
                </Field>
            </div>
        </For>
        <div class="buttons">
            <Button icon=Icon::Plus disabled=full on_press=move || draft.add(String::new()) testid="member-add">{t!("Another member")}</Button>
        </div>
    }
}

#[component]
fn ThresholdField(draft: Draft) -> impl IntoView {
    let wrong = Signal::derive(move || {
        parse_threshold(&draft.threshold.read(), draft.total()).err().map(|error| error.to_string())
    });
    let hint = Signal::derive(move || {
        Some(t!(
            "All weights together are {total}. What signs must reach the threshold.",
            total = draft.total()
        ))
    });
    view! {
        <Field
            label=t!("Threshold").to_owned()
            value=draft.threshold
            typing=Typing::Decimal
            hint=hint
            error=wrong
            tried=draft.tried
            testid="multisig-threshold"
        />
    }
}
