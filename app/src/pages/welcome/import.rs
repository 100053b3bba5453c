//! Bringing a wallet along: the secret, a look at whose it is, the password.

use super::Back;
use crate::components::banner::{Banner, Tone};
use crate::components::button::{Button, Rank};
use crate::components::field::{Field, Typing};
use crate::components::file_drop::FileDrop;
use crate::components::password::{PasswordField, wipe};
use crate::components::tabs::Tabs;
use crate::components::textarea::Textarea;
use crate::files::read_small_text;
use crate::languages::{t, t_n, told};
use crate::parts::address::AddressDigits;
use crate::parts::attempt::{Attempt, AttemptFailure};
use crate::parts::default_names::default_names;
use crate::parts::new_password::{NewPassword, NewPasswordFields};
use crate::parts::page::Page;
use crate::session::use_session;
use bridge::wallet::{ImportPreview, ImportSecret, Password};
use leptos::prelude::*;
use leptos::task::spawn_local;
use web_sys::File;

/// More than any keystore or backup of a wallet; bytes.
const LARGEST_FILE: u32 = 16 << 20;

/// What is being typed or chosen.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Secret {
    kind: RwSignal<&'static str>,
    phrase: RwSignal<String>,
    key: RwSignal<String>,
    keystore: RwSignal<String>,
    backup: RwSignal<String>,
    backup_password: RwSignal<String>,
}

impl Secret {
    /// Nothing typed yet.
    pub(crate) fn new() -> Self {
        Self {
            kind: RwSignal::new("phrase"),
            phrase: RwSignal::default(),
            key: RwSignal::default(),
            keystore: RwSignal::default(),
            backup: RwSignal::default(),
            backup_password: RwSignal::default(),
        }
    }

    fn text(self) -> RwSignal<String> {
        match self.kind.get() {
            "key" => self.key,
            "keystore" => self.keystore,
            "backup" => self.backup,
            _ => self.phrase,
        }
    }

    fn is_empty(self) -> bool {
        self.text().read().trim().is_empty()
    }

    /// What was typed or chosen.
    pub(crate) fn get(self) -> ImportSecret {
        let text = untrack(|| self.text().get());
        match self.kind.get_untracked() {
            "key" => ImportSecret::PrivateKey(text),
            "keystore" => ImportSecret::Keystore(text),
            "backup" => ImportSecret::Backup {
                contents: text,
                password: Password(self.backup_password.get_untracked()),
            },
            _ => ImportSecret::Phrase(text),
        }
    }

    /// Overwrites it.
    pub(crate) fn wipe(self) {
        for text in [self.phrase, self.key, self.keystore, self.backup, self.backup_password] {
            wipe(text);
        }
    }
}

/// Bringing a wallet along.
#[component]
pub(super) fn ImportFlow(
    /// Called to leave.
    #[prop(into)]
    on_back: Callback<()>,
) -> impl IntoView {
    let secret = Secret::new();
    on_cleanup(move || secret.wipe());
    let found = RwSignal::new(None::<ImportPreview>);
    move || match found.get() {
        None => {
            view! { <SecretStep secret on_back on_found=move |preview| found.set(Some(preview)) /> }
                .into_any()
        }
        Some(preview) => {
            view! { <FoundStep secret preview on_back=move || found.set(None) /> }.into_any()
        }
    }
}

/// What is asked for, by the kind of secret.
fn fields_of(secret: Secret) -> AnyView {
    match secret.kind.get() {
        "key" => view! {
            <Field
                label=t!("Private key").to_owned()
                value=secret.key
                typing=Typing::Code
                hint=t!("somaprivkey…, Base64 or hex. Spaces around it do not matter.").to_owned()
                testid="import-key"
            />
        }
        .into_any(),
        "keystore" => view! {
            <TextFile
                label=t!("Choose the keystore file")
                hint=t!("soma.keystore, in the folder .soma/soma_config of your home.")
                text=secret.keystore
                testid="import-file"
            />
        }
        .into_any(),
        "backup" => view! {
            <div class="form">
                <TextFile
                    label=t!("Choose the backup file")
                    hint=t!("A file that this wallet saved, with the keys of publications in it.")
                    text=secret.backup
                    testid="import-backup"
                />
                <PasswordField
                    label=t!("Password of the file").to_owned()
                    value=secret.backup_password
                    testid="import-backup-password"
                />
            </div>
        }
        .into_any(),
        _ => view! {
            <Textarea
                label=t!("Recovery words").to_owned()
                value=secret.phrase
                hint=t!("12 to 24 English words, with spaces between them.").to_owned()
                testid="import-phrase"
            />
        }
        .into_any(),
    }
}

