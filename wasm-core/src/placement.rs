//! Where to place a model: how many targets would draw it at a place and a stake, and which places
//! would be drawn by more.
//!
//! Counted with the chain's own rule of [`crate::selection`], on targets and models as they are. A
//! tie with another model is counted as lost.

use crate::address::ModelId;
use crate::amount::Shannons;
use crate::selection::{Candidate, cosine, score, weights};
use serde::{Deserialize, Serialize};

/// Targets, and the models that compete for them.
#[derive(Clone, Debug)]
pub struct Field {
    targets: Vec<Vec<f32>>,
    rewards: Vec<Shannons>,
    models: Vec<(ModelId, u64)>,
    /// Target by target, the cosine of each model; none of a model of another dimension.
    cosines: Vec<Option<f32>>,
    count: usize,
}

/// A model that is to be placed.
#[derive(Clone, Debug, PartialEq)]
pub struct Placement<'a> {
    /// Where.
    pub embedding: &'a [f32],
    /// Shannons in its pool.
    pub stake: Shannons,
    /// The model that it takes the place of, where its owner moves one.
    pub replaces: Option<ModelId>,
}

/// What would come of a placement.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Draws {
    /// How many targets there are.
    pub targets: usize,
    /// How many of them would draw the model.
    pub drawn: usize,
    /// What those pay together, to whoever fills them.
    pub reward: Shannons,
}

/// A place that was searched for, and what would come of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Proposal {
    /// Where: a direction of length one.
    pub embedding: Vec<f32>,
    /// What would come of it.
    pub draws: Draws,
}

/// Rounds in which a place is moved to the middle of what it draws.
const ROUNDS: usize = 8;

impl Field {
    /// A field; `count` models are drawn for each target.
    #[must_use]
    pub fn new(targets: Vec<(Vec<f32>, Shannons)>, models: &[Candidate<'_>], count: usize) -> Self {
        let of_target = |target: &[f32]| -> Vec<Option<f32>> {
            let of_model = |model: &Candidate<'_>| {
                (model.embedding.len() == target.len()).then(|| cosine(target, model.embedding))
            };
            models.iter().map(of_model).collect()
        };
        let cosines = targets.iter().flat_map(|(target, _)| of_target(target)).collect();
        let (targets, rewards) = targets.into_iter().unzip();
        let models = models.iter().map(|model| (model.id, model.stake)).collect();
        Self { targets, rewards, models, cosines, count }
    }

