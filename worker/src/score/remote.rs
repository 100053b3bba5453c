//! Scoring by a service elsewhere. It fetches data and weights itself, so both need addresses.

use super::job::{Data, Found, finite, network};
use super::telling::Teller;
use crate::network::Node;
use crate::publish::uploading;
use crate::refusal::Refusal;
use bridge::network::Network;
use bridge::score::{ModelResult, ScoreModel, ScoreOptions, ScoreResult, ScoreStep};
use browser::abort::Abort;
use wasm_core::digest::Checksum;
use wasm_core::score::competition::{distance, passes_audit};
use wasm_core::services::{ManifestInput, ScoreRequest, ScoreResponse};
use web_sys::File;

/// Puts the data where the service can fetch it, and asks.
pub(super) async fn run(
    teller: &Teller,
    url: &str,
    options: &ScoreOptions,
    data: &Data,
    found: &[Found],
) -> Result<ScoreResult, Refusal> {
    let Some(target) = &options.target else {
        return Err(Refusal::new(
            "score/remote-target",
            "A scoring service measures the distance from a target, and none was chosen.",
            "Choose a target, or let this machine score.",
        ));
    };
    if found.len() != options.models.len() {
        return Err(Refusal::new(
            "score/remote-files",
            "A scoring service fetches weights itself, so it cannot score with files of this device.",
            "Choose models of the network only, or let this machine score.",
        ));
    }
    let service = connect(url).await?;
    let data_url = put(network(options)?, &data.checksum, &data.file).await?;
    teller.tell(None, ScoreStep::Asking);
    let question = ScoreRequest {
        data_url,
        data_checksum: data.checksum.to_string(),
        data_size: data.bytes.len() as u64,
        model_manifests: found.iter().map(manifest).collect(),
        target_embedding: target.embedding.iter().map(|value| value.to_bits()).collect(),
        seed: options.seed,
    };
    let answer = service.score(question).await?;
    result(url, options, data, &answer)
}

/// A service that says that it can score.
pub(super) async fn connect(url: &str) -> Result<Node, Refusal> {
    let service = crate::network::connect(url)?;
    if !service.health().await?.ok {
        return Err(Refusal::passing(
            "score/remote-unwell",
            format!("The scoring service at {url} says that it cannot score."),
            "Choose another service, or let this machine score.",
        ));
    }
    Ok(service)
}

/// What one model makes of data that lies at an address. A service wants a target, of the model's
/// width, and what it says of the distance from it is left aside.
pub(super) async fn of_one_model(
    service: &Node,
    (data_url, checksum, size): (String, Checksum, u64),
    found: &Found,
    width: usize,
) -> Result<(f32, Vec<f32>), Refusal> {
    let question = ScoreRequest {
        data_url,
        data_checksum: checksum.to_string(),
        data_size: size,
        model_manifests: vec![manifest(found)],
        target_embedding: vec![1.0_f32.to_bits(); width],
        seed: 0,
    };
    let answer = service.score(question).await?;
    let [loss] = answer.loss_score[..] else { return Err(garbled("one loss")) };
    if answer.winner != 0 || answer.embedding.len() != width {
        return Err(garbled(&format!(
            "an embedding of {width} numbers by the one model asked for"
        )));
    }
    let embedding = answer.embedding.iter().copied().map(f32::from_bits).collect();
    Ok((f32::from_bits(loss), embedding))
}

fn garbled(without: &str) -> Refusal {
    Refusal::passing(
        "chain/garbage",
        format!("The scoring service answered without {without}."),
        "Choose another service, or let this machine score.",
    )
}

/// Uploads data to the network's blob store; returns its address.
pub(super) async fn put(
    network: &Network,
    checksum: &Checksum,
    file: &File,
) -> Result<String, Refusal> {
    let Some(store) = &network.blob_url else {
        return Err(Refusal::new(
            "score/no-store",
            "A scoring service fetches the data itself, and this network has no blob store to put it.",
            "Add the network with a blob store, or let this machine score.",
        ));
    };
    let url = format!("{}/score-{checksum}", store.trim_end_matches('/'));
    uploading::to_blob_store(&url, file, &Abort::default(), |_| {}).await?;
    Ok(url)
}

fn manifest((_, weights): &Found) -> ManifestInput {
    let key = weights.decryption_key.as_ref();
    ManifestInput {
        url: weights.manifest.url().to_string(),
        checksum: weights.manifest.checksum().to_string(),
        size: weights.manifest.size(),
        decryption_key: key.map(|key| key.expose_base58().to_string()),
    }
}

/// The distance must be the embedding's, as an audit would have it.
fn check_distance(
    claimed: f32,
    options: &ScoreOptions,
    answer: &ScoreResponse,
) -> Result<(), Refusal> {
    let Some(target) = &options.target else { return Ok(()) };
    let embedding: Vec<f32> = answer.embedding.iter().copied().map(f32::from_bits).collect();
    let computed = distance(&embedding, &target.embedding);
    if claimed.is_finite() && computed.is_finite() && !passes_audit(claimed, computed) {
        return Err(garbled("a distance that is its embedding's"));
    }
    Ok(())
}

/// A service tells the winner's numbers and nobody else's.
fn result(
    url: &str,
    options: &ScoreOptions,
    data: &Data,
    answer: &ScoreResponse,
) -> Result<ScoreResult, Refusal> {
    let winner = usize::try_from(answer.winner).unwrap_or(usize::MAX);
    let width = options.target.as_ref().map_or(0, |target| target.embedding.len());
    if winner >= options.models.len() || answer.embedding.len() != width {
        return Err(garbled(&format!("an embedding of {width} numbers by one of the models")));
    }
    let ([loss], [distance]) = (&answer.loss_score[..], &answer.distance[..]) else {
        return Err(garbled("one loss and one distance"));
    };
    check_distance(f32::from_bits(*distance), options, answer)?;
    let number = |bits: &u32| finite(f32::from_bits(*bits));
    let models = options.models.iter().enumerate().map(|(place, model): (usize, &ScoreModel)| {
        let won = place == winner;
        let embedding =
            if won { answer.embedding.iter().map(number).collect() } else { Vec::new() };
        ModelResult {
            model: *model,
            file_name: None,
            loss: number(loss).filter(|_| won),
            cross_entropy: None,
            sig_reg: None,
            distance: number(distance).filter(|_| won),
            embedding,
        }
    });
    Ok(ScoreResult {
        data_size: data.bytes.len() as u64,
        data_checksum: data.checksum,
        data_name: data.file.name(),
        seed: options.seed,
        engine: format!("Service at {url}"),
        target: options.target.clone(),
        winner,
        margin: None,
        noise: 0.0,
        models: models.collect(),
        seconds: 0.0,
    })
}
