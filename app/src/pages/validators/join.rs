//! Becoming a validator, with what the node's own tool wrote.

use super::acts::Acting;
use crate::components::button::{Button, Rank};
use crate::components::card::Card;
use crate::components::disclosure::Disclosure;
use crate::components::file_drop::FileDrop;
use crate::components::key_value::{KeyValue, KeyValueList};
use crate::files::read_small_text;
use crate::languages::{t, told};
use crate::parts::address::AddressDigits;
use bridge::validators::ValidatorAct;
use leptos::prelude::*;
use leptos::task::spawn_local;
use wasm_core::validator_info::ValidatorInfo;
use web_sys::File;

/// More than any file of the tool; bytes.
const LARGEST_INFO: u32 = 64 << 10;

/// A `validator.info` that was chosen.
#[derive(Clone, Copy)]
pub(super) struct Info {
    name: RwSignal<Option<String>>,
    text: RwSignal<String>,
    unreadable: RwSignal<Option<String>>,
}

impl Info {
    /// None was chosen.
    pub(super) fn new() -> Self {
        Self {
            name: RwSignal::default(),
            text: RwSignal::default(),
            unreadable: RwSignal::default(),
        }
    }

    /// As before one was chosen.
    pub(super) fn forget(self) {
        self.name.set(None);
        self.text.set(String::new());
        self.unreadable.set(None);
    }

    fn take(self, file: File) {
        spawn_local(async move {
            let read = read_small_text(&file, LARGEST_INFO).await;
            // The page may be gone by then.
            let _ = self.unreadable.try_set(read.as_ref().err().map(ToString::to_string));
            let _ = self.name.try_set(Some(file.name()));
            let _ = self.text.try_set(read.unwrap_or_default());
        });
    }

    /// What it says, or why it says nothing; nothing before one was chosen. Tracked.
    pub(super) fn read(self) -> Option<Result<ValidatorInfo, String>> {
        self.name.read().as_ref()?;
        if let Some(why) = self.unreadable.get() {
            return Some(Err(why));
        }
        Some(ValidatorInfo::parse(&self.text.read()).map_err(|error| error.to_string()))
    }
}

/// A place for the file.
#[component]
pub(super) fn InfoDrop(info: Info) -> impl IntoView {
    let problem = move || info.read().and_then(Result::err).map(|why| told(&why));
    view! {
        <FileDrop
            label=Signal::derive(move || info.name.get().unwrap_or_else(|| t!("Choose the validator.info").to_owned()))
            hint=t!("The node's own tool writes it. It holds no secret.").to_owned()
            wrong=Signal::derive(move || problem().is_some())
            small=true
            on_file=move |file| info.take(file)
            testid="validator-info"
        />
        <p class="field-error" aria-live="polite" data-testid="validator-info-error">{problem}</p>
    }
}

/// Becoming a validator.
#[component]
pub(super) fn JoinCard(acting: Acting) -> impl IntoView {
    let info = Info::new();
    let join = move || {
        if let Some(Ok(_)) = info.read() {
            acting.prepare(ValidatorAct::Join { info: info.text.get_untracked() });
        }
    };
    let unready = Signal::derive(move || !matches!(info.read(), Some(Ok(_))) || !acting.possible());
    view! {
        <Card>
            <Disclosure summary=t!("Become a validator") testid="join">
                <div class="form">
                    <p class="card-lede">
                        {t!("Run a node, let its tool write a validator.info for the account in use, and choose that file here. A new validator joins with an epoch, once at least 0.12 % of all stake is with it: stake with it after this.")}
                    </p>
                    <InfoDrop info />
                    {move || {
                        info.read()
                            .and_then(Result::ok)
                            .map(|info| {
                                view! {
                                    <KeyValueList testid="join-info">
                                        <KeyValue label=t!("Account")><AddressDigits address=info.account_address /></KeyValue>
                                        <KeyValue label=t!("Address for transactions")>{info.network_address.to_string()}</KeyValue>
                                        <KeyValue label=t!("Address for consensus")>{info.primary_address.to_string()}</KeyValue>
                                    </KeyValueList>
                                }
                            })
                    }}
                    <div class="buttons">
                        <Button rank=Rank::Primary busy=acting.busy() disabled=unready on_press=join testid="join-review">{t!("Review")}</Button>
                    </div>
                </div>
            </Disclosure>
        </Card>
    }
}
