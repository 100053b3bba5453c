//! Open targets without their embeddings, which nobody could hold: what each draws, wants and pays.

use crate::address::{ModelId, TargetId};
use crate::amount::Shannons;
use crate::digest::Checksum;
use crate::listing::ListedTarget;
use crate::matching::Pay;
use std::collections::BTreeMap;

/// The most targets that are held: 20,000 and some more.
pub const MOST_TARGETS: usize = 20_480;

/// A model that targets may draw.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GroundModel {
    /// Its id.
    pub id: ModelId,
    /// Checksum and bytes of its encrypted weights; none where they cannot be opened.
    pub weights: Option<(Checksum, u64)>,
    /// Whether it belongs to whoever would submit.
    pub is_own: bool,
}

/// A target of a [`Ground`].
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct GroundTarget {
    /// Its id.
    pub id: TargetId,
    /// How near data must come.
    pub threshold: f32,
    /// What it holds.
    pub reward: Shannons,
    /// Which models it draws: a place in [`Ground::sets`].
    pub set: usize,
    /// What it pays: a place among the distinct rewards.
    pay: usize,
}

/// All open targets of a network at a time.
#[derive(Clone, Debug)]
pub struct Ground {
    dimension: usize,
    models: Vec<GroundModel>,
    places: BTreeMap<ModelId, usize>,
    sets: Vec<Vec<usize>>,
    set_places: BTreeMap<Vec<usize>, usize>,
    targets: Vec<GroundTarget>,
    target_places: BTreeMap<TargetId, usize>,
    pays: Vec<[Pay; 2]>,
    pay_places: BTreeMap<Shannons, usize>,
}

/// What becomes of a target that is offered to a [`Ground`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Offered {
    /// It is held now, at the next place.
    Held,
    /// It is left aside: its embedding has another length, its threshold is no finite number, it
    /// draws no models, or it came before.
    Unfit,
    /// There are [`MOST_TARGETS`] already.
    Full,
}

impl Ground {
    /// A ground without targets. Embeddings have `dimension` numbers.
    #[must_use]
    pub const fn new(dimension: usize) -> Self {
        Self {
            dimension,
            models: Vec::new(),
            places: BTreeMap::new(),
            sets: Vec::new(),
            set_places: BTreeMap::new(),
            targets: Vec::new(),
            target_places: BTreeMap::new(),
            pays: Vec::new(),
            pay_places: BTreeMap::new(),
        }
    }

    /// Offers a target. `model` tells of a model that was not drawn before; `pay` what a reward
    /// brings where the winner is another's and where it is one's own, asked once a distinct reward.
    pub fn offer(
        &mut self,
        target: &ListedTarget,
        model: impl Fn(ModelId) -> GroundModel,
        pay: impl Fn(Shannons) -> [Pay; 2],
    ) -> Offered {
        let is_fit = target.embedding.len() == self.dimension
            && target.distance_threshold.is_finite()
            && !target.model_ids.is_empty()
            && !self.target_places.contains_key(&target.id);
        if !is_fit {
            return Offered::Unfit;
        }
        if self.targets.len() >= MOST_TARGETS {
            return Offered::Full;
        }
        let drawn = target.model_ids.iter().map(|id| self.place_of(*id, &model)).collect();
        let set = *self.set_places.entry(drawn).or_insert_with_key(|drawn| {
            self.sets.push(drawn.clone());
            self.sets.len() - 1
        });
        let reward = Shannons(target.reward_pool);
        let pay = *self.pay_places.entry(reward).or_insert_with(|| {
            self.pays.push(pay(reward));
            self.pays.len() - 1
        });
        let threshold = target.distance_threshold;
        self.target_places.insert(target.id, self.targets.len());
        self.targets.push(GroundTarget { id: target.id, threshold, reward, set, pay });
        Offered::Held
    }

    fn place_of(&mut self, id: ModelId, model: impl Fn(ModelId) -> GroundModel) -> usize {
        *self.places.entry(id).or_insert_with(|| {
            self.models.push(model(id));
            self.models.len() - 1
        })
    }

    /// Numbers of an embedding.
    #[must_use]
    pub const fn dimension(&self) -> usize {
        self.dimension
    }

    /// The models that are drawn.
    #[must_use]
    pub fn models(&self) -> &[GroundModel] {
        &self.models
    }

    /// Which models are drawn together, in the order in which targets have them, where the first of
    /// equals wins: places in [`models`](Self::models).
    #[must_use]
    pub fn sets(&self) -> &[Vec<usize>] {
        &self.sets
    }

    /// The targets, in the order in which they were offered.
    #[must_use]
    pub fn targets(&self) -> &[GroundTarget] {
        &self.targets
    }