    /// How many targets there are.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.targets.len()
    }

    /// Whether there are none.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.targets.is_empty()
    }

    /// What each model would be drawn for as things are, in the order of the models.
    #[must_use]
    pub fn present(&self) -> Vec<(ModelId, Draws)> {
        let stakes: Vec<u64> = self.models.iter().map(|(_, stake)| *stake).collect();
        let weights = weights(&stakes);
        let mut draws = vec![Draws { targets: self.len(), ..Draws::default() }; stakes.len()];
        for (target, reward) in self.rewards.iter().enumerate() {
            let mut scores: Vec<(f32, usize)> = (0..stakes.len())
                .filter_map(|model| {
                    Some((score(self.cosine(target, model)?, weights[model]), model))
                })
                .collect();
            scores.sort_by(|(a, _), (b, _)| a.total_cmp(b));
            for (_, model) in scores.into_iter().take(self.count) {
                draws[model].drawn += 1;
                draws[model].reward = sum(draws[model].reward, *reward);
            }
        }
        self.models.iter().map(|(id, _)| *id).zip(draws).collect()
    }

    /// What would come of a placement.
    #[must_use]
    pub fn place(&self, placement: &Placement<'_>) -> Draws {
        let bars = self.bars(placement);
        self.draws(placement.embedding, &bars)
    }

    /// Places that many targets would draw, the best first and no two alike; at most `most` of them.
    /// The search is a search: there may be better ones.
    #[must_use]
    pub fn propose(
        &self,
        stake: Shannons,
        replaces: Option<ModelId>,
        most: usize,
    ) -> Vec<Proposal> {
        let bars = self.bars(&Placement { embedding: &[], stake, replaces });
        // Those first that are the easiest to be drawn by.
        let mut order: Vec<usize> = (0..self.len()).filter(|&at| bars.cosines[at] < 1.0).collect();
        order.sort_by(|&a, &b| bars.cosines[a].total_cmp(&bars.cosines[b]));
        let mut proposals: Vec<Proposal> = Vec::new();
        let mut size = 1;
        while size / 2 < order.len() {
            let start = &order[..size.min(order.len())];
            if let Some(proposal) = self.climb(start, &bars) {
                proposals.push(proposal);
            }
            size *= 2;
        }
        // Equal ones keep their order, so that the same field has the same proposals.
        proposals.sort_by_key(|proposal| std::cmp::Reverse(proposal.draws.drawn));
        let mut chosen: Vec<Proposal> = Vec::new();
        for proposal in proposals {
            let alike = |other: &Proposal| cosine(&other.embedding, &proposal.embedding) > 0.99;
            if chosen.len() < most && !chosen.iter().any(alike) {
                chosen.push(proposal);
            }
        }
        chosen
    }

    fn cosine(&self, target: usize, model: usize) -> Option<f32> {
        self.cosines[target * self.models.len() + model]
    }

    /// What is to be beaten at each target by a model of this stake.
    fn bars(&self, placement: &Placement<'_>) -> Bars {
        let rivals: Vec<usize> = (0..self.models.len())
            .filter(|&model| Some(self.models[model].0) != placement.replaces)
            .collect();
        let stakes: Vec<u64> =
            rivals.iter().map(|&model| self.models[model].1).chain([placement.stake.0]).collect();
        let weights = weights(&stakes);
        let own = weights[rivals.len()];
        let of_target = |target: usize| {
            let mut scores: Vec<f32> = rivals
                .iter()
                .zip(&weights)
                .filter_map(|(&model, weight)| Some(score(self.cosine(target, model)?, *weight)))
                .collect();
            scores.sort_by(f32::total_cmp);
            match self.count.checked_sub(1) {
                Some(last) => scores.get(last).copied().unwrap_or(f32::INFINITY),
                None => f32::NEG_INFINITY,
            }
        };
        let scores: Vec<f32> = (0..self.len()).map(of_target).collect();
        // The cosine at which a model of this weight has the same score: for the search, not to decide.
        let cosines = scores.iter().map(|bar| 1.0 - bar * own).collect();
        Bars { scores, cosines, own }
    }

    fn draws(&self, embedding: &[f32], bars: &Bars) -> Draws {
        let mut draws = Draws { targets: self.len(), ..Draws::default() };
        for at in self.drawn(embedding, bars) {
            draws.drawn += 1;
            draws.reward = sum(draws.reward, self.rewards[at]);
        }
        draws
    }

    fn drawn(&self, embedding: &[f32], bars: &Bars) -> Vec<usize> {
        let is_drawn = |&at: &usize| {
            let target = &self.targets[at];
            target.len() == embedding.len()
                && score(cosine(target, embedding), bars.own) < bars.scores[at]
        };
        (0..self.len()).filter(is_drawn).collect()
    }

    /// Begins in the middle of some targets, and goes to the middle of what is drawn from there as
    /// long as that is more.
    fn climb(&self, start: &[usize], bars: &Bars) -> Option<Proposal> {
        let mut best: Option<Proposal> = None;
        let mut around = start.to_vec();
        for _ in 0..ROUNDS {
            let embedding = self.middle(&around)?;
            let draws = self.draws(&embedding, bars);
            if best.as_ref().is_some_and(|best| best.draws.drawn >= draws.drawn) {
                break;
            }
            around = self.drawn(&embedding, bars);
            best = Some(Proposal { embedding, draws });
            if around.is_empty() {
                break;
            }
        }
        best
    }

    /// The direction in the middle of targets, each counting by its direction alone.
    fn middle(&self, targets: &[usize]) -> Option<Vec<f32>> {
        let dimension = self.targets.get(*targets.first()?)?.len();
        let mut sum = vec![0.0_f64; dimension];
        for &at in targets {
            let target = &self.targets[at];
            let length = target.iter().map(|value| f64::from(*value).powi(2)).sum::<f64>().sqrt();
            if target.len() == dimension && length.is_normal() {
                sum.iter_mut()
                    .zip(target)
                    .for_each(|(sum, value)| *sum += f64::from(*value) / length);
            }
        }
        let length = sum.iter().map(|value| value * value).sum::<f64>().sqrt();
        #[expect(clippy::cast_possible_truncation, reason = "embeddings are f32")]
        let narrow = |value: f64| (value / length) as f32;
        length.is_normal().then(|| sum.into_iter().map(narrow).collect())
    }
}

/// What is to be beaten.
struct Bars {
    /// The score below which a model is drawn, target by target.
    scores: Vec<f32>,
    /// About the cosine above which it is.
    cosines: Vec<f32>,
    /// The weight of the model that is placed.
    own: f32,
}

const fn sum(a: Shannons, b: Shannons) -> Shannons {
    Shannons(a.0.saturating_add(b.0))
}

#[cfg(test)]
mod tests {
    use super::{Draws, Field, Placement};
    use crate::address::ObjectId;
    use crate::amount::Shannons;
    use crate::score::arrgen::standard_normal;
    use crate::selection::{Candidate, select_models};
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    const PAYS: Shannons = Shannons(3);

    fn id(number: u8) -> ObjectId {
        ObjectId([number; 32])
    }

    fn targets(count: u64, dimension: usize) -> Vec<(Vec<f32>, Shannons)> {
        (0..count).map(|seed| (standard_normal(seed, dimension), PAYS)).collect()
    }

