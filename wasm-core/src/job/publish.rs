//! Publishing a model: seal, upload, verify, create, commit, wait an epoch, reveal.
//!
//! [`Publication`] is a pure state machine that is stored after each step, so a closed tab loses
//! nothing. [`Publication::next`] says what to do; events say what came of it and give the next state.
//! It holds no secret: key and embedding lie in the vault, and only their commitments are here.

use crate::address::{Address, ModelId, ObjectId};
use crate::digest::{
    DecryptionKeyCommitment, EmbeddingCommitment, TransactionDigest, WeightsCommitment,
};
use crate::intent::{
    CommitModel, CreateModel, EmbeddingError, ModelError, RevealModel, check_embedding, own_model,
};
use crate::manifest::{Manifest, Url};
use crate::ports::Executed;
use crate::system_state::{Model, ModelStateV1, PendingModelUpdate, SystemStateV1};
use crate::tensor::SomaTensor;
use crate::vault::ModelSecrets;
use crate::weights::{Commitments, Measured, Sealed};
use serde::{Deserialize, Serialize};
use std::cmp::Ordering;

/// What is published.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Subject {
    /// A model that does not exist yet.
    NewModel(CreateModel),
    /// A model of the account: created and not yet committed, or active and due for new weights.
    ExistingModel(ModelId),
}

/// Where the sealed file goes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Destination {
    /// A blob store, which names the URL when the upload is done.
    BlobStore,
    /// A storage service that gave a link to PUT to; the file will lie here.
    PresignedPut {
        /// Where it can be fetched.
        public_url: Url,
    },
    /// Its owner hosts it and names the URL.
    Owner,
}

/// The transactions of a publication.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[expect(missing_docs, reason = "the names say it")]
pub enum PublishTransaction {
    Create,
    Commit,
    Reveal,
}

/// A sealed file and the commitment to the one key that opens it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SealedWeights {
    /// To its key.
    pub key: DecryptionKeyCommitment,
    /// What it is.
    pub file: Sealed,
}

/// All that a commit promises.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Promise {
    /// Where the file lies, and what it is.
    pub manifest: Manifest,
    /// To the embedding.
    pub embedding: EmbeddingCommitment,
    /// To the key.
    pub key: DecryptionKeyCommitment,
}

impl Promise {
    fn of(url: Url, sealed: SealedWeights, embedding: EmbeddingCommitment) -> Self {
        Self { manifest: sealed.file.manifest(url), embedding, key: sealed.key }
    }

    /// The three hashes.
    #[must_use]
    pub const fn commitments(&self) -> Commitments {
        Commitments {
            weights: WeightsCommitment::of(self.manifest.checksum()),
            embedding: self.embedding,
            decryption_key: self.key,
        }
    }
}

/// How far a publication has come, with exactly what its next step needs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Stage {
    /// The weights file must be chosen, for the first time or again.
    NeedsFile,
    /// Being sealed with this key. What is interrupted here begins anew with another key.
    Sealing {
        /// To the key in use.
        key: DecryptionKeyCommitment,
    },
    /// Sealed; being uploaded, or waiting for a link to upload to.
    Uploading {
        /// The file.
        sealed: SealedWeights,
    },
    /// Sealed; its owner hosts it and names the URL.
    Hosting {
        /// The file.
        sealed: SealedWeights,
    },
    /// Being fetched back and compared.
    Verifying {
        /// The file.
        sealed: SealedWeights,
        /// Where it should lie.
        url: Url,
    },
    /// Next is the transaction that creates the model.
    Creating {
        /// What will be committed.
        promise: Promise,
    },
    /// Next is the transaction that commits.
    Committing {
        /// What will be committed.
        promise: Promise,
        /// To which model.
        model: ModelId,
    },
    /// A transaction was signed, and what became of it is not known.
    Settling {
        /// What it was for.
        sent: Sent,
        /// Which transaction.
        digest: TransactionDigest,
    },
    /// Committed; the reveal counts in the epoch after this one only.
    Waiting {
        /// What was committed.
        promise: Promise,
        /// To which model.
        model: ModelId,
        /// Epoch of the commit.
        committed_in: u64,
    },
    /// The model is active with these weights.
    Live {
        /// Which model.
        model: ModelId,
    },
    /// The epoch of the reveal has passed without it.
    Missed {
        /// What was committed.
        promise: Promise,
        /// To which model.
        model: ModelId,
        /// The epoch in which the reveal was due.
        due: u64,
    },
}

/// What a signed transaction was for, with what is needed to do it again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Sent {
    /// To create the model.
    Create {
        /// What will be committed.
        promise: Promise,
    },
    /// To commit.
    Commit {
        /// What is committed.
        promise: Promise,
        /// To which model.
        model: ModelId,
    },
    /// To reveal.
    Reveal {
        /// What was committed.
        promise: Promise,
        /// To which model.
        model: ModelId,
        /// Epoch of the commit.
        committed_in: u64,
    },
}

impl Sent {
    /// Which of the three transactions it is.
    #[must_use]
    pub const fn transaction(&self) -> PublishTransaction {
        match self {
            Self::Create { .. } => PublishTransaction::Create,
            Self::Commit { .. } => PublishTransaction::Commit,
            Self::Reveal { .. } => PublishTransaction::Reveal,
        }
    }

    /// The stage before it was sent.
    fn undone(self) -> Stage {
        match self {
            Self::Create { promise } => Stage::Creating { promise },
            Self::Commit { promise, model } => Stage::Committing { promise, model },
            Self::Reveal { promise, model, committed_in } => {
                Stage::Waiting { promise, model, committed_in }
            }
        }
    }
}

/// What to do next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// Ask for the weights file.
    ChooseFile,
    /// Go on sealing; after an interruption, [`Publication::on_interrupted`] comes first.
    Seal,
    /// Upload the sealed file.
    Upload(Sealed),
    /// Ask its owner where the sealed file lies.
    AskUrl(Sealed),
    /// Fetch the file back and compare it with its manifest.
    Verify(Manifest),
    /// Prepare, show and sign a transaction.
    Prepare(PublishTransaction),
    /// Find out what became of a transaction.
    Settle(PublishTransaction, TransactionDigest),
    /// Nothing until an epoch begins.
    Sleep {
        /// That epoch.
        until: u64,
    },
    /// The reveal's epoch has passed; look at the chain, then offer to commit again.
    Missed {
        /// The epoch in which it was due.
        due: u64,
    },
    /// Nothing: the model is live.
    Nothing,
}

