//! What a model's owner promises before revealing it: three Blake2b-256 hashes.

use super::DecryptionKey;
use crate::digest::{
    Checksum, DecryptionKeyCommitment, EmbeddingCommitment, WeightsCommitment, blake2b256,
};
use crate::tensor::SomaTensor;
use serde::{Deserialize, Serialize};

impl WeightsCommitment {
    /// The commitment to an encrypted file is the hash that its manifest has as checksum.
    #[must_use]
    pub const fn of(checksum: Checksum) -> Self {
        Self(checksum.0)
    }
}

impl EmbeddingCommitment {
    /// Commits to an embedding: the hash of its BCS, which holds its shape too.
    #[must_use]
    pub fn of(embedding: &SomaTensor) -> Self {
        let bytes = bcs::to_bytes(embedding).expect("a tensor's length fits into BCS");
        Self(blake2b256(&[&bytes]))
    }
}

impl DecryptionKeyCommitment {
    /// Commits to a key: the hash of its 32 bytes, with no prefix.
    #[must_use]
    pub fn of(key: &DecryptionKey) -> Self {
        Self(blake2b256(&[&key.0]))
    }
}

/// The three promises of a `CommitModel` transaction.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Commitments {
    /// To the encrypted file.
    pub weights: WeightsCommitment,
    /// To where the model stands among all others.
    pub embedding: EmbeddingCommitment,
    /// To the key of the file.
    pub decryption_key: DecryptionKeyCommitment,
}

impl Commitments {
    /// Commits to a sealed file, its model's embedding and its key.
    #[must_use]
    pub fn of(checksum: Checksum, embedding: &SomaTensor, key: &DecryptionKey) -> Self {
        Self {
            weights: WeightsCommitment::of(checksum),
            embedding: EmbeddingCommitment::of(embedding),
            decryption_key: DecryptionKeyCommitment::of(key),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Commitments;
    use crate::digest::Checksum;
    use crate::tensor::SomaTensor;
    use crate::weights::DecryptionKey;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    #[test]
    fn the_three_promises_are_those_the_chain_checks() {
        let commitments =
            Commitments::of(Checksum([3; 32]), &SomaTensor::scalar(1.0), &DecryptionKey([0; 32]));
        assert_eq!(commitments.weights.0, [3; 32]);
        // Recorded from the network's reference implementation.
        assert_eq!(
            hex::encode(commitments.embedding.0),
            "d461102aede7c790269739ad1213f4d45194fd4401c7b9e94995ea06f1f410ce"
        );
        assert_eq!(
            hex::encode(commitments.decryption_key.0),
            "89eb0d6a8a691dae2cd15ed0369931ce0a949ecafa5c3f93f8121833646e15c3"
        );
    }
}
