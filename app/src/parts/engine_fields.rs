//! Who computes, in a line, and how it is changed: the same wherever something is scored.

use super::failure::sentence;
use crate::components::disclosure::Disclosure;
use crate::components::field::{Field, Typing};
use crate::components::radio::{Radio, Way};
use crate::components::select::Select;
use crate::engine::{Engine, EngineKind, MEMORIES};
use crate::languages::{t, told};
use bridge::score::{EngineChoice, GPU_MEMORY, MOST_WORKERS, ScoreEngines};
use leptos::prelude::*;

/// Says who computes, and lets it be changed.
#[component]
pub(crate) fn EngineFields(
    /// Who does.
    engine: Engine,
    /// What the line that unfolds promises.
    summary: &'static str,
    /// What a service needs that one's own machine does not.
    service_hint: &'static str,
    /// The form was sent once: now every field may say what is wrong with it.
    #[prop(into)]
    tried: Signal<bool>,
    /// Something that is folded away is wrong.
    #[prop(optional, into)]
    wrong: Signal<bool>,
    /// What else is rarely changed.
    #[prop(optional)]
    children: Option<Children>,
) -> impl IntoView {
    view! {
        <div class="form">
            <EngineLine engine />
            {move || {
                (engine.kind.get() == EngineKind::Remote).then(|| view! { <Service engine hint=service_hint tried /> })
            }}
            <Disclosure summary open=wrong testid="score-engine-more">
                <div class="form score-engine-form">
                    <Radio legend=t!("Who computes") ways=ways() chosen=engine.kind />
                    {move || takes_memory(engine).then(|| view! { <Memory engine /> })}
                    {move || takes_workers(engine).then(|| view! { <Workers engine /> })}
                    {children.map(|children| children())}
                </div>
            </Disclosure>
        </div>
    }
}

fn ways() -> Vec<Way<EngineKind>> {
    vec![
        Way {
            key: EngineKind::Automatic,
            title: t!("Automatic"),
            hint: t!("The graphics device, or the processor where that is faster."),
            testid: "score-engine-automatic",
        },
        Way {
            key: EngineKind::Gpu,
            title: t!("Graphics device"),
            hint: t!("By WebGPU. A model passes through it layer by layer."),
            testid: "score-engine-gpu",
        },
        Way {
            key: EngineKind::Cpu,
            title: t!("Processor"),
            hint: t!("Works everywhere, and slowly with models of the full size."),
            testid: "score-engine-cpu",
        },
        Way {
            key: EngineKind::Remote,
            title: t!("A scoring service"),
            hint: t!(
                "The data is uploaded to the network's blob store, where anybody can read it. The service tells only \
                the winner's numbers."
            ),
            testid: "score-engine-remote",
        },
    ]
}

/// Who computes, in a line, and why.
#[component]
fn EngineLine(engine: Engine) -> impl IntoView {
    let line = Memo::new(move |_| match engine.kind.get() {
        EngineKind::Remote => (
            t!("A scoring service").to_owned(),
            t!("It fetches the data and the weights itself.").to_owned(),
        ),
        EngineKind::Cpu => (processor(engine), t!("Chosen by you.").to_owned()),
        kind => match engine.scoring.engines.get() {
            None => (t!("Looking for a graphics device…").to_owned(), String::new()),
            Some(Err(failure)) => (t!("Unknown").to_owned(), sentence(&failure.what)),
            Some(Ok(engines)) => device(kind, &engines, processor(engine)),
        },
    });
    view! {
        <div class="score-engine-line" role="status" data-testid="score-device">
            <p class="score-engine-name">{move || line.read().0.clone()}</p>
            <p class="field-hint">{move || line.read().1.clone()}</p>
        </div>
    }
}

/// The processor, as it is used. Tracked.
fn processor(engine: Engine) -> String {
    let workers = engine.workers_read();
    match &*engine.scoring.engines.read() {
        Some(Ok(engines)) => told(&engines.processor.engine(workers)),
        _ => t!("Processor").to_owned(),
    }
}

