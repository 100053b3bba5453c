//! Files times targets: a distance for each pair of which all is known, and windows of them in order.
//!
//! A pair takes four bytes, so that 1,000 files and [`MOST_TARGETS`](super::MOST_TARGETS) targets
//! take 82 MB at the very most, and an order of them as much again only where somebody asks for its
//! far end. Who won, and by how much, is worked out from losses where it is asked for.

use super::ground::{Ground, GroundTarget};
use crate::digest::Checksum;
use crate::score::competition::{distance_of_products, dot, margin, winner_of};
use serde::{Deserialize, Serialize};
use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

/// Which pairs come first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum MatchOrder {
    /// Those that pass, and of them those that bring most; then the nearest to passing.
    BestPaid,
    /// Those that are furthest below their threshold.
    Safest,
    /// The smallest distance.
    Nearest,
}

/// Which pairs are shown, in which order. Equals come by target, then by file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PairQuery {
    /// Those of one file only: its place.
    pub file: Option<usize>,
    /// Those of one target only: its place.
    pub target: Option<usize>,
    /// Only those that are near enough.
    pub passing: bool,
    /// Which come first.
    pub order: MatchOrder,
}

/// A pair of which all is known.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Pair {
    /// Place of the file.
    pub file: usize,
    /// Place of the target.
    pub target: usize,
    /// Place of the model that won.
    pub winner: usize,
    /// What it lost.
    pub loss: f32,
    /// How much worse the second best is; none where nobody can be compared.
    pub margin: Option<f32>,
    /// Distance of the winner's embedding from the target; NaN where it has none, as where they
    /// have other lengths.
    pub distance: f32,
}

/// A file, and what is known of it.
#[derive(Clone, Debug)]
struct Row {
    data: Checksum,
    /// Whether something was lost on it since it was compared.
    is_behind: bool,
    /// By place of the model.
    losses: Vec<Option<f32>>,
    /// By place of the target; nothing before there is one.
    distances: Vec<f32>,
}

impl Row {
    /// Whether losses say all that is known, and maybe more.
    fn grows_to(&self, losses: &[Option<f32>]) -> bool {
        let same = |a: f32, b: Option<f32>| b.is_some_and(|b| a.to_bits() == b.to_bits());
        self.losses.iter().zip(losses).all(|(a, b)| a.is_none_or(|a| same(a, *b)))
    }

    fn known(losses: &[Option<f32>]) -> usize {
        losses.iter().flatten().count()
    }
}

/// No pair. A distance is 0 to 2, or NaN.
const NONE: f32 = f32::INFINITY;

/// How many pairs of an order are found at first.
const FRONT: usize = 4_096;

/// An embedding, with its product with itself.
#[derive(Clone, Debug)]
pub struct Direction {
    values: Vec<f32>,
    square: f64,
}

impl Direction {
    /// The direction of an embedding.
    #[must_use]
    pub fn new(values: Vec<f32>) -> Self {
        Self { square: dot(&values, &values), values }
    }
}

/// A file that is to be compared: its place, and its embeddings by place of the model.
#[derive(Clone, Debug)]
pub struct Contender {
    /// Place of the file.
    pub file: usize,
    /// What [`Table::wanted`] named.
    pub embeddings: Vec<Option<Direction>>,
}

/// Files times targets.
#[derive(Clone, Debug, Default)]
pub struct Table {
    rows: Vec<Row>,
    passing: usize,
    /// Targets that are in a pair.
    matched: Vec<bool>,
    front: Option<Front>,
}

/// The first pairs of an order.
#[derive(Clone, Debug)]
struct Front {
    query: PairQuery,
    total: usize,
    /// File times the number of targets, plus target.
    pairs: Vec<usize>,
}

