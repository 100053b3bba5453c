//! The secrets of one model between sealing its weights and revealing them.

use super::contents::secret_bytes::{self, FromSecret};
use crate::address::ModelId;
use crate::tensor::SomaTensor;
use crate::weights::{Commitments, DecryptionKey, Sealed};
use serde::{Deserialize, Serialize};
use std::fmt;
use zeroize::Zeroizing;

/// What must not be lost between a commit and its reveal: without it the model's stake is slashed.
#[derive(PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ModelSecrets {
    job: String,
    /// What its owner calls it.
    pub label: String,
    created_ms: u64,
    #[serde(with = "secret_key")]
    key: DecryptionKey,
    #[serde(default, with = "secret_values")]
    embedding: Option<Zeroizing<Vec<f32>>>,
    /// What the encrypted file is, once it is sealed.
    #[serde(default)]
    pub sealed: Option<Sealed>,
    /// The model, once the chain has given it an id.
    #[serde(default)]
    pub model: Option<ModelId>,
    /// The epoch in which it was committed, once it was.
    #[serde(default)]
    pub commit_epoch: Option<u64>,
}

impl ModelSecrets {
    /// The secrets of a model whose file is about to be sealed with this key.
    #[must_use]
    pub const fn new(job: String, label: String, key: DecryptionKey, created_ms: u64) -> Self {
        Self {
            job,
            label,
            created_ms,
            key,
            embedding: None,
            sealed: None,
            model: None,
            commit_epoch: None,
        }
    }

    /// The job that publishes the model; no other entry of a wallet has the same.
    #[must_use]
    pub fn job(&self) -> &str {
        &self.job
    }

    /// When the key was made, in milliseconds since 1970.
    #[must_use]
    pub const fn created_ms(&self) -> u64 {
        self.created_ms
    }

    /// The key of the encrypted file.
    #[must_use]
    pub const fn key(&self) -> &DecryptionKey {
        &self.key
    }

    /// Where the model stands among all others, once that is known: the embedding as the chain takes it, shape `[n]`.
    #[must_use]
    pub fn embedding(&self) -> Option<SomaTensor> {
        self.embedding.as_ref().map(|values| SomaTensor::vector(values.to_vec()))
    }

    /// Keeps an embedding, whose shape is taken as `[n]`.
    pub fn set_embedding(&mut self, embedding: &SomaTensor) {
        self.embedding = Some(Zeroizing::new(embedding.values().to_vec()));
    }

    /// What a commit promises, once everything that its reveal needs is kept here.
    #[must_use]
    pub fn commitments(&self) -> Option<Commitments> {
        let (embedding, sealed) = (self.embedding()?, self.sealed?);
        Some(Commitments::of(sealed.checksum, &embedding, &self.key))
    }

    /// Takes over what another record of the same job knows and this one does not.
    pub(super) fn complete_from(&mut self, other: &mut Self) {
        if self.embedding.is_none() {
            self.embedding = other.embedding.take();
        }
        self.sealed = self.sealed.or(other.sealed);
        self.model = self.model.or(other.model);
        self.commit_epoch = self.commit_epoch.or(other.commit_epoch);
    }
}

impl fmt::Debug for ModelSecrets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ModelSecrets").field("job", &self.job).finish_non_exhaustive()
    }
}

mod secret_key {
    use super::{DecryptionKey, Zeroizing, secret_bytes};
    use serde::{Deserializer, Serializer};

    pub(crate) fn serialize<S: Serializer>(
        key: &DecryptionKey,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        secret_bytes::serialize(&key.0, serializer)
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<DecryptionKey, D::Error> {
        let bytes: Zeroizing<[u8; 32]> = secret_bytes::deserialize(deserializer)?;
        Ok(DecryptionKey(*bytes))
    }
}

/// Values as the Base64 of their little-endian bytes, so that every bit survives.
mod secret_values {
    use super::{Deserialize, FromSecret, Serialize, Zeroizing, secret_bytes};
    use serde::{Deserializer, Serializer};

    #[derive(Serialize, Deserialize)]
    #[serde(transparent)]
    struct Bytes<T: AsRef<[u8]> + FromSecret>(#[serde(with = "secret_bytes")] T);

    pub(crate) fn serialize<S: Serializer>(
        values: &Option<Zeroizing<Vec<f32>>>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        let bytes = values.as_ref().map(|values| {
            let mut bytes = Zeroizing::new(Vec::with_capacity(values.len() * 4));
            bytes.extend(values.iter().flat_map(|value| value.to_le_bytes()));
            Bytes(bytes)
        });
        bytes.serialize(serializer)
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Option<Zeroizing<Vec<f32>>>, D::Error> {
        let bytes: Option<Bytes<Zeroizing<Vec<u8>>>> = Deserialize::deserialize(deserializer)?;
        let Some(Bytes(bytes)) = bytes else { return Ok(None) };
        let (values, rest) = bytes.as_chunks::<4>();
        if !rest.is_empty() {
            return Err(serde::de::Error::custom("not a whole number of f32 values"));
        }
        let mut decoded = Zeroizing::new(Vec::with_capacity(values.len()));
        decoded.extend(values.iter().map(|value| f32::from_le_bytes(*value)));
        Ok(Some(decoded))
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::ModelSecrets;
    use crate::address::ObjectId;
    use crate::digest::Checksum;
    use crate::tensor::SomaTensor;
    use crate::weights::{Commitments, DecryptionKey, Sealed};
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    pub(crate) fn complete(job: &str) -> ModelSecrets {
        let key = DecryptionKey([0xa5; 32]);
        let mut model = ModelSecrets::new(job.to_owned(), "Owl".to_owned(), key, 1_700_000_000_000);
        model.set_embedding(&SomaTensor::vector(vec![0.1, -0.0, 3.5e-39]));
        model.sealed = Some(Sealed { checksum: Checksum([9; 32]), size: 1 << 33 });
        model.model = Some(ObjectId([4; 32]));
        model.commit_epoch = Some(12);
        model
    }

    #[test]
    fn there_is_no_commitment_before_everything_is_kept() {
        let whole = complete("job");
        let expected = Commitments::of(Checksum([9; 32]), &whole.embedding().unwrap(), &whole.key);
        assert_eq!(whole.commitments(), Some(expected));

        let mut unsealed = complete("job");
        unsealed.sealed = None;
        assert_eq!(unsealed.commitments(), None);

        let mut fresh = ModelSecrets::new(String::new(), String::new(), DecryptionKey([0; 32]), 0);
        fresh.sealed = whole.sealed;
        assert_eq!(fresh.commitments(), None);
    }

    #[test]
    fn every_bit_of_an_entry_survives() {
        for model in [
            complete("job"),
            ModelSecrets::new("a".to_owned(), "b".to_owned(), DecryptionKey([1; 32]), 2),
        ] {
            let text = serde_json::to_string(&model).unwrap();
            let read: ModelSecrets = serde_json::from_str(&text).unwrap();
            assert!(read == model, "{text}");
            assert_eq!(read.embedding(), model.embedding(), "{text}");
        }
    }

    #[test]
    fn an_entry_prints_no_secret() {
        assert_eq!(format!("{:?}", complete("j1")), "ModelSecrets { job: \"j1\", .. }");
    }
}
