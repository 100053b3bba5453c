//! Addresses that somebody could take for another one.
//!
//! Whoever wants coins sent astray makes an address that begins and ends like one its victim knows,
//! and has it appear among the victim's transactions. An eye that compares a few digits at both ends
//! is then deceived; this is not.

use crate::address::Address;

/// Equal digits at both ends together from which on addresses are alike. By chance, that is one pair
/// in two million; with a graphics card, an hour's work.
const ENDS: usize = 6;
/// Equal digits at the same places, wherever they stand, from which on addresses are alike. Two
/// unrelated addresses share four; so many are a slip of the hand.
const ANYWHERE: usize = 24;

/// How an address is known to the wallet.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum KnownAs {
    /// It is an account of the wallet.
    Own,
    /// It is in the address book.
    Contact,
    /// Something was sent to it before.
    Past,
}

/// An address that is known, and is not the one that was looked at, but looks like it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LookAlike {
    /// The one that is known.
    pub known: Address,
    /// How it is known.
    pub known_as: KnownAs,
    /// How many digits are the same at the beginning.
    pub first: usize,
    /// How many digits are the same at the end.
    pub last: usize,
}

/// The known address that an unknown one looks most like, if it looks like any. An address that is
/// itself known looks like nothing but itself.
#[must_use]
pub fn find(
    address: &Address,
    known: impl IntoIterator<Item = (Address, KnownAs)>,
) -> Option<LookAlike> {
    let mut closest: Option<(usize, LookAlike)> = None;
    for (other, known_as) in known {
        if other == *address {
            return None;
        }
        let Some((same, alike)) = compare(address, other, known_as) else { continue };
        // Of two that are equally alike, the nearer to the wallet: an account before a contact.
        let closer = closest.is_none_or(|(most, before)| {
            same > most || (same == most && known_as < before.known_as)
        });
        if closer {
            closest = Some((same, alike));
        }
    }
    closest.map(|(_, alike)| alike)
}

/// How many digits are the same, where that is too many for two addresses that are unrelated.
fn compare(address: &Address, known: Address, known_as: KnownAs) -> Option<(usize, LookAlike)> {
    let same: Vec<bool> = digits(address).zip(digits(&known)).map(|(a, b)| a == b).collect();
    let first = same.iter().take_while(|same| **same).count();
    let last = same.iter().rev().take_while(|same| **same).count();
    let all = same.iter().filter(|same| **same).count();
    let alike = first + last >= ENDS || all >= ANYWHERE;
    alike.then_some((all, LookAlike { known, known_as, first, last }))
}

fn digits(address: &Address) -> impl Iterator<Item = u8> + '_ {
    address.0.iter().flat_map(|byte| [byte >> 4, byte & 15])
}

#[cfg(test)]
mod tests {
    use super::{KnownAs, LookAlike, find};
    use crate::address::Address;
    use crate::digest::blake2b256;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    fn address(seed: u32) -> Address {
        Address(blake2b256(&[&seed.to_le_bytes()]))
    }

    /// A stranger with so many digits of an address at its beginning and end.
    fn stranger(of: Address, first: usize, last: usize) -> Address {
        let (of, other) = (of.to_bare_hex(), address(99).to_bare_hex());
        let digit = |at: usize, own: char, other: char| match at {
            _ if at < first || at >= 64 - last => own,
            // The next digit on either side differs for certain.
            _ if (at == first || at == 63 - last) && own == other => {
                if own == '0' {
                    '1'
                } else {
                    '0'
                }
            }
            _ => other,
        };
        let both = of.chars().zip(other.chars()).enumerate();
        both.map(|(at, (own, other))| digit(at, own, other)).collect::<String>().parse().unwrap()
    }

    #[test]
    fn an_address_made_to_look_like_a_known_one_is_found() {
        let known = address(1);
        for (first, last) in [(3, 3), (4, 4), (6, 6), (6, 0), (0, 6), (2, 4), (20, 20)] {
            let found = find(&stranger(known, first, last), [(known, KnownAs::Contact)]);
            let expected = LookAlike { known, known_as: KnownAs::Contact, first, last };
            assert_eq!(found, Some(expected), "{first} {last}");
        }
    }

    #[test]
    fn a_slip_of_the_hand_is_found_wherever_it_is() {
        let known = address(1);
        for at in [0, 1, 13, 30, 31] {
            let mut other = known;
            other.0[at] ^= 0x21;
            assert_eq!(find(&other, [(known, KnownAs::Own)]).unwrap().known, known, "{at}");
        }
        let mut both_ends = known;
        both_ends.0[0] ^= 0x10;
        both_ends.0[31] ^= 0x01;
        let found = find(&both_ends, [(known, KnownAs::Own)]).unwrap();
        assert_eq!((found.first, found.last), (0, 0));
    }

    #[test]
    fn an_address_that_is_known_looks_like_nothing_else() {
        let known = address(1);
        let alike = stranger(known, 10, 10);
        let both = [(alike, KnownAs::Past), (known, KnownAs::Contact)];
        assert_eq!(find(&known, both), None);
        assert_eq!(find(&alike, both), None);
        assert_eq!(find(&known, []), None);
    }

    #[test]
    fn of_several_the_closest_is_named_and_an_own_account_before_others() {
        let known = address(1);
        let (near, far) = (stranger(known, 12, 12), stranger(known, 3, 3));
        let found = find(&known, [(far, KnownAs::Own), (near, KnownAs::Past)]).unwrap();
        assert_eq!((found.known, found.known_as), (near, KnownAs::Past));
        let as_any =
            [KnownAs::Past, KnownAs::Own, KnownAs::Contact].map(|known_as| (near, known_as));
        assert_eq!(find(&known, as_any).unwrap().known_as, KnownAs::Own);
    }

    #[test]
    fn addresses_of_chance_are_not_alike() {
        let all: Vec<_> = (0..300).map(|seed| (address(seed), KnownAs::Contact)).collect();
        for seed in 1000..1300 {
            assert_eq!(find(&address(seed), all.iter().copied()), None, "{seed}");
        }
        for (first, last) in [(0, 0), (2, 2), (5, 0), (0, 5), (2, 3)] {
            let stranger = stranger(address(1), first, last);
            assert_eq!(find(&stranger, [(address(1), KnownAs::Own)]), None, "{first} {last}");
        }
    }
}
