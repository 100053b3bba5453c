//! All targets of a node, filtered, sorted, and handed out a window at a time.

use crate::address::{Address, ModelId, TargetId};
use crate::listing::ListedTarget;
use crate::target::TargetStage;
use serde::{Deserialize, Serialize};
use std::cmp::{Ordering, Reverse};
use std::collections::BTreeMap;

/// In which stages targets are shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Shown {
    /// In any.
    #[default]
    All,
    /// Those that wait for data.
    Open,
    /// Those that have data, whether its audit is over or not.
    Filled,
    /// Those that anybody may settle now.
    Claimable,
    /// Those that nobody filled in their epoch.
    Expired,
}

impl Shown {
    /// Every choice.
    pub const ALL: [Self; 5] =
        [Self::All, Self::Open, Self::Filled, Self::Claimable, Self::Expired];

    /// Whether targets of a stage are shown.
    #[must_use]
    pub const fn shows(self, stage: TargetStage) -> bool {
        match self {
            Self::All => true,
            Self::Open => matches!(stage, TargetStage::Open),
            Self::Filled => stage.has_data(),
            Self::Claimable => stage.is_claimable(),
            Self::Expired => matches!(stage, TargetStage::Expired),
        }
    }
}

/// What comes first. Equals stand in the order of their ids.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum SortBy {
    /// The best paid.
    #[default]
    Reward,
    /// Those that are the easiest to hit.
    Threshold,
    /// Those whose stage ends first.
    TimeLeft,
}

/// Which targets are shown, and in which order.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Query {
    /// In which stages.
    pub shown: Shown,
    /// The epoch of generation.
    pub epoch: Option<u64>,
    /// Who submitted the data, or owned the model that won with it.
    pub of: Option<Address>,
    /// A model that was drawn for them.
    pub model: Option<ModelId>,
    /// What comes first.
    pub sort: SortBy,
    /// What would come first comes last.
    pub reversed: bool,
}

impl Query {
    /// Whether a target is shown in an epoch.
    #[must_use]
    pub fn shows(&self, target: &ListedTarget, now: u64) -> bool {
        let is_of =
            |whose| target.submitter == Some(whose) || target.winning_model_owner == Some(whose);
        self.shown.shows(stage(target, now))
            && self.epoch.is_none_or(|epoch| target.generation_epoch == epoch)
            && self.of.is_none_or(is_of)
            && self.model.is_none_or(|model| target.model_ids.contains(&model))
    }

    fn compare(&self, a: &ListedTarget, b: &ListedTarget) -> Ordering {
        let until = |of: &ListedTarget| of.target_status().claimable_from(of.generation_epoch);
        let order = match self.sort {
            SortBy::Reward => Reverse(a.reward_pool).cmp(&Reverse(b.reward_pool)),
            SortBy::Threshold => b.distance_threshold.total_cmp(&a.distance_threshold),
            // What is settled has no time left to speak of, and comes last.
            SortBy::TimeLeft => (until(a).is_none(), until(a)).cmp(&(until(b).is_none(), until(b))),
        };
        let order = if self.reversed { order.reverse() } else { order };
        order.then(a.id.cmp(&b.id))
    }
}

fn stage(target: &ListedTarget, now: u64) -> TargetStage {
    target.target_status().stage(target.generation_epoch, now)
}

/// Some of the targets that a query shows.
#[derive(Clone, Debug, PartialEq)]
pub struct Window<'b> {
    /// How many the query shows in all.
    pub total: usize,
    /// Those that were asked for.
    pub rows: Vec<&'b ListedTarget>,
}

/// All targets that are known of a node. Embeddings are left out.
#[derive(Clone, Debug, Default)]
pub struct Board {
    targets: BTreeMap<TargetId, ListedTarget>,
    /// What the last window was cut from, as long as nothing changed since.
    order: Option<(Query, u64, Vec<TargetId>)>,
}

impl Board {
    /// Adds a target, or says how it stands now.
    pub fn put(&mut self, target: ListedTarget) {
        let target = ListedTarget { embedding: Vec::new(), ..target };
        let id = target.id;
        let before = self.targets.insert(id, target);
        if before.as_ref() != self.targets.get(&id) {
            self.order = None;
        }
    }

    /// Takes a target away, as after it was settled.
    pub fn remove(&mut self, id: TargetId) {
        if self.targets.remove(&id).is_some() {
            self.order = None;
        }
    }

