//! What all pages of an open wallet share: begun once, with the first of them, and kept over locks. The start of
//! the wallet holds none of it: it comes with the room of the open wallet.

use crate::dapp::{Asking, is_asked_here};
use crate::engine::Engine;
use crate::extension::{self, Face};
use crate::jobs::Jobs;
use crate::matching::Matching;
use crate::network_life::NetworkLife;
use crate::pages::score::Draft;
use crate::reminders::Reminders;
use crate::rooms;
use crate::scoring::Scoring;
use crate::session::use_session;
use crate::targets::Targets;
use leptos::prelude::*;
use leptos::task::spawn_local;

/// What lives as long as the page, and bears whatever is begun later.
#[derive(Clone)]
pub(crate) struct Root(Owner);

impl Root {
    /// Provides the root to everything below, and returns it.
    fn provide() -> Self {
        let root = Self(Owner::current().expect("the app is mounted"));
        provide_context(root.clone());
        root
    }

    /// The root of the part that is being shown.
    pub(crate) fn here() -> Self {
        use_context().expect("the app provides its root before anything else")
    }

    /// Begins what pages of an open wallet share, unless that was done.
    pub(crate) fn furnish(&self) {
        self.0.with(|| untrack(begin));
    }
}

/// What pages of an open wallet share. They bring it along. Where sites ask, it is there before anything is shown;
/// and every page of the extension has it soon, as its background counts on what the wallet leaves there.
#[derive(Clone, Copy)]
pub(crate) struct Furniture {
    root: StoredValue<Root>,
    state: RwSignal<Delivery>,
}

/// Whether it is there.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Delivery {
    /// It is fetched before anything is shown.
    Coming,
    /// It could not be fetched.
    Missing,
    /// It is there, or comes with the page that needs it.
    Settled,
}

impl Furniture {
    /// Provides the root to everything below, and sends for the furniture where a page counts on it.
    pub(crate) fn provide(is_blank: bool) -> Self {
        let root = Root::provide();
        let furniture =
            Self { root: StoredValue::new(root.clone()), state: RwSignal::new(Delivery::Settled) };
        if is_asked_here() {
            furniture.bring();
        } else if Face::here().is_of_extension() && !is_blank {
            spawn_local(async {
                // Whoever opens the wallet asks again, and is told.
                let _ = rooms::furnish(root).await;
            });
        }
        furniture
    }

    /// Whether it is there. Tracked.
    pub(crate) fn delivery(self) -> Delivery {
        self.state.get()
    }

    /// Sends for it, before anything is shown.
    pub(crate) fn bring(self) {
        self.state.set(Delivery::Coming);
        spawn_local(async move {
            let came = rooms::furnish(self.root.get_value()).await;
            self.state.set(if came { Delivery::Settled } else { Delivery::Missing });
        });
    }
}

/// It was begun.
#[derive(Clone, Copy)]
struct Furnished;

fn begin() {
    if use_context::<Furnished>().is_some() {
        return;
    }
    provide_context(Furnished);
    let session = use_session();
    Jobs::provide(session);
    NetworkLife::provide(session);
    Scoring::provide(session);
    Engine::provide(session);
    Matching::provide(session);
    Targets::provide(session);
    Draft::provide(session);
    Reminders::provide();
    extension::mirror(session);
    Asking::provide(session);
}
