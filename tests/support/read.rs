//! How vector files write values, and how a difference is told.

use anyhow::{Context as _, Result, bail};
use serde::de::Error;
use serde::{Deserialize, Deserializer};
use std::fmt::{Debug, Display};
use std::str::FromStr;
use wasm_core::address::ObjectId;
use wasm_core::digest::{Checksum, ObjectDigest};
use wasm_core::manifest::{Manifest, Url};
use wasm_core::object::ObjectRef;
use wasm_core::tensor::SomaTensor;

/// Bytes, written as hex.
#[derive(Clone, PartialEq, Eq)]
pub struct Hex(pub Vec<u8>);

impl Debug for Hex {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&hex::encode(&self.0))
    }
}

impl<'de> Deserialize<'de> for Hex {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        hex::decode(String::deserialize(deserializer)?).map(Self).map_err(D::Error::custom)
    }
}

impl Hex {
    /// Exactly `N` bytes.
    ///
    /// # Errors
    /// Where there are more or fewer.
    pub fn array<const N: usize>(&self) -> Result<[u8; N]> {
        self.0[..].try_into().with_context(|| format!("{} bytes, not {N}", self.0.len()))
    }
}

/// A value written as a string: decimal numbers, ids, digests.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Text<T>(pub T);

impl<'de, T: FromStr<Err: Display>> Deserialize<'de> for Text<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map(Self).map_err(D::Error::custom)
    }
}

/// Values of strings.
#[must_use]
pub fn values<T: Copy>(texts: &[Text<T>]) -> Vec<T> {
    texts.iter().map(|text| text.0).collect()
}

/// An f32, written as the big-endian hex of its bits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bits(pub u32);

impl<'de> Deserialize<'de> for Bits {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        if text.len() != 8 {
            return Err(D::Error::custom("a bit pattern has 8 digits"));
        }
        u32::from_str_radix(&text, 16).map(Self).map_err(D::Error::custom)
    }
}

/// A tensor.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TensorJson {
    f32_bits: Vec<Bits>,
    shape: Vec<Text<u64>>,
}

impl TryFrom<&TensorJson> for SomaTensor {
    type Error = anyhow::Error;
    fn try_from(json: &TensorJson) -> Result<Self> {
        let values = json.f32_bits.iter().map(|bits| f32::from_bits(bits.0)).collect();
        Ok(Self::new(values, self::values(&json.shape))?)
    }
}

/// A manifest; `url_input` is the URL as a person wrote it, empty where nobody did.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ManifestJson {
    checksum: Hex,
    size: Text<u64>,
    url: String,
    url_input: Option<String>,
}

impl TryFrom<&ManifestJson> for Manifest {
    type Error = anyhow::Error;
    fn try_from(json: &ManifestJson) -> Result<Self> {
        let url: Url = json.url.parse()?;
        same("normal URL", url.as_str(), json.url.as_str())?;
        if let Some(input) = json.url_input.as_deref().filter(|input| !input.is_empty()) {
            same("normalised URL", input.parse()?, url.clone())?;
        }
        Ok(Self::new(url, Checksum(json.checksum.array()?), json.size.0))
    }
}

/// A reference to an object.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RefJson {
    object_id: Text<ObjectId>,
    version: Text<u64>,
    digest: Text<ObjectDigest>,
}

impl From<RefJson> for ObjectRef {
    fn from(json: RefJson) -> Self {
        Self { id: json.object_id.0, version: json.version.0, digest: json.digest.0 }
    }
}

/// References to objects.
#[must_use]
pub fn refs(refs: &[RefJson]) -> Vec<ObjectRef> {
    refs.iter().map(|&reference| reference.into()).collect()
}

/// The whole of a file.
///
/// # Errors
/// Where a field is unknown, missing or malformed.
pub fn file<T: for<'de> Deserialize<'de>>(json: &str) -> Result<T> {
    Ok(serde_json::from_str(json)?)
}

/// Requires two values to be the same.
///
/// # Errors
/// Where they differ; the error names both.
#[expect(clippy::needless_pass_by_value, reason = "callers compare fresh values and references")]
pub fn same<T: PartialEq + Debug>(what: &str, got: T, want: T) -> Result<()> {
    if got == want {
        return Ok(());
    }
    bail!("{what} differs\n  got  {got:?}\n  want {want:?}");
}

/// Requires bytes to be those of a vector.
///
/// # Errors
/// Where they differ; the error says where first.
pub fn same_bytes(what: &str, got: impl AsRef<[u8]>, want: impl AsRef<[u8]>) -> Result<()> {
    let (got, want) = (got.as_ref(), want.as_ref());
    if got == want {
        return Ok(());
    }
    let at = got.iter().zip(want).take_while(|(a, b)| a == b).count();
    bail!("{what} differs at byte {at}\n  got  {}\n  want {}", hex::encode(got), hex::encode(want));
}

/// Decodes BCS, and requires that encoding gives the same bytes again.
///
/// # Errors
/// Where the bytes do not decode, or come out differently.
pub fn round_trip<T>(what: &str, bytes: &[u8]) -> Result<T>
where
    T: serde::Serialize + for<'de> Deserialize<'de>,
{
    let value: T = bcs::from_bytes(bytes).with_context(|| format!("{what} does not decode"))?;
    same_bytes(what, bcs::to_bytes(&value)?, bytes)?;
    Ok(value)
}
