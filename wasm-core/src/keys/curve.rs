//! Ed25519 with strict verification, by whichever library suits the program.
//!
//! Multiples of the curve's base point make signing fast. A program that is downloaded for little else than
//! keys would double by carrying them, so with `built-tables` they are computed when they are first needed.

#[cfg(any(test, feature = "built-tables"))]
pub(super) mod built;
#[cfg(any(test, not(feature = "built-tables")))]
pub(super) mod carried;

#[cfg(feature = "built-tables")]
pub(super) use built::{SigningKey, verify};
#[cfg(not(feature = "built-tables"))]
pub(super) use carried::{SigningKey, verify};

#[cfg(test)]
mod tests {
    use super::{built, carried};
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    /// Both must say the same.
    fn stands(key: &[u8; 32], message: &[u8; 32], signature: &[u8; 64]) -> bool {
        let told = built::verify(key, message, signature);
        assert_eq!(told, carried::verify(key, message, signature), "{key:?} {signature:?}");
        told
    }

    #[test]
    fn both_ways_make_the_same_keys_and_signatures() {
        for number in 0..32 {
            let seed = crate::digest::blake2b256(&[b"seed", &[number]]);
            let message = crate::digest::blake2b256(&[b"message", &[number]]);
            let (ours, theirs) =
                (built::SigningKey::derive(&seed), carried::SigningKey::derive(&seed));
            assert_eq!(ours.public_key(), theirs.public_key());
            assert_eq!(ours.seed(), theirs.seed());
            let signature = ours.sign(&message);
            assert_eq!(signature, theirs.sign(&message));
            assert!(stands(&ours.public_key(), &message, &signature));
        }
    }

    #[test]
    fn both_ways_refuse_the_same() {
        let key = built::SigningKey::derive(&[7; 32]);
        let (message, public) = ([9; 32], key.public_key());
        let signature = key.sign(&message);
        for bit in 0..512 {
            let mut other = signature;
            other[bit / 8] ^= 1 << (bit % 8);
            assert!(!stands(&public, &message, &other), "{bit}");
        }
        for bit in 0..256 {
            let (mut other_key, mut other_message) = (public, message);
            other_key[bit / 8] ^= 1 << (bit % 8);
            other_message[bit / 8] ^= 1 << (bit % 8);
            assert!(!stands(&other_key, &message, &signature), "{bit}");
            assert!(!stands(&public, &other_message, &signature), "{bit}");
        }
    }

    /// The order of the base point, little end first.
    const ORDER: [u8; 32] = [
        0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58, 0xd6, 0x9c, 0xf7, 0xa2, 0xde, 0xf9, 0xde,
        0x14, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x10,
    ];

    #[test]
    fn a_signature_has_one_form_only() {
        let key = built::SigningKey::derive(&[7; 32]);
        let message = [9; 32];
        let mut signature = key.sign(&message);
        // The same number, once around the order.
        let mut carry = 0;
        for (byte, order) in signature[32..].iter_mut().zip(ORDER) {
            let sum = u16::from(*byte) + u16::from(order) + carry;
            *byte = sum.to_le_bytes()[0];
            carry = sum >> 8;
        }
        assert!(!stands(&key.public_key(), &message, &signature));
    }

    #[test]
    fn points_of_small_order_sign_nothing() {
        let mut identity = [0; 32];
        identity[0] = 1;
        let mut minus_one = [0xff; 32];
        (minus_one[0], minus_one[31]) = (0xec, 0x7f);
        let small = [identity, minus_one, [0; 32]];
        let honest = built::SigningKey::derive(&[7; 32]);
        for point in small {
            for s in [[0; 32], identity] {
                let signature: [u8; 64] = [point, s].concat().try_into().unwrap();
                for key in small.into_iter().chain([honest.public_key()]) {
                    assert!(!stands(&key, &[9; 32], &signature));
                }
            }
            let signature = honest.sign(&[9; 32]);
            assert!(!stands(&point, &[9; 32], &signature));
        }
    }
}
