//! Opening a proposal that somebody sent: as text, as a file, or behind a link.

use super::words::LARGEST_FILE;
use crate::components::banner::{Banner, Tone};
use crate::components::button::{Button, Rank};
use crate::components::card::Card;
use crate::components::file_drop::FileDrop;
use crate::components::textarea::Textarea;
use crate::components::toast::{Notices, use_notices};
use crate::files::read_small_text;
use crate::languages::{t, t_n};
use crate::parts::attempt::{Attempt, AttemptFailure};
use crate::parts::page::Page;
use crate::session::{Session, use_session};
use bridge::multisig::Opened;
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_router::NavigateOptions;
use leptos_router::hooks::{use_location, use_navigate};
use web_sys::File;

/// A field for a proposal's text, and a place for its file.
#[component]
pub(super) fn OpenCard(
    /// What stands in the field at first.
    #[prop(optional)]
    text: RwSignal<String>,
    /// The opening that is under way.
    opening: Opening,
) -> impl IntoView {
    let problem = RwSignal::new(None::<String>);
    let take_file = move |file: File| {
        spawn_local(async move {
            match read_small_text(&file, LARGEST_FILE).await {
                Ok(contents) => {
                    problem.set(None);
                    opening.open(contents);
                }
                Err(error) => problem.set(Some(error.to_string())),
            }
        });
    };
    let submit = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        opening.open(text.get_untracked());
    };
    Effect::new(move |_| {
        text.track();
        opening.attempt.forgive();
    });
    view! {
        <Card title=t!("Open a proposal") testid="multisig-open">
            <form class="form" on:submit=submit novalidate>
                <Textarea
                    label=t!("Text, link, or all parts of several codes").to_owned()
                    value=text
                    hint=t!("It is read on this device alone. What it says is worked out from the bytes of the transaction.")
                        .to_owned()
                    testid="multisig-open-text"
                />
                <FileDrop
                    label=t!("Or the file").to_owned()
                    small=true
                    wrong=Signal::derive(move || problem.read().is_some())
                    hint=Signal::derive(move || problem.get())
                    on_file=take_file
                    testid="multisig-open-file"
                />
                <AttemptFailure attempt=opening.attempt />
                <div class="buttons">
                    // The chain that it is for is compared with the network's.
                    <Button
                        rank=Rank::Primary
                        submit=true
                        busy=opening.attempt.busy()
                        disabled=Signal::derive(move || !opening.session.is_online())
                        testid="multisig-open-go"
                    >
                        {t!("Open it")}
                    </Button>
                </div>
            </form>
        </Card>
    }
}

/// The opening of a proposal: read by the worker, then shown on a page of its own.
#[derive(Clone, Copy)]
pub(super) struct Opening {
    pub(super) attempt: Attempt,
    session: Session,
    notices: Notices,
    navigate: StoredValue<Navigate, LocalStorage>,
}

type Navigate = Box<dyn Fn(&str, NavigateOptions)>;

impl Opening {
    /// Nothing is being opened.
    pub(super) fn new() -> Self {
        let navigate = use_navigate();
        let navigate: Navigate = Box::new(move |path, options| navigate(path, options));
        Self {
            attempt: Attempt::new(),
            session: use_session(),
            notices: use_notices(),
            navigate: StoredValue::new_local(navigate),
        }
    }

    /// Opens a text.
    pub(super) fn open(self, text: String) {
        let Self { session, notices, .. } = self;
        self.attempt.run(
            async move { session.bridge().open_proposal(text).await },
            move |Opened { proposal, is_new, added }| {
                notices.announce(opened_words(is_new, added));
                let path = format!("/multisig/{}", proposal.digest);
                // In the place of the link: its text is not needed in the history any more.
                let options = NavigateOptions { replace: true, ..NavigateOptions::default() };
                self.navigate.with_value(|navigate| navigate(&path, options));
            },
        );
    }
}

/// What came of opening, as a sentence.
pub(super) fn opened_words(is_new: bool, added: usize) -> String {
    match (is_new, added) {
        (true, _) => t!("The proposal is kept here now.").to_owned(),
        (false, 0) => t!("Nothing new: all of these signatures are here already.").to_owned(),
        (false, added) => {
            t_n!(added as u64, "One signature was added.", "{n} signatures were added.")
        }
    }
}

/// Where a link leads: what stands behind its number sign fills the field. Any page can lead here, so nothing
/// is kept before it is asked for.
#[component]
pub(crate) fn OpenProposalPage() -> impl IntoView {
    let hash = use_location().hash;
    let opening = Opening::new();
    let text = RwSignal::new(String::new());
    Effect::new(move |_| {
        let given = hash.get().trim_start_matches('#').to_owned();
        if !given.is_empty() {
            text.set(given);
        }
    });
    let came = Memo::new(move |_| hash.read().len() > 1);
    view! {
        <Page title=t!("Open a proposal").to_owned() narrow=true>
            <Show when=move || came.get()>
                <Banner
                    tone=Tone::Info
                    what=t!("A link led here, with a proposal in it.").to_owned()
                    next=t!("Open it if you expected it: it is then kept here, and signed only after a review.").to_owned()
                    testid="multisig-from-link"
                />
            </Show>
            <OpenCard text opening />
        </Page>
    }
}