/// Why a publication does not go on.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PublishError {
    /// The event does not belong to the stage.
    #[error("the publication is not at the point where this could happen")]
    OutOfPlace,
    /// The key was used before. One key seals one file.
    #[error("this key was used before; every file needs a new one")]
    KeyReused,
    /// The vault does not hold the embedding.
    #[error("the embedding is not in the vault yet")]
    EmbeddingNotStored,
    /// The vault holds something else than what is to be committed.
    #[error("the vault does not hold the {0} that belongs to this publication")]
    NotInVault(&'static str),
    /// The embedding cannot be used.
    #[error(transparent)]
    Embedding(#[from] EmbeddingError),
    /// The model does not allow it.
    #[error(transparent)]
    Model(#[from] ModelError),
    /// The URL cannot be fetched by the network.
    #[error("the file must lie at an http or https address")]
    NotFetchable,
    /// The bytes at the URL are another file.
    #[error("the file at {url} is not the sealed one: it has other bytes or another length")]
    OtherFile {
        /// Where it was fetched.
        url: Url,
    },
    /// The event speaks of another transaction than the one that was sent.
    #[error("this is about transaction {actual}, and {expected} was sent")]
    OtherTransaction {
        /// The one that was sent.
        expected: TransactionDigest,
        /// The one of the event.
        actual: TransactionDigest,
    },
    /// The chain holds another promise for the model, made elsewhere.
    #[error("another commit was made for model {0}, not by this publication")]
    OtherCommit(ModelId),
    /// Too early for the reveal.
    #[error("the reveal counts in epoch {due}, and this is epoch {now}")]
    TooEarly {
        /// The epoch that counts.
        due: u64,
        /// The present one.
        now: u64,
    },
    /// Too late for the reveal.
    #[error("the reveal was due in epoch {due}, and this is epoch {now}")]
    RevealMissed {
        /// The epoch that counted.
        due: u64,
        /// The present one.
        now: u64,
    },
}

/// Proof that the vault holds a key and its embedding. Without it nothing is sealed or committed,
/// since a commit whose secrets are lost costs half of the model's stake.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SecretsStored {
    key: DecryptionKeyCommitment,
    embedding: EmbeddingCommitment,
}

impl SecretsStored {
    /// Takes the secrets as they were read out of the vault *after* it was written to storage.
    ///
    /// # Errors
    /// Where the embedding is not among them.
    pub fn read_back(secrets: &ModelSecrets) -> Result<Self, PublishError> {
        let embedding = secrets.embedding().ok_or(PublishError::EmbeddingNotStored)?;
        Ok(Self {
            key: DecryptionKeyCommitment::of(secrets.key()),
            embedding: EmbeddingCommitment::of(&embedding),
        })
    }
}

/// A publication, as it is stored.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Publication {
    account: Address,
    subject: Subject,
    destination: Destination,
    embedding: EmbeddingCommitment,
    stage: Stage,
    spent_keys: Vec<DecryptionKeyCommitment>,
    transactions: Vec<(PublishTransaction, TransactionDigest)>,
}

impl Publication {
    /// A publication that can succeed on the network as it is now, and still needs its file.
    ///
    /// # Errors
    /// Where embedding, stake, commission, destination or model are not what the network takes.
    pub fn new(
        account: Address,
        subject: Subject,
        destination: Destination,
        embedding: &SomaTensor,
        state: &SystemStateV1,
    ) -> Result<Self, PublishError> {
        check_embedding(embedding, state.parameters.target_embedding_dim)?;
        if let Destination::PresignedPut { public_url } = &destination {
            check_fetchable(public_url)?;
        }
        match subject {
            Subject::NewModel(create) => drop(create.kind(state)?),
            Subject::ExistingModel(id) => match own_model(id, account, state)?.state() {
                ModelStateV1::Created(_) | ModelStateV1::Active(_) => {}
                ModelStateV1::Pending(_) => return Err(ModelError::AlreadyCommitted(id).into()),
                ModelStateV1::Inactive(_) => return Err(ModelError::Inactive(id).into()),
            },
        }
        Ok(Self {
            account,
            subject,
            destination,
            embedding: EmbeddingCommitment::of(embedding),
            stage: Stage::NeedsFile,
            spent_keys: Vec::new(),
            transactions: Vec::new(),
        })
    }

    /// The publication that a backup of its secrets belongs to, as far as the chain shows it; so that
    /// a reveal that is due can be made on another device.
    ///
    /// # Errors
    /// Where the secrets are incomplete, or the chain's model has nothing to do with them.
    pub fn recover(
        account: Address,
        id: ModelId,
        secrets: &ModelSecrets,
        state: &SystemStateV1,
    ) -> Result<Self, PublishError> {
        let stored = SecretsStored::read_back(secrets)?;
        let file = secrets.sealed.ok_or(PublishError::NotInVault("sealed file"))?;
        let sealed = SealedWeights { key: stored.key, file };
        let model = own_model(id, account, state)?;
        let blank = Self {
            account,
            subject: Subject::ExistingModel(id),
            destination: Destination::Owner,
            embedding: stored.embedding,
            stage: Stage::Hosting { sealed },
            spent_keys: vec![stored.key],
            transactions: Vec::new(),
        };
        let manifest = match model.state() {
            ModelStateV1::Created(_) => return Ok(blank),
            ModelStateV1::Pending(model) => &model.manifest,
            ModelStateV1::Inactive(model) => &model.manifest,
            ModelStateV1::Active(model) => match &model.pending_update {
                Some(update) if update.decryption_key_commitment == stored.key => &update.manifest,
                _ if model.decryption_key_commitment == stored.key => &model.manifest,
                _ => return Ok(blank),
            },
        };
        let promise = Promise::of(manifest.url().clone(), sealed, stored.embedding);
        blank.at(Stage::Committing { promise, model: id }).on_chain_model(Some(model), state.epoch)
    }

    /// Whose it is.
    #[must_use]
    pub const fn account(&self) -> Address {
        self.account
    }

    /// What is published.
    #[must_use]
    pub const fn subject(&self) -> Subject {
        self.subject
    }

    /// Where the sealed file goes.
    #[must_use]
    pub const fn destination(&self) -> &Destination {
        &self.destination
    }

    /// How far it has come.
    #[must_use]
    pub const fn stage(&self) -> &Stage {
        &self.stage
    }

    /// The transactions that were executed and did what they say.
    #[must_use]
    pub fn transactions(&self) -> &[(PublishTransaction, TransactionDigest)] {
        &self.transactions
    }

    /// The model, once it has an id; while its creation is being settled, the id that it would have.
    #[must_use]
    pub fn model(&self) -> Option<ModelId> {
        match &self.stage {
            Stage::Settling { sent: Sent::Create { .. }, digest } => {
                Some(ObjectId::derive(digest, 0))
            }
            Stage::Committing { model, .. }
            | Stage::Settling {
                sent: Sent::Commit { model, .. } | Sent::Reveal { model, .. },
                ..
            }
            | Stage::Waiting { model, .. }
            | Stage::Live { model }
            | Stage::Missed { model, .. } => Some(*model),
            Stage::NeedsFile
            | Stage::Sealing { .. }
            | Stage::Uploading { .. }
            | Stage::Hosting { .. }
            | Stage::Verifying { .. }
            | Stage::Creating { .. } => match self.subject {
                Subject::ExistingModel(model) => Some(model),
                Subject::NewModel(_) => None,
            },
        }
    }

