//! What is looked at before a commit, so that everything revealed later will pass.

use crate::context::Context;
use crate::publish::Record;
use crate::refusal::{Refusal, sentence};
use crate::score::FileSource;
use bridge::models::{Check, CheckKind};
use bridge::publish::JobId;
use browser::file_weights::FileWeights;
use browser::private_file::{self, PrivateFileError};
use std::rc::Rc;
use wasm_core::intent::check_embedding;
use wasm_core::job::publish::{PublishError, SecretsStored, Stage};
use wasm_core::ports::Chain as _;
use wasm_core::score::{MaybeEncrypted, WeightsFile};
use wasm_core::system_state::SystemParameters;
use wasm_core::weights::DecryptionKey;

/// The architecture that this wallet knows.
const ARCHITECTURE: u64 = 1;

/// Looks at everything.
pub(super) async fn all(context: &Rc<Context>, job: &JobId) -> Result<Vec<Check>, Refusal> {
    let record = Record::load(context, job).await?;
    let state = context.following.node().system_state().await?;
    let parameters = &state.as_v1().parameters;
    let found = [
        (CheckKind::Embedding, embedding(context, job, parameters)),
        (CheckKind::Secrets, secrets(context, &record)),
        (CheckKind::Header, header(context, &record, parameters).await),
    ];
    let check = |(kind, found): (CheckKind, Result<String, Refusal>)| Check {
        kind,
        found: found.map_err(|Refusal(failure)| failure),
    };
    Ok(found.into_iter().map(check).collect())
}

/// Refuses where something would not pass, with the first reason.
pub(crate) async fn must_pass(context: &Rc<Context>, job: &JobId) -> Result<(), Refusal> {
    let checks = all(context, job).await?;
    match checks.into_iter().find_map(|check| check.found.err()) {
        Some(failure) => Err(Refusal(failure)),
        None => Ok(()),
    }
}

fn embedding(
    context: &Rc<Context>,
    job: &JobId,
    parameters: &SystemParameters,
) -> Result<String, Refusal> {
    let embedding = context
        .open_wallet()?
        .read(|secrets| secrets.model(&job.0).and_then(wasm_core::vault::ModelSecrets::embedding))
        .ok_or(PublishError::EmbeddingNotStored)?;
    let dimension = parameters.target_embedding_dim;
    check_embedding(&embedding, dimension).map_err(|error| {
        Refusal::new(
            "check/embedding",
            sentence(&error),
            "Begin a new publication with the embedding of this network.",
        )
    })?;
    Ok(format!("{dimension} finite numbers with a direction, as this network asks for."))
}

/// Whether the vault, read again, holds what the commit promises.
fn secrets(context: &Rc<Context>, record: &Record) -> Result<String, Refusal> {
    let stored = context
        .open_wallet()?
        .read(|secrets| secrets.model(&record.id.0).map(SecretsStored::read_back))
        .ok_or(PublishError::NotInVault("key"))??;
    match record.publication.stage() {
        Stage::Committing { .. } => drop(record.publication.commit(&stored)?),
        Stage::Creating { .. } => {}
        _ => return Err(PublishError::OutOfPlace.into()),
    }
    Ok("Key and embedding in the vault are those that the commit will promise.".to_owned())
}

async fn header(
    context: &Rc<Context>,
    record: &Record,
    parameters: &SystemParameters,
) -> Result<String, Refusal> {
    if parameters.model_architecture_version != ARCHITECTURE {
        return Err(Refusal::new(
            "check/architecture",
            format!(
                "The network asks for architecture {}, and this wallet knows {ARCHITECTURE}.",
                parameters.model_architecture_version
            ),
            "Use a newer wallet.",
        ));
    }
    let name = record.private_name.as_ref().ok_or(PrivateFileError::Missing)?;
    let file = private_file::open(name).await?;
    let key: DecryptionKey = context
        .open_wallet()?
        .read(|secrets| secrets.model(&record.id.0).map(|kept| kept.key().clone()))
        .ok_or(PublishError::NotInVault("key"))?;
    let source = MaybeEncrypted::new(FileSource::Chosen(FileWeights::new(file)), Some(key));
    let weights = WeightsFile::open_as_found(source).await.map_err(|error| {
        Refusal::new(
            "check/header",
            format!("The encrypted file holds no model that can be scored: {error}."),
            "Begin a new publication with weights of the network's architecture. Data could never be \
             scored with these.",
        )
    })?;
    let config = weights.config();
    let (width, dimension) = (config.width() as u64, parameters.target_embedding_dim);
    if width != dimension {
        return Err(Refusal::new(
            "check/width",
            format!(
                "The model makes embeddings of {width} numbers, and the network's targets have \
                 {dimension}."
            ),
            "Publish a model of the network's width. Data could never be scored with this one.",
        ));
    }
    Ok(format!(
        "The encrypted file opens with the key and holds a model of {} layers and width {width}.",
        config.layers()
    ))
}
