//! A folder as one archive, as stores take it: the same bytes for the same files, whoever packs them and when.

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use flate2::write::DeflateEncoder;
use flate2::{Compression, Crc};

use crate::place;

/// The first day that archives know: 1 January 1980, midnight.
const DATE: u16 = 0x21;
const TIME: u16 = 0;
/// Version 2.0 of the format, names in UTF-8, deflated.
const VERSION: u16 = 20;
const UTF_8: u16 = 1 << 11;
const DEFLATED: u16 = 8;

/// Packs a folder into an archive beside it, and returns where that is.
pub(crate) fn pack(folder: &Path) -> Result<PathBuf> {
    let archive = folder.with_extension("zip");
    let mut names = Vec::new();
    collect(folder, "", &mut names)?;
    names.sort();
    let read = |name: &String| {
        let bytes = fs::read(folder.join(name)).with_context(|| format!("cannot read {name}"))?;
        Ok((name.clone(), bytes))
    };
    let files = names.iter().map(read).collect::<Result<Vec<_>>>()?;
    fs::write(&archive, packed(&files)?)
        .with_context(|| format!("cannot write {}", place::short(&archive)))?;
    Ok(archive)
}

fn collect(folder: &Path, above: &str, names: &mut Vec<String>) -> Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let name = entry.file_name();
        let name =
            name.to_str().with_context(|| format!("{} is no text", entry.path().display()))?;
        let name = format!("{above}{name}");
        if entry.file_type()?.is_dir() {
            collect(&entry.path(), &format!("{name}/"), names)?;
        } else {
            names.push(name);
        }
    }
    Ok(())
}

/// An archive of these files, in this order.
fn packed(files: &[(String, Vec<u8>)]) -> Result<Vec<u8>> {
    let (mut archive, mut directory) = (Vec::new(), Vec::new());
    for (name, bytes) in files {
        let mut encoder = DeflateEncoder::new(Vec::new(), Compression::best());
        encoder.write_all(bytes)?;
        let deflated = encoder.finish()?;
        let mut crc = Crc::new();
        crc.update(bytes);
        let offset = u32::try_from(archive.len()).context("an archive has 4 GiB at most")?;
        let sizes = [crc.sum(), size(&deflated)?, size(bytes)?];
        let name_length = u16::try_from(name.len()).context("a name is too long")?;
        let shared = |out: &mut Vec<u8>| {
            for word in [VERSION, UTF_8, DEFLATED, TIME, DATE] {
                out.extend(word.to_le_bytes());
            }
            for number in sizes {
                out.extend(number.to_le_bytes());
            }
            out.extend(name_length.to_le_bytes());
            out.extend(0_u16.to_le_bytes());
        };
        archive.extend(b"PK\x03\x04");
        shared(&mut archive);
        archive.extend(name.as_bytes());
        archive.extend(deflated);

        directory.extend(b"PK\x01\x02");
        directory.extend(VERSION.to_le_bytes());
        shared(&mut directory);
        // no comment, the first disk, no attributes
        directory.extend([0; 10]);
        directory.extend(offset.to_le_bytes());
        directory.extend(name.as_bytes());
    }
    let count = u16::try_from(files.len()).context("an archive has 65,535 files at most")?;
    let begin = u32::try_from(archive.len()).context("an archive has 4 GiB at most")?;
    let length = size(&directory)?;
    archive.extend(directory);
    archive.extend(b"PK\x05\x06\0\0\0\0");
    archive.extend(count.to_le_bytes());
    archive.extend(count.to_le_bytes());
    archive.extend(length.to_le_bytes());
    archive.extend(begin.to_le_bytes());
    archive.extend(0_u16.to_le_bytes());
    Ok(archive)
}

fn size(bytes: &[u8]) -> Result<u32> {
    u32::try_from(bytes.len()).context("a file of an archive has 4 GiB at most")
}

#[cfg(test)]
mod tests {
    use super::packed;
    use std::io::Read as _;

    fn files() -> Vec<(String, Vec<u8>)> {
        let long = b"the same words again, ".repeat(100);
        vec![("a/b.txt".to_owned(), long), ("empty".to_owned(), Vec::new())]
    }

    #[test]
    fn what_is_packed_is_read_back() {
        let archive = packed(&files()).unwrap();
        // local header: 30 bytes and the name
        assert_eq!(archive.get(..4).unwrap(), b"PK\x03\x04");
        let deflated = u32::from_le_bytes(archive.get(18..22).unwrap().try_into().unwrap());
        let from = 30 + "a/b.txt".len();
        let mut decoder = flate2::read::DeflateDecoder::new(archive.get(from..).unwrap());
        let mut bytes = Vec::new();
        decoder.read_to_end(&mut bytes).unwrap();
        assert_eq!(bytes, files()[0].1);
        assert_eq!(decoder.total_in(), u64::from(deflated));
    }

    #[test]
    fn the_same_files_are_the_same_bytes() {
        assert_eq!(packed(&files()).unwrap(), packed(&files()).unwrap());
    }
}