    /// The sealed file, while it is known and not published yet, and its URL once that is named.
    #[must_use]
    pub fn sealed(&self) -> Option<(Sealed, Option<&Url>)> {
        let promised = |promise: &'_ Promise| Sealed {
            checksum: promise.manifest.checksum(),
            size: promise.manifest.size(),
        };
        match &self.stage {
            Stage::NeedsFile | Stage::Sealing { .. } | Stage::Live { .. } => None,
            Stage::Uploading { sealed } | Stage::Hosting { sealed } => Some((sealed.file, None)),
            Stage::Verifying { sealed, url } => Some((sealed.file, Some(url))),
            Stage::Creating { promise }
            | Stage::Committing { promise, .. }
            | Stage::Waiting { promise, .. }
            | Stage::Missed { promise, .. }
            | Stage::Settling {
                sent:
                    Sent::Create { promise }
                    | Sent::Commit { promise, .. }
                    | Sent::Reveal { promise, .. },
                ..
            } => Some((promised(promise), Some(promise.manifest.url()))),
        }
    }

    /// To the key of the sealed file, while that is known and not published yet.
    #[must_use]
    pub const fn sealed_key(&self) -> Option<DecryptionKeyCommitment> {
        match &self.stage {
            Stage::NeedsFile | Stage::Sealing { .. } | Stage::Live { .. } => None,
            Stage::Uploading { sealed }
            | Stage::Hosting { sealed }
            | Stage::Verifying { sealed, .. } => Some(sealed.key),
            Stage::Creating { promise }
            | Stage::Committing { promise, .. }
            | Stage::Waiting { promise, .. }
            | Stage::Missed { promise, .. }
            | Stage::Settling {
                sent:
                    Sent::Create { promise }
                    | Sent::Commit { promise, .. }
                    | Sent::Reveal { promise, .. },
                ..
            } => Some(promise.key),
        }
    }

    /// Whether it may be forgotten: nothing is on its way, and no reveal is due.
    #[must_use]
    pub const fn may_be_removed(&self) -> bool {
        !matches!(self.stage, Stage::Settling { .. } | Stage::Waiting { .. })
    }

    /// Chooses what to do next; `now` is the current epoch.
    #[must_use]
    pub fn next(&self, now: u64) -> Step {
        match &self.stage {
            Stage::NeedsFile => Step::ChooseFile,
            Stage::Sealing { .. } => Step::Seal,
            Stage::Uploading { sealed } => Step::Upload(sealed.file),
            Stage::Hosting { sealed } => Step::AskUrl(sealed.file),
            Stage::Verifying { sealed, url } => Step::Verify(sealed.file.manifest(url.clone())),
            Stage::Creating { .. } => Step::Prepare(PublishTransaction::Create),
            Stage::Committing { .. } => Step::Prepare(PublishTransaction::Commit),
            Stage::Settling { sent, digest } => Step::Settle(sent.transaction(), *digest),
            Stage::Waiting { committed_in, .. } => {
                let due = committed_in.saturating_add(1);
                match now.cmp(&due) {
                    Ordering::Less => Step::Sleep { until: due },
                    Ordering::Equal => Step::Prepare(PublishTransaction::Reveal),
                    Ordering::Greater => Step::Missed { due },
                }
            }
            Stage::Live { .. } => Step::Nothing,
            Stage::Missed { due, .. } => Step::Missed { due: *due },
        }
    }

    fn at(self, stage: Stage) -> Self {
        Self { stage, ..self }
    }
}

/// What is to be signed next.
impl Publication {
    /// To create the model.
    ///
    /// # Errors
    /// Where that is not the next step.
    pub const fn create(&self) -> Result<CreateModel, PublishError> {
        match (&self.stage, self.subject) {
            (Stage::Creating { .. }, Subject::NewModel(create)) => Ok(create),
            _ => Err(PublishError::OutOfPlace),
        }
    }

    /// To commit, with the proof that the reveal's secrets are safe.
    ///
    /// # Errors
    /// Where that is not the next step, or the vault holds other secrets than the commit promises.
    pub fn commit(&self, stored: &SecretsStored) -> Result<CommitModel, PublishError> {
        let Stage::Committing { promise, model } = &self.stage else {
            return Err(PublishError::OutOfPlace);
        };
        if stored.key != promise.key {
            return Err(PublishError::NotInVault("key"));
        }
        if stored.embedding != promise.embedding {
            return Err(PublishError::NotInVault("embedding"));
        }
        Ok(CommitModel {
            model: *model,
            manifest: promise.manifest.clone(),
            embedding: promise.embedding,
            decryption_key: promise.key,
        })
    }

    /// To reveal. The secrets are taken out of the vault here, and nowhere else.
    ///
    /// # Errors
    /// Where that is not the next step, this is not its epoch, or the secrets are not what was
    /// committed, so that the reveal would fail on the chain.
    pub fn reveal(&self, secrets: &ModelSecrets, now: u64) -> Result<RevealModel, PublishError> {
        let Stage::Waiting { promise, model, committed_in } = &self.stage else {
            return Err(PublishError::OutOfPlace);
        };
        let due = committed_in.saturating_add(1);
        match now.cmp(&due) {
            Ordering::Less => return Err(PublishError::TooEarly { due, now }),
            Ordering::Greater => return Err(PublishError::RevealMissed { due, now }),
            Ordering::Equal => {}
        }
        if DecryptionKeyCommitment::of(secrets.key()) != promise.key {
            return Err(PublishError::NotInVault("key"));
        }
        let embedding = secrets.embedding().ok_or(PublishError::EmbeddingNotStored)?;
        if EmbeddingCommitment::of(&embedding) != promise.embedding {
            return Err(PublishError::NotInVault("embedding"));
        }
        Ok(RevealModel { model: *model, key: secrets.key().clone(), embedding })
    }
}

/// What happened. Each event gives the next state, which must be stored before going on.
impl Publication {
    /// The file was chosen, and a new key for it lies in the vault.
    ///
    /// # Errors
    /// Where no file is needed, or the key was used before.
    pub fn on_file(mut self, stored: &SecretsStored) -> Result<Self, PublishError> {
        if self.stage != Stage::NeedsFile {
            return Err(PublishError::OutOfPlace);
        }
        if stored.embedding != self.embedding {
            return Err(PublishError::NotInVault("embedding"));
        }
        if self.spent_keys.contains(&stored.key) {
            return Err(PublishError::KeyReused);
        }
        self.spent_keys.push(stored.key);
        Ok(self.at(Stage::Sealing { key: stored.key }))
    }

    /// The program stopped and starts again, or the person stopped it. What was being sealed begins
    /// anew; everything else goes on where it stood.
    #[must_use]
    pub fn on_interrupted(self) -> Self {
        match self.stage {
            Stage::Sealing { .. } => self.at(Stage::NeedsFile),
            _ => self,
        }
    }

    /// The file is sealed and whole in local storage.
    ///
    /// # Errors
    /// Where nothing was being sealed.
    pub fn on_sealed(self, file: Sealed) -> Result<Self, PublishError> {
        let Stage::Sealing { key } = self.stage else { return Err(PublishError::OutOfPlace) };
        let sealed = SealedWeights { key, file };
        let stage = self.waiting_for_url(sealed);
        Ok(self.at(stage))
    }

    /// The sealed file is not in local storage any more, before it was uploaded: the weights file must
    /// be chosen again and gets a new key.
    ///
    /// # Errors
    /// Where nothing waits to be uploaded or hosted.
    pub fn on_sealed_file_lost(self) -> Result<Self, PublishError> {
        match self.stage {
            Stage::Uploading { .. } | Stage::Hosting { .. } => Ok(self.at(Stage::NeedsFile)),
            _ => Err(PublishError::OutOfPlace),
        }
    }

    /// The file is uploaded and should lie there.
    ///
    /// # Errors
    /// Where nothing was being uploaded, or the network could not fetch it from there.
    pub fn on_uploaded(self, url: Url) -> Result<Self, PublishError> {
        let Stage::Uploading { sealed } = self.stage else { return Err(PublishError::OutOfPlace) };
        check_fetchable(&url)?;
        Ok(self.at(Stage::Verifying { sealed, url }))
    }

    /// Its owner says where the file lies; also instead of uploading it, or after a wrong URL.
    ///
    /// # Errors
    /// Where no URL is needed, or the network could not fetch it from there.
    pub fn on_url(self, url: Url) -> Result<Self, PublishError> {
        let (Stage::Uploading { sealed }
        | Stage::Hosting { sealed }
        | Stage::Verifying { sealed, .. }) = self.stage
        else {
            return Err(PublishError::OutOfPlace);
        };
        check_fetchable(&url)?;
        Ok(self.at(Stage::Verifying { sealed, url }))
    }

