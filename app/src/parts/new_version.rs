//! Says that a newer version of the wallet is here, and changes to it when somebody asks.

use crate::components::banner::Banner;
use crate::components::button::{Button, Rank};
use crate::components::icon::Icon;
use crate::components::toast::use_notices;
use crate::languages::t;
use crate::versions::use_versions;
use leptos::prelude::*;

fn what() -> &'static str {
    t!("A new version of the wallet is ready.")
}

fn next() -> &'static str {
    t!(
        "Reload when it suits you: the wallet locks, and what you have typed into a form is lost. Work that was under way goes on where it stood."
    )
}

fn others() -> &'static str {
    t!("It is open in other tabs, too. Close them first: all change to the new version together.")
}

/// The notice of a newer version, at the top of every page.
#[component]
pub(crate) fn NewVersion() -> impl IntoView {
    let versions = use_versions();
    let notices = use_notices();
    Effect::new(move |_| {
        if versions.newer.get() {
            notices.announce(format!("{} {}", what(), next()));
        }
    });
    Effect::new(move |_| {
        if versions.others.get() {
            notices.announce(others());
        }
    });
    let next =
        Signal::derive(move || if versions.others.get() { others() } else { next() }.to_owned());
    move || {
        versions.newer.get().then(|| {
            view! {
                <aside class="new-version" aria-label=t!("New version") data-testid="new-version">
                    <Banner what=what().to_owned() next>
                        <Button
                            rank=Rank::Secondary
                            icon=Icon::Refresh
                            busy=versions.changing
                            on_press=move || versions.change()
                            testid="new-version-reload"
                        >
                            {t!("Reload")}
                        </Button>
                    </Banner>
                </aside>
            }
        })
    }
}
