//! Keys, recovery phrases and signatures.

use crate::random::SystemRandom;
use anyhow::{Context as _, Result, bail};
use base64ct::{Base64, Encoding as _};
use localnet::bls::BlsKeypair;
use serde::Deserialize;
use serde_json::{Value, json};
use wasm_core::address::Address;
use wasm_core::bytes::FixedBytes;
use wasm_core::keys::Keypair;
use wasm_core::mnemonic::{DerivationPath, Mnemonic, WordCount};
use wasm_core::tx::TransactionData;
use wasm_core::tx::sign::SignedTransaction;
use wasm_core::validator_info::ValidatorInfo;

/// What a test asks of keys. They are keys for play, so they may be said aloud.
#[derive(Debug, Deserialize)]
#[serde(tag = "what", rename_all = "snake_case")]
pub(crate) enum Request {
    /// Reads a private key in any of its forms.
    Key { text: String },
    /// Makes a key.
    MakeKey,
    /// Reads a recovery phrase.
    Phrase { words: String },
    /// Makes a recovery phrase of so many words.
    MakePhrase { count: usize },
    /// Signs a transaction (BCS of `TransactionData`).
    Sign { key: String, transaction: String },
    /// Reads a signed transaction and checks its signature.
    Verify { signed: String },
    /// The information of a validator to be, its keys derived from a number.
    Validator { account: Address, number: u8 },
}

pub(crate) fn answer(request: Request) -> Result<Value> {
    match request {
        Request::Key { text } => Ok(forms(&Keypair::parse(&text)?)),
        Request::MakeKey => Ok(forms(&Keypair::make(&mut SystemRandom))),
        Request::Phrase { words } => Ok(phrase(&Mnemonic::parse(&words)?)),
        Request::MakePhrase { count } => {
            let count = WordCount::ALL.into_iter().find(|known| known.words() == count);
            let count = count.context("no recovery phrase has so many words")?;
            Ok(phrase(&Mnemonic::make(&mut SystemRandom, count)))
        }
        Request::Sign { key, transaction } => {
            let transaction = TransactionData::from_bytes(&Base64::decode_vec(&transaction)?)?;
            let key = Keypair::parse(&key)?;
            if key.address() != transaction.sender() {
                bail!("the key of {} cannot sign for {}", key.address(), transaction.sender());
            }
            let signed = transaction.sign(&key);
            Ok(json!({ "signed": Base64::encode_string(&signed.to_bytes()) }))
        }
        Request::Verify { signed } => {
            let signed = SignedTransaction::from_bytes(&Base64::decode_vec(&signed)?)?;
            signed.signature.verify(&signed.transaction)?;
            Ok(json!({
                "sender": signed.transaction.sender(),
                "digest": signed.transaction.digest(),
                "kind": signed.transaction.kind().name(),
                "transaction": Base64::encode_string(&signed.transaction.to_bytes()),
            }))
        }
        Request::Validator { account, number } => {
            let bls = BlsKeypair::derive(&[number; 32]);
            let network = Keypair::derive(&[number; 32]).public_key();
            let worker = Keypair::derive(&[number.wrapping_add(100); 32]).public_key();
            let info = ValidatorInfo {
                account_address: account,
                protocol_key: bls.public_key(),
                worker_key: FixedBytes(*worker.as_bytes()),
                network_key: FixedBytes(*network.as_bytes()),
                proof_of_possession: bls.prove_possession(account),
                commission_bps: 200,
                network_address: format!("/ip4/127.0.0.{number}/tcp/8080/http").parse()?,
                p2p_address: format!("/ip4/127.0.0.{number}/udp/8084").parse()?,
                primary_address: format!("/ip4/127.0.0.{number}/tcp/8081/http").parse()?,
                proxy_address: format!("/ip4/127.0.0.{number}/tcp/8082/http").parse()?,
            };
            Ok(json!(info))
        }
    }
}

/// A key in all its forms.
fn forms(key: &Keypair) -> Value {
    json!({
        "address": key.address(),
        "bech32": key.expose_bech32().as_str(),
        "base64": key.expose_base64().as_str(),
        "hex": hex::encode(key.expose_seed().as_ref()),
        "public_key": key.public_key().to_base64(),
    })
}

fn phrase(phrase: &Mnemonic) -> Value {
    let key = phrase.derive(&DerivationPath::default());
    let mut forms = forms(&key);
    forms["words"] = json!(phrase.expose_phrase().as_str());
    forms
}
