//! Whole evaluations and competitions, by any engine.

use super::manifest::{Case, Competition, Encoding, Target, Tolerance};
use super::{Source, Vectors, contract};
use crate::read::same;
use anyhow::{Context as _, Result, ensure};
use std::fmt;
use wasm_core::score::arrgen::standard_normal;
use wasm_core::score::competition::distance;
use wasm_core::score::{Batching, Engine, ModelScore, Outcome, Sequences, Unwatched, WeightsFile};

/// How far an engine's results are from those of f64.
#[derive(Clone, Copy, Debug, Default)]
#[expect(missing_docs, reason = "named as in the vectors")]
pub struct Deviation {
    pub cross_entropy: f64,
    pub sig_reg: f64,
    pub loss: f64,
    pub embedding: f64,
    pub distance: f64,
}

impl fmt::Display for Deviation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { cross_entropy, sig_reg, loss, embedding, distance } = self;
        write!(
            f,
            "{cross_entropy:9.1e} {sig_reg:9.1e} {loss:9.1e} {embedding:9.1e} {distance:9.1e}"
        )
    }
}

impl Deviation {
    /// The largest share of what is allowed, where 1 is all of it; no number where one is none.
    #[must_use]
    pub fn of_allowed(&self, allowed: &Tolerance) -> f64 {
        self.beside(allowed).map(|(_, deviation, allowed)| deviation / allowed).fold(0.0, worse)
    }

    /// Each deviation with its name and what is allowed.
    fn beside(&self, allowed: &Tolerance) -> impl Iterator<Item = (&'static str, f64, f64)> {
        [
            ("cross-entropy", self.cross_entropy, allowed.cross_entropy),
            ("SIGReg", self.sig_reg, allowed.sig_reg),
            ("loss", self.loss, allowed.loss),
            ("embedding", self.embedding, allowed.embedding_max),
            ("distance", self.distance, allowed.distance),
        ]
        .into_iter()
    }

    /// The heads of the columns that [`Display`](fmt::Display) writes.
    pub const COLUMNS: &str = "       CE    SIGReg      loss embedding  distance";
}

fn target(target: &Target, width: usize) -> Vec<f32> {
    match target {
        Target::Drawn { arrgen_seed } => standard_normal(arrgen_seed.0, width),
        Target::Values { values } => values.clone(),
    }
}

fn largest(actual: &[f32], expected: &[f64]) -> Result<f64> {
    ensure!(actual.len() == expected.len(), "{} values, not {}", actual.len(), expected.len());
    let deviations = actual.iter().zip(expected).map(|(a, e)| (f64::from(*a) - e).abs());
    // A value that is no number must not be passed over, as `max` would.
    Ok(deviations.fold(0.0, |most, each| if each > most || each.is_nan() { each } else { most }))
}

/// Evaluates a case.
///
/// # Errors
/// Where it fails.
pub async fn evaluate(
    engine: &mut impl Engine,
    vectors: &Vectors,
    case: &Case,
) -> Result<ModelScore> {
    let sequences = contract::sequences(vectors, case)?;
    let model: WeightsFile<Source> = vectors.model(&case.weights).await?;
    Ok(engine.evaluate(&model, &sequences, case.seed.0, &mut Unwatched).await?)
}

/// Evaluates a case and compares.
///
/// # Errors
/// Where it fails or deviates by more than the vectors allow.
pub async fn check(engine: &mut impl Engine, vectors: &Vectors, case: &Case) -> Result<Deviation> {
    within(&evaluate(engine, vectors, case).await?, case)
}

/// Compares a score with what a case expects.
///
/// # Errors
/// Where it deviates by more than the vectors allow.
pub fn within(score: &ModelScore, case: &Case) -> Result<Deviation> {
    let deviation = compare(score, case)?;
    for (what, deviation, tolerance) in deviation.beside(&case.tolerance) {
        ensure!(deviation <= tolerance, "{what} deviates by {deviation:e}, not {tolerance:e}");
    }
    Ok(deviation)
}

