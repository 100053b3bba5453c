//! Both places are faked: a program that is stopped at any step, and storage that refuses or rots.

use super::{Copies, Keeper, Place, Shelf, ShelfError, Slot, Standing, forget};
use crate::job::fake::block_on;
use crate::keys::tests::Counter;
use crate::vault::{KdfParameters, SealedCopy, Secrets, UnlockError, change_password, open, seal};
use std::cell::{Cell, RefCell};
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

const OLD: &[u8] = b"\x01SOMA-VAULT\0 as it was";
const NEW: &[u8] = b"\x01SOMA-VAULT\0 as it is now, which is longer";

/// What is left of the step at which the program stops.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Left {
    Nothing,
    /// Only of a private file: the database does all or nothing.
    Half,
    Everything,
}

#[derive(Default)]
struct Fake {
    slots: RefCell<[Option<Vec<u8>>; 3]>,
    /// Steps that change something, so far.
    steps: Cell<usize>,
    stops: Cell<Option<(usize, Left)>>,
    refuses: Cell<Option<Slot>>,
    unreadable: Cell<Option<Slot>>,
}

const fn index(slot: Slot) -> usize {
    match slot {
        Slot::Database => 0,
        Slot::FileA => 1,
        Slot::FileB => 2,
    }
}

impl Fake {
    fn change(&self, slot: Slot, bytes: Option<&[u8]>) -> Result<(), ShelfError> {
        if self.refuses.get() == Some(slot) {
            return Err(ShelfError("the disk is full".into()));
        }
        let step = self.steps.get();
        self.steps.set(step + 1);
        let mut slots = self.slots.borrow_mut();
        let place = &mut slots[index(slot)];
        match self.stops.get() {
            Some((at, _)) if step > at => return Err(ShelfError("stopped".into())),
            Some((at, left)) if step == at => {
                match (left, bytes) {
                    (Left::Half, Some(bytes)) if slot != Slot::Database => {
                        *place = Some(bytes[..bytes.len() / 2].to_vec());
                    }
                    (Left::Everything, bytes) => *place = bytes.map(<[u8]>::to_vec),
                    _ => {}
                }
                return Err(ShelfError("stopped".into()));
            }
            _ => {}
        }
        *place = bytes.map(<[u8]>::to_vec);
        Ok(())
    }

    fn put(&self, slot: Slot, bytes: Option<Vec<u8>>) {
        self.slots.borrow_mut()[index(slot)] = bytes;
    }

    fn get(&self, slot: Slot) -> Option<Vec<u8>> {
        self.slots.borrow()[index(slot)].clone()
    }

    /// The program starts again.
    fn look(&self) -> Copies {
        self.stops.set(None);
        self.steps.set(0);
        block_on(Copies::look(self))
    }

    /// With one vault at both places.
    fn with(envelope: &[u8]) -> Self {
        let fake = Self::default();
        block_on(Keeper::new().keep(&fake, envelope.to_vec(), Vec::new())).unwrap();
        fake
    }

    fn keeper(&self) -> Keeper {
        let copies = self.look();
        let used = copies.whole()[0].0;
        Keeper::of(&copies, used)
    }
}

impl Shelf for Fake {
    async fn read(&self, slot: Slot) -> Result<Option<Vec<u8>>, ShelfError> {
        if self.unreadable.get() == Some(slot) {
            return Err(ShelfError("another page holds it".into()));
        }
        Ok(self.get(slot))
    }

    async fn write(&self, slot: Slot, bytes: &[u8]) -> Result<(), ShelfError> {
        self.change(slot, Some(bytes))
    }

    async fn remove(&self, slot: Slot) -> Result<(), ShelfError> {
        self.change(slot, None)
    }
}

fn newest(copies: &Copies) -> Vec<u8> {
    copies.whole()[0].1.envelope.clone()
}