/// Who computes on this machine, and why.
fn device(kind: EngineKind, engines: &ScoreEngines, processor: String) -> (String, String) {
    match (&engines.gpu, kind, engines.automatic()) {
        (Ok(gpu), EngineKind::Gpu, _) => {
            let why = if gpu.is_software {
                t!("Chosen by you. The processor plays it, slowly.")
            } else {
                t!("Chosen by you.")
            };
            (t!("WebGPU · {name}", name = gpu.name), why.to_owned())
        }
        (Ok(gpu), _, EngineChoice::Gpu) => (
            t!("WebGPU · {name}", name = gpu.name),
            t!("Chosen automatically: the graphics device.").to_owned(),
        ),
        (Ok(gpu), ..) => (
            processor,
            t!(
                "Chosen automatically: the only graphics device, {name}, is played by the processor, which is faster \
                 without.",
                name = gpu.name
            ),
        ),
        (Err(reason), EngineKind::Gpu, _) => {
            (t!("No graphics device").to_owned(), sentence(reason))
        }
        (Err(reason), ..) => (
            processor,
            t!(
                "Chosen automatically: there is no graphics device to use. {reason}",
                reason = sentence(reason)
            ),
        ),
    }
}

/// Whether a graphics device may compute.
fn takes_memory(engine: Engine) -> bool {
    matches!(engine.kind.get(), EngineKind::Automatic | EngineKind::Gpu)
}

#[component]
fn Memory(engine: Engine) -> impl IntoView {
    let options: Vec<_> = MEMORIES
        .iter()
        .map(|(bytes, name)| {
            let words = if *bytes == GPU_MEMORY {
                t!("{size}, enough for the network's models", size = name)
            } else {
                (*name).to_owned()
            };
            (bytes.to_string(), words)
        })
        .collect();
    view! {
        <Select
            label=t!("Graphics memory at most").to_owned()
            value=Signal::derive(move || engine.memory.get().to_string())
            options=Signal::derive(move || options.clone())
            on_choose=move |bytes: String| {
                if let Ok(bytes) = bytes.parse() {
                    engine.memory.set(bytes);
                }
            }
            hint=t!("With more, large models are read less often, so that much data is scored sooner. A device that has less \
                takes less.")
                .to_owned()
            testid="score-memory"
        />
    }
}

/// Whether the processor may compute.
fn takes_workers(engine: Engine) -> bool {
    matches!(engine.kind.get(), EngineKind::Automatic | EngineKind::Cpu)
}

#[component]
fn Workers(engine: Engine) -> impl IntoView {
    let options = Signal::derive(move || {
        let engines = engine.scoring.engines.read();
        let processor = engines.as_ref().and_then(|engines| engines.as_ref().ok());
        let Some(processor) = processor.map(|engines| &engines.processor) else {
            return Vec::new();
        };
        let most = processor.cores.clamp(1, MOST_WORKERS).max(engine.workers_read());
        let words = |workers| match workers {
            1 => "1".to_owned(),
            _ if workers == processor.workers() => t!("{workers}, as usual here", workers),
            _ => workers.to_string(),
        };
        (1..=most).map(|workers| (workers.to_string(), words(workers))).collect::<Vec<_>>()
    });
    view! {
        <Select
            label=t!("Workers on the processor").to_owned()
            value=Signal::derive(move || engine.workers_read().to_string())
            options
            on_choose=move |workers: String| engine.workers.set(workers.parse().ok())
            hint=t!("Each keeps one core busy. Fewer leave more of this machine to other programs.").to_owned()
            testid="score-workers"
        />
    }
}

#[component]
fn Service(engine: Engine, hint: &'static str, tried: Signal<bool>) -> impl IntoView {
    view! {
        <Field
            label=t!("Address of the service").to_owned()
            value=engine.service
            typing=Typing::Url
            hint=hint.to_owned()
            error=Signal::derive(move || engine.service_read().err())
            tried
            testid="score-service"
        />
    }
}
