//! Where to place a model: the network's targets and models, weighed by the chain's rule.

use super::{Desk, open_targets};
use crate::refusal::Refusal;
use bridge::models::{Outlook, Plan, PlanOptions, ProposedPlace, Rival};
use bridge::network::Network;
use browser::clock::now_ms;
use std::cell::RefCell;
use std::cmp::Reverse;
use std::rc::Rc;
use wasm_core::address::ModelId;
use wasm_core::amount::Shannons;
use wasm_core::placement::{Field, Placement};
use wasm_core::ports::Chain as _;
use wasm_core::score::arrgen::standard_normal;
use wasm_core::selection::Candidate;

/// The most values of open targets that are held: 64 MiB.
const MOST_VALUES: usize = 16 << 20;
/// Targets that are drawn at random, as the network draws new ones.
const CHANCE: u64 = 1_000;
/// How long what was asked of the network counts as the present; milliseconds.
const FRESH_MS: u64 = 30_000;
/// Places that are proposed.
const PROPOSALS: usize = 4;

/// The targets of a network at a time, and those that chance would make.
struct Ground {
    url: String,
    at_ms: u64,
    open: Field,
    chance: Field,
    stakes: Vec<(ModelId, Shannons)>,
    dimension: usize,
    per_target: u64,
    more: bool,
}

/// What was asked last.
#[derive(Default)]
pub(super) struct Planning(RefCell<Option<Rc<Ground>>>);

impl Planning {
    async fn ground(&self, network: &Network) -> Result<Rc<Ground>, Refusal> {
        let known = self.0.borrow().clone();
        if let Some(known) = known
            && known.url == network.rpc_url
            && now_ms() < known.at_ms + FRESH_MS
        {
            return Ok(known);
        }
        // Two of them would take twice the memory.
        self.0.borrow_mut().take();
        let ground = Rc::new(Ground::ask(network).await?);
        *self.0.borrow_mut() = Some(Rc::clone(&ground));
        Ok(ground)
    }
}

impl Ground {
    async fn ask(network: &Network) -> Result<Self, Refusal> {
        let node = crate::network::connect(&network.rpc_url)?;
        let state = node.system_state().await?;
        let state = state.as_v1();
        let per_target = state.parameters.target_models_per_target;
        let dimension = usize::try_from(state.parameters.target_embedding_dim).unwrap_or_default();
        let mut targets = Vec::new();
        let of = |target: wasm_core::listing::ListedTarget| {
            (target.embedding, Shannons(target.reward_pool))
        };
        let more = open_targets::each_page(&node, async |page: Vec<_>| {
            targets.extend(page.into_iter().map(of));
            Ok::<_, Refusal>(targets.len().saturating_mul(dimension) <= MOST_VALUES)
        })
        .await?;
        let candidates: Vec<Candidate<'_>> = state.model_registry.candidates();
        let reward = Shannons(state.target_state.reward_per_target);
        let drawn = |seed| (standard_normal(seed, dimension), reward);
        let count = usize::try_from(per_target).unwrap_or(usize::MAX);
        Ok(Self {
            url: network.rpc_url.clone(),
            at_ms: now_ms(),
            open: Field::new(targets, &candidates, count),
            chance: Field::new((0..CHANCE).map(drawn).collect(), &candidates, count),
            stakes: candidates.iter().map(|it| (it.id, Shannons(it.stake))).collect(),
            dimension,
            per_target,
            more,
        })
    }

    fn outlook(&self, embedding: &[f32], stake: Shannons, replaces: Option<ModelId>) -> Outlook {
        let placement = Placement { embedding, stake, replaces };
        Outlook { open: self.open.place(&placement), chance: self.chance.place(&placement) }
    }

    fn rivals(&self) -> Vec<Rival> {
        let (open, chance) = (self.open.present(), self.chance.present());
        let mut rivals: Vec<Rival> = self
            .stakes
            .iter()
            .zip(open.into_iter().zip(chance))
            .map(|(&(id, stake), ((_, open), (_, chance)))| Rival {
                id,
                stake,
                outlook: Outlook { open, chance },
            })
            .collect();
        rivals.sort_by_key(|rival| (Reverse(rival.outlook.open.drawn), rival.id));
        rivals
    }
}

/// What would come of a placement.
pub(super) async fn plan(desk: &Desk, options: &PlanOptions) -> Result<Plan, Refusal> {
    let ground = desk.planning.ground(&options.network).await?;
    let actual = options.embedding.len();
    if actual != ground.dimension {
        return Err(Refusal::new(
            "plan/dimension",
            format!("The position has {actual} numbers, and the network's {}.", ground.dimension),
            "Give a position of this network.",
        ));
    }
    let of = |stake| ground.outlook(&options.embedding, stake, options.replaces);
    Ok(Plan {
        outlook: of(options.stake),
        by_stake: options.stakes.iter().map(|&stake| (stake, of(stake))).collect(),
        rivals: ground.rivals(),
        per_target: ground.per_target,
        more_targets: ground.more,
    })
}

/// Places that many open targets would draw.
pub(super) async fn propose(
    desk: &Desk,
    network: &Network,
    stake: Shannons,
    replaces: Option<ModelId>,
) -> Result<Vec<ProposedPlace>, Refusal> {
    let ground = desk.planning.ground(network).await?;
    let proposals = ground.open.propose(stake, replaces, PROPOSALS);
    let place = |proposal: wasm_core::placement::Proposal| ProposedPlace {
        outlook: ground.outlook(&proposal.embedding, stake, replaces),
        embedding: proposal.embedding,
    };
    Ok(proposals.into_iter().map(place).collect())
}
