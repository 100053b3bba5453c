//! Adding what a cosigner handed back.

use super::open::opened_words;
use super::words::LARGEST_FILE;
use crate::components::button::Button;
use crate::components::card::Card;
use crate::components::file_drop::FileDrop;
use crate::components::textarea::Textarea;
use crate::components::toast::use_notices;
use crate::files::read_small_text;
use crate::languages::t;
use crate::parts::attempt::{Attempt, AttemptFailure};
use crate::session::use_session;
use bridge::multisig::ProposalView;
use leptos::prelude::*;
use leptos::task::spawn_local;
use web_sys::File;

/// A field and a place for a file: copies of this proposal, or signatures alone.
#[component]
pub(super) fn AddCard(proposal: RwSignal<ProposalView>) -> impl IntoView {
    let session = use_session();
    let notices = use_notices();
    let attempt = Attempt::new();
    let text = RwSignal::new(String::new());
    let problem = RwSignal::new(None::<String>);
    let said = RwSignal::new(None::<String>);
    let add = move |given: String| {
        let digest = proposal.read_untracked().digest;
        said.set(None);
        attempt.run(
            async move { session.bridge().add_to_proposal(digest, given).await },
            move |opened| {
                let words = opened_words(false, opened.added);
                notices.announce(words.clone());
                text.set(String::new());
                said.set(Some(words));
                proposal.set(opened.proposal);
            },
        );
    };
    let take_file = move |file: File| {
        spawn_local(async move {
            match read_small_text(&file, LARGEST_FILE).await {
                Ok(contents) => {
                    problem.set(None);
                    add(contents);
                }
                Err(error) => problem.set(Some(error.to_string())),
            }
        });
    };
    let submit = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        add(text.get_untracked());
    };
    view! {
        <Card title=t!("Add what came back") testid="multisig-add">
            <form class="form" on:submit=submit novalidate>
                <Textarea
                    label=t!("A copy of this proposal, its link, or a signature in Base64").to_owned()
                    value=text
                    testid="multisig-add-text"
                />
                <FileDrop
                    label=t!("Or the file").to_owned()
                    small=true
                    wrong=Signal::derive(move || problem.read().is_some())
                    hint=Signal::derive(move || problem.get())
                    on_file=take_file
                    testid="multisig-add-file"
                />
                <AttemptFailure attempt />
                <p class="card-lede" role="status" hidden=move || said.read().is_none() data-testid="multisig-added">{move || said.get()}</p>
                <div class="buttons">
                    <Button submit=true busy=attempt.busy() testid="multisig-add-go">{t!("Add")}</Button>
                </div>
            </form>
        </Card>
    }
}