impl Table {
    /// Takes these files, each with what models lost on it, by place of the model, and forgets all
    /// others. One of which less is known than before, or something else, is compared anew.
    pub fn set_files(&mut self, ground: &Ground, files: Vec<(Checksum, Vec<Option<f32>>)>) {
        let rows = std::mem::take(&mut self.rows);
        let is_longer = files.len() >= rows.len()
            && rows.iter().zip(&files).all(|(row, (data, _))| row.data == *data);
        let mut before: BTreeMap<_, _> = rows.into_iter().map(|row| (row.data, row)).collect();
        let mut is_less = false;
        for (data, losses) in files {
            let row = match before.remove(&data) {
                Some(row) if row.grows_to(&losses) => {
                    let grows = Row::known(&row.losses) < Row::known(&losses);
                    Row { is_behind: row.is_behind || grows, losses, ..row }
                }
                other => {
                    is_less |= other.is_some();
                    Row { data, losses, is_behind: true, distances: Vec::new() }
                }
            };
            self.rows.push(row);
        }
        is_less |= !before.is_empty();
        if is_less || !is_longer {
            self.front = None;
        }
        if is_less {
            self.count(ground);
        }
    }

    /// Counts anew, after pairs were lost.
    fn count(&mut self, ground: &Ground) {
        self.matched = vec![false; ground.targets().len()];
        self.passing = 0;
        for row in &self.rows {
            let pairs = row.distances.iter().zip(ground.targets()).zip(&mut self.matched);
            for ((distance, target), matched) in pairs.filter(|((it, _), _)| is_pair(**it)) {
                *matched = true;
                self.passing += usize::from(*distance <= target.threshold);
            }
        }
    }

    /// The place of the model that wins with a file where these are drawn and all scored it, and its
    /// place among them.
    fn winner(&self, ground: &Ground, file: usize, set: usize) -> Option<(usize, usize)> {
        let (models, losses) = (&ground.sets()[set], &self.rows[file].losses);
        if models.iter().any(|&model| losses[model].is_none()) {
            return None;
        }
        let best = winner_of(models.iter().filter_map(|&model| losses[model]))?;
        Some((models[best], best))
    }

    /// The place of the model that wins, where a pair can be compared and is not yet.
    fn missing(&self, ground: &Ground, file: usize, target: usize) -> Option<usize> {
        let there = self.rows[file].distances.get(target).is_some_and(|it| is_pair(*it));
        let winner = self.winner(ground, file, ground.targets()[target].set)?;
        (!there).then_some(winner.0)
    }

    /// Files of which pairs can be compared that are not yet, each with the models whose embeddings
    /// that takes.
    #[must_use]
    pub fn wanted(&mut self, ground: &Ground) -> Vec<(usize, Vec<usize>)> {
        let mut wanted = Vec::new();
        for file in 0..self.rows.len() {
            if !self.rows[file].is_behind {
                continue;
            }
            let places = 0..ground.targets().len();
            let models: BTreeSet<_> =
                places.filter_map(|target| self.missing(ground, file, target)).collect();
            if models.is_empty() {
                self.rows[file].is_behind = false;
            } else {
                wanted.push((file, models.into_iter().collect()));
            }
        }
        wanted
    }

    /// Whether any of some targets is missing with a file: else their embeddings are not needed.
    #[must_use]
    pub fn wants(&self, ground: &Ground, contenders: &[Contender], targets: Range<usize>) -> bool {
        let wants = |file: usize| {
            targets.clone().any(|target| self.missing(ground, file, target).is_some())
        };
        contenders.iter().any(|contender| wants(contender.file))
    }

    /// Compares files with the targets from place `first` on, whose embeddings these are.
    ///
    /// # Panics
    /// Where there are no such files or targets.
    pub fn compare(
        &mut self,
        ground: &Ground,
        contenders: &[Contender],
        first: usize,
        embeddings: &[f32],
    ) {
        self.matched.resize(ground.targets().len(), false);
        for (at, embedding) in embeddings.chunks_exact(ground.dimension().max(1)).enumerate() {
            let place = first + at;
            let target = ground.targets()[place];
            let mut square = None;
            for contender in contenders {
                let winner = self.missing(ground, contender.file, place);
                let Some(direction) = winner.and_then(|model| contender.embeddings[model].as_ref())
                else {
                    continue;
                };
                let square = *square.get_or_insert_with(|| dot(embedding, embedding));
                let distance = if direction.values.len() == embedding.len() {
                    let both = dot(&direction.values, embedding);
                    distance_of_products(both, direction.square, square)
                } else {
                    f32::NAN
                };
                let row = &mut self.rows[contender.file];
                row.distances.resize(ground.targets().len(), NONE);
                row.distances[place] = distance;
                self.passing += usize::from(distance <= target.threshold);
                self.matched[place] = true;
                self.front = None;
            }
        }
    }

