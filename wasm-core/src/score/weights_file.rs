//! A model's weights as an engine reads them: blocks of a tensor, made f32.

use super::config::ModelConfig;
use super::found::FindModelError;
use super::tensors::{ModelTensor, Places, TensorsError};
use super::weight_source::{Pieces, ReadError, WeightSource};
use super::widen::widen;
use crate::safetensors::{Header, HeaderReader, SafetensorsError};
use std::ops::Range;

/// Bytes of a file that are read at once, if rows allow.
pub const PIECE: u64 = 4 << 20;
/// Bytes of a header that are read at once.
const HEADER_PIECE: u64 = 64 << 10;

/// Why a file is no model that can be evaluated.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum OpenError {
    /// It cannot be read.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// It is no whole safetensors file. A wrong decryption key shows so.
    #[error(transparent)]
    Header(#[from] SafetensorsError),
    /// It holds no model of the configuration.
    #[error(transparent)]
    Tensors(#[from] TensorsError),
    /// It holds no model at all.
    #[error(transparent)]
    Model(#[from] FindModelError),
}

/// A file that holds a model.
#[derive(Clone, Debug)]
pub struct WeightsFile<S> {
    source: S,
    places: Places,
}

/// Some rows and columns of a tensor, small enough to be read at once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Block {
    /// The tensor. A vector is one row.
    pub tensor: ModelTensor,
    /// Which rows.
    pub rows: Range<usize>,
    /// Which columns.
    pub columns: Range<usize>,
}

/// Memory for reading blocks, used again and again.
#[derive(Clone, Debug, Default)]
pub struct BlockBuffer {
    bytes: Vec<u8>,
    values: Vec<f32>,
}

impl<S: WeightSource> WeightsFile<S> {
    /// Reads the header and finds the model's tensors.
    ///
    /// # Errors
    /// Where the file cannot be read or does not hold a model of the configuration.
    pub async fn open(source: S, config: &ModelConfig) -> Result<Self, OpenError> {
        let places = Places::find(&read_header(&source).await?, config)?;
        Ok(Self { source, places })
    }

    /// The same for whatever model the file holds: see [`ModelConfig::found_in`].
    ///
    /// # Errors
    /// Where the file cannot be read or does not hold a model.
    pub async fn open_as_found(source: S) -> Result<Self, OpenError> {
        let header = read_header(&source).await?;
        let places = Places::find(&header, &ModelConfig::found_in(&header)?)?;
        Ok(Self { source, places })
    }

    /// The configuration of the model.
    #[must_use]
    pub const fn config(&self) -> &ModelConfig {
        self.places.config()
    }

    /// Where the tensors are, for an engine that reads them itself.
    #[must_use]
    pub const fn places(&self) -> &Places {
        &self.places
    }

    /// The file.
    #[must_use]
    pub const fn source(&self) -> &S {
        &self.source
    }

    /// Cuts some rows and columns of a tensor into blocks of at most [`PIECE`] bytes each, or of
    /// one row where a row is longer.
    pub fn blocks(
        &self,
        tensor: ModelTensor,
        rows: Range<usize>,
        columns: Range<usize>,
    ) -> impl Iterator<Item = Block> + use<S> {
        self.blocks_of(PIECE, tensor, rows, columns)
    }

    /// The same with blocks of at most so many bytes.
    pub fn blocks_of(
        &self,
        bytes: u64,
        tensor: ModelTensor,
        rows: Range<usize>,
        columns: Range<usize>,
    ) -> impl Iterator<Item = Block> + use<S> {
        let row_bytes = columns.len() as u64 * self.element_size(tensor);
        let step = usize::try_from(bytes / row_bytes.max(1)).unwrap_or(usize::MAX).max(1);
        let end = rows.end;
        rows.step_by(step).map(move |start| {
            let rows = start..end.min(start.saturating_add(step));
            Block { tensor, rows, columns: columns.clone() }
        })
    }

    /// Bytes that a block takes in the file.
    #[must_use]
    pub fn block_bytes(&self, block: &Block) -> u64 {
        (block.rows.len() * block.columns.len()) as u64 * self.element_size(block.tensor)
    }

    /// Reads a block: its values, row-major.
    ///
    /// # Errors
    /// Where the file cannot be read.
    pub async fn read<'b>(
        &self,
        block: &Block,
        buffer: &'b mut BlockBuffer,
    ) -> Result<&'b [f32], ReadError> {
        let place = self.places.place(block.tensor);
        let columns_in_all = block.tensor.rows_and_columns(self.config()).1;
        let size = self.element_size(block.tensor);
        let row = columns_in_all as u64 * size;
        let start = block.rows.start as u64 * row + block.columns.start as u64 * size;
        let offset = place.bytes.start + start;
        let length = usize::try_from(self.block_bytes(block)).unwrap_or(usize::MAX);
        if buffer.bytes.len() < length {
            buffer.bytes.resize(length, 0);
        }
        let bytes = &mut buffer.bytes[..length];
        if block.columns.len() == columns_in_all {
            self.source.read(offset, bytes).await?;
        } else {
            let length = length / block.rows.len().max(1);
            self.source.read_pieces(Pieces { offset, length, stride: row }, bytes).await?;
        }
        buffer.values.clear();
        widen(place.dtype, &buffer.bytes[..length], &mut buffer.values);
        Ok(&buffer.values)
    }

    fn element_size(&self, tensor: ModelTensor) -> u64 {
        self.places.place(tensor).dtype.bits() / 8
    }
}

/// Reads as much of a file as its header takes.
///
/// # Errors
/// Where the file cannot be read, or is no whole safetensors file.
pub async fn read_header(source: &impl WeightSource) -> Result<Header, OpenError> {
    let mut reader = HeaderReader::new(source.size())?;
    let mut buffer = Vec::new();
    while let Some(wanted) = reader.wanted() {
        let length = (wanted.end - wanted.start).min(HEADER_PIECE);
        buffer.resize(usize::try_from(length).unwrap_or_default(), 0);
        source.read(wanted.start, &mut buffer).await?;
        reader.take(&buffer)?;
    }
    Ok(reader.finish()?)
}