    /// The file was fetched back and measured.
    ///
    /// # Errors
    /// Where nothing was being verified, or it is another file; then [`on_unverified`](
    /// Self::on_unverified) asks for it again.
    pub fn on_verified(self, measured: Measured) -> Result<Self, PublishError> {
        let Stage::Verifying { sealed, url } = self.stage.clone() else {
            return Err(PublishError::OutOfPlace);
        };
        if measured != Measured::from(sealed.file) {
            return Err(PublishError::OtherFile { url });
        }
        let promise = Promise::of(url, sealed, self.embedding);
        let stage = match self.subject {
            Subject::NewModel(_) => Stage::Creating { promise },
            Subject::ExistingModel(model) => Stage::Committing { promise, model },
        };
        Ok(self.at(stage))
    }

    /// The file does not lie there, or another one does: upload it again, or name another URL.
    ///
    /// # Errors
    /// Where nothing was being verified.
    pub fn on_unverified(self) -> Result<Self, PublishError> {
        let Stage::Verifying { sealed, .. } = self.stage else {
            return Err(PublishError::OutOfPlace);
        };
        let stage = self.waiting_for_url(sealed);
        Ok(self.at(stage))
    }

    /// The next transaction was signed. Store this before sending it.
    ///
    /// # Errors
    /// Where no transaction is next.
    pub fn on_sent(self, digest: TransactionDigest) -> Result<Self, PublishError> {
        let sent = match self.stage.clone() {
            Stage::Creating { promise } => Sent::Create { promise },
            Stage::Committing { promise, model } => Sent::Commit { promise, model },
            Stage::Waiting { promise, model, committed_in } => {
                Sent::Reveal { promise, model, committed_in }
            }
            _ => return Err(PublishError::OutOfPlace),
        };
        Ok(self.at(Stage::Settling { sent, digest }))
    }

    /// The transaction was executed. Where it failed there, its step is next again.
    ///
    /// # Errors
    /// Where none was sent, or it is another one.
    pub fn on_executed(self, executed: &Executed) -> Result<Self, PublishError> {
        let (sent, digest) = self.settling(executed.digest)?;
        if executed.failure.is_some() {
            return Ok(self.at(sent.undone()));
        }
        let stage = match sent.clone() {
            Sent::Create { promise } => {
                Stage::Committing { promise, model: ObjectId::derive(&digest, 0) }
            }
            Sent::Commit { promise, model } => {
                Stage::Waiting { promise, model, committed_in: executed.epoch }
            }
            Sent::Reveal { model, .. } => Stage::Live { model },
        };
        Ok(self.done(&sent, digest).at(stage))
    }

    /// The transaction was not executed and never will be: its step is next again.
    ///
    /// # Errors
    /// Where none was sent, or it is another one.
    pub fn on_not_executed(self, digest: TransactionDigest) -> Result<Self, PublishError> {
        let (sent, _) = self.settling(digest)?;
        Ok(self.at(sent.undone()))
    }

    /// An epoch began.
    #[must_use]
    pub fn on_epoch(self, now: u64) -> Self {
        match self.stage.clone() {
            Stage::Waiting { promise, model, committed_in }
                if now > committed_in.saturating_add(1) =>
            {
                self.at(Stage::Missed { promise, model, due: committed_in.saturating_add(1) })
            }
            _ => self,
        }
    }

    /// Brings the job in line with what the chain says of its model, after answers were lost.
    ///
    /// Where the chain seems to be behind, the stage stays as it is.
    ///
    /// # Errors
    /// Where the model is gone, somebody else's, or committed to something else.
    pub fn on_chain_model(self, model: Option<&Model>, now: u64) -> Result<Self, PublishError> {
        let Some(id) = self.model() else { return Ok(self) };
        let creating = match &self.stage {
            Stage::Settling { sent: Sent::Create { promise }, digest } => {
                Some((promise.clone(), *digest))
            }
            _ => None,
        };
        let Some(model) = model else {
            return match creating {
                Some(_) => Ok(self),
                None => Err(ModelError::NotFound(id).into()),
            };
        };
        let owner = model.owner();
        if owner != self.account {
            return Err(ModelError::NotOwner { model: id, owner }.into());
        }
        if let Some((promise, digest)) = creating {
            let created = self.done(&Sent::Create { promise: promise.clone() }, digest);
            return created
                .at(Stage::Committing { promise, model: id })
                .on_chain_model(Some(model), now);
        }
        let Some(promise) = self.promised().cloned() else { return Ok(self) };
        let ours = promise.commitments();
        match model.state() {
            ModelStateV1::Created(_) => Ok(self),
            ModelStateV1::Pending(pending) => {
                let theirs = Commitments {
                    weights: pending.weights_commitment,
                    embedding: pending.embedding_commitment,
                    decryption_key: pending.decryption_key_commitment,
                };
                if ours == theirs {
                    Ok(self.committed(promise, id, pending.commit_epoch, now))
                } else {
                    Err(PublishError::OtherCommit(id))
                }
            }
            ModelStateV1::Active(active) => {
                let live = Commitments {
                    weights: active.weights_commitment,
                    embedding: active.embedding_commitment,
                    decryption_key: active.decryption_key_commitment,
                };
                if ours == live {
                    return Ok(self.revealed(id));
                }
                match &active.pending_update {
                    Some(update) if ours == commitments_of(update) => {
                        Ok(self.committed(promise, id, update.commit_epoch, now))
                    }
                    Some(_) if self.has_committed() => Err(PublishError::OtherCommit(id)),
                    Some(_) => Ok(self),
                    None => Ok(self.lapsed(now)),
                }
            }
            ModelStateV1::Inactive(inactive) => {
                let theirs = Commitments {
                    weights: inactive.weights_commitment,
                    embedding: inactive.embedding_commitment,
                    decryption_key: inactive.decryption_key_commitment,
                };
                let key = DecryptionKeyCommitment::of(&inactive.decryption_key);
                if ours != theirs {
                    Err(ModelError::Inactive(id).into())
                } else if ours.decryption_key == key {
                    Ok(self.revealed(id))
                } else {
                    let ended = inactive.staking_pool.deactivation_epoch.unwrap_or(now);
                    Ok(self.at(Stage::Missed { promise, model: id, due: ended.saturating_sub(1) }))
                }
            }
        }
    }

    /// After a missed reveal, starts over with the same sealed file: commits again to a model that is
    /// still active, or creates a new one. The key was never shown, so it may be kept.
    ///
    /// # Errors
    /// Where nothing was missed, or the model is out of service and no new one was meant to be made.
    pub fn commit_again(self, model: &Model) -> Result<Self, PublishError> {
        let Stage::Missed { promise, model: id, .. } = self.stage.clone() else {
            return Err(PublishError::OutOfPlace);
        };
        match (model.state(), self.subject) {
            (ModelStateV1::Active(_) | ModelStateV1::Created(_), _) => {
                Ok(self.at(Stage::Committing { promise, model: id }))
            }
            (ModelStateV1::Pending(_), _) => Err(ModelError::AlreadyCommitted(id).into()),
            (ModelStateV1::Inactive(_), Subject::NewModel(_)) => {
                Ok(self.at(Stage::Creating { promise }))
            }
            (ModelStateV1::Inactive(_), Subject::ExistingModel(_)) => {
                Err(ModelError::Inactive(id).into())
            }
        }
    }
}