    /// Notes that files were compared with all targets, as far as could be.
    ///
    /// # Panics
    /// Where there are no such files.
    pub fn compared(&mut self, contenders: &[Contender]) {
        for contender in contenders {
            self.rows[contender.file].is_behind = false;
        }
    }

    /// How many pairs are near enough.
    #[must_use]
    pub const fn passing(&self) -> usize {
        self.passing
    }

    /// Targets that are in a pair.
    #[must_use]
    pub fn targets(&self) -> usize {
        self.matched.iter().filter(|matched| **matched).count()
    }

    /// The place of a file.
    #[must_use]
    pub fn find(&self, data: Checksum) -> Option<usize> {
        self.rows.iter().position(|row| row.data == data)
    }

    /// The file at a place.
    #[must_use]
    pub fn data(&self, file: usize) -> Option<Checksum> {
        self.rows.get(file).map(|row| row.data)
    }

    /// All that is known of a pair; none where not all of it is.
    #[must_use]
    pub fn pair(&self, ground: &Ground, file: usize, target: usize) -> Option<Pair> {
        let distance = *self.rows.get(file)?.distances.get(target)?;
        let set = ground.targets().get(target)?.set;
        let (model, best) = self.winner(ground, file, set)?;
        let losses = ground.sets()[set].iter().filter_map(|&model| self.rows[file].losses[model]);
        let losses: Vec<f32> = losses.collect();
        is_pair(distance).then(|| Pair {
            file,
            target,
            winner: model,
            loss: losses[best],
            margin: margin(&losses, best),
            distance,
        })
    }

    /// How many pairs a query shows, and up to `count` of them from place `from` on.
    pub fn window(
        &mut self,
        ground: &Ground,
        query: &PairQuery,
        from: usize,
        count: usize,
    ) -> (usize, Vec<Pair>) {
        let end = from.saturating_add(count);
        let fits =
            |front: &Front| front.query == *query && front.pairs.len() >= end.min(front.total);
        if !self.front.as_ref().is_some_and(fits) {
            self.front = None;
            self.front = Some(self.find_front(ground, query, end.saturating_mul(2).max(FRONT)));
        }
        let Some(front) = &self.front else { return (0, Vec::new()) };
        let targets = ground.targets().len();
        let asked = front.pairs.iter().skip(from).take(count);
        let pairs = asked.filter_map(|at| self.pair(ground, at / targets, at % targets));
        (front.total, pairs.collect())
    }

    /// The first pairs of a query's order. Twice as many are held on the way at most.
    fn find_front(&self, ground: &Ground, query: &PairQuery, most: usize) -> Front {
        let targets = ground.targets().len();
        let compare = |a: &usize, b: &usize| {
            let rank = |at: usize| self.rank(ground, query.order, at / targets, at % targets);
            let order = rank(*a).cmp(&rank(*b));
            order.then_with(|| (a % targets, a / targets).cmp(&(b % targets, b / targets)))
        };
        let (mut total, mut pairs) = (0, Vec::new());
        for (file, row) in self.rows.iter().enumerate() {
            if query.file.is_some_and(|only| only != file) {
                continue;
            }
            let places = query.target.map_or(0..row.distances.len(), |only| {
                let end = row.distances.len().min(only.saturating_add(1));
                only.min(end)..end
            });
            for target in places {
                let distance = row.distances[target];
                let is_shown = is_pair(distance)
                    && (!query.passing || distance <= ground.targets()[target].threshold);
                if !is_shown {
                    continue;
                }
                total += 1;
                pairs.push(file * targets + target);
                if pairs.len() >= most.saturating_mul(2) {
                    pairs.select_nth_unstable_by(most, compare);
                    pairs.truncate(most);
                }
            }
        }
        pairs.sort_unstable_by(compare);
        pairs.truncate(most);
        Front { query: *query, total, pairs }
    }