/// The secret.
#[component]
pub(crate) fn SecretStep(
    /// What is being typed or chosen.
    secret: Secret,
    /// The title of the page.
    #[prop(default = t!("Bring a wallet along"))]
    title: &'static str,
    /// Called to leave.
    #[prop(into)]
    on_back: Callback<()>,
    #[prop(into)] on_found: Callback<(ImportPreview,)>,
) -> impl IntoView {
    let session = use_session();
    let attempt = Attempt::new();
    let look = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        if !untrack(|| secret.is_empty()) {
            let inspected = secret.get();
            attempt.run(
                async move { session.bridge().inspect_import(inspected, default_names()).await },
                move |preview| on_found.run((preview,)),
            );
        }
    };
    Effect::new(move |_| {
        secret.text().track();
        secret.backup_password.track();
        attempt.forgive();
    });
    view! {
        <Page title=title.to_owned() lede=t!("It is read on this device only.").to_owned()>
            <form class="card form" on:submit=look>
                <Tabs
                    label=t!("Kind of secret")
                    tabs=vec![("phrase", t!("Words")), ("key", t!("Private key")), ("keystore", t!("Keystore file")), ("backup", t!("Backup file"))]
                    chosen=secret.kind
                >
                    {move || fields_of(secret)}
                </Tabs>
                <AttemptFailure attempt />
                <div class="buttons buttons-end">
                    <Back on_back />
                    <Button
                        rank=Rank::Primary
                        submit=true
                        busy=attempt.busy()
                        disabled=Signal::derive(move || secret.is_empty())
                        testid="import-inspect"
                    >
                        {t!("Show its accounts")}
                    </Button>
                </div>
            </form>
        </Page>
    }
}

/// A small text file to be chosen.
#[component]
fn TextFile(
    /// What is asked for.
    label: &'static str,
    /// Where it is found.
    hint: &'static str,
    /// Its contents, once read.
    text: RwSignal<String>,
    /// For tests.
    testid: &'static str,
) -> impl IntoView {
    let (name, problem) = (RwSignal::new(None::<String>), RwSignal::new(None::<String>));
    let read = move |file: File| {
        // Nothing is done with an earlier file while this one is being read.
        wipe(text);
        name.set(Some(file.name()));
        problem.set(None);
        spawn_local(async move {
            match read_small_text(&file, LARGEST_FILE).await {
                Ok(contents) => text.set(contents),
                Err(reason) => problem.set(Some(told(&reason.to_string()))),
            }
        });
    };
    view! {
        <div class="field">
            <FileDrop
                label=Signal::derive(move || name.get().unwrap_or_else(|| label.to_owned()))
                hint=hint.to_owned()
                wrong=Signal::derive(move || problem.read().is_some())
                small=true
                on_file=read
                testid
            />
            <p class="field-error" role="alert">{move || problem.get()}</p>
        </div>
    }
}

/// Whose secret it is, and the password.
#[component]
fn FoundStep(
    secret: Secret,
    preview: ImportPreview,
    #[prop(into)] on_back: Callback<()>,
) -> impl IntoView {
    let session = use_session();
    let chosen = NewPassword::new();
    let attempt = Attempt::new();
    let import = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        let Some(password) = chosen.take() else { return };
        let imported = secret.get();
        attempt.run(
            async move { session.bridge().import_wallet(imported, password, default_names()).await },
            move |status| {
                session.wallet.set(Some(status));
            },
        );
    };
    let lede = t_n!(
        preview.accounts.len() as u64,
        "This is the account it opens.",
        "These are the {n} accounts it opens."
    );
    view! {
        <Page title=t!("Is this yours?").to_owned() lede>
            <form class="card form" on:submit=import>
                <ul class="lines" data-testid="import-accounts">
                    {preview
                        .accounts
                        .into_iter()
                        .map(|account| {
                            view! {
                                <li class="account">
                                    <span class="account-name">{account.label}</span>
                                    <AddressDigits address=account.address testid="import-address" />
                                </li>
                            }
                        })
                        .collect_view()}
                </ul>
                {preview
                    .also_on_sui
                    .then(|| {
                        view! {
                            <Banner
                                tone=Tone::Caution
                                what=t!("The same secret opens the same address on Sui.").to_owned()
                                next=t!("What you do here links both, and whoever gets it gets both. For a wallet apart, create \
                                    a new one.")
                                    .to_owned()
                                testid="also-on-sui"
                            />
                        }
                    })}
                <NewPasswordFields
                    chosen
                    label=t!("New password")
                    hint=t!("It opens the wallet in this browser.").to_owned()
                />
                <AttemptFailure attempt />
                <div class="buttons buttons-end">
                    <Back on_back />
                    <Button rank=Rank::Primary submit=true busy=attempt.busy() testid="import-done">{t!("Keep it in this browser")}</Button>
                </div>
            </form>
        </Page>
    }
}