impl Publication {
    fn waiting_for_url(&self, sealed: SealedWeights) -> Stage {
        match self.destination {
            Destination::BlobStore | Destination::PresignedPut { .. } => {
                Stage::Uploading { sealed }
            }
            Destination::Owner => Stage::Hosting { sealed },
        }
    }

    fn settling(
        &self,
        actual: TransactionDigest,
    ) -> Result<(Sent, TransactionDigest), PublishError> {
        match &self.stage {
            Stage::Settling { sent, digest } if *digest == actual => Ok((sent.clone(), *digest)),
            Stage::Settling { digest, .. } => {
                Err(PublishError::OtherTransaction { expected: *digest, actual })
            }
            _ => Err(PublishError::OutOfPlace),
        }
    }

    fn done(mut self, sent: &Sent, digest: TransactionDigest) -> Self {
        self.transactions.push((sent.transaction(), digest));
        self
    }

    /// What is or will be committed, where that is settled and no reveal has ended it.
    const fn promised(&self) -> Option<&Promise> {
        match &self.stage {
            Stage::Committing { promise, .. }
            | Stage::Waiting { promise, .. }
            | Stage::Missed { promise, .. }
            | Stage::Settling {
                sent: Sent::Commit { promise, .. } | Sent::Reveal { promise, .. },
                ..
            } => Some(promise),
            _ => None,
        }
    }

    /// Whether our commit is known to have been executed.
    const fn has_committed(&self) -> bool {
        matches!(
            self.stage,
            Stage::Waiting { .. } | Stage::Settling { sent: Sent::Reveal { .. }, .. }
        )
    }

    /// The chain holds our commit.
    fn committed(self, promise: Promise, model: ModelId, committed_in: u64, now: u64) -> Self {
        match self.stage.clone() {
            // What became of the reveal is told by its digest alone.
            Stage::Settling { sent: Sent::Reveal { .. }, .. } => self,
            Stage::Settling { sent: sent @ Sent::Commit { .. }, digest } => {
                self.done(&sent, digest).at(Stage::Waiting { promise, model, committed_in })
            }
            _ => self.at(Stage::Waiting { promise, model, committed_in }),
        }
        .on_epoch(now)
    }

    /// The chain has our key.
    fn revealed(self, model: ModelId) -> Self {
        match self.stage.clone() {
            Stage::Settling { sent: sent @ Sent::Reveal { .. }, digest } => {
                self.done(&sent, digest).at(Stage::Live { model })
            }
            _ => self.at(Stage::Live { model }),
        }
    }

    /// The model is active and holds no update: ours has lapsed, if its time is over.
    fn lapsed(self, now: u64) -> Self {
        match self.stage.clone() {
            Stage::Settling { sent: sent @ Sent::Reveal { committed_in, .. }, .. }
                if now > committed_in.saturating_add(1) =>
            {
                self.at(sent.undone()).on_epoch(now)
            }
            _ => self.on_epoch(now),
        }
    }
}

const fn commitments_of(update: &PendingModelUpdate) -> Commitments {
    Commitments {
        weights: update.weights_commitment,
        embedding: update.embedding_commitment,
        decryption_key: update.decryption_key_commitment,
    }
}

fn check_fetchable(url: &Url) -> Result<(), PublishError> {
    if url.is_http() { Ok(()) } else { Err(PublishError::NotFetchable) }
}

#[cfg(test)]
mod tests {
    use super::{
        Destination, Promise, Publication, PublishError, PublishTransaction, SealedWeights,
        SecretsStored, Sent, Stage, Step, Subject,
    };
    use crate::address::{Address, ModelId, ObjectId};
    use crate::amount::Shannons;
    use crate::digest::{Checksum, EmbeddingCommitment, TransactionDigest};
    use crate::failure::FailureKind;
    use crate::intent::{CreateModel, EmbeddingError, ModelError};
    use crate::job::fake::executed;
    use crate::manifest::Url;
    use crate::ports::{Executed, ExecutionFailure};
    use crate::recorded;
    use crate::system_state::{
        ActiveModel, CreatedModel, InactiveModel, Model, ModelStateV1, PendingModel,
        PendingModelUpdate, StakingPool, SystemStateV1,
    };
    use crate::tensor::SomaTensor;
    use crate::vault::ModelSecrets;
    use crate::weights::{DecryptionKey, Measured, Sealed};
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    const ME: Address = Address([1; 32]);
    const MODEL: ModelId = ObjectId([50; 32]);
    const DIGEST: TransactionDigest = TransactionDigest([9; 32]);
    const FILE: Sealed = Sealed { checksum: Checksum([4; 32]), size: 1_000 };

    fn state() -> SystemStateV1 {
        let mut state = recorded::system_state();
        state.parameters.target_embedding_dim = 3;
        state
    }

    fn embedding() -> SomaTensor {
        SomaTensor::vector(vec![0.5, -1.0, 2.0])
    }

    fn secrets_of(key: u8) -> ModelSecrets {
        let mut secrets =
            ModelSecrets::new("job".into(), "label".into(), DecryptionKey([key; 32]), 1);
        secrets.set_embedding(&embedding());
        secrets.sealed = Some(FILE);
        secrets
    }

    fn stored() -> SecretsStored {
        SecretsStored::read_back(&secrets_of(6)).unwrap()
    }

    fn url() -> Url {
        "https://example.org/weights".parse().unwrap()
    }

    fn promise() -> Promise {
        let sealed = SealedWeights { key: stored().key, file: FILE };
        Promise::of(url(), sealed, stored().embedding)
    }

    fn create() -> CreateModel {
        CreateModel { stake: Shannons(1_000_000_000), commission_bps: 500 }
    }

    fn publication(subject: Subject, destination: Destination) -> Publication {
        let mut state = state();
        if let Subject::ExistingModel(id) = subject {
            state.model_registry.models.insert(id, active(None));
        }
        Publication::new(ME, subject, destination, &embedding(), &state).unwrap()
    }

    fn new_model() -> Publication {
        publication(Subject::NewModel(create()), Destination::BlobStore)
    }

    fn update() -> Publication {
        publication(Subject::ExistingModel(MODEL), Destination::Owner)
    }

    fn pool(deactivation_epoch: Option<u64>) -> StakingPool {
        StakingPool {
            id: ObjectId([51; 32]),
            activation_epoch: None,
            deactivation_epoch,
            soma_balance: 1,
            rewards_pool: 0,
            pool_token_balance: 1,
            exchange_rates: std::collections::BTreeMap::new(),
            pending_stake: 0,
            pending_total_soma_withdraw: 0,
            pending_pool_token_withdraw: 0,
        }
    }

    fn created(owner: Address) -> Model {
        Model::V1(ModelStateV1::Created(CreatedModel {
            owner,
            architecture_version: 1,
            staking_pool: pool(None),
            commission_rate: 0,
            next_epoch_commission_rate: 0,
            create_epoch: 0,
        }))
    }

    /// Committed to by us (6) or by somebody else.
    fn pending(key: u8, commit_epoch: u64) -> Model {
        let update = pending_update(key, commit_epoch);
        Model::V1(ModelStateV1::Pending(PendingModel {
            owner: ME,
            architecture_version: 1,
            staking_pool: pool(None),
            commission_rate: 0,
            next_epoch_commission_rate: 0,
            manifest: update.manifest,
            weights_commitment: update.weights_commitment,
            embedding_commitment: update.embedding_commitment,
            decryption_key_commitment: update.decryption_key_commitment,
            commit_epoch,
        }))
    }

