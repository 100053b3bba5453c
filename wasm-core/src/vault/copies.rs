//! Two copies of the sealed vault in two places: what lies there, which one is used, and in what order
//! they are written, so that whatever stops the program leaves one that is whole.
//!
//! The database writes all or nothing. A private file does not, so there are two: the one that does not
//! hold the newest copy is written, and then the other removed. A place whose copy is missing, damaged or
//! not the newest is told and left alone until its owner has it repaired.

use super::copy::{CopyError, SealedCopy};
use serde::{Deserialize, Serialize};

/// One of the two places.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Place {
    /// The browser's database.
    Database,
    /// The browser's private files.
    File,
}

impl Place {
    /// Both, in the order in which they are written.
    pub const ALL: [Self; 2] = [Self::Database, Self::File];

    const fn slots(self) -> &'static [Slot] {
        match self {
            Self::Database => &[Slot::Database],
            Self::File => &[Slot::FileA, Slot::FileB],
        }
    }
}

/// Where bytes can lie.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Slot {
    /// A record of the database.
    Database,
    /// A private file.
    FileA,
    /// Another one, so that the first stays whole while this one is written.
    FileB,
}

/// A place refused: there is no such storage, or no room in it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct ShelfError(pub String);

/// What lays bytes down and finds them again.
#[expect(async_fn_in_trait, reason = "callers live on one thread, so Send is not needed")]
pub trait Shelf {
    /// What lies there.
    async fn read(&self, slot: Slot) -> Result<Option<Vec<u8>>, ShelfError>;

    /// Lays bytes down for good before it returns. The database does so all or nothing.
    async fn write(&self, slot: Slot, bytes: &[u8]) -> Result<(), ShelfError>;

    /// Takes away what lies there.
    async fn remove(&self, slot: Slot) -> Result<(), ShelfError>;
}

/// How the copy at a place stands to the one that is used.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Standing {
    /// It is the one that is used, or equal to it.
    Good,
    /// There is none.
    Missing,
    /// It is not whole.
    Damaged(String),
    /// It was sealed before.
    Older,
    /// It was sealed later, and the one that is used was opened instead.
    Newer,
    /// It has the same number and other contents.
    Different,
    /// The place cannot be read.
    Unreadable(String),
    /// The last change could not be written there.
    NotWritten(String),
}

#[derive(Debug)]
enum Found {
    Whole(Slot, SealedCopy),
    Missing,
    Damaged(CopyError),
    Unreadable(ShelfError),
}

impl Found {
    const fn copy(&self) -> Option<&SealedCopy> {
        match self {
            Self::Whole(_, copy) => Some(copy),
            _ => None,
        }
    }
}

/// What lies at both places.
#[derive(Debug)]
pub struct Copies {
    database: Found,
    file: Found,
}

impl Copies {
    /// Looks at both places and changes nothing.
    pub async fn look(shelf: &impl Shelf) -> Self {
        Self {
            database: look_at(shelf, Place::Database).await,
            file: look_at(shelf, Place::File).await,
        }
    }

    const fn at(&self, place: Place) -> &Found {
        match place {
            Place::Database => &self.database,
            Place::File => &self.file,
        }
    }

    /// Whether there was ever a wallet here, whole or not.
    #[must_use]
    pub const fn exist(&self) -> bool {
        !matches!(
            (&self.database, &self.file),
            (Found::Missing, Found::Missing | Found::Unreadable(_))
        )
    }

    /// The whole copies, the newest first.
    #[must_use]
    pub fn whole(&self) -> Vec<(Place, &SealedCopy)> {
        let mut whole: Vec<_> = Place::ALL
            .into_iter()
            .filter_map(|place| Some((place, self.at(place).copy()?)))
            .collect();
        // Equal ones stay in their order: the database is written first.
        whole.sort_by_key(|(_, copy)| std::cmp::Reverse(copy.generation));
        whole
    }

    /// How each place stands to the copy at `used`; to the newest, where none is open yet.
    #[must_use]
    pub fn standing(&self, used: Option<Place>) -> [Standing; 2] {
        let used = used.or_else(|| self.whole().first().map(|(place, _)| *place));
        let used = used.and_then(|place| self.at(place).copy());
        Place::ALL.map(|place| match self.at(place) {
            Found::Whole(_, copy) => {
                used.map_or(Standing::Good, |used| match copy.generation.cmp(&used.generation) {
                    std::cmp::Ordering::Less => Standing::Older,
                    std::cmp::Ordering::Greater => Standing::Newer,
                    std::cmp::Ordering::Equal if copy == used => Standing::Good,
                    std::cmp::Ordering::Equal => Standing::Different,
                })
            }
            // Wallets before there were two copies had one in the database.
            Found::Missing if used.is_some_and(|used| used.generation == 0) => Standing::Good,
            Found::Missing => Standing::Missing,
            Found::Damaged(error) => Standing::Damaged(error.to_string()),
            Found::Unreadable(error) => Standing::Unreadable(error.to_string()),
        })
    }
}

async fn look_at(shelf: &impl Shelf, place: Place) -> Found {
    let mut found = Found::Missing;
    for slot in place.slots() {
        let here = match shelf.read(*slot).await {
            Ok(None) => continue,
            Err(error) => Found::Unreadable(error),
            Ok(Some(bytes)) => match SealedCopy::decode(&bytes) {
                Ok(copy) => Found::Whole(*slot, copy),
                Err(error) => Found::Damaged(error),
            },
        };
        // What a write that was interrupted left beside a whole copy is no damage.
        let better = match (&here, &found) {
            (Found::Whole(_, here), Found::Whole(_, found)) => here.generation > found.generation,
            (Found::Whole(..), _) | (_, Found::Missing) => true,
            _ => false,
        };
        if better {
            found = here;
        }
    }
    found
}

