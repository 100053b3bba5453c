//! The header of a `.safetensors` file: which tensors it holds, and whether the file can be whole.
//!
//! Only the header is ever read, so that a file of any size can be checked at once. Sizes are u64,
//! because a 32-bit machine such as a browser's must check files that it could not address.
//!
//! ```text
//! length of the header, u64 little-endian || header, JSON || values of all tensors
//! ```

use serde::Deserialize;
use serde::de::{Deserializer, Error, MapAccess, Visitor};
use std::collections::BTreeMap;
use std::fmt;
use std::ops::Range;
use std::str::FromStr;

/// The longest header that is read, as in the format's reference library.
pub const MAX_HEADER_LENGTH: u64 = 100_000_000;
/// Bytes before the header, which hold its length.
const PREFIX_LENGTH: u64 = 8;

/// Why a file is not a whole safetensors file.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SafetensorsError {
    /// Not even the length of a header.
    #[error("this is not a safetensors file: it has only {0} bytes")]
    TooSmall(u64),
    /// The first eight bytes are no plausible length.
    #[error("this is not a safetensors file: its header would be {0} bytes long")]
    HeaderLength(u64),
    /// The file ends within its header.
    #[error("the file is cut short: its header ends at byte {expected}, the file at byte {actual}")]
    HeaderCutShort {
        /// Where the header ends.
        expected: u64,
        /// Where the file ends.
        actual: u64,
    },
    /// The header is not JSON, or not the JSON of a header.
    #[error("this is not a safetensors file: its header cannot be read at character {character}")]
    NotAHeader {
        /// Where reading stopped, counted from 1.
        character: usize,
    },
    /// A tensor is named twice.
    #[error("the header is damaged: it names the tensor {0} twice")]
    Repeated(String),
    /// An element type that the format does not have.
    #[error("the tensor {tensor} has the element type {dtype}, which is unknown")]
    UnknownDtype {
        /// The tensor.
        tensor: String,
        /// What the header says.
        dtype: String,
    },
    /// A tensor's bytes are not as many as its shape and type ask for.
    #[error("the header is damaged: the tensor {0} has another size than its shape says")]
    TensorSize(String),
    /// A tensor does not begin where the one before it ends.
    #[error(
        "the header is damaged: the tensor {tensor} begins at byte {actual} of the values, not at {expected}"
    )]
    NotContiguous {
        /// The tensor.
        tensor: String,
        /// Where the tensor before it ends.
        expected: u64,
        /// Where it begins.
        actual: u64,
    },
    /// There is nothing in it.
    #[error("the file holds no tensors")]
    Empty,
    /// The file ends before its tensors do.
    #[error("the file is cut short: its tensors end at byte {expected}, the file at byte {actual}")]
    CutShort {
        /// Bytes that there should be.
        expected: u64,
        /// Bytes that there are.
        actual: u64,
    },
    /// The file goes on after its tensors.
    #[error("the file is damaged: its tensors end at byte {expected}, the file at byte {actual}")]
    TooLong {
        /// Bytes that there should be.
        expected: u64,
        /// Bytes that there are.
        actual: u64,
    },
    /// Reading ended before the header was there: the file became shorter while it was read.
    #[error("the file could not be read to the end of its header")]
    Unfinished,
}

macro_rules! dtypes {
    ($($name:ident $text:literal $bits:literal)*) => {
        /// What one element of a tensor is.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Dtype {
            $(#[doc = concat!("`", $text, "`, ", $bits, " bits.")] $name,)*
        }

        impl Dtype {
            /// Every element type of the format.
            pub const ALL: &[Self] = &[$(Self::$name,)*];

            /// The name in a header.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$name => $text,)* }
            }

            /// Bits of one element. Types below eight bits are packed.
            #[must_use]
            pub const fn bits(self) -> u64 {
                match self { $(Self::$name => $bits,)* }
            }
        }
    };
}

dtypes! {
    Bool "BOOL" 8
    F4 "F4" 4
    F6E2M3 "F6_E2M3" 6
    F6E3M2 "F6_E3M2" 6
    U8 "U8" 8
    I8 "I8" 8
    F8E5M2 "F8_E5M2" 8
    F8E4M3 "F8_E4M3" 8
    F8E8M0 "F8_E8M0" 8
    F8E4M3Fnuz "F8_E4M3FNUZ" 8
    F8E5M2Fnuz "F8_E5M2FNUZ" 8
    I16 "I16" 16
    U16 "U16" 16
    F16 "F16" 16
    Bf16 "BF16" 16
    I32 "I32" 32
    U32 "U32" 32
    F32 "F32" 32
    C64 "C64" 64
    F64 "F64" 64
    I64 "I64" 64
    U64 "U64" 64
}