    fn pending_update(key: u8, commit_epoch: u64) -> PendingModelUpdate {
        let commitments = secrets_of(key).commitments().unwrap();
        PendingModelUpdate {
            manifest: promise().manifest,
            weights_commitment: commitments.weights,
            embedding_commitment: commitments.embedding,
            decryption_key_commitment: commitments.decryption_key,
            commit_epoch,
        }
    }

    fn active_with(key: u8, pending_update: Option<PendingModelUpdate>) -> Model {
        let commitments = secrets_of(key).commitments().unwrap();
        Model::V1(ModelStateV1::Active(ActiveModel {
            owner: ME,
            architecture_version: 1,
            staking_pool: pool(None),
            commission_rate: 0,
            next_epoch_commission_rate: 0,
            manifest: promise().manifest,
            weights_commitment: commitments.weights,
            embedding_commitment: commitments.embedding,
            decryption_key_commitment: commitments.decryption_key,
            decryption_key: DecryptionKey([key; 32]),
            embedding: embedding(),
            pending_update,
        }))
    }

    /// Active with older weights.
    fn active(pending_update: Option<PendingModelUpdate>) -> Model {
        active_with(77, pending_update)
    }

    fn inactive(key: u8, revealed: bool) -> Model {
        let commitments = secrets_of(key).commitments().unwrap();
        Model::V1(ModelStateV1::Inactive(InactiveModel {
            owner: ME,
            architecture_version: 1,
            staking_pool: pool(Some(12)),
            commission_rate: 0,
            next_epoch_commission_rate: 0,
            manifest: promise().manifest,
            weights_commitment: commitments.weights,
            embedding_commitment: commitments.embedding,
            decryption_key_commitment: commitments.decryption_key,
            decryption_key: DecryptionKey([if revealed { key } else { 0 }; 32]),
            embedding: embedding(),
        }))
    }

    fn sent(transaction: PublishTransaction) -> Stage {
        let (promise, model) = (promise(), MODEL);
        let sent = match transaction {
            PublishTransaction::Create => Sent::Create { promise },
            PublishTransaction::Commit => Sent::Commit { promise, model },
            PublishTransaction::Reveal => Sent::Reveal { promise, model, committed_in: 10 },
        };
        Stage::Settling { sent, digest: DIGEST }
    }

    /// Every stage by name, in the order of a publication.
    fn stages() -> Vec<(&'static str, Stage)> {
        let (promise, model) = (promise(), MODEL);
        let sealed = SealedWeights { key: stored().key, file: FILE };
        vec![
            ("needs file", Stage::NeedsFile),
            ("sealing", Stage::Sealing { key: stored().key }),
            ("uploading", Stage::Uploading { sealed }),
            ("hosting", Stage::Hosting { sealed }),
            ("verifying", Stage::Verifying { sealed, url: url() }),
            ("creating", Stage::Creating { promise: promise.clone() }),
            ("create sent", sent(PublishTransaction::Create)),
            ("committing", Stage::Committing { promise: promise.clone(), model }),
            ("commit sent", sent(PublishTransaction::Commit)),
            ("waiting", Stage::Waiting { promise: promise.clone(), model, committed_in: 10 }),
            ("reveal sent", sent(PublishTransaction::Reveal)),
            ("live", Stage::Live { model }),
            ("missed", Stage::Missed { promise, model, due: 11 }),
        ]
    }

