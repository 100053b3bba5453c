//! What is being planned.

use crate::languages::{number_to_type, t, typed_number};
use crate::session::Session;
use bridge::models::PlanOptions;
use leptos::prelude::*;
use wasm_core::address::ModelId;
use wasm_core::amount::Shannons;
use wasm_core::embedding;
use wasm_core::intent::check_embedding;

/// Multiples of the stake that are compared with it: in halves, so that less can be seen, too.
const HALVES: [u64; 6] = [1, 4, 8, 20, 40, 200];

/// What is being planned.
#[derive(Clone, Copy, Debug)]
pub(super) struct Draft {
    session: Session,
    pub(super) stake: RwSignal<String>,
    /// Id of the model that moves; empty for a new one.
    pub(super) replaces: RwSignal<String>,
    /// The position as text.
    pub(super) numbers: RwSignal<String>,
    /// The form was sent once: now every field may say what is wrong with it.
    pub(super) tried: RwSignal<bool>,
}

impl Draft {
    pub(super) fn new(session: Session) -> Self {
        let network = session.network.get_untracked();
        let least = network.as_ref().and_then(|it| it.facts()).map(|it| it.model_min_stake);
        Self {
            session,
            stake: RwSignal::new(
                least.map(|stake| number_to_type(&stake.to_string())).unwrap_or_default(),
            ),
            replaces: RwSignal::new(String::new()),
            numbers: RwSignal::new(String::new()),
            tried: RwSignal::new(false),
        }
    }

    /// The stake, or what is wrong with it. Tracked.
    pub(super) fn stake_read(self) -> Result<Shannons, String> {
        typed_number(&self.stake.read()).parse::<Shannons>().map_err(|error| error.to_string())
    }

    /// The model that moves. Tracked.
    pub(super) fn replaces_read(self) -> Option<ModelId> {
        self.replaces.read().parse().ok()
    }

    /// The position, or what is wrong with it. Tracked.
    pub(super) fn position(self) -> Result<Vec<f32>, String> {
        let Some(facts) = self.session.facts() else {
            return Err(t!("this can be checked once the network answers").to_owned());
        };
        let read = embedding::parse(&self.numbers.read(), facts.embedding_dim)
            .map_err(|error| error.to_string())?;
        check_embedding(&read, facts.embedding_dim).map_err(|error| error.to_string())?;
        Ok(read.values().to_vec())
    }

    /// Takes a position over.
    pub(super) fn take(self, position: &[f32]) {
        let numbers: Vec<String> = position.iter().map(f32::to_string).collect();
        self.numbers.set(numbers.join(", "));
    }

    /// What is asked, once everything is in order. Tracked.
    pub(super) fn complete(self) -> Option<PlanOptions> {
        let stake = self.stake_read().ok()?;
        let other = |halves: u64| Shannons((stake.0 / 2).saturating_mul(halves));
        Some(PlanOptions {
            network: self.session.network.get()?.network,
            embedding: self.position().ok()?,
            stake,
            stakes: HALVES.into_iter().map(other).filter(|it| *it != stake).collect(),
            replaces: self.replaces_read(),
        })
    }
}
