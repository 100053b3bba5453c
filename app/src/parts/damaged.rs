//! Records of this browser that cannot be read: each told as such, with a way to save what is there and to
//! be rid of it. Nothing else depends on them.

use super::answer::use_told;
use super::attempt::{Attempt, AttemptFailure};
use crate::components::banner::{Banner, Tone};
use crate::components::button::{Button, Rank};
use crate::files::save_text;
use crate::jobs::use_jobs;
use crate::languages::t;
use crate::session::use_session;
use bridge::damaged::{DamagedRecord, DamagedRequest, RecordKind};
use leptos::prelude::*;

/// Every damaged record; nothing where there is none.
#[component]
pub(crate) fn DamagedRecords() -> impl IntoView {
    let told = use_told(|bridge| async move { bridge.damaged(DamagedRequest::List).await });
    let found = Memo::new(move |_| told.value().unwrap_or_default());
    let jobs = use_jobs();
    let on_removed = Callback::new(move |()| {
        told.renew();
        // What the vault still holds of a publication may be a record again.
        jobs.reload();
    });
    move || {
        found
            .get()
            .into_iter()
            .map(|record| view! { <DamagedLine record on_removed /> })
            .collect_view()
    }
}

fn what(kind: RecordKind) -> &'static str {
    match kind {
        RecordKind::Publication => "A publication",
        RecordKind::Submission => t!("A submission of data"),
        RecordKind::Proposal => t!("A proposal that several sign"),
    }
}

fn next(kind: RecordKind) -> &'static str {
    match kind {
        RecordKind::Publication => {
            t!(
                "Its secrets are still in the vault: deadlines are shown under Models, and a reveal that is due is made up \
             anew from them once this record is removed. Save it first, so that nothing is lost."
            )
        }
        RecordKind::Submission => {
            t!(
                "If it was sent, it stands under Activity and on the network all the same. Save it first, so that nothing \
             is lost."
            )
        }
        RecordKind::Proposal => {
            t!(
                "Open it anew from the link or file that you have of it, or ask a cosigner for a copy: it is then kept again."
            )
        }
    }
}

#[component]
fn DamagedLine(record: DamagedRecord, on_removed: Callback<()>) -> impl IntoView {
    let session = use_session();
    let attempt = Attempt::new();
    let asking = RwSignal::new(false);
    let refused = RwSignal::new(false);
    let DamagedRecord { kind, key, reason, contents } = record;
    let said =
        t!("{kind} kept in this browser cannot be read ({reason}).", kind = what(kind), reason);
    let name = format!("damaged-record-{key}.json");
    let save = move || refused.set(save_text(&name, &contents).is_err());
    let remove = move || {
        if !asking.get_untracked() {
            asking.set(true);
            return;
        }
        let key = key.clone();
        let request = DamagedRequest::Remove { kind, key };
        attempt.run(async move { session.bridge().damaged(request).await }, move |_| {
            on_removed.run(());
        });
    };
    view! {
        <Banner tone=Tone::Caution what=said next=next(kind).to_owned() testid="damaged-record">
            <Button on_press=save testid="damaged-save">{t!("Save what is there")}</Button>
            <Button rank=Rank::Danger busy=attempt.busy() on_press=remove testid="damaged-remove">
                {move || if asking.get() { t!("Really remove it") } else { t!("Remove it") }}
            </Button>
            {move || refused.get().then(|| view! { <p class="field-hint" role="alert">{t!("The browser refused to save it.")}</p> })}
            <AttemptFailure attempt />
        </Banner>
    }
}