    fn name(stage: &Stage) -> &'static str {
        match stage {
            Stage::NeedsFile => "needs file",
            Stage::Sealing { .. } => "sealing",
            Stage::Uploading { .. } => "uploading",
            Stage::Hosting { .. } => "hosting",
            Stage::Verifying { .. } => "verifying",
            Stage::Creating { .. } => "creating",
            Stage::Committing { .. } => "committing",
            Stage::Waiting { .. } => "waiting",
            Stage::Live { .. } => "live",
            Stage::Missed { .. } => "missed",
            Stage::Settling { sent: Sent::Create { .. }, .. } => "create sent",
            Stage::Settling { sent: Sent::Commit { .. }, .. } => "commit sent",
            Stage::Settling { sent: Sent::Reveal { .. }, .. } => "reveal sent",
        }
    }

    fn failed() -> Executed {
        let failure = ExecutionFailure { kind: FailureKind::InsufficientGas, detail: None };
        Executed { failure: Some(failure), ..executed(DIGEST, 10) }
    }

    type Outcome = Result<Publication, PublishError>;
    type Event = (&'static str, fn(Publication) -> Outcome, [&'static str; 13]);

    #[test]
    fn every_event_in_every_stage_is_either_in_place_or_refused() {
        const NO: &str = "refused";
        let same = stages().iter().map(|(name, _)| *name).collect::<Vec<_>>();
        let same: [&str; 13] = same.try_into().unwrap();
        let with = |changes: &[(usize, &'static str)], mut row: [&'static str; 13]| {
            for (at, name) in changes {
                row[*at] = name;
            }
            row
        };
        let none = [NO; 13];
        let v = "verifying";
        let lost: fn(Publication) -> Outcome = Publication::on_sealed_file_lost;
        let events: [Event; 13] = [
            ("file", |job| job.on_file(&stored()), with(&[(0, "sealing")], none)),
            ("interrupted", |job| Ok(job.on_interrupted()), with(&[(1, "needs file")], same)),
            ("sealed", |job| job.on_sealed(FILE), with(&[(1, "uploading")], none)),
            ("lost", lost, with(&[(2, "needs file"), (3, "needs file")], none)),
            ("uploaded", |job| job.on_uploaded(url()), with(&[(2, v)], none)),
            ("url", |job| job.on_url(url()), with(&[(2, v), (3, v), (4, v)], none)),
            ("verified", |job| job.on_verified(FILE.into()), with(&[(4, "creating")], none)),
            ("unverified", Publication::on_unverified, with(&[(4, "uploading")], none)),
            (
                "sent",
                |job| job.on_sent(DIGEST),
                with(&[(5, "create sent"), (7, "commit sent"), (9, "reveal sent")], none),
            ),
            (
                "executed",
                |job| job.on_executed(&executed(DIGEST, 10)),
                with(&[(6, "committing"), (8, "waiting"), (10, "live")], none),
            ),
            (
                "failed",
                |job| job.on_executed(&failed()),
                with(&[(6, "creating"), (8, "committing"), (10, "waiting")], none),
            ),
            (
                "not executed",
                |job| job.on_not_executed(DIGEST),
                with(&[(6, "creating"), (8, "committing"), (10, "waiting")], none),
            ),
            ("epoch", |job| Ok(job.on_epoch(12)), with(&[(9, "missed")], same)),
        ];
        for (event, apply, expected) in events {
            for ((before, stage), after) in stages().into_iter().zip(expected) {
                let result = apply(new_model().at(stage));
                match result {
                    Ok(job) => assert_eq!(name(job.stage()), after, "{event} while {before}"),
                    Err(error) => {
                        assert_eq!(error, PublishError::OutOfPlace, "{event} while {before}");
                        assert_eq!(after, NO, "{event} while {before}");
                    }
                }
            }
        }
    }

    #[test]
    fn every_stage_says_what_comes_next() {
        let next = |stage: &Stage, now| new_model().at(stage.clone()).next(now);
        let told: Vec<Step> = stages().iter().map(|(_, stage)| next(stage, 11)).collect();
        assert_eq!(
            told,
            [
                Step::ChooseFile,
                Step::Seal,
                Step::Upload(FILE),
                Step::AskUrl(FILE),
                Step::Verify(FILE.manifest(url())),
                Step::Prepare(PublishTransaction::Create),
                Step::Settle(PublishTransaction::Create, DIGEST),
                Step::Prepare(PublishTransaction::Commit),
                Step::Settle(PublishTransaction::Commit, DIGEST),
                Step::Prepare(PublishTransaction::Reveal),
                Step::Settle(PublishTransaction::Reveal, DIGEST),
                Step::Nothing,
                Step::Missed { due: 11 },
            ]
        );
        let waiting = &stages()[9].1;
        assert_eq!(next(waiting, 9), Step::Sleep { until: 11 });
        assert_eq!(next(waiting, 10), Step::Sleep { until: 11 });
        assert_eq!(next(waiting, 12), Step::Missed { due: 11 });
    }

    /// Stored and loaded again, as after a closed tab.
    fn reloaded(job: &Publication) -> Publication {
        let stored = serde_json::to_string(job).unwrap();
        let loaded: Publication = serde_json::from_str(&stored).unwrap();
        assert_eq!(loaded, *job);
        loaded.on_interrupted()
    }

    #[test]
    fn a_publication_goes_all_the_way_although_every_step_is_interrupted() {
        let (create, commit, reveal) =
            (TransactionDigest([21; 32]), TransactionDigest([22; 32]), TransactionDigest([23; 32]));
        let model = ObjectId::derive(&create, 0);
        let job = reloaded(&new_model()).on_file(&stored()).unwrap();
        // The one interruption that costs anything: sealing begins anew, with a new key.
        let job = reloaded(&job);
        assert_eq!(job.next(10), Step::ChooseFile);
        let again = SecretsStored::read_back(&secrets_of(7)).unwrap();
        let job = job.on_file(&again).unwrap().on_sealed(FILE).unwrap();
        let job = reloaded(&reloaded(&job).on_uploaded(url()).unwrap());
        let job = reloaded(&job.on_verified(FILE.into()).unwrap());
        assert_eq!(job.create(), Ok(self::create()));
        let job = reloaded(&job.on_sent(create).unwrap());
        assert_eq!(job.model(), Some(model));
        let job = reloaded(&job.on_executed(&executed(create, 10)).unwrap());
        assert_eq!(job.commit(&again).unwrap().model, model);
        let job = reloaded(&job.on_sent(commit).unwrap());
        let job = reloaded(&job.on_executed(&executed(commit, 10)).unwrap());
        assert_eq!(job.next(10), Step::Sleep { until: 11 });
        assert!(!job.may_be_removed());
        assert_eq!(job.reveal(&secrets_of(7), 11).unwrap().key, DecryptionKey([7; 32]));
        let job = reloaded(&job.on_sent(reveal).unwrap());
        let job = reloaded(&job.on_executed(&executed(reveal, 11)).unwrap());
        assert_eq!(*job.stage(), Stage::Live { model });
        assert_eq!(
            job.transactions(),
            [
                (PublishTransaction::Create, create),
                (PublishTransaction::Commit, commit),
                (PublishTransaction::Reveal, reveal)
            ]
        );
        assert!(job.may_be_removed());
    }

    #[test]
    fn no_key_seals_twice() {
        let job = new_model().on_file(&stored()).unwrap().on_interrupted();
        assert_eq!(job.on_file(&stored()), Err(PublishError::KeyReused));
    }

    #[test]
    fn what_is_stored_holds_no_secret() {
        for (_, stage) in stages() {
            let stored = serde_json::to_string(&new_model().at(stage)).unwrap();
            assert!(!stored.contains(DecryptionKey([6; 32]).expose_base58().as_str()));
            assert!(!stored.contains("0.5"), "{stored}");
        }
    }

    #[test]
    fn nothing_is_committed_whose_secrets_are_not_in_the_vault() {
        let job = new_model().at(Stage::Committing { promise: promise(), model: MODEL });
        assert!(job.commit(&stored()).is_ok());
        let other_key = SecretsStored::read_back(&secrets_of(8)).unwrap();
        assert_eq!(job.commit(&other_key), Err(PublishError::NotInVault("key")));
        let mut moved = secrets_of(6);
        moved.set_embedding(&SomaTensor::vector(vec![0.5, -1.0, 2.5]));
        let moved = SecretsStored::read_back(&moved).unwrap();
        assert_eq!(job.commit(&moved), Err(PublishError::NotInVault("embedding")));
        let bare = ModelSecrets::new("job".into(), String::new(), DecryptionKey([6; 32]), 1);
        assert_eq!(SecretsStored::read_back(&bare), Err(PublishError::EmbeddingNotStored));
    }

    #[test]
    fn a_reveal_that_would_fail_is_not_prepared() {
        let job = new_model().at(stages()[9].1.clone());
        assert!(job.reveal(&secrets_of(6), 11).is_ok());
        let early = PublishError::TooEarly { due: 11, now: 10 };
        assert_eq!(job.reveal(&secrets_of(6), 10), Err(early));
        let late = PublishError::RevealMissed { due: 11, now: 12 };
        assert_eq!(job.reveal(&secrets_of(6), 12), Err(late));
        assert_eq!(job.reveal(&secrets_of(8), 11), Err(PublishError::NotInVault("key")));
        let mut moved = secrets_of(6);
        moved.set_embedding(&SomaTensor::vector(vec![0.0, 0.0, 1.0]));
        assert_eq!(job.reveal(&moved, 11), Err(PublishError::NotInVault("embedding")));
    }

    #[test]
    fn another_file_at_the_url_goes_no_further() {
        let job = new_model().at(stages()[4].1.clone());
        for other in [
            Measured { size: FILE.size - 1, ..FILE.into() },
            Measured { checksum: Checksum([5; 32]), ..FILE.into() },
        ] {
            let error = job.clone().on_verified(other);
            assert_eq!(error, Err(PublishError::OtherFile { url: url() }));
        }
    }

    #[test]
    fn a_url_that_the_network_cannot_fetch_is_refused() {
        let ftp: Url = "ftp://example.org/weights".parse().unwrap();
        let job = new_model().at(stages()[2].1.clone());
        assert_eq!(job.clone().on_url(ftp.clone()), Err(PublishError::NotFetchable));
        assert_eq!(job.on_uploaded(ftp.clone()), Err(PublishError::NotFetchable));
        let destination = Destination::PresignedPut { public_url: ftp };
        let subject = Subject::NewModel(create());
        let refused = Publication::new(ME, subject, destination, &embedding(), &state());
        assert_eq!(refused, Err(PublishError::NotFetchable));
    }

    #[test]
    fn an_answer_about_another_transaction_moves_nothing() {
        let job = new_model().at(sent(PublishTransaction::Commit));
        let other = TransactionDigest([8; 32]);
        let error = PublishError::OtherTransaction { expected: DIGEST, actual: other };
        assert_eq!(job.clone().on_executed(&executed(other, 10)), Err(error.clone()));
        assert_eq!(job.on_not_executed(other), Err(error));
    }

    #[test]
    fn what_could_never_be_published_is_refused_at_once() {
        let of = |subject, embedding: &SomaTensor, state: &SystemStateV1| {
            Publication::new(ME, subject, Destination::Owner, embedding, state).unwrap_err()
        };
        let fresh = Subject::NewModel(create());
        let short = SomaTensor::vector(vec![1.0]);
        let length = EmbeddingError::Length { expected: 3, actual: 1 };
        assert_eq!(of(fresh, &short, &state()), PublishError::Embedding(length));
        let poor = CreateModel { stake: Shannons(1), ..create() };
        let least = Shannons(state().parameters.model_min_stake);
        assert_eq!(
            of(Subject::NewModel(poor), &embedding(), &state()),
            PublishError::Model(ModelError::StakeTooSmall { least })
        );
        let existing = Subject::ExistingModel(MODEL);
        let missing = PublishError::Model(ModelError::NotFound(MODEL));
        assert_eq!(of(existing, &embedding(), &state()), missing);
        let owner = Address([2; 32]);
        for (model, error) in [
            (created(owner), ModelError::NotOwner { model: MODEL, owner }),
            (pending(6, 10), ModelError::AlreadyCommitted(MODEL)),
            (inactive(6, true), ModelError::Inactive(MODEL)),
        ] {
            let mut state = state();
            state.model_registry.models.insert(MODEL, model);
            assert_eq!(of(existing, &embedding(), &state), PublishError::Model(error));
        }
    }

    #[test]
    fn lost_answers_are_found_again_on_the_chain() {
        let derived = ObjectId::derive(&DIGEST, 0);
        for (stage, model, expected, recorded) in [
            (sent(PublishTransaction::Create), created(ME), "committing", 1),
            (sent(PublishTransaction::Create), pending(6, 10), "waiting", 1),
            (sent(PublishTransaction::Commit), created(ME), "commit sent", 0),
            (sent(PublishTransaction::Commit), pending(6, 10), "waiting", 1),
            (sent(PublishTransaction::Commit), inactive(6, false), "missed", 0),
            (sent(PublishTransaction::Reveal), pending(6, 10), "reveal sent", 0),
            (sent(PublishTransaction::Reveal), active_with(6, None), "live", 1),
            (sent(PublishTransaction::Reveal), inactive(6, false), "missed", 0),
        ] {
            let before = name(&stage);
            let job = new_model().at(stage);
            assert!([Some(MODEL), Some(derived)].contains(&job.model()));
            let job = job.on_chain_model(Some(&model), 11).unwrap();
            assert_eq!(name(job.stage()), expected, "{before}");
            assert_eq!(job.transactions().len(), recorded, "{before}");
        }
        let unseen = new_model().at(sent(PublishTransaction::Create));
        assert_eq!(unseen.clone().on_chain_model(None, 11), Ok(unseen));
    }

    #[test]
    fn what_another_device_did_is_taken_over() {
        let (_, committing) = stages().swap_remove(7);
        let (_, waiting) = stages().swap_remove(9);
        for (stage, model, now, expected) in [
            (&committing, pending(6, 10), 10, "waiting"),
            (&committing, pending(6, 10), 12, "missed"),
            (&committing, active(Some(pending_update(6, 10))), 11, "waiting"),
            (&committing, active(Some(pending_update(8, 10))), 11, "committing"),
            (&committing, active(None), 20, "committing"),
            (&waiting, created(ME), 11, "waiting"),
            (&waiting, active_with(6, None), 11, "live"),
            (&waiting, active_with(6, None), 40, "live"),
            (&waiting, inactive(6, true), 40, "live"),
            (&waiting, inactive(6, false), 12, "missed"),
            (&waiting, active(None), 11, "waiting"),
            (&waiting, active(None), 12, "missed"),
        ] {
            let job = update().at(stage.clone()).on_chain_model(Some(&model), now).unwrap();
            assert_eq!(name(job.stage()), expected, "{} at {now}", name(stage));
        }
    }

    #[test]
    fn contradictions_of_the_chain_are_told() {
        let waiting = || update().at(stages()[9].1.clone());
        let of = |model: Option<&Model>| waiting().on_chain_model(model, 11).unwrap_err();
        assert_eq!(of(None), PublishError::Model(ModelError::NotFound(MODEL)));
        assert_eq!(of(Some(&pending(8, 10))), PublishError::OtherCommit(MODEL));
        let overwritten = active(Some(pending_update(8, 10)));
        assert_eq!(of(Some(&overwritten)), PublishError::OtherCommit(MODEL));
        let over = PublishError::Model(ModelError::Inactive(MODEL));
        assert_eq!(of(Some(&inactive(8, true))), over);
        let owner = Address([2; 32]);
        let stolen = PublishError::Model(ModelError::NotOwner { model: MODEL, owner });
        assert_eq!(of(Some(&created(owner))), stolen);
    }

    #[test]
    fn a_reveal_sent_too_late_ends_as_missed() {
        let job = update().at(sent(PublishTransaction::Reveal));
        let late = job.clone().on_chain_model(Some(&active(None)), 12).unwrap();
        assert_eq!(name(late.stage()), "missed");
        let job = job.on_executed(&failed()).unwrap().on_epoch(12);
        assert_eq!(job.next(12), Step::Missed { due: 11 });
        assert!(job.may_be_removed());
    }

    #[test]
    fn after_a_missed_reveal_the_same_file_can_be_committed_again() {
        let missed = stages().swap_remove(12).1;
        let of = |job: Publication, model: &Model| job.at(missed.clone()).commit_again(model);
        let anew = of(new_model(), &inactive(6, false)).unwrap();
        assert_eq!(*anew.stage(), Stage::Creating { promise: promise() });
        let lapsed = of(update(), &active(None)).unwrap();
        assert_eq!(*lapsed.stage(), Stage::Committing { promise: promise(), model: MODEL });
        let over = PublishError::Model(ModelError::Inactive(MODEL));
        assert_eq!(of(update(), &inactive(6, false)), Err(over));
        assert_eq!(new_model().commit_again(&active(None)), Err(PublishError::OutOfPlace));
    }

    #[test]
    fn a_backup_alone_brings_a_due_reveal_to_another_device() {
        let of = |model: Model, epoch| {
            let mut state = state();
            state.epoch = epoch;
            state.model_registry.models.insert(MODEL, model);
            Publication::recover(ME, MODEL, &secrets_of(6), &state)
        };
        for (model, epoch, expected) in [
            (created(ME), 10, "hosting"),
            (pending(6, 10), 11, "waiting"),
            (pending(6, 10), 12, "missed"),
            (active(Some(pending_update(6, 10))), 11, "waiting"),
            (active(None), 11, "hosting"),
            (active_with(6, None), 11, "live"),
        ] {
            let job = of(model, epoch).unwrap();
            assert_eq!(name(job.stage()), expected);
            if expected == "waiting" {
                assert!(job.reveal(&secrets_of(6), 11).is_ok());
            }
        }
        assert_eq!(of(pending(8, 10), 11), Err(PublishError::OtherCommit(MODEL)));
    }

    #[test]
    fn the_sealed_file_and_its_url_are_told_while_they_matter() {
        for ((at, stage), expected) in stages().into_iter().zip([
            None,
            None,
            Some(false),
            Some(false),
            Some(true),
            Some(true),
            Some(true),
            Some(true),
            Some(true),
            Some(true),
            Some(true),
            None,
            Some(true),
        ]) {
            let job = new_model().at(stage);
            let sealed = job.sealed().map(|(file, url)| (file, url.is_some()));
            assert_eq!(sealed, expected.map(|named| (FILE, named)), "{at}");
        }
        assert_eq!(EmbeddingCommitment::of(&embedding()), promise().embedding);
    }
}
