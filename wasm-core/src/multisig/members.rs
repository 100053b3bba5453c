//! Members of an account of several keys, as a person writes them down.

use crate::address::Address;
use crate::keys::{PublicKey, PublicKeyParseError};
use crate::tx::multisig::{MemberKey, MultiSigError, MultiSigPublicKey};

/// Hex digits of an address.
const ADDRESS_DIGITS: usize = 64;

/// Why text is not the public key of a member.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MemberKeyError {
    /// Nothing was given.
    #[error("enter the member's public key")]
    Empty,
    /// An address, of which no key can be worked out.
    #[error(
        "this is an address, of which no key can be worked out; ask for the public key, 44 characters \
         of Base64"
    )]
    Address,
    /// A private key in the form that names itself.
    #[error("this is a private key: whoever has it is the account; ask for the public key instead")]
    PrivateKey,
    /// Something else.
    #[error(transparent)]
    Key(#[from] PublicKeyParseError),
}

/// Why text is not a weight or a threshold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NumberError {
    /// Nothing, or not a whole number.
    #[error("enter a whole number")]
    NotANumber,
    /// A member without a say.
    #[error("a member has weight 1 at least")]
    ZeroWeight,
    /// More than a byte holds.
    #[error("a member has weight 255 at most")]
    TooHeavy,
    /// Nobody would have to sign.
    #[error("the threshold is 1 at least")]
    ZeroThreshold,
    /// All members together could not sign.
    #[error("the threshold is more than all weights together, {total}")]
    OutOfReach {
        /// All weights together.
        total: u16,
    },
}

/// Reads a member's public key as the command-line wallet prints it: the Base64 of flag and key.
///
/// # Errors
/// Where it is not one.
pub fn parse_member_key(text: &str) -> Result<PublicKey, MemberKeyError> {
    let text = text.trim();
    if text.is_empty() {
        return Err(MemberKeyError::Empty);
    }
    let digits = text.strip_prefix("0x").unwrap_or(text);
    if digits.len() == ADDRESS_DIGITS && digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return Err(MemberKeyError::Address);
    }
    if text.starts_with("somaprivkey") {
        return Err(MemberKeyError::PrivateKey);
    }
    Ok(PublicKey::parse_base64(text)?)
}

fn number(text: &str) -> Result<u64, NumberError> {
    let text = text.trim();
    // Signs and gaps are not taken, and neither are numbers too long to be meant.
    if text.is_empty() || text.len() > 9 || !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(NumberError::NotANumber);
    }
    text.parse().map_err(|_| NumberError::NotANumber)
}

/// Reads a member's weight.
///
/// # Errors
/// Where it is not a whole number from 1 to 255.
pub fn parse_weight(text: &str) -> Result<u8, NumberError> {
    match number(text)? {
        0 => Err(NumberError::ZeroWeight),
        weight => u8::try_from(weight).map_err(|_| NumberError::TooHeavy),
    }
}

/// Reads a threshold for members whose weights come to `total`.
///
/// # Errors
/// Where it is not a whole number from 1 to that.
pub fn parse_threshold(text: &str, total: u16) -> Result<u16, NumberError> {
    match number(text)? {
        0 => Err(NumberError::ZeroThreshold),
        threshold => u16::try_from(threshold)
            .ok()
            .filter(|threshold| *threshold <= total)
            .ok_or(NumberError::OutOfReach { total }),
    }
}

/// The account of these members, all of the chain's rules checked, and that each key is one.
///
/// # Errors
/// The first rule that is broken.
pub fn check_new(
    members: Vec<(PublicKey, u8)>,
    threshold: u16,
) -> Result<MultiSigPublicKey, MultiSigError> {
    if let Some(at) = members.iter().position(|(key, _)| !key.is_valid()) {
        return Err(MultiSigError::NotAKey(at));
    }
    MultiSigPublicKey::new(members, threshold)
}

/// What the keys of some addresses weigh together in an account.
pub fn weight_of(account: &MultiSigPublicKey, is_one: impl Fn(&Address) -> bool) -> u16 {
    let theirs =
        account.pk_map.iter().filter(|(MemberKey::Ed25519(key), _)| is_one(&key.address()));
    theirs.fold(0, |sum, (_, weight)| sum.saturating_add(u16::from(*weight)))
}

#[cfg(test)]
mod tests {
    use super::{
        MemberKeyError, NumberError, check_new, parse_member_key, parse_threshold, parse_weight,
        weight_of,
    };
    use crate::keys::{Keypair, PublicKey, PublicKeyParseError};
    use crate::tx::multisig::MultiSigError;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    #[test]
    fn a_public_key_is_read_as_the_command_line_prints_it() {
        let key = Keypair::derive(&[1; 32]);
        let text = format!(" {}\n", key.public_key().to_base64());
        assert_eq!(parse_member_key(&text), Ok(key.public_key()));
    }

    #[test]
    fn what_is_no_public_key_is_named() {
        let key = Keypair::derive(&[1; 32]);
        let of = |text: &str| parse_member_key(text).unwrap_err();
        assert_eq!(of("  "), MemberKeyError::Empty);
        assert_eq!(of(&key.address().to_string()), MemberKeyError::Address);
        assert_eq!(of(&key.address().to_bare_hex()), MemberKeyError::Address);
        assert_eq!(of(&key.expose_bech32()), MemberKeyError::PrivateKey);
        assert_eq!(of("AAAA"), MemberKeyError::Key(PublicKeyParseError::NotBase64));
    }

    #[test]
    fn weights_and_thresholds_are_whole_numbers_within_their_bounds() {
        assert_eq!(parse_weight(" 255 "), Ok(255));
        assert_eq!(parse_weight("0"), Err(NumberError::ZeroWeight));
        assert_eq!(parse_weight("256"), Err(NumberError::TooHeavy));
        assert_eq!(parse_threshold("3", 3), Ok(3));
        assert_eq!(parse_threshold("4", 3), Err(NumberError::OutOfReach { total: 3 }));
        assert_eq!(parse_threshold("99999", 3), Err(NumberError::OutOfReach { total: 3 }));
        assert_eq!(parse_threshold("0", 3), Err(NumberError::ZeroThreshold));
        for text in ["", "+1", "-1", "1.5", "1e3", "one", "9999999999999999999999"] {
            assert_eq!(parse_weight(text), Err(NumberError::NotANumber), "{text}");
        }
    }

    #[test]
    fn only_keys_at_hand_weigh() {
        let [one, two, three] = [1, 2, 3].map(|seed| Keypair::derive(&[seed; 32]).public_key());
        let account = check_new(vec![(one, 1), (two, 2), (three, 255)], 4).unwrap();
        assert_eq!(weight_of(&account, |_| false), 0);
        assert_eq!(weight_of(&account, |address| *address != three.address()), 3);
        assert_eq!(weight_of(&account, |_| true), 258);
        // The account itself is none of its members.
        assert_eq!(weight_of(&account, |address| *address == account.address()), 0);
    }

    #[test]
    fn a_member_whose_key_is_no_point_is_refused() {
        let good = Keypair::derive(&[1; 32]).public_key();
        let none = (0..=u8::MAX).map(|n| PublicKey([n; 32])).find(|key| !key.is_valid()).unwrap();
        let refused = check_new(vec![(good, 1), (none, 1)], 1);
        assert_eq!(refused, Err(MultiSigError::NotAKey(1)));
    }
}
