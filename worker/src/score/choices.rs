//! What can be scored with and for: models and targets of the chosen network.

use crate::context::Context;
use crate::refusal::Refusal;
use bridge::score::{ActiveModel, OpenTarget, ScoreChoices};
use std::rc::Rc;
use wasm_core::address::{ModelId, TargetId};
use wasm_core::amount::Shannons;
use wasm_core::listing::{ListedTarget, StatusFilter, TargetFilter};
use wasm_core::system_state::Model;

/// Targets that a list is offered of. A network has thousands.
const TARGETS: u32 = 100;

/// All active models, and some open targets.
pub(crate) async fn all(context: &Rc<Context>) -> Result<ScoreChoices, Refusal> {
    let node = context.following.node();
    let filter = TargetFilter { status: Some(StatusFilter::Open), ..TargetFilter::default() };
    let page = node.target_page(&filter, TARGETS, None).await?;
    let listed = page.items.len();
    let mut targets: Vec<_> = page.items.into_iter().filter_map(open_target).collect();
    targets.sort_by_key(|target| std::cmp::Reverse(target.reward));
    let more_targets = page.next.is_some() || targets.len() < listed;
    Ok(ScoreChoices { models: models(context).await?, targets, more_targets })
}

/// One target, and all active models.
pub(crate) async fn target(context: &Rc<Context>, id: TargetId) -> Result<ScoreChoices, Refusal> {
    let Some(target) = context.following.node().listed_target(id).await? else {
        return Err(Refusal::new(
            "score/no-target",
            format!("There is no target {id} on this network."),
            "Check the id; a target that was claimed is gone.",
        ));
    };
    let Some(target) = open_target(target) else {
        return Err(Refusal::new(
            "score/target-not-finite",
            format!(
                "The place or the distance of target {id} is no number: no data can come near it."
            ),
            "Choose another target.",
        ));
    };
    let targets = vec![target];
    Ok(ScoreChoices { models: models(context).await?, targets, more_targets: false })
}

async fn models(context: &Rc<Context>) -> Result<Vec<ActiveModel>, Refusal> {
    let models = context.following.node().active_models().await?;
    let mut models: Vec<_> =
        models.into_iter().filter_map(|(id, model)| active(id, &model)).collect();
    models.sort_by_key(|model| std::cmp::Reverse(model.stake));
    Ok(models)
}

fn active(id: ModelId, model: &Model) -> Option<ActiveModel> {
    Some(ActiveModel {
        id,
        owner: model.owner(),
        stake: Shannons(model.staking_pool().soma_balance),
        size: model.manifest()?.size(),
    })
}

/// A target, unless its place or its distance is no number, which nothing can be held against.
fn open_target(target: ListedTarget) -> Option<OpenTarget> {
    let numbers = target.embedding.iter().chain([&target.distance_threshold]);
    if numbers.into_iter().any(|number| !number.is_finite()) {
        return None;
    }
    Some(OpenTarget {
        id: target.id,
        embedding: target.embedding,
        threshold: target.distance_threshold,
        reward: Shannons(target.reward_pool),
        models: target.model_ids,
    })
}