/// Text that names no element type of the format.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the element type is unknown")]
pub struct UnknownDtype;

impl FromStr for Dtype {
    type Err = UnknownDtype;
    fn from_str(text: &str) -> Result<Self, UnknownDtype> {
        Self::ALL.iter().copied().find(|dtype| dtype.as_str() == text).ok_or(UnknownDtype)
    }
}

impl fmt::Display for Dtype {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A tensor of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TensorEntry {
    /// Its name.
    pub name: String,
    /// What its elements are.
    pub dtype: Dtype,
    /// Its dimensions.
    pub shape: Vec<u64>,
    /// Where in the file its values lie, in bytes.
    pub bytes: Range<u64>,
}

impl TensorEntry {
    /// How many elements it has.
    #[must_use]
    pub fn elements(&self) -> u64 {
        self.shape.iter().product()
    }
}

/// What a file holds, whose size fits what its header says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Header {
    tensors: Vec<TensorEntry>,
    metadata: BTreeMap<String, String>,
}

impl Header {
    /// The tensors, in the order of their bytes.
    #[must_use]
    pub fn tensors(&self) -> &[TensorEntry] {
        &self.tensors
    }

    /// What its maker noted.
    #[must_use]
    pub const fn metadata(&self) -> &BTreeMap<String, String> {
        &self.metadata
    }

    /// How many elements all tensors have together: the parameters of a model.
    #[must_use]
    pub fn parameter_count(&self) -> u64 {
        // The tensors lie side by side in a file of at most u64 bytes, but F4 packs two in one.
        self.tensors.iter().map(TensorEntry::elements).fold(0, u64::saturating_add)
    }

    /// The element types that occur, and in how many tensors each does.
    #[must_use]
    pub fn dtypes(&self) -> BTreeMap<Dtype, usize> {
        let mut counts = BTreeMap::new();
        for tensor in &self.tensors {
            *counts.entry(tensor.dtype).or_default() += 1;
        }
        counts
    }

    /// Reads a header whose bytes are all there.
    fn parse(json: &[u8], file_size: u64) -> Result<Self, SafetensorsError> {
        // Only `{` may come first, so that a file of another format is told at its first byte.
        if json.first() != Some(&b'{') {
            return Err(SafetensorsError::NotAHeader { character: 1 });
        }
        let RawHeader { tensors, metadata } = serde_json::from_slice(json)
            .map_err(|error| SafetensorsError::NotAHeader { character: character(json, &error) })?;
        let mut entries = BTreeMap::new();
        for (name, raw) in tensors {
            let entry = raw.check(name.clone())?;
            if entries.insert(name.clone(), entry).is_some() {
                return Err(SafetensorsError::Repeated(name));
            }
        }
        let values_begin = PREFIX_LENGTH + json.len() as u64;
        let tensors = lay_out(entries.into_values().collect(), values_begin, file_size)?;
        Ok(Self { tensors, metadata })
    }
}

/// Puts tensors in the order of their bytes and checks that these cover the file without a gap.
/// Their places are counted from the first value until here, and from the file's start after.
fn lay_out(
    mut tensors: Vec<TensorEntry>,
    values_begin: u64,
    file_size: u64,
) -> Result<Vec<TensorEntry>, SafetensorsError> {
    tensors.sort_by_key(|tensor| (tensor.bytes.start, tensor.bytes.end));
    let mut expected = 0;
    for tensor in &tensors {
        let actual = tensor.bytes.start;
        if actual != expected {
            let tensor = tensor.name.clone();
            return Err(SafetensorsError::NotContiguous { tensor, expected, actual });
        }
        expected = tensor.bytes.end;
    }
    if tensors.is_empty() {
        return Err(SafetensorsError::Empty);
    }
    let (expected, actual) = (expected.saturating_add(values_begin), file_size);
    if actual < expected {
        return Err(SafetensorsError::CutShort { expected, actual });
    }
    if actual > expected {
        return Err(SafetensorsError::TooLong { expected, actual });
    }
    for tensor in &mut tensors {
        // No sum overflows: the last end is the size of the file.
        tensor.bytes = tensor.bytes.start + values_begin..tensor.bytes.end + values_begin;
    }
    Ok(tensors)
}

