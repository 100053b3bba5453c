//! An embedding as bars, with its numbers for those who do not see them.

use crate::languages::t;
use crate::parts::embedding::Bars;
use leptos::prelude::*;

/// An embedding, and the target's below it where there is one.
#[component]
pub(super) fn EmbeddingPicture(
    /// What the winner made of the data.
    embedding: Vec<Option<f32>>,
    /// Where it should be.
    target: Option<Vec<f32>>,
) -> impl IntoView {
    let target: Option<Vec<Option<f32>>> =
        target.map(|target| target.into_iter().map(Some).collect());
    let numbers: Vec<String> = embedding
        .iter()
        .map(|number| number.map_or(t!("not a number").to_owned(), |it| it.to_string()))
        .collect();
    view! {
        <div class="bars-pair" data-testid="score-embedding">
            <Bars caption=t!("The data's embedding") numbers=embedding own=true />
            {target.map(|target| view! { <Bars caption=t!("The target's embedding") numbers=target own=false /> })}
        </div>
        <details class="disclosure">
            <summary>{t!("The numbers of the data's embedding")}</summary>
            <div class="disclosure-body"><p class="score-numbers" data-testid="score-embedding-numbers">{numbers.join(", ")}</p></div>
        </details>
    }
}