    fn rank(&self, ground: &Ground, order: MatchOrder, file: usize, target: usize) -> Rank {
        let distance = self.rows[file].distances[target];
        let GroundTarget { threshold, set, .. } = ground.targets()[target];
        let slack = distance - threshold;
        match order {
            MatchOrder::Nearest => Rank { class: 1, left: 0, number: distance },
            MatchOrder::Safest => Rank { class: 1, left: 0, number: slack },
            MatchOrder::BestPaid if distance <= threshold => {
                let winner = self.winner(ground, file, set);
                let left = winner.map_or(0, |(model, _)| ground.pay(target, model).left());
                Rank { class: 0, left, number: slack }
            }
            MatchOrder::BestPaid => Rank { class: 1, left: 0, number: slack },
        }
    }
}

const fn is_pair(distance: f32) -> bool {
    distance.is_nan() || distance.is_finite()
}

/// What an order compares.
#[derive(Clone, Copy, Debug)]
struct Rank {
    class: u8,
    left: i128,
    number: f32,
}

impl Rank {
    /// Numbers before what is none.
    fn cmp(&self, other: &Self) -> Ordering {
        let is_none = |rank: &Self| rank.number.is_nan();
        self.class
            .cmp(&other.class)
            .then(other.left.cmp(&self.left))
            .then(is_none(self).cmp(&is_none(other)))
            .then(self.number.partial_cmp(&other.number).unwrap_or(Ordering::Equal))
    }
}

#[cfg(test)]
mod tests {
    use super::{Contender, Direction, MatchOrder, Pair, PairQuery, Table};
    use crate::digest::Checksum;
    use crate::matching::Ground;
    use crate::matching::ground::tests::{model, pay, target};
    use crate::score::arrgen::standard_normal;
    use crate::score::{ModelScore, Outcome};
    use proptest::prelude::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    const DIMENSION: usize = 3;
    const MODELS: usize = 4;

    /// What a model made of a file: a loss and an embedding.
    type Score = Option<(f32, Vec<f32>)>;

    /// Files with what each model made of them, and targets.
    #[derive(Clone, Debug)]
    struct World {
        files: Vec<Vec<Score>>,
        targets: Vec<(Vec<f32>, f32, u64, Vec<usize>)>,
    }

    impl World {
        fn ground(&self) -> Ground {
            let mut ground = Ground::new(DIMENSION);
            // So that places of models are their numbers.
            let all: Vec<_> = (0..MODELS).collect();
            ground.offer(&target(usize::MAX, vec![1.0; DIMENSION], -1.0, 0, &all), model, pay);
            for (n, (embedding, threshold, reward, models)) in self.targets.iter().enumerate() {
                ground.offer(
                    &target(n, embedding.clone(), *threshold, *reward, models),
                    model,
                    pay,
                );
            }
            ground
        }

        fn embeddings(&self) -> Vec<f32> {
            let targets = self.targets.iter().flat_map(|target| target.0.clone());
            [1.0; DIMENSION].into_iter().chain(targets).collect()
        }

        /// Losses of the first so many scores of the world.
        fn known(&self, scores: usize) -> Vec<(Checksum, Vec<Option<f32>>)> {
            let mut left = scores;
            let mut loss = |score: &Score| {
                let (loss, _) = score.as_ref()?;
                let known = left > 0;
                left = left.saturating_sub(1);
                known.then_some(*loss)
            };
            let files = self.files.iter().enumerate();
            files.map(|(n, of)| (data(n), of.iter().map(&mut loss).collect())).collect()
        }

        fn contenders(&self, wanted: &[(usize, Vec<usize>)]) -> Vec<Contender> {
            let of = |(file, models): &(usize, Vec<usize>)| Contender {
                file: *file,
                embeddings: (0..MODELS)
                    .map(|at| {
                        let embedding = self.files[*file][at].as_ref()?.1.clone();
                        models.contains(&at).then(|| Direction::new(embedding))
                    })
                    .collect(),
            };
            wanted.iter().map(of).collect()
        }

        /// Compares what can be, in pieces of so many targets.
        fn bring_up_to_date(&self, table: &mut Table, ground: &Ground, piece: usize) {
            let contenders = self.contenders(&table.wanted(ground));
            let embeddings = self.embeddings();
            for (n, values) in embeddings.chunks(piece * DIMENSION).enumerate() {
                let places = n * piece..n * piece + values.len() / DIMENSION;
                if table.wants(ground, &contenders, places) {
                    table.compare(ground, &contenders, n * piece, values);
                }
            }
            table.compared(&contenders);
            assert!(table.wanted(ground).is_empty());
        }