/// The place in the header where reading stopped; the parser counts lines and columns.
fn character(json: &[u8], error: &serde_json::Error) -> usize {
    let lines_before = json.split_inclusive(|byte| *byte == b'\n').take(error.line().max(1) - 1);
    lines_before.map(<[u8]>::len).sum::<usize>() + error.column()
}

/// A header as it is written.
struct RawHeader {
    tensors: Vec<(String, RawTensor)>,
    metadata: BTreeMap<String, String>,
}

#[derive(Deserialize)]
struct RawTensor {
    dtype: String,
    shape: Vec<u64>,
    data_offsets: [u64; 2],
}

impl RawTensor {
    fn check(self, name: String) -> Result<TensorEntry, SafetensorsError> {
        let Self { dtype, shape, data_offsets: [start, end] } = self;
        let Ok(dtype) = dtype.parse::<Dtype>() else {
            return Err(SafetensorsError::UnknownDtype { tensor: name, dtype });
        };
        let bits = shape
            .iter()
            .try_fold(1_u64, |product, dimension| product.checked_mul(*dimension))
            .and_then(|elements| elements.checked_mul(dtype.bits()));
        let length = end.checked_sub(start).and_then(|length| length.checked_mul(8));
        if bits.is_none() || bits != length {
            return Err(SafetensorsError::TensorSize(name));
        }
        Ok(TensorEntry { name, dtype, shape, bytes: start..end })
    }
}

impl<'de> Deserialize<'de> for RawHeader {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Entries;
        impl<'de> Visitor<'de> for Entries {
            type Value = RawHeader;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("the header of a safetensors file")
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<RawHeader, A::Error> {
                let mut metadata = None;
                let mut tensors = Vec::new();
                while let Some(name) = map.next_key::<String>()? {
                    if name != "__metadata__" {
                        tensors.push((name, map.next_value()?));
                    } else if metadata.replace(map.next_value()?).is_some() {
                        return Err(A::Error::duplicate_field("__metadata__"));
                    }
                }
                Ok(RawHeader { tensors, metadata: metadata.unwrap_or_default() })
            }
        }
        deserializer.deserialize_map(Entries)
    }
}

/// Reads the header of a file piece by piece.
///
/// ```
/// # use wasm_core::safetensors::{HeaderReader, SafetensorsError};
/// # fn read(file: &[u8]) -> Result<(), SafetensorsError> {
/// let mut reader = HeaderReader::new(file.len() as u64)?;
/// while let Some(bytes) = reader.wanted() {
///     # let slice = |bytes: std::ops::Range<u64>| &file[bytes.start as usize..bytes.end as usize];
///     reader.take(slice(bytes))?;
/// }
/// let header = reader.finish()?;
/// # let _ = header;
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct HeaderReader {
    file_size: u64,
    /// The prefix until its eight bytes are there, then the header.
    buffer: Vec<u8>,
    header_length: Option<u64>,
}

impl HeaderReader {
    /// Begins with a file of so many bytes.
    ///
    /// # Errors
    /// Where it is too small for any header.
    pub const fn new(file_size: u64) -> Result<Self, SafetensorsError> {
        if file_size < PREFIX_LENGTH {
            return Err(SafetensorsError::TooSmall(file_size));
        }
        Ok(Self { file_size, buffer: Vec::new(), header_length: None })
    }

    /// Which bytes of the file to give next; none when the header is there. Fewer may be given.
    #[must_use]
    pub const fn wanted(&self) -> Option<Range<u64>> {
        let buffered = self.buffer.len() as u64;
        let (start, end) = match self.header_length {
            None => (buffered, PREFIX_LENGTH),
            Some(length) => (PREFIX_LENGTH + buffered, PREFIX_LENGTH + length),
        };
        if start < end { Some(start..end) } else { None }
    }