/// Lays down the copies of an open wallet.
#[derive(Debug)]
pub struct Keeper {
    generation: u64,
    standing: [Standing; 2],
    file_slot: Slot,
}

impl Keeper {
    /// For a wallet that is made now, where nothing lies.
    #[must_use]
    pub const fn new() -> Self {
        Self { generation: 0, standing: [Standing::Good, Standing::Good], file_slot: Slot::FileB }
    }

    /// For a wallet that is made now, where no copy was seen. A place that cannot be read may hold one all
    /// the same: it is left alone.
    #[must_use]
    pub fn beside(copies: &Copies) -> Self {
        let standing = Place::ALL.map(|place| match copies.at(place) {
            Found::Unreadable(error) => Standing::Unreadable(error.to_string()),
            _ => Standing::Good,
        });
        Self { standing, ..Self::new() }
    }

    /// For a wallet that was opened from the copy at `used`.
    #[must_use]
    pub fn of(copies: &Copies, used: Place) -> Self {
        let newest = copies.whole().first().map_or(0, |(_, copy)| copy.generation);
        let file_slot = match copies.file {
            Found::Whole(slot, _) => slot,
            _ => Slot::FileB,
        };
        Self { generation: newest, standing: copies.standing(Some(used)), file_slot }
    }

    /// How each place stands.
    #[must_use]
    pub const fn standing(&self) -> &[Standing; 2] {
        &self.standing
    }

    /// The first place that is not in good order: what lies there, if anything does, stays when the vault is
    /// written.
    #[must_use]
    pub fn left_alone(&self) -> Option<Place> {
        Place::ALL.into_iter().find(|place| self.standing[*place as usize] != Standing::Good)
    }

    /// Whether the copies were laid down before there were two of them.
    #[must_use]
    pub const fn is_former(&self) -> bool {
        self.generation == 0
    }

    /// The number of the copy that was written last.
    #[must_use]
    pub const fn generation(&self) -> u64 {
        self.generation
    }

    /// Writes a changed vault to every place that is in good order. Once the first has it, the change is
    /// made: a second that refuses is noted in [`Keeper::standing`].
    ///
    /// # Errors
    /// Where the first refuses; then what lay there still lies there.
    pub async fn keep(
        &mut self,
        shelf: &impl Shelf,
        envelope: Vec<u8>,
        passkeys: Vec<super::Passkey>,
    ) -> Result<(), ShelfError> {
        let copy = SealedCopy { generation: self.generation.saturating_add(1), envelope, passkeys };
        let bytes = copy.encode();
        let mut written = false;
        for place in Place::ALL {
            let at = place as usize;
            if self.standing[at] != Standing::Good {
                continue;
            }
            match self.write(shelf, place, &bytes).await {
                Ok(()) => written = true,
                Err(error) if written => {
                    self.standing[at] = Standing::NotWritten(error.to_string());
                }
                Err(error) => return Err(error),
            }
            // From now on there may be a copy of this number.
            self.generation = copy.generation;
        }
        if written { Ok(()) } else { Err(ShelfError("no place is in good order".into())) }
    }

    /// Writes the vault to both places, whatever lies there.
    ///
    /// # Errors
    /// Where a place that was in good order refuses; one that still refuses stays noted as such.
    pub async fn repair(
        &mut self,
        shelf: &impl Shelf,
        envelope: Vec<u8>,
        passkeys: Vec<super::Passkey>,
    ) -> Result<(), ShelfError> {
        // The good one first: what is repaired from is whole at any moment.
        self.keep(shelf, envelope.clone(), passkeys.clone()).await?;
        let copy = SealedCopy { generation: self.generation, envelope, passkeys };
        let bytes = copy.encode();
        for place in Place::ALL {
            let at = place as usize;
            if self.standing[at] != Standing::Good {
                self.standing[at] = match self.write(shelf, place, &bytes).await {
                    Ok(()) => Standing::Good,
                    Err(error) => Standing::NotWritten(error.to_string()),
                };
            }
        }
        Ok(())
    }

    async fn write(
        &mut self,
        shelf: &impl Shelf,
        place: Place,
        bytes: &[u8],
    ) -> Result<(), ShelfError> {
        if place == Place::Database {
            return shelf.write(Slot::Database, bytes).await;
        }
        let former = self.file_slot;
        let next = if former == Slot::FileA { Slot::FileB } else { Slot::FileA };
        shelf.write(next, bytes).await?;
        self.file_slot = next;
        // One that stays is the older of two; the next write takes its place.
        let _ = shelf.remove(former).await;
        Ok(())
    }
}

impl Default for Keeper {
    fn default() -> Self {
        Self::new()
    }
}

/// Takes both copies away, the file first: as long as the database has one, the wallet is there.
///
/// # Errors
/// Where a place refuses, also one that cannot be read: there may be a copy.
pub async fn forget(shelf: &impl Shelf) -> Result<(), ShelfError> {
    for place in [Place::File, Place::Database] {
        for slot in place.slots() {
            shelf.remove(*slot).await?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests;
