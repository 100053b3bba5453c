//! The model vault: every commit whose key this wallet holds. Secrets only after the password.

use super::super::live::Live;
use crate::components::banner::{Banner, Tone};
use crate::components::button::{Button, Rank};
use crate::components::card::Card;
use crate::components::copy::CopyButton;
use crate::components::disclosure::Disclosure;
use crate::components::empty::Empty;
use crate::components::icon::Icon;
use crate::components::key_value::{KeyValue, KeyValueList};
use crate::components::password::{PasswordField, wipe, wipe_when_left};
use crate::languages::{t, t_n};
use crate::parts::answer::use_told;
use crate::parts::attempt::{Attempt, AttemptFailure};
use crate::parts::places::PlaceLink;
use crate::say;
use crate::session::use_session;
use crate::time::day_and_time;
use bridge::explore::Place;
use bridge::models::{CommitSecrets, VaultEntry};
use bridge::publish::JobId;
use bridge::wallet::Password;
use leptos::prelude::*;
use leptos_router::components::A;

/// All commits.
#[component]
pub(super) fn VaultCard() -> impl IntoView {
    let told = use_told(|bridge| async move { bridge.model_vault().await });
    view! {
        <Card title=t!("Model vault") testid="model-vault">
            <p class="card-lede">
                {t!("Key and embedding of every commit, sealed with the wallet. Recovery words do not bring them back; the backup \
                of a commit, or of the whole wallet, does.")}
            </p>
            <Live told lines=3 let:entries><Entries entries /></Live>
        </Card>
    }
}

#[component]
fn Entries(entries: Memo<Vec<VaultEntry>>) -> impl IntoView {
    move || {
        let entries = entries.get();
        if entries.is_empty() {
            return view! { <Empty icon=Icon::Key title=t!("The vault is empty") hint=t!("A key is put here before the first byte of your weights is encrypted.") /> }
                .into_any();
        }
        view! {
            <ul class="vault">
                {entries.into_iter().map(|entry| view! { <Entry entry /> }).collect_view()}
            </ul>
        }
        .into_any()
    }
}

#[component]
fn Entry(entry: VaultEntry) -> impl IntoView {
    let session = use_session();
    let epoch = Memo::new(move |_| session.facts().map(|facts| facts.epoch));
    let due = entry.committed_in.map(|epoch| epoch.saturating_add(1));
    let deadline = move || match (due, epoch.get()) {
        (None, _) => t!("Not committed yet").to_owned(),
        (Some(due), Some(now)) if now < due => {
            t!("Reveal in epoch {epoch}, and only then", epoch = say::count(due))
        }
        (Some(due), Some(now)) if now == due => {
            t!("Reveal now: only epoch {epoch} counts", epoch = say::count(due))
        }
        (Some(due), Some(_)) => {
            t!("The epoch of its reveal, {epoch}, is over", epoch = say::count(due))
        }
        (Some(due), None) => t!("Epoch {epoch}", epoch = say::count(due)),
    };
    let unsaved = entry.backed_up == Some(false);
    let job = entry.job.clone();
    let (name, page) = (job.0.clone(), format!("/models/publish/{}", job.0));
    let label = entry.label.clone();
    view! {
        <li class="vault-entry" data-testid="vault-entry" data-job=name>
            <p class="vault-name"><A href=page>{label}</A></p>
            <KeyValueList>
                {entry.model.map(|id| view! { <KeyValue label=t!("Model")><PlaceLink place=Place::Model(id) /></KeyValue> })}
                <KeyValue label=t!("Reveal") testid="vault-deadline">{deadline}</KeyValue>
                <KeyValue label=t!("Encrypted file")>
                    {match entry.sealed {
                        None => t!("Not sealed yet").into_any(),
                        Some((checksum, size)) => view! {
                            <span class="cell-lines">
                                <span class="digest"><code>{checksum.to_string()}</code><CopyButton text=checksum.to_string() what=t!("checksum") /></span>
                                <span class="cell-more">{t_n!(size, "{n} byte", "{n} bytes")}</span>
                            </span>
                        }
                        .into_any(),
                    }}
                </KeyValue>
                <KeyValue label=t!("Embedding")>{entry.embedding.map_or_else(|| t!("None yet").to_owned(), |count| t_n!(count, "{n} number", "{n} numbers"))}</KeyValue>
                <KeyValue label=t!("Key made")>{day_and_time(entry.created_ms)}</KeyValue>
            </KeyValueList>
            {unsaved.then(|| view! {
                <Banner tone=Tone::Caution what=t!("This key was never saved in a backup.").to_owned() next=t!("Save it on the publication's page.").to_owned() testid="vault-unsaved" />
            })}
            <Disclosure summary=t!("Key and embedding") testid="vault-secrets"><Secrets job /></Disclosure>
        </li>
    }
}

/// Asks for the password, then shows the secrets until they are hidden or the page is left.
#[component]
fn Secrets(job: JobId) -> impl IntoView {
    let session = use_session();
    let attempt = Attempt::new();
    let password = RwSignal::new(String::new());
    let shown = RwSignal::new(None::<CommitSecrets>);
    wipe_when_left(password);
    // Dropping them wipes them.
    on_cleanup(move || {
        let _gone = shown.try_set(None);
    });
    let show = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        let (job, given) = (job.clone(), Password(password.get_untracked()));
        attempt.run(
            async move { session.bridge().commit_secrets(job, given).await },
            move |secrets| {
                wipe(password);
                shown.set(Some(secrets));
            },
        );
    };
    let show = StoredValue::new(show);
    move || {
        match shown.get() {
        None => view! {
            <form class="form" on:submit=move |event| show.with_value(|show| show(event))>
                <PasswordField label=t!("Password of this wallet").to_owned() value=password testid="vault-password" />
                <AttemptFailure attempt />
                <div class="buttons">
                    <Button icon=Icon::Eye submit=true busy=attempt.busy() testid="vault-show">{t!("Show them")}</Button>
                </div>
            </form>
        }
        .into_any(),
        Some(secrets) => {
            let key = secrets.key.clone();
            let numbers = secrets.embedding.iter().map(f32::to_string).collect::<Vec<_>>().join(", ");
            view! {
                <Banner
                    tone=Tone::Caution
                    what=t!("Whoever has the key can open the weights before you reveal it.").to_owned()
                    testid="vault-caution"
                />
                <KeyValueList>
                    <KeyValue label=t!("Key") testid="vault-key"><span class="digest"><code>{key.clone()}</code><CopyButton text=key what=t!("key") /></span></KeyValue>
                    <KeyValue label=t!("Embedding") testid="vault-embedding"><p class="score-numbers">{numbers}</p></KeyValue>
                </KeyValueList>
                <div class="buttons">
                    <Button rank=Rank::Secondary icon=Icon::EyeOff on_press=move || shown.set(None) testid="vault-hide">{t!("Hide them")}</Button>
                </div>
            }
            .into_any()
        }
    }
    }
}