    /// Takes the first of the wanted bytes. More than were wanted are ignored.
    ///
    /// # Errors
    /// As soon as the file cannot be one, by the length of its header or its first byte.
    pub fn take(&mut self, bytes: &[u8]) -> Result<(), SafetensorsError> {
        let wanted = self.wanted().map_or(0, |wanted| wanted.end - wanted.start);
        let wanted = usize::try_from(wanted).unwrap_or(usize::MAX);
        self.buffer.extend(bytes.iter().take(wanted));
        if self.header_length.is_none()
            && let Ok(prefix) = self.buffer.as_slice().try_into()
        {
            self.header_length = Some(self.check_length(u64::from_le_bytes(prefix))?);
            self.buffer.clear();
        }
        Ok(())
    }

    const fn check_length(&self, length: u64) -> Result<u64, SafetensorsError> {
        if length == 0 || length > MAX_HEADER_LENGTH {
            return Err(SafetensorsError::HeaderLength(length));
        }
        let (expected, actual) = (PREFIX_LENGTH + length, self.file_size);
        if expected > actual {
            return Err(SafetensorsError::HeaderCutShort { expected, actual });
        }
        Ok(length)
    }

    /// Reads the header.
    ///
    /// # Errors
    /// Where it is none, or does not fit the size of the file; or where bytes are still wanted.
    pub fn finish(self) -> Result<Header, SafetensorsError> {
        if self.wanted().is_some() {
            return Err(SafetensorsError::Unfinished);
        }
        Header::parse(&self.buffer, self.file_size)
    }
}

#[cfg(test)]
mod tests {
    use super::{Dtype, Header, HeaderReader, SafetensorsError};
    use proptest::prelude::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    const HEADER: &str = concat!(
        r#"{"__metadata__":{"format":"pt"},"#,
        r#""b":{"dtype":"BF16","shape":[2,3],"data_offsets":[16,28]},"#,
        r#""a":{"dtype":"F32","shape":[4],"data_offsets":[0,16]},"#,
        r#""none":{"dtype":"I64","shape":[0,9],"data_offsets":[28,28]}}  "#,
    );

    fn start(header: &str) -> Vec<u8> {
        [&(header.len() as u64).to_le_bytes()[..], header.as_bytes()].concat()
    }

    fn read(start: &[u8], file_size: u64, piece: usize) -> Result<Header, SafetensorsError> {
        let mut reader = HeaderReader::new(file_size)?;
        while let Some(wanted) = reader.wanted() {
            let at = usize::try_from(wanted.start).unwrap();
            let end = usize::try_from(wanted.end).unwrap().min(at + piece);
            match start.get(at..end) {
                Some(bytes) => reader.take(bytes)?,
                None => break,
            }
        }
        reader.finish()
    }

    fn read_with_values(header: &str, values: u64) -> Result<Header, SafetensorsError> {
        let start = start(header);
        read(&start, start.len() as u64 + values, usize::MAX / 2)
    }

    #[test]
    fn a_whole_file_is_reported() {
        let header = read_with_values(HEADER, 28).unwrap();
        let names: Vec<_> = header.tensors().iter().map(|tensor| tensor.name.as_str()).collect();
        assert_eq!(names, ["a", "b", "none"]);
        assert_eq!(header.parameter_count(), 4 + 6);
        let dtypes: Vec<_> = header.dtypes().into_iter().collect();
        assert_eq!(dtypes, [(Dtype::Bf16, 1), (Dtype::F32, 1), (Dtype::I64, 1)]);
        assert_eq!(header.metadata()["format"], "pt");
        let values = 8 + HEADER.len() as u64;
        assert_eq!(header.tensors()[1].bytes, values + 16..values + 28);
    }

    #[test]
    fn a_file_larger_than_memory_is_checked_alike() {
        let size = 5_u64 << 32;
        let header = format!(
            r#"{{"w":{{"dtype":"F32","shape":[5,{}],"data_offsets":[0,{size}]}}}}"#,
            1_u64 << 30
        );
        assert_eq!(read_with_values(&header, size).unwrap().parameter_count(), 5 << 30);
    }

    #[test]
    fn the_end_of_a_file_is_checked() {
        let whole = 8 + HEADER.len() as u64 + 28;
        let cut = read_with_values(HEADER, 27);
        assert_eq!(cut, Err(SafetensorsError::CutShort { expected: whole, actual: whole - 1 }));
        let long = read_with_values(HEADER, 29);
        assert_eq!(long, Err(SafetensorsError::TooLong { expected: whole, actual: whole + 1 }));
    }

