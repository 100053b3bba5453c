//! Going on here with a publication whose secrets are in a backup file.

use crate::components::button::{Button, Rank};
use crate::components::card::Card;
use crate::components::disclosure::Disclosure;
use crate::components::field::{Field, Typing};
use crate::components::file_drop::FileDrop;
use crate::components::password::{PasswordField, wipe};
use crate::files::read_small_text;
use crate::jobs::use_jobs;
use crate::languages::{t, told};
use crate::parts::attempt::{Attempt, AttemptFailure};
use crate::session::use_session;
use bridge::publish::PublishView;
use bridge::wallet::Password;
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_router::hooks::use_navigate;
use wasm_core::address::ModelId;
use web_sys::File;

/// More than any backup of a publication; bytes.
const LARGEST_BACKUP: u32 = 16 << 20;

/// What is being given.
#[derive(Clone, Copy, Debug)]
struct Given {
    name: RwSignal<Option<String>>,
    contents: RwSignal<String>,
    problem: RwSignal<Option<String>>,
    password: RwSignal<String>,
    model: RwSignal<String>,
    tried: RwSignal<bool>,
}

impl Given {
    fn new() -> Self {
        Self {
            name: RwSignal::default(),
            contents: RwSignal::default(),
            problem: RwSignal::default(),
            password: RwSignal::default(),
            model: RwSignal::default(),
            tried: RwSignal::default(),
        }
    }

    fn take_file(self, file: File) {
        spawn_local(async move {
            let read = read_small_text(&file, LARGEST_BACKUP).await;
            self.problem.set(read.as_ref().err().map(|error| told(&error.to_string())));
            self.name.set(read.is_ok().then(|| file.name()));
            self.contents.set(read.unwrap_or_default());
        });
    }

    /// The model's id, where one was given. Tracked.
    fn model(self) -> Result<Option<ModelId>, String> {
        match self.model.read().trim() {
            "" => Ok(None),
            id => id.parse().map(Some).map_err(|_| {
                t!("a model's id has 64 digits, 0-9 and a-f, after its 0x").to_owned()
            }),
        }
    }
}

/// The form, folded until it is wanted.
#[component]
pub(super) fn RestoreCard() -> impl IntoView {
    view! {
        <Card title=t!("Restore a publication")>
            <p class="card-lede">
                {t!("A backup file holds the key and the embedding of one publication: with it you can reveal from this wallet.")}
            </p>
            <Disclosure summary=t!("Restore from a backup file") testid="restore-publish">
                <RestoreForm />
            </Disclosure>
        </Card>
    }
}

#[component]
fn RestoreForm() -> impl IntoView {
    let (session, jobs, navigate) = (use_session(), use_jobs(), use_navigate());
    let attempt = Attempt::new();
    let given = Given::new();
    let restore = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        given.tried.set(true);
        let Ok(model) = untrack(|| given.model()) else { return };
        let contents = given.contents.get_untracked();
        if contents.is_empty() {
            given.problem.set(Some(t!("choose the backup file first").to_owned()));
            return;
        }
        let (password, navigate) = (Password(given.password.get_untracked()), navigate.clone());
        attempt.run(
            async move { session.bridge().restore_publish(contents, password, model).await },
            move |view: PublishView| {
                wipe(given.password);
                let page = format!("/models/publish/{}", view.id.0);
                jobs.put(view);
                navigate(&page, leptos_router::NavigateOptions::default());
            },
        );
    };
    let chosen =
        move || given.name.get().unwrap_or_else(|| t!("Choose the backup file").to_owned());
    view! {
        <form class="form" on:submit=restore novalidate>
            <div class="field">
                <FileDrop
                    label=Signal::derive(chosen)
                    hint="…soma-model-backup".to_owned()
                    small=true
                    on_file=move |file| given.take_file(file)
                    testid="restore-file"
                />
                <p class="field-error" role="alert">{move || given.problem.get()}</p>
            </div>
            <PasswordField label=t!("Password of the file").to_owned() value=given.password testid="restore-password" />
            <Field
                label=t!("Model id").to_owned()
                value=given.model
                typing=Typing::Code
                hint=t!("Only needed where the backup was saved before the model was created.").to_owned()
                error=Signal::derive(move || given.model().err())
                tried=given.tried
                testid="restore-model"
            />
            <AttemptFailure attempt />
            <div class="buttons">
                <Button rank=Rank::Primary submit=true busy=attempt.busy() testid="restore-start">{t!("Restore")}</Button>
            </div>
        </form>
    }
}