/// Stops the program at every step, in every way, and looks at what is left.
fn stopped_everywhere(
    before: impl Fn() -> Fake,
    act: impl Fn(&Fake) -> Result<(), ShelfError>,
    check: impl Fn(&Fake, &Copies),
) -> usize {
    let whole = before();
    let _ = whole.look();
    act(&whole).unwrap();
    let steps = whole.steps.get();
    for at in 0..steps {
        for left in [Left::Nothing, Left::Half, Left::Everything] {
            let fake = before();
            let _ = fake.look();
            fake.stops.set(Some((at, left)));
            let _ = act(&fake);
            let copies = fake.look();
            check(&fake, &copies);
        }
    }
    steps
}

#[test]
fn a_new_wallet_lies_at_both_places() {
    let fake = Fake::with(NEW);
    let copies = fake.look();
    assert_eq!(copies.standing(None), [Standing::Good, Standing::Good]);
    assert_eq!(copies.whole().len(), 2);
    assert_eq!(newest(&copies), NEW);
    assert_eq!(fake.get(Slot::FileB), None);
}

#[test]
fn a_change_that_is_stopped_anywhere_leaves_the_old_or_the_new_vault() {
    for changes_before in 0..3 {
        let before = || {
            let fake = Fake::with(OLD);
            let mut keeper = fake.keeper();
            for _ in 0..changes_before {
                block_on(keeper.keep(&fake, OLD.to_vec(), Vec::new())).unwrap();
            }
            fake
        };
        let steps = stopped_everywhere(
            before,
            |fake| {
                let mut keeper = {
                    let copies = block_on(Copies::look(fake));
                    Keeper::of(&copies, Place::Database)
                };
                block_on(keeper.keep(fake, NEW.to_vec(), Vec::new()))
            },
            |fake, copies| {
                let left = newest(copies);
                assert!(left == OLD || left == NEW);
                // Whatever a place holds is one of the two, never a mixture; and none is empty.
                assert_eq!(copies.whole().len(), 2);
                assert!(
                    copies.whole().iter().all(|(_, it)| it.envelope == OLD || it.envelope == NEW)
                );
                // The wallet goes on from there.
                let mut keeper = fake.keeper();
                block_on(keeper.repair(fake, left.clone(), Vec::new())).unwrap();
                let copies = fake.look();
                assert_eq!(copies.standing(None), [Standing::Good, Standing::Good]);
                assert!(copies.whole().iter().all(|(_, copy)| copy.envelope == left));
            },
        );
        assert_eq!(steps, 3, "the database, a file, and the file before it");
    }
}

#[test]
fn a_repair_that_is_stopped_anywhere_loses_nothing() {
    for damaged in [Slot::Database, Slot::FileA] {
        let before = || {
            let fake = Fake::with(NEW);
            fake.put(damaged, Some(b"rot".to_vec()));
            fake
        };
        stopped_everywhere(
            before,
            |fake| {
                let copies = block_on(Copies::look(fake));
                let mut keeper = Keeper::of(&copies, copies.whole()[0].0);
                block_on(keeper.repair(fake, NEW.to_vec(), Vec::new()))
            },
            |_, copies| assert_eq!(newest(copies), NEW),
        );
    }
}

#[test]
fn making_a_wallet_that_is_stopped_anywhere_leaves_none_or_a_whole_one() {
    stopped_everywhere(
        Fake::default,
        |fake| block_on(Keeper::new().keep(fake, NEW.to_vec(), Vec::new())),
        |_, copies| {
            if copies.exist() {
                assert_eq!(newest(copies), NEW);
            }
        },
    );
}

#[test]
fn the_wallet_is_there_until_it_is_gone_for_good() {
    stopped_everywhere(
        || Fake::with(NEW),
        |fake| block_on(forget(fake)),
        |_, copies| assert!(!copies.exist() || newest(copies) == NEW),
    );
    let fake = Fake::with(NEW);
    block_on(forget(&fake)).unwrap();
    assert!(!fake.look().exist());
}

