//! Accounts of several keys, and proposals that collect their signatures.

use anyhow::{Result, bail};
use base64ct::{Base64, Encoding as _};
use serde::Deserialize;
use serde_json::{Value, json};
use wasm_core::digest::CheckpointDigest;
use wasm_core::keys::Keypair;
use wasm_core::multisig::{Proposal, check_new, read};
use wasm_core::tx::TransactionData;
use wasm_core::tx::multisig::MultiSigPublicKey;
use wasm_core::tx::sign::SignedTransaction;

/// An account by the private keys of its members, which are for play.
#[derive(Debug, Deserialize)]
pub(crate) struct Members {
    keys: Vec<String>,
    weights: Vec<u8>,
    threshold: u16,
}

/// What a test asks. Proposals are the texts in which they travel.
#[derive(Debug, Deserialize)]
#[serde(tag = "what", rename_all = "snake_case")]
pub(crate) enum Request {
    /// The address of an account.
    Account(Members),
    /// A proposal of a transaction (BCS of `TransactionData`) that nobody has signed.
    Propose {
        #[serde(flatten)]
        members: Members,
        transaction: String,
    },
    /// Signs as one member.
    Sign { text: String, key: String },
    /// Adds the signature of a transaction that one member signed elsewhere.
    Add { text: String, signed: String },
    /// Puts two copies together.
    Merge { text: String, other: String },
    /// The signed transaction, once enough have signed.
    Combine { text: String },
}

fn account(members: &Members) -> Result<MultiSigPublicKey> {
    if members.keys.len() != members.weights.len() {
        bail!("each key has a weight");
    }
    let keys = members.keys.iter().zip(&members.weights);
    let keys = keys.map(|(key, weight)| Ok((Keypair::parse(key)?.public_key(), *weight)));
    Ok(check_new(keys.collect::<Result<_>>()?, members.threshold)?)
}

pub(crate) fn answer(request: Request) -> Result<Value> {
    let proposal = match request {
        Request::Account(members) => {
            return Ok(json!({ "address": account(&members)?.address().to_string() }));
        }
        Request::Propose { members, transaction } => {
            let transaction = TransactionData::from_bytes(&Base64::decode_vec(&transaction)?)?;
            Proposal::new(CheckpointDigest([0; 32]), transaction, account(&members)?)?
        }
        Request::Sign { text, key } => {
            let (mut proposal, key) = (read(&text)?, Keypair::parse(&key)?);
            let signature = key.sign(&proposal.transaction().signing_digest());
            proposal.add(&key.public_key(), signature)?;
            proposal
        }
        Request::Add { text, signed } => {
            let signed = SignedTransaction::from_bytes(&Base64::decode_vec(&signed)?)?;
            let mut proposal = read(&text)?;
            proposal.add_signature(&signed.signature)?;
            proposal
        }
        Request::Merge { text, other } => {
            let mut proposal = read(&text)?;
            proposal.merge(&read(&other)?)?;
            proposal
        }
        Request::Combine { text } => {
            let proposal = read(&text)?;
            let transaction = proposal.transaction().clone();
            let signed = SignedTransaction { transaction, signature: proposal.combine()? };
            return Ok(json!({ "signed": Base64::encode_string(&signed.to_bytes()) }));
        }
    };
    Ok(json!({ "text": proposal.to_text(), "weight": proposal.weight() }))
}
