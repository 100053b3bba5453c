//! Personal messages.

use crate::address::Address;
use crate::dapp::message::{Body, MESSAGE_INTENT, MessageError};
use crate::dapp::{ChainName, PersonalMessage};
use crate::digest::{CheckpointDigest, blake2b256};
use crate::keys::Keypair;
use crate::tx::sign::SIGNING_INTENT;
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

/// The scopes of the chain, in its order: what `intent[0]` can be.
const SCOPES: [&str; 9] = [
    "TransactionData",
    "ConsensusBlock",
    "SenderSignedTransaction",
    "TransactionEffects",
    "DiscoveryPeers",
    "CommitSummary",
    "ValidatorSet",
    "CheckpointSummary",
    "ProofOfPossession",
];

fn key() -> Keypair {
    Keypair::derive(&[7; 32])
}

fn message(body: &[u8]) -> PersonalMessage {
    PersonalMessage {
        origin: "https://example.com".parse().unwrap(),
        chain: ChainName::testnet(),
        genesis: CheckpointDigest([3; 32]),
        account: key().address(),
        at_ms: 1_790_000_000_000,
        nonce: [5; 16],
        body: Body::of(body),
    }
}

#[test]
fn no_message_is_in_a_scope_of_the_chain() {
    // A scope is one byte: as a number it is beyond the last one, and as the tag of an enumeration in BCS
    // it is not even a number, since more bytes would have to follow.
    assert!(usize::from(MESSAGE_INTENT[0]) >= SCOPES.len());
    for (scope, name) in SCOPES.iter().enumerate() {
        let scope = u8::try_from(scope).unwrap();
        assert_ne!(MESSAGE_INTENT[0], scope, "{name}");
        let of_chain: (u8, u8, u8) = bcs::from_bytes(&[scope, 0, 1]).unwrap();
        assert_eq!(of_chain.0, scope);
    }
    #[derive(Debug, PartialEq, serde::Deserialize)]
    enum Scope {
        TransactionData,
        ConsensusBlock,
        SenderSignedTransaction,
        TransactionEffects,
        DiscoveryPeers,
        CommitSummary,
        ValidatorSet,
        CheckpointSummary,
        ProofOfPossession,
    }
    for scope in 0..9_u8 {
        assert!(bcs::from_bytes::<(Scope, u8, u8)>(&[scope, 0, 1]).is_ok());
    }
    assert!(bcs::from_bytes::<(Scope, u8, u8)>(&MESSAGE_INTENT).is_err());
    assert_eq!(SIGNING_INTENT[0], 0);
}

#[test]
fn what_is_signed_begins_like_nothing_that_the_chain_signs() {
    let message = message(b"hello");
    let text = message.text();
    let body = bcs::to_bytes(&text).unwrap();
    let signed = [&[0x80, 0, 1], &body[..]].concat();
    assert_eq!(message.signing_digest(), blake2b256(&[&signed]));
    for scope in 0..9_u8 {
        assert_ne!(message.signing_digest(), blake2b256(&[&[scope, 0, 1], &body]));
    }
}

#[test]
fn a_signed_message_says_who_asked_and_who_signed() {
    for body in
        [&b"hello"[..], b"", "two\nlines\tand \u{1f600}".as_bytes(), &[0xff, 0], b"Site: x\n\n"]
    {
        let message = message(body);
        let signature = message.sign(&key()).unwrap().to_bytes();
        let read = PersonalMessage::verify(message.text().as_bytes(), &signature);
        assert_eq!(read, Ok(message));
    }
}

#[test]
fn another_text_key_or_signature_is_refused() {
    let message = message(b"pay nothing");
    let signature = message.sign(&key()).unwrap().to_bytes();
    let text = message.text();
    for other in [
        text.replace("example.com", "example.org"),
        text.replace("soma:testnet", "soma:localnet"),
        text.replace("1790000000000", "1790000000001"),
        text.replace("0505", "0506"),
        text.replace("nothing", "all now"),
    ] {
        let read = PersonalMessage::verify(other.as_bytes(), &signature);
        assert_eq!(read, Err(MessageError::Invalid), "{other}");
    }
    let mut flipped = signature.clone();
    flipped[9] ^= 1;
    let read = PersonalMessage::verify(text.as_bytes(), &flipped);
    assert_eq!(read, Err(MessageError::Invalid));
    let other = Keypair::derive(&[8; 32]);
    assert!(matches!(message.sign(&other), Err(MessageError::WrongSigner { .. })));
    let mine = PersonalMessage { account: other.address(), ..message.clone() };
    let theirs = mine.sign(&other).unwrap().to_bytes();
    let read = PersonalMessage::verify(text.as_bytes(), &theirs);
    assert!(matches!(read, Err(MessageError::WrongSigner { .. })));
    for signature in [&[][..], &signature[..96], &[2, 0], &[1; 97]] {
        let read = PersonalMessage::verify(text.as_bytes(), signature);
        assert_eq!(read, Err(MessageError::Signature));
    }
}

#[test]
fn a_message_has_one_text() {
    let text = message(b"hello").text();
    for other in [
        text.replace("5 bytes", "6 bytes"),
        text.replace("hello", "hello "),
        text.replace("Time: 1", "Time: +1"),
        text.replace("Nonce: 05", "Nonce: 0A"),
        text.replace("text, ", "hex, "),
        text.replace("version 1", "version 2"),
        text.replace("\nTime", "\nMore: 1\nTime"),
        text.replace("https://example.com", "http://example.com"),
        text.replace('\n', "\r\n"),
        String::new(),
    ] {
        assert!(PersonalMessage::parse(&other).is_err(), "{other}");
    }
}

#[test]
fn what_cannot_be_shown_as_text_is_shown_as_digits() {
    for bytes in [
        &[0xff, 0xfe][..],
        b"a\0b",
        "a\u{202e}b".as_bytes(),
        "a\u{200b}".as_bytes(),
        b"a\rb",
        "\u{feff}a".as_bytes(),
    ] {
        let body = Body::of(bytes);
        assert!(!body.is_text());
        assert_eq!(body.shown(), hex::encode(bytes));
    }
    assert!(Body::of("Größe\t1\n模型".as_bytes()).is_text());
}

#[test]
fn an_account_of_nobody_signs_nothing() {
    let message = PersonalMessage { account: Address::ZERO, ..message(b"x") };
    assert!(message.sign(&key()).is_err());
}
