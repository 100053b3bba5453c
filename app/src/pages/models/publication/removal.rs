//! Forgetting a publication: its key here, and the encrypted copy in this browser.

use crate::components::banner::{Banner, Tone};
use crate::components::button::{Button, Rank};
use crate::components::dialog::Dialog;
use crate::components::icon::Icon;
use crate::languages::t;
use crate::parts::attempt::{Attempt, AttemptFailure};
use crate::session::use_session;
use bridge::publish::{PublishStage, PublishView};
use leptos::prelude::*;

/// A button, and the question behind it.
#[component]
pub(super) fn RemovalCard(job: Memo<PublishView>) -> impl IntoView {
    let open = RwSignal::new(false);
    view! {
        <div class="buttons removal">
            <Button rank=Rank::Quiet icon=Icon::Trash on_press=move || open.set(true) testid="job-remove">{t!("Remove this publication")}</Button>
        </div>
        <Dialog open title=t!("Remove this publication").to_owned() testid="job-remove-dialog">
            <RemovalForm job open />
        </Dialog>
    }
}

#[component]
fn RemovalForm(job: Memo<PublishView>, open: RwSignal<bool>) -> impl IntoView {
    let session = use_session();
    let attempt = Attempt::new();
    let remove = move || {
        let id = job.read_untracked().id.clone();
        // The list hears of it by the worker's event, and this page with it.
        attempt.run(async move { session.bridge().remove_publish(id).await }, move |_| {
            open.set(false);
        });
    };
    let consequence = move || match job.read().stage {
        PublishStage::Live => {
            t!("The model stays active. This browser forgets its record and the encrypted copy.")
        }
        _ => {
            t!(
                "Its key, its embedding and the encrypted copy are deleted from this browser. What is on the network stays; \
             without a backup file nobody can go on with it."
            )
        }
    };
    view! {
        <div class="form">
            <Banner
                tone=Tone::Danger
                what=Signal::derive(move || consequence().to_owned())
                next=t!("This cannot be undone.").to_owned()
            />
            <AttemptFailure attempt />
            <div class="buttons buttons-end">
                <Button on_press=move || open.set(false)>{t!("Keep it")}</Button>
                <Button rank=Rank::Danger busy=attempt.busy() on_press=remove testid="job-remove-confirm">{t!("Remove")}</Button>
            </div>
        </div>
    }
}
