//! Which targets can be matched with which models: a target only where all its models scored a file.

use crate::matching::{DrawnTogether, GroundView};
use std::collections::BTreeSet;
use wasm_core::address::ModelId;
use wasm_core::amount::Shannons;

/// What some models can be matched with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct Covered {
    /// Bytes of the models' weights, as far as they are known.
    pub weights: u64,
    /// Targets all of whose models are among them.
    pub targets: usize,
    /// The rewards of these targets together.
    pub reward: Shannons,
}

impl GroundView {
    /// What these models can be matched with.
    #[must_use]
    pub fn covered(&self, chosen: &BTreeSet<ModelId>) -> Covered {
        let is_chosen =
            |place: &usize| self.models.get(*place).is_some_and(|model| chosen.contains(&model.id));
        let weights = self.models.iter().filter(|model| chosen.contains(&model.id));
        let mut covered = Covered {
            weights: weights.filter_map(|model| model.size).fold(0, u64::saturating_add),
            ..Covered::default()
        };
        for set in self.sets.iter().filter(|set| set.models.iter().all(is_chosen)) {
            covered.targets += set.targets;
            covered.reward.0 = covered.reward.0.saturating_add(set.reward.0);
        }
        covered
    }

    /// Models that cover whole targets, the best paid for each new byte of weights first, until their
    /// weights would take more than so many bytes. Where even the first takes more, it alone.
    #[must_use]
    pub fn best_within(&self, bytes: u64) -> BTreeSet<ModelId> {
        let mut left: Vec<&DrawnTogether> =
            self.sets.iter().filter(|set| self.missing(set, &BTreeSet::new()).is_some()).collect();
        let (mut chosen, mut weights) = (BTreeSet::new(), 0_u64);
        loop {
            // What comes with the models that are chosen already costs nothing more.
            left.retain(|set| self.missing(set, &chosen) != Some(0));
            let fits = |set: &&DrawnTogether| {
                let more = self.missing(set, &chosen)?;
                let is_first = chosen.is_empty();
                (is_first || weights.saturating_add(more) <= bytes).then_some(more)
            };
            let best = left.iter().filter_map(|set| Some((fits(set)?, *set))).max_by(
                |(a_costs, a), (b_costs, b)| {
                    let a_pays = u128::from(a.reward.0) * u128::from(*b_costs);
                    let b_pays = u128::from(b.reward.0) * u128::from(*a_costs);
                    a_pays.cmp(&b_pays).then(b.models.cmp(&a.models))
                },
            );
            let Some((more, set)) = best else { return chosen };
            weights = weights.saturating_add(more);
            chosen.extend(set.models.iter().filter_map(|place| Some(self.models.get(*place)?.id)));
        }
    }

    /// Bytes of those models of a set that are not chosen; none where one of them cannot be opened.
    fn missing(&self, set: &DrawnTogether, chosen: &BTreeSet<ModelId>) -> Option<u64> {
        let mut bytes = 0_u64;
        for place in &set.models {
            let model = self.models.get(*place)?;
            let size = model.size?;
            if !chosen.contains(&model.id) {
                bytes = bytes.saturating_add(size.max(1));
            }
        }
        Some(bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::Covered;
    use crate::matching::{DrawnByTargets, DrawnTogether, GroundView};
    use std::collections::BTreeSet;
    use wasm_core::address::{ModelId, ObjectId};
    use wasm_core::amount::Shannons;

    fn id(number: u8) -> ModelId {
        ObjectId([number; 32])
    }

    fn ids(numbers: &[u8]) -> BTreeSet<ModelId> {
        numbers.iter().copied().map(id).collect()
    }

    /// Models 0 to 3 of 10, 20, 30 bytes and of none that can be opened.
    fn ground(sets: &[(&[usize], u64)]) -> GroundView {
        let sizes = [Some(10), Some(20), Some(30), None];
        let models = (0..).zip(sizes).map(|(number, size)| DrawnByTargets {
            id: id(number),
            size,
            targets: 1,
            reward: Shannons(1),
        });
        let sets = sets.iter().map(|(models, reward)| DrawnTogether {
            models: models.to_vec(),
            targets: 2,
            reward: Shannons(*reward),
        });
        GroundView { models: models.collect(), sets: sets.collect(), ..GroundView::default() }
    }

    #[test]
    fn a_target_is_covered_only_by_all_of_its_models() {
        let ground = ground(&[(&[0, 1], 5), (&[1, 2], 7), (&[1], 1)]);
        let covered = ground.covered(&ids(&[0, 1]));
        assert_eq!(covered, Covered { weights: 30, targets: 4, reward: Shannons(6) });
        assert_eq!(ground.covered(&ids(&[2])).targets, 0);
        assert_eq!(ground.covered(&ids(&[9])), Covered::default());
    }

    #[test]
    fn the_best_paid_for_each_byte_come_first_until_the_room_is_full() {
        let ground = ground(&[(&[0, 1], 60), (&[2], 31), (&[0], 1)]);
        assert_eq!(ground.best_within(30), ids(&[0, 1]));
        assert_eq!(ground.best_within(60), ids(&[0, 1, 2]));
        assert_eq!(ground.best_within(59), ids(&[0, 1]));
    }

    #[test]
    fn what_cannot_be_opened_is_never_chosen() {
        let ground = ground(&[(&[0, 3], 1_000), (&[1], 1)]);
        assert_eq!(ground.best_within(u64::MAX), ids(&[1]));
        assert_eq!(GroundView::default().best_within(u64::MAX), BTreeSet::new());
    }

    #[test]
    fn where_nothing_fits_the_best_set_alone_is_chosen() {
        let ground = ground(&[(&[2], 10), (&[1], 10)]);
        assert_eq!(ground.best_within(5), ids(&[1]));
    }

    #[test]
    fn places_that_do_not_exist_cover_nothing() {
        let ground = ground(&[(&[7], 10)]);
        assert_eq!(ground.best_within(100), BTreeSet::new());
        assert_eq!(ground.covered(&ids(&[0, 1, 2, 3])).targets, 0);
    }
}
