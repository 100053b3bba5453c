//! What is being typed and chosen into the form, and what it means.

use crate::languages::{number_to_type, t, typed_number};
use crate::session::Session;
use bridge::protocol::Failure;
use bridge::publish::{Destination, PublishOptions, Subject, WeightsSummary};
use leptos::prelude::*;
use leptos::task::spawn_local;
use wasm_core::address::ModelId;
use wasm_core::amount::Shannons;
use wasm_core::embedding;
use wasm_core::intent::{CreateModel, check_embedding};
use wasm_core::manifest::Url;
use wasm_core::rate::parse_percent;
use wasm_core::tensor::SomaTensor;
use web_sys::File;

/// A new model, or one that exists.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum SubjectKind {
    New,
    Existing,
}

/// Where the sealed file goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum DestinationKind {
    Blob,
    Presigned,
    Disk,
}

/// What is being typed and chosen.
#[derive(Clone, Copy, Debug)]
pub(super) struct Draft {
    session: Session,
    pub(super) file: RwSignal<Option<File>, LocalStorage>,
    /// The file's header, or why it is no weights file; nothing while it is being read.
    pub(super) weights: RwSignal<Option<Result<WeightsSummary, Failure>>>,
    /// Counts choices, so that a slow look at an earlier file is not taken for one at a later.
    choice: StoredValue<u32>,
    pub(super) name: RwSignal<String>,
    pub(super) subject: RwSignal<SubjectKind>,
    pub(super) stake: RwSignal<String>,
    pub(super) commission: RwSignal<String>,
    pub(super) model: RwSignal<String>,
    pub(super) embedding: RwSignal<String>,
    read: Memo<Result<SomaTensor, String>>,
    pub(super) destination: RwSignal<DestinationKind>,
    pub(super) blob_url: RwSignal<String>,
    pub(super) upload_link: RwSignal<String>,
    pub(super) public_url: RwSignal<String>,
    /// The form was sent once: now every field may say what is wrong with it.
    pub(super) tried: RwSignal<bool>,
}

impl Draft {
    pub(super) fn new(session: Session) -> Self {
        let network = session.network.get_untracked();
        let blob_url = network.as_ref().and_then(|status| status.network.blob_url.clone());
        let stake = network.as_ref().and_then(|status| status.facts()).map(|it| it.model_min_stake);
        let embedding = RwSignal::new(String::new());
        let dimension = Memo::new(move |_| session.facts().map(|facts| facts.embedding_dim));
        let destination =
            if blob_url.is_some() { DestinationKind::Blob } else { DestinationKind::Disk };
        Self {
            session,
            file: RwSignal::new_local(None),
            weights: RwSignal::new(None),
            choice: StoredValue::new(0),
            name: RwSignal::default(),
            subject: RwSignal::new(SubjectKind::New),
            stake: RwSignal::new(
                stake.map(|stake| number_to_type(&stake.to_string())).unwrap_or_default(),
            ),
            commission: RwSignal::new("5".to_owned()),
            model: RwSignal::default(),
            embedding,
            read: Memo::new(move |_| read(&embedding.read(), dimension.get())),
            destination: RwSignal::new(destination),
            blob_url: RwSignal::new(blob_url.unwrap_or_default()),
            upload_link: RwSignal::default(),
            public_url: RwSignal::default(),
            tried: RwSignal::new(false),
        }
    }

    /// Begins with new weights for a model, where the way here named one.
    pub(super) fn begin_with(self, model: Option<String>) {
        if let Some(model) = model {
            self.subject.set(SubjectKind::Existing);
            self.model.set(model);
        }
    }

    /// Takes a weights file and looks at its header.
    pub(super) fn take_file(self, file: File) {
        self.choice.update_value(|choice| *choice += 1);
        let choice = self.choice.get_value();
        self.weights.set(None);
        self.file.set(Some(file.clone()));
        spawn_local(async move {
            let looked = self.session.bridge().inspect_weights(&file).await;
            if self.choice.try_get_value() != Some(choice) {
                return;
            }
            if let Ok(summary) = &looked
                && self.name.read_untracked().trim().is_empty()
            {
                self.name.set(stem(&summary.file_name));
            }
            self.weights.set(Some(looked));
        });
    }

