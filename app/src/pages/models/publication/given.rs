//! What only the owner can give: the file, a link to upload to, the address where it lies.

use crate::components::button::{Button, Rank};
use crate::components::field::{Field, Typing};
use crate::components::file_drop::FileDrop;
use crate::components::icon::Icon;
use crate::components::toast::use_notices;
use crate::files::save_blob;
use crate::jobs::use_jobs;
use crate::languages::t;
use crate::pages::models::publish::web_address;
use crate::parts::attempt::{Attempt, AttemptFailure};
use crate::session::use_session;
use bridge::publish::PublishView;
use leptos::prelude::*;
use web_sys::File;

/// The weights file, again.
#[component]
pub(super) fn AskFile(job: Memo<PublishView>) -> impl IntoView {
    let (session, jobs) = (use_session(), use_jobs());
    let attempt = Attempt::new();
    let take = move |file: File| {
        let id = job.read_untracked().id.clone();
        attempt.run(
            async move { session.bridge().continue_publish(id, Some(&file), None, None).await },
            move |view| jobs.put(view),
        );
    };
    let label = move || t!("Choose {file_name}", file_name = job.read().file_name);
    view! {
        <p>
            {t!("The encryption did not come to its end. Choose the weights file again: it begins anew under a new key, for \
            a key must never encrypt two files. Nothing was published.")}
        </p>
        <FileDrop label=Signal::derive(label) accept=".safetensors" on_file=take testid="job-file" />
        <AttemptFailure attempt />
    }
}

/// A link that takes the file.
#[component]
pub(super) fn AskUploadLink(job: Memo<PublishView>) -> impl IntoView {
    let (session, jobs) = (use_session(), use_jobs());
    let attempt = Attempt::new();
    let (link, tried) = (RwSignal::new(String::new()), RwSignal::new(false));
    let give = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        tried.set(true);
        let Ok(link) = web_address(&link.read_untracked()) else { return };
        let id = job.read_untracked().id.clone();
        attempt.run(
            async move { session.bridge().continue_publish(id, None, Some(link), None).await },
            move |view| jobs.put(view),
        );
    };
    view! {
        <p>{t!("The file is encrypted and kept in this browser. Your storage's link for the upload is needed now; links are not stored, and they expire.")}</p>
        <form class="form" on:submit=give novalidate>
            <Field
                label=t!("Upload link").to_owned()
                value=link
                typing=Typing::Url
                error=Signal::derive(move || web_address(&link.read()).err())
                tried
                testid="job-upload-link"
            />
            <AttemptFailure attempt />
            <div class="buttons">
                <Button rank=Rank::Primary icon=Icon::Upload submit=true busy=attempt.busy() testid="job-continue">{t!("Upload")}</Button>
            </div>
        </form>
    }
}

/// The address where the owner hosts the file.
#[component]
pub(super) fn AskUrl(
    job: Memo<PublishView>,
    /// Whether the encrypted file is offered here, too.
    saves: bool,
) -> impl IntoView {
    let (session, jobs) = (use_session(), use_jobs());
    let attempt = Attempt::new();
    let (url, tried) = (RwSignal::new(String::new()), RwSignal::new(false));
    let give = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        tried.set(true);
        let Ok(url) = web_address(&url.read_untracked()) else { return };
        let id = job.read_untracked().id.clone();
        attempt.run(
            async move { session.bridge().continue_publish(id, None, None, Some(url)).await },
            move |view| jobs.put(view),
        );
    };
    view! {
        {saves
            .then(|| {
                view! {
                    <p>{t!("Save the encrypted file, put it on a server of yours, then name its address. Only these exact bytes count.")}</p>
                    <SaveSealed job />
                }
            })}
        <form class="form" on:submit=give novalidate>
            <Field
                label=t!("Address of the file").to_owned()
                value=url
                typing=Typing::Url
                hint=t!("Public, without a login, and readable from web pages (Access-Control-Allow-Origin: *).").to_owned()
                error=Signal::derive(move || web_address(&url.read()).err())
                tried
                testid="job-url"
            />
            <AttemptFailure attempt />
            <div class="buttons">
                <Button rank=Rank::Primary icon=Icon::Check submit=true busy=attempt.busy() testid="job-url-check">{t!("Compare the file there")}</Button>
            </div>
        </form>
    }
}

/// Hands the encrypted file to the browser's downloads.
#[component]
fn SaveSealed(job: Memo<PublishView>) -> impl IntoView {
    let (session, notices) = (use_session(), use_notices());
    let attempt = Attempt::new();
    let save = move || {
        let id = job.read_untracked().id.clone();
        attempt.run(
            async move { session.bridge().sealed_file(id).await },
            move |(name, file): (String, File)| match save_blob(&name, &file) {
                Ok(()) => notices.toast(t!("{name} was handed to the browser's downloads.", name)),
                Err(_) => notices.toast(t!("The browser did not allow the download.")),
            },
        );
    };
    view! {
        <div class="buttons">
            <Button icon=Icon::Download busy=attempt.busy() on_press=save testid="job-save-sealed">{t!("Save the encrypted file")}</Button>
        </div>
        <AttemptFailure attempt on_retry=save />
    }
}
