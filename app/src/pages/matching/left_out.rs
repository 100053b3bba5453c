//! Files that were not taken, each with the reason.

use crate::components::banner::{Banner, Tone};
use crate::components::button::{Button, Rank};
use crate::languages::{t, t_n};
use crate::matching::use_adding;
use crate::say;
use leptos::prelude::*;

/// What was left out of the files that were given last.
#[component]
pub(super) fn LeftOutList() -> impl IntoView {
    let adding = use_adding();
    let count = Memo::new(move |_| adding.left_out_count.get());
    let what = move || {
        let out = t_n!(count.get() as u64, "{n} file left out.", "{n} files left out.");
        match adding.added.get() as u64 {
            0 => out,
            added => format!("{out} {}", t_n!(added, "One was added.", "{n} were added.")),
        }
    };
    move || {
        (count.get() > 0).then(|| {
            view! {
                <Banner tone=Tone::Caution alert=true what=Signal::derive(what) testid="match-left-out">
                    <ul class="match-left-out">
                        <For each=move || adding.left_out.get() key=|one| one.number let(one)>
                            <li data-testid="match-left-out-file"><b>{one.name}</b>": "{one.why}</li>
                        </For>
                    </ul>
                    {move || {
                        let more = count.get().saturating_sub(adding.left_out.read().len());
                        (more > 0).then(|| view! { <p class="field-hint">{t!("and {count} more", count = say::count(more as u64))}</p> })
                    }}
                    <Button rank=Rank::Quiet on_press=move || adding.forget_left_out() testid="match-left-out-close">{t!("I have seen it")}</Button>
                </Banner>
            }
        })
    }
}
