//! Proof of possession: what a validator signs with its BLS key to show that the key is its own.
//!
//! The signature itself is BLS12-381 (min-sig) and made by the validator's own tools; the core only
//! knows the message.

use crate::address::Address;
use crate::bytes::FixedBytes;

/// Scope, version and application of the message: `ProofOfPossession`, 0, Soma.
const POSSESSION_INTENT: [u8; 3] = [8, 0, 1];

/// The epoch that closes the message; a proof is not tied to one.
const NO_EPOCH: u64 = 0;

/// The bytes that prove possession of a protocol key by an address:
/// `08 00 01 || 80 01 || key (96) || address (32) || 00 × 8`.
#[must_use]
pub fn possession_message(protocol_key: &FixedBytes<96>, address: &Address) -> Vec<u8> {
    let proven: Vec<u8> = [&protocol_key.0[..], &address.0].concat();
    bcs::to_bytes(&(POSSESSION_INTENT, proven, NO_EPOCH))
        .expect("integers and short bytes have a BCS form")
}

#[cfg(test)]
mod tests {
    use super::possession_message;
    use crate::address::Address;
    use crate::bytes::FixedBytes;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    #[test]
    fn the_message_is_intent_then_prefixed_key_and_address_then_epoch_zero() {
        let message = possession_message(&FixedBytes([7; 96]), &Address([9; 32]));
        let expected =
            [&[8, 0, 1, 0x80, 1][..], &[7; 96], &[9; 32], &[0, 0, 0, 0, 0, 0, 0, 0]].concat();
        assert_eq!(message, expected);
    }
}