#[test]
fn a_private_file_that_cannot_be_read_for_the_moment_survives_a_new_wallet_and_is_erased_with_it() {
    let fake = Fake::with(OLD);
    block_on(fake.keeper().keep(&fake, OLD.to_vec(), Vec::new())).unwrap();
    let only = fake.get(Slot::FileB);
    fake.put(Slot::Database, None);
    fake.unreadable.set(Some(Slot::FileB));
    let copies = fake.look();
    assert!(only.is_some() && !copies.exist());
    let mut keeper = Keeper::beside(&copies);
    assert_eq!(keeper.left_alone(), Some(Place::File));
    block_on(keeper.keep(&fake, NEW.to_vec(), Vec::new())).unwrap();
    assert_eq!((fake.get(Slot::FileA), fake.get(Slot::FileB)), (None, only));
    block_on(forget(&fake)).unwrap();
    assert_eq!(fake.get(Slot::FileB), None);
    assert_eq!(fake.get(Slot::Database), None);
}

#[test]
fn a_place_that_refuses_is_left_alone_by_name() {
    let fake = Fake::with(OLD);
    let mut keeper = fake.keeper();
    assert_eq!(keeper.left_alone(), None);
    fake.refuses.set(Some(Slot::FileB));
    block_on(keeper.keep(&fake, NEW.to_vec(), Vec::new())).unwrap();
    assert_eq!(keeper.left_alone(), Some(Place::File));
    fake.refuses.set(None);
    block_on(keeper.repair(&fake, NEW.to_vec(), Vec::new())).unwrap();
    assert_eq!(keeper.left_alone(), None);
}

#[test]
fn one_whole_copy_is_enough_wherever_the_other_is_changed() {
    let whole = Fake::with(NEW);
    for slot in [Slot::Database, Slot::FileA] {
        let bytes = whole.get(slot).unwrap();
        let kept = if slot == Slot::Database { Slot::FileA } else { Slot::Database };
        let at = usize::from(slot != Slot::Database);
        for position in 0..bytes.len() {
            let fake = Fake::with(NEW);
            let mut damaged = bytes.clone();
            damaged[position] ^= 0x40;
            fake.put(slot, Some(damaged.clone()));
            let copies = fake.look();
            assert_eq!(newest(&copies), NEW);
            assert!(matches!(copies.standing(None)[at], Standing::Damaged(_)), "byte {position}");
            assert_eq!(copies.standing(None)[1 - at], Standing::Good);
            // Looking changes nothing, and neither does a change of the wallet without repair.
            block_on(fake.keeper().keep(&fake, OLD.to_vec(), Vec::new())).unwrap();
            assert_eq!(fake.get(slot), Some(damaged));
            assert_eq!(newest(&fake.look()), OLD);
            let _ = kept;
        }
    }
}

#[test]
fn a_copy_that_is_missing_or_older_is_told_and_left_alone_until_it_is_repaired() {
    let fake = Fake::with(OLD);
    let old = fake.get(Slot::Database);
    block_on(fake.keeper().keep(&fake, NEW.to_vec(), Vec::new())).unwrap();
    fake.put(Slot::Database, old.clone());
    assert_eq!(fake.look().standing(None), [Standing::Older, Standing::Good]);
    assert_eq!(newest(&fake.look()), NEW);
    let mut keeper = fake.keeper();
    block_on(keeper.keep(&fake, NEW.to_vec(), Vec::new())).unwrap();
    assert_eq!(fake.get(Slot::Database), old);

    fake.put(Slot::Database, None);
    assert_eq!(fake.look().standing(None), [Standing::Missing, Standing::Good]);
    assert!(fake.look().exist());
    let mut keeper = fake.keeper();
    block_on(keeper.repair(&fake, NEW.to_vec(), Vec::new())).unwrap();
    assert_eq!(*keeper.standing(), [Standing::Good, Standing::Good]);
    assert_eq!(fake.look().standing(None), [Standing::Good, Standing::Good]);
}

