//! A position out of sample data: what a model makes of it, on the average of all files.

use super::draft::Draft;
use crate::components::button::Button;
use crate::components::file_drop::FileDrop;
use crate::components::icon::Icon;
use crate::components::select::Select;
use crate::languages::{t, t_n};
use crate::parts::answer::Told;
use crate::parts::attempt::{Attempt, AttemptFailure};
use crate::scoring::{Scoring, use_scoring};
use crate::session::use_session;
use bridge::models::ModelList;
use bridge::network::Network;
use bridge::protocol::Failure;
use bridge::score::{EngineChoice, GPU_MEMORY, ScoreModel, ScoreOptions};
use leptos::prelude::*;
use wasm_core::address::ModelId;
use wasm_core::embedding::mean_direction;
use web_sys::File;

/// Weights of one's own, beside the network's models.
const OWN_FILE: &str = "file";

/// Computes a position.
#[component]
pub(super) fn FromSample(draft: Draft, models: Told<ModelList>) -> impl IntoView {
    let (session, scoring) = (use_session(), use_scoring());
    let attempt = Attempt::new();
    let (chosen, weights) = (RwSignal::new(OWN_FILE.to_owned()), RwSignal::new_local(None::<File>));
    let samples = RwSignal::new_local(Vec::<File>::new());
    let problem = RwSignal::new(None::<&'static str>);
    let options = move || {
        let active = models.value().map(|list| list.models).unwrap_or_default();
        let active = active.into_iter().filter(|row| row.weight.is_some());
        let active =
            active.map(|row| (row.id.to_string(), row.name.unwrap_or_else(|| row.id.to_short())));
        [(OWN_FILE.to_owned(), t!("A weights file of mine").to_owned())]
            .into_iter()
            .chain(active)
            .collect::<Vec<_>>()
    };
    let compute = move || {
        let files = samples.get_untracked();
        let network = session.network.get_untracked().map(|status| status.network);
        let source = match (chosen.get_untracked().parse::<ModelId>(), weights.get_untracked()) {
            (Ok(id), _) => Source::Network(id),
            (Err(_), Some(file)) => Source::File(file),
            (Err(_), None) => {
                problem.set(Some(t!("choose a weights file")));
                return;
            }
        };
        if files.is_empty() {
            problem.set(Some(t!("choose some sample data")));
            return;
        }
        problem.set(None);
        attempt.run(
            async move { position(scoring, source, network, files).await },
            move |position: Vec<f32>| draft.take(&position),
        );
    };
    let names = move || {
        let files = samples.read();
        match files.len() {
            0 => t!("Choose sample data, or drop it here").to_owned(),
            1 => files[0].name(),
            count => t_n!(count as u64, "{n} file", "{n} files"),
        }
    };
    view! {
        <div class="form">
            <Select
                label=t!("The model").to_owned()
                value=Signal::derive(move || chosen.get())
                options=Signal::derive(options)
                on_choose=move |key| chosen.set(key)
                testid="plan-sample-model"
            />
            {move || (chosen.get() == OWN_FILE).then(|| view! {
                <FileDrop
                    label=Signal::derive(move || weights.read().as_ref().map_or_else(|| t!("Choose a .safetensors file").to_owned(), File::name))
                    small=true
                    on_file=move |file| weights.set(Some(file))
                    testid="plan-sample-weights"
                />
            })}
            <FileDrop
                label=Signal::derive(names)
                hint=t!("Data as the model should be good at, up to 1 MiB a file. Each further file counts as much as the first.").to_owned()
                small=true
                on_file=move |file| samples.update(|files| files.push(file))
                testid="plan-sample-data"
            />
            <p class="field-error" aria-live="polite">{move || problem.get()}</p>
            <AttemptFailure attempt on_retry=compute />
            <div class="buttons">
                <Button icon=Icon::Score busy=attempt.busy() on_press=compute testid="plan-sample-start">{t!("Compute the position")}</Button>
                {move || (!samples.read().is_empty()).then(|| view! {
                    <Button icon=Icon::Trash on_press=move || samples.set(Vec::new())>{t!("Forget the files")}</Button>
                })}
            </div>
            <p class="field-hint">{t!("Computed on this device; a model of the network's size takes minutes. The score page tells the progress of longer work.")}</p>
        </div>
    }
}

/// Whose embedding it is.
enum Source {
    Network(ModelId),
    File(File),
}

/// What a model makes of samples, on the average of their directions.
async fn position(
    scoring: Scoring,
    source: Source,
    network: Option<Network>,
    samples: Vec<File>,
) -> Result<Vec<f32>, Failure> {
    let bridge = scoring.bridge();
    let (model, taken) = match source {
        Source::Network(id) => (ScoreModel::Network(id), None),
        Source::File(file) => {
            let taken = bridge.take_score_file(&file, None).await?;
            (ScoreModel::File(taken.id), Some(taken.id))
        }
    };
    let mut embeddings = Vec::new();
    for sample in samples {
        let options = ScoreOptions {
            models: vec![model],
            target: None,
            seed: 0,
            engine: EngineChoice::Automatic,
            gpu_memory: GPU_MEMORY,
            workers: 1,
            network: network.clone(),
        };
        let result = bridge.begin_score(&options, &sample).score().await?;
        let numbers = result.models.into_iter().next().map(|it| it.embedding).unwrap_or_default();
        embeddings.push(numbers.into_iter().collect::<Option<Vec<f32>>>().unwrap_or_default());
    }
    if let Some(id) = taken {
        bridge.drop_score_file(id).await?;
    }
    mean_direction(&embeddings).ok_or_else(|| Failure {
        code: "plan/no-direction".to_owned(),
        what: t!("The model makes numbers of this data that have no direction.").to_owned(),
        next: t!("Choose other data or another model.").to_owned(),
        retry: false,
    })
}
