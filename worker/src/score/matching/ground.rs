//! The open targets that files are held against. Their embeddings, 160 MB of 20,000, lie in a private
//! file and come by in pieces; all else is in memory.

use super::super::open_targets;
use crate::refusal::Refusal;
use bridge::matching::{DrawnByTargets, DrawnTogether, GroundView};
use bridge::network::Network;
use bridge::targets::Terms;
use browser::clock::now_ms;
use browser::private_file::{PrivateFileError, PrivateFileWriter};
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};
use wasm_core::address::{Address, ModelId};
use wasm_core::amount::Shannons;
use wasm_core::digest::Checksum;
use wasm_core::matching::{Ground as Targets, GroundModel, Offered, Pay};
use wasm_core::ports::Chain as _;
use wasm_core::system_state::{Model, SystemStateV1};

/// Where embeddings of open targets lie.
const FILE: &str = "match.targets";
/// Targets whose embeddings are in memory at once: 1 MiB of the network's.
pub(super) const PIECE: usize = 128;

/// The open targets of a network at a time.
pub(super) struct Ground {
    pub(super) targets: Targets,
    pub(super) terms: Terms,
    epoch: u64,
    at_ms: u64,
    more: bool,
    embeddings: PrivateFileWriter,
}

/// Deletes the embeddings; nobody may hold them any more.
pub(super) async fn erase() -> Result<(), Refusal> {
    Ok(browser::private_file::remove(FILE).await?)
}

impl Ground {
    /// Asks the network for all of them. None may be held from before.
    pub(super) async fn ask(network: &Network, account: Address) -> Result<Self, Refusal> {
        let node = crate::network::connect(&network.rpc_url)?;
        let state = node.system_state().await?;
        let state = state.as_v1();
        let dimension = usize::try_from(state.parameters.target_embedding_dim).unwrap_or_default();
        let mut embeddings = PrivateFileWriter::create(FILE).await?;
        let mut targets = Targets::new(dimension);
        let model = |id| ground_model(state, id, account);
        let pay = |reward| [false, true].map(|owns| Pay::of(reward, owns, account, state));
        let (mut is_full, mut bytes) = (false, Vec::new());
        let more = open_targets::each_page(&node, async |page: Vec<_>| {
            bytes.clear();
            for target in &page {
                match targets.offer(target, model, pay) {
                    Offered::Held => {
                        bytes.extend(target.embedding.iter().flat_map(|it| it.to_le_bytes()));
                    }
                    Offered::Unfit => {}
                    Offered::Full => is_full = true,
                }
            }
            embeddings.write(&bytes)?;
            Ok::<_, Refusal>(!is_full)
        })
        .await?;
        Ok(Self {
            targets,
            terms: crate::targets::terms(&state.parameters),
            epoch: state.epoch,
            at_ms: now_ms(),
            more: more || is_full,
            embeddings,
        })
    }

    /// The embeddings of [`PIECE`] targets from a place on, or of as many as there are.
    pub(super) fn piece(&self, first: usize, values: &mut Vec<f32>) -> Result<(), Refusal> {
        let count = PIECE.min(self.targets.targets().len() - first);
        let size = self.targets.dimension() * size_of::<f32>();
        let mut bytes = vec![0; count * size];
        let read = self.embeddings.read((first * size) as u64, &mut bytes)?;
        if read < bytes.len() {
            return Err(PrivateFileError::Failed("the file ends early".to_owned()).into());
        }
        let (chunks, _) = bytes.as_chunks::<4>();
        values.clear();
        values.extend(chunks.iter().map(|value| f32::from_le_bytes(*value)));
        Ok(())
    }

    /// The models of the targets and their weights now.
    pub(super) fn weights(&self) -> Vec<(ModelId, Option<Checksum>)> {
        let models = self.targets.models().iter();
        models.map(|model| (model.id, model.weights.map(|(checksum, _)| checksum))).collect()
    }

    /// All of it as a page sees it.
    pub(super) fn view(&self) -> GroundView {
        let targets = self.targets.targets();
        let none = || vec![(0, Shannons::ZERO); self.targets.models().len()];
        let (mut of_models, mut of_sets) = (none(), BTreeMap::<BTreeSet<usize>, _>::new());
        let count = |(targets, reward): &mut (usize, Shannons), more: Shannons| {
            *targets += 1;
            reward.0 = reward.0.saturating_add(more.0);
        };
        for target in targets {
            let set: BTreeSet<usize> = self.targets.sets()[target.set].iter().copied().collect();
            set.iter().for_each(|&model| count(&mut of_models[model], target.reward));
            count(of_sets.entry(set).or_insert((0, Shannons::ZERO)), target.reward);
        }
        let mut order: Vec<usize> = (0..of_models.len()).collect();
        order.sort_by_key(|&at| (Reverse(of_models[at].1), self.targets.models()[at].id));
        let models = order.iter().map(|&at| {
            let GroundModel { id, weights, .. } = self.targets.models()[at];
            let (targets, reward) = of_models[at];
            DrawnByTargets { id, size: weights.map(|(_, size)| size), targets, reward }
        });
        let place = |model: usize| order.iter().position(|&at| at == model).unwrap_or_default();
        let sets = of_sets.iter().map(|(set, (targets, reward))| {
            let mut models: Vec<_> = set.iter().copied().map(place).collect();
            models.sort_unstable();
            DrawnTogether { models, targets: *targets, reward: *reward }
        });
        GroundView {
            epoch: self.epoch,
            at_ms: self.at_ms,
            targets: targets.len(),
            more_targets: self.more,
            models: models.collect(),
            sets: sets.collect(),
        }
    }
}

fn ground_model(state: &SystemStateV1, id: ModelId, account: Address) -> GroundModel {
    let model = state.model_registry.models.get(&id);
    let open = model.filter(|model| model.is_active()).and_then(Model::weights);
    let open = open.filter(|weights| weights.decryption_key.is_some());
    GroundModel {
        id,
        weights: open.map(|weights| (weights.manifest.checksum(), weights.manifest.size())),
        is_own: model.is_some_and(|model| model.owner() == account),
    }
}
