//! Publishing a model, as a page sees it.

use crate::protocol::Failure;
use serde::{Deserialize, Serialize};
use wasm_core::address::{Address, ModelId};
use wasm_core::digest::{CheckpointDigest, Checksum, TransactionDigest};

pub use wasm_core::job::publish::{PublishTransaction, Subject};

/// Names a publication. Random, so that it also names the sealed file without saying what is in it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct JobId(pub String);

/// What shall be published, and how.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PublishOptions {
    /// For its owner; stays in this browser.
    pub name: String,
    /// A new model or new weights of an active one.
    pub subject: Subject,
    /// Where the model stands in embedding space.
    pub embedding: Vec<f32>,
    /// Where the sealed file goes.
    pub destination: Destination,
    /// A presigned PUT link, for [`Destination::PresignedPut`]. Not stored.
    pub upload_link: Option<String>,
}

/// Where a sealed file goes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Destination {
    /// A blob store that takes pieces; uploaded while it is being sealed.
    BlobStore {
        /// Its base URL.
        base_url: String,
    },
    /// A storage service that gave a link to PUT to. The link itself is a secret and not kept.
    PresignedPut {
        /// Where the file can be fetched afterwards.
        public_url: String,
    },
    /// The person's own disk; they host it and name the URL.
    SaveToDisk,
}

/// A weights file, judged by its header.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WeightsSummary {
    /// Name of the file.
    pub file_name: String,
    /// Bytes.
    pub size: u64,
    /// Number of tensors.
    pub tensors: u64,
    /// Number of values in them.
    pub parameters: u64,
    /// Element types, such as `F32`, most frequent first.
    pub dtypes: Vec<String>,
}

/// A publication.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PublishView {
    /// Which.
    pub id: JobId,
    /// What its owner calls it.
    pub name: String,
    /// Whose.
    pub account: Address,
    /// Chain it belongs to.
    pub chain_id: CheckpointDigest,
    /// What is published.
    pub subject: Subject,
    /// Where the file goes.
    pub destination: Destination,
    /// Name of the weights file.
    pub file_name: String,
    /// Its bytes.
    pub file_size: u64,
    /// When it was begun; milliseconds since 1970.
    pub started_ms: u64,
    /// How far it has come.
    pub stage: PublishStage,
    /// What is being done right now.
    pub work: Option<Work>,
    /// Why it stands still, where something went wrong.
    pub problem: Option<Failure>,
    /// Whether the key was saved in an encrypted file.
    pub backed_up: bool,
    /// The model, once it has an id.
    pub model_id: Option<ModelId>,
    /// The sealed file, once it is whole.
    pub sealed: Option<SealedFile>,
    /// Transactions of this publication so far.
    pub transactions: Vec<(PublishTransaction, TransactionDigest)>,
}

/// A sealed file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SealedFile {
    /// Bytes.
    pub size: u64,
    /// Blake2b-256 of them.
    pub checksum: Checksum,
    /// Where they lie, once known.
    pub url: Option<String>,
}

/// How far a publication has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum PublishStage {
    /// Sealing has not begun or was interrupted; the file must be chosen (again).
    NeedsFile,
    /// Being encrypted and hashed.
    Sealing,
    /// Sealed; a link to upload to is needed.
    NeedsUploadLink,
    /// Being uploaded.
    Uploading,
    /// Sealed; its owner saves and hosts it, then names the URL.
    NeedsUrl,
    /// Being fetched back and compared.
    Verifying,
    /// Next is the transaction that creates the model.
    ReadyToCreate,
    /// Next is the transaction that commits.
    ReadyToCommit,
    /// A transaction was sent and its outcome is being looked up.
    Settling(PublishTransaction),
    /// Committed. The reveal is due in the next epoch.
    Waiting {
        /// Epoch of the commit.
        committed_in: u64,
    },
    /// Next is the transaction that reveals, and only this epoch counts.
    ReadyToReveal {
        /// The only epoch in which it counts.
        due: u64,
    },
    /// The model is active with these weights.
    Live,
    /// The epoch of the reveal has passed.
    Missed {
        /// The epoch in which it was due.
        due: u64,
    },
}

/// What is being done right now.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Work {
    /// Bytes done.
    pub done: u64,
    /// Bytes in all.
    pub total: u64,
    /// Bytes a second, lately.
    pub speed: f64,
    /// Bytes that have been uploaded, where that runs beside it.
    pub uploaded: Option<u64>,
    /// Whether this browser leaves it all to one processor core, and so takes several times as long.
    pub one_core: bool,
}

impl Work {
    /// Seconds left at the present speed.
    #[must_use]
    pub fn seconds_left(&self) -> Option<f64> {
        #[expect(clippy::cast_precision_loss, reason = "an estimate for people")]
        let left = self.total.saturating_sub(self.done) as f64;
        (self.speed > 0.0).then(|| left / self.speed)
    }
}
