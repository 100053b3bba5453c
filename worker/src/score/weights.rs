//! Published weights: fetched, compared with what was published, looked into, and handed out.

use super::source::FileSource;
use super::telling::{Fetching, Teller};
use super::turn::MyTurn;
use super::{Desk, cache, refusals};
use crate::refusal::{Refusal, sentence};
use bridge::models::{Architecture, MOST_TENSORS, TensorRow, WeightsInside, WeightsReport};
use bridge::network::Network;
use bridge::protocol::RequestId;
use bridge::score::ScoreStep;
use browser::private_file::{self, PrivateFileError, PrivateFileWriter};
use wasm_core::address::ModelId;
use wasm_core::model::ModelWeights;
use wasm_core::safetensors::Header;
use wasm_core::score::tensors::Places;
use wasm_core::score::{MaybeEncrypted, ModelConfig, read_header};
use wasm_core::weights::{DecryptionKey, WeightCipher};
use web_sys::File;

/// Where decrypted weights lie until their owner has saved them.
const PLAIN: &str = "plain-";
/// Bytes that are decrypted at once.
const PIECE: usize = 1 << 20;

/// Fetches the weights of a model and looks into them.
pub(super) async fn fetch(
    desk: &Desk,
    request: RequestId,
    model: ModelId,
    network: &Network,
) -> Result<WeightsReport, Refusal> {
    // The turn ends after the file is closed.
    let Held { weights, file, _turn } = kept(desk, request, model, network).await?;
    let inside = match &weights.decryption_key {
        Some(key) => Some(inside(file, key.clone(), model).await.map_err(|Refusal(it)| it)),
        None => None,
    };
    let manifest = &weights.manifest;
    Ok(WeightsReport { size: manifest.size(), checksum: manifest.checksum(), inside })
}

/// A model's weights, and the whole encrypted file, which is open to nobody else meanwhile: so nobody
/// else has the turn as long as it is held.
struct Held<'d> {
    weights: ModelWeights,
    file: PrivateFileWriter,
    _turn: MyTurn<'d>,
}

/// The whole encrypted file, compared with its checksum, once nobody else is scoring.
async fn kept<'d>(
    desk: &'d Desk,
    request: RequestId,
    model: ModelId,
    network: &Network,
) -> Result<Held<'d>, Refusal> {
    let teller = Teller::of(request, 1);
    let turn = desk.turn.take(&teller).await;
    teller.tell(None, ScoreStep::Preparing);
    let found = crate::network::connect(&network.rpc_url)?.model_weights(model).await?;
    let weights = found.ok_or_else(|| {
        Refusal::new(
            "models/no-weights",
            "Nothing was published of this model yet.",
            "Come back once its owner has committed.",
        )
    })?;
    let node = network.rpc_url.parse().ok();
    let mut progress = Fetching::new(&teller, 0, weights.manifest.size());
    progress.step(0).await;
    let watch = async |done| progress.step(done).await;
    let file = cache::fetch(model, &weights.manifest, node.as_ref(), watch).await?;
    Ok(Held { weights, file, _turn: turn })
}

async fn inside(
    file: PrivateFileWriter,
    key: DecryptionKey,
    model: ModelId,
) -> Result<WeightsInside, Refusal> {
    let source = MaybeEncrypted::new(FileSource::Private(file), Some(key));
    let header = read_header(&source)
        .await
        .map_err(|error| refusals::no_model(&format!("The model {model}"), &error, true))?;
    Ok(WeightsInside {
        count: header.tensors().len() as u64,
        tensors: header.tensors().iter().take(MOST_TENSORS).map(row).collect(),
        parameters: header.parameter_count(),
        architecture: architecture(&header),
    })
}

fn row(tensor: &wasm_core::safetensors::TensorEntry) -> TensorRow {
    TensorRow {
        name: tensor.name.clone(),
        dtype: tensor.dtype.as_str().to_owned(),
        shape: tensor.shape.clone(),
        bytes: tensor.elements().saturating_mul(tensor.dtype.bits()) / 8,
    }
}

fn architecture(header: &Header) -> Result<Architecture, String> {
    let config = ModelConfig::found_in(header).map_err(|error| sentence(&error))?;
    Places::find(header, &config).map_err(|error| sentence(&error))?;
    Ok(Architecture {
        width: config.width() as u64,
        layers: config.layers() as u64,
        heads: config.heads() as u64,
        inner: config.hidden() as u64,
    })
}

/// The weights of a model as a file for its reader's disk, with the name it should have.
pub(super) async fn save(
    desk: &Desk,
    request: RequestId,
    model: ModelId,
    network: &Network,
    plain: bool,
) -> Result<(String, File), Refusal> {
    let Held { weights, file, _turn } = kept(desk, request, model, network).await?;
    let digits: String = hex::encode(model.0).chars().take(12).collect();
    if !plain {
        drop(file);
        let file = cache::open(&weights.manifest).await?;
        return Ok((format!("model-{digits}.safetensors.enc"), file));
    }
    let Some(key) = &weights.decryption_key else {
        return Err(Refusal::new(
            "models/no-key",
            "The key of these weights is not public before their owner reveals them.",
            "Save the encrypted file, or come back after the reveal.",
        ));
    };
    forget_plain().await?;
    if private_file::room().await.is_some_and(|room| room < file.size()) {
        return Err(PrivateFileError::Full.into());
    }
    let name = format!("{PLAIN}{}", weights.manifest.checksum());
    let mut out = PrivateFileWriter::create(&name).await?;
    let (mut cipher, mut buffer) = (WeightCipher::new(key), vec![0; PIECE]);
    let mut progress = Fetching::new(&Teller::of(request, 1), 0, file.size());
    while out.size() < file.size() {
        let read = file.read(out.size(), &mut buffer)?;
        if read == 0 {
            return Err(PrivateFileError::Failed("the file ends early".to_owned()).into());
        }
        cipher.apply(out.size(), &mut buffer[..read]);
        out.write(&buffer[..read])?;
        progress.step(out.size()).await;
    }
    out.finish()?;
    Ok((format!("model-{digits}.safetensors"), private_file::open(&name).await?))
}

/// Deletes decrypted weights that were handed out before.
pub(super) async fn forget_plain() -> Result<(), Refusal> {
    for file in private_file::list(PLAIN).await? {
        private_file::remove(&file.name).await?;
    }
    Ok(())
}
