//! Safetensors files in memory, read and written whole.

use anyhow::{Context as _, Result};
use std::collections::BTreeMap;
use wasm_core::safetensors::{Dtype, HeaderReader, TensorEntry};
use wasm_core::score::widen::widen;

/// The tensors of a file by their names: type, shape, bytes.
pub type Tensors = BTreeMap<String, (String, Vec<u64>, Vec<u8>)>;

/// The entries of a file.
///
/// # Errors
/// Where it is none.
pub fn entries(file: &[u8]) -> Result<Vec<TensorEntry>> {
    let mut reader = HeaderReader::new(file.len() as u64)?;
    while let Some(wanted) = reader.wanted() {
        reader.take(&file[usize::try_from(wanted.start)?..])?;
    }
    Ok(reader.finish()?.tensors().to_vec())
}

/// The tensors of a file.
///
/// # Errors
/// Where it is none.
pub fn read(file: &[u8]) -> Result<Tensors> {
    let tensor = |entry: TensorEntry| {
        let range = usize::try_from(entry.bytes.start)?..usize::try_from(entry.bytes.end)?;
        Ok((entry.name, (entry.dtype.to_string(), entry.shape, file[range].to_vec())))
    };
    entries(file)?.into_iter().map(tensor).collect()
}

/// The values of a file's tensors by their names.
///
/// # Errors
/// Where it is none.
pub fn values(file: &[u8]) -> Result<BTreeMap<String, Vec<f32>>> {
    let widened = |(name, (dtype, _, bytes)): (String, (String, Vec<u64>, Vec<u8>))| {
        let mut values = Vec::new();
        widen(dtype.parse::<Dtype>().ok().context("a known type")?, &bytes, &mut values);
        Ok((name, values))
    };
    read(file)?.into_iter().map(widened).collect()
}

/// A file of tensors.
#[must_use]
pub fn write(tensors: &Tensors) -> Vec<u8> {
    let (mut entries, mut data) = (Vec::new(), Vec::new());
    for (name, (dtype, shape, bytes)) in tensors {
        let start = data.len();
        data.extend_from_slice(bytes);
        let end = data.len();
        entries.push(format!(
            r#""{name}":{{"dtype":"{dtype}","shape":{shape:?},"data_offsets":[{start},{end}]}}"#
        ));
    }
    let header = format!("{{{}}}", entries.join(","));
    [&(header.len() as u64).to_le_bytes()[..], header.as_bytes(), &data].concat()
}