        /// Every pair of which all is known, worked out alone.
        fn naive(&self) -> Vec<Pair> {
            let all: Vec<_> = (0..MODELS).collect();
            let first = (vec![1.0; DIMENSION], -1.0, 0, all);
            let mut pairs = Vec::new();
            for (at, (embedding, _, _, models)) in
                [&first].into_iter().chain(&self.targets).enumerate()
            {
                for (file, scores) in self.files.iter().enumerate() {
                    let scores: Option<Vec<_>> = models
                        .iter()
                        .map(|model| {
                            let (loss, embedding) = scores[*model].clone()?;
                            Some(ModelScore { loss, embedding, batches: Vec::new() })
                        })
                        .collect();
                    let Some(scores) = scores else { continue };
                    let outcome = Outcome::of(scores, embedding).unwrap();
                    pairs.push(Pair {
                        file,
                        target: at,
                        winner: models[outcome.winner],
                        loss: outcome.best().loss,
                        margin: outcome.margin,
                        distance: outcome.distance(),
                    });
                }
            }
            pairs
        }
    }

    fn data(n: usize) -> Checksum {
        Checksum([u8::try_from(n).unwrap(); 32])
    }

    /// Pairs by their bits, as NaN is not equal to itself.
    fn bits(pairs: &[Pair]) -> Vec<(usize, usize, usize, u32, Option<u32>, u32)> {
        let of = |pair: &Pair| {
            let margin = pair.margin.map(f32::to_bits);
            let (loss, distance) = (pair.loss.to_bits(), pair.distance.to_bits());
            (pair.file, pair.target, pair.winner, loss, margin, distance)
        };
        pairs.iter().map(of).collect()
    }

    fn shown(world: &World, ground: &Ground, query: &PairQuery) -> Vec<Pair> {
        let threshold = |pair: &Pair| ground.targets()[pair.target].threshold;
        let passes = |pair: &Pair| pair.distance <= threshold(pair);
        let mut pairs = world.naive();
        pairs.retain(|pair| {
            query.file.is_none_or(|file| pair.file == file)
                && query.target.is_none_or(|target| pair.target == target)
                && (!query.passing || passes(pair))
        });
        pairs.sort_by(|a, b| {
            let number = |pair: &Pair| match query.order {
                MatchOrder::Nearest => pair.distance,
                _ => pair.distance - threshold(pair),
            };
            let paid = |pair: &Pair| match query.order {
                MatchOrder::BestPaid if passes(pair) => {
                    (0, -ground.pay(pair.target, pair.winner).left())
                }
                _ => (1, 0),
            };
            // Every distance is below infinity.
            let key =
                |pair: &Pair| Some(number(pair)).filter(|it| !it.is_nan()).unwrap_or(f32::MAX);
            let order = paid(a).cmp(&paid(b)).then(key(a).total_cmp(&key(b)));
            order.then((a.target, a.file).cmp(&(b.target, b.file)))
        });
        pairs
    }

    fn any_embedding() -> impl Strategy<Value = Vec<f32>> {
        // Few values, so that equals, zeros and the same directions come up.
        prop::collection::vec((-2..3_i8).prop_map(f32::from), DIMENSION)
    }

    fn any_world() -> impl Strategy<Value = World> {
        let loss = prop_oneof![
            4 => (1..5_u8).prop_map(f32::from),
            1 => Just(f32::NAN),
            1 => Just(f32::INFINITY),
        ];
        let score = prop::option::weighted(0.8, (loss, any_embedding()));
        let file = prop::collection::vec(score, MODELS);
        let set = prop::sample::subsequence((0..MODELS).collect::<Vec<_>>(), 1..=3).prop_shuffle();
        let target = (any_embedding(), 0.0..2.0_f32, 1..4_u64, set)
            .prop_map(|(at, threshold, reward, models)| (at, threshold, reward * 100, models));
        (prop::collection::vec(file, 1..5), prop::collection::vec(target, 0..8))
            .prop_map(|(files, targets)| World { files, targets })
    }

