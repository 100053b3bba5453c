//! Rows of a table that is told anew while somebody reads it, and of one that is shown in parts.

use crate::components::button::Button;
use crate::languages::t;
use crate::say;
use leptos::prelude::*;

/// One of the rows as it was told last, found by `is_it`. Where it is gone it stays as it was, so that a
/// row that is still there is not made anew under the focus.
pub(crate) fn latest<T: Clone + PartialEq + Send + Sync + 'static>(
    all: Memo<Vec<T>>,
    first: T,
    is_it: impl Fn(&T) -> bool + Send + Sync + 'static,
) -> Memo<T> {
    Memo::new(move |last: Option<&T>| {
        let now = all.read().iter().find(|one| is_it(one)).cloned();
        now.or_else(|| last.cloned()).unwrap_or_else(|| first.clone())
    })
}

/// Shows so many rows more, as long as some are left.
#[component]
pub(crate) fn ShowMore(
    /// How many there are.
    #[prop(into)]
    total: Signal<usize>,
    /// How many are shown.
    shown: RwSignal<usize>,
    /// How many come with each press.
    step: usize,
    testid: &'static str,
) -> impl IntoView {
    let more = move || total.get().saturating_sub(shown.get());
    move || {
        (more() > 0).then(|| {
            view! {
                <div class="buttons">
                    <Button on_press=move || shown.update(|shown| *shown += step) testid=testid>
                        {t!("Show more ({count} left)", count = say::count(more() as u64))}
                    </Button>
                </div>
            }
        })
    }
}
