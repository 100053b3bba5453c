//! One target: everything on it, and the data that filled it.

use super::board::{finite, terms};
use crate::context::Context;
use crate::refusal::Refusal;
use bridge::targets::{DataFile, DrawnModel, SubmittedData, TargetView};
use browser::abort::Abort;
use browser::download::WebFiles;
use browser::file;
use std::rc::Rc;
use wasm_core::address::{Address, TargetId};
use wasm_core::amount::Shannons;
use wasm_core::download::{Download, Resource};
use wasm_core::manifest::{Manifest, Url};
use wasm_core::ports::Chain as _;
use wasm_core::preview::{QUORUM, Reports};
use wasm_core::system_state::SystemStateV1;
use wasm_core::target::{TargetStatus, TargetV1};
use wasm_core::targets::Prospect;
use wasm_core::tensor::SomaTensor;
use web_sys::File;

/// Data that is held in memory while it is checked: far beyond what the network takes.
const MOST_DATA: u64 = 256 << 20;

/// Why there is nothing to tell of a target.
fn gone(id: TargetId) -> Refusal {
    Refusal::new(
        "target/none",
        format!("There is no target {id} on this network."),
        "Check the id. A target that was settled is gone.",
    )
}

/// Everything on a target.
pub(super) async fn view(context: &Rc<Context>, id: TargetId) -> Result<TargetView, Refusal> {
    let account = context.account()?;
    context.following.facts()?;
    context.targets.looked_at.set(Some(id));
    let node = context.following.node();
    let state = node.system_state().await?;
    let state = state.as_v1();
    let target = node.target(id).await?.ok_or_else(|| gone(id))?;
    let at_node = node_address(context);
    Ok(of(id, &target, state, account, at_node.as_ref()))
}

fn node_address(context: &Context) -> Option<Url> {
    context.following.status().network.rpc_url.parse().ok()
}

/// Values of a tensor; none for what is no number.
pub(crate) fn numbers(tensor: &SomaTensor) -> Vec<Option<f32>> {
    tensor.values().iter().copied().map(finite).collect()
}

fn of(
    id: TargetId,
    target: &TargetV1,
    state: &SystemStateV1,
    account: Address,
    at_node: Option<&Url>,
) -> TargetView {
    let model = |id: &_| {
        let model = state.model_registry.models.get(id);
        DrawnModel {
            id: *id,
            owner: model.map(wasm_core::system_state::Model::owner),
            stake: Shannons(model.map_or(0, |model| model.staking_pool().soma_balance)),
            active: model.is_some_and(wasm_core::system_state::Model::is_active),
        }
    };
    TargetView {
        id,
        stage: target.status.stage(target.generation_epoch, state.epoch),
        epoch: state.epoch,
        generation_epoch: target.generation_epoch,
        claimable_from: target.status.claimable_from(target.generation_epoch),
        reward: Shannons(target.reward_pool),
        threshold: target.distance_threshold.as_scalar().and_then(finite),
        embedding: numbers(&target.embedding),
        models: target.model_ids.iter().map(model).collect(),
        data: data_of(id, target, at_node),
        reports: Reports::of(target, state),
        quorum: QUORUM,
        own_power: state
            .validators
            .validators
            .iter()
            .find(|one| one.metadata.soma_address == account)
            .map(|one| one.voting_power),
        prospect: Prospect::of(target, state, account),
        terms: terms(&state.parameters),
    }
}

fn data_of(id: TargetId, target: &TargetV1, at_node: Option<&Url>) -> Option<SubmittedData> {
    let epoch = match target.status {
        TargetStatus::Open => return None,
        TargetStatus::Filled { fill_epoch } => Some(fill_epoch),
        TargetStatus::Claimed => None,
    };
    let file = target.winning_data_manifest.as_ref().map(|data| DataFile {
        url: data.manifest.url().to_string(),
        at_node: at_node.and_then(|node| Resource::Data(id).at(node)).map(|url| url.to_string()),
        size: data.manifest.size(),
        checksum: data.manifest.checksum(),
    });
    let scalar = |tensor: &SomaTensor| tensor.as_scalar().and_then(finite);
    Some(SubmittedData {
        epoch,
        submitter: target.submitter,
        model: target.winning_model_id,
        model_owner: target.winning_model_owner,
        bond: Shannons(target.bond_amount),
        file,
        embedding: target.winning_embedding.as_ref().map(numbers).unwrap_or_default(),
        distance: target.winning_distance_score.as_ref().and_then(scalar),
        losses: target.winning_loss_score.as_ref().map(numbers).unwrap_or_default(),
    })
}

/// The data that filled a target: from where its submitter put it, or else through the node; compared
/// with its checksum.
pub(super) async fn data(context: &Rc<Context>, id: TargetId) -> Result<(String, File), Refusal> {
    context.following.facts()?;
    let target = context.following.node().target(id).await?.ok_or_else(|| gone(id))?;
    let manifest = target.winning_data_manifest.ok_or_else(|| {
        Refusal::new(
            "target/open",
            "Nothing has been submitted for this target.",
            "Look again once it is filled.",
        )
    })?;
    let bytes = fetch(id, manifest.manifest, node_address(context).as_ref()).await?;
    let name = format!("target-{}.data", id.to_bare_hex());
    Ok((name.clone(), file::of_bytes(&name, &bytes)?))
}

async fn fetch(id: TargetId, manifest: Manifest, node: Option<&Url>) -> Result<Vec<u8>, Refusal> {
    let size = manifest.size();
    if size > MOST_DATA {
        return Err(Refusal::new(
            "target/large-data",
            format!("The data has {size} bytes, more than this page holds at once."),
            "Fetch it from its address, and compare the checksum.",
        ));
    }
    let files = WebFiles::new(Abort::default());
    let mut download = Download::new(files, manifest, node, Resource::Data(id));
    let (mut bytes, mut piece) = (Vec::new(), Vec::new());
    while let Some(position) = download.next(&mut piece).await? {
        // Another source: begun anew.
        if position == 0 {
            bytes.clear();
        }
        bytes.extend_from_slice(&piece);
    }
    Ok(bytes)
}
