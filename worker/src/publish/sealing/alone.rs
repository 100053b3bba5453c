//! Sealing by the core's own AES and hash, in one buffer that goes round, on one processor core.

use super::{Watch, file_changed};
use crate::refusal::Refusal;
use browser::file::{self, FileReader};
use browser::private_file::PrivateFileWriter;
use wasm_core::weights::{Sealed, Sealer};
use web_sys::File;

/// Bytes read at once.
const READ: u32 = 1024 * 1024;

/// Seals a file.
pub(super) async fn seal(
    source: &File,
    mut sealer: Sealer,
    mut writer: PrivateFileWriter,
    watch: &mut Watch<'_, impl FnMut(u64, Option<u64>)>,
) -> Result<Sealed, Refusal> {
    let mut reader = FileReader::new(source, READ)?;
    let mut buffer = vec![0; READ as usize];
    while let Some(piece) = reader.next().await? {
        watch.abort.check()?;
        // A stream with buffers of its own cuts pieces as it likes.
        buffer.resize(piece.length() as usize, 0);
        piece.copy_to(&mut buffer);
        sealer.update(&mut buffer);
        writer.write(&buffer)?;
        if let Some(uploader) = watch.uploader {
            piece.copy_from(&buffer);
            uploader.offer(&piece).await;
        }
        watch.sealed(sealer.position());
    }
    if sealer.position() != file::size(source) {
        return Err(file_changed());
    }
    writer.finish()?;
    Ok(sealer.finish())
}
