//! What is being typed and chosen, and what it means. Where the data was scored just now, all of it
//! stands there already.

use super::super::words;
use crate::languages::{language, number_to_type, t, told, typed_number};
use crate::matching::{Matching, Picked};
use crate::scoring::Scoring;
use crate::session::Session;
use bridge::score::{ScoreModel, ScoreResult};
use bridge::targets::{DataDestination, SubmissionOptions, TargetView};
use leptos::prelude::*;
use wasm_core::address::ModelId;
use wasm_core::digest::Checksum;
use wasm_core::embedding;
use wasm_core::manifest::Url;
use wasm_core::tensor::SomaTensor;
use web_sys::File;

/// Where the data goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum DestinationKind {
    Blob,
    Presigned,
    Hosted,
}

/// What is being typed and chosen.
#[derive(Clone, Copy, Debug)]
pub(super) struct Draft {
    pub(super) target: StoredValue<TargetView>,
    pub(super) file: RwSignal<Option<File>, LocalStorage>,
    /// The numbers are those of a match, not of the last single score.
    pub(super) of_match: bool,
    /// Checksum of what was scored, where the numbers are a score's.
    pub(super) scored: RwSignal<Option<Checksum>>,
    /// The numbers are typed, not a score's.
    pub(super) by_hand: RwSignal<bool>,
    pub(super) model: RwSignal<Option<ModelId>>,
    pub(super) distance: RwSignal<String>,
    pub(super) losses: RwSignal<String>,
    pub(super) embedding: RwSignal<String>,
    pub(super) destination: RwSignal<DestinationKind>,
    pub(super) blob_url: RwSignal<String>,
    pub(super) upload_link: RwSignal<String>,
    pub(super) public_url: RwSignal<String>,
    pub(super) hosted_url: RwSignal<String>,
    /// The form was sent once: now every field may say what is wrong with it.
    pub(super) tried: RwSignal<bool>,
}

/// What a score says of data for a target.
struct Scored {
    model: ModelId,
    distance: f32,
    losses: Vec<f32>,
    embedding: Vec<f32>,
    checksum: Checksum,
}

/// What the last score says, if it was for this target, by the target's models, and near enough.
fn scored(result: &ScoreResult, target: &TargetView) -> Option<Scored> {
    let is_of_target = result.target.as_ref().is_some_and(|scored| scored.id == target.id);
    if !is_of_target || result.is_as_the_network_scores() != Some(true) {
        return None;
    }
    let winner = result.models.get(result.winner)?;
    let ScoreModel::Network(model) = winner.model else { return None };
    Some(Scored {
        model,
        distance: winner.distance?,
        losses: vec![winner.loss?],
        embedding: winner.embedding.iter().copied().collect::<Option<_>>()?,
        checksum: result.data_checksum,
    })
}

/// What a match says that was picked for this target.
fn matched(picked: Picked, target: &TargetView) -> Option<(Scored, File)> {
    let Picked { chosen, file } = picked;
    let score = Scored {
        model: chosen.model,
        distance: chosen.distance,
        losses: vec![chosen.loss],
        embedding: chosen.embedding,
        checksum: chosen.data,
    };
    (chosen.target == target.id).then_some((score, file))
}

/// The last score and its data, if it says something of this target. Numbers without their data are of no use.
fn last_score(scoring: Scoring, target: &TargetView) -> Option<(Scored, File)> {
    let result = scoring.outcome.get_untracked()?.ok()?;
    Some((scored(&result, target)?, scoring.data()?))
}

/// As programs write them.
fn in_code(numbers: &[f32]) -> String {
    let numbers: Vec<String> = numbers.iter().map(ToString::to_string).collect();
    numbers.join(", ")
}

/// A number as somebody types it.
fn typed(text: &str) -> Option<f32> {
    let number = typed_number(text.trim()).parse::<f32>().ok()?;
    number.is_finite().then_some(number)
}

impl Draft {
    pub(super) fn new(
        session: Session,
        scoring: Scoring,
        matching: Matching,
        target: TargetView,
    ) -> Self {
        let network = session.network.get_untracked();
        let blob_url = network.and_then(|status| status.network.blob_url);
        let kind = if blob_url.is_some() { DestinationKind::Blob } else { DestinationKind::Hosted };
        let matched = matching.picked().and_then(|picked| matched(picked, &target));
        let of_match = matched.is_some();
        let (score, file) = matched.or_else(|| last_score(scoring, &target)).unzip();
        let text =
            |of: fn(&Scored) -> String| RwSignal::new(score.as_ref().map(of).unwrap_or_default());
        Self {
            file: RwSignal::new_local(file),
            of_match,
            scored: RwSignal::new(score.as_ref().map(|score| score.checksum)),
            by_hand: RwSignal::new(score.is_none()),
            model: RwSignal::new(score.as_ref().map(|score| score.model)),
            distance: text(|score| number_to_type(&score.distance.to_string())),
            losses: text(|score| {
                let losses = score.losses.iter().map(|loss| number_to_type(&loss.to_string()));
                losses.collect::<Vec<_>>().join(words::between_numbers(language()))
            }),
            embedding: text(|score| in_code(&score.embedding)),
            destination: RwSignal::new(kind),
            blob_url: RwSignal::new(blob_url.unwrap_or_default()),
            upload_link: RwSignal::default(),
            public_url: RwSignal::default(),
            hosted_url: RwSignal::default(),
            tried: RwSignal::new(false),
            target: StoredValue::new(target),
        }
    }

