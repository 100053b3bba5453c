//! Messages of the faucet, the scoring service and a local network's admin.
//!
//! These services speak gRPC with BCS, not protobuf, inside the frame. Fields stand in the chain's
//! order; a float travels as the bits of an `f32`.

use serde::{Deserialize, Serialize};

/// Method of the faucet.
pub const REQUEST_GAS: &str = "/faucet.Faucet/RequestGas";
/// Method of the scoring service that scores data against models.
pub const SCORE: &str = "/scoring.Scoring/Score";
/// Method of the scoring service that says whether it is up.
pub const HEALTH: &str = "/scoring.Scoring/Health";
/// Method of a local network that ends the epoch.
pub const ADVANCE_EPOCH: &str = "/admin.Admin/AdvanceEpoch";

/// Asks the faucet for coins.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct GasRequest {
    /// Address of who receives, as text.
    pub recipient: String,
}

/// What the faucet sent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct GasResponse {
    /// `Success`.
    pub status: String,
    /// Every object that the faucet's transaction created.
    pub coins_sent: Vec<GasCoinInfo>,
}

/// One coin from the faucet.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct GasCoinInfo {
    /// Shannons.
    pub amount: u64,
    /// Object id, `0x` and 64 digits.
    pub id: String,
    /// Digest of the transaction, Base58.
    pub transfer_tx_digest: String,
}

/// Asks which model compresses some data best, and where the data lies in embedding space.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ScoreRequest {
    /// Where the data can be fetched.
    pub data_url: String,
    /// Blake2b-256 of the data, Base58.
    pub data_checksum: String,
    /// Bytes of the data.
    pub data_size: u64,
    /// The models, in the order of the target.
    pub model_manifests: Vec<ManifestInput>,
    /// Bits of the target's embedding.
    pub target_embedding: Vec<u32>,
    /// Seed of the evaluation.
    pub seed: u64,
}

/// The weights of one model.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ManifestInput {
    /// Where the weights can be fetched.
    pub url: String,
    /// Blake2b-256 of the weights as they are served, Base58.
    pub checksum: String,
    /// Bytes of the weights as they are served.
    pub size: u64,
    /// The key that opens them, Base58, where they are encrypted.
    pub decryption_key: Option<String>,
}

impl std::fmt::Debug for ManifestInput {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // The key may not be public yet, so it does not print.
        f.debug_struct("ManifestInput")
            .field("url", &self.url)
            .field("checksum", &self.checksum)
            .field("size", &self.size)
            .finish_non_exhaustive()
    }
}

/// How the models did.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ScoreResponse {
    /// Index of the best model.
    pub winner: u64,
    /// Bits of each loss.
    pub loss_score: Vec<u32>,
    /// Bits of the data's embedding.
    pub embedding: Vec<u32>,
    /// Bits of the distance to the target.
    pub distance: Vec<u32>,
}

/// Asks whether the scoring service is up.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct HealthRequest {}

/// Whether the scoring service is up.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HealthResponse {
    /// It is.
    pub ok: bool,
}

/// Asks a local network to end its epoch.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct AdvanceEpochRequest {}

/// The epoch that began.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AdvanceEpochResponse {
    /// Its number.
    pub epoch: u64,
}

#[cfg(test)]
mod tests {
    use super::ManifestInput;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    #[test]
    fn a_decryption_key_does_not_print() {
        let manifest = ManifestInput {
            url: "https://example.com/".into(),
            checksum: "1".repeat(32),
            size: 3,
            decryption_key: Some("secret".into()),
        };
        let printed = format!("{manifest:?}");
        assert!(printed.contains("https://example.com/") && !printed.contains("secret"));
    }
}
