//! What a folder of scoring vectors lists, as far as it is checked.

use crate::read::{Bits, Hex, Text};
use serde::{Deserialize, Deserializer};
use std::collections::BTreeMap;

/// The list.
#[derive(Debug, Deserialize)]
#[expect(missing_docs, reason = "named as in the file")]
pub struct Manifest {
    pub format: String,
    pub set: String,
    pub configs: BTreeMap<String, Config>,
    pub weights: BTreeMap<String, Weights>,
    pub data: BTreeMap<String, Data>,
    pub data_contract: Vec<Contract>,
    pub cases: Vec<Case>,
    pub competitions: Vec<Competition>,
    pub winner_rule: Vec<WinnerRule>,
    pub encode_at_positions: Vec<Encoding>,
    pub traces: Vec<Trace>,
    pub arrgen: Vec<Array>,
    pub primitives: Primitives,
    pub aes_ctr: AesCtr,
}

#[derive(Debug, Deserialize)]
#[expect(missing_docs, reason = "named as in the file")]
pub struct Config {
    pub d: usize,
    pub heads: usize,
    pub layers: usize,
    pub ffn: usize,
}

#[derive(Debug, Deserialize)]
#[expect(missing_docs, reason = "named as in the file")]
pub struct Weights {
    pub config: String,
    pub file: Option<String>,
    pub sha256: Option<String>,
    pub dtype: Option<String>,
    pub recipe: Option<RecipeSpec>,
    #[serde(default)]
    pub recipe_tensor_sha256_f32le: BTreeMap<String, String>,
    pub sha256_of_f32_tensors_in_name_order: Option<String>,
}

/// Weights that are drawn: `[mean, deviation]` of each class of tensors.
#[derive(Debug, Deserialize)]
#[expect(missing_docs, reason = "named as in the file")]
pub struct RecipeSpec {
    pub base_seed: Text<u64>,
    pub classes: BTreeMap<String, [f32; 2]>,
}

#[derive(Debug, Deserialize)]
#[serde(untagged)]
#[expect(missing_docs, reason = "named as in the file")]
pub enum Data {
    File { file: String, sha256: String },
    Hex { hex: Hex, sha256: String },
    Drawn { lcg_seed: Text<u64>, length: usize, sha256: String },
}

impl Data {
    pub(super) const fn sha256(&self) -> &String {
        match self {
            Self::File { sha256, .. } | Self::Hex { sha256, .. } | Self::Drawn { sha256, .. } => {
                sha256
            }
        }
    }
}

#[derive(Debug, Deserialize)]
#[expect(missing_docs, reason = "named as in the file")]
pub struct Contract {
    pub length: usize,
    pub seq: usize,
    pub batch: usize,
    pub data_hex: Hex,
    pub token_ids: Vec<Vec<u32>>,
    pub pos_ids: Vec<Vec<u32>>,
    pub target_ids: Vec<Vec<u32>>,
    pub batch_rows: Vec<usize>,
}

#[derive(Debug, Deserialize)]
#[expect(missing_docs, reason = "named as in the file")]
pub struct Case {
    pub id: String,
    pub config: String,
    pub weights: String,
    pub data: String,
    pub seq: usize,
    pub batch: usize,
    pub seed: Text<u64>,
    pub target: Target,
    pub ids_sha256_i32le: Ids<String>,
    pub ids: Option<Ids<Vec<Vec<u32>>>>,
    pub expected: Expected,
    pub tolerance: Tolerance,
    #[serde(default)]
    pub heavy: bool,
}

#[derive(Debug, Deserialize)]
#[expect(missing_docs, reason = "named as in the file")]
pub struct Ids<T> {
    pub token_ids: T,
    pub pos_ids: T,
    pub target_ids: T,
}

#[derive(Debug, Deserialize)]
#[serde(untagged)]
#[expect(missing_docs, reason = "named as in the file")]
pub enum Target {
    Drawn { arrgen_seed: Text<u64> },
    Values { values: Vec<f32> },
}

#[derive(Debug, Deserialize)]
#[expect(missing_docs, reason = "named as in the file")]
pub struct Expected {
    pub loss: f64,
    pub distance: f64,
    pub embedding: Vec<f64>,
    pub batches: Vec<Batch>,
}

#[derive(Debug, Deserialize)]
#[expect(missing_docs, reason = "named as in the file")]
pub struct Batch {
    pub rows: usize,
    pub noise_seed: Text<u64>,
    pub cross_entropy: f64,
    pub cross_entropy_unmasked_mean: Option<f64>,
    pub unmasked_targets: usize,
    pub sig_reg: f64,
    pub loss: f64,
    pub noise: Option<Noise>,
}

#[derive(Debug, Deserialize)]
#[expect(missing_docs, reason = "named as in the file")]
pub struct Noise {
    pub shape: [usize; 2],
    pub first_bits: Vec<Bits>,
    pub last_bits: Vec<Bits>,
    pub sha256_f32le: String,
}

#[derive(Clone, Copy, Debug, Deserialize)]
#[expect(missing_docs, reason = "named as in the file")]
pub struct Tolerance {
    pub cross_entropy: f64,
    pub sig_reg: f64,
    pub loss: f64,
    pub embedding_max: f64,
    pub distance: f64,
}