#[test]
fn a_wallet_opened_from_its_older_copy_keeps_the_newer_one_until_it_is_repaired() {
    let fake = Fake::with(OLD);
    let former = [fake.get(Slot::FileA), fake.get(Slot::FileB)];
    block_on(fake.keeper().keep(&fake, NEW.to_vec(), Vec::new())).unwrap();
    let [a, b] = former;
    fake.put(Slot::FileA, a);
    fake.put(Slot::FileB, b);
    let copies = fake.look();
    let mut keeper = Keeper::of(&copies, Place::File);
    assert_eq!(*keeper.standing(), [Standing::Newer, Standing::Good]);
    block_on(keeper.keep(&fake, b"\x01SOMA-VAULT\0 changed".to_vec(), Vec::new())).unwrap();
    let copies = fake.look();
    // Both are there, and the one that was worked with is the newest now.
    assert_eq!(newest(&copies), b"\x01SOMA-VAULT\0 changed");
    assert_eq!(copies.whole()[1].1.envelope, NEW);
}

#[test]
fn a_place_that_refuses_is_noted_and_the_other_has_the_change() {
    let fake = Fake::with(OLD);
    let mut keeper = fake.keeper();
    fake.refuses.set(Some(Slot::FileB));
    block_on(keeper.keep(&fake, NEW.to_vec(), Vec::new())).unwrap();
    let refused = Standing::NotWritten("the disk is full".into());
    assert_eq!(*keeper.standing(), [Standing::Good, refused]);
    assert_eq!(newest(&fake.look()), NEW);

    let fake = Fake::with(OLD);
    let mut keeper = fake.keeper();
    fake.refuses.set(Some(Slot::Database));
    let refused = block_on(keeper.keep(&fake, NEW.to_vec(), Vec::new()));
    assert_eq!(refused, Err(ShelfError("the disk is full".into())));
    assert_eq!(newest(&fake.look()), OLD);
    assert_eq!(fake.look().standing(None), [Standing::Good, Standing::Good]);
}

#[test]
fn a_vault_from_before_there_were_copies_is_taken_over() {
    let fake = Fake::default();
    fake.put(Slot::Database, Some(OLD.to_vec()));
    let copies = fake.look();
    assert_eq!(copies.standing(None), [Standing::Good, Standing::Good]);
    let mut keeper = fake.keeper();
    assert!(keeper.is_former());
    block_on(keeper.keep(&fake, OLD.to_vec(), Vec::new())).unwrap();
    assert!(!fake.keeper().is_former());
    assert_eq!(fake.look().whole().len(), 2);
    assert_eq!(SealedCopy::decode(&fake.get(Slot::Database).unwrap()).unwrap().generation, 1);
}

#[test]
fn a_password_change_that_is_stopped_leaves_a_vault_for_the_old_or_the_new_password() {
    let mut rng = Counter(0);
    let (old, new) = ("the old password", "the new password");
    let former = seal(old, &Secrets::default(), &mut rng).unwrap();
    let (_, changed) =
        change_password(&former, old, new, KdfParameters::DEFAULT, &mut rng).unwrap();
    let opened = |copies: &Copies| {
        let newest = newest(copies);
        let right = if newest == former { old } else { new };
        let wrong = if newest == former { new } else { old };
        (right, wrong, newest)
    };
    let seen = RefCell::new(Vec::new());
    stopped_everywhere(
        || Fake::with(&former),
        |fake| {
            let copies = block_on(Copies::look(fake));
            let mut keeper = Keeper::of(&copies, Place::Database);
            block_on(keeper.keep(fake, changed.clone(), Vec::new()))
        },
        |_, copies| {
            let outcome = opened(copies);
            if !seen.borrow().contains(&outcome) {
                seen.borrow_mut().push(outcome);
            }
        },
    );
    let seen = seen.into_inner();
    assert_eq!(seen.len(), 2, "both passwords were met");
    for (right, wrong, newest) in seen {
        assert!(open(right, &newest).is_ok());
        assert_eq!(open(wrong, &newest).err(), Some(UnlockError::WrongPassword));
    }
}
