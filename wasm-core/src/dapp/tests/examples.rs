//! The examples of `docs/connection.md`: each stands there to the letter.

use crate::address::Address;
use crate::dapp::answer::{self, AccountText, Execution, public_key_text};
use crate::dapp::message::Body;
use crate::dapp::{
    Ask, AskedTransaction, ChainName, Origin, PersonalMessage, SiteError, SiteRequest,
};
use crate::digest::{CheckpointDigest, ObjectDigest, TransactionDigest};
use crate::keys::Keypair;
use crate::object::ObjectRef;
use crate::tx::{TransactionData, TransactionKind};
use base64ct::{Base64, Encoding as _};
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

const DOCUMENT: &str = include_str!("../../../../docs/connection.md");
const ID: &str = "0b0c5b52-2c4a-4d0f-9b0a-6f1d2e3c4b5a";

fn key() -> Keypair {
    Keypair::derive(&[7; 32])
}

fn stands(text: &str) {
    assert!(DOCUMENT.contains(text), "docs/connection.md does not say: {text}");
}

/// Every request of the document, as the wallet reads it.
fn requests() -> Vec<SiteRequest> {
    let lines = DOCUMENT.lines().filter(|line| line.starts_with(r#"{"version":1,"id":"#));
    lines
        .filter(|line| line.contains(r#""method""#))
        .map(|it| SiteRequest::parse(it).unwrap())
        .collect()
}

#[test]
fn every_request_of_the_document_is_one() {
    let methods: Vec<&str> = requests()
        .iter()
        .map(|request| match &request.ask {
            Ask::Connect { .. } => "connect",
            Ask::Disconnect => "disconnect",
            Ask::Capabilities => "getCapabilities",
            Ask::Message { .. } => "signPersonalMessage",
            Ask::Transaction { execute: false, .. } => "signTransaction",
            Ask::Transaction { execute: true, .. } => "signAndExecuteTransaction",
        })
        .collect();
    for method in [
        "connect",
        "disconnect",
        "getCapabilities",
        "signPersonalMessage",
        "signTransaction",
        "signAndExecuteTransaction",
    ] {
        assert!(methods.contains(&method), "{method}");
    }
}

#[test]
fn answers_are_as_the_document_shows_them() {
    let chains = vec![ChainName::testnet(), ChainName::localnet()];
    let account = AccountText {
        address: key().address(),
        public_key: public_key_text(&key().public_key()),
        chains: chains.clone(),
    };
    stands(&answer::connected(ID, std::slice::from_ref(&account)));
    stands(&answer::changed(&[]));
    stands(&answer::disconnected(ID));
    stands(&answer::capabilities(ID, &chains));
    stands(&answer::refusal(Some(ID), &SiteError::Rejected));
    stands(&answer::refusal(Some(ID), &SiteError::Throttled { wait_ms: 20_000 }));
}

#[test]
fn every_reason_and_code_stands_in_the_document() {
    let digest = TransactionDigest([0; 32]);
    for error in [
        SiteError::Rejected,
        SiteError::Malformed(String::new()),
        SiteError::TooLarge(String::new()),
        SiteError::Unauthorized,
        SiteError::Busy,
        SiteError::Throttled { wait_ms: 1 },
        SiteError::WrongChain,
        SiteError::AccountCannotSign,
        SiteError::UnknownMethod(String::new()),
        SiteError::Locked,
        SiteError::Unsupported(String::new()),
        SiteError::Failed(String::new()),
        SiteError::Unsettled(digest),
        SiteError::Expired,
    ] {
        stands(&format!("| `{}` | {} |", error.reason(), error.code()));
    }
}

#[test]
fn a_transaction_is_as_the_document_shows_it() {
    let coin = ObjectRef {
        id: crate::address::ObjectId([0x11; 32]),
        version: 7,
        digest: ObjectDigest([0x22; 32]),
    };
    let recipient = Address([0x33; 32]);
    let kind = TransactionKind::TransferCoin { coin, amount: Some(1_500_000_000), recipient };
    let transaction = TransactionData::new(kind, key().address(), vec![coin]);
    stands(&AskedTransaction::of(&transaction).unwrap().to_text());
    stands(&format!(
        r#"{{"version":1,"bytes":"{}"}}"#,
        Base64::encode_string(&transaction.to_bytes())
    ));
    let signed = transaction.sign(&key());
    stands(&answer::signed(ID, &signed));
    let execution = Execution { effects: None, checkpoint: Some(12), failure: None };
    let text = answer::executed(ID, &signed, &execution);
    stands(&format!(r#""digest":"{}""#, signed.transaction.digest()));
    assert!(text.contains(r#""effects":null,"checkpoint":12"#));
    // What the wallet completes stands there, too.
    let open = DOCUMENT.lines().find(|line| line.starts_with(r#"{"version":1,"kind""#)).unwrap();
    AskedTransaction::parse(open).unwrap();
}

#[test]
fn a_message_is_as_the_document_shows_it() {
    let origin: Origin = "https://example.com".parse().unwrap();
    let message = PersonalMessage {
        origin,
        chain: ChainName::testnet(),
        genesis: "964EDrEzfvQT7HjVsjfXYcM1ubi3qhqB41zV7LLbCxxd"
            .parse::<CheckpointDigest>()
            .unwrap(),
        account: key().address(),
        at_ms: 1_790_000_000_000,
        nonce: [5; 16],
        body: Body::of(b"Sign in to Example"),
    };
    stands(&message.text());
    let signature = message.sign(&key()).unwrap();
    stands(&hex::encode(message.signing_digest()));
    let text = answer::message_signed(ID, &message.text(), &signature);
    stands(&Base64::encode_string(&signature.to_bytes()));
    let read = PersonalMessage::verify(message.text().as_bytes(), &signature.to_bytes());
    assert_eq!(read, Ok(message));
    assert!(text.starts_with(&format!(r#"{{"version":1,"id":"{ID}","ok":{{"bytes":""#)));
}