#[derive(Debug, Deserialize)]
#[expect(missing_docs, reason = "named as in the file")]
pub struct Competition {
    pub id: String,
    pub config: String,
    pub models: Vec<String>,
    pub data: String,
    pub seq: usize,
    pub batch: usize,
    pub seed: Text<u64>,
    pub target: Target,
    pub expected: CompetitionExpected,
}

#[derive(Debug, Deserialize)]
#[expect(missing_docs, reason = "named as in the file")]
pub struct CompetitionExpected {
    pub losses: Vec<f64>,
    pub winner: usize,
    pub loss_score: [f64; 1],
    pub distance: f64,
    pub embedding: Vec<f64>,
}

#[derive(Debug, Deserialize)]
#[expect(missing_docs, reason = "named as in the file")]
pub struct WinnerRule {
    #[serde(deserialize_with = "losses")]
    pub losses: Vec<f32>,
    pub winner: usize,
}

#[derive(Debug, Deserialize)]
#[expect(missing_docs, reason = "named as in the file")]
pub struct Encoding {
    pub id: String,
    pub config: String,
    pub weights: String,
    pub token_ids: Vec<Vec<u32>>,
    pub pos_ids: Vec<Vec<u32>>,
    pub representations: Vec<f64>,
    pub tolerance: f64,
    pub max_deviation_if_angles_are_not_rounded_to_f32: f64,
}

#[derive(Debug, Deserialize)]
#[expect(missing_docs, reason = "named as in the file")]
pub struct Trace {
    pub id: String,
    pub case: String,
    pub file: String,
    pub sha256: String,
    pub shapes: BTreeMap<String, Vec<u64>>,
}

#[derive(Debug, Deserialize)]
#[expect(missing_docs, reason = "named as in the file")]
pub struct Array {
    pub seed: Text<u64>,
    pub shape: Vec<usize>,
    pub mean: f32,
    pub std: f32,
    pub first_bits: Vec<Bits>,
    pub last_bits: Vec<Bits>,
    pub sha256_f32le: String,
}

#[derive(Debug, Deserialize)]
#[expect(missing_docs, reason = "named as in the file")]
pub struct Primitives {
    pub gelu: Vec<[f64; 2]>,
    pub layer_norm: Vec<LayerNorm>,
    pub rope: Rope,
    pub cosine_distance: Vec<CosineDistance>,
    pub sig_reg: Vec<SigReg>,
    pub cross_entropy: CrossEntropy,
}

#[derive(Debug, Deserialize)]
#[expect(missing_docs, reason = "named as in the file")]
pub struct LayerNorm {
    pub x: Vec<f32>,
    pub gamma: Vec<f32>,
    pub beta: Vec<f32>,
    pub y: Vec<f64>,
}

#[derive(Debug, Deserialize)]
#[expect(missing_docs, reason = "named as in the file")]
pub struct Rope {
    pub timescale_bits: BTreeMap<String, Vec<Bits>>,
    /// Head width, position, pair, and the bits of angle, cosine and sine.
    pub samples: Vec<(usize, u32, usize, Bits, Bits, Bits)>,
}

#[derive(Debug, Deserialize)]
#[expect(missing_docs, reason = "named as in the file")]
pub struct CosineDistance {
    pub a: Vec<f32>,
    pub b: Vec<f32>,
    pub distance: f64,
}

#[derive(Debug, Deserialize)]
#[expect(missing_docs, reason = "named as in the file")]
pub struct Drawn {
    pub arrgen_seed: Text<u64>,
    pub shape: Vec<usize>,
    pub mean: f32,
    pub std: f32,
}

#[derive(Debug, Deserialize)]
#[expect(missing_docs, reason = "named as in the file")]
pub struct SigReg {
    pub input: Drawn,
    pub noise_seed: Text<u64>,
    pub value: f64,
}

#[derive(Debug, Deserialize)]
#[expect(missing_docs, reason = "named as in the file")]
pub struct CrossEntropy {
    pub logits: Drawn,
    pub targets: Vec<u32>,
    pub canonical: f64,
    pub unmasked_mean: f64,
}

#[derive(Debug, Deserialize)]
#[expect(missing_docs, reason = "named as in the file")]
pub struct AesCtr {
    pub key_hex: Hex,
    pub plain_file: String,
    pub cipher_sha256: String,
    pub samples: Vec<AesSample>,
}

#[derive(Debug, Deserialize)]
#[expect(missing_docs, reason = "named as in the file")]
pub struct AesSample {
    pub offset: u64,
    pub length: usize,
    pub cipher_hex: Hex,
    pub plain_hex: Hex,
}

/// Numbers, of which those that JSON cannot write are strings.
fn losses<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<f32>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Loss {
        Number(f32),
        Text(Text<f32>),
    }
    let losses = Vec::<Loss>::deserialize(deserializer)?;
    Ok(losses
        .into_iter()
        .map(|loss| match loss {
            Loss::Number(loss) | Loss::Text(Text(loss)) => loss,
        })
        .collect())
}
