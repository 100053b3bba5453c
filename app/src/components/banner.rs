//! Something to know: what it is, and what to do.

use super::button::{Button, Rank};
use super::icon::{Icon, Pictogram};
use crate::languages::t;
use leptos::prelude::*;

/// How grave it is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Tone {
    /// Good to know.
    #[default]
    Info,
    /// It worked.
    Success,
    /// Look twice.
    Caution,
    /// It failed, or would do harm.
    Danger,
}

impl Tone {
    const fn class(self) -> &'static str {
        match self {
            Self::Info => "banner banner-info",
            Self::Success => "banner banner-success",
            Self::Caution => "banner banner-caution",
            Self::Danger => "banner banner-danger",
        }
    }

    const fn icon(self) -> Icon {
        match self {
            Self::Info => Icon::Info,
            Self::Success => Icon::Check,
            Self::Caution => Icon::Caution,
            Self::Danger => Icon::Danger,
        }
    }

    /// The tone in a word, for those who do not see the colour.
    fn word(self) -> &'static str {
        match self {
            Self::Info => t!("Note: "),
            Self::Success => t!("Done: "),
            Self::Caution => t!("Caution: "),
            Self::Danger => t!("Problem: "),
        }
    }
}

/// What happened, what to do next, and a button where trying again could help.
#[component]
pub(crate) fn Banner(
    /// How grave it is.
    #[prop(optional)]
    tone: Tone,
    /// What it is, in the language in force.
    #[prop(into)]
    what: Signal<String>,
    /// What to do next, in the language in force.
    #[prop(optional, into)]
    next: MaybeProp<String>,
    /// Called to try again; no button without it.
    #[prop(optional, into)]
    on_retry: Option<Callback<()>>,
    /// It appeared just now: read it aloud.
    #[prop(optional)]
    alert: bool,
    /// For tests.
    #[prop(optional, into)]
    testid: Option<String>,
    /// Further acts.
    #[prop(optional)]
    children: Option<Children>,
) -> impl IntoView {
    view! {
        <div class=tone.class() role=if alert { "alert" } else { "note" } data-testid=testid>
            <Pictogram icon=tone.icon() />
            <div class="banner-text">
                <p class="banner-what"><span class="visually-hidden">{tone.word()}</span>{move || what.get()}</p>
                <p class="banner-next" hidden=move || next.get().is_none_or(|next| next.is_empty())>{move || next.get()}</p>
                {children.map(|children| view! { <div class="banner-acts">{children()}</div> })}
            </div>
            {on_retry.map(|retry| {
                view! {
                    <Button rank=Rank::Secondary icon=Icon::Refresh on_press=move || retry.run(()) testid="retry">
                        {t!("Try again")}
                    </Button>
                }
            })}
        </div>
    }
}