    #[test]
    fn what_is_no_safetensors_file_is_told_by_its_start() {
        let empty = HeaderReader::new(7).err();
        assert_eq!(empty, Some(SafetensorsError::TooSmall(7)));
        let zip = read(b"PK\x03\x04\x14\0\0\0\0\0\0\0\0\0\0\0", 1 << 40, 16);
        assert_eq!(zip, Err(SafetensorsError::HeaderLength(0x14_0403_4b50)));
        assert_eq!(read(&[0; 64], 64, 64), Err(SafetensorsError::HeaderLength(0)));
        let long = read(&start(HEADER)[..40], 40, 64);
        let expected = 8 + HEADER.len() as u64;
        assert_eq!(long, Err(SafetensorsError::HeaderCutShort { expected, actual: 40 }));
        let unfinished = read(&start(HEADER)[..40], 1 << 20, 64);
        assert_eq!(unfinished, Err(SafetensorsError::Unfinished));
        for (header, character) in [
            ("[]", 1),
            (" {}", 1),
            ("{", 1),
            ("{\"a\":\n 1}", 8),
            (r#"{"a":{}}"#, 7),
            (r#"{"a":{"dtype":"F32","shape":[-1],"data_offsets":[0,4]}}"#, 31),
            (r#"{"__metadata__":{"a":1}}"#, 22),
            (r#"{"__metadata__":{},"__metadata__":{}}"#, 37),
            (r#"{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}} x"#, 56),
        ] {
            let read = read_with_values(header, 4);
            assert_eq!(read, Err(SafetensorsError::NotAHeader { character }), "{header}");
        }
    }

    #[test]
    fn a_header_that_contradicts_itself_is_refused() {
        let a = |dtype: &str, shape: &str, offsets: &str| {
            format!(r#""a":{{"dtype":"{dtype}","shape":{shape},"data_offsets":{offsets}}}"#)
        };
        let name = || "a".to_owned();
        let gap =
            |expected, actual| SafetensorsError::NotContiguous { tensor: name(), expected, actual };
        let b = r#""b":{"dtype":"U8","shape":[4],"data_offsets":[0,4]}"#;
        let dtype = "F33".to_owned();
        for (entries, error) in [
            (r#""__metadata__":{}"#.to_owned(), SafetensorsError::Empty),
            (a("F33", "[1]", "[0,4]"), SafetensorsError::UnknownDtype { tensor: name(), dtype }),
            (a("F32", "[2]", "[0,4]"), SafetensorsError::TensorSize(name())),
            (a("F32", "[1]", "[4,0]"), SafetensorsError::TensorSize(name())),
            (a("F4", "[3]", "[0,1]"), SafetensorsError::TensorSize(name())),
            (a("U8", "[4294967296,4294967296]", "[0,0]"), SafetensorsError::TensorSize(name())),
            (a("U8", "[4]", "[1,5]"), gap(0, 1)),
            (format!("{b},{}", a("U8", "[4]", "[5,9]")), gap(4, 5)),
            (format!("{b},{}", a("U8", "[2]", "[2,4]")), gap(4, 2)),
            (format!("{0},{0}", a("U8", "[4]", "[0,4]")), SafetensorsError::Repeated(name())),
        ] {
            let read = read_with_values(&format!("{{{entries}}}"), 4);
            assert_eq!(read, Err(error), "{entries}");
        }
    }

    #[test]
    fn every_element_type_has_its_own_name() {
        for dtype in Dtype::ALL {
            assert_eq!(dtype.to_string().parse(), Ok(*dtype));
        }
        assert!("f32".parse::<Dtype>().is_err());
    }

    proptest! {
        #[test]
        fn however_it_is_cut_a_header_reads_alike(piece in 1_usize..200) {
            let start = start(HEADER);
            let size = start.len() as u64 + 28;
            prop_assert_eq!(read(&start, size, piece), read_with_values(HEADER, 28));
        }

        #[test]
        fn any_bytes_are_answered(
            header in prop::collection::vec(any::<u8>(), 0..100),
            length in 0_u64..120,
            size in 0_u64..400,
        ) {
            let start = [&length.to_le_bytes()[..], &header].concat();
            let _ = read(&start, size, 64);
        }
    }
}
