//! Who computes, and the seed, which is changed more rarely still.

use super::draft::Draft;
use crate::components::field::{Field, Typing};
use crate::languages::t;
use crate::parts::engine_fields::EngineFields;
use leptos::prelude::*;

/// Says who computes, and lets that and the seed be changed.
#[component]
pub(super) fn EngineField(draft: Draft) -> impl IntoView {
    let wrong = Signal::derive(move || draft.tried.get() && draft.seed_read().is_err());
    view! {
        <EngineFields
            engine=draft.engine
            summary=t!("Change the engine, its memory or the seed")
            service_hint=t!("One that browsers reach (gRPC-web). It measures distances, so it needs a target.")
            tried=draft.tried
            wrong
        >
            <Field
                label=t!("Seed").to_owned()
                value=draft.seed
                typing=Typing::Decimal
                hint=t!("The directions from which embeddings are looked at are drawn from it. The network's audits use 0.").to_owned()
                error=Signal::derive(move || draft.seed_read().err())
                tried=draft.tried
                testid="score-seed"
            />
        </EngineFields>
    }
}
