//! Where the copies of the vault lie: a record of the database, and private files.

use crate::clock::sleep_ms;
use crate::file;
use crate::private_file::{self, PrivateFileError, PrivateFileWriter};
use crate::store::{Drawer, Store};
use wasm_core::vault::{Shelf, ShelfError, Slot};

/// The record of the database.
const KEY: &str = "vault";
const FILE_A: &str = "vault-a.copy";
const FILE_B: &str = "vault-b.copy";
/// How often a file is tried that a page which was just closed still holds.
const TRIES: usize = 20;
/// Between two tries.
const PAUSE_MS: u32 = 50;

/// The storage of this origin, as the core lays copies down in it.
#[derive(Debug)]
pub struct VaultShelf<'a>(pub &'a Store);

fn refused(error: impl std::fmt::Display) -> ShelfError {
    ShelfError(error.to_string())
}

impl Shelf for VaultShelf<'_> {
    async fn read(&self, slot: Slot) -> Result<Option<Vec<u8>>, ShelfError> {
        let name = match slot {
            Slot::Database => {
                let text = self.0.get(Drawer::Vault, KEY).await.map_err(refused)?;
                // What are no hex digits is told as damaged, by whoever reads the bytes.
                return Ok(text.map(|text| hex::decode(&text).unwrap_or(text.into_bytes())));
            }
            Slot::FileA => FILE_A,
            Slot::FileB => FILE_B,
        };
        match private_file::open(name).await {
            Ok(found) => {
                let bytes = file::read_range(&found, 0, file::size(&found)).await;
                bytes.map(Some).map_err(refused)
            }
            Err(PrivateFileError::Missing) => Ok(None),
            Err(error) => Err(refused(error)),
        }
    }

    async fn write(&self, slot: Slot, bytes: &[u8]) -> Result<(), ShelfError> {
        match slot {
            Slot::Database => {
                self.0.put(Drawer::Vault, KEY, &hex::encode(bytes)).await.map_err(refused)
            }
            Slot::FileA => write_file(FILE_A, bytes).await,
            Slot::FileB => write_file(FILE_B, bytes).await,
        }
    }

    async fn remove(&self, slot: Slot) -> Result<(), ShelfError> {
        let name = match slot {
            Slot::Database => return self.0.remove(Drawer::Vault, KEY).await.map_err(refused),
            Slot::FileA => FILE_A,
            Slot::FileB => FILE_B,
        };
        private_file::remove(name).await.map_err(refused)
    }
}

async fn write_file(name: &str, bytes: &[u8]) -> Result<(), ShelfError> {
    let mut tries = 0;
    let mut writer = loop {
        match PrivateFileWriter::create(name).await {
            Err(PrivateFileError::Busy) if tries < TRIES => {
                tries += 1;
                sleep_ms(PAUSE_MS).await;
            }
            opened => break opened.map_err(refused)?,
        }
    };
    writer.write(bytes).map_err(refused)?;
    writer.finish().map_err(refused)
}
