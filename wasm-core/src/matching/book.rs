//! What is scored, and what comes next.

use super::Scored;
use crate::address::ModelId;
use crate::digest::Checksum;
use std::collections::BTreeMap;

/// The last score of each data by each model.
#[derive(Clone, Debug, Default)]
pub struct Book {
    scores: BTreeMap<(Checksum, ModelId), (Checksum, f32)>,
}

impl Book {
    /// Notes a score. Returns the one by former weights that it takes the place of.
    pub fn put(&mut self, scored: Scored) -> Option<Scored> {
        let Scored { data, model, weights, loss } = scored;
        let (weights, loss) = self.scores.insert((data, model), (weights, loss))?;
        Some(Scored { data, model, weights, loss })
    }

    /// What is known of some data and a model, by whichever weights.
    #[must_use]
    pub fn last(&self, data: Checksum, model: ModelId) -> Option<Scored> {
        let &(weights, loss) = self.scores.get(&(data, model))?;
        Some(Scored { data, model, weights, loss })
    }

    /// What is known of some data and a model with these weights.
    #[must_use]
    pub fn get(&self, data: Checksum, model: ModelId, weights: Checksum) -> Option<Scored> {
        self.last(data, model).filter(|scored| scored.weights == weights)
    }

    /// Forgets some data; returns what was known of it.
    pub fn forget(&mut self, data: Checksum) -> Vec<Scored> {
        let of_data = |(of, _): &(Checksum, ModelId), _: &mut _| *of == data;
        let scores = self.scores.extract_if(.., of_data);
        scores
            .map(|((data, model), (weights, loss))| Scored { data, model, weights, loss })
            .collect()
    }

    /// What is to be scored next: model by model, so that each one's weights are opened once, and
    /// within it file by file. The first number is the place of the model.
    #[must_use]
    pub fn next(
        &self,
        files: &[Checksum],
        models: &[(ModelId, Checksum)],
    ) -> Option<(usize, Checksum)> {
        self.lacking(files, models).next()
    }

    /// Everything that has no score yet, in the order in which it is to be scored.
    pub fn lacking<'b>(
        &'b self,
        files: &'b [Checksum],
        models: &'b [(ModelId, Checksum)],
    ) -> impl Iterator<Item = (usize, Checksum)> + 'b {
        models.iter().enumerate().flat_map(move |(place, &(model, weights))| {
            let is_lacking = move |data: &Checksum| self.get(*data, model, weights).is_none();
            files.iter().copied().filter(is_lacking).map(move |data| (place, data))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::Book;
    use crate::address::ObjectId;
    use crate::digest::Checksum;
    use crate::matching::Scored;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    const A: ObjectId = ObjectId([1; 32]);
    const B: ObjectId = ObjectId([2; 32]);
    const OLD: Checksum = Checksum([8; 32]);
    const NEW: Checksum = Checksum([9; 32]);

    const fn data(n: u8) -> Checksum {
        Checksum([n; 32])
    }

    const fn scored(of: u8, model: ObjectId, weights: Checksum) -> Scored {
        Scored { data: data(of), model, weights, loss: 1.0 }
    }

    #[test]
    fn a_model_is_done_before_the_next_begins() {
        let (mut book, files) = (Book::default(), [data(5), data(3)]);
        let models = [(B, NEW), (A, NEW)];
        let mut order = Vec::new();
        while let Some((place, of)) = book.next(&files, &models) {
            order.push((place, of));
            book.put(Scored { data: of, model: models[place].0, weights: NEW, loss: f32::NAN });
        }
        assert_eq!(order, [(0, data(5)), (0, data(3)), (1, data(5)), (1, data(3))]);
        // One that came late is taken up by the models that were done before.
        let files = [data(5), data(3), data(4)];
        let rest: Vec<_> = book.lacking(&files, &models).collect();
        assert_eq!(rest, [(0, data(4)), (1, data(4))]);
    }

    #[test]
    fn other_weights_score_anew_and_take_the_place_of_the_former() {
        let mut book = Book::default();
        assert!(book.put(scored(1, A, OLD)).is_none());
        assert!(book.get(data(1), A, NEW).is_none());
        assert_eq!(book.next(&[data(1)], &[(A, NEW)]), Some((0, data(1))));
        let displaced = book.put(scored(1, A, NEW)).unwrap();
        assert_eq!((displaced.weights, displaced.model), (OLD, A));
        assert_eq!(book.next(&[data(1)], &[(A, NEW)]), None);
        assert!(book.last(data(1), A).is_some() && book.last(data(1), B).is_none());
    }

    #[test]
    fn what_is_forgotten_is_all_of_one_file_and_nothing_else() {
        let mut book = Book::default();
        for (of, model) in [(1, A), (1, B), (2, A)] {
            book.put(scored(of, model, NEW));
        }
        let forgotten = book.forget(data(1));
        assert_eq!(forgotten.iter().map(|it| it.model).collect::<Vec<_>>(), [A, B]);
        assert!(book.last(data(1), A).is_none() && book.last(data(2), A).is_some());
        assert!(book.forget(data(1)).is_empty());
    }
}
