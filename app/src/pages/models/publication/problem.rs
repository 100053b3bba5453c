//! Why a publication stands still.

use crate::components::banner::{Banner, Tone};
use crate::languages::told;
use crate::parts::failure::sentence;
use bridge::publish::PublishView;
use leptos::prelude::*;

/// What went wrong and what to do; the stage beside it has the button to go on.
#[component]
pub(super) fn Problem(job: Memo<PublishView>) -> impl IntoView {
    let problem = Memo::new(move |_| job.read().problem.clone());
    move || {
        problem.get().map(|problem| {
            view! {
                <div role="alert" data-testid="job-problem" data-code=problem.code.clone()>
                    <Banner tone=Tone::Danger what=sentence(&problem.what) next=told(&problem.next) />
                </div>
            }
        })
    }
}
