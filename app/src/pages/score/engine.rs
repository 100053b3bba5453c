//! Who computes, and the seed.

use super::draft::{Draft, EngineKind};
use crate::components::disclosure::Disclosure;
use crate::components::field::{Field, Typing};
use crate::components::radio::{Radio, Way};
use crate::parts::failure::sentence;
use bridge::score::{EngineChoice, ScoreEngines};
use leptos::prelude::*;

/// Chooses who computes.
#[component]
pub(super) fn EngineFields(draft: Draft) -> impl IntoView {
    let engines = draft.scoring().engines;
    let ways = vec![
        Way {
            key: EngineKind::Automatic,
            title: "Automatic",
            hint: "The graphics device, or the processor where that is faster.",
            testid: "score-engine-automatic",
        },
        Way {
            key: EngineKind::Gpu,
            title: "Graphics device",
            hint: "WebGPU. A model passes through it layer by layer.",
            testid: "score-engine-gpu",
        },
        Way {
            key: EngineKind::Cpu,
            title: "Processor",
            hint: "Works everywhere, and slowly with models of the full size.",
            testid: "score-engine-cpu",
        },
        Way {
            key: EngineKind::Remote,
            title: "A scoring service",
            hint: "The data is uploaded to the network's blob store, where anybody can read it. The service tells only \
                the winner's numbers.",
            testid: "score-engine-remote",
        },
    ];
    view! {
        <div class="form">
            <Radio legend="Who computes" ways chosen=draft.engine />
            <p class="field-hint" role="status" data-testid="score-device">
                {move || match engines.get() {
                    None => "Looking for a graphics device…".to_owned(),
                    Some(Err(failure)) => sentence(&failure.what),
                    Some(Ok(engines)) => device(&engines),
                }}
            </p>
            {move || {
                (draft.engine.get() == EngineKind::Remote).then(|| {
                    view! {
                        <Field
                            label="Address of the service".to_owned()
                            value=draft.service
                            typing=Typing::Url
                            hint="One that browsers reach: gRPC-web. It measures distances, so it needs a target.".to_owned()
                            error=Signal::derive(move || draft.service_read().err())
                            tried=draft.tried
                            testid="score-service"
                        />
                    }
                })
            }}
            <Disclosure summary="Seed" testid="score-seed-more">
                <Field
                    label="Seed".to_owned()
                    value=draft.seed
                    typing=Typing::Decimal
                    hint="Directions in which embeddings are looked at. The network's audits use 0.".to_owned()
                    error=Signal::derive(move || draft.seed_read().err())
                    tried=draft.tried
                    testid="score-seed"
                />
            </Disclosure>
        </div>
    }
}

/// What there is, and what "automatic" means here.
fn device(engines: &ScoreEngines) -> String {
    let automatic = match engines.automatic() {
        EngineChoice::Gpu => "it is taken automatically",
        _ => "the processor is taken automatically",
    };
    match &engines.gpu {
        Ok(gpu) if gpu.is_software => {
            format!("Graphics device: {}, played by the processor; {automatic}.", gpu.name)
        }
        Ok(gpu) => format!("Graphics device: {}; {automatic}.", gpu.name),
        Err(reason) => {
            format!("No graphics device can be used here; {automatic}. {}", sentence(reason))
        }
    }
}
