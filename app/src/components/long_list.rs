//! Rows in a box that scrolls. Only those in sight are in the page, and some above and below; the rest is
//! empty height.

use leptos::ev;
use leptos::html;
use leptos::prelude::*;
use std::hash::Hash;

/// Rows of one height, however many. The sheet gives `row_class` its height.
#[component]
pub(crate) fn LongList<T, K, F, G, V>(
    /// What is listed.
    label: &'static str,
    /// How many rows there are in all.
    total: Memo<usize>,
    /// The rows that are at hand, and the place of the first.
    rows: Memo<(usize, Vec<T>)>,
    /// What tells a row from every other; one whose key stays is not drawn anew.
    key: F,
    /// Draws a row.
    row: G,
    /// Class of a row, for its height.
    row_class: &'static str,
    /// Called with the first row in sight and how many are.
    #[prop(into)]
    on_look: Callback<(usize, usize)>,
    /// How far it was scrolled, to come back to.
    scrolled: StoredValue<i32>,
    /// Grows when another choice begins at the top.
    #[prop(optional, into)]
    choices: Signal<u64>,
    /// For tests.
    testid: &'static str,
) -> impl IntoView
where
    T: Clone + PartialEq + Send + Sync + 'static,
    K: Eq + Hash + 'static,
    F: Fn(&T) -> K + Clone + Send + Sync + 'static,
    G: Fn(T) -> V + Clone + Send + Sync + 'static,
    V: IntoView + 'static,
{
    let (scroller, ruler) = (NodeRef::<html::Div>::new(), NodeRef::<html::Div>::new());
    let row_height = RwSignal::new(0);
    let look = move || {
        // A frame may be drawn after the list is gone.
        let scroller = scroller.try_get_untracked().flatten();
        let (Some(scroller), Some(height)) = (scroller, row_height.try_get_untracked()) else {
            return;
        };
        if height > 0 {
            let top = scroller.scroll_top().max(0);
            scrolled.set_value(top);
            let (first, count) = (top / height, scroller.client_height() / height + 2);
            on_look.run((usize::try_from(first).unwrap_or(0), usize::try_from(count).unwrap_or(0)));
        }
    };
    let measure = move || {
        if let Some(ruler) = ruler.try_get_untracked().flatten() {
            row_height.set(ruler.offset_height());
        }
        look();
    };
    Effect::new(move |_| {
        ruler.track();
        let Some(scroller) = scroller.get() else { return };
        // Back from elsewhere: where it was, once the box is as high as its rows.
        let before = scrolled.get_value();
        measure();
        request_animation_frame(move || {
            scroller.set_scroll_top(before);
            look();
        });
    });
    let resized = window_event_listener(ev::resize, move |_| measure());
    on_cleanup(move || resized.remove());
    Effect::new(move |before: Option<u64>| {
        let now = choices.get();
        if before.is_some_and(|before| before != now)
            && let Some(scroller) = scroller.get_untracked()
        {
            scroller.set_scroll_top(0);
        }
        now
    });
    let height =
        move || format!("{}px", row_height.get() * i32::try_from(total.get()).unwrap_or(i32::MAX));
    let shift = move || {
        let above = row_height.get() * i32::try_from(rows.read().0).unwrap_or(0);
        format!("translateY({above}px)")
    };
    view! {
        <div
            class="board-rows"
            role="list"
            aria-label=label
            tabindex="0"
            node_ref=scroller
            data-testid=testid
            data-total=move || total.get().to_string()
            on:scroll=move |_| look()
        >
            <div class=format!("{row_class} board-ruler") node_ref=ruler aria-hidden="true"></div>
            <div class="board-all" style:height=height>
                <div class="board-window" style:transform=shift>
                    <For each=move || rows.get().1 key=key let(one)>
                        <div role="listitem" aria-setsize=move || total.get().to_string()>{row(one)}</div>
                    </For>
                </div>
            </div>
        </div>
    }
}
