//! What targets say of models: who is drawn, who won, and where all of them stand.

use crate::context::Context;
use crate::refusal::Refusal;
use bridge::models::{EmbeddingMap, MapModel, MapTarget, ModelTally, Standings};
use std::collections::BTreeMap;
use std::rc::Rc;
use wasm_core::address::ModelId;
use wasm_core::amount::Shannons;
use wasm_core::listing::{ListedTarget, StatusFilter, TargetFilter};
use wasm_core::projection::project;

/// The most targets that a picture shows.
const PICTURED: u32 = 400;

/// Counts targets, and lays some of them on a plane with the models.
pub(super) async fn standings(context: &Rc<Context>) -> Result<Standings, Refusal> {
    let node = context.following.node();
    let by = |status| TargetFilter { status: Some(status), ..TargetFilter::default() };
    let open = node.targets_without_embeddings(&by(StatusFilter::Open)).await?;
    let filled = node.targets_without_embeddings(&by(StatusFilter::Filled)).await?;
    let pictured = node.target_page(&by(StatusFilter::Open), PICTURED, None).await?.items;
    let registry = node.model_registry().await?;
    let mut models: BTreeMap<ModelId, ModelTally> = BTreeMap::new();
    let none = |id| ModelTally { id, drawn: 0, wins: 0, won: Shannons::ZERO };
    for id in open.iter().flat_map(|target| &target.model_ids) {
        models.entry(*id).or_insert_with(|| none(*id)).drawn += 1;
    }
    for target in &filled {
        let Some(id) = target.winning_model_id else { continue };
        let tally = models.entry(id).or_insert_with(|| none(id));
        tally.wins += 1;
        tally.won = Shannons(tally.won.0.saturating_add(target.reward_pool));
    }
    let candidates = registry.candidates();
    let placed: Vec<_> =
        candidates.iter().map(|candidate| (candidate.id, candidate.embedding)).collect();
    Ok(Standings {
        models: models.into_values().collect(),
        open: open.len() as u64,
        filled: filled.len() as u64,
        map: map(&placed, pictured),
    })
}

fn map(models: &[(ModelId, &[f32])], targets: Vec<ListedTarget>) -> EmbeddingMap {
    let of_models = models.iter().map(|(_, embedding)| *embedding);
    let of_targets = targets.iter().map(|target| target.embedding.as_slice());
    let vectors: Vec<&[f32]> = of_models.chain(of_targets).collect();
    let projection = project(&vectors);
    let (of_models, of_targets) = projection.points.split_at(models.len());
    let models = models.iter().zip(of_models);
    let models = models.map(|((id, _), &(x, y))| MapModel { id: *id, x, y }).collect();
    let targets = targets
        .into_iter()
        .zip(of_targets)
        .map(|(target, &(x, y))| MapTarget {
            id: target.id,
            x,
            y,
            reward: Shannons(target.reward_pool),
            models: target.model_ids,
        })
        .collect();
    EmbeddingMap { models, targets, shown: projection.shown }
}