/// How far a score is from what a case expects.
///
/// # Errors
/// Where they cannot be compared.
pub fn compare(score: &ModelScore, case: &Case) -> Result<Deviation> {
    let expected = &case.expected;
    ensure!(score.batches.len() == expected.batches.len(), "{} batches", score.batches.len());
    let batches = |actual: fn(&wasm_core::score::BatchScore) -> f64,
                   expected_of: fn(&super::manifest::Batch) -> f64| {
        let pairs = score.batches.iter().zip(&expected.batches);
        pairs.map(|(a, e)| (actual(a) - expected_of(e)).abs()).fold(0.0, worse)
    };
    let of_loss = batches(|batch| batch.loss, |batch| batch.loss);
    let target = target(&case.target, score.embedding.len());
    let distance = f64::from(distance(&score.embedding, &target));
    Ok(Deviation {
        cross_entropy: batches(|batch| batch.cross_entropy, |batch| batch.cross_entropy),
        sig_reg: batches(|batch| batch.sig_reg, |batch| batch.sig_reg),
        loss: worse((f64::from(score.loss) - expected.loss).abs(), of_loss),
        embedding: largest(&score.embedding, &expected.embedding)?,
        distance: (distance - expected.distance).abs(),
    })
}

/// The larger, or the one that is no number.
fn worse(a: f64, b: f64) -> f64 {
    if b > a || b.is_nan() { b } else { a }
}

/// Runs a competition and compares.
///
/// # Errors
/// Where it fails, another model wins, or something deviates by more than a case's would.
pub async fn compete(
    engine: &mut impl Engine,
    vectors: &Vectors,
    competition: &Competition,
) -> Result<Outcome> {
    let data = vectors.data(&competition.data)?;
    let batching = Batching::new(competition.seq, competition.batch)?;
    let sequences = Sequences::of(&data, batching)?;
    let mut scores = Vec::new();
    for name in &competition.models {
        let model = vectors.model(name).await.with_context(|| name.clone())?;
        let seed = competition.seed.0;
        scores.push(engine.evaluate(&model, &sequences, seed, &mut Unwatched).await?);
    }
    let width = vectors.config(&competition.config)?.width();
    let outcome = Outcome::of(scores, &target(&competition.target, width))?;
    let expected = &competition.expected;
    same("winner", &outcome.winner, &expected.winner)?;
    let losses: Vec<_> = outcome.scores.iter().map(|score| score.loss).collect();
    for (at, loss) in expected.losses.iter().enumerate() {
        let allowed = 1e-5 * loss.abs().max(1.0);
        ensure!(largest(&losses[at..=at], &[*loss])? <= allowed, "loss of model {at}");
    }
    let allowed = 1e-5 * expected.loss_score[0].max(1.0);
    ensure!(largest(&[outcome.best().loss], &expected.loss_score)? <= allowed, "loss");
    ensure!(largest(&[outcome.distance()], &[expected.distance])? <= 1e-5, "distance");
    let size = expected.embedding.iter().fold(1.0, |most: f64, value| most.max(value.abs()));
    let deviation = largest(&outcome.best().embedding, &expected.embedding)?;
    ensure!(deviation <= 5e-6 * size, "embedding");
    Ok(outcome)
}

/// The sequences of an encoding.
///
/// # Errors
/// Where they are none.
pub fn encoding(encoding: &Encoding) -> Result<Sequences> {
    let length = encoding.token_ids.first().context("a sequence")?.len();
    let batching = Batching::new(length, encoding.token_ids.len())?;
    let (tokens, positions) = (encoding.token_ids.concat(), encoding.pos_ids.concat());
    Ok(Sequences::from_ids(tokens, positions, batching)?)
}

/// How far representations are from those that an encoding expects.
///
/// # Errors
/// Where they deviate by more than it allows.
pub fn compare_encoding(encoding: &Encoding, representations: &[f32]) -> Result<f64> {
    let deviation = largest(representations, &encoding.representations)?;
    ensure!(deviation <= encoding.tolerance, "deviates by {deviation:e}");
    Ok(deviation)
}