    /// Keeps only targets for which this is true.
    pub fn retain(&mut self, keep: impl Fn(TargetId) -> bool) {
        let before = self.targets.len();
        self.targets.retain(|id, _| keep(*id));
        if self.targets.len() != before {
            self.order = None;
        }
    }

    /// A target.
    #[must_use]
    pub fn get(&self, id: TargetId) -> Option<&ListedTarget> {
        self.targets.get(&id)
    }

    /// All targets, by id.
    pub fn iter(&self) -> impl Iterator<Item = &ListedTarget> {
        self.targets.values()
    }

    /// How many targets are known.
    #[must_use]
    pub fn len(&self) -> usize {
        self.targets.len()
    }

    /// Whether none is known.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.targets.is_empty()
    }

    /// Up to `count` of the targets that a query shows in an epoch, from place `from` on.
    pub fn window(&mut self, query: &Query, now: u64, from: usize, count: usize) -> Window<'_> {
        let fits = |(of, when, _): &(Query, u64, _)| of == query && *when == now;
        if !self.order.as_ref().is_some_and(fits) {
            let shown = self.targets.values().filter(|target| query.shows(target, now));
            let mut shown: Vec<&ListedTarget> = shown.collect();
            shown.sort_unstable_by(|a, b| query.compare(a, b));
            let ids = shown.into_iter().map(|target| target.id).collect();
            self.order = Some((*query, now, ids));
        }
        let ids = self.order.as_ref().map_or(&[][..], |(_, _, ids)| ids);
        let asked = ids.iter().skip(from).take(count);
        let rows = asked.filter_map(|id| self.targets.get(id)).collect();
        Window { total: ids.len(), rows }
    }

    /// How many targets stand in each stage.
    #[must_use]
    pub fn stages(&self, now: u64) -> BTreeMap<TargetStage, usize> {
        let mut counts = BTreeMap::new();
        for target in self.targets.values() {
            *counts.entry(stage(target, now)).or_default() += 1;
        }
        counts
    }

    /// Models that were drawn for targets, those first that were drawn most often.
    #[must_use]
    pub fn models(&self) -> Vec<(ModelId, usize)> {
        let mut counts = BTreeMap::<ModelId, usize>::new();
        for id in self.targets.values().flat_map(|target| &target.model_ids) {
            *counts.entry(*id).or_default() += 1;
        }
        let mut models: Vec<_> = counts.into_iter().collect();
        models.sort_by_key(|(_, count)| Reverse(*count));
        models
    }

    /// Epochs in which targets were made, the newest first.
    #[must_use]
    pub fn epochs(&self) -> Vec<u64> {
        let made = self.targets.values().map(|target| target.generation_epoch);
        let epochs: std::collections::BTreeSet<u64> = made.collect();
        epochs.into_iter().rev().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::{Board, Query, Shown, SortBy};
    use crate::address::{Address, ObjectId, TargetId};
    use crate::listing::{ListedStatus, ListedTarget};
    use crate::target::TargetStage;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    const ME: Address = Address([7; 32]);
    const NOW: u64 = 6;

    fn id(n: u8) -> TargetId {
        ObjectId([n; 32])
    }

    fn target(n: u8, reward_pool: u64, generation_epoch: u64, fill: Option<u64>) -> ListedTarget {
        ListedTarget {
            id: id(n),
            status: if fill.is_some() { ListedStatus::Filled } else { ListedStatus::Open },
            generation_epoch,
            reward_pool,
            distance_threshold: f32::from(n) / 100.0,
            embedding: vec![1.0; 4],
            model_ids: vec![id(100 + n % 2)],
            fill_epoch: fill,
            submitter: fill.map(|_| ME),
            winning_model_id: None,
            winning_model_owner: None,
            bond_amount: 0,
            data_url: None,
        }
    }

    /// Open, open, expired, filled now, audited, due.
    fn board() -> Board {
        let mut board = Board::default();
        for target in [
            target(1, 10, NOW, None),
            target(2, 30, NOW, None),
            target(3, 20, NOW - 1, None),
            target(4, 20, NOW, Some(NOW)),
            target(5, 40, NOW - 1, Some(NOW - 1)),
            target(6, 5, NOW - 2, Some(NOW - 2)),
        ] {
            board.put(target);
        }
        board
    }

    fn shown(board: &mut Board, query: Query) -> Vec<u8> {
        let window = board.window(&query, NOW, 0, usize::MAX);
        assert_eq!(window.total, window.rows.len());
        window.rows.into_iter().map(|target| target.id.0[0]).collect()
    }

    #[test]
    fn each_filter_shows_its_stages() {
        let mut board = board();
        let by = |shown| Query { shown, ..Query::default() };
        assert_eq!(shown(&mut board, by(Shown::All)), [5, 2, 3, 4, 1, 6]);
        assert_eq!(shown(&mut board, by(Shown::Open)), [2, 1]);
        assert_eq!(shown(&mut board, by(Shown::Filled)), [5, 4, 6]);
        assert_eq!(shown(&mut board, by(Shown::Claimable)), [3, 6]);
        assert_eq!(shown(&mut board, by(Shown::Expired)), [3]);
        let of_epoch = Query { epoch: Some(NOW - 1), ..Query::default() };
        assert_eq!(shown(&mut board, of_epoch), [5, 3]);
        let of_model = Query { model: Some(id(100)), ..Query::default() };
        assert_eq!(shown(&mut board, of_model), [2, 4, 6]);
    }

    #[test]
    fn mine_is_what_i_filled_and_what_my_model_won() {
        let mut board = board();
        let mine = Query { of: Some(ME), ..Query::default() };
        assert_eq!(shown(&mut board, mine), [5, 4, 6]);
        let other = Some(Address([8; 32]));
        let won = ListedTarget {
            submitter: other,
            winning_model_owner: Some(ME),
            ..target(7, 1, NOW, Some(NOW))
        };
        board.put(won);
        assert_eq!(shown(&mut board, mine), [5, 4, 6, 7]);
        assert_eq!(shown(&mut board, Query { of: other, ..mine }), [7]);
    }

    #[test]
    fn every_order_can_be_reversed_and_equals_stand_by_id() {
        let mut board = board();
        let by = |sort, reversed| Query { sort, reversed, ..Query::default() };
        assert_eq!(shown(&mut board, by(SortBy::Reward, true)), [6, 1, 3, 4, 2, 5]);
        assert_eq!(shown(&mut board, by(SortBy::Threshold, false)), [6, 5, 4, 3, 2, 1]);
        // Ends of stages: 3 and 6 in 6, 1, 2 and 5 in 7, 4 in 8.
        assert_eq!(shown(&mut board, by(SortBy::TimeLeft, false)), [3, 6, 1, 2, 5, 4]);
        assert_eq!(shown(&mut board, by(SortBy::TimeLeft, true)), [4, 1, 2, 5, 3, 6]);
    }

    #[test]
    fn a_window_is_a_part_of_all_and_follows_every_change() {
        let mut board = board();
        let query = Query::default();
        let ids = |board: &mut Board, now, from, count| -> (usize, Vec<u8>) {
            let window = board.window(&query, now, from, count);
            (window.total, window.rows.iter().map(|target| target.id.0[0]).collect())
        };
        assert_eq!(ids(&mut board, NOW, 1, 2), (6, vec![2, 3]));
        assert_eq!(ids(&mut board, NOW, 5, 9), (6, vec![6]));
        assert_eq!(ids(&mut board, NOW, 6, 9), (6, vec![]));
        board.put(target(1, 99, NOW, None));
        assert_eq!(ids(&mut board, NOW, 0, 2), (6, vec![1, 5]));
        board.remove(id(1));
        assert_eq!(ids(&mut board, NOW, 0, 2), (5, vec![5, 2]));
        board.retain(|target| target != id(5));
        assert_eq!(ids(&mut board, NOW, 0, 2), (4, vec![2, 3]));
        assert!(board.get(id(2)).is_some_and(|target| target.embedding.is_empty()));
    }

    #[test]
    fn an_epoch_moves_targets_on_without_a_word_of_the_node() {
        let mut board = board();
        let open = Query { shown: Shown::Open, ..Query::default() };
        assert_eq!(board.window(&open, NOW, 0, 9).total, 2);
        assert_eq!(board.window(&open, NOW + 1, 0, 9).total, 0);
        assert_eq!(board.stages(NOW)[&TargetStage::Audited], 1);
        let later = board.stages(NOW + 1);
        assert_eq!((later[&TargetStage::Expired], later[&TargetStage::Due]), (3, 2));
        assert_eq!(board.epochs(), [NOW, NOW - 1, NOW - 2]);
        assert_eq!(board.models(), [(id(100), 3), (id(101), 3)]);
        assert!(!board.is_empty() && board.len() == 6 && board.iter().count() == 6);
    }
}
