//! A publication as it is stored. It holds no secret.

use crate::context::Context;
use crate::publish::random_id;
use crate::refusal::Refusal;
use bridge::damaged::{DamagedRecord, RecordKind, sort_out};
use bridge::network::NetworkFacts;
use bridge::protocol::Failure;
use bridge::publish::{Destination, JobId, PublishStage, PublishView, SealedFile, Work};
use browser::store::Drawer;
use serde::{Deserialize, Serialize};
use wasm_core::digest::CheckpointDigest;
use wasm_core::job::publish::{Publication, PublishError, SecretsStored, Stage};
use wasm_core::job::send::InFlight;

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Record {
    pub(crate) id: JobId,
    pub(crate) name: String,
    pub(crate) chain: CheckpointDigest,
    pub(crate) publication: Publication,
    pub(crate) destination: Destination,
    pub(crate) file_name: String,
    pub(crate) file_size: u64,
    pub(crate) started_ms: u64,
    /// Where at the blob store this attempt goes.
    pub(crate) upload_url: Option<String>,
    /// Name of the sealed file in the origin's private file system.
    pub(crate) private_name: Option<String>,
    /// The transaction whose outcome is not known.
    pub(crate) in_flight: Option<InFlight>,
    /// When it was sent; milliseconds since 1970.
    #[serde(default)]
    pub(crate) sent_ms: u64,
    pub(crate) backed_up: bool,
    /// Name of the network it was begun on.
    #[serde(default)]
    pub(crate) network: String,
}

impl Record {
    pub(crate) async fn load(context: &Context, job: &JobId) -> Result<Self, Refusal> {
        context.store.load(Drawer::Jobs, &job.0).await?.ok_or_else(|| {
            Refusal::new(
                "publish/unknown",
                "There is no such publication in this browser.",
                "Look at the list under Models.",
            )
        })
    }

    /// Changes the record of a publication, in one step that no other change can come between.
    pub(crate) async fn change(
        context: &Context,
        job: &JobId,
        change: impl FnOnce(Self) -> Result<Self, Refusal>,
    ) -> Result<Self, Refusal> {
        let _turn = context.jobs_turn.lock().await;
        let before = Self::load(context, job).await?;
        let publication = before.publication.clone();
        let mut record = change(before)?;
        if !matches!(record.publication.stage(), Stage::Settling { .. }) {
            record.in_flight = None;
        }
        if record.publication != publication {
            // The problem was of another step.
            context.publications.problems.borrow_mut().remove(job);
        }
        record.save(context).await?;
        Ok(record)
    }

    /// Keeps a publication that there was none of before.
    pub(crate) async fn add(&self, context: &Context) -> Result<(), Refusal> {
        let _turn = context.jobs_turn.lock().await;
        if context.store.get(Drawer::Jobs, &self.id.0).await?.is_some() {
            return Err(Refusal::new(
                "publish/known",
                "This publication is in this browser already.",
                "Go on with it under Models.",
            ));
        }
        self.save(context).await
    }

    /// The same record after an event.
    pub(crate) fn after(
        self,
        event: impl FnOnce(Publication) -> Result<Publication, PublishError>,
    ) -> Result<Self, Refusal> {
        Ok(Self { publication: event(self.publication)?, ..self })
    }

    /// The file was chosen, and a new key for it lies in the vault: other places for what comes out.
    pub(crate) fn on_file(self, stored: &SecretsStored) -> Result<Self, Refusal> {
        let record = self.after(|publication| publication.on_file(stored))?;
        Ok(Self {
            upload_url: record.fresh_upload_url(),
            private_name: Some(format!("{}.sealed", random_id().0)),
            // An older backup holds the older key.
            backed_up: false,
            ..record
        })
    }

    /// The epoch began in which things may have come due, on the chain of this record.
    pub(crate) fn on_epoch(self, context: &Context) -> Self {
        match context.following.facts() {
            Ok(facts) if facts.chain_id == self.chain => {
                Self { publication: self.publication.on_epoch(facts.epoch), ..self }
            }
            _ => self,
        }
    }

    /// All that can be read.
    pub(crate) async fn all(context: &Context) -> Result<Vec<Self>, Refusal> {
        Ok(Self::sorted_out(context).await?.0)
    }

    /// Those that cannot.
    pub(crate) async fn damaged(context: &Context) -> Result<Vec<DamagedRecord>, Refusal> {
        Ok(Self::sorted_out(context).await?.1)
    }

    async fn sorted_out(context: &Context) -> Result<(Vec<Self>, Vec<DamagedRecord>), Refusal> {
        let texts = context.store.all(Drawer::Jobs).await?;
        Ok(sort_out(RecordKind::Publication, texts))
    }

    async fn save(&self, context: &Context) -> Result<(), Refusal> {
        Ok(context.store.save(Drawer::Jobs, &self.id.0, self).await?)
    }

    pub(crate) async fn remove(context: &Context, job: &JobId) -> Result<(), Refusal> {
        Ok(context.store.remove(Drawer::Jobs, &job.0).await?)
    }

    /// A new place at the blob store, where one takes the file.
    pub(crate) fn fresh_upload_url(&self) -> Option<String> {
        match &self.destination {
            Destination::BlobStore { base_url } => {
                Some(format!("{}/{}", base_url.trim_end_matches('/'), random_id().0))
            }
            _ => None,
        }
    }

    /// What the page sees. `work` is there while something is being done.
    pub(crate) fn view(
        &self,
        facts: Option<NetworkFacts>,
        work: Option<Option<Work>>,
        has_link: bool,
        problem: Option<Failure>,
    ) -> PublishView {
        let publication = &self.publication;
        PublishView {
            id: self.id.clone(),
            name: self.name.clone(),
            account: publication.account(),
            chain_id: self.chain,
            subject: publication.subject(),
            destination: self.destination.clone(),
            file_name: self.file_name.clone(),
            file_size: self.file_size,
            started_ms: self.started_ms,
            stage: self.stage(facts.map(|facts| facts.epoch), work.is_some(), has_link),
            work: work.flatten(),
            problem,
            backed_up: self.backed_up,
            model_id: publication.model(),
            sealed: publication.sealed().map(|(sealed, url)| SealedFile {
                size: sealed.size,
                checksum: sealed.checksum,
                url: url.map(ToString::to_string),
            }),
            transactions: publication.transactions().to_vec(),
        }
    }

    fn stage(&self, epoch: Option<u64>, running: bool, has_link: bool) -> PublishStage {
        match self.publication.stage() {
            Stage::NeedsFile => PublishStage::NeedsFile,
            Stage::Sealing { .. } => PublishStage::Sealing,
            Stage::Uploading { .. } => match self.destination {
                Destination::PresignedPut { .. } if !running && !has_link => {
                    PublishStage::NeedsUploadLink
                }
                _ => PublishStage::Uploading,
            },
            Stage::Hosting { .. } => PublishStage::NeedsUrl,
            Stage::Verifying { .. } => PublishStage::Verifying,
            Stage::Creating { .. } => PublishStage::ReadyToCreate,
            Stage::Committing { .. } => PublishStage::ReadyToCommit,
            Stage::Settling { sent, .. } => PublishStage::Settling(sent.transaction()),
            Stage::Waiting { committed_in, .. } => {
                let due = committed_in.saturating_add(1);
                if epoch == Some(due) {
                    PublishStage::ReadyToReveal { due }
                } else {
                    PublishStage::Waiting { committed_in: *committed_in }
                }
            }
            Stage::Live { .. } => PublishStage::Live,
            Stage::Missed { due, .. } => PublishStage::Missed { due: *due },
        }
    }
}