    fn every_query(files: usize, targets: usize) -> Vec<PairQuery> {
        let mut queries = Vec::new();
        for order in [MatchOrder::BestPaid, MatchOrder::Safest, MatchOrder::Nearest] {
            for passing in [false, true] {
                let all = PairQuery { file: None, target: None, passing, order };
                queries.push(all);
                queries.extend((0..files).map(|file| PairQuery { file: Some(file), ..all }));
                queries.extend((0..=targets).map(|at| PairQuery { target: Some(at), ..all }));
            }
        }
        queries
    }

    proptest! {
        #[test]
        fn a_table_equals_what_every_pair_alone_comes_to(
            world in any_world(),
            steps in prop::collection::vec(0..20_usize, 0..4),
            piece in 1..4_usize,
            count in 1..5_usize,
        ) {
            let ground = world.ground();
            let mut table = Table::default();
            // Scores come one after the other, and the table is asked for in between.
            let mut steps = steps;
            steps.sort_unstable();
            for scores in steps {
                table.set_files(&ground, world.known(scores));
                world.bring_up_to_date(&mut table, &ground, piece);
                table.window(&ground, &every_query(0, 0)[0], 0, 3);
            }
            table.set_files(&ground, world.known(usize::MAX));
            world.bring_up_to_date(&mut table, &ground, piece);

            let naive = world.naive();
            let is_passing = |pair: &&Pair| pair.distance <= ground.targets()[pair.target].threshold;
            prop_assert_eq!(table.passing(), naive.iter().filter(is_passing).count());
            let mut targets: Vec<_> = naive.iter().map(|pair| pair.target).collect();
            targets.sort_unstable();
            targets.dedup();
            prop_assert_eq!(table.targets(), targets.len());
            for query in every_query(world.files.len(), world.targets.len()) {
                let expected = shown(&world, &ground, &query);
                for from in [0, count, expected.len()] {
                    let (total, pairs) = table.window(&ground, &query, from, count);
                    prop_assert_eq!(total, expected.len());
                    let window: Vec<_> = expected.iter().copied().skip(from).take(count).collect();
                    prop_assert_eq!(bits(&pairs), bits(&window), "{:?} from {}", query, from);
                }
            }
        }

        #[test]
        fn what_is_removed_leaves_no_trace(
            world in any_world(),
            gone in prop::collection::vec(any::<bool>(), 4),
        ) {
            let ground = world.ground();
            let mut table = Table::default();
            table.set_files(&ground, world.known(usize::MAX));
            world.bring_up_to_date(&mut table, &ground, 2);
            let stays = |n: &usize| !gone[*n];
            let left: Vec<usize> = (0..world.files.len()).filter(stays).collect();
            let known = world.known(usize::MAX);
            table.set_files(&ground, left.iter().map(|n| known[*n].clone()).collect());
            let smaller =
                World { files: left.iter().map(|n| world.files[*n].clone()).collect(), ..world };
            let query = every_query(0, 0)[0];
            let (total, pairs) = table.window(&ground, &query, 0, 100);
            prop_assert_eq!(bits(&pairs), bits(&shown(&smaller, &ground, &query)));
            prop_assert_eq!(total, pairs.len());
            let is_passing = |pair: &&Pair| pair.distance <= ground.targets()[pair.target].threshold;
            prop_assert_eq!(table.passing(), pairs.iter().filter(is_passing).count());
        }
    }

    fn one_target(models: &[usize]) -> World {
        let score = |loss: u8| Some((f32::from(loss), vec![1.0, 0.0, 0.0]));
        World {
            files: vec![vec![score(2), score(1), None, None]],
            targets: vec![(vec![1.0, 1.0, 0.0], 1.0, 100, models.to_vec())],
        }
    }

    #[test]
    fn a_pair_is_there_once_all_models_of_the_target_scored() {
        for (models, scores, expected) in [
            (&[0][..], 1, Some(0)),
            (&[0, 1], 1, None),
            (&[0, 1], 2, Some(1)),
            (&[0, 1, 2], 2, None),
        ] {
            let world = one_target(models);
            let ground = world.ground();
            let mut table = Table::default();
            table.set_files(&ground, world.known(scores));
            world.bring_up_to_date(&mut table, &ground, 1);
            let pair = table.pair(&ground, 0, 1);
            assert_eq!(pair.map(|pair| pair.winner), expected, "{models:?} {scores}");
            assert_eq!(table.targets(), usize::from(expected.is_some()));
            assert_eq!((table.find(data(0)), table.data(0)), (Some(0), Some(data(0))));
            assert_eq!(table.pair(&ground, 9, 1), None);
        }
    }