    /// Types the numbers in, whatever a score said.
    pub(super) fn type_numbers(self) {
        self.scored.set(None);
        self.by_hand.set(true);
    }

    /// The data, or what is wrong with it. Tracked.
    pub(super) fn data(self) -> Result<File, String> {
        let file = self.file.get().ok_or(t!("choose a file"))?;
        if self.bond().is_none() {
            return Err(t!("there is nothing in it, or more than the network takes").to_owned());
        }
        Ok(file)
    }

    /// Bytes of the data. Tracked.
    pub(super) fn size(self) -> Option<u64> {
        self.file.get().map(|file| crate::say::whole(file.size()))
    }

    /// What is put at stake for the data. Tracked.
    pub(super) fn bond(self) -> Option<wasm_core::amount::Shannons> {
        let size = self.size().filter(|size| *size > 0)?;
        self.target.with_value(|target| target.terms.bond(size))
    }

    /// The model, or what is wrong with the choice. Tracked.
    pub(super) fn model_read(self) -> Result<ModelId, String> {
        self.model.get().ok_or_else(|| t!("choose the model that won").to_owned())
    }

    /// The distance, or what is wrong with it. Tracked.
    pub(super) fn distance_read(self) -> Result<f32, String> {
        let distance = typed(&self.distance.read()).ok_or(t!("a number, such as 0.25"))?;
        let threshold = self.target.with_value(|target| target.threshold);
        match threshold {
            Some(most) if distance > most => {
                let most = words::number(Some(most));
                Err(t!("too far: the target takes data up to {most} away", most))
            }
            _ => Ok(distance),
        }
    }

    /// The losses, or what is wrong with them. Tracked.
    pub(super) fn losses_read(self) -> Result<Vec<f32>, String> {
        let losses = self.losses.read();
        let numbers = losses
            .split(words::between_numbers(language()).trim())
            .map(typed)
            .collect::<Option<_>>();
        numbers.ok_or_else(|| t!("numbers with commas between them, or one").to_owned())
    }

    /// The embedding, or what is wrong with it. Tracked.
    pub(super) fn embedding_read(self) -> Result<SomaTensor, String> {
        let dimension = self.target.with_value(|target| target.embedding.len() as u64);
        embedding::parse(&self.embedding.read(), dimension)
            .map_err(|error| told(&error.to_string()))
    }

    fn destination_read(self) -> Option<DataDestination> {
        Some(match self.destination.get() {
            DestinationKind::Blob => {
                DataDestination::BlobStore { base_url: address(&self.blob_url.read()).ok()? }
            }
            DestinationKind::Presigned => {
                DataDestination::PresignedPut { public_url: address(&self.public_url.read()).ok()? }
            }
            DestinationKind::Hosted => {
                DataDestination::Hosted { url: address(&self.hosted_url.read()).ok()? }
            }
        })
    }

    /// The upload link, which may be given later. Tracked.
    pub(super) fn upload_link_read(self) -> Result<Option<String>, String> {
        let text = self.upload_link.read();
        if self.destination.get() != DestinationKind::Presigned || text.trim().is_empty() {
            return Ok(None);
        }
        address(&text).map(Some)
    }

    /// All of it, where nothing is missing or wrong. Tracked.
    pub(super) fn complete(self) -> Option<(SubmissionOptions, File)> {
        let file = self.data().ok()?;
        let options = SubmissionOptions {
            target: self.target.with_value(|target| target.id),
            model: self.model_read().ok()?,
            embedding: self.embedding_read().ok()?.values().to_vec(),
            distance: self.distance_read().ok()?,
            losses: self.losses_read().ok()?,
            scored: self.scored.get(),
            destination: self.destination_read()?,
            upload_link: self.upload_link_read().ok()?,
        };
        Some((options, file))
    }
}

/// Reads a web address that the network can fetch.
pub(super) fn address(text: &str) -> Result<String, String> {
    match text.trim() {
        "" => Err(t!("enter an address").to_owned()),
        text => match text.parse::<Url>() {
            Ok(url) if url.is_http() => Ok(text.to_owned()),
            _ => Err(t!("enter a whole address that begins with https:// or http://").to_owned()),
        },
    }
}