    /// The embedding, or why it is none. Tracked.
    pub(super) const fn embedding_read(self) -> Memo<Result<SomaTensor, String>> {
        self.read
    }

    /// The first stake, or why it is none; nothing known while the network does not answer. Tracked.
    pub(super) fn stake_read(self) -> Result<Shannons, String> {
        let Some(facts) = self.session.facts() else { return Err(no_network()) };
        CreateModel::parse_stake(&typed_number(&self.stake.read()), facts.model_min_stake)
            .map_err(|error| error.to_string())
    }

    /// Commission in basis points, or why it is none. Tracked.
    pub(super) fn commission_read(self) -> Result<u64, String> {
        parse_percent(&typed_number(&self.commission.read())).map_err(|error| error.to_string())
    }

    /// The model's id, or why it is none. Tracked.
    pub(super) fn model_read(self) -> Result<ModelId, String> {
        match self.model.read().trim() {
            "" => Err(t!("enter the model's id").to_owned()),
            id => id.parse().map_err(|_| {
                t!("a model's id has 64 digits, 0-9 and a-f, after its 0x").to_owned()
            }),
        }
    }

    fn subject_read(self) -> Option<Subject> {
        Some(match self.subject.get() {
            SubjectKind::New => Subject::NewModel(CreateModel {
                stake: self.stake_read().ok()?,
                commission_bps: self.commission_read().ok()?,
            }),
            SubjectKind::Existing => Subject::ExistingModel(self.model_read().ok()?),
        })
    }

    fn destination_read(self) -> Option<Destination> {
        Some(match self.destination.get() {
            DestinationKind::Blob => {
                Destination::BlobStore { base_url: address(&self.blob_url.read()).ok()? }
            }
            DestinationKind::Presigned => {
                Destination::PresignedPut { public_url: address(&self.public_url.read()).ok()? }
            }
            DestinationKind::Disk => Destination::SaveToDisk,
        })
    }

    /// The upload link, which may be given later. Tracked.
    pub(super) fn upload_link_read(self) -> Result<Option<String>, String> {
        let text = self.upload_link.read();
        if self.destination.get() != DestinationKind::Presigned || text.trim().is_empty() {
            return Ok(None);
        }
        address(&text).map(|_| Some(text.trim().to_owned()))
    }

    /// All of it, where nothing is missing or wrong. Tracked.
    pub(super) fn complete(self) -> Option<(PublishOptions, File)> {
        let file = self.file.get()?;
        let Some(Ok(summary)) = self.weights.get() else { return None };
        let name = self.name.read().trim().to_owned();
        let options = PublishOptions {
            name: if name.is_empty() { stem(&summary.file_name) } else { name },
            subject: self.subject_read()?,
            embedding: self.read.get().ok()?.values().to_vec(),
            destination: self.destination_read()?,
            upload_link: self.upload_link_read().ok()?,
        };
        Some((options, file))
    }
}

/// Reads an embedding for a network whose dimension may not be known.
fn read(text: &str, dimension: Option<u64>) -> Result<SomaTensor, String> {
    let dimension = dimension.ok_or_else(no_network)?;
    let read = embedding::parse(text, dimension).map_err(|error| error.to_string())?;
    check_embedding(&read, dimension).map_err(|error| error.to_string())?;
    Ok(read)
}

/// Reads a web address that the network can fetch.
pub(in crate::pages::models) fn address(text: &str) -> Result<String, String> {
    match text.trim() {
        "" => Err(t!("enter an address").to_owned()),
        text => match text.parse::<Url>() {
            Ok(url) if url.is_http() => Ok(text.to_owned()),
            _ => Err(t!("enter a whole address that begins with https:// or http://").to_owned()),
        },
    }
}

fn no_network() -> String {
    t!("this can be checked once the network answers").to_owned()
}

/// A file's name without its ending.
fn stem(file_name: &str) -> String {
    file_name.rsplit_once('.').map_or(file_name, |(stem, _)| stem).to_owned()
}