    #[test]
    fn a_file_that_was_scored_anew_is_compared_anew() {
        let mut world = one_target(&[0, 1]);
        let ground = world.ground();
        let mut table = Table::default();
        table.set_files(&ground, world.known(2));
        world.bring_up_to_date(&mut table, &ground, 1);
        // It was removed and queued again meanwhile.
        table.set_files(&ground, world.known(1));
        assert_eq!((table.pair(&ground, 0, 1), table.targets(), table.passing()), (None, 0, 0));
        world.files[0][0] = Some((0.5, vec![0.0, 0.0, 1.0]));
        table.set_files(&ground, world.known(2));
        world.bring_up_to_date(&mut table, &ground, 1);
        let pair = table.pair(&ground, 0, 1).unwrap();
        assert_eq!((pair.winner, pair.loss, pair.distance), (0, 0.5, 1.0));
        assert_eq!(pair.margin, Some(0.5));
    }

    #[test]
    fn a_window_beyond_the_front_is_found_too() {
        let targets = (0..5_000_u16).map(|n| (vec![1.0, f32::from(n), 0.0], 1.0, 100, vec![0]));
        let world = World {
            files: vec![vec![Some((1.0, vec![1.0, 0.0, 0.0])), None, None, None]],
            targets: targets.collect(),
        };
        let ground = world.ground();
        let mut table = Table::default();
        table.set_files(&ground, world.known(1));
        world.bring_up_to_date(&mut table, &ground, 700);
        let query =
            PairQuery { file: None, target: None, passing: true, order: MatchOrder::Nearest };
        let places = |table: &mut Table, from| -> Vec<usize> {
            let (total, pairs) = table.window(&ground, &query, from, 3);
            assert_eq!(total, 5_000);
            pairs.iter().map(|pair| pair.target).collect()
        };
        assert_eq!(places(&mut table, 0), [1, 2, 3]);
        assert_eq!(places(&mut table, 4_997), [4_998, 4_999, 5_000]);
        assert_eq!(places(&mut table, 10), [11, 12, 13]);
        assert!(places(&mut table, 5_000).is_empty());
    }

    /// The recorded competitions of several models.
    #[test]
    fn the_models_win_that_the_vectors_say() {
        let text = include_str!("../../../tests/vectors/scoring/manifest.json");
        let vectors: serde_json::Value = serde_json::from_str(text).unwrap();
        let competitions = vectors["competitions"].as_array().unwrap();
        for case in competitions {
            let (expected, id) = (&case["expected"], &case["id"]);
            let number = |value: &serde_json::Value| -> f32 {
                serde_json::from_value(value.clone()).unwrap_or(f32::NAN)
            };
            let numbers = |value: &serde_json::Value| -> Vec<f32> {
                value.as_array().unwrap().iter().map(number).collect()
            };
            let embedding = numbers(&expected["embedding"]);
            let seed = case["target"]["arrgen_seed"].as_str().unwrap().parse().unwrap();
            let at = standard_normal(seed, embedding.len());
            let losses = numbers(&expected["losses"]);
            let models: Vec<usize> = (0..losses.len()).collect();
            let mut ground = Ground::new(embedding.len());
            ground.offer(&target(1, at.clone(), 2.0, 1, &models), model, pay);
            let mut table = Table::default();
            table.set_files(&ground, vec![(data(1), losses.iter().copied().map(Some).collect())]);
            let winner = usize::try_from(expected["winner"].as_u64().unwrap()).unwrap();
            assert_eq!(table.wanted(&ground), [(0, vec![winner])], "{id}");
            let mut embeddings = vec![None; losses.len()];
            embeddings[winner] = Some(Direction::new(embedding));
            let contenders = [Contender { file: 0, embeddings }];
            table.compare(&ground, &contenders, 0, &at);
            let pair = table.pair(&ground, 0, 0).unwrap();
            assert_eq!((pair.winner, pair.loss), (winner, losses[winner]), "{id}");
            let distance = number(&expected["distance"]);
            assert!((pair.distance - distance).abs() < 1e-6, "{id}: {} {distance}", pair.distance);
        }
        assert!(competitions.len() >= 3);
    }
}