    /// The place of a target.
    #[must_use]
    pub fn find(&self, id: TargetId) -> Option<usize> {
        self.target_places.get(&id).copied()
    }

    /// What a target brings where a model wins.
    ///
    /// # Panics
    /// Where there is no such model or target.
    #[must_use]
    pub fn pay(&self, target: usize, winner: usize) -> Pay {
        self.pays[self.targets[target].pay][usize::from(self.models[winner].is_own)]
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::{Ground, GroundModel, MOST_TARGETS, Offered};
    use crate::address::ObjectId;
    use crate::amount::Shannons;
    use crate::digest::Checksum;
    use crate::listing::{ListedStatus, ListedTarget};
    use crate::matching::Pay;
    use std::cell::Cell;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    pub(crate) fn id(n: usize) -> ObjectId {
        let mut bytes = [0; 32];
        bytes[..8].copy_from_slice(&(n as u64).to_le_bytes());
        ObjectId(bytes)
    }

    pub(crate) fn target(
        n: usize,
        embedding: Vec<f32>,
        threshold: f32,
        reward: u64,
        models: &[usize],
    ) -> ListedTarget {
        ListedTarget {
            id: id(n),
            status: ListedStatus::Open,
            generation_epoch: 3,
            reward_pool: reward,
            distance_threshold: threshold,
            embedding,
            model_ids: models.iter().copied().map(id).collect(),
            fill_epoch: None,
            submitter: None,
            winning_model_id: None,
            winning_model_owner: None,
            bond_amount: 0,
            data_url: None,
        }
    }

    /// Model 0 is one's own.
    pub(crate) fn model(of: ObjectId) -> GroundModel {
        GroundModel { id: of, weights: Some((Checksum(of.0), 9)), is_own: of == id(0) }
    }

    /// Half of a reward, or all of it, for a fee of ten.
    pub(crate) fn pay(reward: Shannons) -> [Pay; 2] {
        let pay = |paid| Pay { paid: Shannons(paid), fees: Shannons(10) };
        [pay(reward.0 / 2), pay(reward.0)]
    }

    #[test]
    fn what_is_drawn_together_and_pays_the_same_is_held_once() {
        let mut ground = Ground::new(2);
        let asked = Cell::new(0);
        let counted = |reward| {
            asked.set(asked.get() + 1);
            pay(reward)
        };
        let drawn: [&[usize]; 4] = [&[2, 1], &[1, 2], &[2, 1], &[0]];
        for (n, models) in drawn.into_iter().enumerate() {
            let target = target(n, vec![1.0; 2], 0.5, 100 + (n as u64 % 2), models);
            assert_eq!(ground.offer(&target, model, counted), Offered::Held);
        }
        assert_eq!(asked.get(), 2);
        assert_eq!(ground.models().iter().map(|it| it.id).collect::<Vec<_>>(), [2, 1, 0].map(id));
        assert_eq!(ground.sets(), [vec![0, 1], vec![1, 0], vec![2]]);
        let sets: Vec<_> = ground.targets().iter().map(|target| target.set).collect();
        assert_eq!(sets, [0, 1, 0, 2]);
        assert_eq!(ground.find(id(3)), Some(3));
        assert_eq!((ground.find(id(4)), ground.dimension()), (None, 2));
        assert_eq!(ground.pay(1, 0).paid, Shannons(50));
        assert_eq!(ground.pay(3, 2).paid, Shannons(101), "one's own model");
    }

    #[test]
    fn what_cannot_be_compared_is_left_aside() {
        let mut ground = Ground::new(2);
        let held = target(1, vec![1.0; 2], 0.5, 1, &[1]);
        assert_eq!(ground.offer(&held, model, pay), Offered::Held);
        for unfit in [
            held,
            target(2, vec![1.0; 3], 0.5, 1, &[1]),
            target(2, vec![1.0; 2], f32::NAN, 1, &[1]),
            target(2, vec![1.0; 2], f32::INFINITY, 1, &[1]),
            target(2, vec![1.0; 2], 0.5, 1, &[]),
        ] {
            assert_eq!(ground.offer(&unfit, model, pay), Offered::Unfit);
        }
        assert_eq!(ground.targets().len(), 1);
    }

    #[test]
    fn no_more_targets_are_held_than_was_said() {
        let mut ground = Ground::new(0);
        for n in 0..MOST_TARGETS {
            let offered = ground.offer(&target(n, Vec::new(), 0.5, 1, &[1]), model, pay);
            assert_eq!(offered, Offered::Held);
        }
        let one_more = target(MOST_TARGETS, Vec::new(), 0.5, 1, &[1]);
        assert_eq!(ground.offer(&one_more, model, pay), Offered::Full);
        assert_eq!(ground.targets().len(), MOST_TARGETS);
    }
}