    fn rivals(stakes: &[u64], dimension: usize) -> Vec<(ObjectId, Vec<f32>, u64)> {
        let rival = |(number, stake): (u8, &u64)| {
            (id(number), standard_normal(1_000 + u64::from(number), dimension), *stake)
        };
        (1..).zip(stakes).map(rival).collect()
    }

    fn candidates(models: &[(ObjectId, Vec<f32>, u64)]) -> Vec<Candidate<'_>> {
        models
            .iter()
            .map(|(id, embedding, stake)| Candidate { id: *id, embedding, stake: *stake })
            .collect()
    }

    /// The planner counts in its own way; the chain's rule draws the same.
    #[test]
    fn a_placement_is_drawn_exactly_where_the_chains_rule_draws_it() {
        for dimension in [4, 16, 300] {
            let (targets, models) =
                (targets(200, dimension), rivals(&[40_000, 25_000, 10_000, 5_000, 900], dimension));
            let field = Field::new(targets.clone(), &candidates(&models), 3);
            for stake in [0, 1, 2_000, 30_000, 1_000_000] {
                for replaces in [None, Some(id(2))] {
                    let embedding = standard_normal(5_000 + stake, dimension);
                    let mut with = candidates(&models);
                    with.retain(|model| Some(model.id) != replaces);
                    with.push(Candidate { id: id(99), embedding: &embedding, stake });
                    let drawn = targets
                        .iter()
                        .filter(|(target, _)| select_models(target, &with, 3).contains(&id(99)))
                        .count();
                    let placement =
                        Placement { embedding: &embedding, stake: Shannons(stake), replaces };
                    let reward = Shannons(PAYS.0 * drawn as u64);
                    let expected = Draws { targets: 200, drawn, reward };
                    assert_eq!(field.place(&placement), expected, "{dimension} {stake}");
                }
            }
            for (id, draws) in field.present() {
                let drawn = targets
                    .iter()
                    .filter(|(target, _)| {
                        select_models(target, &candidates(&models), 3).contains(&id)
                    })
                    .count();
                assert_eq!(draws.drawn, drawn, "{id}");
            }
        }
    }

    #[test]
    fn a_proposal_goes_where_nobody_is() {
        // Two groups of targets; a rival of much stake sits in the larger one.
        let at = |x: f32, y: f32| (vec![x, y, 0.1], PAYS);
        let mut field: Vec<_> = (0..12_u8).map(|n| at(1.0, f32::from(n) / 100.0)).collect();
        field.extend((0..5_u8).map(|n| at(f32::from(n) / 100.0, 1.0)));
        let rival = vec![1.0, 0.05, 0.1];
        let field =
            Field::new(field, &[Candidate { id: id(1), embedding: &rival, stake: 1_000_000 }], 1);
        let proposals = field.propose(Shannons(1_000), None, 3);
        let best = &proposals[0];
        assert_eq!(best.draws.drawn, 5);
        assert!(best.embedding[1] > 0.9, "{:?}", best.embedding);
        let placement =
            Placement { embedding: &best.embedding, stake: Shannons(1_000), replaces: None };
        assert_eq!(field.place(&placement), best.draws);
    }

    #[test]
    fn proposals_are_better_than_places_taken_at_random_and_always_the_same() {
        let (targets, models) = (targets(150, 16), rivals(&[40, 25, 10, 5, 2, 1], 16));
        let field = Field::new(targets, &candidates(&models), 3);
        let proposals = field.propose(Shannons(10), None, 3);
        assert_eq!(proposals, field.propose(Shannons(10), None, 3));
        let mut random: Vec<usize> = (0..40)
            .map(|seed| {
                let embedding = standard_normal(7_000 + seed, 16);
                let placement =
                    Placement { embedding: &embedding, stake: Shannons(10), replaces: None };
                field.place(&placement).drawn
            })
            .collect();
        random.sort_unstable();
        assert!(proposals[0].draws.drawn > random[38], "{} {random:?}", proposals[0].draws.drawn);
        let drawn: Vec<usize> = proposals.iter().map(|proposal| proposal.draws.drawn).collect();
        assert!(drawn.is_sorted_by(|a, b| a >= b), "{drawn:?}");
    }

    #[test]
    fn without_rivals_everything_is_drawn_and_without_targets_nothing() {
        let embedding = vec![1.0; 8];
        let placement = Placement { embedding: &embedding, stake: Shannons(0), replaces: None };
        let alone = Field::new(targets(9, 8), &[], 3);
        assert_eq!(alone.place(&placement).drawn, 9);
        let none = Field::new(Vec::new(), &[], 3);
        assert!(none.is_empty());
        assert_eq!(none.place(&placement), Draws::default());
        assert_eq!(none.propose(Shannons(1), None, 3), []);
        let short = Placement { embedding: &embedding[..7], ..placement };
        assert_eq!(alone.place(&short).drawn, 0, "another dimension is never drawn");
    }
}
